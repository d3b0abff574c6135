/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PULLWHY_APP_OPTION_SET_H
#define PULLWHY_APP_OPTION_SET_H

/*
 * Sets one option, whoever says it: the command line, a variable of the
 * environment or a line of the configuration file.
 *
 * The law: a value is checked wherever it stands, but it counts only if nobody
 * of a higher level has said another one. A list is one value: that of a
 * higher level stands in its place, that of the same level goes on with it.
 */

#include "app/options.h"
#include "base/fault.h"

#include <stdbool.h>

/*
 * `value` must outlive the options; NULL where the row takes no argument. A
 * switch in a file says "true" or "false". The fault begins with the name that
 * the place has for the option: --db, db, PULLWHY_DB.
 */
MUST_CHECK bool option_set(const struct option_row *row, const char *value,
                           const struct option_place *place,
                           struct options *options, struct fault *fault);

/* Who said it last; LEVEL_DEFAULT if nobody did. */
const struct option_place *option_place(const struct options *options,
                                        const void *field);

/* Whether it is that of a file. */
bool option_level_is_file(enum option_level level);

/* The next item of that group (or name) behind `item`, or from the start. */
const struct option_item *option_next(const struct options *options,
                                      const struct option_item *item,
                                      const char *group);

#endif
