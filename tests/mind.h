/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PULLWHY_TESTS_MIND_H
#define PULLWHY_TESTS_MIND_H

/* What tests need that read a text in two manners and compare. */

#include "match/catalog.h"
#include "skimmed.h"

/* cmocka's group state. */
struct mind {
    struct catalog *catalog;
    struct classifier *plain;
    struct classifier *classifier; /* remembers what it read */
};

int mind_open(void **state);
int mind_close(void **state);

/* Fails if it does not find and count what decoding every line does. */
void mind_same(const struct mind *mind, enum manner manner, struct slice text,
               size_t piece);

/* Appends all of a file; fails if it cannot be read. */
void mind_read_file(const char *path, struct buf *text);

#endif
