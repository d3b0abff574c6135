/* SPDX-License-Identifier: Apache-2.0 */
#include "app/announce.h"

#include "base/mem.h"
#include "report/kept.h"

#include <stdlib.h>

enum {
    POUR_BYTES = 64 * 1024,
};

/* An incident whose block is still to be printed. */
struct pending {
    struct incident *incident;
    enum change change; /* the first one */
    int64_t due;
};

struct announce {
    enum output output;
    struct report_style style;
    struct buf *copy;        /* NULL if there is none */
    void (*pour)(void *ctx); /* NULL if nobody takes pieces */
    void *pour_ctx;
    bool is_stream;
    bool goes_on;
    int64_t settle; /* from the first line to the block, microseconds */
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
    announce->style.kept = kept_new();
    announce->settle = ANNOUNCE_SETTLE_MS * (STAMP_SECOND / 1000);
    return announce;
}

void
announce_free(struct announce *announce)
{
    if (announce) {
        kept_free(announce->style.kept);
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
announce_pour(struct announce *announce, void (*pour)(void *ctx), void *ctx)
{
    announce->pour = pour;
    announce->pour_ctx = ctx;
}

void
announce_stream(struct announce *announce, bool goes_on)
{
    announce->is_stream = true;
    announce->goes_on = goes_on;
}

void
announce_settle(struct announce *announce, int64_t settle)
{
    announce->settle = settle;
}

static void
print(const struct announce *announce, const struct incident *incident,
      enum change change, struct buf *out)
{
    if (announce->output == OUTPUT_TEXT) {
        /* The first time that it fails, the reader needs the whole. */
        bool is_brief = incident->is_announced || !incident->is_touched;
        render_text_incident(out, &announce->style, incident,
                             is_brief ? change : CHANGE_OPENED);
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
    announce->pending[announce->count++] =
        (struct pending){incident, change, now + announce->settle};
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

/* A refusal that comes and goes is only told if it stays for longer. */
static bool
is_one_more_flap(const struct incident *incident)
{
    return incident->flap_since != 0 && !incident->is_flap_told
        && incident->last_seen - incident->flap_since
               <= ANNOUNCE_FLAP_S * STAMP_SECOND;
}

void
announce_change(struct announce *announce, struct incident *incident,
                enum change change, int64_t now, struct buf *out)
{
    if (!incident->is_touched) {
        /* An earlier run has told of it. */
        if (change != CHANGE_QUIET || announce->goes_on) {
            print(announce, incident, change, out);
        }
        return;
    }
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
    if (incident->flap_since != 0 && !incident->is_flap_told) {
        change = CHANGE_REOPENED; /* nothing was told of this refusal yet */
        incident->is_flap_told = true;
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
    size_t copied = announce->copy ? announce->copy->len : 0;
    if (announce->pour && (out->len >= POUR_BYTES || copied >= POUR_BYTES)) {
        announce->pour(announce->pour_ctx);
    }
}

/* Of the kind that passes by itself, and it has failed but once. */
static bool
may_pass(const struct incident *incident)
{
    return incident->cause->nature == NATURE_TRANSIENT
        && incident->stored_count + incident->count - incident->replayed < 2;
}

static bool
is_held(const struct announce *announce, const struct pending *pending,
        int64_t now)
{
    int64_t since = pending->due - announce->settle;
    return may_pass(pending->incident)
        && now - since < ANNOUNCE_HOLD_MS * (STAMP_SECOND / 1000);
}

static bool
is_due(const struct announce *announce, const struct pending *pending,
       int64_t now)
{
    return pending->due <= now && !is_held(announce, pending, now);
}

/* It has passed by itself before anybody was told. */
static bool
has_passed(const struct incident *incident)
{
    return may_pass(incident) && incident->state == INCIDENT_RESOLVED;
}

bool
announce_has_due(const struct announce *announce, int64_t now)
{
    bool has_due = false;
    for (size_t i = 0; announce->is_stream && i < announce->count; i++) {
        has_due = has_due || is_due(announce, &announce->pending[i], now);
    }
    return has_due;
}

void
announce_due(struct announce *announce, int64_t now, struct buf *out)
{
    size_t kept = 0;
    for (size_t i = 0; announce->is_stream && i < announce->count; i++) {
        struct pending *pending = &announce->pending[i];
        if (!is_due(announce, pending, now)) {
            announce->pending[kept++] = *pending;
        } else if (has_passed(pending->incident)) {
            pending->incident->announced_at = 0; /* it may wait once more */
        } else {
            tell(announce, pending, out);
        }
    }
    announce->count = announce->is_stream ? kept : announce->count;
}

void
announce_leaving(struct announce *announce, struct buf *out)
{
    size_t kept = 0;
    for (size_t i = 0; i < announce->count; i++) {
        if (announce->pending[i].incident->is_leaving) {
            tell(announce, &announce->pending[i], out);
        } else {
            announce->pending[kept++] = announce->pending[i];
        }
    }
    announce->count = kept;
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
