/* SPDX-License-Identifier: Apache-2.0 */
#include "decoded.h"

#define STAMP "stamp: 2026-11-23T17:00:00.000000Z exact\n"
#define MORE  "partial journal unknown\n"
#define TAIL  "unit: kubelet\nnode: node-1\n"

static void
reads_export(void **state)
{
    (void)state;

    static const struct decoded_case cases[] = {
        {"__CURSOR=s=1\n__REALTIME_TIMESTAMP=1795453200000000\n_PID=7\n"
         "_HOSTNAME=node-1\n_SYSTEMD_UNIT=kubelet.service\n"
         "MESSAGE=level=info msg=x\n\n__CURSOR=s=2\nPRIORITY=3\nMESSAGE=y\n\n",
         MORE MORE MORE MORE MORE MORE "logfmt info\n" STAMP
                                       "message: x\n" TAIL MORE MORE MORE
                                       "journal error\nmessage: y\nforeign\n"},
        /* Not closed, and cut short by another line. */
        {"__CURSOR=s=1\nMESSAGE=y\nlevel=info msg=x",
         MORE MORE "journal unknown\nmessage: y\nlogfmt info\nmessage: x\n"},
    };

    decoded_check(FORMATS, cases, COUNT(cases));
    decoded_check(FORMAT_JOURNAL, cases, 1);
}

static void
reads_binary_values(void **state)
{
    (void)state;
    static const char *const lines[] = {"__CURSOR=s=1", NULL, "two",
                                        "PRIORITY=4",   "",   "after"};
    struct decoder *decoder = decoder_new(FORMATS);
    struct buf out = {0};
    record_text_feed(&out, decoder, SLICE("__CURSOR=s=1"), DECODED_NOW);
    record_text_feed(&out, decoder, SLICE("MESSAGE"), DECODED_NOW);
    record_text_feed(&out, decoder, SLICE("\x07\0\0\0\0\0\0\0one"),
                     DECODED_NOW);
    for (size_t i = 2; i < COUNT(lines); i++) {
        record_text_feed(&out, decoder, slice_from(lines[i]), DECODED_NOW);
    }
    assert_text(buf_slice(&out),
                MORE MORE MORE MORE MORE "journal warning\nmessage: one\ntwo\n"
                                         "plain unknown\nmessage: after\n");
    buf_free(&out);
    decoder_free(decoder);
}

static void
reads_verbose(void **state)
{
    (void)state;

    static const struct decoded_case cases[] = {
        {"Mon 2026-11-23 17:00:00.000000 UTC [s=1;i=2;b=3]\n"
         "    _HOSTNAME=node-1\n    SYSLOG_IDENTIFIER=kubelet\n"
         "    MESSAGE=one\n            two\n    _PID=7\n"
         "Mon 2026-11-23 17:00:01.000000 UTC [s=1;i=2;b=3]\n    MESSAGE=x\ny",
         MORE MORE MORE MORE MORE MORE
         "journal unknown\nstamp: 2026-11-23T17:00:00.000000Z inferred\n"
         "message: one\ntwo\n" TAIL MORE
         "journal unknown\nstamp: 2026-11-23T17:00:01.000000Z inferred\n"
         "message: x\nplain unknown\nmessage: y\n"},
    };

    decoded_check(FORMATS, cases, COUNT(cases));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_export),
        cmocka_unit_test(reads_binary_values),
        cmocka_unit_test(reads_verbose),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
