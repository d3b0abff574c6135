/* SPDX-License-Identifier: Apache-2.0 */
#include "base/stamp.h"
#include "report/jot.h"
#include "report/json.h"
#include "report/kept.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum {
    BITS = 15,      /* of what a random number is sure to have */
    ROUNDS = 20000, /* of random texts */
    TEXT = 40,
};

/* What cJSON makes of it is what it is to be, byte by byte. */
static void
writes_as_a_tree_does(struct slice text, uint64_t number)
{
    struct buf jotted = {0};
    struct buf told = {0};
    jot_object(&jotted, NULL);
    jot_text(&jotted, "text", text);
    jot_list(&jotted, "list");
    jot_list(&jotted, NULL);
    jot_list_end(&jotted);
    jot_text(&jotted, NULL, text);
    jot_object(&jotted, NULL);
    jot_object_end(&jotted);
    jot_list_end(&jotted);
    jot_known(&jotted, "known", text);
    jot_prose(&jotted, "prose", text);
    jot_number(&jotted, "number", number);
    jot_bool(&jotted, "flag", number % 2 != 0);
    jot_time(&jotted, "at", (int64_t)(number >> 16));
    jot_line_end(&jotted);
    cJSON *root = cJSON_CreateObject();
    cJSON_AddItemToObject(root, "text", json_text(text));
    cJSON *list = cJSON_AddArrayToObject(root, "list");
    cJSON_AddItemToArray(list, cJSON_CreateArray());
    cJSON_AddItemToArray(list, json_text(text));
    cJSON_AddItemToArray(list, cJSON_CreateObject());
    json_add_text(root, "known", text);
    if (text.len > 0) {
        cJSON_AddItemToObject(root, "prose", json_prose(text));
    }
    json_add_number(root, "number", number);
    cJSON_AddBoolToObject(root, "flag", number % 2 != 0);
    if (number >> 16 != 0) {
        char at[STAMP_TEXT];
        cJSON_AddStringToObject(root, "at",
                                stamp_format((int64_t)(number >> 16), at));
    }
    json_finish(&told, root);
    assert_string_equal(buf_string(&jotted), buf_string(&told));
    cJSON *parsed = cJSON_Parse(buf_string(&jotted));
    assert_non_null(parsed);
    cJSON_Delete(parsed);
    buf_free(&jotted);
    buf_free(&told);
}

static void
each_byte_and_character_is_written_as_a_tree_does(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "",
        "plain",
        "  a  b \n c\n\nd\n- e\n* f\t g  ",
        "日本語の文。\n続き",
        "a\xe2\x80\xae",
        "\xf3\xa0\x81\x81",
        "\xef\xbf\xbd",
        "\xed\xa0\x80",
        "\xc2\x9b\xff\xe3\x81",
    };

    for (size_t i = 0; i < COUNT(texts); i++) {
        writes_as_a_tree_does(slice_from(texts[i]), i);
    }
    for (size_t at = 0; at < TEXT; at++) {
        for (int byte = 0; byte <= UINT8_MAX; byte++) {
            char text[TEXT];
            memset(text, 'x', sizeof(text));
            text[at] = (char)byte;
            writes_as_a_tree_does(slice_of(text, sizeof(text)), at);
        }
    }
}

static void
each_number_is_written_as_a_tree_does(void **state)
{
    (void)state;
    static const uint64_t numbers[] = {
        INT32_MAX,
        UINT64_C(2147483648),
        UINT32_MAX,
        UINT64_C(1000000000),
        UINT64_C(999999999999999),
    };

    for (size_t i = 0; i < COUNT(numbers); i++) {
        writes_as_a_tree_does(SLICE("n"), numbers[i]);
    }
    for (unsigned bits = 0; bits < 50; bits++) {
        writes_as_a_tree_does(SLICE("n"), UINT64_C(1) << bits);
    }
}

static unsigned
draw(unsigned *seed, unsigned below)
{
    *seed = *seed * 1103515245u + 12345u;
    return (*seed >> BITS) % below;
}

static void
random_texts_are_written_as_a_tree_does(void **state)
{
    static const char *const pieces[] = {
        " ",  "  ", "\n", "\n\n", "\t",   "a", "word", "\"", "\\", "- ",
        "* ", ".",  "、", "日",   "\x1b", "ﾊ", "é",    "{",  "'",  "longer",
    };

    (void)state;
    unsigned seed = 7;
    for (size_t i = 0; i < ROUNDS; i++) {
        struct buf text = {0};
        for (unsigned k = draw(&seed, TEXT); k > 0; k--) {
            buf_add_text(&text, pieces[draw(&seed, COUNT(pieces))]);
        }
        writes_as_a_tree_does(buf_slice(&text), draw(&seed, 1000));
        buf_free(&text);
    }
}

/* With something to keep it in and without, the first time and later. */
static void
what_is_the_catalogue_s_own_is_written_alike(void **state)
{
    static const char *const texts[] = {
        "",
        "plain",
        "a \"b\"\n  c\n\nd\n",
        "日本語の文。\n続き",
    };

    (void)state;
    struct kept *kept = kept_new();
    for (size_t i = 0; i < 3 * COUNT(texts); i++) {
        struct slice text = slice_from(texts[i % COUNT(texts)]);
        struct buf own = {0};
        struct buf known = {0};
        jot_object(&own, NULL);
        jot_own(&own, "a", text, i % 2 == 0 ? kept : NULL);
        jot_own_prose(&own, "b", text, kept);
        jot_own(&own, "c", text, kept);
        jot_object(&known, NULL);
        jot_known(&known, "a", text);
        jot_prose(&known, "b", text);
        jot_known(&known, "c", text);
        assert_string_equal(buf_string(&own), buf_string(&known));
        buf_free(&own);
        buf_free(&known);
    }
    kept_free(kept);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_byte_and_character_is_written_as_a_tree_does),
        cmocka_unit_test(each_number_is_written_as_a_tree_does),
        cmocka_unit_test(random_texts_are_written_as_a_tree_does),
        cmocka_unit_test(what_is_the_catalogue_s_own_is_written_alike),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
