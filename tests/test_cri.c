/* SPDX-License-Identifier: Apache-2.0 */
#include "decoded.h"
#include "wire/frame.h"

#define AT    "2026-11-23T17:00:00Z "
#define TOLD  "stamp: 2026-11-23T17:00:00.000000Z exact\n"
#define PIECE "partial cri unknown\n"

static void
joins_pieces(void **state)
{
    (void)state;

    static const struct decoded_case cases[] = {
        {AT "stdout F text", "cri unknown\n" TOLD "message: text\n"},
        {AT "stdout F", "cri unknown\n" TOLD},
        {AT "stdout P level=info \n" AT "stdout P msg=\"a\n" AT
            "stdout F  b\\\"\"",
         PIECE PIECE "logfmt info\n" TOLD "message: a b\"\n"},
        /* Each stream for itself, and other lines between. */
        {AT "stdout P one \n" AT "stderr P two \n" AT
            "stdout F three\nfour\n" AT "stderr F five\n" AT "stderr F six",
         PIECE PIECE "cri unknown\n" TOLD "message: one three\n"
                     "plain unknown\nmessage: four\n"
                     "cri unknown\n" TOLD "message: two five\n"
                     "cri unknown\n" TOLD "message: six\n"},
        {AT "stdout X text", "plain unknown\n" TOLD "message: stdout X text\n"},
        /* The same in a shipper's hands. */
        {"{\"time\":\"2026-11-23T17:00:00Z\",\"stream\":\"stderr\",\"logtag\":"
         "\"P\",\"log\":\"a\\\"\"}\n{\"time\":\"2026-11-23T17:00:00Z\","
         "\"stream\":\"stderr\",\"logtag\":\"F\",\"log\":\"\\\"b\"}",
         "partial json unknown\njson unknown\n" TOLD "message: a\"\"b\n"},
    };

    decoded_check(FORMATS, cases, COUNT(cases));
}

static void
feed_piece(struct decoder *decoder, char tag, size_t len, struct record *record,
           enum verdict verdict)
{
    struct buf line = {0};
    enum verdict got;
    buf_print(&line, AT "stdout %c ", tag);
    for (size_t i = 0; i < len; i++) {
        buf_add_byte(&line, 'x');
    }
    decoder_feed(decoder, buf_slice(&line), DECODED_NOW);
    assert_true(decoder_next(decoder, record, &got));
    assert_int_equal(got, verdict);
    assert_false(decoder_next(decoder, record, &got));
    buf_free(&line);
}

static void
keeps_the_start_of_a_long_line(void **state)
{
    (void)state;
    struct decoder *decoder = decoder_new(FORMATS);
    struct record record;
    enum verdict verdict;
    for (int i = 0; i < 100; i++) {
        feed_piece(decoder, 'P', (size_t)16 * 1024, &record, VERDICT_PARTIAL);
    }
    feed_piece(decoder, 'F', 10, &record, VERDICT_RECORD);
    assert_int_equal(record.message.len, FRAME_LINE_MAX);
    feed_piece(decoder, 'F', 10, &record, VERDICT_RECORD);
    assert_int_equal(record.message.len, 10);
    feed_piece(decoder, 'P', 5, &record, VERDICT_PARTIAL);
    decoder_end(decoder, DECODED_NOW);
    assert_true(decoder_next(decoder, &record, &verdict));
    assert_int_equal(verdict, VERDICT_BROKEN);
    assert_text(record.message, "xxxxx");
    assert_false(decoder_next(decoder, &record, &verdict));
    decoder_free(decoder);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(joins_pieces),
        cmocka_unit_test(keeps_the_start_of_a_long_line),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
