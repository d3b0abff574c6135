-- Writes only what differs, so that opening a history twice changes nothing.
INSERT INTO cause (slug, title_en, title_ja, severity, scope, class)
VALUES (:slug, :title_en, :title_ja, :severity, :scope, :class)
ON CONFLICT (slug) DO UPDATE
SET title_en = excluded.title_en,
    title_ja = excluded.title_ja,
    severity = excluded.severity,
    scope = excluded.scope,
    class = excluded.class
WHERE title_en <> excluded.title_en
   OR title_ja <> excluded.title_ja
   OR severity <> excluded.severity
   OR scope <> excluded.scope
   OR class <> excluded.class;
