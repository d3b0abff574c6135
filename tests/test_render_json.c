/* SPDX-License-Identifier: Apache-2.0 */
#include "report/kept.h"
#include "report/printable.h"
#include "report/report.h"
#include "said.h"
#include "sample_incident.h"

#include <cjson/cJSON.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

struct page {
    struct sample_incident sample;
    struct report_style style;
    struct buf out;
    cJSON *root;
};

static int
open_page(void **state)
{
    struct page *page = MEM_NEW(struct page);
    sample_incident_init(&page->sample);
    *state = page;
    return 0;
}

static int
close_page(void **state)
{
    struct page *page = *state;
    buf_free(&page->out);
    cJSON_Delete(page->root);
    mem_free(page);
    return 0;
}

/* Parses the one line that was written. */
static cJSON *
parsed(struct page *page)
{
    const char *text = buf_string(&page->out);
    assert_ptr_equal(strchr(text, '\n'), text + page->out.len - 1);
    cJSON_Delete(page->root);
    page->root = cJSON_Parse(text);
    assert_non_null(page->root);
    return page->root;
}

/* The incident of the object. */
static cJSON *
tell(struct page *page, enum change change)
{
    buf_clear(&page->out);
    render_json_incident(&page->out, &page->style, &page->sample.incident,
                         change);
    cJSON *incident = cJSON_GetObjectItem(parsed(page), "incident");
    assert_non_null(incident);
    return incident;
}

/* "affected.sample.0.pod" in a tree; NULL if there is no such item. */
static const cJSON *
at(const cJSON *item, const char *path)
{
    struct slice rest = slice_from(path);
    while (item && rest.len > 0) {
        struct slice name = rest;
        uint64_t index;
        if (!slice_cut(&rest, '.', &name)) {
            rest = SLICE("");
        }
        char *key = mem_string(name);
        item = slice_to_u64(name, &index) ? cJSON_GetArrayItem(item, (int)index)
                                          : cJSON_GetObjectItem(item, key);
        mem_free(key);
    }
    return item;
}

static void
assert_text(const cJSON *item, const char *path, const char *text)
{
    const char *found = cJSON_GetStringValue(at(item, path));
    if (!found || strcmp(found, text) != 0) {
        fail_msg("%s is %s, not %s", path, found ? found : "absent", text);
    }
}

static void
an_incident_says_what_the_contract_says(void **state)
{
    static const struct {
        const char *path;
        const char *text;
    } cases[] = {
        {"cause", "unauthorized"},
        {"severity", "error"},
        {"scope", "registry"},
        {"registry", "myregistry.azurecr.io"},
        {"repository", "team/api"},
        {"tag", "v1.2"},
        {"vendor", "acr"},
        {"state", "open"},
        {"first_seen", "2026-11-23T16:28:59Z"},
        {"last_seen", "2026-11-23T16:39:59Z"},
        {"affected.sample.0.pod", "api-7d9f8c6b5d-x2x4z"},
        {"affected.sample.2.node", "aks-pool1-12345678-vmss000001"},
        {"also.0", "unauthorized-anonymous"},
        {"evidence.1", "again: \x1b[31m401 Unauthorized"},
        {"remedies.0.id", "check-acrpull"},
        {"remedies.0.steps.0.missing.1", "kubelet.object_id"},
        {"remedies.0.steps.1.say", "Attach the registry to the cluster."},
        {"remedies.0.steps.1.run",
         "az aks update --resource-group '<resource-group>' --name "
         "'<cluster>' --attach-acr myregistry"},
        {"why", "The node did send credentials, and the registry does not take "
                "them. Mostly the role assignment is missing, or the pull "
                "secret holds an old password.\n\nRight after a node has "
                "started the first attempt may fail, and the next one work."},
        {"remedies.3.id", "fourth"},
        {"sources.0", "https://example.com/doc/401"},
    };

    struct page *page = *state;
    const cJSON *incident = tell(page, CHANGE_OPENED);
    assert_text(page->root, "change", "opened");
    assert_int_equal(at(page->root, "schema")->valueint, 1);
    for (size_t i = 0; i < COUNT(cases); i++) {
        assert_text(incident, cases[i].path, cases[i].text);
    }
    assert_int_equal(at(incident, "id")->valueint, 7);
    assert_int_equal(at(incident, "count")->valueint, 14);
    assert_int_equal(at(incident, "affected.pods")->valueint, 4);
    assert_int_equal(at(incident, "affected.nodes")->valueint, 2);
    assert_true(cJSON_IsFalse(at(incident, "remedies.0.steps.0.changes")));
    assert_true(cJSON_IsTrue(at(incident, "remedies.0.steps.1.changes")));
    const cJSON *facts = at(incident, "facts");
    assert_text(cJSON_GetObjectItem(facts, "acr.name"), "", "myregistry");
    assert_text(cJSON_GetObjectItem(facts, "http.status"), "", "401");
}

static void
what_is_unknown_is_absent(void **state)
{
    static const char *const paths[] = {
        "digest",
        "image",
        "resolved_at",
        "approximate",
        "facts.node",
        "affected.sample.3.container",
        "affected.sample.0.image",
        "affected.sample.0.recovered",
        "remedies.1.steps.1.run",
        "remedies.1.steps.1.missing",
    };

    struct page *page = *state;
    const cJSON *incident = tell(page, CHANGE_UPDATED);
    for (size_t i = 0; i < COUNT(paths); i++) {
        assert_null(at(incident, paths[i]));
    }
    page->sample.incident.also_count = 0;
    page->sample.incident.first_seen = 0;
    page->sample.incident.id = 0;
    incident = tell(page, CHANGE_UPDATED);
    assert_null(at(incident, "also"));
    assert_null(at(incident, "first_seen"));
    assert_null(at(incident, "id"));
    assert_null(strstr(buf_string(&page->out), ":\"\""));
}

static void
states_and_stamps_follow_the_incident(void **state)
{
    struct page *page = *state;
    struct incident *incident = &page->sample.incident;
    incident->state = INCIDENT_RESOLVED;
    incident->resolved_at = incident->last_seen + STAMP_MINUTE;
    incident->stamp_trust = STAMP_MISSING;
    page->sample.affected[0].is_recovered = true;
    const cJSON *item = tell(page, CHANGE_RESOLVED);
    assert_text(page->root, "change", "resolved");
    assert_text(item, "state", "resolved");
    assert_text(item, "resolved_at", "2026-11-23T16:40:59Z");
    assert_true(cJSON_IsTrue(at(item, "approximate")));
    assert_true(cJSON_IsTrue(at(item, "affected.sample.0.recovered")));
}

static void
hostile_text_is_valid_json_that_a_terminal_can_bear(void **state)
{
    static const struct {
        struct slice given;
        const char *parsed;
    } cases[] = {
        {{"a\xff\xe3\x81z", 5}, "a\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbdz"},
        {{"a\0z", 3}, "a\xef\xbf\xbdz"},
        {{"\"\\\n\x1b\x7f", 5}, "\"\\\n\x1b\x7f"},
        {{"\xc2\x9b", 2}, "\xc2\x9b"},
        {{"\xe2\x80\xae", 3}, "\xe2\x80\xae"},
        {{"\xf3\xa0\x81\x81", 4}, "\xf3\xa0\x81\x81"},
        {{"日本", 6}, "日本"},
    };

    struct page *page = *state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        page->sample.incident.evidence[0] = said_by(0, cases[i].given);
        page->sample.affected[0].pod = cases[i].given;
        incident_set_fact(&page->sample.incident, FACT_SERVER_MESSAGE,
                          cases[i].given);
        const cJSON *incident = tell(page, CHANGE_OPENED);
        assert_text(incident, "evidence.0", cases[i].parsed);
        assert_text(incident, "affected.sample.0.pod", cases[i].parsed);
        assert_text(incident, "facts.server_message", cases[i].parsed);
        struct slice rest = buf_slice(&page->out);
        struct printable_glyph glyph;
        while (printable_next(&rest, &glyph)) {
            assert_true(glyph.is_plain || glyph.code == '\n');
        }
    }
}

static void
the_language_is_the_style_s(void **state)
{
    struct page *page = *state;
    page->style.language = LANGUAGE_JA;
    const cJSON *incident = tell(page, CHANGE_OPENED);
    assert_text(incident, "remedies.1.title", "プルシークレットを確認する");
    assert_text(incident, "state", "open"); /* machines' words stay */
}

static void
a_cause_shows_its_templates_with_placeholders(void **state)
{
    struct page *page = *state;
    render_json_cause(&page->out, &page->style, &page->sample.cause);
    const cJSON *root = parsed(page);
    assert_text(root, "cause", "unauthorized");
    assert_text(root, "class", "permanent");
    assert_int_equal(at(root, "rank")->valueint, 2);
    assert_int_equal(cJSON_GetArraySize(at(root, "remedies")), 5);
    assert_text(root, "remedies.1.when.vendor.1", "gar");
    assert_text(root, "remedies.2.steps.0.missing.0", "acr.id");
    assert_null(at(root, "remedies.0.when"));
    assert_null(at(root, "remedies.0.likely"));
    assert_text(root, "remedies.3.likely.0.credentials.0", "moon");
    assert_text(root, "sources.0", "https://example.com/doc/401");
}

static void
what_is_kept_changes_no_object(void **state)
{
    struct page *page = *state;
    struct kept *kept = kept_new();
    struct incident *incident = &page->sample.incident;
    struct slice pod = incident_fact(incident, FACT_POD);
    for (int i = 0; i < 4; i++) {
        struct buf wanted = {0};
        incident_set_fact(incident, FACT_POD,
                          i % 2 == 0 ? pod : SLICE("other-pod"));
        page->style.kept = NULL;
        tell(page, CHANGE_OPENED);
        buf_add(&wanted, buf_slice(&page->out));
        page->style.kept = kept;
        tell(page, CHANGE_OPENED);
        assert_string_equal(buf_string(&page->out), buf_string(&wanted));
        buf_free(&wanted);
    }
    page->style.kept = NULL;
    kept_free(kept);
}

#define PAGE_TEST(name) \
    cmocka_unit_test_setup_teardown(name, open_page, close_page)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        PAGE_TEST(an_incident_says_what_the_contract_says),
        PAGE_TEST(what_is_unknown_is_absent),
        PAGE_TEST(states_and_stamps_follow_the_incident),
        PAGE_TEST(hostile_text_is_valid_json_that_a_terminal_can_bear),
        PAGE_TEST(the_language_is_the_style_s),
        PAGE_TEST(a_cause_shows_its_templates_with_placeholders),
        PAGE_TEST(what_is_kept_changes_no_object),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
