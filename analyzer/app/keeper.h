/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PULLWHY_APP_KEEPER_H
#define PULLWHY_APP_KEEPER_H

/*
 * Keeps the history of a run: opens it, writes it, and goes on without it while
 * it cannot be had. What is wrong with it is said once, and again when that
 * changes.
 *
 *              a write fails                     a write succeeds
 *   fine ----------------------> in trouble -------------------------> fine
 *    |                            locked, no space left, cannot be
 *    |                            written, refused: all waits in the ledger,
 *    |                            and it is tried again after a pause
 *    |
 *    +--> corrupt: moved aside --+
 *    +--> gone ------------------+--> a new one, with all this run knows
 *
 * The law: findings never wait for it. A try takes some ten milliseconds, but
 * for the first one and the last one.
 */

#include "app/commands.h"
#include "app/pipeline.h"
#include "incident/ledger.h"
#include "source/source.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct keeper;

/* Opens the history that the options ask for and restores the ledger from
 * it. */
struct keeper *keeper_new(struct app *app, struct ledger *ledger);
void keeper_free(struct keeper *keeper); /* NULL is fine */

/* NULL while there is none. */
struct history *keeper_history(const struct keeper *keeper);

/* There is none, but there may be one later. */
bool keeper_is_awaited(const struct keeper *keeper);

/* Writes what changed. `now` is of a clock that only goes forward. */
void keeper_flush(struct keeper *keeper, struct pipeline *pipeline,
                  int64_t now);

/* Likewise, unless an analysis can wait: it has only begun, or the last time
 * took so long. */
void keeper_flush_lazily(struct keeper *keeper, struct pipeline *pipeline,
                         int64_t now);

/* The last time, as hard as it can. */
void keeper_finish(struct keeper *keeper, struct pipeline *pipeline,
                   int64_t now);

/* Something is not in the history that should be. */
bool keeper_has_failed(const struct keeper *keeper);

/* app->catalog was exchanged; the next flush writes its words. */
void keeper_reload(struct keeper *keeper);

/* Says how the history does and what waits for it. */
void keeper_tell(const struct keeper *keeper);

/* Questions; nothing is known while there is no history. */
bool keeper_recall(struct keeper *keeper, const char *identity,
                   struct source_mark *mark);
size_t keeper_recall_name(struct keeper *keeper, const char *name,
                          struct source_mark *marks, size_t room);

/*
 * Of a file that is read to its end; `head` are its first bytes. If it is not
 * known it may have been when its first line was torn.
 */
bool keeper_recall_file(struct keeper *keeper, const char *identity,
                        struct slice head, struct source_mark *mark);

#endif
