/* SPDX-License-Identifier: Apache-2.0 */
#include "base/embedded.h"
#include "report/page.h"
#include "report/page_json.h"
#include "report/page_pool.h"
#include "said.h"
#include "sample_incident.h"

#include <cjson/cJSON.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define HOSTILE "</script><!--<script>alert(1)</script>&lt;\xe2\x80\xa8"
#define SHOWN   "</script><!--<script>alert(1)</script>&lt;\\u2028"

/* A page of the sample incident, and what was rendered. */
struct sheet {
    struct sample_incident sample;
    struct report_style style;
    struct page_about about;
    struct page *page;
    struct buf out;
    cJSON *block; /* the one looked at last */
};

static int
open_sheet(void **state)
{
    struct sheet *sheet = MEM_NEW(struct sheet);
    sample_incident_init(&sheet->sample);
    sheet->style.now = INT64_C(1795452000) * STAMP_SECOND;
    sheet->style.show = SLICE("pullwhy show");
    sheet->about = (struct page_about){
        .style = &sheet->style,
        .version = SLICE("1.2.3"),
        .first = sheet->sample.incident.first_seen,
        .last = sheet->sample.incident.last_seen,
        .key = 7,
    };
    sheet->page = page_new(&sheet->about);
    *state = sheet;
    return 0;
}

static int
close_sheet(void **state)
{
    struct sheet *sheet = *state;
    page_free(sheet->page);
    cJSON_Delete(sheet->block);
    buf_free(&sheet->out);
    mem_free(sheet);
    return 0;
}

static void
add(struct sheet *sheet, size_t times)
{
    const struct page_tally tallies[] = {{29924188, 9}, {29924199, 5}};
    for (size_t i = 0; i < times; i++) {
        page_add(sheet->page, &sheet->sample.incident, tallies, COUNT(tallies));
    }
}

static const char *
render(struct sheet *sheet)
{
    page_render(sheet->page, &sheet->out);
    return buf_string(&sheet->out);
}

/* The block of data of that id; NULL if there is none. */
static const cJSON *
block(struct sheet *sheet, const char *id)
{
    struct buf head = {0};
    buf_print(&head, "<script type=\"application/json\" id=\"%s\">", id);
    struct slice page = buf_slice(&sheet->out);
    size_t at = slice_find(page, buf_slice(&head));
    cJSON_Delete(sheet->block);
    sheet->block = NULL;
    if (at != SLICE_NONE) {
        struct slice json = slice_after(page, at + head.len);
        json = slice_before(json, slice_find(json, SLICE("</script>")));
        sheet->block = cJSON_ParseWithLength(json.data, json.len);
        assert_non_null(sheet->block);
    }
    buf_free(&head);
    return sheet->block;
}

static const char *
text_at(const cJSON *list, int index)
{
    return cJSON_GetStringValue(cJSON_GetArrayItem(list, index));
}

static double
cell(const cJSON *row, int index)
{
    return cJSON_GetNumberValue(cJSON_GetArrayItem(row, index));
}

static size_t
count_of(const char *text, const char *word)
{
    size_t count = 0;
    for (const char *at = text; (at = strstr(at, word)); at += strlen(word)) {
        count++;
    }
    return count;
}

static void
the_table_has_what_the_incident_says(void **state)
{
    struct sheet *sheet = *state;
    add(sheet, 1);
    render(sheet);
    const cJSON *report = block(sheet, "report");
    const cJSON *texts = cJSON_GetObjectItem(report, "texts");
    const cJSON *row =
        cJSON_GetArrayItem(cJSON_GetObjectItem(report, "incidents"), 0);
    assert_string_equal(text_at(texts, 0), "");
    assert_float_equal(cell(row, 0), 7, 0);
    assert_string_equal(text_at(texts, (int)cell(row, 4)),
                        "myregistry.azurecr.io");
    assert_string_equal(text_at(texts, (int)cell(row, 5)),
                        "myregistry.azurecr.io/team/api:v1.2");
    assert_float_equal(cell(row, 7), 1795451339, 0);
    assert_float_equal(cell(row, 9), 0, 0);
    assert_float_equal(cell(row, 11), 14, 0);
    const cJSON *affected = cJSON_GetArrayItem(row, 14);
    assert_int_equal(cJSON_GetArraySize(affected), 5);
    assert_string_equal(
        text_at(texts, (int)cell(cJSON_GetArrayItem(affected, 2), 1)), "web-0");
    const cJSON *tally = cJSON_GetArrayItem(row, 15);
    assert_float_equal(cell(cJSON_GetArrayItem(tally, 1), 1), 5, 0);
    const cJSON *cause =
        cJSON_GetArrayItem(cJSON_GetObjectItem(report, "causes"), 0);
    assert_string_equal(
        cJSON_GetStringValue(cJSON_GetObjectItem(cause, "slug")),
        "unauthorized");
}

/* In the order of the remedies, and in both languages. */
static void
remedies_are_there_once_in_both_languages(void **state)
{
    struct sheet *sheet = *state;
    add(sheet, 2);
    render(sheet);
    const cJSON *full = cJSON_GetArrayItem(block(sheet, "details-0"), 1);
    const cJSON *list = cJSON_GetObjectItem(full, "remedies");
    assert_int_equal(cJSON_GetArraySize(list), 4);
    int second = (int)cell(list, 1);
    const cJSON *remedies = block(sheet, "remedies");
    assert_int_equal(cJSON_GetArraySize(remedies), 4);
    const cJSON *title =
        cJSON_GetObjectItem(cJSON_GetArrayItem(remedies, second), "title");
    int said = (int)cJSON_GetNumberValue(title);
    const cJSON *sentence = cJSON_GetArrayItem(block(sheet, "prose"), said);
    assert_string_equal(text_at(sentence, 0), "Check the pull secret");
    assert_string_equal(text_at(sentence, 1), "プルシークレットを確認する");
}

static void
details_are_cut_into_blocks(void **state)
{
    struct sheet *sheet = *state;
    add(sheet, 201);
    render(sheet);
    assert_int_equal(cJSON_GetArraySize(block(sheet, "details-0")), 100);
    assert_int_equal(cJSON_GetArraySize(block(sheet, "details-1")), 100);
    assert_int_equal(cJSON_GetArraySize(block(sheet, "details-2")), 1);
    assert_null(block(sheet, "details-3"));
}

static void
an_empty_page_has_its_blocks(void **state)
{
    struct sheet *sheet = *state;
    render(sheet);
    const cJSON *report = block(sheet, "report");
    assert_int_equal(
        cJSON_GetArraySize(cJSON_GetObjectItem(report, "incidents")), 0);
    assert_null(block(sheet, "details-0"));
    assert_int_equal(cJSON_GetArraySize(block(sheet, "prose")), 0);
    assert_int_equal(cJSON_GetArraySize(block(sheet, "remedies")), 0);
}

/* Wherever it stands: no element begins or ends with it, and it comes back. */
static void
hostile_text_stays_text(void **state)
{
    struct sheet *sheet = *state;
    struct incident *incident = &sheet->sample.incident;
    add(sheet, 1);
    size_t scripts = count_of(render(sheet), "<script");
    size_t ends = count_of(buf_string(&sheet->out), "</script");
    page_free(sheet->page);
    buf_clear(&sheet->out);
    sheet->page = page_new(&sheet->about);
    sheet->about.filters = SLICE("--cause " HOSTILE);
    incident->evidence[0] =
        said_by(sizeof(HOSTILE) - 1, SLICE(HOSTILE HOSTILE));
    sheet->sample.affected[0].pod = SLICE(HOSTILE);
    incident_set_fact(incident, FACT_REGISTRY, SLICE(HOSTILE));
    incident_set_fact(incident, FACT_SERVER_MESSAGE,
                      SLICE("\xff" HOSTILE "\x1b"));
    add(sheet, 1);
    const char *page = render(sheet);
    assert_int_equal(count_of(page, "<script"), scripts);
    assert_int_equal(count_of(page, "</script"), ends);
    assert_int_equal(count_of(page, "<!--"), 0);
    assert_int_equal(count_of(page, "\xe2\x80\xa8"), 0);
    const cJSON *full = cJSON_GetArrayItem(block(sheet, "details-0"), 0);
    const cJSON *line =
        cJSON_GetArrayItem(cJSON_GetObjectItem(full, "evidence"), 0);
    assert_string_equal(cJSON_GetStringValue(cJSON_GetObjectItem(line, "line")),
                        SHOWN);
    assert_string_equal(cJSON_GetStringValue(cJSON_GetObjectItem(line, "from")),
                        SHOWN);
    const cJSON *facts = cJSON_GetObjectItem(full, "facts");
    assert_string_equal(
        cJSON_GetStringValue(cJSON_GetObjectItem(facts, "server_message")),
        "\\xff" SHOWN "\\x1b");
}

/* Each script and style that stands there is one that the policy names. */
static void
the_policy_names_all_that_runs(void **state)
{
    struct sheet *sheet = *state;
    add(sheet, 1);
    const char *page = render(sheet);
    assert_non_null(strstr(page, "content=\"default-src 'none'; script-src "));
    size_t files = 0;
    for (const struct embedded *row = embedded_page; row->name; row++) {
        const struct embedded *hash = &embedded_page_hashes[files++];
        assert_string_equal(hash->name, row->name);
        assert_int_equal(strlen(hash->text), 44);
        bool is_skeleton = strstr(row->name, ".html") != NULL;
        assert_int_equal(count_of(page, hash->text), is_skeleton ? 0 : 1);
        assert_int_equal(strstr(page, row->text) != NULL, !is_skeleton);
    }
    size_t runs = count_of(page, "<script>") + count_of(page, "<style>");
    assert_int_equal(count_of(page, "'sha256-"), files - 1);
    assert_int_equal(runs, files - 1);
    assert_int_equal(count_of(page, " onclick") + count_of(page, " src="), 0);
    assert_null(strstr(page, "{{"));
    assert_non_null(strstr(page, "<html lang=\"en\">"));
}

static void
the_timeline_has_a_bounded_number_of_columns(void **state)
{
    static const int64_t spans[] = {0, 1, 119, 120, 600, 10000, 525600};
    (void)state;
    for (size_t i = 0; i < COUNT(spans); i++) {
        int64_t minutes = page_minutes(0, spans[i] * STAMP_MINUTE);
        assert_in_range(spans[i] / minutes, 0, 119);
    }
    assert_int_equal(page_minutes(0, 119 * STAMP_MINUTE), 1);
    assert_int_equal(page_minutes(0, 120 * STAMP_MINUTE), 5);
    assert_int_equal(page_minutes(5, 0), 1);
}

static void
a_pool_has_each_text_once(void **state)
{
    struct page_pool pool = {.key = {{1, 2}}};
    char text[32];
    (void)state;
    for (size_t round = 0; round < 2; round++) {
        for (size_t i = 0; i < 5000; i++) {
            int len = snprintf(text, sizeof(text), "text %zu", i);
            assert_int_equal(page_pool_add(&pool, slice_of(text, (size_t)len)),
                             i);
        }
    }
    assert_int_equal(pool.count, 5000);
    assert_true(slice_equal(pool.texts[4711], SLICE("text 4711")));
    page_pool_free(&pool);
}

#define SHEET_TEST(name) \
    cmocka_unit_test_setup_teardown(name, open_sheet, close_sheet)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        SHEET_TEST(the_table_has_what_the_incident_says),
        SHEET_TEST(remedies_are_there_once_in_both_languages),
        SHEET_TEST(details_are_cut_into_blocks),
        SHEET_TEST(an_empty_page_has_its_blocks),
        SHEET_TEST(hostile_text_stays_text),
        SHEET_TEST(the_policy_names_all_that_runs),
        cmocka_unit_test(the_timeline_has_a_bounded_number_of_columns),
        cmocka_unit_test(a_pool_has_each_text_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
