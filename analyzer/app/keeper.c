/* SPDX-License-Identifier: Apache-2.0 */
#include "app/keeper.h"

#include "app/output.h"
#include "base/mem.h"
#include "store/history.h"

#include <stdio.h>

struct keeper {
    struct history *history;
    bool has_failed;
};

struct keeper *
keeper_new(struct app *app, struct ledger *ledger)
{
    struct keeper *keeper = MEM_NEW(struct keeper);
    struct fault fault;
    /* What is passed over now would be taken for counted later. */
    if (app->options->no_db || app->options->since > 0 || !app->db) {
        return keeper;
    }
    keeper->history = history_open(app->db, app->catalog, &fault);
    if (keeper->history && !history_restore(keeper->history, ledger, &fault)) {
        history_close(keeper->history);
        keeper->history = NULL;
    }
    if (!keeper->history) {
        keeper->has_failed = true;
        output_warn("%s; this run is not remembered (see --db and --no-db)",
                    fault.text);
    }
    return keeper;
}

void
keeper_free(struct keeper *keeper)
{
    if (keeper) {
        history_close(keeper->history);
        mem_free(keeper);
    }
}

struct history *
keeper_history(const struct keeper *keeper)
{
    return keeper->history;
}

void
keeper_flush(struct keeper *keeper, struct pipeline *pipeline, int64_t now)
{
    struct fault fault;
    (void)now;
    if (!pipeline_flush(pipeline, &fault) && !keeper->has_failed) {
        keeper->has_failed = true;
        output_warn("%s; findings go on, and it is tried again", fault.text);
    }
}

void
keeper_finish(struct keeper *keeper, struct pipeline *pipeline, int64_t now)
{
    keeper_flush(keeper, pipeline, now);
}

bool
keeper_has_failed(const struct keeper *keeper)
{
    return keeper->has_failed;
}

uint64_t
keeper_position(struct keeper *keeper, const char *identity)
{
    uint64_t position = 0;
    struct fault fault;
    if (!keeper->history || identity[0] == '\0') {
        return 0;
    }
    if (!history_position(keeper->history, slice_from(identity), &position,
                          &fault)) {
        output_warn("%s", fault.text);
        return 0;
    }
    return position;
}

/* Where the marks go that the history hands out. */
struct answer {
    struct source_mark *marks;
    size_t count;
    size_t room;
};

static void
take(void *ctx, const struct checkpoint *checkpoint)
{
    struct answer *answer = ctx;
    if (answer->count == answer->room
        || checkpoint->identity.len >= SOURCE_IDENTITY
        || checkpoint->cursor.len >= SOURCE_CURSOR) {
        return;
    }
    struct source_mark *mark = &answer->marks[answer->count++];
    *mark = (struct source_mark){
        .position = checkpoint->position,
        .resume = checkpoint->resume,
        .anchor = checkpoint->anchor,
        .modified_at = checkpoint->modified_at,
    };
    snprintf(mark->identity, sizeof(mark->identity), "%.*s",
             SLICE_ARG(checkpoint->identity));
    snprintf(mark->cursor, sizeof(mark->cursor), "%.*s",
             SLICE_ARG(checkpoint->cursor));
}

static size_t
ask(struct keeper *keeper, const char *identity, const char *name,
    struct answer *answer)
{
    struct fault fault;
    const struct checkpoint_request request = {
        .identity = slice_from(identity),
        .origin = slice_from(name),
        .take = take,
        .ctx = answer,
    };
    if (keeper->history
        && !history_checkpoints(keeper->history, &request, &fault)) {
        output_warn("%s", fault.text);
    }
    return answer->count;
}

bool
keeper_recall(struct keeper *keeper, const char *identity,
              struct source_mark *mark)
{
    struct answer answer = {.marks = mark, .room = 1};
    return ask(keeper, identity, NULL, &answer) > 0;
}

size_t
keeper_recall_name(struct keeper *keeper, const char *name,
                   struct source_mark *marks, size_t room)
{
    struct answer answer = {.marks = marks, .room = room};
    return ask(keeper, NULL, name, &answer);
}
