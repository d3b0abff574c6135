/* SPDX-License-Identifier: Apache-2.0 */
#include "decoded.h"

#define ROW "5m   Warning   Failed   Pod/web-0   "
#define ROW_SAYS                                                        \
    "columns warning\nstamp: 2026-11-23T17:55:00.000000Z approximate\n" \
    "message: "
#define ROW_END   "\nreason: Failed\nkind: Pod\npod: web-0\n"
#define KLOG      "E1123 17:00:00.000001 1 a.go:1] "
#define KLOG_SAYS "klog error\nstamp: 2026-11-23T17:00:00.000001Z inferred\n"
#define DASHES    "--------------------"

static void
a_message_of_two_lines_is_one(void **state)
{
    (void)state;

    static const struct decoded_case cases[] = {
        {ROW "image: 403 Forbidden\ndenied: client with IP '1.2.3.4'\n" ROW "z",
         ROW_SAYS
         "image: 403 Forbidden\ndenied: client with IP '1.2.3.4'" ROW_END
             ROW_SAYS "z" ROW_END},
        {ROW "image: x\nerrors:\ndenied: a\nunauthorized: b\n\nafter",
         ROW_SAYS "image: x\nerrors:\ndenied: a\nunauthorized: b" ROW_END
                  "foreign\nplain unknown\nmessage: after\n"},
        {"  Warning  Failed  5m  kubelet  image: canceled\naborted",
         "describe warning\nstamp: 2026-11-23T17:55:00.000000Z approximate\n"
         "message: image: canceled\naborted\nunit: kubelet\nreason: Failed\n"},
        {ROW "image: 400 Bad Request\nClient sent an HTTP request.", ROW_SAYS
         "image: 400 Bad Request\nClient sent an HTTP request." ROW_END},
        /* No words of a registry's. */
        {ROW "image: not found\nWhat now?", ROW_SAYS
         "image: not found" ROW_END "plain unknown\nmessage: What now?\n"},
        {ROW "image: 403 Forbidden\nError response from daemon: x",
         ROW_SAYS "image: 403 Forbidden" ROW_END
                  "plain unknown\nmessage: Error response from daemon: x\n"},
        {ROW "image: x\nctr: failed to copy: y", ROW_SAYS
         "image: x" ROW_END "plain unknown\nmessage: ctr: failed to copy: y\n"},
        {ROW "image: 403 Forbidden\n[1] Failed to resolve x",
         ROW_SAYS "image: 403 Forbidden" ROW_END
                  "plain unknown\nmessage: [1] Failed to resolve x\n"},
        {ROW "Readiness probe failed\nhint: x", ROW_SAYS
         "Readiness probe failed" ROW_END "plain unknown\nmessage: hint: x\n"},
        {ROW "image: x\n" KLOG "y",
         ROW_SAYS "image: x" ROW_END KLOG_SAYS "message: y\n"},
    };

    decoded_check(FORMATS, cases, COUNT(cases));
}

static void
what_a_code_means_is_on_the_next_line(void **state)
{
    (void)state;

    static const struct decoded_case cases[] = {
        {"An error occurred: A_ERROR\nFailed to reach it.\nAn error occurred: "
         "B_ERROR\nAn error occurred: C_ERROR\nx\ny",
         "plain unknown\nmessage: An error occurred: A_ERROR\nFailed to reach "
         "it.\n"
         "plain unknown\nmessage: An error occurred: B_ERROR\n"
         "plain unknown\nmessage: An error occurred: C_ERROR\nx\n"
         "plain unknown\nmessage: y\n"},
        {"An error occurred: A_ERROR\nFailed to pull image \"x\": y",
         "plain unknown\nmessage: An error occurred: A_ERROR\n"
         "plain unknown\nmessage: Failed to pull image \"x\": y\n"},
        {"An error occurred: A_ERROR\n[1] Failed to resolve x",
         "plain unknown\nmessage: An error occurred: A_ERROR\n"
         "plain unknown\nmessage: [1] Failed to resolve x\n"},
    };

    decoded_check(FORMATS, cases, COUNT(cases));
}

static void
an_echo_is_passed_over(void **state)
{
    (void)state;

    static const struct decoded_case cases[] = {
        {KLOG "\"PullImage from image service failed\" err=\"a \\\"b\\\"\"\n"
              "FATA[0000] pulling image: a \"b\"\n"
              "FATA[0000] pulling image: a \"b\"",
         KLOG_SAYS "message: PullImage from image service failed\n"
                   "error: a \"b\"\nforeign\n"
                   "plain error\nmessage: pulling image: a \"b\"\n"},
        {KLOG "\"PullImage from image service failed\" err=\"a\"\n"
              "FATA[0000] pulling image: b",
         KLOG_SAYS "message: PullImage from image service failed\n"
                   "error: a\nplain error\nmessage: pulling image: b\n"},
    };

    decoded_check(FORMATS, cases, COUNT(cases));
}

static void
a_terminal_breaks_anywhere(void **state)
{
    (void)state;

    static const struct decoded_case cases[] = {
        /* 84 columns, within quotes */
        {KLOG "\"Failed\" err=\"" DASHES DASHES "a\nb c: no such host\" x=1",
         KLOG_SAYS "message: Failed\nerror: " DASHES DASHES
                   "ab c: no such host\n"},
        /* 80, which is usual */
        {KLOG "\"" DASHES DASHES "------\"\n err=\"b\"",
         KLOG_SAYS "message: " DASHES DASHES "------\nerror: b\n"},
        /* 83 twice, which is no chance */
        {KLOG "\"" DASHES DASHES "---------\"\n err=\"" DASHES DASHES DASHES
              "-----------------\nb\"",
         KLOG_SAYS "message: " DASHES DASHES
                   "---------\nerror: " DASHES DASHES DASHES
                   "-----------------b\n"},
        /* 83 once, or a line behind that is wider */
        {KLOG "\"" DASHES DASHES "---------\"\n err=\"b\"",
         KLOG_SAYS "message: " DASHES DASHES
                   "---------\nplain unknown\nmessage:  err=\"b\"\n"},
        /* What comes after a shorter line is another. */
        {ROW DASHES DASHES "----\nb: x\nc: y", ROW_SAYS DASHES DASHES
         "----b: x" ROW_END "plain unknown\nmessage: c: y\n"},
    };

    decoded_check(FORMATS, cases, COUNT(cases));
}

static void
mail_is_folded_between_words(void **state)
{
    (void)state;

    static const struct decoded_case cases[] = {
        {"> " KLOG "\"Failed to pull it\"\n> err=\"no such host\"\n>\n> x",
         KLOG_SAYS "message: Failed to pull it\nerror: no such host\n"
                   "plain unknown\nplain unknown\nmessage: > x\n"},
        {">> " KLOG "\"Failed to pull it\"\n>> err=\"no such host\"",
         KLOG_SAYS "message: Failed to pull it\nerror: no such host\n"},
        /* There was room for "and". */
        {"> " KLOG "\"Failed to pull it\" err=\"no\n> such\"\n> and x",
         KLOG_SAYS "message: Failed to pull it\nerror: no such\n"
                   "plain unknown\nmessage: > and x\n"},
        {KLOG "\"Failed to pull it\" err=\"no\nsuch host\"",
         KLOG_SAYS "message: Failed to pull it\nerror: no such host\n"},
        {KLOG "\"Failed to pull it\"\nerr=\"no such host\"",
         KLOG_SAYS "message: Failed to pull it\n"
                   "plain unknown\nmessage: err=\"no such host\"\n"},
    };

    decoded_check(FORMATS, cases, COUNT(cases));
}

static void
feed(struct decoder *decoder, struct buf *out, struct slice line)
{
    record_text_feed(out, decoder, line, DECODED_NOW);
}

static void
what_is_kept_is_told_as_of_when_it_came(void **state)
{
    (void)state;
    struct decoder *decoder = decoder_new(FORMATS);
    struct buf out = {0};
    feed(decoder, &out, SLICE(ROW "image: x"));
    assert_int_equal(out.len, 0);
    assert_int_equal(decoder_keeps(decoder), 1);
    feed(decoder, &out, SLICE("denied: y"));
    assert_int_equal(out.len, 0);
    assert_int_equal(decoder_keeps(decoder), 2);
    decoder_flush(decoder, DECODED_NOW + STAMP_SECOND);
    record_text_all(&out, decoder);
    assert_text(buf_slice(&out), ROW_SAYS "image: x\ndenied: y" ROW_END);
    assert_text(decoder_kept(decoder), ROW "image: x\ndenied: y");
    assert_int_equal(decoder_keeps(decoder), 0);
    decoder_flush(decoder, DECODED_NOW);
    buf_clear(&out);
    record_text_all(&out, decoder);
    assert_int_equal(out.len, 0);
    buf_free(&out);
    decoder_free(decoder);
}

/* A row that never ends is cut, however many lines go on with it. */
static void
so_many_lines_are_kept_and_no_more(void **state)
{
    (void)state;
    struct decoder *decoder = decoder_new(FORMATS);
    struct buf out = {0};
    feed(decoder, &out, SLICE(ROW "image: x"));
    for (int i = 0; i < 63; i++) {
        feed(decoder, &out, SLICE("denied: y"));
    }
    assert_int_equal(out.len, 0);
    assert_int_equal(decoder_keeps(decoder), 64);
    feed(decoder, &out, SLICE("denied: y"));
    assert_int_equal(decoder_keeps(decoder), 0);
    assert_true(out.len > 64 * SLICE("denied: y").len);
    buf_free(&out);
    decoder_free(decoder);
}

static size_t
kept_of(struct slice line, bool is_live)
{
    struct decoder *decoder = decoder_new(FORMATS);
    struct buf out = {0};
    if (is_live) {
        decoder_follow(decoder);
    }
    feed(decoder, &out, line);
    size_t kept = decoder_keeps(decoder);
    assert_int_equal(kept > 0, out.len == 0);
    buf_free(&out);
    decoder_free(decoder);
    return kept;
}

/* A table's row and an open quote wait wherever they come from. */
static void
only_what_may_be_broken_waits(void **state)
{
    struct buf wide = {0};
    (void)state;
    assert_int_equal(kept_of(SLICE(KLOG "a short one"), false), 0);
    buf_add_text(&wide, KLOG);
    while (wide.len < 400) {
        buf_add_byte(&wide, 'x');
    }
    assert_int_equal(kept_of(buf_slice(&wide), false), 1);
    assert_int_equal(kept_of(buf_slice(&wide), true), 0);
    buf_add_byte(&wide, 'x');
    assert_int_equal(kept_of(buf_slice(&wide), false), 0);
    assert_int_equal(kept_of(SLICE(KLOG "\"it goes on"), true), 1);
    assert_int_equal(kept_of(SLICE(ROW "image: x"), true), 1);
    buf_free(&wide);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_message_of_two_lines_is_one),
        cmocka_unit_test(what_a_code_means_is_on_the_next_line),
        cmocka_unit_test(an_echo_is_passed_over),
        cmocka_unit_test(a_terminal_breaks_anywhere),
        cmocka_unit_test(mail_is_folded_between_words),
        cmocka_unit_test(what_is_kept_is_told_as_of_when_it_came),
        cmocka_unit_test(so_many_lines_are_kept_and_no_more),
        cmocka_unit_test(only_what_may_be_broken_waits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
