/* SPDX-License-Identifier: Apache-2.0 */
#include "incident/incident.h"

#include <assert.h>
#include <stdlib.h>

static const char *const state_names[] = {
    [INCIDENT_NONE] = "none",     [INCIDENT_OPEN] = "open",
    [INCIDENT_QUIET] = "quiet",   [INCIDENT_RESOLVED] = "resolved",
    [INCIDENT_JOINED] = "joined",
};
static_assert(COUNT(state_names) == INCIDENT_STATES, "name each state");

static const char *const change_names[] = {
    [CHANGE_NOTHING] = "nothing",   [CHANGE_OPENED] = "opened",
    [CHANGE_UPDATED] = "updated",   [CHANGE_RESOLVED] = "resolved",
    [CHANGE_REOPENED] = "reopened", [CHANGE_QUIET] = "quiet",
};
static_assert(COUNT(change_names) == CHANGES, "name each change");

static const struct {
    enum incident_state from;
    enum incident_event event;
    enum incident_state next;
    enum change change;
} steps[] = {
    {INCIDENT_NONE, EVENT_SEEN, INCIDENT_OPEN, CHANGE_OPENED},
    {INCIDENT_OPEN, EVENT_SEEN, INCIDENT_OPEN, CHANGE_UPDATED},
    {INCIDENT_OPEN, EVENT_FIXED, INCIDENT_RESOLVED, CHANGE_RESOLVED},
    {INCIDENT_OPEN, EVENT_QUIET, INCIDENT_QUIET, CHANGE_QUIET},
    {INCIDENT_QUIET, EVENT_SEEN, INCIDENT_OPEN, CHANGE_REOPENED},
    {INCIDENT_QUIET, EVENT_FIXED, INCIDENT_RESOLVED, CHANGE_RESOLVED},
    {INCIDENT_RESOLVED, EVENT_SEEN, INCIDENT_OPEN, CHANGE_REOPENED},
};

enum change
incident_step(enum incident_state *state, enum incident_event event)
{
    for (size_t i = 0; i < COUNT(steps); i++) {
        if (steps[i].from == *state && steps[i].event == event) {
            *state = steps[i].next;
            return steps[i].change;
        }
    }
    return CHANGE_NOTHING;
}

bool
incident_is_live(const struct incident *incident)
{
    return incident->state == INCIDENT_OPEN
        || incident->state == INCIDENT_QUIET;
}

bool
incident_is_recovered(const struct incident *incident)
{
    for (size_t i = 0; i < incident->affected_count; i++) {
        if (!incident->affected[i].is_recovered) {
            return false;
        }
    }
    return incident->affected_count > 0 && incident->affected_lost == 0;
}

/* What makes two rows one: the pod within its namespace, or the node. */
struct name {
    struct slice space;
    struct slice text;
};

static int
by_name(const void *a, const void *b)
{
    const struct name *x = a;
    const struct name *y = b;
    int order = slice_compare(x->text, y->text);
    return order != 0 ? order : slice_compare(x->space, y->space);
}

/* Sorted first: of thousands of rows each against each takes too long. */
static size_t
count_distinct(struct name *names, size_t count)
{
    size_t distinct = count > 0;
    if (count > 0) {
        qsort(names, count, sizeof(*names), by_name);
    }
    for (size_t i = 1; i < count; i++) {
        distinct += by_name(&names[i - 1], &names[i]) != 0;
    }
    mem_free(names);
    return distinct;
}

static struct name *
names_for(const struct incident *incident)
{
    return mem_resize_array(NULL, incident->affected_count,
                            sizeof(struct name));
}

void
incident_reserve(struct incident *incident, size_t rows)
{
    if (rows > 0) {
        incident->affected =
            mem_resize_array(NULL, rows, sizeof(*incident->affected));
        incident->affected_room = rows;
    }
}

size_t
incident_pods(const struct incident *incident)
{
    struct name *names = names_for(incident);
    size_t count = 0;
    for (size_t i = 0; i < incident->affected_count; i++) {
        const struct affected *row = &incident->affected[i];
        if (row->pod.len > 0) {
            names[count++] = (struct name){row->namespace, row->pod};
        }
    }
    return count_distinct(names, count);
}

size_t
incident_nodes(const struct incident *incident)
{
    struct name *names = names_for(incident);
    size_t count = 0;
    for (size_t i = 0; i < incident->affected_count; i++) {
        if (incident->affected[i].node.len > 0) {
            names[count++] = (struct name){.text = incident->affected[i].node};
        }
    }
    return count_distinct(names, count);
}

const struct evidence *
incident_evidence(const struct incident *incident, size_t index)
{
    const size_t all = EVIDENCE_FIRST + EVIDENCE_LAST;
    uint64_t seen = incident->evidence_seen;
    if (index >= all || index >= seen) {
        return NULL;
    }
    if (seen <= all || index < EVIDENCE_FIRST) {
        return &incident->evidence[index];
    }
    /* The ring's oldest line stands where the next one would go. */
    size_t oldest = (size_t)((seen - EVIDENCE_FIRST) % EVIDENCE_LAST);
    size_t turn = (oldest + index - EVIDENCE_FIRST) % EVIDENCE_LAST;
    return &incident->evidence[EVIDENCE_FIRST + turn];
}

struct slice
incident_where(const struct incident *incident)
{
    struct slice rest = incident->key;
    struct slice slug;
    return slice_cut(&rest, '|', &slug) ? rest : incident->key;
}

const char *
incident_state_name(enum incident_state state)
{
    return state_names[state];
}

const char *
change_name(enum change change)
{
    return change_names[change];
}
