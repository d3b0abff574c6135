/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PULLWHY_REPORT_REMEDY_H
#define PULLWHY_REPORT_REMEDY_H

/*
 * Chooses the remedies that fit, and fills their commands.
 *
 * The law: a value stands in a command only if it fits its fact's grammar, and
 * is quoted as its place in the command asks. Whatever else stands visible as
 * its placeholder, which no shell takes for a redirection.
 */

#include "base/mem.h"
#include "base/slice.h"
#include "match/catalog.h"
#include "match/facts.h"
#include "report/kept.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    REMEDY_MISSING = 8, /* placeholders of one step; more stay unexplained */
};

/* All views of the catalogue or of the arena. */
struct filled_step {
    struct slice say;
    struct slice run; /* empty if there is nothing to type */
    bool changes;
    bool is_own; /* `say` is as the catalogue has it: the same for others */
    enum fact missing[REMEDY_MISSING]; /* whose placeholder stands in run */
    size_t missing_count;
};

struct filled_remedy {
    const struct remedy *remedy;
    struct slice title;
    bool is_own;  /* as the catalogue has it, too */
    int evidence; /* the more is known to speak for it, the higher */
    const struct filled_step *steps;
    size_t step_count;
};

struct filled_remedies {
    const struct filled_remedy *items; /* best first */
    size_t count;
};

/* What stands for a fact; remedy.c's own. */
struct filled_fact {
    struct slice text;
    bool is_read;
    bool is_sound;
    bool is_inert; /* and needs no quotes */
};

/* What remedies are filled from, and how. The rest is zero. */
struct filling {
    const struct facts *facts;
    struct arena *arena;
    struct kept *kept; /* what was read of templates; or NULL */
    enum language language;
    size_t full; /* so many remedies get their steps */
    struct filled_fact read[FACTS];
};

/*
 * The remedies whose `when` no known fact contradicts: first what is `likely`,
 * then by how many conditions are known to hold, with the weight; in the file's
 * order otherwise.
 */
struct filled_remedies remedies_fill(const struct cause *cause,
                                     const struct facts *facts,
                                     enum language language,
                                     struct arena *arena);
struct filled_remedies remedies_fill_by(struct filling *filling,
                                        const struct cause *cause);

/* All remedies, in the file's order. */
struct filled_remedies remedies_fill_all(const struct cause *cause,
                                         const struct facts *facts,
                                         enum language language,
                                         struct arena *arena);

/* Fills one command; adds the facts that were not known to *step. */
struct slice remedy_fill(struct slice template, const struct facts *facts,
                         struct arena *arena, struct filled_step *step);
struct slice remedy_fill_by(struct filling *filling, struct slice template,
                            struct filled_step *step);

/* Fills a sentence: nothing is quoted. */
struct slice remedy_fill_prose(struct slice template, const struct facts *facts,
                               struct arena *arena);

#endif
