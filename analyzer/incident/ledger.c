/* SPDX-License-Identifier: Apache-2.0 */
#include "incident/ledger.h"

#include "base/buf.h"
#include "incident/key.h"
#include "incident/places.h"

#include <string.h>

/* Incidents that have changed and whose change nobody has fetched yet. */
struct queue {
    struct incident **items;
    size_t count;
    size_t next;
};

struct joined {
    int64_t gone;
    struct incident *into;
};

struct ledger {
    const struct catalog *catalog;
    struct incident **incidents;
    size_t count;
    size_t room;
    struct places *places; /* finds incidents by key, image and pod */
    struct queue resolved;
    struct joined *joined;
    size_t joined_count;
    size_t joined_next;
    struct buf key;
};

/* How long nothing must be seen before an incident is quiet. */
static int64_t
quiet_time(enum nature nature)
{
    switch (nature) {
    case NATURE_TRANSIENT:
        return 10 * STAMP_MINUTE;
    case NATURE_EITHER:
    case NATURE_NONE:
        return 30 * STAMP_MINUTE;
    case NATURE_PERMANENT:
    case NATURES:
        break;
    }
    return STAMP_HOUR;
}

struct ledger *
ledger_new(const struct catalog *catalog)
{
    struct ledger *ledger = MEM_NEW(struct ledger);
    ledger->catalog = catalog;
    ledger->places = places_new();
    return ledger;
}

static void
incident_free(struct incident *incident)
{
    mem_free(incident->affected);
    mem_free(incident->tallies);
    arena_free(&incident->arena);
    mem_free(incident);
}

void
ledger_free(struct ledger *ledger)
{
    if (!ledger) {
        return;
    }
    for (size_t i = 0; i < ledger->count; i++) {
        incident_free(ledger->incidents[i]);
    }
    places_free(ledger->places);
    mem_free(ledger->incidents);
    mem_free(ledger->resolved.items);
    mem_free(ledger->joined);
    buf_free(&ledger->key);
    mem_free(ledger);
}

static struct incident *
add_incident(struct ledger *ledger, struct slice key, const struct cause *cause)
{
    struct incident *incident = MEM_NEW(struct incident);
    incident->cause = cause;
    incident->severity = cause->severity;
    incident->stamp_trust = STAMP_EXACT;
    incident->life = 1;
    incident->key = arena_copy(&incident->arena, key);
    if (ledger->count == ledger->room) {
        ledger->room = ledger->room > 0 ? ledger->room * 2 : 64;
        ledger->incidents = mem_resize_array(ledger->incidents, ledger->room,
                                             sizeof(*ledger->incidents));
    }
    ledger->incidents[ledger->count++] = incident;
    places_put_key(ledger->places, incident);
    return incident;
}

static void
note_resolved(struct ledger *ledger, struct incident *incident)
{
    struct queue *queue = &ledger->resolved;
    if (queue->next == queue->count) {
        queue->next = queue->count = 0;
    }
    queue->items = mem_resize_array(queue->items, queue->count + 1,
                                    sizeof(struct incident *));
    queue->items[queue->count++] = incident;
}

struct incident *
ledger_resolved(struct ledger *ledger)
{
    struct queue *queue = &ledger->resolved;
    return queue->next < queue->count ? queue->items[queue->next++] : NULL;
}

static void
note_joined(struct ledger *ledger, int64_t gone, struct incident *into)
{
    ledger->joined = mem_resize_array(ledger->joined, ledger->joined_count + 1,
                                      sizeof(*ledger->joined));
    ledger->joined[ledger->joined_count++] = (struct joined){gone, into};
}

bool
ledger_joined(struct ledger *ledger, int64_t *gone, struct incident **into)
{
    if (ledger->joined_next == ledger->joined_count) {
        ledger->joined_next = ledger->joined_count = 0;
        return false;
    }
    *gone = ledger->joined[ledger->joined_next].gone;
    *into = ledger->joined[ledger->joined_next].into;
    ledger->joined_next++;
    return true;
}

static void
count_minute(struct incident *incident, int64_t stamp, uint64_t count)
{
    int64_t minute = stamp / STAMP_MINUTE;
    for (size_t i = incident->tally_count; i > 0; i--) {
        if (incident->tallies[i - 1].minute == minute) {
            incident->tallies[i - 1].count += count;
            return;
        }
    }
    if (incident->tally_count == incident->tally_room) {
        incident->tally_room =
            incident->tally_room > 0 ? incident->tally_room * 2 : 8;
        incident->tallies =
            mem_resize_array(incident->tallies, incident->tally_room,
                             sizeof(*incident->tallies));
    }
    incident->tallies[incident->tally_count++] = (struct tally){minute, count};
}

/*
 * The ring's slots are written again and again: what fits into the old text's
 * place goes there, so that the arena does not grow for ever.
 */
static void
keep_text(struct incident *incident, struct evidence *evidence,
          struct slice text)
{
    enum {
        STEP = 512
    };

    if (text.len > evidence->room) {
        evidence->room = (text.len + STEP - 1) / STEP * STEP;
        evidence->memory = arena_alloc(&incident->arena, evidence->room);
    }
    if (text.len > 0) {
        memcpy(evidence->memory, text.data, text.len);
    }
    evidence->line = slice_of(evidence->memory, text.len);
}

static void
keep_evidence(struct incident *incident, const struct sighting *sighting)
{
    uint64_t seen = incident->evidence_seen++;
    size_t at = seen < EVIDENCE_FIRST
                  ? (size_t)seen
                  : EVIDENCE_FIRST
                        + (size_t)((seen - EVIDENCE_FIRST) % EVIDENCE_LAST);
    struct evidence *evidence = &incident->evidence[at];
    keep_text(incident, evidence, sighting->line);
    evidence->origin = sighting->origin;
    evidence->seen_at = sighting->stamp.us;
    evidence->is_saved = sighting->is_replay;
}

static void
take_times(struct incident *incident, const struct stamp *stamp)
{
    if (stamp->trust == STAMP_MISSING) {
        return;
    }
    if (incident->first_seen == 0 || stamp->us < incident->first_seen) {
        incident->first_seen = stamp->us;
    }
    if (stamp->us > incident->last_seen) {
        incident->last_seen = stamp->us;
    }
    if (stamp->trust < incident->stamp_trust) {
        incident->stamp_trust = stamp->trust;
    }
}

static void
take_also(struct incident *incident, const struct sighting *sighting)
{
    for (size_t i = 0; i < sighting->also_count; i++) {
        size_t at = 0;
        while (at < incident->also_count
               && incident->also[at] != sighting->also[i]) {
            at++;
        }
        if (at == incident->also_count && at < COUNT(incident->also)) {
            incident->also[incident->also_count++] = sighting->also[i];
        }
    }
}

/* What every line adds, whether it is a cause of its own or a back-off. */
static struct affected *
take_place(struct ledger *ledger, struct incident *incident,
           const struct sighting *sighting)
{
    struct affected *affected =
        places_affected(ledger->places, incident, sighting->facts);
    incident->is_touched = true;
    if (!sighting->is_replay) {
        incident->is_dirty = true;
    }
    take_times(incident, &sighting->stamp);
    facts_merge(&incident->facts, sighting->facts, &incident->arena);
    if (!affected) {
        return NULL;
    }
    if (affected->first_seen == 0) {
        affected->first_seen = sighting->stamp.us;
    }
    if (sighting->stamp.us > affected->last_seen) {
        affected->last_seen = sighting->stamp.us;
    }
    if (!sighting->is_replay) {
        affected->is_recovered = false;
        affected->is_dirty = true;
    }
    return affected;
}

static void
take_count(struct incident *incident, struct affected *affected,
           const struct sighting *sighting)
{
    uint64_t count = sighting->count > 0 ? sighting->count : 1;
    incident->count += count;
    if (affected) {
        affected->count += count;
    } else if (incident->affected_count == AFFECTED_MAX) {
        incident->affected_lost += count;
    }
    if (!sighting->is_replay) {
        incident->unsaved += count;
        count_minute(incident, sighting->stamp.us, count);
        if (affected) {
            affected->unsaved += count;
        }
    }
}

static bool
is_live(const struct incident *incident)
{
    return incident->state == INCIDENT_OPEN
        || incident->state == INCIDENT_QUIET;
}

/*
 * The newest live incident that has the sighting's image or pod; one that has
 * it in the same place before one that has it elsewhere.
 */
static struct incident *
find_host(struct ledger *ledger, const struct facts *facts)
{
    struct incident *best = NULL;
    bool is_best_same = false;
    struct place_cursor cursor = places_look(ledger->places, facts);
    struct incident *incident;
    struct affected *affected;
    while (places_next(&cursor, &incident, &affected)) {
        if (incident->cause->joins || !is_live(incident)) {
            continue;
        }
        bool is_same = places_is_same(affected, facts);
        if (!best || (is_same && !is_best_same)
            || (is_same == is_best_same
                && incident->last_seen > best->last_seen)) {
            best = incident;
            is_best_same = is_same;
        }
    }
    return best;
}

static enum change
join(struct ledger *ledger, struct incident *host,
     const struct sighting *sighting)
{
    take_place(ledger, host, sighting);
    if (sighting->is_replay) {
        return CHANGE_UPDATED;
    }
    return incident_step(&host->state, EVENT_SEEN);
}

/* Folds the live back-off incidents of the sighting's image into `host`. */
static void
fold(struct ledger *ledger, struct incident *host,
     const struct sighting *sighting)
{
    struct place_cursor cursor = places_look(ledger->places, sighting->facts);
    struct incident *incident;
    struct affected *affected;
    while (places_next(&cursor, &incident, &affected)) {
        if (!incident->cause->joins || !is_live(incident)) {
            continue;
        }
        incident->state = INCIDENT_JOINED;
        for (size_t i = 0; i < incident->affected_count; i++) {
            places_adopt(ledger->places, host, &incident->affected[i]);
        }
        if (incident->is_stored) {
            note_joined(ledger, incident->id, host);
        }
        incident->is_dirty = false;
        incident->unsaved = 0;
        incident->tally_count = 0;
    }
}

/* The incident that a sighting of a cause belongs to, made if need be. */
static struct incident *
incident_of(struct ledger *ledger, const struct sighting *sighting,
            enum change *change)
{
    struct slice key = key_of(&ledger->key, sighting->cause, sighting->facts);
    struct incident *incident = places_find_key(ledger->places, key);
    if (incident && incident->state == INCIDENT_JOINED) {
        incident = NULL;
    }
    if (incident && sighting->is_replay) {
        *change = incident->is_touched ? CHANGE_UPDATED : CHANGE_OPENED;
        return incident;
    }
    if (incident && incident->state == INCIDENT_RESOLVED) {
        uint32_t life = incident->life;
        incident = add_incident(ledger, key, sighting->cause);
        incident->life = life + 1;
        incident->state = INCIDENT_RESOLVED;
    }
    if (!incident) {
        incident = add_incident(ledger, key, sighting->cause);
    }
    *change = incident_step(&incident->state, EVENT_SEEN);
    return incident;
}

static void
raise_severity(struct incident *incident)
{
    /* No pod of the node can start without the sandbox's image. */
    if (slice_equal(incident->facts.value[FACT_ROLE], SLICE("sandbox"))) {
        incident->severity = SEVERITY_CRITICAL;
    }
}

static enum change
observe_cause(struct ledger *ledger, const struct sighting *sighting,
              struct incident **out)
{
    enum change change;
    struct incident *host = NULL;
    if (sighting->cause->joins) {
        host = find_host(ledger, sighting->facts);
    }
    if (host) {
        *out = host;
        return join(ledger, host, sighting);
    }
    struct incident *incident = incident_of(ledger, sighting, &change);
    struct affected *affected = take_place(ledger, incident, sighting);
    take_count(incident, affected, sighting);
    take_also(incident, sighting);
    keep_evidence(incident, sighting);
    raise_severity(incident);
    if (!sighting->cause->joins) {
        fold(ledger, incident, sighting);
    }
    *out = incident;
    return change;
}

static bool
is_recovered(const struct incident *incident)
{
    for (size_t i = 0; i < incident->affected_count; i++) {
        if (!incident->affected[i].is_recovered) {
            return false;
        }
    }
    return incident->affected_count > 0 && incident->affected_lost == 0;
}

static void
recover(struct ledger *ledger, struct incident *incident,
        struct affected *affected, const struct sighting *sighting)
{
    affected->is_recovered = true;
    affected->is_dirty = true;
    incident->is_dirty = true;
    if (!is_recovered(incident)
        || incident_step(&incident->state, EVENT_FIXED) != CHANGE_RESOLVED) {
        return;
    }
    incident->resolved_at = sighting->stamp.us;
    note_resolved(ledger, incident);
}

static enum change
observe_success(struct ledger *ledger, const struct sighting *sighting,
                struct incident **out)
{
    struct slice image = sighting->facts->value[FACT_IMAGE];
    struct place_cursor cursor = places_look(ledger->places, sighting->facts);
    struct incident *incident;
    struct affected *affected;
    while (!sighting->is_replay && places_next(&cursor, &incident, &affected)) {
        if (is_live(incident) && !affected->is_recovered
            && slice_equal(affected->image, image)
            && places_is_same(affected, sighting->facts)) {
            recover(ledger, incident, affected, sighting);
        }
    }
    *out = ledger_resolved(ledger);
    return *out ? CHANGE_RESOLVED : CHANGE_NOTHING;
}

enum change
ledger_observe(struct ledger *ledger, const struct sighting *sighting,
               struct incident **incident)
{
    *incident = NULL;
    if (sighting->is_success) {
        return observe_success(ledger, sighting, incident);
    }
    return observe_cause(ledger, sighting, incident);
}

struct incident *
ledger_expire(struct ledger *ledger, int64_t now)
{
    for (size_t i = 0; i < ledger->count; i++) {
        struct incident *incident = ledger->incidents[i];
        if (incident->state == INCIDENT_OPEN
            && now - incident->last_seen
                   > quiet_time(incident->cause->nature)) {
            incident_step(&incident->state, EVENT_QUIET);
            incident->is_dirty = true;
            return incident;
        }
    }
    return NULL;
}

struct incident *
ledger_at(const struct ledger *ledger, size_t index)
{
    return index < ledger->count ? ledger->incidents[index] : NULL;
}

size_t
ledger_count(const struct ledger *ledger)
{
    return ledger->count;
}

struct incident *
ledger_restore(struct ledger *ledger, const struct incident *known)
{
    if (places_find_key(ledger->places, known->key)) {
        return NULL;
    }
    struct incident *incident = add_incident(ledger, known->key, known->cause);
    incident->id = known->id;
    incident->is_stored = true;
    incident->life = known->life;
    incident->state = known->state;
    incident->severity = known->severity;
    incident->stamp_trust = known->stamp_trust;
    incident->first_seen = known->first_seen;
    incident->last_seen = known->last_seen;
    incident->resolved_at = known->resolved_at;
    incident->stored_count = known->stored_count;
    facts_merge(&incident->facts, &known->facts, &incident->arena);
    for (size_t i = 0; i < known->affected_count; i++) {
        places_adopt(ledger->places, incident, &known->affected[i]);
    }
    return incident;
}
