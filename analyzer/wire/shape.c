/* SPDX-License-Identifier: Apache-2.0 */
#include "wire/shape.h"

#include "wire/fields.h"

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
    TRAIT_SAID = 1u << 18,    /* by a name that a logger has for it */
    TRAIT_STRANGE = 1u << 19, /* no record of a logger, or no simple one */
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

/* Where it may be read as something else than a record, it is strange. */
static unsigned
role_of(struct slice key, char first, enum shape_role *role)
{
    bool is_string = first == '"';
    if (slice_equal(key, SLICE("log")) && first == '{') {
        return 0; /* of its file */
    }
    if (fields_is_message(key)) {
        *role = is_string ? SHAPE_SAID : SHAPE_ANY;
        return is_string ? TRAIT_SAID : TRAIT_STRANGE;
    }
    if (fields_is_tag(key)) {
        *role = is_string ? SHAPE_TAG : SHAPE_ANY;
        return is_string ? 0 : TRAIT_STRANGE;
    }
    return slice_equal(key, SLICE("loginServer"))
                || slice_equal(key, SLICE("object"))
                || slice_equal(key, SLICE("event"))
                || slice_equal(key, SLICE("jsonPayload"))
             ? TRAIT_STRANGE
             : 0;
}

void
shape_value(struct shape *shape, size_t depth, char first)
{
    unsigned trait = 0;
    shape->role = SHAPE_ANY;
    if (depth == shape->depth) {
        shape->traits |= role_of(shape->key, first, &shape->role);
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

bool
shape_is_logger(const struct shape_seen *seen)
{
    return (seen->once & TRAIT_SAID) != 0
        && (seen->once & (TRAIT_STRANGE | TRAIT_UNSURE)) == 0;
}
