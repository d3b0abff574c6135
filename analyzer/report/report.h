/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PULLWHY_REPORT_REPORT_H
#define PULLWHY_REPORT_REPORT_H

/*
 * How trouble is told. A renderer turns an incident and its change into bytes
 * for one sink; it does no I/O. Text out of a log is never trusted: what a
 * terminal would obey is shown, not sent.
 */

#include "base/buf.h"
#include "incident/incident.h"
#include "match/catalog.h"
#include "match/facts.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct kept;

struct report_style {
    enum language language;
    bool color;        /* ANSI colours may be used */
    size_t columns;    /* of the terminal, 0 if unknown */
    int64_t now;       /* microseconds since 1970, for "3 min ago"; 0 unknown */
    struct slice show; /* how one incident is asked for: "pullwhy show" */
    int64_t (*offset)(int64_t us); /* added to UTC at a moment; NULL: UTC */
    struct kept *kept;             /* what the blocks have in common; or NULL */
};

/*
 * render_text.c: a block for an incident that has opened (or CHANGE_NOTHING,
 * for one that is only shown), a line for each later change.
 */
void render_text_incident(struct buf *out, const struct report_style *style,
                          const struct incident *incident, enum change change);

/*
 * The block with all pods, all evidence and all remedies in full; `course` is
 * what course_render() wrote, or empty.
 */
void render_text_show(struct buf *out, const struct report_style *style,
                      const struct incident *incident, struct slice course);

/* A row for each incident, in the order given; nothing if there are none. */
void render_text_summary(struct buf *out, const struct report_style *style,
                         const struct incident *const *incidents, size_t count);

/* A cause with all its remedies; `facts` fill their commands, NULL for none. */
void render_text_cause(struct buf *out, const struct report_style *style,
                       const struct cause *cause, const struct facts *facts);

/* render_json.c: one JSON object and a newline, as CLI.md says. */
void render_json_incident(struct buf *out, const struct report_style *style,
                          const struct incident *incident, enum change change);
void render_json_cause(struct buf *out, const struct report_style *style,
                       const struct cause *cause);

#endif
