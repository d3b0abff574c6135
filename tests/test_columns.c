/* SPDX-License-Identifier: Apache-2.0 */
#include "decoded.h"

static void
reads_rows_without_a_head(void **state)
{
    (void)state;

    static const struct decoded_case cases[] = {
        {"8m3s        Warning   Failed      pod/web-0   Failed to pull image "
         "\"a\": b",
         "columns warning\n"
         "stamp: 2026-11-23T17:51:57.000000Z approximate\n"
         "message: Failed to pull image \"a\": b\n"
         "reason: Failed\nkind: pod\npod: web-0\n"},
        {"shop   8m3s   Normal   BackOff   pod/web-0   Back-off  pulling",
         "columns info\n"
         "stamp: 2026-11-23T17:51:57.000000Z approximate\n"
         "message: Back-off  pulling\n"
         "reason: BackOff\nkind: pod\nnamespace: shop\npod: web-0\n"},
        {"59m (x3 over 60m)   Warning   Failed   Pod/web-0   Error: x",
         "columns warning\n"
         "stamp: 2026-11-23T17:01:00.000000Z approximate\n"
         "message: Error: x\n"
         "reason: Failed\nkind: Pod\npod: web-0\ncount: 3\n"
         "first_seen: 2026-11-23T17:00:00.000000Z\n"},
        {"<unknown>   Normal   Scheduled   pod/web-0   Assigned",
         "columns info\nmessage: Assigned\n"
         "reason: Scheduled\nkind: pod\npod: web-0\n"},
        {"5m   Warning   Rebooted   node/aks-1   Node rebooted",
         "columns warning\n"
         "stamp: 2026-11-23T17:55:00.000000Z approximate\n"
         "message: Node rebooted\nreason: Rebooted\nkind: node\n"},
        /* A paste may have lost the wide gaps, or gained some at the left. */
        {"  5m Warning Failed pod/web-0 Error: x",
         "columns warning\n"
         "stamp: 2026-11-23T17:55:00.000000Z approximate\n"
         "message: Error: x\nreason: Failed\nkind: pod\npod: web-0\n"},
    };

    decoded_check(FORMATS, cases, COUNT(cases));
}

static void
reads_wide_rows(void **state)
{
    (void)state;

    static const struct decoded_case cases[] = {
        {"8m   Warning   Failed   pod/web-0   spec.containers{web}   kubelet, "
         "aks-1   Failed to pull   9m   4   web-0.17f",
         "columns warning\n"
         "stamp: 2026-11-23T17:52:00.000000Z approximate\n"
         "message: Failed to pull\n"
         "unit: kubelet\nnode: aks-1\nreason: Failed\nkind: pod\n"
         "pod: web-0\ncontainer: web\ncount: 4\n"
         "first_seen: 2026-11-23T17:51:00.000000Z\n"},
        {"shop   8m   Normal   Scheduled   pod/web-0      default-scheduler   "
         "Assigned   8m   1   web-0.17f",
         "columns info\n"
         "stamp: 2026-11-23T17:52:00.000000Z approximate\n"
         "message: Assigned\n"
         "unit: default-scheduler\nreason: Scheduled\nkind: pod\n"
         "namespace: shop\npod: web-0\n"
         "first_seen: 2026-11-23T17:52:00.000000Z\n"},
        /* Neither SUBOBJECT nor SOURCE, and a message that ends oddly. */
        {"8m   Normal   X   pod/web-0         it took   5m   3   "
         "web-0.17f   <unknown>   2   web-0.18a",
         "columns info\n"
         "stamp: 2026-11-23T17:52:00.000000Z approximate\n"
         "message: it took   5m   3   web-0.17f\n"
         "reason: X\nkind: pod\npod: web-0\ncount: 2\n"},
        {"8m   Normal   X   pod/web-0   it took   5m   3   other.17f",
         "columns info\n"
         "stamp: 2026-11-23T17:52:00.000000Z approximate\n"
         "message: it took   5m   3   other.17f\n"
         "reason: X\nkind: pod\npod: web-0\n"},
    };

    decoded_check(FORMAT_COLUMNS, cases, COUNT(cases));
}

static void
a_head_settles_what_is_open(void **state)
{
    (void)state;

    static const struct decoded_case cases[] = {
        {"LAST SEEN   TYPE     REASON   OBJECT      MESSAGE\n"
         "5m          Normal   X        pod/web-0   y",
         "foreign\n"
         "columns info\n"
         "stamp: 2026-11-23T17:55:00.000000Z approximate\n"
         "message: y\nreason: X\nkind: pod\npod: web-0\n"},
        /* A namespace may be called as an age is written. */
        {"NAMESPACE   LAST SEEN   TYPE     REASON   OBJECT      MESSAGE\n"
         "3d          5m          Normal   X        pod/web-0   y",
         "foreign\n"
         "columns info\n"
         "stamp: 2026-11-23T17:55:00.000000Z approximate\n"
         "message: y\nreason: X\nkind: pod\nnamespace: 3d\npod: web-0\n"},
        {"LAST SEEN   TYPE   REASON   OBJECT   SUBOBJECT   SOURCE   MESSAGE"
         "   FIRST SEEN   COUNT   NAME\n"
         "5m   Normal   X   pod/web-0   kubelet, aks-1   y",
         "foreign\n"
         "columns info\n"
         "stamp: 2026-11-23T17:55:00.000000Z approximate\n"
         "message: y\nunit: kubelet\nnode: aks-1\nreason: X\nkind: pod\n"
         "pod: web-0\n"},
        {"LAST SEEN is not a head",
         "broken plain unknown\nmessage: LAST SEEN is not a head\n"},
        {"5m   Odd   X   pod/web-0   y",
         "broken plain unknown\nmessage: 5m   Odd   X   pod/web-0   y\n"},
    };

    decoded_check(FORMAT_COLUMNS, cases, COUNT(cases));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_rows_without_a_head),
        cmocka_unit_test(reads_wide_rows),
        cmocka_unit_test(a_head_settles_what_is_open),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
