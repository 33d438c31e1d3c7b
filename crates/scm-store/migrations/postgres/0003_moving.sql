-- A copy of another store that is not complete: `source` says of which, and every other row how far
-- a part of it has come. While there is a row, no server opens the store. See moving.rs.
CREATE TABLE IF NOT EXISTS moving (
    part    TEXT PRIMARY KEY,
    reached TEXT NOT NULL
);
