/* SPDX-License-Identifier: Apache-2.0 */
#include "text.h"
#include "wire/unescape.h"

static void
cuts_quoted_text(void **state)
{
    (void)state;

    static const struct {
        const char *text;
        const char *raw; /* NULL: there is none */
        const char *rest;
    } cases[] = {
        {"\"a b\" c", "a b", " c"},
        {"\"\"c", "", "c"},
        {"\"a\\\"b\"c", "a\\\"b", "c"},
        {"\"a\\\\\"c", "a\\\\", "c"},
        {"\"never ends", "never ends", ""},
        {"\"ends in \\", "ends in \\", ""},
        {"\"", "", ""},
        {"a\"b\"", NULL, "a\"b\""},
        {"", NULL, ""},
    };

    for (size_t i = 0; i < COUNT(cases); i++) {
        struct slice rest = slice_from(cases[i].text);
        struct slice raw = {0};
        assert_int_equal(unescape_cut(&rest, &raw), cases[i].raw != NULL);
        assert_text(raw, cases[i].raw);
        assert_text(rest, cases[i].rest);
    }
}

static void
takes_one_layer_off(void **state)
{
    (void)state;

    static const struct {
        const char *raw;
        const char *text;
    } cases[] = {
        {"\\\"X\\\" \\\\ \\n\\t\\r\\/\\'", "\"X\" \\ \n\t\r/'"},
        {"\\u003cnone\\u003e \\u0026", "<none> &"},
        {"\\xe3\\x82\\xa2 \\343\\202\\242", "\xe3\x82\xa2 \xe3\x82\xa2"},
        {"\\u30a2 \\U000030a2", "\xe3\x82\xa2 \xe3\x82\xa2"},
        {"\\ud83d\\ude00 \\U0001F600", "\xf0\x9f\x98\x80 \xf0\x9f\x98\x80"},
        {"\\ud83d \\ude00\\ud83d\\u0041",
         "\xef\xbf\xbd \xef\xbf\xbd\xef\xbf\xbd"
         "A"},
        {"\\\\\\\"X\\\\\\\"", "\\\"X\\\""},
        {"\\q \\x4 \\u12g4 \\U00110000 \\400 \\",
         "\\q \\x4 \\u12g4 \\U00110000 \\400 \\"},
        {"\\ude00\\ude01", "\xef\xbf\xbd\xef\xbf\xbd"},
        {"\\a\\b\\f\\v", "\a\b\f\v"},
        {"no escape", "no escape"},
        {"", ""},
    };

    for (size_t i = 0; i < COUNT(cases); i++) {
        struct buf scratch = {0};
        struct slice raw = slice_from(cases[i].raw);
        buf_reserve(&scratch, raw.len);
        assert_text(unescape_once(raw, &scratch), cases[i].text);
        buf_free(&scratch);
    }
}

static void
views_what_needs_no_copy(void **state)
{
    (void)state;
    struct buf scratch = {0};
    struct slice raw = SLICE("plain");
    assert_ptr_equal(unescape_once(raw, &scratch).data, raw.data);
    assert_ptr_equal(unescape_all(raw, &scratch).data, raw.data);
    assert_int_equal(scratch.len, 0);
    buf_free(&scratch);
}

static void
takes_all_layers_off(void **state)
{
    (void)state;

    static const struct {
        const char *raw;
        const char *text;
    } cases[] = {
        {"a \\\\\\\"X\\\\\\\" b", "a \"X\" b"},
        {"\\\\\\\\\\\\\\\"X\\\\\\\\\\\\\\\" b", "\"X\" b"},
        {"C:\\new \\u003c", "C:\\new \\u003c"},
    };

    for (size_t i = 0; i < COUNT(cases); i++) {
        struct buf scratch = {0};
        struct slice raw = slice_from(cases[i].raw);
        buf_reserve(&scratch, raw.len);
        const char *place = scratch.data;
        assert_text(unescape_all(raw, &scratch), cases[i].text);
        assert_ptr_equal(scratch.data, place);
        buf_free(&scratch);
    }
}

/* Where the first quote stands that no backslash takes away. */
static size_t
end_plainly(struct slice text)
{
    for (size_t at = 0; at < text.len; at++) {
        if (text.data[at] == '"') {
            return at;
        }
        at += text.data[at] == '\\';
    }
    return SLICE_NONE;
}

static void
finds_the_end_behind_any_escapes(void **state)
{
    (void)state;

    enum {
        LONGEST = 60
    };

    static const char bytes[] = "\"\\\\\\\\aaaaaaaa";
    uint32_t seed = 3;
    for (size_t round = 0; round < 20000; round++) {
        size_t len = round % LONGEST;
        char *block = mem_new(len + 1);
        size_t kinds = 3 + round % (sizeof(bytes) - 3);
        for (size_t i = 0; i < len; i++) {
            seed = seed * 1664525u + 1013904223u;
            block[1 + i] = bytes[(seed >> 24) % kinds];
            /* Most quotes are escaped, else the end is always near. */
            if (i > 0 && block[1 + i] == '"' && (seed >> 16 & 7) != 0) {
                block[i] = '\\';
            }
        }
        struct slice text = slice_of(block + 1, len);
        assert_int_equal(unescape_end(text, 0), end_plainly(text));
        mem_free(block);
    }
}

static void
gives_up_on_endless_layers(void **state)
{
    (void)state;
    struct buf text = {0};
    struct buf scratch = {0};
    /* Each layer halves them: nine would leave none. */
    for (int i = 0; i < 511; i++) {
        buf_add_byte(&text, '\\');
    }
    buf_add_byte(&text, '"');
    buf_reserve(&scratch, text.len);
    assert_text(unescape_all(buf_slice(&text), &scratch), "\\\"");
    buf_free(&scratch);
    buf_free(&text);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(cuts_quoted_text),
        cmocka_unit_test(takes_one_layer_off),
        cmocka_unit_test(views_what_needs_no_copy),
        cmocka_unit_test(takes_all_layers_off),
        cmocka_unit_test(finds_the_end_behind_any_escapes),
        cmocka_unit_test(gives_up_on_endless_layers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
