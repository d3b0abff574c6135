/* SPDX-License-Identifier: Apache-2.0 */
#include "incident/renew.h"

#include "incident/roster.h"

/* An incident that only the history knew: nothing of it is written again. */
static void
forget_stored(struct incident *incident)
{
    incident->is_dirty = false;
    incident->unsaved = 0;
    incident->tally_count = 0;
}

static void
renew_affected(struct incident *incident)
{
    for (size_t i = 0; i < incident->affected_count; i++) {
        struct affected *affected = &incident->affected[i];
        affected->unsaved = (int64_t)affected->count;
        affected->is_dirty = true;
    }
}

static void
renew_incident(struct incident *incident)
{
    incident->is_dirty = true;
    incident->unsaved = incident->count;
    renew_affected(incident);
    for (size_t i = 0; i < COUNT(incident->evidence); i++) {
        incident->evidence[i].is_saved = false;
    }
}

/* Rows that were to be folded in the history that is lost. */
static void
forget_joins(struct ledger *ledger)
{
    int64_t gone;
    struct incident *into;
    while (ledger_joined(ledger, &gone, &into)) {
    }
}

size_t
renew_stored(struct ledger *ledger)
{
    struct incident *incident;
    size_t kept = 0;
    forget_joins(ledger);
    tellings_renew(ledger_tellings(ledger));
    recurrences_renew(ledger_recurrences(ledger));
    for (size_t i = 0; (incident = ledger_at(ledger, i)); i++) {
        bool is_of_this_run = incident->is_touched
                           && incident->state != INCIDENT_NONE
                           && incident->state != INCIDENT_JOINED;
        kept += is_of_this_run && incident->stored_count > 0;
        incident->is_stored = false;
        incident->stored_count = 0;
        incident->replayed = 0;
        if (is_of_this_run) {
            renew_incident(incident);
            roster_note(ledger_roster(ledger), incident);
        } else {
            forget_stored(incident);
        }
    }
    return kept;
}

static void
renew_cause(const struct cause **cause, const struct catalog *catalog)
{
    const struct cause *fresh = catalog_find(catalog, (*cause)->slug);
    *cause = fresh ? fresh : *cause;
}

void
renew_causes(struct ledger *ledger, const struct catalog *catalog)
{
    struct incident *incident;
    for (size_t i = 0; (incident = ledger_at(ledger, i)); i++) {
        renew_cause(&incident->cause, catalog);
        for (size_t j = 0; j < incident->also_count; j++) {
            renew_cause(&incident->also[j], catalog);
        }
    }
    ledger_set_catalog(ledger, catalog);
}

/* Those that left without a trace are told by their causes at the end. */
static bool
lost_uses(const struct ledger *ledger, const struct catalog *catalog)
{
    const struct departed *lost;
    for (size_t i = 0; (lost = roster_lost(ledger_roster(ledger), i)); i++) {
        if (catalog_find(catalog, lost->cause->slug) == lost->cause) {
            return true;
        }
    }
    return false;
}

bool
renew_uses(const struct ledger *ledger, const struct catalog *catalog)
{
    struct incident *incident;
    for (size_t i = 0; (incident = ledger_at(ledger, i)); i++) {
        bool is_used =
            catalog_find(catalog, incident->cause->slug) == incident->cause;
        for (size_t j = 0; j < incident->also_count; j++) {
            const struct cause *also = incident->also[j];
            is_used = is_used || catalog_find(catalog, also->slug) == also;
        }
        if (is_used) {
            return true;
        }
    }
    return lost_uses(ledger, catalog);
}

struct renew_backlog
renew_backlog(const struct ledger *ledger)
{
    struct renew_backlog backlog = {0};
    struct incident *incident;
    for (size_t i = 0; (incident = ledger_at(ledger, i)); i++) {
        if (incident->is_dirty || incident->unsaved > 0) {
            backlog.incidents++;
            backlog.failures += incident->unsaved;
        }
    }
    return backlog;
}
