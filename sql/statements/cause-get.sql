-- What is said of a cause.
SELECT title_en, title_ja, severity, scope, class
FROM cause
WHERE slug = :slug;
