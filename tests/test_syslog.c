/* SPDX-License-Identifier: Apache-2.0 */
#include "decoded.h"
#include "wire/syslog.h"

static void
peels_heads(void **state)
{
    (void)state;

    static const struct {
        const char *line;
        const char *host; /* NULL: no head */
        const char *program;
        const char *rest;
        enum level level;
        enum stamp_trust trust;
    } cases[] = {
        {"May 16 18:02:44 aks-1 containerd[3039]: time=x", "aks-1",
         "containerd", "time=x", LEVEL_UNKNOWN, STAMP_INFERRED},
        {"<13>May  6 18:02:44 aks-1 kernel: x", "aks-1", "kernel", "x",
         LEVEL_INFO, STAMP_INFERRED},
        {"<11>May  6 18:02:44.5 aks-1 a[1]:x", "aks-1", "a", "x", LEVEL_ERROR,
         STAMP_INFERRED},
        {"<12>2026-05-16T18:02:44.123456+00:00 aks-1 kubelet[2874]: E0516",
         "aks-1", "kubelet", "E0516", LEVEL_WARNING, STAMP_EXACT},
        {"2026-05-16T18:02:44+0000 aks-1 kubelet.service[2874]: x", "aks-1",
         "kubelet", "x", LEVEL_UNKNOWN, STAMP_EXACT},
        {"2026-05-16T18:02:44Z ERROR part: x", NULL, NULL, NULL, 0, 0},
        {"2026-05-16T18:02:44Z stderr F x[1]: y", NULL, NULL, NULL, 0, 0},
        {"May 16 18:02:44 aks-1 no colon", NULL, NULL, NULL, 0, 0},
        {"May 16 18:02:44 aks-1: x[1]: y", NULL, NULL, NULL, 0, 0},
        {"May 16 18:02:44", NULL, NULL, NULL, 0, 0},
        {"<13>1 2026-05-16T18:02:44Z aks-1 a 1 - - x", "aks-1", "a", "x",
         LEVEL_INFO, STAMP_EXACT},
        {"<11>1 2026-05-16T18:02:44Z aks-1 a 1 ID [x y=\"]\\\"\"][z] "
         "\xef\xbb\xbfx",
         "aks-1", "a", "x", LEVEL_ERROR, STAMP_EXACT},
        {"<13>1 2026-05-16T18:02:44Z aks-1 a 1 - x", NULL, NULL, NULL, 0, 0},
        {"Sat 2026-05-16 18:02:44 UTC aks-1 kubelet.service[2874]: x", "aks-1",
         "kubelet", "x", LEVEL_UNKNOWN, STAMP_EXACT},
        {"Sat 2026-05-16 18:02:44.5 JST aks-1 a[1]: x", "aks-1", "a", "x",
         LEVEL_UNKNOWN, STAMP_INFERRED},
        {"1778954564.123456 aks-1 a[1]: x", "aks-1", "a", "x", LEVEL_UNKNOWN,
         STAMP_EXACT},
        {"[ 1234.567890] aks-1 a[1]: x", "aks-1", "a", "x", LEVEL_UNKNOWN,
         STAMP_MISSING},
        {"May 16 18:02:44 aks-1 a[x]: y", NULL, NULL, NULL, 0, 0},
        {"", NULL, NULL, NULL, 0, 0},
    };

    for (size_t i = 0; i < COUNT(cases); i++) {
        struct slice line = slice_from(cases[i].line);
        struct syslog_head head = {0};
        assert_int_equal(syslog_peel(&line, DECODED_NOW, &head),
                         cases[i].host != NULL);
        assert_text(head.host, cases[i].host);
        assert_text(head.program, cases[i].program);
        assert_text(line, cases[i].host ? cases[i].rest : cases[i].line);
        assert_int_equal(head.level, cases[i].level);
        assert_int_equal(head.stamp.trust, cases[i].trust);
    }
}

static void
adds_what_only_the_head_says(void **state)
{
    (void)state;

    static const struct decoded_case cases[] = {
        /* The inner stamp is the exact one. */
        {"May 16 18:02:45 aks-1 containerd[1]: "
         "time=\"2026-05-16T18:02:44.5Z\" level=info msg=x",
         "logfmt info\n"
         "stamp: 2026-05-16T18:02:44.500000Z exact\n"
         "message: x\nunit: containerd\nnode: aks-1\n"},
        /* klog's own is confirmed by a head that is exact ... */
        {"2026-05-16T18:02:45+00:00 aks-1 kubelet[1]: "
         "E0516 18:02:44.123456    1 a.go:1] x",
         "klog error\n"
         "stamp: 2026-05-16T18:02:44.123456Z exact\n"
         "message: x\nunit: kubelet\nnode: aks-1\n"},
        /* ... unless the node lives in another zone ... */
        {"2026-05-16T18:02:45+00:00 aks-1 kubelet[1]: "
         "E0517 03:02:44.123456    1 a.go:1] x",
         "klog error\n"
         "stamp: 2026-05-16T18:02:45.000000Z exact\n"
         "message: x\nunit: kubelet\nnode: aks-1\n"},
        /* ... which also settles the year ... */
        {"2020-12-31T18:02:45+00:00 aks-1 kubelet[1]: "
         "E1231 18:02:44.123456    1 a.go:1] x",
         "klog error\n"
         "stamp: 2020-12-31T18:02:44.123456Z exact\n"
         "message: x\nunit: kubelet\nnode: aks-1\n"},
        /* ... and left as it is by one that knows no year either. */
        {"May 16 18:02:45 aks-1 kubelet[1]: E0516 18:02:44.123456 1 a.go:1] x",
         "klog error\n"
         "stamp: 2026-05-16T18:02:44.123456Z inferred\n"
         "message: x\nunit: kubelet\nnode: aks-1\n"},
        {"<12>May 16 18:02:45 aks-1 kubelet[1]: plain text",
         "syslog warning\n"
         "stamp: 2026-05-16T18:02:45.000000Z inferred\n"
         "message: plain text\nunit: kubelet\nnode: aks-1\n"},
        {"no head", "broken plain unknown\nmessage: no head\n"},
    };

    decoded_check(FORMAT_SYSLOG, cases, COUNT(cases));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(peels_heads),
        cmocka_unit_test(adds_what_only_the_head_says),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
