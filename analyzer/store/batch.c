/* SPDX-License-Identifier: Apache-2.0 */
#include "store/batch.h"

#include "base/buf.h"
#include "base/mem.h"
#include "store/facts_json.h"
#include "store/minutes.h"
#include "store/statement.h"
#include "store/sufferers.h"
#include "store/written.h"

#include <sqlite3.h>

#include <assert.h>

enum batch_statement {
    INCIDENT_CLOSE_EARLIER,
    INCIDENT_FIND,
    INCIDENT_INSERT,
    INCIDENT_UPDATE,
    JOIN_FIND,
    SAMPLE_INSERT,
    SAMPLE_PRUNE,
    SEARCH_EVIDENCE,
    SEARCH_FACTS,
    BATCH_STATEMENTS,
};

static const char *const statement_names[] = {
    [INCIDENT_CLOSE_EARLIER] = "statements/incident-close-earlier.sql",
    [INCIDENT_FIND] = "statements/incident-find.sql",
    [INCIDENT_INSERT] = "statements/incident-insert.sql",
    [INCIDENT_UPDATE] = "statements/incident-update.sql",
    [JOIN_FIND] = "statements/join-find.sql",
    [SAMPLE_INSERT] = "statements/sample-insert.sql",
    [SAMPLE_PRUNE] = "statements/sample-prune.sql",
    [SEARCH_EVIDENCE] = "statements/search-evidence.sql",
    [SEARCH_FACTS] = "statements/search-facts.sql",
};
static_assert(COUNT(statement_names) == BATCH_STATEMENTS,
              "name each statement");

/*
 * A row that was folded into an incident. That may be gone when a failed flush
 * is done again, so it is only compared with what is written, never looked at;
 * its key leads to it if nothing else does.
 */
struct join {
    int64_t gone;
    uint64_t serial;
    int64_t id; /* its row, 0 if it had none yet */
    char *into; /* its key */
};

struct batch {
    struct db *db;
    struct statement statements[BATCH_STATEMENTS];
    struct minutes *minutes;
    struct sufferers *sufferers;
    struct written *written;
    size_t written_count;
    size_t written_room;
    struct join *joins;
    size_t join_count;
    size_t join_room;
    int64_t new_incident; /* the first row of this flush; 0: none */
    int64_t new_sample;
    struct buf facts; /* the JSON of the incident at hand */
    struct buf also;  /* its other causes */
};

struct batch *
batch_new(struct db *db)
{
    struct batch *batch = MEM_NEW(struct batch);
    batch->db = db;
    for (size_t i = 0; i < COUNT(statement_names); i++) {
        statement_plan(&batch->statements[i], db, statement_names[i]);
    }
    batch->minutes = minutes_new(db);
    batch->sufferers = sufferers_new(db);
    return batch;
}

void
batch_rest(struct batch *batch)
{
    for (size_t i = 0; i < COUNT(batch->statements); i++) {
        statement_rest(&batch->statements[i]);
    }
    minutes_rest(batch->minutes);
    sufferers_rest(batch->sufferers);
}

static void
forget_joins(struct batch *batch)
{
    for (size_t i = 0; i < batch->join_count; i++) {
        mem_free(batch->joins[i].into);
    }
    batch->join_count = 0;
}

void
batch_free(struct batch *batch)
{
    if (!batch) {
        return;
    }
    for (size_t i = 0; i < COUNT(batch->statements); i++) {
        statement_close(&batch->statements[i]);
    }
    minutes_free(batch->minutes);
    sufferers_free(batch->sufferers);
    forget_joins(batch);
    mem_free(batch->joins);
    mem_free(batch->written);
    buf_free(&batch->facts);
    buf_free(&batch->also);
    mem_free(batch);
}

static void
collect_incident(struct batch *batch, struct incident *incident)
{
    bool is_changed = incident->is_dirty || incident->unsaved > 0
                   || incident->tally_count > 0;
    if (!is_changed || incident->state == INCIDENT_NONE
        || incident->state == INCIDENT_JOINED) {
        return;
    }
    if (batch->written_count == batch->written_room) {
        batch->written_room = batch->written_room * 2 + 16;
        batch->written = mem_resize_array(batch->written, batch->written_room,
                                          sizeof(*batch->written));
    }
    batch->written[batch->written_count++] = (struct written){
        .incident = incident,
        .id = incident->is_stored ? incident->id : 0,
        .life = incident->life,
    };
}

static void
collect_join(struct batch *batch, int64_t gone, const struct incident *into)
{
    if (batch->join_count == batch->join_room) {
        batch->join_room = batch->join_room * 2 + 4;
        batch->joins = mem_resize_array(batch->joins, batch->join_room,
                                        sizeof(*batch->joins));
    }
    batch->joins[batch->join_count++] =
        (struct join){.gone = gone,
                      .serial = into->serial,
                      .id = into->is_stored ? into->id : 0,
                      .into = mem_string(into->key)};
}

bool
batch_collect(struct batch *batch, struct ledger *ledger)
{
    int64_t gone;
    struct incident *into;
    while (ledger_joined(ledger, &gone, &into)) {
        if (gone > 0 && into) {
            collect_join(batch, gone, into);
        }
    }
    batch->written_count = 0;
    struct incident *incident;
    const struct roster *roster = ledger_roster(ledger);
    for (size_t i = 0; (incident = roster_changed(roster, i)); i++) {
        collect_incident(batch, incident);
    }
    return batch->written_count > 0 || batch->join_count > 0;
}

static void
write_also(struct batch *batch, const struct incident *incident)
{
    buf_clear(&batch->also);
    for (size_t i = 0; i < incident->also_count; i++) {
        buf_add_text(&batch->also, i > 0 ? " " : "");
        buf_add(&batch->also, incident->also[i]->slug);
    }
}

/* What the insert and the update have in common. */
static void
bind_incident(const struct batch *batch, struct statement *statement,
              const struct incident *incident)
{
    struct slice state = slice_from(incident_state_name(incident->state));
    struct slice severity = slice_from(severity_name(incident->severity));
    statement_text(statement, ":severity", severity);
    statement_text(statement, ":state", state);
    statement_known(statement, ":registry",
                    incident_fact(incident, FACT_REGISTRY));
    statement_known(statement, ":repository",
                    incident_fact(incident, FACT_REPOSITORY));
    statement_known(statement, ":tag", incident_fact(incident, FACT_TAG));
    statement_known(statement, ":digest", incident_fact(incident, FACT_DIGEST));
    statement_known(statement, ":image", incident_fact(incident, FACT_IMAGE));
    statement_known(statement, ":vendor", incident_fact(incident, FACT_VENDOR));
    statement_number(statement, ":first_seen", incident->first_seen);
    statement_number(statement, ":last_seen", incident->last_seen);
    if (incident->resolved_at != 0) {
        statement_number(statement, ":resolved_at", incident->resolved_at);
    }
    statement_number(statement, ":unsaved", (int64_t)incident->unsaved);
    statement_number(statement, ":approximate",
                     incident->stamp_trust <= STAMP_APPROXIMATE);
    statement_text(statement, ":facts", buf_slice(&batch->facts));
    statement_text(statement, ":also", buf_slice(&batch->also));
}

static bool
update_incident(struct batch *batch, const struct written *written,
                bool *was_there, struct fault *fault)
{
    struct statement *update = &batch->statements[INCIDENT_UPDATE];
    statement_number(update, ":id", written->id);
    bind_incident(batch, update, written->incident);
    if (!statement_run(update, fault)) {
        return false;
    }
    *was_there = sqlite3_changes(db_handle(batch->db)) > 0;
    return true;
}

static void
note_new(int64_t *first, int64_t id)
{
    *first = *first == 0 || id < *first ? id : *first;
}

static bool
insert_incident(struct batch *batch, struct written *written,
                struct fault *fault)
{
    const struct incident *incident = written->incident;
    struct statement *insert = &batch->statements[INCIDENT_INSERT];
    struct statement *close = &batch->statements[INCIDENT_CLOSE_EARLIER];
    statement_text(insert, ":key", incident->key);
    statement_number(insert, ":life", written->life);
    statement_text(insert, ":cause", incident->cause->slug);
    statement_text(insert, ":scope",
                   slice_from(scope_name(incident->cause->scope)));
    bind_incident(batch, insert, incident);
    if (written->life > 1) {
        statement_text(close, ":key", incident->key);
        statement_number(close, ":life", written->life);
        if (!statement_run(close, fault)) {
            statement_reset(insert);
            return false;
        }
    }
    if (!statement_run(insert, fault)) {
        return false;
    }
    written->is_new = true;
    written->id = sqlite3_last_insert_rowid(db_handle(batch->db));
    note_new(&batch->new_incident, written->id);
    return true;
}

/* Sets the id and the life that the history has, or shall have, for it. */
static bool
find_incident(struct batch *batch, struct written *written, struct fault *fault)
{
    const struct incident *incident = written->incident;
    struct statement *find = &batch->statements[INCIDENT_FIND];
    bool has_row;
    statement_text(find, ":key", incident->key);
    statement_number(find, ":life", incident->life);
    statement_number(find, ":first_seen", incident->first_seen);
    statement_number(find, ":last_seen", incident->last_seen);
    if (!statement_next(find, &has_row, fault)) {
        return false;
    }
    if (has_row) {
        written->id = statement_cell_number(find, 0);
        written->life = (uint32_t)statement_cell_number(find, 1);
    }
    statement_reset(find);
    return true;
}

/* The write lock is held, so nobody comes between the find and the insert. */
static bool
write_row(struct batch *batch, struct written *written, struct fault *fault)
{
    bool was_there = false;
    struct facts facts;
    incident_facts(written->incident, &facts);
    buf_clear(&batch->facts);
    facts_json_add(&batch->facts, &facts);
    write_also(batch, written->incident);
    if (written->incident->is_stored
        && !update_incident(batch, written, &was_there, fault)) {
        return false;
    }
    if (was_there) {
        return true;
    }
    /* New here, or pruned by another process since. */
    written->id = 0;
    if (!find_incident(batch, written, fault)) {
        return false;
    }
    return written->id != 0 ? update_incident(batch, written, &was_there, fault)
                            : insert_incident(batch, written, fault);
}

static bool
prune_samples(struct batch *batch, int64_t incident, struct fault *fault)
{
    struct statement *prune = &batch->statements[SAMPLE_PRUNE];
    statement_number(prune, ":incident", incident);
    return statement_run(prune, fault);
}

static bool
write_evidence(struct batch *batch, struct written *written,
               struct fault *fault)
{
    struct statement *insert = &batch->statements[SAMPLE_INSERT];
    bool is_new = false;
    const struct evidence *evidence;
    for (size_t i = 0; (evidence = incident_evidence(written->incident, i));
         i++) {
        if (evidence->is_saved) {
            continue;
        }
        is_new = true;
        statement_number(insert, ":incident", written->id);
        statement_number(insert, ":seen_at", evidence->seen_at);
        statement_text(insert, ":origin", evidence_origin(evidence));
        statement_text(insert, ":line", evidence_line(evidence));
        if (!statement_run(insert, fault)) {
            return false;
        }
        note_new(&batch->new_sample,
                 sqlite3_last_insert_rowid(db_handle(batch->db)));
    }
    return !is_new || written->is_new
        || prune_samples(batch, written->id, fault);
}

/* The row of the incident that was joined; 0 if that is not known. */
static int64_t
join_id(const struct batch *batch, const struct join *join)
{
    for (size_t i = 0; i < batch->written_count; i++) {
        if (batch->written[i].incident->serial == join->serial) {
            return batch->written[i].id;
        }
    }
    return join->id;
}

/*
 * A join whose other half the history does not have is left alone: the row
 * stays as it is, and the next run will see it again.
 */
static bool
write_join(struct batch *batch, const struct join *join, struct fault *fault)
{
    struct statement *find = &batch->statements[JOIN_FIND];
    bool has_row = false;
    statement_text(find, ":key", slice_from(join->into));
    statement_number(find, ":gone", join->gone);
    statement_number(find, ":id", join_id(batch, join));
    if (!statement_next(find, &has_row, fault)) {
        return false;
    }
    if (!has_row) {
        return true;
    }
    int64_t into = statement_cell_number(find, 0);
    statement_reset(find);
    const struct statement_value values[] = {
        {":gone", join->gone},
        {":into", into},
    };
    return statement_script(batch->db, "statements/join.sql", values,
                            COUNT(values), fault)
        && prune_samples(batch, into, fault);
}

/*
 * Behind all other rows: a statement that writes rows of several tables makes
 * a segment of what full text is pending.
 */
static bool
write_search(struct batch *batch, struct fault *fault)
{
    const struct {
        enum batch_statement statement;
        int64_t first;
    } parts[] = {{SEARCH_FACTS, batch->new_incident},
                 {SEARCH_EVIDENCE, batch->new_sample}};

    for (size_t i = 0; i < COUNT(parts); i++) {
        struct statement *add = &batch->statements[parts[i].statement];
        if (parts[i].first == 0) {
            continue;
        }
        statement_number(add, ":first", parts[i].first);
        if (!statement_run(add, fault)) {
            return false;
        }
    }
    return true;
}

typedef bool part_writer(struct batch *batch, struct written *written,
                         struct fault *fault);

static bool
write_part(struct batch *batch, part_writer *write, struct fault *fault)
{
    for (size_t i = 0; i < batch->written_count; i++) {
        struct written *written = &batch->written[i];
        if (!write(batch, written, fault)) {
            return written_fault(written, fault);
        }
    }
    return true;
}

/*
 * One table after the other, so that the pages in use fit into SQLite's cache:
 * what does not is written, and read again, several times.
 */
static bool
write_incidents(struct batch *batch, struct fault *fault)
{
    if (!write_part(batch, write_row, fault)) {
        return false;
    }
    const struct written_list written = {batch->written, batch->written_count};
    return sufferers_write(batch->sufferers, written, fault)
        && minutes_write(batch->minutes, written, fault)
        && write_part(batch, write_evidence, fault);
}

bool
batch_write(struct batch *batch, struct fault *fault)
{
    batch->new_incident = 0;
    batch->new_sample = 0;
    if (!write_incidents(batch, fault)) {
        return false;
    }
    for (size_t i = 0; i < batch->join_count; i++) {
        if (!write_join(batch, &batch->joins[i], fault)) {
            return fault_add(fault, "joining an incident to %s",
                             batch->joins[i].into);
        }
    }
    return write_search(batch, fault);
}

static void
mark(const struct written *written)
{
    struct incident *incident = written->incident;
    incident->id = written->id;
    incident->life = written->life;
    incident->is_stored = true;
    incident->is_dirty = false;
    incident->unsaved = 0;
    incident->tally_count = 0;
    for (size_t i = 0; i < incident->affected_count; i++) {
        incident->affected[i].unsaved = 0;
        incident->affected[i].is_dirty = false;
    }
    size_t kept = COUNT(incident->evidence);
    for (size_t i = 0; i < kept && i < incident->evidence_seen; i++) {
        incident->evidence[i].is_saved = true;
    }
}

void
batch_mark(struct batch *batch)
{
    for (size_t i = 0; i < batch->written_count; i++) {
        mark(&batch->written[i]);
    }
    batch->written_count = 0;
    forget_joins(batch);
}
