/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PULLWHY_APP_OPTION_ROW_H
#define PULLWHY_APP_OPTION_ROW_H

/*
 * An option's row in the table in option_table.c, for who prints the help of
 * it, sets it or completes it. A new option is one row, and a field of struct
 * options that the row points to; nothing else needs to know it.
 */

#include "match/facts.h"

#include <stdbool.h>
#include <stddef.h>

#define OPTION_ON(command) (1u << (command))

enum option_kind {
    OPTION_SWITCH,   /* bool; the only one without an argument, besides LIST */
    OPTION_CHOICE,   /* enum: the words of the argument, | between, in order */
    OPTION_WORD,     /* const char *: one of those words, as it is */
    OPTION_TEXT,     /* const char * */
    OPTION_PATH,     /* const char *: in a file, relative to that file */
    OPTION_FORMAT,   /* enum format: a decoder's name */
    OPTION_TIME,     /* int64_t: a point in time, or a span before now */
    OPTION_SPAN,     /* int64_t: a length of time */
    OPTION_DELAY,    /* likewise, or none at all: 0s */
    OPTION_SIZE,     /* int64_t: bytes */
    OPTION_THREADS,  /* unsigned: how many threads */
    OPTION_PROVIDER, /* const char *: a node's provider ID */
    OPTION_FACT,     /* a fact of the context; has no field */
    OPTION_LIST, /* as often as wanted: an item of options->items, no field */
};

/* What a shell completes its value with, where the argument does not say it. */
enum option_words {
    OPTION_NO_WORDS,
    OPTION_FILES,
    OPTION_FOLDERS,
    OPTION_CAUSES,
    OPTION_FORMATS,
};

struct option_row {
    const char *name;
    const char *argument; /* NULL if it takes none */
    const char *about;
    enum option_kind kind;
    enum fact fact;       /* of OPTION_FACT */
    size_t field;         /* its offset in struct options */
    const char *variable; /* that says it in the environment; or NULL */
    const char *group;    /* OPTION_LIST: its list in the file; NULL: its own */
    enum option_words words;
    unsigned commands; /* OPTION_ON() of those that take it */
    char letter;       /* of its short form; 0 if it has none */
    bool line_only;    /* it must not stand in the configuration file */
};

enum {
    OPTIONS_MAX = 96, /* rows of a table */
};

struct option_table {
    const struct option_row *rows;
    size_t count;
};

/* The program's. */
extern const struct option_table option_table;

/* NULL behind the last. */
const struct option_row *option_row(size_t index);

/* NULL if there is none; in `name` a '_' is as good as a '-'. */
const struct option_row *option_find(const struct option_table *table,
                                     struct slice name);

/* Whether a key of a file is that name: '_' and '-' are the same there. */
bool option_key_is(struct slice key, const char *name);

#endif
