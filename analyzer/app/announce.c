/* SPDX-License-Identifier: Apache-2.0 */
#include "app/announce.h"

#include "base/mem.h"

#include <stdlib.h>

/* An incident whose block is still to be printed. */
struct pending {
    struct incident *incident;
    enum change change; /* the first one */
    int64_t due;
};

struct announce {
    enum output output;
    struct report_style style;
    struct buf *copy; /* NULL if there is none */
    bool is_stream;
    struct pending *pending;
    size_t count;
    size_t room;
};

struct announce *
announce_new(enum output output, const struct report_style *style)
{
    struct announce *announce = MEM_NEW(struct announce);
    announce->output = output;
    announce->style = *style;
    return announce;
}

void
announce_free(struct announce *announce)
{
    if (announce) {
        mem_free(announce->pending);
        mem_free(announce);
    }
}

void
announce_copy(struct announce *announce, struct buf *copy)
{
    announce->copy = copy;
}

void
announce_stream(struct announce *announce)
{
    announce->is_stream = true;
}

static void
print(const struct announce *announce, const struct incident *incident,
      enum change change, struct buf *out)
{
    if (announce->output == OUTPUT_TEXT) {
        /* Until then nothing was told of it: the reader needs the whole. */
        render_text_incident(out, &announce->style, incident,
                             incident->is_announced ? change : CHANGE_OPENED);
    } else if (announce->output == OUTPUT_JSON) {
        render_json_incident(out, &announce->style, incident, change);
    }
    if (announce->copy) {
        render_json_incident(announce->copy, &announce->style, incident,
                             change);
    }
}

static void
put_off(struct announce *announce, struct incident *incident,
        enum change change, int64_t now)
{
    if (announce->count == announce->room) {
        announce->room = announce->room > 0 ? announce->room * 2 : 64;
        announce->pending = mem_resize_array(announce->pending, announce->room,
                                             sizeof(*announce->pending));
    }
    incident->announced_at = now != 0 ? now : 1; /* 0: it does not wait */
    announce->pending[announce->count++] = (struct pending){
        incident, change, now + ANNOUNCE_SETTLE_MS * (STAMP_SECOND / 1000)};
}

static bool
is_worth_a_line(const struct incident *incident, enum change change,
                int64_t now)
{
    if (change != CHANGE_UPDATED) {
        return true;
    }
    return incident->affected_count > incident->announced_affected
        && now - incident->announced_at
               >= ANNOUNCE_PAUSE_MS * (STAMP_SECOND / 1000);
}

/*
 * A refusal that comes and goes was told with the life before. This one is only
 * told if it stays for longer than those do.
 */
static bool
is_one_more_flap(const struct incident *incident)
{
    return incident->announced_at == 0
        && incident->facts.value[FACT_FLAPPING].len > 0
        && incident->last_seen - incident->first_seen
               <= ANNOUNCE_FLAP_S * STAMP_SECOND;
}

void
announce_change(struct announce *announce, struct incident *incident,
                enum change change, int64_t now, struct buf *out)
{
    if (!incident->is_announced) {
        /* announced_at is set while it waits, so it is looked up only once. */
        if (incident->announced_at == 0) {
            put_off(announce, incident, change, now);
        }
        return;
    }
    if (is_one_more_flap(incident)) {
        return;
    }
    if (incident->announced_at == 0) {
        change = CHANGE_REOPENED; /* nothing was told of this life yet */
    }
    if (is_worth_a_line(incident, change, now)) {
        incident->announced_at = now;
        incident->announced_affected = incident->affected_count;
        print(announce, incident, change, out);
    }
}

static void
tell(struct announce *announce, const struct pending *pending, struct buf *out)
{
    struct incident *incident = pending->incident;
    if (incident->state == INCIDENT_JOINED) {
        return;
    }
    enum change change = pending->change;
    if (change == CHANGE_RESOLVED || change == CHANGE_QUIET) {
        change = CHANGE_UPDATED;
    }
    incident->announced_affected = incident->affected_count;
    print(announce, incident, change, out);
    incident->is_announced = true;
}

bool
announce_has_due(const struct announce *announce, int64_t now)
{
    return announce->is_stream && announce->count > 0
        && announce->pending[0].due <= now;
}

void
announce_due(struct announce *announce, int64_t now, struct buf *out)
{
    size_t done = 0;
    if (!announce->is_stream) {
        return;
    }
    while (done < announce->count && announce->pending[done].due <= now) {
        tell(announce, &announce->pending[done++], out);
    }
    for (size_t i = done; i < announce->count; i++) {
        announce->pending[i - done] = announce->pending[i];
    }
    announce->count -= done;
}

/* The worst first; of equals the more frequent, then the earlier one. */
static int
by_weight(const void *a, const void *b)
{
    const struct incident *x = ((const struct pending *)a)->incident;
    const struct incident *y = ((const struct pending *)b)->incident;
    bool x_is_over = x->state == INCIDENT_RESOLVED;
    bool y_is_over = y->state == INCIDENT_RESOLVED;
    if (x_is_over != y_is_over) {
        return x_is_over ? 1 : -1;
    }
    if (x->severity != y->severity) {
        return x->severity < y->severity ? 1 : -1;
    }
    if (x->count != y->count) {
        return x->count < y->count ? 1 : -1;
    }
    if (x->first_seen != y->first_seen) {
        return x->first_seen < y->first_seen ? -1 : 1;
    }
    return slice_compare(x->key, y->key);
}

static void
summarize(const struct announce *announce, const struct ledger *ledger,
          struct buf *out)
{
    struct pending *rows =
        mem_resize_array(NULL, ledger_count(ledger) + 1, sizeof(*rows));
    const struct incident **list = mem_resize_array(
        NULL, ledger_count(ledger) + 1, sizeof(const struct incident *));
    size_t count = 0;
    for (size_t i = 0; i < ledger_count(ledger); i++) {
        struct incident *incident = ledger_at(ledger, i);
        if (incident->is_touched && incident->state != INCIDENT_JOINED) {
            rows[count++].incident = incident;
        }
    }
    qsort(rows, count, sizeof(*rows), by_weight);
    for (size_t i = 0; i < count; i++) {
        list[i] = rows[i].incident;
    }
    render_text_summary(out, &announce->style, list, count);
    mem_free(list);
    mem_free(rows);
}

void
announce_end(struct announce *announce, const struct ledger *ledger,
             struct buf *out)
{
    if (announce->count > 0) {
        qsort(announce->pending, announce->count, sizeof(*announce->pending),
              by_weight);
    }
    for (size_t i = 0; i < announce->count; i++) {
        tell(announce, &announce->pending[i], out);
    }
    announce->count = 0;
    if (announce->output == OUTPUT_TEXT) {
        summarize(announce, ledger, out);
    }
}
