/* SPDX-License-Identifier: Apache-2.0 */
#include "assert_slice.h"
#include "base/buf.h"
#include "match/rule.h"

#include <string.h>

/* NULL and a fault if it is wrong. */
static struct rule *
compile(struct slice pattern, struct fault *fault)
{
    struct rule *rule = rule_new(pattern, NULL);
    if (!rule_prepare(rule, fault)) {
        rule_free(rule);
        return NULL;
    }
    return rule;
}

static void
named_groups_are_parts(void **state)
{
    (void)state;
    struct fault fault;
    struct rule_hit hit;
    struct slice name;
    struct rule_matcher *matcher = rule_matcher_new();
    struct rule *rule = compile(
        SLICE("(a)?client (?<ip>[0-9.]+)(?: of (?<zone>\\w+))?"), &fault);
    assert_non_null(rule);
    assert_true(rule_group(rule, 0, &name));
    assert_slice(name, "ip", "names");
    assert_true(rule_group(rule, 1, &name));
    assert_slice(name, "zone", "names");
    assert_false(rule_group(rule, 2, &name));

    struct slice text = SLICE("a client 10.0.0.4 of west");
    assert_true(rule_match(rule, matcher, text, &hit));
    assert_slice(hit.parts[0], "10.0.0.4", "parts");
    assert_slice(hit.parts[1], "west", "parts");
    assert_ptr_equal(hit.parts[0].data, text.data + 9);
    /* a group that took no part is empty, whatever was matched before */
    assert_true(rule_match(rule, matcher, SLICE("client 1"), &hit));
    assert_slice(hit.parts[0], "1", "parts");
    assert_int_equal(hit.parts[1].len, 0);
    assert_false(rule_match(rule, matcher, SLICE("server"), &hit));
    assert_false(rule_match(rule, matcher, slice_of(NULL, 0), &hit));
    assert_int_equal(rule_breaks(rule), 0);
    rule_free(rule);
    rule_matcher_free(matcher);
}

static void
bad_patterns_are_told_with_their_place(void **state)
{
    (void)state;

    static const struct {
        const char *pattern;
        const char *says;
    } cases[] = {
        {"a(b", "bad pattern at character 4: "},
        {"a[b", "bad pattern at character 4: "},
        {"*a", "bad pattern at character 1: "},
        {"(?<a>b)(?<a>c)", "bad pattern at character "},
        {"\\C", "bad pattern at character "},
        {"\xff", "bad pattern at character "},
        {"(?<a>)(?<b>)(?<c>)(?<d>)(?<e>)(?<f>)(?<g>)(?<h>)(?<i>)(?<j>)(?<k>)"
         "(?<l>)(?<m>)(?<n>)(?<o>)(?<p>)(?<q>)",
         "17 named groups, at most 16"},
    };

    for (size_t i = 0; i < COUNT(cases); i++) {
        struct fault fault = {0};
        assert_null(compile(slice_from(cases[i].pattern), &fault));
        assert_int_equal(fault.kind, FAULT_INPUT);
        assert_non_null(strstr(fault.text, cases[i].says));
    }
    struct fault fault = {0};
    struct buf pattern = {0};
    while (pattern.len <= 4096) {
        buf_add_byte(&pattern, 'a');
    }
    assert_null(compile(buf_slice(&pattern), &fault));
    assert_non_null(strstr(fault.text, "4097 bytes long"));
    buf_free(&pattern);
}

static void
a_search_without_end_is_given_up(void **state)
{
    (void)state;
    struct fault fault;
    struct rule_hit hit;
    struct rule_matcher *matcher = rule_matcher_new();
    struct rule *rule = compile(SLICE("(?:x+x+)+(?=y)z"), &fault);
    assert_non_null(rule);
    struct buf text = {0};
    for (int i = 0; i < 40; i++) {
        buf_add_byte(&text, 'x');
    }
    buf_add_text(&text, "yz"); /* so that it is not refused at a glance */
    assert_false(rule_match(rule, matcher, buf_slice(&text), &hit));
    assert_int_equal(rule_breaks(rule), 1);
    /* and the matcher is as good as before */
    assert_false(rule_match(rule, matcher, SLICE("x"), &hit));
    assert_int_equal(rule_breaks(rule), 1);
    buf_free(&text);
    rule_free(rule);
    rule_matcher_free(matcher);
}

static void
bad_bytes_are_no_obstacle(void **state)
{
    (void)state;
    struct fault fault;
    struct rule_hit hit;
    struct rule_matcher *matcher = rule_matcher_new();
    struct rule *rule = compile(SLICE("イメージ (?<image>\\S+)"), &fault);
    assert_non_null(rule);
    assert_true(rule_match(
        rule, matcher, SLICE("\xff\xc3\0\x80 イメージ nginx \xe3\x82"), &hit));
    assert_slice(hit.parts[0], "nginx", "image");
    rule_free(rule);
    rule_matcher_free(matcher);
    rule_free(NULL);
    rule_matcher_free(NULL);
}

/* The JIT of PCRE2 10.42 alone does not see the second. */
static void
letters_beyond_ascii_are_no_blanks(void **state)
{
    (void)state;
    struct fault fault;
    struct rule_hit hit;
    struct rule_matcher *matcher = rule_matcher_new();
    struct rule *rule = compile(SLICE("at \\S+ not found"), &fault);
    assert_non_null(rule);
    assert_true(rule_match(rule, matcher, SLICE("at x not found"), &hit));
    assert_true(rule_match(rule, matcher, SLICE("at é not found"), &hit));
    assert_true(rule_match(rule, matcher, SLICE("at …/x not found"), &hit));
    assert_false(rule_match(rule, matcher, SLICE("é at  not found"), &hit));
    rule_free(rule);
    rule_matcher_free(matcher);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(letters_beyond_ascii_are_no_blanks),
        cmocka_unit_test(named_groups_are_parts),
        cmocka_unit_test(bad_patterns_are_told_with_their_place),
        cmocka_unit_test(a_search_without_end_is_given_up),
        cmocka_unit_test(bad_bytes_are_no_obstacle),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
