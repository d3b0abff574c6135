/* SPDX-License-Identifier: Apache-2.0 */
#include "report/context.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

struct row {
    const char *given;
    const char *derived; /* NULL: stays unknown */
};

static void
check(enum fact given, enum fact derived, const struct row *rows, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        struct arena arena = {0};
        struct facts facts = {0};
        facts.value[given] = slice_from(rows[i].given);
        context_derive(&facts, &arena);
        if (!slice_equal(facts.value[derived], slice_from(rows[i].derived))) {
            fail_msg("%s gave \"%.*s\"", rows[i].given,
                     SLICE_ARG(facts.value[derived]));
        }
        arena_free(&arena);
    }
}

static void
the_host_names_the_vendor(void **state)
{
    (void)state;

    static const struct row rows[] = {
        {"x.azurecr.io", "acr"},
        {"X.AzureCR.io:443", "acr"},
        {"x.azurecr.cn", "acr"},
        {"x.eastus.data.azurecr.io", "acr"},
        {"azureacr.io", "other"},
        {"x.azurecr.io.example.com", "other"},
        {"mcr.microsoft.com", "mcr"},
        {"1.dkr.ecr.eu-west-1.amazonaws.com", "ecr"},
        {"public.ecr.aws", "ecr"},
        {"europe-docker.pkg.dev", "gar"},
        {"eu.gcr.io", "gar"},
        {"k8s.gcr.io", "k8s"},
        {"registry.k8s.io", "k8s"},
        {"docker.io", "dockerhub"},
        {"registry-1.docker.io", "dockerhub"},
        {"notdocker.io", "other"},
        {"ghcr.io", "ghcr"},
        {"quay.io", "quay"},
        {"localhost:5000", "other"},
        {"[::1]:5000", "other"},
    };

    check(FACT_REGISTRY, FACT_VENDOR, rows, COUNT(rows));
}

static void
the_registry_name_is_the_first_label_without_a_dash(void **state)
{
    (void)state;

    static const struct row rows[] = {
        {"myregistry.azurecr.io", "myregistry"},
        {"MyRegistry.azurecr.us:443", "myregistry"},
        {"myregistry.westeurope.geo.azurecr.io", "myregistry"},
        {"my-gahzf6aehwhrdzgp.azurecr.io", NULL},
        {"myregistry.example.com", NULL},
        {".azurecr.io", NULL},
        {"abc.azurecr.io", NULL},
    };

    check(FACT_REGISTRY, FACT_ACR_NAME, rows, COUNT(rows));
}

static void
the_host_names_the_cloud(void **state)
{
    (void)state;

    static const struct row rows[] = {
        {"x.azurecr.io", "AzureCloud"},
        {"x.azurecr.cn:443", "AzureChinaCloud"},
        {"X.AzureCR.us", "AzureUSGovernment"},
        {"x.azurecr.io.example.com", NULL},
        {"mcr.microsoft.com", NULL},
    };

    check(FACT_REGISTRY, FACT_CLOUD, rows, COUNT(rows));
}

static void
the_region_stands_in_data_and_regional_hosts(void **state)
{
    (void)state;

    static const struct row rows[] = {
        {"myregistry.eastus.data.azurecr.io", "eastus"},
        {"myregistry.westeurope.geo.azurecr.cn", "westeurope"},
        {"myregistry.azurecr.io", NULL},
        {"data.azurecr.io", NULL},
        {"geo.data.azurecr.io", NULL},
        {"eastus.data.example.com", NULL},
    };

    check(FACT_URL_HOST, FACT_ACR_REGION, rows, COUNT(rows));
}

static void
addresses_are_private_or_public(void **state)
{
    (void)state;

    static const struct row rows[] = {
        {"10.1.2.3", "private"},        {"11.0.0.1", "public"},
        {"172.15.255.255", "public"},   {"172.16.0.1", "private"},
        {"172.31.255.255", "private"},  {"172.32.0.1", "public"},
        {"192.168.1.1", "private"},     {"192.169.0.1", "public"},
        {"100.63.255.255", "public"},   {"100.64.0.1", "private"},
        {"100.127.255.255", "private"}, {"100.128.0.1", "public"},
        {"127.0.0.1", "private"},       {"169.254.169.254", "private"},
        {"20.1.2.3", "public"},         {"fc00::1", "private"},
        {"fdff::1", "private"},         {"fe80::1", "private"},
        {"fec0::1", "public"},          {"::1", "private"},
        {"::ffff:10.0.0.1", "private"}, {"::ffff:20.0.0.1", "public"},
        {"2603:1030::1", "public"},     {"10.1.2", NULL},
        {"10.1.2.3; true", NULL},
    };

    check(FACT_CLIENT_IP, FACT_CLIENT_SCOPE, rows, COUNT(rows));
    check(FACT_IP, FACT_IP_SCOPE, rows, COUNT(rows));
}

static void
the_workload_is_the_pod_without_what_was_made_up(void **state)
{
    (void)state;

    static const struct row rows[] = {
        {"api-7d9f8c6b5d-x2x4z", "api"},
        {"my-api-5d59d67564-abcde", "my-api"},
        {"fluent-bit-k7q2w", "fluent-bit"},
        {"backup-28374650-x7z2k", "backup"},
        {"web-0", "web"},
        {"db-main-12", "db-main"},
        {"my-redis", "my-redis"},
        {"kube-proxy", "kube-proxy"},
        {"my-frontend-redis", "my-frontend-redis"},
        {"debug", "debug"},
        {"-x2x4z", NULL},
        {"a b-0", NULL},
    };

    check(FACT_POD, FACT_WORKLOAD, rows, COUNT(rows));
}

static void
the_node_names_its_scale_set(void **state)
{
    (void)state;

    static const struct row rows[] = {
        {"aks-nodepool1-12345678-vmss00000a", "aks-nodepool1-12345678-vmss"},
        {"aks-nodepool1-12345678-vmss", NULL},
        {"ip-10-0-0-1.ec2.internal", NULL},
        {"vmss000000", NULL},
    };

    check(FACT_NODE, FACT_VMSS, rows, COUNT(rows));
}

static void
what_is_known_stands(void **state)
{
    (void)state;
    struct arena arena = {0};
    struct facts facts = {0};
    facts.value[FACT_REGISTRY] = SLICE("mirror.azurecr.io");
    facts.value[FACT_ACR_NAME] = SLICE("realname");
    facts.value[FACT_VENDOR] = SLICE("quay");
    context_derive(&facts, &arena);
    assert_true(slice_equal(facts.value[FACT_ACR_NAME], SLICE("realname")));
    assert_true(slice_equal(facts.value[FACT_VENDOR], SLICE("quay")));
    assert_true(
        slice_equal(facts.value[FACT_REGISTRY], SLICE("mirror.azurecr.io")));
    arena_free(&arena);
}

/* Only for what an isolated cluster gets through its cache. */
static void
the_cache_registry_is_the_server_asked(void **state)
{
    (void)state;

    static const struct {
        const char *registry, *repository, *server, *derived;
    } cases[] = {
        {"mcr.microsoft.com", "oss/pause", "cache1.azurecr.io", "cache1"},
        {"mcr.microsoft.com", "oss/pause", "cache1-x.azurecr.io", NULL},
        {"mcr.microsoft.com", "oss/pause", "mcr.microsoft.com", NULL},
        {"mcr.microsoft.com", "oss/pause", NULL, NULL},
        {"a.azurecr.io", "aks-managed-repository/x", "cache1.azurecr.io",
         "cache1"},
        {"a.azurecr.io", "shop/api", "cache1.azurecr.io", NULL},
    };

    for (size_t i = 0; i < COUNT(cases); i++) {
        struct arena arena = {0};
        struct facts facts = {
            .value = {[FACT_REGISTRY] = slice_from(cases[i].registry),
                      [FACT_REPOSITORY] = slice_from(cases[i].repository),
                      [FACT_URL_HOST] = slice_from(cases[i].server)}};
        context_derive(&facts, &arena);
        if (!slice_equal(facts.value[FACT_BOOTSTRAP_ACR],
                         slice_from(cases[i].derived))) {
            fail_msg("case %zu", i);
        }
        arena_free(&arena);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_cache_registry_is_the_server_asked),
        cmocka_unit_test(the_host_names_the_vendor),
        cmocka_unit_test(the_host_names_the_cloud),
        cmocka_unit_test(the_registry_name_is_the_first_label_without_a_dash),
        cmocka_unit_test(the_region_stands_in_data_and_regional_hosts),
        cmocka_unit_test(addresses_are_private_or_public),
        cmocka_unit_test(the_workload_is_the_pod_without_what_was_made_up),
        cmocka_unit_test(the_node_names_its_scale_set),
        cmocka_unit_test(what_is_known_stands),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
