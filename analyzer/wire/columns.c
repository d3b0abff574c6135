/* SPDX-License-Identifier: Apache-2.0 */
#include "wire/columns.h"

#include "wire/age.h"
#include "wire/object.h"
#include "wire/pods.h"

/* The cells that every row has, before what may stand in the middle. */
struct row {
    struct slice namespace;
    struct age age;
    struct slice type, reason, object;
    struct slice rest;
};

static bool
read_head(struct slice line, struct columns *columns)
{
    struct columns found = {0};
    struct slice text = line;
    if (slice_equal(slice_word(&text), SLICE("NAMESPACE"))) {
        found.has_namespace = true;
    } else {
        text = line;
    }
    text = slice_trim(text);
    if (!slice_skip(&text, SLICE("LAST SEEN"))
        || !slice_equal(slice_word(&text), SLICE("TYPE"))
        || !slice_equal(slice_word(&text), SLICE("REASON"))
        || !slice_equal(slice_word(&text), SLICE("OBJECT"))) {
        return false;
    }
    found.is_wide = slice_equal(slice_word(&text), SLICE("SUBOBJECT"));
    *columns = found;
    return true;
}

/* A stamp that somebody put before each row is no namespace. */
static bool
is_label(struct slice text)
{
    for (size_t i = 0; i < text.len; i++) {
        char byte = text.data[i];
        if (!(byte >= 'a' && byte <= 'z') && !(byte >= '0' && byte <= '9')
            && byte != '-') {
            return false;
        }
    }
    return text.len > 0;
}

static bool
read_row(struct slice line, bool has_namespace, struct row *row)
{
    struct record ignored = {0};
    row->rest = line;
    row->namespace = slice_of(NULL, 0);
    if (has_namespace) {
        row->namespace = slice_word(&row->rest);
        if (!is_label(row->namespace)) {
            return false;
        }
    }
    if (!age_read(&row->rest, &row->age)) {
        return false;
    }
    row->type = slice_word(&row->rest);
    row->reason = slice_word(&row->rest);
    row->object = slice_word(&row->rest);
    size_t slash = slice_find_byte(row->object, '/');
    return object_set_level(&ignored, row->type) && slash != SLICE_NONE
        && slash > 0 && slash + 1 < row->object.len;
}

/*
 * --output-watch-events puts the watch's own word first. *is_gone: the cluster
 * has dropped the event, nothing has happened.
 */
static struct slice
without_watch_event(struct slice line, bool *is_gone)
{
    static const char *const words[] = {"EVENT", "ADDED", "MODIFIED",
                                        "DELETED"};
    struct slice rest = line;
    struct slice word = slice_word(&rest);
    *is_gone = false;
    for (size_t i = 0; i < COUNT(words); i++) {
        if (slice_equal(word, slice_from(words[i]))
            && slice_starts(rest, SLICE("   "))) {
            *is_gone = i == COUNT(words) - 1;
            return slice_trim(rest);
        }
    }
    return line;
}

bool
columns_looks(struct slice line)
{
    struct columns columns;
    struct row row;
    bool is_gone;
    line = without_watch_event(line, &is_gone);
    return read_row(line, false, &row) || read_row(line, true, &row)
        || read_head(line, &columns) || pods_looks(line);
}

/* The last cell: two blanks at least are before it, and none is in it. */
static bool
cut_last(struct slice *text, struct slice *cell)
{
    struct slice trimmed = slice_trim(*text);
    size_t at = slice_find_last(trimmed, ' ');
    if (at == SLICE_NONE || at == 0 || trimmed.data[at - 1] != ' ') {
        return false;
    }
    *cell = slice_after(trimmed, at + 1);
    *text = slice_trim(slice_before(trimmed, at));
    return true;
}

/*
 * FIRST SEEN, COUNT and NAME behind the message. An event's name begins with
 * its object's name, so this is not taken for words of the message.
 */
static bool
cut_tail(struct slice *message, struct slice object, struct age *age)
{
    struct slice text = *message;
    struct slice name;
    struct slice number;
    struct slice first;
    struct age found;
    uint64_t count;
    if (!cut_last(&text, &name) || !slice_starts(name, object)
        || !cut_last(&text, &number) || !slice_to_u64(number, &count)
        || !cut_last(&text, &first) || !age_read(&first, &found)) {
        return false;
    }
    age->count = count;
    age->first = found.last;
    *message = text;
    return true;
}

/* The first cell: what stands before two blanks. */
static bool
cut_first(struct slice *text, struct slice *cell)
{
    struct slice rest = *text;
    if (!slice_cut_text(&rest, SLICE("  "), cell)) {
        return false;
    }
    *text = slice_trim(rest);
    return true;
}

/* SUBOBJECT and SOURCE, each of which may be empty. */
static void
cut_middle(struct slice *message, struct record *record)
{
    struct slice cell;
    struct slice text = *message;
    if (cut_first(&text, &cell) && slice_starts(cell, SLICE("spec."))) {
        record->container = object_container(cell);
        *message = text;
    }
    text = *message;
    if (cut_first(&text, &cell) && object_set_source(record, cell)) {
        *message = text;
    }
}

enum verdict
columns_decode(struct columns *columns, struct slice line, int64_t now,
               struct record *record)
{
    struct row row;
    struct slice kind = slice_of(NULL, 0);
    bool is_gone;
    record->format = FORMAT_COLUMNS;
    record->message = line;
    line = without_watch_event(line, &is_gone);
    if (is_gone || read_head(line, columns)) {
        return VERDICT_FOREIGN;
    }
    if (pods_looks(line)) {
        return pods_decode(line, record);
    }
    if (!read_row(line, columns->has_namespace, &row)
        && !read_row(line, !columns->has_namespace, &row)) {
        return VERDICT_BROKEN;
    }
    struct slice name = row.object;
    slice_cut(&name, '/', &kind);
    record->message = slice_trim(row.rest);
    if (cut_tail(&record->message, name, &row.age) || columns->is_wide) {
        cut_middle(&record->message, record);
    }
    age_set(record, &row.age, now);
    object_set_level(record, row.type);
    record->reason = row.reason;
    record->namespace = row.namespace;
    record->kind = kind;
    if (object_is_pod(kind)) {
        record->pod = name;
    }
    return VERDICT_RECORD;
}
