/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PULLWHY_INCIDENT_ABSENCE_H
#define PULLWHY_INCIDENT_ABSENCE_H

/*
 * Which names lead to incidents that the history has and memory has not, so
 * that it is asked for each of them once and not with every line. A name is a
 * hash; those of different names differ.
 *
 * Either it knows which are absent, since they all left in this run; or it
 * only knows which are not, since they were asked for. What it notes is
 * bounded: with too many names it goes from the one to the other, and then
 * begins anew.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct absence {
    uint64_t *names; /* 0: nothing is there */
    size_t room;     /* a power of two, or 0 */
    size_t count;
    bool is_inverse; /* all but these are absent */
};

void absence_free(struct absence *absence);

/* An incident of that name left. */
void absence_note(struct absence *absence, uint64_t name);

/* From now on any name may be absent. */
void absence_note_all(struct absence *absence);

/* Whether it may be absent; the caller asks for it, so then it is not. */
bool absence_take(struct absence *absence, uint64_t name);

/* Whether there is anything that may be. */
static inline bool
absence_is_any(const struct absence *absence)
{
    return absence->is_inverse || absence->count > 0;
}

#endif
