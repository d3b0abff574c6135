/* SPDX-License-Identifier: Apache-2.0 */

/* Lines whose stamps are told from what they say, and lines of which not. */

#include "assert_slice.h"
#include "text.h"
#include "wire/stamped.h"

/* 2026-11-23T19:15:00Z */
#define NOW (INT64_C(1795461300) * STAMP_SECOND)
/* 2026-11-23T16:28:59Z */
#define AT (INT64_C(1795451339) * STAMP_SECOND)

static void
takes_stamps_off(void **state)
{
    static const struct {
        const char *line;
        int64_t us; /* behind AT */
        enum stamp_trust trust;
        const char *parts[STAMPED_PARTS];
    } rows[] = {
        {"E1123 16:28:59.927911    2874 a.go:1] no",
         927911,
         STAMP_INFERRED,
         {"E", " a.go:1] no"}},
        {"E1123 16:28:59.9 7 a.go:1] no",
         900000,
         STAMP_INFERRED,
         {"E", " a.go:1] no"}},
        {"I1123 16:28:59.9 a.go:1] no",
         900000,
         STAMP_INFERRED,
         {"I", " a.go:1] no"}},
        {"time=\"2026-11-23T16:28:59.927322624Z\" level=info msg=a",
         927322,
         STAMP_EXACT,
         {"time=\"", "\" level=info msg=a"}},
        {"time=\"2026-11-23T18:28:59+02:00\" level=info",
         0,
         STAMP_EXACT,
         {"time=\"", "\" level=info"}},
        {"Nov 23 16:28:59 node-1 kubelet[9]: text",
         0,
         STAMP_INFERRED,
         {"", " node-1 kubelet[9]: text"}},
        {"<27>Nov 23 16:28:59 node-1 kubelet[9]: text",
         0,
         STAMP_INFERRED,
         {"<27>", " node-1 kubelet[9]: text"}},
        {"Nov 23 16:28:58 node-1 kubelet[9]: E1123 16:28:59.5 7 a.go:1] no",
         500000,
         STAMP_INFERRED,
         {"", " node-1 kubelet[9]: E", " a.go:1] no"}},
        {"2026-11-23T16:28:58Z node-1 kubelet[9]: E1123 16:28:59.5 7 a.go:1] "
         "no",
         500000,
         STAMP_EXACT,
         {"", " node-1 kubelet[9]: E", " a.go:1] no"}},
        {"2026-11-23T16:28:59.5Z node-1 kubelet[9]: E1123 17:28:59.5 7 a.go:1] "
         "no",
         500000,
         STAMP_EXACT,
         {"", " node-1 kubelet[9]: E", " a.go:1] no"}},
        {"2026-11-23T16:28:59Z stderr F time=\"2026-11-23T16:28:59.25Z\" "
         "level=info",
         250000,
         STAMP_EXACT,
         {"", " stderr F time=\"", "\" level=info"}},
        {"2026-11-23T16:28:59Z stdout F text",
         0,
         STAMP_EXACT,
         {"", " stdout F text"}},
    };

    struct stamp_minutes minutes = {0};
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct stamped stamped;
        if (!stamped_read(slice_from(rows[i].line), NOW, &minutes, &stamped)) {
            fail_msg("%s: no stamps", rows[i].line);
        }
        assert_int_equal(stamped.stamp.us, AT + rows[i].us);
        assert_int_equal(stamped.stamp.trust, rows[i].trust);
        for (size_t at = 0; at < stamped.count; at++) {
            assert_non_null(rows[i].parts[at]);
            assert_slice(stamped.parts[at], rows[i].parts[at], rows[i].line);
        }
        assert_true(stamped.count == STAMPED_PARTS
                    || !rows[i].parts[stamped.count]);
    }
}

static void
leaves_other_lines(void **state)
{
    static const char *const lines[] = {
        "",
        "E",
        "E1323 16:28:59.9 7 a.go:1] the month is wrong",
        "X1123 16:28:59.9 7 a.go:1] no level",
        "time=\"yesterday\" level=info msg=a",
        "time=\"2026-11-23T16:28:59Z",
        "time=2026-11-23T16:28:59Z level=info",
        "2026-11-23T16:28:59Z stdout P a piece",
        "2026-11-23T16:28:59Z INFO part: text",
        "<27>1 2026-11-23T16:28:59Z node-1 kubelet 9 - - text",
        "<2x>Nov 23 16:28:59 node-1 kubelet[9]: text",
        "{\"ts\":1}",
        " E1123 16:28:59.9 7 a.go:1] no",
        "Failed to pull image",
    };
    struct stamp_minutes minutes = {0};
    (void)state;
    for (size_t i = 0; i < COUNT(lines); i++) {
        struct stamped stamped;
        if (stamped_read(slice_from(lines[i]), NOW, &minutes, &stamped)) {
            fail_msg("%s: has stamps", lines[i]);
        }
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(takes_stamps_off),
        cmocka_unit_test(leaves_other_lines),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
