/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PULLWHY_APP_EAR_H
#define PULLWHY_APP_EAR_H

/*
 * What a line says apart from its stamps (wire/stamped.h), as a token under a
 * key (base/token.h), and its stamp: what is asked for of a line in a storm
 * (echo.h). Nothing that is heard depends on what was heard before, so that
 * many threads may listen, each with an ear of its own and one secret.
 */

#include "base/keyed.h"
#include "base/slice.h"
#include "base/stamp.h"
#include "base/token.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    EAR_LONGEST = 8 << 10, /* bytes of a line */
    EAR_LINES = 2048,      /* of one chunk */
};

struct heard {
    struct stamp stamp;
    struct token token;
};

struct ear;

struct ear *ear_new(const struct keyed *secret);
void ear_free(struct ear *ear); /* NULL is fine */

/* False: the line has no stamps that can be told from what it says. */
bool ear_hear(struct ear *ear, struct slice line, int64_t now,
              struct heard *heard);

/* A line of a chunk: where it begins there, and how long it is. */
struct heard_line {
    struct heard heard;
    uint32_t start;
    uint32_t len;
    uint32_t bytes; /* with its end */
};

/* The line at the start of a text, without its end; its end may not have come. */
struct slice ear_line(struct slice text, size_t *bytes);

/* What was heard of a chunk beforehand. */
struct hearing {
    size_t count;
    size_t next; /* that may be asked for */
    struct heard_line line[EAR_LINES];
};

/*
 * Hears the whole lines of a chunk that begins anywhere in a line, as many as
 * there is room for. They may begin one, or go on with the one before: whoever
 * asks knows.
 */
void ear_listen(struct ear *ear, struct slice chunk, int64_t now,
                struct hearing *hearing);

/* What was heard at that place of the chunk, or NULL; places only grow. */
const struct heard_line *hearing_at(struct hearing *hearing, size_t place);

#endif
