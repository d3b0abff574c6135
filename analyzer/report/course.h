/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PULLWHY_REPORT_COURSE_H
#define PULLWHY_REPORT_COURSE_H

/*
 * How an incident went, and how the same trouble ended before: what a history
 * knows beyond the incident itself. Part of the block that shows it. Of the
 * last time it tells who pulled in the end, what is advised first by what was
 * known then, and what was other than it is now.
 */

#include "report/listing.h"

enum {
    COURSE_LIVES = 5,
};

/* The same trouble at another time. */
struct course_life {
    int64_t id;
    int64_t first_seen; /* microseconds since 1970 */
    int64_t last_seen;
    int64_t resolved_at; /* 0: it was not */
    uint64_t count;
    bool is_quiet; /* nothing more was seen of it */
};

struct course {
    uint64_t bars[LISTING_BARS];
    int64_t peak; /* the busiest minute; 0 if there is none */
    uint64_t peak_count;
    struct course_life lives[COURSE_LIVES]; /* the latest first */
    size_t life_count;
    const struct incident *last; /* the first of these, whole; or NULL */
};

void course_render(const struct course *course,
                   const struct report_style *style,
                   const struct incident *incident, struct buf *out);

#endif
