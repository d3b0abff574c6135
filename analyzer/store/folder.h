/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PULLWHY_STORE_FOLDER_H
#define PULLWHY_STORE_FOLDER_H

/*
 * The folders that a history stands in.
 */

#include "base/fault.h"

#include <stdbool.h>

/* Makes the folders above the file that are missing, for their owner only. */
MUST_CHECK bool folder_make(const char *path, struct fault *fault);

#endif
