-- Letters of incidents that are gone go with them. One statement for a whole
-- batch, because during a first sync no index stands and each is a scan.
DELETE FROM message WHERE incident IN (SELECT key FROM temp.gone)
