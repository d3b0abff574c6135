/* SPDX-License-Identifier: Apache-2.0 */
#include "base/stamp.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

/* 2026-11-23T18:00:00Z, a Monday. */
static const int64_t now = INT64_C(1795456800) * STAMP_SECOND;

static void
reads_spans_and_refuses_what_does_not_fit(void **state)
{
    (void)state;

    static const struct {
        const char *text;
        bool ok;
        int64_t us;
    } cases[] = {
        {"8m3s",                                   true,  483 * STAMP_SECOND},
        {"3d4h",                                   true,  76 * STAMP_HOUR   },
        {"1.5s",                                   true,  1500000           },
        {"372ms",                                  true,  372000            },
        {"1.25ms",                                 true,  1250              },
        {"0.5y",                                   true,  4380 * STAMP_HOUR },
        {"",                                       false, 0                 },
        {"5",                                      false, 0                 },
        {"5x",                                     false, 0                 },
        {"99999999999s",                           false, 0                 },
        {"70000y70000y70000y70000y70000y70000y1y", false, 0                 },
    };

    for (size_t i = 0; i < COUNT(cases); i++) {
        int64_t us = 0;
        assert_int_equal(stamp_span(slice_from(cases[i].text), &us),
                         cases[i].ok);
        assert_true(us == cases[i].us);
    }
}

static void
infers_the_year_that_is_not_written(void **state)
{
    (void)state;

    static const struct {
        const char *text;
        const char *stamp;
    } cases[] = {
        {"1123 17:59:59.500000", "2026-11-23T17:59:59Z"},
        {"1124 12:00:00.000000", "2026-11-24T12:00:00Z"},
        {"1231 23:59:59.000000", "2025-12-31T23:59:59Z"},
        {"0229 00:00:00.000000", "2024-02-29T00:00:00Z"},
    };

    for (size_t i = 0; i < COUNT(cases); i++) {
        struct slice text = slice_from(cases[i].text);
        struct stamp stamp = {0};
        char out[STAMP_TEXT];
        assert_true(stamp_read_klog(&text, now, &stamp));
        assert_string_equal(stamp_format(stamp.us, out), cases[i].stamp);
        assert_int_equal(stamp.trust, STAMP_INFERRED);
        assert_int_equal(text.len, 0);
    }
}

static void
leaves_the_text_alone_when_it_is_no_stamp(void **state)
{
    (void)state;

    static const char *const cases[] = {
        "2026-13-01T00:00:00Z", "2026-02-29T00:00:00Z", "2026-11-23T24:00:00Z",
        "2026-11-23",           "Nov 23 18:00:00",      "",
    };

    for (size_t i = 0; i < COUNT(cases); i++) {
        struct slice text = slice_from(cases[i]);
        struct stamp stamp = {0};
        assert_false(stamp_read_rfc3339(&text, &stamp));
        assert_int_equal(text.len, strlen(cases[i]));
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_spans_and_refuses_what_does_not_fit),
        cmocka_unit_test(infers_the_year_that_is_not_written),
        cmocka_unit_test(leaves_the_text_alone_when_it_is_no_stamp),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
