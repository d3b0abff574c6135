/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PULLWHY_INCIDENT_TELLING_H
#define PULLWHY_INCIDENT_TELLING_H

/*
 * Which failures were told by whom, lately, so that one that containerd, the
 * kubelet and an event tell is one. What a voice tells belongs to a failure of
 * the same incident and image, on a pod and a node that may be the same, near
 * in time, that this voice has not told yet; what finds none is a new one.
 *
 * A fixed table: when it is full, the oldest entry makes room, and what is told
 * of that failure later counts once more. The names are hashes under a secret
 * key, so nobody can choose texts that crowd one place of the table.
 */

#include "base/keyed.h"
#include "base/slice.h"
#include "incident/voice.h"
#include "match/facts.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Failures that differ in nothing but their time. A storm tells one each line,
 * so it is just what the processor fetches at once.
 */
struct telling {
    uint64_t incident; /* as in telling_names */
    uint64_t image;
    uint64_t pod;
    uint64_t node;
    int64_t from; /* microseconds since 1970: the first and the last of them */
    int64_t to;
    uint8_t count;            /* how many */
    uint8_t heard;            /* of these, counted for this run's report */
    uint8_t told[VOICES - 1]; /* how many each voice told, from the first that
                                 is known on */
    bool is_saved;
    bool was_podless; /* when it was told first */
};

/* Who tells, and of whom, as hashes; 0: not known. */
struct telling_names {
    enum voice voice;
    uint64_t incident;
    uint64_t image;
    uint64_t pod;
    uint64_t node;
};

/* What a line says. */
struct told {
    struct telling_names names;
    int64_t from;
    int64_t to;
    int64_t slack; /* how far its times may be off */
    uint64_t count;
    bool is_replay; /* the history has counted it */
};

/* What of it counts. */
struct share {
    uint64_t fresh;    /* failures that nobody has told before */
    uint64_t old;      /* that the history has and this run's report lacks */
    bool is_elsewhere; /* it names no pod, and the failure's pod is known */
    bool is_first;     /* it is the first to name the failure's pod */
};

struct tellings;

struct tellings *tellings_new(size_t limit);   /* a power of two */
void tellings_free(struct tellings *tellings); /* NULL is fine */

/* Before the first one is told. */
void tellings_set_key(struct tellings *tellings, const struct keyed *key);

/* `key` is the incident's. The voice is left to the caller. */
struct telling_names tellings_names(const struct tellings *tellings,
                                    struct slice key,
                                    const struct facts *facts);

struct share tellings_take(struct tellings *tellings, const struct told *told);

/* One of that time is to come soon; see ledger_expect(). */
void tellings_expect(const struct tellings *tellings,
                     const struct telling_names *names, int64_t us);

/* Puts back one that the history remembers, the oldest first. */
void tellings_restore(struct tellings *tellings, const struct telling *telling,
                      uint64_t number);

/*
 * The entries, the newest first, NULL behind the oldest; and their numbers,
 * which go on from those that were restored.
 */
/* The key in use; NULL as long as nothing was told. */
const struct keyed *tellings_key(const struct tellings *tellings);

/* The history that had them is lost: all are to be saved again. */
void tellings_renew(struct tellings *tellings);

/* The numbers go on behind `last`. */
void tellings_renumber(struct tellings *tellings, uint64_t last);

struct telling *tellings_at(struct tellings *tellings, size_t index);
uint64_t tellings_number(const struct tellings *tellings, size_t index);

#endif
