/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PULLWHY_MATCH_PACK_H
#define PULLWHY_MATCH_PACK_H

/*
 * A tree of yaml.h as bytes, so that a file which was read when the program was
 * built need not be parsed whenever it starts. Whoever reads it back gets the
 * same tree; its texts view the bytes, whatever the machine.
 */

#include "base/buf.h"
#include "base/mem.h"
#include "base/slice.h"
#include "match/yaml.h"

#include <stdbool.h>

void pack_add(struct buf *out, const struct yaml *tree);

/* Whether the bytes are a packed tree; no YAML text is. */
bool pack_is(struct slice bytes);

/*
 * The root's children of the keys `passed` (NULL: none, else NULL behind the
 * last) are there, but empty. NULL if the bytes are not what pack_add() gave.
 */
const struct yaml *pack_read(struct slice bytes, const char *const *passed,
                             struct arena *arena);

#endif
