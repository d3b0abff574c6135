/* SPDX-License-Identifier: Apache-2.0 */
#include "assert_slice.h"
#include "base/buf.h"
#include "match/lexicon.h"

static void
tells_what_stands_there(void **state)
{
    (void)state;

    static const char *const literals[] = {
        "ab", "abc", "bc", "not found", "found", "xyz", "イメージ ",
    };

    static const struct {
        const char *text;
        const char *found; /* a digit for each */
    } cases[] = {
        {"abc", "1110000"},
        {"", "0000000"},
        {"a", "0000000"},
        {"xy", "0000000"},
        {"was not found", "0001100"},
        {"xyz ab", "1000010"},
        {"イメージ \"a\"", "0000001"},
        {"xyxyz", "0000010"},
    };

    size_t numbers[COUNT(literals)];
    struct lexicon *lexicon = lexicon_new();
    for (size_t i = 0; i < COUNT(literals); i++) {
        numbers[i] = lexicon_add(lexicon, slice_from(literals[i]));
        assert_int_equal(lexicon_add(lexicon, slice_from(literals[i])),
                         numbers[i]);
    }
    for (size_t i = 0; i < COUNT(cases); i++) {
        lexicon_read(lexicon, slice_from(cases[i].text));
        size_t count;
        size_t wanted = 0;
        const uint32_t *found = lexicon_found(lexicon, &count);
        for (const char *at = cases[i].found; *at; at++) {
            wanted += *at == '1';
        }
        assert_int_equal(count, wanted);
        for (size_t at = 0; at < count; at++) {
            assert_true(lexicon_has(lexicon, found[at]));
            assert_true(found[at] < lexicon_end(lexicon));
        }
        for (size_t at = 0; at < COUNT(literals); at++) {
            if (lexicon_has(lexicon, numbers[at])
                != (cases[i].found[at] == '1')) {
                fail_msg("\"%s\" in \"%s\"", literals[at], cases[i].text);
            }
        }
    }
    lexicon_free(lexicon);
    lexicon_free(NULL);
}

/* More literals than there are chains, each found alone. */
static void
keeps_many_apart(void **state)
{
    (void)state;

    enum {
        MANY = 3000
    };
    static struct buf texts[MANY];
    size_t numbers[MANY];
    struct lexicon *lexicon = lexicon_new();
    for (size_t i = 0; i < MANY; i++) {
        buf_print(&texts[i], "%c%zu.", (char)('a' + i % 26), i * 7919);
        numbers[i] = lexicon_add(lexicon, buf_slice(&texts[i]));
    }
    for (size_t i = 0; i < MANY; i += 13) {
        lexicon_read(lexicon, buf_slice(&texts[i]));
        for (size_t at = 0; at < MANY; at++) {
            assert_int_equal(lexicon_has(lexicon, numbers[at]), at == i);
        }
    }
    lexicon_free(lexicon);
    for (size_t i = 0; i < MANY; i++) {
        buf_free(&texts[i]);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tells_what_stands_there),
        cmocka_unit_test(keeps_many_apart),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
