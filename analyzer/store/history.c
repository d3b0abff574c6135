/* SPDX-License-Identifier: Apache-2.0 */
#include "store/history.h"

#include "base/mem.h"
#include "store/batch.h"
#include "store/db.h"
#include "store/glossary.h"
#include "store/memory.h"
#include "store/past.h"
#include "store/statement.h"

#include <sqlite3.h>

#include <assert.h>
#include <string.h>

enum history_statement {
    CHECKPOINT_LIST,
    CHECKPOINT_SET,
    INCIDENT_COUNT,
    HISTORY_STATEMENTS,
};

static const char *const statement_names[] = {
    [CHECKPOINT_LIST] = "statements/checkpoint-list.sql",
    [CHECKPOINT_SET] = "statements/checkpoint-set.sql",
    [INCIDENT_COUNT] = "statements/incident-count.sql",
};
static_assert(COUNT(statement_names) == HISTORY_STATEMENTS,
              "name each statement");

struct history {
    struct db *db;
    const struct catalog *catalog;
    struct batch *batch;
    struct memory *memory;
    struct past *past;
    struct ledger *ledger; /* that asks for those that left */
    bool is_strange;       /* it is another file than that which was opened */
    enum db_mode mode;     /* in which it was opened */
    enum db_mode mode_now;
    struct fault lost; /* why what is remembered could not be put back */
    struct statement statements[HISTORY_STATEMENTS];
};

static void
plan(struct history *history)
{
    for (size_t i = 0; i < COUNT(statement_names); i++) {
        statement_plan(&history->statements[i], history->db,
                       statement_names[i]);
    }
    history->batch = batch_new(history->db);
    history->memory = memory_new(history->db);
    history->past = past_new(history->db, history->catalog);
}

static struct history *
history_of(struct db *db, enum db_mode mode, const struct catalog *catalog)
{
    struct history *history = MEM_NEW(struct history);
    history->db = db;
    history->mode = mode;
    history->mode_now = mode;
    history->catalog = catalog;
    plan(history);
    return history;
}

struct history *
history_open_draft(const char *path, enum db_mode mode,
                   const struct catalog *catalog)
{
    struct fault ignored;
    struct db *db = db_open_draft(path, mode);
    if (!db) {
        return NULL;
    }
    struct history *history = history_of(db, mode, catalog);
    if (!glossary_note(db, catalog, &ignored)) {
        history_abandon(history);
        return NULL;
    }
    return history;
}

static struct history *
open_as(const char *path, enum db_mode mode, const struct catalog *catalog,
        struct fault *fault)
{
    struct db *db = db_open(path, mode, fault);
    if (!db) {
        return NULL;
    }
    struct history *history = history_of(db, mode, catalog);
    if (!glossary_note(history->db, history->catalog, fault)) {
        fault_add(fault, "opening history %s", path);
        history_close(history);
        return NULL;
    }
    return history;
}

struct history *
history_open(const char *path, const struct catalog *catalog,
             struct fault *fault)
{
    return open_as(path, DB_WRITE, catalog, fault);
}

struct history *
history_open_hasty(const char *path, const struct catalog *catalog,
                   struct fault *fault)
{
    return open_as(path, DB_HASTY, catalog, fault);
}

/* All but the database itself. */
static void
release(struct history *history)
{
    if (history->ledger) {
        ledger_set_recall(history->ledger, NULL, NULL);
        recurrences_set_lookup(ledger_recurrences(history->ledger), NULL, NULL);
    }
    for (size_t i = 0; i < COUNT(history->statements); i++) {
        statement_close(&history->statements[i]);
    }
    batch_free(history->batch);
    memory_free(history->memory);
    past_free(history->past);
}

void
history_close(struct history *history)
{
    if (history) {
        release(history);
        db_close(history->db);
        mem_free(history);
    }
}

void
history_abandon(struct history *history)
{
    release(history);
    db_abandon(history->db);
    mem_free(history);
}

void
history_set_mode(struct history *history, enum db_mode mode)
{
    history->mode_now = mode;
    db_set_mode(history->db, mode);
}

bool
history_look(struct history *history, struct fault *fault)
{
    const char *path = db_path(history->db);
    if (db_is_draft(history->db)) {
        return true;
    }
    switch (db_look(history->db)) {
    case DB_GONE:
        /* Or the file that is there now would take the -wal for its own. */
        db_settle(history->db);
        return fault_set(fault, FAULT_SYSTEM, SQLITE_READONLY_DBMOVED,
                         "history %s was removed or replaced", path);
    case DB_EMPTIED:
        return fault_set(fault, FAULT_SYSTEM, SQLITE_READONLY_DBMOVED,
                         "history %s was emptied", path);
    case DB_SHRUNK:
        if (!db_check(history->db, fault)) {
            return fault_add(fault, "history %s became shorter", path);
        }
        break;
    case DB_THERE:
        break;
    }
    /* A newer program may have come and made it another schema. */
    return db_is_ours(history->db, fault)
        || fault_add(fault, "history %s", path);
}

bool
history_count(struct history *history, uint64_t *count, struct fault *fault)
{
    struct statement *get = &history->statements[INCIDENT_COUNT];
    bool has_row;
    if (!statement_next(get, &has_row, fault)) {
        return fault_add(fault, "asking history %s", db_path(history->db));
    }
    *count = has_row ? (uint64_t)statement_cell_number(get, 0) : 0;
    statement_reset(get);
    return true;
}

void
history_set_catalog(struct history *history, const struct catalog *catalog)
{
    history->catalog = catalog;
    past_set_catalog(history->past, catalog);
}

bool
history_note_catalog(struct history *history, struct fault *fault)
{
    return glossary_note(history->db, history->catalog, fault)
        || fault_add(fault, "writing history %s", db_path(history->db));
}

bool
history_checkpoints(struct history *history,
                    const struct checkpoint_request *request,
                    struct fault *fault)
{
    struct statement *list = &history->statements[CHECKPOINT_LIST];
    bool has_row;
    statement_known(list, ":identity", request->identity);
    statement_known(list, ":origin", request->origin);
    statement_known(list, ":file", request->file);
    while (statement_next(list, &has_row, fault)) {
        if (!has_row) {
            return true;
        }
        const struct checkpoint checkpoint = {
            .identity = statement_cell(list, 0),
            .origin = statement_cell(list, 1),
            .position = (uint64_t)statement_cell_number(list, 2),
            .resume = (uint64_t)statement_cell_number(list, 3),
            .anchor = (uint64_t)statement_cell_number(list, 4),
            .modified_at = statement_cell_number(list, 5),
            .cursor = statement_cell(list, 6),
        };
        request->take(request->ctx, &checkpoint);
    }
    return fault_add(fault, "asking history %s for positions",
                     db_path(history->db));
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
        statement_number(set, ":resume", (int64_t)checkpoints[i].resume);
        statement_number(set, ":anchor", (int64_t)checkpoints[i].anchor);
        statement_number(set, ":modified_at", checkpoints[i].modified_at);
        statement_text(set, ":cursor", checkpoints[i].cursor);
        if (!statement_run(set, fault)) {
            return fault_add(fault, "noting how far %.*s was read",
                             SLICE_ARG(checkpoints[i].origin));
        }
    }
    return true;
}

/* What was collected, in one transaction. */
static bool
write_all(struct history *history, struct ledger *ledger,
          const struct checkpoint *checkpoints, size_t count,
          struct fault *fault)
{
    if (!db_begin(history->db, fault)) {
        return false;
    }
    if (!past_quieten(history->past, fault)
        || !batch_write(history->batch, fault)
        || !memory_write(history->memory, ledger, fault)
        || !write_checkpoints(history, checkpoints, count, fault)
        || !db_commit(history->db, fault)) {
        db_rollback(history->db);
        return false;
    }
    past_settle(history->past);
    return true;
}

/* The draft gets its place, or is lost. */
static bool
end_draft(struct history *history, bool is_whole)
{
    for (size_t i = 0; i < COUNT(history->statements); i++) {
        statement_rest(&history->statements[i]);
    }
    batch_rest(history->batch);
    memory_rest(history->memory);
    past_rest(history->past);
    if (!is_whole) {
        db_discard(history->db);
    }
    history->is_strange = !is_whole || !db_publish(history->db);
    if (!history->is_strange) {
        memory_stay(history->memory);
    }
    return !history->is_strange;
}

/* A file that is there instead of the draft. */
static bool
settle_in(struct history *history, struct ledger *ledger, struct fault *fault)
{
    history->is_strange = history->is_strange
                       && (!glossary_note(history->db, history->catalog, fault)
                           || !memory_adopt(history->memory, ledger, fault));
    return !history->is_strange;
}

bool
history_flush(struct history *history, struct ledger *ledger,
              const struct checkpoint *checkpoints, size_t count,
              struct fault *fault)
{
    if (history->lost.kind != FAULT_NONE) {
        *fault = history->lost;
        return false;
    }
    bool has_news = batch_collect(history->batch, ledger) || count > 0
                 || memory_is_behind(ledger) || past_has_overdue(history->past);
    bool is_written = !has_news;
    if (db_is_draft(history->db)) {
        struct fault ignored;
        bool is_whole =
            !has_news
            || write_all(history, ledger, checkpoints, count, &ignored);
        is_written = end_draft(history, is_whole) || !has_news;
        if (!is_written) { /* its rows are no rows of another file */
            (void)batch_collect(history->batch, ledger);
        }
    }
    if (!is_written
        && (!settle_in(history, ledger, fault)
            || !write_all(history, ledger, checkpoints, count, fault))) {
        return fault_add(fault, "writing history %s", db_path(history->db));
    }
    if (has_news) {
        batch_mark(history->batch);
        memory_mark(ledger);
        roster_settle(ledger_roster(ledger));
    }
    return true;
}

static bool
restore_all(struct history *history, struct fault *fault)
{
    return (memory_restore(history->memory, history->ledger, fault)
            && past_restore(history->past, fault))
        || fault_add(fault, "restoring from history %s", db_path(history->db));
}

/* Another writer is waited for as when it was opened. */
static void
begin_awaited(struct history *history, int64_t now)
{
    struct fault lost = {0};
    db_set_mode(history->db, history->mode);
    if (!memory_restore(history->memory, history->ledger, &lost)
        || !past_await(history->past, now, &lost)) {
        fault_add(&lost, "restoring from history %s", db_path(history->db));
        history->lost = lost;
    }
    db_set_mode(history->db, history->mode_now);
}

/*
 * A row that cannot be read now is not found, and what is counted then is added
 * to it by its key; the next flush tells what is wrong.
 */
static void
on_wish(void *ctx, const struct ledger_wish *wish)
{
    struct history *history = ctx;
    if (wish->kind == WISH_PAST) {
        begin_awaited(history, wish->now);
    } else {
        past_recall(history->past, wish);
    }
}

static bool
begin_restoring(struct history *history, struct ledger *ledger,
                struct fault *fault)
{
    history->ledger = ledger;
    past_begin(history->past, ledger);
    return memory_begin(history->memory, ledger, fault)
        || fault_add(fault, "restoring from history %s", db_path(history->db));
}

bool
history_restore(struct history *history, struct ledger *ledger,
                struct fault *fault)
{
    if (!begin_restoring(history, ledger, fault)
        || !restore_all(history, fault)) {
        return false;
    }
    ledger_set_recall(ledger, on_wish, history);
    return true;
}

bool
history_await(struct history *history, struct ledger *ledger,
              struct fault *fault)
{
    if (db_is_draft(history->db)) { /* nothing is in it */
        return history_restore(history, ledger, fault);
    }
    if (!begin_restoring(history, ledger, fault)) {
        return false;
    }
    ledger_set_recall(ledger, on_wish, history);
    ledger_await_past(ledger);
    return true;
}

bool
history_retain(struct history *history, const struct retention *limits,
               int64_t *gone, struct fault *fault)
{
    return retention_step(history->db, limits, gone, fault)
        || fault_add(fault, "making history %s smaller", db_path(history->db));
}
