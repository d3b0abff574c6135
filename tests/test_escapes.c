/* SPDX-License-Identifier: Apache-2.0 */
#include "base/mem.h"
#include "mosaic.h"
#include "text.h"
#include "wire/escapes.h"
#include "wire/skeleton.h"
#include "wire/unescape.h"

/* Where strings end, and what is behind a backslash, whole and in long runs. */
static const char *const pieces[] = {
    "\\",
    "\"",
    "\\\\",
    "\\\"",
    "\\\\\\\"",
    "\\n",
    "a",
    "word ",
    "{",
    "\\u003c",
    "a run of words without any escape in it that is longer than one step",
};

/* As it is said, byte by byte. */
static size_t
end_of(struct slice text, size_t from)
{
    bool is_escaped = false;
    for (size_t i = from; i < text.len; i++) {
        if (text.data[i] == '"' && !is_escaped) {
            return i;
        }
        is_escaped = text.data[i] == '\\' && !is_escaped;
    }
    return SLICE_NONE;
}

/* In a block of its own, so that a look behind its end is found. */
static void
check_ends(struct slice text)
{
    char *block = mem_new(text.len + 1);
    struct slice copy = slice_of(block, text.len);
    size_t end = 0;
    if (text.len > 0) {
        memcpy(block, text.data, text.len);
    }
    for (size_t from = 0; end != SLICE_NONE && from < copy.len;
         from = end + 1) {
        end = end_of(copy, from);
        assert_int_equal(unescape_end(copy, from), end);
    }
    mem_free(block);
}

static void
a_string_ends_where_each_byte_tells(void **state)
{
    (void)state;
    struct mosaic mosaic = {.pieces = pieces, .count = COUNT(pieces)};
    struct buf text = {0};
    for (size_t round = 0; round < 4000; round++) {
        mosaic_lay(&mosaic, &text);
        check_ends(buf_slice(&text));
    }
    buf_free(&text);
}

static void
a_step_tells_of_each_byte_whether_it_is_escaped(void **state)
{
    (void)state;
    uint64_t seed = 1;
    uint64_t goes_on = 0;
    bool is_escaped = false;
    for (size_t round = 0; round < 20000; round++) {
        char step[ESCAPES_STEP];
        uint64_t wanted = 0;
        for (size_t i = 0; i < ESCAPES_STEP; i++) {
            seed = seed * 6364136223846793005u + 1442695040888963407u;
            bool is_slash = (seed >> 60) < round % 17;
            step[i] = is_slash ? '\\' : 'x';
            wanted |= (uint64_t)is_escaped << i;
            is_escaped = is_slash && !is_escaped;
        }
        uint64_t slashes = escapes_where(step, '\\');
        assert_true(escapes_of(slashes, &goes_on) == wanted);
        assert_int_equal(goes_on, is_escaped);
    }
}

/* What a skeleton says of an object's one string, and how long it is. */
static void
check_object(struct skeleton *skeleton, struct slice raw)
{
    struct skeleton_object object;
    struct buf text = {0};
    buf_add_text(&text, "{\"kind\":\"");
    buf_add(&text, raw);
    buf_add_text(&text, "\"}\n");
    size_t end = end_of(buf_slice(&text), sizeof("{\"kind\":\"") - 1);
    bool is_whole = end + sizeof("\"}\n") - 1 == text.len
                 && slice_find_byte(raw, '\n') == SLICE_NONE;
    for (int i = 0; i < 2; i++) { /* learned, and known */
        skeleton_forget_said(skeleton);
        bool ok =
            skeleton_read(skeleton, DOCUMENT_OWN, buf_slice(&text), &object);
        if (is_whole) {
            assert_true(ok);
            assert_int_equal(object.len, text.len - 1);
            assert_true(slice_equal(
                slice_before(skeleton_said(skeleton), raw.len), raw));
        } else if (slice_find_byte(raw, '"') == SLICE_NONE) {
            assert_false(ok);
        }
    }
    buf_free(&text);
}

static void
a_skeleton_copies_strings_whole(void **state)
{
    (void)state;
    struct mosaic mosaic = {.pieces = pieces, .count = COUNT(pieces)};
    struct skeleton *skeleton = skeleton_new();
    struct buf text = {0};
    for (size_t round = 0; round < 4000; round++) {
        mosaic_lay(&mosaic, &text);
        size_t end = end_of(buf_slice(&text), 0);
        check_object(skeleton, slice_before(buf_slice(&text), end));
    }
    check_object(skeleton, SLICE("a\\\nb"));
    check_object(skeleton, SLICE("a\\\\ \n"));
    buf_free(&text);
    skeleton_free(skeleton);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_string_ends_where_each_byte_tells),
        cmocka_unit_test(a_step_tells_of_each_byte_whether_it_is_escaped),
        cmocka_unit_test(a_skeleton_copies_strings_whole),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
