-- The same leaf is found among those that end with it: see duplicates.rs. The id stands before the
-- piece of the hash, so that a new row lands beside its neighbours and lists stay in the order of ids.
DROP INDEX certificate_by_leaf;
DROP INDEX certificate_by_expiry;
CREATE INDEX certificate_by_expiry ON certificate (scope, not_after, id, substr(sha256, 1, 8));
