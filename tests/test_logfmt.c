/* SPDX-License-Identifier: Apache-2.0 */
#include "decoded.h"
#include "wire/logfmt.h"

static void
reads_keys_in_any_order(void **state)
{
    (void)state;

    static const struct decoded_case cases[] = {
        {"time=\"2026-11-23T16:28:59.927322624Z\" level=error "
         "msg=\"PullImage \\\"r.io/a:1\\\" failed\" error=\"failed to pull "
         "\\\"r.io/a:1\\\": 401\"",
         "logfmt error\n"
         "stamp: 2026-11-23T16:28:59.927322Z exact\n"
         "message: PullImage \"r.io/a:1\" failed\n"
         "error: failed to pull \"r.io/a:1\": 401\n"},
        {"  level=warn host=\"r.io:5000\" msg=\"trying next host\" "
         "ts=2026-11-23T16:28:59Z caller=a.go:1 error=refused",
         "logfmt warning\n"
         "stamp: 2026-11-23T16:28:59.000000Z exact\n"
         "message: trying next host\n"
         "error: refused\n"
         "host: r.io:5000\n"},
        {"msg=\"a\\nb\" level=info", "logfmt info\nmessage: a\nb\n"},
        {"level=fatal err=x", "logfmt error\nerror: x\n"},
        {"level=odd msg=a msg=b", "logfmt unknown\nmessage: b\n"},
        {"level=error msg=\"PullImage \"r.io/a:1\" failed\" "
         "error=\"failed to pull \"r.io/a:1\": 401\"",
         "logfmt error\n"
         "message: PullImage \"r.io/a:1\" failed\n"
         "error: failed to pull \"r.io/a:1\": 401\n"},
        {"level=error msg=\"PullImage \"r.io/a:1\" was cut",
         "logfmt error\nmessage: PullImage \"r.io/a:1\" was cut\n"},
        {"level=error msg=\"never ends", "logfmt error\nmessage: never ends\n"},
        {"time=\"yesterday\" level=info msg=x size=2",
         "logfmt info\nmessage: x\n"},
        {"level=debug size=2",
         "broken logfmt info\nmessage: level=debug size=2\n"},
    };

    decoded_check(FORMAT_LOGFMT, cases, COUNT(cases));
}

static void
knows_its_own(void **state)
{
    (void)state;

    static const struct {
        const char *line;
        bool looks;
    } cases[] = {
        {"time=\"x\" level=info msg=y", true},
        {"  msg=y level=info", true},
        {"error=x host=y level=info", true},
        {"FOO=bar level=info msg=y", false},
        {"time=5", false},
        {"the level=info msg=y", false},
        {"=level=info msg=", false},
        {"", false},
    };

    for (size_t i = 0; i < COUNT(cases); i++) {
        assert_int_equal(logfmt_looks(slice_from(cases[i].line)),
                         cases[i].looks);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_keys_in_any_order),
        cmocka_unit_test(knows_its_own),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
