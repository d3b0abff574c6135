/* SPDX-License-Identifier: Apache-2.0 */
#include "wire/decode.h"

#include "base/byte.h"
#include "base/mem.h"
#include "wire/lines.h"
#include "wire/ordinary.h"
#include "wire/paste.h"
#include "wire/rows.h"

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
        journal_free(&decoder->journal);
        csv_free(&decoder->csv);
        hold_free(&decoder->hold);
        buf_free(&decoder->said);
        yaml_object_free(&decoder->yaml);
        pieces_free(&decoder->pieces);
        strands_free(&decoder->strands);
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
    decoder->inner = (struct inner){0};
    decoder->record = (struct record){.count = 1};
    decoder->verdict = VERDICT_FOREIGN;
    decoder->row = slice_of(NULL, 0);
    decoder_begin(decoder, NULL, false);
}

/*
 * Makes room for all that is unescaped until the next line, see unescape.h:
 * the line, twice since a piece may be unescaped before it is joined, and what
 * was kept of those before.
 */
static void
begin_line(struct decoder *decoder, struct slice line, int64_t now)
{
    decoder->line = line;
    decoder->fed_now = now;
    decoder->has_told = false;
    decoder->is_alone = false;
    decoder->broken = slice_of(NULL, 0);
    decoder->event = (struct event){.scratch = &decoder->scratch};
    buf_clear(&decoder->scratch);
    pieces_next_line(&decoder->pieces);
    buf_reserve(&decoder->scratch,
                2 * (line.len + decoder->document.kept.len)
                    + pieces_len(&decoder->pieces)
                    + strands_len(&decoder->strands)
                    + journal_len(&decoder->journal) + decoder->csv.row.len
                    + YAML_OBJECT_GROWTH * decoder->yaml.kept.len
                    + HOLD_GROWTH * decoder->hold.text.len);
    decoder->rest = paste_clean(line, &decoder->scratch);
    decoder->place.text = decoder->rest;
    begin_record(decoder);
}

/* Adds the line to the one that is kept, if it goes on with that. */
static bool
goes_on(struct decoder *decoder)
{
    struct hold *hold = &decoder->hold;
    struct slice line = decoder->rest;
    return hold->is_open && (!hold->is_marked || hold_unmark(&line))
        && !lines_is_start(decoder, line) && hold_add(hold, line);
}

void
decoder_feed(struct decoder *decoder, struct slice line, int64_t now)
{
    begin_line(decoder, line, now);
    decoder->is_ending = false;
    if (goes_on(decoder)) {
        decoder->rest = slice_after(line, line.len);
        decoder->has_told = true;
        return;
    }
    decoder->is_due = decoder->hold.is_open;
}

void
decoder_feed_alone(struct decoder *decoder, struct slice line, int64_t now)
{
    decoder_feed(decoder, line, now);
    decoder->is_alone = true;
}

void
decoder_flush(struct decoder *decoder, int64_t now)
{
    begin_line(decoder, slice_of(NULL, 0), now);
    decoder->is_ending = false;
    decoder->is_due = decoder->hold.is_open;
    decoder->has_told = true;
}

void
decoder_end(struct decoder *decoder, int64_t now)
{
    decoder_flush(decoder, now);
    decoder->is_ending = true;
}

size_t
decoder_keeps(const struct decoder *decoder)
{
    return decoder->hold.is_open ? decoder->hold.lines : 0;
}

struct slice
decoder_kept(const struct decoder *decoder)
{
    return decoder->row;
}

/*
 * crictl says in klog's format what the runtime answered, and then once more
 * behind "FATA[0000] pulling image: ".
 */
static void
pass_over_echo(struct decoder *decoder)
{
    struct record *record = &decoder->record;
    struct slice said = buf_slice(&decoder->said);
    if (said.len > 0 && record->format == FORMAT_PLAIN
        && slice_starts(record->message, SLICE("pulling image"))
        && slice_ends(record->message, said)) {
        decoder->verdict = VERDICT_FOREIGN;
    }
    buf_clear(&decoder->said);
    if (record->format == FORMAT_KLOG
        && slice_equal(record->message,
                       SLICE("PullImage from image service failed"))) {
        buf_add(&decoder->said, record->error);
    }
}

static void
decode_line(struct decoder *decoder, struct slice line)
{
    lines_decode(decoder, line);
    if (lines_is_missed(decoder)) {
        decoder->verdict = VERDICT_BROKEN;
        decoder->record.message = line;
    }
    pass_over_echo(decoder);
}

/*
 * Keeps the line that was just decoded, if it is a row or may be broken. What
 * says that all is well needs no more words.
 */
static bool
keep_line(struct decoder *decoder, struct slice line, bool is_marked)
{
    enum format format = decoder->record.format;
    enum hold_kind kind = HOLD_LOG;
    bool may_go_on = decoder->depth == 0
                  && (format == FORMAT_KLOG || format == FORMAT_LOGFMT)
                  && decoder->record.level > LEVEL_INFO
                  && hold_may_go_on(line, is_marked, decoder->is_live);
    if (decoder->depth == 0
        && (format == FORMAT_COLUMNS || format == FORMAT_DESCRIBE)) {
        kind = HOLD_ROW;
    } else if (format == FORMAT_PLAIN
               && hold_is_code(decoder->record.message)) {
        kind = HOLD_CODE;
    }
    if (decoder->is_alone || decoder->verdict != VERDICT_RECORD
        || (kind == HOLD_LOG && !may_go_on)) {
        return false;
    }
    hold_start(&decoder->hold, line, kind, decoder->fed_now);
    decoder->hold.is_marked = is_marked;
    decoder->has_told = true;
    return true;
}

/* A line that no document goes through. False: it is kept. */
static bool
decode_ordinary(struct decoder *decoder)
{
    struct slice line = decoder->rest;
    struct slice unmarked = line;
    decoder->rest = slice_after(line, line.len);
    if (slice_trim(line).len == 0) {
        return true;
    }
    if (decoder->fixed == FORMAT_PLAIN) {
        decoder->verdict = VERDICT_RECORD;
        decoder->record.message = line;
        return true;
    }
    bool is_marked =
        hold_unmark(&unmarked) && lines_is_start(decoder, unmarked);
    decode_line(decoder, is_marked ? unmarked : line);
    return !keep_line(decoder, is_marked ? unmarked : line, is_marked);
}

/* Tells what was kept, as of when it began. */
static void
tell_kept(struct decoder *decoder)
{
    int64_t fed_now = decoder->fed_now;
    decoder->is_due = false;
    decoder->fed_now = decoder->hold.now;
    begin_record(decoder);
    struct slice row = hold_stop(&decoder->hold);
    decode_line(decoder, row);
    decoder->row = row;
    decoder->fed_now = fed_now;
}

/* An object whose end is missing or damaged still tells what it holds. */
static void
decode_damaged(struct decoder *decoder, struct slice object)
{
    rows_decode_object(decoder, object);
    if (decoder->record.message.len == 0
        && decoder->record.format != FORMAT_EVENT) {
        decoder->record.message = object;
    }
    decoder->verdict = VERDICT_BROKEN;
}

static void
decode_element(struct decoder *decoder, struct slice element)
{
    decoder->verdict = rows_decode_object(decoder, element);
    if (decoder->verdict == VERDICT_RECORD && lines_is_missed(decoder)) {
        decoder->verdict = VERDICT_BROKEN;
    }
}

/* Reads on in the open document. False: nothing is told yet. */
static bool
decode_document(struct decoder *decoder)
{
    struct slice element;
    decoder_pass_elements(decoder);
    switch (decoder_read_document(decoder, &element)) {
    case DOCUMENT_ELEMENT:
    case DOCUMENT_PIECE:
        decode_element(decoder, element);
        return true;
    case DOCUMENT_MORE:
        decoder->verdict = VERDICT_PARTIAL;
        decoder->record.format = FORMAT_JSON;
        return !decoder->has_told;
    case DOCUMENT_END:
        return !decoder->has_told && slice_trim(decoder->rest).len == 0;
    case DOCUMENT_CUT:
        decoder->cuts++;
        decode_damaged(decoder, element);
        return true;
    case DOCUMENT_BROKEN:
        if (element.len == 0) {
            decoder_begin(decoder, decoder->rest.data, false);
            return decode_ordinary(decoder);
        }
        decode_damaged(decoder, element);
        return true;
    }
    return false;
}

/* What stands between documents: "," and "]" say nothing. */
static struct slice
without_array(struct slice line)
{
    size_t at = 0;
    while (at < line.len
           && (byte_is_blank(line.data[at]) || line.data[at] == ','
               || line.data[at] == '[' || line.data[at] == ']')) {
        at++;
    }
    return slice_after(line, at);
}

static void
decode_entry(struct decoder *decoder)
{
    struct fields fields;
    journal_entry(&decoder->journal, &fields);
    decoder->record.format = FORMAT_JOURNAL;
    decoder_meet(decoder, FORMAT_JOURNAL);
    decoder->verdict = rows_decode_fields(decoder, &fields, FORMAT_JOURNAL);
}

/* Reads on in the open entry of journald's, or begins one. */
static bool
decode_journal(struct decoder *decoder)
{
    if (!decoder->journal.is_open) {
        decoder->place.since = decoder->place.line;
    }
    enum journal_step step = journal_read(&decoder->journal, decoder->rest);
    if (step != JOURNAL_AGAIN) {
        decoder->rest = slice_after(decoder->rest, decoder->rest.len);
    }
    if (step != JOURNAL_MORE) {
        decode_entry(decoder);
        decoder_end_before(decoder, decoder->place.since);
        return true;
    }
    decoder->record.format = FORMAT_JOURNAL;
    decoder->verdict = VERDICT_PARTIAL;
    return !decoder->has_told;
}

/* Reads a line of a table with commas. False: it is none. */
static bool
decode_csv(struct decoder *decoder)
{
    struct slice line = decoder->rest;
    struct fields fields;
    enum csv_step step = CSV_FOREIGN;
    /* A line of a log, or an object, is no head, whatever commas it has. */
    if (!decoder->csv.is_open
        && (decoder->csv.has_head
            || (ordinary_read(line) == ORDINARY_NOT && !document_looks(line)))
        && csv_read_head(&decoder->csv, line)) {
        decoder->record.format = FORMAT_CSV;
        decoder->rest = slice_after(line, line.len);
        return true;
    }
    bool is_further = decoder->csv.is_open;
    if (!is_further) {
        decoder->place.since = decoder->place.line;
    }
    if (decoder->csv.has_head) {
        step = csv_read(&decoder->csv, line);
    }
    if (step == CSV_FOREIGN) {
        return false;
    }
    decoder->rest = slice_after(line, line.len);
    decoder->record.format = FORMAT_CSV;
    if (step == CSV_MORE) {
        decoder->verdict = VERDICT_PARTIAL;
        return true;
    }
    decoder_meet(decoder, FORMAT_CSV);
    if (is_further) {
        decoder_end_with(decoder, decoder->place.since);
    }
    if (step == CSV_BROKEN) {
        decoder->record.message = buf_slice(&decoder->csv.row);
        decoder->verdict = VERDICT_BROKEN;
        return true;
    }
    csv_row(&decoder->csv, &fields);
    decoder->verdict = rows_decode_fields(decoder, &fields, FORMAT_CSV);
    return true;
}

/* Reads on in the open object that is written as YAML, or begins one. */
static bool
decode_yaml(struct decoder *decoder)
{
    struct slice json;
    struct place *place = &decoder->place;
    uint64_t began = place->since;
    enum yaml_step step =
        yaml_object_read(&decoder->yaml, decoder->rest, &json);
    if (decoder->yaml.kept.len == decoder->rest.len + 1) {
        place->since = place->line; /* it is kept alone */
    }
    if (step != YAML_AGAIN) {
        decoder->rest = slice_after(decoder->rest, decoder->rest.len);
    }
    if (json.len > 0) {
        decode_element(decoder, json);
        decoder_end_before(decoder, began);
        return true;
    }
    decoder->record.format = FORMAT_EVENT;
    decoder->verdict = VERDICT_PARTIAL;
    return !decoder->has_told && step != YAML_AGAIN;
}

/* What is within the brackets of the rest, if there are any: an object. */
static bool
decode_array(struct decoder *decoder, struct slice within)
{
    if (within.len > 0 && decoder_pass_array(decoder, within)) {
        return !decoder->has_told && decoder->rest.len == 0;
    }
    decoder->rest = within;
    if (within.len == 0) {
        return !decoder->has_told;
    }
    document_start(&decoder->document, DOCUMENT_PIECES);
    return decode_document(decoder);
}

static bool
decode_rest(struct decoder *decoder)
{
    decoder_begin(decoder, decoder->rest.data, false);
    if (decoder->document.is_open) {
        return decode_document(decoder);
    }
    if (decoder->journal.is_open
        || (decoder->fixed != FORMAT_PLAIN && journal_looks(decoder->rest))) {
        return decode_journal(decoder);
    }
    if (decoder->yaml.is_open
        || (decoder->fixed != FORMAT_PLAIN
            && yaml_object_looks(decoder->rest))) {
        return decode_yaml(decoder);
    }
    if (decoder->fixed != FORMAT_PLAIN && !decoder->has_told
        && decode_csv(decoder)) {
        return true;
    }
    struct slice within = without_array(decoder->rest);
    if (decoder->fixed != FORMAT_PLAIN
        && (within.len == 0 || document_looks(decoder->rest))) {
        return decode_array(decoder, within);
    }
    return decode_ordinary(decoder);
}

/* At the end of the stream: what was kept for lines that never came. */
static bool
decode_kept(struct decoder *decoder)
{
    struct slice kept;
    begin_record(decoder);
    if (decoder->document.is_open) {
        kept = document_stop(&decoder->document);
        decoder_begin(decoder, kept.data, true);
        decode_damaged(decoder, kept);
        return kept.len > 0 || decode_kept(decoder);
    }
    if (decoder->yaml.is_open) {
        kept = yaml_object_stop(&decoder->yaml);
        if (kept.len > 0) {
            decoder_end_before(decoder, decoder->place.since);
            decode_element(decoder, kept);
            return true;
        }
    }
    decoder_end_before(decoder, decoder->place.since);
    if (journal_stop(&decoder->journal)) {
        decode_entry(decoder);
        return true;
    }
    if (decoder->csv.is_open) {
        decoder->csv.is_open = false;
        decoder->record.format = FORMAT_CSV;
        decoder->record.message = buf_slice(&decoder->csv.row);
        decoder->verdict = VERDICT_BROKEN;
        return true;
    }
    if (strands_stop(&decoder->strands, &kept)) {
        decoder_end_before(decoder, decoder->strands.began);
        decode_damaged(decoder, kept);
        return true;
    }
    decoder_begin(decoder, NULL, false);
    if (pieces_stop(&decoder->pieces, &kept)) {
        lines_decode(decoder, kept);
        decoder->verdict = VERDICT_BROKEN;
        return true;
    }
    return false;
}

static bool
has_more(struct decoder *decoder)
{
    return klog_more(&decoder->klog, &decoder->record)
        || event_more(&decoder->event, &decoder->record) || rows_more(decoder);
}

/* Goes on to what is told next. */
static bool
decode_next(struct decoder *decoder)
{
    if (has_more(decoder)) {
        return true;
    }
    if (decoder->is_due) {
        tell_kept(decoder);
        return true;
    }
    if (decoder->broken.len > 0) {
        struct slice broken = decoder->broken;
        decoder->broken = slice_of(NULL, 0);
        begin_record(decoder);
        decoder_end_with(decoder, decoder->strands.began);
        decode_damaged(decoder, broken);
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
    decoder->has_told |= decoder->row.len == 0;
    *record = decoder->record;
    *verdict = decoder->verdict;
    return true;
}

bool
decoder_is_idle(const struct decoder *decoder)
{
    return !decoder->document.is_open && !decoder->journal.is_open
        && !decoder->csv.is_open && !decoder->csv.has_head
        && !decoder->yaml.is_open && pieces_len(&decoder->pieces) == 0
        && decoder->describe.name.len == 0 && !decoder->hold.is_open
        && !strands_is_open(&decoder->strands);
}

bool
decoder_may_pass(const struct decoder *decoder)
{
    return decoder->fixed == FORMATS && !decoder->document.is_open
        && !decoder->journal.is_open && !decoder->csv.is_open
        && !decoder->csv.has_head && !decoder->yaml.is_open
        && pieces_len(&decoder->pieces) == 0
        && describe_is_blank(&decoder->describe)
        && !strands_is_open(&decoder->strands);
}

void
decoder_pass(struct decoder *decoder)
{
    buf_clear(&decoder->said);
}

enum document_place
decoder_place(const struct decoder *decoder)
{
    enum document_place place = document_place(&decoder->document);
    bool may_pass = place == DOCUMENT_OWN
                      ? decoder_may_pass(decoder)
                      : decoder->fixed == FORMATS && !decoder->hold.is_open;
    return may_pass ? place : DOCUMENT_NOWHERE;
}

struct document *
decoder_document(struct decoder *decoder)
{
    return &decoder->document;
}

uint64_t
decoder_cuts(const struct decoder *decoder)
{
    return decoder->cuts;
}
