/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PULLWHY_REPORT_REPORT_H
#define PULLWHY_REPORT_REPORT_H

/*
 * How trouble is told. A renderer turns an incident and its change into bytes
 * for one sink; it does no I/O. Text out of a log is never trusted: what a
 * terminal would obey is shown, not sent.
 */

#include "base/buf.h"
#include "base/slice.h"
#include "incident/incident.h"
#include "match/catalog.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct report_style {
    enum language language;
    bool color;     /* ANSI colours may be used */
    size_t columns; /* of the terminal, 0 if unknown */
    int64_t now;    /* microseconds since 1970, for "3 min ago"; 0 unknown */
};

/* A remedy chosen for an incident and filled. Freed with the arena. */
struct filled_step {
    struct slice say;
    struct slice run; /* empty if there is nothing to type */
    bool changes;
    enum fact missing[8]; /* facts whose placeholder stands in run */
    size_t missing_count;
};

struct filled_remedy {
    const struct remedy *remedy;
    struct slice title;
    int evidence; /* how many conditions of `when` are known to hold */
    const struct filled_step *steps;
    size_t step_count;
};

struct filled_remedies {
    const struct filled_remedy *items; /* best first */
    size_t count;
};

/*
 * remedy.c: chooses the remedies of the incident's cause whose conditions no
 * known fact contradicts, those with the most conditions known to hold first
 * (the file's order otherwise), and fills their commands.
 */
struct filled_remedies remedies_fill(const struct cause *cause,
                                     const struct facts *facts,
                                     enum language language,
                                     struct arena *arena);

/* Fills one template; adds the facts that were not known to *step. */
struct slice remedy_fill(struct slice template, const struct facts *facts,
                         struct arena *arena, struct filled_step *step);

/* context.c: what the facts and the options imply (acr.name, ...). */
void context_derive(struct facts *facts, struct arena *arena);

/* Shows control bytes, escapes and bad UTF-8 as text (printable.c). */
void printable_add(struct buf *out, struct slice text);

/* Cells that the text takes on a terminal; East Asian wide ones take two. */
size_t printable_width(struct slice text);

/* render_text.c */
void render_text_incident(struct buf *out, const struct report_style *style,
                          const struct incident *incident, enum change change);
void render_text_summary(struct buf *out, const struct report_style *style,
                         const struct incident *const *incidents, size_t count);
void render_text_cause(struct buf *out, const struct report_style *style,
                       const struct cause *cause, const struct facts *facts);

/* render_json.c: one JSON object and a newline, as CLI.md says. */
void render_json_incident(struct buf *out, const struct report_style *style,
                          const struct incident *incident, enum change change);
void render_json_cause(struct buf *out, const struct report_style *style,
                       const struct cause *cause);

#endif
