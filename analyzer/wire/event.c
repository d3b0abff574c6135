/* SPDX-License-Identifier: Apache-2.0 */
#include "wire/event.h"

#include "wire/object.h"
#include "wire/value.h"

enum {
    WRAPPINGS = 3, /* objects around each other; more is nobody's */
};

/* Members of an event, in both its versions. */
enum part {
    PART_INVOLVED,
    PART_REGARDING,
    PART_MESSAGE,
    PART_NOTE,
    PART_METADATA,
    PART_SOURCE,
    PART_OLD_SOURCE,
    PART_REASON,
    PART_TYPE,
    PART_COUNT,
    PART_OLD_COUNT,
    PART_FIRST,
    PART_OLD_FIRST,
    PART_LAST,
    PART_OLD_LAST,
    PART_EVENT_TIME,
    PART_SERIES,
    PART_COMPONENT,
    PART_CONTROLLER,
    PART_INSTANCE,
    PART_SPEC,
    PART_STATUS,
    PART_OBJECT,
    PART_EVENT,
    PART_PAYLOAD,
    PART_CELLS,
    PART_KIND,
    PARTS,
};

static const char *const part_names[PARTS] = {
    [PART_INVOLVED] = "involvedObject",
    [PART_REGARDING] = "regarding",
    [PART_MESSAGE] = "message",
    [PART_NOTE] = "note",
    [PART_METADATA] = "metadata",
    [PART_SOURCE] = "source",
    [PART_OLD_SOURCE] = "deprecatedSource",
    [PART_REASON] = "reason",
    [PART_TYPE] = "type",
    [PART_COUNT] = "count",
    [PART_OLD_COUNT] = "deprecatedCount",
    [PART_FIRST] = "firstTimestamp",
    [PART_OLD_FIRST] = "deprecatedFirstTimestamp",
    [PART_LAST] = "lastTimestamp",
    [PART_OLD_LAST] = "deprecatedLastTimestamp",
    [PART_EVENT_TIME] = "eventTime",
    [PART_SERIES] = "series",
    [PART_COMPONENT] = "reportingComponent",
    [PART_CONTROLLER] = "reportingController",
    [PART_INSTANCE] = "reportingInstance",
    [PART_SPEC] = "spec",
    [PART_STATUS] = "status",
    [PART_OBJECT] = "object",
    [PART_EVENT] = "event",
    [PART_PAYLOAD] = "jsonPayload",
    [PART_CELLS] = "cells",
    [PART_KIND] = "kind",
};

/* The first that says something. */
static struct slice
either(struct slice first, struct slice second)
{
    bool is_null = first.len == 0 || slice_equal(first, SLICE("null"))
                || slice_equal(first, SLICE("\"\""));
    return is_null ? second : first;
}

static bool
read_stamp(struct slice value, struct stamp *stamp)
{
    if (!value_is_string(value)) {
        return false;
    }
    value = slice_after(value, 1);
    return stamp_read_rfc3339(&value, stamp);
}

static void
set_times(const struct slice parts[PARTS], struct slice created,
          struct record *record)
{
    static const char *const series_names[] = {"count", "lastObservedTime"};
    struct slice series[COUNT(series_names)];
    struct stamp first;
    value_pick(parts[PART_SERIES], series_names, series, COUNT(series));
    const struct slice lasts[] = {
        series[1],
        parts[PART_LAST],
        parts[PART_OLD_LAST],
        parts[PART_EVENT_TIME],
        parts[PART_FIRST],
        parts[PART_OLD_FIRST],
        created,
    };

    for (size_t i = 0; i < COUNT(lasts); i++) {
        if (read_stamp(lasts[i], &record->stamp)) {
            break;
        }
    }
    if (read_stamp(either(parts[PART_FIRST], parts[PART_OLD_FIRST]), &first)
        || read_stamp(parts[PART_EVENT_TIME], &first)) {
        record->first_seen = first.us;
    }
    uint64_t count;
    struct slice value =
        either(series[0], either(parts[PART_COUNT], parts[PART_OLD_COUNT]));
    record->count = value_u64(value, &count) && count > 0 ? count : 1;
}

/* Who says so; a kubelet's instance is its node. */
static void
set_reporter(struct event *event, const struct slice parts[PARTS],
             struct record *record)
{
    static const char *const names[] = {"component", "host"};
    struct slice source[COUNT(names)];
    value_pick(either(parts[PART_SOURCE], parts[PART_OLD_SOURCE]), names,
               source, COUNT(source));
    struct slice component = either(
        source[0], either(parts[PART_COMPONENT], parts[PART_CONTROLLER]));
    record->unit = value_text(component, event->scratch);
    if (slice_equal(record->unit, SLICE("kubelet"))) {
        source[1] = either(source[1], parts[PART_INSTANCE]);
    }
    record->node = value_text(source[1], event->scratch);
}

static void
set_involved(struct event *event, struct slice involved, struct record *record)
{
    static const char *const names[] = {"kind", "namespace", "name", "uid",
                                        "fieldPath"};
    struct slice found[COUNT(names)];
    value_pick(involved, names, found, COUNT(found));
    record->kind = value_text(found[0], event->scratch);
    record->namespace = value_text(found[1], event->scratch);
    struct slice name = value_text(found[2], event->scratch);
    if (object_is_pod(record->kind)) {
        record->pod = name;
        record->pod_uid = value_text(found[3], event->scratch);
        record->container =
            object_container(value_text(found[4], event->scratch));
    } else if (slice_equal(record->kind, SLICE("Node"))
               && record->node.len == 0) {
        record->node = name;
    }
}

static enum event_shape
decode_event(struct event *event, const struct slice parts[PARTS],
             struct record *record)
{
    static const char *const names[] = {"uid", "namespace",
                                        "creationTimestamp"};
    struct slice metadata[COUNT(names)];
    value_pick(parts[PART_METADATA], names, metadata, COUNT(metadata));
    record->format = FORMAT_EVENT;
    record->message = value_text(either(parts[PART_MESSAGE], parts[PART_NOTE]),
                                 event->scratch);
    record->reason = value_text(parts[PART_REASON], event->scratch);
    object_set_level(record, value_text(parts[PART_TYPE], event->scratch));
    set_times(parts, metadata[2], record);
    set_reporter(event, parts, record);
    set_involved(event, either(parts[PART_INVOLVED], parts[PART_REGARDING]),
                 record);
    record->identity = value_text(metadata[0], event->scratch);
    if (record->namespace.len == 0) {
        record->namespace = value_text(metadata[1], event->scratch);
    }
    return record->message.len > 0 ? EVENT_RECORD : EVENT_NOTHING;
}

/* The cells of an event in a Table, as the server orders them. */
enum cell {
    CELL_LAST,
    CELL_TYPE,
    CELL_REASON,
    CELL_OBJECT,
    CELL_FIELD_PATH,
    CELL_SOURCE,
    CELL_MESSAGE,
    CELL_FIRST,
    CELL_COUNT,
    CELL_NAME,
    CELLS,
};

static enum event_shape
decode_row(struct event *event, const struct slice parts[PARTS],
           struct record *record)
{
    static const char *const names[] = {"metadata"};
    static const char *const metadata_names[] = {"namespace", "uid",
                                                 "creationTimestamp"};
    struct slice cells[CELLS] = {{0}};
    struct slice metadata;
    struct slice found[COUNT(metadata_names)];
    struct slice rest = value_inside(parts[PART_CELLS]);
    size_t count = 0;
    while (count < CELLS && value_next_element(&rest, &cells[count])) {
        count++;
    }
    struct slice object = value_text(cells[CELL_OBJECT], event->scratch);
    if (count < CELLS
        || !object_set_level(record,
                             value_text(cells[CELL_TYPE], event->scratch))
        || !slice_cut(&object, '/', &record->kind)) {
        return EVENT_NOTHING;
    }
    value_pick(parts[PART_OBJECT], names, &metadata, 1);
    value_pick(metadata, metadata_names, found, COUNT(found));
    record->format = FORMAT_EVENT;
    record->reason = value_text(cells[CELL_REASON], event->scratch);
    record->message = value_text(cells[CELL_MESSAGE], event->scratch);
    record->container =
        object_container(value_text(cells[CELL_FIELD_PATH], event->scratch));
    object_set_source(record, value_text(cells[CELL_SOURCE], event->scratch));
    record->namespace = value_text(found[0], event->scratch);
    record->identity = value_text(found[1], event->scratch);
    read_stamp(found[2], &record->stamp);
    value_u64(cells[CELL_COUNT], &record->count);
    if (object_is_pod(record->kind)) {
        record->pod = object;
    }
    return EVENT_RECORD;
}

/* {"name":C,"image":I,"state":{"waiting":{"reason":R,"message":M}}} */
static bool
read_status(struct event *event, struct slice status, struct record *record)
{
    static const char *const names[] = {"name", "image", "state"};
    static const char *const state_names[] = {"waiting"};
    static const char *const waiting_names[] = {"reason", "message"};
    struct slice found[COUNT(names)];
    struct slice waiting;
    struct slice why[COUNT(waiting_names)];
    value_pick(status, names, found, COUNT(found));
    value_pick(found[2], state_names, &waiting, 1);
    value_pick(waiting, waiting_names, why, COUNT(why));
    struct slice reason = value_text(why[0], event->scratch);
    if (!object_is_image_reason(reason)) {
        return false;
    }
    record->reason = reason;
    record->message = value_text(why[1], event->scratch);
    record->container = value_text(found[0], event->scratch);
    record->image = value_text(found[1], event->scratch);
    if (record->message.len == 0) {
        record->message = reason;
    }
    return true;
}

/* The first of [{"name":S}, ...] */
static struct slice
first_secret(struct event *event, struct slice secrets)
{
    static const char *const names[] = {"name"};
    struct slice rest = value_inside(secrets);
    struct slice element;
    struct slice name;
    if (!value_next_element(&rest, &element)) {
        return slice_of(NULL, 0);
    }
    value_pick(element, names, &name, 1);
    return value_text(name, event->scratch);
}

/* The next container of a list of statuses that waits for its image. */
static bool
next_waiting(struct event *event, struct slice *statuses, struct record *record)
{
    struct slice status;
    while (value_next_element(statuses, &status)) {
        if (read_status(event, status, record)) {
            return true;
        }
    }
    return false;
}

bool
event_more(struct event *event, struct record *record)
{
    for (size_t i = 0; i < COUNT(event->statuses); i++) {
        if (next_waiting(event, &event->statuses[i], record)) {
            return true;
        }
    }
    return false;
}

static enum event_shape
decode_pod(struct event *event, const struct slice parts[PARTS],
           struct record *record)
{
    static const char *const names[] = {"initContainerStatuses",
                                        "containerStatuses",
                                        "ephemeralContainerStatuses"};
    static const char *const metadata_names[] = {"name", "namespace", "uid"};
    static const char *const spec_names[] = {"nodeName", "imagePullSecrets"};
    struct slice statuses[COUNT(names)];
    struct slice metadata[COUNT(metadata_names)];
    struct slice spec[COUNT(spec_names)];
    value_pick(parts[PART_STATUS], names, statuses, COUNT(statuses));
    for (size_t i = 0; i < COUNT(statuses); i++) {
        event->statuses[i] = value_inside(statuses[i]);
    }
    if (!event_more(event, record)) {
        return EVENT_NOTHING;
    }
    value_pick(parts[PART_METADATA], metadata_names, metadata, COUNT(metadata));
    value_pick(parts[PART_SPEC], spec_names, spec, COUNT(spec));
    record->format = FORMAT_EVENT;
    record->level = LEVEL_WARNING;
    record->kind = value_text(parts[PART_KIND], event->scratch);
    record->pod = value_text(metadata[0], event->scratch);
    record->namespace = value_text(metadata[1], event->scratch);
    record->pod_uid = value_text(metadata[2], event->scratch);
    record->node = value_text(spec[0], event->scratch);
    record->secret = first_secret(event, spec[1]);
    return EVENT_RECORD;
}

static bool
has_text(struct slice value)
{
    return value_is_string(value) && value.len > 2;
}

/* Of an object of a list, it may not be said what it is. */
static bool
is_named(struct slice metadata)
{
    static const char *const names[] = {"name", "creationTimestamp"};
    struct slice found[COUNT(names)];
    value_pick(metadata, names, found, COUNT(found));
    return has_text(found[0]) && has_text(found[1]);
}

/* Any other of Kubernetes. */
static bool
is_object(const struct slice parts[PARTS])
{
    struct slice metadata = parts[PART_METADATA];
    return value_is_object(metadata)
        && (has_text(parts[PART_KIND]) || is_named(metadata));
}

enum event_shape
event_decode(struct event *event, struct slice object, struct record *record)
{
    struct slice parts[PARTS];
    for (size_t i = 0; i < COUNT(event->statuses); i++) {
        event->statuses[i] = slice_of(NULL, 0);
    }
    for (int i = 0; i < WRAPPINGS; i++) {
        value_pick(object, part_names, parts, PARTS);
        if (value_is_object(parts[PART_INVOLVED])
            || value_is_object(parts[PART_REGARDING])) {
            return decode_event(event, parts, record);
        }
        if (value_is_array(parts[PART_CELLS])) {
            return decode_row(event, parts, record);
        }
        struct slice inner = either(
            parts[PART_OBJECT], either(parts[PART_EVENT], parts[PART_PAYLOAD]));
        if (!value_is_object(inner)) {
            break;
        }
        if (slice_equal(parts[PART_TYPE], SLICE("\"DELETED\""))) {
            return EVENT_NOTHING; /* expired, or its pod is gone */
        }
        object = inner;
    }
    if (value_is_object(parts[PART_STATUS]) && value_is_object(parts[PART_SPEC])
        && value_is_object(parts[PART_METADATA])) {
        return decode_pod(event, parts, record);
    }
    return is_object(parts) ? EVENT_NOTHING : EVENT_NONE;
}
