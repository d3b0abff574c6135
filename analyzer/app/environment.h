/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PULLWHY_APP_ENVIRONMENT_H
#define PULLWHY_APP_ENVIRONMENT_H

/*
 * What is known of the cluster besides the options that name it one by one.
 *
 * The law: whoever said it more closely is believed. An option comes before
 * --provider-id, that before --azure-json, that before the environment.
 */

#include "app/options.h"
#include "base/fault.h"
#include "base/mem.h"

#include <stdbool.h>

/* Completes the context; new values are the arena's. */
MUST_CHECK bool environment_complete(struct options *options,
                                     struct arena *arena, struct fault *fault);

#endif
