/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PULLWHY_APP_CONFIG_CONTEXT_H
#define PULLWHY_APP_CONFIG_CONTEXT_H

/* azure: and registries: of the configuration file; for config.c alone. */

#include "app/config_reading.h"

#include <stdbool.h>

void config_read_azure(struct config_reading *reading, const struct yaml *node);
void config_read_registries(struct config_reading *reading,
                            const struct yaml *node);

/* Whether it is a key of azure:. */
bool config_is_azure_key(struct slice key);

/* Whether this file has named the fact already; that is noted. */
bool config_fact_is_told(struct config_reading *reading, enum fact fact,
                         const struct yaml *node, const char *name);

#endif
