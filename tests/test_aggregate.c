/* SPDX-License-Identifier: Apache-2.0 */
#include "assert_slice.h"
#include "base/buf.h"
#include "match/aggregate.h"

static void
splits_where_an_error_surely_begins(void **state)
{
    (void)state;

    static const struct {
        const char *text;
        const char *head;
        const char *members[3];
    } cases[] = {
        {"Failed to pull image \"a\": [failed to resolve x: denied, failed to "
         "resolve y: a, b]",
         "Failed to pull image \"a\": ",
         {"failed to resolve x: denied", "failed to resolve y: a, b"}},
        /* real: nothing between the colon and the bracket */
        {"Failed to pull image \"a\":[rpc error: code = Unknown desc = failed, "
         "rpc error: code = NotFound desc = x]",
         "Failed to pull image \"a\":",
         {"rpc error: code = Unknown desc = failed",
          "rpc error: code = NotFound desc = x"}},
        {"[rpc error: code = Unknown desc = a [1, 2], rpc error: code = "
         "Unknown desc = b [manifests t]]",
         "",
         {"rpc error: code = Unknown desc = a [1, 2]",
          "rpc error: code = Unknown desc = b [manifests t]"}},
        {"ErrImagePull: \\\"[rpc error: code = A desc = a, denied: b]\\\"",
         "ErrImagePull: \\\"",
         {"rpc error: code = A desc = a", "denied: b"}},
        {"x: [Head <url>: EOF, Get <url>: EOF]",
         "x: ",
         {"Head <url>: EOF", "Get <url>: EOF"}},
        {"x: [unauthorized: a]", "x: ", {"unauthorized: a"}},
        /* the end is cut off, or more is said behind it */
        {"x: [unauthorized: a, denied: b",
         "x: ",
         {"unauthorized: a", "denied: b"}},
        {"x: [unauthorized: a, denied: b] y",
         "x: ",
         {"unauthorized: a", "denied: b] y"}},
    };

    for (size_t i = 0; i < COUNT(cases); i++) {
        struct aggregate aggregate;
        aggregate_split(slice_from(cases[i].text), &aggregate);
        assert_slice(aggregate.head, cases[i].head, cases[i].text);
        size_t count = 0;
        while (count < 3 && cases[i].members[count]) {
            count++;
        }
        assert_int_equal(aggregate.count, count);
        for (size_t j = 0; j < count; j++) {
            assert_slice(aggregate.members[j], cases[i].members[j],
                         cases[i].text);
        }
    }
}

static void
other_brackets_are_left_alone(void **state)
{
    (void)state;

    static const char *const cases[] = {
        "",
        "[",
        "x: [",
        "x: [a, b]",
        "dial tcp [fd00::1]:443: i/o timeout",
        "status code [manifests denied: x]: 403 Forbidden",
        "x [denied: y]",
        "map[denied: y]",
        "[ 12.3] denied: y",
        "failed to resolve a, failed to resolve b",
    };

    for (size_t i = 0; i < COUNT(cases); i++) {
        struct aggregate aggregate;
        aggregate_split(slice_from(cases[i]), &aggregate);
        assert_int_equal(aggregate.count, 0);
        assert_slice(aggregate.head, cases[i], cases[i]);
    }
}

static void
what_is_too_much_stays_in_the_last(void **state)
{
    (void)state;
    struct aggregate aggregate;
    struct buf text = {0};
    buf_add_text(&text, "x: [denied: 0");
    for (int i = 1; i < 100; i++) {
        buf_print(&text, ", denied: %d", i);
    }
    buf_add_byte(&text, ']');
    aggregate_split(buf_slice(&text), &aggregate);
    assert_int_equal(aggregate.count, AGGREGATE_MAX);
    struct slice last = aggregate.members[AGGREGATE_MAX - 1];
    assert_true(slice_starts(last, SLICE("denied: 7, denied: 8")));
    assert_true(slice_ends(last, SLICE("denied: 99")));
    buf_free(&text);
}

/* A look back at the head for each bracket would take minutes here. */
static void
a_storm_of_brackets_takes_no_time(void **state)
{
    (void)state;

    enum {
        LENGTH = 1 << 20
    };

    static const char *const units[] = {"[", "[ ", "x[denied: ", "x [denied: "};

    for (size_t i = 0; i < COUNT(units); i++) {
        struct aggregate aggregate;
        struct buf text = {0};
        for (size_t j = 0; j < LENGTH / 2; j++) {
            buf_add_byte(&text, ' ');
        }
        while (text.len < LENGTH) {
            buf_add_text(&text, units[i]);
        }
        aggregate_split(buf_slice(&text), &aggregate);
        assert_int_equal(aggregate.count, 0);
        buf_free(&text);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(splits_where_an_error_surely_begins),
        cmocka_unit_test(other_brackets_are_left_alone),
        cmocka_unit_test(what_is_too_much_stays_in_the_last),
        cmocka_unit_test(a_storm_of_brackets_takes_no_time),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
