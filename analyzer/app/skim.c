/* SPDX-License-Identifier: Apache-2.0 */
#include "app/skim.h"

#include "wire/frame.h"
#include "wire/ordinary.h"

void
skim_begin(struct skim *skim, const struct classifier *classifier,
           struct alike *alike, struct slice chunk)
{
    skim->classifier = classifier;
    skim->alike = alike;
    skim->chunk = chunk;
    skim->block.start = 0;
    skim->block.end = 0;
}

/* Makes `limit` true for lines from `start` on. */
static void
look_ahead(struct skim *skim, size_t start)
{
    size_t at = classifier_stands(skim->classifier, &skim->block, start);
    skim->limit = at == SLICE_NONE ? skim->block.end : at;
}

static void
read_block(struct skim *skim, size_t block, size_t start)
{
    classifier_block(skim->classifier, skim->chunk, block, &skim->block);
    skim->next_end = 0;
    look_ahead(skim, start);
}

/* At the start of a line; of those that were asked for some may come again. */
static void
go_to(struct skim *skim, size_t start)
{
    const struct needle_block *block = &skim->block;
    const struct teddy_marks *marks = &block->marks;
    if (start < block->start || start >= block->end) {
        read_block(skim, start, start);
        return;
    }
    while (skim->next_end > 0
           && block->start + marks->ends[skim->next_end - 1] >= start) {
        skim->next_end--;
    }
    while (skim->next_end < marks->end_count
           && block->start + marks->ends[skim->next_end] < start) {
        skim->next_end++;
    }
    if (skim->limit < start) {
        look_ahead(skim, start);
    }
}

/*
 * The end of a line that holds nothing that may matter; false: there is no such
 * end before the limit.
 */
static inline bool
next_end(struct skim *skim, size_t start, size_t *end)
{
    for (;;) {
        const struct needle_block *block = &skim->block;
        if (skim->next_end < block->marks.end_count) {
            *end = block->start + block->marks.ends[skim->next_end];
            skim->next_end += *end < skim->limit;
            return *end < skim->limit;
        }
        if (skim->limit < block->end || block->end == skim->chunk.len) {
            return false;
        }
        read_block(skim, block->end, start);
    }
}

/* Of a line whose end need not have come. */
static enum ordinary
kind_at(struct slice text)
{
    size_t len = slice_find_byte(text, '\n');
    return ordinary_read(slice_before(text, len));
}

/* As far as what follows allows. */
static bool
is_free(enum ordinary kind, size_t len, bool is_keeping)
{
    return kind != ORDINARY_NOT && len < FRAME_LINE_MAX
        && (!is_keeping || ordinary_begins(kind));
}

struct leap
skim_leap(struct skim *skim, struct slice rest, bool is_keeping)
{
    struct leap leap = {0};
    bool is_open = false; /* the line before goes if this one begins */
    size_t from = skim->chunk.len - rest.len;
    size_t start = from;
    size_t end;
    if (rest.len == 0 || rest.data[0] == '{') {
        return leap; /* nothing is sought before skim_document() looked */
    }
    go_to(skim, from);
    while (next_end(skim, start, &end)) {
        size_t len = end - start;
        enum ordinary kind =
            alike_read(skim->alike, slice_after(skim->chunk, start), len);
        if (is_open && !ordinary_begins(kind)) {
            return leap;
        }
        leap = (struct leap){start - from, leap.lines + is_open};
        if (!is_free(kind, len, is_keeping && start == from)) {
            return leap;
        }
        start = end + 1;
        is_open = kind == ORDINARY_FIRST;
        if (!is_open) {
            leap = (struct leap){start - from, leap.lines + 1};
        }
    }
    if (is_open && ordinary_begins(kind_at(slice_after(skim->chunk, start)))) {
        leap = (struct leap){start - from, leap.lines + 1};
    }
    return leap;
}

bool
skim_passes(const struct skim *skim, struct slice line, struct slice behind,
            bool is_keeping)
{
    enum ordinary kind = ordinary_read(line);
    return is_free(kind, line.len, is_keeping)
        && (kind != ORDINARY_FIRST || ordinary_begins(kind_at(behind)))
        && !classifier_may_matter(skim->classifier, line);
}
