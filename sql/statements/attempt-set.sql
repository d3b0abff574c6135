-- :rows gives the number of a failure that was told and what is known of it.
INSERT OR REPLACE INTO attempt (number, incident, image, pod, node, from_at,
                                to_at, count, told)
SELECT c1, c2, c3, c4, c5, c6, c7, c8, c9
FROM given(:rows);
