/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PULLWHY_MATCH_CATALOG_H
#define PULLWHY_MATCH_CATALOG_H

/*
 * The catalogue: all causes, what to look for, why, and what to do.
 *
 * It is loaded once from patterns/ (one YAML file a cause; built into the
 * program) and never changes; every slice in it views the catalogue's memory.
 */

#include "base/fault.h"
#include "base/slice.h"
#include "match/facts.h"

#include <stdbool.h>
#include <stddef.h>

enum language {
    LANGUAGE_EN,
    LANGUAGE_JA,
    LANGUAGES,
};

enum severity {
    SEVERITY_INFO,
    SEVERITY_WARNING,
    SEVERITY_ERROR,
    SEVERITY_CRITICAL,
    SEVERITIES,
};

enum scope { /* what one incident spans */
    SCOPE_REGISTRY,
    SCOPE_IMAGE,
    SCOPE_NODE,
    SCOPE_POD,
    SCOPES,
};

enum nature { /* `class:` in the file */
    NATURE_TRANSIENT,
    NATURE_PERMANENT,
    NATURE_EITHER,
    NATURE_NONE, /* "-": a mark without a fault of its own */
    NATURES,
};

struct text {
    struct slice in[LANGUAGES];
};

/* One line of `when:` or `likely:`: the fact has one of the values. */
struct condition {
    enum fact fact;
    const struct slice *values; /* "unknown": not known; "known": any */
    size_t count;
};

/* All of these together. */
struct conditions {
    const struct condition *items;
    size_t count;
};

enum {
    WEIGHT_MAX = 3, /* of a remedy: more than evidence is worth */
};

struct step {
    struct text say;
    struct slice run; /* a command template, maybe of several lines; or empty */
    bool changes;     /* it changes something, not only looks */
};

struct remedy {
    struct slice id;
    struct text title;
    struct conditions when;          /* without these it does not apply */
    const struct conditions *likely; /* any of these: it is to come first */
    size_t likely_count;
    int weight; /* counts like so many conditions that hold */
    const struct step *steps;
    size_t step_count;
};

struct sample {
    struct slice line;
    struct facts facts; /* those that the sample must give */
    int row;            /* line in the file, from 1 */
};

struct cause {
    struct slice slug;
    struct slice file; /* where it came from */
    int row;           /* line of `cause:` in it */
    struct text title;
    struct text why;
    enum severity severity;
    enum scope scope;
    enum nature nature;
    int rank;    /* 0 to 5: which member of an aggregate names the cause */
    bool yields; /* its lines belong to what ranks higher in the same pull */
    bool joins;  /* its lines belong to whatever else its image or pod has */
    const struct slice *sources;
    size_t source_count;
    const struct remedy *const *remedies;
    size_t remedy_count;
    const struct sample *samples;
    size_t sample_count;
    const struct sample *rejects;
    size_t reject_count;
};

struct catalog;
struct look;

/*
 * Loads the built-in catalogue, and the *.yaml files of `directory` over it if
 * that is not NULL: a file there replaces the built-in file of the same name.
 * The fault names file, line, column and what to do. What is built in is known
 * to be sound: its samples are not loaded, its patterns compiled when needed.
 */
MUST_CHECK struct catalog *catalog_load(const char *directory,
                                        struct fault *fault);

/* Likewise with all samples and rejects, and all patterns compiled. */
MUST_CHECK struct catalog *catalog_load_whole(const char *directory,
                                              struct fault *fault);
void catalog_free(struct catalog *catalog); /* NULL is fine */

size_t catalog_count(const struct catalog *catalog);
const struct cause *catalog_cause(const struct catalog *catalog, size_t index);

/* NULL if there is none of that slug. */
const struct cause *catalog_find(const struct catalog *catalog,
                                 struct slice slug);

/*
 * What to look for, in the order in which it is tried: by rank, then priority;
 * fallbacks last. NULL behind the last.
 */
const struct look *catalog_look(const struct catalog *catalog, size_t index);

const char *severity_name(enum severity severity);
const char *scope_name(enum scope scope);
const char *nature_name(enum nature nature);
const char *language_name(enum language language);

#endif
