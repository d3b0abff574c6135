/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PULLWHY_APP_KEEPER_H
#define PULLWHY_APP_KEEPER_H

/*
 * Keeps the history of a run: opens it, writes it, and goes on without it when
 * it cannot be had. Findings never wait for it; what is wrong with it is said
 * once, and again when that changes.
 */

#include "app/commands.h"
#include "app/pipeline.h"
#include "incident/ledger.h"
#include "source/source.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct keeper;

/* Opens the history that the options ask for and restores the ledger from it. */
struct keeper *keeper_new(struct app *app, struct ledger *ledger);
void keeper_free(struct keeper *keeper); /* NULL is fine */

/* NULL while there is none. */
struct history *keeper_history(const struct keeper *keeper);

/* Writes what changed. `now` is of a clock that only goes forward. */
void keeper_flush(struct keeper *keeper, struct pipeline *pipeline,
                  int64_t now);

/* The last time, as hard as it can. */
void keeper_finish(struct keeper *keeper, struct pipeline *pipeline,
                   int64_t now);

/* Something is not in the history that should be. */
bool keeper_has_failed(const struct keeper *keeper);

/* Questions; nothing is known while there is no history. */
uint64_t keeper_position(struct keeper *keeper, const char *identity);
bool keeper_recall(struct keeper *keeper, const char *identity,
                   struct source_mark *mark);
size_t keeper_recall_name(struct keeper *keeper, const char *name,
                          struct source_mark *marks, size_t room);

#endif
