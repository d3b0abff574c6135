/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PULLWHY_APP_PROGRESS_H
#define PULLWHY_APP_PROGRESS_H

/*
 * Tells on standard error how far an analysis has come: a bar on a terminal
 * once the reading takes longer than a second, and a sentence at its end.
 *
 * The cursor rests at the start of the bar, so that output_warn() and the shell
 * write over it; what goes to the terminal by another way calls
 * progress_erase() first.
 */

#include "app/commands.h"
#include "app/pipeline.h"
#include "incident/ledger.h"
#include "report/gauge.h"

#include <stdbool.h>
#include <stdint.h>

enum {
    PROGRESS_AFTER_MS = 1000,  /* what is read faster shows nothing */
    PROGRESS_PLAIN_MS = 10000, /* between two lines where no bar can be */
};

struct progress {
    struct gauge gauge;
    struct gauge_style style;
    int64_t begun; /* microseconds of a steady clock */
    int64_t next;  /* when it is told next */
    bool is_wanted;
    bool is_bar;   /* on a terminal: drawn in place */
    bool is_drawn; /* it stands on the screen */
    bool is_told;  /* it did, or a line of it was printed */
};

/* Zeroed before. `total` bytes are to be read; 0 if that is not known. */
void progress_begin(struct progress *progress, const struct app *app,
                    uint64_t total, int64_t now);

/* Costs an addition, and may be called for each piece that is read. */
void progress_count(struct progress *progress, size_t bytes);

/* Draws it, if it is time. */
void progress_tick(struct progress *progress, const struct pipeline *pipeline,
                   int64_t now);
void progress_erase(struct progress *progress);

/* The sentence, if there was a bar. */
void progress_end(struct progress *progress, const struct pipeline *pipeline,
                  const struct ledger *ledger, int64_t now);

#endif
