/* SPDX-License-Identifier: Apache-2.0 */
#include "text.h"
#include "wire/breaks.h"
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

enum {
    OBJECTS = 40000,
};

/* A list on one line, of more bytes than a line may have. */
static void
write_list(struct buf *list, const char *head, const char *glue)
{
    bool is_close = glue[0] == ',';
    buf_add_text(list, head);
    for (int i = 0; i < OBJECTS; i++) {
        buf_print(list, "%s{\"number\":%d,%s", i > 0 ? glue : "", i,
                  is_close ? "\"of\":[{\"a\":1},{\"b\":2}]," : "");
        buf_add_text(list, "\"text\":\"no end },{ but \\\"},{\\\" \\\\\"}");
    }
    buf_add_text(list, "]}\nnext\n");
}

/* A piece ends between two objects, in no string. */
static void
check_piece(const struct frame_line *line)
{
    struct slice text = slice_trim(line->text);
    assert_true(line->text.len <= (size_t)FRAME_LINE_MAX);
    assert_true(slice_ends(text, SLICE(",")));
    text = slice_trim(slice_before(text, text.len - 1));
    assert_true(slice_ends(text, SLICE("}")));
    assert_false(slice_ends(text, SLICE("no end }")));
    assert_false(slice_ends(text, SLICE("but \\\"}")));
}

/* Joins what comes of it; returns how many pieces it came in. */
static size_t
join(struct slice text, size_t step, struct buf *out, struct frame *frame)
{
    struct frame_line line;
    size_t pieces = 0;
    uint64_t position = 0;
    for (size_t at = 0; at < text.len; at += step) {
        frame_feed(frame, slice_before(slice_after(text, at), step));
        while (frame_next(frame, &line)) {
            assert_int_equal(line.start, position);
            position = line.end;
            buf_add(out, line.text);
            pieces += line.is_piece;
            if (line.is_piece) {
                check_piece(&line);
            } else {
                buf_add_byte(out, '\n');
            }
        }
    }
    assert_int_equal(position, text.len);
    return pieces;
}

static void
a_list_on_one_line_comes_in_pieces(void **state)
{
    static const char *const heads[] = {
        "{\"kind\":\"EventList\",\"items\":[",
        "{\"apiVersion\": \"v1\", \"items\": [ ",
        " [",
        "[ ",
    };
    static const size_t steps[] = {4097, 262144, 8388608};
    (void)state;
    for (size_t i = 0; i < 2 * COUNT(heads) * COUNT(steps); i++) {
        struct buf list = {0};
        struct buf out = {0};
        struct frame frame = {0};
        buf_print(&list, "%*s", (int)i * 2, "");
        write_list(&list, heads[i % COUNT(heads)], i % 2 == 0 ? "," : " ,  ");
        assert_true(list.len > 2 * (size_t)FRAME_LINE_MAX);
        size_t pieces =
            join(buf_slice(&list), steps[i % COUNT(steps)], &out, &frame);
        assert_true(pieces >= 2 && pieces < 8);
        assert_true(slice_equal(buf_slice(&out), buf_slice(&list)));
        assert_int_equal(frame.lines, 2);
        assert_int_equal(frame.cut_lines, 0);
        frame_free(&frame);
        buf_free(&out);
        buf_free(&list);
    }
}

/* What is no list, or has no comma to end behind, is cut as any line. */
static void
other_long_lines_are_cut(void **state)
{
    static const char *const heads[] = {
        "{\"items\":{", "[1,", "{\"msg\":\"", "{\"items\":[\"", "items\":[",
    };
    (void)state;
    for (size_t i = 0; i < COUNT(heads); i++) {
        struct buf text = {0};
        struct buf out = {0};
        struct frame frame = {0};
        struct frame_line line;
        buf_add_text(&text, heads[i]);
        while (text.len < 2 * (size_t)FRAME_LINE_MAX) {
            buf_add_text(&text, "},{");
        }
        buf_add_text(&text, "\nnext\n");
        frame_feed(&frame, buf_slice(&text));
        assert_true(frame_next(&frame, &line));
        assert_false(line.is_piece);
        assert_int_equal(line.text.len, FRAME_LINE_MAX);
        assert_true(frame_next(&frame, &line));
        assert_text(line.text, "next");
        assert_int_equal(frame.cut_lines, 1);
        frame_free(&frame);
        buf_free(&out);
        buf_free(&text);
    }
}

/* Behind the last comma between two objects or arrays, byte by byte. */
static size_t
last_break(const char *text, size_t len)
{
    size_t found = SLICE_NONE;
    bool is_inside = false;
    for (size_t i = 0; i < len; i++) {
        size_t before = i;
        size_t behind = i + 1;
        if (text[i] == '\\') {
            i++;
            continue;
        }
        is_inside ^= text[i] == '"';
        if (is_inside || text[i] != ',') {
            continue;
        }
        while (before > 0 && text[before - 1] == ' ') {
            before--;
        }
        while (behind < len && text[behind] == ' ') {
            behind++;
        }
        if (before > 0 && behind < len
            && ((text[before - 1] == '}' && text[behind] == '{')
                || (text[before - 1] == ']' && text[behind] == '['))) {
            found = i + 1;
        }
    }
    return found;
}

static void
the_last_break_is_found_in_any_text(void **state)
{
    static const char *const words[] = {"},{", "} , {", "],[",  "},",
                                        "\"",  "\\",    "\\\"", "a long word"};
    uint32_t seed = 1;
    size_t found = 0;
    (void)state;
    for (int i = 0; i < 20000; i++) {
        struct buf text = {0};
        for (int left = i % 60; left > 0; left--) {
            seed = seed * 1664525 + 1013904223;
            buf_add_text(&text, words[(seed >> 24) % COUNT(words)]);
        }
        size_t at = last_break(text.data, text.len);
        assert_int_equal(breaks_last(buf_slice(&text)), at);
        found += at != SLICE_NONE;
        buf_free(&text);
    }
    assert_in_range(found, 10000, 19000);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(cuts_at_newlines_however_fed),
        cmocka_unit_test(a_whole_line_is_a_view_of_its_chunk),
        cmocka_unit_test(a_long_line_is_cut_and_the_next_is_whole),
        cmocka_unit_test(a_list_on_one_line_comes_in_pieces),
        cmocka_unit_test(the_last_break_is_found_in_any_text),
        cmocka_unit_test(other_long_lines_are_cut),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
