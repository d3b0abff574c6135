/* SPDX-License-Identifier: Apache-2.0 */
#include "decoded.h"

#define REGARDING                                                   \
    "{\"kind\":\"Pod\",\"namespace\":\"shop\",\"name\":\"cart-0\"," \
    "\"uid\":\"u-1\",\"fieldPath\":\"spec.containers{cart}\"}"
#define CORE                                                      \
    "{\"metadata\":{\"uid\":\"e-1\",\"namespace\":\"shop\"},"     \
    "\"involvedObject\":" REGARDING ",\"reason\":\"Failed\","     \
    "\"message\":\"Failed to pull image \\\"a/b\\\": x\","        \
    "\"source\":{\"component\":\"kubelet\",\"host\":\"node-1\"}," \
    "\"firstTimestamp\":\"2026-11-23T16:00:00Z\","                \
    "\"lastTimestamp\":\"2026-11-23T17:00:00Z\",\"count\":4,"     \
    "\"type\":\"Warning\"}"
#define TOLD                                                                \
    "event warning\nstamp: 2026-11-23T17:00:00.000000Z exact\n"             \
    "message: Failed to pull image \"a/b\": x\nunit: kubelet\n"             \
    "node: node-1\nreason: Failed\nkind: Pod\nnamespace: shop\n"            \
    "pod: cart-0\npod_uid: u-1\ncontainer: cart\nidentity: e-1\ncount: 4\n" \
    "first_seen: 2026-11-23T16:00:00.000000Z\n"
#define PARTIAL "partial json unknown\n"

static void
reads_both_versions(void **state)
{
    (void)state;

    static const struct decoded_case cases[] = {
        {CORE, TOLD},
        {"{\"apiVersion\":\"events.k8s.io/v1\",\"kind\":\"Event\","
         "\"metadata\":{\"uid\":\"e-1\"},\"regarding\":" REGARDING ","
         "\"note\":\"Failed to pull image \\\"a/b\\\": x\","
         "\"reason\":\"Failed\",\"type\":\"Warning\","
         "\"reportingController\":\"kubelet\","
         "\"reportingInstance\":\"node-1\",\"eventTime\":null,"
         "\"deprecatedFirstTimestamp\":\"2026-11-23T16:00:00Z\","
         "\"deprecatedLastTimestamp\":\"2026-11-23T17:00:00Z\","
         "\"deprecatedCount\":4}",
         TOLD},
        /* A series counts, and says when it was seen last. */
        {"{\"metadata\":{\"uid\":\"e-1\"},\"regarding\":" REGARDING ","
         "\"note\":\"Failed to pull image \\\"a/b\\\": x\","
         "\"reason\":\"Failed\",\"type\":\"Warning\","
         "\"reportingController\":\"kubelet\","
         "\"reportingInstance\":\"node-1\","
         "\"eventTime\":\"2026-11-23T16:00:00.000000Z\",\"series\":"
         "{\"count\":4,\"lastObservedTime\":\"2026-11-23T17:00:00.000000Z\"}}",
         TOLD},
        /* Others than kubelet do not run where the pod does. */
        {"{\"metadata\":{},\"involvedObject\":{\"kind\":\"Job\","
         "\"name\":\"j\"},\"message\":\"x\",\"reason\":\"R\","
         "\"type\":\"Normal\",\"reportingComponent\":\"scheduler\","
         "\"reportingInstance\":\"master-1\"}",
         "event info\nmessage: x\nunit: scheduler\nreason: R\nkind: Job\n"},
        {"{\"metadata\":{},\"involvedObject\":{\"kind\":\"Node\","
         "\"name\":\"node-9\"},\"message\":\"x\",\"reason\":\"R\"}",
         "event unknown\nmessage: x\nnode: node-9\nreason: R\nkind: Node\n"},
        /* Its containers' kinds of path. */
        {"{\"metadata\":{},\"involvedObject\":{\"kind\":\"Pod\","
         "\"name\":\"p\",\"fieldPath\":\"spec.initContainers{i}\"},"
         "\"message\":\"x\"}",
         "event unknown\nmessage: x\nkind: Pod\npod: p\ncontainer: i\n"},
    };

    decoded_check(FORMATS, cases, COUNT(cases));
    decoded_check(FORMAT_EVENT, cases, COUNT(cases));
}

static void
takes_wrappings_off(void **state)
{
    (void)state;

    static const struct decoded_case cases[] = {
        {"{\"type\":\"ADDED\",\"object\":" CORE "}", TOLD},
        {"{\"verb\":\"ADDED\",\"event\":" CORE ",\"old_event\":null}", TOLD},
        {"{\"type\":\"DELETED\",\"object\":" CORE "}", "foreign\n"},
        {"{\"type\":\"BOOKMARK\",\"object\":{\"kind\":\"Event\","
         "\"metadata\":{\"resourceVersion\":\"5\"}}}",
         "foreign\n"},
        {"{\"apiVersion\":\"v1\",\"kind\":\"EventList\",\"items\":[" CORE
         "," CORE "]}",
         TOLD TOLD},
        {"{\"kind\":\"Table\",\"apiVersion\":\"meta.k8s.io/v1\",\"rows\":["
         "{\"cells\":[\"5m\",\"Warning\",\"Failed\",\"pod/cart-0\","
         "\"spec.containers{cart}\",\"kubelet, node-1\",\"x\",\"6m\",3,"
         "\"cart-0.18\"],\"object\":{\"metadata\":{\"namespace\":\"shop\","
         "\"uid\":\"e-1\",\"creationTimestamp\":\"2026-11-23T16:00:00Z\"}}}]}",
         "event warning\nstamp: 2026-11-23T16:00:00.000000Z exact\n"
         "message: x\nunit: kubelet\nnode: node-1\nreason: Failed\nkind: pod\n"
         "namespace: shop\npod: cart-0\ncontainer: cart\nidentity: e-1\n"
         "count: 3\n"},
        /* Printed one after the other, with other text around them. */
        {"error: x\n{\n\"metadata\":{},\n\"involvedObject\":{},\n"
         "\"message\":\"y\"\n}\n[\n" CORE ",\n" CORE "]\nz",
         "plain unknown\nmessage: error: x\n" PARTIAL PARTIAL PARTIAL PARTIAL
         "event unknown\nmessage: y\nforeign\n" TOLD TOLD
         "plain unknown\nmessage: z\n"},
        /* A line of another format between documents, or in one. */
        {"{\nlevel=info msg=y",
         PARTIAL "broken json unknown\nmessage: {\n\nlogfmt info\n"
                 "message: y\n"},
        {"{x} y", "plain unknown\nmessage: {x} y\n"},
    };

    decoded_check(FORMATS, cases, COUNT(cases));
}

#define STATUS(name, reason, message)                                \
    "{\"name\":\"" name "\",\"image\":\"reg/" name ":1\",\"state\":" \
    "{\"waiting\":{\"reason\":\"" reason "\",\"message\":\"" message "\"}}}"
#define POD(statuses)                                            \
    "{\"metadata\":{\"name\":\"cart-0\",\"namespace\":\"shop\"," \
    "\"uid\":\"u-1\"},\"spec\":{\"nodeName\":\"node-1\"},"       \
    "\"status\":{\"phase\":\"Pending\"," statuses "}}"
#define WAITS(name, reason, message)                                     \
    "event warning\nmessage: " message "\nnode: node-1\nreason: " reason \
    "\nnamespace: shop\npod: cart-0\npod_uid: u-1\ncontainer: " name     \
    "\nimage: reg/" name ":1\n"

static void
reads_waiting_containers(void **state)
{
    (void)state;

    static const struct decoded_case cases[] = {
        {POD("\"containerStatuses\":[" STATUS("a", "ErrImagePull", "x") "]"),
         WAITS("a", "ErrImagePull", "x")},
        {POD("\"containerStatuses\":[" STATUS(
             "a", "ImagePullBackOff",
             "x") ","
                  "{\"name\":\"b\",\"state\":{\"running\":{}}}," STATUS(
                      "c", "CrashLoopBackOff",
                      "y") "," STATUS("d", "InvalidImageName",
                                      "z") "],"
                                           "\"ephemeralContainerStatuses\":"
                                           "[" STATUS(
                                               "e", "ErrImageNeverPull",
                                               "n") "],"
                                                    "\"initContainerStatuses\":"
                                                    "[" STATUS(
                                                        "i",
                                                        "ImageInspectError",
                                                        "w") "]"),
         WAITS("i", "ImageInspectError", "w") WAITS(
             "a", "ImagePullBackOff", "x") WAITS("d", "InvalidImageName", "z")
             WAITS("e", "ErrImageNeverPull", "n")},
        {POD("\"containerStatuses\":[" STATUS("a", "ErrImagePull", "") "]"),
         WAITS("a", "ErrImagePull", "ErrImagePull")},
        {POD("\"containerStatuses\":[{\"name\":\"b\",\"state\":"
             "{\"running\":{}}}]"),
         "foreign\n"},
        {POD("\"conditions\":[]"), "foreign\n"},
        {"{\"apiVersion\":\"v1\",\"items\":[" POD(
             "\"containerStatuses\":[" STATUS(
                 "a", "RegistryUnavailable",
                 "x") "]") "," POD("\"a\":1") "],\"kind\":\"List\"}",
         WAITS("a", "RegistryUnavailable", "x") "foreign\n"},
    };

    decoded_check(FORMATS, cases, COUNT(cases));
}

/* What was cut off still tells what it held. */
static void
reads_what_was_cut_off(void **state)
{
    (void)state;
    struct decoder *decoder = decoder_new(FORMATS);
    struct buf out = {0};
    struct record record;
    enum verdict verdict;
    record_text_feed(&out, decoder, SLICE("{\"involvedObject\":{},"),
                     DECODED_NOW);
    record_text_feed(&out, decoder, SLICE("\"message\":\"x\","), DECODED_NOW);
    decoder_end(decoder, DECODED_NOW);
    assert_true(decoder_next(decoder, &record, &verdict));
    assert_int_equal(verdict, VERDICT_BROKEN);
    assert_int_equal(record.format, FORMAT_EVENT);
    assert_text(record.message, "x");
    assert_true(decoder_holds(decoder, record.message));
    assert_false(decoder_next(decoder, &record, &verdict));
    decoder_end(decoder, DECODED_NOW);
    assert_false(decoder_next(decoder, &record, &verdict));
    assert_text(buf_slice(&out), PARTIAL PARTIAL);
    buf_free(&out);
    decoder_free(decoder);
}

/* A pod's values may be secret: of one without trouble nothing is told. */
static void
tells_nothing_of_other_pods(void **state)
{
    (void)state;
    struct decoder *decoder = decoder_new(FORMATS);
    struct record record;
    enum verdict verdict;
    decoder_feed(decoder, SLICE(POD("\"a\":1")), DECODED_NOW);
    assert_true(decoder_next(decoder, &record, &verdict));
    assert_int_equal(verdict, VERDICT_FOREIGN);
    assert_text(record.message, "");
    decoder_feed(decoder, SLICE("{\"kind\":\"Pod\",\"metadata\":{},"),
                 DECODED_NOW);
    assert_true(decoder_next(decoder, &record, &verdict));
    assert_text(record.message, "");
    decoder_end(decoder, DECODED_NOW);
    assert_true(decoder_next(decoder, &record, &verdict));
    assert_int_equal(verdict, VERDICT_BROKEN);
    assert_text(record.message, "");
    decoder_free(decoder);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_both_versions),
        cmocka_unit_test(takes_wrappings_off),
        cmocka_unit_test(reads_waiting_containers),
        cmocka_unit_test(reads_what_was_cut_off),
        cmocka_unit_test(tells_nothing_of_other_pods),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
