-- Which certificate an import was kept as, by the key that its sender made up for it: both hashed,
-- see import_key.rs. Forgotten a day after `at`.
CREATE TABLE import_key (
    scope       INTEGER NOT NULL REFERENCES scope (id),
    key         BLOB NOT NULL CHECK (length(key) = 32),
    print       BLOB NOT NULL CHECK (length(print) = 32),
    certificate INTEGER NOT NULL,
    at          INTEGER NOT NULL,
    PRIMARY KEY (scope, key)
) STRICT, WITHOUT ROWID;

CREATE INDEX import_key_by_time ON import_key (at);
