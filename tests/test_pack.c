/* SPDX-License-Identifier: Apache-2.0 */
#include "assert_slice.h"
#include "base/buf.h"
#include "base/embedded.h"
#include "match/pack.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void
assert_same(const struct yaml *a, const struct yaml *b, const char *where)
{
    if (a->kind != b->kind || a->line != b->line || a->column != b->column
        || a->count != b->count || !slice_equal(a->key, b->key)
        || !slice_equal(a->text, b->text)) {
        fail_msg("%s:%d:%d: %.*s: '%.*s' differs from '%.*s'", where, a->line,
                 a->column, SLICE_ARG(a->key), SLICE_ARG(a->text),
                 SLICE_ARG(b->text));
    }
    const struct yaml *other = b->first;
    size_t count = 0;
    for (const struct yaml *at = a->first; at; at = at->next) {
        assert_non_null(other);
        assert_same(at, other, where);
        other = other->next;
        count++;
    }
    assert_null(other);
    assert_int_equal(a->kind == YAML_TEXT ? 0 : count, a->count);
}

static void
read_file(const char *name, struct buf *text)
{
    struct buf path = {0};
    const char *top = getenv("top_srcdir");
    buf_print(&path, "%s/%s", top ? top : ".", name);
    FILE *file = fopen(buf_string(&path), "rb");
    size_t got = 1;
    assert_non_null(file);
    while (got > 0) {
        buf_reserve(text, 65536);
        got = fread(text->data + text->len, 1, 65536, file);
        text->len += got;
    }
    fclose(file);
    buf_free(&path);
}

/* Whatever the build made of a file, it is what parsing it now gives. */
static void
what_is_built_in_is_what_the_files_say(void **state)
{
    (void)state;
    size_t count = 0;
    for (const struct embedded *row = embedded_patterns; row->name; row++) {
        struct arena arena = {0};
        struct fault fault = {0};
        struct buf text = {0};
        struct buf packed = {0};
        struct slice built_in = slice_of(row->text, row->len);
        read_file(row->name, &text);
        const struct yaml *tree = yaml_parse(buf_slice(&text), &arena, &fault);
        assert_non_null(tree);
        pack_add(&packed, tree);
        if (pack_is(built_in)) {
            assert_true(slice_equal(built_in, buf_slice(&packed)));
        } else {
            assert_true(slice_equal(built_in, buf_slice(&text)));
        }
        const struct yaml *read = pack_read(buf_slice(&packed), NULL, &arena);
        assert_non_null(read);
        assert_same(tree, read, row->name);
        buf_free(&packed);
        buf_free(&text);
        arena_free(&arena);
        count++;
    }
    assert_true(count > 50);
}

static const char sample[] =
    "a: 1\n"
    "samples:\n"
    "  - line: x\n"
    "b:\n"
    "  samples: [y, {z: ''}, []]\n"
    "long: |\n"
    "  0123456789012345678901234567890123456789012345"
    "67890123456789012345678901234567890123456789012345"
    "67890123456789012345678901234567890123456789\n";

static void
what_is_passed_over_is_there_but_empty(void **state)
{
    (void)state;
    static const char *const passed[] = {"samples", NULL};
    struct arena arena = {0};
    struct fault fault = {0};
    struct buf packed = {0};
    pack_add(&packed, yaml_parse(slice_from(sample), &arena, &fault));
    const struct yaml *root = pack_read(buf_slice(&packed), passed, &arena);
    assert_non_null(root);
    assert_int_equal(root->count, 4);
    const struct yaml *samples = yaml_get(root, "samples");
    assert_int_equal(samples->kind, YAML_LIST);
    assert_int_equal(samples->line, 2);
    assert_int_equal(samples->count, 0);
    assert_null(samples->first);
    /* at the root alone */
    const struct yaml *inner = yaml_get(yaml_get(root, "b"), "samples");
    assert_int_equal(inner->count, 3);
    assert_slice(inner->first->text, "y", "inner");
    assert_slice(yaml_get(root, "a")->text, "1", "a");
    buf_free(&packed);
    arena_free(&arena);
}

static void
what_is_damaged_is_refused(void **state)
{
    (void)state;
    struct arena arena = {0};
    struct fault fault = {0};
    struct buf packed = {0};
    pack_add(&packed, yaml_parse(slice_from(sample), &arena, &fault));
    struct slice bytes = buf_slice(&packed);
    for (size_t len = 0; len < bytes.len; len++) {
        assert_null(pack_read(slice_before(bytes, len), NULL, &arena));
    }
    assert_non_null(pack_read(bytes, NULL, &arena));
    buf_add_byte(&packed, 0);
    assert_null(pack_read(buf_slice(&packed), NULL, &arena));
    assert_null(pack_read(SLICE("cause: x\n"), NULL, &arena));
    assert_false(pack_is(SLICE("cause: x\n")));
    /* whatever a byte says, nothing is read beyond the bytes */
    bytes = slice_before(buf_slice(&packed), packed.len - 1);
    for (size_t i = 0; i < bytes.len; i++) {
        char *byte = packed.data + i;
        char was = *byte;
        for (int other = 0; other < 256; other += 5) {
            *byte = (char)other;
            (void)pack_read(bytes, NULL, &arena);
        }
        *byte = was;
    }
    assert_non_null(pack_read(bytes, NULL, &arena));
    buf_free(&packed);
    arena_free(&arena);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_built_in_is_what_the_files_say),
        cmocka_unit_test(what_is_passed_over_is_there_but_empty),
        cmocka_unit_test(what_is_damaged_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
