/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PULLWHY_WIRE_AGE_H
#define PULLWHY_WIRE_AGE_H

/*
 * Ages as kubectl prints them: "8m3s", "3m (x4 over 5m)", "<unknown>". An age
 * is no moment: it becomes one only with the `now` that it is set with.
 */

#include "base/slice.h"
#include "wire/record.h"

#include <stdbool.h>
#include <stdint.h>

struct age {
    bool is_known;
    int64_t last;   /* microseconds ago */
    int64_t first;  /* microseconds ago; 0 if not said */
    uint64_t count; /* 1 if not said */
};

/* Takes an age off the front of *rest, blanks before it too. */
bool age_read(struct slice *rest, struct age *age);

/* Fills the record's stamp, count and first_seen. */
void age_set(struct record *record, const struct age *age, int64_t now);

#endif
