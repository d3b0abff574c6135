/* SPDX-License-Identifier: Apache-2.0 */
#include "app/reader.h"

#include "app/skim.h"
#include "base/mem.h"
#include "wire/frame.h"

struct reader {
    struct frame frame;
    struct decoder *decoder;
    struct classifier *classifier;
    reader_sink *sink;
    void *ctx;
    uint64_t lines;
    uint64_t broken;
    uint64_t resume;     /* before it, nothing is kept for lines to come */
    struct reading kept; /* the place of what the decoder keeps */
    bool is_waiting;     /* it is kept since the last tick, at least */
    bool skims;          /* what cannot matter is not decoded */
};

struct reader *
reader_new(struct classifier *classifier, enum format format, reader_sink *sink,
           void *ctx)
{
    struct reader *reader = MEM_NEW(struct reader);
    reader->decoder = decoder_new(format);
    reader->classifier = classifier;
    reader->sink = sink;
    reader->ctx = ctx;
    return reader;
}

void
reader_skim(struct reader *reader)
{
    reader->skims = true;
}

void
reader_begin(struct reader *reader, uint64_t position)
{
    reader->frame.position = position;
    reader->resume = position;
}

void
reader_free(struct reader *reader)
{
    if (reader) {
        frame_free(&reader->frame);
        decoder_free(reader->decoder);
        mem_free(reader);
    }
}

/*
 * What is kept of a record as it came. An object may lie on many lines, and a
 * pod's holds what is nobody's business: of these the message is enough.
 */
static struct slice
raw_text(struct slice line, const struct record *record, enum verdict verdict)
{
    if (verdict == VERDICT_PARTIAL) {
        return slice_of(NULL, 0);
    }
    return line.len == 0 || record->format == FORMAT_EVENT ? record->message
                                                           : line;
}

/* Hands on all that the decoder tells now. */
static void
read_records(struct reader *reader, const struct reading *place)
{
    struct reading reading;
    enum verdict verdict;
    struct record record;
    struct finding finding;
    struct finding nothing = {.kind = FINDING_NOTHING};
    while (decoder_next(reader->decoder, &record, &verdict)) {
        struct slice kept = decoder_kept(reader->decoder);
        reading = kept.len > 0 ? reader->kept : *place;
        reading.verdict = verdict;
        bool has_record =
            verdict == VERDICT_RECORD || verdict == VERDICT_BROKEN;
        reader->broken += verdict == VERDICT_BROKEN;
        reading.record = &record;
        reading.line =
            raw_text(kept.len > 0 ? kept : place->line, &record, verdict);
        reading.finding = &nothing;
        if (has_record) {
            classifier_read(reader->classifier, &record, &finding);
            reading.finding = &finding;
        }
        reader->sink(reader->ctx, &reading);
    }
}

/* Where the lines stand that the decoder keeps. */
static void
keep_place(struct reader *reader, const struct reading *place)
{
    size_t lines = decoder_keeps(reader->decoder);
    if (lines == 1) {
        reader->kept = *place;
    }
    if (lines > 0) {
        reader->kept.end = place->end;
        reader->is_waiting = false;
    }
}

static void
read_line(struct reader *reader, const struct frame_line *line, int64_t now)
{
    struct reading reading = {
        .line = line->text,
        .line_number = ++reader->lines,
        .start = line->start,
        .end = line->end,
    };
    decoder_feed(reader->decoder, line->text, now);
    read_records(reader, &reading);
    if (decoder_is_idle(reader->decoder)) {
        reader->resume = line->end;
    }
    keep_place(reader, &reading);
}

/* Lines are left out; what was kept of those before is told first. */
static void
pass_over(struct reader *reader, const struct leap *leap, int64_t now)
{
    if (decoder_keeps(reader->decoder) > 0) {
        decoder_flush(reader->decoder, now);
        read_records(reader, &reader->kept);
    }
    decoder_pass(reader->decoder);
    reader->lines += leap->lines;
    reader->resume = reader->frame.position;
}

/* At the start of a line. */
static void
skim_lines(struct reader *reader, struct skim *skim, int64_t now)
{
    if (!reader->skims || !decoder_may_pass(reader->decoder)) {
        return;
    }
    struct leap leap = skim_leap(skim, frame_rest(&reader->frame),
                                 decoder_keeps(reader->decoder) > 0);
    if (leap.lines > 0) {
        frame_skip(&reader->frame, leap.bytes, leap.lines);
        pass_over(reader, &leap, now);
    }
}

/* A line of two chunks. False: it must be read. */
static bool
skim_torn(struct reader *reader, const struct skim *skim,
          const struct frame_line *line, int64_t now)
{
    const struct leap leap = {.lines = 1};
    if (!reader->skims || !reader->frame.is_torn_handed
        || !decoder_may_pass(reader->decoder)
        || !skim_passes(skim, line->text, frame_rest(&reader->frame),
                        decoder_keeps(reader->decoder) > 0)) {
        return false;
    }
    pass_over(reader, &leap, now);
    return true;
}

void
reader_feed(struct reader *reader, struct slice bytes, int64_t now)
{
    struct frame_line line;
    struct skim skim = {.classifier = reader->classifier};
    frame_feed(&reader->frame, bytes);
    skim_lines(reader, &skim, now);
    while (frame_next(&reader->frame, &line)) {
        if (!skim_torn(reader, &skim, &line, now)) {
            read_line(reader, &line, now);
        }
        skim_lines(reader, &skim, now);
    }
}

void
reader_end(struct reader *reader, int64_t now)
{
    struct frame_line line;
    if (frame_last(&reader->frame, &line)) {
        read_line(reader, &line, now);
    }
    struct reading reading = {
        .line_number = reader->lines,
        .start = reader->frame.position,
        .end = reader->frame.position,
    };
    decoder_end(reader->decoder, now);
    read_records(reader, &reading);
}

void
reader_tick(struct reader *reader, int64_t now)
{
    if (decoder_keeps(reader->decoder) == 0) {
        return;
    }
    if (!reader->is_waiting) {
        reader->is_waiting = true;
        return;
    }
    decoder_flush(reader->decoder, now);
    read_records(reader, &reader->kept);
}

uint64_t
reader_lines(const struct reader *reader)
{
    return reader->lines;
}

uint64_t
reader_cut_lines(const struct reader *reader)
{
    return reader->frame.cut_lines;
}

uint64_t
reader_broken_lines(const struct reader *reader)
{
    return reader->broken;
}

uint64_t
reader_position(const struct reader *reader)
{
    return reader->frame.position;
}

uint64_t
reader_resume(const struct reader *reader)
{
    return reader->resume;
}

uint64_t
reader_kept(const struct reader *reader)
{
    return decoder_keeps(reader->decoder) > 0
             ? reader->frame.position - reader->kept.start
             : 0;
}
