/* SPDX-License-Identifier: Apache-2.0 */
#include "store/glossary.h"

#include "base/mem.h"
#include "store/statement.h"

#include <assert.h>

enum glossary_statement {
    CAUSE_GET,
    CAUSE_SET,
    REMEDY_LIST,
    REMEDY_SET,
    REMEDY_TRIM,
    GLOSSARY_STATEMENTS,
};

static const char *const statement_names[] = {
    [CAUSE_GET] = "statements/cause-get.sql",
    [CAUSE_SET] = "statements/cause-set.sql",
    [REMEDY_LIST] = "statements/remedy-list.sql",
    [REMEDY_SET] = "statements/remedy-set.sql",
    [REMEDY_TRIM] = "statements/remedy-trim.sql",
};
static_assert(COUNT(statement_names) == GLOSSARY_STATEMENTS,
              "name each statement");

struct glossary {
    struct db *db;
    const struct catalog *catalog;
    struct statement statements[GLOSSARY_STATEMENTS];
};

static bool
is_cell(const struct statement *row, int column, struct slice text)
{
    return slice_equal(statement_cell(row, column), text);
}

static bool
is_said(const struct statement *row, const struct cause *cause)
{
    return is_cell(row, 0, cause->title.in[LANGUAGE_EN])
        && is_cell(row, 1, cause->title.in[LANGUAGE_JA])
        && is_cell(row, 2, slice_from(severity_name(cause->severity)))
        && is_cell(row, 3, slice_from(scope_name(cause->scope)))
        && is_cell(row, 4, slice_from(nature_name(cause->nature)));
}

static bool
is_remedy(const struct statement *row, const struct cause *cause, size_t index)
{
    if (index >= cause->remedy_count) {
        return false;
    }
    const struct remedy *remedy = cause->remedies[index];
    return statement_cell_number(row, 0) == (int64_t)index + 1
        && is_cell(row, 1, remedy->id)
        && is_cell(row, 2, remedy->title.in[LANGUAGE_EN])
        && is_cell(row, 3, remedy->title.in[LANGUAGE_JA]);
}

/* What cannot be read now is not known; writing it tells why. */
static bool
has_cause(struct glossary *glossary, const struct cause *cause)
{
    struct statement *get = &glossary->statements[CAUSE_GET];
    struct fault ignored;
    bool has_row = false;
    statement_text(get, ":slug", cause->slug);
    bool is_known = statement_next(get, &has_row, &ignored) && has_row
                 && is_said(get, cause);
    statement_reset(get);
    return is_known;
}

static bool
has_remedies(struct glossary *glossary, const struct cause *cause)
{
    struct statement *list = &glossary->statements[REMEDY_LIST];
    struct fault ignored;
    bool has_row = true;
    size_t count = 0;
    statement_text(list, ":cause", cause->slug);
    while (statement_next(list, &has_row, &ignored) && has_row
           && is_remedy(list, cause, count)) {
        count++;
    }
    statement_reset(list);
    return !has_row && count == cause->remedy_count;
}

static bool
has_all(struct glossary *glossary)
{
    size_t count = catalog_count(glossary->catalog);
    for (size_t i = 0; i < count; i++) {
        const struct cause *cause = catalog_cause(glossary->catalog, i);
        if (!has_cause(glossary, cause) || !has_remedies(glossary, cause)) {
            return false;
        }
    }
    return true;
}

static bool
write_remedies(struct glossary *glossary, const struct cause *cause,
               struct fault *fault)
{
    struct statement *set = &glossary->statements[REMEDY_SET];
    struct statement *trim = &glossary->statements[REMEDY_TRIM];
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
write_cause(struct glossary *glossary, const struct cause *cause,
            struct fault *fault)
{
    struct statement *set = &glossary->statements[CAUSE_SET];
    statement_text(set, ":slug", cause->slug);
    statement_text(set, ":title_en", cause->title.in[LANGUAGE_EN]);
    statement_text(set, ":title_ja", cause->title.in[LANGUAGE_JA]);
    statement_text(set, ":severity",
                   slice_from(severity_name(cause->severity)));
    statement_text(set, ":scope", slice_from(scope_name(cause->scope)));
    statement_text(set, ":class", slice_from(nature_name(cause->nature)));
    return statement_run(set, fault) && write_remedies(glossary, cause, fault);
}

/* Causes that the catalogue lost stay: old incidents are named by them. */
static bool
write_all(struct glossary *glossary, struct fault *fault)
{
    if (!db_begin(glossary->db, fault)) {
        return false;
    }
    size_t count = catalog_count(glossary->catalog);
    for (size_t i = 0; i < count; i++) {
        const struct cause *cause = catalog_cause(glossary->catalog, i);
        if (!write_cause(glossary, cause, fault)) {
            db_rollback(glossary->db);
            return fault_add(fault, "noting cause %.*s",
                             SLICE_ARG(cause->slug));
        }
    }
    if (!db_commit(glossary->db, fault)) {
        db_rollback(glossary->db);
        return false;
    }
    return true;
}

bool
glossary_note(struct db *db, const struct catalog *catalog, struct fault *fault)
{
    struct glossary glossary = {.db = db, .catalog = catalog};
    for (size_t i = 0; i < COUNT(statement_names); i++) {
        statement_plan(&glossary.statements[i], db, statement_names[i]);
    }
    bool is_fine = has_all(&glossary) || write_all(&glossary, fault);
    for (size_t i = 0; i < COUNT(statement_names); i++) {
        statement_close(&glossary.statements[i]);
    }
    return is_fine;
}
