-- Which certificate an import was kept as, by the key that its sender made up for it: both hashed,
-- see import_key.rs. Forgotten a day after `at`.
CREATE TABLE IF NOT EXISTS import_key (
    scope       BIGINT NOT NULL,
    key         BYTEA NOT NULL,
    print       BYTEA NOT NULL,
    certificate BIGINT NOT NULL,
    at          BIGINT NOT NULL,
    PRIMARY KEY (scope, key)
);

CREATE INDEX IF NOT EXISTS import_key_by_time ON import_key (at);
