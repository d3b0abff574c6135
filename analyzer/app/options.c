/* SPDX-License-Identifier: Apache-2.0 */
#include "app/options.h"

#include "app/near.h"
#include "app/option_set.h"

#include <assert.h>
#include <getopt.h>
#include <string.h>

enum {
    FIRST_ID = 256, /* what getopt returns for row 0; above any letter */
    WORD = 1,       /* for what is no option, with '-' in front */
};

static const struct option_row *
row_of(const struct option_table *table, int found)
{
    for (size_t i = 0; i < table->count; i++) {
        if (FIRST_ID + (int)i == found
            || (table->rows[i].letter && table->rows[i].letter == found)) {
            return &table->rows[i];
        }
    }
    return NULL;
}

/* A long option of no name, or one cut so short that it may be several. */
static bool
unknown_option(const struct option_table *table, const char *word,
               struct fault *fault)
{
    struct slice name = slice_from(word);
    slice_skip(&name, SLICE("--"));
    name = slice_before(name, slice_find_byte(name, '='));
    struct near near = {.word = name};
    const char *first = NULL;
    for (size_t i = 0; i < table->count; i++) {
        if (!slice_starts(slice_from(table->rows[i].name), name)) {
            near_try(&near, table->rows[i].name);
        } else if (!first) {
            first = table->rows[i].name;
        } else {
            return fault_set(fault, FAULT_USAGE, 0,
                             "%s may be --%s or --%s; write it out", word,
                             first, table->rows[i].name);
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
refuse(const struct option_table *table, int found, char **argv,
       struct fault *fault)
{
    const struct option_row *row = optopt ? row_of(table, optopt) : NULL;
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
    return unknown_option(table, argv[optind - 1], fault);
}

/* getopt's tables, made from ours. */
struct getopt_tables {
    struct option longs[OPTIONS_MAX + 1];
    char shorts[2 * OPTIONS_MAX + 3];
};

/* "n:" for -n with an argument; returns where the next one goes. */
static size_t
add_letter(struct getopt_tables *tables, size_t at,
           const struct option_row *row)
{
    if (!row->letter) {
        return at;
    }
    tables->shorts[at++] = row->letter;
    if (row->argument) {
        tables->shorts[at++] = ':';
    }
    return at;
}

static void
make_tables(const struct option_table *table, struct getopt_tables *tables)
{
    size_t at = 0;
    assert(table->rows && table->count <= OPTIONS_MAX);
    tables->shorts[at++] = '-';
    tables->shorts[at++] = ':'; /* a missing argument is told as ':' */
    for (size_t i = 0; i < table->count; i++) {
        const struct option_row *row = &table->rows[i];
        tables->longs[i] = (struct option){
            .name = row->name,
            .has_arg = row->argument ? required_argument : no_argument,
            .val = FIRST_ID + (int)i,
        };
        at = add_letter(tables, at, row);
    }
    tables->longs[table->count] = (struct option){0};
    tables->shorts[at] = '\0';
}

static bool
take_command(const char *word, struct options *options)
{
    for (size_t i = 0; i < COMMANDS; i++) {
        const char *name = command_row((enum command_id)i)->name;
        if (name && strcmp(word, name) == 0) {
            options->command = (enum command_id)i;
            return true;
        }
    }
    return false;
}

static bool
take_option(const struct option_row *row, struct options *options,
            struct fault *fault)
{
    const struct option_place place = {.level = LEVEL_LINE};
    if (optarg && optarg[0] == '\0') {
        return fault_set(fault, FAULT_USAGE, 0, "--%s wants a value: %s",
                         row->name, row->argument);
    }
    return option_set(row, optarg, &place, options, fault);
}

static bool
check_taken(const bool *used, const struct options *options,
            struct fault *fault)
{
    const char *name = command_row(options->command)->name;
    for (size_t i = 0; i < options->table->count; i++) {
        const struct option_row *row = &options->table->rows[i];
        if (used[i] && !(row->commands & OPTION_ON(options->command))) {
            return fault_set(fault, FAULT_USAGE, 0, "%s%s does not take --%s",
                             name ? "pullwhy " : "the analysis",
                             name ? name : "", row->name);
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
    bool used[OPTIONS_MAX] = {false};
    bool has_command = false;
    int count = 0;
    int found;
    options->now = surroundings->now;
    if (!options->table) {
        options->table = &option_table;
    }
    const struct option_table table = *options->table;
    make_tables(&table, &tables);
    optind = 0; /* start anew */
    opterr = 0;
    while ((found = getopt_long(argc, argv, tables.shorts, tables.longs, NULL))
           != -1) {
        const struct option_row *row = row_of(&table, found);
        if (found == WORD) {
            take_word(argv, &count, &has_command, options);
        } else if (!row) {
            return refuse(&table, found, argv, fault);
        } else if (take_option(row, options, fault)) {
            used[row - table.rows] = true;
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
    options->has_db = options->db != NULL;
    return check_taken(used, options, fault);
}

void
options_free(struct options *options)
{
    arena_free(&options->memory);
    options->items = NULL;
    options->registries = NULL;
}
