-- Whose file this is. A new file has no objects and both numbers 0.
SELECT a.application_id,
       v.user_version,
       (SELECT count(*) FROM sqlite_master)
FROM pragma_application_id AS a, pragma_user_version AS v;
