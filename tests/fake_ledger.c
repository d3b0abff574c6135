/* SPDX-License-Identifier: Apache-2.0 */
#include "fake_ledger.h"

#include "base/mem.h"
#include "incident/places.h"

#include <string.h>

enum {
    ROOM = 16,
};

struct ledger {
    struct roster *roster;
    struct places *places;
    struct recurrences *recurrences;
    struct tellings *tellings;

    struct {
        int64_t gone;
        struct incident *into;
    } joins[ROOM];

    size_t join_count;
};

static const struct remedy check_role = {
    .id = {"check-role", 10},
    .title = {{{"Look at the role", 16}, {"ロールを見る", 18}}},
};

static const struct remedy *const remedies[] = {&check_role};

static const struct cause causes[] = {
    {.slug = {"unauthorized", 12},
     .title = {{{"401 Unauthorized", 16}, {"401 認証エラー", 19}}},
     .severity = SEVERITY_ERROR,
     .scope = SCOPE_REGISTRY,
     .nature = NATURE_PERMANENT,
     .remedies = remedies,
     .remedy_count = 1},
    {.slug = {"not-found", 9},
     .title = {{{"No such tag", 11}, {"タグがない", 15}}},
     .severity = SEVERITY_ERROR,
     .scope = SCOPE_IMAGE,
     .nature = NATURE_PERMANENT},
    {.slug = {"back-off", 8},
     .title = {{{"Back-off", 8}, {"バックオフ", 15}}},
     .severity = SEVERITY_WARNING,
     .scope = SCOPE_POD,
     .nature = NATURE_EITHER},
    {.slug = {"unknown", 7},
     .title = {{{"Unknown", 7}, {"不明", 6}}},
     .severity = SEVERITY_WARNING,
     .scope = SCOPE_IMAGE,
     .nature = NATURE_EITHER},
};

const struct catalog *
fake_catalog(void)
{
    return (const struct catalog *)(const void *)causes;
}

size_t
catalog_count(const struct catalog *catalog)
{
    (void)catalog;
    return COUNT(causes);
}

const struct cause *
catalog_cause(const struct catalog *catalog, size_t index)
{
    (void)catalog;
    return &causes[index];
}

const struct cause *
catalog_find(const struct catalog *catalog, struct slice slug)
{
    (void)catalog;
    for (size_t i = 0; i < COUNT(causes); i++) {
        if (slice_equal(causes[i].slug, slug)) {
            return &causes[i];
        }
    }
    return NULL;
}

const char *
severity_name(enum severity severity)
{
    static const char *const names[] = {"info", "warning", "error", "critical"};
    return names[severity];
}

const char *
scope_name(enum scope scope)
{
    static const char *const names[] = {"registry", "image", "node", "pod"};
    return names[scope];
}

const char *
nature_name(enum nature nature)
{
    static const char *const names[] = {"transient", "permanent", "either",
                                        "-"};
    return names[nature];
}

/* Some facts have no name here, and are not known. */
static const struct fact_row fact_rows[FACTS] = {
    {.name = "image"},        {.name = "registry"},    {.name = "repository"},
    {.name = "tag"},          {.name = "digest"},      {.name = "vendor"},
    {.name = "role"},         {.name = "namespace"},   {.name = "pod"},
    {.name = "pod_uid"},      {.name = "container"},   {.name = "workload"},
    {.name = "node"},         {.name = "credentials"}, {.name = "http.status"},
    {.name = "http.url"},     {.name = "url.host"},    {.name = "client_ip"},
    {.name = "client_scope"}, {.name = "ip"},
};

const struct fact_row *
fact_row(enum fact fact)
{
    return &fact_rows[fact];
}

bool
fact_by_name(struct slice name, enum fact *fact)
{
    for (int i = 0; i < FACTS && fact_rows[i].name; i++) {
        if (slice_equal(name, slice_from(fact_rows[i].name))) {
            *fact = (enum fact)i;
            return true;
        }
    }
    return false;
}

const char *
incident_state_name(enum incident_state state)
{
    static const char *const names[] = {"none", "open", "quiet", "resolved",
                                        "joined"};
    return names[state];
}

const struct evidence *
incident_evidence(const struct incident *incident, size_t index)
{
    if (index >= COUNT(incident->evidence)
        || index >= incident->evidence_seen) {
        return NULL;
    }
    return &incident->evidence[index];
}

struct ledger *
fake_ledger_new(void)
{
    struct ledger *ledger = MEM_NEW(struct ledger);
    ledger->roster = roster_new();
    ledger->places = places_new();
    ledger->recurrences = recurrences_new(ROOM);
    ledger->tellings = tellings_new(ROOM);
    return ledger;
}

void
fake_ledger_free(struct ledger *ledger)
{
    roster_free(ledger->roster);
    places_free(ledger->places);
    recurrences_free(ledger->recurrences);
    tellings_free(ledger->tellings);
    mem_free(ledger);
}

struct incident *
fake_incident(struct ledger *ledger, const char *key, const char *cause)
{
    size_t at = 0;
    while (!slice_equal(causes[at].slug, slice_from(cause))) {
        at++;
    }
    struct incident *incident =
        roster_add(ledger->roster, slice_from(key), &causes[at]);
    incident->state = INCIDENT_OPEN;
    incident->is_dirty = true;
    return incident;
}

void
fake_join(struct ledger *ledger, struct incident *gone, struct incident *into)
{
    ledger->joins[ledger->join_count].gone = gone->id;
    ledger->joins[ledger->join_count++].into = into;
    gone->is_leaving = true;
    roster_dismiss(ledger->roster, ledger->places);
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

/* A test changes what it likes, so all of them are looked at. */
bool
ledger_has(const struct ledger *ledger, struct slice key)
{
    return places_find_key(ledger->places, key) != NULL;
}

struct roster *
ledger_roster(const struct ledger *ledger)
{
    struct incident *incident;
    for (size_t i = 0; (incident = roster_at(ledger->roster, i)); i++) {
        roster_note(ledger->roster, incident);
    }
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
    (void)ledger;
    (void)recall;
    (void)ctx;
}

void
ledger_await_past(struct ledger *ledger)
{
    (void)ledger;
}

bool
ledger_joined(struct ledger *ledger, int64_t *gone, struct incident **into)
{
    if (ledger->join_count == 0) {
        return false;
    }
    ledger->join_count--;
    *gone = ledger->joins[ledger->join_count].gone;
    *into = ledger->joins[ledger->join_count].into;
    return true;
}

static void
restore_affected(struct incident *copy, const struct incident *known)
{
    struct arena *arena = &copy->arena;
    copy->affected = mem_resize_array(NULL, known->affected_count + 1,
                                      sizeof(*copy->affected));
    for (size_t i = 0; i < known->affected_count; i++) {
        struct affected *to = &copy->affected[i];
        *to = known->affected[i];
        to->namespace = arena_copy(arena, to->namespace);
        to->pod = arena_copy(arena, to->pod);
        to->container = arena_copy(arena, to->container);
        to->node = arena_copy(arena, to->node);
        to->image = arena_copy(arena, to->image);
    }
}

struct incident *
ledger_restore(struct ledger *ledger, const struct incident *known)
{
    struct incident *copy;
    for (size_t i = 0; (copy = ledger_at(ledger, i)); i++) {
        if (slice_equal(copy->key, known->key)) {
            return NULL;
        }
    }
    copy = roster_add(ledger->roster, known->key, known->cause);
    copy->id = known->id;
    copy->is_stored = known->is_stored;
    copy->life = known->life;
    copy->state = known->state;
    copy->severity = known->severity;
    copy->stamp_trust = known->stamp_trust;
    copy->first_seen = known->first_seen;
    copy->last_seen = known->last_seen;
    copy->resolved_at = known->resolved_at;
    copy->stored_count = known->stored_count;
    copy->also_count = known->also_count;
    memcpy(copy->also, known->also, sizeof(copy->also));
    copy->affected_count = known->affected_count;
    incident_take_facts(copy, known);
    restore_affected(copy, known);
    return copy;
}
