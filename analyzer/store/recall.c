/* SPDX-License-Identifier: Apache-2.0 */
#include "store/recall.h"

#include "base/mem.h"
#include "store/facts_json.h"

#include <stdlib.h>
#include <string.h>

/* A row, and what tells it from others of one time. */
struct sufferer {
    struct affected affected;
    int64_t id;
};

/* Who is to be filled, and whose its strings are to be. */
struct wanted {
    struct incident *incident;
    struct arena *arena;
};

struct recall {
    struct db *db;
    const struct catalog *catalog;
    struct statement incident;
    struct statement affected;
    struct statement affected_most; /* of more than there is room for */
    struct statement evidence;
    struct buf scratch;
    struct arena arena;         /* the strings of the incident at hand */
    struct sufferer *sufferers; /* likewise its rows */
    size_t count;
    size_t room;
};

struct recall *
recall_new(struct db *db, const struct catalog *catalog)
{
    struct recall *recall = MEM_NEW(struct recall);
    recall->db = db;
    recall->catalog = catalog;
    statement_plan(&recall->incident, db, "statements/recall-incident.sql");
    statement_plan(&recall->affected, db, "statements/restore-affected.sql");
    statement_plan(&recall->affected_most, db,
                   "statements/restore-affected-most.sql");
    statement_plan(&recall->evidence, db, "statements/recall-evidence.sql");
    return recall;
}

void
recall_rest(struct recall *recall)
{
    statement_rest(&recall->incident);
    statement_rest(&recall->affected);
    statement_rest(&recall->affected_most);
    statement_rest(&recall->evidence);
}

void
recall_set_catalog(struct recall *recall, const struct catalog *catalog)
{
    recall->catalog = catalog;
}

void
recall_free(struct recall *recall)
{
    if (recall) {
        statement_close(&recall->incident);
        statement_close(&recall->affected);
        statement_close(&recall->affected_most);
        statement_close(&recall->evidence);
        buf_free(&recall->scratch);
        arena_free(&recall->arena);
        mem_free(recall->sufferers);
        mem_free(recall);
    }
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
read_also(const struct recall *recall, struct slice slugs,
          struct incident *incident)
{
    struct slice slug = slice_word(&slugs);
    while (slug.len > 0 && incident->also_count < COUNT(incident->also)) {
        const struct cause *cause = catalog_find(recall->catalog, slug);
        if (cause) {
            incident->also[incident->also_count++] = cause;
        }
        slug = slice_word(&slugs);
    }
}

struct slice
recall_key(const struct statement *row)
{
    return statement_cell(row, 1);
}

/* False if this catalogue does not know the cause: such a row is left alone. */
static bool
read_incident(struct recall *recall, const struct statement *row,
              struct arena *arena, struct incident *incident)
{
    incident->cause = catalog_find(recall->catalog, statement_cell(row, 3));
    incident->state = state_of(statement_cell(row, 5));
    if (!incident->cause || incident->state == INCIDENT_NONE) {
        return false;
    }
    incident->id = statement_cell_number(row, 0);
    incident->is_stored = true;
    incident->key = arena_copy(arena, recall_key(row));
    incident->life = (uint32_t)statement_cell_number(row, 2);
    incident->severity =
        severity_of(statement_cell(row, 4), incident->cause->severity);
    incident->first_seen = statement_cell_number(row, 6);
    incident->last_seen = statement_cell_number(row, 7);
    incident->resolved_at = statement_cell_number(row, 8);
    incident->stored_count = (uint64_t)statement_cell_number(row, 9);
    incident->stamp_trust =
        statement_cell_number(row, 10) != 0 ? STAMP_APPROXIMATE : STAMP_EXACT;
    read_also(recall, statement_cell(row, 11), incident);
    struct facts facts = {0};
    facts_json_read(statement_cell(row, 12), &recall->scratch, arena, &facts);
    known_set_all(&incident->known, &facts, arena);
    return true;
}

static void
read_sufferer(struct recall *recall, struct arena *arena,
              const struct statement *row)
{
    if (recall->count == recall->room) {
        recall->room = recall->room * 2 + 16;
        recall->sufferers = mem_resize_array(recall->sufferers, recall->room,
                                             sizeof(*recall->sufferers));
    }
    struct sufferer *sufferer = &recall->sufferers[recall->count++];
    sufferer->id = statement_cell_number(row, 9);
    sufferer->affected = (struct affected){
        .namespace = arena_copy(arena, statement_cell(row, 0)),
        .pod = arena_copy(arena, statement_cell(row, 1)),
        .container = arena_copy(arena, statement_cell(row, 2)),
        .node = arena_copy(arena, statement_cell(row, 3)),
        .image = arena_copy(arena, statement_cell(row, 4)),
        .first_seen = statement_cell_number(row, 5),
        .last_seen = statement_cell_number(row, 6),
        .is_recovered = statement_cell_number(row, 7) != 0,
        .count = (uint64_t)statement_cell_number(row, 8),
    };
}

static bool
read_sufferers(struct recall *recall, const struct wanted *wanted, size_t limit,
               struct fault *fault)
{
    struct statement *rows =
        limit > AFFECTED_MAX ? &recall->affected : &recall->affected_most;
    bool has_row;
    recall->count = 0;
    statement_number(rows, ":incident", wanted->incident->id);
    statement_number(rows, ":limit", (int64_t)limit);
    while (statement_next(rows, &has_row, fault)) {
        if (!has_row) {
            return true;
        }
        read_sufferer(recall, wanted->arena, rows);
    }
    return false;
}

/* As restore-affected-most.sql has them. */
static int
by_turn(const void *a, const void *b)
{
    const struct sufferer *x = a;
    const struct sufferer *y = b;
    if (x->affected.is_recovered != y->affected.is_recovered) {
        return x->affected.is_recovered ? 1 : -1;
    }
    if (x->affected.last_seen != y->affected.last_seen) {
        return x->affected.last_seen < y->affected.last_seen ? 1 : -1;
    }
    return x->id > y->id ? 1 : x->id < y->id ? -1 : 0;
}

/* Mostly they are few. */
static void
sort_sufferers(struct recall *recall)
{
    enum {
        FEW = 16
    };

    struct sufferer *rows = recall->sufferers;
    if (recall->count > FEW) {
        qsort(rows, recall->count, sizeof(*rows), by_turn);
        return;
    }
    for (size_t i = 1; i < recall->count; i++) {
        struct sufferer row = rows[i];
        size_t at = i;
        for (; at > 0 && by_turn(&rows[at - 1], &row) > 0; at--) {
            rows[at] = rows[at - 1];
        }
        rows[at] = row;
    }
}

static bool
read_affected(struct recall *recall, const struct wanted *wanted,
              struct fault *fault)
{
    struct incident *incident = wanted->incident;
    size_t most = AFFECTED_MAX;
    if (!read_sufferers(recall, wanted, most + 1, fault)
        || (recall->count > most
            && !read_sufferers(recall, wanted, most, fault))) {
        return false;
    }
    if (recall->count == 0) {
        return true;
    }
    sort_sufferers(recall);
    incident->affected =
        arena_alloc(wanted->arena, recall->count * sizeof(*incident->affected));
    for (size_t i = 0; i < recall->count; i++) {
        incident->affected[i] = recall->sufferers[i].affected;
    }
    incident->affected_count = recall->count;
    return true;
}

static bool
read_row(struct recall *recall, const struct statement *row,
         const struct wanted *wanted, bool *is_known, struct fault *fault)
{
    *is_known = read_incident(recall, row, wanted->arena, wanted->incident);
    return !*is_known || read_affected(recall, wanted, fault);
}

bool
recall_row(struct recall *recall, const struct statement *row,
           struct incident *incident, bool *is_known, struct fault *fault)
{
    const struct wanted wanted = {incident, &recall->arena};
    arena_clear(&recall->arena);
    return read_row(recall, row, &wanted, is_known, fault);
}

static char *
copy_to(char *to, struct slice text)
{
    if (text.len > 0) {
        memcpy(to, text.data, text.len);
    }
    return to + text.len;
}

static struct evidence
evidence_of(const struct statement *row, struct arena *arena)
{
    struct slice origin = statement_cell(row, 1);
    struct slice line = statement_cell(row, 2);
    char *memory = arena_alloc(arena, origin.len + line.len);
    (void)copy_to(copy_to(memory, origin), line);
    return (struct evidence){
        .seen_at = statement_cell_number(row, 0),
        .memory = memory,
        .origin_len = (uint32_t)origin.len,
        .line_len = (uint32_t)line.len,
        .is_saved = true,
    };
}

static bool
read_evidence(struct recall *recall, struct incident *incident,
              struct fault *fault)
{
    struct arena *arena = &incident->arena;
    bool has_row;
    statement_number(&recall->evidence, ":incident", incident->id);
    while (statement_next(&recall->evidence, &has_row, fault)) {
        if (!has_row) {
            return true;
        }
        if (incident->evidence_seen < COUNT(incident->evidence)) {
            incident->evidence[incident->evidence_seen++] =
                evidence_of(&recall->evidence, arena);
        }
    }
    return false;
}

bool
recall_incident(struct recall *recall, int64_t id, struct incident *incident,
                struct fault *fault)
{
    const struct wanted wanted = {incident, &incident->arena};
    bool has_row;
    bool is_known = false;
    statement_number(&recall->incident, ":incident", id);
    bool ok = statement_next(&recall->incident, &has_row, fault);
    if (ok && !has_row) {
        ok = fault_set(fault, FAULT_INPUT, 0,
                       "the history has no incident %lld; 'pullwhy history' "
                       "lists them",
                       (long long)id);
    }
    ok = ok && read_row(recall, &recall->incident, &wanted, &is_known, fault);
    if (ok && !is_known) {
        struct slice slug = statement_cell(&recall->incident, 3);
        ok = fault_set(fault, FAULT_INPUT, 0,
                       "incident %lld has the cause %.*s, which this catalogue "
                       "does not know (see --patterns)",
                       (long long)id, SLICE_ARG(slug));
    }
    statement_reset(&recall->incident);
    incident->count = incident->stored_count;
    incident->stored_count = 0;
    return ok && read_evidence(recall, incident, fault);
}

void
recall_release(struct incident *incident)
{
    arena_free(&incident->arena);
    *incident = (struct incident){0};
}
