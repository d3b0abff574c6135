/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Fed in other pieces, a stream gives the same lines; their ends meet, and no
 * byte is lost. The first byte says how long the pieces are.
 */

#include "base/buf.h"
#include "base/mem.h"
#include "fuzz.h"
#include "wire/frame.h"

static void
note(struct buf *out, const struct frame_line *line, uint64_t *position)
{
    fuzz_require(line->start == *position, "a line begins where one ended");
    fuzz_require(line->end - line->start >= line->text.len,
                 "a line is no longer than what it was read from");
    fuzz_require(slice_find_byte(line->text, '\n') == SLICE_NONE,
                 "a line holds no newline");
    *position = line->end;
    buf_print(out, "%llu:", (unsigned long long)line->end);
    buf_add(out, line->text);
    buf_add_byte(out, '\n');
}

static void
cut(struct slice text, size_t step, struct buf *out)
{
    struct frame frame = {0};
    struct frame_line line;
    uint64_t position = 0;
    size_t len = text.len;
    while (text.len > 0) {
        char *chunk = mem_string(slice_before(text, step));
        frame_feed(&frame, slice_of(chunk, slice_before(text, step).len));
        while (frame_next(&frame, &line)) {
            note(out, &line, &position);
        }
        mem_free(chunk);
        text = slice_after(text, step);
    }
    while (frame_last(&frame, &line)) {
        note(out, &line, &position);
    }
    fuzz_require(position == len, "the last line ends where the stream does");
    frame_free(&frame);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct buf whole = {0};
    struct buf pieces = {0};
    if (size > 0) {
        size_t step = (size_t)data[0] % 64 + 1;
        struct slice text = slice_of((const char *)data + 1, size - 1);
        cut(text, text.len, &whole);
        cut(text, step, &pieces);
        fuzz_require(slice_equal(buf_slice(&whole), buf_slice(&pieces)),
                     "fed in other pieces, the same lines");
    }
    buf_free(&whole);
    buf_free(&pieces);
    return 0;
}
