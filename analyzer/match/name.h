/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PULLWHY_MATCH_NAME_H
#define PULLWHY_MATCH_NAME_H

/* Names that stand in a text without quotes: how many bytes they take. */

#include "base/slice.h"

#include <stdbool.h>
#include <stddef.h>

enum {
    NAME_LONGEST = 4096, /* bytes; what is longer is no name */
};

/* Up to a blank or a quote; punctuation at the end is not the name's. */
size_t name_bare_len(struct slice text, const char *punctuation);

/* Of an address (http, https) that `text` begins with; 0 if it does not. */
size_t name_url_len(struct slice text);

/* Likewise of a digest, "sha256:...". */
size_t name_digest_len(struct slice text);

/*
 * Likewise of a reference that cannot be anything else: host.tld/path[:tag].
 * What was looked at in vain is not looked at again from the middle: up to
 * *barren nothing is found.
 */
size_t name_image_len(struct slice text, const char **barren);

/* A cheap look whether name_image_len() may find one; false moves *barren. */
bool name_may_be_image(struct slice text, const char **barren);

#endif
