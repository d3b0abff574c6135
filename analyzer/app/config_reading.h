/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PULLWHY_APP_CONFIG_READING_H
#define PULLWHY_APP_CONFIG_READING_H

/* One configuration file being read; for the config*.c alone. */

#include "app/config.h"
#include "match/yaml.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>

struct config_reading {
    const struct config_file *file;
    struct options *options;
    struct config_faults *faults;
    const char *path; /* of the file, as long as the options */
};

/* Notes a fault at a node. */
void config_tell(struct config_reading *reading, const struct yaml *node,
                 const char *format, ...) PRINTF_LIKE(3, 4);

/* Notes a key that there is not; `best` is what it may mean, or NULL. */
void config_tell_unknown(struct config_reading *reading,
                         const struct yaml *node, const char *best);

/* Whether the key stands in the map before the node; that is noted. */
bool config_is_told_before(struct config_reading *reading,
                           const struct yaml *map, const struct yaml *node);

/* The one value of a key, kept as long as the options; NULL is noted. */
const char *config_text(struct config_reading *reading, const struct yaml *node,
                        const char *name);

struct option_place config_place(const struct config_reading *reading,
                                 const struct yaml *node);

#endif
