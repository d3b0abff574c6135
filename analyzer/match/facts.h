/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PULLWHY_MATCH_FACTS_H
#define PULLWHY_MATCH_FACTS_H

/*
 * What is known of a failure: values read off a log line, and off the options.
 *
 * All that belongs to a fact stands in one row of the table in facts.c: its
 * name, the grammar that a value must fit before it may stand in a command,
 * the placeholder that stands there while it is unknown, and the command that
 * finds it. A new row's {{name}} works in remedies at once.
 */

#include "base/slice.h"

#include <stdbool.h>

enum fact {
    FACT_IMAGE, /* as written in the log */
    FACT_REGISTRY,
    FACT_REPOSITORY,
    FACT_TAG,
    FACT_DIGEST,
    FACT_VENDOR, /* acr mcr ecr gar dockerhub ghcr quay k8s other */
    FACT_ROLE,   /* sandbox, if it is the pause image */
    FACT_NAMESPACE,
    FACT_POD,
    FACT_POD_UID,
    FACT_CONTAINER,
    FACT_WORKLOAD,
    FACT_NODE,
    FACT_CREDENTIALS, /* sent, none, unknown */
    FACT_HTTP_STATUS,
    FACT_HTTP_URL, /* redacted */
    FACT_URL_HOST,
    FACT_CLIENT_IP,
    FACT_CLIENT_SCOPE, /* private, public: of client_ip */
    FACT_IP,
    FACT_IP_SCOPE, /* private, public: of ip */
    FACT_PORT,
    FACT_DNS_SERVER,
    FACT_MIRROR, /* the host of hosts.toml that was asked, no registry */
    FACT_PROXY,
    FACT_PLATFORM,
    FACT_SECRET,
    FACT_SERVER_MESSAGE,
    FACT_ACR_NAME,
    FACT_ACR_ID,
    FACT_ACR_REGION,
    FACT_ACR_RESOURCE_GROUP,
    FACT_ACR_ROLE_MODE, /* AbacRepositoryPermissions, Legacy... */
    FACT_SUBSCRIPTION,
    FACT_TENANT,
    FACT_CLOUD,
    FACT_CLUSTER,
    FACT_RESOURCE_GROUP,
    FACT_NODE_RESOURCE_GROUP,
    FACT_VMSS,
    FACT_VNET,
    FACT_VNET_RESOURCE_GROUP,
    FACT_SUBNET,
    FACT_NSG,
    FACT_ROUTE_TABLE,
    FACT_IDENTITY, /* managed, service-principal */
    FACT_KUBELET_CLIENT_ID,
    FACT_KUBELET_OBJECT_ID,
    FACT_SERVICE_PRINCIPAL_ID,
    FACT_LOCATION,
    FACT_PUBLIC_IP_NAME,
    FACT_PRIVATE_DNS_RESOURCE_GROUP,
    FACT_BOOTSTRAP_ACR,     /* through which an isolated cluster gets its own */
    FACT_REGISTRY_WORKS,    /* other-image, other-node, no: in the same hour */
    FACT_SCALE_SET_FAILING, /* one (others pull), several */
    FACT_SLOW,              /* queue, transfer: where a slow pull's time went */
    FACT_FLAPPING,          /* yes: refused, then pulled, again and again */
    FACTS,
};

/* Init with {0}: an empty slice is an unknown fact. */
struct facts {
    struct slice value[FACTS];
};

struct fact_row {
    const char *name;        /* "resource_group", as in {{resource_group}} */
    const char *placeholder; /* "<resource-group>" */
    const char *find;        /* a command template that finds it, or NULL */
};

const struct fact_row *fact_row(enum fact fact);
bool fact_by_name(struct slice name, enum fact *fact);

/* The command template that finds it, with what is known; NULL if none does. */
const char *fact_find(enum fact fact, const struct facts *known);

/*
 * Whether the value fits the fact's grammar, so that it may stand in a
 * command. No grammar admits quotes, blanks, $, `, \, <, >, |, &, ;, *, ? or
 * control bytes.
 */
bool fact_is_sound(enum fact fact, struct slice value);

/*
 * Whether it says what else was seen in the same input. Then not to know it
 * means that nothing was seen, and what asks for it does not apply.
 */
bool fact_is_witnessed(enum fact fact);

#endif
