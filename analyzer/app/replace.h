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
#include <sys/stat.h>

struct replacement {
    const char *path;
    int fd;          /* to be written to */
    struct buf name; /* of the file beside it; empty if it is written itself */
};

/*
 * Begins one; an old file's mode stays, a new one gets `mode` less the umask.
 * What is no regular file (a pipe, /dev/stdout) is written to itself.
 */
MUST_CHECK bool replace_open(struct replacement *replacement, const char *path,
                             mode_t mode, struct fault *fault);

/*
 * Ends it: the new file takes the old one's place if all was well (`ok`), else
 * the old one stays. Returns whether it did; the fault of what went wrong
 * before is kept.
 */
MUST_CHECK bool replace_close(struct replacement *replacement, bool ok,
                              struct fault *fault);

/* All at once; clears *out. */
MUST_CHECK bool replace_file(const char *path, struct buf *out,
                             struct fault *fault);

#endif
