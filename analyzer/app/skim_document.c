/* SPDX-License-Identifier: Apache-2.0 */
#include "app/skim_document.h"

#include "wire/document.h"
#include "wire/frame.h"
#include "wire/ordinary.h"
#include "wire/paste.h"
#include "wire/unescape.h"

#include <assert.h>
#include <string.h>

enum {
    PIECE = 16 * 1024, /* bytes: docker cuts longer lines */
};

void
skim_begin_blocks(struct skim_blocks *blocks,
                  const struct classifier *classifier,
                  struct skeleton *skeleton)
{
    blocks->classifier = classifier;
    blocks->skeleton = skeleton;
    blocks->found = NULL;
    blocks->place = DOCUMENT_NOWHERE;
    blocks->is_inline = false;
    blocks->count = 0;
    blocks->at = 0;
}

void
skim_know_blocks(struct skim_blocks *blocks, struct skim_found *found)
{
    blocks->found = found;
}

/*
 * Whether what a record says is a line that stands for itself in an envelope,
 * whole, and holds nothing that may matter.
 */
static bool
is_ordinary(const struct skim_blocks *blocks, struct slice raw)
{
    struct buf *scratch = skeleton_scratch(blocks->skeleton);
    buf_clear(scratch);
    buf_reserve(scratch, raw.len);
    struct slice text = unescape_once(raw, scratch);
    while (text.len > 0
           && (text.data[text.len - 1] == '\n'
               || text.data[text.len - 1] == '\r')) {
        text.len--;
    }
    return raw.len < PIECE
        && (ordinary_inside(text) || ordinary_read(text) != ORDINARY_NOT)
        && slice_find_byte(text, '\n') == SLICE_NONE
        && slice_find_byte(text, '\r') == SLICE_NONE && paste_is_clean(text)
        && !classifier_may_matter(blocks->classifier, text);
}

/* Such records stand alone: what an envelope holds may go on in the next. */
static bool
is_ordinary_record(const struct skim_blocks *blocks,
                   const struct skeleton_object *object)
{
    if (!object->is_logger || blocks->place != DOCUMENT_OWN
        || blocks->is_inline) {
        return false;
    }
    for (size_t i = 0; i < object->text_count; i++) {
        if (!is_ordinary(blocks, object->text[i])) {
            return false;
        }
    }
    return true;
}

/*
 * Only blanks may stand before the object, and a comma behind; where no list is
 * open, that is an element of an array without a name. Its lines, and it as a
 * whole, are within the limits.
 */
static bool
read_block(struct skim_blocks *blocks, struct slice text,
           struct skim_block *block)
{
    size_t at = slice_indent(text);
    if (at == text.len || text.data[at] != '{'
        || !skeleton_read(blocks->skeleton, blocks->place,
                          slice_after(text, at), &block->object)) {
        return false;
    }
    block->start = text.data;
    block->open = at;
    block->said = skeleton_said(blocks->skeleton).len;
    block->matters = !block->object.is_cluster
                  && !is_ordinary_record(blocks, &block->object);
    at += block->object.len;
    block->has_comma = at < text.len && text.data[at] == ',';
    at += block->has_comma;
    block->len = at + !blocks->is_inline;
    static_assert((int)FRAME_LINE_MAX <= (int)DOCUMENT_MAX, "both bound it");
    bool is_end = at < text.len && text.data[at] == '\n';
    return (is_end || blocks->is_inline) && at < FRAME_LINE_MAX;
}

/* Which blocks say something that may matter. */
static void
weigh(struct skim_blocks *blocks)
{
    struct slice said = skeleton_said(blocks->skeleton);
    size_t next = 0;
    for (size_t i = 0; i < blocks->count; i++) {
        struct skim_block *block = &blocks->block[i];
        size_t from = i == 0 ? 0 : blocks->block[i - 1].said;
        if (next != SLICE_NONE && next <= from) {
            next = classifier_next(blocks->classifier, said, from);
        }
        block->matters |= next < block->said;
    }
}

static void
read_blocks(struct skim_blocks *blocks, struct slice text)
{
    blocks->count = 0;
    blocks->at = 0;
    skeleton_forget_said(blocks->skeleton);
    while (blocks->count < SKIM_BLOCKS) {
        struct skim_block *block = &blocks->block[blocks->count];
        if (blocks->is_inline) { /* as whoever asks for the next one does */
            text = slice_after(text, slice_indent(text));
        }
        if (!read_block(blocks, text, block)) {
            break;
        }
        text = slice_after(text, block->len);
        blocks->count++;
    }
    weigh(blocks);
}

/* What reading line by line would have kept of it up to its last line. */
static void
hold(const struct skim_block *block, struct skim_objects *objects)
{
    size_t last = block->open + block->object.last;
    struct slice lines = slice_of(block->start, last);
    if (block->object.last == 0 || !paste_is_clean(lines)
        || slice_find_byte(lines, '\r') != SLICE_NONE) {
        return;
    }
    objects->held = (struct leap){last, block->object.lines};
    objects->text = slice_after(lines, block->open);
    objects->expect = block->object.expect;
}

/* The block there that was found before, or NULL. */
static const struct skim_block *
block_found(struct skim_found *found, enum document_place place,
            const char *start)
{
    while (found->at < found->count && found->block[found->at].start < start) {
        found->at++;
    }
    return found->place == place && found->at < found->count
                && found->block[found->at].start == start
             ? &found->block[found->at]
             : NULL;
}

/* The block at the start of the text; NULL: none is known. */
static const struct skim_block *
block_at(struct skim_blocks *blocks, struct slice text)
{
    const struct skim_block *known =
        blocks->found ? block_found(blocks->found, blocks->place, text.data)
                      : NULL;
    if (known) {
        return known;
    }
    while (blocks->at < blocks->count) {
        const struct skim_block *block = &blocks->block[blocks->at];
        if (block->start == text.data) {
            return block;
        }
        blocks->at++;
    }
    read_blocks(blocks, text);
    return blocks->count > 0 ? &blocks->block[0] : NULL;
}

static void
stand(struct skim_blocks *blocks, enum document_place place)
{
    if (place != blocks->place) {
        blocks->count = 0;
        blocks->place = place;
    }
}

bool
skim_document(struct skim_blocks *blocks, enum document_place place,
              struct slice rest, struct skim_objects *objects)
{
    const struct skim_block *block;
    *objects = (struct skim_objects){.has_comma = true};
    size_t indent = place == DOCUMENT_OWN ? slice_indent(rest) : 0;
    if (place == DOCUMENT_NOWHERE
        || (place == DOCUMENT_OWN
            && !slice_starts(slice_after(rest, indent), SLICE("{")))) {
        return false;
    }
    stand(blocks, place);
    while (objects->has_comma || place == DOCUMENT_OWN) {
        block = block_at(blocks, slice_after(rest, objects->passed.bytes));
        if (!block) {
            break;
        }
        if (block->matters) {
            hold(block, objects);
            break;
        }
        objects->passed.bytes += block->len;
        objects->passed.lines += block->object.lines + 1;
        objects->has_comma = block->has_comma;
    }
    if (blocks->found) {
        blocks->found->asked = place;
        blocks->found->passed += objects->passed.bytes + objects->held.bytes;
    }
    return objects->passed.lines + objects->held.lines > 0;
}

size_t
skim_elements(struct skim_blocks *blocks, enum document_place place,
              struct slice text, bool *has_comma)
{
    size_t passed = 0;
    *has_comma = true;
    blocks->is_inline = true;
    stand(blocks, place);
    while (*has_comma) {
        struct slice rest = slice_after(text, passed);
        size_t indent = slice_indent(rest);
        const struct skim_block *block =
            block_at(blocks, slice_after(rest, indent));
        if (!block || block->matters) {
            break;
        }
        passed += indent + block->len;
        *has_comma = block->has_comma;
    }
    return passed;
}

/*
 * Where a line begins, at `at` or behind, with which an object may begin; the
 * chunk's end: nowhere.
 */
static size_t
next_opening(struct slice chunk, size_t at)
{
    for (; at < chunk.len; at = skim_next_line(chunk, at)) {
        size_t open = at + slice_indent(slice_after(chunk, at));
        if (open < chunk.len && chunk.data[open] == '{') {
            break;
        }
    }
    return at;
}

/* What is indented may be anything within an element. */
static bool
is_likely(const struct skim_blocks *blocks)
{
    return blocks->count > 0
        && ((blocks->place == DOCUMENT_OWN && blocks->block[0].open == 0)
            || blocks->block[0].object.is_cluster);
}

void
skim_foresee_blocks(const struct classifier *classifier,
                    struct skeleton *skeleton, enum document_place place,
                    struct slice chunk, struct skim_found *found)
{
    enum {
        TRIES = 16 /* that come to nothing */
    };

    struct skim_blocks blocks;
    size_t at = skim_next_line(chunk, 0);
    int tries = 0;
    skim_begin_blocks(&blocks, classifier, skeleton);
    blocks.place = place;
    found->place = place;
    found->count = 0;
    while (tries < TRIES && found->count + SKIM_BLOCKS <= SKIM_FOUND
           && (at = next_opening(chunk, at)) < chunk.len) {
        read_blocks(&blocks, slice_after(chunk, at));
        if (!is_likely(&blocks)) {
            at = skim_next_line(chunk, at);
            tries++;
            continue;
        }
        memcpy(found->block + found->count, blocks.block,
               blocks.count * sizeof(blocks.block[0]));
        found->count += blocks.count;
        const struct skim_block *last = &blocks.block[blocks.count - 1];
        at = (size_t)(last->start - chunk.data) + last->len;
    }
}
