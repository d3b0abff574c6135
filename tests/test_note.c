/* SPDX-License-Identifier: Apache-2.0 */
#include "river.h"
#include "text.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#define IMAGE "x.azurecr.io/cart:2"

#define REFUSED                                                           \
    "failed to pull and unpack image \\\"" IMAGE                          \
    "\\\": failed to resolve reference \\\"" IMAGE                        \
    "\\\": failed to authorize: failed to fetch oauth token: unexpected " \
    "status: 401 Unauthorized"
#define POD                                                         \
    "{\"kind\":\"Pod\",\"metadata\":{\"name\":\"cart-0\","          \
    "\"namespace\":\"shop\"},\"spec\":{\"imagePullSecrets\":["      \
    "{\"name\":\"regcred\"},{\"name\":\"other\"}]},\"status\":"     \
    "{\"containerStatuses\":[{\"name\":\"cart\",\"image\":\"" IMAGE \
    "\",\"state\":{\"waiting\":{\"reason\":\"ErrImagePull\","       \
    "\"message\":\"" REFUSED "\"}}}]}}\n"

/* The whole way, from bytes. */
static void
facts_come_from_what_is_piped_in(void **state)
{
    static const struct {
        const char *text;
        enum fact fact;
        const char *value;
    } cases[] = {
        {POD, FACT_SECRET, "regcred"},
        {"apiVersion: v1\nkind: Pod\nmetadata:\n  name: cart-0\n"
         "  namespace: shop\nspec:\n  imagePullSecrets:\n  - name: regcred\n"
         "status:\n  containerStatuses:\n  - name: cart\n    image: " IMAGE
         "\n    state:\n      waiting:\n        reason: ErrImagePull\n"
         "        message: \"" REFUSED "\"\n",
         FACT_SECRET, "regcred"},
        {POD "{\n  \"loginServer\": \"x.azurecr.io\",\n"
             "  \"roleAssignmentMode\": \"AbacRepositoryPermissions\",\n"
             "  \"type\": \"Microsoft.ContainerRegistry/registries\"\n}\n",
         FACT_ACR_ROLE_MODE, "AbacRepositoryPermissions"},
        {"[{\"roleAssignmentMode\":\"LegacyRegistryPermissions\","
         "\"loginServer\":\"x.azurecr.io\"},"
         "{\"roleAssignmentMode\":\"AbacRepositoryPermissions\","
         "\"loginServer\":\"y.azurecr.io\"}]\n" POD,
         FACT_ACR_ROLE_MODE, "LegacyRegistryPermissions"},
        {POD "{\"loginServer\":\"y.azurecr.io\","
             "\"roleAssignmentMode\":\"AbacRepositoryPermissions\"}\n",
         FACT_ACR_ROLE_MODE, NULL},
        {POD "{\"loginServer\":\"x.azurecr.io\","
             "\"roleAssignmentMode\":\"AbacSomethingNew\"}\n",
         FACT_ACR_ROLE_MODE, NULL},
    };

    for (size_t i = 0; i < COUNT(cases); i++) {
        struct run run;
        river_run(&run, *state, NULL, slice_from(cases[i].text), SIZE_MAX);
        assert_int_equal(ledger_count(run.ledger), 1);
        struct slice got =
            incident_fact(ledger_at(run.ledger, 0), cases[i].fact);
        if (!slice_equal(got, slice_from(cases[i].value))) {
            fail_msg("case %zu gives \"%.*s\"", i, SLICE_ARG(got));
        }
        river_kill(&run);
    }
}

#define HEAD "NAMESPACE   LAST SEEN   TYPE      REASON      OBJECT   MESSAGE\n"
#define ASSIGNED                                                           \
    "shop        5m          Normal    Scheduled   pod/a-0  Successfully " \
    "assigned shop/a-0 to aks-1\n"
#define FULL                                                                 \
    "shop        4m          Warning   Failed      pod/a-0  Failed to pull " \
    "image \"" IMAGE "\": failed to pull and unpack image \"" IMAGE          \
    "\": failed to extract layer sha256:0123: write /var/lib/x: no space "   \
    "left on device\n"

/* In a table the scheduler alone tells the node; it is not what it is known by,
 * since another run may see the failure and not the scheduler. */
static void
the_node_comes_from_the_scheduler(void **state)
{
    static const struct {
        const char *text;
        const char *node;
    } cases[] = {
        {HEAD ASSIGNED FULL, "aks-1"},
        {HEAD FULL, ""},
        {HEAD
         "shop        5m          Normal    Scheduled   pod/a-0  Successfully "
         "assigned shop/a-0 to $(reboot)\n" FULL,
         ""},
        {HEAD
         "shop        5m          Normal    Pulling     pod/a-0  Successfully "
         "assigned shop/a-0 to aks-1\n" FULL,
         ""},
        {HEAD FULL ASSIGNED, ""},
        {HEAD
         "mail        5m          Normal    Scheduled   pod/a-0  Successfully "
         "assigned mail/a-0 to aks-1\n" FULL,
         ""},
        {"{\"kind\":\"Event\",\"metadata\":{\"uid\":\"u-1\"},"
         "\"involvedObject\":{\"kind\":\"Pod\",\"namespace\":\"shop\","
         "\"name\":\"a-0\"},\"reason\":\"Scheduled\",\"message\":"
         "\"Successfully assigned shop/a-0 to aks-1\"}\n" HEAD FULL,
         ""},
    };

    for (size_t i = 0; i < COUNT(cases); i++) {
        struct run run;
        river_run(&run, *state, NULL, slice_from(cases[i].text), SIZE_MAX);
        assert_int_equal(ledger_count(run.ledger), 1);
        const struct incident *incident = ledger_at(run.ledger, 0);
        assert_text(incident->key, "disk-full|shop/a-0");
        assert_text(incident_fact(incident, FACT_NODE), cases[i].node);
        assert_int_equal(incident->affected_count, 1);
        assert_text(incident->affected[0].node, cases[i].node);
        river_kill(&run);
    }
}

/* Of one namespace kubectl prints no column for it. */
static void
the_namespace_comes_from_the_scheduler(void **state)
{
    static const char table[] =
        "LAST SEEN   TYPE      REASON      OBJECT    MESSAGE\n"
        "5m          Normal    Scheduled   pod/a-0   Successfully assigned "
        "shop/a-0 to aks-1\n"
        "4m          Warning   BackOff     pod/a-0   Back-off pulling image "
        "\"" IMAGE "\"\n"
        "4m          Warning   BackOff     pod/b-0   Back-off pulling image "
        "\"y.azurecr.io/mail:1\"\n";

    struct run run;
    river_run(&run, *state, NULL, slice_from(table), SIZE_MAX);
    assert_int_equal(ledger_count(run.ledger), 2);
    for (size_t i = 0; i < 2; i++) {
        const struct affected *row = &ledger_at(run.ledger, i)->affected[0];
        bool is_known = slice_equal(row->pod, SLICE("a-0"));
        assert_text(row->namespace, is_known ? "shop" : "");
        assert_text(row->node, is_known ? "aks-1" : "");
    }
    river_kill(&run);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_node_comes_from_the_scheduler),
        cmocka_unit_test(the_namespace_comes_from_the_scheduler),
        cmocka_unit_test(facts_come_from_what_is_piped_in),
    };
    return cmocka_run_group_tests(tests, river_open_world, river_close_world);
}
