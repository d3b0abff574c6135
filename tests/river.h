/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PULLWHY_TESTS_RIVER_H
#define PULLWHY_TESTS_RIVER_H

/*
 * The whole way from bytes to the history, with the built-in catalogue and a
 * real database, as one process after the other goes it.
 */

#include "app/pipeline.h"
#include "base/buf.h"
#include "scratch.h"

#include <stddef.h>
#include <stdint.h>

/* 2026-11-23T19:15:00Z, a little after the last line of the sample. */
#define RIVER_NOW (INT64_C(1795461300) * STAMP_SECOND)

/* Who the file is that is read. */
#define RIVER_IDENTITY "file:1:2:3"

/*
 * An image that is missing on two nodes, of which only waiting is told at
 * first; then it is there, then missing again. Seven lines.
 */
extern const char river_story[];

/* cmocka's group state; the setups below are for a group, and for a test. */
struct world {
    struct scratch *scratch;
    struct catalog *catalog;
    struct buf text;   /* the story, and fixtures/sample.log behind it */
    bool is_forgetful; /* the pipelines' */
    bool is_lazy;      /* what is remembered is restored when it is needed */
};

int river_open_world(void **state);
int river_close_world(void **state);
int river_open_folder(void **state);
int river_close_folder(void **state);

/* One process. */
struct run {
    struct world *world;
    struct ledger *ledger;
    struct history *history;
    struct pipeline *pipeline;
    struct origin *origin;
    struct foresight *foresight; /* NULL: nothing is foreseen */
    struct buf changes;
    uint64_t counted; /* bytes that the history has of the file */
};

/* Notes the change in run->changes; *ctx is the run. */
void river_on_change(void *ctx, struct incident *incident, enum change change);

/* `db` is a name in the test's folder, NULL for a run without a history. */
void river_start(struct run *run, struct world *world, const char *db);
void river_flush(struct run *run);

/* From now on each piece is looked at before it is fed. */
void river_foresee(struct run *run);
void river_feed(struct run *run, struct slice text, size_t piece);

/* How far the history says that was counted; 0 if it does not know it. */
uint64_t river_position(const struct run *run, struct slice identity);

/* The end of a process, whether it has flushed or not. */
void river_kill(struct run *run);

/* Starts, feeds all of it, ends the input, flushes. */
void river_run(struct run *run, struct world *world, const char *db,
               struct slice text, size_t piece);

/* What this run reports: its incidents with counts, sufferers, evidence. */
void river_tell_ledger(const struct run *run, struct buf *out);

enum digest {
    DIGEST_COUNTS,  /* all but evidence */
    DIGEST_RENEWED, /* all but the minutes */
    DIGEST_ALL,
};

/* What the history holds, without the numbers of rows. */
void river_tell_history(struct world *world, const char *db, enum digest digest,
                        struct buf *out);

#endif
