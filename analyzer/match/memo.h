/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PULLWHY_MATCH_MEMO_H
#define PULLWHY_MATCH_MEMO_H

/*
 * What was found in records of late. In an outage nearly all of them say what
 * others said before, but for the time; those need not be read once more.
 *
 * A record is the same if all that a classifier reads of it is, byte for byte:
 * everything but its stamp and its counts. Whose it is (pod, node, ...) only
 * goes from the record to the facts, so there it is enough that both say it or
 * neither does, unless a pattern asks for it. A token stands for all that, so
 * it is not kept; under a secret key nobody can choose texts that have the same
 * (base/token.h). Bounded in number and bytes.
 */

#include "base/token.h"
#include "match/classify.h"
#include "wire/record.h"

#include <stdbool.h>
#include <stddef.h>

enum {
    MEMO_BYTES = 3 << 19,         /* of all that is kept: 1.5 MiB */
    MEMO_LARGEST = TOKEN_LONGEST, /* a longer record is not kept */
};

struct memo;

/* Whether a pattern asks for what memo_is_of_whom() says. */
struct memo *memo_new(bool asks_of_whom, const struct keyed *secret);
void memo_free(struct memo *memo); /* NULL is fine */

/* Whether the fact tells whose a record is. */
bool memo_is_of_whom(enum fact fact);

/*
 * Copies to *finding what was found in the same record; it views the record,
 * and the memo until the next memo_add(). False: it is not known.
 */
bool memo_find(struct memo *memo, const struct record *record,
               struct finding *finding);

/* Keeps what was found in the record that memo_find() last did not know. */
void memo_add(struct memo *memo, const struct record *record,
              const struct finding *finding);

/* How many are kept now. */
size_t memo_count(const struct memo *memo);

#endif
