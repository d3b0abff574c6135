/* SPDX-License-Identifier: Apache-2.0 */
#include "base/buf.h"
#include "report/table.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
/* cmocka.h needs the headers above. */
#include <cmocka.h>

/* What logs can hold: marks of each form, a wide text, an escape, a NULL. */
static struct table *
hostile_table(void)
{
    static const char *const names[] = {"n", "text"};
    const struct slice rows[][2] = {
        {SLICE("-7"), SLICE("=cmd|' /C calc'!A0")},
        {SLICE("12"), SLICE("a,\"b\"\n<b>_x_</b>")},
        {{0}, SLICE("東京\033[31m")},
    };
    struct table *table = table_new(names, COUNT(names));
    for (size_t i = 0; i < COUNT(rows); i++) {
        table_add(table, rows[i]);
    }
    return table;
}

static void
test_forms(void **state)
{
    (void)state;

    static const struct {
        void (*render)(const struct table *table, struct buf *out);
        const char *wanted;
    } cases[] = {
        {table_render_text, " n  text\n"
                            "-7  =cmd|' /C calc'!A0\n"
                            "12  a,\"b\"\\n<b>_x_</b>\n"
                            "    東京\\x1b[31m\n"},
        {table_render_box, "┌────┬────────────────────┐\n"
                           "│  n │ text               │\n"
                           "├────┼────────────────────┤\n"
                           "│ -7 │ =cmd|' /C calc'!A0 │\n"
                           "│ 12 │ a,\"b\"\\n<b>_x_</b>  │\n"
                           "│    │ 東京\\x1b[31m       │\n"
                           "└────┴────────────────────┘\n"},
        {table_render_csv, "n,text\n"
                           "-7,\"'=cmd|' /C calc'!A0\"\n"
                           "12,\"a,\"\"b\"\"\\n<b>_x_</b>\"\n"
                           ",東京\\x1b[31m\n"},
        {table_render_markdown, "| n | text |\n"
                                "|--:|---|\n"
                                "| -7 | =cmd\\|' /C calc'!A0 |\n"
                                "| 12 | a,\"b\"\\\\n\\<b\\>_x_\\</b\\> |\n"
                                "|  | 東京\\\\x1b\\[31m |\n"},
        {table_render_json, "{\"n\":-7,\"text\":\"=cmd|' /C calc'!A0\"}\n"
                            "{\"n\":12,\"text\":\"a,\\\"b\\\"\\n<b>_x_</b>\"}\n"
                            "{\"n\":null,\"text\":\"東京\\u001b[31m\"}\n"},
    };
    struct table *table = hostile_table();
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct buf out = {0};
        cases[i].render(table, &out);
        assert_string_equal(buf_string(&out), cases[i].wanted);
        buf_free(&out);
    }
    table_free(table);
}

static void
test_no_rows_is_a_head(void **state)
{
    (void)state;
    static const char *const names[] = {"a", "b"};
    struct table *table = table_new(names, COUNT(names));
    struct buf out = {0};
    table_render_csv(table, &out);
    table_render_markdown(table, &out);
    table_render_box(table, &out);
    assert_string_equal(buf_string(&out), "a,b\n"
                                          "| a | b |\n|---|---|\n"
                                          "┌───┬───┐\n"
                                          "│ a │ b │\n"
                                          "├───┼───┤\n"
                                          "└───┴───┘\n");
    buf_free(&out);
    table_free(table);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_forms),
        cmocka_unit_test(test_no_rows_is_a_head),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
