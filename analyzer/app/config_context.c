/* SPDX-License-Identifier: Apache-2.0 */
#include "app/config_context.h"

#include "app/near.h"

#include <string.h>

struct key {
    const char *name;
    enum fact fact;
    const char *words; /* | between; NULL: what the fact's grammar admits */
};

/* What no log says, or only azure.json. The names are those of the facts. */
static const struct key azure_keys[] = {
    {"subscription", FACT_SUBSCRIPTION, NULL},
    {"tenant", FACT_TENANT, NULL},
    {"cloud", FACT_CLOUD,
     "AzureCloud|AzureChinaCloud|AzureUSGovernment|AzureGermanCloud"},
    {"location", FACT_LOCATION, NULL},
    {"cluster", FACT_CLUSTER, NULL},
    {"resource_group", FACT_RESOURCE_GROUP, NULL},
    {"node_resource_group", FACT_NODE_RESOURCE_GROUP, NULL},
    {"vmss", FACT_VMSS, NULL},
    {"vnet", FACT_VNET, NULL},
    {"vnet_resource_group", FACT_VNET_RESOURCE_GROUP, NULL},
    {"subnet", FACT_SUBNET, NULL},
    {"nsg", FACT_NSG, NULL},
    {"route_table", FACT_ROUTE_TABLE, NULL},
    {"zone_resource_group", FACT_PRIVATE_DNS_RESOURCE_GROUP, NULL},
    {"public_ip_name", FACT_PUBLIC_IP_NAME, NULL},
    {"identity", FACT_IDENTITY, "managed|service-principal"},
    {"kubelet_client_id", FACT_KUBELET_CLIENT_ID, NULL},
    {"kubelet_object_id", FACT_KUBELET_OBJECT_ID, NULL},
    {"service_principal_id", FACT_SERVICE_PRINCIPAL_ID, NULL},
    {"bootstrap_acr", FACT_BOOTSTRAP_ACR, NULL},
};

static const struct key registry_keys[] = {
    {"acr", FACT_ACR_NAME, NULL},
    {"id", FACT_ACR_ID, NULL},
    {"region", FACT_ACR_REGION, NULL},
    {"resource_group", FACT_ACR_RESOURCE_GROUP, NULL},
};

bool
config_azure_key(size_t index, const char **key, enum fact *fact)
{
    if (index >= COUNT(azure_keys)) {
        return false;
    }
    *key = azure_keys[index].name;
    *fact = azure_keys[index].fact;
    return true;
}

bool
config_registry_key(size_t index, const char **key, enum fact *fact)
{
    if (index >= COUNT(registry_keys)) {
        return false;
    }
    *key = registry_keys[index].name;
    *fact = registry_keys[index].fact;
    return true;
}

bool
config_is_azure_key(struct slice key)
{
    for (size_t i = 0; i < COUNT(azure_keys); i++) {
        if (option_key_is(key, azure_keys[i].name)) {
            return true;
        }
    }
    return false;
}

bool
config_fact_is_told(struct config_reading *reading, enum fact fact,
                    const struct yaml *node, const char *name)
{
    const struct option_place *place = &reading->options->file_places[fact];
    if (place->level != reading->file->level) {
        return false;
    }
    config_tell(reading, node, "%s: line %d says it already", name,
                place->line);
    return true;
}

static const struct key *
find_key(struct config_reading *reading, const struct yaml *node,
         const struct key *keys, size_t count)
{
    struct near near = {.word = node->key};
    for (size_t i = 0; i < count; i++) {
        if (option_key_is(node->key, keys[i].name)) {
            return &keys[i];
        }
        near_try(&near, keys[i].name);
    }
    config_tell_unknown(reading, node, near.best);
    return NULL;
}

static bool
is_word_of(const char *words, struct slice value)
{
    struct slice rest = slice_from(words);
    struct slice word;
    while (slice_cut(&rest, '|', &word)) {
        if (slice_equal(word, value)) {
            return true;
        }
    }
    return slice_equal(rest, value);
}

/* The value does not stand in the fault: it may be one that was misplaced. */
static bool
read_value(struct config_reading *reading, const struct key *key,
           const struct yaml *node, struct slice *value)
{
    *value = slice_from(config_text(reading, node, key->name));
    if (value->len == 0) {
        return false;
    }
    if (key->words && !is_word_of(key->words, *value)) {
        config_tell(reading, node, "%s: none of %s", key->name, key->words);
        return false;
    }
    if (!fact_is_sound(key->fact, *value)) {
        config_tell(reading, node,
                    "%s: the value cannot be a name of that kind", key->name);
        return false;
    }
    return true;
}

static void
read_azure_key(struct config_reading *reading, const struct yaml *node)
{
    struct options *options = reading->options;
    const struct key *key =
        find_key(reading, node, azure_keys, COUNT(azure_keys));
    struct slice value;
    if (key && !config_fact_is_told(reading, key->fact, node, key->name)
        && read_value(reading, key, node, &value)) {
        options->file_facts.value[key->fact] = value;
        options->file_places[key->fact] = config_place(reading, node);
    }
}

void
config_read_azure(struct config_reading *reading, const struct yaml *node)
{
    if (node->kind != YAML_MAP) {
        config_tell(reading, node, "azure: a map is wanted: {vnet: NAME, ...}");
        return;
    }
    for (const struct yaml *at = node->first; at; at = at->next) {
        if (!config_is_told_before(reading, node, at)) {
            read_azure_key(reading, at);
        }
    }
}

static void
read_registry(struct config_reading *reading, const struct yaml *node)
{
    struct arena *memory = &reading->options->memory;
    struct context_registry *registry = arena_alloc(memory, sizeof(*registry));
    if (!fact_is_sound(FACT_REGISTRY, node->key)) {
        config_tell(reading, node, "registries: '%.*s' is no host",
                    SLICE_ARG(node->key));
        return;
    }
    if (node->kind != YAML_MAP) {
        config_tell(reading, node,
                    "%.*s: a map is wanted: {acr: NAME, resource_group: NAME}",
                    SLICE_ARG(node->key));
        return;
    }
    for (const struct yaml *at = node->first; at; at = at->next) {
        const struct key *key = NULL;
        struct slice value;
        if (!config_is_told_before(reading, node, at)) {
            key = find_key(reading, at, registry_keys, COUNT(registry_keys));
        }
        if (key && read_value(reading, key, at, &value)) {
            registry->facts.value[key->fact] = value;
        }
    }
    const struct option_place place = config_place(reading, node);
    struct buf origin = {0};
    config_add_place(&origin, &place);
    registry->origin = arena_copy(memory, buf_slice(&origin));
    buf_free(&origin);
    registry->host = arena_copy(memory, node->key);
    registry->next = reading->options->registries;
    reading->options->registries = registry;
}

void
config_read_registries(struct config_reading *reading, const struct yaml *node)
{
    if (node->kind != YAML_MAP) {
        config_tell(reading, node,
                    "registries: a map is wanted: {HOST: {acr: "
                    "NAME, resource_group: NAME}}");
        return;
    }
    for (const struct yaml *at = node->first; at; at = at->next) {
        if (!config_is_told_before(reading, node, at)) {
            read_registry(reading, at);
        }
    }
}
