/* SPDX-License-Identifier: Apache-2.0 */
#include "store/history.h"

#include "base/mem.h"
#include "incident/alias.h"
#include "incident/places.h"
#include "store/batch.h"
#include "store/db.h"
#include "store/glossary.h"
#include "store/memory.h"
#include "store/recall.h"
#include "store/statement.h"

#include <sqlite3.h>

#include <assert.h>
#include <string.h>

enum history_statement {
    CHECKPOINT_LIST,
    CHECKPOINT_SET,
    INCIDENT_COUNT,
    RECALL_IMAGE,
    RECALL_KEY,
    RECALL_OVERDUE,
    RECALL_POD,
    RESTORE_INCIDENTS,
    HISTORY_STATEMENTS,
};

static const char *const statement_names[] = {
    [CHECKPOINT_LIST] = "statements/checkpoint-list.sql",
    [CHECKPOINT_SET] = "statements/checkpoint-set.sql",
    [INCIDENT_COUNT] = "statements/incident-count.sql",
    [RECALL_IMAGE] = "statements/recall-image.sql",
    [RECALL_KEY] = "statements/recall-key.sql",
    [RECALL_OVERDUE] = "statements/recall-overdue.sql",
    [RECALL_POD] = "statements/recall-pod.sql",
    [RESTORE_INCIDENTS] = "statements/restore-incidents.sql",
};
static_assert(COUNT(statement_names) == HISTORY_STATEMENTS,
              "name each statement");

struct history {
    struct db *db;
    const struct catalog *catalog;
    struct batch *batch;
    struct memory *memory;
    struct recall *recall;
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
    history->recall = recall_new(history->db, history->catalog);
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
    recall_free(history->recall);
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
    recall_set_catalog(history->recall, catalog);
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
    if (!batch_write(history->batch, fault)
        || !memory_write(history->memory, ledger, fault)
        || !write_checkpoints(history, checkpoints, count, fault)
        || !db_commit(history->db, fault)) {
        db_rollback(history->db);
        return false;
    }
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
    recall_rest(history->recall);
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
                 || memory_is_behind(ledger);
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
restore_one(struct history *history, struct ledger *ledger,
            const struct statement *row, struct fault *fault)
{
    struct incident incident = {0};
    bool is_known = false;
    bool is_fine =
        recall_row(history->recall, row, &incident, &is_known, fault);
    if (is_fine && is_known) {
        /* NULL: the key is there already, and is newer. */
        (void)ledger_restore(ledger, &incident);
    }
    return is_fine;
}

/* All rows that a statement gives; *count of them. */
static bool
restore_rows(struct history *history, struct statement *rows, size_t *count,
             struct fault *fault)
{
    bool has_row;
    while (statement_next(rows, &has_row, fault)) {
        if (!has_row) {
            return true;
        }
        ++*count;
        if (!restore_one(history, history->ledger, rows, fault)) {
            break;
        }
    }
    statement_reset(rows);
    return false;
}

/* What was written of an image that the log calls by another of its names. */
static bool
restore_image(struct history *history, struct slice image, size_t *count,
              struct fault *fault)
{
    struct statement *rows = &history->statements[RECALL_IMAGE];
    struct buf name = {0};
    bool is_fine = true;
    for (size_t i = 0; is_fine && alias_name(image, i, &name); i++) {
        statement_text(rows, ":text", buf_slice(&name));
        is_fine = restore_rows(history, rows, count, fault);
    }
    buf_free(&name);
    return is_fine;
}

/* The latest failures, and the latest life of every key that is not over. */
static bool
restore_past(struct history *history, struct fault *fault)
{
    enum {
        LIMIT = 2048, /* half of what the ledger has room for */
    };

    struct statement *rows = &history->statements[RESTORE_INCIDENTS];
    size_t count = 0;
    statement_number(rows, ":limit", LIMIT);
    if (!memory_restore(history->memory, history->ledger, fault)
        || !restore_rows(history, rows, &count, fault)) {
        return fault_add(fault, "restoring from history %s",
                         db_path(history->db));
    }
    if (count == LIMIT) {
        roster_lack_all(ledger_roster(history->ledger));
    }
    return true;
}

/* Another writer is waited for as when it was opened. */
static void
restore_awaited(struct history *history)
{
    struct fault lost = {0};
    db_set_mode(history->db, history->mode);
    if (!restore_past(history, &lost)) {
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
    static const enum history_statement statements[] = {
        [WISH_KEY] = RECALL_KEY,
        [WISH_POD] = RECALL_POD,
        [WISH_IMAGE] = RECALL_IMAGE,
        [WISH_OVERDUE] = RECALL_OVERDUE,
    };
    struct history *history = ctx;
    struct fault ignored;
    size_t count = 0;
    if (wish->kind == WISH_PAST) {
        restore_awaited(history);
        return;
    }
    struct statement *rows = &history->statements[statements[wish->kind]];
    if (wish->kind == WISH_IMAGE) {
        (void)restore_image(history, wish->text, &count, &ignored);
        return;
    }
    if (wish->kind == WISH_OVERDUE) {
        statement_number(rows, ":now", wish->now);
    } else {
        statement_text(rows, ":text", wish->text);
    }
    (void)restore_rows(history, rows, &count, &ignored);
}

static bool
begin_restoring(struct history *history, struct ledger *ledger,
                struct fault *fault)
{
    history->ledger = ledger;
    return memory_begin(history->memory, ledger, fault)
        || fault_add(fault, "restoring from history %s", db_path(history->db));
}

bool
history_restore(struct history *history, struct ledger *ledger,
                struct fault *fault)
{
    if (!begin_restoring(history, ledger, fault)
        || !restore_past(history, fault)) {
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
