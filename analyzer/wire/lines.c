/* SPDX-License-Identifier: Apache-2.0 */
#include "wire/lines.h"

#include "wire/cri.h"
#include "wire/logfmt.h"
#include "wire/paste.h"
#include "wire/rows.h"
#include "wire/syslog.h"

#include <assert.h>

enum {
    PASTE_MARKS = 4, /* before a line, one behind the other */
};

void
decoder_follow(struct decoder *decoder)
{
    decoder->is_live = true;
}

void
decoder_meet(struct decoder *decoder, enum format format)
{
    decoder->is_met |= format == decoder->fixed;
}

/* What is read far from its node: where it was printed says nothing. */
static bool
is_of_cluster(enum format format)
{
    return format == FORMAT_EVENT || format == FORMAT_COLUMNS
        || format == FORMAT_DESCRIBE;
}

/*
 * The pod that wrote a line is the one it is about, unless the line names
 * another one.
 */
static void
add_writer(struct record *record, const struct envelope *envelope)
{
    if (record->namespace.len == 0 && record->pod.len == 0
        && record->kind.len == 0 && record->container.len == 0) {
        record->namespace = envelope->namespace;
        record->pod = envelope->pod;
        record->pod_uid = envelope->pod_uid;
        record->container = envelope->container;
    }
}

/* Who wrote a line, so that what others write between is kept apart. */
static void
name_writer(struct buf *key, const struct envelope *envelope)
{
    const struct slice parts[] = {envelope->node,      envelope->unit,
                                  envelope->namespace, envelope->pod,
                                  envelope->pod_uid,   envelope->container};
    buf_clear(key);
    buf_add_byte(key, envelope->stream == STREAM_ERR ? 'e' : 'o');
    for (size_t i = 0; i < COUNT(parts); i++) {
        buf_add_byte(key, '\0');
        buf_add(key, parts[i]);
    }
}

/* What an envelope held: a line, or one of those that an object lies on. */
static void
decode_within(struct decoder *decoder, struct slice rest,
              const struct envelope *envelope)
{
    struct slice object = slice_of(NULL, 0);
    enum strands_step step = STRANDS_NONE;
    if (envelope->has_stream && !decoder->is_alone) {
        name_writer(&decoder->strands.key, envelope);
        decoder->strands.line = decoder->place.line;
        step = strands_read(&decoder->strands, rest, &object);
    }
    switch (step) {
    case STRANDS_MORE:
        decoder->record.format = FORMAT_JSON;
        decoder->verdict = VERDICT_PARTIAL;
        break;
    case STRANDS_WHOLE:
        decoder->verdict = rows_decode_object(decoder, object);
        decoder_end_with(decoder, decoder->strands.began);
        break;
    case STRANDS_NONE:
        decoder->broken = object;
        lines_decode(decoder, rest);
        break;
    }
}

void
decoder_within(struct decoder *decoder, struct slice rest,
               const struct envelope *envelope)
{
    decoder->depth++;
    if (envelope->stamp.trust == STAMP_EXACT) {
        decoder->now = envelope->stamp.us;
    }
    decode_within(decoder, rest, envelope);
    decoder_wrap(decoder, envelope);
}

void
decoder_wrap(struct decoder *decoder, const struct envelope *envelope)
{
    struct record *record = &decoder->record;
    record->stamp = stamp_within(record->stamp, envelope->stamp);
    if (is_of_cluster(record->format)) {
        return;
    }
    if (record->format == FORMAT_PLAIN) {
        record->format = envelope->format;
    }
    if (record->unit.len == 0) {
        record->unit = envelope->unit;
    }
    if (record->node.len == 0) {
        record->node = envelope->node;
    }
    if (record->level == LEVEL_UNKNOWN) {
        record->level = envelope->level;
    }
    add_writer(record, envelope);
}

static bool is_known(const struct decoder *decoder, struct slice line);

/* What stands behind quote marks, numbers and the like, if that is known. */
static bool
decode_paste(struct decoder *decoder, struct slice line)
{
    struct record said = {.count = 1};
    struct slice rest = line;
    for (int i = 0; i < PASTE_MARKS && paste_peel(&rest, &said); i++) {
        struct envelope envelope = {
            .format = FORMAT_PLAIN,
            .stamp = said.stamp,
            .node = said.node,
            .level = said.level,
        };
        if (is_known(decoder, rest) || said.level != LEVEL_UNKNOWN
            || said.node.len > 0 || said.stamp.trust != STAMP_MISSING) {
            decoder_within(decoder, rest, &envelope);
            return true;
        }
    }
    return false;
}

static enum verdict
decode_plain(struct decoder *decoder, struct slice line)
{
    struct envelope envelope = {.format = FORMAT_PLAIN};
    struct slice rest = line;
    decoder->record.format = FORMAT_PLAIN;
    decoder->record.message = line;
    if (decoder->depth >= DECODER_DEPTH) {
        return VERDICT_RECORD;
    }
    if (stamp_read_rfc3339(&rest, &envelope.stamp)
        && (rest.len == 0 || rest.data[0] == ' ' || rest.data[0] == '\t')) {
        decoder_within(decoder, slice_after(rest, 1), &envelope);
        return decoder->verdict;
    }
    if (decode_paste(decoder, line)) {
        return decoder->verdict;
    }
    return VERDICT_RECORD;
}

static enum verdict
decode_syslog(struct decoder *decoder, struct slice line)
{
    struct syslog_head head = {0};
    syslog_peel(&line, decoder->now, &head);
    struct envelope envelope = {
        .format = FORMAT_SYSLOG,
        .stamp = head.stamp,
        .node = head.host,
        .unit = head.program,
        .level = head.level,
    };
    decoder_within(decoder, line, &envelope);
    return decoder->verdict;
}

bool
decoder_join(struct decoder *decoder, enum stream stream, bool is_piece,
             struct slice *text)
{
    if (is_piece) {
        pieces_keep(&decoder->pieces, stream, *text);
        decoder->record.message = slice_of(NULL, 0);
        decoder->verdict = VERDICT_PARTIAL;
        return false;
    }
    *text = pieces_join(&decoder->pieces, stream, *text);
    return true;
}

static enum verdict
decode_cri(struct decoder *decoder, struct slice line)
{
    struct cri_head head = {0};
    cri_peel(&line, &head);
    struct envelope envelope = {
        .format = FORMAT_CRI,
        .stamp = head.stamp,
        .has_stream = true,
        .stream = head.stream,
    };
    decoder->record.format = FORMAT_CRI;
    if (decoder_join(decoder, head.stream, head.is_piece, &line)) {
        decoder_within(decoder, line, &envelope);
    }
    return decoder->verdict;
}

static enum verdict
decode_klog(struct decoder *decoder, struct slice line)
{
    decoder->klog.now = decoder->now;
    decoder->klog.scratch = &decoder->scratch;
    return klog_decode(&decoder->klog, line, &decoder->record);
}

static enum verdict
decode_logfmt(struct decoder *decoder, struct slice line)
{
    struct record *record = &decoder->record;
    enum verdict verdict = logfmt_decode(line, &decoder->scratch, record);
    struct slice message = record->message;
    if (verdict != VERDICT_RECORD || decoder->depth == DECODER_DEPTH
        || !(klog_looks(message) || logfmt_looks(message))) {
        return verdict;
    }
    /* A program that hands on what its children log, as k0s does. */
    struct envelope envelope = {
        .format = FORMAT_LOGFMT,
        .stamp = record->stamp,
        .unit = record->unit,
        .level = record->level,
    };
    *record = (struct record){.count = 1};
    decoder_within(decoder, message, &envelope);
    return decoder->verdict;
}

static enum verdict
decode_columns(struct decoder *decoder, struct slice line)
{
    return columns_decode(&decoder->columns, line, decoder->now,
                          &decoder->record);
}

static enum verdict
decode_describe(struct decoder *decoder, struct slice line)
{
    enum verdict verdict = describe_decode(&decoder->describe, line,
                                           decoder->now, &decoder->record);
    bool is_plain =
        verdict == VERDICT_RECORD && decoder->record.format == FORMAT_PLAIN;
    if (is_plain && decoder->depth < DECODER_DEPTH
        && decode_paste(decoder, line)) {
        return decoder->verdict;
    }
    return verdict;
}

/*
 * A whole object within an envelope. What is none after all is a line as any
 * other.
 */
static enum verdict
decode_json(struct decoder *decoder, struct slice line)
{
    struct document document = {0};
    struct slice rest = line;
    struct slice element;
    document_start(&document, DOCUMENT_WHOLE);
    if (slice_skip(&rest, SLICE("[")) || !slice_starts(rest, SLICE("{"))
        || document_read(&document, &rest, &element) != DOCUMENT_ELEMENT) {
        document_free(&document);
        return decode_plain(decoder, line);
    }
    return rows_decode_object(decoder, element);
}

enum trait {
    TRAIT_ENVELOPE = 1, /* taken off whatever format was asked for */
    TRAIT_INDENT = 2,   /* blanks before the line mean something */
    TRAIT_MIXED = 4,    /* most of its lines are plain text */
    TRAIT_BLANKS = 8,   /* blanks behind the line are its own */
};

/*
 * In the order of enum format, which is the order of asking; the signatures
 * exclude each other, but for describe's, which is the weakest and last. What
 * has no `looks` is never guessed.
 */
static const struct {
    const char *name;
    bool (*looks)(struct slice line);
    enum verdict (*decode)(struct decoder *decoder, struct slice line);
    unsigned traits;
} formats[] = {
    {"plain", NULL, decode_plain, 0},
    {"klog", klog_looks, decode_klog, 0},
    {"logfmt", logfmt_looks, decode_logfmt, 0},
    {"cri", cri_looks, decode_cri, TRAIT_ENVELOPE | TRAIT_BLANKS},
    {"journal", NULL, decode_plain, 0},
    {"syslog", syslog_looks, decode_syslog, TRAIT_ENVELOPE},
    {"event", NULL, decode_plain, 0},
    {"columns", columns_looks, decode_columns, 0},
    {"describe", describe_looks, decode_describe, TRAIT_INDENT | TRAIT_MIXED},
    {"json", document_looks, decode_json, TRAIT_ENVELOPE},
    {"csv", NULL, decode_plain, 0},
};

static_assert(COUNT(formats) == FORMATS, "a row for each format");

static bool
has_trait(enum format format, enum trait trait)
{
    return (formats[format].traits & trait) != 0;
}

/* Whether the fixed format, if there is one, leaves room for this one. */
static bool
is_allowed(const struct decoder *decoder, enum format format)
{
    enum format fixed = decoder->fixed;
    if (has_trait(format, TRAIT_ENVELOPE)) {
        return decoder->depth < DECODER_DEPTH;
    }
    return fixed == FORMATS || fixed == format || !formats[fixed].looks
        || (has_trait(fixed, TRAIT_ENVELOPE) && decoder->is_met);
}

/* The format that the line looks like; FORMAT_PLAIN if like none. */
static enum format
format_of(const struct decoder *decoder, struct slice line)
{
    struct slice trimmed = slice_trim(line);
    for (enum format i = FORMAT_KLOG; i < FORMATS; i++) {
        struct slice text = has_trait(i, TRAIT_INDENT) ? line : trimmed;
        if (formats[i].looks && is_allowed(decoder, i)
            && formats[i].looks(text)) {
            return i;
        }
    }
    return FORMAT_PLAIN;
}

/* describe's lines are too weak a sign for what is no line's start. */
static bool
is_known(const struct decoder *decoder, struct slice line)
{
    enum format format = format_of(decoder, line);
    return format != FORMAT_PLAIN && !has_trait(format, TRAIT_INDENT);
}

bool
lines_is_start(const struct decoder *decoder, struct slice line)
{
    struct record ignored = {0};
    if (slice_trim(line).len == 0 || is_known(decoder, line)
        || describe_is_row(line)) {
        return true;
    }
    return paste_peel(&line, &ignored)
        && (is_known(decoder, line) || ignored.level != LEVEL_UNKNOWN);
}

static struct slice
without_indent(struct slice line)
{
    size_t at = 0;
    while (at < line.len && (line.data[at] == ' ' || line.data[at] == '\t')) {
        at++;
    }
    return slice_after(line, at);
}

void
lines_decode(struct decoder *decoder, struct slice line)
{
    enum format format = format_of(decoder, line);
    decoder_meet(decoder, format);
    if (has_trait(format, TRAIT_BLANKS)) {
        line = without_indent(line);
    } else if (format != FORMAT_PLAIN && !has_trait(format, TRAIT_INDENT)) {
        line = slice_trim(line);
    }
    decoder->verdict = formats[format].decode(decoder, line);
}

bool
lines_is_missed(const struct decoder *decoder)
{
    enum format fixed = decoder->fixed;
    return fixed != FORMATS && fixed != FORMAT_PLAIN
        && !has_trait(fixed, TRAIT_MIXED) && !decoder->is_met;
}

const char *
format_name(enum format format)
{
    return format < FORMATS ? formats[format].name : "auto";
}

bool
format_parse(struct slice name, enum format *format)
{
    for (enum format i = FORMAT_PLAIN; i <= FORMATS; i++) {
        if (slice_equal(name, slice_from(format_name(i)))) {
            *format = i;
            return true;
        }
    }
    return false;
}
