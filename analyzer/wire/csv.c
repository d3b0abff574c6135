/* SPDX-License-Identifier: Apache-2.0 */
#include "wire/csv.h"

enum {
    HEAD_LONGEST = 4096, /* bytes; a line that is longer names no columns */
};

void
csv_free(struct csv *csv)
{
    buf_free(&csv->head);
    buf_free(&csv->row);
}

/* Where the cell at the start ends; *is_open if within its quotes. */
static size_t
cell_len(struct slice text, bool *is_open)
{
    size_t at = 0;
    bool is_quoted = false;
    while (at < text.len && (is_quoted || text.data[at] != ',')) {
        if (text.data[at] == '"') {
            is_quoted = !is_quoted;
        }
        at++;
    }
    *is_open = is_quoted;
    return at;
}

static size_t
count_cells(struct slice text, bool *is_open)
{
    size_t count = 0;
    do {
        text = slice_after(text, cell_len(text, is_open));
        count++;
    } while (slice_skip(&text, SLICE(",")));
    return count;
}

static struct slice
next_cell(struct slice *rest)
{
    bool is_open;
    size_t len = cell_len(*rest, &is_open);
    struct slice cell = slice_before(*rest, len);
    *rest = slice_after(*rest, len + 1);
    return cell;
}

/* The cell without its quotes, if it has any. */
static struct slice
inside(struct slice cell)
{
    cell = slice_trim(cell);
    if (!slice_starts(cell, SLICE("\""))) {
        return cell;
    }
    cell = slice_after(cell, 1);
    if (slice_ends(cell, SLICE("\""))) {
        cell.len--;
    }
    return cell;
}

bool
csv_read_head(struct csv *csv, struct slice line)
{
    struct fields fields = {0};
    struct slice rest = line;
    bool is_open;
    size_t known = 0;
    if (line.len > HEAD_LONGEST || slice_find_byte(line, ',') == SLICE_NONE) {
        return false;
    }
    size_t columns = count_cells(line, &is_open);
    if (columns < 3 || columns > CSV_COLUMNS || is_open) {
        return false;
    }
    for (size_t i = 0; i < columns; i++) {
        fields_add(&fields, inside(next_cell(&rest)), SLICE("x"));
    }
    for (size_t i = 0; i < FIELDS; i++) {
        known += fields.value[i].len > 0;
    }
    if (known < 3 || fields.value[FIELD_MESSAGE].len == 0) {
        return false;
    }
    buf_clear(&csv->head);
    buf_add(&csv->head, line);
    csv->has_head = true;
    csv->is_open = false;
    csv->columns = columns;
    return true;
}

static enum csv_step
end_row(struct csv *csv)
{
    bool is_open;
    csv->is_open = false;
    return count_cells(buf_slice(&csv->row), &is_open) == csv->columns
             ? CSV_ROW
             : CSV_BROKEN;
}

static enum csv_step
go_on(struct csv *csv, struct slice line)
{
    for (size_t i = 0; i < line.len; i++) {
        csv->is_quoted ^= line.data[i] == '"';
    }
    if (csv->row.len + line.len > CSV_ROW_MAX || ++csv->lines > CSV_LINES) {
        csv->is_open = false;
        return CSV_BROKEN;
    }
    buf_add_byte(&csv->row, '\n');
    buf_add(&csv->row, line);
    return csv->is_quoted ? CSV_MORE : end_row(csv);
}

enum csv_step
csv_read(struct csv *csv, struct slice line)
{
    bool is_quoted;
    if (csv->is_open) {
        return go_on(csv, line);
    }
    size_t cells = count_cells(line, &is_quoted);
    if (line.len > CSV_ROW_MAX || cells > csv->columns
        || (cells < csv->columns && !is_quoted) || csv->columns < 2
        || (is_quoted && slice_find(line, SLICE(",\"")) == SLICE_NONE
            && !slice_starts(line, SLICE("\"")))) {
        return CSV_FOREIGN;
    }
    buf_clear(&csv->row);
    buf_add(&csv->row, line);
    csv->is_open = is_quoted;
    csv->is_quoted = is_quoted;
    csv->lines = 1;
    return is_quoted ? CSV_MORE : CSV_ROW;
}

/* "" becomes ", in place: `cell` views `row`. */
static struct slice
unquote(struct buf *row, struct slice cell)
{
    struct slice text = inside(cell);
    if (slice_find(text, SLICE("\"\"")) == SLICE_NONE) {
        return text;
    }
    char *out = row->data + (text.data - row->data);
    size_t len = 0;
    for (size_t at = 0; at < text.len; at++) {
        char byte = text.data[at];
        at += byte == '"' && at + 1 < text.len && text.data[at + 1] == '"';
        out[len++] = byte;
    }
    return slice_of(out, len);
}

void
csv_row(struct csv *csv, struct fields *fields)
{
    struct slice names = buf_slice(&csv->head);
    struct slice rest = buf_slice(&csv->row);
    *fields = (struct fields){0};
    for (size_t i = 0; i < csv->columns; i++) {
        struct slice cell = next_cell(&rest);
        fields_add(fields, inside(next_cell(&names)), unquote(&csv->row, cell));
    }
}
