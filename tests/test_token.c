/* SPDX-License-Identifier: Apache-2.0 */
#include "base/mem.h"
#include "base/token.h"
#include "text.h"

#include <string.h>

static const struct keyed secret = {{1, 2}};

static bool
is_one(struct token_key *key, const struct slice *a, const struct slice *b)
{
    return token_equal(token_of(key, a, TOKEN_PARTS),
                       token_of(key, b, TOKEN_PARTS));
}

/* The parts count, not what they are when put together. */
static void
lists_that_differ_have_another_token(void **state)
{
    static const struct slice lists[][TOKEN_PARTS] = {
        {{"", 0}, {"", 0}, {"", 0}},
        {{"\0", 1}, {"", 0}, {"", 0}},
        {{"", 0}, {"\0", 1}, {"", 0}},
        {{"\0\0", 2}, {"", 0}, {"", 0}},
        {{"E", 1}, {" a.go:1] no", 11}, {"", 0}},
        {{"E ", 2}, {"a.go:1] no", 10}, {"", 0}},
        {{"E", 1}, {"", 0}, {" a.go:1] no", 11}},
        {{"E", 1}, {" a.go:1] on", 11}, {"", 0}},
        {{"W", 1}, {" a.go:1] no", 11}, {"", 0}},
        {{"0123456789abcdef", 16}, {"", 0}, {"", 0}},
        {{"89abcdef01234567", 16}, {"", 0}, {"", 0}},
        {{"0123456789abcdef", 16}, {"0123456789abcdef", 16}, {"", 0}},
        {{"0123456789abcdef\0", 17}, {"", 0}, {"", 0}},
    };

    struct token_key *key = token_key_new(&secret);
    (void)state;
    for (size_t i = 0; i < COUNT(lists); i++) {
        for (size_t k = 0; k < COUNT(lists); k++) {
            if (is_one(key, lists[i], lists[k]) != (i == k)) {
                fail_msg("rows %zu and %zu", i, k);
            }
        }
    }
    assert_false(
        token_equal(token_of(key, lists[0], 1), token_of(key, lists[0], 2)));
    token_key_free(key);
}

/* Wherever it stands, and however long the text. */
static void
each_bit_counts(void **state)
{
    static const size_t lengths[] = {1, 15, 16, 17, 400, TOKEN_LONGEST};
    static char text[TOKEN_LONGEST];
    struct token_key *key = token_key_new(&secret);
    (void)state;
    for (size_t i = 0; i < COUNT(lengths); i++) {
        struct slice whole = slice_of(text, lengths[i]);
        struct token before = token_of(key, &whole, 1);
        for (size_t at = 0; at < lengths[i]; at++) {
            text[at] ^= 1 << at % 8;
            struct token after = token_of(key, &whole, 1);
            text[at] ^= 1 << at % 8;
            if (token_equal(before, after)
                || token_hash(before) == token_hash(after)) {
                fail_msg("byte %zu of %zu", at, lengths[i]);
            }
        }
        assert_true(token_equal(before, token_of(key, &whole, 1)));
    }
    token_key_free(key);
}

/* As long as can be, in parts that each end within a word. */
static void
takes_the_longest_parts(void **state)
{
    char *text = mem_new(TOKEN_LONGEST);
    struct token_key *key = token_key_new(&secret);
    const struct slice parts[TOKEN_PARTS] = {
        slice_of(text, 1), slice_of(text + 1, TOKEN_LONGEST - 2),
        slice_of(text + TOKEN_LONGEST - 1, 1)};
    (void)state;
    struct token before = token_of(key, parts, TOKEN_PARTS);
    text[TOKEN_LONGEST - 1] = 1;
    assert_false(token_equal(before, token_of(key, parts, TOKEN_PARTS)));
    token_key_free(key);
    mem_free(text);
}

static void
another_key_is_another_token(void **state)
{
    static const struct keyed other = {{1, 3}};
    const struct slice text = SLICE("time=\" level=error");
    struct token_key *one = token_key_new(&secret);
    struct token_key *two = token_key_new(&other);
    (void)state;
    assert_false(token_equal(token_of(one, &text, 1), token_of(two, &text, 1)));
    token_key_free(one);
    token_key_free(two);
}

/* Words and secret words, multiplied by hand; each secret word serves once. */
static void
is_the_sum_of_products(void **state)
{
    const struct slice parts[] = {SLICE("abc"), SLICE("0123456789abcdef")};
    const uint64_t sizes[4] = {2, 3, 16, 0};
    struct token_key *key = token_key_new(&secret);
    uint64_t m[8] = {0};
    uint64_t low = 0;
    (void)state;
    memcpy(m, sizes, sizeof(sizes));
    memcpy(m + 4, parts[0].data, parts[0].len);
    memcpy(m + 6, parts[1].data, parts[1].len);
    for (uint64_t i = 0; i < COUNT(m); i++) {
        m[i] += keyed_hash(&secret, slice_of((const char *)&i, sizeof(i)));
        low += i % 2 == 1 ? m[i - 1] * m[i] : 0;
    }
    assert_true(token_of(key, parts, COUNT(parts)).word[0] == low);
    token_key_free(key);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lists_that_differ_have_another_token),
        cmocka_unit_test(each_bit_counts),
        cmocka_unit_test(takes_the_longest_parts),
        cmocka_unit_test(another_key_is_another_token),
        cmocka_unit_test(is_the_sum_of_products),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
