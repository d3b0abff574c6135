/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PULLWHY_APP_ECHO_H
#define PULLWHY_APP_ECHO_H

/*
 * In an outage the same is said again and again. What a line meant is kept by
 * its text without its stamps (wire/stamped.h), so that the next one that says
 * the same is not decoded, not classified and not looked for in the ledger. The
 * text itself is not kept: a token under a key that nobody knows stands for it
 * (base/token.h), which no writer of lines can make two of them have.
 *
 * It is kept only if the decoder had nothing kept before it and behind it, and
 * told of one record that has the stamp that stamped_read() found. So the same
 * text means the same again. Bounded in lines and in bytes; which line is
 * forgotten for which other one may be anybody's choice, but costs no more than
 * reading it as if it were new.
 */

#include "app/ear.h"
#include "base/slice.h"
#include "incident/trace.h"
#include "match/classify.h"
#include "wire/record.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    ECHO_BYTES = 4 << 20,       /* of all that is kept */
    ECHO_LARGEST = EAR_LONGEST, /* of one line, and of what it meant */
};

/* What a line meant. Its texts stay until the next echoes_keep(). */
struct echo {
    /* What each line asks for stands first and together. */
    struct token token; /* the line's */
    const struct cause *cause;
    enum finding_kind kind;
    bool was_there;
    bool is_clean; /* the line is kept as evidence as it is */
    uint8_t also_count;
    struct trace trace;

    const struct cause *also[FINDING_ALSO];
    enum format format;
    enum level level;
    struct slice unit;
    struct slice file;
    struct slice message; /* as much of it as tells who speaks */
    struct slice reason;  /* likewise */
};

struct echoes;

struct echoes *echoes_new(const struct keyed *secret);
void echoes_free(struct echoes *echoes); /* NULL is fine */

/* All are forgotten, as they mean something else from now on. */
void echoes_clear(struct echoes *echoes);

/* What is asked for: a line, apart from its stamps. */
struct echo_ask {
    struct heard heard;
    uint64_t hash;     /* of its token */
    struct echo *echo; /* what may say the same, from echoes_expect() on */
};

/* False: the line has no stamps that can be told from what it says. */
bool echoes_ask(struct echoes *echoes, struct slice line, int64_t now,
                struct echo_ask *ask);

/* The same, for a line that was heard before. */
void echoes_ask_heard(const struct echoes *echoes, const struct heard *heard,
                      struct echo_ask *ask);

/* It is to be answered soon, and nothing is kept or forgotten until then. */
void echoes_expect(const struct echoes *echoes, struct echo_ask *ask);

/* What says the same, or NULL if none is known. */
struct echo *echoes_answer(const struct echo_ask *ask);

/* The facts of what was found. */
void echo_facts(const struct echo *echo, struct facts *facts);

/*
 * The line is not known, and is read now: what it meant, with all its facts and
 * where it went, may be offered. It is kept only once it is sure that this was
 * all.
 */
void echoes_begin(struct echoes *echoes, const struct echo_ask *ask);
void echoes_offer(struct echoes *echoes, const struct echo *echo,
                  const struct facts *facts);
void echoes_keep(struct echoes *echoes);

size_t echoes_count(const struct echoes *echoes);

#endif
