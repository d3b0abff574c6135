INSERT INTO remedy (cause, position, id, title_en, title_ja)
VALUES (:cause, :position, :id, :title_en, :title_ja)
ON CONFLICT (cause, position) DO UPDATE
SET id = excluded.id,
    title_en = excluded.title_en,
    title_ja = excluded.title_ja
WHERE id <> excluded.id
   OR title_en <> excluded.title_en
   OR title_ja <> excluded.title_ja;
