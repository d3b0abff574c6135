/* SPDX-License-Identifier: Apache-2.0 */
#include "assert_slice.h"
#include "match/yaml.h"

#include <string.h>

static void
a_tree_with_places(void **state)
{
    (void)state;
    struct arena arena = {0};
    struct fault fault = {0};
    const struct yaml *root = yaml_parse(SLICE("# a remark\n"
                                               "cause: x\n"
                                               "list:\n"
                                               "  - 'it''s'\n"
                                               "  - {a: \"1\\n2\", b: }\n"
                                               "text: |\n"
                                               "  one\n"
                                               "  two\n"),
                                         &arena, &fault);
    assert_non_null(root);
    assert_int_equal(root->kind, YAML_MAP);
    assert_int_equal(root->count, 3);
    assert_slice(yaml_get(root, "cause")->text, "x", "cause");
    assert_int_equal(yaml_get(root, "cause")->line, 2);
    assert_int_equal(yaml_get(root, "cause")->column, 1);
    assert_null(yaml_get(root, "caus"));
    assert_null(yaml_get(NULL, "cause"));

    const struct yaml *list = yaml_get(root, "list");
    assert_int_equal(list->kind, YAML_LIST);
    assert_int_equal(list->count, 2);
    assert_null(yaml_get(list, "cause"));
    assert_slice(list->first->text, "it's", "list");
    assert_int_equal(list->first->line, 4);
    const struct yaml *map = list->first->next;
    assert_slice(yaml_get(map, "a")->text, "1\n2", "a");
    assert_int_equal(yaml_get(map, "a")->line, 5);
    assert_int_equal(yaml_get(map, "b")->kind, YAML_TEXT);
    assert_int_equal(yaml_get(map, "b")->text.len, 0);
    assert_null(map->next);
    assert_slice(yaml_get(root, "text")->text, "one\ntwo\n", "text");
    arena_free(&arena);
}

static void
what_is_wrong_is_told_with_its_place(void **state)
{
    (void)state;

    static const struct {
        const char *text;
        const char *says;
    } cases[] = {
        {"", "1:1: "},
        {"# nothing\n", "1:1: "},
        {"a: 1\nb: 'x\n", "2:"},
        {"a: 1\nb: [1, 2\n", "3:1: "},
        {"a: 1\n\tb: 2\n", "1:"},
        {"a: 1\nb: 2\na: 3\n", "3:1: "},
        {"x: {a: 1, a: 2}\n", "1:11: "},
        {"a: &x 1\nb: *x\n", "2:5: aliases"},
        {"? [a, b]\n: 1\n", "a key must be a word"},
        {"[[[[[[[[[[[[[[[[[[x]]]]]]]]]]]]]]]]]]", "deeper than 16"},
        {"a: 1\n  b: 2\n", ""},
    };

    for (size_t i = 0; i < COUNT(cases); i++) {
        struct arena arena = {0};
        struct fault fault = {0};
        if (yaml_parse(slice_from(cases[i].text), &arena, &fault)) {
            fail_msg("%s is taken for YAML", cases[i].text);
        }
        assert_int_equal(fault.kind, FAULT_INPUT);
        if (!strstr(fault.text, cases[i].says)) {
            fail_msg("%s says %s, not %s", cases[i].text, fault.text,
                     cases[i].says);
        }
        arena_free(&arena);
    }
}

static void
a_fault_of_a_reader_names_the_place(void **state)
{
    (void)state;
    struct arena arena = {0};
    struct fault fault = {0};
    const struct yaml *root =
        yaml_parse(SLICE("a: 1\n  \nbb: 2\n"), &arena, &fault);
    assert_non_null(root);
    assert_false(yaml_fault(yaml_get(root, "bb"), &fault, "%s is %d", "x", 7));
    assert_string_equal(fault.text, "3:1: x is 7");
    assert_int_equal(fault.kind, FAULT_INPUT);
    assert_false(yaml_fault(NULL, &fault, "x"));
    assert_string_equal(fault.text, "1:1: x");
    arena_free(&arena);
}

static void
hostile_files_end(void **state)
{
    (void)state;

    static const char *const units[] = {"[",   "{",    "- ", "a: ", "\"",
                                        "&a ", "\xff", "? ", "!!"};

    for (size_t i = 0; i < COUNT(units); i++) {
        struct arena arena = {0};
        struct fault fault = {0};
        static char text[4096];
        size_t len = 0;
        size_t unit = strlen(units[i]);
        while (len + unit <= sizeof(text)) {
            memcpy(text + len, units[i], unit);
            len += unit;
        }
        const struct yaml *root =
            yaml_parse(slice_of(text, len), &arena, &fault);
        assert_true(root || fault.kind == FAULT_INPUT);
        arena_free(&arena);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_tree_with_places),
        cmocka_unit_test(what_is_wrong_is_told_with_its_place),
        cmocka_unit_test(a_fault_of_a_reader_names_the_place),
        cmocka_unit_test(hostile_files_end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
