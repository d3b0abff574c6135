/* SPDX-License-Identifier: Apache-2.0 */
#include "app/option_row.h"
#include "app/options.h"
#include "base/mem.h"
#include "base/stamp.h"
#include "text.h"

#include <string.h>

enum {
    WORDS_MAX = 64,
};

#define PROVIDER                                                   \
    "azure:///subscriptions/00000000-0000-0000-0000-000000000001/" \
    "resourceGroups/g/providers/Microsoft.Compute/virtualMachines/v"
#define NOW (INT64_C(29398108) * STAMP_MINUTE)

/* A command line, cut at its blanks; "_" stands for an empty word. */
struct line {
    char text[512];
    char *argv[WORDS_MAX + 1];
    int argc;
    struct options options;
    struct fault fault;
};

static bool
parse(struct line *line, const char *text)
{
    const struct surroundings surroundings = {.now = NOW};
    *line = (struct line){.options.input_format = FORMATS};
    snprintf(line->text, sizeof(line->text), "pullwhy %s", text);
    for (char *word = strtok(line->text, " "); word; word = strtok(NULL, " ")) {
        assert_true(line->argc < WORDS_MAX);
        line->argv[line->argc++] = strcmp(word, "_") == 0 ? word + 1 : word;
    }
    return options_parse(line->argc, line->argv, &surroundings, &line->options,
                         &line->fault);
}

static void
assert_arguments(const struct line *line, const char *expected)
{
    char all[512] = "";
    for (size_t i = 0; i < line->options.argument_count; i++) {
        strcat(all, i > 0 ? " " : "");
        strcat(all, line->options.arguments[i]);
    }
    assert_string_equal(all, expected);
    assert_null(line->options.arguments[line->options.argument_count]);
}

static void
a_bare_call_has_its_defaults(void **state)
{
    (void)state;
    struct line line;
    assert_true(parse(&line, ""));
    const struct options *options = &line.options;
    assert_int_equal(options->command, COMMAND_ANALYZE);
    assert_int_equal(options->output, OUTPUT_TEXT);
    assert_int_equal(options->input_format, FORMATS);
    assert_int_equal(options->color, COLOR_AUTO);
    assert_false(options->has_db || options->no_db || options->exit_code);
    assert_true(options->since == 0);
    assert_arguments(&line, "");
}

static void
words_and_options_may_stand_anywhere(void **state)
{
    (void)state;

    static const struct {
        const char *line;
        enum command_id command;
        const char *arguments;
        bool exit_code;
    } cases[] = {
        {"a.log b.log", COMMAND_ANALYZE, "a.log b.log", false},
        {"a.log --exit-code b.log", COMMAND_ANALYZE, "a.log b.log", true},
        {"a.log b.log --exit-code", COMMAND_ANALYZE, "a.log b.log", true},
        {"--exit-code a.log - b.log", COMMAND_ANALYZE, "a.log - b.log", true},
        {"a.log -- --exit-code", COMMAND_ANALYZE, "a.log --exit-code", false},
        {"-- -x.log", COMMAND_ANALYZE, "-x.log", false},
        {"history", COMMAND_HISTORY, "", false},
        {"--lang en history", COMMAND_HISTORY, "", false},
        {"history --lang en", COMMAND_HISTORY, "", false},
        {"-- history", COMMAND_ANALYZE, "history", false},
        {"a.log history", COMMAND_ANALYZE, "a.log history", false},
        {"annotate history", COMMAND_ANNOTATE, "history", false},
        {"annotate annotate", COMMAND_ANNOTATE, "annotate", false},
        {"sql -- @open --state", COMMAND_SQL, "@open --state", false},
        {"--db history sql @open", COMMAND_SQL, "@open", false},
        {"help sql", COMMAND_HELP, "sql", false},
        {"show 7", COMMAND_SHOW, "7", false},
        {"explain unauthorized", COMMAND_EXPLAIN, "unauthorized", false},
        {"patterns test dir", COMMAND_PATTERNS, "test dir", false},
    };

    for (size_t i = 0; i < COUNT(cases); i++) {
        struct line line;
        if (!parse(&line, cases[i].line)) {
            fail_msg("%s: %s", cases[i].line, line.fault.text);
        }
        assert_int_equal(line.options.command, cases[i].command);
        assert_int_equal(line.options.exit_code, cases[i].exit_code);
        assert_arguments(&line, cases[i].arguments);
    }
}

static void
every_option_sets_what_it_says(void **state)
{
    (void)state;
    struct line line;
    assert_true(parse(
        &line, "--format json --input-format klog --db h.db --no-db --lang ja "
               "--color never --patterns dir --since 2h --exit-code "
               "--namespace a --node n-1 --cluster c --resource-group g "
               "--subscription 00000000-0000-0000-0000-000000000001 x.log"));
    const struct options *options = &line.options;
    const struct slice *facts = options->context.value;
    assert_int_equal(options->output, OUTPUT_JSON);
    assert_int_equal(options->input_format, FORMAT_KLOG);
    assert_string_equal(options->db, "h.db");
    assert_true(options->has_db && options->no_db && options->exit_code);
    assert_int_equal(options->language, LANGUAGE_JA);
    assert_int_equal(options->color, COLOR_NEVER);
    assert_string_equal(options->patterns, "dir");
    assert_true(options->since == NOW - 2 * STAMP_HOUR);
    assert_text(facts[FACT_NAMESPACE], "a");
    assert_text(facts[FACT_NODE], "n-1");
    assert_text(facts[FACT_CLUSTER], "c");
    assert_text(facts[FACT_RESOURCE_GROUP], "g");
    assert_text(facts[FACT_SUBSCRIPTION],
                "00000000-0000-0000-0000-000000000001");
    assert_arguments(&line, "x.log");

    assert_true(parse(&line, "history --cause unauthorized --registry x.io "
                             "--state quiet --since 2025-11-23T00:00:00Z"));
    assert_string_equal(options->cause, "unauthorized");
    assert_string_equal(options->registry, "x.io");
    assert_string_equal(options->state, "quiet");
    assert_true(options->since == NOW - 8 * STAMP_HOUR - 28 * STAMP_MINUTE);
}

/* The long form in two words and in one, cut short, and the letter. */
static void
both_forms_are_the_same(void **state)
{
    (void)state;

    static const char *const lines[] = {
        "--namespace a", "--namespace=a", "--namesp a",
        "-n a",          "-na",           "-n b -n a",
    };

    for (size_t i = 0; i < COUNT(lines); i++) {
        struct line line;
        assert_true(parse(&line, lines[i]));
        assert_text(line.options.context.value[FACT_NAMESPACE], "a");
        assert_arguments(&line, "");
    }
    struct line line;
    assert_true(parse(&line, "-h") && line.options.wants_help);
    assert_true(parse(&line, "--help") && line.options.wants_help);
    assert_true(parse(&line, "-V") && line.options.wants_version);
    assert_true(parse(&line, "--version") && line.options.wants_version);
    assert_true(parse(&line, "-hV") && line.options.wants_version
                && line.options.wants_help);
    assert_true(parse(&line, "-g rg-1"));
    assert_text(line.options.context.value[FACT_RESOURCE_GROUP], "rg-1");
}

/* Each row in its long form and by its letter, on a command that takes it. */
static void
every_row_is_understood(void **state)
{
    (void)state;

    static const struct {
        const char *argument;
        const char *value;
    } values[] = {
        {"PATH", "x"},     {"DIR", "x"},
        {"NAME", "plain"}, {"TIME", "1h"},
        {"SIZE", "200M"},  {"SLUG", "x"},
        {"HOST", "x"},     {"ID", "00000000-0000-0000-0000-000000000001"},
        {"N", "3"},
    };

    const struct option_row *row;
    size_t count = 0;
    for (; (row = option_row(count)); count++) {
        char text[256];
        struct line line;
        struct slice rest = slice_from(row->argument);
        struct slice value = rest;
        slice_cut(&rest, '|', &value);
        bool is_provider = row->kind == OPTION_PROVIDER;
        for (size_t i = 0; row->argument && i < COUNT(values); i++) {
            if (strcmp(row->argument, values[i].argument) == 0) {
                value = slice_from(values[i].value);
            }
        }
        value = is_provider ? SLICE(PROVIDER) : value;
        for (int command = 0; command < COMMANDS; command++) {
            const char *name = command_row((enum command_id)command)->name;
            snprintf(text, sizeof(text), "%s --%s %.*s", name ? name : "",
                     row->name, SLICE_ARG(value));
            assert_int_equal(parse(&line, text),
                             (row->commands & OPTION_ON(command)) != 0);
            options_free(&line.options);
        }
        snprintf(text, sizeof(text), "-%c %.*s", row->letter, SLICE_ARG(value));
        line = (struct line){0};
        assert_true(!row->letter || parse(&line, text));
        options_free(&line.options);
    }
    assert_true(count >= 19);
}

static void
a_wrong_line_is_told(void **state)
{
    (void)state;

    static const struct {
        const char *line;
        const char *told; /* a part of the message */
    } cases[] = {
        {"--fromat json", "unknown option --fromat; did you mean "
                          "--format?"},
        {"--colour=always", "unknown option --colour=always; did you mean "
                            "--color?"},
        {"a.log --nodb b.log", "unknown option --nodb; did you mean --no-db?"},
        {"--frobnicate", "unknown option --frobnicate; 'pullwhy --help'"},
        {"--re x", "--re may be --registry or --resource-group"},
        {"-x", "unknown option -x;"},
        {"-hx a.log", "unknown option -x;"},
        {"a.log -V -hx", "unknown option -x;"},
        {"--db", "--db wants a value: PATH"},
        {"a.log -n", "--namespace wants a value: NAME"},
        {"-hn", "--namespace wants a value: NAME"},
        {"--db= a.log", "--db wants a value: PATH"},
        {"--db _", "--db wants a value: PATH"},
        {"--since _", "--since wants a value: TIME"},
        {"--no-db=1", "--no-db takes no value"},
        {"--format xml",
         "--format: xml is none of text|json|none|box|csv|markdown"},
        {"--format tex", "--format: tex is none of"},
        {"--format json|none", "--format: json|none is none of"},
        {"--lang de", "--lang: de is none of en|ja"},
        {"--color yes", "--color: yes is none of auto|always|never"},
        {"history --state shut",
         "--state: shut is none of open|quiet|resolved"},
        {"--input-format klogg", "no format klogg; did you mean klog?"},
        {"--input-format xml", "--input-format: there is no format xml"},
        {"history --max-size 1T", "--max-size: 1T is no size (512K, 200M, 2G)"},
        {"history --max-size 0", "--max-size: 0 is no size"},
        {"history --max-size G", "--max-size: G is no size"},
        {"history --max-size 9000000000G", "--max-size: 9000000000G is no"},
        {"--threads 0", "--threads: 0 is no number from 1 to 16"},
        {"--threads 17", "--threads: 17 is no number from 1 to 16"},
        {"--threads two", "--threads: two is no number from 1 to 16"},
        {"--threads 99999999999999999999",
         "--threads: 99999999999999999999 is no number"},
        {"history --threads 2", "pullwhy history does not take --threads"},
        {"--since yesterday", "--since: yesterday is neither a span"},
        {"--since -2h", "--since: -2h is neither"},
        {"--since 2025-11-23", "--since: 2025-11-23 is neither"},
        {"--since 99999999999999999999d", "is neither"},
        {"--node a;b", "--node: 'a;b' cannot be a name"},
        {"--cluster $(id)", "--cluster: '$(id)' cannot be a name"},
        {"-g a`b", "--resource-group: 'a`b' cannot be a name"},
        {"--provider-id x", "--provider-id: 'x' is no azure:///"},
        {"--subscription x/y", "--subscription: 'x/y' cannot be a name"},
        {"--cause unauthorized", "the analysis does not take --cause"},
        {"history --exit-code", "pullwhy history does not take --exit-code"},
        {"annotate --db x", "pullwhy annotate does not take --db"},
        {"annotate --format json", "pullwhy annotate does not take --format"},
        {"--state open sql", "pullwhy sql does not take --state"},
        /* however many stand before it */
        {"--lang en --lang en --lang en --lang en --lang en --lang en --lang "
         "en --lang en --lang en --lang en --lang en --lang en --lang en "
         "--lang en --lang en --lang en --lang en --lang en --lang en --lang "
         "en --lang en --cause x",
         "the analysis does not take --cause"},
    };

    for (size_t i = 0; i < COUNT(cases); i++) {
        struct line line;
        assert_false(parse(&line, cases[i].line));
        assert_int_equal(line.fault.kind, FAULT_USAGE);
        if (!strstr(line.fault.text, cases[i].told)) {
            fail_msg("%s: %s", cases[i].line, line.fault.text);
        }
    }
}

static void
a_command_that_was_mistyped_is_guessed(void **state)
{
    (void)state;
    assert_string_equal(options_nearest_command("histroy"), "history");
    assert_string_equal(options_nearest_command("anotate"), "annotate");
    assert_string_equal(options_nearest_command("patern"), "patterns");
    assert_null(options_nearest_command("kubelet.log"));
    assert_null(options_nearest_command(""));
}

static void
assert_fits(const char *text)
{
    for (; *text; text += strcspn(text, "\n") + 1) {
        size_t len = strcspn(text, "\n");
        if (len > 79) {
            fail_msg("%zu columns: %.*s", len, (int)len, text);
        }
        assert_true(len == 0 || text[len - 1] != ' ');
    }
}

static void
help_fits_and_has_what_a_command_takes(void **state)
{
    (void)state;
    struct buf out = {0};
    for (int command = 0; command <= COMMANDS; command++) {
        const struct option_row *row;
        buf_clear(&out);
        options_help((enum command_id)command, &out);
        assert_fits(buf_string(&out));
        for (size_t i = 0; (row = option_row(i)); i++) {
            char name[64];
            bool is_taken = command == COMMANDS
                         || (row->commands & OPTION_ON(command)) != 0;
            snprintf(name, sizeof(name), "--%s%s", row->name,
                     row->argument ? " " : "");
            assert_int_equal(strstr(buf_string(&out), name) != NULL, is_taken);
        }
    }
    buf_clear(&out);
    options_usage(&out);
    assert_fits(buf_string(&out));
    buf_free(&out);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_bare_call_has_its_defaults),
        cmocka_unit_test(words_and_options_may_stand_anywhere),
        cmocka_unit_test(every_option_sets_what_it_says),
        cmocka_unit_test(both_forms_are_the_same),
        cmocka_unit_test(every_row_is_understood),
        cmocka_unit_test(a_wrong_line_is_told),
        cmocka_unit_test(a_command_that_was_mistyped_is_guessed),
        cmocka_unit_test(help_fits_and_has_what_a_command_takes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
