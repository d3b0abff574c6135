/* SPDX-License-Identifier: Apache-2.0 */
#include "app/reader.h"

#include "app/echo.h"
#include "app/foreseen.h"
#include "app/skim_document.h"
#include "base/mem.h"
#include "wire/frame.h"
#include "wire/ordinary.h"

enum {
    AHEAD_FIRST = 2, /* behind a line that was new */
};

/* A line that stands for itself, and what it means. */
struct ahead {
    struct slice text;
    size_t bytes; /* with its end */
    struct echo_ask ask;
    struct echo *echo;
};

struct reader {
    struct frame frame;
    struct decoder *decoder;
    struct classifier *classifier;
    reader_sink *sink;
    void *ctx;
    uint64_t lines;
    uint64_t broken;
    uint64_t resume;       /* before it, nothing is kept for lines to come */
    struct reading kept;   /* the place of what the decoder keeps */
    bool is_waiting;       /* it is kept since the last tick, at least */
    struct echoes *echoes; /* NULL: every line is decoded */
    reader_echo_sink *echo_sink;
    const char *begins; /* in the chunk, what surely is no rest of a line */
    struct ahead ahead[READER_AHEAD + 1];
    size_t next;       /* of them, the one that was not told with the others */
    size_t reach;      /* how many lines are looked for */
    const char *asked; /* the line of the first one, if that is all it is */
    bool is_new;       /* it is being decoded */
    struct alike *alike; /* what cannot matter is not decoded; or NULL */
    struct skeleton *skeleton;
    struct foreseen *foreseen; /* of the chunk that is fed; or NULL */
};

typedef void line_feeder(struct decoder *decoder, struct slice line,
                         int64_t now);

struct reader *
reader_new(struct classifier *classifier, enum format format, reader_sink *sink,
           void *ctx)
{
    struct reader *reader = MEM_NEW(struct reader);
    reader->decoder = decoder_new(format);
    reader->classifier = classifier;
    reader->sink = sink;
    reader->ctx = ctx;
    reader->reach = AHEAD_FIRST;
    return reader;
}

void
reader_skim(struct reader *reader, struct alike *alike,
            struct skeleton *skeleton)
{
    reader->alike = alike;
    reader->skeleton = skeleton;
}

void
reader_listen(struct reader *reader, struct echoes *echoes,
              reader_echo_sink *sink)
{
    reader->echoes = echoes;
    reader->echo_sink = sink;
}

void
reader_follow(struct reader *reader)
{
    decoder_follow(reader->decoder);
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

/* The record's own place, as far as that is known. */
static void
find_place(const struct reader *reader, struct reading *reading, bool is_kept)
{
    if (is_kept
        || !decoder_place_of(reader->decoder, &reading->at, &reading->behind)) {
        reading->at = reading->start;
        reading->behind = reading->end;
    }
}

/* Such rows in an envelope may be passed over, so none of them is noted. */
static bool
is_enveloped(struct slice line)
{
    size_t indent = slice_indent(line);
    return ordinary_read(slice_before(line, slice_find_byte(line, '\n')))
            != ORDINARY_NOT
        || (indent < line.len && line.data[indent] == '{');
}

/* What the record means; false: it is as nothing. */
static bool
find(struct reader *reader, const struct record *record, struct slice line,
     struct finding *finding)
{
    (reader->is_new ? classifier_read_once
                    : classifier_read)(reader->classifier, record, finding);
    bool is_row = finding->kind == FINDING_NOTE && !finding->cause;
    return !is_row || !is_enveloped(line);
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
    bool is_line = false;
    while (decoder_next(reader->decoder, &record, &verdict)) {
        struct slice kept = decoder_kept(reader->decoder);
        reading = kept.len > 0 ? reader->kept : *place;
        find_place(reader, &reading, kept.len > 0);
        reading.verdict = verdict;
        reading.stamp = reader->ahead[0].ask.heard.stamp;
        reading.is_new = reader->is_new;
        bool has_record =
            verdict == VERDICT_RECORD || verdict == VERDICT_BROKEN;
        reader->broken += verdict == VERDICT_BROKEN;
        reading.record = &record;
        reading.line =
            raw_text(kept.len > 0 ? kept : place->line, &record, verdict);
        reading.is_same_line = is_line;
        is_line = place->line.len > 0 && reading.line.data == place->line.data
               && reading.line.len == place->line.len;
        reading.is_same_line &= is_line;
        bool has_finding =
            has_record && find(reader, &record, reading.line, &finding);
        reading.finding = has_finding ? &finding : &nothing;
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
read_as(struct reader *reader, const struct frame_line *line, line_feeder *feed,
        int64_t now)
{
    reader->lines += !line->is_piece;
    struct reading reading = {
        .line = line->text,
        .line_number = reader->lines + line->is_piece,
        .start = line->start,
        .end = line->end,
    };
    decoder_stand(reader->decoder, line->start);
    feed(reader->decoder, line->text, now);
    read_records(reader, &reading);
    if (decoder_is_idle(reader->decoder)) {
        reader->resume = line->end;
    }
    keep_place(reader, &reading);
}

static void
read_line(struct reader *reader, const struct frame_line *line, int64_t now)
{
    read_as(reader, line, decoder_feed, now);
}

/* It may yet grow, so that who goes on reads it once more. */
static void
read_last(struct reader *reader, const struct frame_line *line, int64_t now)
{
    read_as(reader, line, decoder_feed_last, now);
    if (reader->resume > line->start) {
        reader->resume = line->start;
    }
}

/* Tells what is kept, as no line goes on with it. */
static void
tell_kept(struct reader *reader, int64_t now)
{
    if (decoder_keeps(reader->decoder) > 0) {
        decoder_flush(reader->decoder, now);
        read_records(reader, &reader->kept);
    }
}

/* Lines are left out; what was kept of those before is told first. */
static void
pass_over(struct reader *reader, const struct leap *leap, int64_t now)
{
    tell_kept(reader, now);
    decoder_pass(reader->decoder);
    reader->lines += leap->lines;
    reader->resume = reader->frame.position;
}

/* At the start of a line. */
static void
skim_lines(struct reader *reader, struct skim *skim, int64_t now)
{
    if (!reader->alike || !decoder_may_pass(reader->decoder)) {
        return;
    }
    struct leap leap = skim_leap(skim, frame_rest(&reader->frame),
                                 decoder_keeps(reader->decoder) > 0);
    if (leap.lines > 0) {
        frame_skip(&reader->frame, leap.bytes, leap.lines);
        pass_over(reader, &leap, now);
    }
}

static void
leap_over(struct reader *reader, const struct leap *leap)
{
    frame_skip(&reader->frame, leap->bytes, leap->lines);
    reader->lines += leap->lines;
}

/*
 * Likewise of objects; of one that is to be decoded the last line is left to
 * read, and then, or if none could be left out, it is false.
 */
static bool
skim_objects(struct reader *reader, struct skim_blocks *blocks, int64_t now)
{
    struct skim_objects objects;
    struct decoder *decoder = reader->decoder;
    struct slice rest = frame_rest(&reader->frame);
    /* What is indented may go on with a line that is kept. */
    if (!reader->alike
        || (slice_starts(rest, SLICE(" ")) && decoder_keeps(decoder) > 0)
        || !skim_document(blocks, decoder_place(decoder), rest, &objects)) {
        return false;
    }
    tell_kept(reader, now);
    if (objects.passed.lines > 0) {
        leap_over(reader, &objects.passed);
        document_pass(decoder_document(decoder), objects.has_comma);
    }
    if (decoder_is_idle(decoder)) {
        reader->resume = reader->frame.position;
    }
    if (objects.held.lines > 0) {
        leap_over(reader, &objects.held);
        decoder_go_to_end(decoder, reader->frame.position - objects.text.len,
                          objects.text, objects.expect);
    }
    return objects.held.lines == 0;
}

/* One line that was not skimmed. False: it must be read. */
static bool
skim_line(struct reader *reader, const struct skim *skim,
          const struct frame_line *line, int64_t now)
{
    const struct leap leap = {.lines = 1};
    if (!reader->alike || !decoder_may_pass(reader->decoder)
        || !skim_passes(skim, line->text, frame_rest(&reader->frame),
                        decoder_keeps(reader->decoder) > 0)) {
        return false;
    }
    pass_over(reader, &leap, now);
    return true;
}

/* Reads a line, and keeps what it meant if it was only that. */
static void
learn(struct reader *reader, const struct frame_line *line, int64_t now)
{
    uint64_t broken = reader->broken;
    if (line->text.data != reader->asked) {
        read_line(reader, line, now);
        return;
    }
    tell_kept(reader, now);
    echoes_begin(reader->echoes, &reader->ahead[0].ask);
    reader->is_new = true;
    read_line(reader, line, now);
    tell_kept(reader, now);
    reader->is_new = false;
    if (decoder_is_idle(reader->decoder)) {
        reader->resume = line->end;
    }
    if (reader->broken == broken && decoder_may_pass(reader->decoder)) {
        echoes_keep(reader->echoes);
    }
}

/* Asks for the line at the start of `rest`, if it begins one for sure. */
static bool
ask(const struct reader *reader, struct slice rest, int64_t now,
    struct ahead *ahead)
{
    struct foreseen *foreseen = reader->foreseen;
    const struct heard_line *line =
        foreseen ? hearing_at(&foreseen->hearing,
                              foreseen->runs.chunk.len - rest.len)
                 : NULL;
    if (line) {
        ahead->bytes = line->bytes;
        ahead->text = slice_before(rest, line->len);
        echoes_ask_heard(reader->echoes, &line->heard, &ahead->ask);
        return true;
    }
    ahead->text = ear_line(rest, &ahead->bytes);
    return echoes_ask(reader->echoes, ahead->text, now, &ahead->ask);
}

/*
 * How many lines there are from here on, `most` at the most, that stand for
 * themselves: each begins one, and so does what is behind it.
 */
static size_t
look_ahead(struct reader *reader, size_t most, int64_t now)
{
    struct slice rest = frame_rest(&reader->frame);
    struct ahead *ahead = reader->ahead;
    size_t count = 0;
    if (ahead[reader->next].text.data == rest.data && reader->next > 0) {
        ahead[0] = ahead[reader->next]; /* the last one of before */
    } else if (!ask(reader, rest, now, &ahead[0])) {
        return 0;
    }
    while (count < most && ahead[count].bytes < rest.len) {
        rest = slice_after(rest, ahead[count].bytes);
        if (!ask(reader, rest, now, &ahead[count + 1])) {
            break;
        }
        count++;
    }
    reader->next = count;
    return count;
}

/* Of these, those from the first one on that say what was said before. */
static size_t
count_known(struct reader *reader, size_t most, int64_t now)
{
    size_t known = 0;
    reader->asked = NULL;
    if (!reader->echoes || !decoder_may_pass(reader->decoder)
        || frame_rest(&reader->frame).len == 0) {
        return 0;
    }
    size_t count = look_ahead(reader, most, now);
    for (size_t i = 0; i < count; i++) {
        echoes_expect(reader->echoes, &reader->ahead[i].ask);
    }
    for (; known < count; known++) {
        struct ahead *one = &reader->ahead[known];
        one->echo = echoes_answer(&one->ask);
        if (!one->echo) {
            break;
        }
    }
    if (count > 0 && known == 0) {
        reader->asked = reader->ahead[0].text.data;
    }
    return known;
}

/* What is asked of a line behind one that is new is asked in vain. */
static void
adapt(struct reader *reader, bool is_echo, size_t known)
{
    if (is_echo && known < reader->reach) {
        reader->reach = AHEAD_FIRST;
    } else if (reader->reach < READER_AHEAD) {
        reader->reach *= 2;
    }
}

/* Tells what the next lines mean, as far as that is known. */
static bool
listen(struct reader *reader, bool is_echo, int64_t now)
{
    struct reading readings[READER_AHEAD];
    size_t known = count_known(reader, is_echo ? reader->reach : 1, now);
    if (known == 0) {
        return false;
    }
    adapt(reader, is_echo, known);
    tell_kept(reader, now);
    decoder_pass(reader->decoder);
    for (size_t i = 0; i < known; i++) {
        const struct ahead *ahead = &reader->ahead[i];
        uint64_t start = reader->frame.position;
        frame_skip(&reader->frame, ahead->bytes, 1);
        readings[i] = (struct reading){
            .line = ahead->text,
            .line_number = ++reader->lines,
            .start = start,
            .end = reader->frame.position,
            .at = start,
            .behind = reader->frame.position,
            .echo = ahead->echo,
            .stamp = ahead->ask.heard.stamp,
        };
    }
    reader->resume = reader->frame.position;
    if (reader->foreseen) {
        reader->foreseen->known += readings[known - 1].end - readings[0].start;
    }
    reader->echo_sink(reader->ctx, readings, known);
    return true;
}

static size_t
on_elements(void *ctx, enum document_place place, struct slice text,
            bool *has_comma)
{
    return skim_elements(ctx, place, text, has_comma);
}

static bool
on_matters(void *ctx, struct slice text)
{
    const struct skim_blocks *blocks = ctx;
    return classifier_may_matter(blocks->classifier, text);
}

/* Behind what was said before, the next line mostly says the same again. */
void
reader_feed_known(struct reader *reader, struct slice bytes,
                  struct foreseen *foreseen, int64_t now)
{
    struct frame_line line;
    struct skim skim;
    bool is_echo = false;
    struct skim_blocks blocks;
    struct skim_blocks inner; /* of lines */
    skim_begin(&skim, reader->classifier, reader->alike, bytes);
    skim_know(&skim, foreseen ? &foreseen->runs : NULL);
    skim_begin_blocks(&blocks, reader->classifier, reader->skeleton);
    skim_know_blocks(&blocks, foreseen ? &foreseen->found : NULL);
    skim_begin_blocks(&inner, reader->classifier, reader->skeleton);
    const struct decoder_outlook outlook = {on_elements, on_matters, &inner};
    decoder_leave_out(reader->decoder, reader->alike ? &outlook : NULL);
    frame_feed(&reader->frame, bytes);
    reader->next = 0;
    reader->foreseen = foreseen;
    for (;;) {
        bool was_echo = is_echo;
        if (!was_echo) {
            skim_lines(reader, &skim, now);
        }
        is_echo = listen(reader, was_echo, now);
        if (is_echo || skim_objects(reader, &blocks, now)) {
            continue;
        }
        if (!frame_next(&reader->frame, &line)) {
            break;
        }
        bool is_skimmed = !was_echo && reader->frame.handed == 0;
        if (is_skimmed || !skim_line(reader, &skim, &line, now)) {
            learn(reader, &line, now);
        }
    }
    reader->foreseen = NULL;
    decoder_leave_out(reader->decoder, NULL);
}

void
reader_feed(struct reader *reader, struct slice bytes, int64_t now)
{
    reader_feed_known(reader, bytes, NULL, now);
}

void
reader_end(struct reader *reader, int64_t now)
{
    struct frame_line line;
    if (frame_last(&reader->frame, &line)) {
        read_last(reader, &line, now);
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
    return reader->frame.cut_lines + decoder_cuts(reader->decoder);
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

uint64_t
reader_held(const struct reader *reader)
{
    uint64_t from;
    return decoder_holds_from(reader->decoder, &from)
             ? reader->frame.position - from
             : 0;
}
