/* SPDX-License-Identifier: Apache-2.0 */
#include "report/paper.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

enum {
    WORDS = 60,
    ROUNDS = 5000,
    WIDEST = 70,
    BITS = 15, /* of what a random number is sure to have */
};

static unsigned
draw(unsigned *seed, unsigned below)
{
    *seed = *seed * 1103515245u + 12345u;
    return (*seed >> BITS) % below;
}

/* Lines as full as can be, word by word. */
struct naive {
    struct buf out;
    size_t column;
    size_t width;
    size_t indent;
    size_t words;
};

static void
add_word(struct naive *naive, struct slice word, size_t cells, bool is_new)
{
    size_t blank = naive->words > 0 ? 1 : 0;
    bool is_full = blank > 0 && naive->column + blank + cells > naive->width;
    if (naive->words++ > 0 && (is_new || is_full)) {
        buf_add_byte(&naive->out, '\n');
        for (size_t i = 0; i < naive->indent; i++) {
            buf_add_byte(&naive->out, ' ');
        }
        naive->column = naive->indent;
    } else if (blank > 0) {
        buf_add_byte(&naive->out, ' ');
        naive->column++;
    }
    buf_add(&naive->out, word);
    naive->column += cells;
}

/* A random text, as it is given and as it is to be shown. */
static void
write(unsigned *seed, struct buf *text, struct naive *naive)
{
    static const struct {
        const char *text;
        size_t cells;
    } words[] = {
        {"a", 1},
        {"of", 2},
        {"word", 4},
        {"longer,", 7},
        {"\"it\"", 4},
        {"é", 1},
        {"caf\xc3\xa9s", 5},
        {"kubectl", 7},
        {"x=y;z", 5},
        {"(eight)", 7},
        {"somewhat-longer-than-others", 27},
    };

    static const char *const gaps[] = {" ",  " ",   " ",  " ",   " ",   "  ",
                                       "\n", " \n", "\t", "   ", "\r\n"};

    for (unsigned k = 1 + draw(seed, WORDS); k > 0; k--) {
        unsigned word = draw(seed, COUNT(words));
        bool is_item = naive->words > 0 && draw(seed, 12) == 0
                    && slice_find_last(buf_slice(text), '\n') == SLICE_NONE;
        buf_add_text(text, is_item ? "\n- " : "");
        if (is_item) {
            add_word(naive, SLICE("-"), 1, true);
        }
        buf_add_text(text, words[word].text);
        add_word(naive, slice_from(words[word].text), words[word].cells, false);
        buf_add_text(text, gaps[draw(seed, COUNT(gaps))]);
    }
    buf_add_byte(&naive->out, '\n');
}

/* Words with a blank or a newline behind each, and rarely what is no word. */
static void
write_plain(unsigned *seed, struct buf *text, bool has_odd)
{
    static const char *const words[] = {"az",   "acr", "login", "--name",
                                        "x.",   "-",   "*",     "の中",
                                        "a  b", "\t",  "\n",    " "};
    const unsigned plain = 5;
    const unsigned odd = (unsigned)COUNT(words) - plain;
    for (unsigned k = draw(seed, WORDS / 4); k > 0; k--) {
        bool is_odd = has_odd && draw(seed, 8) == 0;
        unsigned word = is_odd ? plain + draw(seed, odd) : draw(seed, plain);
        buf_add_text(text, words[word]);
        buf_add_byte(text, draw(seed, 4) == 0 ? '\n' : ' ');
    }
}

static void
lines_are_as_full_as_they_can_be(void **state)
{
    static const struct report_style style;

    (void)state;
    unsigned seed = 7;
    for (size_t i = 0; i < ROUNDS; i++) {
        struct buf text = {0};
        struct buf out = {0};
        struct paper paper = paper_of(&out, &style);
        paper.prose = i % WIDEST == 0 ? SIZE_MAX : i % WIDEST;
        struct naive naive = {
            .width = paper.prose, .indent = i % 3, .column = i % 5};
        write(&seed, &text, &naive);
        paper_wrap(&paper, buf_slice(&text), i % 5, i % 3);
        assert_string_equal(buf_string(&out), buf_string(&naive.out));
        buf_free(&naive.out);
        buf_free(&text);
        buf_free(&out);
    }
}

/* One line is what lines without an end are, in a text of words and in others. */
static void
one_line_is_lines_without_an_end(void **state)
{
    static const struct report_style endless;

    (void)state;
    unsigned seed = 11;
    for (size_t i = 0; i < ROUNDS; i++) {
        struct buf text = {0};
        struct buf out = {0};
        struct buf flat = {0};
        struct naive naive = {.width = SIZE_MAX};
        struct paper paper = paper_of(&out, &endless);
        paper.prose = SIZE_MAX;
        write_plain(&seed, &text, i % 2 == 0);
        if (i % 4 > 1) {
            write(&seed, &text, &naive);
        }
        paper_wrap(&paper, buf_slice(&text), 0, 0);
        paper_flatten(&flat, buf_slice(&text));
        struct slice told = slice_trim(buf_slice(&out));
        assert_true(slice_equal(buf_slice(&flat), told));
        buf_free(&naive.out);
        buf_free(&text);
        buf_free(&flat);
        buf_free(&out);
    }
}

/* A log line as it is quoted, byte by byte. */
static void
quote(struct buf *out, struct slice text, size_t columns, size_t indent)
{
    size_t column = indent;
    while (text.len > 0) {
        size_t blanks = 0;
        while (blanks < text.len && text.data[blanks] == ' ') {
            blanks++;
        }
        struct slice rest = slice_after(text, blanks);
        struct slice word = slice_before(rest, slice_find_byte(rest, ' '));
        text = slice_after(rest, word.len);
        if (column > indent && column + blanks + word.len > columns) {
            buf_print(out, "\n%*s", (int)indent, "");
            column = indent;
            blanks = 0;
        }
        buf_print(out, "%*s", (int)blanks, "");
        column += blanks;
        for (size_t i = 0; i < word.len; i++, column++) {
            if (column + 1 > columns) {
                buf_print(out, "\n%*s", (int)indent, "");
                column = indent;
            }
            buf_add_byte(out, word.data[i]);
        }
    }
    buf_add_byte(out, '\n');
}

static void
a_quoted_line_keeps_its_blanks_and_its_words(void **state)
{
    static const char *const words[] = {
        "a",
        "word",
        "https://contoso.azurecr.io/v2/",
        "=",
        "  ",
        "x y",
        "a-word-that-is-longer-than-any-line-of-the-narrowest-terminal",
    };

    (void)state;
    unsigned seed = 3;
    for (size_t i = 0; i < ROUNDS; i++) {
        struct report_style style = {.columns = 32 + i % WIDEST};
        struct buf text = {0};
        struct buf out = {0};
        struct buf naive = {0};
        struct paper paper = paper_of(&out, &style);
        for (unsigned k = draw(&seed, 12); k > 0; k--) {
            buf_add_text(&text, words[draw(&seed, COUNT(words))]);
            buf_add_text(&text, draw(&seed, 6) == 0 ? "" : " ");
        }
        if (text.len <= 400) { /* more is cut */
            paper_quote(&paper, buf_slice(&text), i % 13);
            quote(&naive, slice_trim(buf_slice(&text)), paper.columns, i % 13);
            assert_string_equal(buf_string(&out), buf_string(&naive));
        }
        buf_free(&naive);
        buf_free(&text);
        buf_free(&out);
    }
}

/* What does not go on is the same as if it were of bytes that nobody skips. */
static void
words_that_are_not_ascii_are_quoted_too(void **state)
{
    static const struct report_style style = {.columns = 32};

    (void)state;
    struct buf out = {0};
    struct paper paper = paper_of(&out, &style);
    paper_quote(&paper,
                SLICE("one two\tthree \x1b[31mfour  caf\xc3\xa9 五六七"), 12);
    assert_string_equal(buf_string(&out),
                        "one two\\tthree\n"
                        "            \\x1b[31mfour  caf\xc3\xa9\n"
                        "            五六七\n");
    buf_free(&out);
}

/* Japanese goes on without blanks, and no line begins with its full stop. */
static void
words_of_japanese_text_are_not_torn(void **state)
{
    static const struct report_style style;

    (void)state;
    struct buf out = {0};
    struct paper paper = paper_of(&out, &style);
    paper.prose = 16;
    paper_wrap(&paper, SLICE("鍵は az acr の中にある。\n次は pull secret だ"),
               0, 2);
    assert_string_equal(buf_string(&out), "鍵は az acr の中\n"
                                          "  にある。次は\n"
                                          "  pull secret だ\n");
    buf_free(&out);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lines_are_as_full_as_they_can_be),
        cmocka_unit_test(one_line_is_lines_without_an_end),
        cmocka_unit_test(a_quoted_line_keeps_its_blanks_and_its_words),
        cmocka_unit_test(words_that_are_not_ascii_are_quoted_too),
        cmocka_unit_test(words_of_japanese_text_are_not_torn),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
