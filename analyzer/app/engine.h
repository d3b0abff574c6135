/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PULLWHY_APP_ENGINE_H
#define PULLWHY_APP_ENGINE_H

/*
 * What an analysis and a watch have in common: the loop with its timer and its
 * signals, the ledger, the history, the pipeline, and where findings go. The
 * command opens the sources on engine_loop() and lets it run.
 */

#include "app/commands.h"
#include "app/keeper.h"
#include "app/pipeline.h"
#include "base/fault.h"
#include "source/source.h"

#include <uv.h>

#include <stdbool.h>

struct engine;

/* What the engine asks of the command. */
struct engine_events {
    /* To end early: a signal came, or nobody reads the findings any more. */
    void (*on_stop)(void *ctx);

    /* SIGHUP; SIGUSR1. NULL: the signal has its usual effect. */
    void (*on_reload)(void *ctx);
    void (*on_statistics)(void *ctx);
    void *ctx;
};

/* `app` must outlive it. Its history is opened, and restored from. */
MUST_CHECK struct engine *engine_new(struct app *app,
                                     const struct engine_events *events,
                                     struct fault *fault);

uv_loop_t *engine_loop(struct engine *engine);
struct pipeline *engine_pipeline(struct engine *engine);
struct keeper *engine_keeper(struct engine *engine);

/*
 * Findings go to standard error, as standard output carries what is passed on;
 * and a reader of theirs that goes away ends nothing.
 */
void engine_yield_output(struct engine *engine);

/* Tells how far the reading of `total` bytes (0: unknown) has come. */
void engine_show_progress(struct engine *engine, uint64_t total);

/* Findings go to the end of a file as well, as JSON Lines. */
MUST_CHECK bool engine_copy(struct engine *engine, const char *path,
                            struct fault *fault);

/* See announce_stream(). */
void engine_stream(struct engine *engine, bool goes_on);

/* Bytes of an origin of the pipeline. */
void engine_feed(struct engine *engine, struct origin *origin,
                 struct slice bytes);
void engine_end(struct engine *engine, struct origin *origin);

/* Something could not be read; said, and told by the exit status. */
void engine_refuse(struct engine *engine, const struct fault *fault);

/*
 * Whom sources that live on speak to, but for on_end. Their origins are the
 * pipeline's, their notices are said and counted.
 */
void engine_host(struct engine *engine, struct source_host *host);

/* How often each notice came, and the bytes that it told of. */
struct engine_notices {
    uint64_t count[NOTICES];
    uint64_t bytes[NOTICES];
};

/* One more, without a word. */
void engine_count(struct engine *engine, enum source_notice notice,
                  uint64_t bytes);

const struct engine_notices *engine_notices(const struct engine *engine);

/*
 * Reads the catalogue anew. A bad one is refused, and the old one stays; a good
 * one is used from the next record on, and its words by what is open already.
 */
MUST_CHECK bool engine_reload(struct engine *engine, struct fault *fault);

/* What was read and found, and how the history does, on standard error. */
void engine_tell(const struct engine *engine);

/* All sources are open: the service manager is told. */
void engine_ready(struct engine *engine);

/* Ends the timer and the signals, once all sources have ended. */
void engine_done(struct engine *engine);

/*
 * Runs the loop until all is done, tells and remembers what is left, sets the
 * exit status, and frees the engine.
 */
MUST_CHECK bool engine_run(struct engine *engine, struct fault *fault);

#endif
