/* SPDX-License-Identifier: Apache-2.0 */
#include "wire/rows.h"

#include "wire/level.h"
#include "wire/object.h"
#include "wire/unescape.h"
#include "wire/value.h"

enum {
    DOCKER_PIECE = 16 * 1024, /* bytes; longer lines are cut there */
    TIME_SHORTEST = 10,       /* bytes: a number of seconds since 1970 */
};

static void
fill_empty(struct slice *text, struct slice value)
{
    if (text->len == 0) {
        *text = value;
    }
}

/* An event that was taken apart: a row of KubeEvents, klog's "Event occurred". */
static bool
is_event(const struct fields *fields)
{
    const struct slice *value = fields->value;
    return value[FIELD_REASON].len > 0 && value[FIELD_KIND].len > 0
        && value[FIELD_NAME].len > 0 && value[FIELD_MESSAGE].len > 0;
}

static struct stamp
stamp_of(struct slice text)
{
    struct stamp stamp = {0};
    if (!fields_stamp(text, &stamp)) {
        stamp = (struct stamp){0};
    }
    return stamp;
}

static enum verdict
decode_event(struct decoder *decoder, const struct fields *fields)
{
    const struct slice *value = fields->value;
    struct record *record = &decoder->record;
    uint64_t count;
    record->format = FORMAT_EVENT;
    decoder_meet(decoder, FORMAT_EVENT);
    record->message = value[FIELD_MESSAGE];
    record->reason = value[FIELD_REASON];
    record->kind = value[FIELD_KIND];
    record->container = object_container(value[FIELD_FIELD_PATH]);
    record->namespace = value[FIELD_NAMESPACE];
    record->unit = value[FIELD_UNIT];
    record->node = value[FIELD_HOST];
    record->level = level_of(value[FIELD_TYPE]);
    if (object_is_pod(record->kind)) {
        struct slice name = value[FIELD_NAME];
        slice_cut(&name, '/', &record->namespace);
        record->pod = name;
    }
    if (slice_to_u64(value[FIELD_COUNT], &count) && count > 0) {
        record->count = count;
    }
    record->first_seen = stamp_of(value[FIELD_FIRST]).us;
    record->stamp = stamp_of(value[FIELD_LAST]);
    if (record->stamp.trust == STAMP_MISSING) {
        record->stamp = stamp_of(value[FIELD_TIME]);
    }
    return VERDICT_RECORD;
}

static struct slice
unit_name(struct slice unit)
{
    if (slice_ends(unit, SLICE(".service"))) {
        unit.len -= SLICE(".service").len;
    }
    return unit;
}

static enum stream
stream_of(const struct fields *fields)
{
    return slice_equal(fields->value[FIELD_STREAM], SLICE("stderr"))
             ? STREAM_ERR
             : STREAM_OUT;
}

static struct envelope
envelope_of(const struct fields *fields, enum format format)
{
    const struct slice *value = fields->value;
    uint64_t severity;
    struct record writer = {0};
    fields_read_path(value[FIELD_PATH], &writer);
    fill_empty(&writer.namespace, value[FIELD_WRITER_NAMESPACE]);
    fill_empty(&writer.pod, value[FIELD_WRITER_POD]);
    fill_empty(&writer.pod_uid, value[FIELD_WRITER_UID]);
    fill_empty(&writer.container, value[FIELD_WRITER_CONTAINER]);
    struct envelope envelope = {
        .format = format,
        .stamp = stamp_of(value[FIELD_TIME]),
        .node = value[FIELD_HOST],
        .unit = unit_name(value[FIELD_UNIT]),
        .level = level_of(value[FIELD_LEVEL]),
        .namespace = writer.namespace,
        .pod = writer.pod,
        .pod_uid = writer.pod_uid,
        .container = writer.container,
        .has_stream = true,
        .stream = stream_of(fields),
    };
    if (!fields->has_msg) {
        fill_empty(&envelope.node, value[FIELD_BARE_HOST]);
    }
    if (slice_to_u64(value[FIELD_SEVERITY], &severity)) {
        envelope.level = level_of_severity(severity);
    }
    return envelope;
}

/* "kuberuntime/kuberuntime_image.go:55" */
static struct slice
file_of(struct slice caller)
{
    struct slice file = slice_before(caller, slice_find_byte(caller, ':'));
    size_t slash = slice_find_last(file, '/');
    return slash == SLICE_NONE ? file : slice_after(file, slash + 1);
}

/* What a program's own record says besides its message. */
static void
add_details(struct decoder *decoder, const struct fields *fields)
{
    const struct slice *value = fields->value;
    struct record *record = &decoder->record;
    if (value[FIELD_ERROR].len > 0 && record->error.len == 0) {
        if (fields->is_klog) {
            klog_set_error(&decoder->klog, value[FIELD_ERROR], record);
        } else {
            record->error = unescape_all(value[FIELD_ERROR], &decoder->scratch);
        }
        if (record->level == LEVEL_UNKNOWN) {
            record->level = LEVEL_ERROR;
        }
    }
    fill_empty(&record->file, file_of(value[FIELD_CALLER]));
    fill_empty(&record->image, value[FIELD_IMAGE]);
    fill_empty(&record->container, value[FIELD_CONTAINER]);
    if (fields->has_msg) {
        fill_empty(&record->host, value[FIELD_BARE_HOST]);
    }
    if (value[FIELD_POD].len > 0 && record->format != FORMAT_EVENT) {
        object_set_pod(record, value[FIELD_POD]);
        fill_empty(&record->namespace, value[FIELD_NAMESPACE]);
    }
    fill_empty(&record->pod_uid, value[FIELD_POD_UID]);
}

/* Tagged as such, or as long as docker makes them, without an end. */
static bool
is_piece_of_line(const struct fields *fields)
{
    struct slice message = fields->value[FIELD_MESSAGE];
    struct slice tag = fields->value[FIELD_TAG];
    return slice_equal(tag, SLICE("P"))
        || (tag.len == 0 && fields->value[FIELD_STREAM].len > 0
            && message.len == DOCKER_PIECE
            && !slice_ends(message, SLICE("\n")));
}

enum verdict
rows_decode_fields(struct decoder *decoder, const struct fields *fields,
                   enum format format)
{
    struct slice message = fields->value[FIELD_MESSAGE];
    if (is_event(fields)) {
        return decode_event(decoder, fields);
    }
    if (message.len == 0 && fields->value[FIELD_ERROR].len == 0) {
        return VERDICT_FOREIGN;
    }
    struct envelope envelope = envelope_of(fields, format);
    bool is_piece = is_piece_of_line(fields);
    while (message.len > 0
           && (message.data[message.len - 1] == '\n'
               || message.data[message.len - 1] == '\r')) {
        message.len--;
    }
    if ((is_piece || fields->value[FIELD_STREAM].len > 0)
        && !decoder_join(decoder, stream_of(fields), is_piece, &message)) {
        return VERDICT_PARTIAL;
    }
    decoder_within(decoder, message, &envelope);
    add_details(decoder, fields);
    return decoder->verdict;
}

/* A message that is an object, or the bytes of one. */
static enum verdict
decode_message(struct decoder *decoder, struct fields *fields,
               enum format format)
{
    struct slice *message = &fields->value[FIELD_MESSAGE];
    if (value_is_object(*message) && decoder->depth < DECODER_DEPTH) {
        struct envelope envelope = envelope_of(fields, format);
        struct slice object = *message;
        *message = slice_of(NULL, 0);
        decoder->depth++;
        enum verdict verdict = rows_decode_object(decoder, object);
        decoder_wrap(decoder, &envelope);
        return verdict;
    }
    *message = value_is_array(*message)
                 ? value_bytes(*message, &decoder->scratch)
                 : value_text(*message, &decoder->scratch);
    return rows_decode_fields(decoder, fields, format);
}

/* A registry as az prints it: a description, no line of a log. */
static bool
describes_registry(struct slice object)
{
    static const char *const names[] = {"loginServer", "roleAssignmentMode"};
    struct slice found[COUNT(names)];
    value_pick(object, names, found, COUNT(found));
    return value_is_string(found[0]) && value_is_string(found[1]);
}

static enum format
format_of(const struct fields *fields)
{
    return fields->is_journal ? FORMAT_JOURNAL : FORMAT_JSON;
}

/* An event without a time has that of what is around it. */
static void
add_time(struct decoder *decoder, struct slice object)
{
    struct stamp *stamp = &decoder->record.stamp;
    struct fields fields = {0};
    if (stamp->trust == STAMP_MISSING) {
        fields_add_object(&fields, object);
        *stamp =
            stamp_of(value_text(fields.value[FIELD_TIME], &decoder->scratch));
    }
}

/* What the object says by names that somebody knows. */
static enum verdict
decode_known(struct decoder *decoder, struct slice object,
             struct fields *fields)
{
    *fields = (struct fields){0};
    decoder->record.message = object;
    enum event_shape shape =
        event_decode(&decoder->event, object, &decoder->record);
    if (shape != EVENT_NONE) {
        decoder_meet(decoder, FORMAT_EVENT);
        decoder->record.format = FORMAT_EVENT;
        if (shape == EVENT_RECORD) {
            add_time(decoder, object);
            return VERDICT_RECORD;
        }
        /* A pod without trouble is nobody's business. */
        decoder->record.message = slice_of(NULL, 0);
        return VERDICT_FOREIGN;
    }
    if (describes_registry(object)) {
        decoder->record.format = FORMAT_JSON;
        decoder_meet(decoder, FORMAT_JSON);
        return VERDICT_RECORD;
    }
    fields_add_object(fields, object);
    for (size_t i = 0; i < FIELDS; i++) {
        if (i != FIELD_MESSAGE) {
            fields->value[i] = value_text(fields->value[i], &decoder->scratch);
        }
    }
    enum format format = format_of(fields);
    decoder->record.format = format;
    decoder_meet(decoder, format);
    return decode_message(decoder, fields, format);
}

/* For the scratch's law: it holds so much more. */
static bool
has_room(const struct decoder *decoder, struct slice text)
{
    return decoder->scratch.size - decoder->scratch.len >= text.len;
}

/* The sentence of an object or array that has none by a known name. */
static enum verdict
decode_text(struct decoder *decoder, struct inner *inner, struct slice value,
            struct fields *fields)
{
    struct slice text = inner_text(value);
    if (text.len == 0 || inner_is_hushed(inner) || !has_room(decoder, text)) {
        return VERDICT_FOREIGN;
    }
    inner_hush(inner);
    fields->value[FIELD_MESSAGE] = value_text(text, &decoder->scratch);
    return rows_decode_fields(decoder, fields, format_of(fields));
}

/* Of an array, the first of its own strings that is a time is its time. */
static void
find_time(struct slice array, struct fields *fields)
{
    struct slice rest = value_inside(array);
    struct slice element;
    struct slice raw;
    struct stamp stamp;
    while (value_next_element(&rest, &element)) {
        if (unescape_cut(&element, &raw) && raw.len >= TIME_SHORTEST
            && fields_stamp(raw, &stamp)) {
            fields->value[FIELD_TIME] = raw;
            return;
        }
    }
}

/* [{"field": "@message", "value": ...}, ...], a row of CloudWatch's answers. */
static void
add_pairs(struct decoder *decoder, struct slice array, struct fields *fields)
{
    static const char *const names[] = {"field", "value"};
    struct slice rest = value_inside(array);
    struct slice pair[COUNT(names)];
    struct slice element;
    while (value_next_element(&rest, &element) && value_is_object(element)) {
        value_pick(element, names, pair, COUNT(pair));
        if (value_is_string(pair[0]) && value_is_string(pair[1])) {
            fields_add(fields, value_text(pair[0], &decoder->scratch),
                       value_text(pair[1], &decoder->scratch));
        }
    }
}

static enum verdict
decode_array(struct decoder *decoder, struct inner *inner, struct slice array)
{
    struct fields fields = {0};
    add_pairs(decoder, array, &fields);
    if (fields.value[FIELD_MESSAGE].len > 0) {
        inner_pass(inner, array);
        return rows_decode_fields(decoder, &fields, FORMAT_JSON);
    }
    find_time(array, &fields);
    return decode_text(decoder, inner, array, &fields);
}

/* What is in an object that nobody knows. */
static enum verdict
decode_inner(struct decoder *decoder, struct inner *inner, struct slice value)
{
    struct fields fields;
    if (value_is_array(value)) {
        return decode_array(decoder, inner, value);
    }
    enum verdict verdict = decode_known(decoder, value, &fields);
    if (verdict != VERDICT_FOREIGN || decoder->record.format == FORMAT_EVENT) {
        inner_pass(inner, value);
        return verdict;
    }
    return decode_text(decoder, inner, value, &fields);
}

/* Goes on to the next that says something. */
static enum verdict
next_inner(struct decoder *decoder, struct inner *inner,
           const struct fields *around)
{
    struct slice value;
    unsigned depth = decoder->depth;
    size_t used = decoder->scratch.len;
    while (inner_next(inner, &value) && has_room(decoder, value)) {
        decoder->record = (struct record){.count = 1};
        decoder->depth = depth;
        if (inner == &decoder->inner) {
            decoder_begin(decoder, value.data, true);
        }
        enum verdict verdict = decode_inner(decoder, inner, value);
        if (verdict != VERDICT_FOREIGN) {
            struct envelope envelope = envelope_of(around, format_of(around));
            decoder_wrap(decoder, &envelope);
            return verdict;
        }
        decoder->scratch.len = used;
    }
    return VERDICT_FOREIGN;
}

bool
rows_more(struct decoder *decoder)
{
    decoder->verdict =
        decoder->inner.rest.len > 0
            ? next_inner(decoder, &decoder->inner, &decoder->around)
            : VERDICT_FOREIGN;
    return decoder->verdict != VERDICT_FOREIGN;
}

/* The only one in an envelope: what is known, or else the first sentence. */
static enum verdict
decode_only(struct decoder *decoder, struct slice object, struct fields *around)
{
    struct inner inner;
    if (!inner_open(&inner, object)) {
        return VERDICT_FOREIGN;
    }
    inner_hush(&inner);
    enum verdict verdict = next_inner(decoder, &inner, around);
    if (verdict == VERDICT_FOREIGN) {
        (void)inner_open(&inner, object);
        verdict = decode_text(decoder, &inner, object, around);
    }
    return verdict != VERDICT_FOREIGN ? verdict
                                      : next_inner(decoder, &inner, around);
}

/* The outermost object can be gone on with later: there may be many lines. */
static enum verdict
decode_first(struct decoder *decoder, struct slice object,
             struct fields *around)
{
    if (!inner_open(&decoder->inner, object)) {
        decoder->inner = (struct inner){0};
        return VERDICT_FOREIGN;
    }
    decoder->around = *around;
    decoder->around.value[FIELD_MESSAGE] = slice_of(NULL, 0);
    enum verdict verdict =
        decode_text(decoder, &decoder->inner, object, around);
    return verdict != VERDICT_FOREIGN
             ? verdict
             : next_inner(decoder, &decoder->inner, &decoder->around);
}

enum verdict
rows_decode_object(struct decoder *decoder, struct slice object)
{
    struct fields fields;
    bool is_outer = decoder->depth == 0;
    enum verdict verdict = decode_known(decoder, object, &fields);
    if (verdict != VERDICT_FOREIGN || decoder->record.format == FORMAT_EVENT) {
        return verdict;
    }
    struct record record = decoder->record;
    verdict = is_outer ? decode_first(decoder, object, &fields)
                       : decode_only(decoder, object, &fields);
    if (verdict == VERDICT_FOREIGN) {
        decoder->record = record;
    }
    return verdict;
}
