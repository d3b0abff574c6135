/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PULLWHY_APP_READER_H
#define PULLWHY_APP_READER_H

/*
 * One origin's way from bytes to findings: frame, decoder, classifier. No
 * libuv and no clock: bytes and `now` are passed in.
 */

#include "base/slice.h"
#include "match/classify.h"
#include "wire/alike.h"
#include "wire/decode.h"
#include "wire/skeleton.h"

#include <stdbool.h>
#include <stdint.h>

enum {
    READER_AHEAD = 16, /* lines that are looked for before one is told */
};

struct echo;
struct echoes;
struct foreseen;

/* One record with what it means; valid during the call. */
struct reading {
    struct slice line;    /* the raw line */
    uint64_t line_number; /* from 1 */
    uint64_t start;       /* offset of the line in its origin, bytes */
    uint64_t end;         /* behind its newline */
    uint64_t at;          /* where in the line, or before it, this begins */
    uint64_t behind;      /* what begins before is told with it */
    enum verdict verdict;
    bool is_same_line; /* as the reading before, which told of it as well */
    bool is_new;       /* what it meant may be offered, see echo.h */
    const struct record *record;   /* filled for RECORD and BROKEN */
    const struct finding *finding; /* NOTHING for all but RECORD and BROKEN */
    struct echo *echo;  /* in place of record and finding, if it is not NULL */
    struct stamp stamp; /* then the line's; and if it is_new */
};

typedef void reader_sink(void *ctx, const struct reading *reading);

struct reader;

/* The classifier may be shared by readers and must outlive them. */
struct reader *reader_new(struct classifier *classifier, enum format format,
                          reader_sink *sink, void *ctx);

/*
 * Before the first bytes: what cannot matter is not decoded, only counted, and
 * the sink does not hear of it. All findings are the same. What lines and
 * objects are like may be shared by readers and must outlive them.
 */
void reader_skim(struct reader *reader, struct alike *alike,
                 struct skeleton *skeleton);

/*
 * Likewise: what says the same as a line that is known is not decoded, and this
 * sink gets it, up to READER_AHEAD at a time. The echoes may be shared by
 * readers and must outlive them.
 */
typedef void reader_echo_sink(void *ctx, const struct reading *readings,
                              size_t count);
void reader_listen(struct reader *reader, struct echoes *echoes,
                   reader_echo_sink *sink);

/* Before the first bytes: lines come as they are written, see decode.h. */
void reader_follow(struct reader *reader);

/* Before the first bytes: they are those from `position` on of the origin. */
void reader_begin(struct reader *reader, uint64_t position);
void reader_free(struct reader *reader); /* NULL is fine */

void reader_feed(struct reader *reader, struct slice bytes, int64_t now);

/* The same, with what is known of these bytes; NULL is fine. */
void reader_feed_known(struct reader *reader, struct slice bytes,
                       struct foreseen *foreseen, int64_t now);
void reader_end(struct reader *reader, int64_t now); /* the last line */

/* From time to time: what was kept since the last time waits no longer. */
void reader_tick(struct reader *reader, int64_t now);

uint64_t reader_lines(const struct reader *reader);
uint64_t reader_cut_lines(const struct reader *reader);
uint64_t reader_broken_lines(const struct reader *reader);
uint64_t reader_position(const struct reader *reader); /* bytes handed out */

/* From where on a new reader would tell the same; at most the position. */
uint64_t reader_resume(const struct reader *reader);

/* Of these the last ones, which are kept and not told yet. */
uint64_t reader_kept(const struct reader *reader);

/* Likewise those of an object whose end has not come. */
uint64_t reader_held(const struct reader *reader);

#endif
