/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PULLWHY_BASE_EMBEDDED_H
#define PULLWHY_BASE_EMBEDDED_H

/*
 * Files that are built into the program by sql/embed.awk, so that one file can
 * be copied to a node. Each table ends with a row whose name is NULL and is in
 * the order of Makefile.am's list.
 */

#include <stddef.h>

struct embedded {
    const char *name; /* "patterns/unauthorized.yaml" */
    const char *text; /* NUL behind it, not counted in len */
    size_t len;       /* bytes */
};

extern const struct embedded embedded_page[];
extern const struct embedded embedded_page_hashes[]; /* of its files: Base64 */
extern const struct embedded embedded_patterns[];
extern const struct embedded embedded_sql[];

#endif
