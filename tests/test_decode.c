/* SPDX-License-Identifier: Apache-2.0 */
#include "decoded.h"
#include "wire/decode.h"

#include <string.h>

static void
guesses_each_line_anew(void **state)
{
    (void)state;

    static const struct decoded_case cases[] = {
        {"\n   \nE1123 17:00:00.000001 1 a.go:1] x\n"
         "level=info msg=y\n"
         "5m   Normal   X   pod/web-0   z\n"
         "  Normal  X  5m  kubelet  w\n"
         "  what else: v",
         "foreign\nforeign\n"
         "klog error\nstamp: 2026-11-23T17:00:00.000001Z inferred\n"
         "message: x\n"
         "logfmt info\nmessage: y\n"
         "columns info\nstamp: 2026-11-23T17:55:00.000000Z approximate\n"
         "message: z\nreason: X\nkind: pod\npod: web-0\n"
         "describe info\nstamp: 2026-11-23T17:55:00.000000Z approximate\n"
         "message: w\nunit: kubelet\nreason: X\n"
         "plain unknown\nmessage:   what else: v\n"},
        {"> E1123 17:00:00.000001 1 a.go:1] x\n| level=info msg=y",
         "klog error\nstamp: 2026-11-23T17:00:00.000001Z inferred\n"
         "message: x\n"
         "logfmt info\nmessage: y\n"},
    };

    decoded_check(FORMATS, cases, COUNT(cases));
}

static void
takes_envelopes_off(void **state)
{
    (void)state;

    static const struct decoded_case cases[] = {
        {"2026-11-23T17:00:00.5Z stderr F E1123 17:00:00.400000 1 a.go:1] x",
         "klog error\nstamp: 2026-11-23T17:00:00.400000Z exact\n"
         "message: x\n"},
        {"2026-11-23T17:00:00.5Z stdout F text",
         "cri unknown\nstamp: 2026-11-23T17:00:00.500000Z exact\n"
         "message: text\n"},
        {"2026-11-23T17:00:00Z Failed: x",
         "plain unknown\nstamp: 2026-11-23T17:00:00.000000Z exact\n"
         "message: Failed: x\n"},
        /* An age counts from when it was printed. */
        {"2026-11-01T17:00:00Z 5m   Normal   X   pod/web-0   z",
         "columns info\nstamp: 2026-11-01T16:55:00.000000Z approximate\n"
         "message: z\nreason: X\nkind: pod\npod: web-0\n"},
        {"2026-11-23T17:00:00Zed",
         "plain unknown\nmessage: 2026-11-23T17:00:00Zed\n"},
        {"2026-11-23T17:00:00Z stdout F 2026-11-23T17:00:01Z stdout F "
         "2026-11-23T17:00:02Z stdout F 2026-11-23T17:00:03Z stdout F "
         "2026-11-23T17:00:04Z stdout F deep",
         "cri unknown\nstamp: 2026-11-23T17:00:03.000000Z exact\n"
         "message: 2026-11-23T17:00:04Z stdout F deep\n"},
    };

    decoded_check(FORMATS, cases, COUNT(cases));
}

static void
keeps_to_a_format_that_was_asked_for(void **state)
{
    (void)state;
    static const struct decoded_case plain[] = {
        {"  level=info msg=y", "plain unknown\nmessage:   level=info msg=y\n"},
    };
    static const struct decoded_case logfmt[] = {
        {"2026-11-23T17:00:00Z level=info msg=y",
         "logfmt info\nstamp: 2026-11-23T17:00:00.000000Z exact\n"
         "message: y\n"},
        {"5m   Normal   X   pod/web-0   z",
         "broken plain unknown\n"
         "message: 5m   Normal   X   pod/web-0   z\n"},
    };
    static const struct decoded_case cri[] = {
        {"2026-11-23T17:00:00Z stderr F level=info msg=y",
         "logfmt info\nstamp: 2026-11-23T17:00:00.000000Z exact\n"
         "message: y\n"},
        {"level=info msg=y",
         "broken plain unknown\nmessage: level=info msg=y\n"},
    };

    decoded_check(FORMAT_PLAIN, plain, COUNT(plain));
    decoded_check(FORMAT_LOGFMT, logfmt, COUNT(logfmt));
    decoded_check(FORMAT_CRI, cri, COUNT(cri));
}

static void
views_hold_until_the_next_line(void **state)
{
    (void)state;
    struct decoder *decoder = decoder_new(FORMATS);
    struct record record;
    enum verdict verdict;
    struct slice line = SLICE("level=info msg=plain error=\"a \\\"b\\\"\"");
    decoder_feed(decoder, line, 0);
    assert_true(decoder_next(decoder, &record, &verdict));
    assert_false(decoder_next(decoder, &record, &verdict));
    assert_false(decoder_next(decoder, &record, &verdict));
    assert_ptr_equal(record.message.data,
                     line.data + strlen("level=info msg="));
    assert_true(decoder_holds(decoder, record.message));
    assert_true(decoder_holds(decoder, record.error));
    assert_true(decoder_holds(decoder, SLICE("")));
    assert_false(decoder_holds(decoder, SLICE("elsewhere")));
    decoder_free(decoder);
    decoder_free(NULL);
}

/* The square of a megabyte would be steps for an hour: nobody would miss it. */
static void
long_lines_come_to_an_end(void **state)
{
    (void)state;

    static const struct {
        const char *start;
        const char *piece;
    } cases[] = {
        {"", "x"},
        {"", " "},
        {"", "\""},
        {"E1123 17:00:00.000001 1 a.go:1] \"x\"", " a={"},
        {"E1123 17:00:00.000001 1 a.go:1] \"x\"", " err=\"\\\""},
        {"E1123 17:00:00.000001 1 a.go:1] \"x\" err=\"", "\\x5c"},
        {"E1123 17:00:00.000001 1 a.go:1] ", "} start failed in pod "},
        {"E1123 17:00:00.000001 1 a.go:1] \"x\" err=\"",
         "failed to \\\"a\\\" for \\\"b\\\" with c: \\\"d\\\", "},
        {"E1123 17:00:00.000001 1 a.go:1] Event(v1.ObjectReference{",
         "Kind:\"\", "},
        {"level=info msg=", "\\\"="},
        {"level=info msg=x", " a=["},
        {"<13>May 16 18:02:44 h ", "a["},
        {"5m Normal X pod/x", "   5m   3   x.1"},
        {"  Normal  X  5m  ", "a,  "},
        {"", "{"},
        {"", "["},
        {"", "\""},
        {"", "\\"},
        {"{\"a\":", "["},
        {"", "{\"a\":"},
        {"{\"a\":\"", "\\"},
        {"{\"log\":\"", "\\\""},
        {"{\"a\":[", "{},"},
        {"", "{},"},
        {"{", "\"a\":{},"},
        {"{\"apiVersion\":\"v1\",\"items\":[", "{\"involvedObject\":{}},"},
        {"{\"spec\":{},\"metadata\":{},\"status\":{\"containerStatuses\":[",
         "{},"},
        {"", "2026-11-23T17:00:00Z "},
        {"", "| > "},
    };

    for (size_t i = 0; i < COUNT(cases); i++) {
        struct decoder *decoder = decoder_new(FORMATS);
        struct buf line = {0};
        struct record record;
        enum verdict verdict;
        buf_add_text(&line, cases[i].start);
        while (line.len < (size_t)1024 * 1024) {
            buf_add_text(&line, cases[i].piece);
        }
        decoder_feed(decoder, buf_slice(&line), DECODED_NOW);
        while (decoder_next(decoder, &record, &verdict)) {
            assert_true(decoder_holds(decoder, record.message));
            assert_true(decoder_holds(decoder, record.error));
        }
        buf_free(&line);
        decoder_free(decoder);
    }
}

static void
names_formats(void **state)
{
    (void)state;
    enum format format = FORMAT_PLAIN;
    for (enum format i = FORMAT_PLAIN; i <= FORMATS; i++) {
        assert_true(format_parse(slice_from(format_name(i)), &format));
        assert_int_equal(format, i);
    }
    assert_string_equal(format_name(FORMAT_DESCRIBE), "describe");
    assert_string_equal(format_name(FORMATS), "auto");
    assert_false(format_parse(SLICE("xml"), &format));
    assert_false(format_parse(SLICE(""), &format));
    assert_int_equal(format, FORMATS);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(guesses_each_line_anew),
        cmocka_unit_test(takes_envelopes_off),
        cmocka_unit_test(keeps_to_a_format_that_was_asked_for),
        cmocka_unit_test(views_hold_until_the_next_line),
        cmocka_unit_test(long_lines_come_to_an_end),
        cmocka_unit_test(names_formats),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
