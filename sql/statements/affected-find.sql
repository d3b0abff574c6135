-- The row of the same sufferer. A pod whose node (or container, ...) became
-- known since goes on with the row that did not know it yet. The + keeps the
-- planner from seeking all sixteen combinations where a pod has a row or two.
SELECT id
FROM affected
WHERE incident_id = :incident
  AND pod = :pod
  AND +namespace IN ('', :namespace)
  AND +container IN ('', :container)
  AND +node IN ('', :node)
  AND +image IN ('', :image)
  AND (:pod <> '' OR (namespace = :namespace AND container = :container
                      AND node = :node AND image = :image))
ORDER BY (namespace <> '') + (container <> '') + (node <> '') + (image <> '')
         DESC
LIMIT 1;
