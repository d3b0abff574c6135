/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PULLWHY_REPORT_LISTING_H
#define PULLWHY_REPORT_LISTING_H

/*
 * Many incidents of the past for people: what, how bad, how often, when, and
 * how it went as a row of bars. One line each where the terminal is wide, two
 * where it is not; the place is cut in its middle, all else stays whole.
 */

#include "report/report.h"

enum {
    LISTING_BARS = 12,
};

struct listing_row {
    int64_t id;
    struct slice severity; /* as in the history */
    struct slice state;
    struct slice cause;
    struct slice where;
    uint64_t count;
    uint64_t pods;
    int64_t first_seen; /* microseconds since 1970 */
    int64_t last_seen;
    uint64_t bars[LISTING_BARS]; /* how often, from the first to the last */
};

struct listing;

/* `offset` gives what is added to UTC at a moment, in microseconds; or NULL. */
struct listing *listing_new(const struct report_style *style,
                            int64_t (*offset)(int64_t us));
void listing_free(struct listing *listing); /* NULL is fine */

/* The row's texts are copied. */
void listing_add(struct listing *listing, const struct listing_row *row);

/* Nothing but a sentence if there are no rows. */
void listing_render(const struct listing *listing, struct buf *out);

/* "11-23 16:29", with the year if it is not that of now; of that zone. */
void listing_add_time(struct buf *out, const struct report_style *style,
                      int64_t (*offset)(int64_t us), int64_t us);

/* "UTC" or "UTC+09:00": the zone of that moment. */
void listing_add_zone(struct buf *out, int64_t (*offset)(int64_t us),
                      int64_t us);

/* Eight heights, the highest being the greatest; a dot for none. */
void listing_add_bars(struct buf *out, const uint64_t *bars, size_t count);

#endif
