/* SPDX-License-Identifier: Apache-2.0 */
#include "base/buf.h"
#include "base/mem.h"
#include "match/catalog.h"
#include "report/page_command.h"
#include "report/remedy.h"

#include <cjson/cJSON.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#define S(literal)                      \
    {                                   \
        "" literal, sizeof(literal) - 1 \
    }

static struct facts
some_facts(void)
{
    struct facts facts = {0};
    facts.value[FACT_POD] = SLICE("api-0");
    facts.value[FACT_NAMESPACE] = SLICE("prod");
    facts.value[FACT_REGISTRY] = SLICE("x.azurecr.io");
    facts.value[FACT_SUBSCRIPTION] =
        SLICE("8ecadfc9-d1a3-4ea4-b844-0d9f87e4d7c8");
    return facts;
}

/* As the page does it: each fact's value in its name's place. */
static void
join(struct buf *out, const cJSON *parts, const struct facts *facts)
{
    for (int i = 0; i < cJSON_GetArraySize(parts); i++) {
        const char *part = cJSON_GetStringValue(cJSON_GetArrayItem(parts, i));
        enum fact fact;
        if (i % 2 == 0) {
            buf_add_text(out, part);
        } else {
            assert_true(fact_by_name(slice_from(part), &fact));
            buf_add(out, facts->value[fact]);
        }
    }
}

/* Fills the template, cuts it to pieces, joins these; returns how many. */
static int
pieces_of(struct slice template, const struct facts *facts)
{
    struct arena arena = {0};
    struct filled_step step = {0};
    struct buf joined = {0};
    struct slice filled = remedy_fill(template, facts, &arena, &step);
    cJSON *parts = page_command(template, filled, facts);
    join(&joined, parts, facts);
    assert_true(slice_equal(buf_slice(&joined), filled));
    int count = cJSON_GetArraySize(parts);
    cJSON_Delete(parts);
    buf_free(&joined);
    arena_free(&arena);
    return count;
}

static void
what_is_known_is_a_piece_of_its_own(void **state)
{
    static const struct {
        struct slice template;
        int pieces;
    } cases[] = {
        {S("kubectl get nodes"), 1},
        {S("kubectl get pod {{pod}}"), 3},
        {S("kubectl get pod {{pod}} --namespace {{namespace}} -o yaml\n"), 5},
        {S("{{registry}}"), 3},
        {S("echo '{{pod}}' \"{{pod}}\" # {{pod}}"), 7},
        {S("echo {{node}} {{pod}}"), 3},           /* a placeholder, quoted */
        {S("echo \"{{node}}\" {{pod}}"), 3},       /* or within quotes */
        {S("docker ps --format '{{.Names}}'"), 1}, /* no name of ours */
        {S("echo {{no_such_fact}}"), 1},
        /* a subscription is put in where there was none */
        {S("az aks show --name x --query {{pod}}"), 3},
        {S("a=$(az aks show --name {{pod}}) && az group show --name x"), 3},
    };

    struct facts facts = some_facts();
    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        int count = pieces_of(cases[i].template, &facts);
        if (count != cases[i].pieces) {
            fail_msg("%s: %d pieces, not %d", cases[i].template.data, count,
                     cases[i].pieces);
        }
    }
}

static void
what_does_not_agree_stays_whole(void **state)
{
    static const struct {
        struct slice template;
        struct slice filled;
    } cases[] = {
        {S("get {{pod}}"), S("get 'api-1'")},
        {S("get {{pod}}"), S("get 'api-0")},
        {S("get {{pod}}"), S("get api-0 --subscription ")},
        {S("get {{pod}} x"), S("get api-0")},
        {S("get"), S("get; rm -rf /")},
        {S(""), S("x")},
    };

    struct facts facts = some_facts();
    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        cJSON *parts = page_command(cases[i].template, cases[i].filled, &facts);
        assert_int_equal(cJSON_GetArraySize(parts), 1);
        assert_string_equal(cJSON_GetStringValue(cJSON_GetArrayItem(parts, 0)),
                            cases[i].filled.data);
        cJSON_Delete(parts);
    }
}

/* Whatever stands there, and however much is known. */
static void
every_command_of_the_catalogue_is_put_together_again(void **state)
{
    struct fault fault = {0};
    struct facts none = {0};
    struct facts some = some_facts();
    struct catalog *catalog = catalog_load(NULL, &fault);
    size_t whole = 0;
    size_t count = 0;
    (void)state;
    assert_non_null(catalog);
    for (size_t i = 0; i < catalog_count(catalog); i++) {
        const struct cause *cause = catalog_cause(catalog, i);
        for (size_t k = 0; k < cause->remedy_count; k++) {
            const struct remedy *remedy = cause->remedies[k];
            for (size_t n = 0; n < remedy->step_count; n++) {
                struct slice run = remedy->steps[n].run;
                bool has_pod = slice_find(run, SLICE("{{pod}}")) != SLICE_NONE;
                assert_int_equal(pieces_of(run, &none), 1);
                whole += pieces_of(run, &some) == 1 && has_pod;
                count++;
            }
        }
    }
    assert_in_range(count, 500, SIZE_MAX);
    assert_int_equal(whole, 0);
    catalog_free(catalog);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_known_is_a_piece_of_its_own),
        cmocka_unit_test(what_does_not_agree_stays_whole),
        cmocka_unit_test(every_command_of_the_catalogue_is_put_together_again),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
