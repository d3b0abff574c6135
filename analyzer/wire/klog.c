/* SPDX-License-Identifier: Apache-2.0 */
#include "wire/klog.h"

#include "wire/object.h"
#include "wire/pairs.h"
#include "wire/unescape.h"

enum key {
    KEY_CONTAINER,
    KEY_ERR,
    KEY_ERROR,
    KEY_FIELD_PATH,
    KEY_IMAGE,
    KEY_KIND,
    KEY_MESSAGE,
    KEY_NODE,
    KEY_OBJECT,
    KEY_POD,
    KEY_POD_UID,
    KEY_REASON,
    KEY_TYPE,
    KEYS,
};

static const char *const key_names[KEYS] = {
    [KEY_CONTAINER] = "containerName",
    [KEY_ERR] = "err",
    [KEY_ERROR] = "error",
    [KEY_FIELD_PATH] = "fieldPath",
    [KEY_IMAGE] = "image",
    [KEY_KIND] = "kind",
    [KEY_MESSAGE] = "message",
    [KEY_NODE] = "node",
    [KEY_OBJECT] = "object",
    [KEY_POD] = "pod",
    [KEY_POD_UID] = "podUID",
    [KEY_REASON] = "reason",
    [KEY_TYPE] = "type",
};

static const struct {
    char letter;
    enum level level;
} severities[] = {
    {'I', LEVEL_INFO},
    {'W', LEVEL_WARNING},
    {'E', LEVEL_ERROR},
    {'F', LEVEL_ERROR},
};

static bool
read_level(struct slice *rest, enum level *level)
{
    for (size_t i = 0; i < COUNT(severities) && rest->len > 0; i++) {
        if (severities[i].letter == rest->data[0]) {
            *level = severities[i].level;
            *rest = slice_after(*rest, 1);
            return true;
        }
    }
    return false;
}

bool
klog_looks(struct slice line)
{
    enum level level;
    struct stamp stamp;
    return read_level(&line, &level) && stamp_read_klog(&line, 0, &stamp);
}

/*
 * Takes out of a text all that a dump holds; what stood behind it is what went
 * wrong:
 *
 *   init container &Container{Name:C,Image:X,...} start failed in pod
 *   NAME_NAMESPACE(UID): ErrImagePull: ERR
 *
 * The last mark counts, as a variable's value may hold one too.
 */
static struct slice
without_dump(struct slice text, struct record *record)
{
    struct slice dump = text;
    struct slice head;
    struct slice value;
    if (!slice_cut_text(&dump, SLICE("&Container{"), &head)) {
        return text;
    }
    if (slice_skip(&dump, SLICE("Name:")) && slice_cut(&dump, ',', &value)) {
        record->container = value;
    }
    if (slice_skip(&dump, SLICE("Image:")) && slice_cut(&dump, ',', &value)) {
        record->image = value;
    }
    bool is_ended = false;
    while (slice_cut_text(&dump, SLICE("} start failed in pod "), &value)) {
        is_ended = true;
    }
    if (!is_ended) {
        return slice_trim(head);
    }
    if (slice_cut_text(&dump, SLICE(": "), &value)) {
        object_set_full_pod(record, value);
    }
    return dump;
}

/* failed to "StartContainer" for "C" with ErrImagePull: "ERR" */
static bool
read_failure(struct slice *rest, struct buf *scratch, struct record *record)
{
    struct slice text = *rest;
    struct slice step;
    struct slice whom;
    struct slice reason;
    struct slice error;
    if (!slice_skip(&text, SLICE("failed to ")) || !unescape_cut(&text, &step)
        || !slice_skip(&text, SLICE(" for ")) || !unescape_cut(&text, &whom)
        || !slice_skip(&text, SLICE(" with "))
        || !slice_cut_text(&text, SLICE(": "), &reason)
        || !unescape_cut(&text, &error)) {
        return false;
    }
    bool is_start = slice_equal(step, SLICE("StartContainer"));
    record->container = is_start ? whom : slice_of(NULL, 0);
    record->reason = reason;
    record->error = unescape_all(unescape_once(error, scratch), scratch);
    *rest = text;
    return true;
}

bool
klog_more(struct klog *klog, struct record *record)
{
    if (!slice_skip(&klog->more, SLICE(", "))
        || !read_failure(&klog->more, klog->scratch, record)) {
        klog->more = slice_of(NULL, 0);
        return false;
    }
    return true;
}

void
klog_set_error(struct klog *klog, struct slice error, struct record *record)
{
    struct slice text = error;
    slice_skip(&text, SLICE("["));
    if (read_failure(&text, klog->scratch, record)) {
        klog->more = text;
        return;
    }
    if (!slice_equal(error, SLICE("<nil>"))) {
        record->error =
            unescape_all(without_dump(error, record), klog->scratch);
    }
}

/* What an event is about, however it was written. */
static void
set_object(struct record *record, const struct slice values[KEYS])
{
    record->kind = values[KEY_KIND];
    record->reason = values[KEY_REASON];
    record->container = object_container(values[KEY_FIELD_PATH]);
    object_set_level(record, values[KEY_TYPE]);
    object_set_pod(record, values[KEY_OBJECT]);
    if (!object_is_pod(record->kind)) {
        record->pod = slice_of(NULL, 0);
    }
}

static enum key
key_of(struct slice name)
{
    for (size_t i = 0; i < KEYS; i++) {
        if (slice_is(name, key_names[i])) {
            return (enum key)i;
        }
    }
    return KEYS;
}

static void
read_values(struct slice rest, struct buf *scratch, struct slice values[KEYS])
{
    struct pair found[KEYS] = {0};
    struct pair pair;
    while (pairs_next(&rest, &pair)) {
        enum key key = key_of(pair.key);
        if (key != KEYS) {
            found[key] = pair;
        }
    }
    for (size_t i = 0; i < KEYS; i++) {
        values[i] = pairs_value(&found[i], scratch);
    }
}

static void
read_structured(struct klog *klog, struct slice rest, struct record *record)
{
    struct slice values[KEYS];
    read_values(rest, klog->scratch, values);
    record->node = values[KEY_NODE];
    record->image = values[KEY_IMAGE];
    record->container = values[KEY_CONTAINER];
    if (slice_equal(record->message, SLICE("Event occurred"))
        && values[KEY_OBJECT].len > 0) {
        record->message = values[KEY_MESSAGE];
        set_object(record, values);
        return;
    }
    bool has_err = values[KEY_ERR].len > 0;
    klog_set_error(klog, values[has_err ? KEY_ERR : KEY_ERROR], record);
    if (values[KEY_POD].len > 0) {
        object_set_pod(record, values[KEY_POD]);
    }
    if (values[KEY_POD_UID].len > 0) {
        record->pod_uid = values[KEY_POD_UID];
    }
}

/* Kind:"Pod", ..., FieldPath:"spec.containers{C}" up to the closing brace. */
static bool
read_reference(struct slice *rest, struct slice values[KEYS],
               struct record *record)
{
    struct slice key;
    struct slice value;
    while (slice_cut(rest, ':', &key) && unescape_cut(rest, &value)) {
        if (slice_equal(key, SLICE("Kind"))) {
            values[KEY_KIND] = value;
        } else if (slice_equal(key, SLICE("Namespace"))) {
            record->namespace = value;
        } else if (slice_equal(key, SLICE("Name"))) {
            values[KEY_OBJECT] = value;
        } else if (slice_equal(key, SLICE("UID"))) {
            record->pod_uid = value;
        } else if (slice_equal(key, SLICE("FieldPath"))) {
            values[KEY_FIELD_PATH] = value;
        }
        if (!slice_skip(rest, SLICE(", "))) {
            return slice_skip(rest, SLICE("}): "));
        }
    }
    return false;
}

/* Event(v1.ObjectReference{...}): type: 'Warning' reason: 'Failed' MESSAGE */
static bool
read_event(struct slice text, struct record *record)
{
    struct slice values[KEYS] = {{0}};
    struct record found = *record;
    if (!slice_skip(&text, SLICE("Event(v1.ObjectReference{"))
        || !read_reference(&text, values, &found)
        || !slice_skip(&text, SLICE("type: '"))
        || !slice_cut(&text, '\'', &values[KEY_TYPE])
        || !slice_skip(&text, SLICE(" reason: '"))
        || !slice_cut(&text, '\'', &values[KEY_REASON])) {
        return false;
    }
    set_object(&found, values);
    if (!object_is_pod(found.kind)) {
        found.pod_uid = slice_of(NULL, 0);
    }
    slice_skip(&text, SLICE(" "));
    found.message = text;
    *record = found;
    return true;
}

/*
 * Running text. Kubelets before 1.19 wrote e12 this way:
 *
 *   Error syncing pod UID ("NAME_NAMESPACE(UID)"), skipping: failed to ...
 */
static void
read_plain(struct klog *klog, struct slice text, struct record *record)
{
    struct slice head;
    struct slice pod;
    record->message = without_dump(text, record);
    if (!slice_starts(text, SLICE("Error syncing pod "))
        || !slice_cut_text(&text, SLICE("skipping: "), &head)) {
        return;
    }
    if (slice_cut_text(&head, SLICE("(\""), &pod)
        && slice_cut(&head, '"', &pod)) {
        object_set_full_pod(record, pod);
    }
    klog_set_error(klog, text, record);
}

/* "   2874 pod_workers.go:1301" */
static struct slice
file_of(struct slice head)
{
    struct slice file = head;
    slice_cut(&head, ':', &file);
    size_t blank = slice_find_last(file, ' ');
    return blank == SLICE_NONE ? file : slice_after(file, blank + 1);
}

enum verdict
klog_decode(struct klog *klog, struct slice line, struct record *record)
{
    struct slice rest = line;
    struct slice head;
    struct slice title;
    struct slice key;
    record->format = FORMAT_KLOG;
    record->message = line;
    klog->more = slice_of(NULL, 0);
    if (!read_level(&rest, &record->level)
        || !stamp_read_klog(&rest, klog->now, &record->stamp)
        || !slice_cut_text(&rest, SLICE("] "), &head)) {
        return VERDICT_BROKEN;
    }
    record->file = file_of(head);
    record->message = rest;
    if (!unescape_cut(&rest, &title)
        || (rest.len > 0 && !pairs_looks(rest, &key))) {
        if (!read_event(record->message, record)) {
            read_plain(klog, record->message, record);
        }
        return VERDICT_RECORD;
    }
    record->message = unescape_once(title, klog->scratch);
    read_structured(klog, rest, record);
    return VERDICT_RECORD;
}
