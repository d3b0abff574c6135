/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PULLWHY_SOURCE_IDENTITY_H
#define PULLWHY_SOURCE_IDENTITY_H

/*
 * Who a file is: "file:DEVICE:INODE:FINGERPRINT". An inode alone is given to
 * other files later, so a fingerprint of the first line stands beside it.
 */

#include "base/slice.h"
#include "source/source.h"

#include <stdbool.h>
#include <stdint.h>

enum {
    IDENTITY_HEAD = 1024, /* at most so much of the first line, bytes */
    IDENTITY_LEAST = 32,  /* of a line that was torn; less is anybody's */
};

/*
 * Of the first line within `head`, a file's first bytes; more than
 * IDENTITY_HEAD are not looked at. It does not change while the file grows once
 * *is_whole: the line is complete, or long enough.
 */
uint64_t identity_fingerprint(struct slice head, bool *is_whole);

void identity_write(char out[SOURCE_IDENTITY], uint64_t device, uint64_t inode,
                    uint64_t fingerprint);

/* What such an identity was made of; false for one of another kind. */
bool identity_read(const char *identity, uint64_t *device, uint64_t *inode,
                   uint64_t *fingerprint);

/* What the identities of all files of its device and inode begin with. */
struct slice identity_file(const char *identity);

/*
 * Whether it may be that of a file with these first bytes, from when its first
 * line was torn, and only a start of what it is now.
 */
bool identity_began(const char *identity, struct slice head);

#endif
