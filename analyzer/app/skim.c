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
    skim->runs = NULL;
    skim->next_run = 0;
    skim->block.start = 0;
    skim->block.end = 0;
}

void
skim_know(struct skim *skim, struct skim_runs *runs)
{
    skim->runs = runs;
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

static struct leap
seek(struct skim *skim, size_t from, bool is_keeping)
{
    struct leap leap = {0};
    bool is_open = false; /* the line before goes if this one begins */
    size_t start = from;
    size_t end;
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

/* The run that ends behind `from`, or NULL; where it is may come again. */
static const struct skim_run *
run_at(struct skim *skim, size_t from)
{
    const struct skim_runs *runs = skim->runs;
    while (skim->next_run > 0 && runs->run[skim->next_run - 1].end > from) {
        skim->next_run--;
    }
    while (skim->next_run < runs->count
           && runs->run[skim->next_run].end <= from) {
        skim->next_run++;
    }
    return skim->next_run < runs->count ? &runs->run[skim->next_run] : NULL;
}

static uint64_t
count_lines(struct slice lines)
{
    uint64_t count = 0;
    while (lines.len > 0) {
        lines = slice_after(lines, slice_find_byte(lines, '\n') + 1);
        count++;
    }
    return count;
}

/* The same, told by what is known. */
static struct leap
look_up(struct skim *skim, size_t from, bool is_keeping)
{
    const struct skim_run *run = run_at(skim, from);
    struct slice rest = slice_after(skim->chunk, from);
    if (!run || from < run->start
        || (is_keeping && !ordinary_begins(kind_at(rest)))) {
        return (struct leap){0};
    }
    size_t len = run->end - from;
    return (struct leap){
        .bytes = len,
        .lines = from == run->start ? run->lines
                                    : count_lines(slice_before(rest, len)),
    };
}

struct leap
skim_leap(struct skim *skim, struct slice rest, bool is_keeping)
{
    size_t from = skim->chunk.len - rest.len;
    if (rest.len == 0 || rest.data[0] == '{') {
        return (struct leap){0}; /* skim_document() looks first */
    }
    if (!skim->runs) {
        return seek(skim, from, is_keeping);
    }
    struct leap leap = from < skim->runs->end ? look_up(skim, from, is_keeping)
                                              : seek(skim, from, is_keeping);
    skim->runs->passed += leap.bytes;
    return leap;
}

size_t
skim_next_line(struct slice chunk, size_t at)
{
    size_t len = slice_find_byte(slice_after(chunk, at), '\n');
    return len == SLICE_NONE ? chunk.len : at + len + 1;
}

void
skim_foresee(const struct classifier *classifier, struct alike *alike,
             struct slice chunk, struct skim_runs *runs)
{
    struct skim skim;
    skim_begin(&skim, classifier, alike, chunk);
    runs->count = 0;
    size_t at = skim_next_line(chunk, 0);
    while (at < chunk.len && runs->count < SKIM_RUNS) {
        struct leap leap = skim_leap(&skim, slice_after(chunk, at), false);
        size_t end = at + leap.bytes;
        if (leap.lines > 0) {
            runs->run[runs->count++] = (struct skim_run){at, end, leap.lines};
        }
        at = skim_next_line(chunk, end);
    }
    runs->end = at;
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
