-- Times are milliseconds since 1970-01-01 UTC. Every table but the first three names its project.

-- One row: which keyring the keys in here are sealed with, and up to when `expired` is right.
CREATE TABLE store (
    one         INTEGER PRIMARY KEY CHECK (one = 1),
    ring_id     TEXT NOT NULL,
    swept_until INTEGER
) STRICT;

-- The blocks of ids that were leased. The primary key is what makes a block nobody else's.
CREATE TABLE id_block (
    number INTEGER PRIMARY KEY
) STRICT;

CREATE TABLE domain (
    id   TEXT PRIMARY KEY,
    name TEXT NOT NULL UNIQUE
) STRICT, WITHOUT ROWID;

CREATE TABLE project (
    id     TEXT PRIMARY KEY,
    domain TEXT NOT NULL REFERENCES domain (id),
    name   TEXT NOT NULL,
    UNIQUE (domain, name)
) STRICT, WITHOUT ROWID;

CREATE TABLE user (
    id            TEXT PRIMARY KEY,
    domain        TEXT NOT NULL REFERENCES domain (id),
    name          TEXT NOT NULL,
    password_hash TEXT NOT NULL,
    UNIQUE (domain, name)
) STRICT, WITHOUT ROWID;

CREATE TABLE role_grant (
    user    TEXT NOT NULL REFERENCES user (id),
    project TEXT NOT NULL REFERENCES project (id),
    role    TEXT NOT NULL CHECK (role IN ('administrator', 'full_access', 'read_only')),
    PRIMARY KEY (user, project)
) STRICT, WITHOUT ROWID;

-- No reference to role_grant: a token outlives the role and then stands for nothing.
CREATE TABLE token (
    hash    BLOB PRIMARY KEY CHECK (length(hash) = 32),
    user    TEXT NOT NULL REFERENCES user (id),
    project TEXT NOT NULL REFERENCES project (id),
    issued  INTEGER NOT NULL,
    expires INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX token_by_expiry ON token (expires);

-- From here on projects are not references: they may be known to another identity service only.

-- A chain is kept once for each project. `certificates` is each DER behind its length in 4 bytes,
-- big endian; `sha256` is the hash of that.
CREATE TABLE chain (
    id           INTEGER PRIMARY KEY,
    project      TEXT NOT NULL,
    sha256       BLOB NOT NULL CHECK (length(sha256) = 32),
    certificates BLOB NOT NULL,
    UNIQUE (project, sha256)
) STRICT;

-- What lists, searches and details ask for. The bytes are apart, so that a scan of these rows reads
-- little. `sans` is the further names, one to a line.
CREATE TABLE certificate (
    id                  INTEGER PRIMARY KEY,
    project             TEXT NOT NULL,
    enterprise_project  TEXT NOT NULL,
    name                TEXT NOT NULL,
    domain              TEXT NOT NULL,
    sans                TEXT NOT NULL,
    domain_count        INTEGER NOT NULL,
    wildcard_count      INTEGER NOT NULL,
    signature_algorithm TEXT NOT NULL,
    key_algorithm       TEXT NOT NULL,
    sha1                BLOB NOT NULL CHECK (length(sha1) = 20),
    sha256              BLOB NOT NULL CHECK (length(sha256) = 32),
    not_before          INTEGER NOT NULL,
    not_after           INTEGER NOT NULL,
    created             INTEGER NOT NULL,
    updated             INTEGER NOT NULL,
    expired             INTEGER NOT NULL CHECK (expired IN (0, 1)),
    chain               INTEGER REFERENCES chain (id)
) STRICT;

CREATE INDEX certificate_by_update ON certificate (project, updated, id);
CREATE INDEX certificate_by_expiry ON certificate (project, not_after, id);
CREATE INDEX certificate_by_leaf ON certificate (project, sha256);
CREATE INDEX certificate_to_expire ON certificate (not_after) WHERE expired = 0;

-- `sealed_key` says by itself how the key within is encoded: see scm-seal, sealed.rs.
CREATE TABLE certificate_bytes (
    id         INTEGER PRIMARY KEY REFERENCES certificate (id) ON DELETE CASCADE,
    project    TEXT NOT NULL,
    leaf       BLOB NOT NULL,
    sealed_key BLOB NOT NULL
) STRICT;

-- Kept in the transaction of whatever changes them: counting a million rows takes too long.
CREATE TABLE certificate_count (
    project            TEXT NOT NULL,
    enterprise_project TEXT NOT NULL,
    expired            INTEGER NOT NULL CHECK (expired IN (0, 1)),
    count              INTEGER NOT NULL CHECK (count >= 0),
    PRIMARY KEY (project, enterprise_project, expired)
) STRICT, WITHOUT ROWID;

-- `refused` is null for what was done, and otherwise the code of the refusal.
CREATE TABLE audit_event (
    id          INTEGER PRIMARY KEY,
    at          INTEGER NOT NULL,
    action      TEXT NOT NULL,
    user        TEXT,
    project     TEXT,
    certificate INTEGER,
    address     TEXT,
    request_id  TEXT,
    refused     TEXT
) STRICT;

CREATE INDEX audit_event_by_time ON audit_event (project, at, id);
