/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PULLWHY_APP_OPTIONS_H
#define PULLWHY_APP_OPTIONS_H

/*
 * The command line. All that belongs to an option stands in one row of the
 * table in options.c; --help is printed from it, and the manual page is held
 * against it by a test.
 */

#include "base/buf.h"
#include "base/fault.h"
#include "match/catalog.h"
#include "match/facts.h"
#include "wire/record.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum output {
    OUTPUT_TEXT,
    OUTPUT_JSON,
    OUTPUT_NONE,
    OUTPUTS,
};

enum color {
    COLOR_AUTO,
    COLOR_ALWAYS,
    COLOR_NEVER,
    COLORS,
};

/* The commands; an option says which of them take it. */
enum command_id {
    COMMAND_ANALYZE,
    COMMAND_ANNOTATE,
    COMMAND_WATCH,
    COMMAND_HISTORY,
    COMMAND_SHOW,
    COMMAND_SQL,
    COMMAND_EXPLAIN,
    COMMAND_PATTERNS,
    COMMAND_HELP,
    COMMANDS,
};

/* What main() read of its surroundings, so that nobody below has to. */
struct surroundings {
    int64_t now; /* microseconds since 1970; fixed by PULLWHY_NOW */
    bool is_now_fixed;
    bool is_terminal; /* stdout is one */
    size_t columns;   /* of the terminal, 0 if unknown */
};

struct options {
    enum command_id command;
    const char *const *arguments; /* of the command; NULL at the end */
    size_t argument_count;
    bool wants_help;
    bool wants_version;
    enum output output;
    enum format input_format; /* FORMATS: guess */
    const char *db;           /* NULL: the default place */
    bool has_db;              /* --db was given */
    bool no_db;
    enum language language;
    enum color color;
    const char *patterns;
    int64_t since; /* microseconds since 1970; 0: not given */
    bool exit_code;
    bool tee;          /* standard input goes to standard output unchanged */
    const char *copy;  /* a file that gets the findings too, or NULL */
    const char *cause; /* filters of history */
    const char *registry;
    const char *state;
    const char *azure_json; /* NULL if it is not given */
    const char *provider_id;
    struct slice own_node; /* where this runs; of the environment */
    struct facts context;  /* --cluster, --namespace, ...; views of argv */
};

struct command_row {
    const char *name; /* NULL for the analysis, which has none */
    const char *arguments;
    const char *about;
};

const struct command_row *command_row(enum command_id command);

/* `surroundings` dates --since 2h; environment is read in main() only. */
MUST_CHECK bool options_parse(int argc, char **argv,
                              const struct surroundings *surroundings,
                              struct options *options, struct fault *fault);

/* options_help.c: the text of --help, for one command or (COMMANDS) for all. */
void options_help(enum command_id command, struct buf *out);

/* The short usage that a call with nothing to do gets. */
void options_usage(struct buf *out);

/* The name nearest to `word` among the commands, or NULL if none is near. */
const char *options_nearest_command(const char *word);

#endif
