/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What reads a stamp takes off no more than there is, and what it read, printed
 * and read again, is the same moment.
 */
#include "base/stamp.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
require(bool holds)
{
    if (!holds) {
        abort();
    }
}

static void
comes_back(struct stamp stamp)
{
    char out[STAMP_TEXT];
    struct stamp again = {0};
    struct slice text = slice_from(stamp_format_full(stamp.us, out));
    /* A zone may carry the year out of the four digits. */
    if (text.len == strlen("2026-11-23T18:00:00.000000Z")
        && text.data[0] != '-') {
        require(stamp_read_rfc3339(&text, &again));
        require(again.us == stamp.us);
    }
}

/* What was read before makes no difference, nor what `now` was then. */
static void
is_the_same_again(struct slice whole, int64_t now)
{
    struct stamp_minutes minutes = {0};
    const int64_t moments[] = {now, now - 200 * STAMP_DAY, now,
                               now + 200 * STAMP_DAY, now + 9000 * STAMP_DAY};
    struct slice lines = whole;
    struct slice line;
    for (size_t i = 0; slice_cut(&lines, '\n', &line); i++) {
        int64_t then = moments[i % COUNT(moments)];
        for (size_t form = 0; form < STAMP_FORMS; form++) {
            struct stamp_minutes none = {0};
            struct stamp one = {0};
            struct stamp two = {0};
            struct slice a = line;
            struct slice b = line;
            require(
                stamp_again(&minutes, (enum stamp_form)form, &a, then, &one)
                == stamp_again(&none, (enum stamp_form)form, &b, then, &two));
            require(one.us == two.us && one.trust == two.trust);
            require(a.data == b.data && a.len == b.len);
        }
    }
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const int64_t now = INT64_C(1795456800) * STAMP_SECOND;
    struct slice whole = slice_of((const char *)data, size);
    struct stamp stamp;
    int64_t us = 0;

    struct slice rest = whole;
    if (stamp_read_rfc3339(&rest, &stamp)) {
        comes_back(stamp);
        require(rest.data + rest.len == whole.data + whole.len);
    }
    rest = whole;
    if (stamp_read_klog(&rest, now, &stamp)) {
        comes_back(stamp);
        require(stamp.us <= now + STAMP_DAY);
    }
    rest = whole;
    if (stamp_read_rfc3164(&rest, now, &stamp)) {
        comes_back(stamp);
    }
    is_the_same_again(whole, now);
    if (stamp_span(whole, &us)) {
        require(us >= 0);
    }
    return 0;
}
