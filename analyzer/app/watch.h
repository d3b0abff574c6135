/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PULLWHY_APP_WATCH_H
#define PULLWHY_APP_WATCH_H

/*
 * The sources of a watch. Each kind opens what the options ask for: it takes a
 * place, opens its source with the place's host, and says how it is closed. All
 * are closed together, when a signal comes; the watch is done when the last one
 * has ended.
 */

#include "app/commands.h"
#include "app/engine.h"
#include "base/fault.h"
#include "source/source.h"

#include <stdbool.h>
#include <stddef.h>

enum {
    WATCH_SOURCES = 64,
};

struct watch;

/* Of one source; `source` is NULL when it has ended. */
struct watch_place {
    struct watch *watch;
    struct source_host host;
    void *source;
    void (*close)(void *source);
};

struct watch {
    struct app *app;
    struct engine *engine;
    struct watch_place places[WATCH_SOURCES];
    size_t count;         /* places taken */
    size_t open;          /* of these, those that have not ended */
    struct origin *input; /* standard input's */
    struct tail *tail;    /* likewise, if it is a file */
    uint64_t missed;      /* bytes that were passed on unread */
};

/* A place for one more source; NULL and a fault if there are too many. */
MUST_CHECK struct watch_place *watch_place(struct watch *watch,
                                           struct fault *fault);

/* The place's source was opened. */
void watch_opened(struct watch_place *place, void *source,
                  void (*close)(void *source));

/* All sources end; on_end() comes for each. */
void watch_stop(struct watch *watch);

/* Standard input, passed on to standard output, if --tee asks for it. */
MUST_CHECK bool watch_tee(struct watch *watch, struct fault *fault);

/* watch_live.c: systemd's journal; programs that are run; listeners. */
MUST_CHECK bool watch_journal(struct watch *watch, struct fault *fault);
MUST_CHECK bool watch_children(struct watch *watch, struct fault *fault);
MUST_CHECK bool watch_listeners(struct watch *watch, struct fault *fault);

/* The files, folders and patterns that are arguments. */
MUST_CHECK bool watch_files(struct watch *watch, struct fault *fault);

/* Standard input, read to its end, if there is no other source. */
MUST_CHECK bool watch_input(struct watch *watch, struct fault *fault);

#endif
