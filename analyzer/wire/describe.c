/* SPDX-License-Identifier: Apache-2.0 */
#include "wire/describe.h"

#include "wire/age.h"
#include "wire/object.h"

enum {
    KEY_MAX = 64, /* bytes; a container's name has 63 at most */
};

/* "KEY:   VALUE" and how many blanks stood before it. */
struct entry {
    size_t depth;
    struct slice key;
    struct slice value;
};

/* "Warning  Failed  3m (x4 over 5m)  kubelet  MESSAGE" */
struct row {
    struct slice type, reason;
    struct age age;
    struct slice rest;
};

void
describe_free(struct describe *describe)
{
    buf_free(&describe->name);
    buf_free(&describe->namespace);
    buf_free(&describe->node);
    buf_free(&describe->container);
    buf_free(&describe->image);
}

bool
describe_is_blank(const struct describe *describe)
{
    return !describe->is_pod && !describe->is_in_containers
        && !describe->is_waiting && describe->name.len == 0
        && describe->namespace.len == 0 && describe->node.len == 0
        && describe->container.len == 0 && describe->image.len == 0;
}

static bool
read_row(struct slice line, struct row *row)
{
    struct record ignored = {0};
    row->rest = line;
    row->type = slice_word(&row->rest);
    if (!object_set_level(&ignored, row->type)) {
        return false;
    }
    row->reason = slice_word(&row->rest);
    return row->reason.len > 0 && age_read(&row->rest, &row->age);
}

static bool
is_letter(char byte)
{
    return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z');
}

/* Words, or a container's name: only that may begin with a digit. */
static bool
is_key(struct slice text)
{
    for (size_t i = 0; i < text.len; i++) {
        char byte = text.data[i];
        if (!is_letter(byte) && !(byte >= '0' && byte <= '9') && byte != '-'
            && byte != ' ') {
            return false;
        }
    }
    return text.len > 0 && text.len <= KEY_MAX;
}

static bool
read_entry(struct slice line, struct entry *entry)
{
    entry->depth = 0;
    while (entry->depth < line.len && line.data[entry->depth] == ' ') {
        entry->depth++;
    }
    line = slice_after(line, entry->depth);
    if (!slice_cut(&line, ':', &entry->key) || !is_key(entry->key)) {
        return false;
    }
    entry->value = slice_trim(line);
    return entry->value.len == 0 || is_letter(entry->key.data[0]);
}

/* The head of the events, and the rule below it. */
static bool
is_head(struct slice line)
{
    struct slice first = slice_word(&line);
    struct slice second = slice_word(&line);
    struct slice third = slice_word(&line);
    return (slice_equal(first, SLICE("Type"))
            && slice_equal(second, SLICE("Reason"))
            && slice_equal(third, SLICE("Age")))
        || (slice_equal(first, SLICE("----"))
            && slice_equal(second, SLICE("------"))
            && slice_equal(third, SLICE("----")));
}

bool
describe_is_row(struct slice line)
{
    struct row row;
    return read_row(line, &row) || is_head(line);
}

bool
describe_looks(struct slice line)
{
    struct entry entry;
    return describe_is_row(line)
        || (read_entry(line, &entry) && entry.depth <= 6
            && entry.depth % 2 == 0);
}

static void
keep(struct buf *buf, struct slice value)
{
    buf_clear(buf);
    buf_add(buf, value);
}

static void
forget_container(struct describe *describe)
{
    buf_clear(&describe->container);
    buf_clear(&describe->image);
    describe->is_waiting = false;
}

/* "aks-pool-1/10.224.0.4", "<none>" */
static void
keep_node(struct describe *describe, struct slice value)
{
    struct slice name = value;
    slice_cut(&value, '/', &name);
    buf_clear(&describe->node);
    if (!slice_starts(name, SLICE("<"))) {
        buf_add(&describe->node, name);
    }
    describe->is_pod = true;
}

/* A line at the left edge; true if it tells of the pod and of no trouble. */
static bool
read_edge(struct describe *describe, const struct entry *entry)
{
    describe->is_in_containers = false;
    forget_container(describe);
    if (entry->value.len == 0) {
        describe->is_in_containers =
            slice_equal(entry->key, SLICE("Containers"))
            || slice_equal(entry->key, SLICE("Init Containers"))
            || slice_equal(entry->key, SLICE("Ephemeral Containers"));
        return describe->is_in_containers
            || slice_equal(entry->key, SLICE("Events"));
    }
    if (slice_equal(entry->key, SLICE("Name"))) {
        keep(&describe->name, entry->value);
        buf_clear(&describe->namespace);
        buf_clear(&describe->node);
        describe->is_pod = false;
    } else if (slice_equal(entry->key, SLICE("Namespace"))) {
        keep(&describe->namespace, entry->value);
    } else if (slice_equal(entry->key, SLICE("Node"))) {
        keep_node(describe, entry->value);
    } else {
        return false;
    }
    return true;
}

/* A line of a container; likewise. */
static bool
read_container(struct describe *describe, const struct entry *entry)
{
    if (entry->depth == 2 && entry->value.len == 0) {
        forget_container(describe);
        keep(&describe->container, entry->key);
        return true;
    }
    if (entry->depth != 4) {
        return false;
    }
    describe->is_waiting = slice_equal(entry->key, SLICE("State"))
                        && slice_equal(entry->value, SLICE("Waiting"));
    if (slice_equal(entry->key, SLICE("Image"))) {
        keep(&describe->image, entry->value);
        return true;
    }
    return describe->is_waiting;
}

static void
set_pod(const struct describe *describe, struct record *record)
{
    record->format = FORMAT_DESCRIBE;
    if (!describe->is_pod) {
        return;
    }
    record->namespace = buf_slice(&describe->namespace);
    record->pod = buf_slice(&describe->name);
    record->node = buf_slice(&describe->node);
}

/* Why the container waits: "Reason: ErrImagePull", "Message: ...". */
static bool
read_waiting(const struct describe *describe, const struct entry *entry,
             struct record *record)
{
    bool is_reason = slice_equal(entry->key, SLICE("Reason"));
    if (entry->depth != 6 || entry->value.len == 0
        || (!is_reason && !slice_equal(entry->key, SLICE("Message")))) {
        return false;
    }
    set_pod(describe, record);
    record->message = entry->value;
    if (is_reason) {
        record->reason = entry->value;
    }
    record->container = buf_slice(&describe->container);
    record->image = buf_slice(&describe->image);
    return true;
}

/* "kubelet, NODE" or "kubelet"; pasted text may have lost its wide gaps. */
static void
cut_source(struct slice *rest, struct record *record)
{
    struct slice text = slice_trim(*rest);
    struct slice cell;
    *rest = text;
    if (slice_cut_text(&text, SLICE("  "), &cell)
        && object_set_source(record, cell)) {
        *rest = slice_trim(text);
        return;
    }
    text = *rest;
    cell = slice_word(&text);
    if (slice_ends(cell, SLICE(","))) {
        slice_word(&text);
        cell = slice_before(*rest, rest->len - text.len);
    }
    if (object_set_source(record, cell)) {
        *rest = slice_trim(text);
    }
}

/* New kubectl begins with "spec.containers{NAME}: ". */
static void
cut_container(struct slice *message, struct record *record)
{
    struct slice text = *message;
    struct slice path;
    if (slice_starts(text, SLICE("spec."))
        && slice_cut_text(&text, SLICE("}: "), &path)) {
        path.len++;
        record->container = object_container(path);
        *message = text;
    }
}

static enum verdict
decode_row(const struct describe *describe, struct row *row, int64_t now,
           struct record *record)
{
    set_pod(describe, record);
    age_set(record, &row->age, now);
    object_set_level(record, row->type);
    record->reason = row->reason;
    cut_source(&row->rest, record);
    record->message = row->rest;
    cut_container(&record->message, record);
    return VERDICT_RECORD;
}

enum verdict
describe_decode(struct describe *describe, struct slice line, int64_t now,
                struct record *record)
{
    struct row row;
    struct entry entry;
    record->format = FORMAT_PLAIN;
    record->message = line;
    if (read_row(line, &row)) {
        return decode_row(describe, &row, now, record);
    }
    if (is_head(line)) {
        return VERDICT_FOREIGN;
    }
    if (!read_entry(line, &entry)) {
        return VERDICT_RECORD;
    }
    if (describe->is_waiting && read_waiting(describe, &entry, record)) {
        return VERDICT_RECORD;
    }
    bool is_told = entry.depth == 0 ? read_edge(describe, &entry)
                                    : describe->is_in_containers
                                          && read_container(describe, &entry);
    return is_told ? VERDICT_FOREIGN : VERDICT_RECORD;
}
