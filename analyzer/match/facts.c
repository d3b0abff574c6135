/* SPDX-License-Identifier: Apache-2.0 */
#include "match/facts.h"

#include "base/byte.h"

#include <arpa/inet.h>
#include <assert.h>
#include <string.h>

enum {
    LABEL_MAX = 63,     /* RFC 1123 */
    NAME_MAX_LEN = 253, /* a DNS name */
    TAG_MAX = 128,
    GROUP_MAX = 90, /* an Azure resource group */
    PATH_MAX_LEN = 1024,
    IP_TEXT = 46, /* the longest IPv6 address with its NUL */
};

struct grammar {
    struct fact_row row;
    bool (*fits)(struct slice value);
};

static bool
is_lower(char byte)
{
    return (byte >= 'a' && byte <= 'z') || (byte >= '0' && byte <= '9');
}

static bool
is_alnum(char byte)
{
    return is_lower(byte) || (byte >= 'A' && byte <= 'Z');
}

/*
 * Letters, digits and `marks`, 1 to max bytes. The first byte is never a '-':
 * a value that looks like an option is as dangerous as a quote.
 */
static bool
is_made_of(struct slice value, const char *marks, size_t max)
{
    if (value.len == 0 || value.len > max || value.data[0] == '-') {
        return false;
    }
    for (size_t i = 0; i < value.len; i++) {
        char byte = value.data[i];
        if (!byte_is(byte, BYTE_ALNUM)
            && (byte == '\0' || !strchr(marks, byte))) {
            return false;
        }
    }
    return true;
}

static bool
never(struct slice value)
{
    (void)value;
    return false; /* free text never stands in a command */
}

static bool
is_word(struct slice value)
{
    return is_made_of(value, "_-", LABEL_MAX);
}

static bool
is_digits(struct slice value, uint64_t least, uint64_t most)
{
    uint64_t number;
    return slice_to_u64(value, &number) && number >= least && number <= most;
}

static bool
is_status(struct slice value)
{
    return is_digits(value, 100, 999);
}

static bool
is_port(struct slice value)
{
    return is_digits(value, 1, 65535);
}

static bool
is_ip(struct slice value)
{
    char text[IP_TEXT];
    unsigned char address[16];
    if (value.len == 0 || value.len >= sizeof(text)) {
        return false;
    }
    memcpy(text, value.data, value.len);
    text[value.len] = '\0';
    return strlen(text) == value.len
        && (inet_pton(AF_INET, text, address) == 1
            || inet_pton(AF_INET6, text, address) == 1);
}

/* Lower-case letters, digits and inner dashes. */
static bool
is_dns_label(struct slice value, size_t max)
{
    if (value.len == 0 || value.len > max || value.data[0] == '-'
        || value.data[value.len - 1] == '-') {
        return false;
    }
    for (size_t i = 0; i < value.len; i++) {
        if (!is_lower(value.data[i]) && value.data[i] != '-') {
            return false;
        }
    }
    return true;
}

static bool
is_label(struct slice value)
{
    return is_dns_label(value, LABEL_MAX);
}

/* What Kubernetes calls a subdomain: its labels have no limit of their own. */
static bool
is_subdomain(struct slice value)
{
    struct slice rest = value;
    struct slice label;
    while (slice_cut(&rest, '.', &label)) {
        if (!is_dns_label(label, NAME_MAX_LEN)) {
            return false;
        }
    }
    return is_dns_label(rest, NAME_MAX_LEN) && value.len <= NAME_MAX_LEN;
}

static bool
is_uid(struct slice value)
{
    return is_made_of(value, "-", LABEL_MAX);
}

static bool
is_guid(struct slice value)
{
    if (value.len != 36) {
        return false;
    }
    for (size_t i = 0; i < value.len; i++) {
        bool is_dash = i == 8 || i == 13 || i == 18 || i == 23;
        char byte = value.data[i];
        bool is_hex = is_alnum(byte) && (byte | 0x20) <= 'f';
        if (is_dash ? byte != '-' : !is_hex) {
            return false;
        }
    }
    return true;
}

/* A name, an IPv4 address, or an IPv6 address in brackets; then a port. */
static bool
is_host_port(struct slice value)
{
    size_t colon = slice_find_last(value, ':');
    struct slice host = value;
    if (slice_starts(value, SLICE("["))) {
        size_t end = slice_find_byte(value, ']');
        if (end == SLICE_NONE) {
            return false;
        }
        host = slice_before(slice_after(value, 1), end - 1);
        struct slice rest = slice_after(value, end + 1);
        return is_ip(host)
            && (rest.len == 0
                || (rest.data[0] == ':' && is_port(slice_after(rest, 1))));
    }
    if (colon != SLICE_NONE) {
        host = slice_before(value, colon);
        if (!is_port(slice_after(value, colon + 1))) {
            return false;
        }
    }
    return host.len > 0 && host.data[0] != '.'
        && is_made_of(host, ".-_", NAME_MAX_LEN);
}

/* An address without brackets, or a host with or without a port. */
static bool
is_server(struct slice value)
{
    return is_ip(value) || is_host_port(value);
}

static bool
is_repository(struct slice value)
{
    char before = '/';
    if (value.len == 0 || value.len > PATH_MAX_LEN) {
        return false;
    }
    for (size_t i = 0; i < value.len; i++) {
        char byte = value.data[i];
        bool is_mark = byte == '/' || byte == '.' || byte == '-' || byte == '_';
        bool is_start = before == '/';
        bool is_end = i + 1 == value.len || value.data[i + 1] == '/';
        if (!is_lower(byte) && (!is_mark || is_start || is_end)
            && byte != '/') {
            return false;
        }
        if (byte == '/' && (is_start || i + 1 == value.len)) {
            return false;
        }
        before = byte;
    }
    return true;
}

static bool
is_tag(struct slice value)
{
    return is_made_of(value, "._-", TAG_MAX) && value.data[0] != '.';
}

static bool
is_digest(struct slice value)
{
    struct slice hex = value;
    struct slice algorithm;
    if (!slice_cut(&hex, ':', &algorithm) || hex.len < 32
        || !is_made_of(algorithm, "+._-", LABEL_MAX)) {
        return false;
    }
    for (size_t i = 0; i < hex.len; i++) {
        if (!is_lower(hex.data[i]) || hex.data[i] > 'f') {
            return false;
        }
    }
    return hex.len <= TAG_MAX;
}

/* [host[:port]/]path[:tag][@digest] */
static bool
is_image(struct slice value)
{
    struct slice name = value;
    size_t at = slice_find_byte(value, '@');
    if (at != SLICE_NONE) {
        name = slice_before(value, at);
        if (!is_digest(slice_after(value, at + 1))) {
            return false;
        }
    }
    size_t colon = slice_find_last(name, ':');
    size_t slash = slice_find_last(name, '/');
    if (colon != SLICE_NONE && (slash == SLICE_NONE || colon > slash)) {
        if (!is_tag(slice_after(name, colon + 1))) {
            return false;
        }
        name = slice_before(name, colon);
    }
    struct slice path = name;
    struct slice host;
    if (is_repository(name)) {
        return true;
    }
    return slice_cut(&path, '/', &host) && is_host_port(host)
        && is_repository(path);
}

/* http or https, without user, query or fragment. */
static bool
is_url(struct slice value)
{
    struct slice rest = value;
    if (!slice_skip(&rest, SLICE("https://"))
        && !slice_skip(&rest, SLICE("http://"))) {
        return false;
    }
    size_t slash = slice_find_byte(rest, '/');
    struct slice path = slice_after(rest, slash);
    return is_host_port(slice_before(rest, slash))
        && (path.len == 0 || is_made_of(path, "/._~:%@+,=-", PATH_MAX_LEN));
}

static bool
is_proxy(struct slice value)
{
    return is_url(value) || is_server(value);
}

/* os/arch, and maybe a variant */
static bool
is_platform(struct slice value)
{
    return is_made_of(value, "/._-", LABEL_MAX) && value.data[0] != '/';
}

static bool
is_registry_name(struct slice value)
{
    return value.len >= 5 && is_made_of(value, "", 50);
}

static bool
is_azure_name(struct slice value)
{
    return is_made_of(value, "._()-", GROUP_MAX)
        && value.data[value.len - 1] != '.';
}

static bool
is_azure_id(struct slice value)
{
    return slice_starts(value, SLICE("/subscriptions/"))
        && is_made_of(value, "/._()-", PATH_MAX_LEN);
}

/* Commands that find several facts at once; said once to the reader, too. */
#define FIND_FAILING                                     \
    "kubectl get pods --all-namespaces --output wide | " \
    "grep -E 'ErrImage|ImagePull|InvalidImageName'"
#define FIND_IMAGE                                       \
    "kubectl get pod {{pod}} --namespace {{namespace}} " \
    "--output jsonpath='{.spec.containers[*].image}'"
#define FIND_CLUSTER                                                        \
    "az aks list --query \"[].{cluster:name, resourceGroup:resourceGroup, " \
    "nodeResourceGroup:nodeResourceGroup}\" --output table"
#define FIND_OWNER                                                    \
    "az group show --name {{node_resource_group}} --query managedBy " \
    "--output tsv"
#define FIND_SUBNET                                                       \
    "az vmss list --resource-group {{node_resource_group}} --query "      \
    "\"[].virtualMachineProfile.networkProfile"                           \
    ".networkInterfaceConfigurations[0].ipConfigurations[0].subnet.id\" " \
    "--output tsv"
#define FIND_OF_CLUSTER(path)                                             \
    "az aks show --resource-group {{resource_group}} --name {{cluster}} " \
    "--query " path " --output tsv"
#define FIND_OF_REGISTRY(path) \
    "az acr show --name {{acr.name}} --query " path " --output tsv"
#define FIND_OF_POD(path)                                \
    "kubectl get pod {{pod}} --namespace {{namespace}} " \
    "--output jsonpath='{" path "}'"

static const struct grammar grammars[] = {
    [FACT_IMAGE] = {{"image", "<image>", FIND_IMAGE}, is_image},
    [FACT_REGISTRY] = {{"registry", "<registry>", FIND_IMAGE}, is_host_port},
    [FACT_REPOSITORY] = {{"repository", "<repository>", FIND_IMAGE},
                         is_repository},
    [FACT_TAG] = {{"tag", "<tag>", FIND_IMAGE}, is_tag},
    [FACT_DIGEST] = {{"digest", "<digest>",
                      "docker buildx imagetools inspect {{image}}"},
                     is_digest},
    [FACT_VENDOR] = {{"vendor", "<vendor>", NULL}, is_word},
    [FACT_ROLE] = {{"role", "<role>", NULL}, is_word},
    [FACT_NAMESPACE] = {{"namespace", "<namespace>", FIND_FAILING}, is_label},
    [FACT_POD] = {{"pod", "<pod>", FIND_FAILING}, is_subdomain},
    [FACT_POD_UID] = {{"pod_uid", "<pod-uid>", FIND_OF_POD(".metadata.uid")},
                      is_uid},
    [FACT_CONTAINER] = {{"container", "<container>",
                         FIND_OF_POD(".spec.containers[*].name")},
                        is_label},
    [FACT_WORKLOAD] = {{"workload", "<workload>",
                        FIND_OF_POD(".metadata.ownerReferences[*].name")},
                       is_subdomain},
    [FACT_NODE] = {{"node", "<node>", FIND_OF_POD(".spec.nodeName")},
                   is_subdomain},
    [FACT_CREDENTIALS] = {{"credentials", "<credentials>", NULL}, is_word},
    [FACT_HTTP_STATUS] = {{"http.status", "<http-status>", NULL}, is_status},
    [FACT_HTTP_URL] = {{"http.url", "<http-url>", NULL}, is_url},
    [FACT_URL_HOST] = {{"url.host", "<url-host>", NULL}, is_host_port},
    [FACT_CLIENT_IP] = {{"client_ip", "<client-ip>",
                         "az network public-ip show --ids \"$(az aks show "
                         "--resource-group {{resource_group}} --name "
                         "{{cluster}} --query 'networkProfile"
                         ".loadBalancerProfile.effectiveOutboundIPs[0].id' "
                         "--output tsv)\" --query ipAddress --output tsv"},
                        is_ip},
    [FACT_CLIENT_SCOPE] = {{"client_scope", "<client-scope>", NULL}, is_word},
    [FACT_IP] = {{"ip", "<ip>", "nslookup {{registry}}"}, is_ip},
    [FACT_IP_SCOPE] = {{"ip_scope", "<ip-scope>", NULL}, is_word},
    [FACT_PORT] = {{"port", "<port>", NULL}, is_port},
    [FACT_DNS_SERVER] = {{"dns.server", "<dns-server>",
                          "az network vnet show --resource-group "
                          "{{vnet_resource_group}} --name {{vnet}} "
                          "--query dhcpOptions.dnsServers --output tsv"},
                         is_server},
    [FACT_MIRROR] = {{"mirror", "<mirror>", NULL}, is_host_port},
    [FACT_PROXY] = {{"proxy", "<proxy>",
                     FIND_OF_CLUSTER("httpProxyConfig.httpsProxy")},
                    is_proxy},
    [FACT_PLATFORM] = {{"platform", "<platform>",
                        "kubectl get node {{node}} --output jsonpath="
                        "'{.status.nodeInfo.operatingSystem}/"
                        "{.status.nodeInfo.architecture}'"},
                       is_platform},
    [FACT_SECRET] = {{"secret", "<secret>",
                      FIND_OF_POD(".spec.imagePullSecrets[*].name")},
                     is_subdomain},
    [FACT_SERVER_MESSAGE] = {{"server_message", "<server-message>", NULL},
                             never},
    [FACT_ACR_NAME] = {{"acr.name", "<acr-name>",
                        "az acr list --query \"[?loginServer=='{{registry}}']"
                        ".{name:name, resourceGroup:resourceGroup, id:id}\" "
                        "--output table"},
                       is_registry_name},
    [FACT_ACR_ID] = {{"acr.id", "<acr-id>", FIND_OF_REGISTRY("id")},
                     is_azure_id},
    [FACT_ACR_REGION] = {{"acr.region", "<acr-region>",
                          FIND_OF_REGISTRY("location")},
                         is_word},
    [FACT_ACR_RESOURCE_GROUP] = {{"acr.resource_group", "<acr-resource-group>",
                                  FIND_OF_REGISTRY("resourceGroup")},
                                 is_azure_name},
    [FACT_ACR_ROLE_MODE] = {{"acr.role_mode", "<acr-role-mode>",
                             FIND_OF_REGISTRY("roleAssignmentMode")},
                            is_word},
    [FACT_SUBSCRIPTION] = {{"subscription", "<subscription>",
                            "az account show --query id --output tsv"},
                           is_guid},
    [FACT_TENANT] = {{"tenant", "<tenant>",
                      "az account show --query tenantId --output tsv"},
                     is_guid},
    [FACT_CLOUD] = {{"cloud", "<cloud>",
                     "az cloud show --query name --output tsv"},
                    is_word},
    [FACT_CLUSTER] = {{"cluster", "<cluster>", FIND_CLUSTER}, is_word},
    [FACT_RESOURCE_GROUP] = {{"resource_group", "<resource-group>",
                              FIND_CLUSTER},
                             is_azure_name},
    [FACT_NODE_RESOURCE_GROUP] = {{"node_resource_group",
                                   "<node-resource-group>", FIND_CLUSTER},
                                  is_azure_name},
    [FACT_VMSS] = {{"vmss", "<vmss>",
                    "az vmss list --resource-group {{node_resource_group}} "
                    "--query \"[].name\" --output tsv"},
                   is_azure_name},
    [FACT_VNET] = {{"vnet", "<vnet>", FIND_SUBNET}, is_azure_name},
    [FACT_VNET_RESOURCE_GROUP] = {{"vnet_resource_group",
                                   "<vnet-resource-group>", FIND_SUBNET},
                                  is_azure_name},
    [FACT_SUBNET] = {{"subnet", "<subnet>", FIND_SUBNET}, is_azure_name},
    [FACT_NSG] = {{"nsg", "<nsg>",
                   "az network nsg list --resource-group "
                   "{{node_resource_group}} --query \"[].name\" --output tsv"},
                  is_azure_name},
    [FACT_ROUTE_TABLE] = {{"route_table", "<route-table>",
                           "az network route-table list --resource-group "
                           "{{node_resource_group}} --query \"[].name\" "
                           "--output tsv"},
                          is_azure_name},
    [FACT_IDENTITY] = {{"identity", "<identity>",
                        FIND_OF_CLUSTER("identity.type")},
                       is_word},
    [FACT_KUBELET_CLIENT_ID] =
        {{"kubelet.client_id", "<kubelet-client-id>",
          FIND_OF_CLUSTER("identityProfile.kubeletidentity.clientId")},
         is_guid},
    [FACT_KUBELET_OBJECT_ID] =
        {{"kubelet.object_id", "<kubelet-object-id>",
          FIND_OF_CLUSTER("identityProfile.kubeletidentity.objectId")},
         is_guid},
    [FACT_SERVICE_PRINCIPAL_ID] = {{"service_principal.id",
                                    "<service-principal-id>",
                                    FIND_OF_CLUSTER(
                                        "servicePrincipalProfile.clientId")},
                                   is_guid},
    [FACT_LOCATION] = {{"location", "<location>", FIND_OF_CLUSTER("location")},
                       is_word},
    [FACT_PUBLIC_IP_NAME] = {{"public_ip.name", "<public-ip-name>",
                              "az network public-ip list --resource-group "
                              "{{node_resource_group}} --query "
                              "\"[].{name:name, address:ipAddress}\" "
                              "--output table"},
                             is_azure_name},
    [FACT_PRIVATE_DNS_RESOURCE_GROUP] =
        {{"private_dns.resource_group", "<private-dns-resource-group>",
          "az network private-dns zone list --query "
          "\"[?name=='privatelink.azurecr.io']"
          ".{zone:name, resourceGroup:resourceGroup}\" --output table"},
         is_azure_name},
    [FACT_BOOTSTRAP_ACR] =
        {{"bootstrap.acr", "<bootstrap-acr>",
          "az acr show --ids \"$(az aks show --resource-group "
          "{{resource_group}} --name {{cluster}} --query "
          "bootstrapProfile.containerRegistryId --output tsv)\" --query name "
          "--output tsv"},
         is_registry_name},
    [FACT_REGISTRY_WORKS] = {{"registry_works", "<registry-works>", NULL},
                             is_word},
    [FACT_SCALE_SET_FAILING] = {{"scale_set_failing", "<scale-set-failing>",
                                 NULL},
                                is_word},
    [FACT_SLOW] = {{"slow", "<slow>", NULL}, is_word},
    [FACT_FLAPPING] = {{"flapping", "<flapping>", NULL}, is_word},
};
static_assert(COUNT(grammars) == FACTS, "one row for each fact");

const struct fact_row *
fact_row(enum fact fact)
{
    return &grammars[fact].row;
}

bool
fact_by_name(struct slice name, enum fact *fact)
{
    for (size_t i = 0; i < FACTS; i++) {
        if (slice_is(name, grammars[i].row.name)) {
            *fact = (enum fact)i;
            return true;
        }
    }
    return false;
}

/*
 * Shorter ways to a fact by another one. The name of the nodes' group is often
 * MC_GROUP_CLUSTER_REGION, but each part may hold a '_' and the whole may be
 * chosen freely: whose it is, Azure has noted at the group itself.
 */
static const struct {
    enum fact fact;
    enum fact from;
    const char *value; /* of it; NULL: any */
    const char *find;
} shortcuts[] = {
    {FACT_CLUSTER, FACT_VENDOR, "ecr",
     "aws eks list-clusters --query 'clusters[]' --output text"},
    {FACT_CLUSTER, FACT_NODE_RESOURCE_GROUP, NULL, FIND_OWNER},
    {FACT_RESOURCE_GROUP, FACT_NODE_RESOURCE_GROUP, NULL, FIND_OWNER},
    {FACT_NODE_RESOURCE_GROUP, FACT_CLUSTER, NULL,
     FIND_OF_CLUSTER("nodeResourceGroup")},
};

const char *
fact_find(enum fact fact, const struct facts *known)
{
    for (size_t i = 0; i < COUNT(shortcuts); i++) {
        struct slice value = known->value[shortcuts[i].from];
        bool fits = !shortcuts[i].value
                 || slice_equal(value, slice_from(shortcuts[i].value));
        if (shortcuts[i].fact == fact && fits
            && fact_is_sound(shortcuts[i].from, value)) {
            return shortcuts[i].find;
        }
    }
    return fact_row(fact)->find;
}

bool
fact_is_witnessed(enum fact fact)
{
    return fact == FACT_REGISTRY_WORKS || fact == FACT_SCALE_SET_FAILING
        || fact == FACT_FLAPPING;
}

bool
fact_is_sound(enum fact fact, struct slice value)
{
    return grammars[fact].fits(value);
}
