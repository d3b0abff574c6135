/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PULLWHY_INCIDENT_LEDGER_H
#define PULLWHY_INCIDENT_LEDGER_H

/*
 * The incidents that this run knows: finds, counts, resolves, lets expire. What
 * counts is failures, however often and by whom each is told.
 *
 * The ledger owns its incidents; a pointer to one is valid until ledger_free()
 * or until ledger_dismiss() after the incident was chosen to leave.
 */

#include "base/keyed.h"
#include "incident/incident.h"
#include "incident/recurrence.h"
#include "incident/roster.h"
#include "incident/telling.h"
#include "incident/trace.h"
#include "match/catalog.h"
#include "match/facts.h"
#include "wire/record.h"

#include <stdbool.h>
#include <stdint.h>

struct ledger;

/* What one record said, put together by the pipeline. */
struct sighting {
    const struct cause *cause; /* with is_success NULL, or what was odd */
    bool is_success;           /* the image was pulled, or is there */
    bool was_there;            /* a success that needed no pull */
    bool is_replay;            /* the history has counted this line before */
    const struct cause *also[4];
    size_t also_count;
    const struct facts *facts;
    const struct facts *own_facts; /* the ledger's: without what it added */
    struct stamp stamp;
    int64_t observed_at; /* when it was read, microseconds since 1970 */
    uint64_t count;      /* how many failures the record tells of, at least 1 */
    int64_t since;       /* from when on they happened; 0: all at once */
    int64_t first;       /* when the first of them did; 0: not known */
    const struct record *record; /* NULL: it is no event, of unknown voice */
    struct slice origin;         /* "stdin", a path */
    struct slice line;           /* redacted */
    struct trace *trace; /* gets where it went, see ledger_again(); or NULL */
};

/* `catalog` must outlive the ledger. */
struct ledger *ledger_new(const struct catalog *catalog);
void ledger_free(struct ledger *ledger); /* NULL is fine */

/* From now on that one, which must outlive it; see renew_causes(). */
void ledger_set_catalog(struct ledger *ledger, const struct catalog *catalog);

/*
 * Takes one sighting. *incident gets the incident that changed, NULL with
 * CHANGE_NOTHING. A success may resolve several incidents: it returns
 * CHANGE_RESOLVED with the first; ask for the others with ledger_resolved()
 * until that returns NULL. One with a cause (a slow pull) opens an incident of
 * its own, which no line of a failure joins. A replay counts for this run's
 * report only and changes nothing that the history would hear of.
 */
enum change ledger_observe(struct ledger *ledger,
                           const struct sighting *sighting,
                           struct incident **incident);
struct incident *ledger_resolved(struct ledger *ledger);

/*
 * Likewise for a sighting whose trace has been here; it needs no facts and no
 * record. False: nothing was done, and ledger_observe() must be asked.
 */
bool ledger_again(struct ledger *ledger, const struct sighting *sighting,
                  struct incident **incident, enum change *change);

/*
 * Sightings of these traces and times, whose lines have `len` bytes, are to
 * come soon: what they need is fetched.
 */
struct expected {
    const struct trace *trace;
    int64_t us;
    size_t len;
};

void ledger_expect(const struct ledger *ledger, const struct expected *expected,
                   size_t count);

/* Takes what a record said of a registry, or of where a pod runs. */
void ledger_note(struct ledger *ledger, const struct facts *facts,
                 struct slice origin);

/*
 * Each incident of this run learns what else was seen at its registry; or only
 * those that have changed, which costs less.
 */
void ledger_testify(struct ledger *ledger);
void ledger_testify_changed(struct ledger *ledger);

/* The next incident that has gone quiet at `now`, NULL when there is none. */
struct incident *ledger_expire(struct ledger *ledger, int64_t now);

/* Frees those that roster_choose() has marked. */
void ledger_dismiss(struct ledger *ledger);

/* The parts of the ledger that a flush and whoever bounds its memory look
 * at. */
struct roster *ledger_roster(const struct ledger *ledger);
struct recurrences *ledger_recurrences(const struct ledger *ledger);
struct tellings *ledger_tellings(const struct ledger *ledger);

/* The key of all hashes that are kept; set before the first sighting. */
void ledger_set_key(struct ledger *ledger, const struct keyed *key);

/* Which of the incidents that left shall be put back by ledger_restore(). */
enum wish {
    WISH_KEY,     /* the one of that key */
    WISH_POD,     /* those in which the pod suffers */
    WISH_IMAGE,   /* those in which somebody waits for the image */
    WISH_OVERDUE, /* some that are open though nothing was seen for long */
    WISH_PAST,    /* what ledger_await_past() promised */
};

struct ledger_wish {
    enum wish kind;
    struct slice text;
    int64_t now; /* WISH_OVERDUE's and WISH_PAST's */
};

typedef void ledger_recall(void *ctx, const struct ledger_wish *wish);

void ledger_set_recall(struct ledger *ledger, ledger_recall *recall, void *ctx);

/* What the history remembers is put back when it is needed, not before. */
void ledger_await_past(struct ledger *ledger);

/* By index, in no promised order; NULL behind the last. */
struct incident *ledger_at(const struct ledger *ledger, size_t index);
size_t ledger_count(const struct ledger *ledger);

/* Whether there is one of that key. */
bool ledger_has(const struct ledger *ledger, struct slice key);

/*
 * Puts back an incident that the history remembers, so that this run goes on
 * with it. `key`, `id`, `life`, `state`, `facts` and the times of *known are
 * copied, and so are `affected_count` rows of `affected`. Returns NULL if the
 * key is there already.
 */
struct incident *ledger_restore(struct ledger *ledger,
                                const struct incident *known);

/*
 * Incidents that were folded into another one (a backoff whose cause became
 * known) since the last call: the history's id of the one that is gone and the
 * incident that it joined. False when there is none left.
 */
bool ledger_joined(struct ledger *ledger, int64_t *gone,
                   struct incident **into);

#endif
