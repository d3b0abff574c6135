/* SPDX-License-Identifier: Apache-2.0 */
#include "report/kept.h"
#include "report/printable.h"
#include "report/report.h"
#include "said.h"
#include "sample_incident.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

/* Three minutes after the sample's last line. */
#define NOW ((INT64_C(1795451339) + 14 * 60) * STAMP_SECOND)

struct page {
    struct sample_incident sample;
    struct report_style style;
    struct buf out;
};

static int
open_page(void **state)
{
    struct page *page = MEM_NEW(struct page);
    sample_incident_init(&page->sample);
    page->style = (struct report_style){
        .language = LANGUAGE_EN, .columns = 80, .show = SLICE("pullwhy show")};
    *state = page;
    return 0;
}

static int
close_page(void **state)
{
    struct page *page = *state;
    buf_free(&page->out);
    mem_free(page);
    return 0;
}

static const char *
tell(struct page *page, enum change change)
{
    buf_clear(&page->out);
    render_text_incident(&page->out, &page->style, &page->sample.incident,
                         change);
    return buf_string(&page->out);
}

static void
assert_holds(const char *text, const char *part)
{
    if (!strstr(text, part)) {
        fail_msg("no \"%s\" in:\n%s", part, text);
    }
}

static void
assert_lacks(const char *text, const char *part)
{
    if (strstr(text, part)) {
        fail_msg("\"%s\" in:\n%s", part, text);
    }
}

static void
a_block_says_all_in_order(void **state)
{
    static const char *const parts[] = {
        "ERROR       401 Unauthorized: the registry refused",
        "#7 [unauthorized] open\n",
        "  where     myregistry.azurecr.io (Azure Container Registry)\n",
        "  image     myregistry.azurecr.io/team/api:v1.2\n",
        "  seen      14 times in 11 min, last 3 min ago\n"
        "            2026-11-23T16:28:59Z to 2026-11-23T16:39:59Z\n",
        "  affected  4 pods on 2 nodes: prod/api-7d9f8c6b5d-x2x4z, prod/web-0,",
        "            staging/batch-k7q2w and 1 more\n",
        "  also      [unauthorized-anonymous] No credentials were sent\n",
        "  why       The node did send credentials, and the registry does not "
        "take them.\n",
        "\n\n            Right after",
        "  evidence  E1123 16:28:59.120279    2874 kuberuntime_image.go:55]",
        "\\x1b[31m401 Unauthorized\n",
        "What to do\n",
        "1. May the cluster's kubelet identity pull from the registry?\n",
        "  look      Which roles",
        "    az role assignment list --scope '<acr-id>' --assignee "
        "'<kubelet-object-id>' --output table\n",
        "  find      <acr-id>\n"
        "    az acr show --name myregistry --query id --output tsv\n",
        "  find      <resource-group> <cluster>\n    az aks list ",
        "  CHANGE    Attach the registry to the cluster.\n"
        "    az aks update --resource-group '<resource-group>' ",
        "2. Check the pull secret\n",
        "    kubectl get pod api-7d9f8c6b5d-x2x4z --namespace prod \\\n"
        "      --output jsonpath=",
        "  do        Compare its server with myregistry.azurecr.io.\n",
        "3. Rotate the token\n",
        "Also possible (in full: pullwhy show 7)\n4. Enable the admin user",
    };

    struct page *page = *state;
    page->style.now = NOW;
    const char *text = tell(page, CHANGE_OPENED);
    for (size_t i = 0; i < COUNT(parts); i++) {
        assert_holds(text, parts[i]);
        text = strstr(text, parts[i]);
    }
    assert_lacks(buf_string(&page->out), "Check the node's role");
    assert_lacks(buf_string(&page->out), "\x1b");
}

static void
a_placeholder_is_explained_once(void **state)
{
    const char *text = strstr(tell(*state, CHANGE_OPENED), "az aks list");
    assert_non_null(text);
    assert_null(strstr(text + 1, "az aks list"));
}

static void
what_is_not_known_is_left_out(void **state)
{
    struct page *page = *state;
    struct incident *incident = &page->sample.incident;
    incident->affected_count = 0;
    incident->also_count = 0;
    incident->evidence_seen = 0;
    incident->first_seen = incident->last_seen = 0;
    incident->is_stored = false;
    incident->known.facts = 0;
    const char *text = tell(page, CHANGE_OPENED);
    assert_holds(text, "  where     -\n  seen      14 times\n\n");
    assert_holds(text, "(in full: pullwhy explain unauthorized)");
    assert_lacks(text, "affected");
    assert_lacks(text, "also ");
    assert_lacks(text, "evidence");
    assert_lacks(text, "image  ");
}

static void
approximate_stamps_are_marked(void **state)
{
    struct page *page = *state;
    page->sample.incident.stamp_trust = STAMP_APPROXIMATE;
    assert_holds(tell(page, CHANGE_OPENED),
                 "~2026-11-23T16:28:59Z to ~2026-11-23T16:39:59Z\n");
    page->sample.incident.stamp_trust = STAMP_INFERRED;
    assert_lacks(tell(page, CHANGE_OPENED), "~");
}

static void
a_sandbox_image_is_told(void **state)
{
    struct page *page = *state;
    page->sample.incident.severity = SEVERITY_CRITICAL;
    incident_set_fact(&page->sample.incident, FACT_ROLE, SLICE("sandbox"));
    const char *text = tell(page, CHANGE_OPENED);
    assert_holds(text, "CRITICAL    401");
    assert_holds(text, "no pod of the node can start\n");
}

static void
later_changes_are_one_line_each(void **state)
{
    static const struct {
        enum change change;
        const char *line;
    } cases[] = {
        {CHANGE_UPDATED, "updated   #7 [unauthorized] myregistry.azurecr.io: "
                         "14 times, 4 pods, 16:39:59Z\n"},
        {CHANGE_RESOLVED, "resolved  #7 [unauthorized] myregistry.azurecr.io: "
                          "14 times, 4 pods, 16:39:59Z\n"},
        {CHANGE_REOPENED, "reopened  #7 [unauthorized] myregistry.azurecr.io: "
                          "14 times, 4 pods, 16:39:59Z\n"},
        {CHANGE_QUIET, "quiet     #7 [unauthorized] myregistry.azurecr.io: "
                       "14 times, 4 pods, 16:39:59Z\n"},
    };

    struct page *page = *state;
    page->style.now = NOW;
    for (size_t i = 0; i < COUNT(cases); i++) {
        assert_string_equal(tell(page, cases[i].change), cases[i].line);
    }
    page->style.now = 0;
    page->style.columns = 0;
    assert_holds(tell(page, CHANGE_QUIET), ", 2026-11-23T16:39:59Z\n");
}

/* Lines that are not commands or addresses fit the terminal. */
static void
assert_fits(const char *text, size_t columns)
{
    struct slice rest = slice_from(text);
    struct slice line;
    while (slice_cut(&rest, '\n', &line)) {
        bool is_command = slice_starts(line, SLICE("    "))
                       && !slice_starts(line, SLICE("     "));
        if (!is_command && slice_find(line, SLICE("http")) == SLICE_NONE
            && slice_find(line, SLICE("--output")) == SLICE_NONE
            && printable_width(line) > columns) {
            fail_msg("%zu cells: %.*s", printable_width(line), SLICE_ARG(line));
        }
    }
}

static void
prose_fits_every_terminal_in_both_languages(void **state)
{
    static const size_t columns[] = {60, 72, 80, 100, 120, 200};

    struct page *page = *state;
    for (size_t i = 0; i < COUNT(columns) * LANGUAGES; i++) {
        page->style.columns = columns[i / LANGUAGES];
        page->style.language = (enum language)(i % LANGUAGES);
        assert_fits(tell(page, CHANGE_OPENED), page->style.columns);
    }
}

static void
japanese_is_broken_as_it_should_be(void **state)
{
    struct page *page = *state;
    page->style.language = LANGUAGE_JA;
    page->style.now = NOW;
    for (size_t columns = 40; columns < 110; columns++) {
        page->style.columns = columns;
        const char *text = tell(page, CHANGE_OPENED);
        assert_lacks(text, " 。");
        assert_lacks(text, " 、");
        assert_lacks(text, " ー");
        assert_lacks(text, "。ロール ");
    }
    assert_holds(buf_string(&page->out), "  【変更】  レジストリを");
    assert_holds(buf_string(&page->out), "  発生      14 回 / 11 分、");
}

static void
a_log_cannot_send_an_escape(void **state)
{
    static const struct slice bad = {"a\x1b]0;x\x07\xc2\x9b\xe2\x80\xae\n", 13};

    struct page *page = *state;
    struct incident *incident = &page->sample.incident;
    for (size_t i = 0; i < FACTS; i++) {
        incident_set_fact(incident, (enum fact)i, bad);
    }
    page->sample.affected[0].pod = bad;
    page->sample.affected[1].namespace = bad;
    incident->evidence[0] = said_by(0, bad);
    const struct incident *all[] = {incident};
    for (size_t i = 0; i < CHANGES * SCOPES; i++) {
        page->sample.cause.scope = (enum scope)(i % SCOPES);
        tell(page, (enum change)(i / SCOPES));
        render_text_summary(&page->out, &page->style, all, 1);
        struct slice rest = buf_slice(&page->out);
        struct printable_glyph glyph;
        while (printable_next(&rest, &glyph)) {
            assert_true(glyph.is_plain || glyph.code == '\n');
        }
    }
}

static void
colour_only_where_it_is_wanted(void **state)
{
    struct page *page = *state;
    page->style.color = true;
    const char *text = tell(page, CHANGE_OPENED);
    assert_holds(text, "\x1b[1;31mERROR\x1b[0m       ");
    assert_holds(text, "\x1b[1;35mCHANGE\x1b[0m    ");
    assert_holds(text, "\\x1b[31m401"); /* the log's own is still shown */
}

static void
the_summary_is_a_table_that_fits(void **state)
{
    struct page *page = *state;
    struct sample_incident other;
    sample_incident_init(&other);
    other.cause.scope = SCOPE_IMAGE;
    other.incident.id = 12;
    other.incident.count = 1000;
    other.incident.severity = SEVERITY_CRITICAL;
    other.incident.state = INCIDENT_RESOLVED;
    const struct incident *all[] = {&page->sample.incident, &other.incident};

    page->style.columns = 0;
    render_text_summary(&page->out, &page->style, all, 2);
    assert_string_equal(
        buf_string(&page->out),
        "Summary\n"
        "     severity  cause         where                                "
        "count  pods  first (UTC)           last (UTC)            state\n"
        "#7   error     unauthorized  myregistry.azurecr.io                "
        "   14     4  2026-11-23T16:28:59Z  2026-11-23T16:39:59Z  open\n"
        "#12  critical  unauthorized  myregistry.azurecr.io/team/api:v1.2  "
        " 1002     4  2026-11-23T16:28:59Z  2026-11-23T16:39:59Z  resolved\n");

    buf_clear(&page->out);
    page->style.columns = 80;
    render_text_summary(&page->out, &page->style, all, 2);
    assert_string_equal(
        buf_string(&page->out),
        "Summary\n"
        "#7   error     unauthorized  myregistry.azurecr.io\n"
        "               14 times, 4 pods, 11-23 16:28 to 11-23 16:39 UTC, "
        "open\n"
        "#12  critical  unauthorized  myregistry.azurecr.io/team/api:v1.2\n"
        "               1002 times, 4 pods, 11-23 16:28 to 11-23 16:39 UTC, "
        "resolved\n");

    buf_clear(&page->out);
    page->sample.incident.id = 0; /* no history */
    render_text_summary(&page->out, &page->style, all, 1);
    assert_holds(buf_string(&page->out), "\nerror     unauthorized  myreg");

    buf_clear(&page->out);
    render_text_summary(&page->out, &page->style, all, 0);
    assert_int_equal(page->out.len, 0);
}

static void
showing_one_incident_tells_all_of_it(void **state)
{
    struct page *page = *state;
    render_text_show(&page->out, &page->style, &page->sample.incident,
                     SLICE("\n  course    as told\n"));
    const char *text = buf_string(&page->out);
    assert_holds(text, "\n\n  course    as told\n\n");
    assert_holds(text, "staging/batch-k7q2w, staging/db-2\n");
    assert_holds(text, "\n4. Enable the admin user");
    assert_lacks(text, "Also possible");
    assert_lacks(text, "and 1 more");
    assert_holds(text, "Sources\n  https://example.com/doc/401\n");
}

static void
explaining_shows_all_remedies(void **state)
{
    static const char *const parts[] = {
        "ERROR       401 Unauthorized",
        "[unauthorized] stays until it is repaired, one incident per registry",
        "  why       The node did send",
        "1. Check the pull secret\n",
        "    kubectl get pod '<pod>' --namespace prod \\\n",
        "  find      <pod>\n    kubectl get pods --all-namespaces",
        "2. Check the node's role\n  if        vendor = ecr | gar\n",
        "3. May the cluster's",
        "5. Enable the admin user",
        "Sources\n  https://example.com/doc/401\n",
    };

    struct page *page = *state;
    struct facts facts = {.value = {[FACT_NAMESPACE] = SLICE("prod")}};
    render_text_cause(&page->out, &page->style, &page->sample.cause, &facts);
    const char *text = buf_string(&page->out);
    for (size_t i = 0; i < COUNT(parts); i++) {
        assert_holds(text, parts[i]);
        text = strstr(text, parts[i]);
    }
}

/* Its facts are not the first one's, and its catalogue may be another. */
static void
what_is_kept_changes_no_block(void **state)
{
    struct page *page = *state;
    struct incident *incident = &page->sample.incident;
    struct slice pod = incident_fact(incident, FACT_POD);
    char why[] = "Why it is so, of one catalogue.";
    for (int i = 0; i < LANGUAGES * 8; i++) {
        struct kept *kept = kept_new();
        struct buf wanted = {0};
        page->style.language = (enum language)(i % LANGUAGES);
        page->style.color = i / LANGUAGES % 2 == 0;
        page->style.columns = i / LANGUAGES > 4 ? 40 : 100;
        for (int k = 0; k < 4; k++) {
            incident_set_fact(incident, FACT_POD,
                              k % 2 == 0 ? pod : SLICE("other-pod"));
            if (k == 2) {
                page->sample.cause.why.in[i % LANGUAGES] = slice_from(why);
            }
            memcpy(why, k == 3 ? "How" : "Why", 3);
            page->style.kept = NULL;
            buf_clear(&wanted);
            buf_add_text(&wanted, tell(page, CHANGE_OPENED));
            page->style.kept = kept;
            assert_string_equal(tell(page, CHANGE_OPENED), buf_string(&wanted));
        }
        page->style.kept = NULL;
        buf_free(&wanted);
        kept_free(kept);
    }
}

#define PAGE_TEST(name) \
    cmocka_unit_test_setup_teardown(name, open_page, close_page)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        PAGE_TEST(a_block_says_all_in_order),
        PAGE_TEST(a_placeholder_is_explained_once),
        PAGE_TEST(what_is_not_known_is_left_out),
        PAGE_TEST(approximate_stamps_are_marked),
        PAGE_TEST(a_sandbox_image_is_told),
        PAGE_TEST(later_changes_are_one_line_each),
        PAGE_TEST(prose_fits_every_terminal_in_both_languages),
        PAGE_TEST(japanese_is_broken_as_it_should_be),
        PAGE_TEST(a_log_cannot_send_an_escape),
        PAGE_TEST(colour_only_where_it_is_wanted),
        PAGE_TEST(the_summary_is_a_table_that_fits),
        PAGE_TEST(showing_one_incident_tells_all_of_it),
        PAGE_TEST(explaining_shows_all_remedies),
        PAGE_TEST(what_is_kept_changes_no_block),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
