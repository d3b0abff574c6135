/* SPDX-License-Identifier: Apache-2.0 */
#include "store/past.h"

#include "base/mem.h"
#include "incident/alias.h"
#include "store/recall.h"
#include "store/statement.h"

#include <assert.h>

enum past_statement {
    INCIDENT_ANY,
    INCIDENT_REST,
    RECALL_IMAGE,
    RECALL_KEY,
    RECALL_OVERDUE,
    RECALL_POD,
    RESTORE_INCIDENTS,
    PAST_STATEMENTS,
};

static const char *const statement_names[] = {
    [INCIDENT_ANY] = "statements/incident-any.sql",
    [INCIDENT_REST] = "statements/incident-rest.sql",
    [RECALL_IMAGE] = "statements/recall-image.sql",
    [RECALL_KEY] = "statements/recall-key.sql",
    [RECALL_OVERDUE] = "statements/recall-overdue.sql",
    [RECALL_POD] = "statements/recall-pod.sql",
    [RESTORE_INCIDENTS] = "statements/restore-incidents.sql",
};
static_assert(COUNT(statement_names) == PAST_STATEMENTS, "name each statement");

struct past {
    struct statement statements[PAST_STATEMENTS];
    struct recall *recall;
    struct ledger *ledger;
    size_t given;    /* rows that statements gave */
    int64_t overdue; /* what was then is yet to go quiet; 0: nothing */
};

struct past *
past_new(struct db *db, const struct catalog *catalog)
{
    struct past *past = MEM_NEW(struct past);
    for (size_t i = 0; i < COUNT(statement_names); i++) {
        statement_plan(&past->statements[i], db, statement_names[i]);
    }
    past->recall = recall_new(db, catalog);
    return past;
}

void
past_set_catalog(struct past *past, const struct catalog *catalog)
{
    recall_set_catalog(past->recall, catalog);
}

void
past_rest(struct past *past)
{
    for (size_t i = 0; i < COUNT(past->statements); i++) {
        statement_rest(&past->statements[i]);
    }
    recall_rest(past->recall);
}

void
past_free(struct past *past)
{
    for (size_t i = 0; past && i < COUNT(past->statements); i++) {
        statement_close(&past->statements[i]);
    }
    if (past) {
        recall_free(past->recall);
    }
    mem_free(past);
}

void
past_begin(struct past *past, struct ledger *ledger)
{
    past->ledger = ledger;
}

/* A key that is there already is newer, and mostly the same incident. */
static bool
restore_one(struct past *past, const struct statement *row, struct fault *fault)
{
    struct incident incident = {0};
    bool is_known = false;
    if (ledger_has(past->ledger, recall_key(row))) {
        return true;
    }
    bool is_fine = recall_row(past->recall, row, &incident, &is_known, fault);
    if (is_fine && is_known) {
        (void)ledger_restore(past->ledger, &incident);
    }
    return is_fine;
}

/* All rows that a statement gives. */
static bool
restore_rows(struct past *past, struct statement *rows, struct fault *fault)
{
    bool has_row;
    while (statement_next(rows, &has_row, fault)) {
        if (!has_row) {
            return true;
        }
        past->given++;
        if (!restore_one(past, rows, fault)) {
            break;
        }
    }
    statement_reset(rows);
    return false;
}

/* What was written of an image that the log calls by another of its names. */
static bool
restore_image(struct past *past, struct slice image, struct fault *fault)
{
    struct statement *rows = &past->statements[RECALL_IMAGE];
    struct buf name = {0};
    bool is_fine = true;
    for (size_t i = 0; is_fine && alias_name(image, i, &name); i++) {
        if (i > 0 && slice_equal(buf_slice(&name), image)) {
            continue;
        }
        statement_text(rows, ":text", buf_slice(&name));
        is_fine = restore_rows(past, rows, fault);
    }
    buf_free(&name);
    return is_fine;
}

bool
past_restore(struct past *past, struct fault *fault)
{
    enum {
        LIMIT = 2048, /* half of what the ledger has room for */
    };

    struct statement *rows = &past->statements[RESTORE_INCIDENTS];
    size_t given = past->given;
    statement_number(rows, ":limit", LIMIT);
    if (!restore_rows(past, rows, fault)) {
        return false;
    }
    if (past->given - given == LIMIT) {
        roster_lack_all(ledger_roster(past->ledger));
    }
    return true;
}

bool
past_await(struct past *past, int64_t now, struct fault *fault)
{
    struct statement *any = &past->statements[INCIDENT_ANY];
    bool has_row;
    if (!statement_next(any, &has_row, fault)) {
        return false;
    }
    statement_reset(any);
    if (has_row) {
        past->overdue = now;
        roster_lack_all(ledger_roster(past->ledger));
    }
    return true;
}

void
past_recall(struct past *past, const struct ledger_wish *wish)
{
    static const enum past_statement statements[] = {
        [WISH_KEY] = RECALL_KEY,
        [WISH_POD] = RECALL_POD,
        [WISH_IMAGE] = RECALL_IMAGE,
        [WISH_OVERDUE] = RECALL_OVERDUE,
    };
    struct statement *rows = &past->statements[statements[wish->kind]];
    struct fault ignored;
    if (wish->kind == WISH_IMAGE) {
        (void)restore_image(past, wish->text, &ignored);
        return;
    }
    if (wish->kind == WISH_OVERDUE) {
        statement_number(rows, ":now", wish->now);
    } else {
        statement_text(rows, ":text", wish->text);
    }
    (void)restore_rows(past, rows, &ignored);
}

/* The incidents in memory that the history has. */
struct remembered {
    const struct ledger *ledger;
    size_t next;
    int64_t id;
};

static bool
next_remembered(void *ctx)
{
    struct remembered *remembered = ctx;
    const struct incident *incident;
    while ((incident = ledger_at(remembered->ledger, remembered->next))) {
        remembered->next++;
        if (incident->is_stored) {
            remembered->id = incident->id;
            return true;
        }
    }
    return false;
}

static struct given_cell
remembered_cell(const void *ctx, size_t column)
{
    const struct remembered *remembered = ctx;
    (void)column;
    return given_number(remembered->id);
}

/* An analysis does not tell of it, so it need not be read for that. */
bool
past_quieten(struct past *past, struct fault *fault)
{
    struct statement *rest = &past->statements[INCIDENT_REST];
    struct remembered remembered = {.ledger = past->ledger};
    struct given rows = {&remembered, next_remembered, remembered_cell};
    if (past->overdue == 0) {
        return true;
    }
    statement_number(rest, ":now", past->overdue);
    statement_rows(rest, ":rows", &rows);
    return statement_run(rest, fault)
        || fault_add(fault, "noting which incidents went quiet");
}

bool
past_has_overdue(const struct past *past)
{
    return past->overdue != 0;
}

void
past_settle(struct past *past)
{
    past->overdue = 0;
}
