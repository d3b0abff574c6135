/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PULLWHY_MATCH_LEXICON_H
#define PULLWHY_MATCH_LEXICON_H

/*
 * Tells which of many literals stand in a short text, in one pass over it. So
 * what a rule needs is known before any rule is tried.
 */

#include "base/slice.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct lexicon;

struct lexicon *lexicon_new(void);
void lexicon_free(struct lexicon *lexicon); /* NULL is fine */

/*
 * Adds a literal of at least two bytes, which must outlive the lexicon; the
 * number is that by which it is asked for. The same literal has the same.
 */
size_t lexicon_add(struct lexicon *lexicon, struct slice literal);

/* Reads a text; what was read before is forgotten. */
void lexicon_read(struct lexicon *lexicon, struct slice text);

/* Likewise, in a text that is a piece of what was read before. */
void lexicon_read_on(struct lexicon *lexicon, struct slice text);

/* Whether the literal stands in the text last read. */
bool lexicon_has(const struct lexicon *lexicon, size_t number);

/* The numbers of all that do, in no order; valid until the next reading. */
const uint32_t *lexicon_found(const struct lexicon *lexicon, size_t *count);

/* Above all numbers that were given out. */
size_t lexicon_end(const struct lexicon *lexicon);

#endif
