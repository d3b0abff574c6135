/* SPDX-License-Identifier: Apache-2.0 */
#include "app/options.h"

#include "base/stamp.h"
#include "wire/decode.h"

#include <getopt.h>
#include <string.h>

/* Which commands take an option. */
#define ON(command) (1u << (command))
#define ON_ALL      (ON(COMMANDS) - 1)
#define ON_READING  (ON(COMMAND_ANALYZE) | ON(COMMAND_ANNOTATE))
#define ON_CONTEXT \
    (ON(COMMAND_ANALYZE) | ON(COMMAND_SHOW) | ON(COMMAND_EXPLAIN))
#define ON_HISTORY                                                \
    (ON(COMMAND_ANALYZE) | ON(COMMAND_HISTORY) | ON(COMMAND_SHOW) \
     | ON(COMMAND_SQL))

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
};

static const struct option_row {
    const char *name;
    const char *argument; /* NULL if it takes none */
    const char *about;
    enum option_id id;
    unsigned commands;
    char letter;
} rows[] = {
    {.name = "format",
     .argument = "text|json|none",
     .id = OPTION_FORMAT,
     .commands = ON_ALL & ~ON(COMMAND_ANNOTATE),
     .about = "how findings are printed; none keeps only the history"                         },
    {.name = "input-format",
     .argument = "NAME",
     .id = OPTION_INPUT_FORMAT,
     .commands = ON_READING,
     .about = "auto, klog, logfmt, syslog, columns, describe or plain "
              "(default: auto, found for each line)"                                          },
    {.name = "db",
     .argument = "PATH",
     .id = OPTION_DB,
     .commands = ON_HISTORY,
     .about = "the history (default: $PULLWHY_DB, else "
              "$XDG_STATE_HOME/pullwhy/history.db; as root "
              "/var/lib/pullwhy/history.db)"                                                  },
    {.name = "no-db",
     .id = OPTION_NO_DB,
     .commands = ON(COMMAND_ANALYZE),
     .about = "keep no history"                                               },
    {.name = "lang",
     .argument = "en|ja",
     .id = OPTION_LANG,
     .commands = ON_ALL,
     .about = "language of findings (default: from LC_ALL, LC_MESSAGES, LANG)"              },
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
              "name replaces the built-in one"                    },
    {.name = "since",
     .argument = "TIME",
     .id = OPTION_SINCE,
     .commands = ON_READING | ON(COMMAND_HISTORY),
     .about = "pass over what is older: 2h, 7d, or 2026-11-23T16:00:00Z"                          },
    {.name = "exit-code",
     .id = OPTION_EXIT_CODE,
     .commands = ON(COMMAND_ANALYZE),
     .about = "exit with 1 when a failed pull was found"                    },
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
     .about = "only this state"                                                },
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
     .about = "the AKS cluster, for the commands"                                                          },
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
     .about = "the Azure subscription, likewise"},
    {.name = "help",
     .letter = 'h',
     .id = OPTION_HELP,
     .commands = ON_ALL,
     .about = "print this and exit"                                },
    {.name = "version",
     .letter = 'V',
     .id = OPTION_VERSION,
     .commands = ON_ALL,
     .about = "print the version and exit"                                              },
};

static const struct command_row commands[COMMANDS] = {
    [COMMAND_ANALYZE] = {NULL,       "[FILE...]",
                         "analyze standard input or files: say what is wrong "
                         "and what to do"                                                                    },
    [COMMAND_ANNOTATE] =
        {"annotate", "[FILE...]",
                         "print a JSON object for each record, with its cause"                               },
    [COMMAND_HISTORY] = {"history",  "",                                     "list the incidents of the past"},
    [COMMAND_SHOW] = {"show",     "INCIDENT",
                         "one incident of the history with all its remedies"                                 },
    [COMMAND_SQL] = {"sql",      "[QUERY | @NAME [PARAMETER=VALUE...]]",
                         "ask the history; without an argument, list the ready "
                     "queries"                                                                               },
    [COMMAND_EXPLAIN] = {"explain",  "CAUSE",
                         "what a cause means, and all its remedies"                                          },
    [COMMAND_PATTERNS] = {"patterns", "[list | show CAUSE | test] [DIR]",
                         "list, print or prove the catalogue"                                                },
    [COMMAND_HELP] = {"help",     "[COMMAND]",                            "print the help of a command"   },
};

const struct command_row *
command_row(enum command_id command)
{
    return &commands[command];
}

/* The edit distance, cut off at `limit`. */
static size_t
distance(struct slice a, struct slice b, size_t limit)
{
    enum {
        LONGEST = 32
    };

    size_t row[LONGEST + 1];
    if (a.len > LONGEST || b.len > LONGEST) {
        return limit;
    }
    for (size_t j = 0; j <= b.len; j++) {
        row[j] = j;
    }
    for (size_t i = 0; i < a.len; i++) {
        size_t corner = row[0];
        row[0] = i + 1;
        for (size_t j = 0; j < b.len; j++) {
            size_t best = corner + (a.data[i] != b.data[j]);
            corner = row[j + 1];
            best = corner + 1 < best ? corner + 1 : best;
            row[j + 1] = row[j] + 1 < best ? row[j] + 1 : best;
        }
    }
    return row[b.len] < limit ? row[b.len] : limit;
}

enum {
    NEAR = 3, /* edits from which on a word is no misspelling of another */
};

const char *
options_nearest_command(const char *word)
{
    const char *nearest = NULL;
    size_t best = NEAR;
    for (size_t i = 0; i < COMMANDS; i++) {
        if (commands[i].name) {
            size_t far =
                distance(slice_from(word), slice_from(commands[i].name), NEAR);
            if (far < best) {
                best = far;
                nearest = commands[i].name;
            }
        }
    }
    return nearest;
}

static bool
unknown_option(const char *word, struct fault *fault)
{
    struct slice name = slice_from(word);
    const char *nearest = NULL;
    size_t best = NEAR;
    slice_skip(&name, SLICE("--"));
    name = slice_before(name, slice_find_byte(name, '='));
    for (size_t i = 0; i < COUNT(rows); i++) {
        size_t far = distance(name, slice_from(rows[i].name), NEAR);
        if (far < best) {
            best = far;
            nearest = rows[i].name;
        }
    }
    if (nearest) {
        return fault_set(fault, FAULT_USAGE, 0,
                         "unknown option %s; did you mean --%s?", word,
                         nearest);
    }
    return fault_set(fault, FAULT_USAGE, 0,
                     "unknown option %s; 'pullwhy --help' lists them all",
                     word);
}

static bool
one_of(const char *option, const char *value, const char *const *names,
       size_t *index, struct fault *fault)
{
    for (size_t i = 0; names[i]; i++) {
        if (strcmp(names[i], value) == 0) {
            *index = i;
            return true;
        }
    }
    return fault_set(fault, FAULT_USAGE, 0, "--%s: %s is not possible here",
                     option, value);
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
set_word(enum option_id id, const char *value, struct options *options,
         struct fault *fault)
{
    static const char *const outputs[] = {"text", "json", "none", NULL};
    static const char *const languages[] = {"en", "ja", NULL};
    static const char *const colors[] = {"auto", "always", "never", NULL};
    static const char *const states[] = {"open", "quiet", "resolved", NULL};
    size_t index = 0;
    bool ok = true;
    if (id == OPTION_FORMAT) {
        ok = one_of("format", value, outputs, &index, fault);
        options->output = (enum output)index;
    } else if (id == OPTION_LANG) {
        ok = one_of("lang", value, languages, &index, fault);
        options->language = (enum language)index;
    } else if (id == OPTION_COLOR) {
        ok = one_of("color", value, colors, &index, fault);
        options->color = (enum color)index;
    } else if (id == OPTION_STATE) {
        ok = one_of("state", value, states, &index, fault);
        options->state = value;
    } else if (!format_parse(slice_from(value), &options->input_format)) {
        ok = fault_set(fault, FAULT_USAGE, 0,
                       "--input-format: there is no format %s", value);
    }
    return ok;
}

/* A context value must fit its fact's grammar, or it would be left out. */
static bool
set_context(enum fact fact, const char *value, struct options *options,
            struct fault *fault)
{
    if (!fact_is_sound(fact, slice_from(value))) {
        return fault_set(fault, FAULT_USAGE, 0,
                         "%s: '%s' cannot be the name of one",
                         fact_row(fact)->name, value);
    }
    options->context.value[fact] = slice_from(value);
    return true;
}

static bool
set(enum option_id id, const char *value,
    const struct surroundings *surroundings, struct options *options,
    struct fault *fault)
{
    switch (id) {
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
        return set_context(FACT_NAMESPACE, value, options, fault);
    case OPTION_NODE:
        return set_context(FACT_NODE, value, options, fault);
    case OPTION_CLUSTER:
        return set_context(FACT_CLUSTER, value, options, fault);
    case OPTION_RESOURCE_GROUP:
        return set_context(FACT_RESOURCE_GROUP, value, options, fault);
    case OPTION_SUBSCRIPTION:
        return set_context(FACT_SUBSCRIPTION, value, options, fault);
    case OPTION_FORMAT:
    case OPTION_INPUT_FORMAT:
    case OPTION_LANG:
    case OPTION_COLOR:
    case OPTION_STATE:
        break;
    }
    return set_word(id, value, options, fault);
}

/* getopt's tables, made from ours. */
struct getopt_tables {
    struct option longs[COUNT(rows) + 1];
    char shorts[2 * COUNT(rows) + 3];
};

static void
make_tables(struct getopt_tables *tables)
{
    size_t at = 0;
    tables->shorts[at++] = ':'; /* a missing argument is told as ':' */
    for (size_t i = 0; i < COUNT(rows); i++) {
        tables->longs[i] = (struct option){
            .name = rows[i].name,
            .has_arg = rows[i].argument ? required_argument : no_argument,
            .val = (int)rows[i].id,
        };
        if (rows[i].letter) {
            tables->shorts[at++] = rows[i].letter;
            if (rows[i].argument) {
                tables->shorts[at++] = ':';
            }
        }
    }
    tables->longs[COUNT(rows)] = (struct option){0};
    tables->shorts[at] = '\0';
}

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

static bool
take_command(char **argv, int *count, struct options *options)
{
    for (size_t i = 0; i < COMMANDS; i++) {
        if (*count > 0 && commands[i].name
            && strcmp(argv[0], commands[i].name) == 0) {
            options->command = (enum command_id)i;
            return true;
        }
    }
    return false;
}

static bool
check_taken(unsigned used_by, const struct option_row *row,
            const struct options *options, struct fault *fault)
{
    if (used_by & ON(options->command)) {
        return true;
    }
    const char *name = commands[options->command].name;
    return fault_set(fault, FAULT_USAGE, 0, "%s%s does not take --%s",
                     name ? "pullwhy " : "the analysis", name ? name : "",
                     row->name);
}

bool
options_parse(int argc, char **argv, const struct surroundings *surroundings,
              struct options *options, struct fault *fault)
{
    struct getopt_tables tables;
    const struct option_row *used[COUNT(rows)];
    size_t used_count = 0;
    int found;
    make_tables(&tables);
    optind = 0; /* start anew, permute: options may follow files */
    opterr = 0;
    while ((found = getopt_long(argc, argv, tables.shorts, tables.longs, NULL))
           != -1) {
        const struct option_row *row = row_of(found);
        if (found == ':') {
            return fault_set(fault, FAULT_USAGE, 0, "%s wants a value",
                             argv[optind - 1]);
        }
        if (!row) {
            return unknown_option(argv[optind - 1], fault);
        }
        if (!set(row->id, optarg, surroundings, options, fault)) {
            return false;
        }
        if (used_count < COUNT(rows)) {
            used[used_count++] = row;
        }
    }
    int count = argc - optind;
    char **rest = argv + optind;
    if (take_command(rest, &count, options)) {
        rest++;
        count--;
    }
    options->arguments = (const char *const *)rest;
    options->argument_count = (size_t)count;
    for (size_t i = 0; i < used_count; i++) {
        if (!check_taken(used[i]->commands, used[i], options, fault)) {
            return false;
        }
    }
    return true;
}

/* Words of `text` wrapped at 79 columns behind `indent` blanks. */
static void
add_wrapped(struct buf *out, const char *text, size_t indent, size_t column)
{
    enum {
        WIDTH = 79
    };
    struct slice rest = slice_from(text);
    struct slice word;
    while ((word = slice_word(&rest)).len > 0) {
        if (column > indent && column + 1 + word.len > WIDTH) {
            buf_print(out, "\n%*s", (int)indent, "");
            column = indent;
        } else if (column > indent) {
            buf_add_byte(out, ' ');
            column++;
        }
        buf_add(out, word);
        column += word.len;
    }
    buf_add_byte(out, '\n');
}

static void
add_option(struct buf *out, const struct option_row *row)
{
    enum {
        INDENT = 30
    };

    size_t start = out->len;
    if (row->letter) {
        buf_print(out, "  -%c, --%s", row->letter, row->name);
    } else {
        buf_print(out, "      --%s", row->name);
    }
    if (row->argument) {
        buf_print(out, " %s", row->argument);
    }
    size_t column = out->len - start;
    if (column + 2 > INDENT) {
        buf_print(out, "\n%*s", INDENT, "");
    } else {
        buf_print(out, "%*s", (int)(INDENT - column), "");
    }
    add_wrapped(out, row->about, INDENT, INDENT);
}

static void
add_usage(struct buf *out, enum command_id command)
{
    const struct command_row *row = &commands[command];
    buf_add_text(out, "  pullwhy");
    if (row->name) {
        buf_print(out, " %s", row->name);
    }
    buf_print(out, " [OPTIONS]%s%s\n", row->arguments[0] ? " " : "",
              row->arguments);
}

static void
add_commands(struct buf *out)
{
    enum {
        INDENT = 6
    };

    for (size_t i = 0; i < COMMANDS; i++) {
        add_usage(out, (enum command_id)i);
        buf_print(out, "%*s", INDENT, "");
        add_wrapped(out, commands[i].about, INDENT, INDENT);
    }
}

void
options_help(enum command_id command, struct buf *out)
{
    unsigned shown = command == COMMANDS ? ON_ALL : ON(command);
    if (command == COMMANDS) {
        buf_add_text(out, "pullwhy says why Kubernetes cannot pull an image "
                          "and what to type to repair it.\n\n");
        add_commands(out);
    } else {
        add_usage(out, command);
        buf_add_text(out, "      ");
        add_wrapped(out, commands[command].about, 6, 6);
    }
    buf_add_text(out, "\nOptions:\n");
    for (size_t i = 0; i < COUNT(rows); i++) {
        if (rows[i].commands & shown) {
            add_option(out, &rows[i]);
        }
    }
    if (command == COMMANDS) {
        buf_add_text(out,
                     "\nExit status: 0 done; 1 a failed pull was found, with "
                     "--exit-code; 2 bad usage;\n3 bad input or data; 4 the "
                     "system refused.\n");
    }
}

void
options_usage(struct buf *out)
{
    buf_add_text(out,
                 "usage: pullwhy [OPTIONS] [FILE...], or pipe a log into it:\n"
                 "  kubectl get events -A -w | pullwhy\n"
                 "  journalctl -u kubelet -u containerd | pullwhy\n"
                 "'pullwhy --help' lists commands and options.\n");
}
