/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PULLWHY_INCIDENT_INCIDENT_H
#define PULLWHY_INCIDENT_INCIDENT_H

/*
 * One trouble: thousands of lines that say the same thing of the same scope.
 *
 *              SEEN                  FIXED
 *   (none) ----------> OPEN -------------------> RESOLVED
 *                      ^  | ^                       |
 *                 SEEN |  | QUIET        SEEN       |
 *                      |  v  +----------------------+
 *                      QUIET        (a new life of the same key)
 *
 * The step is pure: it has no clock and does no I/O. Whoever calls it acts on
 * the change that it returns.
 */

#include "base/mem.h"
#include "base/slice.h"
#include "base/stamp.h"
#include "match/catalog.h"
#include "match/facts.h"
#include "match/known.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum incident_state {
    INCIDENT_NONE,
    INCIDENT_OPEN,
    INCIDENT_QUIET,    /* nothing was seen for the class's quiet time */
    INCIDENT_RESOLVED, /* every pod that was affected has pulled its image */
    INCIDENT_JOINED,   /* a backoff whose cause became known: see that one */
    INCIDENT_STATES,
};

enum incident_event {
    EVENT_SEEN,  /* a line matched */
    EVENT_FIXED, /* the last affected pod has its image now */
    EVENT_QUIET, /* nothing was seen for the class's quiet time */
};

enum change {
    CHANGE_NOTHING,
    CHANGE_OPENED,
    CHANGE_UPDATED, /* one more, or one more pod */
    CHANGE_RESOLVED,
    CHANGE_REOPENED, /* seen again after it was resolved or quiet */
    CHANGE_QUIET,
    CHANGES,
};

/* Who suffers. Unknown values are empty; the strings are the incident's. */
struct affected {
    struct slice namespace;
    struct slice pod;
    struct slice container;
    struct slice node;
    struct slice image;
    int64_t first_seen; /* microseconds since 1970 */
    int64_t last_seen;
    uint64_t count;  /* failures of this run */
    int64_t unsaved; /* not yet in the history; < 0: they are another row's */
    int64_t recovered_at; /* 0 if this run did not see it */
    bool is_recovered;
    bool is_dirty; /* differs from the history's row */
};

/* A line as evidence: redacted, and printable only through a renderer. */
struct evidence {
    int64_t seen_at;
    char *memory; /* "stdin" or a path, and behind it the line */
    uint32_t origin_len;
    uint32_t line_len;
    uint32_t room; /* bytes of its own memory; 0: that is another one's */
    bool is_saved;
};

static inline struct slice
evidence_origin(const struct evidence *evidence)
{
    return slice_of(evidence->memory, evidence->origin_len);
}

static inline struct slice
evidence_line(const struct evidence *evidence)
{
    struct slice all = {evidence->memory,
                        (size_t)evidence->origin_len + evidence->line_len};
    return slice_after(all, evidence->origin_len);
}

static inline void
evidence_free(struct evidence *evidence)
{
    if (evidence->room > 0) {
        mem_free(evidence->memory);
    }
}

/*
 * How often, by minute; only what is not yet in the history. In no order, and
 * a minute may have several. In a storm over hours there are hundreds of each
 * incident, so both share a word: the upper bits are the minute.
 */
struct tally {
    uint64_t word;
};

enum {
    TALLY_COUNT_BITS = 30,
    TALLY_MOST = (1 << TALLY_COUNT_BITS) - 1, /* that one can tell of */
};

enum {
    EVIDENCE_FIRST = 3,  /* kept for good */
    EVIDENCE_LAST = 3,   /* the newest ones, a ring behind the first ones */
    AFFECTED_MAX = 4096, /* per incident; beyond it only counts grow */
    INCIDENT_HOT = 136,  /* bytes of struct incident that each line touches */
};

struct incident {
    /* What each line changes or asks for stands first and together. */
    enum incident_state state;
    enum severity severity; /* the cause's; critical for a sandbox image */
    enum stamp_trust stamp_trust; /* the least trusted stamp of its lines */
    uint32_t revision;            /* how often a row learned names */
    bool is_stored;               /* the history has a row of that id */
    bool is_dirty;      /* the history has not heard of its latest change */
    bool is_announced;  /* its block was printed */
    bool is_touched;    /* this run saw a line of it, not only the history */
    bool is_flap_told;  /* that refusal lasts, which was told */
    bool is_listed;     /* among the changed ones */
    bool is_leaving;    /* there is no room for it */
    bool is_forgotten;  /* no image and no pod leads to it */
    bool is_untallied;  /* nobody will ask for its minutes */
    bool is_unnamed;    /* dockerd alone told of it, and of no image */
    uint32_t life;      /* 1 for the first life of the key, 2 when reopened */
    int64_t first_seen; /* microseconds since 1970 */
    int64_t last_seen;
    int64_t resolved_at;       /* 0 while it is not */
    int64_t observed_at;       /* when this run last read a line of it */
    uint64_t count;            /* lines seen in this run */
    uint64_t replayed;         /* of count, lines that the history holds */
    uint64_t unsaved;          /* of count, not yet in the history */
    uint64_t evidence_seen;    /* lines offered as evidence so far */
    struct affected *affected; /* affected_count of them */
    struct tally *tallies;
    size_t tally_count;
    uint64_t used;        /* the roster's turn when it was used last */
    int64_t announced_at; /* when something was last told of it */

    /* These, some lines do. */
    size_t tally_room;
    uint64_t announced_affected; /* affected_count at that time */
    int64_t flap_since; /* when it was refused again; 0 if it does not flap */
    size_t affected_count;
    const struct cause *cause;

    struct slice key; /* cause and scope: "unauthorized|x.azurecr.io" */
    int64_t id;       /* the history's row; without one, numbered from 1 */
    const struct cause *also[4]; /* what an aggregate's other members said */
    size_t also_count;
    uint64_t stored_count; /* what the history holds besides */
    size_t affected_room;
    uint64_t affected_lost; /* lines whose pod found no room in the table */
    uint64_t serial;        /* no other incident of this run has it */
    uint32_t place;         /* the roster's */
    uint32_t number;        /* the places', from 1; 0: it has none yet */
    struct evidence evidence[EVIDENCE_FIRST + EVIDENCE_LAST];
    struct known_facts known; /* its facts */
    struct arena arena;       /* owns its strings */
};

/* Empty if it is not known. */
static inline struct slice
incident_fact(const struct incident *incident, enum fact fact)
{
    return known_get(&incident->known, fact);
}

/* Views the value. */
static inline void
incident_set_fact(struct incident *incident, enum fact fact, struct slice value)
{
    known_set(&incident->known, fact, value, &incident->arena);
}

/* All of them, for who asks for many. */
static inline void
incident_facts(const struct incident *incident, struct facts *facts)
{
    known_unpack(&incident->known, facts);
}

/* Copies every fact of `from` that it does not know yet. */
static inline void
incident_merge_facts(struct incident *incident, const struct facts *from)
{
    known_merge(&incident->known, from, incident->key, &incident->arena);
}

static inline void
incident_take_facts(struct incident *incident, const struct incident *from)
{
    struct facts facts;
    incident_facts(from, &facts);
    incident_merge_facts(incident, &facts);
}

/* A short text of what the incident spans: "x.azurecr.io", "prod/api-1". */
struct slice incident_where(const struct incident *incident);

enum change incident_step(enum incident_state *state,
                          enum incident_event event);

bool incident_is_live(const struct incident *incident); /* OPEN or QUIET */

/* Whether all who suffered have their image, and nobody's row was lost. */
bool incident_is_recovered(const struct incident *incident);

/* So many affected rows are to come; it has none yet. */
void incident_reserve(struct incident *incident, size_t rows);

/* How many distinct pods (or nodes) suffer; 0 if none is known by name. */
size_t incident_pods(const struct incident *incident);
size_t incident_nodes(const struct incident *incident);

/* Minutes since 1970; of any year that four digits can say. */
static inline int64_t
tally_minute(struct tally tally)
{
    return (int64_t)(tally.word >> TALLY_COUNT_BITS)
         - (INT64_C(1) << (63 - TALLY_COUNT_BITS));
}

static inline uint64_t
tally_count(struct tally tally)
{
    return tally.word & TALLY_MOST;
}

static inline struct tally
tally_of(int64_t minute, uint64_t count)
{
    int64_t place = minute + (INT64_C(1) << (63 - TALLY_COUNT_BITS));
    return (struct tally){(uint64_t)place << TALLY_COUNT_BITS | count};
}

/* The evidence in the order it was seen; NULL behind the last. */
const struct evidence *incident_evidence(const struct incident *incident,
                                         size_t index);

const char *incident_state_name(enum incident_state state);
const char *change_name(enum change change);

#endif
