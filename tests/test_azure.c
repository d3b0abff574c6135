/* SPDX-License-Identifier: Apache-2.0 */
#include "base/buf.h"
#include "report/azure.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#define SUBSCRIPTION "8ecadfc9-d1a3-4ea4-b844-0d9f87e4d7c8"
#define TENANT       "72f988bf-86f1-41af-91ab-2d7cd011db47"
#define CLIENT       "0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0"
#define SECRET       "s3cret~Hx.Q8"

static const char managed[] =
    "{\n"
    "  \"cloud\": \"AzurePublicCloud\",\n"
    "  \"tenantId\": \"" TENANT "\",\n"
    "  \"subscriptionId\": \"" SUBSCRIPTION "\",\n"
    "  \"aadClientId\": \"msi\",\n"
    "  \"aadClientSecret\": \"" SECRET "\",\n"
    "  \"resourceGroup\": \"MC_rg_aks_westeurope\",\n"
    "  \"location\": \"westeurope\",\n"
    "  \"vmType\": \"vmss\",\n"
    "  \"subnetName\": \"aks-subnet\",\n"
    "  \"securityGroupName\": \"aks-agentpool-nsg\",\n"
    "  \"vnetName\": \"aks-vnet-1\",\n"
    "  \"vnetResourceGroup\": \"\",\n"
    "  \"routeTableName\": \"aks-routetable\",\n"
    "  \"primaryScaleSetName\": \"aks-nodepool1-vmss\",\n"
    "  \"useManagedIdentityExtension\": true,\n"
    "  \"userAssignedIdentityID\": \"" CLIENT "\"\n"
    "}\n";

struct expected {
    enum fact fact;
    const char *value; /* NULL: unknown */
};

static void
check_facts(const struct facts *facts, const struct expected *rows,
            size_t count)
{
    for (size_t i = 0; i < count; i++) {
        struct slice value = facts->value[rows[i].fact];
        if (!slice_equal(value, slice_from(rows[i].value))) {
            fail_msg("%s is \"%.*s\"", fact_row(rows[i].fact)->name,
                     SLICE_ARG(value));
        }
    }
}

static void
check_no_secret(const struct facts *facts)
{
    for (size_t i = 0; i < FACTS; i++) {
        assert_true(slice_find(facts->value[i], SLICE(SECRET)) == SLICE_NONE);
    }
}

static void
a_managed_cluster(void **state)
{
    (void)state;

    static const struct expected rows[] = {
        {FACT_SUBSCRIPTION, SUBSCRIPTION},
        {FACT_TENANT, TENANT},
        {FACT_CLOUD, "AzureCloud"},
        {FACT_NODE_RESOURCE_GROUP, "MC_rg_aks_westeurope"},
        {FACT_RESOURCE_GROUP, NULL},
        {FACT_CLUSTER, NULL},
        {FACT_LOCATION, "westeurope"},
        {FACT_VNET, "aks-vnet-1"},
        {FACT_VNET_RESOURCE_GROUP, "MC_rg_aks_westeurope"},
        {FACT_SUBNET, "aks-subnet"},
        {FACT_NSG, "aks-agentpool-nsg"},
        {FACT_ROUTE_TABLE, "aks-routetable"},
        {FACT_VMSS, "aks-nodepool1-vmss"},
        {FACT_IDENTITY, "managed"},
        {FACT_KUBELET_CLIENT_ID, CLIENT},
        {FACT_SERVICE_PRINCIPAL_ID, NULL},
    };

    struct arena arena = {0};
    struct facts facts = {0};
    struct fault fault;
    assert_true(azure_read_config(slice_from(managed), &facts, &arena, &fault));
    check_facts(&facts, rows, COUNT(rows));
    check_no_secret(&facts);
    arena_free(&arena);
}

static void
what_is_known_stands(void **state)
{
    (void)state;
    struct arena arena = {0};
    struct facts facts = {.value = {[FACT_VNET] = SLICE("mine")}};
    struct fault fault;
    assert_true(azure_read_config(slice_from(managed), &facts, &arena, &fault));
    assert_true(slice_equal(facts.value[FACT_VNET], SLICE("mine")));
    arena_free(&arena);
}

/* Each text has one known field more, so that it is taken for the file. */
static void
odd_values_are_left_out(void **state)
{
    (void)state;

    static const struct {
        const char *fields;
        struct expected expected;
    } cases[] = {
        {"\"aadClientId\":\"" CLIENT "\"", {FACT_SERVICE_PRINCIPAL_ID, CLIENT}},
        {"\"aadClientId\":\"" CLIENT "\"",
         {FACT_IDENTITY, "service-principal"}},
        {"\"aadClientId\":\"MSI\"", {FACT_IDENTITY, "managed"}},
        {"\"aadClientId\":\"\"", {FACT_IDENTITY, NULL}},
        {"\"aadClientId\":\"x;id\"", {FACT_SERVICE_PRINCIPAL_ID, NULL}},
        {"\"aadClientId\":\"x;id\"", {FACT_IDENTITY, NULL}},
        {"\"aadClientId\":\"msi\",\"userAssignedIdentityID\":\"/subs\"",
         {FACT_KUBELET_CLIENT_ID, NULL}},
        {"\"cloud\":\"AzureUSGovernmentCloud\"",
         {FACT_CLOUD, "AzureUSGovernment"}},
        {"\"cloud\":\"AzureStackCloud\"", {FACT_CLOUD, NULL}},
        {"\"vnetName\":\"a'; rm -rf ~ #\"", {FACT_VNET, NULL}},
        {"\"vnetName\":\"$(id)\"", {FACT_VNET, NULL}},
        {"\"vnetName\":\"--all\"", {FACT_VNET, NULL}},
        {"\"vnetName\":7", {FACT_VNET, NULL}},
        {"\"vnetName\":null", {FACT_VNET, NULL}},
        {"\"vnetName\":{\"a\":[\"" SECRET "\"]}", {FACT_VNET, NULL}},
        {"\"vnetname\":\"other-case\"", {FACT_VNET, NULL}},
        {"\"vnetName\":\"\\u001b[2J\"", {FACT_VNET, NULL}},
        {"\"vnetName\":\"v\",\"vnetResourceGroup\":\"net\"",
         {FACT_VNET_RESOURCE_GROUP, "net"}},
        {"\"aadClientSecret\":\"plainword\"",
         {FACT_SERVICE_PRINCIPAL_ID, NULL}},
    };

    for (size_t i = 0; i < COUNT(cases); i++) {
        struct arena arena = {0};
        struct facts facts = {0};
        struct fault fault = {0};
        struct buf text = {0};
        buf_print(&text, "{\"location\":\"eastus\",%s}", cases[i].fields);
        assert_true(
            azure_read_config(buf_slice(&text), &facts, &arena, &fault));
        check_facts(&facts, &cases[i].expected, 1);
        check_no_secret(&facts);
        buf_free(&text);
        arena_free(&arena);
    }
}

static void
a_fault_tells_the_place_and_no_secret(void **state)
{
    (void)state;

    static const struct {
        const char *text;
        const char *said;
    } cases[] = {
        {"", "empty"},
        {"{", "line 1, column"},
        {"{\n \"aadClientSecret\": \"" SECRET "\n \"x", "line "},
        {"{\n \"aadClientSecret\": " SECRET " }", "line 2, column 21"},
        {"{\"location\":\"eastus\"} " SECRET, "line 1, column 22"},
        {"[\"" SECRET "\"]", "no subscriptionId"},
        {"\"" SECRET "\"", "no subscriptionId"},
        {"{\"aadClientSecret\":\"" SECRET "\"}", "no subscriptionId"},
        {"null", "no subscriptionId"},
        {SECRET, "line 1, column 1"},
    };

    for (size_t i = 0; i < COUNT(cases); i++) {
        struct arena arena = {0};
        struct facts facts = {0};
        struct fault fault = {0};
        assert_false(azure_read_config(slice_from(cases[i].text), &facts,
                                       &arena, &fault));
        assert_int_equal(fault.kind, FAULT_INPUT);
        if (!strstr(fault.text, cases[i].said)) {
            fail_msg("%s\ngave %s", cases[i].text, fault.text);
        }
        assert_null(strstr(fault.text, SECRET));
        check_no_secret(&facts);
        arena_free(&arena);
    }
}

/* Cut anywhere: a fault or the facts, and nothing read beyond the end. */
static void
a_file_cut_anywhere_does_no_harm(void **state)
{
    (void)state;
    for (size_t len = 0; len < sizeof(managed) - 1; len++) {
        struct arena arena = {0};
        struct facts facts = {0};
        struct fault fault = {0};
        char *copy = mem_new(len > 0 ? len : 1); /* its end is guarded */
        memcpy(copy, managed, len);
        bool ok =
            azure_read_config(slice_of(copy, len), &facts, &arena, &fault);
        assert_true(ok == (len + 1 == sizeof(managed) - 1));
        assert_null(strstr(fault.text, SECRET));
        mem_free(copy);
        arena_free(&arena);
    }
}

static void
huge_and_deep_files_are_refused(void **state)
{
    (void)state;
    struct arena arena = {0};
    struct facts facts = {0};
    struct fault fault = {0};
    struct buf text = {0};
    for (size_t i = 0; i < AZURE_CONFIG_MAX; i++) {
        buf_add_byte(&text, '[');
    }
    assert_false(azure_read_config(buf_slice(&text), &facts, &arena, &fault));
    buf_add_byte(&text, '[');
    assert_false(azure_read_config(buf_slice(&text), &facts, &arena, &fault));
    assert_non_null(strstr(fault.text, "larger than 64 KiB"));
    buf_free(&text);
    arena_free(&arena);
}

#define COMPUTE "/resourceGroups/mc_rg/providers/Microsoft.Compute"
#define SET     "/virtualMachineScaleSets/aks-pool-1-vmss"

static void
a_provider_id_names_the_scale_set(void **state)
{
    (void)state;

    static const struct {
        const char *id;
        const char *vmss;
        bool is_one;
    } cases[] = {
        {"azure:///subscriptions/" SUBSCRIPTION COMPUTE SET
         "/virtualMachines/0",
         "aks-pool-1-vmss", true},
        {"azure:///SUBSCRIPTIONS/" SUBSCRIPTION
         "/resourcegroups/mc_rg/providers/microsoft.compute" SET
         "/virtualmachines/12",
         "aks-pool-1-vmss", true},
        {"azure:///subscriptions/" SUBSCRIPTION COMPUTE "/virtualMachines/vm-0",
         NULL, true},
        {"azure:///subscriptions/" SUBSCRIPTION COMPUTE SET, NULL, false},
        {"azure:///subscriptions/" SUBSCRIPTION COMPUTE SET "/virtualMachines/",
         NULL, false},
        {"azure:///subscriptions/" SUBSCRIPTION COMPUTE SET
         "/virtualMachines/0/more",
         NULL, false},
        {"azure:///subscriptions/none" COMPUTE SET "/virtualMachines/0", NULL,
         false},
        {"azure:///subscriptions/" SUBSCRIPTION COMPUTE
         "/virtualMachineScaleSets/$(id)/virtualMachines/0",
         NULL, false},
        {"azure:///subscriptions/" SUBSCRIPTION
         "/resourceGroups/a;b/providers/Microsoft.Compute" SET
         "/virtualMachines/0",
         NULL, false},
        {"azure:///subscriptions/" SUBSCRIPTION "/resourceGroups/mc_rg/"
         "providers/Microsoft.Web" SET "/virtualMachines/0",
         NULL, false},
        {"aws:///eu-west-1a/i-0123456789abcdef0", NULL, false},
        {"azure://", NULL, false},
        {"", NULL, false},
    };

    for (size_t i = 0; i < COUNT(cases); i++) {
        struct facts facts = {0};
        bool is_one = azure_read_provider_id(slice_from(cases[i].id), &facts);
        if (is_one != cases[i].is_one) {
            fail_msg("%s was %s", cases[i].id, is_one ? "taken" : "refused");
        }
        const struct expected rows[] = {
            {FACT_VMSS, cases[i].vmss},
            {FACT_SUBSCRIPTION, is_one ? SUBSCRIPTION : NULL},
            {FACT_NODE_RESOURCE_GROUP, is_one ? "mc_rg" : NULL},
        };
        check_facts(&facts, rows, COUNT(rows));
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_managed_cluster),
        cmocka_unit_test(what_is_known_stands),
        cmocka_unit_test(odd_values_are_left_out),
        cmocka_unit_test(a_fault_tells_the_place_and_no_secret),
        cmocka_unit_test(a_file_cut_anywhere_does_no_harm),
        cmocka_unit_test(huge_and_deep_files_are_refused),
        cmocka_unit_test(a_provider_id_names_the_scale_set),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
