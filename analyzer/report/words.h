/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PULLWHY_REPORT_WORDS_H
#define PULLWHY_REPORT_WORDS_H

/*
 * The fixed words of reports for people, in each language. A '#' in one is
 * where a number goes. Machines (JSON, SQL) never see these.
 */

#include "base/buf.h"
#include "incident/incident.h"
#include "match/catalog.h"

#include <stdint.h>

enum word {
    WORD_WHERE,
    WORD_IMAGE,
    WORD_SEEN,
    WORD_AFFECTED,
    WORD_ALSO,
    WORD_WHY,
    WORD_EVIDENCE,
    WORD_TO_DO,
    WORD_LOOK,
    WORD_CHANGE,
    WORD_DO,
    WORD_FIND,
    WORD_UNTOLD,
    WORD_IF,
    WORD_FIRST_IF,
    WORD_MORE,
    WORD_SOURCES,
    WORD_SUMMARY,
    WORD_COMMA,
    WORD_ON,
    WORD_AND_MORE,
    WORD_ONCE,
    WORD_TIMES,
    WORD_POD,
    WORD_PODS,
    WORD_NODE,
    WORD_NODES,
    WORD_WITHIN,
    WORD_LAST,
    WORD_TO,
    WORD_AGO,
    WORD_SECONDS,
    WORD_MINUTES,
    WORD_HOURS,
    WORD_DAYS,
    WORD_SANDBOX,
    WORD_INCIDENT,
    WORD_INCIDENTS,
    WORD_TIMES_IN,
    WORD_COURSE,
    WORD_BEFORE,
    WORD_BEGAN,
    WORD_PEAK,
    WORD_LAST_TIME,
    WORD_RESOLVED_AFTER,
    WORD_QUIET_AFTER,
    WORD_UNRESOLVED,
    WORD_PULLED_AGAIN,
    WORD_ADVICE_THEN,
    WORD_OTHER_THEN,
    WORD_COLUMN_SEVERITY, /* the summary's heads */
    WORD_COLUMN_CAUSE,
    WORD_COLUMN_COUNT,
    WORD_COLUMN_PODS,
    WORD_COLUMN_FIRST,
    WORD_COLUMN_LAST,
    WORD_COLUMN_STATE,
    WORD_SEVERITY,                               /* and the others behind it */
    WORD_MARK = WORD_SEVERITY + SEVERITIES,      /* likewise, in a head */
    WORD_SCOPE = WORD_MARK + SEVERITIES,         /* likewise */
    WORD_NATURE = WORD_SCOPE + SCOPES,           /* likewise */
    WORD_STATE = WORD_NATURE + NATURES,          /* likewise */
    WORD_CHANGED = WORD_STATE + INCIDENT_STATES, /* likewise */
    WORDS = WORD_CHANGED + CHANGES,
};

struct slice words_get(enum word word, enum language language);

/* The word of one value of an enum: words_of(WORD_STATE, state, language). */
struct slice words_of(enum word first, unsigned value, enum language language);

void words_add(struct buf *out, enum word word, enum language language);
void words_add_number(struct buf *out, enum word word, enum language language,
                      uint64_t number);

/* "11 min": of microseconds, in the biggest unit that says enough. */
void words_add_span(struct buf *out, enum language language, int64_t us);

/* Who makes the registry, by the fact `vendor`; empty for others. */
struct slice words_vendor(struct slice vendor);

#endif
