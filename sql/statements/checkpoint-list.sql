-- How far an identity, or all that ever had a name, was counted.
SELECT identity, origin, position, resume, anchor, modified_at, cursor
FROM checkpoint
WHERE identity = :identity OR origin = :origin
ORDER BY updated_at DESC, modified_at DESC;
