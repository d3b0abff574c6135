/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PULLWHY_APP_OBSERVE_H
#define PULLWHY_APP_OBSERVE_H

/*
 * From what a line means to what the ledger is told: facts that the options
 * know, the line as evidence, and whether it was counted before. The sinks of a
 * pipeline's readers; `ctx` is the origin.
 */

#include "app/reader.h"

#include <stddef.h>

void observe_reading(void *ctx, const struct reading *reading);
void observe_echoes(void *ctx, const struct reading *readings, size_t count);

#endif
