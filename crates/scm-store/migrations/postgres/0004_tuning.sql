-- The index of names is filled in batches: what they bring is collected first, up to so many KiB that
-- every search looks through, and goes to its places together. Each piece has a list of all that have it,
-- which would be written anew for every single one.
ALTER INDEX search_by_piece SET (fastupdate = on, gin_pending_list_limit = 256);
