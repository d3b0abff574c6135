/* SPDX-License-Identifier: Apache-2.0 */
#include "report/listing.h"

#include "base/mem.h"
#include "base/stamp.h"
#include "report/brief.h"
#include "report/paper.h"
#include "report/words.h"

enum {
    WIDE = 120,       /* columns from which on one line is enough */
    GAP = 2,          /* blanks between cells */
    WHERE_LEAST = 20, /* cells of the place, however narrow it is */
    ROWS_FIRST = 64,
    HIGHEST = 7, /* of the bars' eight heights */
};

/* The cells of a row, in the order in which they are printed. */
enum cell {
    CELL_ID,
    CELL_STATE,
    CELL_COUNT,
    CELL_PODS,
    CELL_BARS,
    CELL_AGO,
    CELL_TIMES,
    CELL_CAUSE,
    CELL_WHERE,
    CELLS,
};

struct shown_row {
    enum ink ink;
    struct slice cells[CELLS];
};

struct listing {
    struct arena arena;
    const struct report_style *style;
    int64_t (*offset)(int64_t us);
    struct shown_row *rows;
    size_t count;
    size_t room;
    size_t widths[CELLS];
};

struct listing *
listing_new(const struct report_style *style, int64_t (*offset)(int64_t us))
{
    struct listing *listing = MEM_NEW(struct listing);
    listing->style = style;
    listing->offset = offset;
    return listing;
}

void
listing_free(struct listing *listing)
{
    if (listing) {
        arena_free(&listing->arena);
        mem_free(listing->rows);
        mem_free(listing);
    }
}

void
listing_add_bars(struct buf *out, const uint64_t *bars, size_t count)
{
    static const char *const heights[] = {"▁", "▂", "▃", "▄",
                                          "▅", "▆", "▇", "█"};
    uint64_t most = 0;
    for (size_t i = 0; i < count; i++) {
        most = bars[i] > most ? bars[i] : most;
    }
    for (size_t i = 0; i < count; i++) {
        /* A double: a count times eight might not fit. */
        double part = most > 0 ? (double)bars[i] / (double)most : 0;
        size_t height = (size_t)(part * HIGHEST + 0.5);
        buf_add_text(out, bars[i] == 0 ? "·" : heights[height]);
    }
}

void
listing_add_time(struct buf *out, const struct report_style *style,
                 int64_t (*offset)(int64_t us), int64_t us)
{
    char text[STAMP_TEXT];
    char now[STAMP_TEXT];
    stamp_format(style->now + (offset ? offset(style->now) : 0), now);
    stamp_format(us + (offset ? offset(us) : 0), text);
    struct slice date = slice_of(text, sizeof("2026-11-23") - 1);
    struct slice year = slice_of(now, sizeof("2026-") - 1);
    slice_skip(&date, year);
    buf_print(out, "%.*s %.5s", SLICE_ARG(date),
              text + sizeof("2026-11-23T") - 1);
}

void
listing_add_zone(struct buf *out, int64_t (*offset)(int64_t us), int64_t us)
{
    int64_t added = offset ? offset(us) : 0;
    buf_add_text(out, "UTC");
    if (added != 0) {
        brief_add_offset(out, added);
    }
}

/* The word of a name that the history has; the name itself if it is new. */
static struct slice
word_of(struct slice name, const char *(*name_of)(unsigned), unsigned count,
        enum word first, enum language language)
{
    for (unsigned i = 0; i < count; i++) {
        if (slice_equal(name, slice_from(name_of(i)))) {
            return words_of(first, i, language);
        }
    }
    return name;
}

static const char *
state_name(unsigned state)
{
    return incident_state_name((enum incident_state)state);
}

static enum ink
ink_of(const struct listing_row *row)
{
    static const struct {
        const char *severity;
        enum ink ink;
    } inks[] = {
        {"critical", INK_CRITICAL},
        {"error", INK_ERROR},
        {"warning", INK_WARNING},
    };

    if (!slice_equal(row->state, SLICE("open"))) {
        return slice_equal(row->state, SLICE("resolved")) ? INK_GOOD : INK_DIM;
    }
    for (size_t i = 0; i < COUNT(inks); i++) {
        if (slice_equal(row->severity, slice_from(inks[i].severity))) {
            return inks[i].ink;
        }
    }
    return INK_PLAIN;
}

static void
add_times(const struct listing *listing, const struct listing_row *row,
          struct buf *text)
{
    listing_add_time(text, listing->style, listing->offset, row->first_seen);
    if (row->last_seen / STAMP_MINUTE == row->first_seen / STAMP_MINUTE) {
        return;
    }
    struct buf last = {0};
    listing_add_time(&last, listing->style, listing->offset, row->last_seen);
    size_t date = last.len - (sizeof("16:29") - 1);
    bool is_same =
        slice_starts(buf_slice(text), slice_before(buf_slice(&last), date));
    words_add(text, WORD_TO, listing->style->language);
    buf_add(text, slice_after(buf_slice(&last), is_same ? date : 0));
    buf_free(&last);
}

static void
add_ago(const struct listing *listing, const struct listing_row *row,
        struct buf *text)
{
    enum language language = listing->style->language;
    words_add_span(text, language, listing->style->now - row->last_seen);
    words_add(text, WORD_AGO, language);
}

/* Takes what is in *text as the cell, and empties it. */
static void
keep(struct listing *listing, struct shown_row *row, enum cell cell,
     struct buf *text)
{
    row->cells[cell] = arena_copy(&listing->arena, buf_slice(text));
    size_t width = printable_width(row->cells[cell]);
    if (width > listing->widths[cell]) {
        listing->widths[cell] = width;
    }
    buf_clear(text);
}

void
listing_add(struct listing *listing, const struct listing_row *row)
{
    enum language language = listing->style->language;
    struct buf text = {0};
    if (listing->count == listing->room) {
        listing->room = listing->room > 0 ? listing->room * 2 : ROWS_FIRST;
        listing->rows = mem_resize_array(listing->rows, listing->room,
                                         sizeof(*listing->rows));
    }
    struct shown_row *shown = &listing->rows[listing->count++];
    shown->ink = ink_of(row);
    buf_print(&text, "#%lld", (long long)row->id);
    keep(listing, shown, CELL_ID, &text);
    buf_add(&text, word_of(row->state, state_name, INCIDENT_STATES, WORD_STATE,
                           language));
    keep(listing, shown, CELL_STATE, &text);
    words_add_number(&text, row->count == 1 ? WORD_ONCE : WORD_TIMES, language,
                     row->count);
    keep(listing, shown, CELL_COUNT, &text);
    words_add_number(&text, row->pods == 1 ? WORD_POD : WORD_PODS, language,
                     row->pods);
    keep(listing, shown, CELL_PODS, &text);
    listing_add_bars(&text, row->bars, COUNT(row->bars));
    keep(listing, shown, CELL_BARS, &text);
    add_ago(listing, row, &text);
    keep(listing, shown, CELL_AGO, &text);
    add_times(listing, row, &text);
    keep(listing, shown, CELL_TIMES, &text);
    buf_add(&text, row->cause);
    keep(listing, shown, CELL_CAUSE, &text);
    buf_add(&text, row->where);
    keep(listing, shown, CELL_WHERE, &text);
    buf_free(&text);
}

/* Returns the cells that were used, with the gap behind the last. */
static size_t
add_cells(const struct listing *listing, const struct shown_row *row,
          const enum cell *cells, size_t count, struct paper *paper)
{
    size_t used = 0;
    for (size_t i = 0; i < count; i++) {
        size_t width = listing->widths[cells[i]] + GAP;
        paper_cell(paper, cells[i] == CELL_STATE ? row->ink : INK_PLAIN,
                   row->cells[cells[i]], width);
        used += width;
    }
    return used;
}

static void
end_line(struct paper *paper)
{
    struct buf *out = paper->out;
    while (out->len > 0 && out->data[out->len - 1] == ' ') {
        out->len--;
    }
    buf_add_byte(out, '\n');
}

/* The cause, and the place in what is left of the line. */
static void
add_trouble(const struct shown_row *row, size_t used, size_t width,
            struct paper *paper)
{
    paper_cell(paper, row->ink, row->cells[CELL_CAUSE], width);
    used += width;
    size_t room = paper->columns > used ? paper->columns - used : 0;
    printable_add_cut(paper->out, row->cells[CELL_WHERE],
                      room > WHERE_LEAST ? room : WHERE_LEAST);
    end_line(paper);
}

static void
render_row(const struct listing *listing, const struct shown_row *row,
           struct paper *paper)
{
    static const enum cell head[] = {CELL_ID, CELL_STATE};

    static const enum cell how[] = {CELL_COUNT, CELL_PODS, CELL_BARS,
                                    CELL_TIMES, CELL_AGO};

    size_t used = add_cells(listing, row, head, COUNT(head), paper);
    if (paper->columns >= WIDE) {
        used += add_cells(listing, row, how, COUNT(how), paper);
        add_trouble(row, used, listing->widths[CELL_CAUSE] + GAP, paper);
        return;
    }
    add_trouble(row, used, printable_width(row->cells[CELL_CAUSE]) + GAP,
                paper);
    paper_blanks(paper, listing->widths[CELL_ID] + GAP);
    add_cells(listing, row, how, COUNT(how), paper);
    end_line(paper);
}

void
listing_render(const struct listing *listing, struct buf *out)
{
    struct paper paper = paper_of(out, listing->style);
    enum language language = listing->style->language;
    struct buf head = {0};
    words_add_number(&head,
                     listing->count == 1 ? WORD_INCIDENT : WORD_INCIDENTS,
                     language, listing->count);
    if (listing->count > 0) {
        words_add(&head, WORD_COMMA, language);
        words_add(&head, WORD_TIMES_IN, language);
        listing_add_zone(&head, listing->offset, listing->style->now);
    }
    paper_ink(&paper, INK_DIM);
    printable_add(out, buf_slice(&head));
    paper_ink(&paper, INK_PLAIN);
    buf_add_byte(out, '\n');
    for (size_t i = 0; i < listing->count; i++) {
        render_row(listing, &listing->rows[i], &paper);
    }
    buf_free(&head);
}
