-- The database's clock: it only tells people how old the row is.
INSERT INTO checkpoint (identity, origin, position, resume, anchor,
                        modified_at, cursor, updated_at)
VALUES (:identity, :origin, :position, :resume, :anchor, :modified_at, :cursor,
        CAST(strftime('%s', 'now') AS INTEGER) * 1000000)
ON CONFLICT (identity) DO UPDATE
SET origin = excluded.origin,
    position = excluded.position,
    resume = excluded.resume,
    anchor = excluded.anchor,
    modified_at = excluded.modified_at,
    cursor = excluded.cursor,
    updated_at = excluded.updated_at;
