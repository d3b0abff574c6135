/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PULLWHY_WIRE_DECODE_H
#define PULLWHY_WIRE_DECODE_H

/*
 * Turns lines into records. One decoder per origin; it keeps what spans lines
 * (the columns of a table, the pod that `kubectl describe` is telling of) and
 * guesses each line's format anew, so an origin may change its mind or mix.
 */

#include "base/slice.h"
#include "wire/document.h"
#include "wire/record.h"

#include <stdbool.h>
#include <stdint.h>

enum verdict {
    VERDICT_RECORD,  /* *record is filled */
    VERDICT_PARTIAL, /* kept; a later line goes on */
    VERDICT_FOREIGN, /* carries nothing: a table's head, a blank line */
    VERDICT_BROKEN,  /* its format, damaged; *record holds the raw line */
};

struct decoder;

/* `format` FORMAT_PLAIN ... fixes the format, FORMATS guesses it. */
struct decoder *decoder_new(enum format format);
void decoder_free(struct decoder *decoder); /* NULL is fine */

/*
 * Lines come as a program writes them, and no terminal has broken any; so few
 * wait for the next one.
 */
void decoder_follow(struct decoder *decoder);

/*
 * Gives the decoder one line without its newline; the line must stay until
 * the next call. `now` (microseconds since 1970) dates what has only an age or
 * no year. Then call decoder_next() until it returns false: a line may hold
 * several records, or none yet.
 */
void decoder_feed(struct decoder *decoder, struct slice line, int64_t now);
void decoder_feed_alone(struct decoder *decoder, struct slice line,
                        int64_t now); /* that no other follows */
void decoder_feed_last(struct decoder *decoder, struct slice line,
                       int64_t now); /* whose end may be missing */
bool decoder_next(struct decoder *decoder, struct record *record,
                  enum verdict *verdict);

/*
 * For who wants to know where in the stream a record begins, a line's place is
 * told before it is fed. Then, behind decoder_next(), *at is where it begins,
 * and what begins before *behind has been told with it; false: that is not
 * known, but it ends with the line last fed.
 */
void decoder_stand(struct decoder *decoder, uint64_t position);
bool decoder_place_of(const struct decoder *decoder, uint64_t *at,
                      uint64_t *behind);

/* Whether part of an object, of an entry of a journal's or of a row of CSV is
 * kept and not told yet, and where that begins. */
bool decoder_holds_from(const struct decoder *decoder, uint64_t *from);

/*
 * At the end of the stream, in place of a line: what was kept for lines that
 * never came, perhaps nothing. Then call decoder_next() as above.
 */
void decoder_end(struct decoder *decoder, int64_t now);

/*
 * Whether a new decoder that is fed from the next line on would tell the same:
 * nothing is kept for lines to come.
 */
bool decoder_is_idle(const struct decoder *decoder);

/*
 * Whether the decoder may be left out for lines that hold nothing of interest
 * and are ordinary (ordinary.h). Where a line is kept, decoder_flush() tells it
 * first. decoder_pass() says that it was done.
 */
bool decoder_may_pass(const struct decoder *decoder);
void decoder_pass(struct decoder *decoder);

/*
 * What need not be decoded within a line, or out of several: objects that are
 * of Kubernetes (shape.h) and hold nothing of interest.
 *
 * `elements` is asked before an element of a list, or of an array without a
 * name, which begins the text: how many bytes of it are such elements, with the
 * commas behind them, and whether one is behind the last. `matters`: whether a
 * text may say what is of interest.
 */
struct decoder_outlook {
    size_t (*elements)(void *ctx, enum document_place place, struct slice text,
                       bool *has_comma);
    bool (*matters)(void *ctx, struct slice text);
    void *ctx;
};

/* The caller's, as long as lines are fed; NULL: all is decoded. */
void decoder_leave_out(struct decoder *decoder,
                       const struct decoder_outlook *outlook);

/*
 * What may begin with the next line, so that the decoder may be left out for
 * objects that are of Kubernetes (shape.h) and hold nothing of interest; where
 * a line is kept, it is told first. The document is told what was left out.
 */
enum document_place decoder_place(const struct decoder *decoder);
struct document *decoder_document(struct decoder *decoder);
void decoder_go_to_end(struct decoder *decoder, uint64_t position,
                       struct slice element, int expect);

/*
 * A row of a table may go on, so it is kept until the next line; a line that is
 * kept, or goes on with one that is, tells nothing at once. Where lines come
 * late, decoder_flush() in place of a line tells what is kept.
 */
size_t decoder_keeps(const struct decoder *decoder); /* how many lines */
void decoder_flush(struct decoder *decoder, int64_t now);

/* What was kept and is told now; empty: the record is of the line last fed. */
struct slice decoder_kept(const struct decoder *decoder);

/* How many objects were longer than DOCUMENT_MAX, and so cut. */
uint64_t decoder_cuts(const struct decoder *decoder);

/* Whether a text lies in the line last fed or in the decoder's memory. */
bool decoder_holds(const struct decoder *decoder, struct slice text);

/* The name that --input-format takes and annotate prints: "klog". */
const char *format_name(enum format format);

/* "auto" is FORMATS; false for an unknown name. */
bool format_parse(struct slice name, enum format *format);

#endif
