-- What is said of a cause's remedies.
SELECT position, id, title_en, title_ja
FROM remedy
WHERE cause = :cause
ORDER BY position;
