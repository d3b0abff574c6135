/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PULLWHY_TESTS_DESK_H
#define PULLWHY_TESTS_DESK_H

/*
 * One process at work, as a test plays it: a history with its ledger, and a
 * stranger's look at the file. The desk_ functions fail the test themselves.
 */

#include "base/stamp.h"
#include "incident/ledger.h"
#include "scratch.h"
#include "store/history.h"

#include <stdint.h>

struct sqlite3;

enum {
    MINUTE = 29398108, /* 2025-11-23T08:28:00Z in minutes since 1970 */
};

#define T0 (MINUTE * STAMP_MINUTE)

struct desk {
    struct history *history;
    struct ledger *ledger;
    struct sqlite3 *look;
    char path[640];
};

void desk_open(struct desk *desk, struct scratch *scratch);
void desk_close(struct desk *desk);
void desk_flush(struct desk *desk);

/* Compares the first row of the answer, its cells with | between. */
void desk_row(struct desk *desk, const char *sql, const char *expected);
void desk_by_hand(struct desk *desk, const char *sql);

/* An incident of x.azurecr.io on the desk's ledger. */
struct incident *desk_unauthorized(struct desk *desk);

void set_fact(struct incident *incident, enum fact fact, const char *value);

/* `count` more lines at minute `minute` after T0. */
void seen(struct incident *incident, int minute, uint64_t count);
struct affected *suffers(struct incident *incident, const char *pod,
                         const char *node, uint64_t count);
void said(struct incident *incident, size_t slot, const char *line);

/* How many failures an event tells of that were not counted before. */
uint64_t desk_event(struct desk *desk, const char *uid, uint64_t count);

#endif
