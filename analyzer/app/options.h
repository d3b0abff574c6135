/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PULLWHY_APP_OPTIONS_H
#define PULLWHY_APP_OPTIONS_H

/*
 * The options, wherever they are said: on the command line, in the environment
 * or in the configuration file. All that belongs to one stands in one row of
 * the table in option_table.c; --help, the file's keys and the completions of
 * shells are made from it, and the manual page is held against it by a test.
 *
 * The law: what is said on the command line comes before the environment, that
 * before the user's file, that before the system's, whatever is read first.
 */

#include "app/option_row.h"
#include "base/buf.h"
#include "base/fault.h"
#include "base/mem.h"
#include "match/catalog.h"
#include "match/facts.h"
#include "report/context.h"
#include "wire/record.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum output {
    OUTPUT_TEXT,
    OUTPUT_JSON,
    OUTPUT_NONE,
    OUTPUT_BOX, /* from here on: of tables only */
    OUTPUT_CSV,
    OUTPUT_MARKDOWN,
    OUTPUTS,
};

enum color {
    COLOR_AUTO,
    COLOR_ALWAYS,
    COLOR_NEVER,
    COLORS,
};

enum progress_mode {
    PROGRESS_AUTO,
    PROGRESS_ALWAYS,
    PROGRESS_NEVER,
};

/* The commands; an option says which of them take it. */
enum command_id {
    COMMAND_ANALYZE,
    COMMAND_ANNOTATE,
    COMMAND_WATCH,
    COMMAND_HISTORY,
    COMMAND_SHOW,
    COMMAND_SQL,
    COMMAND_REPORT,
    COMMAND_EXPLAIN,
    COMMAND_PATTERNS,
    COMMAND_CONFIG,
    COMMAND_COMPLETION,
    COMMAND_HELP,
    COMMANDS,
};

/* What main() read of its surroundings, so that nobody below has to. */
struct surroundings {
    int64_t now; /* microseconds since 1970; fixed by PULLWHY_NOW */
    bool is_now_fixed;
    bool is_terminal;       /* stdout is one */
    bool is_error_terminal; /* stderr is one that takes escapes */
    bool is_utf8;           /* and these are its characters */
    size_t columns;         /* of the terminal, 0 if unknown */
};

/* Who said something; the later one is believed. */
enum option_level {
    LEVEL_DEFAULT,
    LEVEL_SYSTEM_FILE,
    LEVEL_USER_FILE,
    LEVEL_ENVIRONMENT,
    LEVEL_LINE, /* the command line */
};

struct option_place {
    enum option_level level;
    const char *name; /* of the file or variable; else NULL */
    const char *by;   /* what read it there, "azure-json"; else NULL */
    int line;         /* in the file, from 1; 0: no place in it */
    int column;
};

/* One thing that was said by an option that may be said often. */
struct option_item {
    const struct option_row *row;
    const char *text; /* NULL if the row takes no argument */
    struct option_place place;
    struct option_item *next;
};

struct options {
    const struct option_table *table; /* NULL: the program's */
    struct arena memory;              /* of what was read, not of argv */
    int64_t now;                      /* dates a span such as --since 2h */
    const char *const *arguments;     /* of the command; NULL at the end */
    size_t argument_count;
    const char *db; /* NULL: the default place */
    const char *patterns;
    int64_t since;    /* microseconds since 1970; 0: not given */
    const char *copy; /* a file that gets the findings too, or NULL */
    const char *kube_context;
    const char *kubeconfig;
    const char *journal_dir;
    int64_t silent_after; /* microseconds; 0: the usual */
    int64_t settle;       /* microseconds */
    const char *cause;    /* filters of history */
    const char *registry;
    const char *state;
    const char *search;
    const char *sort;
    int64_t until;          /* microseconds since 1970; 0: not given */
    const char *export_to;  /* history: a file or "-"; or NULL */
    int64_t keep;           /* history: microseconds; 0: for ever */
    int64_t max_size;       /* history: bytes; 0: any */
    const char *azure_json; /* NULL if it is not given */
    const char *provider_id;
    const char *config;    /* the only file to be read; NULL: the usual ones */
    struct slice own_node; /* where this runs; of the environment */
    struct facts context;  /* --cluster, --namespace, ... */
    struct option_place context_places[FACTS];
    struct facts file_facts; /* what the files say; completes the context */
    struct option_place file_places[FACTS];
    const struct context_registry *registries;
    struct option_item *items;               /* in the order they were said */
    const char *said[OPTIONS_MAX];           /* by row, as it was written */
    struct option_place places[OPTIONS_MAX]; /* of those */
    enum command_id command;
    enum output output;
    enum format input_format; /* FORMATS: guess */
    enum language language;
    enum color color;
    enum progress_mode progress;
    unsigned threads; /* 0: as many as are of use */
    /* what is on or off, in one place: nothing between them is wasted */
    bool wants_help;
    bool wants_version;
    bool has_db; /* an option or a file said it */
    bool no_db;
    bool exit_code;
    bool tee;        /* standard input goes to standard output unchanged */
    bool from_start; /* unknown sources are read whole */
    bool events;     /* sources of a watch: kubectl's, */
    bool journal;    /* and the journal's */
    bool journalctl;
    bool no_config;
    bool prune;
    bool utc;
    bool stats;
    bool no_memo;
};

/* What a shell completes a command's words with. */
enum command_words {
    COMMAND_NO_WORDS,
    COMMAND_FILES,
    COMMAND_COMMANDS,
    COMMAND_CAUSES,
    COMMAND_QUERIES,
};

struct command_row {
    const char *name; /* NULL for the analysis, which has none */
    const char *arguments;
    const char *about;
    const char *verbs; /* its first word is one of these, | between; or NULL */
    enum command_words words;
};

const struct command_row *command_row(enum command_id command);

/*
 * Reads the command line, which must outlive the options; `surroundings` dates
 * --since 2h. options_free() at the end, also after a fault.
 */
MUST_CHECK bool options_parse(int argc, char **argv,
                              const struct surroundings *surroundings,
                              struct options *options, struct fault *fault);
void options_free(struct options *options);

/* options_help.c: the text of --help, for one command or (COMMANDS) for all. */
void options_help(enum command_id command, struct buf *out);

/* The short usage that a call with nothing to do gets. */
void options_usage(struct buf *out);

/* The name nearest to `word` among the commands, or NULL if none is near. */
const char *options_nearest_command(const char *word);

#endif
