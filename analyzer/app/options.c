/* SPDX-License-Identifier: Apache-2.0 */
#include "app/options.h"

#include "app/near.h"
#include "app/option_row.h"
#include "base/stamp.h"
#include "wire/decode.h"

#include <getopt.h>
#include <string.h>

/* Which commands take an option. */
#define ON(command) OPTION_ON(command)
#define ON_ALL      (ON(COMMANDS) - 1)
#define ON_ANALYSIS (ON(COMMAND_ANALYZE) | ON(COMMAND_WATCH))
#define ON_READING  (ON_ANALYSIS | ON(COMMAND_ANNOTATE))
#define ON_CONTEXT  (ON_ANALYSIS | ON(COMMAND_SHOW) | ON(COMMAND_EXPLAIN))
#define ON_HISTORY \
    (ON_ANALYSIS | ON(COMMAND_HISTORY) | ON(COMMAND_SHOW) | ON(COMMAND_SQL))

enum option_id {
    OPTION_HELP = 256, /* above every short option's letter */
    OPTION_VERSION,
    OPTION_FORMAT,
    OPTION_INPUT_FORMAT,
    OPTION_DB,
    OPTION_NO_DB,
    OPTION_LANG,
    OPTION_COLOR,
    OPTION_PATTERNS,
    OPTION_SINCE,
    OPTION_EXIT_CODE,
    OPTION_CAUSE,
    OPTION_REGISTRY,
    OPTION_STATE,
    OPTION_NAMESPACE,
    OPTION_NODE,
    OPTION_CLUSTER,
    OPTION_RESOURCE_GROUP,
    OPTION_SUBSCRIPTION,
    OPTION_AZURE_JSON,
    OPTION_PROVIDER_ID,
    OPTION_TEE,
    OPTION_OUTPUT,
};

static const struct option_row rows[] = {
    {.name = "format",
     .argument = "text|json|none",
     .id = OPTION_FORMAT,
     .commands = ON_ALL & ~ON(COMMAND_ANNOTATE),
     .about = "how findings are printed; none keeps only the history"},
    {.name = "input-format",
     .argument = "NAME",
     .id = OPTION_INPUT_FORMAT,
     .commands = ON_READING,
     .about =
         "auto, klog, logfmt, cri, journal, syslog, event, columns, "
         "describe, json, csv or plain (default: auto, found for each line)"},
    {.name = "db",
     .argument = "PATH",
     .id = OPTION_DB,
     .commands = ON_HISTORY,
     .about = "the history (default: $PULLWHY_DB, else "
              "$XDG_STATE_HOME/pullwhy/history.db; as root "
              "/var/lib/pullwhy/history.db)"},
    {.name = "no-db",
     .id = OPTION_NO_DB,
     .commands = ON_ANALYSIS,
     .about = "keep no history"},
    {.name = "lang",
     .argument = "en|ja",
     .id = OPTION_LANG,
     .commands = ON_ALL,
     .about = "language of findings (default: from LC_ALL, LC_MESSAGES, LANG)"},
    {.name = "color",
     .argument = "auto|always|never",
     .id = OPTION_COLOR,
     .commands = ON_ALL,
     .about = "colours (default: on a terminal, unless NO_COLOR is set)"},
    {.name = "patterns",
     .argument = "DIR",
     .id = OPTION_PATTERNS,
     .commands = ON_ALL,
     .about = "add the *.yaml files of DIR to the catalogue; one of the same "
              "name replaces the built-in one"},
    {.name = "since",
     .argument = "TIME",
     .id = OPTION_SINCE,
     .commands = ON(COMMAND_ANALYZE) | ON(COMMAND_HISTORY),
     .about = "pass over what is older: 2h, 7d, or 2026-11-23T16:00:00Z; an "
              "analysis of a part keeps no history"},
    {.name = "exit-code",
     .id = OPTION_EXIT_CODE,
     .commands = ON(COMMAND_ANALYZE),
     .about = "exit with 1 when a failed pull was found"},
    {.name = "cause",
     .argument = "SLUG",
     .id = OPTION_CAUSE,
     .commands = ON(COMMAND_HISTORY),
     .about = "only this cause"},
    {.name = "registry",
     .argument = "HOST",
     .id = OPTION_REGISTRY,
     .commands = ON(COMMAND_HISTORY),
     .about = "only this registry"},
    {.name = "state",
     .argument = "open|quiet|resolved",
     .id = OPTION_STATE,
     .commands = ON(COMMAND_HISTORY),
     .about = "only this state"},
    {.name = "namespace",
     .argument = "NAME",
     .id = OPTION_NAMESPACE,
     .letter = 'n',
     .commands = ON_CONTEXT | ON(COMMAND_HISTORY),
     .about = "the namespace where the input does not tell it (kubectl get "
              "events without -A)"},
    {.name = "node",
     .argument = "NAME",
     .id = OPTION_NODE,
     .commands = ON_CONTEXT | ON(COMMAND_HISTORY),
     .about = "the node where the input does not tell it (a node's own log)"},
    {.name = "cluster",
     .argument = "NAME",
     .id = OPTION_CLUSTER,
     .commands = ON_CONTEXT,
     .about = "the AKS cluster, for the commands"},
    {.name = "resource-group",
     .argument = "NAME",
     .letter = 'g',
     .id = OPTION_RESOURCE_GROUP,
     .commands = ON_CONTEXT,
     .about = "the cluster's resource group, for the commands"},
    {.name = "subscription",
     .argument = "ID",
     .id = OPTION_SUBSCRIPTION,
     .commands = ON_CONTEXT,
     .about = "the cluster's Azure subscription, likewise"},
    {.name = "azure-json",
     .argument = "PATH",
     .id = OPTION_AZURE_JSON,
     .commands = ON_CONTEXT,
     .about = "a node's /etc/kubernetes/azure.json: subscription, node "
              "resource group, network and identity are read from it, no "
              "secret"},
    {.name = "provider-id",
     .argument = "ID",
     .id = OPTION_PROVIDER_ID,
     .commands = ON_CONTEXT,
     .about = "a node's .spec.providerID (azure:///subscriptions/...): "
              "subscription, node resource group, scale set"},
    {.name = "tee",
     .id = OPTION_TEE,
     .commands = ON_ANALYSIS,
     .about = "pass standard input on to standard output, byte for byte, and "
              "print findings on standard error"},
    {.name = "output",
     .argument = "FILE",
     .letter = 'o',
     .id = OPTION_OUTPUT,
     .commands = ON_ANALYSIS,
     .about = "add the findings to the end of FILE too, as JSON Lines"},
    {.name = "help",
     .letter = 'h',
     .id = OPTION_HELP,
     .commands = ON_ALL,
     .about = "print this and exit"},
    {.name = "version",
     .letter = 'V',
     .id = OPTION_VERSION,
     .commands = ON_ALL,
     .about = "print the version and exit"},
};

static const struct command_row commands[COMMANDS] = {
    [COMMAND_ANALYZE] = {NULL, "[FILE...]",
                         "analyze standard input or files: say what is wrong "
                         "and what to do"},
    [COMMAND_ANNOTATE] =
        {"annotate", "[FILE...]",
         "print a JSON object for each record, with its cause"},
    [COMMAND_WATCH] = {"watch", "",
                       "analyze what goes on, until a signal or the end of "
                       "standard input"},
    [COMMAND_HISTORY] = {"history", "", "list the incidents of the past"},
    [COMMAND_SHOW] = {"show", "INCIDENT",
                      "one incident of the history with all its remedies"},
    [COMMAND_SQL] = {"sql", "[QUERY | @NAME [PARAMETER=VALUE...]]",
                     "ask the history; without an argument, list the ready "
                     "queries"},
    [COMMAND_EXPLAIN] = {"explain", "CAUSE",
                         "what a cause means, and all its remedies"},
    [COMMAND_PATTERNS] =
        {"patterns", "[list | show CAUSE | samples | test] [DIR]",
         "list, print or prove the catalogue, or print its samples as JSON"},
    [COMMAND_HELP] = {"help", "[COMMAND]", "print the help of a command"},
};

static const struct option_row *
row_of(int found)
{
    for (size_t i = 0; i < COUNT(rows); i++) {
        if ((int)rows[i].id == found
            || (rows[i].letter && rows[i].letter == found)) {
            return &rows[i];
        }
    }
    return NULL;
}

const struct option_row *
option_row(size_t index)
{
    return index < COUNT(rows) ? &rows[index] : NULL;
}

const struct command_row *
command_row(enum command_id command)
{
    return &commands[command];
}

const char *
options_nearest_command(const char *word)
{
    struct near near = {.word = slice_from(word)};
    for (size_t i = 0; i < COMMANDS; i++) {
        if (commands[i].name) {
            near_try(&near, commands[i].name);
        }
    }
    return near.best;
}

/* A long option of no name, or one cut so short that it may be several. */
static bool
unknown_option(const char *word, struct fault *fault)
{
    struct slice name = slice_from(word);
    slice_skip(&name, SLICE("--"));
    name = slice_before(name, slice_find_byte(name, '='));
    struct near near = {.word = name};
    const char *first = NULL;
    for (size_t i = 0; i < COUNT(rows); i++) {
        if (!slice_starts(slice_from(rows[i].name), name)) {
            near_try(&near, rows[i].name);
        } else if (!first) {
            first = rows[i].name;
        } else {
            return fault_set(fault, FAULT_USAGE, 0,
                             "%s may be --%s or --%s; write it out", word,
                             first, rows[i].name);
        }
    }
    if (near.best) {
        return fault_set(fault, FAULT_USAGE, 0,
                         "unknown option %s; did you mean --%s?", word,
                         near.best);
    }
    return fault_set(fault, FAULT_USAGE, 0,
                     "unknown option %s; 'pullwhy --help' lists them all",
                     word);
}

/* What getopt did not like of argv[optind - 1], or of a letter in it. */
static bool
refuse(int found, char **argv, struct fault *fault)
{
    const struct option_row *row = optopt ? row_of(optopt) : NULL;
    if (row && found == ':') {
        return fault_set(fault, FAULT_USAGE, 0, "--%s wants a value: %s",
                         row->name, row->argument);
    }
    if (row) {
        return fault_set(fault, FAULT_USAGE, 0, "--%s takes no value",
                         row->name);
    }
    if (optopt) {
        return fault_set(fault, FAULT_USAGE, 0,
                         "unknown option -%c; 'pullwhy --help' lists them all",
                         optopt);
    }
    return unknown_option(argv[optind - 1], fault);
}

/* The row's argument lists the words, with | between, in the enum's order. */
static bool
one_of(const struct option_row *row, const char *value, size_t *index,
       struct fault *fault)
{
    struct slice rest = slice_from(row->argument);
    struct slice name;
    for (size_t i = 0; rest.len > 0; i++) {
        if (!slice_cut(&rest, '|', &name)) {
            name = rest;
            rest = slice_of(NULL, 0);
        }
        if (slice_equal(name, slice_from(value))) {
            *index = i;
            return true;
        }
    }
    return fault_set(fault, FAULT_USAGE, 0, "--%s: %s is none of %s", row->name,
                     value, row->argument);
}

static bool
parse_since(const char *value, int64_t now, int64_t *since, struct fault *fault)
{
    struct slice text = slice_from(value);
    struct stamp stamp;
    int64_t span;
    if (stamp_span(text, &span)) {
        *since = now - span;
        return true;
    }
    if (stamp_read_rfc3339(&text, &stamp) && text.len == 0) {
        *since = stamp.us;
        return true;
    }
    return fault_set(fault, FAULT_USAGE, 0,
                     "--since: %s is neither a span (2h, 7d) nor a time "
                     "(2026-11-23T16:00:00Z)",
                     value);
}

static bool
set_word(const struct option_row *row, const char *value,
         struct options *options, struct fault *fault)
{
    size_t index = 0;
    if (!one_of(row, value, &index, fault)) {
        return false;
    }
    if (row->id == OPTION_FORMAT) {
        options->output = (enum output)index;
    } else if (row->id == OPTION_LANG) {
        options->language = (enum language)index;
    } else if (row->id == OPTION_COLOR) {
        options->color = (enum color)index;
    } else {
        options->state = value;
    }
    return true;
}

static bool
set_input_format(const char *value, struct options *options,
                 struct fault *fault)
{
    if (format_parse(slice_from(value), &options->input_format)) {
        return true;
    }
    struct near near = {.word = slice_from(value)};
    for (int i = 0; i <= FORMATS; i++) {
        near_try(&near, format_name((enum format)i));
    }
    return fault_set(fault, FAULT_USAGE, 0,
                     "--input-format: there is no format %s%s%s%s", value,
                     near.best ? "; did you mean " : "",
                     near.best ? near.best : "", near.best ? "?" : "");
}

/* A context value must fit its fact's grammar, or it would be left out. */
static bool
set_context(const struct option_row *row, enum fact fact, const char *value,
            struct options *options, struct fault *fault)
{
    if (!fact_is_sound(fact, slice_from(value))) {
        return fault_set(fault, FAULT_USAGE, 0,
                         "--%s: '%s' cannot be a name of that kind", row->name,
                         value);
    }
    options->context.value[fact] = slice_from(value);
    return true;
}

static bool
set(const struct option_row *row, const char *value,
    const struct surroundings *surroundings, struct options *options,
    struct fault *fault)
{
    switch ((enum option_id)row->id) {
    case OPTION_HELP:
        options->wants_help = true;
        return true;
    case OPTION_VERSION:
        options->wants_version = true;
        return true;
    case OPTION_DB:
        options->db = value;
        options->has_db = true;
        return true;
    case OPTION_NO_DB:
        options->no_db = true;
        return true;
    case OPTION_PATTERNS:
        options->patterns = value;
        return true;
    case OPTION_EXIT_CODE:
        options->exit_code = true;
        return true;
    case OPTION_CAUSE:
        options->cause = value;
        return true;
    case OPTION_REGISTRY:
        options->registry = value;
        return true;
    case OPTION_SINCE:
        return parse_since(value, surroundings->now, &options->since, fault);
    case OPTION_NAMESPACE:
        return set_context(row, FACT_NAMESPACE, value, options, fault);
    case OPTION_NODE:
        return set_context(row, FACT_NODE, value, options, fault);
    case OPTION_CLUSTER:
        return set_context(row, FACT_CLUSTER, value, options, fault);
    case OPTION_RESOURCE_GROUP:
        return set_context(row, FACT_RESOURCE_GROUP, value, options, fault);
    case OPTION_SUBSCRIPTION:
        return set_context(row, FACT_SUBSCRIPTION, value, options, fault);
    case OPTION_AZURE_JSON:
        options->azure_json = value;
        return true;
    case OPTION_PROVIDER_ID:
        options->provider_id = value;
        return true;
    case OPTION_TEE:
        options->tee = true;
        return true;
    case OPTION_OUTPUT:
        options->copy = value;
        return true;
    case OPTION_INPUT_FORMAT:
        return set_input_format(value, options, fault);
    case OPTION_FORMAT:
    case OPTION_LANG:
    case OPTION_COLOR:
    case OPTION_STATE:
        break;
    }
    return set_word(row, value, options, fault);
}

/* getopt's tables, made from ours. */
struct getopt_tables {
    struct option longs[COUNT(rows) + 1];
    char shorts[2 * COUNT(rows) + 3];
};

enum {
    WORD = 1, /* what getopt returns for what is no option, with '-' in front */
};

/* "n:" for -n with an argument; returns where the next one goes. */
static size_t
add_letter(struct getopt_tables *tables, size_t at, size_t row)
{
    if (!rows[row].letter) {
        return at;
    }
    tables->shorts[at++] = rows[row].letter;
    if (rows[row].argument) {
        tables->shorts[at++] = ':';
    }
    return at;
}

static void
make_tables(struct getopt_tables *tables)
{
    size_t at = 0;
    tables->shorts[at++] = '-';
    tables->shorts[at++] = ':'; /* a missing argument is told as ':' */
    for (size_t i = 0; i < COUNT(rows); i++) {
        tables->longs[i] = (struct option){
            .name = rows[i].name,
            .has_arg = rows[i].argument ? required_argument : no_argument,
            .val = (int)rows[i].id,
        };
        at = add_letter(tables, at, i);
    }
    tables->longs[COUNT(rows)] = (struct option){0};
    tables->shorts[at] = '\0';
}

static bool
take_command(const char *word, struct options *options)
{
    for (size_t i = 0; i < COMMANDS; i++) {
        if (commands[i].name && strcmp(word, commands[i].name) == 0) {
            options->command = (enum command_id)i;
            return true;
        }
    }
    return false;
}

static bool
take_option(int found, const struct surroundings *surroundings,
            struct options *options, struct fault *fault)
{
    const struct option_row *row = row_of(found);
    if (optarg && optarg[0] == '\0') {
        return fault_set(fault, FAULT_USAGE, 0, "--%s wants a value: %s",
                         row->name, row->argument);
    }
    return set(row, optarg, surroundings, options, fault);
}

static bool
check_taken(const bool *used, const struct options *options,
            struct fault *fault)
{
    const char *name = commands[options->command].name;
    for (size_t i = 0; i < COUNT(rows); i++) {
        if (used[i] && !(rows[i].commands & ON(options->command))) {
            return fault_set(fault, FAULT_USAGE, 0, "%s%s does not take --%s",
                             name ? "pullwhy " : "the analysis",
                             name ? name : "", rows[i].name);
        }
    }
    return true;
}

/* The first word may name a command; all others are its arguments. */
static void
take_word(char **argv, int *count, bool *has_command, struct options *options)
{
    if (*count == 0 && !*has_command && take_command(optarg, options)) {
        *has_command = true;
    } else {
        argv[++*count] = optarg;
    }
}

/*
 * Words are handed out in their order, so that options may stand anywhere, but
 * behind -- nothing is an option or a command. They move to the front of argv.
 */
bool
options_parse(int argc, char **argv, const struct surroundings *surroundings,
              struct options *options, struct fault *fault)
{
    struct getopt_tables tables;
    bool used[COUNT(rows)] = {false};
    bool has_command = false;
    int count = 0;
    int found;
    make_tables(&tables);
    optind = 0; /* start anew */
    opterr = 0;
    while ((found = getopt_long(argc, argv, tables.shorts, tables.longs, NULL))
           != -1) {
        if (found == WORD) {
            take_word(argv, &count, &has_command, options);
        } else if (!row_of(found)) {
            return refuse(found, argv, fault);
        } else if (take_option(found, surroundings, options, fault)) {
            used[row_of(found) - rows] = true;
        } else {
            return false;
        }
    }
    while (optind < argc) {
        argv[++count] = argv[optind++];
    }
    if (count + 1 < argc) {
        argv[count + 1] = NULL;
    }
    options->arguments = (const char *const *)(argv + 1);
    options->argument_count = (size_t)count;
    return check_taken(used, options, fault);
}
