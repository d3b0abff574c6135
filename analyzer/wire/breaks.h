/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PULLWHY_WIRE_BREAKS_H
#define PULLWHY_WIRE_BREAKS_H

/*
 * Where a JSON list that stands on one line may go on on the next: behind the
 * comma between two objects or arrays. `kubectl get --raw` and `jq -c` print
 * all objects of a cluster as one line, which no other limit of a line was made
 * for.
 */

#include "base/slice.h"

#include <stdbool.h>

/* Whether the start of a line is that of a list: `{..."items":[{`, `[{`. */
bool breaks_suit(struct slice text);

/*
 * Behind the last such comma; SLICE_NONE if there is none. The text begins
 * within no string, and may end anywhere.
 */
size_t breaks_last(struct slice text);

#endif
