/* SPDX-License-Identifier: Apache-2.0 */
#include "desk.h"

#include "base/mem.h"
#include "fake_ledger.h"
#include "said.h"

#include <sqlite3.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
/* cmocka.h needs the headers above. */
#include <cmocka.h>

void
desk_open(struct desk *desk, struct scratch *scratch)
{
    struct fault fault = {0};
    snprintf(desk->path, sizeof(desk->path), "%s",
             scratch_path(scratch, "history.db"));
    desk->history = history_open(desk->path, fake_catalog(), &fault);
    if (!desk->history) {
        fail_msg("%s", fault.text);
    }
    desk->ledger = fake_ledger_new();
    assert_int_equal(sqlite3_open(desk->path, &desk->look), SQLITE_OK);
}

void
desk_close(struct desk *desk)
{
    history_close(desk->history);
    fake_ledger_free(desk->ledger);
    sqlite3_close(desk->look);
}

void
desk_flush(struct desk *desk)
{
    struct fault fault = {0};
    assert_true(history_flush(desk->history, desk->ledger, NULL, 0, &fault));
}

void
desk_row(struct desk *desk, const char *sql, const char *expected)
{
    struct sqlite3_stmt *statement = NULL;
    char text[1024] = "";
    if (sqlite3_prepare_v2(desk->look, sql, -1, &statement, NULL)
        != SQLITE_OK) {
        fail_msg("%s: %s", sql, sqlite3_errmsg(desk->look));
    }
    if (sqlite3_step(statement) == SQLITE_ROW) {
        size_t len = 0;
        for (int i = 0; i < sqlite3_column_count(statement); i++) {
            const unsigned char *cell = sqlite3_column_text(statement, i);
            len += (size_t)snprintf(text + len, sizeof(text) - len, "%s%s",
                                    i > 0 ? "|" : "",
                                    cell ? (const char *)cell : "NULL");
        }
    }
    sqlite3_finalize(statement);
    assert_string_equal(text, expected);
}

void
desk_by_hand(struct desk *desk, const char *sql)
{
    char *message = NULL;
    if (sqlite3_exec(desk->look, sql, NULL, NULL, &message) != SQLITE_OK) {
        fail_msg("%s: %s", sql, message);
    }
}

void
set_fact(struct incident *incident, enum fact fact, const char *value)
{
    incident_set_fact(incident, fact,
                      arena_copy(&incident->arena, slice_from(value)));
}

void
seen(struct incident *incident, int minute, uint64_t count)
{
    incident->last_seen = T0 + minute * STAMP_MINUTE;
    if (incident->first_seen == 0) {
        incident->first_seen = incident->last_seen;
    }
    incident->count += count;
    incident->unsaved += count;
    incident->is_dirty = true;
    while (count > 0) {
        uint64_t some = count < TALLY_MOST ? count : TALLY_MOST;
        incident->tallies = mem_resize_array(
            incident->tallies, incident->tally_count + 1, sizeof(struct tally));
        incident->tallies[incident->tally_count++] =
            tally_of(MINUTE + minute, some);
        count -= some;
    }
}

struct affected *
suffers(struct incident *incident, const char *pod, const char *node,
        uint64_t count)
{
    incident->affected =
        mem_resize_array(incident->affected, incident->affected_count + 1,
                         sizeof(struct affected));
    struct affected *affected = &incident->affected[incident->affected_count++];
    *affected = (struct affected){
        .namespace = SLICE("prod"),
        .pod = slice_from(pod),
        .container = SLICE("api"),
        .node = slice_from(node),
        .first_seen = incident->last_seen,
        .last_seen = incident->last_seen,
        .count = count,
        .unsaved = (int64_t)count,
        .is_dirty = true,
    };
    return affected;
}

void
said(struct incident *incident, size_t slot, const char *line)
{
    static const char origin[] = "stdin";

    struct buf text = {0};
    buf_add_text(&text, origin);
    buf_add_text(&text, line);
    struct slice kept = arena_copy(&incident->arena, buf_slice(&text));
    incident->evidence[slot] = said_by(sizeof(origin) - 1, kept);
    incident->evidence[slot].seen_at = incident->last_seen;
    buf_free(&text);
    incident->evidence_seen++;
    incident->is_dirty = true;
}

struct incident *
desk_unauthorized(struct desk *desk)
{
    struct incident *incident = fake_incident(
        desk->ledger, "unauthorized|x.azurecr.io", "unauthorized");
    set_fact(incident, FACT_REGISTRY, "x.azurecr.io");
    set_fact(incident, FACT_REPOSITORY, "team/api");
    set_fact(incident, FACT_VENDOR, "acr");
    return incident;
}

uint64_t
desk_event(struct desk *desk, const char *uid, uint64_t count)
{
    const struct record record = {
        .format = FORMAT_EVENT,
        .identity = slice_from(uid),
        .count = count,
        .stamp = {T0 + (int64_t)count * STAMP_SECOND, STAMP_EXACT},
    };
    return recurrences_take(ledger_recurrences(desk->ledger), &record, T0,
                            false)
        .fresh;
}
