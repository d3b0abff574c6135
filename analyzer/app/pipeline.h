/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PULLWHY_APP_PIPELINE_H
#define PULLWHY_APP_PIPELINE_H

/*
 * The river: bytes of many origins in, changes of incidents out, with the
 * history kept beside it. No libuv and no clock, so that tests drive it.
 */

#include "base/fault.h"
#include "base/slice.h"
#include "incident/ledger.h"
#include "match/catalog.h"
#include "match/facts.h"
#include "report/context.h"
#include "store/history.h"
#include "wire/record.h"

#include <stdbool.h>
#include <stdint.h>

struct foresight;
struct pipeline;
struct origin;

/* What a pipeline works with; all of it must outlive the pipeline. */
struct pipeline_config {
    const struct catalog *catalog;
    struct ledger *ledger;
    struct history *history;     /* NULL: nothing is remembered */
    bool awaits_history;         /* there is none yet, or again */
    const struct facts *context; /* what the options say */
    const struct context_registry *registries;
    struct slice own_node; /* where this runs; empty if not told */
    struct keyed secret;   /* nobody outside knows it, see echo.h */
    enum format format;    /* FORMATS: guess */
    int64_t since;         /* earlier records are passed over; 0: none is */
    bool is_forgetful;     /* no line is known again, see echo.h and memo.h */

    void (*on_change)(void *ctx, struct incident *incident, enum change change);

    /* Incidents that are marked as leaving are about to go; NULL is fine. */
    void (*on_leave)(void *ctx);
    void *ctx;
};

struct pipeline_statistics {
    uint64_t lines;
    uint64_t failures;
    uint64_t successes;
    uint64_t cut_lines;    /* longer than FRAME_LINE_MAX */
    uint64_t broken_lines; /* of a known format, damaged */
    uint64_t lost_marks;   /* of ended origins, for want of a history */
    size_t waiting_marks;  /* likewise, but not lost yet */
};

enum {
    PIPELINE_WAITING = 4096, /* ended origins whose last marks are kept */
};

struct pipeline *pipeline_new(const struct pipeline_config *config);
/*
 * Nothing is to be read any more, as a rule: what was kept for that is freed,
 * so that the last flush has its room. What is read yet means the same.
 */
void pipeline_rest(struct pipeline *pipeline);

void pipeline_free(struct pipeline *pipeline); /* NULL is fine */

/*
 * What is known of bytes before they are fed, if the threads of the returned
 * one read them; the caller frees it when all is fed.
 */
struct foresight *pipeline_foresee(struct pipeline *pipeline, unsigned threads);

/*
 * Exchanges the history; NULL: it goes on without one. Until there is
 * one, the last marks of up to PIPELINE_WAITING origins are kept for it.
 */
void pipeline_set_history(struct pipeline *pipeline, struct history *history);

/* For who tells what rules cost. */
struct classifier *pipeline_classifier(const struct pipeline *pipeline);

/* Exchanges the catalogue, from the next record on. */
void pipeline_set_catalog(struct pipeline *pipeline,
                          const struct catalog *catalog);

/* The history knows of no origin any more: all marks are written again. */
void pipeline_renew(struct pipeline *pipeline);

/*
 * A new origin. `identity` is empty for what cannot be read twice; lines that
 * begin before `counted` (bytes) are in the history already.
 */
struct origin *pipeline_origin(struct pipeline *pipeline, const char *name,
                               const char *identity, uint64_t counted);

/*
 * The mark of such an origin is of one that lived on, and stands behind a line:
 * an object of which some lines are before it was not told, also if nothing
 * comes behind it; it was told if the origin had ended, so that `resume` is no
 * less than the position.
 */
void pipeline_count_lines(struct origin *origin, uint64_t resume);

/*
 * All of it was read: by what the source knows that again, kept with the mark,
 * copied.
 */
void pipeline_seen(struct origin *origin, const char *seen);

/*
 * A new origin that lives on. It is fed from mark->resume on; what begins
 * before mark->position is in the history, and is not told again. Its mark
 * stands in the history from the next flush on, were nothing read of it. Where
 * an identity is resumed again, the mark of the last origin is kept.
 */
struct origin *pipeline_resume(struct pipeline *pipeline, const char *name,
                               const struct checkpoint *mark);

/* What is known of the origin by now; its position and resume are not looked
 * at. The strings are copied. */
void pipeline_mark(struct pipeline *pipeline, struct origin *origin,
                   const struct checkpoint *mark);

/*
 * Ends an origin that lives on, and forgets it when all is in the history:
 * _close where nothing more will ever come, so that its torn last line is as
 * whole as it gets; _leave where the next run goes on with it, if it can.
 */
void pipeline_close(struct pipeline *pipeline, struct origin *origin,
                    int64_t now);
void pipeline_leave(struct pipeline *pipeline, struct origin *origin,
                    int64_t now);

void pipeline_feed(struct pipeline *pipeline, struct origin *origin,
                   struct slice bytes, int64_t now);
void pipeline_end(struct pipeline *pipeline, struct origin *origin,
                  int64_t now);

/*
 * Lets incidents go quiet of which nothing was read for long, whatever their
 * stamps say, and rows that wait for their next line be told; `now` in
 * microseconds since 1970.
 */
void pipeline_tick(struct pipeline *pipeline, int64_t now);

/*
 * Lets incidents learn of what was seen beside them, and writes what changed,
 * and how far was read, into the history.
 */
MUST_CHECK bool pipeline_flush(struct pipeline *pipeline, struct fault *fault);

/*
 * Lets leave whom the ledger has no room for, once they are saved. Call it
 * where pipeline_flush() may be called: when all that was fed is marked.
 */
void pipeline_make_room(struct pipeline *pipeline);

/* What is known of one origin; views. */
struct pipeline_origin {
    const char *name;
    const char *identity; /* empty for what cannot be read twice */
    uint64_t began;       /* what stands before was counted by earlier runs */
    uint64_t position;    /* what stands before is counted now */
    uint64_t lines;
    bool is_closed;
};

/* By index, the newest first; false behind the last. */
bool pipeline_origin_at(const struct pipeline *pipeline, size_t index,
                        struct pipeline_origin *out);

/* What begins before `position` turns out to be in the history already. */
void pipeline_set_counted(struct pipeline *pipeline, size_t index,
                          uint64_t position);

void pipeline_statistics(const struct pipeline *pipeline,
                         struct pipeline_statistics *out);

#endif
