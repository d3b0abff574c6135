/* SPDX-License-Identifier: Apache-2.0 */
#include "text.h"
#include "wire/value.h"

static void
takes_members_off(void **state)
{
    (void)state;

    static const struct {
        const char *object;
        const char *members;
    } cases[] = {
        {"{}", ""},
        {"{\"a\":1, \"b\" : [2,{}] ,\"c\":\"}\"}", "a=1;b=[2,{}];c=\"}\";"},
        {"{\n \"a\": {\"b\": \"\\\"\"}\n}", "a={\"b\": \"\\\"\"};"},
        {"{\"\":null,\"a\":tru}", "=null;a=tru;"},
        /* Damaged: some nonsense or nothing, and an end. */
        {"{\"a\":1,\"b", "a=1;"},
        {"{\"a\":\"x", "a=\"x;"},
        {"{\"a\":{\"b\":[", "a={\"b\":[;"},
        {"{\"a\":,\"b\":2}", ""},
        {"{]}", ""},
        {"[1]", ""},
        {"", ""},
    };

    for (size_t i = 0; i < COUNT(cases); i++) {
        struct buf out = {0};
        struct slice object = slice_from(cases[i].object);
        struct slice rest = value_inside(object);
        struct value_member member;
        while (value_is_object(object) && value_next_member(&rest, &member)) {
            buf_add(&out, member.key);
            buf_add_byte(&out, '=');
            buf_add(&out, member.value);
            buf_add_byte(&out, ';');
        }
        assert_text(buf_slice(&out), cases[i].members);
        buf_free(&out);
    }
}

static void
picks_by_name(void **state)
{
    (void)state;
    static const char *const names[] = {"b", "a", "none"};
    struct slice values[COUNT(names)];
    value_pick(SLICE("{\"a\":1,\"b\":2,\"a\":3}"), names, values, 3);
    assert_text(values[0], "2");
    assert_text(values[1], "1");
    assert_text(values[2], "");
    value_pick(SLICE("[\"a\",1]"), names, values, 3);
    assert_text(values[1], "");
}

static void
reads_values(void **state)
{
    (void)state;

    static const struct {
        const char *value;
        const char *text;
        uint64_t number;
    } cases[] = {
        {"\"a\\n\\u00e9\\ud83d\\ude00\"", "a\n\xc3\xa9\xf0\x9f\x98\x80", 0},
        {"\"plain\"", "plain", 0},
        {"\"42\"", "42", 42},
        {"42", "42", 42},
        {"4.5", "4.5", 0},
        {"true", "true", 0},
        {"null", "", 0},
        {"{\"a\":1}", "", 0},
        {"[1]", "", 0},
        {"", "", 0},
    };

    for (size_t i = 0; i < COUNT(cases); i++) {
        struct buf scratch = {0};
        uint64_t number = 0;
        buf_reserve(&scratch, 100);
        assert_text(value_text(slice_from(cases[i].value), &scratch),
                    cases[i].text);
        assert_int_equal(value_u64(slice_from(cases[i].value), &number),
                         cases[i].number > 0);
        assert_int_equal(number, cases[i].number);
        buf_free(&scratch);
    }
}

static void
reads_bytes(void **state)
{
    (void)state;
    struct buf scratch = {0};
    buf_reserve(&scratch, 100);
    assert_text(value_bytes(SLICE("[72, 105,10]"), &scratch), "Hi\n");
    assert_text(value_bytes(SLICE("[72,256,105]"), &scratch), "H");
    assert_text(value_bytes(SLICE("[]"), &scratch), "");
    buf_free(&scratch);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(takes_members_off),
        cmocka_unit_test(picks_by_name),
        cmocka_unit_test(reads_values),
        cmocka_unit_test(reads_bytes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
