/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PULLWHY_APP_ANNOUNCE_H
#define PULLWHY_APP_ANNOUNCE_H

/*
 * When an incident is told: once, with its strongest cause known. In a stream
 * that is after a short settling time; for finite input at the end, the worst
 * first. Later changes are told in a line each.
 *
 * What is known to pass by itself is told in a stream when it has failed twice,
 * or has not passed after a while. A refusal that comes and goes is told once,
 * and again when one of them lasts.
 */

#include "app/options.h"
#include "base/buf.h"
#include "incident/ledger.h"
#include "report/report.h"

#include <stdbool.h>
#include <stdint.h>

enum {
    ANNOUNCE_SETTLE_MS = 2000, /* from the first line to the block */
    ANNOUNCE_PAUSE_MS = 10000, /* between two lines about growth */
    ANNOUNCE_FLAP_S = 120,     /* a flapping refusal is over by then */
    ANNOUNCE_HOLD_MS = 30000,  /* a transient failure may go by itself */
};

struct announce;

struct announce *announce_new(enum output output,
                              const struct report_style *style);
void announce_free(struct announce *announce); /* NULL is fine */

/*
 * All that is told goes to `copy` as JSON Lines besides, in whatever form it is
 * printed. The caller writes and clears it.
 */
void announce_copy(struct announce *announce, struct buf *copy);

/*
 * Whenever much stands in *out or in the copy, `pour` is called to write and
 * clear both, so that thousands of blocks never stand in memory together.
 */
void announce_pour(struct announce *announce, void (*pour)(void *ctx),
                   void *ctx);

/*
 * From now on blocks come while reading, not at the end. One that goes on with
 * what earlier runs told says of their incidents, too, that they went quiet;
 * else those of which nothing was read are not the reader's business.
 */
void announce_stream(struct announce *announce, bool goes_on);

/* How long after the first line, in microseconds, in place of the usual. */
void announce_settle(struct announce *announce, int64_t settle);

/*
 * Takes a change; `now` in microseconds of a clock that only goes forward. What
 * is to be printed is appended to *out.
 */
void announce_change(struct announce *announce, struct incident *incident,
                     enum change change, int64_t now, struct buf *out);

/* Tells of those that are marked as leaving, and lets go of them. */
void announce_leaving(struct announce *announce, struct buf *out);

/* Whether announce_due() would print something at `now`. */
bool announce_has_due(const struct announce *announce, int64_t now);
void announce_due(struct announce *announce, int64_t now, struct buf *out);

/* All that is left, and the summary of what this run saw. */
void announce_end(struct announce *announce, const struct ledger *ledger,
                  struct buf *out);

#endif
