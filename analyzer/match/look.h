/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PULLWHY_MATCH_LOOK_H
#define PULLWHY_MATCH_LOOK_H

/*
 * What to look for: one block under `match:` of a cause. It looks at masked
 * text only (mask.h).
 */

#include "base/fault.h"
#include "base/mem.h"
#include "base/slice.h"
#include "match/catalog.h"
#include "match/facts.h"
#include "match/rule.h"
#include "match/yaml.h"

#include <stdbool.h>
#include <stddef.h>

enum {
    LOOK_WHERES = 4,
    LOOK_SETS = 4,
    LOOK_WINDOW = 4 * 1024, /* bytes at either end of a long text */
};

struct look {
    const struct cause *cause;
    int row;                   /* line in the cause's file */
    const struct slice *needs; /* literals that must all be there */
    size_t need_count;
    struct rule *rule;

    struct {
        enum fact fact;
        struct rule *rule;
    } wheres[LOOK_WHERES]; /* what facts must look like */

    size_t where_count;

    struct {
        enum fact fact;
        struct slice value;
    } sets[LOOK_SETS]; /* facts that the match itself is */

    size_t set_count;
    int priority;     /* among equal ranks, the higher is tried first */
    bool is_attempt;  /* the pull may still succeed: opens no incident */
    bool is_note;     /* tells facts of a registry, and of no failure */
    bool is_alone;    /* telling without a word of a pull in the line */
    bool is_fallback; /* last, where a pull surely failed; with needs of its
                       * own also where a line only speaks of a pull */
    bool is_success;  /* only for a pull that succeeded, with a blemish */
};

enum look_origin {
    LOOK_BUILT_IN, /* known to be sound: compiled when it is needed */
    LOOK_FOREIGN,  /* compiled at once, so that its faults are found */
};

/* Reads a block; what it owns besides the arena's goes with look_free(). */
MUST_CHECK bool look_read(const struct yaml *node, enum look_origin origin,
                          struct arena *arena, struct look *look,
                          struct fault *fault);
void look_free(struct look *look);

/*
 * The parts of look_matches() for a text of at most two windows that holds all
 * needs: what depends on the facts alone, what depends on the text alone, and
 * what is known if both say yes. The first two may be asked in any order.
 */
bool look_suits(const struct look *look, struct rule_matcher *matcher,
                const struct facts *facts);
bool look_search(const struct look *look, struct rule_matcher *matcher,
                 struct slice text, struct rule_hit *hit);
void look_learn(const struct look *look, const struct rule_hit *hit,
                struct facts *facts);

/*
 * Whether the masked text is caught. A pattern may take the square of a text's
 * length, so of one longer than two windows only the ends are looked at. Then the facts that it tells are put into
 * *facts, where they are not known yet; they view the text and the catalogue.
 */
bool look_matches(const struct look *look, struct rule_matcher *matcher,
                  struct slice text, struct facts *facts);

/* How often its patterns broke a limit. */
uint64_t look_breaks(const struct look *look);

#endif
