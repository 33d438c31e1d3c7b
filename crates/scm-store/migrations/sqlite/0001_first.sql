-- Times are milliseconds since 1970-01-01 UTC. What belongs to a project says so in its row.

-- One row: which keyring the keys in here are sealed with, and up to when certificates are marked
-- as expired.
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
    enabled       INTEGER NOT NULL CHECK (enabled IN (0, 1)),
    UNIQUE (domain, name)
) STRICT, WITHOUT ROWID;

CREATE TABLE role_grant (
    user    TEXT NOT NULL REFERENCES user (id) ON DELETE CASCADE,
    project TEXT NOT NULL REFERENCES project (id),
    role    TEXT NOT NULL CHECK (role IN ('administrator', 'full_access', 'read_only')),
    PRIMARY KEY (user, project)
) STRICT, WITHOUT ROWID;

-- No reference to role_grant: a token outlives the role and then stands for nothing.
CREATE TABLE token (
    hash    BLOB PRIMARY KEY CHECK (length(hash) = 32),
    user    TEXT NOT NULL REFERENCES user (id) ON DELETE CASCADE,
    project TEXT NOT NULL REFERENCES project (id),
    issued  INTEGER NOT NULL,
    expires INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX token_by_expiry ON token (expires);
CREATE INDEX token_by_user ON token (user);

-- `sealed_secret`: see scm-seal, secret.rs. As with tokens, no reference to role_grant.
CREATE TABLE access_key (
    id            TEXT PRIMARY KEY,
    user          TEXT NOT NULL REFERENCES user (id) ON DELETE CASCADE,
    project       TEXT NOT NULL REFERENCES project (id),
    sealed_secret BLOB NOT NULL,
    created       INTEGER NOT NULL,
    enabled       INTEGER NOT NULL CHECK (enabled IN (0, 1))
) STRICT, WITHOUT ROWID;

CREATE INDEX access_key_by_user ON access_key (user);

-- From here on projects are not references to `project`: they may be known to another identity
-- service only. They are small numbers, because they stand in every row and index. The limit is what
-- fits in front of an id: see `search`.
CREATE TABLE scope (
    id      INTEGER PRIMARY KEY CHECK (id BETWEEN 1 AND 524287),
    project TEXT NOT NULL UNIQUE
) STRICT;

-- The certificates of an enterprise project within a project. They are counted by the mark
-- `expired`, in the transaction of whatever changes them: counting a million rows takes too long.
CREATE TABLE shelf (
    id                 INTEGER PRIMARY KEY,
    scope              INTEGER NOT NULL REFERENCES scope (id),
    enterprise_project TEXT NOT NULL,
    valid              INTEGER NOT NULL DEFAULT 0 CHECK (valid >= 0),
    expired            INTEGER NOT NULL DEFAULT 0 CHECK (expired >= 0),
    UNIQUE (scope, enterprise_project)
) STRICT;

-- A chain is kept once for each project, as long as a certificate has it. `certificates` is each
-- DER behind its length in 4 bytes, big endian; `sha256` is the hash of that.
CREATE TABLE chain (
    id           INTEGER PRIMARY KEY,
    scope        INTEGER NOT NULL REFERENCES scope (id),
    sha256       BLOB NOT NULL CHECK (length(sha256) = 32),
    certificates BLOB NOT NULL,
    UNIQUE (scope, sha256)
) STRICT;

-- What lists, searches and details ask for. The bytes are apart, so that a scan of these rows reads
-- little. `sans` is the further names, one to a line.
--
-- `expired` says on which side of `store.swept_until` the end lies: whatever is marked ended at
-- that time or before, whatever is not ends at that time or later.
CREATE TABLE certificate (
    id                  INTEGER PRIMARY KEY,
    scope               INTEGER NOT NULL REFERENCES scope (id),
    shelf               INTEGER NOT NULL REFERENCES shelf (id),
    expired             INTEGER NOT NULL CHECK (expired IN (0, 1)),
    updated             INTEGER NOT NULL,
    not_after           INTEGER NOT NULL,
    not_before          INTEGER NOT NULL,
    created             INTEGER NOT NULL,
    chain               INTEGER REFERENCES chain (id),
    name                TEXT NOT NULL,
    domain              TEXT NOT NULL,
    sans                TEXT NOT NULL,
    domain_count        INTEGER NOT NULL,
    wildcard_count      INTEGER NOT NULL,
    description         TEXT,
    signature_algorithm TEXT NOT NULL,
    key_algorithm       TEXT NOT NULL,
    sha1                BLOB NOT NULL CHECK (length(sha1) = 20),
    sha256              BLOB NOT NULL CHECK (length(sha256) = 32)
) STRICT;

-- The id, which breaks ties, is the last part of every index by itself.
CREATE INDEX certificate_by_update ON certificate (scope, expired, updated);
CREATE INDEX certificate_by_expiry ON certificate (scope, not_after);
CREATE INDEX certificate_on_shelf_by_update ON certificate (shelf, expired, updated);
CREATE INDEX certificate_on_shelf_by_expiry ON certificate (shelf, not_after);
-- By end first, so that a new row lands beside its neighbours in time, not on a page of its own.
CREATE INDEX certificate_by_leaf ON certificate (scope, not_after, sha256);
CREATE INDEX certificate_by_chain ON certificate (chain);
CREATE INDEX certificate_to_expire ON certificate (not_after) WHERE expired = 0;

-- `sealed_key` says by itself how the key within is encoded: see scm-seal, sealed.rs.
CREATE TABLE certificate_bytes (
    id         INTEGER PRIMARY KEY REFERENCES certificate (id) ON DELETE CASCADE,
    scope      INTEGER NOT NULL REFERENCES scope (id),
    leaf       BLOB NOT NULL,
    sealed_key BLOB NOT NULL
) STRICT;

-- Which certificates have which short pieces of text in them: it proposes what a search may find,
-- and the row decides. The rowid is scope * 2^44 + id. See search.rs.
CREATE VIRTUAL TABLE search USING fts5 (
    pieces, content = '', contentless_delete = 1, detail = none, tokenize = 'ascii'
);

-- Twice the segments, for half the merging.
INSERT INTO search (search, rank) VALUES ('automerge', 8);

-- What is not in `search` yet, by the same number.
CREATE TABLE search_pending (
    place INTEGER PRIMARY KEY
) STRICT;

-- `refused` is null for what was done, and otherwise the code of the refusal.
CREATE TABLE audit_event (
    id          INTEGER PRIMARY KEY,
    scope       INTEGER REFERENCES scope (id),
    at          INTEGER NOT NULL,
    action      TEXT NOT NULL,
    user        TEXT,
    certificate INTEGER,
    subject     TEXT,
    address     TEXT,
    request_id  TEXT,
    refused     TEXT
) STRICT;

CREATE INDEX audit_event_by_time ON audit_event (scope, at);
