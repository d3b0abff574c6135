/* SPDX-License-Identifier: Apache-2.0 */
#include "base/stamp.h"
#include "text.h"

/* 2026-11-23T16:28:59Z */
static const int64_t now = INT64_C(1795451339) * 1000000;

static void
reads_rfc3339(void **state)
{
    (void)state;

    static const struct {
        const char *text;
        const char *rest;
        enum stamp_trust trust;
        const char *utc;
    } cases[] = {
        {"2026-11-23T16:28:59.793243105Z x", " x", STAMP_EXACT,
         "2026-11-23T16:28:59.793243Z"},
        {"2026-05-16T18:02:44.123456+00:00", "", STAMP_EXACT,
         "2026-05-16T18:02:44.123456Z"},
        {"2026-05-17T03:02:44+09:00", "", STAMP_EXACT,
         "2026-05-16T18:02:44.000000Z"},
        {"2026-05-16T11:02:44-0700 h", " h", STAMP_EXACT,
         "2026-05-16T18:02:44.000000Z"},
        {"2026-05-16T11:02:44-07", "", STAMP_EXACT,
         "2026-05-16T18:02:44.000000Z"},
        {"2026-05-16 18:02:44.5 -x", " -x", STAMP_INFERRED,
         "2026-05-16T18:02:44.500000Z"},
        {"2024-02-29T00:00:00Z", "", STAMP_EXACT,
         "2024-02-29T00:00:00.000000Z"},
        {"1969-12-31T23:59:59.9Z", "", STAMP_EXACT,
         "1969-12-31T23:59:59.900000Z"},
        {"2026-05-16T18:02:44.Z", ".Z", STAMP_INFERRED,
         "2026-05-16T18:02:44.000000Z"},
        {"2026-05-16T18:02:44-rest", "-rest", STAMP_INFERRED,
         "2026-05-16T18:02:44.000000Z"},
    };

    for (size_t i = 0; i < COUNT(cases); i++) {
        char out[STAMP_TEXT];
        struct slice text = slice_from(cases[i].text);
        struct stamp stamp = {0};
        assert_true(stamp_read_rfc3339(&text, &stamp));
        assert_text(text, cases[i].rest);
        assert_int_equal(stamp.trust, cases[i].trust);
        assert_string_equal(stamp_format_full(stamp.us, out), cases[i].utc);
    }
}

/* As the reader of its form does, whatever was read before. */
static void
reads_the_same_again(void **state)
{
    static const char *const texts[] = {
        "1123 16:28:59.927911    2874 a",
        "1123 16:28:00",
        "1123 16:28:60.5",
        "1123 16:28:61",
        "1123 16:28.5",
        "1123 16:28:5",
        "1123 16:28:59.927911",
        "1123 16:29:01.1",
        "1124 16:29:01.1",
        "0229 16:29:01.1",
        "0229 16:29:02.",
        "0301 16:29:02.",
        "Nov 23 16:28:59 a",
        "Nov 23 16:28:00.5",
        "Nov 23 16:28:61",
        "Nov  3 16:28:59 a",
        "Nov  3 16:28:09 a",
        "Feb 29 16:28:09 a",
        "Feb 29 16:28:10 a",
        "2026-11-23T16:28:59.793243105Z x",
        "2026-11-23T16:28:01.793243105Z x",
        "2026-11-23T16:28:01.7932431050123+01:00 x",
        "2026-11-23T16:28:01-0700",
        "2026-11-23T16:28:01 x",
        "2026-11-23 16:28:01.5",
        "2026-11-23T16:28:61Z",
        "2026-11-23T16:28",
        "2026-11-23T16:28:",
        "2026-11-23T16:29:00Z",
        "",
    };
    const int64_t moments[] = {now,
                               now - 190 * STAMP_DAY,
                               now + 90 * STAMP_DAY,
                               now,
                               now + 400 * STAMP_DAY,
                               now - 363 * STAMP_DAY,
                               now - 366 * STAMP_DAY};
    struct stamp_minutes known = {0};
    (void)state;
    for (size_t i = 0; i < COUNT(texts) * COUNT(texts); i++) {
        for (size_t form = 0; form < STAMP_FORMS; form++) {
            /* Each text behind each other one, at other moments. */
            size_t at = i % 2 == 0 ? i / 2 % COUNT(texts)
                                   : i / 2 / COUNT(texts) % COUNT(texts);
            int64_t then = moments[i % COUNT(moments)];
            struct slice text = slice_from(texts[at]);
            struct slice plain = text;
            struct stamp stamp = {0};
            struct stamp expected = {0};
            bool has = form == STAMP_KLOG
                         ? stamp_read_klog(&plain, then, &expected)
                     : form == STAMP_RFC3164
                         ? stamp_read_rfc3164(&plain, then, &expected)
                         : stamp_read_rfc3339(&plain, &expected);
            if (stamp_again(&known, (enum stamp_form)form, &text, then, &stamp)
                    != has
                || stamp.us != expected.us || stamp.trust != expected.trust
                || text.data != plain.data || text.len != plain.len) {
                fail_msg("%s, turn %zu, form %zu", texts[at], i, form);
            }
        }
    }
}

/* What was never read is no minute of NULs. */
static void
knows_nothing_at_first(void **state)
{
    static const char text[] = "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0:01Z";
    struct stamp_minutes known = {0};
    (void)state;
    for (size_t form = 0; form < STAMP_FORMS; form++) {
        for (size_t at = 0; at < sizeof(text) - 1; at++) {
            struct slice nuls = slice_of(text + at, sizeof(text) - 1 - at);
            struct stamp stamp;
            assert_false(
                stamp_again(&known, (enum stamp_form)form, &nuls, 0, &stamp));
        }
    }
}

/* However many digits, and whatever stands behind them. */
static void
reads_each_digit_of_a_second(void **state)
{
    static const char digits[] = "012345678901";
    static const char others[] = "/:;?@A\xb5\x80 ";
    (void)state;
    for (size_t len = 1; len < sizeof(digits); len++) {
        for (size_t i = 0; i < sizeof(others); i++) {
            char line[64];
            int64_t us = 0;
            (void)snprintf(line, sizeof(line), "1123 16:28:59.%.*s%c56789 abc",
                           (int)len, digits, others[i]);
            struct slice text = slice_from(line);
            struct stamp stamp;
            for (size_t at = 0; at < 6; at++) {
                us = us * 10 + (at < len ? digits[at] - '0' : 0);
            }
            assert_true(stamp_read_klog(&text, now, &stamp));
            assert_int_equal(stamp.us % STAMP_SECOND, us);
            assert_ptr_equal(text.data,
                             line + sizeof("1123 16:28:59.") - 1 + len);
        }
    }
}

static void
refuses_what_is_no_date(void **state)
{
    (void)state;
    static const char *const cases[] = {
        "",
        "2026",
        "2026-13-01T00:00:00Z",
        "2026-02-29T00:00:00Z",
        "1900-02-29T00:00:00Z",
        "2026-00-10T00:00:00Z",
        "2026-01-00T00:00:00Z",
        "2026-01-01T24:00:00Z",
        "2026-01-01T00:60:00Z",
        "2026-01-01_00:00:00Z",
        "x026-01-01T00:00:00Z",
    };

    for (size_t i = 0; i < COUNT(cases); i++) {
        struct slice text = slice_from(cases[i]);
        struct stamp stamp = {7, STAMP_MISSING};
        assert_false(stamp_read_rfc3339(&text, &stamp));
        assert_text(text, cases[i]);
        assert_true(stamp.us == 7);
    }
}

static void
infers_the_year(void **state)
{
    (void)state;

    /* Each is read at "now"; a stamp is a day ahead of it at most. */
    static const struct {
        const char *text;
        int64_t now;
        const char *utc;
    } cases[] = {
        {"1123 16:28:58.000001", 1795451339, "2026-11-23T16:28:58Z"},
        {"1124 16:28:58.000001", 1795451339, "2026-11-24T16:28:58Z"},
        {"1124 16:29:00.000001", 1795451339, "2025-11-24T16:29:00Z"},
        {"1231 23:59:59.000001", 1767225600, "2025-12-31T23:59:59Z"},
        {"0101 00:00:01.000001", 1767225599, "2026-01-01T00:00:01Z"},
        {"0229 12:00:00.000000", 1795451339, "2024-02-29T12:00:00Z"},
    };

    for (size_t i = 0; i < COUNT(cases); i++) {
        char out[STAMP_TEXT];
        struct slice text = slice_from(cases[i].text);
        struct stamp stamp;
        int64_t when = cases[i].now * STAMP_SECOND;
        assert_true(stamp_read_klog(&text, when, &stamp));
        assert_int_equal(text.len, 0);
        assert_int_equal(stamp.trust, STAMP_INFERRED);
        assert_string_equal(stamp_format(stamp.us, out), cases[i].utc);
    }
}

static void
reads_rfc3164(void **state)
{
    (void)state;

    static const struct {
        const char *text;
        const char *utc; /* NULL: refused */
    } cases[] = {
        {"May 16 18:02:44 aks", "2026-05-16T18:02:44Z"},
        {"May  6 18:02:44.5 aks", "2026-05-06T18:02:44Z"},
        {"Dec 31 23:59:59 aks", "2025-12-31T23:59:59Z"},
        {"may 16 18:02:44 aks", NULL},
        {"May 16 2026 18:02:44 aks", NULL},
        {"May 32 18:02:44 aks", NULL},
        {"May", NULL},
    };

    for (size_t i = 0; i < COUNT(cases); i++) {
        struct slice text = slice_from(cases[i].text);
        struct stamp stamp;
        assert_int_equal(stamp_read_rfc3164(&text, now, &stamp),
                         cases[i].utc != NULL);
        if (cases[i].utc) {
            char out[STAMP_TEXT];
            assert_string_equal(stamp_format(stamp.us, out), cases[i].utc);
            assert_text(text, " aks");
        }
    }
}

static void
reads_spans(void **state)
{
    (void)state;

    static const struct {
        const char *text;
        int64_t us; /* -1: refused */
    } cases[] = {
        {"8m3s", 483 * STAMP_SECOND},
        {"3d4h", 3 * STAMP_DAY + 4 * STAMP_HOUR},
        {"2y11d", 741 * STAMP_DAY},
        {"0s", 0},
        {"1.5s", 1500000},
        {"372ms", 372000},
        {"1.25ms", 1250},
        {"15\xc2\xb5s", 15},
        {"1m0s", STAMP_MINUTE},
        {"0.999999y", 31535968464000},
        {"", -1},
        {"5", -1},
        {"5m3", -1},
        {"m", -1},
        {"-5m", -1},
        {"<unknown>", -1},
        {"99999999999s", -1},
        {"9999999999y", -1},
        {"70000y70000y70000y70000y70000y70000y1y", -1},
        {"70000y70000y70000y0.9y", -1},
    };

    for (size_t i = 0; i < COUNT(cases); i++) {
        int64_t us = -1;
        assert_int_equal(stamp_span(slice_from(cases[i].text), &us),
                         cases[i].us >= 0);
        assert_true(us == cases[i].us);
    }
}

static void
counts_days_from_1970(void **state)
{
    (void)state;
    assert_int_equal(stamp_days(1970, 1, 1), 0);
    assert_int_equal(stamp_days(1969, 12, 31), -1);
    assert_int_equal(stamp_days(2000, 3, 1), 11017);
    assert_int_equal(stamp_days(2026, 11, 23), 20780);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_rfc3339),
        cmocka_unit_test(reads_the_same_again),
        cmocka_unit_test(knows_nothing_at_first),
        cmocka_unit_test(reads_each_digit_of_a_second),
        cmocka_unit_test(refuses_what_is_no_date),
        cmocka_unit_test(infers_the_year),
        cmocka_unit_test(reads_rfc3164),
        cmocka_unit_test(reads_spans),
        cmocka_unit_test(counts_days_from_1970),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
