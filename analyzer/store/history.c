/* SPDX-License-Identifier: Apache-2.0 */
#include "store/history.h"

#include "base/mem.h"
#include "store/batch.h"
#include "store/db.h"
#include "store/statement.h"

#include <assert.h>
#include <string.h>

enum history_statement {
    CAUSE_SET,
    CHECKPOINT_GET,
    CHECKPOINT_SET,
    REMEDY_SET,
    REMEDY_TRIM,
    RESTORE_AFFECTED,
    RESTORE_FACTS,
    RESTORE_INCIDENTS,
    HISTORY_STATEMENTS,
};

static const char *const statement_names[] = {
    [CAUSE_SET] = "statements/cause-set.sql",
    [CHECKPOINT_GET] = "statements/checkpoint-get.sql",
    [CHECKPOINT_SET] = "statements/checkpoint-set.sql",
    [REMEDY_SET] = "statements/remedy-set.sql",
    [REMEDY_TRIM] = "statements/remedy-trim.sql",
    [RESTORE_AFFECTED] = "statements/restore-affected.sql",
    [RESTORE_FACTS] = "statements/restore-facts.sql",
    [RESTORE_INCIDENTS] = "statements/restore-incidents.sql",
};
static_assert(COUNT(statement_names) == HISTORY_STATEMENTS,
              "name each statement");

struct history {
    struct db *db;
    const struct catalog *catalog;
    struct batch *batch;
    struct statement statements[HISTORY_STATEMENTS];
};

static bool
prepare(struct history *history, struct fault *fault)
{
    for (size_t i = 0; i < COUNT(statement_names); i++) {
        if (!statement_open(&history->statements[i], history->db,
                            statement_names[i], fault)) {
            return false;
        }
    }
    history->batch = batch_new(history->db, fault);
    return history->batch != NULL;
}

static bool
write_remedies(struct history *history, const struct cause *cause,
               struct fault *fault)
{
    struct statement *set = &history->statements[REMEDY_SET];
    struct statement *trim = &history->statements[REMEDY_TRIM];
    for (size_t i = 0; i < cause->remedy_count; i++) {
        const struct remedy *remedy = cause->remedies[i];
        statement_text(set, ":cause", cause->slug);
        statement_number(set, ":position", (int64_t)i + 1);
        statement_text(set, ":id", remedy->id);
        statement_text(set, ":title_en", remedy->title.in[LANGUAGE_EN]);
        statement_text(set, ":title_ja", remedy->title.in[LANGUAGE_JA]);
        if (!statement_run(set, fault)) {
            return false;
        }
    }
    statement_text(trim, ":cause", cause->slug);
    statement_number(trim, ":count", (int64_t)cause->remedy_count);
    return statement_run(trim, fault);
}

static bool
write_cause(struct history *history, const struct cause *cause,
            struct fault *fault)
{
    struct statement *set = &history->statements[CAUSE_SET];
    statement_text(set, ":slug", cause->slug);
    statement_text(set, ":title_en", cause->title.in[LANGUAGE_EN]);
    statement_text(set, ":title_ja", cause->title.in[LANGUAGE_JA]);
    statement_text(set, ":severity",
                   slice_from(severity_name(cause->severity)));
    statement_text(set, ":scope", slice_from(scope_name(cause->scope)));
    statement_text(set, ":class", slice_from(nature_name(cause->nature)));
    return statement_run(set, fault) && write_remedies(history, cause, fault);
}

/* Causes that the catalogue lost stay: old incidents are named by them. */
static bool
write_catalog(struct history *history, struct fault *fault)
{
    if (!db_begin(history->db, fault)) {
        return false;
    }
    size_t count = catalog_count(history->catalog);
    for (size_t i = 0; i < count; i++) {
        const struct cause *cause = catalog_cause(history->catalog, i);
        if (!write_cause(history, cause, fault)) {
            db_rollback(history->db);
            return fault_add(fault, "noting cause %.*s",
                             SLICE_ARG(cause->slug));
        }
    }
    if (!db_commit(history->db, fault)) {
        db_rollback(history->db);
        return false;
    }
    return true;
}

struct history *
history_open(const char *path, const struct catalog *catalog,
             struct fault *fault)
{
    struct db *db = db_open(path, DB_WRITE, fault);
    if (!db) {
        return NULL;
    }
    struct history *history = MEM_NEW(struct history);
    history->db = db;
    history->catalog = catalog;
    if (!prepare(history, fault) || !write_catalog(history, fault)) {
        fault_add(fault, "opening history %s", path);
        history_close(history);
        return NULL;
    }
    return history;
}

void
history_close(struct history *history)
{
    if (!history) {
        return;
    }
    for (size_t i = 0; i < COUNT(history->statements); i++) {
        statement_close(&history->statements[i]);
    }
    batch_free(history->batch);
    db_close(history->db);
    mem_free(history);
}

bool
history_position(struct history *history, struct slice identity,
                 uint64_t *position, struct fault *fault)
{
    struct statement *get = &history->statements[CHECKPOINT_GET];
    bool has_row;
    statement_text(get, ":identity", identity);
    if (!statement_next(get, &has_row, fault)) {
        return fault_add(fault, "asking history %s for a position",
                         db_path(history->db));
    }
    *position = has_row ? (uint64_t)statement_cell_number(get, 0) : 0;
    statement_reset(get);
    return true;
}

static bool
write_checkpoints(struct history *history, const struct checkpoint *checkpoints,
                  size_t count, struct fault *fault)
{
    struct statement *set = &history->statements[CHECKPOINT_SET];
    for (size_t i = 0; i < count; i++) {
        statement_text(set, ":identity", checkpoints[i].identity);
        statement_text(set, ":origin", checkpoints[i].origin);
        statement_number(set, ":position", (int64_t)checkpoints[i].position);
        if (!statement_run(set, fault)) {
            return fault_add(fault, "noting how far %.*s was read",
                             SLICE_ARG(checkpoints[i].origin));
        }
    }
    return true;
}

bool
history_flush(struct history *history, struct ledger *ledger,
              const struct checkpoint *checkpoints, size_t count,
              struct fault *fault)
{
    if (!batch_collect(history->batch, ledger) && count == 0) {
        return true;
    }
    if (!db_begin(history->db, fault)) {
        return fault_add(fault, "writing history %s", db_path(history->db));
    }
    if (!batch_write(history->batch, fault)
        || !write_checkpoints(history, checkpoints, count, fault)
        || !db_commit(history->db, fault)) {
        db_rollback(history->db);
        return fault_add(fault, "writing history %s", db_path(history->db));
    }
    batch_mark(history->batch);
    return true;
}

static enum severity
severity_of(struct slice name, enum severity otherwise)
{
    for (int i = 0; i < SEVERITIES; i++) {
        if (slice_equal(name, slice_from(severity_name((enum severity)i)))) {
            return (enum severity)i;
        }
    }
    return otherwise;
}

static enum incident_state
state_of(struct slice name)
{
    for (int i = 0; i < INCIDENT_STATES; i++) {
        const char *known = incident_state_name((enum incident_state)i);
        if (slice_equal(name, slice_from(known))) {
            return (enum incident_state)i;
        }
    }
    return INCIDENT_NONE;
}

static void
read_also(const struct history *history, struct slice slugs,
          struct incident *incident)
{
    struct slice slug = slice_word(&slugs);
    while (slug.len > 0 && incident->also_count < COUNT(incident->also)) {
        const struct cause *cause = catalog_find(history->catalog, slug);
        if (cause) {
            incident->also[incident->also_count++] = cause;
        }
        slug = slice_word(&slugs);
    }
}

/* False if this catalogue does not know the cause: such a row is left alone. */
static bool
read_incident(const struct history *history, const struct statement *row,
              struct incident *incident)
{
    struct arena *arena = &incident->arena;
    incident->cause = catalog_find(history->catalog, statement_cell(row, 3));
    incident->state = state_of(statement_cell(row, 5));
    if (!incident->cause || incident->state == INCIDENT_NONE) {
        return false;
    }
    incident->id = statement_cell_number(row, 0);
    incident->is_stored = true;
    incident->key = arena_copy(arena, statement_cell(row, 1));
    incident->life = (uint32_t)statement_cell_number(row, 2);
    incident->severity =
        severity_of(statement_cell(row, 4), incident->cause->severity);
    incident->first_seen = statement_cell_number(row, 6);
    incident->last_seen = statement_cell_number(row, 7);
    incident->resolved_at = statement_cell_number(row, 8);
    incident->stored_count = (uint64_t)statement_cell_number(row, 9);
    incident->stamp_trust =
        statement_cell_number(row, 10) != 0 ? STAMP_APPROXIMATE : STAMP_EXACT;
    read_also(history, statement_cell(row, 11), incident);
    return true;
}

static bool
read_facts(struct history *history, struct incident *incident,
           struct fault *fault)
{
    struct statement *rows = &history->statements[RESTORE_FACTS];
    bool has_row;
    statement_number(rows, ":incident", incident->id);
    while (statement_next(rows, &has_row, fault)) {
        enum fact fact;
        if (!has_row) {
            return true;
        }
        if (fact_by_name(statement_cell(rows, 0), &fact)) {
            incident->facts.value[fact] =
                arena_copy(&incident->arena, statement_cell(rows, 1));
        }
    }
    return false;
}

static void
read_sufferer(struct incident *incident, const struct statement *row)
{
    struct arena *arena = &incident->arena;
    if (incident->affected_count == incident->affected_room) {
        incident->affected_room = incident->affected_room * 2 + 16;
        incident->affected =
            mem_resize_array(incident->affected, incident->affected_room,
                             sizeof(*incident->affected));
    }
    incident->affected[incident->affected_count++] = (struct affected){
        .namespace = arena_copy(arena, statement_cell(row, 0)),
        .pod = arena_copy(arena, statement_cell(row, 1)),
        .container = arena_copy(arena, statement_cell(row, 2)),
        .node = arena_copy(arena, statement_cell(row, 3)),
        .image = arena_copy(arena, statement_cell(row, 4)),
        .first_seen = statement_cell_number(row, 5),
        .last_seen = statement_cell_number(row, 6),
        .is_recovered = statement_cell_number(row, 7) != 0,
    };
}

static bool
read_affected(struct history *history, struct incident *incident,
              struct fault *fault)
{
    struct statement *rows = &history->statements[RESTORE_AFFECTED];
    bool has_row;
    statement_number(rows, ":incident", incident->id);
    statement_number(rows, ":limit", AFFECTED_MAX);
    while (statement_next(rows, &has_row, fault)) {
        if (!has_row) {
            return true;
        }
        read_sufferer(incident, rows);
    }
    return false;
}

static bool
restore_one(struct history *history, struct ledger *ledger,
            const struct statement *row, struct fault *fault)
{
    struct incident incident = {0};
    bool is_fine = true;
    if (read_incident(history, row, &incident)) {
        is_fine = read_facts(history, &incident, fault)
               && read_affected(history, &incident, fault);
        if (is_fine) {
            /* NULL: the key is there already, and is newer. */
            (void)ledger_restore(ledger, &incident);
        }
    }
    mem_free(incident.affected);
    arena_free(&incident.arena);
    return is_fine;
}

bool
history_restore(struct history *history, struct ledger *ledger,
                struct fault *fault)
{
    struct statement *rows = &history->statements[RESTORE_INCIDENTS];
    bool has_row;
    while (statement_next(rows, &has_row, fault)) {
        if (!has_row) {
            return true;
        }
        if (!restore_one(history, ledger, rows, fault)) {
            statement_reset(rows);
            break;
        }
    }
    return fault_add(fault, "restoring from history %s", db_path(history->db));
}
