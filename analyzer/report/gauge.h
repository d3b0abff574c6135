/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PULLWHY_REPORT_GAUGE_H
#define PULLWHY_REPORT_GAUGE_H

/*
 * How far a long reading has come, in one line that is never wider than the
 * terminal: where there is little room, what matters least is left out.
 */

#include "base/buf.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    GAUGE_BAR_MIN = 10, /* cells; a shorter bar tells nothing */
    GAUGE_BAR_MAX = 60,
};

struct gauge {
    uint64_t bytes; /* that were read */
    uint64_t total; /* that there are; 0: unknown */
    uint64_t lines;
    uint64_t failures;
    uint64_t incidents;
    int64_t elapsed; /* microseconds since the reading began */
};

struct gauge_style {
    size_t columns; /* of the terminal */
    bool is_utf8;
    bool has_color;
};

/* No end of line, and one column less than there are: nothing wraps. */
void gauge_render(const struct gauge *gauge, const struct gauge_style *style,
                  struct buf *out);

/* What was read, how fast, and what was found, in a sentence. */
void gauge_summary(const struct gauge *gauge, struct buf *out);

#endif
