-- The check value of each master key that may have sealed something in here: see master_keys.rs. It
-- stays when the key has left the keyring, since an older keyring may come back.
CREATE TABLE IF NOT EXISTS master_key (
    id          TEXT PRIMARY KEY,
    check_value TEXT NOT NULL
);
