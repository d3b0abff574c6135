/* SPDX-License-Identifier: Apache-2.0 */
#include "report/table.h"

#include "base/mem.h"
#include "report/json.h"
#include "report/printable.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

enum {
    GAP = 2, /* blanks between columns */
    ROWS_FIRST = 64,
};

struct table {
    struct arena arena;
    size_t columns;
    struct slice *names;
    struct slice *cells; /* row by row */
    size_t rows;
    size_t room;
};

struct table *
table_new_slices(const struct slice *names, size_t columns)
{
    struct table *table = MEM_NEW(struct table);
    table->columns = columns;
    table->names =
        arena_alloc(&table->arena, (columns + 1) * sizeof(*table->names));
    for (size_t i = 0; i < columns; i++) {
        table->names[i] = arena_copy(&table->arena, names[i]);
    }
    return table;
}

struct table *
table_new(const char *const *names, size_t columns)
{
    struct slice *slices = mem_resize_array(NULL, columns + 1, sizeof(*slices));
    for (size_t i = 0; i < columns; i++) {
        slices[i] = slice_from(names[i]);
    }
    struct table *table = table_new_slices(slices, columns);
    mem_free(slices);
    return table;
}

void
table_free(struct table *table)
{
    if (table) {
        mem_free(table->cells);
        arena_free(&table->arena);
        mem_free(table);
    }
}

bool
table_is_named(const struct table *table, const struct slice *names,
               size_t columns)
{
    for (size_t i = 0; i < columns && columns == table->columns; i++) {
        if (!slice_equal(table->names[i], names[i])) {
            return false;
        }
    }
    return columns == table->columns;
}

void
table_add(struct table *table, const struct slice *cells)
{
    if (table->rows == table->room) {
        table->room = table->room > 0 ? table->room * 2 : ROWS_FIRST;
        table->cells = mem_resize_array(
            table->cells, table->room * table->columns, sizeof(*table->cells));
    }
    struct slice *row = table->cells + table->rows * table->columns;
    for (size_t i = 0; i < table->columns; i++) {
        row[i] = cells[i].data ? arena_copy(&table->arena, cells[i])
                               : (struct slice){0};
    }
    table->rows++;
}

size_t
table_rows(const struct table *table)
{
    return table->rows;
}

static struct slice
cell(const struct table *table, size_t row, size_t column)
{
    return table->cells[row * table->columns + column];
}

/* "12", "-3.5": all that SQLite prints for a number but exponents. */
static bool
is_number(struct slice text)
{
    size_t points = 0;
    slice_skip(&text, SLICE("-"));
    for (size_t i = 0; i < text.len; i++) {
        points += text.data[i] == '.';
        if (text.data[i] != '.' && (text.data[i] < '0' || text.data[i] > '9')) {
            return false;
        }
    }
    return text.len > 0 && points <= 1 && text.data[0] != '.'
        && text.data[text.len - 1] != '.' && text.len < 16;
}

static bool
is_numeric(const struct table *table, size_t column)
{
    for (size_t row = 0; row < table->rows; row++) {
        struct slice text = cell(table, row, column);
        if (text.data && !is_number(text)) {
            return false;
        }
    }
    return table->rows > 0;
}

static size_t
shown_width(struct slice text)
{
    struct buf shown = {0};
    printable_add(&shown, text);
    size_t width = printable_width(buf_slice(&shown));
    buf_free(&shown);
    return width;
}

static void
add_cell(struct buf *out, struct slice text, size_t width, bool is_right)
{
    size_t used = shown_width(text);
    size_t pad = width > used ? width - used : 0;
    if (is_right) {
        buf_print(out, "%*s", (int)pad, "");
    }
    printable_add(out, text);
    if (!is_right) {
        buf_print(out, "%*s", (int)pad, "");
    }
}

static void
end_line(struct buf *out)
{
    while (out->len > 0 && out->data[out->len - 1] == ' ') {
        out->len--;
    }
    buf_add_byte(out, '\n');
}

/* How a column is printed. */
struct column {
    size_t width; /* cells */
    bool is_right;
};

static struct column
column_of(const struct table *table, size_t index)
{
    struct column column = {shown_width(table->names[index]),
                            is_numeric(table, index)};
    for (size_t row = 0; row < table->rows; row++) {
        size_t width = shown_width(cell(table, row, index));
        column.width = width > column.width ? width : column.width;
    }
    return column;
}

static void
render_row(const struct table *table, const struct slice *cells,
           const struct column *columns, struct buf *out)
{
    for (size_t i = 0; i < table->columns; i++) {
        if (i > 0) {
            buf_print(out, "%*s", GAP, "");
        }
        add_cell(out, cells[i], columns[i].width, columns[i].is_right);
    }
    end_line(out);
}

static struct column *
columns_of(const struct table *table)
{
    struct column *columns =
        mem_resize_array(NULL, table->columns + 1, sizeof(*columns));
    for (size_t i = 0; i < table->columns; i++) {
        columns[i] = column_of(table, i);
    }
    return columns;
}

/* A cell that is too long is wrapped by the terminal, not lost. */
void
table_render_text(const struct table *table, struct buf *out)
{
    struct column *columns = columns_of(table);
    render_row(table, table->names, columns, out);
    for (size_t row = 0; row < table->rows; row++) {
        render_row(table, table->cells + row * table->columns, columns, out);
    }
    mem_free(columns);
}

/* A horizontal line of the box; `ends` are its corners and crossings. */
static void
add_rule(const struct table *table, const struct column *columns,
         const char *const ends[3], struct buf *out)
{
    for (size_t i = 0; i < table->columns; i++) {
        buf_add_text(out, ends[i > 0]);
        for (size_t cells = columns[i].width + GAP; cells > 0; cells--) {
            buf_add_text(out, "─");
        }
    }
    buf_add_text(out, ends[2]);
    buf_add_byte(out, '\n');
}

static void
add_boxed(const struct table *table, const struct slice *cells,
          const struct column *columns, struct buf *out)
{
    for (size_t i = 0; i < table->columns; i++) {
        buf_add_text(out, "│ ");
        add_cell(out, cells[i], columns[i].width, columns[i].is_right);
        buf_add_byte(out, ' ');
    }
    buf_add_text(out, "│\n");
}

void
table_render_box(const struct table *table, struct buf *out)
{
    static const char *const top[] = {"┌", "┬", "┐"};
    static const char *const middle[] = {"├", "┼", "┤"};
    static const char *const bottom[] = {"└", "┴", "┘"};
    struct column *columns = columns_of(table);
    add_rule(table, columns, top, out);
    add_boxed(table, table->names, columns, out);
    add_rule(table, columns, middle, out);
    for (size_t row = 0; row < table->rows; row++) {
        add_boxed(table, table->cells + row * table->columns, columns, out);
    }
    add_rule(table, columns, bottom, out);
    mem_free(columns);
}

static bool
is_formula(struct slice text)
{
    return text.len > 0 && strchr("=+-@\t\r", text.data[0]) && !is_number(text);
}

static void
add_csv(struct buf *out, struct slice text)
{
    bool is_quoted = false;
    for (size_t i = 0; i < text.len; i++) {
        is_quoted = is_quoted || strchr("\",;' ", text.data[i]);
    }
    buf_add_text(out, is_quoted ? "\"" : "");
    buf_add_text(out, is_formula(text) ? "'" : "");
    struct printable_glyph glyph;
    while (printable_next(&text, &glyph)) {
        buf_add_text(out, glyph.code == '"' ? "\"" : "");
        printable_add_glyph(out, &glyph);
    }
    buf_add_text(out, is_quoted ? "\"" : "");
}

static void
add_csv_row(const struct table *table, const struct slice *cells,
            struct buf *out)
{
    for (size_t i = 0; i < table->columns; i++) {
        buf_add_text(out, i > 0 ? "," : "");
        add_csv(out, cells[i]);
    }
    buf_add_byte(out, '\n');
}

void
table_render_csv(const struct table *table, struct buf *out)
{
    add_csv_row(table, table->names, out);
    for (size_t row = 0; row < table->rows; row++) {
        add_csv_row(table, table->cells + row * table->columns, out);
    }
}

/* Names with _ in them are common, and are no markup within a word. */
static void
add_markdown(struct buf *out, struct slice text)
{
    struct printable_glyph glyph;
    while (printable_next(&text, &glyph)) {
        bool is_mark = glyph.is_plain && glyph.code < 0x80 && glyph.code != 0
                    && strchr("\\`*[]<>|~&#", (int)glyph.code);
        buf_add_text(out, is_mark || !glyph.is_plain ? "\\" : "");
        printable_add_glyph(out, &glyph);
    }
}

static void
add_markdown_row(const struct table *table, const struct slice *cells,
                 struct buf *out)
{
    for (size_t i = 0; i < table->columns; i++) {
        buf_add_text(out, "| ");
        add_markdown(out, cells[i]);
        buf_add_byte(out, ' ');
    }
    buf_add_text(out, "|\n");
}

void
table_render_markdown(const struct table *table, struct buf *out)
{
    add_markdown_row(table, table->names, out);
    for (size_t i = 0; i < table->columns; i++) {
        buf_add_text(out, is_numeric(table, i) ? "|--:" : "|---");
    }
    buf_add_text(out, "|\n");
    for (size_t row = 0; row < table->rows; row++) {
        add_markdown_row(table, table->cells + row * table->columns, out);
    }
}

static void
add_value(cJSON *object, const char *name, struct slice text)
{
    if (!text.data) {
        cJSON_AddNullToObject(object, name);
    } else if (is_number(text)) {
        char *number = mem_string(text);
        cJSON_AddRawToObject(object, name, number);
        mem_free(number);
    } else {
        cJSON_AddItemToObject(object, name, json_text(text));
    }
}

void
table_render_json(const struct table *table, struct buf *out)
{
    for (size_t row = 0; row < table->rows; row++) {
        cJSON *object = cJSON_CreateObject();
        for (size_t i = 0; i < table->columns; i++) {
            char *name = mem_string(table->names[i]);
            add_value(object, name, cell(table, row, i));
            mem_free(name);
        }
        json_finish(out, object);
    }
}
