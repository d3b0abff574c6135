/* SPDX-License-Identifier: Apache-2.0 */
#include "incident/account.h"

#include "incident/alias.h"
#include "incident/lend.h"

#include <stdlib.h>
#include <string.h>

bool
account_is_replay(const struct incident *incident)
{
    return !incident->is_stored && !incident->is_dirty;
}

uint64_t
account_count(const struct sighting *sighting)
{
    return sighting->count > 0 ? sighting->count : 1;
}

bool
account_is_before(const struct incident *incident,
                  const struct sighting *sighting, int64_t when)
{
    return sighting->stamp.trust != STAMP_MISSING
        && sighting->stamp.trust == incident->stamp_trust
        && sighting->stamp.us < when;
}

bool
account_is_late(const struct incident *incident,
                const struct sighting *sighting)
{
    return incident->state == INCIDENT_RESOLVED
        && (sighting->is_replay
            || account_is_before(incident, sighting, incident->resolved_at));
}

int64_t
account_first(const struct incident *incident, const struct sighting *sighting)
{
    int64_t first = sighting->first;
    return first > 0 && first < sighting->stamp.us && incident->life <= 1
             ? first
             : sighting->stamp.us;
}

static void
take_times(struct incident *incident, const struct sighting *sighting)
{
    const struct stamp *stamp = &sighting->stamp;
    int64_t first = account_first(incident, sighting);
    bool is_first = incident->first_seen == 0 && incident->last_seen == 0;
    if (stamp->trust == STAMP_MISSING) {
        return;
    }
    if (is_first || first < incident->first_seen) {
        incident->first_seen = first;
    }
    if (is_first || stamp->us > incident->last_seen) {
        incident->last_seen = stamp->us;
    }
    if (stamp->trust < incident->stamp_trust) {
        incident->stamp_trust = stamp->trust;
    }
}

void
account_times(struct incident *incident, const struct sighting *sighting)
{
    /* A replay may be of an earlier life than the one that is remembered. */
    if (!sighting->is_replay || account_is_replay(incident)) {
        take_times(incident, sighting);
    }
    incident->is_touched = true;
    incident->observed_at = sighting->observed_at;
    if (!sighting->is_replay) {
        incident->is_dirty = true;
    }
}

void
account_line(struct incident *incident, const struct sighting *sighting)
{
    account_times(incident, sighting);
    bool is_first = incident_fact(incident, FACT_NAMESPACE).len == 0;
    if (is_first || lend_is_its_namespace(incident, sighting->facts)) {
        incident_merge_facts(incident, sighting->facts);
    } else {
        struct facts facts = *sighting->facts;
        facts.value[FACT_SECRET] = slice_of(NULL, 0);
        incident_merge_facts(incident, &facts);
    }
    /* No pod of the node can start without the sandbox's image. */
    if (slice_equal(incident_fact(incident, FACT_ROLE), SLICE("sandbox"))) {
        incident->severity = SEVERITY_CRITICAL;
    }
}

static int
by_minute(const void *a, const void *b)
{
    const struct tally *x = a;
    const struct tally *y = b;
    return x->word < y->word ? -1 : x->word > y->word;
}

/* Adds to one of that minute; false: it is of another one, or would overflow. */
static bool
add_to(struct tally *tally, int64_t minute, uint64_t count)
{
    if (tally_minute(*tally) != minute
        || tally_count(*tally) + count > TALLY_MOST) {
        return false;
    }
    tally->word += count;
    return true;
}

/* One tally a minute, if that is enough, in their order. */
static void
sum_up(struct incident *incident)
{
    size_t kept = 0;
    qsort(incident->tallies, incident->tally_count, sizeof(*incident->tallies),
          by_minute);
    for (size_t i = 1; i < incident->tally_count; i++) {
        struct tally next = incident->tallies[i];
        if (!add_to(&incident->tallies[kept], tally_minute(next),
                    tally_count(next))) {
            incident->tallies[++kept] = next;
        }
    }
    incident->tally_count = kept + 1;
}

/* Afterwards a third of the room is free. */
static void
make_room(struct incident *incident)
{
    enum {
        ROOM_FIRST = 3
    };

    if (incident->tally_count > 0) {
        sum_up(incident);
    }
    if (incident->tally_count
        >= incident->tally_room - incident->tally_room / 3) {
        incident->tally_room += incident->tally_room / 2 + ROOM_FIRST;
        incident->tallies =
            mem_resize_array(incident->tallies, incident->tally_room,
                             sizeof(*incident->tallies));
    }
}

/*
 * Lines come nearly in the order of their time, so one of the newest tallies
 * is mostly the right one. When they do not, minutes repeat, and are summed up
 * when there is no more room; so a line costs little in any order.
 */
static void
count_some(struct incident *incident, int64_t minute, uint64_t count)
{
    enum {
        NEWEST = 4
    };

    size_t end = incident->tally_count;
    for (size_t i = end; i > 0 && i + NEWEST > end; i--) {
        if (add_to(&incident->tallies[i - 1], minute, count)) {
            return;
        }
    }
    if (end == incident->tally_room) {
        make_room(incident);
    }
    incident->tallies[incident->tally_count++] = tally_of(minute, count);
}

static void
count_minute(struct incident *incident, int64_t minute, uint64_t count)
{
    for (; count > TALLY_MOST; count -= TALLY_MOST) {
        count_some(incident, minute, TALLY_MOST);
    }
    count_some(incident, minute, count);
}

/*
 * The ring's slots are written again and again, by lines much alike: one that
 * is too small gets a quarter more at least, so that it moves seldom.
 */
static char *
room_for(struct evidence *evidence, size_t len)
{
    enum {
        STEP = 16,
        BEFORE = 8 /* that each piece of memory has before it, as a rule */
    };

    if (len > evidence->room) {
        size_t least = evidence->room + evidence->room / 4;
        size_t room = len > least ? len : least;
        evidence_free(evidence);
        evidence->room =
            (uint32_t)((room + BEFORE + STEP - 1) / STEP * STEP - BEFORE);
        evidence->memory = mem_resize(NULL, evidence->room);
    }
    return evidence->memory;
}

static uint32_t
copy_to(char *memory, struct slice text)
{
    if (text.len > 0) {
        memcpy(memory, text.data, text.len);
    }
    return (uint32_t)text.len;
}

/* Where the next line is kept. */
static size_t
evidence_place(const struct incident *incident)
{
    uint64_t seen = incident->evidence_seen;
    return seen < EVIDENCE_FIRST
             ? (size_t)seen
             : EVIDENCE_FIRST
                   + (size_t)((seen - EVIDENCE_FIRST) % EVIDENCE_LAST);
}

static void
keep_evidence(struct incident *incident, const struct sighting *sighting)
{
    size_t at = evidence_place(incident);
    struct evidence *evidence = &incident->evidence[at];
    char *memory =
        room_for(evidence, sighting->origin.len + sighting->line.len);
    evidence->origin_len = copy_to(memory, sighting->origin);
    evidence->line_len = copy_to(memory + sighting->origin.len, sighting->line);
    evidence->seen_at = sighting->stamp.us;
    evidence->is_saved = sighting->is_replay;
    incident->evidence_seen++;
}

void
account_also(struct incident *incident, const struct cause *cause)
{
    size_t at = 0;
    while (at < incident->also_count && incident->also[at] != cause) {
        at++;
    }
    if (at == incident->also_count && at < COUNT(incident->also)) {
        incident->also[incident->also_count++] = cause;
    }
}

void
account_drop(struct incident *incident)
{
    incident->count = 0;
    incident->replayed = 0;
    incident->stored_count = 0;
    incident->unsaved = 0;
    incident->tally_count = 0;
    for (size_t i = 0; i < incident->affected_count; i++) {
        incident->affected[i].count = 0;
        incident->affected[i].unsaved = 0;
    }
}

/* Who told of the failure first, and did not know whose it was. */
static struct affected *
nobodys_row(struct incident *incident, const struct affected *affected)
{
    for (size_t i = 0; i < incident->affected_count; i++) {
        struct affected *row = &incident->affected[i];
        bool is_elsewhere = row->node.len > 0 && affected->node.len > 0
                         && !slice_equal(row->node, affected->node);
        if (row->pod.len == 0 && !is_elsewhere
            && alias_is_same(row->image, affected->image)) {
            return row;
        }
    }
    return NULL;
}

/* The failures that others told of before are known to be this row's now. */
static void
claim(struct incident *incident, struct affected *affected,
      const struct sighting *sighting, const struct share *share)
{
    uint64_t joined = account_count(sighting) - share->fresh;
    uint64_t moved = joined - share->old;
    struct affected *row = nobodys_row(incident, affected);
    if (row) {
        moved = row->count < moved ? row->count : moved;
        row->count -= moved;
    }
    affected->count += moved;
    if (!sighting->is_replay) {
        affected->unsaved += (int64_t)joined;
    }
    if (row && !sighting->is_replay) {
        row->unsaved -= (int64_t)joined;
        row->is_dirty = true;
    }
}

/* Of a replay, the history has all. */
static void
count_row(struct affected *affected, const struct sighting *sighting,
          const struct share *share)
{
    affected->count += share->fresh + share->old;
    if (!sighting->is_replay) {
        affected->unsaved += (int64_t)share->fresh;
    }
}

void
account_failure(struct incident *incident, struct affected *affected,
                const struct sighting *sighting, const struct share *share)
{
    uint64_t fresh = sighting->is_replay ? 0 : share->fresh;
    incident->count += share->fresh + share->old;
    incident->replayed += share->fresh + share->old - fresh;
    incident->unsaved += fresh;
    if (affected) {
        count_row(affected, sighting, share);
    }
    if (affected && share->is_first) {
        claim(incident, affected, sighting, share);
    }
    if (fresh > 0 && sighting->stamp.trust != STAMP_MISSING
        && !incident->is_untallied) {
        count_minute(incident, sighting->stamp.us / STAMP_MINUTE, fresh);
    }
    for (size_t i = 0; i < sighting->also_count; i++) {
        account_also(incident, sighting->also[i]);
    }
    keep_evidence(incident, sighting);
}

void
account_move(struct incident *into, struct incident *gone)
{
    into->count += gone->count;
    into->replayed += gone->replayed;
    into->stored_count += gone->stored_count;
    into->unsaved += gone->unsaved;
    into->affected_lost += gone->affected_lost;
    for (size_t i = 0; i < gone->tally_count; i++) {
        count_minute(into, tally_minute(gone->tallies[i]),
                     tally_count(gone->tallies[i]));
    }
    if (gone->first_seen != 0 && gone->first_seen < into->first_seen) {
        into->first_seen = gone->first_seen;
    }
    gone->unsaved = 0;
    gone->tally_count = 0;
    gone->is_dirty = false;
}

void
account_span(struct affected *affected, int64_t first_seen, int64_t last_seen)
{
    if (affected->first_seen == 0 || first_seen < affected->first_seen) {
        affected->first_seen = first_seen;
    }
    if (last_seen > affected->last_seen) {
        affected->last_seen = last_seen;
    }
}

void
account_suffering(const struct incident *incident, struct affected *affected,
                  const struct sighting *sighting)
{
    int64_t recovered_at = affected->recovered_at != 0 ? affected->recovered_at
                                                       : incident->resolved_at;
    if (sighting->is_replay) {
        return;
    }
    affected->is_dirty = true;
    if (affected->is_recovered
        && !account_is_before(incident, sighting, recovered_at)) {
        affected->is_recovered = false;
        affected->recovered_at = 0;
    }
}

void
account_expect(const struct incident *incident, size_t row)
{
    const size_t names = offsetof(struct affected, image); /* not asked for */
    mem_expect((const char *)&incident->affected[row] + names,
               sizeof(struct affected) - names);
    if (incident->tally_count > 0) {
        mem_expect(&incident->tallies[incident->tally_count - 1],
                   sizeof(struct tally));
    }
    mem_expect(&incident->evidence[evidence_place(incident)],
               sizeof(struct evidence));
}

void
account_expect_more(const struct incident *incident, size_t row, size_t len)
{
    const struct evidence *evidence =
        &incident->evidence[evidence_place(incident)];
    struct slice image = incident->affected[row].image;
    mem_expect(image.data, image.len);
    if (evidence->room >= len) {
        mem_expect(evidence->memory, len);
    }
}
