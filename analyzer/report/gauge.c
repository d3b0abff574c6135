/* SPDX-License-Identifier: Apache-2.0 */
#include "report/gauge.h"

#include "base/mem.h"
#include "base/stamp.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum {
    PART_ROOM = 32,
    GAP = 2, /* blanks between two parts */
};

/* "999", "12.3k": a number and the letter of its thousands. */
static void
format_scaled(char *text, double value, const char *blank)
{
    static const char letters[] = "kMGTP";
    const char *letter = NULL;
    while (value >= 999.95 && (!letter || letter[1] != '\0')) {
        value /= 1000;
        letter = letter ? letter + 1 : letters;
    }
    if (letter) {
        snprintf(text, PART_ROOM, "%.1f%s%c", value, blank, *letter);
    } else {
        snprintf(text, PART_ROOM, "%.0f%s", value, blank);
    }
}

static double
per_second(uint64_t amount, int64_t elapsed)
{
    return elapsed > 0 ? (double)amount * STAMP_SECOND / (double)elapsed : 0;
}

/* A file may grow while it is read. */
static unsigned
percent_of(const struct gauge *gauge)
{
    return gauge->bytes >= gauge->total
             ? 100
             : (unsigned)((double)gauge->bytes * 100 / (double)gauge->total);
}

static void
format_clock(char *text, const char *before, int64_t seconds)
{
    if (seconds >= 3600) {
        snprintf(text, PART_ROOM, "%s%" PRId64 ":%02d:%02d", before,
                 seconds / 3600, (int)(seconds / 60 % 60), (int)(seconds % 60));
    } else {
        snprintf(text, PART_ROOM, "%s%d:%02d", before, (int)(seconds / 60),
                 (int)(seconds % 60));
    }
}

static void
format_percent(const struct gauge *gauge, char *text)
{
    if (gauge->total > 0) {
        snprintf(text, PART_ROOM, "%3u%%", percent_of(gauge));
    }
}

static void
format_size(const struct gauge *gauge, char *text)
{
    char read[PART_ROOM];
    char total[PART_ROOM];
    format_scaled(read, (double)gauge->bytes, " ");
    format_scaled(total, (double)gauge->total, " ");
    if (gauge->total > 0) {
        snprintf(text, PART_ROOM, "%.12sB of %.12sB", read, total);
    } else {
        snprintf(text, PART_ROOM, "%.12sB", read);
    }
}

static void
format_rate(const struct gauge *gauge, char *text)
{
    char rate[PART_ROOM];
    format_scaled(rate, per_second(gauge->bytes, gauge->elapsed), " ");
    snprintf(text, PART_ROOM, "%.12sB/s", rate);
}

static void
format_line_rate(const struct gauge *gauge, char *text)
{
    char rate[PART_ROOM];
    format_scaled(rate, per_second(gauge->lines, gauge->elapsed), "");
    snprintf(text, PART_ROOM, "%.12s lines/s", rate);
}

/* What is left if it goes on like that; or how long it took so far. */
static void
format_time(const struct gauge *gauge, char *text)
{
    if (gauge->total == 0 || gauge->bytes == 0) {
        format_clock(text, "", gauge->elapsed / STAMP_SECOND);
        return;
    }
    uint64_t left =
        gauge->total > gauge->bytes ? gauge->total - gauge->bytes : 0;
    double seconds = (double)left / per_second(gauge->bytes, gauge->elapsed);
    if (seconds < 360000) {
        format_clock(text, "ETA ", (int64_t)(seconds + 0.5));
    }
}

static void
format_failures(const struct gauge *gauge, char *text)
{
    snprintf(text, PART_ROOM, "%" PRIu64 " failure%s", gauge->failures,
             gauge->failures == 1 ? "" : "s");
}

/* In the order they are shown; the bar stands before the first. */
static const struct {
    void (*format)(const struct gauge *gauge, char *text);
    unsigned rank; /* the higher, the sooner it is left out */
} parts[] = {
    {format_percent, 0},   {format_size, 4}, {format_rate, 5},
    {format_line_rate, 6}, {format_time, 2}, {format_failures, 1},
};

enum {
    RANK_BAR = 3,
    RANK_FIRST = 6,
};

/* What is shown of it all: those of at most that rank. */
struct layout {
    char texts[COUNT(parts)][PART_ROOM];
    unsigned rank;
    size_t bar; /* its cells; 0: none */
};

/* Cells of all but the bar. */
static size_t
text_width(const struct layout *layout)
{
    size_t width = 0;
    for (size_t i = 0; i < COUNT(parts); i++) {
        size_t len = strlen(layout->texts[i]);
        if (len > 0 && parts[i].rank <= layout->rank) {
            width += len + (width > 0 ? GAP : 0);
        }
    }
    return width;
}

static void
lay_out(const struct gauge *gauge, size_t columns, struct layout *layout)
{
    size_t room = columns > 1 ? columns - 1 : 0;
    layout->rank = RANK_FIRST;
    for (size_t i = 0; i < COUNT(parts); i++) {
        parts[i].format(gauge, layout->texts[i]);
    }
    while (layout->rank > 0) {
        bool has_bar = gauge->total > 0 && layout->rank >= RANK_BAR;
        size_t width = text_width(layout);
        size_t least = has_bar ? GAUGE_BAR_MIN + GAP : 0;
        if (width + least <= room) {
            size_t bar = room - width - GAP;
            bar = bar > GAUGE_BAR_MAX ? GAUGE_BAR_MAX : bar;
            layout->bar = has_bar ? bar : 0;
            return;
        }
        layout->rank--;
    }
}

static void
add_bar(const struct gauge *gauge, const struct gauge_style *style,
        size_t cells, struct buf *out)
{
    size_t done = cells * percent_of(gauge) / 100;
    buf_add_text(out, style->has_color ? "\033[36m" : "");
    for (size_t i = 0; i < cells; i++) {
        const char *full = style->is_utf8 ? "\u2588" : "#";
        const char *rest = style->is_utf8 ? "\u00b7" : ".";
        buf_add_text(out, i < done ? full : rest);
    }
    buf_add_text(out, style->has_color ? "\033[0m" : "");
}

void
gauge_render(const struct gauge *gauge, const struct gauge_style *style,
             struct buf *out)
{
    struct layout layout = {0};
    lay_out(gauge, style->columns, &layout);
    if (layout.bar > 0) {
        add_bar(gauge, style, layout.bar, out);
    }
    bool is_first = layout.bar == 0;
    for (size_t i = 0; i < COUNT(parts); i++) {
        bool is_bad = parts[i].format == format_failures && gauge->failures > 0;
        if (layout.texts[i][0] == '\0' || parts[i].rank > layout.rank) {
            continue;
        }
        buf_add_text(out, is_first ? "" : "  ");
        buf_add_text(out, is_bad && style->has_color ? "\033[31m" : "");
        buf_add_text(out, layout.texts[i]);
        buf_add_text(out, is_bad && style->has_color ? "\033[0m" : "");
        is_first = false;
    }
}

static void
add_number(struct buf *out, uint64_t number, const char *what)
{
    buf_print(out, "%" PRIu64 " %s%s", number, what, number == 1 ? "" : "s");
}

void
gauge_summary(const struct gauge *gauge, struct buf *out)
{
    char text[PART_ROOM];
    format_scaled(text, (double)gauge->bytes, " ");
    buf_print(out, "read %sB in ", text);
    add_number(out, gauge->lines, "line");
    if (gauge->elapsed < STAMP_MINUTE) {
        snprintf(text, sizeof(text), "%.1f s",
                 (double)gauge->elapsed / STAMP_SECOND);
    } else {
        format_clock(text, "", gauge->elapsed / STAMP_SECOND);
    }
    buf_print(out, " within %s", text);
    format_rate(gauge, text);
    buf_print(out, ", %s", text);
    format_line_rate(gauge, text);
    buf_print(out, ", %s; ", text);
    add_number(out, gauge->failures, "line");
    buf_add_text(out, " of failed pulls, ");
    add_number(out, gauge->incidents, "incident");
}
