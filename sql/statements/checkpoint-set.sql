-- The database's clock: it only tells people how old the row is.
INSERT INTO checkpoint (identity, origin, position, updated_at)
VALUES (:identity, :origin, :position,
        CAST(strftime('%s', 'now') AS INTEGER) * 1000000)
ON CONFLICT (identity) DO UPDATE
SET origin = excluded.origin,
    position = excluded.position,
    updated_at = excluded.updated_at;
