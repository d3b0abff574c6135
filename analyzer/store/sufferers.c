/* SPDX-License-Identifier: Apache-2.0 */
#include "store/sufferers.h"

#include "base/mem.h"
#include "store/statement.h"

/* A row of an incident, by their places in the list. */
struct place {
    uint32_t at;
    uint32_t row;
};

struct sufferers {
    struct statement find;
    struct statement find_same;
    struct statement insert;
    struct statement update;
    struct place *missing; /* during a write: what the history has no row of */
    size_t count;
    size_t room;
};

/* The columns of the rows that are given. */
enum column {
    INCIDENT,
    NAMESPACE,
    POD,
    CONTAINER,
    NODE,
    IMAGE,
    FIRST_SEEN,
    LAST_SEEN,
    UNSAVED,
    RECOVERED,
};

struct sufferers *
sufferers_new(struct db *db)
{
    struct sufferers *sufferers = MEM_NEW(struct sufferers);
    statement_plan(&sufferers->find, db, "statements/affected-find.sql");
    statement_plan(&sufferers->find_same, db,
                   "statements/affected-find-same.sql");
    statement_plan(&sufferers->insert, db, "statements/affected-insert.sql");
    statement_plan(&sufferers->update, db, "statements/affected-update.sql");
    return sufferers;
}

void
sufferers_rest(struct sufferers *sufferers)
{
    statement_rest(&sufferers->find);
    statement_rest(&sufferers->find_same);
    statement_rest(&sufferers->insert);
    statement_rest(&sufferers->update);
}

void
sufferers_free(struct sufferers *sufferers)
{
    if (sufferers) {
        statement_close(&sufferers->find);
        statement_close(&sufferers->find_same);
        statement_close(&sufferers->insert);
        statement_close(&sufferers->update);
        mem_free(sufferers);
    }
}

static bool
find_row(struct sufferers *sufferers, int64_t incident,
         const struct affected *row, int64_t *id, struct fault *fault)
{
    struct statement *find =
        row->pod.len > 0 ? &sufferers->find : &sufferers->find_same;
    bool has_row;
    statement_number(find, ":incident", incident);
    statement_text(find, ":namespace", row->namespace);
    statement_text(find, ":pod", row->pod);
    statement_text(find, ":container", row->container);
    statement_text(find, ":node", row->node);
    statement_text(find, ":image", row->image);
    if (!statement_next(find, &has_row, fault)) {
        return false;
    }
    *id = has_row ? statement_cell_number(find, 0) : 0;
    statement_reset(find);
    return true;
}

static bool
update_row(struct sufferers *sufferers, int64_t id, const struct affected *row,
           struct fault *fault)
{
    struct statement *update = &sufferers->update;
    statement_number(update, ":id", id);
    statement_text(update, ":namespace", row->namespace);
    statement_text(update, ":container", row->container);
    statement_text(update, ":node", row->node);
    statement_text(update, ":image", row->image);
    statement_number(update, ":first_seen", row->first_seen);
    statement_number(update, ":last_seen", row->last_seen);
    statement_number(update, ":unsaved", row->unsaved);
    statement_number(update, ":recovered", row->is_recovered);
    return statement_run(update, fault);
}

static void
note_missing(struct sufferers *sufferers, struct place place)
{
    if (sufferers->count == sufferers->room) {
        sufferers->room = sufferers->room * 2 + 64;
        sufferers->missing = mem_resize_array(
            sufferers->missing, sufferers->room, sizeof(*sufferers->missing));
    }
    sufferers->missing[sufferers->count++] = place;
}

/* Brings the row that the history has up to it, or notes that it has none. */
static bool
write_known(struct sufferers *sufferers, const struct written *written,
            struct place place, struct fault *fault)
{
    const struct affected *row = &written->incident->affected[place.row];
    int64_t id = 0;
    /* No two rows of an incident mean the same: see places_adopt(). */
    if (!written->is_new
        && !find_row(sufferers, written->id, row, &id, fault)) {
        return false;
    }
    if (id == 0) {
        note_missing(sufferers, place);
        return true;
    }
    return update_row(sufferers, id, row, fault);
}

static bool
write_incident(struct sufferers *sufferers, const struct written *written,
               uint32_t at, struct fault *fault)
{
    const struct incident *incident = written->incident;
    for (uint32_t i = 0; i < incident->affected_count; i++) {
        const struct affected *row = &incident->affected[i];
        if ((row->unsaved != 0 || row->is_dirty)
            && !write_known(sufferers, written, (struct place){at, i}, fault)) {
            return written_fault(written, fault);
        }
    }
    return true;
}

/* The rows that are missing, while they are given to a statement. */
struct giving {
    const struct sufferers *sufferers;
    struct written_list list;
    size_t next; /* behind the one at hand */
};

static const struct written *
incident_at(const struct giving *giving)
{
    return &giving->list.items[giving->sufferers->missing[giving->next - 1].at];
}

static bool
next(void *ctx)
{
    struct giving *giving = ctx;
    return giving->next < giving->sufferers->count && ++giving->next > 0;
}

static struct given_cell
cell(const void *ctx, size_t column)
{
    const struct giving *giving = ctx;
    const struct written *written = incident_at(giving);
    const struct affected *row =
        &written->incident
             ->affected[giving->sufferers->missing[giving->next - 1].row];
    switch ((enum column)column) {
    case INCIDENT:
        return given_number(written->id);
    case NAMESPACE:
        return given_text(row->namespace);
    case POD:
        return given_text(row->pod);
    case CONTAINER:
        return given_text(row->container);
    case NODE:
        return given_text(row->node);
    case IMAGE:
        return given_text(row->image);
    case FIRST_SEEN:
        return given_number(row->first_seen);
    case LAST_SEEN:
        return given_number(row->last_seen);
    case UNSAVED:
        return given_number(row->unsaved);
    case RECOVERED:
    default:
        return given_number(row->is_recovered);
    }
}

static bool
write_missing(struct sufferers *sufferers, struct written_list list,
              struct fault *fault)
{
    struct giving giving = {sufferers, list, 0};
    struct given rows = {&giving, next, cell};
    if (sufferers->count == 0) {
        return true;
    }
    statement_rows(&sufferers->insert, ":rows", &rows);
    return statement_run(&sufferers->insert, fault)
        || fault_add(fault, "writing who suffers");
}

bool
sufferers_write(struct sufferers *sufferers, struct written_list list,
                struct fault *fault)
{
    bool is_written = true;
    for (uint32_t i = 0; is_written && i < list.count; i++) {
        is_written = write_incident(sufferers, &list.items[i], i, fault);
    }
    is_written = is_written && write_missing(sufferers, list, fault);
    mem_free(sufferers->missing);
    sufferers->missing = NULL;
    sufferers->count = 0;
    sufferers->room = 0;
    return is_written;
}
