/* SPDX-License-Identifier: Apache-2.0 */
#include "incident/binding.h"

#include "base/mem.h"

#include <string.h>

enum {
    SETS = 2048,
    WAYS = 4, /* the newest first */
    SEED_NAMESPACE = 104,
    SEED_ORIGIN = 105,
};

struct binding {
    uint64_t name;   /* a hash of the pod's; 0: there is none */
    char *namespace; /* NULL, and node: there are several */
    char *node;
};

struct bindings {
    struct binding (*sets)[WAYS]; /* NULL: nothing was noted yet */
};

static void
forget(struct binding *binding)
{
    mem_free(binding->namespace);
    mem_free(binding->node);
    binding->namespace = NULL;
    binding->node = NULL;
}

struct bindings *
bindings_new(void)
{
    return MEM_NEW(struct bindings);
}

void
bindings_free(struct bindings *bindings)
{
    for (size_t i = 0; bindings && bindings->sets && i < SETS; i++) {
        for (size_t k = 0; k < WAYS; k++) {
            forget(&bindings->sets[i][k]);
        }
    }
    if (bindings) {
        mem_free(bindings->sets);
    }
    mem_free(bindings);
}

/* Of a namespace; or of an origin, if there the namespace is not told. */
static uint64_t
name_of(struct slice space, struct slice pod, uint64_t seed)
{
    return slice_mix(pod, slice_mix(space, seed)) | 1;
}

static struct binding *
find(const struct bindings *bindings, uint64_t name)
{
    struct binding *set = bindings->sets[(name >> 1) % SETS];
    for (size_t i = 0; i < WAYS; i++) {
        if (set[i].name == name) {
            return &set[i];
        }
    }
    return NULL;
}

/* In the place of the oldest of its set. */
static struct binding *
add(struct bindings *bindings, uint64_t name)
{
    struct binding *set = bindings->sets[(name >> 1) % SETS];
    forget(&set[WAYS - 1]);
    memmove(set + 1, set, (WAYS - 1) * sizeof(*set));
    set[0] = (struct binding){.name = name};
    return &set[0];
}

static bool
is_same(const char *known, struct slice text)
{
    return known && slice_equal(slice_from(known), text);
}

static void
keep(char **known, struct slice text)
{
    if (!is_same(*known, text)) {
        mem_free(*known);
        *known = mem_string(text);
    }
}

static void
note(struct bindings *bindings, uint64_t name, const struct facts *facts)
{
    struct slice namespace = facts->value[FACT_NAMESPACE];
    struct binding *known = find(bindings, name);
    struct binding *binding = known ? known : add(bindings, name);
    if (known && !is_same(known->namespace, namespace)) {
        forget(binding); /* there are several, and were before */
        return;
    }
    keep(&binding->namespace, namespace);
    keep(&binding->node, facts->value[FACT_NODE]);
}

void
bindings_note(struct bindings *bindings, const struct facts *facts,
              struct slice origin)
{
    struct slice namespace = facts->value[FACT_NAMESPACE];
    struct slice pod = facts->value[FACT_POD];
    if (pod.len == 0 || namespace.len == 0
        || facts->value[FACT_NODE].len == 0) {
        return;
    }
    if (!bindings->sets) {
        bindings->sets = mem_new(SETS * sizeof(*bindings->sets));
    }
    note(bindings, name_of(namespace, pod, SEED_NAMESPACE), facts);
    note(bindings, name_of(origin, pod, SEED_ORIGIN), facts);
}

const struct facts *
bindings_fill(const struct bindings *bindings, const struct facts *facts,
              struct slice origin, struct facts *filled)
{
    struct slice namespace = facts->value[FACT_NAMESPACE];
    struct slice pod = facts->value[FACT_POD];
    if (!bindings->sets || pod.len == 0
        || (namespace.len > 0 && facts->value[FACT_NODE].len > 0)) {
        return facts;
    }
    const struct binding *binding = find(
        bindings, namespace.len > 0 ? name_of(namespace, pod, SEED_NAMESPACE)
                                    : name_of(origin, pod, SEED_ORIGIN));
    if (!binding || !binding->node) {
        return facts;
    }
    *filled = *facts;
    filled->value[FACT_NAMESPACE] = slice_from(binding->namespace);
    if (facts->value[FACT_NODE].len == 0) {
        filled->value[FACT_NODE] = slice_from(binding->node);
    }
    return filled;
}
