/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PULLWHY_REPORT_PAGE_H
#define PULLWHY_REPORT_PAGE_H

/*
 * One HTML page of many incidents, in all languages, that needs nothing but
 * itself.
 *
 * What the table and the charts show stands before the scripts; evidence and
 * remedies, which are most of it, in blocks behind them that the page reads
 * when they are asked for. So it opens as fast with 10,000 incidents.
 */

#include "base/buf.h"
#include "incident/incident.h"
#include "report/report.h"

#include <stddef.h>
#include <stdint.h>

/* What the page is about; all of it must outlive the page. */
struct page_about {
    const struct report_style *style; /* its language is shown first */
    struct slice version;
    struct slice filters; /* as they were typed, for people; may be empty */
    int64_t first;        /* of the timeline, microseconds since 1970 */
    int64_t last;
    size_t left_out; /* incidents whose causes the catalogue does not know */
    uint64_t key;    /* that no log can foresee */
};

/* How often an incident was seen in one column of the timeline. */
struct page_tally {
    int64_t column; /* since 1970 */
    uint64_t count;
};

/* How many minutes a column of the timeline has. */
int64_t page_minutes(int64_t first, int64_t last);

struct page;

struct page *page_new(const struct page_about *about);
void page_free(struct page *page); /* NULL is fine */

/* In the order in which they are to be listed. */
void page_add(struct page *page, const struct incident *incident,
              const struct page_tally *tallies, size_t count);

/* Appends the whole page; nothing may be added afterwards. */
void page_render(struct page *page, struct buf *out);

#endif
