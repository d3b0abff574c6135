/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PULLWHY_SOURCE_CURSOR_H
#define PULLWHY_SOURCE_CURSOR_H

/* How far the lines of `journalctl --output=json` reach. */

#include "base/mem.h"
#include "base/slice.h"
#include "source/source.h"

#include <stdbool.h>

/* Finds the "__CURSOR" of the last of whole lines; false, and `found` kept as
 * it is, if that has none. */
MUST_CHECK bool cursor_find(struct slice lines, char found[SOURCE_CURSOR]);

#endif
