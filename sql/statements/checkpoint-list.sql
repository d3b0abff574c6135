-- How far an identity was counted, or all that ever had a name, or all of one
-- device and inode ("file:1:2:", behind which hexadecimal digits stand).
SELECT identity, origin, position, resume, anchor, modified_at, cursor
FROM checkpoint
WHERE identity = :identity OR origin = :origin
    OR (identity > :file AND identity < :file || 'g')
ORDER BY updated_at DESC, modified_at DESC;
