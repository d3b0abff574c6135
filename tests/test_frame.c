/* SPDX-License-Identifier: Apache-2.0 */
#include "text.h"
#include "wire/frame.h"

#include <string.h>

/* Writes "start-end:text|" for each line of `text`, fed in `step` bytes. */
static void
cut(struct slice text, size_t step, struct buf *out)
{
    struct frame frame = {0};
    struct frame_line line;
    for (size_t at = 0; at < text.len; at += step) {
        frame_feed(&frame, slice_before(slice_after(text, at), step));
        while (frame_next(&frame, &line)) {
            buf_print(out, "%d-%d:", (int)line.start, (int)line.end);
            buf_add(out, line.text);
            buf_add_byte(out, '|');
        }
    }
    while (frame_last(&frame, &line)) {
        buf_print(out, "%d-%d:", (int)line.start, (int)line.end);
        buf_add(out, line.text);
        buf_add_text(out, "|last");
    }
    frame_free(&frame);
}

static void
cuts_at_newlines_however_fed(void **state)
{
    (void)state;

    static const struct {
        const char *text;
        const char *lines;
    } cases[] = {
        {"", ""},
        {"a", "0-1:a|last"},
        {"a\n", "0-2:a|"},
        {"\n\n", "0-1:|1-2:|"},
        {"ab\ncd\r\nef", "0-3:ab|3-7:cd|7-9:ef|last"},
        {"a\r\r\n", "0-4:a\r|"},
        {"a\rb\n", "0-4:a\rb|"},
        {"one\n\r\ntwo\r", "0-4:one|4-6:|6-10:two|last"},
    };

    for (size_t i = 0; i < COUNT(cases); i++) {
        for (size_t step = 1; step < 14; step++) {
            struct buf out = {0};
            cut(slice_from(cases[i].text), step, &out);
            assert_text(buf_slice(&out), cases[i].lines);
            buf_free(&out);
        }
    }
}

static void
a_whole_line_is_a_view_of_its_chunk(void **state)
{
    (void)state;
    struct frame frame = {0};
    struct frame_line line;
    struct slice chunk = SLICE("one\ntwo\nthr");
    frame_feed(&frame, chunk);
    assert_true(frame_next(&frame, &line));
    assert_ptr_equal(line.text.data, chunk.data);
    assert_true(frame_next(&frame, &line));
    assert_ptr_equal(line.text.data, chunk.data + 4);
    assert_false(frame_next(&frame, &line));
    frame_feed(&frame, SLICE("ee\nfour\n"));
    assert_true(frame_next(&frame, &line));
    assert_text(line.text, "three");
    assert_true(frame_next(&frame, &line));
    assert_text(line.text, "four");
    assert_false(frame_last(&frame, &line));
    assert_int_equal(frame.lines, 4);
    frame_free(&frame);
}

/* A line of `len` bytes and its end, then "next", fed in `step` bytes. */
static void
check_long(size_t len, const char *end, size_t step, size_t expected)
{
    struct buf text = {0};
    struct frame frame = {0};
    struct frame_line line;
    struct frame_line found[2] = {0};
    size_t lens[2] = {0};
    size_t lines = 0;
    for (size_t i = 0; i < len; i++) {
        buf_add_byte(&text, 'x');
    }
    buf_add_text(&text, end);
    buf_add_text(&text, "next\n");
    for (size_t at = 0; at < text.len; at += step) {
        frame_feed(&frame,
                   slice_before(slice_after(buf_slice(&text), at), step));
        while (frame_next(&frame, &line)) {
            assert_true(lines < 2);
            lens[lines] = line.text.len;
            found[lines++] = line;
        }
    }
    assert_int_equal(lines, 2);
    assert_int_equal(lens[0], expected);
    assert_int_equal(found[0].end, len + strlen(end));
    assert_int_equal(found[1].start, found[0].end);
    assert_int_equal(lens[1], 4);
    assert_int_equal(frame.cut_lines, len > FRAME_LINE_MAX);
    frame_free(&frame);
    buf_free(&text);
}

static void
a_long_line_is_cut_and_the_next_is_whole(void **state)
{
    (void)state;
    static const size_t steps[] = {65536, FRAME_LINE_MAX, 4 * FRAME_LINE_MAX};
    for (size_t i = 0; i < COUNT(steps); i++) {
        size_t max = FRAME_LINE_MAX;
        check_long(max - 1, "\n", steps[i], max - 1);
        check_long(max, "\n", steps[i], max);
        check_long(max, "\r\n", steps[i], max);
        check_long(max + 1, "\n", steps[i], max);
        check_long(max + 1, "\r\n", steps[i], max);
        check_long(3 * max, "\n", steps[i], max);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(cuts_at_newlines_however_fed),
        cmocka_unit_test(a_whole_line_is_a_view_of_its_chunk),
        cmocka_unit_test(a_long_line_is_cut_and_the_next_is_whole),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
