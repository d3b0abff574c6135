/* SPDX-License-Identifier: Apache-2.0 */
#include "base/buf.h"
#include "report/remedy.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static const struct facts known = {
    .value =
        {
            [FACT_RESOURCE_GROUP] = {"rg(west)", 8},
            [FACT_CLUSTER] = {"aks1", 4},
            [FACT_REGISTRY] = {"x.azurecr.io", 12},
            [FACT_POD] = {"a; rm -rf /", 11}, /* not sound */
            [FACT_NAMESPACE] = {"prod", 4},
        },
};

static void
quotes_as_the_place_asks(void **state)
{
    (void)state;

    static const struct {
        const char *template;
        const char *filled;
    } cases[] = {
        {"az x -n {{cluster}}", "az x -n aks1"},
        {"az x -g {{resource_group}}", "az x -g 'rg(west)'"},
        {"az x '{{resource_group}}'", "az x 'rg(west)'"},
        {"az x \"{{resource_group}}\"", "az x \"rg(west)\""},
        {"az x \"$(az y {{resource_group}})\" \"{{resource_group}}\"",
         "az x \"$(az y 'rg(west)')\" \"rg(west)\""},
        {"x \"[?a=='{{registry}}']\" {{resource_group}}",
         "x \"[?a=='x.azurecr.io']\" 'rg(west)'"},
        {"x \"$(a \"$(b '{{resource_group}}')\" {{resource_group}})\" "
         "{{resource_group}}",
         "x \"$(a \"$(b 'rg(west)')\" 'rg(west)')\" 'rg(west)'"},
        {"x=$(a (b) {{resource_group}}) {{resource_group}}",
         "x=$(a (b) 'rg(west)') 'rg(west)'"},
        {"x \\' {{resource_group}}", "x \\' 'rg(west)'"},
        {"x \"\\\"{{resource_group}}\"", "x \"\\\"rg(west)\""},
        {"x # it's {{resource_group}}\ny {{resource_group}}",
         "x # it's rg(west)\ny 'rg(west)'"},
        {"x a#b' {{resource_group}}'", "x a#b' rg(west)'"},
        {"x --pod={{pod}}", "x --pod='<pod>'"},
        {"x \"{{pod}}\" '{{pod}}'", "x \"<pod>\" '<pod>'"},
        {"x {{no_such_fact}}", "x '<no_such_fact>'"},
        {"docker x --format '{{.Name}}'", "docker x --format '{{.Name}}'"},
        {"x {{", "x {{"},
        {"x {{}} {{A}}", "x {{}} {{A}}"},
        {"x {{tag}}\n", "x '<tag>'"},
        {"", ""},
    };

    struct kept *kept = kept_new();
    for (size_t i = 0; i < 3 * COUNT(cases); i++) {
        struct arena arena = {0};
        struct filled_step step = {0};
        struct filling filling = {
            .facts = &known,
            .arena = &arena,
            .kept = i < COUNT(cases) ? NULL : kept,
        };
        const char *template = cases[i % COUNT(cases)].template;
        const char *wanted = cases[i % COUNT(cases)].filled;
        struct slice filled =
            remedy_fill_by(&filling, slice_from(template), &step);
        if (!slice_equal(filled, slice_from(wanted))) {
            fail_msg("%s\ngave %.*s", template, SLICE_ARG(filled));
        }
        arena_free(&arena);
    }
    kept_free(kept);
}

static void
commands_name_the_cluster_s_subscription(void **state)
{
    (void)state;

    static const struct facts facts = {
        .value = {[FACT_SUBSCRIPTION] = {"8ecadfc9-d1a3-4ea4-b844-0d9f87e4d7c8",
                                         36}}};

    /* @ stands for the option with its value. */
    static const struct {
        const char *template;
        const char *filled;
    } cases[] = {
        {"az aks show --name a", "az aks show @--name a"},
        {"az aks check-acr \\\n  --acr x", "az aks check-acr \\\n  @--acr x"},
        {"x \"$(az aks show --name a)\" | az vmss list --query y",
         "x \"$(az aks show @--name a)\" | az vmss list @--query y"},
        {"a=b\naz network nsg list --query y",
         "a=b\naz network nsg list @--query y"},
        {"az acr show --name a", "az acr show --name a"},
        {"az network private-dns zone list --query y",
         "az network private-dns zone list --query y"},
        {"az vmss run-command invoke --ids \"$id\" --x",
         "az vmss run-command invoke --ids \"$id\" --x"},
        {"az vmss run-command invoke --x \\\n --ids \"$id\"",
         "az vmss run-command invoke --x \\\n --ids \"$id\""},
        {"az aks show\nx --name a", "az aks show\nx --name a"},
        {"echo 'az aks show --name a'", "echo 'az aks show --name a'"},
        {"xaz aks show --name a", "xaz aks show --name a"},
        {"# as az aks show --name a", "# as az aks show --name a"},
    };

    for (size_t i = 0; i < COUNT(cases); i++) {
        struct arena arena = {0};
        struct filled_step step = {0};
        struct slice rest = slice_from(cases[i].filled);
        struct slice head;
        struct buf wanted = {0};
        while (slice_cut(&rest, '@', &head)) {
            buf_add(&wanted, head);
            buf_add_text(&wanted, "--subscription "
                                  "8ecadfc9-d1a3-4ea4-b844-0d9f87e4d7c8 ");
        }
        buf_add(&wanted, rest);
        struct slice filled =
            remedy_fill(slice_from(cases[i].template), &facts, &arena, &step);
        if (!slice_equal(filled, buf_slice(&wanted))) {
            fail_msg("%s\ngave %.*s", cases[i].template, SLICE_ARG(filled));
        }
        buf_free(&wanted);
        arena_free(&arena);
    }
    /* One template with it and without, and as a sentence. */
    struct kept *kept = kept_new();
    struct arena arena = {0};
    for (size_t i = 0; i < 4; i++) {
        struct filled_step step = {0};
        struct filling filling = {.facts = i % 2 == 0 ? &facts : &known,
                                  .arena = &arena,
                                  .kept = kept};
        struct slice filled =
            remedy_fill_by(&filling, SLICE("az aks show --name a"), &step);
        const char *wanted = i % 2 == 0
                               ? "az aks show --subscription "
                                 "8ecadfc9-d1a3-4ea4-b844-0d9f87e4d7c8 --name a"
                               : "az aks show --name a";
        assert_true(slice_equal(filled, slice_from(wanted)));
    }
    kept_free(kept);
    struct slice prose =
        remedy_fill_prose(SLICE("run az aks show --x"), &facts, &arena);
    assert_true(slice_equal(prose, SLICE("run az aks show --x")));
    arena_free(&arena);
}

static void
tells_once_what_is_missing(void **state)
{
    (void)state;
    struct arena arena = {0};
    struct filled_step step = {0};
    remedy_fill(SLICE("x {{pod}} {{cluster}} {{tag}} {{pod}}"), &known, &arena,
                &step);
    assert_int_equal(step.missing_count, 2);
    assert_int_equal(step.missing[0], FACT_POD);
    assert_int_equal(step.missing[1], FACT_TAG);
    struct slice prose = remedy_fill_prose(
        SLICE("of {{registry}}, {{resource_group}}, {{tag}}"), &known, &arena);
    assert_true(slice_equal(prose, SLICE("of x.azurecr.io, rg(west), <tag>")));
    arena_free(&arena);
}

static void
holds_no_more_missing_facts_than_there_is_room_for(void **state)
{
    (void)state;
    struct arena arena = {0};
    struct facts none = {0};
    struct filled_step step = {0};
    struct buf all = {0};
    for (size_t i = 0; i < FACTS; i++) {
        buf_print(&all, "{{%s}} ", fact_row((enum fact)i)->name);
    }
    remedy_fill(buf_slice(&all), &none, &arena, &step);
    assert_int_equal(step.missing_count, REMEDY_MISSING);
    buf_free(&all);
    arena_free(&arena);
}

static const struct slice acr[] = {{"acr", 3}};
static const struct slice ecr[] = {{"ecr", 3}};
static const struct slice managed[] = {{"managed", 7}, {"unknown", 7}};
static const struct slice sent[] = {{"sent", 4}};
static const struct condition on_acr[] = {{FACT_VENDOR, acr, 1},
                                          {FACT_IDENTITY, managed, 2}};
static const struct condition on_ecr[] = {{FACT_VENDOR, ecr, 1}};
static const struct condition on_sent[] = {{FACT_CREDENTIALS, sent, 1}};
static const struct remedy plain = {.id = {"plain", 5}};
static const struct remedy late = {.id = {"late", 4}};
static const struct remedy of_ecr = {.id = {"ecr", 3}, .when = {on_ecr, 1}};
static const struct remedy of_sent = {.id = {"sent", 4}, .when = {on_sent, 1}};
static const struct remedy of_acr = {.id = {"acr", 3}, .when = {on_acr, 2}};
/* Two facts together, or one of whatever value. */
static const struct slice any[] = {{"known", 5}};
static const struct condition both[] = {{FACT_CREDENTIALS, sent, 1},
                                        {FACT_IDENTITY, managed, 1}};
static const struct condition named[] = {{FACT_SECRET, any, 1}};
static const struct conditions likelies[] = {{both, 2}, {named, 1}};
static const struct remedy of_hope = {.id = {"hope", 4},
                                      .when = {on_acr, 1},
                                      .likely = likelies,
                                      .likely_count = 2};
static const struct remedy heavy = {.id = {"heavy", 5}, .weight = 2};
static const struct remedy *const remedies[] = {
    &plain, &of_ecr, &of_sent, &of_acr, &late,
};
static const struct remedy *const more_remedies[] = {
    &plain, &of_acr, &of_hope, &heavy, &late,
};
static const struct cause cause = {.remedies = remedies, .remedy_count = 5};
static const struct cause more = {.remedies = more_remedies, .remedy_count = 5};

static void
orders_by_evidence_and_leaves_out_what_is_contradicted(void **state)
{
    (void)state;

    static const struct {
        const char *vendor, *identity, *credentials;
        const char *order;
    } cases[] = {
        {"acr", NULL, NULL, "acr plain sent late "},
        {"acr", "managed", "sent", "acr sent plain late "},
        {"acr", "service-principal", NULL, "plain sent late "},
        {"ecr", "managed", "none", "ecr plain late "},
        {NULL, "managed", NULL, "acr plain ecr sent late "},
        {"ecr", NULL, "unknown", "ecr plain sent late "},
        {"gar", NULL, NULL, "plain sent late "},
    };

    for (size_t i = 0; i < COUNT(cases); i++) {
        struct arena arena = {0};
        struct buf order = {0};
        struct facts facts = {0};
        facts.value[FACT_VENDOR] = slice_from(cases[i].vendor);
        facts.value[FACT_IDENTITY] = slice_from(cases[i].identity);
        facts.value[FACT_CREDENTIALS] = slice_from(cases[i].credentials);
        struct filled_remedies filled =
            remedies_fill(&cause, &facts, LANGUAGE_EN, &arena);
        for (size_t k = 0; k < filled.count; k++) {
            buf_add(&order, filled.items[k].remedy->id);
            buf_add_byte(&order, ' ');
        }
        assert_string_equal(buf_string(&order), cases[i].order);
        assert_int_equal(
            remedies_fill_all(&cause, &facts, LANGUAGE_EN, &arena).count, 5);
        buf_free(&order);
        arena_free(&arena);
    }
}

static void
what_is_likely_comes_first_and_a_weight_counts(void **state)
{
    (void)state;

    static const struct {
        const char *vendor, *identity, *credentials, *secret;
        const char *order;
    } cases[] = {
        {NULL, NULL, NULL, NULL, "heavy acr plain hope late "},
        {"acr", NULL, NULL, NULL, "acr heavy hope plain late "},
        {"acr", "managed", NULL, NULL, "acr heavy hope plain late "},
        {"acr", NULL, "sent", NULL, "acr heavy hope plain late "},
        {"acr", "managed", "sent", NULL, "hope acr heavy plain late "},
        {"acr", NULL, NULL, "regcred", "hope acr heavy plain late "},
        {"acr", NULL, NULL, "unknown", "acr heavy hope plain late "},
        {NULL, NULL, NULL, "regcred", "hope heavy acr plain late "},
        {"ecr", "managed", "sent", "regcred", "heavy plain late "},
    };

    for (size_t i = 0; i < COUNT(cases); i++) {
        struct arena arena = {0};
        struct buf order = {0};
        struct facts facts = {0};
        facts.value[FACT_VENDOR] = slice_from(cases[i].vendor);
        facts.value[FACT_IDENTITY] = slice_from(cases[i].identity);
        facts.value[FACT_CREDENTIALS] = slice_from(cases[i].credentials);
        facts.value[FACT_SECRET] = slice_from(cases[i].secret);
        struct filled_remedies filled =
            remedies_fill(&more, &facts, LANGUAGE_EN, &arena);
        for (size_t k = 0; k < filled.count; k++) {
            buf_add(&order, filled.items[k].remedy->id);
            buf_add_byte(&order, ' ');
        }
        assert_string_equal(buf_string(&order), cases[i].order);
        buf_free(&order);
        arena_free(&arena);
    }
}

/* The catalogue's own order, by what the input shows. */
static void
what_was_seen_comes_first(void **state)
{
    (void)state;

    static const struct {
        const char *cause;
        enum fact fact;
        const char *value; /* of the fact */
        const char *first;
    } cases[] = {
        {"unauthorized", FACT_IDENTITY, "managed", "check-acrpull"},
        {"unauthorized", FACT_FLAPPING, "yes", "flapping-identity"},
        {"unauthorized", FACT_REGISTRY_WORKS, "other-node",
         "works-on-other-nodes"},
        {"unauthorized", FACT_REGISTRY_WORKS, "other-image",
         "works-for-other-images"},
        {"unauthorized", FACT_REGISTRY_WORKS, "no", "acr-first-steps"},
        {"unauthorized", FACT_SCALE_SET_FAILING, "one", "one-scale-set"},
        {"unauthorized", FACT_SCALE_SET_FAILING, "several", "acr-first-steps"},
        {"unauthorized", FACT_CLOUD, "AzureChinaCloud", "sovereign-cloud"},
        {"unauthorized", FACT_CLOUD, "AzureCloud", "acr-first-steps"},
        {"unauthorized-anonymous", FACT_FLAPPING, "yes", "flapping-identity"},
        {"forbidden", FACT_REGISTRY_WORKS, "other-node",
         "reached-from-other-nodes"},
        {"connect-timeout", FACT_REGISTRY_WORKS, "other-node",
         "reached-from-other-nodes"},
        {"connect-timeout", FACT_IP_SCOPE, "private", "check-peering"},
        {"connect-timeout", FACT_IP_SCOPE, "public", "test-connection"},
        {"dns-unavailable", FACT_SCALE_SET_FAILING, "one", "one-scale-set"},
        {"image-not-found", FACT_REGISTRY_WORKS, "other-image",
         "name-is-wrong"},
        {"image-not-found", FACT_REGISTRY_WORKS, "other-node",
         "check-image-name"},
        {"unauthorized", FACT_SECRET, "regcred", "check-named-pull-secret"},
        {"unauthorized-anonymous", FACT_SECRET, "regcred",
         "check-named-pull-secret"},
        {"access-denied", FACT_SECRET, "regcred", "check-named-pull-secret"},
        {"rate-limited", FACT_SECRET, "regcred", "check-named-pull-secret"},
        {"unauthorized", FACT_ACR_ROLE_MODE, "AbacRepositoryPermissions",
         "assign-repository-reader"},
        {"unauthorized-anonymous", FACT_ACR_ROLE_MODE,
         "AbacRepositoryPermissions", "assign-repository-reader"},
        {"access-denied", FACT_ACR_ROLE_MODE, "AbacRepositoryPermissions",
         "assign-repository-reader"},
        {"unauthorized", FACT_ACR_ROLE_MODE, "LegacyRegistryPermissions",
         "check-acrpull"},
        {"unauthorized", FACT_IDENTITY, "service-principal", "check-acrpull"},
        {"slow-pull", FACT_SLOW, "queue", "faster-nodes"},
        {"slow-pull", FACT_SLOW, "transfer", "queue-or-transfer"},
        {"firewall-denied", FACT_CLIENT_SCOPE, "private",
         "use-private-endpoint"},
        {"firewall-denied", FACT_CLIENT_SCOPE, "public", "allow-client-ip"},
    };

    struct fault fault;
    struct catalog *catalog = catalog_load(NULL, &fault);
    assert_non_null(catalog);
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct arena arena = {0};
        struct facts facts = {0};
        facts.value[FACT_VENDOR] = SLICE("acr");
        facts.value[FACT_CLOUD] = SLICE("AzureCloud");
        facts.value[cases[i].fact] = slice_from(cases[i].value);
        struct filled_remedies filled =
            remedies_fill(catalog_find(catalog, slice_from(cases[i].cause)),
                          &facts, LANGUAGE_EN, &arena);
        assert_true(filled.count > 0);
        if (!slice_equal(filled.items[0].remedy->id,
                         slice_from(cases[i].first))) {
            fail_msg("%s with %s: %.*s comes first", cases[i].cause,
                     cases[i].value, SLICE_ARG(filled.items[0].remedy->id));
        }
        arena_free(&arena);
    }
    catalog_free(catalog);
}

static size_t
place_of(const struct filled_remedies *filled, const char *id)
{
    size_t at = 0;
    while (at < filled->count
           && !slice_equal(filled->items[at].remedy->id, slice_from(id))) {
        at++;
    }
    return at;
}

/* Of two remedies, which stands first, or which is left out. */
static void
what_is_known_turns_the_order(void **state)
{
    (void)state;

    static const struct {
        const char *cause;
        const char *identity, *credentials, *works, *registry;
        const char *first;
        const char *later; /* or not at all */
        const char *secret;
    } cases[] = {
        {"unauthorized", "managed", NULL, NULL, NULL, "check-kubelet-identity",
         "check-service-principal-expiry", NULL},
        {"unauthorized", "service-principal", NULL, NULL, NULL,
         "check-service-principal-expiry", "check-kubelet-identity", NULL},
        {"unauthorized", "service-principal", NULL, NULL, NULL,
         "check-role-holder", "check-pull-secret-admin", NULL},
        {"unauthorized", NULL, NULL, NULL, NULL, "check-acrpull",
         "assign-repository-reader", NULL},
        {"unauthorized", NULL, "sent", "no", NULL, "check-acrpull",
         "assign-repository-reader", NULL},
        {"unauthorized", NULL, "unknown", "other-image", NULL, "check-acrpull",
         "assign-repository-reader", NULL},
        {"unauthorized", NULL, "sent", "other-image", NULL,
         "assign-repository-reader", "works-for-other-images", NULL},
        {"unauthorized", NULL, "sent", "other-image", NULL,
         "assign-repository-reader", "check-acrpull", NULL},
        {"unauthorized", NULL, NULL, NULL, NULL, "check-acrpull",
         "check-named-pull-secret", NULL},
        {"registry-name-wrong", NULL, NULL, NULL, "x.azureacr.io",
         "correct-image-name", "acr-first-steps", NULL},
        {"unauthorized", NULL, "sent", "other-image", NULL,
         "check-named-pull-secret", "assign-repository-reader", "regcred"},
        {"unauthorized", "managed", NULL, NULL, NULL, "check-named-pull-secret",
         "check-acrpull", "regcred"},
    };

    struct fault fault;
    struct catalog *catalog = catalog_load(NULL, &fault);
    assert_non_null(catalog);
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct arena arena = {0};
        struct facts facts = {0};
        facts.value[FACT_REGISTRY] = slice_from(cases[i].registry);
        facts.value[FACT_VENDOR] =
            cases[i].registry ? SLICE("other") : SLICE("acr");
        facts.value[FACT_IDENTITY] = slice_from(cases[i].identity);
        facts.value[FACT_CREDENTIALS] = slice_from(cases[i].credentials);
        facts.value[FACT_REGISTRY_WORKS] = slice_from(cases[i].works);
        facts.value[FACT_SECRET] = slice_from(cases[i].secret);
        struct filled_remedies filled =
            remedies_fill(catalog_find(catalog, slice_from(cases[i].cause)),
                          &facts, LANGUAGE_EN, &arena);
        size_t first = place_of(&filled, cases[i].first);
        if (first == filled.count
            || first >= place_of(&filled, cases[i].later)) {
            fail_msg("case %zu: %s does not stand before %s", i, cases[i].first,
                     cases[i].later);
        }
        arena_free(&arena);
    }
    catalog_free(catalog);
}

/* What a shell makes of the finds, with nothing known and with all. */
static void
every_find_is_a_command_that_a_shell_can_read(void **state)
{
    (void)state;
    FILE *shell = popen("sh -n", "w");
    assert_non_null(shell);
    struct arena arena = {0};
    struct facts full = known;
    full.value[FACT_POD] = SLICE("api-0");
    full.value[FACT_ACR_NAME] = SLICE("myregistry");
    full.value[FACT_NODE_RESOURCE_GROUP] = SLICE("MC_(a)_b");
    const struct facts none = {0};
    for (size_t i = 0; i < FACTS; i++) {
        const char *find = fact_row((enum fact)i)->find;
        if (!find) {
            continue;
        }
        struct filled_step step = {0};
        struct slice empty =
            remedy_fill(slice_from(find), &none, &arena, &step);
        struct slice filled =
            remedy_fill(slice_from(find), &full, &arena, &step);
        assert_int_equal(slice_find(filled, SLICE("{{")), SLICE_NONE);
        for (size_t k = 0; k < step.missing_count; k++) {
            assert_int_not_equal(step.missing[k], i); /* no circle */
        }
        fprintf(shell, "%.*s\n%.*s\n", SLICE_ARG(empty), SLICE_ARG(filled));
    }
    assert_int_equal(pclose(shell), 0);
    arena_free(&arena);
}

/* A value that a shell would obey never gets through, wherever it stands. */
static void
hostile_values_stay_out(void **state)
{
    (void)state;

    static const char *const values[] = {
        "$(id)",   "`id`", "'; id; '", "\"; id; \"", "a\nid", "a b",
        "--debug", "a|id", "a>b",      "${IFS}",     "\\",    "*",
    };

    const struct slice template =
        SLICE("x {{image}} '{{image}}' \"{{image}}\" \"$(y {{image}})\" "
              "{{server_message}}");
    for (size_t i = 0; i < COUNT(values); i++) {
        struct arena arena = {0};
        struct filled_step step = {0};
        struct facts facts = {0};
        facts.value[FACT_IMAGE] = slice_from(values[i]);
        facts.value[FACT_SERVER_MESSAGE] = slice_from(values[i]);
        struct slice filled = remedy_fill(template, &facts, &arena, &step);
        assert_true(slice_equal(
            filled, SLICE("x '<image>' '<image>' \"<image>\" "
                          "\"$(y '<image>')\" '<server-message>'")));
        arena_free(&arena);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(quotes_as_the_place_asks),
        cmocka_unit_test(commands_name_the_cluster_s_subscription),
        cmocka_unit_test(what_was_seen_comes_first),
        cmocka_unit_test(what_is_known_turns_the_order),
        cmocka_unit_test(what_is_likely_comes_first_and_a_weight_counts),
        cmocka_unit_test(tells_once_what_is_missing),
        cmocka_unit_test(holds_no_more_missing_facts_than_there_is_room_for),
        cmocka_unit_test(
            orders_by_evidence_and_leaves_out_what_is_contradicted),
        cmocka_unit_test(every_find_is_a_command_that_a_shell_can_read),
        cmocka_unit_test(hostile_values_stay_out),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
