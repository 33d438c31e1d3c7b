-- Times are milliseconds since 1970-01-01 UTC; truths are 0 and 1. Numbers of rows are made by the
-- servers. Only what PostgreSQL shares with the databases that speak its language is used: see
-- schema.rs, which also says why every statement can be run again.

-- One row: which keyring the keys in here are sealed with, and how often the store was opened.
CREATE TABLE IF NOT EXISTS store (
    one     BIGINT PRIMARY KEY CHECK (one = 1),
    ring_id TEXT NOT NULL,
    opened  BIGINT NOT NULL
);

-- What one server at a time does, and until when by the clock of the database.
CREATE TABLE IF NOT EXISTS lease (
    name   TEXT PRIMARY KEY,
    holder BIGINT NOT NULL,
    until  BIGINT NOT NULL
);

-- The blocks of ids that were leased. The primary key is what makes a block nobody else's.
CREATE TABLE IF NOT EXISTS id_block (
    number BIGINT PRIMARY KEY
);

CREATE TABLE IF NOT EXISTS domain (
    id   TEXT PRIMARY KEY,
    name TEXT NOT NULL UNIQUE
);

CREATE TABLE IF NOT EXISTS project (
    id     TEXT PRIMARY KEY,
    domain TEXT NOT NULL REFERENCES domain (id),
    name   TEXT NOT NULL,
    UNIQUE (domain, name)
);

CREATE TABLE IF NOT EXISTS account (
    id            TEXT PRIMARY KEY,
    domain        TEXT NOT NULL REFERENCES domain (id),
    name          TEXT NOT NULL,
    password_hash TEXT NOT NULL,
    enabled       BIGINT NOT NULL CHECK (enabled IN (0, 1)),
    UNIQUE (domain, name)
);

CREATE TABLE IF NOT EXISTS role_grant (
    account TEXT NOT NULL REFERENCES account (id) ON DELETE CASCADE,
    project TEXT NOT NULL REFERENCES project (id),
    role    TEXT NOT NULL CHECK (role IN ('administrator', 'full_access', 'read_only')),
    PRIMARY KEY (account, project)
);

-- No reference to role_grant: a token outlives the role and then stands for nothing.
CREATE TABLE IF NOT EXISTS token (
    hash    BYTEA PRIMARY KEY CHECK (length(hash) = 32),
    account TEXT NOT NULL REFERENCES account (id) ON DELETE CASCADE,
    project TEXT NOT NULL REFERENCES project (id),
    issued  BIGINT NOT NULL,
    expires BIGINT NOT NULL
);

CREATE INDEX IF NOT EXISTS token_by_expiry ON token (expires);

CREATE INDEX IF NOT EXISTS token_by_account ON token (account);

-- As with tokens, no reference to role_grant.
CREATE TABLE IF NOT EXISTS access_key (
    id            TEXT PRIMARY KEY,
    account       TEXT NOT NULL REFERENCES account (id) ON DELETE CASCADE,
    project       TEXT NOT NULL REFERENCES project (id),
    sealed_secret BYTEA NOT NULL,
    created       BIGINT NOT NULL,
    enabled       BIGINT NOT NULL CHECK (enabled IN (0, 1))
);

CREATE INDEX IF NOT EXISTS access_key_by_account ON access_key (account);

-- From here on projects are not references to `project`: they may be known to another identity
-- service only. Scopes and shelves are never deleted, so that nothing needs to refer to them: a
-- reference would have every import lock the same row.
CREATE TABLE IF NOT EXISTS scope (
    id      BIGINT PRIMARY KEY,
    project TEXT NOT NULL UNIQUE
);

-- The enterprise projects within a project.
CREATE TABLE IF NOT EXISTS shelf (
    id                 BIGINT PRIMARY KEY,
    scope              BIGINT NOT NULL,
    enterprise_project TEXT NOT NULL,
    UNIQUE (scope, enterprise_project)
);

-- How many certificates a shelf has, by the mark `expired`: the sum of its rows, each of which may
-- be below zero. Every server counts in rows of its own, so that none waits for another.
CREATE TABLE IF NOT EXISTS shelf_count (
    shelf   BIGINT NOT NULL,
    shard   BIGINT NOT NULL,
    valid   BIGINT NOT NULL,
    expired BIGINT NOT NULL,
    PRIMARY KEY (shelf, shard)
);

-- A chain is kept once for each project, as long as a certificate has it. `certificates` is each
-- DER behind its length in 4 bytes, big endian; `sha256` is the hash of that.
CREATE TABLE IF NOT EXISTS chain (
    scope        BIGINT NOT NULL,
    sha256       BYTEA NOT NULL CHECK (length(sha256) = 32),
    certificates BYTEA NOT NULL,
    PRIMARY KEY (scope, sha256)
);

-- What lists, searches and details ask for. `sans` is the further names, one to a line; `folded` is
-- name, domain and further names in lower case, for searching. `expired` is a mark that the sweep
-- sets: it says in which part of the indexes a row is, and reads correct for what it lacks.
CREATE TABLE IF NOT EXISTS certificate (
    id                  BIGINT PRIMARY KEY,
    scope               BIGINT NOT NULL,
    shelf               BIGINT NOT NULL,
    expired             BIGINT NOT NULL CHECK (expired IN (0, 1)),
    updated             BIGINT NOT NULL,
    not_after           BIGINT NOT NULL,
    not_before          BIGINT NOT NULL,
    created             BIGINT NOT NULL,
    domain_count        BIGINT NOT NULL,
    wildcard_count      BIGINT NOT NULL,
    chain               BYTEA,
    sha1                BYTEA NOT NULL CHECK (length(sha1) = 20),
    sha256              BYTEA NOT NULL CHECK (length(sha256) = 32),
    name                TEXT NOT NULL,
    domain              TEXT NOT NULL,
    sans                TEXT NOT NULL,
    folded              TEXT NOT NULL,
    description         TEXT,
    signature_algorithm TEXT NOT NULL,
    key_algorithm       TEXT NOT NULL,
    FOREIGN KEY (scope, chain) REFERENCES chain (scope, sha256)
);

CREATE INDEX IF NOT EXISTS certificate_by_update ON certificate (scope, expired, updated, id);

CREATE INDEX IF NOT EXISTS certificate_by_expiry ON certificate (scope, expired, not_after, id);

CREATE INDEX IF NOT EXISTS certificate_on_shelf_by_update
    ON certificate (shelf, expired, updated, id);

CREATE INDEX IF NOT EXISTS certificate_on_shelf_by_expiry
    ON certificate (shelf, expired, not_after, id);

CREATE INDEX IF NOT EXISTS certificate_by_leaf ON certificate (scope, not_after, sha256);

CREATE INDEX IF NOT EXISTS certificate_by_chain ON certificate (scope, chain);

CREATE INDEX IF NOT EXISTS certificate_to_expire ON certificate (not_after) WHERE expired = 0;

-- `sealed_key` says by itself how the key within is encoded: see scm-seal, sealed.rs. A row is made
-- and deleted together with its certificate.
CREATE TABLE IF NOT EXISTS certificate_bytes (
    id         BIGINT PRIMARY KEY,
    leaf       BYTEA NOT NULL,
    sealed_key BYTEA NOT NULL
);

-- Which certificates have which short pieces of text in them: it proposes what a search may find,
-- and the row decides. See search.rs.
CREATE TABLE IF NOT EXISTS search (
    certificate BIGINT PRIMARY KEY,
    pieces      BIGINT[] NOT NULL
);

CREATE INDEX IF NOT EXISTS search_by_piece ON search USING gin (pieces);

-- What is not in `search` yet.
CREATE TABLE IF NOT EXISTS search_pending (
    scope       BIGINT NOT NULL,
    certificate BIGINT NOT NULL,
    PRIMARY KEY (scope, certificate)
);

-- `refused` is null for what was done, and otherwise the code of the refusal. Ids of a server grow.
CREATE TABLE IF NOT EXISTS audit_event (
    id          BIGINT PRIMARY KEY,
    scope       BIGINT,
    at          BIGINT NOT NULL,
    certificate BIGINT,
    action      TEXT NOT NULL,
    account     TEXT,
    subject     TEXT,
    address     TEXT,
    request_id  TEXT,
    refused     TEXT
);

CREATE INDEX IF NOT EXISTS audit_event_by_time ON audit_event (scope, at, id);
