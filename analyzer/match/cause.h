/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PULLWHY_MATCH_CAUSE_H
#define PULLWHY_MATCH_CAUSE_H

/*
 * Reads one file of patterns/: a cause with its texts and remedies, or
 * shared.yaml, the remedies that several causes use. Nothing that is wrong in a
 * file is passed over.
 */

#include "base/fault.h"
#include "base/mem.h"
#include "match/catalog.h"
#include "match/yaml.h"

#include <stdbool.h>

/* Remedies that causes refer to with `use: ID`. */
struct shared_remedies {
    const struct remedy *items;
    size_t count;
};

MUST_CHECK bool cause_read_shared(const struct yaml *root, struct arena *arena,
                                  struct shared_remedies *shared,
                                  struct fault *fault);

/* All of it but `match:`, which look_read() reads. */
MUST_CHECK bool cause_read(const struct yaml *root, struct arena *arena,
                           const struct shared_remedies *shared,
                           struct cause *cause, struct fault *fault);

#endif
