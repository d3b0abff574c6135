/* SPDX-License-Identifier: Apache-2.0 */
#include "decoded.h"

#define KLOG "E1123 17:00:00.000001 1 a.go:1] x"
#define TOLD \
    "klog error\nstamp: 2026-11-23T17:00:00.000001Z inferred\nmessage: x\n"

static void
takes_marks_off(void **state)
{
    (void)state;

    static const struct decoded_case cases[] = {
        {"> " KLOG, TOLD},
        {"| " KLOG, TOLD},
        {"> | " KLOG, TOLD},
        {"- " KLOG, TOLD},
        {"12: " KLOG, TOLD},
        {"  12  " KLOG, TOLD},
        {"12| " KLOG, TOLD},
        {"`" KLOG "`", TOLD},
        {"10.5.0.2: " KLOG, TOLD},
        {"fd00::2: " KLOG, TOLD},
        {"10.5.0.2: {\"ts\":1795453200000,\"caller\":\"a.go:1\",\"msg\":\"m\"}",
         "json unknown\nstamp: 2026-11-23T17:00:00.000000Z exact\n"
         "message: m\n"},
        {"FATA[0001] failed to pull: x",
         "plain error\nmessage: failed to pull: x\n"},
        {"2026/11/23 17:00:00 " KLOG, TOLD},
        {"2026/11/23 17:00:00.5 x",
         "plain unknown\nstamp: 2026-11-23T17:00:00.500000Z inferred\n"
         "message: x\n"},
        {"\x1b[0;1;31m\x1b[0;1;39m" KLOG "\x1b[0m", TOLD},
        {"\x1b[01;31m\x1b[K" KLOG "\x1b[m\x1b[K", TOLD},
        {"2026-11-23T17:00:00Z {hostname=\"n-1\", unit=\"kubelet\"} " KLOG,
         "klog error\nstamp: 2026-11-23T17:00:00.000001Z exact\nmessage: x\n"
         "node: n-1\n"},
        {"{a=\"b\",node_name=\"n-1\"} x",
         "plain unknown\nmessage: x\nnode: n-1\n"},
        {"data: {\"ts\":1795453200000,\"caller\":\"a.go:1\",\"msg\":\"m\"}",
         "json unknown\nstamp: 2026-11-23T17:00:00.000000Z exact\n"
         "message: m\n"},
        {"\x1e{\"ts\":1795453200000,\"caller\":\"a.go:1\",\"msg\":\"m\"}",
         "json unknown\nstamp: 2026-11-23T17:00:00.000000Z exact\n"
         "message: m\n"},
        /* Not before what says nothing to us: that is left as it was. */
        {"{a=\"b\"} x", "plain unknown\nmessage: {a=\"b\"} x\n"},
        {"{a=\"b\", x", "plain unknown\nmessage: {a=\"b\", x\n"},
        {"data: x", "plain unknown\nmessage: data: x\n"},
        {"> > hello", "plain unknown\nmessage: > > hello\n"},
        {"12: what", "plain unknown\nmessage: 12: what\n"},
        {"`code`", "plain unknown\nmessage: `code`\n"},
        {"```", "plain unknown\nmessage: ```\n"},
    };

    decoded_check(FORMATS, cases, COUNT(cases));
}

static void
cleans_what_nobody_sees(void **state)
{
    (void)state;

    static const struct decoded_case cases[] = {
        {"\xef\xbb\xbf" KLOG, TOLD},
        {"level=info msg=\xe2\x80\x9c"
         "a\xe2\x80\x8b"
         "b\xc2\xa0"
         "c\xe2\x80\x9d",
         "logfmt info\nmessage: ab c\n"},
        {"level=info msg=\"\xe2\x80\x9c\\\"x\"",
         "logfmt info\nmessage: \"\"x\n"},
        {"caf\xc3\xa9 \xe2\x80\xa6 \xe2",
         "plain unknown\nmessage: caf\xc3\xa9 \xe2\x80\xa6 \xe2\n"},
    };

    decoded_check(FORMATS, cases, COUNT(cases));
}

#define OPENS  "\xe2\x80\x9c"
#define CLOSES "\xe2\x80\x9d"

static void
typographic_quotes_end_no_plain_string(void **state)
{
    (void)state;

    static const struct decoded_case cases[] = {
        {"failed: " OPENS "a" CLOSES ": " OPENS "b" CLOSES,
         "plain unknown\nmessage: failed: \"a\": \"b\"\n"},
        {"failed: " OPENS "a\": \"b\"",
         "plain unknown\nmessage: failed: \"a\": \"b\"\n"},
        {"{\"ts\":1795453200000,\"caller\":\"a.go:1\",\"msg\":\"x " OPENS
         "a" CLOSES "\"}",
         "json unknown\nstamp: 2026-11-23T17:00:00.000000Z exact\n"
         "message: x \"a\"\n"},
        {"level=info msg=\"x \\\\\" id=\"a " OPENS "b" CLOSES "\"",
         "logfmt info\nmessage: x \\\n"},
        {"level=info msg=\"x " OPENS "a" CLOSES " y\"",
         "logfmt info\nmessage: x \"a\" y\n"},
        /* Behind escaped quotes it would have to be escaped once more. */
        {"level=info msg=\"{\\\"a\\\":\\\"" OPENS "b" CLOSES "\\\"} " OPENS
         "c" CLOSES "\"",
         "logfmt info\nmessage: {\"a\":\"" OPENS "b" CLOSES "\"} \"c\"\n"},
    };

    decoded_check(FORMATS, cases, COUNT(cases));
}

/* A program that hands on what its children log. */
static void
reads_logs_in_logs(void **state)
{
    (void)state;

    static const struct decoded_case cases[] = {
        {"time=\"2026-11-23T17:00:01Z\" level=info msg=\"E1123 17:00:00.000001 "
         "1 a.go:1] \\\"Failed to pull image\\\" err=\\\"x "
         "\\\\\\\"y\\\\\\\"\\\" "
         "image=\\\"a/b\\\"\" component=kubelet",
         "klog error\nstamp: 2026-11-23T17:00:00.000001Z exact\n"
         "message: Failed to pull image\nerror: x \"y\"\nunit: kubelet\n"
         "image: a/b\n"},
        /* Without a message the line itself is told, and not read again. */
        {"level=error x=\"msg=\" level=\"\\\\\\\\\\\\\\\\\\\\\"",
         "broken logfmt unknown\nmessage: level=error x=\"msg=\" "
         "level=\"\\\\\\\\\\\\\\\\\\\\\"\n"},
        {"level=info msg=\"level=error msg=x\" component=containerd",
         "logfmt error\nmessage: x\nunit: containerd\n"},
    };

    decoded_check(FORMATS, cases, COUNT(cases));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(takes_marks_off),
        cmocka_unit_test(cleans_what_nobody_sees),
        cmocka_unit_test(typographic_quotes_end_no_plain_string),
        cmocka_unit_test(reads_logs_in_logs),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
