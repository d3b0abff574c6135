/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PULLWHY_MATCH_YAML_H
#define PULLWHY_MATCH_YAML_H

/*
 * A YAML text as a tree of scalars, lists and maps, each with its place, so
 * that whoever reads it can say where it is wrong. The only file that knows
 * the YAML library.
 */

#include "base/fault.h"
#include "base/mem.h"
#include "base/slice.h"

#include <stdbool.h>
#include <stddef.h>

enum yaml_kind {
    YAML_TEXT,
    YAML_LIST,
    YAML_MAP,
};

struct yaml {
    enum yaml_kind kind;
    int line;                 /* from 1; of the key, in a map */
    int column;               /* from 1, in characters */
    struct slice key;         /* in a map */
    struct slice text;        /* of a scalar; empty for null */
    const struct yaml *first; /* of a list's or map's children */
    const struct yaml *next;  /* of the same parent */
    size_t count;             /* children */
};

/*
 * The tree is the arena's. The fault reads "LINE:COLUMN: what is wrong";
 * aliases and duplicate keys are refused. Only the first document counts.
 */
MUST_CHECK const struct yaml *yaml_parse(struct slice text, struct arena *arena,
                                         struct fault *fault);

/* Likewise, but keeps duplicate keys, for who lists all faults of a file. */
MUST_CHECK const struct yaml *
yaml_parse_twins(struct slice text, struct arena *arena, struct fault *fault);

/* The child of a map by its key, or NULL. */
const struct yaml *yaml_get(const struct yaml *map, const char *key);

/* Sets "LINE:COLUMN: ..." for what is wrong at a node; returns false. */
bool yaml_fault(const struct yaml *node, struct fault *fault,
                const char *format, ...) PRINTF_LIKE(3, 4);

#endif
