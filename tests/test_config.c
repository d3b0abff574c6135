/* SPDX-License-Identifier: Apache-2.0 */
#include "app/config.h"
#include "app/environment.h"
#include "app/option_set.h"
#include "scratch.h"
#include "text.h"

#include <stdlib.h>
#include <string.h>

#define ID "00000000-0000-0000-0000-000000000001"

/* Sources as a command that watches has them: options that may be repeated. */
static const struct option_row rows[] = {
    {.name = "lang",
     .argument = "en|ja",
     .kind = OPTION_CHOICE,
     .field = offsetof(struct options, language),
     .commands = ~0u,
     .about = "language"},
    {.name = "unit",
     .argument = "NAME",
     .kind = OPTION_LIST,
     .group = "sources",
     .letter = 'u',
     .commands = ~0u,
     .about = "a unit's journal"},
    {.name = "journal",
     .kind = OPTION_LIST,
     .group = "sources",
     .commands = ~0u,
     .about = "the whole journal"},
    {.name = "label",
     .argument = "TEXT",
     .kind = OPTION_LIST,
     .commands = ~0u,
     .about = "as often as wanted"},
};
static const struct option_table lists = {rows, COUNT(rows)};

static void
write_file(const char *path, const char *text)
{
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    assert_true(fputs(text, file) >= 0);
    assert_int_equal(fclose(file), 0);
}

static void
write_bytes(const char *path, const char *bytes, size_t len)
{
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    assert_int_equal(fwrite(bytes, 1, len, file), len);
    assert_int_equal(fclose(file), 0);
}

/* Reads a text as the user's file; true if it is sound. */
static bool
read_as(struct scratch *scratch, const char *text, enum option_level level,
        struct options *options, struct config_faults *faults)
{
    const char *path = scratch_path(scratch, "config.yaml");
    const struct config_file file = {path, level, true};
    bool exists = false;
    write_file(path, text);
    bool ok = config_read(&file, options, faults, &exists);
    assert_true(exists);
    return ok;
}

static void
what_a_file_says_is_set(void **state)
{
    struct options options = {.table = &option_table, .now = 1};
    struct config_faults faults = {0};
    const char *text = "format: json\n"
                       "input-format: klog\n"
                       "db: h.db\n"
                       "no-db: true\n"
                       "lang: ja\n"
                       "color: never\n"
                       "patterns: /dir\n"
                       "since: 2025-11-23T00:00:00Z\n"
                       "exit-code: false\n"
                       "cause: unauthorized\n"
                       "registry: x.io\n"
                       "state: quiet\n"
                       "namespace: a\n"
                       "node: n-1\n"
                       "cluster: c\n"
                       "resource_group: g\n"
                       "subscription: " ID "\n"
                       "azure-json: /azure.json\n"
                       "provider-id: azure:///subscriptions/" ID
                       "/resourceGroups/g/providers/Microsoft.Compute/"
                       "virtualMachines/v\n";
    if (!read_as(*state, text, LEVEL_USER_FILE, &options, &faults)) {
        fail_msg("%s", buf_string(&faults.text));
    }
    assert_int_equal(options.output, OUTPUT_JSON);
    assert_int_equal(options.input_format, FORMAT_KLOG);
    assert_true(slice_ends(slice_from(options.db), SLICE("/h.db")));
    assert_int_equal(options.db[0], '/');
    assert_true(options.no_db);
    assert_int_equal(options.language, LANGUAGE_JA);
    assert_int_equal(options.color, COLOR_NEVER);
    assert_string_equal(options.patterns, "/dir");
    assert_true(options.since > 0);
    assert_false(options.exit_code);
    assert_string_equal(options.state, "quiet");
    assert_text(options.file_facts.value[FACT_RESOURCE_GROUP], "g");
    assert_int_equal(options.file_places[FACT_RESOURCE_GROUP].line, 16);
    assert_text(options.context.value[FACT_CLUSTER], "");
    buf_free(&faults.text);
    options_free(&options);
}

static struct slice
value_for(const struct option_row *row)
{
    struct slice rest = slice_from(row->argument);
    struct slice word = rest;
    switch (row->kind) {
    case OPTION_SWITCH:
        return SLICE("true");
    case OPTION_CHOICE:
    case OPTION_WORD:
        slice_cut(&rest, '|', &word);
        return word;
    case OPTION_FORMAT:
        return SLICE("klog");
    case OPTION_TIME:
    case OPTION_SPAN:
    case OPTION_DELAY:
        return SLICE("1h");
    case OPTION_THREADS:
        return SLICE("3");
    case OPTION_SIZE:
        return SLICE("1M");
    case OPTION_PROVIDER:
        return SLICE("azure:///subscriptions/" ID "/resourceGroups/g/providers/"
                     "Microsoft.Compute/virtualMachines/v");
    case OPTION_FACT:
        return fact_is_sound(row->fact, SLICE(ID)) ? SLICE(ID) : SLICE("a");
    case OPTION_LIST:
        return row->argument ? SLICE("x") : SLICE("true");
    case OPTION_TEXT:
    case OPTION_PATH:
        break;
    }
    return SLICE("x");
}

/* Each alone, so that a new row is proved without a word here. */
static void
every_row_can_be_said(void **state)
{
    for (size_t i = 0; i < option_table.count; i++) {
        const struct option_row *row = &option_table.rows[i];
        struct options options = {.table = &option_table};
        struct config_faults faults = {0};
        struct buf text = {0};
        struct slice value = value_for(row);
        buf_print(&text, "%s%s%s: %.*s%s\n", row->group ? row->group : "",
                  row->group ? ": [{" : "", row->name, SLICE_ARG(value),
                  row->group ? "}]" : "");
        bool ok = read_as(*state, buf_string(&text), LEVEL_USER_FILE, &options,
                          &faults);
        if (ok == row->line_only) {
            fail_msg("%s%s", buf_string(&text), buf_string(&faults.text));
        }
        bool is_said = row->kind == OPTION_FACT
                         ? options.file_facts.value[row->fact].len > 0
                     : row->kind == OPTION_LIST ? options.items != NULL
                                                : options.said[i] != NULL;
        assert_int_equal(is_said, !row->line_only);
        buf_free(&text);
        buf_free(&faults.text);
        options_free(&options);
    }
}

static void
what_is_known_of_the_cluster(void **state)
{
    struct options options = {.table = &option_table};
    struct config_faults faults = {0};
    struct buf text = {0};
    const char *key;
    enum fact fact;
    size_t count = 0;
    buf_add_text(&text, "azure:\n");
    for (; config_azure_key(count, &key, &fact); count++) {
        const char *value = fact_is_sound(fact, SLICE(ID)) ? ID : "name1";
        value = fact == FACT_CLOUD         ? "AzureChinaCloud"
              : fact == FACT_IDENTITY      ? "managed"
              : fact == FACT_BOOTSTRAP_ACR ? "cache1"
                                           : value;
        buf_print(&text, "  %s: %s\n", key, value);
    }
    buf_add_text(&text, "registries:\n"
                        "  myreg-abc123.azurecr.io:\n"
                        "    acr: myreg\n"
                        "    resource_group: rg1\n"
                        "  Other.azurecr.io: {id: /subscriptions/x/y}\n");
    if (!read_as(*state, buf_string(&text), LEVEL_USER_FILE, &options,
                 &faults)) {
        fail_msg("%s", buf_string(&faults.text));
    }
    for (size_t i = 0; i < count; i++) {
        assert_true(config_azure_key(i, &key, &fact));
        assert_true(options.file_facts.value[fact].len > 0);
        assert_int_equal(options.file_places[fact].line, i + 2);
        assert_int_equal(options.file_places[fact].column, 3);
    }
    assert_true(count >= 18);

    struct arena arena = {0};
    struct facts facts = {
        .value = {[FACT_REGISTRY] = SLICE("MyReg-abc123.azurecr.io"),
                  [FACT_ACR_RESOURCE_GROUP] = SLICE("told")}};
    context_add_registry(&facts, options.registries, &arena);
    assert_text(facts.value[FACT_ACR_NAME], "myreg");
    assert_text(facts.value[FACT_ACR_RESOURCE_GROUP], "told");
    facts = (struct facts){.value = {[FACT_REGISTRY] = SLICE("y.azurecr.io")}};
    context_add_registry(&facts, options.registries, &arena);
    assert_text(facts.value[FACT_ACR_NAME], "");
    arena_free(&arena);
    buf_free(&text);
    buf_free(&faults.text);
    options_free(&options);
}

static void
every_fault_is_told(void **state)
{
    static const struct {
        const char *text;
        const char *told; /* behind the file's name, all of it */
    } cases[] = {
        {"dbb: x\n", ":1:1: unknown key dbb; did you mean db?\n"},
        {"frobnicate: x\n", ":1:1: unknown key frobnicate; 'man pullwhy' "
                            "lists them under CONFIGURATION\n"},
        {"azur: {}\n", ":1:1: unknown key azur; did you mean azure?\n"},
        {"lang: [en]\n", ":1:1: lang: one value is wanted, not a list\n"},
        {"lang: {a: b}\n", ":1:1: lang: one value is wanted, not a map\n"},
        {"db:\n", ":1:1: db: a value is missing\n"},
        {"db: ''\n", ":1:1: db: a value is missing\n"},
        {"db: \"a\\nb\"\n", ":1:1: db: a control byte (0x0a) in the value\n"},
        {"db: \"a\\0b\"\n", ":1:1: db: a control byte (00) in the value\n"},
        {"no-db: yes\n", ":1:1: no-db: true or false is wanted\n"},
        {"- db\n", ":1:3: lines of 'OPTION: VALUE' are wanted\n"},
        {"db\n", ":1:1: lines of 'OPTION: VALUE' are wanted\n"},
        {"db: a\n\n  \ndb: b\n", ":4:1: db: line 1 says it already\n"},
        {"no-db: true\nno_db: true\n", ":2:1: no_db: line 1 says it already\n"},
        {"cluster: a\nazure: {cluster: b}\n",
         ":2:9: cluster: line 1 says it already\n"},
        {"azure: {cluster: b}\ncluster: a\n",
         ":2:1: cluster: line 1 says it already\n"},
        {"help: true\n", ":1:1: help: belongs on the command line only\n"},
        {"config: x\n", ":1:1: config: belongs on the command line only\n"},
        {"azure: x\n", ":1:1: azure: a map is wanted: {vnet: NAME, ...}\n"},
        {"azure: {identity: x}\n",
         ":1:9: identity: none of managed|service-principal\n"},
        {"azure: {vnet: $(id)}\n",
         ":1:9: vnet: the value cannot be a name of that kind\n"},
        {"cluster: $(id)\n",
         ":1:1: cluster: the value cannot be a name of that kind\n"},
        {"registries: [a]\n", ":1:1: registries: a map is wanted: {HOST: "
                              "{acr: NAME, resource_group: NAME}}\n"},
        {"registries: {x.io: {acr: a$b, ac: b}}\n",
         ":1:21: acr: the value cannot be a name of that kind\n"
         ":1:31: unknown key ac; did you mean acr?\n"},
        {"provider-id: aws:///x\n",
         ":1:1: provider-id: 'aws:///x' is no azure:///subscriptions/...; "
         "'kubectl get node NODE --output jsonpath={.spec.providerID}' prints "
         "it\n"},
        {"lang: en\n---\nlang: ja\n",
         ":2:1: a second document; there is only one\n"},
        {"lang: de\ncolor: blue\nsince: x\n",
         ":1:1: lang: de is none of en|ja\n"
         ":2:1: color: blue is none of auto|always|never\n"
         ":3:1: since: x is neither a span (2h, 7d) nor a time "
         "(2026-11-23T16:00:00Z)\n"},
    };

    for (size_t i = 0; i < COUNT(cases); i++) {
        struct options options = {.table = &option_table};
        struct config_faults faults = {0};
        struct buf told = {0};
        assert_false(
            read_as(*state, cases[i].text, LEVEL_USER_FILE, &options, &faults));
        struct slice rest = buf_slice(&faults.text);
        struct slice line;
        size_t count = 0;
        for (; slice_cut(&rest, '\n', &line); count++) {
            buf_add(&told,
                    slice_after(line, slice_find(line, SLICE(".yaml")) + 5));
            buf_add_byte(&told, '\n');
        }
        assert_string_equal(buf_string(&told), cases[i].told);
        assert_int_equal(count, faults.count);
        buf_free(&told);
        buf_free(&faults.text);
        options_free(&options);
    }
}

static void
no_secret_is_shown(void **state)
{
    static const char *const texts[] = {
        "aadClientSecret: hunter2\n",
        "azure: {aad_client_secret: hunter2}\n",
        "registries: {x.io: {Password: hunter2}}\n",
        "access-key: hunter2\n",
        "token: [hunter2]\n",
        "tokn: hunter2\n",
        "azure: {tenant: hunter2}\n",
        "subscription: hunter2\n",
    };

    for (size_t i = 0; i < COUNT(texts); i++) {
        struct options options = {.table = &option_table};
        struct config_faults faults = {0};
        assert_false(
            read_as(*state, texts[i], LEVEL_USER_FILE, &options, &faults));
        assert_null(strstr(buf_string(&faults.text), "hunter2"));
        assert_int_equal(
            strstr(buf_string(&faults.text), "a secret does not belong here")
                != NULL,
            i < 5);
        buf_free(&faults.text);
        options_free(&options);
    }
}

static void
files_of_odd_kinds(void **state)
{
    static const char nul[] = "db: a\0b\n";
    const char *path = scratch_path(*state, "odd.yaml");
    struct config_file file = {path, LEVEL_USER_FILE, false};
    struct options options = {.table = &option_table};
    struct config_faults faults = {0};
    bool exists;
    assert_true(config_read(&file, &options, &faults, &exists) && !exists);
    file.must_exist = true;
    assert_true(!config_read(&file, &options, &faults, &exists) && !exists);
    write_file(path, "");
    assert_true(config_read(&file, &options, &faults, &exists) && exists);
    write_file(path, "---\n# db: x\n...\n");
    assert_true(config_read(&file, &options, &faults, &exists) && exists);
    write_bytes(path, nul, sizeof(nul) - 1);
    assert_false(config_read(&file, &options, &faults, &exists));
    write_file(path, "db: \xff\xfe\n");
    assert_false(config_read(&file, &options, &faults, &exists));
    write_file(path, "a: &x b\ndb: *x\n");
    assert_false(config_read(&file, &options, &faults, &exists));
    file.path = "/dev/null";
    assert_true(config_read(&file, &options, &faults, &exists) && exists);
    file.path = "/";
    assert_false(config_read(&file, &options, &faults, &exists));
    file.path = "/dev/zero";
    assert_false(config_read(&file, &options, &faults, &exists));
    assert_non_null(strstr(buf_string(&faults.text), "larger than 1 MiB"));
    buf_free(&faults.text);
    options_free(&options);
}

/* All that was said by a list, "unit=a journal=", in its order. */
static void
assert_list(const struct options *options, const char *group,
            const char *expected)
{
    const struct option_item *item = NULL;
    char all[512] = "";
    while ((item = option_next(options, item, group))) {
        strcat(all, all[0] ? " " : "");
        strcat(all, item->row->name);
        strcat(all, "=");
        strcat(all, item->text ? item->text : "");
    }
    assert_string_equal(all, expected);
}

static void
lists_are_one_value(void **state)
{
    struct options options = {.table = &lists};
    struct config_faults faults = {0};
    char words[][12] = {"pullwhy", "-u", "x",        "--label=l",
                        "--unit",  "y",  "--journal"};
    char *argv[COUNT(words) + 1] = {NULL};
    struct surroundings surroundings = {0};
    struct fault fault = {0};
    assert_true(read_as(*state,
                        "sources:\n"
                        "  - unit: a\n"
                        "  - journal: true\n"
                        "  - unit: [b, c]\n"
                        "label: one\n",
                        LEVEL_SYSTEM_FILE, &options, &faults));
    assert_list(&options, "sources", "unit=a journal= unit=b unit=c");
    assert_list(&options, "label", "label=one");
    assert_int_equal(option_next(&options, NULL, "label")->place.line, 5);
    /* the user's stand in the place of the system's, each list for itself */
    assert_true(read_as(*state, "label: [two, three]\n", LEVEL_USER_FILE,
                        &options, &faults));
    assert_list(&options, "sources", "unit=a journal= unit=b unit=c");
    assert_list(&options, "label", "label=two label=three");
    options_free(&options);

    options = (struct options){.table = &lists};
    for (size_t i = 0; i < COUNT(words); i++) {
        argv[i] = words[i];
    }
    assert_true(
        options_parse(COUNT(words), argv, &surroundings, &options, &fault));
    assert_list(&options, "sources", "unit=x unit=y journal=");
    assert_list(&options, "label", "label=l");
    assert_true(read_as(*state, "sources: [unit: a]\nlabel: b\n",
                        LEVEL_USER_FILE, &options, &faults));
    assert_list(&options, "sources", "unit=x unit=y journal=");
    assert_list(&options, "label", "label=l");

    /* what a file adds is no part of the command line */
    struct options line = {.table = &lists};
    argv[1] = words[3];
    argv[2] = NULL;
    assert_true(options_parse(2, argv, &surroundings, &line, &fault));
    assert_int_equal(
        setenv("PULLWHY_CONFIG", scratch_path(*state, "config.yaml"), 1), 0);
    options_free(&options);
    assert_true(environment_complete(&line, &options, &fault));
    assert_list(&options, "sources", "unit=a");
    assert_list(&options, "label", "label=l");
    assert_list(&line, "sources", "");
    options_free(&options);
    options_free(&line);
    buf_free(&faults.text);
}

static void
faults_of_lists(void **state)
{
    static const struct {
        const char *text;
        const char *told;
    } cases[] = {
        {"sources: {unit: a}\n", "1:1: sources: a list is wanted here"},
        {"sources: [a]\n", "1:11: sources: an item is one 'NAME: VALUE'"},
        {"sources:\n  - unit: a\n    journal: true\n",
         "2:5: sources: an item is one 'NAME: VALUE'"},
        {"sources:\n  - unti: a\n",
         "2:5: unknown key unti; did you mean unit?"},
        {"sources:\n  - journal: false\n", "2:5: journal: true is wanted"},
        {"sources:\n  - unit: [a, [b]]\n",
         "2:16: unit: one value is wanted, not a list"},
        {"unit: a\n", "1:1: unit: is an item of the list sources:"},
        {"source: []\n", "1:1: unknown key source; did you mean sources?"},
    };

    for (size_t i = 0; i < COUNT(cases); i++) {
        struct options options = {.table = &lists};
        struct config_faults faults = {0};
        assert_false(
            read_as(*state, cases[i].text, LEVEL_USER_FILE, &options, &faults));
        assert_int_equal(faults.count, 1);
        if (!strstr(buf_string(&faults.text), cases[i].told)) {
            fail_msg("%s: %s", cases[i].text, buf_string(&faults.text));
        }
        buf_free(&faults.text);
        options_free(&options);
    }
}

/* As on SIGHUP: read anew, and what was in force stays if that fails. */
static void
a_file_may_be_read_anew(void **state)
{
    const char *path = scratch_path(*state, "anew.yaml");
    struct options line = {0};
    struct options old;
    struct options fresh;
    struct fault fault = {0};
    struct surroundings surroundings = {.now = 5};
    char words[][640] = {"pullwhy",   "--config", "",
                         "--cluster", "mine",     "a.log"};
    char *argv[COUNT(words) + 1] = {NULL};
    for (size_t i = 0; i < COUNT(words); i++) {
        argv[i] = words[i];
    }
    strcpy(words[2], path);
    write_file(path, "lang: ja\ncluster: theirs\nresource-group: g1\n");
    assert_true(
        options_parse(COUNT(words), argv, &surroundings, &line, &fault));
    assert_true(environment_complete(&line, &old, &fault));
    assert_int_equal(old.language, LANGUAGE_JA);
    assert_text(old.context.value[FACT_CLUSTER], "mine");
    assert_text(old.context.value[FACT_RESOURCE_GROUP], "g1");

    write_file(path, "lang: en\nlang: xx\n");
    assert_false(environment_complete(&line, &fresh, &fault));
    assert_int_equal(fault.kind, FAULT_INPUT);
    options_free(&fresh);
    assert_int_equal(old.language, LANGUAGE_JA);
    assert_text(old.context.value[FACT_RESOURCE_GROUP], "g1");

    write_file(path, "resource-group: g2\n");
    assert_true(environment_complete(&line, &fresh, &fault));
    assert_int_equal(fresh.language, LANGUAGE_EN);
    assert_text(fresh.context.value[FACT_CLUSTER], "mine");
    assert_text(fresh.context.value[FACT_RESOURCE_GROUP], "g2");
    assert_text(old.context.value[FACT_RESOURCE_GROUP], "g1");
    assert_string_equal(fresh.arguments[0], "a.log");
    options_free(&old);
    options_free(&fresh);
    options_free(&line);
}

static void
where_the_files_are(void **state)
{
    (void)state;

    static const struct {
        const char *system, *user, *home, *named, *option;
        bool no_config;
        const char *found;
    } cases[] = {
        {NULL, NULL, "/h", NULL, NULL, false,
         "/etc/pullwhy/config.yaml /h/.config/pullwhy/config.yaml"},
        {"/s", "/x", "/h", NULL, NULL, false,
         "/s/config.yaml /x/pullwhy/config.yaml"},
        {"s", "x", "/h", "", NULL, false,
         "/etc/pullwhy/config.yaml /h/.config/pullwhy/config.yaml"},
        {NULL, NULL, NULL, NULL, NULL, false, "/etc/pullwhy/config.yaml"},
        {"/s", "/x", "/h", "n", NULL, false, "n!"},
        {"/s", "/x", "/h", "n", "o", false, "o!"},
        {"/s", "/x", "/h", "n", NULL, true, ""},
    };

    static const char *const names[] = {
        "CONFIGURATION_DIRECTORY", "XDG_CONFIG_HOME", "HOME", "PULLWHY_CONFIG"};
    for (size_t i = 0; i < COUNT(cases); i++) {
        const char *values[] = {cases[i].system, cases[i].user, cases[i].home,
                                cases[i].named};
        struct options options = {.config = cases[i].option,
                                  .no_config = cases[i].no_config};
        struct config_files files;
        struct fault fault = {0};
        char found[256] = "";
        for (size_t j = 0; j < COUNT(names); j++) {
            assert_int_equal(values[j] ? setenv(names[j], values[j], 1)
                                       : unsetenv(names[j]),
                             0);
        }
        assert_true(config_find(&options, &files, &fault));
        for (size_t j = 0; j < files.count; j++) {
            strcat(found, j > 0 ? " " : "");
            strcat(found, files.file[j].path);
            strcat(found, files.file[j].must_exist ? "!" : "");
        }
        assert_string_equal(found, cases[i].found);
        options_free(&options);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(what_a_file_says_is_set, scratch_setup,
                                        scratch_teardown),
        cmocka_unit_test_setup_teardown(every_row_can_be_said, scratch_setup,
                                        scratch_teardown),
        cmocka_unit_test_setup_teardown(what_is_known_of_the_cluster,
                                        scratch_setup, scratch_teardown),
        cmocka_unit_test_setup_teardown(every_fault_is_told, scratch_setup,
                                        scratch_teardown),
        cmocka_unit_test_setup_teardown(no_secret_is_shown, scratch_setup,
                                        scratch_teardown),
        cmocka_unit_test_setup_teardown(files_of_odd_kinds, scratch_setup,
                                        scratch_teardown),
        cmocka_unit_test_setup_teardown(lists_are_one_value, scratch_setup,
                                        scratch_teardown),
        cmocka_unit_test_setup_teardown(faults_of_lists, scratch_setup,
                                        scratch_teardown),
        cmocka_unit_test_setup_teardown(a_file_may_be_read_anew, scratch_setup,
                                        scratch_teardown),
        cmocka_unit_test(where_the_files_are),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
