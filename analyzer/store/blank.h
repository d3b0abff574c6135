/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PULLWHY_STORE_BLANK_H
#define PULLWHY_STORE_BLANK_H

/*
 * A new history as a copy of one that was made when the program was built,
 * which is what the migrations make, at a tenth of the price.
 *
 * The law: the file is there whole or not at all, and what is there already is
 * not touched. Where it cannot be done so, nothing is, and whoever opens the
 * history makes it by the migrations.
 */

#include <stdbool.h>

/* Whether the file is the copy. */
bool blank_place(const char *path);

#endif
