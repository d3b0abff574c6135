INSERT INTO incident (key, life, cause, severity, scope, registry, repository,
                      tag, digest, image, vendor, state, first_seen, last_seen,
                      resolved_at, count, approximate, facts, also)
VALUES (:key, :life, :cause, :severity, :scope, :registry, :repository,
        :tag, :digest, :image, :vendor, :state, :first_seen, :last_seen,
        :resolved_at, :unsaved, :approximate, :facts, :also);
