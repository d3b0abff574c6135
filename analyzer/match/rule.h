/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PULLWHY_MATCH_RULE_H
#define PULLWHY_MATCH_RULE_H

/*
 * One pattern, matched under limits on steps, depth and memory, so that no line
 * can hold up the stream. It is compiled when it is first needed, and into
 * machine code once it is needed often: most patterns of a catalogue never are.
 * The only file that knows PCRE2.
 */

#include "base/fault.h"
#include "base/slice.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct rule;
struct rule_matcher; /* memory that all rules share while they match */

enum {
    RULE_GROUPS = 16, /* named groups that one pattern may have */
};

struct rule_hit {
    struct slice parts[RULE_GROUPS]; /* views of the text; by group index */
};

/* What a named group is to who wrote the pattern; false if it is nothing. */
typedef bool rule_labeler(struct slice group, int *label);

/* A pattern that is known to be sound; the rule views it. No labels: NULL. */
struct rule *rule_new(struct slice pattern, rule_labeler *labeler);

/*
 * Compiles it now, as one of unknown origin has to be. The fault names the
 * offset in the pattern, from 1, or the group that means nothing.
 */
MUST_CHECK bool rule_prepare(struct rule *rule, struct fault *fault);
void rule_free(struct rule *rule); /* NULL is fine */

struct rule_matcher *rule_matcher_new(void);
void rule_matcher_free(struct rule_matcher *matcher); /* NULL is fine */

/* Of a rule that was compiled: a group by index; false behind the last. */
bool rule_group(const struct rule *rule, size_t index, struct slice *name);
bool rule_label(const struct rule *rule, size_t index, int *label);

/* A search that breaks a limit is no match, and is counted. */
bool rule_match(struct rule *rule, struct rule_matcher *matcher,
                struct slice text, struct rule_hit *hit);

/*
 * How many steps a search of the text takes, counted the slow way; it is given
 * up beyond `most`. A step is an item of the pattern that is tried somewhere,
 * so what it tells is the same on any machine.
 */
uint64_t rule_steps(const struct rule *rule, struct slice text, uint64_t most);

/* How often a limit was broken. */
uint64_t rule_breaks(const struct rule *rule);

#endif
