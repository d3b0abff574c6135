/* SPDX-License-Identifier: Apache-2.0 */
#include "report/context.h"

#include <arpa/inet.h>
#include <string.h>

/* Gives the fact if it is not known, and only what fits its grammar. */
static void
learn(struct facts *facts, enum fact fact, struct slice value,
      struct arena *arena)
{
    if (facts->value[fact].len == 0 && fact_is_sound(fact, value)) {
        facts->value[fact] = arena_copy(arena, value);
    }
}

/* Host names are case-insensitive; the copy is lower-case and has no port. */
static struct slice
plain_host(struct slice host, struct arena *arena)
{
    size_t colon = slice_find_last(host, ':');
    if (colon != SLICE_NONE && host.data[0] != '[') {
        host = slice_before(host, colon);
    }
    char *lower = arena_alloc(arena, host.len + 1);
    for (size_t i = 0; i < host.len; i++) {
        char byte = host.data[i];
        lower[i] = byte;
        if (byte >= 'A' && byte <= 'Z') {
            lower[i] = (char)(byte - 'A' + 'a');
        }
    }
    return slice_of(lower, host.len);
}

/* The domains of Azure Container Registry, with the cloud's name in az. */
static const struct {
    const char *domain;
    const char *cloud;
} acr_domains[] = {
    {".azurecr.io", "AzureCloud"},
    {".azurecr.cn", "AzureChinaCloud"},
    {".azurecr.us", "AzureUSGovernment"},
    {".azurecr.de", "AzureGermanCloud"},
};

/* Takes ".azurecr.io" or its like off the end; NULL, or the cloud's name. */
static const char *
cut_acr_domain(struct slice *host)
{
    for (size_t i = 0; i < COUNT(acr_domains); i++) {
        struct slice domain = slice_from(acr_domains[i].domain);
        if (slice_ends(*host, domain)) {
            *host = slice_before(*host, host->len - domain.len);
            return acr_domains[i].cloud;
        }
    }
    return NULL;
}

/* A host is, or ends in (a leading dot), or holds what the row says. */
static const struct {
    const char *begins; /* or NULL */
    const char *ends;
    const char *vendor;
} vendors[] = {
    {NULL, "mcr.microsoft.com", "mcr"}, {NULL, ".azurecr.io", "acr"},
    {NULL, ".azurecr.cn", "acr"},       {NULL, ".azurecr.us", "acr"},
    {NULL, ".azurecr.de", "acr"},       {"public.", ".ecr.aws", "ecr"},
    {NULL, ".amazonaws.com", "ecr"},    {NULL, ".amazonaws.com.cn", "ecr"},
    {NULL, "k8s.gcr.io", "k8s"},        {NULL, "registry.k8s.io", "k8s"},
    {NULL, ".pkg.dev", "gar"},          {NULL, "gcr.io", "gar"},
    {NULL, "docker.io", "dockerhub"},   {NULL, "ghcr.io", "ghcr"},
    {NULL, "quay.io", "quay"},
};

/* `end` stands at the end, as a whole name or behind a dot. */
static bool
host_ends(struct slice host, struct slice end)
{
    if (!slice_ends(host, end)) {
        return false;
    }
    return end.data[0] == '.' || host.len == end.len
        || host.data[host.len - end.len - 1] == '.';
}

static const char *
vendor_of(struct slice host)
{
    for (size_t i = 0; i < COUNT(vendors); i++) {
        bool begins = !vendors[i].begins
                   || slice_starts(host, slice_from(vendors[i].begins));
        if (begins && host_ends(host, slice_from(vendors[i].ends))) {
            return vendors[i].vendor;
        }
    }
    return "other";
}

/*
 * "name.azurecr.io", "name.REGION.geo.azurecr.io", "name.REGION.data...". A
 * name with a dash may belong to a registry whose host is the name, a dash and
 * a hash: then only Azure knows, so it stays unknown.
 */
static void
derive_registry(struct facts *facts, struct arena *arena)
{
    struct slice registry = facts->value[FACT_REGISTRY];
    if (registry.len == 0) {
        return;
    }
    struct slice host = plain_host(registry, arena);
    learn(facts, FACT_VENDOR, slice_from(vendor_of(host)), arena);
    const char *cloud = cut_acr_domain(&host);
    if (cloud) {
        learn(facts, FACT_CLOUD, slice_from(cloud), arena);
        learn(facts, FACT_ACR_NAME,
              slice_before(host, slice_find_byte(host, '.')), arena);
    }
}

/*
 * An image of Microsoft's that is asked of an ACR comes through the cluster's
 * own cache; so does what lies in the folder that AKS makes in it.
 */
static void
derive_bootstrap(struct facts *facts, struct arena *arena)
{
    struct slice server = facts->value[FACT_URL_HOST];
    bool is_cached = slice_equal(facts->value[FACT_VENDOR], SLICE("mcr"))
                  || slice_starts(facts->value[FACT_REPOSITORY],
                                  SLICE("aks-managed-repository/"));
    if (!is_cached || server.len == 0) {
        return;
    }
    struct slice host = plain_host(server, arena);
    if (cut_acr_domain(&host)) {
        learn(facts, FACT_BOOTSTRAP_ACR,
              slice_before(host, slice_find_byte(host, '.')), arena);
    }
}

/* The region stands before ".data" or ".geo". */
static void
derive_region(struct facts *facts, enum fact from, struct arena *arena)
{
    if (facts->value[from].len == 0) {
        return;
    }
    struct slice host = plain_host(facts->value[from], arena);
    if (!cut_acr_domain(&host)) {
        return;
    }
    size_t dot = slice_find_last(host, '.');
    struct slice kind = slice_after(host, dot == SLICE_NONE ? dot : dot + 1);
    if (!slice_equal(kind, SLICE("data")) && !slice_equal(kind, SLICE("geo"))) {
        return;
    }
    host = slice_before(host, dot);
    dot = slice_find_last(host, '.');
    if (dot != SLICE_NONE) {
        learn(facts, FACT_ACR_REGION, slice_after(host, dot + 1), arena);
    }
}

/* Addresses that no registry on the Internet ever sees. */
static const struct {
    unsigned char bytes[4];
    unsigned bits;
} private_v4[] = {
    {{10, 0, 0, 0}, 8},    {{172, 16, 0, 0}, 12}, {{192, 168, 0, 0}, 16},
    {{100, 64, 0, 0}, 10}, {{127, 0, 0, 0}, 8},   {{169, 254, 0, 0}, 16},
};

static bool
is_private_v4(const unsigned char address[4])
{
    for (size_t i = 0; i < COUNT(private_v4); i++) {
        unsigned differ = 0;
        for (size_t k = 0; k < 4; k++) {
            unsigned bits = (unsigned)(address[k] ^ private_v4[i].bytes[k]);
            differ = differ << 8 | bits;
        }
        if (differ >> (32 - private_v4[i].bits) == 0) {
            return true;
        }
    }
    return false;
}

/* fc00::/7, fe80::/10, ::1, and IPv4 addresses written as IPv6 ones */
static bool
is_private_v6(const unsigned char address[16])
{
    static const unsigned char zeros[15] = {0};
    static const unsigned char mapped[12] = {0, 0, 0, 0, 0,    0,
                                             0, 0, 0, 0, 0xff, 0xff};
    if (memcmp(address, mapped, sizeof(mapped)) == 0) {
        return is_private_v4(address + sizeof(mapped));
    }
    if (memcmp(address, zeros, sizeof(zeros)) == 0) {
        return address[15] == 1;
    }
    return (address[0] & 0xfe) == 0xfc
        || (address[0] == 0xfe && (address[1] & 0xc0) == 0x80);
}

static void
derive_scope(struct facts *facts, enum fact from, enum fact scope,
             struct arena *arena)
{
    char text[INET6_ADDRSTRLEN] = "";
    unsigned char address[16];
    struct slice ip = facts->value[from];
    if (!fact_is_sound(from, ip) || ip.len >= sizeof(text)) {
        return;
    }
    memcpy(text, ip.data, ip.len);
    bool is_v4 = inet_pton(AF_INET, text, address) == 1;
    if (!is_v4 && inet_pton(AF_INET6, text, address) != 1) {
        return;
    }
    bool is_private = is_v4 ? is_private_v4(address) : is_private_v6(address);
    learn(facts, scope, is_private ? SLICE("private") : SLICE("public"), arena);
}

/*
 * Whether Kubernetes may have made up the part: it draws from the letters and
 * digits below, so that no word comes out; examples in documents are not so
 * strict, but have a digit.
 */
static bool
is_random(struct slice part, size_t least, size_t most)
{
    bool has_digit = false;
    bool is_drawn = true;
    if (part.len < least || part.len > most) {
        return false;
    }
    for (size_t i = 0; i < part.len; i++) {
        char byte = part.data[i];
        bool is_digit = byte >= '0' && byte <= '9';
        if (!is_digit && (byte < 'a' || byte > 'z')) {
            return false;
        }
        has_digit = has_digit || is_digit;
        is_drawn = is_drawn && strchr("bcdfghjklmnpqrstvwxz2456789", byte);
    }
    return has_digit || is_drawn;
}

/* Cuts what stands behind the last dash. */
static bool
cut_tail(struct slice *name, struct slice *tail)
{
    size_t dash = slice_find_last(*name, '-');
    if (dash == SLICE_NONE || dash == 0) {
        return false;
    }
    *tail = slice_after(*name, dash + 1);
    *name = slice_before(*name, dash);
    return true;
}

static void
derive_workload(struct facts *facts, struct arena *arena)
{
    struct slice name = facts->value[FACT_POD];
    struct slice tail;
    struct slice hash;
    uint64_t ordinal;
    if (!fact_is_sound(FACT_POD, name)) {
        return;
    }
    struct slice rest = name;
    if (cut_tail(&rest, &tail)) {
        struct slice base = rest;
        bool is_five = tail.len == 5;
        /* Behind a hash the five letters need not look random, too. */
        if (is_five && cut_tail(&base, &hash) && is_random(hash, 8, 10)) {
            name = base;
        } else if (is_random(tail, 5, 5)
                   || (tail.len < 5 && slice_to_u64(tail, &ordinal))) {
            name = rest;
        }
    }
    learn(facts, FACT_WORKLOAD, name, arena);
}

/* "aks-pool-12345678-vmss00000a": six characters behind the set's name */
static void
derive_vmss(struct facts *facts, struct arena *arena)
{
    struct slice node = facts->value[FACT_NODE];
    if (node.len <= 6 || !slice_starts(node, SLICE("aks"))) {
        return;
    }
    struct slice set = slice_before(node, node.len - 6);
    if (slice_ends(set, SLICE("vmss"))) {
        learn(facts, FACT_VMSS, set, arena);
    }
}

void
context_add_registry(struct facts *facts, const struct context_registry *list,
                     struct arena *arena)
{
    struct slice registry = facts->value[FACT_REGISTRY];
    for (; list; list = list->next) {
        bool is_meant = slice_equal_nocase(list->host, registry);
        for (size_t i = 0; is_meant && i < FACTS; i++) {
            learn(facts, (enum fact)i, list->facts.value[i], arena);
        }
    }
}

void
context_derive(struct facts *facts, struct arena *arena)
{
    derive_registry(facts, arena);
    derive_bootstrap(facts, arena);
    derive_region(facts, FACT_URL_HOST, arena);
    derive_region(facts, FACT_REGISTRY, arena);
    derive_scope(facts, FACT_CLIENT_IP, FACT_CLIENT_SCOPE, arena);
    derive_scope(facts, FACT_IP, FACT_IP_SCOPE, arena);
    derive_workload(facts, arena);
    derive_vmss(facts, arena);
}

void
context_complete(struct incident *incident, const struct facts *options,
                 const struct context_registry *list)
{
    struct facts facts;
    incident_merge_facts(incident, options);
    incident_facts(incident, &facts);
    context_add_registry(&facts, list, &incident->arena);
    known_set_all(&incident->known, &facts, &incident->arena);
}
