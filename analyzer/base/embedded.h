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

/* A database with nothing in it; len is 0 where none could be made. */
struct embedded_image {
    const unsigned char *bytes;
    size_t len;
    size_t id;      /* where its name of 32 hexadecimal digits stands */
    size_t salt[2]; /* where its random numbers stand, of eight bytes each */
};

/* By which the prefilter finds literals; see match/needle.h. */
struct embedded_window {
    unsigned char bytes[4];
    unsigned char len;    /* 0 behind the last one */
    unsigned char bucket; /* see match/teddy.h */
};

extern const struct embedded_image embedded_history;
extern const struct embedded embedded_page[];
extern const struct embedded embedded_page_hashes[]; /* of its files: Base64 */
extern const struct embedded embedded_patterns[];
extern const struct embedded embedded_sql[];
extern const struct embedded_window embedded_windows[];

#endif
