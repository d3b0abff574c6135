/* SPDX-License-Identifier: Apache-2.0 */
#include "wire/pods.h"

#include "wire/age.h"
#include "wire/object.h"

enum {
    WIDE_CELLS = 4, /* IP, NODE, NOMINATED NODE, READINESS GATES */
};

struct row {
    struct slice namespace;
    struct slice name;
    struct slice status;
    struct slice rest; /* behind AGE */
};

/* "0/1" */
static bool
is_ready(struct slice text)
{
    struct slice ready;
    uint64_t number;
    return slice_cut(&text, '/', &ready) && slice_to_u64(ready, &number)
        && slice_to_u64(text, &number);
}

/* "3", "3 (5m12s ago)" */
static bool
skip_restarts(struct slice *rest)
{
    struct slice ago;
    uint64_t number;
    if (!slice_to_u64(slice_word(rest), &number)) {
        return false;
    }
    *rest = slice_trim(*rest);
    return !slice_skip(rest, SLICE("(")) || slice_cut(rest, ')', &ago);
}

static bool
is_letter(char byte)
{
    return (byte >= 'A' && byte <= 'Z') || (byte >= 'a' && byte <= 'z');
}

static bool
read_row(struct slice line, struct row *row)
{
    struct age age;
    row->rest = line;
    row->namespace = slice_of(NULL, 0);
    row->name = slice_word(&row->rest);
    struct slice cell = slice_word(&row->rest);
    if (!is_ready(cell)) {
        row->namespace = row->name;
        row->name = cell;
        cell = slice_word(&row->rest);
    }
    row->status = slice_word(&row->rest);
    return is_ready(cell) && row->status.len > 0
        && is_letter(row->status.data[0]) && skip_restarts(&row->rest)
        && (age_read(&row->rest, &age) || slice_trim(row->rest).len == 0);
}

static bool
is_head(struct slice line)
{
    static const char *const cells[] = {"NAME", "READY", "STATUS", "RESTARTS",
                                        "AGE"};
    struct slice rest = line;
    if (!slice_equal(slice_word(&rest), SLICE("NAMESPACE"))) {
        rest = line;
    }
    for (size_t i = 0; i < COUNT(cells); i++) {
        if (!slice_equal(slice_word(&rest), slice_from(cells[i]))) {
            return false;
        }
    }
    return true;
}

bool
pods_looks(struct slice line)
{
    struct row row;
    return read_row(line, &row) || is_head(line);
}

/* The second of the cells that -o wide adds; "<none>" before it is placed. */
static struct slice
node_of(struct slice rest)
{
    struct slice cells[WIDE_CELLS];
    for (size_t i = 0; i < WIDE_CELLS; i++) {
        cells[i] = slice_word(&rest);
    }
    bool is_address = slice_find_byte(cells[0], '.') != SLICE_NONE
                   || slice_find_byte(cells[0], ':') != SLICE_NONE
                   || slice_equal(cells[0], SLICE("<none>"));
    if (!is_address || cells[WIDE_CELLS - 1].len == 0
        || slice_starts(cells[1], SLICE("<"))) {
        return slice_of(NULL, 0);
    }
    return cells[1];
}

enum verdict
pods_decode(struct slice line, struct record *record)
{
    struct row row;
    record->format = FORMAT_COLUMNS;
    record->message = line;
    if (!read_row(line, &row)) {
        return VERDICT_FOREIGN;
    }
    slice_skip(&row.name, SLICE("pod/")); /* of "get all" */
    slice_skip(&row.status, SLICE("Init:"));
    if (!object_is_image_reason(row.status)) {
        return VERDICT_FOREIGN;
    }
    record->message = row.status;
    record->reason = row.status;
    record->kind = SLICE("Pod");
    record->namespace = row.namespace;
    record->pod = row.name;
    record->node = node_of(row.rest);
    return VERDICT_RECORD;
}
