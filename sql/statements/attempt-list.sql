SELECT number, incident, image, pod, node, from_at, to_at, count, told
FROM attempt
ORDER BY number;
