/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PULLWHY_APP_ENVIRONMENT_H
#define PULLWHY_APP_ENVIRONMENT_H

/*
 * What is in force: the command line, completed by the environment, the
 * configuration files, and what is known of the cluster besides.
 *
 * The law: whoever said it more closely is believed. An option comes before
 * --provider-id, that before --azure-json, that before the environment, all of
 * it before what the files name, and that before the files' provider-id and
 * azure-json.
 */

#include "app/options.h"
#include "base/fault.h"

#include <stdbool.h>

/*
 * Fills *options, whatever they were, from the command line `line`, which must
 * outlive them, and from what files and environment say now; options_free() at
 * the end, also after a fault. As `line` is not touched, this may be done anew
 * at any time, and what was in force before stays so if it fails.
 */
MUST_CHECK bool environment_complete(const struct options *line,
                                     struct options *options,
                                     struct fault *fault);

#endif
