/* SPDX-License-Identifier: Apache-2.0 */
#include "incident/ledger.h"

#include "base/buf.h"
#include "incident/account.h"
#include "incident/attempt.h"
#include "incident/backoff.h"
#include "incident/key.h"
#include "incident/lend.h"
#include "incident/places.h"
#include "incident/witness.h"

/* Incidents that have changed and whose change nobody has fetched yet. */
struct queue {
    struct incident **items;
    size_t count;
    size_t room;
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
    struct witness *witness;
    struct queue resolved;
    struct joined *joined;
    size_t joined_count;
    size_t joined_room;
    size_t joined_next;
    int64_t expire_now; /* of the last ledger_expire() */
    size_t expire_next; /* all before it are not due at that time */
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
    ledger->witness = witness_new();
    return ledger;
}

void
ledger_set_catalog(struct ledger *ledger, const struct catalog *catalog)
{
    ledger->catalog = catalog;
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
    witness_free(ledger->witness);
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
                                             sizeof(struct incident *));
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
    if (queue->count == queue->room) {
        queue->room = queue->room > 0 ? queue->room * 2 : 8;
        queue->items = mem_resize_array(queue->items, queue->room,
                                        sizeof(struct incident *));
    }
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
    if (ledger->joined_count == ledger->joined_room) {
        ledger->joined_room =
            ledger->joined_room > 0 ? ledger->joined_room * 2 : 8;
        ledger->joined = mem_resize_array(ledger->joined, ledger->joined_room,
                                          sizeof(*ledger->joined));
    }
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

static bool
names_somebody(const struct facts *facts)
{
    return facts->value[FACT_POD].len + facts->value[FACT_NODE].len
             + facts->value[FACT_IMAGE].len
         > 0;
}

/* Whether the row goes on suffering; a replay tells nothing new of that. */
static void
take_suffering(const struct incident *incident, struct affected *affected,
               const struct sighting *sighting)
{
    int64_t recovered_at = affected->recovered_at != 0 ? affected->recovered_at
                                                       : incident->resolved_at;
    if (sighting->is_replay) {
        return;
    }
    affected->is_dirty = true;
    if (affected->is_recovered
        && !account_is_before(incident, sighting, recovered_at)) {
        affected->is_recovered = false;
        affected->recovered_at = 0;
    }
}

/* What every line adds, whether it is a cause of its own or a back-off. */
static struct affected *
take_place(struct ledger *ledger, struct incident *incident,
           const struct sighting *sighting)
{
    size_t rows = incident->affected_count;
    struct affected *affected =
        places_affected(ledger->places, incident, sighting->facts);
    /* A row that the history does not have is one of an earlier life. */
    bool is_past = sighting->is_replay && !account_is_replay(incident);
    account_line(incident, sighting);
    if (!affected) {
        if (!is_past && names_somebody(sighting->facts)) {
            incident->affected_lost += account_count(sighting);
        }
        return NULL;
    }
    if (incident->affected_count > rows && is_past) {
        affected->is_recovered = true;
    }
    if (!is_past && sighting->stamp.trust != STAMP_MISSING) {
        account_span(affected, sighting->stamp.us, sighting->stamp.us);
    }
    take_suffering(incident, affected, sighting);
    return affected;
}

/* The change that one more line makes, after it was accounted for. */
static enum change
step_seen(struct incident *incident, const struct sighting *sighting,
          bool was_touched)
{
    if (sighting->is_replay && incident->state != INCIDENT_NONE) {
        return was_touched ? CHANGE_UPDATED : CHANGE_OPENED;
    }
    if (incident->state == INCIDENT_RESOLVED
        && incident_is_recovered(incident)) {
        return CHANGE_UPDATED;
    }
    incident->resolved_at = 0;
    return incident_step(&incident->state, EVENT_SEEN);
}

/* Copies a row of another incident; the caller counts. */
static struct affected *
adopt(struct ledger *ledger, struct incident *incident,
      const struct affected *row)
{
    size_t rows = incident->affected_count;
    struct affected *copy = places_adopt(ledger->places, incident, row);
    if (!copy) {
        incident->affected_lost++;
        return NULL;
    }
    account_span(copy, row->first_seen, row->last_seen);
    if (incident->affected_count > rows) {
        copy->is_recovered = row->is_recovered;
        copy->recovered_at = row->recovered_at;
    } else {
        copy->is_recovered = copy->is_recovered && row->is_recovered;
    }
    return copy;
}

static enum change
join(struct ledger *ledger, struct incident *host,
     const struct sighting *sighting)
{
    bool was_touched = host->is_touched;
    struct affected *affected = take_place(ledger, host, sighting);
    if (sighting->cause->yields) {
        account_also(host, sighting->cause);
    }
    /* When it was new, the cause was not known yet, and fold() moved it. */
    if (sighting->is_replay && host->evidence_seen == 0) {
        host->count += account_count(sighting);
        host->replayed += account_count(sighting);
        if (affected) {
            affected->count += account_count(sighting);
        }
    }
    return step_seen(host, sighting, was_touched);
}

/* The cause became known: all that `gone` counted moves to `host`. */
static void
fold(struct ledger *ledger, struct incident *host, struct incident *gone)
{
    bool is_past = account_is_replay(gone) && !account_is_replay(host);
    gone->state = INCIDENT_JOINED;
    places_forget(ledger->places, gone);
    for (size_t i = 0; i < gone->affected_count; i++) {
        struct affected *row = &gone->affected[i];
        row->is_recovered = row->is_recovered || is_past;
        struct affected *copy = adopt(ledger, host, row);
        if (copy) {
            copy->count += row->count;
            copy->unsaved += row->unsaved;
            copy->is_dirty = copy->is_dirty || row->is_dirty;
        }
    }
    for (size_t i = ledger->joined_next; i < ledger->joined_count; i++) {
        if (ledger->joined[i].into == gone) {
            ledger->joined[i].into = host;
        }
    }
    if (gone->is_stored) {
        note_joined(ledger, gone->id, host);
    }
    account_move(host, gone);
}

/* The incident that a sighting of a cause belongs to, made if need be. */
static struct incident *
incident_of(struct ledger *ledger, const struct sighting *sighting)
{
    struct slice key = key_of(&ledger->key, sighting->cause, sighting->facts);
    struct incident *known = places_find_key(ledger->places, key);
    if (!known) {
        return add_incident(ledger, key, sighting->cause);
    }
    if (known->state == INCIDENT_JOINED) {
        struct incident *again = add_incident(ledger, key, sighting->cause);
        again->life = known->life + known->is_stored;
        return again;
    }
    if (known->state != INCIDENT_RESOLVED || account_is_late(known, sighting)) {
        return known;
    }
    struct incident *again = add_incident(ledger, key, sighting->cause);
    again->life = known->life + 1;
    again->state = INCIDENT_RESOLVED;
    if (witness_is_flapping(ledger->witness, sighting)) {
        again->facts.value[FACT_FLAPPING] = SLICE("yes");
        again->is_announced = known->is_announced || known->is_touched;
    }
    places_forget(ledger->places, known);
    return again;
}

static enum change
observe_cause(struct ledger *ledger, const struct sighting *sighting,
              struct incident **out)
{
    struct incident *host = NULL;
    if (sighting->cause->joins) {
        host = backoff_host(ledger->places, sighting);
    }
    if (sighting->cause->yields) {
        host = attempt_host(ledger->places, sighting);
    }
    if (host) {
        *out = host;
        enum change change = join(ledger, host, sighting);
        lend_secret(ledger->places, host, sighting);
        return change;
    }
    struct incident *incident = incident_of(ledger, sighting);
    bool was_touched = incident->is_touched;
    struct affected *affected = take_place(ledger, incident, sighting);
    account_failure(incident, affected, sighting);
    if (!sighting->cause->joins) {
        struct incident *gone;
        while ((gone = backoff_waiting(ledger->places, sighting))) {
            fold(ledger, incident, gone);
        }
        while ((gone = attempt_lesser(ledger->places, sighting))) {
            account_drop(gone); /* the same pulls, told once more */
            fold(ledger, incident, gone);
        }
    }
    *out = incident;
    enum change change = step_seen(incident, sighting, was_touched);
    lend_secret(ledger->places, incident, sighting);
    return change;
}

/*
 * The success of a replay is in the history as well; only what the history
 * does not have at all, since it was over long ago, is over by it.
 */
static bool
may_recover(const struct incident *incident, const struct affected *affected,
            const struct sighting *sighting)
{
    const struct slice *facts = sighting->facts->value;
    bool is_its_image =
        affected->image.len > 0 || affected->pod.len == 0
            ? places_is_same_image(affected->image, facts[FACT_IMAGE])
            : slice_equal(affected->pod, facts[FACT_POD])
                  && (affected->container.len == 0
                      || facts[FACT_CONTAINER].len == 0
                      || slice_equal(affected->container,
                                     facts[FACT_CONTAINER]));
    return incident_is_live(incident) && !affected->is_recovered && is_its_image
        && places_is_same(affected, sighting->facts)
        && !account_is_before(incident, sighting,
                              affected->last_seen - STAMP_SECOND)
        && (!sighting->is_replay || account_is_replay(incident));
}

static void
recover(struct ledger *ledger, struct incident *incident,
        struct affected *affected, const struct sighting *sighting)
{
    if (!may_recover(incident, affected, sighting)
        || incident->cause == sighting->cause) {
        return;
    }
    affected->is_recovered = true;
    affected->recovered_at = sighting->stamp.us;
    if (!account_is_replay(incident)) {
        affected->is_dirty = true;
        incident->is_dirty = true;
    }
    if (!incident_is_recovered(incident)
        || incident_step(&incident->state, EVENT_FIXED) != CHANGE_RESOLVED) {
        return;
    }
    incident->resolved_at = sighting->stamp.us;
    note_resolved(ledger, incident);
}

/* The rows that a place leads to; with an image alone, all rows of it. */
static void
recover_at(struct ledger *ledger, enum place place,
           const struct sighting *sighting)
{
    struct place_cursor cursor =
        places_look(ledger->places, place, sighting->facts);
    bool is_row = place == PLACE_POD || place == PLACE_PODLESS;
    struct incident *incident;
    struct affected *affected;
    while (places_next(&cursor, &incident, &affected)) {
        if (is_row) {
            recover(ledger, incident, affected, sighting);
            continue;
        }
        for (size_t i = 0; i < incident->affected_count; i++) {
            recover(ledger, incident, &incident->affected[i], sighting);
        }
    }
}

/* What was odd with a success: counted, but no failure's line belongs to it. */
static enum change
remark(struct ledger *ledger, const struct sighting *sighting,
       struct incident **out)
{
    struct incident *incident = incident_of(ledger, sighting);
    bool was_touched = incident->is_touched;
    struct affected *affected = take_place(ledger, incident, sighting);
    account_failure(incident, affected, sighting);
    *out = incident;
    return step_seen(incident, sighting, was_touched);
}

static enum change
observe_success(struct ledger *ledger, const struct sighting *sighting,
                struct incident **out)
{
    const struct slice *facts = sighting->facts->value;
    if (facts[FACT_POD].len > 0) {
        recover_at(ledger, PLACE_POD, sighting);
        recover_at(ledger, PLACE_PODLESS, sighting);
    } else if (facts[FACT_IMAGE].len > 0) {
        recover_at(ledger, PLACE_IMAGE, sighting);
        recover_at(ledger, PLACE_WAITING, sighting);
    }
    if (sighting->cause) {
        return remark(ledger, sighting, out);
    }
    *out = ledger_resolved(ledger);
    return *out ? CHANGE_RESOLVED : CHANGE_NOTHING;
}

enum change
ledger_observe(struct ledger *ledger, const struct sighting *sighting,
               struct incident **incident)
{
    *incident = NULL;
    witness_observe(ledger->witness, sighting);
    if (sighting->is_success) {
        return observe_success(ledger, sighting, incident);
    }
    return observe_cause(ledger, sighting, incident);
}

void
ledger_note(struct ledger *ledger, const struct facts *facts)
{
    witness_note(ledger->witness, facts);
}

void
ledger_testify(struct ledger *ledger)
{
    for (size_t i = 0; i < ledger->count; i++) {
        struct incident *incident = ledger->incidents[i];
        if (incident->is_touched && incident->state != INCIDENT_JOINED) {
            witness_teach(ledger->witness, incident);
        }
    }
    witness_rest(ledger->witness);
}

/* An old log that is piped in is heard of now, whatever its stamps say. */
static int64_t
last_heard(const struct incident *incident)
{
    return incident->observed_at > incident->last_seen ? incident->observed_at
                                                       : incident->last_seen;
}

struct incident *
ledger_expire(struct ledger *ledger, int64_t now)
{
    if (now != ledger->expire_now) {
        ledger->expire_now = now;
        ledger->expire_next = 0;
    }
    while (ledger->expire_next < ledger->count) {
        struct incident *incident = ledger->incidents[ledger->expire_next++];
        if (incident->state == INCIDENT_OPEN
            && now - last_heard(incident)
                   > quiet_time(incident->cause->nature)) {
            /* Dirty for good would make a row of what only replays told. */
            incident->is_dirty = !account_is_replay(incident);
            incident_step(&incident->state, EVENT_QUIET);
            return incident;
        }
    }
    ledger->expire_next = 0;
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
    for (size_t i = 0; i < known->also_count; i++) {
        incident->also[incident->also_count++] = known->also[i];
    }
    facts_merge(&incident->facts, &known->facts, &incident->arena);
    for (size_t i = 0; i < known->affected_count; i++) {
        (void)adopt(ledger, incident, &known->affected[i]);
    }
    /* A full table may have lost some that nobody will see recover. */
    incident->affected_lost = known->affected_count >= AFFECTED_MAX;
    return incident;
}
