/* SPDX-License-Identifier: Apache-2.0 */
#include "incident/roster.h"

#include "base/mem.h"
#include "incident/absence.h"
#include "incident/alias.h"

#include <stdlib.h>

enum {
    INCIDENTS = 4096,
    ROWS = 65536,     /* of affected, in all of them */
    BITS = 1 << 23,   /* of those that were told of */
    TALLIES = 262144, /* that wait for the history, in all of them: 2 MiB */
    TURNS = 256,      /* of roster_is_laden(), from one count to the next */
    TEXTS = 408,      /* bytes; most incidents have one or two rows */
    SEED_KEY = 101,
    SEED_POD = 102,
    SEED_IMAGE = 103,
};

struct roster {
    struct incident **items;
    size_t count;
    size_t room;
    size_t limit;
    size_t rows;
    size_t row_limit;
    size_t asked; /* roster_is_laden() */
    bool has_no_tallies;
    uint64_t turn; /* of the one that was used last */
    struct incident **changed;
    size_t changed_count;
    size_t changed_room;
    uint64_t serial;
    struct absence absence;
    unsigned char *told; /* by the history's number, who left */
    struct departed left;
    struct departed *lost;
    size_t lost_count;
};

struct roster *
roster_new(void)
{
    struct roster *roster = MEM_NEW(struct roster);
    roster->limit = INCIDENTS;
    roster->row_limit = ROWS;
    return roster;
}

static void
incident_free(struct incident *incident)
{
    for (size_t i = 0; i < COUNT(incident->evidence); i++) {
        evidence_free(&incident->evidence[i]);
    }
    mem_free(incident->affected);
    mem_free(incident->tallies);
    arena_free(&incident->arena);
    mem_free(incident);
}

void
roster_free(struct roster *roster)
{
    if (!roster) {
        return;
    }
    for (size_t i = 0; i < roster->count; i++) {
        incident_free(roster->items[i]);
    }
    mem_free(roster->items);
    mem_free(roster->changed);
    absence_free(&roster->absence);
    mem_free(roster->told);
    mem_free(roster->lost);
    mem_free(roster);
}

void
roster_limit(struct roster *roster, size_t incidents, size_t rows)
{
    roster->limit = incidents;
    roster->row_limit = rows;
}

struct incident *
roster_add(struct roster *roster, struct slice key, const struct cause *cause)
{
    struct incident *incident = MEM_NEW(struct incident);
    incident->cause = cause;
    incident->severity = cause->severity;
    incident->stamp_trust = STAMP_EXACT;
    incident->life = 1;
    arena_start(&incident->arena, TEXTS);
    incident->key = arena_copy(&incident->arena, key);
    incident->serial = ++roster->serial;
    incident->is_untallied = roster->has_no_tallies;
    if (roster->count == roster->room) {
        roster->room = roster->room > 0 ? roster->room * 2 : 64;
        roster->items = mem_resize_array(roster->items, roster->room,
                                         sizeof(struct incident *));
    }
    incident->place = (uint32_t)roster->count;
    roster->items[roster->count++] = incident;
    incident->used = ++roster->turn;
    return incident;
}

void
roster_touch(struct roster *roster, struct incident *incident)
{
    incident->used = ++roster->turn;
    roster_note(roster, incident);
}

void
roster_note(struct roster *roster, struct incident *incident)
{
    if (incident->is_listed) {
        return;
    }
    if (roster->changed_count == roster->changed_room) {
        roster->changed_room = roster->changed_room * 2 + 64;
        roster->changed = mem_resize_array(
            roster->changed, roster->changed_room, sizeof(struct incident *));
    }
    incident->is_listed = true;
    roster->changed[roster->changed_count++] = incident;
}

struct incident *
roster_at(const struct roster *roster, size_t index)
{
    return index < roster->count ? roster->items[index] : NULL;
}

size_t
roster_count(const struct roster *roster)
{
    return roster->count;
}

struct incident *
roster_changed(const struct roster *roster, size_t index)
{
    return index < roster->changed_count ? roster->changed[index] : NULL;
}

/* What only replays told, and what was folded, is nothing to be saved. */
static bool
is_saved(const struct incident *incident)
{
    return incident->state == INCIDENT_JOINED
        || (!incident->is_dirty && incident->unsaved == 0
            && incident->tally_count == 0);
}

void
roster_settle(struct roster *roster)
{
    size_t kept = 0;
    for (size_t i = 0; i < roster->changed_count; i++) {
        struct incident *incident = roster->changed[i];
        incident->is_listed = !incident->is_leaving && !is_saved(incident);
        if (incident->is_listed) {
            roster->changed[kept++] = incident;
        }
    }
    roster->changed_count = kept;
}

void
roster_add_rows(struct roster *roster, size_t rows)
{
    roster->rows += rows;
}

bool
roster_is_full(const struct roster *roster)
{
    return roster->count > roster->limit || roster->rows > roster->row_limit;
}

void
roster_leave_out_tallies(struct roster *roster)
{
    roster->has_no_tallies = true;
}

bool
roster_is_laden(struct roster *roster)
{
    size_t tallies = 0;
    if (++roster->asked % TURNS != 0) {
        return false;
    }
    for (size_t i = 0; i < roster->changed_count; i++) {
        tallies += roster->changed[i]->tally_count;
    }
    return tallies > TALLIES;
}

static struct departed *
lost_of(struct roster *roster, const struct cause *cause)
{
    size_t at = 0;
    while (at < roster->lost_count && roster->lost[at].cause != cause) {
        at++;
    }
    if (at == roster->lost_count) {
        roster->lost = mem_resize_array(roster->lost, ++roster->lost_count,
                                        sizeof(*roster->lost));
        roster->lost[at] = (struct departed){.cause = cause};
    }
    return &roster->lost[at];
}

/* Its rows often have one image. */
static void
note_absent(struct absence *absence, const struct incident *incident)
{
    struct slice image = SLICE("");
    absence_note(absence, slice_mix(incident->key, SEED_KEY));
    for (size_t i = 0; i < incident->affected_count; i++) {
        const struct affected *row = &incident->affected[i];
        absence_note(absence, slice_mix(row->pod, SEED_POD));
        if (!slice_equal(row->image, image)) {
            image = row->image;
            absence_note(absence, alias_mix(image, SEED_IMAGE));
        }
    }
}

/* Notes what becomes of one that leaves. */
static void
depart(struct roster *roster, const struct incident *incident)
{
    if (incident->state == INCIDENT_JOINED) {
        return;
    }
    if (!is_saved(incident)) {
        struct departed *lost = lost_of(roster, incident->cause);
        lost->incidents++;
        lost->failures += incident->unsaved;
    }
    if (incident->is_touched && (incident->is_stored || is_saved(incident))) {
        roster->left.incidents++;
        roster->left.failures += incident->count - incident->unsaved;
    }
    if (!incident->is_stored) {
        return;
    }
    note_absent(&roster->absence, incident);
    if (incident->is_touched) {
        uint64_t bit = (uint64_t)incident->id % BITS;
        unsigned char *byte = &roster->told[bit / 8];
        *byte = (unsigned char)(*byte | 1U << bit % 8);
    }
}

/* What the table would hold without those that leave. */
struct holding {
    size_t count;
    size_t rows;
};

static bool
is_above(const struct roster *roster, const struct holding *held,
         size_t quarters)
{
    return held->count > roster->limit * quarters / 4
        || held->rows > roster->row_limit * quarters / 4;
}

static int
by_use(const void *a, const void *b)
{
    const struct incident *const *x = a;
    const struct incident *const *y = b;
    return (*x)->used < (*y)->used ? -1 : (*x)->used > (*y)->used;
}

/*
 * All, or those that leave, the coldest first; NULL behind the last. They are
 * sorted here, where it is seldom, and not linked where each line uses one.
 */
static struct incident **
by_warmth(const struct roster *roster, bool only_leaving)
{
    size_t count = 0;
    struct incident **sorted =
        mem_resize_array(NULL, roster->count + 1, sizeof(struct incident *));
    for (size_t i = 0; i < roster->count; i++) {
        if (!only_leaving || roster->items[i]->is_leaving) {
            sorted[count++] = roster->items[i];
        }
    }
    qsort(sorted, count, sizeof(struct incident *), by_use);
    sorted[count] = NULL;
    return sorted;
}

static void
choose(const struct roster *roster, struct incident *const *sorted,
       struct holding *held, bool only_saved)
{
    for (; *sorted && is_above(roster, held, 3); sorted++) {
        struct incident *incident = *sorted;
        if (!incident->is_leaving && (!only_saved || is_saved(incident))) {
            incident->is_leaving = true;
            held->count--;
            held->rows -= incident->affected_count;
        }
    }
}

size_t
roster_choose(struct roster *roster)
{
    struct holding held = {roster->count, roster->rows};
    if (!is_above(roster, &held, 4)) {
        return 0;
    }
    struct incident **sorted = by_warmth(roster, false);
    choose(roster, sorted, &held, true);
    if (is_above(roster, &held, 4)) {
        choose(roster, sorted, &held, false);
    }
    mem_free(sorted);
    return roster->count - held.count;
}

static void
dismiss(struct roster *roster, struct incident *incident, struct places *places)
{
    depart(roster, incident);
    places_dismiss(places, incident);
    roster->rows -= incident->affected_count;
    struct incident *last = roster->items[--roster->count];
    roster->items[incident->place] = last;
    last->place = incident->place;
    incident_free(incident);
}

void
roster_dismiss(struct roster *roster, struct places *places)
{
    if (!roster->told) {
        roster->told = mem_new(BITS / 8);
    }
    roster_settle(roster);
    struct incident **leaving = by_warmth(roster, true);
    for (struct incident **at = leaving; *at; at++) {
        dismiss(roster, *at, places);
    }
    mem_free(leaving);
}

bool
roster_lacks_key(struct roster *roster, struct slice key)
{
    return roster_lacks_any(roster)
        && absence_take(&roster->absence, slice_mix(key, SEED_KEY));
}

bool
roster_lacks_pod(struct roster *roster, struct slice pod)
{
    return pod.len > 0 && roster_lacks_any(roster)
        && absence_take(&roster->absence, slice_mix(pod, SEED_POD));
}

bool
roster_lacks_image(struct roster *roster, struct slice image)
{
    return image.len > 0 && roster_lacks_any(roster)
        && absence_take(&roster->absence, alias_mix(image, SEED_IMAGE));
}

bool
roster_lacks_any(const struct roster *roster)
{
    return absence_is_any(&roster->absence);
}

void
roster_lack_all(struct roster *roster)
{
    absence_note_all(&roster->absence);
}

bool
roster_return(struct roster *roster, int64_t id)
{
    uint64_t bit = (uint64_t)id % BITS;
    bool was_told = roster->told && (roster->told[bit / 8] >> bit % 8 & 1) != 0;
    if (was_told && roster->left.incidents > 0) {
        roster->left.incidents--;
    }
    return was_told;
}

struct departed
roster_left(const struct roster *roster)
{
    return roster->left;
}

const struct departed *
roster_lost(const struct roster *roster, size_t index)
{
    return index < roster->lost_count ? &roster->lost[index] : NULL;
}
