/* SPDX-License-Identifier: Apache-2.0 */
#include "incident/absence.h"

#include "base/mem.h"

#include <string.h>

enum {
    ROOM_FIRST = 1 << 10,
    ROOM_LAST = 1 << 17, /* 1 MiB */
};

void
absence_free(struct absence *absence)
{
    mem_free(absence->names);
    *absence = (struct absence){0};
}

/* Where the name stands, or would. */
static size_t
place_of(const struct absence *absence, uint64_t name)
{
    size_t mask = absence->room - 1;
    size_t at = name & mask;
    while (absence->names[at] != 0 && absence->names[at] != name) {
        at = (at + 1) & mask;
    }
    return at;
}

static void
grow(struct absence *absence)
{
    const struct absence old = *absence;
    absence->room = old.room > 0 ? old.room * 2 : ROOM_FIRST;
    absence->names = mem_new(absence->room * sizeof(*absence->names));
    for (size_t i = 0; i < old.room; i++) {
        if (old.names[i] != 0) {
            absence->names[place_of(absence, old.names[i])] = old.names[i];
        }
    }
    mem_free(old.names);
}

static void
clear(struct absence *absence)
{
    if (absence->count > 0) {
        memset(absence->names, 0, absence->room * sizeof(*absence->names));
        absence->count = 0;
    }
}

/* False: there are too many. */
static bool
put(struct absence *absence, uint64_t name)
{
    bool is_full = absence->count >= absence->room / 2;
    if (is_full && absence->room == ROOM_LAST) {
        return false;
    }
    if (is_full) {
        grow(absence);
    }
    size_t at = place_of(absence, name);
    absence->count += absence->names[at] == 0;
    absence->names[at] = name;
    return true;
}

/* Those behind it that would not be found any more move up. */
static bool
drop(struct absence *absence, uint64_t name)
{
    size_t mask = absence->room - 1;
    if (absence->count == 0) {
        return false;
    }
    size_t gap = place_of(absence, name);
    if (absence->names[gap] == 0) {
        return false;
    }
    for (size_t at = (gap + 1) & mask; absence->names[at] != 0;
         at = (at + 1) & mask) {
        size_t home = absence->names[at] & mask;
        if (((at - home) & mask) >= ((at - gap) & mask)) {
            absence->names[gap] = absence->names[at];
            gap = at;
        }
    }
    absence->names[gap] = 0;
    absence->count--;
    return true;
}

/* 0 is none. */
static uint64_t
named(uint64_t name)
{
    return name + (name == 0);
}

void
absence_note(struct absence *absence, uint64_t name)
{
    if (absence->is_inverse) {
        (void)drop(absence, named(name));
    } else if (!put(absence, named(name))) {
        absence_note_all(absence);
    }
}

void
absence_note_all(struct absence *absence)
{
    clear(absence);
    absence->is_inverse = true;
}

bool
absence_take(struct absence *absence, uint64_t name)
{
    if (!absence->is_inverse) {
        return drop(absence, named(name));
    }
    if (absence->count > 0
        && absence->names[place_of(absence, named(name))] != 0) {
        return false;
    }
    if (!put(absence, named(name))) {
        clear(absence);
        (void)put(absence, named(name));
    }
    return true;
}
