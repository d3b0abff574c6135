/* SPDX-License-Identifier: Apache-2.0 */
#include "match/facts.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#define GUID   "0b3f2a1c-7a55-4c7e-9a3f-2d9d6a1b5c3e"
#define HEX    "44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a"
#define DIGEST "sha256:" HEX

static void
every_fact_has_a_row_of_its_own(void **state)
{
    (void)state;
    for (size_t i = 0; i < FACTS; i++) {
        const struct fact_row *row = fact_row((enum fact)i);
        enum fact fact;
        assert_non_null(row->name);
        assert_non_null(row->placeholder);
        assert_true(fact_by_name(slice_from(row->name), &fact));
        assert_int_equal(fact, i);
        size_t len = strlen(row->placeholder);
        assert_true(row->placeholder[0] == '<');
        assert_true(row->placeholder[len - 1] == '>');
    }
    enum fact fact;
    assert_false(fact_by_name(SLICE("resource-group"), &fact));
    assert_false(fact_by_name(SLICE(""), &fact));
    assert_true(fact_by_name(SLICE("private_dns.resource_group"), &fact));
    assert_int_equal(fact, FACT_PRIVATE_DNS_RESOURCE_GROUP);
}

static void
grammars_take_what_is_real_and_nothing_else(void **state)
{
    (void)state;

    static const struct {
        enum fact fact;
        bool is_sound;
        const char *value;
    } cases[] = {
        {FACT_IMAGE, true, "nginx"},
        {FACT_IMAGE, true, "x.azurecr.io/team/api:v1.2"},
        {FACT_IMAGE, true, "localhost:5000/a"},
        {FACT_IMAGE, true, "a/b:1@sha256:" HEX},
        {FACT_IMAGE, true, "[::1]:5000/a/b:1"},
        {FACT_IMAGE, false, "x.azurecr.io/team/API:v1"},
        {FACT_IMAGE, false, "a:b:c"},
        {FACT_IMAGE, false, "a@sha256:12"},
        {FACT_IMAGE, false, "--output/a"},
        {FACT_IMAGE, false, "x.io/"},
        {FACT_IMAGE, false, "https://x.io/a"},
        {FACT_REGISTRY, true, "MyRegistry.azurecr.io"},
        {FACT_REGISTRY, true, "localhost:5000"},
        {FACT_REGISTRY, false, "localhost:"},
        {FACT_REGISTRY, false, "localhost:99999"},
        {FACT_REGISTRY, false, "x.io/a"},
        {FACT_REGISTRY, false, "-x.io"},
        {FACT_REPOSITORY, true, "team/my_app.web-1"},
        {FACT_REPOSITORY, false, "team//app"},
        {FACT_REPOSITORY, false, "../app"},
        {FACT_REPOSITORY, false, "-team/app"},
        {FACT_REPOSITORY, false, "team/app/"},
        {FACT_REPOSITORY, false, "team/app-"},
        {FACT_TAG, true, "_1.2-RC"},
        {FACT_TAG, false, ".1"},
        {FACT_TAG, false, "-1"},
        {FACT_DIGEST, true, "sha256:" HEX},
        {FACT_DIGEST, false, HEX},
        {FACT_NAMESPACE, true, "kube-system"},
        {FACT_NAMESPACE, false, "kube.system"},
        {FACT_NAMESPACE, false, "Kube"},
        {FACT_NAMESPACE, false, "a-"},
        {FACT_POD, true, "api.v2-7d9f8c6b5d-x2x4z"},
        {FACT_POD, false, "a..b"},
        {FACT_POD, false, "a."},
        {FACT_POD, false, "a;b"},
        {FACT_IP, true, "10.0.0.1"},
        {FACT_IP, true, "fd00::1"},
        {FACT_IP, false, "10.0.0.256"},
        {FACT_IP, false, "fe80::1%eth0"},
        {FACT_PORT, true, "443"},
        {FACT_PORT, false, "0"},
        {FACT_HTTP_STATUS, true, "401"},
        {FACT_HTTP_STATUS, false, "4010"},
        {FACT_HTTP_URL, true, "https://x.io/v2/a%2Fb/tags"},
        {FACT_HTTP_URL, false, "https://x.io/t?scope=a"},
        {FACT_HTTP_URL, false, "https://u:p@x.io/"},
        {FACT_HTTP_URL, false, "file:///etc/passwd"},
        {FACT_DNS_SERVER, true, "168.63.129.16"},
        {FACT_DNS_SERVER, true, "10.0.0.10:53"},
        {FACT_DNS_SERVER, true, "fd00::a"},
        {FACT_PROXY, true, "http://proxy.corp:3128"},
        {FACT_PROXY, true, "proxy.corp:3128"},
        {FACT_PLATFORM, true, "linux/arm64/v8"},
        {FACT_PLATFORM, false, "linux arm64"},
        {FACT_SERVER_MESSAGE, false, "denied"},
        {FACT_ACR_NAME, true, "myregistry"},
        {FACT_ACR_NAME, false, "my-registry"},
        {FACT_ACR_NAME, false, "abcd"},
        {FACT_ACR_ID, true,
         "/subscriptions/" GUID "/resourceGroups/rg_(1)/providers/"
         "Microsoft.ContainerRegistry/registries/myregistry"},
        {FACT_ACR_ID, false, "/etc/passwd"},
        {FACT_RESOURCE_GROUP, true, "MC_rg_cluster_(west).eu"},
        {FACT_RESOURCE_GROUP, false, "rg."},
        {FACT_RESOURCE_GROUP, false, "my group"},
        {FACT_SUBSCRIPTION, true, GUID},
        {FACT_SUBSCRIPTION, false, "my-subscription"},
        {FACT_KUBELET_CLIENT_ID, false, "msi"},
        {FACT_KUBELET_CLIENT_ID, false, "0b3f2a1c-7a55-4c7e-9a3f-2d9d6a1b5c3g"},
    };

    for (size_t i = 0; i < COUNT(cases); i++) {
        if (fact_is_sound(cases[i].fact, slice_from(cases[i].value))
            != cases[i].is_sound) {
            fail_msg("%s %s", fact_row(cases[i].fact)->name, cases[i].value);
        }
    }
}

/* Each good value, spoilt by one byte at the front, within, at the end. */
static void
no_grammar_takes_a_byte_that_a_shell_obeys(void **state)
{
    (void)state;

    static const char *const values[] = {
        "a",        "aaaaaa",     "401",     "443",
        "10.0.0.1", "fd00::1",    GUID,      "a/b",
        "x.io/a:b", DIGEST,       "x.io:53", "http://x.io/a",
        "a-b.c_d",  "linux/amd64"};
    static const char bad[] = "'\" $`\\<>|&;*?!#\n\t\r\x01\x1b\x7f\x80\xff";

    for (size_t f = 0; f < FACTS; f++) {
        for (size_t v = 0; v < COUNT(values); v++) {
            for (size_t b = 0; b < sizeof(bad); b++) { /* and NUL */
                char text[128];
                size_t len = strlen(values[v]);
                size_t at = b % 3 == 0 ? 0 : b % 3 == 1 ? len / 2 : len;
                memcpy(text, values[v], at);
                text[at] = bad[b];
                memcpy(text + at + 1, values[v] + at, len - at);
                assert_false(
                    fact_is_sound((enum fact)f, slice_of(text, len + 1)));
            }
        }
        assert_false(fact_is_sound((enum fact)f, SLICE("")));
        assert_false(fact_is_sound((enum fact)f, SLICE("--debug")));
    }
}

static void
the_nodes_group_leads_to_the_cluster(void **state)
{
    (void)state;
    struct facts known = {0};
    const char *list = fact_find(FACT_CLUSTER, &known);
    assert_non_null(strstr(list, "az aks list"));
    known.value[FACT_NODE_RESOURCE_GROUP] = SLICE("a;b");
    assert_ptr_equal(fact_find(FACT_CLUSTER, &known), list);
    known.value[FACT_NODE_RESOURCE_GROUP] = SLICE("MC_a_b_c_eastus");
    assert_non_null(strstr(fact_find(FACT_CLUSTER, &known), "managedBy"));
    assert_string_equal(fact_find(FACT_RESOURCE_GROUP, &known),
                        fact_find(FACT_CLUSTER, &known));
    assert_ptr_equal(fact_find(FACT_POD, &known), fact_row(FACT_POD)->find);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_fact_has_a_row_of_its_own),
        cmocka_unit_test(grammars_take_what_is_real_and_nothing_else),
        cmocka_unit_test(no_grammar_takes_a_byte_that_a_shell_obeys),
        cmocka_unit_test(the_nodes_group_leads_to_the_cluster),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
