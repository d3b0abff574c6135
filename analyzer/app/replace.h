/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PULLWHY_APP_REPLACE_H
#define PULLWHY_APP_REPLACE_H

/*
 * Writes a file whole or not at all: whoever reads it meanwhile has the old one
 * or the new one, and a full disk leaves the old one as it was.
 */

#include "base/buf.h"
#include "base/fault.h"

#include <stdbool.h>

/* Clears *out. What is no regular file (a pipe, /dev/stdout) is written to. */
MUST_CHECK bool replace_file(const char *path, struct buf *out,
                             struct fault *fault);

#endif
