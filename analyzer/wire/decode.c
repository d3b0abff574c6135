/* SPDX-License-Identifier: Apache-2.0 */
#include "wire/decode.h"

#include "base/mem.h"
#include "wire/cri.h"
#include "wire/decoder.h"
#include "wire/logfmt.h"
#include "wire/rows.h"
#include "wire/syslog.h"

#include <assert.h>

static void decode_line(struct decoder *decoder, struct slice line);

/*
 * A stamp without a zone is right, or not, by the envelope's: klog writes the
 * node's own time, which need not be UTC.
 */
struct stamp
decoder_stamp(struct stamp inner, struct stamp outer)
{
    if (inner.trust == STAMP_MISSING) {
        return outer;
    }
    if (inner.trust != STAMP_INFERRED || outer.trust != STAMP_EXACT) {
        return inner;
    }
    int64_t apart = inner.us - outer.us;
    if (apart > STAMP_MINUTE || apart < -STAMP_MINUTE) {
        return outer;
    }
    inner.trust = STAMP_EXACT;
    return inner;
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

void
decoder_within(struct decoder *decoder, struct slice rest,
               const struct envelope *envelope)
{
    struct record *record = &decoder->record;
    decoder->depth++;
    if (envelope->stamp.trust == STAMP_EXACT) {
        decoder->now = envelope->stamp.us;
    }
    decode_line(decoder, rest);
    record->stamp = decoder_stamp(record->stamp, envelope->stamp);
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

static enum verdict
decode_plain(struct decoder *decoder, struct slice line)
{
    struct envelope envelope = {.format = FORMAT_PLAIN};
    struct slice rest = line;
    decoder->record.format = FORMAT_PLAIN;
    decoder->record.message = line;
    if (decoder->depth < DECODER_DEPTH
        && stamp_read_rfc3339(&rest, &envelope.stamp)
        && (rest.len == 0 || rest.data[0] == ' ' || rest.data[0] == '\t')) {
        decoder_within(decoder, slice_after(rest, 1), &envelope);
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

static enum verdict
decode_cri(struct decoder *decoder, struct slice line)
{
    struct envelope envelope = {.format = FORMAT_CRI};
    cri_peel(&line, &envelope.stamp);
    decoder_within(decoder, line, &envelope);
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
    return logfmt_decode(line, &decoder->scratch, &decoder->record);
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
    return describe_decode(&decoder->describe, line, decoder->now,
                           &decoder->record);
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
    document_start(&document);
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
    {"plain",    NULL,           decode_plain,    0                         },
    {"klog",     klog_looks,     decode_klog,     0                         },
    {"logfmt",   logfmt_looks,   decode_logfmt,   0                         },
    {"cri",      cri_looks,      decode_cri,      TRAIT_ENVELOPE            },
    {"journal",  NULL,           decode_plain,    0                         },
    {"syslog",   syslog_looks,   decode_syslog,   TRAIT_ENVELOPE            },
    {"event",    NULL,           decode_plain,    0                         },
    {"columns",  columns_looks,  decode_columns,  0                         },
    {"describe", describe_looks, decode_describe, TRAIT_INDENT | TRAIT_MIXED},
    {"json",     document_looks, decode_json,     TRAIT_ENVELOPE            },
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

static void
decode_line(struct decoder *decoder, struct slice line)
{
    struct slice trimmed = slice_trim(line);
    for (enum format i = FORMAT_KLOG; i < FORMATS; i++) {
        struct slice text = has_trait(i, TRAIT_INDENT) ? line : trimmed;
        if (formats[i].looks && is_allowed(decoder, i)
            && formats[i].looks(text)) {
            decoder_meet(decoder, i);
            decoder->verdict = formats[i].decode(decoder, text);
            return;
        }
    }
    decoder->verdict = decode_plain(decoder, line);
}

/* "> " and "| ", which mails and chats put before what they quote. */
static struct slice
without_quote_mark(struct slice line)
{
    if (slice_skip(&line, SLICE("> "))) {
        return line;
    }
    slice_skip(&line, SLICE("| "));
    return line;
}

/* Whether the line is not of the format that was asked for. */
static bool
is_missed(const struct decoder *decoder)
{
    enum format fixed = decoder->fixed;
    return fixed != FORMATS && fixed != FORMAT_PLAIN
        && !has_trait(fixed, TRAIT_MIXED) && !decoder->is_met;
}

struct decoder *
decoder_new(enum format format)
{
    struct decoder *decoder = MEM_NEW(struct decoder);
    decoder->fixed = format;
    decoder->klog.scratch = &decoder->scratch;
    return decoder;
}

void
decoder_free(struct decoder *decoder)
{
    if (decoder) {
        buf_free(&decoder->scratch);
        document_free(&decoder->document);
        describe_free(&decoder->describe);
        mem_free(decoder);
    }
}

static void
begin_record(struct decoder *decoder)
{
    decoder->now = decoder->fed_now;
    decoder->depth = 0;
    decoder->is_met = false;
    decoder->klog.more = slice_of(NULL, 0);
    decoder->record = (struct record){.count = 1};
    decoder->verdict = VERDICT_FOREIGN;
}

/*
 * Makes room for all that is unescaped until the next line, see unescape.h:
 * the line, and what was kept of those before.
 */
static void
begin_line(struct decoder *decoder, struct slice line, int64_t now)
{
    decoder->line = line;
    decoder->rest = line;
    decoder->fed_now = now;
    decoder->has_told = false;
    decoder->event = (struct event){.scratch = &decoder->scratch};
    buf_clear(&decoder->scratch);
    buf_reserve(&decoder->scratch, line.len + decoder->document.kept.len);
    begin_record(decoder);
}

void
decoder_feed(struct decoder *decoder, struct slice line, int64_t now)
{
    begin_line(decoder, line, now);
    decoder->is_ending = false;
}

void
decoder_end(struct decoder *decoder, int64_t now)
{
    begin_line(decoder, slice_of(NULL, 0), now);
    decoder->is_ending = true;
    decoder->has_told = true;
}

/* A line that no document goes through. */
static void
decode_ordinary(struct decoder *decoder)
{
    struct slice line = decoder->rest;
    decoder->rest = slice_after(line, line.len);
    if (slice_trim(line).len == 0) {
        return;
    }
    if (decoder->fixed == FORMAT_PLAIN) {
        decoder->verdict = VERDICT_RECORD;
        decoder->record.message = line;
        return;
    }
    decode_line(decoder, without_quote_mark(line));
    if (is_missed(decoder)) {
        decoder->verdict = VERDICT_BROKEN;
        decoder->record.message = line;
    }
}

/* An object whose end is missing or damaged still tells what it holds. */
static void
decode_damaged(struct decoder *decoder, struct slice object)
{
    rows_decode_object(decoder, object);
    if (decoder->record.message.len == 0) {
        decoder->record.message = object;
    }
    decoder->verdict = VERDICT_BROKEN;
}

static void
decode_element(struct decoder *decoder, struct slice element)
{
    decoder->verdict = rows_decode_object(decoder, element);
    if (decoder->verdict == VERDICT_RECORD && is_missed(decoder)) {
        decoder->verdict = VERDICT_BROKEN;
    }
}

/* Reads on in the open document. False: nothing is told yet. */
static bool
decode_document(struct decoder *decoder)
{
    struct slice element;
    switch (document_read(&decoder->document, &decoder->rest, &element)) {
    case DOCUMENT_ELEMENT:
        decode_element(decoder, element);
        return true;
    case DOCUMENT_MORE:
        decoder->verdict = VERDICT_PARTIAL;
        decoder->record.format = FORMAT_JSON;
        return !decoder->has_told;
    case DOCUMENT_END:
        return !decoder->has_told && slice_trim(decoder->rest).len == 0;
    case DOCUMENT_CUT:
        decode_damaged(decoder, element);
        return true;
    case DOCUMENT_BROKEN:
        if (element.len == 0) {
            decode_ordinary(decoder);
        } else {
            decode_damaged(decoder, element);
        }
        return true;
    }
    return false;
}

/* What stands between documents: "," and "]" say nothing. */
static struct slice
without_array(struct slice line)
{
    while (line.len > 0
           && (slice_trim(slice_before(line, 1)).len == 0 || line.data[0] == ','
               || line.data[0] == '[' || line.data[0] == ']')) {
        line = slice_after(line, 1);
    }
    return line;
}

static bool
decode_rest(struct decoder *decoder)
{
    if (decoder->document.is_open) {
        return decode_document(decoder);
    }
    bool is_array = without_array(decoder->rest).len == 0;
    if (decoder->fixed != FORMAT_PLAIN
        && (is_array || document_looks(decoder->rest))) {
        decoder->rest = without_array(decoder->rest);
        if (!is_array) {
            document_start(&decoder->document);
            return decode_document(decoder);
        }
        return !decoder->has_told;
    }
    decode_ordinary(decoder);
    return true;
}

/* At the end of the stream: what was kept for lines that never came. */
static bool
decode_kept(struct decoder *decoder)
{
    if (!decoder->document.is_open) {
        return false;
    }
    struct slice kept = document_stop(&decoder->document);
    if (kept.len > 0) {
        decode_damaged(decoder, kept);
    }
    return kept.len > 0;
}

static bool
has_more(struct decoder *decoder)
{
    return klog_more(&decoder->klog, &decoder->record)
        || event_more(&decoder->event, &decoder->record);
}

/* Goes on to what is told next. */
static bool
decode_next(struct decoder *decoder)
{
    if (decoder->has_told && has_more(decoder)) {
        return true;
    }
    while (!decoder->has_told || decoder->rest.len > 0) {
        begin_record(decoder);
        if (decode_rest(decoder)) {
            return true;
        }
        if (decoder->rest.len == 0) {
            return !decoder->has_told;
        }
    }
    return decoder->is_ending && decode_kept(decoder);
}

bool
decoder_next(struct decoder *decoder, struct record *record,
             enum verdict *verdict)
{
    if (!decode_next(decoder)) {
        return false;
    }
    decoder->has_told = true;
    *record = decoder->record;
    *verdict = decoder->verdict;
    return true;
}

static bool
is_within(struct slice text, struct slice memory)
{
    uintptr_t start = (uintptr_t)memory.data;
    uintptr_t at = (uintptr_t)text.data;
    return at >= start && at - start <= memory.len
        && text.len <= memory.len - (at - start);
}

bool
decoder_holds(const struct decoder *decoder, struct slice text)
{
    const struct describe *describe = &decoder->describe;
    const struct slice memories[] = {
        decoder->line,
        buf_slice(&decoder->scratch),
        buf_slice(&decoder->document.kept),
        buf_slice(&decoder->document.last),
        buf_slice(&describe->name),
        buf_slice(&describe->namespace),
        buf_slice(&describe->node),
        buf_slice(&describe->container),
        buf_slice(&describe->image),
    };

    for (size_t i = 0; i < COUNT(memories) && text.len > 0; i++) {
        if (is_within(text, memories[i])) {
            return true;
        }
    }
    return text.len == 0;
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
