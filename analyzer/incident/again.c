/* SPDX-License-Identifier: Apache-2.0 */
#include "incident/again.h"

#include "incident/account.h"
#include "incident/attempt.h"
#include "incident/backoff.h"
#include "incident/ledger_parts.h"
#include "incident/lend.h"
#include "incident/share.h"

/* Each of these only grows, so their sum stays only if all of them do. */
static uint64_t
epoch_of(const struct ledger *ledger)
{
    return places_dismissals(ledger->places) + places_waiters(ledger->places)
         + witness_evictions(ledger->witness) + ledger->unnamed;
}

/* Whether the long way would lead to the same place. */
static bool
is_known(const struct ledger *ledger, const struct sighting *sighting)
{
    const struct trace *trace = sighting->trace;
    if (!trace || !trace->incident || sighting->is_replay
        || trace->epoch != epoch_of(ledger)) {
        return false;
    }
    const struct incident *incident = trace->incident;
    return incident_is_live(incident) && !incident->is_forgotten
        && trace->revision == incident->revision
        && (trace->names.pod == 0
            || trace->lenders == places_lenders(ledger->places)
            || incident_fact(incident, FACT_SECRET).len > 0);
}

bool
ledger_again(struct ledger *ledger, const struct sighting *sighting,
             struct incident **out, enum change *change)
{
    if (!is_known(ledger, sighting)) {
        return false;
    }
    struct trace *trace = sighting->trace;
    struct incident *incident = trace->incident;
    struct affected *row = &incident->affected[trace->row];
    witness_again(ledger->witness, &trace->seen, row->image,
                  sighting->stamp.us);
    struct share share = share_of(ledger->tellings, sighting, &trace->names,
                                  sighting->stamp.trust);
    account_times(incident, sighting);
    if (share.is_elsewhere) {
        row = NULL;
    } else {
        account_span(row, sighting->stamp.us, sighting->stamp.us);
        account_suffering(incident, row, sighting);
    }
    account_failure(incident, row, sighting, &share);
    roster_touch(ledger->roster, incident);
    incident->resolved_at = 0;
    *out = incident;
    *change = incident_step(&incident->state, EVENT_SEEN);
    return true;
}

/* Whether what the trace leads to is still there. */
static inline bool
is_there(const struct trace *trace, uint64_t epoch)
{
    return trace->incident && trace->epoch == epoch;
}

/* In three steps, each of which finds where the next one's is. */
void
ledger_expect(const struct ledger *ledger, const struct expected *expected,
              size_t count)
{
    uint64_t epoch = epoch_of(ledger);
    for (size_t i = 0; i < count; i++) {
        const struct trace *trace = expected[i].trace;
        if (is_there(trace, epoch)) {
            mem_expect(trace->incident, INCIDENT_HOT);
            tellings_expect(ledger->tellings, &trace->names, expected[i].us);
            witness_expect(&trace->seen);
        }
    }
    for (size_t i = 0; i < count; i++) {
        const struct trace *trace = expected[i].trace;
        if (is_there(trace, epoch)) {
            account_expect(trace->incident, trace->row);
        }
    }
    for (size_t i = 0; i < count; i++) {
        const struct trace *trace = expected[i].trace;
        if (is_there(trace, epoch)) {
            account_expect_more(trace->incident, trace->row, expected[i].len);
        }
    }
}

/* The row that has just the names of the facts, if there is one. */
static bool
find_row(const struct ledger *ledger, struct incident *incident,
         const struct facts *facts, uint32_t *row)
{
    const struct affected *found = places_row(ledger->places, incident, facts);
    *row = found ? (uint32_t)(found - incident->affected) : 0;
    return found;
}

void
again_note(const struct ledger *ledger, struct incident *incident,
           const struct sighting *sighting)
{
    const struct slice *facts = sighting->facts->value;
    struct trace *trace = sighting->trace;
    if (!trace) {
        return;
    }
    *trace = (struct trace){
        .revision = incident->revision,
        .epoch = epoch_of(ledger),
        .lenders = places_lenders(ledger->places),
        .names =
            tellings_names(ledger->tellings, incident->key, sighting->facts),
    };
    trace->names.voice = voice_of(sighting->record);
    if (!sighting->cause->joins && !sighting->cause->yields
        && sighting->count == 1 && sighting->since == 0 && !sighting->is_replay
        && sighting->record && sighting->record->stamp.trust != STAMP_MISSING
        && facts[FACT_SECRET].len == 0
        && !backoff_may_wait(ledger->places, sighting->facts)
        && !attempt_may_yield(ledger->places, sighting->facts)
        && (incident_fact(incident, FACT_SECRET).len > 0
            || !lend_may_learn(ledger->places, incident, sighting->facts))
        && find_row(ledger, incident, sighting->facts, &trace->row)
        && witness_find(ledger->witness, sighting, &trace->seen)) {
        trace->incident = incident;
    }
}
