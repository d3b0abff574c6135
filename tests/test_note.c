/* SPDX-License-Identifier: Apache-2.0 */
#include "river.h"

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

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(facts_come_from_what_is_piped_in),
    };
    return cmocka_run_group_tests(tests, river_open_world, river_close_world);
}
