/* SPDX-License-Identifier: Apache-2.0 */
#include "base/stamp.h"
#include "report/brief.h"
#include "report/paper.h"
#include "report/report.h"
#include "report/words.h"

enum column {
    COLUMN_ID,
    COLUMN_SEVERITY,
    COLUMN_CAUSE,
    COLUMN_WHERE,
    COLUMN_COUNT,
    COLUMN_PODS,
    COLUMN_FIRST,
    COLUMN_LAST,
    COLUMN_STATE,
    COLUMNS,
};

enum {
    COLUMN_GAP = 2,
};

/* Where the table does not fit, each incident takes two lines. */
struct table {
    struct paper paper;
    enum language language;
    bool has_full_times; /* RFC 3339, else "11-23 16:28" */
    size_t cells[COLUMNS];
};

static const enum word heads[COLUMNS] = {
    [COLUMN_SEVERITY] = WORD_COLUMN_SEVERITY,
    [COLUMN_CAUSE] = WORD_COLUMN_CAUSE,
    [COLUMN_WHERE] = WORD_WHERE,
    [COLUMN_COUNT] = WORD_COLUMN_COUNT,
    [COLUMN_PODS] = WORD_COLUMN_PODS,
    [COLUMN_FIRST] = WORD_COLUMN_FIRST,
    [COLUMN_LAST] = WORD_COLUMN_LAST,
    [COLUMN_STATE] = WORD_COLUMN_STATE,
};

static void
add_short_time(struct buf *out, const struct table *table,
               const struct incident *incident, int64_t us)
{
    char text[STAMP_TEXT];
    if (table->has_full_times || us == 0) {
        brief_add_time(out, table->paper.style, incident, us);
        return;
    }
    struct slice stamp = slice_from(stamp_format(us, text));
    buf_add_text(out, brief_is_approximate(incident) ? "~" : "");
    buf_add(out, slice_before(slice_after(stamp, 5), 5));
    buf_add_byte(out, ' ');
    buf_add(out, slice_before(slice_after(stamp, 11), 5));
}

static void
add_value(struct buf *out, const struct table *table,
          const struct incident *incident, enum column column)
{
    switch (column) {
    case COLUMN_ID:
        if (incident->id > 0) {
            buf_print(out, "#%lld", (long long)incident->id);
        }
        break;
    case COLUMN_SEVERITY:
        buf_add(out,
                words_of(WORD_SEVERITY, incident->severity, table->language));
        break;
    case COLUMN_CAUSE:
        buf_add(out, incident->cause->slug);
        break;
    case COLUMN_WHERE:
        brief_add_where(out, incident);
        break;
    case COLUMN_COUNT:
        buf_print(out, "%llu", (unsigned long long)brief_count(incident));
        break;
    case COLUMN_PODS:
        buf_print(out, "%zu", incident_pods(incident));
        break;
    case COLUMN_FIRST:
        add_short_time(out, table, incident, incident->first_seen);
        break;
    case COLUMN_LAST:
        add_short_time(out, table, incident, incident->last_seen);
        break;
    case COLUMN_STATE:
        buf_add(out, words_of(WORD_STATE, incident->state, table->language));
        break;
    case COLUMNS:
        break;
    }
}

static struct slice
head_of(const struct table *table, enum column column)
{
    return column == COLUMN_ID ? SLICE("")
                               : words_get(heads[column], table->language);
}

/* Fills table->cells; returns the width of a line. */
static size_t
measure(struct table *table, const struct incident *const *incidents,
        size_t count)
{
    struct buf text = {0};
    size_t sum = 0;
    for (size_t c = 0; c < COLUMNS; c++) {
        size_t cells = printable_width(head_of(table, (enum column)c));
        for (size_t i = 0; i < count; i++) {
            buf_clear(&text);
            add_value(&text, table, incidents[i], (enum column)c);
            size_t width = printable_width(buf_slice(&text));
            cells = width > cells ? width : cells;
        }
        table->cells[c] = cells;
        sum += cells + (cells > 0 && c > 0 ? COLUMN_GAP : 0);
    }
    buf_free(&text);
    return sum;
}

/* Numbers stand at the right of their column. */
static void
add_cell(struct table *table, enum column column, struct slice text,
         enum ink ink)
{
    size_t cells = table->cells[column];
    size_t width = printable_width(text);
    if (cells == 0) {
        return; /* without a history no incident has a number */
    }
    if (column == COLUMN_COUNT || column == COLUMN_PODS) {
        paper_blanks(&table->paper, cells - width);
        cells = width;
    }
    if (column == COLUMN_STATE) {
        printable_add(table->paper.out, text);
        return;
    }
    paper_cell(&table->paper, ink, text, cells + COLUMN_GAP);
}

static enum ink
ink_of(const struct incident *incident, enum column column)
{
    if (column != COLUMN_SEVERITY || incident->severity == SEVERITY_INFO) {
        return INK_PLAIN;
    }
    return incident->severity == SEVERITY_WARNING ? INK_WARNING : INK_ERROR;
}

static void
add_wide(struct table *table, const struct incident *const *incidents,
         size_t count)
{
    struct buf text = {0};
    paper_ink(&table->paper, INK_DIM);
    for (size_t c = 0; c < COLUMNS; c++) {
        add_cell(table, (enum column)c, head_of(table, (enum column)c),
                 INK_PLAIN);
    }
    paper_ink(&table->paper, INK_PLAIN);
    buf_add_byte(table->paper.out, '\n');
    for (size_t i = 0; i < count; i++) {
        for (size_t c = 0; c < COLUMNS; c++) {
            buf_clear(&text);
            add_value(&text, table, incidents[i], (enum column)c);
            add_cell(table, (enum column)c, buf_slice(&text),
                     ink_of(incidents[i], (enum column)c));
        }
        buf_add_byte(table->paper.out, '\n');
    }
    buf_free(&text);
}

/* What does not stand in the first line of a narrow row. */
static void
add_second_line(struct buf *text, const struct table *table,
                const struct incident *incident)
{
    enum language language = table->language;
    size_t pods = incident_pods(incident);
    brief_add_count(text, incident, language);
    if (pods > 0) {
        words_add(text, WORD_COMMA, language);
        words_add_number(text, pods == 1 ? WORD_POD : WORD_PODS, language,
                         pods);
    }
    words_add(text, WORD_COMMA, language);
    add_value(text, table, incident, COLUMN_FIRST);
    if (incident->last_seen != incident->first_seen) {
        words_add(text, WORD_TO, language);
        add_value(text, table, incident, COLUMN_LAST);
    }
    buf_add_text(text, " UTC");
    words_add(text, WORD_COMMA, language);
    add_value(text, table, incident, COLUMN_STATE);
}

static void
add_narrow(struct table *table, const struct incident *const *incidents,
           size_t count)
{
    struct paper *paper = &table->paper;
    struct buf text = {0};
    size_t id = table->cells[COLUMN_ID];
    size_t indent = (id > 0 ? id + COLUMN_GAP : 0)
                  + table->cells[COLUMN_SEVERITY] + COLUMN_GAP;
    for (size_t i = 0; i < count; i++) {
        for (size_t c = COLUMN_ID; c <= COLUMN_SEVERITY; c++) {
            buf_clear(&text);
            add_value(&text, table, incidents[i], (enum column)c);
            add_cell(table, (enum column)c, buf_slice(&text),
                     ink_of(incidents[i], (enum column)c));
        }
        buf_clear(&text);
        buf_add(&text, incidents[i]->cause->slug);
        buf_add_text(&text, "  ");
        size_t taken = indent + printable_width(buf_slice(&text));
        printable_add(paper->out, buf_slice(&text));
        buf_clear(&text);
        brief_add_where(&text, incidents[i]);
        printable_add_cut(paper->out, buf_slice(&text),
                          paper->columns > taken ? paper->columns - taken : 0);
        buf_add_byte(paper->out, '\n');
        buf_clear(&text);
        add_second_line(&text, table, incidents[i]);
        paper_blanks(paper, indent);
        paper_wrap(paper, buf_slice(&text), indent, indent);
    }
    buf_free(&text);
}

void
render_text_summary(struct buf *out, const struct report_style *style,
                    const struct incident *const *incidents, size_t count)
{
    struct table table = {
        .paper = paper_of(out, style),
        .language = style->language,
        .has_full_times = true,
    };
    if (count == 0) {
        return;
    }
    paper_ink(&table.paper, INK_BOLD);
    words_add(out, WORD_SUMMARY, style->language);
    paper_ink(&table.paper, INK_PLAIN);
    buf_add_byte(out, '\n');
    size_t width = measure(&table, incidents, count);
    if (style->columns > 0 && width > style->columns) {
        table.has_full_times = false;
        width = measure(&table, incidents, count);
    }
    if (style->columns > 0 && width > style->columns) {
        add_narrow(&table, incidents, count);
    } else {
        add_wide(&table, incidents, count);
    }
}
