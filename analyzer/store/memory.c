/* SPDX-License-Identifier: Apache-2.0 */
#include "store/memory.h"

#include "base/mem.h"
#include "store/statement.h"

#include <assert.h>

enum {
    ATTEMPTS = 4096, /* rows; attempt-prune.sql keeps as many */
    TOLD_BITS = 8,   /* of each voice in attempt.told */
};

static_assert((VOICES - 1) * TOLD_BITS <= 64, "a byte for each known voice");

enum memory_statement {
    ATTEMPT_LIST,
    ATTEMPT_PRUNE,
    ATTEMPT_SET,
    DATA_VERSION,
    EVENT_COUNT_ANY,
    EVENT_COUNT_GET,
    EVENT_COUNT_PRUNE,
    EVENT_COUNT_SET,
    EVENT_COUNT_SIZE,
    SALT_LIST,
    SALT_SET,
    MEMORY_STATEMENTS,
};

static const char *const statement_names[] = {
    [ATTEMPT_LIST] = "statements/attempt-list.sql",
    [ATTEMPT_PRUNE] = "statements/attempt-prune.sql",
    [ATTEMPT_SET] = "statements/attempt-set.sql",
    [DATA_VERSION] = "statements/data-version.sql",
    [EVENT_COUNT_ANY] = "statements/event-count-any.sql",
    [EVENT_COUNT_GET] = "statements/event-count-get.sql",
    [EVENT_COUNT_PRUNE] = "statements/event-count-prune.sql",
    [EVENT_COUNT_SET] = "statements/event-count-set.sql",
    [EVENT_COUNT_SIZE] = "statements/event-count-size.sql",
    [SALT_LIST] = "statements/salt-list.sql",
    [SALT_SET] = "statements/salt-set.sql",
};
static_assert(COUNT(statement_names) == MEMORY_STATEMENTS,
              "name each statement");

struct memory {
    struct db *db;
    struct statement statements[MEMORY_STATEMENTS];
    const struct recurrences *recurrences;
    int64_t pruned_at; /* by the time at which events were read */
    int64_t version;   /* others' writes change it */
    int64_t written;   /* events of the last flush */
    bool has_others;   /* the history counts events that this run does not */
    bool is_moved;     /* a draft got its place; others may have come since */
    bool is_late;      /* the ledger had a key, and sightings, before */
};

struct memory *
memory_new(struct db *db)
{
    struct memory *memory = MEM_NEW(struct memory);
    memory->db = db;
    for (size_t i = 0; i < COUNT(statement_names); i++) {
        statement_plan(&memory->statements[i], db, statement_names[i]);
    }
    return memory;
}

void
memory_free(struct memory *memory)
{
    for (size_t i = 0; memory && i < COUNT(memory->statements); i++) {
        statement_close(&memory->statements[i]);
    }
    mem_free(memory);
}

void
memory_rest(struct memory *memory)
{
    for (size_t i = 0; i < COUNT(memory->statements); i++) {
        statement_rest(&memory->statements[i]);
    }
    memory->version = 0;
    memory->has_others = true; /* for all that is known */
}

void
memory_stay(struct memory *memory)
{
    memory->is_moved = true;
}

/*
 * A run that began without this history goes on with the key that it has; what
 * earlier runs wrote under another one is found no more, and pruned.
 */
static bool
write_key(struct memory *memory, const struct keyed *key, struct fault *fault)
{
    struct statement *set = &memory->statements[SALT_SET];
    for (size_t i = 0; i < COUNT(key->word); i++) {
        statement_number(set, ":position", (int64_t)i + 1);
        statement_number(set, ":value", (int64_t)key->word[i]);
        if (!statement_run(set, fault)) {
            return false;
        }
    }
    return true;
}

static bool
restore_key(struct memory *memory, struct ledger *ledger, struct fault *fault)
{
    struct statement *list = &memory->statements[SALT_LIST];
    const struct keyed *used = tellings_key(ledger_tellings(ledger));
    struct keyed key = {{0, 0}};
    bool has_row;
    size_t count = 0;
    if (used) {
        return write_key(memory, used, fault);
    }
    while (statement_next(list, &has_row, fault)) {
        if (!has_row) {
            ledger_set_key(ledger, &key);
            return true;
        }
        if (count < COUNT(key.word)) {
            key.word[count++] = (uint64_t)statement_cell_number(list, 0);
        }
    }
    return false;
}

/* The one number that a statement answers with. */
static bool
ask_number(struct memory *memory, enum memory_statement which, int64_t *number,
           struct fault *fault)
{
    struct statement *ask = &memory->statements[which];
    bool has_row;
    if (!statement_next(ask, &has_row, fault)) {
        return false;
    }
    *number = has_row ? statement_cell_number(ask, 0) : 0;
    statement_reset(ask);
    return true;
}

/* Whether somebody else has written to the history since this was asked. */
static bool
note_others(struct memory *memory, struct fault *fault)
{
    int64_t version;
    if (!ask_number(memory, DATA_VERSION, &version, fault)) {
        return false;
    }
    memory->has_others |= memory->version != 0 && version != memory->version;
    memory->version = version;
    return true;
}

/*
 * It had but the events of that write, and none is pruned so soon: if there are
 * no more of them, nobody has added any.
 */
static void
note_moved(struct memory *memory)
{
    struct fault ignored;
    int64_t size;
    memory->is_moved = false;
    if (note_others(memory, &ignored)
        && ask_number(memory, EVENT_COUNT_SIZE, &size, &ignored)) {
        memory->has_others = size != memory->written;
    }
}

/*
 * What cannot be read is taken for not known; the next flush tells why. Nobody
 * is asked as long as this run has all that the history could tell.
 */
static bool
look_up(void *ctx, struct recurrence *entry)
{
    struct memory *memory = ctx;
    struct statement *get = &memory->statements[EVENT_COUNT_GET];
    char name[EVENT_NAME_TEXT];
    struct fault ignored;
    bool has_row = false;
    if (memory->is_moved) {
        note_moved(memory);
    }
    if (!memory->has_others
        && !recurrences_has_forgotten(memory->recurrences)) {
        return false;
    }
    recurrence_name(entry, name);
    statement_text(get, ":uid", slice_from(name));
    if (statement_next(get, &has_row, &ignored) && has_row) {
        entry->count = (uint64_t)statement_cell_number(get, 0);
        entry->last_at = statement_cell_number(get, 1);
        entry->seen_at = statement_cell_number(get, 2);
    }
    statement_reset(get);
    return has_row;
}

/* What the history knows of events is asked for when one comes. */
static bool
restore_counts(struct memory *memory, struct ledger *ledger,
               struct fault *fault)
{
    int64_t any;
    if (!note_others(memory, fault)
        || !ask_number(memory, EVENT_COUNT_ANY, &any, fault)) {
        return false;
    }
    memory->has_others = any != 0;
    memory->recurrences = ledger_recurrences(ledger);
    recurrences_set_lookup(ledger_recurrences(ledger), look_up, memory);
    return true;
}

static struct telling
telling_of(const struct statement *row)
{
    struct telling telling = {
        .incident = (uint64_t)statement_cell_number(row, 1),
        .image = (uint64_t)statement_cell_number(row, 2),
        .pod = (uint64_t)statement_cell_number(row, 3),
        .node = (uint64_t)statement_cell_number(row, 4),
        .from = statement_cell_number(row, 5),
        .to = statement_cell_number(row, 6),
        .count = (uint8_t)statement_cell_number(row, 7),
    };
    uint64_t told = (uint64_t)statement_cell_number(row, 8);
    for (size_t i = 0; i < COUNT(telling.told); i++) {
        telling.told[i] = (uint8_t)(told >> i * TOLD_BITS);
    }
    return telling;
}

bool
memory_begin(struct memory *memory, struct ledger *ledger, struct fault *fault)
{
    memory->is_late = tellings_key(ledger_tellings(ledger)) != NULL;
    return restore_key(memory, ledger, fault)
        && restore_counts(memory, ledger, fault);
}

bool
memory_restore(struct memory *memory, struct ledger *ledger,
               struct fault *fault)
{
    struct statement *list = &memory->statements[ATTEMPT_LIST];
    struct tellings *tellings = ledger_tellings(ledger);
    uint64_t last = 0;
    bool is_read;
    bool has_row;
    while ((is_read = statement_next(list, &has_row, fault)) && has_row) {
        struct telling telling = telling_of(list);
        last = (uint64_t)statement_cell_number(list, 0);
        /* Under another key, and older than what was told, none is found. */
        if (!memory->is_late) {
            tellings_restore(tellings, &telling, last);
        }
    }
    if (is_read && memory->is_late) {
        tellings_renumber(tellings, last);
    }
    return is_read;
}

bool
memory_is_behind(struct ledger *ledger)
{
    size_t cursor = 0;
    return recurrences_unsaved(ledger_recurrences(ledger), &cursor);
}

/* The events whose count the history has not heard of. */
struct counts {
    struct recurrences *recurrences;
    size_t cursor;
    const struct recurrence *entry;
    char name[EVENT_NAME_TEXT]; /* the entry's */
    int64_t given;              /* how many so far */
    int64_t now;                /* when one was read last */
};

static bool
next_count(void *ctx)
{
    struct counts *counts = ctx;
    counts->entry = recurrences_unsaved(counts->recurrences, &counts->cursor);
    if (!counts->entry) {
        return false;
    }
    recurrence_name(counts->entry, counts->name);
    counts->given++;
    if (counts->entry->seen_at > counts->now) {
        counts->now = counts->entry->seen_at;
    }
    return true;
}

static struct given_cell
count_cell(const void *ctx, size_t column)
{
    enum {
        NAME,
        SEEN,
        LAST_AT,
    };

    const struct counts *counts = ctx;
    const struct recurrence *entry = counts->entry;
    switch (column) {
    case NAME:
        return given_text(slice_from(counts->name));
    case SEEN:
        return given_number((int64_t)entry->count);
    case LAST_AT:
        return given_number(entry->last_at);
    default:
        return given_number(entry->seen_at);
    }
}

static bool
write_counts(struct memory *memory, struct recurrences *recurrences,
             struct fault *fault)
{
    struct statement *set = &memory->statements[EVENT_COUNT_SET];
    struct statement *prune = &memory->statements[EVENT_COUNT_PRUNE];
    struct counts counts = {.recurrences = recurrences};
    struct given rows = {&counts, next_count, count_cell};
    statement_rows(set, ":rows", &rows);
    if (!statement_run(set, fault)) {
        return false;
    }
    memory->written = counts.given;
    if (counts.now - memory->pruned_at < STAMP_HOUR) {
        return true;
    }
    memory->pruned_at = counts.now;
    statement_number(prune, ":now", counts.now);
    return statement_run(prune, fault);
}

/* The newest failures that the history has not heard of, the oldest first. */
struct attempts {
    struct tellings *tellings;
    size_t left; /* to be looked at */
    const struct telling *telling;
    bool is_new; /* there was any */
};

static bool
next_attempt(void *ctx)
{
    struct attempts *attempts = ctx;
    while (attempts->left > 0) {
        attempts->left--;
        attempts->telling = tellings_at(attempts->tellings, attempts->left);
        if (!attempts->telling->is_saved) {
            attempts->is_new = true;
            return true;
        }
    }
    return false;
}

static uint64_t
told_of(const struct telling *telling)
{
    uint64_t told = 0;
    for (size_t i = 0; i < COUNT(telling->told); i++) {
        told |= (uint64_t)telling->told[i] << i * TOLD_BITS;
    }
    return told;
}

static struct given_cell
attempt_cell(const void *ctx, size_t column)
{
    const struct attempts *attempts = ctx;
    const struct telling *telling = attempts->telling;
    const uint64_t names[] = {
        tellings_number(attempts->tellings, attempts->left),
        telling->incident,
        telling->image,
        telling->pod,
        telling->node,
        (uint64_t)telling->from,
        (uint64_t)telling->to,
        telling->count,
        told_of(telling),
    };
    return given_number((int64_t)names[column]);
}

/* The oldest first, since rows behind the last one cost least. */
static bool
write_tellings(struct memory *memory, struct tellings *tellings,
               struct fault *fault)
{
    struct statement *set = &memory->statements[ATTEMPT_SET];
    struct statement *prune = &memory->statements[ATTEMPT_PRUNE];
    struct attempts attempts = {.tellings = tellings};
    struct given rows = {&attempts, next_attempt, attempt_cell};
    while (attempts.left < ATTEMPTS && tellings_at(tellings, attempts.left)) {
        attempts.left++;
    }
    statement_rows(set, ":rows", &rows);
    if (!statement_run(set, fault)) {
        return false;
    }
    if (!attempts.is_new) {
        return true;
    }
    statement_number(prune, ":number", (int64_t)tellings_number(tellings, 0));
    return statement_run(prune, fault);
}

bool
memory_adopt(struct memory *memory, struct ledger *ledger, struct fault *fault)
{
    return restore_key(memory, ledger, fault);
}

bool
memory_write(struct memory *memory, struct ledger *ledger, struct fault *fault)
{
    return (note_others(memory, fault)
            && write_counts(memory, ledger_recurrences(ledger), fault)
            && write_tellings(memory, ledger_tellings(ledger), fault))
        || fault_add(fault, "noting what was counted");
}

void
memory_mark(struct ledger *ledger)
{
    struct tellings *tellings = ledger_tellings(ledger);
    struct telling *telling;
    for (size_t i = 0; i < ATTEMPTS && (telling = tellings_at(tellings, i));
         i++) {
        telling->is_saved = true;
    }
    recurrences_mark(ledger_recurrences(ledger));
}
