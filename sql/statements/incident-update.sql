-- Counts are added and spans widened, never overwritten: another process may
-- have written the row since. The state is that of who saw it last.
UPDATE incident
SET severity = :severity,
    registry = coalesce(:registry, registry),
    repository = coalesce(:repository, repository),
    tag = coalesce(:tag, tag),
    digest = coalesce(:digest, digest),
    image = coalesce(:image, image),
    vendor = coalesce(:vendor, vendor),
    state = CASE WHEN :last_seen >= last_seen THEN :state ELSE state END,
    resolved_at = CASE WHEN :last_seen >= last_seen THEN :resolved_at
                       ELSE resolved_at END,
    first_seen = min(first_seen, :first_seen),
    last_seen = max(last_seen, :last_seen),
    count = count + :unsaved,
    approximate = max(approximate, :approximate),
    facts = json_patch(facts, :facts),
    also = CASE WHEN :also = '' THEN also ELSE :also END
WHERE id = :id AND state <> 'joined';
