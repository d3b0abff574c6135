/* SPDX-License-Identifier: Apache-2.0 */
#include "assert_slice.h"
#include "base/mem.h"
#include "match/spots.h"

enum {
    BYTES = 256,
    LONGEST = 200,
};

/* Sets that have nothing in common, and a few bytes of each half. */
static struct spots
some_spots(void)
{
    struct spots spots = {0};
    spots_add(&spots, SPOTS_STOP, '"');
    spots_add(&spots, SPOTS_STOP, '\x7f');
    spots_add(&spots, SPOTS_PAIR, '-');
    spots_add(&spots, SPOTS_NEXT, 'a');
    spots_add(&spots, SPOTS_NEXT, ' ');
    spots_add(&spots, SPOTS_FIRST, 'a');
    spots_add(&spots, SPOTS_FIRST, 'Q');
    for (char byte = 'a'; byte <= 'z'; byte++) {
        spots_add(&spots, SPOTS_WORD, byte);
    }
    spots_add(&spots, SPOTS_KEY, 'k');
    spots_add(&spots, SPOTS_KEY, 'Q');
    spots_add(&spots, SPOTS_BETWEEN, ' ');
    spots_add(&spots, SPOTS_BETWEEN, '\\');
    spots_add(&spots, SPOTS_MARK, '=');
    return spots;
}

static bool
is_word(char byte)
{
    return byte >= 'a' && byte <= 'z';
}

/* Whether a mark is behind a key, maybe with others between. */
static bool
is_mark(struct slice text, size_t at)
{
    size_t end = at;
    while (end > 0
           && (text.data[end - 1] == ' ' || text.data[end - 1] == '\\')) {
        end--;
    }
    return text.data[at] == '=' && end > 0
        && (text.data[end - 1] == 'k' || text.data[end - 1] == 'Q');
}

static bool
is_spot(const struct spots *spots, struct slice text, size_t at)
{
    if (spots->has_keys && is_mark(text, at)) {
        return true;
    }
    bool is_beyond = spots->is_beyond_first;
    char byte = text.data[at];
    bool is_first = byte == 'a' || byte == 'Q'
                 || (is_beyond && (unsigned char)byte >= 0x80);
    bool may_be = !spots->has_next
               || (at + 1 < text.len
                   && (text.data[at + 1] == 'a' || text.data[at + 1] == ' '));
    return byte == '"' || byte == '\x7f' || (byte == '-' && may_be)
        || (is_first && may_be && (at == 0 || !is_word(text.data[at - 1])));
}

static void
each_way_tells_the_same_of_each_byte(void **state)
{
    (void)state;
    struct spots spots = some_spots();
#if defined(__aarch64__)
    assert_true(spots_best() != spots_plain());
#endif
    for (size_t i = 0; i < 4 * BYTES; i++) {
        char step[SPOTS_STEP];
        for (size_t at = 0; at < SPOTS_STEP; at++) {
            step[at] = (char)(unsigned char)(i + at * (i / BYTES * 2 + 7));
        }
        spots.is_beyond_first = i % 2 == 0;
        spots.has_next = i % 5 < 2;
        spots.has_keys = i % 7 < 4;
        assert_true(spots_best()(&spots, step, i % 4)
                    == spots_plain()(&spots, step, i % 4));
    }
}

/* A step knows neither the byte behind it nor what stands before one between. */
static bool
may_be_guessed(struct slice text, size_t at)
{
    size_t start = at;
    while (start % SPOTS_STEP > 0
           && (text.data[start - 1] == ' ' || text.data[start - 1] == '\\')) {
        start--;
    }
    return at % SPOTS_STEP == SPOTS_STEP - 1
        || (text.data[at] == '=' && start % SPOTS_STEP == 0 && start > 0);
}

static size_t
next_spot(struct spots_reader *reader, size_t from)
{
    size_t at = spots_next(reader, from);
    while (at < reader->text.len && may_be_guessed(reader->text, at)
           && !is_spot(reader->spots, reader->text, at)) {
        at = spots_next(reader, at + 1);
    }
    return at;
}

/* In a block of its own, so that a look behind its end is found. */
static void
finds_all(const struct spots *spots, struct slice text)
{
    struct spots_reader reader;
    char *block = mem_new(text.len + 1);
    struct slice copy = slice_of(block + 1, text.len);
    size_t at = 0;
    memcpy(block + 1, text.data, text.len);
    spots_begin(&reader, spots, copy, 0);
    for (size_t i = 0; i < text.len; i++) {
        if (is_spot(spots, text, i)) {
            at = next_spot(&reader, at);
            assert_int_equal(at, i);
            at++;
        }
    }
    assert_int_equal(next_spot(&reader, at), text.len);
    mem_free(block);
}

static void
spots_are_found_wherever_they_stand(void **state)
{
    (void)state;
    struct spots spots = some_spots();
    char text[LONGEST];
    uint32_t seed = 1;
    for (size_t round = 0; round < 4000; round++) {
        static const char bytes[] = "abzQ\" \x7f\x80\xff-kk\\\\==  ";
        spots.has_next = round % 2 == 0;
        spots.has_keys = round % 5 > 0;
        size_t len = round % LONGEST;
        for (size_t i = 0; i < len; i++) {
            seed = seed * 1664525u + 1013904223u;
            size_t pick = round % 3 == 0 ? seed >> 24 : 2 + (seed >> 24) % 40;
            text[i] = pick < sizeof(bytes) - 1 ? bytes[pick] : '.';
        }
        finds_all(&spots, slice_of(text, len));
    }
    spots.has_next = false;
    spots.has_keys = false;
    spots_add(&spots, SPOTS_FIRST, '\x80');
    finds_all(&spots, SLICE("\x80 \xff\xfe z\x80 \x80"));
}

/* A step that was left is read from where it is entered. */
static void
what_is_jumped_over_is_not_told(void **state)
{
    (void)state;
    struct spots_reader reader;
    struct spots spots = some_spots();
    char text[LONGEST];
    memset(text, '"', sizeof(text));
    spots_begin(&reader, &spots, slice_of(text, sizeof(text)), 5);
    assert_int_equal(spots_next(&reader, 5), 5);
    assert_int_equal(spots_next(&reader, 68), 68);
    assert_int_equal(spots_next(&reader, 69), 69);
    assert_int_equal(spots_next(&reader, 199), 199);
    assert_int_equal(spots_next(&reader, 200), 200);
    spots_begin(&reader, &spots, slice_of(NULL, 0), 0);
    assert_int_equal(spots_next(&reader, 0), 0);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_way_tells_the_same_of_each_byte),
        cmocka_unit_test(spots_are_found_wherever_they_stand),
        cmocka_unit_test(what_is_jumped_over_is_not_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
