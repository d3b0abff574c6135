/* SPDX-License-Identifier: Apache-2.0 */
#include "report/render_html.h"

#include "base/embedded.h"

#include <assert.h>
#include <string.h>

#define FOLDER "analyzer/report/page/"

/* What fills the skeleton. */
struct filling {
    enum language language;
    struct slice report;
    struct slice details;
};

/* In the order in which they stand in the page. */
static const char *const styles[] = {
    FOLDER "page.css",
    FOLDER "parts.css",
};
static const char *const scripts[] = {
    FOLDER "vendor/chart.umd.min.js",
    FOLDER "data.js",
    FOLDER "words.js",
    FOLDER "dom.js",
    FOLDER "details.js",
    FOLDER "table.js",
    FOLDER "filters.js",
    FOLDER "charts.js",
    FOLDER "main.js",
};

/* The build makes sure that it is there. */
static const struct embedded *
find(const struct embedded *table, const char *name)
{
    while (table->name && strcmp(table->name, name) != 0) {
        table++;
    }
    assert(table->name);
    return table;
}

static void
add_files(struct buf *out, const char *element, const char *const *names,
          size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const struct embedded *file = find(embedded_page, names[i]);
        buf_print(out, "<%s>", element);
        buf_add(out, slice_of(file->text, file->len));
        buf_print(out, "</%s>\n", element);
    }
}

static void
add_hashes(struct buf *out, const char *const *names, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        buf_print(out, " 'sha256-%s'",
                  find(embedded_page_hashes, names[i])->text);
    }
}

static void
add_policy(struct buf *out, const struct filling *filling)
{
    (void)filling;
    buf_add_text(out, "default-src 'none'; script-src");
    add_hashes(out, scripts, COUNT(scripts));
    buf_add_text(out, "; style-src");
    add_hashes(out, styles, COUNT(styles));
    buf_add_text(out, "; base-uri 'none'; form-action 'none'; "
                      "require-trusted-types-for 'script'; "
                      "trusted-types 'none'");
}

static void
add_language(struct buf *out, const struct filling *filling)
{
    buf_add_text(out, language_name(filling->language));
}

static void
add_styles(struct buf *out, const struct filling *filling)
{
    (void)filling;
    add_files(out, "style", styles, COUNT(styles));
}

static void
add_report(struct buf *out, const struct filling *filling)
{
    buf_add(out, filling->report);
}

static void
add_scripts(struct buf *out, const struct filling *filling)
{
    (void)filling;
    add_files(out, "script", scripts, COUNT(scripts));
}

static void
add_details(struct buf *out, const struct filling *filling)
{
    buf_add(out, filling->details);
}

static const struct {
    const char *name; /* {{name}} in the skeleton */
    void (*add)(struct buf *out, const struct filling *filling);
} places[] = {
    {"policy", add_policy},   {"language", add_language},
    {"styles", add_styles},   {"report", add_report},
    {"scripts", add_scripts}, {"details", add_details},
};

static void
fill(struct buf *out, struct slice name, const struct filling *filling)
{
    size_t i = 0;
    while (i < COUNT(places)
           && !slice_equal(name, slice_from(places[i].name))) {
        i++;
    }
    assert(i < COUNT(places));
    places[i].add(out, filling);
}

void
render_html_page(struct buf *out, enum language language, struct slice report,
                 struct slice details)
{
    const struct filling filling = {language, report, details};
    const struct embedded *skeleton = find(embedded_page, FOLDER "page.html");
    struct slice rest = slice_of(skeleton->text, skeleton->len);
    struct slice before;
    struct slice name;
    while (slice_cut_text(&rest, SLICE("{{"), &before)
           && slice_cut_text(&rest, SLICE("}}"), &name)) {
        buf_add(out, before);
        fill(out, name, &filling);
    }
    buf_add(out, rest);
}
