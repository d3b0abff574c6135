/* SPDX-License-Identifier: Apache-2.0 */
#include "decoded.h"
#include "wire/strands.h"

#define OUT "2026-11-23T17:00:00.5Z stdout F "
#define ERR "2026-11-23T17:00:00.5Z stderr F "
#define PARTIAL \
    "partial json unknown\nstamp: 2026-11-23T17:00:00.500000Z exact\n"
#define EVENT "\"involvedObject\": {\"kind\": \"Pod\", \"name\": \"web-0\"},"
#define EVENT_SAYS(text)                                        \
    "event unknown\nstamp: 2026-11-23T17:00:00.500000Z exact\n" \
    "message: " text "\nreason: Failed\nkind: Pod\npod: web-0\n"

static void
each_stream_is_put_together(void **state)
{
    (void)state;

    static const struct decoded_case cases[] = {
        {OUT "{\n" OUT "  " EVENT "\n" OUT "  \"reason\": \"Failed\",\n" OUT
             "  \"message\": \"x\"\n" OUT "}\n" OUT "after",
         PARTIAL PARTIAL PARTIAL PARTIAL EVENT_SAYS(
             "x") "cri unknown\nstamp: 2026-11-23T17:00:00.500000Z exact\n"
                  "message: after\n"},
        {OUT "{\n" ERR "{\n" OUT "  " EVENT "\n" ERR "  " EVENT "\n" OUT
             "  \"reason\": \"Failed\", \"message\": \"x\"}\n" ERR
             "  \"reason\": \"Failed\", \"message\": \"y\"}",
         PARTIAL PARTIAL PARTIAL PARTIAL EVENT_SAYS("x") EVENT_SAYS("y")},
        /* The elements of a list, one by one */
        {OUT "{\"apiVersion\": \"v1\", \"items\": [\n" OUT "{" EVENT "\n" OUT
             "\"reason\": \"Failed\", \"message\": \"x\"},\n" OUT "{" EVENT
             "\n" OUT "\"reason\": \"Failed\", \"message\": \"y\"}\n" OUT
             "]\n" OUT "}",
         PARTIAL PARTIAL EVENT_SAYS("x") PARTIAL EVENT_SAYS("y")
             PARTIAL PARTIAL},
        /* What is no JSON breaks it off; its start tells what it holds. */
        {OUT "{\n" OUT "  " EVENT "\n" OUT
             "  \"reason\": \"Failed\", \"message\": \"x\",\n" OUT "text",
         PARTIAL PARTIAL PARTIAL
         "cri unknown\nstamp: 2026-11-23T17:00:00.500000Z exact\n"
         "message: text\n"
         "broken event unknown\nmessage: x\nreason: Failed\nkind: Pod\n"
         "pod: web-0\n"},
    };

    decoded_check(FORMATS, cases, COUNT(cases));
}

#define FROM(pod, text)                                           \
    "{\"log\":\"" text "\",\"stream\":\"stdout\",\"kubernetes\":" \
    "{\"pod_name\":\"" pod "\",\"namespace_name\":\"n\"}}\n"

static void
each_writer_is_put_together(void **state)
{
    (void)state;
    struct decoder *decoder = decoder_new(FORMATS);
    struct buf out = {0};
    struct slice rest = SLICE(FROM("a", "{") FROM("b", "{")
                                  FROM("a", "\\\"level\\\": \\\"error\\\",")
                                      FROM("b", "\\\"msg\\\": \\\"y\\\"}")
                                          FROM("a", "\\\"msg\\\": \\\"x\\\"}"));
    struct slice line;
    while (slice_cut(&rest, '\n', &line)) {
        buf_clear(&out);
        record_text_feed(&out, decoder, line, DECODED_NOW);
    }
    assert_text(buf_slice(&out),
                "json error\nmessage: x\nnamespace: n\npod: a\n");
    buf_free(&out);
    decoder_free(decoder);
}

/* More writers than are followed: the first one's object is given up. */
static void
the_oldest_makes_room(void **state)
{
    (void)state;
    struct decoder *decoder = decoder_new(FORMATS);
    struct buf out = {0};
    struct buf line = {0};
    for (int i = 0; i <= STRANDS; i++) {
        buf_clear(&line);
        buf_print(&line,
                  "{\"log\":\"{\",\"stream\":\"stdout\",\"kubernetes\":"
                  "{\"pod_name\":\"p%d\"}}",
                  i);
        record_text_feed(&out, decoder, buf_slice(&line), DECODED_NOW);
    }
    buf_clear(&out);
    record_text_feed(&out, decoder,
                     SLICE("{\"log\":\"\\\"msg\\\": \\\"x\\\"}\",\"stream\":"
                           "\"stdout\",\"kubernetes\":{\"pod_name\":\"p1\"}}"),
                     DECODED_NOW);
    record_text_feed(&out, decoder,
                     SLICE("{\"log\":\"\\\"msg\\\": \\\"x\\\"}\",\"stream\":"
                           "\"stdout\",\"kubernetes\":{\"pod_name\":\"p0\"}}"),
                     DECODED_NOW);
    assert_text(buf_slice(&out),
                "json unknown\nmessage: x\npod: p1\n"
                "json unknown\nmessage: \"msg\": \"x\"}\npod: p0\n");
    buf_free(&line);
    buf_free(&out);
    decoder_free(decoder);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_stream_is_put_together),
        cmocka_unit_test(each_writer_is_put_together),
        cmocka_unit_test(the_oldest_makes_room),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
