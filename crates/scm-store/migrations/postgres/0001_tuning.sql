-- What makes PostgreSQL faster, and what its relatives may refuse without harm.

-- Certificates and sealed keys do not get smaller, so compressing them only costs time; and most
-- fit into a page beside their neighbours.
ALTER TABLE certificate_bytes ALTER COLUMN leaf SET STORAGE EXTERNAL;

ALTER TABLE certificate_bytes ALTER COLUMN sealed_key SET STORAGE EXTERNAL;

ALTER TABLE certificate_bytes SET (toast_tuple_target = 8160);

ALTER TABLE chain ALTER COLUMN certificates SET STORAGE EXTERNAL;

-- Counters are written again and again: their rows stay in place.
ALTER TABLE shelf_count SET (fillfactor = 50);

-- Filled behind the commits anyway: a search need not look through what waits.
ALTER INDEX search_by_piece SET (fastupdate = off);
