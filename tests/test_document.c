/* SPDX-License-Identifier: Apache-2.0 */
#include "base/buf.h"
#include "text.h"
#include "wire/document.h"

#include <cjson/cJSON.h>

/* All steps that the lines make, and the elements they hand out. */
static void
add_steps(struct buf *out, struct document *document, struct slice line)
{
    static const char *const steps[] = {"more", "element ", "piece ",
                                        "cut ", "end",      "broken "};
    if (!document->is_open) {
        document_start(document, DOCUMENT_PIECES);
    }
    do {
        struct slice element = slice_of(NULL, 0);
        enum document_step step = document_read(document, &line, &element);
        buf_add_text(out, steps[step]);
        buf_add(out, element);
        buf_add_byte(out, '|');
        if (step == DOCUMENT_BROKEN) {
            return;
        }
    } while (document->is_open && line.len > 0);
}

static void
finds_elements(void **state)
{
    (void)state;

    static const struct {
        const char *lines;
        const char *steps;
    } cases[] = {
        {"{}", "element {}|"},
        {"{\"a\": \"}\\\"{\"}", "element {\"a\": \"}\\\"{\"}|"},
        {"{\n\"a\": [1,\n2]\n}",
         "more|more|more|element {\n\"a\": [1,\n2]\n}|"},
        {"{\"items\":[{},{\"a\":1}]}", "element {}|element {\"a\":1}|end|"},
        {"{ \"events\" : [\n{\n\"a\":1\n},\n{}\n],\n\"b\": [{}]\n}",
         "more|more|more|element {\n\"a\":1\n}|more|element {}|more|more|end|"},
        {"{\"items\":[1,{}]}", "element {\"items\":[1,{}]}|"},
        {"{\"items\":[[{}]]}", "element {\"items\":[[{}]]}|"},
        {"{\"items\":{\"a\":[{}]}}", "element {\"items\":{\"a\":[{}]}}|"},
        {"{\"a\":1,\"items\":[{}]}", "element {\"a\":1,\"items\":[{}]}|"},
        {"{\"a\":[{}]}", "element {\"a\":[{}]}|"},
        {"{\"kind\":\"List\",\"items\":[{}]}", "element {}|end|"},
        {"{\"apiVersion\":\"v1\",\"items\":[{\"a\":{}},{\"b\":[]}],\"kind\":{}"
         "}",
         "element {\"a\":{}}|element {\"b\":[]}|end|"},
        {"{\"apiVersion\":\"v1\",\n\"items\":[\n{\n\"a\":1\n},\n{}\n]\n}",
         "more|more|more|more|element {\n\"a\":1\n}|more|element {}|more|end|"},
        {"{\"apiVersion\":\"v1\",\"rows\":[{\"cells\":[[]]}]}",
         "element {\"cells\":[[]]}|end|"},
        {"{\"apiVersion\":\"v1\",\"a\":{\"items\":[{}]}}",
         "element {\"apiVersion\":\"v1\",\"a\":{\"items\":[{}]}}|"},
        {"{\"apiVersion\":\"v1\",\"items\":{\"a\":[{}]}}",
         "element {\"apiVersion\":\"v1\",\"items\":{\"a\":[{}]}}|"},
        {"{\"apiVersion\":\"v1\",\"items\":[[{}],1,{}]}", "element {}|end|"},
        /* What is no JSON ends it on the spot. */
        {"{\nE1123 17:00", "more|broken {\n|"},
        {"{\"a\": \"b", "broken |"},
        {"{\"a\":1,\n\"b\nx", "more|broken {\"a\":1,\n|"},
    };

    for (size_t i = 0; i < COUNT(cases); i++) {
        struct document document = {0};
        struct buf out = {0};
        struct slice rest = slice_from(cases[i].lines);
        struct slice line;
        bool is_last = false;
        while (!is_last) {
            is_last = !slice_cut(&rest, '\n', &line);
            add_steps(&out, &document, is_last ? rest : line);
            is_last |= !document.is_open;
        }
        assert_text(buf_slice(&out), cases[i].steps);
        buf_free(&out);
        document_free(&document);
    }
}

/* What another reader takes for one object on one line, and what it does not. */
static void
knows_the_grammar(void **state)
{
    (void)state;

    static const char *const texts[] = {
        "{}",
        "{ }",
        "{\"a\":1}",
        "{\"a\":-1.5e+3}",
        "{\"a\":[]}",
        "{\"a\":[1,2,[3]]}",
        "{\"a\":{\"b\":{}}}",
        "{\"a\":true,\"b\":null}",
        "{\"a\":\"\\\\\"}",
        "{\"a\":\"\\u00e9\"}",
        "{",
        "{]",
        "{}}",
        "{\"a\"}",
        "{\"a\":}",
        "{\"a\":1,}",
        "{,}",
        "{\"a\":[1,]}",
        "{\"a\":[,1]}",
        "{\"a\" 1}",
        "{\"a\":1 \"b\":2}",
        "{\"a\"::1}",
        "{\"a\":[1}",
        "{\"a\":{1]}",
        "{a:1}",
        "{'a':1}",
        "{1:2}",
        "{\"a\":[{\"b\":\"]\"}]}",
        "{\"a\":\"x\\\"}",
        "{\"a\":[\"b\":1]}",
        "{\"a\":{\"b\"}}",
        "{\"a\":1 2}",
        "{[]}",
        "{{}}",
        "{\"a\",\"b\"}",
    };

    for (size_t i = 0; i < COUNT(texts); i++) {
        struct document document = {0};
        struct slice line = slice_from(texts[i]);
        struct slice element;
        cJSON *tree = cJSON_ParseWithOpts(texts[i], NULL, 1);
        document_start(&document, DOCUMENT_PIECES);
        bool is_whole =
            document_read(&document, &line, &element) == DOCUMENT_ELEMENT
            && line.len == 0;
        if (is_whole != (tree != NULL)) {
            fail_msg("%s", texts[i]);
        }
        cJSON_Delete(tree);
        document_free(&document);
    }
}

static void
looks_where_an_object_begins(void **state)
{
    (void)state;

    static const struct {
        const char *line;
        bool looks;
    } cases[] = {
        {"{", true},           {"  {  ", true},        {"{}", true},
        {"{ \"a\"", true},     {"[{\"a\"", true},      {", {\"a\"", true},
        {"[", false},          {"{a", false},          {"{[", false},
        {"[error] {}", false}, {"x {\"a\":1}", false}, {"", false},
    };

    for (size_t i = 0; i < COUNT(cases); i++) {
        assert_int_equal(document_looks(slice_from(cases[i].line)),
                         cases[i].looks);
    }
}

static size_t
slice_count(struct slice text, struct slice what)
{
    size_t count = 0;
    struct slice head;
    while (slice_cut_text(&text, what, &head)) {
        count++;
    }
    return count;
}

static void
read_line(struct document *document, const char *text, enum document_step step,
          size_t kept)
{
    struct slice line = slice_from(text);
    struct slice element;
    assert_int_equal(document_read(document, &line, &element), step);
    assert_true(document->kept.len <= kept);
}

enum {
    KEPT_MAX = DOCUMENT_MAX + 4 * DOCUMENT_DEPTH, /* bytes */
};

/* A list of any length in little memory; a long element is cut and left. */
static void
keeps_to_its_limits(void **state)
{
    (void)state;
    struct document document = {0};
    document_start(&document, DOCUMENT_PIECES);
    read_line(&document, "{\"apiVersion\": \"v1\", \"items\": [", DOCUMENT_MORE,
              0);
    for (int i = 0; i < 1000; i++) {
        read_line(&document, "{\"a\":", DOCUMENT_MORE, 16);
        read_line(&document, "1}", DOCUMENT_ELEMENT, 0);
        read_line(&document, ",", DOCUMENT_MORE, 0);
    }
    read_line(&document, "{\"a\":[0", DOCUMENT_MORE, 16);
    for (int i = 0; i < 300000; i++) {
        read_line(&document, ",12345", DOCUMENT_MORE, KEPT_MAX);
    }
    read_line(&document, "]}", DOCUMENT_CUT, 0);
    assert_int_equal(document.last.len, KEPT_MAX);
    read_line(&document, ",{}", DOCUMENT_ELEMENT, 0);
    read_line(&document, "]}", DOCUMENT_END, 0);
    document_free(&document);
}

/* Where a comma ends a line, it is not cut: nothing of it is lost. */
static void
hands_out_pieces(void **state)
{
    (void)state;
    struct document document = {0};
    size_t pieces = 0;
    size_t numbers = 0;
    document_start(&document, DOCUMENT_PIECES);
    read_line(&document, "{\"a\":{\"b\":[[0],[", DOCUMENT_MORE, 32);
    for (int i = 0; i < 600000;) {
        struct slice line = SLICE("12345,");
        struct slice element;
        enum document_step step = document_read(&document, &line, &element);
        assert_true(document.kept.len <= DOCUMENT_MAX);
        if (step == DOCUMENT_PIECE) {
            const char *head = pieces == 0 ? "{\"a\":{\"b\":[[0],[\n12345,\n"
                                           : "{\"\":{\"\":[[12345,\n";
            assert_true(slice_starts(element, slice_from(head)));
            assert_true(slice_ends(element, SLICE("12345,\n")));
            numbers += slice_count(element, SLICE("12345"));
            pieces++;
        } else {
            assert_int_equal(step, DOCUMENT_MORE);
            i++;
        }
    }
    read_line(&document, "0]]}}", DOCUMENT_ELEMENT, 0);
    numbers += slice_count(buf_slice(&document.last), SLICE("12345"));
    assert_int_equal(numbers, 600000);
    assert_true(pieces >= 4);
    assert_false(document.is_open);
    document_free(&document);
}

static void
refuses_hostile_depth(void **state)
{
    (void)state;
    struct document document = {0};
    document_start(&document, DOCUMENT_PIECES);
    read_line(&document, "{\"a\":", DOCUMENT_MORE, 16);
    for (int i = 1; i < DOCUMENT_DEPTH; i++) {
        read_line(&document, "[", DOCUMENT_MORE, 1024);
    }
    read_line(&document, "[", DOCUMENT_BROKEN, 1024);
    assert_false(document.is_open);
    document_free(&document);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(finds_elements),
        cmocka_unit_test(knows_the_grammar),
        cmocka_unit_test(looks_where_an_object_begins),
        cmocka_unit_test(keeps_to_its_limits),
        cmocka_unit_test(hands_out_pieces),
        cmocka_unit_test(refuses_hostile_depth),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
