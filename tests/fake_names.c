/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Stands in for catalog.c and incident.c where a test links the renderers
 * only. To be taken out when those are in the library.
 */
#include "incident/incident.h"
#include "match/catalog.h"

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
                                        "none"};
    return names[nature];
}

const char *
language_name(enum language language)
{
    return language == LANGUAGE_JA ? "ja" : "en";
}

const char *
change_name(enum change change)
{
    static const char *const names[] = {"nothing",  "opened",   "updated",
                                        "resolved", "reopened", "quiet"};
    return names[change];
}

const char *
incident_state_name(enum incident_state state)
{
    static const char *const names[] = {"none", "open", "quiet", "resolved",
                                        "joined"};
    return names[state];
}

static size_t
distinct(const struct incident *incident, bool is_node)
{
    size_t count = 0;
    for (size_t i = 0; i < incident->affected_count; i++) {
        const struct affected *a = &incident->affected[i];
        bool is_new = (is_node ? a->node : a->pod).len > 0;
        for (size_t k = 0; k < i && is_new; k++) {
            const struct affected *b = &incident->affected[k];
            is_new = is_node ? !slice_equal(a->node, b->node)
                             : !slice_equal(a->pod, b->pod);
        }
        count += is_new;
    }
    return count;
}

size_t
incident_pods(const struct incident *incident)
{
    return distinct(incident, false);
}

size_t
incident_nodes(const struct incident *incident)
{
    return distinct(incident, true);
}

const struct evidence *
incident_evidence(const struct incident *incident, size_t index)
{
    return index < incident->evidence_seen && index < EVIDENCE_FIRST
             ? &incident->evidence[index]
             : NULL;
}
