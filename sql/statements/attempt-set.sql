INSERT OR REPLACE INTO attempt (number, incident, image, pod, node, from_at,
                                to_at, count, told)
VALUES (:number, :incident, :image, :pod, :node, :from_at, :to_at, :count,
        :told);
