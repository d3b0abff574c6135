/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PULLWHY_TESTS_GUEST_H
#define PULLWHY_TESTS_GUEST_H

/*
 * A loop with a host that writes down what a source tells it, and waits for
 * what is expected of it, with a bound.
 */

#include "base/buf.h"
#include "source/source.h"

#include <uv.h>

#include <stdbool.h>
#include <stddef.h>

struct waiting;

struct guest {
    uv_loop_t loop;
    uv_timer_t bound;
    uv_prepare_t prepare;
    const struct waiting *waiting;
    struct source_host host;
    struct buf bytes;   /* of all origins; "|" where one ended */
    struct buf notices; /* "KIND NAME: TEXT" lines */
    struct buf names;   /* of the origins, a line each */
    size_t opens;
    size_t closes;
    size_t marks;
    size_t count[NOTICES];
    size_t ends;
    int status;
    bool is_late;                  /* what was waited for did not come */
    struct source_mark first;      /* what the last origin began with */
    struct source_mark mark;       /* the last one */
    struct source_mark remembered; /* what recall gives for its identity */
    void (*on_bytes)(struct guest *guest); /* NULL, or called behind them */
    void *source;
};

/* cmocka's setup and teardown; the teardown wants an empty loop. */
int guest_setup(void **state);
int guest_teardown(void **state);

/* Runs the loop until it is so; fails the test after 20 seconds. */
void guest_wait(struct guest *guest, bool (*is_so)(const struct guest *guest));

/* Likewise, until the bytes or the notices hold the text. */
void guest_wait_bytes(struct guest *guest, const char *text);
void guest_wait_notice(struct guest *guest, const char *text);

bool guest_has_ended(const struct guest *guest);
size_t guest_count(const struct buf *buf, const char *text);

#endif
