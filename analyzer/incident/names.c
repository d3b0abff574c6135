/* SPDX-License-Identifier: Apache-2.0 */
#include "incident/names.h"

#include "incident/alias.h"

struct affected
names_of(const struct facts *facts)
{
    return (struct affected){
        .namespace = facts->value[FACT_NAMESPACE],
        .pod = facts->value[FACT_POD],
        .container = facts->value[FACT_CONTAINER],
        .node = facts->value[FACT_NODE],
        .image = facts->value[FACT_IMAGE],
    };
}

bool
names_are_equal(const struct affected *a, const struct affected *b)
{
    return slice_equal(a->namespace, b->namespace)
        && slice_equal(a->pod, b->pod)
        && slice_equal(a->container, b->container)
        && slice_equal(a->node, b->node) && slice_equal(a->image, b->image);
}

bool
names_may_equal(struct slice a, struct slice b)
{
    return a.len == 0 || b.len == 0 || slice_equal(a, b);
}

bool
names_may_be(const struct affected *row, const struct affected *wanted)
{
    return slice_equal(row->pod, wanted->pod)
        && names_may_equal(row->namespace, wanted->namespace)
        && names_may_equal(row->container, wanted->container)
        && names_may_equal(row->node, wanted->node)
        && (names_may_equal(row->image, wanted->image)
            || alias_is_same(row->image, wanted->image));
}

bool
names_are_fewer(const struct affected *row, const struct affected *wanted)
{
    return (row->namespace.len == 0 && wanted->namespace.len > 0)
        || (row->container.len == 0 && wanted->container.len > 0)
        || (row->node.len == 0 && wanted->node.len > 0)
        || (row->image.len == 0 && wanted->image.len > 0);
}

/*
 * The incident's own text, if one that it knows says the same: its rows have
 * most of their names from one another.
 */
static struct slice
share(struct incident *incident, struct slice text, struct slice known,
      enum fact fact)
{
    if (text.len > 0 && slice_equal(text, known)) {
        return known;
    }
    if (text.len > 0 && slice_equal(text, incident_fact(incident, fact))) {
        return incident_fact(incident, fact);
    }
    return arena_copy(&incident->arena, text);
}

struct affected
names_copy(struct incident *incident, const struct affected *row,
           struct slice image)
{
    static const struct affected nobody;
    const struct affected *last = &nobody;
    if (incident->affected_count > 0) {
        last = &incident->affected[incident->affected_count - 1];
    }
    return (struct affected){
        .namespace =
            share(incident, row->namespace, last->namespace, FACT_NAMESPACE),
        .pod = share(incident, row->pod, last->pod, FACT_POD),
        .container =
            share(incident, row->container, last->container, FACT_CONTAINER),
        .node = share(incident, row->node, last->node, FACT_NODE),
        .image = share(incident, row->image, image, FACT_IMAGE),
    };
}

static void
learn(struct slice *known, struct slice text, struct arena *arena)
{
    if (known->len == 0) {
        *known = arena_copy(arena, text);
    }
}

void
names_learn(struct incident *incident, struct affected *row,
            const struct affected *from)
{
    learn(&row->namespace, from->namespace, &incident->arena);
    learn(&row->container, from->container, &incident->arena);
    learn(&row->node, from->node, &incident->arena);
    learn(&row->image, from->image, &incident->arena);
}

bool
names_tell(const struct facts *facts)
{
    return facts->value[FACT_POD].len + facts->value[FACT_NODE].len
             + facts->value[FACT_IMAGE].len
         > 0;
}
