/* SPDX-License-Identifier: Apache-2.0 */
#include "incident/incident.h"

#include <assert.h>

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
    {INCIDENT_NONE,     EVENT_SEEN,  INCIDENT_OPEN,     CHANGE_OPENED  },
    {INCIDENT_OPEN,     EVENT_SEEN,  INCIDENT_OPEN,     CHANGE_UPDATED },
    {INCIDENT_OPEN,     EVENT_FIXED, INCIDENT_RESOLVED, CHANGE_RESOLVED},
    {INCIDENT_OPEN,     EVENT_QUIET, INCIDENT_QUIET,    CHANGE_QUIET   },
    {INCIDENT_QUIET,    EVENT_SEEN,  INCIDENT_OPEN,     CHANGE_REOPENED},
    {INCIDENT_QUIET,    EVENT_FIXED, INCIDENT_RESOLVED, CHANGE_RESOLVED},
    {INCIDENT_RESOLVED, EVENT_SEEN,  INCIDENT_OPEN,     CHANGE_REOPENED},
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

/* A pod is named anew if no earlier row has its namespace and name. */
static bool
is_new_pod(const struct incident *incident, size_t index)
{
    const struct affected *row = &incident->affected[index];
    for (size_t i = 0; i < index; i++) {
        const struct affected *other = &incident->affected[i];
        if (slice_equal(other->pod, row->pod)
            && slice_equal(other->namespace, row->namespace)) {
            return false;
        }
    }
    return true;
}

static bool
is_new_node(const struct incident *incident, size_t index)
{
    for (size_t i = 0; i < index; i++) {
        if (slice_equal(incident->affected[i].node,
                        incident->affected[index].node)) {
            return false;
        }
    }
    return true;
}

size_t
incident_pods(const struct incident *incident)
{
    size_t count = 0;
    for (size_t i = 0; i < incident->affected_count; i++) {
        count += incident->affected[i].pod.len > 0 && is_new_pod(incident, i);
    }
    return count;
}

size_t
incident_nodes(const struct incident *incident)
{
    size_t count = 0;
    for (size_t i = 0; i < incident->affected_count; i++) {
        count += incident->affected[i].node.len > 0 && is_new_node(incident, i);
    }
    return count;
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
