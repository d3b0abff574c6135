/* SPDX-License-Identifier: Apache-2.0 */
#include "wire/decode.h"
#include "wire/decoder.h"

void
decoder_stand(struct decoder *decoder, uint64_t position)
{
    decoder->place.line = position;
}

void
decoder_feed_last(struct decoder *decoder, struct slice line, int64_t now)
{
    decoder_feed(decoder, line, now);
    decoder->document.is_last = !decoder->is_live;
}

/* Where a byte of the line stands. */
static uint64_t
place_of(const struct decoder *decoder, const char *byte)
{
    return decoder->place.line + (uint64_t)(byte - decoder->place.text.data);
}

/*
 * What is kept ends with this line and one byte more. If it is no longer than
 * these it began here, or else where it began before.
 */
static void
settle_kept(struct decoder *decoder)
{
    struct place *place = &decoder->place;
    size_t kept = decoder->document.kept.len;
    if (decoder->document.is_held && kept > 0 && kept - 1 <= place->text.len) {
        place->kept = place->line + place->text.len - (kept - 1);
        place->from = place->kept;
    }
}

enum document_step
decoder_read_document(struct decoder *decoder, struct slice *element)
{
    struct place *place = &decoder->place;
    enum document_step step =
        document_read(&decoder->document, &decoder->rest, element);
    place->last = place->kept;
    if (step == DOCUMENT_PIECE) {
        /* What comes stands behind brackets that are nowhere. */
        place->from = place_of(decoder, decoder->rest.data);
        place->kept = place->from - decoder->document.kept.len;
    } else if (step == DOCUMENT_MORE) {
        settle_kept(decoder);
    }
    if (step != DOCUMENT_MORE && step != DOCUMENT_END) {
        decoder_begin(decoder, element->data, true);
    }
    return step;
}

void
decoder_leave_out(struct decoder *decoder,
                  const struct decoder_outlook *outlook)
{
    bool is_guess = decoder->fixed == FORMATS;
    decoder->outlook = is_guess ? outlook : NULL;
    decoder->yaml.matters = is_guess && outlook ? outlook->matters : NULL;
    decoder->yaml.ctx = is_guess && outlook ? outlook->ctx : NULL;
}

/* The last comma stays, so that what comes is as if all had been read. */
static bool
pass_elements(struct decoder *decoder, enum document_place place,
              struct slice text)
{
    const struct decoder_outlook *outlook = decoder->outlook;
    bool has_comma;
    size_t len = outlook->elements(outlook->ctx, place, text, &has_comma);
    if (len > 0) {
        decoder->rest = slice_after(text, len - has_comma);
    }
    return len > 0;
}

void
decoder_pass_elements(struct decoder *decoder)
{
    struct slice text = decoder->rest;
    if (decoder->outlook && !decoder->hold.is_open
        && document_may_begin(&decoder->document, &text)
        && pass_elements(decoder, DOCUMENT_LIST, text)) {
        document_pass(&decoder->document, false);
    }
}

bool
decoder_pass_array(struct decoder *decoder, struct slice text)
{
    bool is_within = text.data != decoder->rest.data;
    return is_within && decoder->outlook && decoder_may_pass(decoder)
        && !decoder->hold.is_open && pass_elements(decoder, DOCUMENT_OWN, text);
}

void
decoder_go_to_end(struct decoder *decoder, uint64_t position,
                  struct slice element, int expect)
{
    decoder->place.kept = position;
    decoder->place.from = position;
    document_go_to_end(&decoder->document, element, expect);
}

void
decoder_begin(struct decoder *decoder, const char *begin, bool is_part)
{
    decoder->place.begin = begin;
    decoder->place.is_part = is_part;
    decoder->place.is_earlier = false;
}

void
decoder_end_with(struct decoder *decoder, uint64_t position)
{
    struct place *place = &decoder->place;
    place->is_earlier = true;
    place->at = position;
    place->behind = place->line + place->text.len;
}

/* At the end of the stream nothing comes behind it. */
void
decoder_end_before(struct decoder *decoder, uint64_t position)
{
    decoder_end_with(decoder, position);
    decoder->place.behind =
        decoder->is_ending ? UINT64_MAX : decoder->place.line;
}

/* Whether the record begins in a text that stands at `position`. */
static bool
begins_in(const struct decoder *decoder, struct slice text, uint64_t position,
          uint64_t *at)
{
    uintptr_t begin = (uintptr_t)decoder->place.begin;
    uintptr_t start = (uintptr_t)text.data;
    *at = position + (begin - start);
    return text.len > 0 && begin >= start && begin - start < text.len;
}

bool
decoder_place_of(const struct decoder *decoder, uint64_t *at, uint64_t *behind)
{
    const struct place *place = &decoder->place;
    const struct document *document = &decoder->document;
    if (place->is_earlier) {
        *at = place->at;
        *behind = place->behind;
        return true;
    }
    if (!begins_in(decoder, place->text, place->line, at)
        && !begins_in(decoder, buf_slice(&document->last), place->last, at)
        && !begins_in(decoder, buf_slice(&document->kept), place->kept, at)) {
        return false;
    }
    *behind = place->is_part ? *at + 1 : place->line + place->text.len;
    return true;
}

bool
decoder_holds_from(const struct decoder *decoder, uint64_t *from)
{
    const struct document *document = &decoder->document;
    *from = decoder->place.from;
    if (document->is_open && document->is_held) {
        return true;
    }
    *from = decoder->place.since;
    return (decoder->yaml.is_open && decoder->yaml.kept.len > 0)
        || decoder->journal.is_open || decoder->csv.is_open
        || strands_hold_from(&decoder->strands, from);
}
