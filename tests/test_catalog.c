/* SPDX-License-Identifier: Apache-2.0 */
#include "base/buf.h"
#include "match/catalog.h"
#include "match/look.h"
#include "match/prove.h"
#include "scratch.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static const int64_t now = INT64_C(1795456800000000);

/* A file without a fault; the lines of it are counted on below. */
static const char good[] =
    "cause: moon-phase\n"                           /* 1 */
    "title: {en: t, ja: t}\n"                       /* 2 */
    "severity: error\n"                             /* 3 */
    "scope: image\n"                                /* 4 */
    "class: permanent\n"                            /* 5 */
    "rank: 5\n"                                     /* 6 */
    "match:\n"                                      /* 7 */
    "  - needs: ['the moon is ']\n"                 /* 8 */
    "    pattern: 'the moon is (?<secret>wrong)'\n" /* 9 */
    "why: {en: w, ja: w}\n"                         /* 10 */
    "remedies:\n"                                   /* 11 */
    "  - id: look\n"                                /* 12 */
    "    title: {en: t, ja: t}\n"                   /* 13 */
    "    when: {vendor: [acr]}\n"                   /* 14 */
    "    steps:\n"                                  /* 15 */
    "      - say: {en: s, ja: s}\n"                 /* 16 */
    "        run: kubectl get pod {{pod}}\n"        /* 17 */
    "samples:\n"                                    /* 18 */
    "  - line: 'Failed to pull image \"r.io/a:1\": the moon is wrong'\n"
    "    facts: {registry: r.io}\n"                                 /* 20 */
    "rejects:\n"                                                    /* 21 */
    "  - 'Failed to pull image \"r.io/a:1\": the moon is right'\n"; /* 22 */

static void
on_wrong(void *ctx, struct slice file, int row, const char *what)
{
    struct buf *out = ctx;
    buf_print(out, "%.*s:%d: %s\n", SLICE_ARG(file), row, what);
}

static void
the_built_in_catalogue_proves_itself(void **state)
{
    (void)state;
    struct fault fault = {0};
    struct proof proof;
    struct buf said = {0};
    struct catalog *catalog = catalog_load_whole(NULL, &fault);
    if (!catalog) {
        print_message("# %s\n", fault.text);
    }
    assert_non_null(catalog);
    prove_catalog(catalog, now, on_wrong, &said, &proof);
    assert_string_equal(buf_string(&said), "");
    assert_int_equal(proof.faults, 0);
    assert_int_equal(proof.causes, catalog_count(catalog));
    assert_true(proof.samples > 100);
    assert_true(proof.rejects > 50);
    catalog_free(catalog);
    buf_free(&said);
}

static void
write_file(struct scratch *scratch, const char *name, const char *text)
{
    FILE *file = fopen(scratch_path(scratch, name), "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(text, 1, strlen(text), file), strlen(text));
    assert_int_equal(fclose(file), 0);
}

/* The good file with a piece of it replaced, under its own name. */
static void
write_changed(struct scratch *scratch, const char *find, const char *by)
{
    struct buf text = {0};
    struct slice rest = slice_from(good);
    struct slice head;
    assert_true(slice_cut_text(&rest, slice_from(find), &head));
    buf_add(&text, head);
    buf_add_text(&text, by);
    buf_add(&text, rest);
    write_file(scratch, "moon-phase.yaml", buf_string(&text));
    buf_free(&text);
}

static void
no_pattern_is_slow_on_its_own_words(void **state)
{
    struct scratch *scratch = *state;
    struct fault fault = {0};
    struct proof proof = {0};
    struct buf said = {0};
    struct catalog *catalog = catalog_load_whole(NULL, &fault);
    assert_non_null(catalog);
    prove_costs(catalog, on_wrong, &said, &proof);
    assert_string_equal(buf_string(&said), "");
    assert_int_equal(proof.faults, 0);
    catalog_free(catalog);

    /* and one that goes over the rest of the line from each of its words is */
    write_changed(scratch, "the moon is (?<secret>wrong)",
                  "the moon is .*(?<secret>wrong)");
    catalog = catalog_load_whole(scratch->folder, &fault);
    assert_non_null(catalog);
    prove_costs(catalog, on_wrong, &said, &proof);
    assert_int_equal(proof.faults, 1);
    assert_non_null(strstr(buf_string(&said),
                           "moon-phase.yaml:8: the pattern takes more than "));
    catalog_free(catalog);

    write_changed(scratch, "the moon is (?<secret>wrong)",
                  "the moon is (?:.*(?<secret>wrong)|.*+(*SKIP)(*F))");
    catalog = catalog_load_whole(scratch->folder, &fault);
    prove_costs(catalog, on_wrong, &said, &proof);
    assert_int_equal(proof.faults, 1);
    catalog_free(catalog);
    buf_free(&said);
}

static void
same_text(struct slice a, struct slice b)
{
    assert_int_equal(a.len, b.len);
    assert_memory_equal(a.data, b.data, a.len);
}

/* What proves it is looked at and not kept; all else is the same. */
static void
same_without_proofs(const struct catalog *catalog, const struct catalog *whole)
{
    assert_int_equal(catalog_count(catalog), catalog_count(whole));
    for (size_t i = 0; i < catalog_count(catalog); i++) {
        const struct cause *cause = catalog_cause(catalog, i);
        const struct cause *other = catalog_cause(whole, i);
        same_text(cause->slug, other->slug);
        same_text(cause->file, other->file);
        same_text(cause->title.in[LANGUAGE_EN], other->title.in[LANGUAGE_EN]);
        same_text(cause->why.in[LANGUAGE_JA], other->why.in[LANGUAGE_JA]);
        assert_int_equal(cause->row, other->row);
        assert_int_equal(cause->remedy_count, other->remedy_count);
        assert_int_equal(cause->sample_count, 0);
        assert_int_equal(cause->reject_count, 0);
    }
    const struct look *other;
    for (size_t i = 0; (other = catalog_look(whole, i)); i++) {
        const struct look *look = catalog_look(catalog, i);
        assert_non_null(look);
        same_text(look->cause->slug, other->cause->slug);
        assert_int_equal(look->row, other->row);
    }
}

/* What runs load says the same of a folder as what proves it loads. */
static void
loads_alike(struct scratch *scratch, const struct catalog *whole,
            const struct fault *expected)
{
    struct fault fault = {0};
    struct catalog *catalog = catalog_load(scratch->folder, &fault);
    assert_int_equal(catalog != NULL, whole != NULL);
    if (catalog) {
        same_without_proofs(catalog, whole);
    } else {
        assert_string_equal(fault.text, expected->text);
    }
    catalog_free(catalog);
}

/* What loading and proving the folder says; "" if all is well. */
static void
say_what_is_wrong(struct scratch *scratch, struct buf *said)
{
    struct fault fault = {0};
    struct proof proof = {0};
    buf_clear(said);
    struct catalog *catalog = catalog_load_whole(scratch->folder, &fault);
    loads_alike(scratch, catalog, &fault);
    if (catalog) {
        prove_catalog(catalog, now, on_wrong, said, &proof);
    } else {
        assert_int_equal(fault.kind, FAULT_INPUT);
        buf_add_text(said, fault.text);
    }
    catalog_free(catalog);
}

static void
expect_changed(struct scratch *scratch, const char *find, const char *by,
               const char *says)
{
    struct buf said = {0};
    struct buf want = {0};
    write_changed(scratch, find, by);
    say_what_is_wrong(scratch, &said);
    buf_print(&want, "%s:%s", scratch_path(scratch, "moon-phase.yaml"), says);
    if (slice_find(buf_slice(&said), buf_slice(&want)) == SLICE_NONE) {
        fail_msg("with '%s', it says:\n%s\nnot:\n%s", by, buf_string(&said),
                 buf_string(&want));
    }
    buf_free(&want);
    buf_free(&said);
}

struct change {
    const char *find;
    const char *by;
    const char *says;
};

static void
expect_all(struct scratch *scratch, const struct change *changes, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        expect_changed(scratch, changes[i].find, changes[i].by,
                       changes[i].says);
    }
}

static void
a_folder_stands_over_the_built_in_files(void **state)
{
    struct scratch *scratch = *state;
    struct fault fault = {0};
    struct buf said = {0};
    write_file(scratch, "moon-phase.yaml", good);
    write_file(scratch, "notes.txt", "not: [a pattern");
    say_what_is_wrong(scratch, &said);
    assert_string_equal(buf_string(&said), "");
    struct catalog *built_in = catalog_load_whole(NULL, &fault);
    struct catalog *own = catalog_load_whole(scratch->folder, &fault);
    assert_int_equal(catalog_count(own), catalog_count(built_in) + 1);
    const struct cause *cause = catalog_find(own, SLICE("moon-phase"));
    assert_non_null(cause);
    assert_int_equal(cause->rank, 5);
    assert_int_equal(cause->remedies[0]->when.count, 1);
    assert_null(catalog_find(built_in, SLICE("moon-phase")));
    catalog_free(own);

    /* a file of the same name takes the place of the built-in one */
    write_file(scratch, "unknown.yaml", good);
    remove(scratch_path(scratch, "moon-phase.yaml"));
    own = catalog_load_whole(scratch->folder, &fault);
    assert_non_null(own);
    assert_int_equal(catalog_count(own), catalog_count(built_in));
    assert_null(catalog_find(own, SLICE("unknown")));
    catalog_free(own);
    catalog_free(built_in);
    catalog_free(NULL);
    buf_free(&said);
}

static void
a_folder_that_cannot_be_read(void **state)
{
    struct scratch *scratch = *state;
    struct fault fault = {0};
    assert_null(catalog_load_whole(scratch_path(scratch, "none"), &fault));
    assert_non_null(strstr(fault.text, "cannot read the pattern folder"));
    assert_null(catalog_load_whole(scratch->folder, &fault));
    assert_non_null(strstr(fault.text, "has no .yaml file"));
}

static void
samples_that_prove_nothing(void **state)
{
    static const struct change changes[] = {
        {"moon is wrong'\n    facts", "moon is full'\n    facts",
         "19: the sample is caught by another cause, unknown: "},
        {"'Failed to pull image \"r.io/a:1\": the moon is wrong'",
         "'the moon is wrong'",
         "19: the sample is not caught by any cause: the moon is wrong"},
        {"the moon is wrong'\n    facts",
         "no match for platform in manifest, the moon is wrong'\n    facts",
         "19: the sample is caught by another cause, platform-mismatch: "},
        {"registry: r.io", "registry: s.io",
         "19: the sample gives registry 'r.io', not 's.io'"},
        {"registry: r.io", "tag: '2'", "19: the sample gives tag '1', not '2'"},
        {"the moon is right", "the moon is wrong",
         "22: the reject is caught by the pattern of line 8: "},
        {"why:", "  - needs: ['never said']\n    pattern: 'never said'\nwhy:",
         "10: no sample is caught by this pattern; give one"},
        {"  - line: 'Failed to pull image \"r.io/a:1\": the moon is wrong'\n"
         "    facts: {registry: r.io}\n",
         "  []\n", "8: no sample is caught by this pattern; give one"},
    };

    expect_all(*state, changes, sizeof(changes) / sizeof(changes[0]));
}

static void
patterns_that_are_wrong(void **state)
{
    static const struct change changes[] = {
        {"(?<secret>wrong)", "(wrong",
         "9:5: pattern: bad pattern at character 19: "},
        {"(?<secret>", "(?<moon>",
         "9:5: pattern: the group (?<moon>...) names no fact"},
        {"    pattern: 'the moon is (?<secret>wrong)'\n", "",
         "8:5: match: a block lacks its pattern:"},
        {"- needs: ['the moon is ']\n    pattern", "- pattern",
         "8:5: match: a block lacks its needs: "},
        {"['the moon is ']", "[]", "8:5: needs: give a list of literals"},
        {"['the moon is ']", "['m']",
         "8:14: needs: a literal has at least 2 bytes"},
        {"['the moon is ']", "['the \"moon\"']",
         "8:14: needs: a literal must not hold any of"},
        {"['the moon is ']", "['<image>: the moon']",
         "8:14: needs: a literal must not hold any of"},
        {"    pattern:", "    patern:", "9:5: unknown key patern: "},
        {"    pattern:", "    where: {moon: x}\n    pattern:",
         "9:13: where: no fact is called moon"},
        {"    pattern:", "    where: {tag: '('}\n    pattern:",
         "9:13: where: bad pattern at character 2: "},
        {"    pattern:", "    where: tag\n    pattern:", "9:5: where: {fact: "},
        {"    pattern:", "    facts: {moon: x}\n    pattern:",
         "9:13: facts: no fact is called moon"},
        {"    pattern:", "    facts: [a]\n    pattern:", "9:5: facts: {fact: "},
        {"    pattern:", "    alone: yes\n    pattern:",
         "9:5: alone: true or false is wanted here"},
        {"    pattern:", "    priority: high\n    pattern:",
         "9:5: priority: a number from -100 to 100"},
        {"match:\n", "match: []\nmatch2:\n", "8:1: unknown key match2"},
        {"  - needs: ['the moon is ']\n    pattern: 'the moon is "
         "(?<secret>wrong)'\n",
         "  - the moon\n",
         "8:5: match: a block with a pattern: is wanted here"},
    };

    expect_all(*state, changes, sizeof(changes) / sizeof(changes[0]));
}

static void
files_that_are_wrong(void **state)
{
    static const struct change changes[] = {
        {"rank: 5", "rank: 5\nrank: 4", "7:1: "},
        {"severity: error", "severty: error", "3:1: unknown key severty: "},
        {"severity: error", "severity: fatal",
         "3:1: severity: fatal is none of info, warning, error, critical"},
        {"scope: image\n", "", "1:1: the key scope: is missing"},
        {"rank: 5", "rank: 6", "6:1: rank: a number from 0 to 5 is wanted"},
        {"rank: 5", "rank: -1", "6:1: rank: a number from 0 to 5 is wanted"},
        {"cause: moon-phase", "cause: Moon Phase",
         "1:1: cause: lower-case letters, digits and - are wanted"},
        {"cause: moon-phase", "cause: unknown",
         "1:1: cause: unknown stands in patterns/unknown.yaml already"},
        {"title: {en: t, ja: t}", "title: {en: t}",
         "2:1: title: the translation 'ja' is missing"},
        {"title: {en: t, ja: t}", "title: t", "2:1: title: {en: ..., ja: ...}"},
        {"why: {en: w, ja: w}", "why: {en: w, ja: ''}", "10:14: ja: a text is"},
        {"why: {en: w, ja: w}", "why: {en: w, ja: w, de: w}",
         "10:21: de: de is none of en, ja"},
        {"say: {en: s, ja: s}", "say: {ja: s}",
         "16:9: say: the translation 'en' is missing"},
        {"{{pod}}", "{{moon}}",
         "17:9: run: {{moon}} is an unknown placeholder"},
        {"{{pod}}", "{{pod", "17:9: run: a {{ is not closed by }}"},
        {"vendor: [acr]", "moon: [full]",
         "14:12: when: no fact is called moon"},
        {"vendor: [acr]", "vendor: acr", "14:12: when: vendor: [value, ...]"},
        {"    steps:", "    weight: 4\n    steps:",
         "15:5: weight: a number from 0 to 3 is wanted"},
        {"    steps:", "    likely: {vendor: [acr]}\n    steps:",
         "15:5: likely: [{fact: [value, ...]}, ...] is wanted"},
        {"    steps:", "    likely: [{moon: [full]}]\n    steps:",
         "15:15: when: no fact is called moon"},
        {"    steps:", "    likely: [vendor]\n    steps:",
         "15:14: when, likely: {fact: [value, ...]} is wanted"},
        {"    title: {en: t, ja: t}\n    when", "    when",
         "12:5: remedies: a remedy lacks its id:, title: or steps:"},
        {"- id: look", "- use: no-such-remedy\n  - id: look",
         "12:5: use: shared.yaml has no remedy no-such-remedy"},
        {"        run:", "        rum:", "17:9: unknown key rum: "},
        {"facts: {registry: r.io}", "facts: {moon: x}",
         "20:13: facts: no fact is called moon"},
        {"facts: {registry: r.io}", "fact: {registry: r.io}",
         "19:5: samples: {line: ..., facts: {...}} is wanted"},
        {"facts: {registry: r.io}", "facts: r.io",
         "20:5: facts: {fact: value}"},
        {"samples:\n", "samples: x\nsources:\n", "18:1: samples: a list is"},
        {"rank: 5", "rank: [5", "8:"},
        {"rank: 5", "rank: 5\n\tscope: x", "6:"},
        {"rank: 5", "rank: *five", "6:8: aliases"},
    };

    expect_all(*state, changes, sizeof(changes) / sizeof(changes[0]));
}

static void
shared_remedies_that_are_wrong(void **state)
{
    struct scratch *scratch = *state;
    struct buf said = {0};

    static const struct {
        const char *text;
        const char *says;
    } cases[] = {
        {"shared: x\n", "shared.yaml:1:1: shared: a list"},
        {"shared:\n  - id: x\n", "shared.yaml:2:5: remedies: a "},
        {"shared:\n  - id: x\n    run: y\n",
         "shared.yaml:3:5: unknown key run"},
        {"", "shared.yaml:1:1: "},
    };

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        write_file(scratch, "shared.yaml", cases[i].text);
        say_what_is_wrong(scratch, &said);
        if (!strstr(buf_string(&said), cases[i].says)) {
            fail_msg("%s says %s", cases[i].text, buf_string(&said));
        }
    }
    buf_free(&said);
}

/* Rank, then priority, fallbacks last: so the first that catches is it. */
static void
looks_are_tried_in_order(void **state)
{
    (void)state;
    struct fault fault = {0};
    const struct look *look;
    const struct look *last = NULL;
    struct catalog *catalog = catalog_load_whole(NULL, &fault);
    for (size_t i = 0; (look = catalog_look(catalog, i)); i++) {
        if (last && last->is_fallback == look->is_fallback) {
            assert_true(last->cause->rank >= look->cause->rank);
        }
        if (last && last->is_fallback == look->is_fallback
            && last->cause->rank == look->cause->rank) {
            assert_true(last->priority >= look->priority);
        }
        assert_false(last && last->is_fallback && !look->is_fallback);
        last = look;
    }
    assert_non_null(last);
    assert_true(last->is_fallback);
    catalog_free(catalog);
}

int
main(void)
{
#define IN_SCRATCH(test) \
    cmocka_unit_test_setup_teardown(test, scratch_setup, scratch_teardown)
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_built_in_catalogue_proves_itself),
        IN_SCRATCH(no_pattern_is_slow_on_its_own_words),
        IN_SCRATCH(a_folder_stands_over_the_built_in_files),
        IN_SCRATCH(a_folder_that_cannot_be_read),
        IN_SCRATCH(samples_that_prove_nothing),
        IN_SCRATCH(patterns_that_are_wrong),
        IN_SCRATCH(files_that_are_wrong),
        IN_SCRATCH(shared_remedies_that_are_wrong),
        cmocka_unit_test(looks_are_tried_in_order),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
