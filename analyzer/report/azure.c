/* SPDX-License-Identifier: Apache-2.0 */
#include "report/azure.h"

#include <cjson/cJSON.h>

/*
 * As the node's bootstrap script writes /etc/kubernetes/azure.json. What is not
 * named here is never looked at, aadClientSecret before all.
 */
static const struct {
    const char *field;
    enum fact fact;
} fields[] = {
    {"subscriptionId", FACT_SUBSCRIPTION},
    {"tenantId", FACT_TENANT},
    {"resourceGroup", FACT_NODE_RESOURCE_GROUP},
    {"location", FACT_LOCATION},
    {"vnetName", FACT_VNET},
    {"vnetResourceGroup", FACT_VNET_RESOURCE_GROUP},
    {"subnetName", FACT_SUBNET},
    {"securityGroupName", FACT_NSG},
    {"routeTableName", FACT_ROUTE_TABLE},
    {"primaryScaleSetName", FACT_VMSS},
};

/* The file has the cloud's name in Azure's libraries; az has its own. */
static const struct {
    const char *file;
    const char *az;
} clouds[] = {
    {"AzurePublicCloud", "AzureCloud"},
    {"AzureCloud", "AzureCloud"},
    {"AzureChinaCloud", "AzureChinaCloud"},
    {"AzureUSGovernmentCloud", "AzureUSGovernment"},
    {"AzureUSGovernment", "AzureUSGovernment"},
    {"AzureGermanCloud", "AzureGermanCloud"},
};

static bool
learn(struct facts *facts, enum fact fact, struct slice value,
      struct arena *arena)
{
    if (!fact_is_sound(fact, value)) {
        return false;
    }
    if (facts->value[fact].len == 0) {
        facts->value[fact] = arena_copy(arena, value);
    }
    return true;
}

static struct slice
string_of(const cJSON *root, const char *field)
{
    return slice_from(
        cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(root, field)));
}

static void
read_cloud(const cJSON *root, struct facts *facts, struct arena *arena)
{
    struct slice cloud = string_of(root, "cloud");
    for (size_t i = 0; i < COUNT(clouds); i++) {
        if (slice_equal_nocase(cloud, slice_from(clouds[i].file))) {
            learn(facts, FACT_CLOUD, slice_from(clouds[i].az), arena);
        }
    }
}

/* "msi" stands for a managed identity; anything else is an application. */
static void
read_identity(const cJSON *root, struct facts *facts, struct arena *arena)
{
    const cJSON *extension =
        cJSON_GetObjectItemCaseSensitive(root, "useManagedIdentityExtension");
    struct slice client = string_of(root, "aadClientId");
    if (cJSON_IsTrue(extension) || slice_equal_nocase(client, SLICE("msi"))) {
        learn(facts, FACT_IDENTITY, SLICE("managed"), arena);
        learn(facts, FACT_KUBELET_CLIENT_ID,
              string_of(root, "userAssignedIdentityID"), arena);
    } else if (learn(facts, FACT_SERVICE_PRINCIPAL_ID, client, arena)) {
        learn(facts, FACT_IDENTITY, SLICE("service-principal"), arena);
    }
}

/* An empty group means that the network is in that of the nodes. */
static void
read_network_group(const cJSON *root, struct facts *facts, struct arena *arena)
{
    if (string_of(root, "vnetName").len > 0
        && string_of(root, "vnetResourceGroup").len == 0) {
        learn(facts, FACT_VNET_RESOURCE_GROUP, string_of(root, "resourceGroup"),
              arena);
    }
}

/* What freed memory would keep otherwise. */
static void
wipe(const cJSON *root)
{
    const cJSON *item;
    cJSON_ArrayForEach(item, root)
    {
        if (cJSON_IsString(item) && item->valuestring) {
            mem_wipe(item->valuestring, slice_from(item->valuestring).len);
        }
    }
}

/* No word of the text: where it is damaged, the secret may stand. */
static bool
refuse(struct slice text, const char *end, struct fault *fault)
{
    size_t line = 1;
    size_t column = 1;
    for (const char *at = text.data; at && at < end; at++) {
        column++;
        if (*at == '\n') {
            line++;
            column = 1;
        }
    }
    return fault_set(fault, FAULT_INPUT, 0,
                     "line %zu, column %zu: damaged JSON; give the file as it "
                     "is on the node",
                     line, column);
}

static bool
read_object(const cJSON *root, struct facts *facts, struct arena *arena,
            struct fault *fault)
{
    size_t known = 0;
    for (size_t i = 0; i < COUNT(fields); i++) {
        struct slice value = string_of(root, fields[i].field);
        known += value.len > 0;
        learn(facts, fields[i].fact, value, arena);
    }
    if (known == 0) {
        return fault_set(fault, FAULT_INPUT, 0,
                         "no subscriptionId, resourceGroup or other field of "
                         "an azure.json in it; on a node of AKS the file is "
                         "/etc/kubernetes/azure.json");
    }
    read_network_group(root, facts, arena);
    read_cloud(root, facts, arena);
    read_identity(root, facts, arena);
    return true;
}

bool
azure_read_config(struct slice text, struct facts *facts, struct arena *arena,
                  struct fault *fault)
{
    const char *end = text.data;
    if (text.len > AZURE_CONFIG_MAX) {
        return fault_set(fault, FAULT_INPUT, 0,
                         "larger than %d KiB, so it is no azure.json",
                         AZURE_CONFIG_MAX / 1024);
    }
    if (text.len == 0) {
        return fault_set(fault, FAULT_INPUT, 0,
                         "empty; give the file as it is on the node");
    }
    cJSON *root = cJSON_ParseWithLengthOpts(text.data, text.len, &end, false);
    size_t used = end ? (size_t)(end - text.data) : 0;
    bool ok = root && slice_trim(slice_after(text, used)).len == 0;
    ok = ok ? read_object(root, facts, arena, fault) : refuse(text, end, fault);
    wipe(root);
    cJSON_Delete(root);
    return ok;
}

/* Takes "/NAME/VALUE" off the front; Azure does not heed the name's case. */
static bool
take_pair(struct slice *rest, const char *name, struct slice *value)
{
    struct slice left = *rest;
    struct slice word;
    if (!slice_skip(&left, SLICE("/")) || !slice_cut(&left, '/', &word)
        || !slice_equal_nocase(word, slice_from(name))) {
        return false;
    }
    size_t slash = slice_find_byte(left, '/');
    *value = slice_before(left, slash);
    *rest = slash == SLICE_NONE ? slice_of(NULL, 0) : slice_after(left, slash);
    return true;
}

/*
 * azure:///subscriptions/S/resourceGroups/G/providers/Microsoft.Compute/
 * virtualMachineScaleSets/V/virtualMachines/0, or with virtualMachines/NAME
 * alone where there is no scale set.
 */
bool
azure_read_provider_id(struct slice id, struct facts *facts)
{
    struct slice subscription;
    struct slice group;
    struct slice provider;
    struct slice set = slice_of(NULL, 0);
    struct slice machine;
    struct slice rest = id;
    if (!slice_skip(&rest, SLICE("azure://"))
        || !take_pair(&rest, "subscriptions", &subscription)
        || !take_pair(&rest, "resourceGroups", &group)
        || !take_pair(&rest, "providers", &provider)
        || !slice_equal_nocase(provider, SLICE("Microsoft.Compute"))) {
        return false;
    }
    bool has_set = take_pair(&rest, "virtualMachineScaleSets", &set);
    if (!take_pair(&rest, "virtualMachines", &machine) || rest.len > 0
        || machine.len == 0 || !fact_is_sound(FACT_SUBSCRIPTION, subscription)
        || !fact_is_sound(FACT_NODE_RESOURCE_GROUP, group)
        || (has_set && !fact_is_sound(FACT_VMSS, set))) {
        return false;
    }
    const struct facts found = {.value = {[FACT_SUBSCRIPTION] = subscription,
                                          [FACT_NODE_RESOURCE_GROUP] = group,
                                          [FACT_VMSS] = set}};
    for (size_t i = 0; i < FACTS; i++) {
        if (facts->value[i].len == 0) {
            facts->value[i] = found.value[i];
        }
    }
    return true;
}
