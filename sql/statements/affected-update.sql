UPDATE affected
SET namespace = :namespace,
    container = :container,
    node = :node,
    image = :image,
    recovered = CASE WHEN :last_seen >= last_seen THEN :recovered
                     ELSE recovered END,
    first_seen = min(first_seen, :first_seen),
    last_seen = max(last_seen, :last_seen),
    count = count + :unsaved
WHERE id = :id;
