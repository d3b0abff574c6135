/* SPDX-License-Identifier: Apache-2.0 */
#include "incident/ledger.h"

#include "incident/account.h"
#include "incident/again.h"
#include "incident/attempt.h"
#include "incident/backoff.h"
#include "incident/expiry.h"
#include "incident/key.h"
#include "incident/ledger_parts.h"
#include "incident/lend.h"
#include "incident/names.h"
#include "incident/recovery.h"
#include "incident/share.h"
#include "incident/unnamed.h"

enum {
    EVENTS = 32768,   /* whose counts are in memory */
    TELLINGS = 65536, /* failures that are known by who told them */
};

struct ledger *
ledger_new(const struct catalog *catalog)
{
    struct ledger *ledger = MEM_NEW(struct ledger);
    ledger->catalog = catalog;
    ledger->roster = roster_new();
    ledger->recurrences = recurrences_new(EVENTS);
    ledger->tellings = tellings_new(TELLINGS);
    ledger->places = places_new();
    ledger->witness = witness_new();
    ledger->bindings = bindings_new();
    ledger->news = news_new();
    return ledger;
}

void
ledger_set_catalog(struct ledger *ledger, const struct catalog *catalog)
{
    ledger->catalog = catalog;
}

void
ledger_free(struct ledger *ledger)
{
    if (!ledger) {
        return;
    }
    roster_free(ledger->roster);
    recurrences_free(ledger->recurrences);
    tellings_free(ledger->tellings);
    places_free(ledger->places);
    witness_free(ledger->witness);
    bindings_free(ledger->bindings);
    news_free(ledger->news);
    buf_free(&ledger->key);
    mem_free(ledger);
}

static struct incident *
add_incident(struct ledger *ledger, struct slice key, const struct cause *cause)
{
    struct incident *incident = roster_add(ledger->roster, key, cause);
    places_put_key(ledger->places, incident);
    return incident;
}

struct incident *
ledger_resolved(struct ledger *ledger)
{
    return news_next_resolved(ledger->news);
}

bool
ledger_joined(struct ledger *ledger, int64_t *gone, struct incident **into)
{
    return news_next_joined(ledger->news, gone, into);
}

/* What every line adds, whether it is a cause of its own or a back-off. */
static struct affected *
take_place(struct ledger *ledger, struct incident *incident,
           const struct sighting *sighting)
{
    size_t rows = incident->affected_count;
    /* A row that the history does not have is one of an earlier life. */
    bool is_past = sighting->is_replay && !account_is_replay(incident);
    account_line(incident, sighting); /* a row has names from its facts */
    struct affected *affected =
        places_affected(ledger->places, incident, sighting->facts);
    roster_add_rows(ledger->roster, incident->affected_count - rows);
    if (!affected) {
        if (!is_past && names_tell(sighting->facts)) {
            incident->affected_lost += account_count(sighting);
        }
        return NULL;
    }
    if (incident->affected_count > rows && is_past) {
        affected->is_recovered = true;
    }
    if (!is_past && sighting->stamp.trust != STAMP_MISSING) {
        account_span(affected, account_first(incident, sighting),
                     sighting->stamp.us);
    }
    account_suffering(incident, affected, sighting);
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
    roster_add_rows(ledger->roster, incident->affected_count - rows);
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
    (void)take_place(ledger, host, sighting);
    if (sighting->cause->yields) {
        account_also(host, sighting->cause);
    }
    roster_touch(ledger->roster, host);
    return step_seen(host, sighting, was_touched);
}

/*
 * The cause became known: `gone` told of the same pulls once more, so whom it
 * knows moves to `host`, but not what it counted.
 */
static void
fold(struct ledger *ledger, struct incident *host, struct incident *gone)
{
    bool is_past = account_is_replay(gone) && !account_is_replay(host);
    account_drop(gone);
    gone->state = INCIDENT_JOINED;
    places_forget(ledger->places, gone);
    for (size_t i = 0; i < gone->affected_count; i++) {
        struct affected *row = &gone->affected[i];
        row->is_recovered = row->is_recovered || is_past;
        struct affected *copy = adopt(ledger, host, row);
        if (copy) {
            copy->is_dirty = copy->is_dirty || row->is_dirty;
        }
    }
    news_add_joined(ledger->news, gone, host);
    account_move(host, gone);
}

static void
wish(struct ledger *ledger, enum wish kind, struct slice text, int64_t now)
{
    const struct ledger_wish wish = {kind, text, now};
    if (ledger->recall) {
        ledger->recall(ledger->recall_ctx, &wish);
    }
}

/* What went quiet before, the history sees to with its next flush. */
static void
recall_past(struct ledger *ledger, int64_t now)
{
    if (ledger->awaits_past) {
        ledger->awaits_past = false;
        ledger->overdue_asked = now;
        wish(ledger, WISH_PAST, SLICE(""), now);
    }
}

/* Those that left and have the image or the pod come back. */
static void
recall_places(struct ledger *ledger, const struct sighting *sighting)
{
    struct slice pod = sighting->facts->value[FACT_POD];
    struct slice image = sighting->facts->value[FACT_IMAGE];
    if (roster_lacks_pod(ledger->roster, pod)) {
        wish(ledger, WISH_POD, pod, 0);
    }
    if (roster_lacks_image(ledger->roster, image)) {
        wish(ledger, WISH_IMAGE, image, 0);
    }
}

static struct incident *
find_key(struct ledger *ledger, struct slice key)
{
    struct incident *known = places_find_key(ledger->places, key);
    if (!known && roster_lacks_key(ledger->roster, key)) {
        wish(ledger, WISH_KEY, key, 0);
        known = places_find_key(ledger->places, key);
    }
    return known;
}

/*
 * The incident that a sighting of a cause belongs to, made if need be; `known`
 * has its key. What somebody has told of before is no new life.
 */
static struct incident *
incident_of(struct ledger *ledger, const struct sighting *sighting,
            struct slice key, struct incident *known, bool is_echo)
{
    if (!known) {
        return add_incident(ledger, key, sighting->cause);
    }
    if (known->state == INCIDENT_JOINED && unnamed_renew(known)) {
        return known;
    }
    if (known->state == INCIDENT_JOINED) {
        struct incident *again = add_incident(ledger, key, sighting->cause);
        again->life = known->life + known->is_stored;
        return again;
    }
    if (known->state != INCIDENT_RESOLVED || is_echo
        || account_is_late(known, sighting)) {
        return known;
    }
    if (witness_is_flap(ledger->witness, known, sighting)) {
        incident_set_fact(known, FACT_FLAPPING, SLICE("yes"));
        known->flap_since = sighting->stamp.us;
        known->is_flap_told = false;
        return known;
    }
    struct incident *again = add_incident(ledger, key, sighting->cause);
    again->life = known->life + 1;
    again->state = INCIDENT_RESOLVED;
    places_forget(ledger->places, known);
    return again;
}

/* Whose cause the sighting tells, folded into its incident. */
static void
fold_waiting(struct ledger *ledger, struct incident *incident,
             const struct sighting *sighting)
{
    struct incident *gone;
    while ((gone = backoff_waiting(ledger->places, sighting))) {
        fold(ledger, incident, gone);
    }
    while ((gone = attempt_lesser(ledger->places, sighting))) {
        fold(ledger, incident, gone);
    }
    unnamed_fold(ledger, incident, sighting);
}

/* Of a failure; or of a success, what was odd with it. */
static enum change
count_cause(struct ledger *ledger, const struct sighting *sighting,
            struct incident **out)
{
    struct slice key =
        key_of(&ledger->key, sighting->cause, sighting->own_facts);
    struct incident *known = find_key(ledger, key);
    struct share share = {.fresh = account_count(sighting)};
    if (!sighting->cause->joins) {
        share = share_told(ledger, known, sighting, key);
    }
    bool is_echo = share.fresh == 0;
    struct incident *incident =
        incident_of(ledger, sighting, key, known, is_echo);
    unnamed_note(ledger, incident, sighting);
    bool was_touched = incident->is_touched;
    bool is_late = is_echo && incident->state == INCIDENT_RESOLVED;
    struct affected *affected = NULL;
    if (share.is_elsewhere || is_late) {
        account_line(incident, sighting);
    } else {
        affected = take_place(ledger, incident, sighting);
    }
    account_failure(incident, affected, sighting, &share);
    if (!sighting->cause->joins && !sighting->is_success) {
        fold_waiting(ledger, incident, sighting);
    }
    roster_touch(ledger->roster, incident);
    *out = incident;
    return is_late ? CHANGE_UPDATED
                   : step_seen(incident, sighting, was_touched);
}

static struct incident *
find_host(const struct ledger *ledger, const struct sighting *sighting)
{
    struct incident *host = NULL;
    if (sighting->cause->joins) {
        host = backoff_host(ledger->places, sighting);
    }
    if (sighting->cause->yields) {
        host = attempt_host(ledger->places, sighting);
    }
    return host;
}

static enum change
observe_cause(struct ledger *ledger, const struct sighting *sighting,
              struct incident **out)
{
    struct incident *host = find_host(ledger, sighting);
    if (host) {
        *out = host;
        enum change change = join(ledger, host, sighting);
        lend_secret(ledger->places, ledger->roster, host, sighting);
        return change;
    }
    enum change change = count_cause(ledger, sighting, out);
    lend_secret(ledger->places, ledger->roster, *out, sighting);
    again_note(ledger, *out, sighting);
    return change;
}

static void
recover(struct ledger *ledger, struct incident *incident,
        struct affected *affected, const struct sighting *sighting)
{
    bool was_recovered = affected->is_recovered;
    if (recovery_take(incident, affected, sighting)) {
        news_add_resolved(ledger->news, incident);
    }
    if (affected->is_recovered != was_recovered) {
        roster_touch(ledger->roster, incident);
    }
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
        return count_cause(ledger, sighting, out);
    }
    *out = ledger_resolved(ledger);
    return *out ? CHANGE_RESOLVED : CHANGE_NOTHING;
}

/* What the scheduler said is not in the key: another run may not hear it. */
enum change
ledger_observe(struct ledger *ledger, const struct sighting *sighting,
               struct incident **incident)
{
    struct sighting own = *sighting;
    struct facts filled;
    own.own_facts = sighting->facts;
    *incident = NULL;
    recall_past(ledger, sighting->observed_at);
    if (!share_take_growth(ledger->recurrences, &own)) {
        return CHANGE_NOTHING;
    }
    own.facts = bindings_fill(ledger->bindings, sighting->facts,
                              sighting->origin, &filled);
    recall_places(ledger, &own);
    witness_observe(ledger->witness, &own);
    if (own.facts->value[FACT_SECRET].len > 0) {
        places_lend(ledger->places);
    }
    if (own.is_success) {
        return observe_success(ledger, &own, incident);
    }
    return observe_cause(ledger, &own, incident);
}

static void
teach(struct ledger *ledger, struct incident *incident)
{
    if (!incident->is_touched || incident->state == INCIDENT_JOINED) {
        return;
    }
    bool was_dirty = incident->is_dirty;
    witness_teach(ledger->witness, incident);
    if (incident->is_dirty && !was_dirty) {
        roster_note(ledger->roster, incident);
    }
}

void
ledger_note(struct ledger *ledger, const struct facts *facts,
            struct slice origin)
{
    witness_note(ledger->witness, facts);
    bindings_note(ledger->bindings, facts, origin);
}

void
ledger_testify(struct ledger *ledger)
{
    for (size_t i = 0; i < roster_count(ledger->roster); i++) {
        teach(ledger, roster_at(ledger->roster, i));
    }
    witness_rest(ledger->witness);
}

void
ledger_testify_changed(struct ledger *ledger)
{
    struct incident *incident;
    for (size_t i = 0; (incident = roster_changed(ledger->roster, i)); i++) {
        teach(ledger, incident);
    }
}

/* Those that left go quiet, too; now and then the history is asked for some. */
static void
recall_overdue(struct ledger *ledger, int64_t now)
{
    if (roster_lacks_any(ledger->roster)
        && now - ledger->overdue_asked >= STAMP_MINUTE) {
        ledger->overdue_asked = now;
        wish(ledger, WISH_OVERDUE, SLICE(""), now);
    }
}

struct incident *
ledger_expire(struct ledger *ledger, int64_t now)
{
    recall_past(ledger, now);
    if (now != ledger->expire_now) {
        ledger->expire_now = now;
        ledger->expire_next = 0;
        recall_overdue(ledger, now);
    }
    while (ledger->expire_next < roster_count(ledger->roster)) {
        struct incident *incident =
            roster_at(ledger->roster, ledger->expire_next++);
        if (expiry_is_due(incident, now)) {
            /* Dirty for good would make a row of what only replays told. */
            incident->is_dirty = !account_is_replay(incident);
            incident_step(&incident->state, EVENT_QUIET);
            roster_note(ledger->roster, incident);
            return incident;
        }
    }
    ledger->expire_next = 0;
    return NULL;
}

void
ledger_dismiss(struct ledger *ledger)
{
    roster_dismiss(ledger->roster, ledger->places);
    ledger->expire_next = 0;
}

struct incident *
ledger_at(const struct ledger *ledger, size_t index)
{
    return roster_at(ledger->roster, index);
}

size_t
ledger_count(const struct ledger *ledger)
{
    return roster_count(ledger->roster);
}

bool
ledger_has(const struct ledger *ledger, struct slice key)
{
    return places_find_key(ledger->places, key) != NULL;
}

struct roster *
ledger_roster(const struct ledger *ledger)
{
    return ledger->roster;
}

struct recurrences *
ledger_recurrences(const struct ledger *ledger)
{
    return ledger->recurrences;
}

struct tellings *
ledger_tellings(const struct ledger *ledger)
{
    return ledger->tellings;
}

void
ledger_set_key(struct ledger *ledger, const struct keyed *key)
{
    recurrences_set_key(ledger->recurrences, key);
    tellings_set_key(ledger->tellings, key);
}

void
ledger_set_recall(struct ledger *ledger, ledger_recall *recall, void *ctx)
{
    ledger->recall = recall;
    ledger->recall_ctx = ctx;
    ledger->awaits_past = false;
}

void
ledger_await_past(struct ledger *ledger)
{
    ledger->awaits_past = true;
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
    incident_take_facts(incident, known);
    incident_reserve(incident, known->affected_count);
    for (size_t i = 0; i < known->affected_count; i++) {
        (void)adopt(ledger, incident, &known->affected[i]);
    }
    /* A full table may have lost some that nobody will see recover. */
    incident->affected_lost = known->affected_count >= AFFECTED_MAX;
    if (roster_return(ledger->roster, incident->id)) {
        incident->is_touched = true;
        incident->is_announced = true;
        incident->announced_at = 1;
        incident->announced_affected = incident->affected_count;
    }
    return incident;
}
