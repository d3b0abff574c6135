/* SPDX-License-Identifier: Apache-2.0 */
#include "decoded.h"

#define SAYS(reason) \
    "columns unknown\nmessage: " reason "\nreason: " reason "\nkind: Pod\n"
#define NODE(reason)                                                     \
    "columns unknown\nmessage: " reason "\nnode: aks-1\nreason: " reason \
    "\nkind: Pod\n"

static void
reads_what_waits_for_its_image(void **state)
{
    (void)state;

    static const struct decoded_case cases[] = {
        {"NAME    READY   STATUS         RESTARTS   AGE\n"
         "web-0   0/1     ErrImagePull   0          5m",
         "foreign\n" SAYS("ErrImagePull") "pod: web-0\n"},
        {"NAMESPACE   NAME    READY   STATUS   RESTARTS   AGE\n"
         "shop        web-0   1/2     ImagePullBackOff   3 (4m2s ago)   5d3h",
         "foreign\n" SAYS("ImagePullBackOff") "namespace: shop\npod: web-0\n"},
        {"web-0   0/1   Init:ImagePullBackOff   0   5m",
         SAYS("ImagePullBackOff") "pod: web-0\n"},
        {"pod/web-0   0/1   ErrImagePull   0   5m",
         SAYS("ErrImagePull") "pod: web-0\n"},
        {"web-0 0/1 InvalidImageName 0 <unknown>",
         SAYS("InvalidImageName") "pod: web-0\n"},
        {"ADDED   shop   web-0   0/1   ErrImageNeverPull   0   0s",
         SAYS("ErrImageNeverPull") "namespace: shop\npod: web-0\n"},
        /* -o wide, before the pod has an address and after */
        {"web-0   0/1   ErrImagePull   0   5m   <none>   aks-1   <none>   "
         "<none>",
         NODE("ErrImagePull") "pod: web-0\n"},
        {"shop   web-0   0/1   ErrImagePull   1 (2s ago)   5m   10.244.1.7   "
         "aks-1   <none>   <none>",
         NODE("ErrImagePull") "namespace: shop\npod: web-0\n"},
        {"web-0   0/1   ErrImagePull   0   5m   <none>   <none>   <none>   "
         "<none>",
         SAYS("ErrImagePull") "pod: web-0\n"},
        {"shop   web-0   0/1   ErrImagePull   0",
         SAYS("ErrImagePull") "namespace: shop\npod: web-0\n"},
        /* --show-labels, which is no address */
        {"web-0   0/1   ErrImagePull   0   5m   app=web,tier=a",
         SAYS("ErrImagePull") "pod: web-0\n"},
    };

    decoded_check(FORMATS, cases, COUNT(cases));
}

static void
other_rows_tell_nothing(void **state)
{
    (void)state;

    static const struct decoded_case cases[] = {
        {"web-0   1/1   Running   0   5m", "foreign\n"},
        {"web-0   0/1   CreateContainerError   0   5m", "foreign\n"},
        {"web-0   0/1   ContainerCreating   0   5m", "foreign\n"},
        {"web-0   0/2   Init:0/1   0   5m", "foreign\n"},
        {"web-0   0/1   Init:CrashLoopBackOff   5 (1m ago)   5m", "foreign\n"},
        {"DELETED   shop   web-0   0/1   ErrImagePull   0   5m", "foreign\n"},
    };

    static const struct decoded_case others[] = {
        /* deployments and stateful sets; prose */
        {"web   0/1   1   0   5m",
         "plain unknown\nmessage: web   0/1   1   0   5m\n"},
        {"web   0/1   5m", "plain unknown\nmessage: web   0/1   5m\n"},
        {"step 1/2 ErrImagePull after 5m",
         "plain unknown\nmessage: step 1/2 ErrImagePull after 5m\n"},
    };

    decoded_check(FORMATS, cases, COUNT(cases));
    decoded_check(FORMATS, others, COUNT(others));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_what_waits_for_its_image),
        cmocka_unit_test(other_rows_tell_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
