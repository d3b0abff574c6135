/* SPDX-License-Identifier: Apache-2.0 */
#include "app/skim.h"

#include "wire/frame.h"
#include "wire/ordinary.h"

/* A line of the chunk, its end, and what it is. */
struct head {
    size_t start;
    size_t end; /* its newline; the chunk's end if there is none */
    enum ordinary kind;
};

/* Where in `rest` the next thing is that may matter, or its end. */
static size_t
next_of(struct skim *skim, struct slice rest)
{
    const char *end = rest.data + rest.len;
    if (!skim->next || skim->end != end || skim->next < rest.data) {
        size_t at = classifier_next(skim->classifier, rest, 0);
        skim->next = at == SLICE_NONE ? end : rest.data + at;
        skim->end = end;
    }
    return (size_t)(skim->next - rest.data);
}

static struct head
head_at(struct slice rest, size_t start)
{
    struct slice text = slice_after(rest, start);
    size_t len = slice_find_byte(text, '\n');
    len = len == SLICE_NONE ? text.len : len;
    return (struct head){
        .start = start,
        .end = start + len,
        .kind = ordinary_read(slice_before(text, len)),
    };
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
    if (rest.len == 0) {
        return leap;
    }
    size_t next = next_of(skim, rest);
    struct head head = head_at(rest, 0);
    while (head.end < rest.len && next > head.end
           && is_free(head.kind, head.end - head.start,
                      is_keeping && leap.lines == 0)) {
        struct head after = head_at(rest, head.end + 1);
        if (head.kind == ORDINARY_FIRST && !ordinary_begins(after.kind)) {
            break;
        }
        leap.bytes = head.end + 1;
        leap.lines++;
        head = after;
    }
    return leap;
}

bool
skim_passes(const struct skim *skim, struct slice line, struct slice behind,
            bool is_keeping)
{
    enum ordinary kind = ordinary_read(line);
    return is_free(kind, line.len, is_keeping)
        && (kind != ORDINARY_FIRST || ordinary_begins(head_at(behind, 0).kind))
        && !classifier_may_matter(skim->classifier, line);
}
