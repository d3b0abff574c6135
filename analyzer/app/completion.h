/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PULLWHY_APP_COMPLETION_H
#define PULLWHY_APP_COMPLETION_H

/*
 * What makes a shell complete pullwhy's command line, made from the tables of
 * the options and the commands; causes and ready queries are in it, so that
 * nothing is run while somebody types.
 */

#include "base/buf.h"
#include "match/catalog.h"

void completion_bash(const struct catalog *catalog, struct buf *out);
void completion_zsh(const struct catalog *catalog, struct buf *out);
void completion_fish(const struct catalog *catalog, struct buf *out);

#endif
