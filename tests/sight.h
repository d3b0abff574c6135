/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PULLWHY_TESTS_SIGHT_H
#define PULLWHY_TESTS_SIGHT_H

/* Lines as a ledger hears of them, without the text that they came from. */

#include "incident/ledger.h"

#include <stdbool.h>
#include <stdint.h>

/* When the lines of a test begin: 2025-11-23T08:28:00Z. */
#define SIGHT_START (INT64_C(29398108) * STAMP_MINUTE)

/* Causes made for tests, of one scope each. */
extern const struct cause sight_refused;  /* registry, permanent, rank 2 */
extern const struct cause sight_missing;  /* image, permanent, rank 5 */
extern const struct cause sight_disk;     /* node, permanent, rank 5 */
extern const struct cause sight_secret;   /* pod, permanent, rank 3 */
extern const struct cause sight_stalled;  /* image, transient, rank 4 */
extern const struct cause sight_backoff;  /* image, joins, rank 0 */
extern const struct cause sight_slow;     /* node, of a success: info */
extern const struct cause sight_no_login; /* registry, yields, rank 1 */

/* What is left out is not known. */
struct sight {
    const struct cause *cause; /* NULL: the image was pulled */
    int at;                    /* seconds after SIGHT_START */
    const char *namespace;
    const char *pod;
    const char *container;
    const char *node;
    const char *image;
    const char *role;
    const char *line; /* "line" if left out */
    uint64_t count;
    enum stamp_trust trust; /* EXACT if left out, as MISSING is 0 */
    bool has_no_stamp;
    bool is_replay;
    const struct cause *also;
    const struct record *record; /* who says so; NULL: unknown */
};

/* The facts; they view the strings of *sight. */
void sight_facts(const struct sight *sight, struct facts *facts);

/* Tells the ledger; *incident may be NULL. */
enum change sight_tell(struct ledger *ledger, const struct sight *sight,
                       struct incident **incident);

/* A test on a ledger of its own: *state is the struct ledger. */
#define ON_LEDGER(test) \
    cmocka_unit_test_setup_teardown(test, sight_setup, sight_teardown)

int sight_setup(void **state);
int sight_teardown(void **state);

struct incident *sight_newest(struct ledger *ledger);
enum incident_state sight_state(struct ledger *ledger, size_t index);

/* What history_flush() does to an incident that it has written as row `id`. */
void sight_store(struct incident *incident, int64_t id);

/* Whether the history would hear of the incident, or of one of its rows. */
bool sight_is_unsaved(const struct incident *incident);
uint64_t sight_tallied(const struct incident *incident, int64_t minute);

#define SEE(ledger, ...) \
    sight_tell((ledger), &(const struct sight){__VA_ARGS__}, NULL)

#endif
