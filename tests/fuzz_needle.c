/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The first line holds literals between commas, the rest is searched: every way
 * of searching that the machine has finds one wherever the naive search does,
 * and none that ends before it.
 */
#include "base/mem.h"
#include "fuzz.h"
#include "match/needle.h"

#include <string.h>

enum {
    LITERALS = 200,
};

struct literals {
    struct slice list[LITERALS];
    size_t count;
};

static void
read_literals(struct slice line, struct literals *literals)
{
    while (literals->count < LITERALS && line.len > 0) {
        struct slice literal = line;
        if (slice_cut(&line, ',', &literal)) {
            /* what was cut off */
        } else {
            line = slice_after(line, line.len);
        }
        if (literal.len >= 2) {
            literals->list[literals->count++] = literal;
        }
    }
}

static bool
stands_at(const struct literals *literals, struct slice text, size_t at)
{
    for (size_t i = 0; i < literals->count; i++) {
        if (slice_starts(slice_after(text, at), literals->list[i])) {
            return true;
        }
    }
    return false;
}

/* Where the literal ends that ends first, of those from `from` on. */
static size_t
first_end(const struct literals *literals, struct slice text, size_t from)
{
    size_t first = SLICE_NONE;
    for (size_t i = 0; i < literals->count; i++) {
        size_t at = slice_find(slice_after(text, from), literals->list[i]);
        if (at != SLICE_NONE && from + at + literals->list[i].len < first) {
            first = from + at + literals->list[i].len;
        }
    }
    return first;
}

static void
finds_all(const struct needle_set *set, const struct literals *literals,
          struct slice text)
{
    size_t from = 0;
    for (;;) {
        size_t end = first_end(literals, text, from);
        size_t at = needle_next(set, text, from);
        fuzz_require((at == SLICE_NONE) == (end == SLICE_NONE),
                     "it finds one where one stands");
        if (at == SLICE_NONE) {
            return;
        }
        fuzz_require(at >= from && stands_at(literals, text, at),
                     "a literal stands there");
        fuzz_require(end > at, "none ends before it");
        from = at + 1;
    }
}

/* As a chunk is searched: each line asks on from its start. */
static void
reads_in_blocks(const struct needle_set *set, const struct literals *literals,
                struct slice text)
{
    static struct needle_block block;
    size_t from = 0;
    for (size_t start = 0; start < text.len; start = block.end) {
        needle_read(set, text, start, &block);
        size_t at;
        while ((at = needle_stands(set, &block, from)) != SLICE_NONE) {
            fuzz_require(stands_at(literals, text, at), "it stands there");
            fuzz_require(first_end(literals, text, from) > at,
                         "none ends before it");
            from = at + 1;
        }
        fuzz_require(first_end(literals, text, from) > block.end,
                     "none is left in the block");
        for (size_t i = 0; i < block.marks.end_count; i++) {
            size_t end = slice_find_byte(slice_after(text, start), '\n');
            fuzz_require(end == block.marks.ends[i] - (start - block.start),
                         "a newline stands there");
            start += end + 1;
        }
        struct slice rest = slice_before(text, block.end);
        fuzz_require(slice_find_byte(slice_after(rest, start), '\n')
                         == SLICE_NONE,
                     "there is no other");
    }
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct slice text = slice_of((const char *)data, size);
    struct slice line;
    struct literals literals = {0};
    if (!slice_cut(&text, '\n', &line) || text.len > 65536) {
        return 0;
    }
    read_literals(line, &literals);
    struct needle_set *set = needle_set_new();
    for (size_t i = 0; i < literals.count; i++) {
        needle_set_add(set, literals.list[i]);
    }
    needle_set_close(set, NULL);
    for (int way = TEDDY_PORTABLE; way < TEDDY_WAYS; way++) {
        if (needle_set_force(set, (enum teddy_way)way)) {
            finds_all(set, &literals, text);
            reads_in_blocks(set, &literals, text);
        }
    }
    needle_set_free(set);
    return 0;
}
