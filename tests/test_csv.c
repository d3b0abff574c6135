/* SPDX-License-Identifier: Apache-2.0 */
#include "decoded.h"
#include "wire/csv.h"

#define STAMP "stamp: 2026-11-23T17:00:00.000000Z exact\n"
#define EVENTS         \
    "\"TimeGenerated " \
    "[UTC]\",Computer,Name,Namespace,ObjectKind,Reason,Message\n"
#define TOLD(message)                           \
    "event unknown\n" STAMP "message: " message \
    "\nnode: node-1\nreason: Failed\n"          \
    "kind: Pod\nnamespace: shop\npod: cart-0\n"
#define ROW "\"2026-11-23T17:00:00Z\",node-1,cart-0,shop,Pod,Failed,"

static void
reads_rows(void **state)
{
    (void)state;

    static const struct decoded_case cases[] = {
        {EVENTS ROW "\"pull \"\"a/b\"\", x\"\n" ROW "plain",
         "foreign\n" TOLD("pull \"a/b\", x") TOLD("plain")},
        /* Cells over several lines. */
        {EVENTS ROW "\"one\nlevel=info msg=two\n\"\n" ROW "three",
         "foreign\npartial csv unknown\npartial csv unknown\n" TOLD(
             "one\nlevel=info msg=two\n") TOLD("three")},
        {"TimeGenerated,Computer,LogMessage\n"
         "\"11/23/2026, 5:00:00.000 PM\",node-1,\"level=info msg=\"\"a b\"\"\"",
         "foreign\nlogfmt info\n" STAMP "message: a b\nnode: node-1\n"},
        /* What is no row, and what is no head. */
        {EVENTS "E1123 17:00:00.000001 1 a.go:1] x\n" ROW "y",
         "foreign\nklog error\nstamp: 2026-11-23T17:00:00.000001Z inferred\n"
         "message: x\n" TOLD("y")},
        {EVENTS ROW "a,b",
         "foreign\nplain unknown\nmessage: "
         "\"2026-11-23T17:00:00Z\",node-1,cart-0,shop,Pod,Failed,a,b\n"},
        {"a,b,message\n1,2,3", "plain unknown\nmessage: a,b,message\nplain "
                               "unknown\nmessage: 1,2,3\n"},
        {"Computer,TimeGenerated,Other\n1,2,3",
         "plain unknown\nmessage: Computer,TimeGenerated,Other\n"
         "plain unknown\nmessage: 1,2,3\n"},
    };

    decoded_check(FORMATS, cases, COUNT(cases));
}

/* A line of that length names no columns, whatever it holds. */
static void
a_head_has_an_end(void **state)
{
    struct buf line = {0};
    struct csv csv = {0};
    (void)state;
    buf_add_text(&line, "TimeGenerated,Computer,Message");
    assert_true(csv_read_head(&csv, buf_slice(&line)));
    csv_free(&csv);
    csv = (struct csv){0};
    buf_add_byte(&line, ',');
    while (line.len <= 4096) {
        buf_add_byte(&line, 'x');
    }
    assert_false(csv_read_head(&csv, buf_slice(&line)));
    csv_free(&csv);
    buf_free(&line);
}

static void
ends_a_quote_that_nobody_closed(void **state)
{
    (void)state;
    struct decoder *decoder = decoder_new(FORMATS);
    struct record record;
    enum verdict verdict = VERDICT_FOREIGN;
    size_t lines = 0;
    decoder_feed(decoder, SLICE("TimeGenerated,Computer,Message"), DECODED_NOW);
    assert_true(decoder_next(decoder, &record, &verdict));
    decoder_feed(decoder, SLICE("1,2,\"x"), DECODED_NOW);
    assert_true(decoder_next(decoder, &record, &verdict));
    while (verdict == VERDICT_PARTIAL) {
        decoder_feed(decoder, SLICE("y"), DECODED_NOW);
        assert_true(decoder_next(decoder, &record, &verdict));
        lines++;
    }
    assert_int_equal(verdict, VERDICT_BROKEN);
    assert_int_equal(lines, 256);
    assert_true(decoder_holds(decoder, record.message));
    decoder_feed(decoder, SLICE("level=info msg=x"), DECODED_NOW);
    assert_true(decoder_next(decoder, &record, &verdict));
    assert_int_equal(record.format, FORMAT_LOGFMT);
    decoder_free(decoder);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_rows),
        cmocka_unit_test(a_head_has_an_end),
        cmocka_unit_test(ends_a_quote_that_nobody_closed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
