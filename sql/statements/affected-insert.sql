INSERT INTO affected (incident_id, namespace, pod, container, node, image,
                      first_seen, last_seen, count, recovered)
VALUES (:incident, :namespace, :pod, :container, :node, :image,
        :first_seen, :last_seen, :unsaved, :recovered);
