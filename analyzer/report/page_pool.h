/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PULLWHY_REPORT_PAGE_POOL_H
#define PULLWHY_REPORT_PAGE_POOL_H

/*
 * Texts that stand in a page once, however often they are used: each has a
 * number, and whoever uses it says that.
 */

#include "base/keyed.h"
#include "base/mem.h"
#include "base/slice.h"

#include <stddef.h>
#include <stdint.h>

/* Init with {0} and a key; page_pool_free() at the end. */
struct page_pool {
    struct keyed key; /* the texts are strangers' */
    struct slice *texts;
    size_t count;
    size_t room;
    size_t *slots; /* of the hash: a number and one, 0 if free */
    size_t slot_count;
    struct arena arena; /* owns the texts */
};

/* The text's number, from 0 in the order of coming. */
size_t page_pool_add(struct page_pool *pool, struct slice text);
void page_pool_free(struct page_pool *pool);

#endif
