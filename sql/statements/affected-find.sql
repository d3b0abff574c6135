-- The row of the same pod. One whose node (or container, ...) became known since
-- goes on with the row that did not know it yet: of those that may be meant, the
-- one that knows most (id is that of the row with the maximum). The + keeps the
-- planner from seeking all sixteen combinations where a pod has a row or two.
SELECT id,
       max((namespace <> '') + (container <> '') + (node <> '')
           + (image <> ''))
FROM affected
WHERE incident_id = :incident
  AND pod = :pod
  AND +namespace IN ('', :namespace)
  AND +container IN ('', :container)
  AND +node IN ('', :node)
  AND +image IN ('', :image);
