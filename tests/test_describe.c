/* SPDX-License-Identifier: Apache-2.0 */
#include "decoded.h"

#define POD                     \
    "Name:             web-0\n" \
    "Namespace:        shop\n"  \
    "Node:             aks-1/10.224.0.4\n"
#define POD_READ "foreign\nforeign\nforeign\n"

static void
reads_rows_of_events(void **state)
{
    (void)state;

    static const struct decoded_case cases[] = {
        {POD "Events:\n"
             "  Type     Reason  Age                From     Message\n"
             "  ----     ------  ----               ----     -------\n"
             "  Warning  Failed  3m (x4 over 5m)    kubelet  Failed: \"a\"",
         POD_READ "foreign\nforeign\nforeign\n"
                  "describe warning\n"
                  "stamp: 2026-11-23T17:57:00.000000Z approximate\n"
                  "message: Failed: \"a\"\n"
                  "unit: kubelet\nnode: aks-1\nreason: Failed\n"
                  "namespace: shop\npod: web-0\ncount: 4\n"
                  "first_seen: 2026-11-23T17:55:00.000000Z\n"},
        {"  Normal   BackOff  10s  kubelet, aks-2  Back-off",
         "describe info\n"
         "stamp: 2026-11-23T17:59:50.000000Z approximate\n"
         "message: Back-off\nunit: kubelet\nnode: aks-2\nreason: BackOff\n"},
        {"  Normal   BackOff  10s  kubelet  spec.containers{web}: Back-off",
         "describe info\n"
         "stamp: 2026-11-23T17:59:50.000000Z approximate\n"
         "message: Back-off\nunit: kubelet\nreason: BackOff\n"
         "container: web\n"},
        /* A paste that lost its gaps. */
        {"Warning Failed 10s kubelet, aks-2 Error: x",
         "describe warning\n"
         "stamp: 2026-11-23T17:59:50.000000Z approximate\n"
         "message: Error: x\nunit: kubelet\nnode: aks-2\nreason: Failed\n"},
        {"  Warning  Failed  10s  kubelet",
         "describe warning\n"
         "stamp: 2026-11-23T17:59:50.000000Z approximate\n"
         "unit: kubelet\nreason: Failed\n"},
    };

    decoded_check(FORMATS, cases, COUNT(cases));
}

static void
reads_why_a_container_waits(void **state)
{
    (void)state;

    static const struct decoded_case cases[] = {
        {POD "Containers:\n"
             "  web:\n"
             "    Image:          r.io/a:1\n"
             "    State:          Waiting\n"
             "      Reason:       ErrImagePull\n"
             "      Message:      no: more\n"
             "    Last State:     Terminated\n"
             "      Reason:       Error\n"
             "  2nd:\n"
             "    State:          Waiting\n"
             "      Reason:       ImagePullBackOff\n"
             "QoS Class:  BestEffort\n"
             "  data:\n"
             "Conditions:\n"
             "      Reason:       Other",
         POD_READ "foreign\nforeign\nforeign\nforeign\n"
                  "describe unknown\n"
                  "message: ErrImagePull\nnode: aks-1\n"
                  "reason: ErrImagePull\n"
                  "namespace: shop\npod: web-0\ncontainer: web\n"
                  "image: r.io/a:1\n"
                  "describe unknown\n"
                  "message: no: more\nnode: aks-1\n"
                  "namespace: shop\npod: web-0\ncontainer: web\n"
                  "image: r.io/a:1\n"
                  "plain unknown\nmessage:     Last State:     Terminated\n"
                  "plain unknown\nmessage:       Reason:       Error\n"
                  "foreign\nforeign\n"
                  "describe unknown\n"
                  "message: ImagePullBackOff\nnode: aks-1\n"
                  "reason: ImagePullBackOff\n"
                  "namespace: shop\npod: web-0\ncontainer: 2nd\n"
                  "plain unknown\nmessage: QoS Class:  BestEffort\n"
                  "plain unknown\nmessage:   data:\n"
                  "plain unknown\nmessage: Conditions:\n"
                  "plain unknown\nmessage:       Reason:       Other\n"},
    };

    decoded_check(FORMAT_DESCRIBE, cases, COUNT(cases));
}

static void
tells_pods_apart(void **state)
{
    (void)state;

    static const struct decoded_case cases[] = {
        /* Not yet placed on a node. */
        {POD "Name:   web-1\nNamespace:  shop2\nNode:  <none>\n"
             "  Normal  X  0s  kubelet  y",
         POD_READ POD_READ "describe info\n"
                           "stamp: 2026-11-23T18:00:00.000000Z approximate\n"
                           "message: y\nunit: kubelet\nreason: X\n"
                           "namespace: shop2\npod: web-1\n"},
        /* A deployment has no node, and is no pod. */
        {POD "Name:   web\nNamespace:  shop\n"
             "  Normal  X  0s  kubelet  y",
         POD_READ "foreign\nforeign\ndescribe info\n"
                  "stamp: 2026-11-23T18:00:00.000000Z approximate\n"
                  "message: y\nunit: kubelet\nreason: X\n"},
    };

    decoded_check(FORMAT_DESCRIBE, cases, COUNT(cases));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_rows_of_events),
        cmocka_unit_test(reads_why_a_container_waits),
        cmocka_unit_test(tells_pods_apart),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
