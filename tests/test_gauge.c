/* SPDX-License-Identifier: Apache-2.0 */
#include "base/stamp.h"
#include "report/gauge.h"
#include "report/printable.h"
#include "text.h"

#include <string.h>

static const struct gauge half = {
    .bytes = 128000000,
    .total = 256000000,
    .lines = 1000000,
    .failures = 3,
    .elapsed = 2 * STAMP_SECOND,
};
static const struct gauge endless = {
    .bytes = 25040,
    .lines = 68,
    .failures = 1,
    .elapsed = 3725 * STAMP_SECOND,
};

static void
assert_gauge(const struct gauge *gauge, size_t columns, const char *expected)
{
    const struct gauge_style style = {.columns = columns};
    struct buf out = {0};
    gauge_render(gauge, &style, &out);
    assert_text(buf_slice(&out), expected);
    buf_free(&out);
}

static void
leaves_out_what_matters_least(void **state)
{
    (void)state;
    assert_gauge(&half, 100,
                 "###########...........   50%  128.0 MB of 256.0 MB  64.0 "
                 "MB/s  500.0k lines/s  ETA 0:02  3 failures");
    assert_gauge(&half, 80,
                 "#########.........   50%  128.0 MB of 256.0 MB  64.0 MB/s  "
                 "ETA 0:02  3 failures");
    assert_gauge(&half, 60,
                 "###############................   50%  ETA "
                 "0:02  3 failures");
    assert_gauge(&half, 40, "#####......   50%  ETA 0:02  3 failures");
    assert_gauge(&half, 30, " 50%  ETA 0:02  3 failures");
    assert_gauge(&half, 20, " 50%  3 failures");
    assert_gauge(&half, 6, " 50%");
    assert_gauge(&endless, 80, "25.0 kB  7 B/s  0 lines/s  1:02:05  1 failure");
    assert_gauge(&endless, 30, "25.0 kB  1:02:05  1 failure");
}

/* Of any figures, at any width: nothing wraps. */
static void
is_never_wider_than_the_terminal(void **state)
{
    (void)state;
    for (size_t columns = 6; columns <= 250; columns++) {
        for (unsigned shift = 0; shift < 64; shift++) {
            const struct gauge gauge = {
                .bytes = UINT64_MAX >> shift,
                .total = shift % 3 ? UINT64_MAX >> (shift / 2) : 0,
                .lines = UINT64_MAX >> shift,
                .failures = shift % 2 ? UINT64_MAX >> shift : 0,
                .elapsed = INT64_MAX >> (shift / 2 + 20),
            };
            const struct gauge_style style = {.columns = columns,
                                              .is_utf8 = shift % 2};
            struct buf out = {0};
            gauge_render(&gauge, &style, &out);
            assert_true(printable_width(buf_slice(&out)) < columns);
            buf_free(&out);
        }
    }
}

static void
is_drawn_as_the_terminal_can(void **state)
{
    static const struct {
        struct gauge_style style;
        const char *expected;
    } cases[] = {
        {{40, false, false}, "#####......   50%  ETA 0:02  3 failures"},
        {{40, true, false}, "█████······   50%  ETA 0:02  3 failures"},
        {{40, false, true},
         "\033[36m#####......\033[0m   50%  ETA 0:02  "
         "\033[31m3 failures\033[0m"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct buf out = {0};
        gauge_render(&half, &cases[i].style, &out);
        assert_text(buf_slice(&out), cases[i].expected);
        buf_free(&out);
    }
}

static void
knows_the_ends(void **state)
{
    struct gauge gauge = half;
    (void)state;
    gauge.bytes = 0;
    assert_gauge(&gauge, 40, "...............    0%  0:02  3 failures");
    gauge.bytes = gauge.total;
    assert_gauge(&gauge, 40, "###########  100%  ETA 0:00  3 failures");
    gauge.bytes = gauge.total * 2; /* the file has grown */
    assert_gauge(&gauge, 40, "###########  100%  ETA 0:00  3 failures");
    gauge.elapsed = 0;
    gauge.bytes = 1;
    assert_gauge(&gauge, 40, ".....................    0%  3 failures");
}

static void
sums_up(void **state)
{
    static const struct {
        struct gauge gauge;
        const char *expected;
    } cases[] = {
        {{999, 0, 1, 1, 1, 100000},
         "read 999 B in 1 line within 0.1 s, 10.0 kB/s, 10 lines/s; 1 line of "
         "failed pulls, 1 incident"},
        {{3000000000, 0, 24000000, 0, 0, 125 * STAMP_SECOND},
         "read 3.0 GB in 24000000 lines within 2:05, 24.0 MB/s, 192.0k "
         "lines/s; 0 lines of failed pulls, 0 incidents"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct buf out = {0};
        gauge_summary(&cases[i].gauge, &out);
        assert_text(buf_slice(&out), cases[i].expected);
        buf_free(&out);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(leaves_out_what_matters_least),
        cmocka_unit_test(is_never_wider_than_the_terminal),
        cmocka_unit_test(is_drawn_as_the_terminal_can),
        cmocka_unit_test(knows_the_ends),
        cmocka_unit_test(sums_up),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
