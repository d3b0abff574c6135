/* SPDX-License-Identifier: Apache-2.0 */
#include "wire/shape.h"

enum {
    TRAIT_EVENT = 1, /* "involvedObject": { */
    TRAIT_CELLS = 2,
    TRAIT_METADATA = 4,
    TRAIT_SPEC = 8,
    TRAIT_STATUS = 16,
    TRAIT_POD = TRAIT_METADATA | TRAIT_SPEC | TRAIT_STATUS,
    WITHIN = 8,               /* bits further: the same of its "object" */
    TRAIT_WRAPPED = 1u << 16, /* "object": { */
    TRAIT_UNSURE = 1u << 17,
};

/* The first member of a name counts, so it must be what is looked for. */
static const struct {
    const char *key;
    char first;
    unsigned trait;
} keys[] = {
    {"involvedObject", '{', TRAIT_EVENT},
    {"regarding", '{', TRAIT_EVENT},
    {"cells", '[', TRAIT_CELLS},
    {"metadata", '{', TRAIT_METADATA},
    {"spec", '{', TRAIT_SPEC},
    {"status", '{', TRAIT_STATUS},
    {"object", '{', TRAIT_WRAPPED},
};

static unsigned
trait_of(struct slice key, char first)
{
    if (slice_equal(key, SLICE("event"))
        || slice_equal(key, SLICE("jsonPayload"))) {
        return first == '{' ? TRAIT_UNSURE : 0;
    }
    for (size_t i = 0; i < COUNT(keys); i++) {
        if (slice_equal(key, slice_from(keys[i].key))) {
            return first == keys[i].first ? keys[i].trait : TRAIT_UNSURE;
        }
    }
    return 0;
}

void
shape_value(struct shape *shape, size_t depth, char first)
{
    unsigned trait = 0;
    if (depth == shape->depth) {
        trait = trait_of(shape->key, first);
        shape->is_within = trait == TRAIT_WRAPPED;
    } else if (shape->is_within && depth == shape->depth + 1) {
        trait = trait_of(shape->key, first);
        trait = trait < TRAIT_WRAPPED ? trait << WITHIN : TRAIT_UNSURE;
    }
    bool is_again = (shape->traits & trait & TRAIT_WRAPPED) != 0;
    shape->traits |= is_again ? TRAIT_UNSURE : trait;
}

void
shape_end(struct shape *shape, size_t depth)
{
    if (depth == shape->depth) {
        shape->is_within = false;
    }
}

static bool
is_known(unsigned traits)
{
    return (traits & (TRAIT_EVENT | TRAIT_CELLS)) != 0
        || (traits & TRAIT_POD) == TRAIT_POD;
}

/* A second "object" is none, but what is in it looks as if it were. */
bool
shape_is_cluster(const struct shape_seen *seen)
{
    unsigned traits = seen->once;
    unsigned own = traits & ((1u << WITHIN) - 1);
    unsigned within = traits >> WITHIN & ((1u << WITHIN) - 1);
    if ((traits & TRAIT_UNSURE) != 0 || (seen->twice & TRAIT_WRAPPED) != 0) {
        return false;
    }
    return (traits & TRAIT_WRAPPED) != 0 ? is_known(within) : is_known(own);
}
