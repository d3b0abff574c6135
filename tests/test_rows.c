/* SPDX-License-Identifier: Apache-2.0 */
#include "decoded.h"

#define AT "stamp: 2026-11-23T17:00:00.000000Z exact\n"

/* A program's own record. */
static void
reads_loggers(void **state)
{
    (void)state;

    static const struct decoded_case cases[] = {
        {"{\"ts\":1795453200000.25,\"caller\":\"kuberuntime_image.go:55\","
         "\"msg\":\"Failed to pull image\",\"err\":\"failed \\\"a/b\\\": x\","
         "\"image\":\"a/b\"}",
         "json error\nstamp: 2026-11-23T17:00:00.000250Z exact\n"
         "message: Failed to pull image\nerror: failed \"a/b\": x\n"
         "image: a/b\n"},
        {"{\"ts\":1795453200000,\"caller\":\"pod_workers.go:1301\","
         "\"msg\":\"Error syncing pod, skipping\",\"pod\":{\"name\":\"cart-0\","
         "\"namespace\":\"shop\"},\"podUID\":\"u-1\",\"err\":\"[failed to "
         "\\\"StartContainer\\\" for \\\"c\\\" with ErrImagePull: \\\"x "
         "\\\\\\\"y\\\\\\\"\\\", failed to \\\"StartContainer\\\" for "
         "\\\"d\\\" with ImagePullBackOff: \\\"z\\\"]\"}",
         "json error\n" AT
         "message: Error syncing pod, skipping\nerror: x \"y\"\n"
         "reason: ErrImagePull\n"
         "namespace: shop\npod: cart-0\npod_uid: u-1\ncontainer: c\n"
         "json error\n" AT "message: Error syncing pod, skipping\nerror: z\n"
         "reason: ImagePullBackOff\n"
         "namespace: shop\npod: cart-0\npod_uid: u-1\ncontainer: d\n"},
        {"{\"ts\":1795453200000,\"caller\":\"a.go:1\",\"msg\":\"m\","
         "\"pod\":\"shop/cart-0\",\"v\":0}",
         "json unknown\n" AT "message: m\nnamespace: shop\npod: cart-0\n"},
        {"{\"ts\":1795453200000,\"caller\":\"event.go:307\",\"msg\":"
         "\"Event occurred\",\"object\":{\"name\":\"cart-0\",\"namespace\":"
         "\"shop\"},\"fieldPath\":\"spec.containers{c}\",\"kind\":\"Pod\","
         "\"type\":\"Warning\",\"reason\":\"Failed\",\"message\":\"x\"}",
         "event warning\n" AT "message: x\nreason: Failed\nkind: Pod\n"
         "namespace: shop\npod: cart-0\ncontainer: c\n"},
        {"{\"error\":\"x \\\"y\\\"\",\"host\":\"reg.example\",\"level\":"
         "\"info\",\"msg\":\"trying next host\",\"time\":"
         "\"2026-11-23T17:00:00Z\"}",
         "json info\n" AT
         "message: trying next host\nerror: x \"y\"\nhost: reg.example\n"},
    };

    decoded_check(FORMATS, cases, COUNT(cases));
}

/* A line in a shipper's record. */
static void
reads_shippers(void **state)
{
    (void)state;

    static const struct decoded_case cases[] = {
        {"{\"log\":\"E1123 17:00:00.5 1 a.go:1] \\\"m\\\" err=\\\"e\\\"\\n\","
         "\"stream\":\"stderr\",\"time\":\"2026-11-23T17:00:01Z\"}",
         "klog error\nstamp: 2026-11-23T17:00:00.500000Z exact\n"
         "message: m\nerror: e\n"},
        {"{\"log\":\"text\\r\\n\",\"stream\":\"stdout\",\"time\":"
         "\"2026-11-23T17:00:00Z\"}",
         "json unknown\n" AT "message: text\n"},
        {"{\"date\":1795453200.5,\"log\":\"2026-11-23T17:00:00Z stderr F "
         "level=error msg=m error=\\\"x \\\\\\\"y\\\\\\\"\\\"\","
         "\"kubernetes\":{\"pod_name\":\"w-0\",\"namespace_name\":\"ops\","
         "\"container_name\":\"w\",\"pod_id\":\"u\",\"host\":\"node-1\","
         "\"labels\":{\"app\":\"w\"}}}",
         "logfmt error\n" AT "message: m\nerror: x \"y\"\nnode: node-1\n"
         "namespace: ops\npod: w-0\npod_uid: u\ncontainer: w\n"},
        /* Who wrote it is not what it is about. */
        {"{\"log\":\"{\\\"involvedObject\\\":{\\\"kind\\\":\\\"Pod\\\","
         "\\\"name\\\":\\\"cart-0\\\"},\\\"message\\\":\\\"x\\\"}\\n\","
         "\"kubernetes\":{\"pod_name\":\"exporter-0\",\"namespace_name\":"
         "\"ops\",\"host\":\"node-1\"},\"time\":\"2026-11-23T17:00:00Z\"}",
         "event unknown\n" AT "message: x\nkind: Pod\npod: cart-0\n"},
        {"{\"message\":{\"involvedObject\":{\"kind\":\"Pod\","
         "\"name\":\"cart-0\"},\"message\":\"x\"}}",
         "event unknown\nmessage: x\nkind: Pod\npod: cart-0\n"},
        {"{\"file\":\"/var/log/pods/ops_w-0_u-1/w/0.log\",\"host\":\"node-1\","
         "\"message\":\"x\",\"timestamp\":\"2026-11-23T17:00:00Z\"}",
         "json unknown\n" AT "message: x\nnode: node-1\nnamespace: ops\n"
         "pod: w-0\npod_uid: u-1\ncontainer: w\n"},
        {"{\"path\":\"/var/log/containers/w-0_ops_w-c-0123ab.log\","
         "\"message\":\"x\"}",
         "json unknown\nmessage: x\nnamespace: ops\npod: w-0\n"
         "container: w-c\n"},
        {"{\"@timestamp\":\"2026-11-23T17:00:00Z\",\"message\":\"x\","
         "\"log\":{\"file\":{\"path\":\"/var/log/pods/o_p_u/c/0.log\"}},"
         "\"kubernetes\":{\"node\":{\"name\":\"node-1\"}},\"host\":"
         "{\"name\":\"other\"}}",
         "json unknown\n" AT "message: x\nnode: node-1\nnamespace: o\npod: p\n"
         "pod_uid: u\ncontainer: c\n"},
        {"{\"body\":\"x\",\"resource\":{\"k8s.pod.name\":\"p\","
         "\"k8s.node.name\":\"node-1\"}}",
         "json unknown\nmessage: x\nnode: node-1\npod: p\n"},
        /* Nothing that a person would read. */
        {"{\"a\":1}", "foreign\n"},
        {"{\"log\":{\"a\":1}}", "foreign\n"},
    };

    decoded_check(FORMATS, cases, COUNT(cases));
}

static void
reads_journald(void **state)
{
    (void)state;

    static const struct decoded_case cases[] = {
        {"{\"__REALTIME_TIMESTAMP\":\"1795453200000000\",\"_HOSTNAME\":"
         "\"node-1\",\"_SYSTEMD_UNIT\":\"kubelet.service\",\"PRIORITY\":\"6\","
         "\"MESSAGE\":\"E1123 17:00:00.5 1 a.go:1] x\"}",
         "klog error\nstamp: 2026-11-23T17:00:00.500000Z exact\nmessage: x\n"
         "unit: kubelet\nnode: node-1\n"},
        {"{\"__REALTIME_TIMESTAMP\":\"1795453200000000\",\"PRIORITY\":\"3\","
         "\"SYSLOG_IDENTIFIER\":\"containerd\",\"_SYSTEMD_UNIT\":\"x\","
         "\"MESSAGE\":[72,105]}",
         "journal error\n" AT "message: Hi\nunit: containerd\n"},
        {"{\"__REALTIME_TIMESTAMP\":\"1\",\"MESSAGE\":null}", "foreign\n"},
    };

    decoded_check(FORMATS, cases, COUNT(cases));
    decoded_check(FORMAT_JOURNAL, &cases[1], 1);
}

static void
reads_azure_monitor(void **state)
{
    (void)state;

    static const struct decoded_case cases[] = {
        {"{\"TimeGenerated\":\"2026-11-23T17:30:00Z\",\"Computer\":\"node-1\","
         "\"Name\":\"cart-0\",\"Namespace\":\"shop\",\"ObjectKind\":\"Pod\","
         "\"Reason\":\"Failed\",\"Message\":\"x\",\"KubeEventType\":"
         "\"Warning\",\"SourceComponent\":\"kubelet\",\"Count\":\"4\","
         "\"FirstSeen\":\"2026-11-23T16:00:00Z\","
         "\"LastSeen\":\"2026-11-23T17:00:00Z\"}",
         "event warning\n" AT "message: x\nunit: kubelet\nnode: node-1\n"
         "reason: Failed\nkind: Pod\nnamespace: shop\npod: cart-0\ncount: 4\n"
         "first_seen: 2026-11-23T16:00:00.000000Z\n"},
        {"{\"TimeGenerated\":\"2026-11-23T17:00:00Z\",\"Computer\":\"node-1\","
         "\"PodName\":\"w-0\",\"PodNamespace\":\"ops\",\"ContainerName\":"
         "\"w\",\"LogMessage\":\"level=info msg=x\",\"LogSource\":\"stderr\"}",
         "logfmt info\n" AT "message: x\nnode: node-1\nnamespace: ops\n"
         "pod: w-0\ncontainer: w\n"},
        {"{\"TimeGenerated\":\"2026-11-23T17:00:00Z\",\"HostName\":\"node-1\","
         "\"ProcessName\":\"kubelet\",\"SeverityLevel\":\"err\","
         "\"SyslogMessage\":\"x\"}",
         "json error\n" AT "message: x\nunit: kubelet\nnode: node-1\n"},
        /* As `az monitor log-analytics query` prints them. */
        {"[\n  {\n    \"Name\": \"n\"\n  }\n]",
         "foreign\npartial json unknown\npartial json unknown\nforeign\n"
         "foreign\n"},
    };

    decoded_check(FORMATS, cases, COUNT(cases));
}

#define X "x is what it says"
#define Y "y is what it says"
#define Z "z is what it says"

/* What search engines, stores and clouds answer, and programs' own names. */
static void
reads_what_nobody_knows(void **state)
{
    (void)state;

    static const struct decoded_case cases[] = {
        /* Elasticsearch */
        {"{\"took\":3,\"hits\":{\"total\":{\"value\":2},\"hits\":[{\"_id\":"
         "\"a\",\"_source\":{\"@timestamp\":\"2026-11-23T17:00:00Z\","
         "\"message\":\"" X "\"}},{\"_id\":\"b\",\"_source\":{\"message\":\"" Y
         "\",\"host\":\"node-1\"}}]}}",
         "json unknown\n" AT "message: " X "\njson unknown\nmessage: " Y
         "\nnode: node-1\n"},
        /* Loki, with what its clients push */
        {"{\"streams\":[{\"stream\":{\"job\":\"k\"},\"values\":[["
         "\"1795453200000000000\",\"E1123 17:00:00.5 1 a.go:1] " X
         "\"],[\"1795453200000000000\",\"no \\\"such\\\" image here\"]]}]}",
         "klog error\nstamp: 2026-11-23T17:00:00.500000Z exact\nmessage: " X
         "\njson unknown\n" AT "message: no \"such\" image here\n"},
        /* CloudWatch: filter-log-events, and a query's results */
        {"{\"events\":[{\"timestamp\":1795453200000,\"message\":\"" X
         "\"},{\"message\":\"" Y "\"}],\"searchedLogStreams\":[]}",
         "json unknown\n" AT "message: " X "\njson unknown\nmessage: " Y "\n"},
        {"{\"results\":[[{\"field\":\"@timestamp\",\"value\":\"2026-11-23 "
         "17:00:00.000\"},{\"field\":\"@message\",\"value\":\"x "
         "\\\"y\\\"\"}],[{\"field\":\"@message\",\"value\":\"" Z "\"}]]}",
         "json unknown\nstamp: 2026-11-23T17:00:00.000000Z inferred\nmessage: "
         "x \"y\"\njson unknown\nmessage: " Z "\n"},
        /* OpenTelemetry */
        {"{\"resourceLogs\":[{\"scopeLogs\":[{\"logRecords\":[{"
         "\"timeUnixNano\":\"1795453200000000000\",\"severityText\":\"x\","
         "\"body\":{\"stringValue\":\"no such image here\"}}]}]}]}",
         "json unknown\n" AT "message: no such image here\n"},
        /* An audit's record: the same event asked for and answered */
        {"{\"kind\":\"Event\",\"apiVersion\":\"audit.k8s.io/"
         "v1\",\"requestObject\":{\"involvedObject\":{\"kind\":\"Pod\","
         "\"name\":\"cart-0\"},\"message\":\"" X "\"}}",
         "event unknown\nmessage: " X "\nkind: Pod\npod: cart-0\n"},
        /* Azure's export of a control plane's logs, which names their writer */
        {"{\"records\":[{\"time\":\"2026-11-23T17:00:00Z\",\"properties\":{"
         "\"log\":\"{\\\"involvedObject\\\":{\\\"kind\\\":\\\"Pod\\\","
         "\\\"name\\\":\\\"cart-0\\\"},\\\"message\\\":\\\"" X
         "\\\"}\",\"pod\":\"kube-apiserver-1\"}}]}",
         "event unknown\n" AT "message: " X "\nkind: Pod\npod: cart-0\n"},
        /* Google's, whose payload is the event */
        {"{\"jsonPayload\":{\"involvedObject\":{\"kind\":\"Pod\",\"name\":"
         "\"cart-0\"},\"message\":\"" X
         "\"},\"timestamp\":\"2026-11-23T17:00:00Z\"}",
         "event unknown\n" AT "message: " X "\nkind: Pod\npod: cart-0\n"},
        /* A program's own names: the longest sentence is what it says. */
        {"{\"when\":\"2026-11-23\",\"what\":\"no such image "
         "here\",\"who\":\"it is me\",\"node_name\":\"node-1\"}",
         "json unknown\nmessage: no such image here\nnode: node-1\n"},
        {"{\"ts\":1795453200000,\"a\":{\"b\":{\"c\":\"no such image here\"}}}",
         "json unknown\n" AT "message: no such image here\n"},
        {"{\"pod\":\"shop/cart-0\",\"status\":\"ImagePullBackOff\"}",
         "json unknown\nmessage: ImagePullBackOff\nnamespace: shop\npod: "
         "cart-0\n"},
        /* Said once, however often. */
        {"{\"a\":\"no such image here\",\"b\":{\"c\":\"no such image here, "
         "no\"},\"d\":{\"message\":\"" Y "\"}}",
         "json unknown\nmessage: no such image here\njson unknown\nmessage: " Y
         "\n"},
        /* In an envelope the first that is known, or else the first. */
        {"2026-11-23T17:00:00Z stdout F {\"a\":\"no such image "
         "here\",\"b\":{\"message\":\"" Y "\"}}",
         "json unknown\n" AT "message: " Y "\n"},
        {"2026-11-23T17:00:00Z stdout F {\"a\":1,\"b\":[1,\"no such image "
         "here\"]}",
         "json unknown\n" AT "message: no such image here\n"},
        {"2026-11-23T17:00:00Z stdout F {\"items\":[{\"a\":1},{\"message\":\"" X
         "\"}]}",
         "json unknown\n" AT "message: " X "\n"},
        /* What only defines something tells nothing. */
        {"{\"metadata\":{\"name\":\"rules\",\"creationTimestamp\":\"t\"},"
         "\"data\":{\"a\":\"Failed to pull image x\"}}",
         "foreign\n"},
        {"{\"name\":\"a "
         "b\",\"id\":\"0123456789abcdef0123456789\",\"n\":[1,{\"x\":null}]}",
         "foreign\n"},
        /* Deeper than anybody's log. */
        {"{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":{\"message\":\"" X
         "\"}}}}}}},\"z\":{\"message\":\"" Y "\"}}",
         "json unknown\nmessage: " Y "\n"},
    };

    decoded_check(FORMATS, cases, COUNT(cases));
}

static void
stops_at_hostile_depth(void **state)
{
    (void)state;
    struct buf line = {0};
    buf_add_text(&line, "x");
    for (int i = 0; i < 6; i++) {
        struct buf outer = {0};
        buf_add_text(&outer, "{\"log\":\"");
        for (size_t at = 0; at < line.len; at++) {
            if (line.data[at] == '"' || line.data[at] == '\\') {
                buf_add_byte(&outer, '\\');
            }
            buf_add_byte(&outer, line.data[at]);
        }
        buf_add_text(&outer, "\"}");
        buf_free(&line);
        line = outer;
    }
    const struct decoded_case cases[] = {
        {buf_string(&line),
         "json unknown\nmessage: {\"log\":\"{\\\"log\\\":\\\"x\\\"}\"}\n"},
    };
    decoded_check(FORMATS, cases, COUNT(cases));
    buf_free(&line);
}

/* By that it is known who of the kubelet tells of a failure. */
static void
a_caller_is_a_file(void **state)
{
    (void)state;

    static const struct {
        const char *line;
        const char *file;
    } cases[] = {
        {"{\"ts\":1,\"caller\":\"kubelet/pod_workers.go:1301\",\"msg\":\"m\"}",
         "pod_workers.go"},
        {"{\"ts\":1,\"caller\":\"log.go:32\",\"msg\":\"m\"}", "log.go"},
        {"{\"ts\":1,\"caller\":\"log.go\",\"msg\":\"m\"}", "log.go"},
        {"{\"ts\":1,\"msg\":\"m\"}", ""},
    };

    for (size_t i = 0; i < COUNT(cases); i++) {
        struct decoder *decoder = decoder_new(FORMATS);
        struct record record;
        enum verdict verdict;
        decoder_feed(decoder, slice_from(cases[i].line), 0);
        assert_true(decoder_next(decoder, &record, &verdict));
        assert_text(record.file, cases[i].file);
        decoder_free(decoder);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_loggers),
        cmocka_unit_test(reads_shippers),
        cmocka_unit_test(reads_journald),
        cmocka_unit_test(reads_azure_monitor),
        cmocka_unit_test(reads_what_nobody_knows),
        cmocka_unit_test(stops_at_hostile_depth),
        cmocka_unit_test(a_caller_is_a_file),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
