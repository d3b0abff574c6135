/* SPDX-License-Identifier: Apache-2.0 */
#include "wire/decode.h"

#include "base/buf.h"
#include "base/mem.h"
#include "wire/columns.h"
#include "wire/cri.h"
#include "wire/describe.h"
#include "wire/klog.h"
#include "wire/logfmt.h"
#include "wire/syslog.h"

#include <assert.h>

enum {
    DEPTH_MAX = 4, /* envelopes around each other; more is nobody's log */
};

struct decoder {
    enum format fixed; /* FORMATS: guess */
    int64_t now;       /* or when the envelope was written */
    unsigned depth;    /* envelopes taken off so far */
    bool is_met;       /* the fixed format was found */
    bool is_waiting;   /* the line's first record was not taken yet */
    struct slice line;
    struct buf scratch;
    struct klog klog;
    struct columns columns;
    struct describe describe;
    struct record record;
    enum verdict verdict;
};

/* What an envelope says of the line within. */
struct envelope {
    enum format format;
    struct stamp stamp;
    struct slice node;
    struct slice unit;
    enum level level;
};

static void decode_line(struct decoder *decoder, struct slice line);

/*
 * A stamp without a zone is right, or not, by the envelope's: klog writes the
 * node's own time, which need not be UTC.
 */
static struct stamp
better_stamp(struct stamp inner, struct stamp outer)
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

/* Decodes what the envelope held, then adds what only the envelope says. */
static void
decode_within(struct decoder *decoder, struct slice rest,
              const struct envelope *envelope)
{
    struct record *record = &decoder->record;
    decoder->depth++;
    if (envelope->stamp.trust == STAMP_EXACT) {
        decoder->now = envelope->stamp.us;
    }
    decode_line(decoder, rest);
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
    record->stamp = better_stamp(record->stamp, envelope->stamp);
}

static enum verdict
decode_plain(struct decoder *decoder, struct slice line)
{
    struct envelope envelope = {.format = FORMAT_PLAIN};
    struct slice rest = line;
    decoder->record.format = FORMAT_PLAIN;
    decoder->record.message = line;
    if (decoder->depth < DEPTH_MAX && stamp_read_rfc3339(&rest, &envelope.stamp)
        && (rest.len == 0 || rest.data[0] == ' ' || rest.data[0] == '\t')) {
        decode_within(decoder, slice_after(rest, 1), &envelope);
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
    decode_within(decoder, line, &envelope);
    return decoder->verdict;
}

static enum verdict
decode_cri(struct decoder *decoder, struct slice line)
{
    struct envelope envelope = {.format = FORMAT_CRI};
    cri_peel(&line, &envelope.stamp);
    decode_within(decoder, line, &envelope);
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
        return decoder->depth < DEPTH_MAX;
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
            decoder->is_met |= i == decoder->fixed;
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

/* The formats that have no decoder yet are guessed. */
static bool
is_missed(const struct decoder *decoder)
{
    enum format fixed = decoder->fixed;
    return fixed != FORMATS && formats[fixed].looks
        && !has_trait(fixed, TRAIT_MIXED) && !decoder->is_met;
}

struct decoder *
decoder_new(enum format format)
{
    struct decoder *decoder = MEM_NEW(struct decoder);
    decoder->fixed = format;
    return decoder;
}

void
decoder_free(struct decoder *decoder)
{
    if (decoder) {
        buf_free(&decoder->scratch);
        describe_free(&decoder->describe);
        mem_free(decoder);
    }
}

void
decoder_feed(struct decoder *decoder, struct slice line, int64_t now)
{
    decoder->line = line;
    decoder->now = now;
    decoder->depth = 0;
    decoder->is_met = false;
    decoder->is_waiting = true;
    decoder->klog.more = slice_of(NULL, 0);
    decoder->record = (struct record){.count = 1};
    decoder->verdict = VERDICT_FOREIGN;
    buf_clear(&decoder->scratch);
    buf_reserve(&decoder->scratch, line.len); /* see unescape.h */
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

bool
decoder_next(struct decoder *decoder, struct record *record,
             enum verdict *verdict)
{
    if (!decoder->is_waiting && !klog_more(&decoder->klog, &decoder->record)) {
        return false;
    }
    decoder->is_waiting = false;
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
