/* SPDX-License-Identifier: Apache-2.0 */
#include "desk.h"
#include "scratch.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* cmocka.h needs the headers above. */
#include <cmocka.h>

/* Some of them twice, and some that one number has no room for. */
static void
adds_many_minutes_at_once(void **state)
{
    struct desk desk = {0};
    desk_open(&desk, *state);
    struct incident *incident = desk_unauthorized(&desk);
    for (int i = 0; i < 40; i++) {
        seen(incident, i % 30, (uint64_t)i + 1);
    }
    seen(incident, 30, UINT32_MAX);
    seen(incident, 30, (uint64_t)UINT32_MAX + 1);
    seen(incident, -2 * MINUTE, 7);
    desk_flush(&desk);
    desk_row(&desk, "SELECT count(*), min(minute), max(minute) FROM tally",
             "32|-29398108|29398138");
    desk_row(&desk,
             "SELECT group_concat(count) FROM (SELECT count FROM tally WHERE "
             "minute > 0 ORDER BY minute LIMIT 12)",
             "32,34,36,38,40,42,44,46,48,50,11,12");
    desk_row(&desk, "SELECT max(count), min(count) FROM tally", "8589934591|7");
    for (int i = 0; i < 10; i++) {
        seen(incident, i, 100);
    }
    desk_flush(&desk);
    desk_row(&desk,
             "SELECT group_concat(count) FROM (SELECT count FROM tally WHERE "
             "minute > 0 ORDER BY minute LIMIT 12)",
             "132,134,136,138,140,142,144,146,148,150,11,12");
    desk_close(&desk);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(adds_many_minutes_at_once,
                                        scratch_setup, scratch_teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
