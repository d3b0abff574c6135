/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PULLWHY_BASE_STAMP_H
#define PULLWHY_BASE_STAMP_H

/*
 * Time as a number: microseconds since 1970-01-01T00:00:00Z. Nothing here
 * reads a clock; what is inferred is inferred from the `now` that is passed.
 */

#include "base/slice.h"

#include <stdbool.h>
#include <stdint.h>

enum {
    STAMP_TEXT = 40, /* room for a formatted stamp with its NUL */
};

#define STAMP_SECOND INT64_C(1000000)
#define STAMP_MINUTE (60 * STAMP_SECOND)
#define STAMP_HOUR   (60 * STAMP_MINUTE)
#define STAMP_DAY    (24 * STAMP_HOUR)

enum stamp_trust {
    STAMP_MISSING,     /* the line had none */
    STAMP_APPROXIMATE, /* an age, or the moment of reading */
    STAMP_INFERRED,    /* the year or the zone was not written */
    STAMP_EXACT,
};

struct stamp {
    int64_t us; /* 0 when trust is STAMP_MISSING */
    enum stamp_trust trust;
};

/*
 * Each reads a stamp at the start of *text and takes it off; on false nothing
 * is changed. `now` gives the year that is not written: the one that makes the
 * stamp nearest to, and not more than a day after, now.
 */
bool stamp_read_rfc3339(struct slice *text, struct stamp *stamp);
bool stamp_read_klog(struct slice *text, int64_t now, struct stamp *stamp);
bool stamp_read_rfc3164(struct slice *text, int64_t now, struct stamp *stamp);

enum stamp_form {
    STAMP_RFC3339,
    STAMP_KLOG,
    STAMP_RFC3164,
    STAMP_FORMS,
};

/*
 * Of each form the minute that was read last: most stamps of a log are of the
 * same one as that before. Init with {0}.
 */
struct stamp_minutes {
    struct {
        bool is_known;
        char text[16]; /* as it is written */
        int64_t us;
    } of[STAMP_FORMS];
};

/* Does what the reader of that form does, and faster in such a minute. */
bool stamp_again(struct stamp_minutes *minutes, enum stamp_form form,
                 struct slice *text, int64_t now, struct stamp *stamp);

/* The one to believe of a line in an envelope: its own, if it has a zone. */
struct stamp stamp_within(struct stamp inner, struct stamp outer);

/*
 * A span as kubectl prints ages ("8m3s", "3d4h", "2y11d") or Go prints
 * durations ("1.5s", "372ms", "1m0s"), in microseconds; all of `text`.
 */
bool stamp_span(struct slice text, int64_t *us);

/* Writes RFC 3339 in UTC with second precision, "2026-11-23T16:28:59Z". */
const char *stamp_format(int64_t us, char out[STAMP_TEXT]);

/* Likewise with microseconds. */
const char *stamp_format_full(int64_t us, char out[STAMP_TEXT]);

/* Days since 1970-01-01 of a date in the Gregorian calendar. */
int64_t stamp_days(int year, int month, int day);

#endif
