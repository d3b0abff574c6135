/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PULLWHY_REPORT_PAGE_REMEDIES_H
#define PULLWHY_REPORT_PAGE_REMEDIES_H

/*
 * What to do, for a page that speaks all languages: commands are the same in
 * each, sentences are not. Many incidents have remedies in common but for the
 * names in them, and many remedies their sentences, so both are in pools.
 */

#include "base/buf.h"
#include "incident/incident.h"
#include "report/page_pool.h"

#include <cjson/cJSON.h>

struct page_remedies {
    struct page_pool prose;    /* "in English", NUL, "in Japanese" */
    struct page_pool remedies; /* JSON: {"id", "title", "steps": [...]} */
};

/* The numbers of the incident's remedies, best first. */
cJSON *page_remedies_of(struct page_remedies *page,
                        const struct incident *incident);
/* The two pools as lists of JSON. */
void page_remedies_add_prose(const struct page_remedies *page, struct buf *out);
void page_remedies_add(const struct page_remedies *page, struct buf *out);

void page_remedies_free(struct page_remedies *page);

#endif
