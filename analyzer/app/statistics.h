/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PULLWHY_APP_STATISTICS_H
#define PULLWHY_APP_STATISTICS_H

/*
 * What a run read and found so far, and what the rules cost that were tried,
 * the costliest first, told on standard error.
 */

#include "app/pipeline.h"
#include "incident/ledger.h"

void statistics_tell(const struct pipeline *pipeline,
                     const struct ledger *ledger);

/*
 * At the end: what the user should know of the input besides what was found in
 * it.
 */
void statistics_end(const struct pipeline *pipeline, bool is_text);

#endif
