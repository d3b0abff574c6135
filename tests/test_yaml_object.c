/* SPDX-License-Identifier: Apache-2.0 */
#include "decoded.h"

#define PARTIAL  "partial event unknown\n"
#define PARTIAL3 PARTIAL PARTIAL PARTIAL

static void
reads_an_event(void **state)
{
    (void)state;

    static const struct decoded_case cases[] = {
        {"apiVersion: v1\ncount: 4\neventTime: null\n"
         "firstTimestamp: \"2026-11-23T16:00:00Z\"\ninvolvedObject:\n"
         "  fieldPath: spec.containers{cart}\n  kind: Pod\n  name: cart-0\n"
         "  namespace: shop\nkind: Event\n"
         "lastTimestamp: \"2026-11-23T17:00:00Z\"\n"
         "message: 'Failed to pull image \"a/b\": it''s\n"
         "  gone: not found'\n"
         "reason: Failed\nsource:\n  component: kubelet\n  host: node-1\n"
         "type: Warning\n---\nlevel=info msg=x",
         PARTIAL3 PARTIAL3 PARTIAL3 PARTIAL3 PARTIAL3 PARTIAL3
         "event warning\nstamp: 2026-11-23T17:00:00.000000Z exact\n"
         "message: Failed to pull image \"a/b\": it's gone: not found\n"
         "unit: kubelet\nnode: node-1\nreason: Failed\nkind: Pod\n"
         "namespace: shop\npod: cart-0\ncontainer: cart\ncount: 4\n"
         "first_seen: 2026-11-23T16:00:00.000000Z\n"
         "logfmt info\nmessage: x\n"},
    };

    decoded_check(FORMATS, cases, COUNT(cases));
    decoded_check(FORMAT_EVENT, cases, 0);
}

static void
reads_items_of_a_list(void **state)
{
    (void)state;

    static const struct decoded_case cases[] = {
        {"apiVersion: v1\nitems:\n- involvedObject:\n    kind: Pod\n"
         "    name: p\n  message: |\n    one\n    - two\n"
         "- metadata:\n    name: q\n  spec:\n    nodeName: node-1\n  status:\n"
         "    containerStatuses:\n    - name: c\n      state:\n"
         "        waiting:\n          message: m\n"
         "          reason: ErrImagePull\nkind: List\nmetadata:\n"
         "  resourceVersion: \"\"\nafter",
         PARTIAL3 PARTIAL3 PARTIAL PARTIAL
         "event unknown\nmessage: one\n- two\n\nkind: Pod\npod: p\n" PARTIAL3
             PARTIAL3 PARTIAL3 PARTIAL
         "event warning\nmessage: m\nnode: node-1\nreason: ErrImagePull\n"
         "pod: q\ncontainer: c\n" PARTIAL PARTIAL
         "plain unknown\nmessage: after\n"},
        /* All that stands at the left edge of an event. */
        {"apiVersion: events.k8s.io/v1\naction: Pulling\n"
         "deprecatedCount: 2\ndeprecatedFirstTimestamp: null\n"
         "deprecatedLastTimestamp: \"2026-11-23T17:00:00Z\"\n"
         "deprecatedSource:\n  component: kubelet\neventTime: null\n"
         "kind: Event\nmetadata:\n  uid: e\nnote: x\nreason: Failed\n"
         "regarding:\n  kind: Pod\nrelated: null\n"
         "reportingController: kubelet\nreportingInstance: node-1\n"
         "series: null\ntype: Warning\n---",
         PARTIAL3 PARTIAL3 PARTIAL3 PARTIAL3 PARTIAL3 PARTIAL3 PARTIAL PARTIAL
         "event warning\nstamp: 2026-11-23T17:00:00.000000Z exact\n"
         "message: x\nunit: kubelet\nnode: node-1\nreason: Failed\n"
         "kind: Pod\nidentity: e\ncount: 2\n"},
        {"apiVersion: v1\nitems:\n  - involvedObject:\n      kind: Pod\n"
         "    message: x\n  - involvedObject:\n      kind: Pod\n"
         "    message: y\nE",
         PARTIAL3 PARTIAL PARTIAL
         "event unknown\nmessage: x\nkind: Pod\n" PARTIAL PARTIAL
         "event unknown\nmessage: y\nkind: Pod\nplain unknown\nmessage: E\n"},
        {"apiVersion: v1\nitems: []\nkind: List\nafter",
         PARTIAL3 "foreign\nplain unknown\nmessage: after\n"},
        /* What is no YAML after all. */
        {"apiVersion: v1\n  a: \"b\n c: {\nafter",
         PARTIAL3 "plain unknown\nmessage: after\n"},
    };

    decoded_check(FORMATS, cases, COUNT(cases));
}

/* Deep, long, or full of aliases: passed over, in little memory. */
static void
stays_calm(void **state)
{
    (void)state;

    static const struct {
        const char *start;
        const char *piece;
        size_t times;
    } cases[] = {
        {"  a: ", "[", 100000},     {"  a: ", "{a: ", 50000},
        {"  ", "- ", 50000},        {"  a: &a [x]\n  b: [*a", ", *a", 50000},
        {"  a: ", "\\\"'", 100000},
    };

    for (size_t i = 0; i < COUNT(cases); i++) {
        struct decoder *decoder = decoder_new(FORMATS);
        struct buf line = {0};
        struct buf out = {0};
        buf_add_text(&line, cases[i].start);
        for (size_t at = 0; at < cases[i].times; at++) {
            buf_add_text(&line, cases[i].piece);
        }
        record_text_feed(&out, decoder, SLICE("apiVersion: v1"), DECODED_NOW);
        record_text_feed(&out, decoder, SLICE("spec:"), DECODED_NOW);
        record_text_feed(&out, decoder, buf_slice(&line), DECODED_NOW);
        buf_clear(&out);
        record_text_feed(&out, decoder, SLICE("level=info msg=x"), DECODED_NOW);
        assert_true(
            slice_ends(buf_slice(&out), SLICE("logfmt info\nmessage: x\n")));
        buf_free(&line);
        buf_free(&out);
        decoder_free(decoder);
    }
}

/* A text that was cut off behind what announces it: nothing is below. */
static void
reads_what_is_empty(void **state)
{
    (void)state;
    static const char *const announced[] = {
        "|", ">", "|-", ">+", "", "|2", "&a", "!!str", "''", "[]", "{}"};
    for (size_t i = 0; i < 2 * COUNT(announced); i++) {
        bool is_item = i % 2 != 0;
        struct buf out = {0};
        struct buf line = {0};
        struct decoder *decoder = decoder_new(FORMATS);
        record_text_feed(&out, decoder, SLICE("apiVersion: v1"), DECODED_NOW);
        if (is_item) {
            record_text_feed(&out, decoder, SLICE("items:"), DECODED_NOW);
            record_text_feed(&out, decoder, SLICE("- a: b"), DECODED_NOW);
        }
        buf_print(&line, "%smessage: %s", is_item ? "  " : "",
                  announced[i / 2]);
        record_text_feed(&out, decoder, buf_slice(&line), DECODED_NOW);
        record_text_feed(&out, decoder, SLICE("level=info msg=x"), DECODED_NOW);
        assert_true(
            slice_ends(buf_slice(&out), SLICE("logfmt info\nmessage: x\n")));
        buf_free(&line);
        buf_free(&out);
        decoder_free(decoder);
    }
}

/* Each kind of value, as JSON has it. */
static void
tells_texts_from_words(void **state)
{
    (void)state;

    static const struct decoded_case cases[] = {
        {"apiVersion: v1\ncount: \"7\"\ninvolvedObject:\n  kind: Pod\n"
         "  name: 007\n  namespace: 12\n  uid: null\nmessage: \"a\\tb "
         "\\\"c\\\" "
         "\\\\d\\u0001\"\nreason: ~\ntype: true\n---",
         PARTIAL3 PARTIAL3 PARTIAL3 PARTIAL
         "event unknown\nmessage: a\tb \"c\" "
         "\\d\x01\nkind: Pod\nnamespace: 12\n"
         "pod: 007\ncount: 7\n"},
    };

    decoded_check(FORMATS, cases, COUNT(cases));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_an_event),
        cmocka_unit_test(reads_items_of_a_list),
        cmocka_unit_test(stays_calm),
        cmocka_unit_test(reads_what_is_empty),
        cmocka_unit_test(tells_texts_from_words),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
