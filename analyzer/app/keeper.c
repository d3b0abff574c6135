/* SPDX-License-Identifier: Apache-2.0 */
#include "app/keeper.h"

#include "app/output.h"
#include "base/buf.h"
#include "base/mem.h"
#include "incident/renew.h"
#include "source/identity.h"
#include "store/aside.h"
#include "store/history.h"
#include "store/trouble.h"

#include <uv.h>

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>

enum {
    PAUSE_FIRST = STAMP_SECOND,
    PAUSE_LOCKED = 8 * STAMP_SECOND, /* at most, as locks are short */
    PAUSE_LAST = 60 * STAMP_SECOND,
    RETAIN_SOON = STAMP_SECOND, /* while there is more to take away */
    SHARE = 24, /* one part of so many is spent with writing, at most */
    REST_FIRST = 3 * STAMP_SECOND, /* before it is known what a write takes */
    REST_LAST = 10 * STAMP_SECOND, /* however long a write took */
    MOVES_MAX = 5, /* a disk that spoils all files shall not be filled */
};

/* What follows from it. */
static const char *const outlooks[] = {
    [TROUBLE_NONE] = "",
    [TROUBLE_LOCKED] = "what is counted is written when it is free",
    [TROUBLE_FULL] = "what is counted is written when there is space",
    [TROUBLE_UNWRITABLE] = "what is counted is written when it can be",
    [TROUBLE_CORRUPT] = "what is counted waits until the file is moved away",
    [TROUBLE_GONE] = "it is tried again",
    [TROUBLE_REFUSED] = "what is counted waits until another file is there",
    [TROUBLE_OTHER] = "it is tried again",
};
static_assert(COUNT(outlooks) == TROUBLES, "an outlook for each trouble");

struct keeper {
    struct app *app;
    struct ledger *ledger;
    struct history *history;
    enum trouble trouble;
    bool is_wanted;
    bool has_failed; /* for good, or something of an earlier run is lost */
    bool is_behind;  /* the history that this run had is lost */
    bool is_wordy;   /* it has not heard of the present catalogue */
    bool is_blind;   /* sources were told that nothing is known of them */
    int64_t pause;   /* before the next try */
    int64_t retry_at;
    uint64_t earlier;  /* incidents that the history held when it was opened */
    uint64_t doubled;  /* bytes that may be counted twice */
    uint64_t passed;   /* bytes that were not read, for want of a mark */
    int64_t rested_at; /* when it may be written next without need */
    int64_t retain_at; /* when the history is made smaller next */
    unsigned moves;    /* files that were moved aside */
};

static bool
is_watch(const struct keeper *keeper)
{
    return keeper->app->options->command == COMMAND_WATCH;
}

static void
begin_trouble(struct keeper *keeper, const struct fault *fault, int64_t now)
{
    enum trouble trouble = trouble_of(fault);
    int64_t longest = trouble == TROUBLE_LOCKED ? PAUSE_LOCKED : PAUSE_LAST;
    if (trouble != keeper->trouble) {
        keeper->trouble = trouble;
        keeper->pause = PAUSE_FIRST;
        output_warn("%s; findings go on, and %s", fault->text,
                    outlooks[trouble]);
    } else if (keeper->pause < longest) {
        keeper->pause *= 2;
    }
    keeper->retry_at = now + keeper->pause;
}

static void
end_trouble(struct keeper *keeper, const struct renew_backlog *waited)
{
    if (keeper->trouble != TROUBLE_NONE) {
        keeper->trouble = TROUBLE_NONE;
        output_warn("history %s is written again; %" PRIu64
                    " failures that waited are in it now",
                    keeper->app->db, waited->failures);
    }
    keeper->retry_at = 0;
}

/* So that a new one can be begun in the place of one that is corrupt. */
static bool
move_aside(struct keeper *keeper, struct fault *fault)
{
    struct buf name = {0};
    struct fault refusal;
    if (keeper->moves == MOVES_MAX) {
        return fault_add(fault, "%d files were moved away already", MOVES_MAX);
    }
    if (!aside_move(keeper->app->db, app_now(keeper->app), &name, &refusal)) {
        buf_free(&name);
        if (refusal.code == 0) { /* somebody else's; nothing of it is touched */
            fault->code = 0;
            return false;
        }
        return fault_add(fault, "%s", refusal.text);
    }
    keeper->moves++;
    output_warn("history %s is corrupt; it was moved to %s, and a new one is "
                "begun. What can be read of it: sqlite3 %s .recover",
                keeper->app->db, buf_string(&name), buf_string(&name));
    buf_free(&name);
    return true;
}

/*
 * An analysis may end without anything to remember by. A watch goes on, and
 * what cannot be read is rather known when the file is opened.
 */
static bool
restore(const struct keeper *keeper, struct history *history,
        struct fault *fault)
{
    return is_watch(keeper) || keeper->is_behind
             ? history_restore(history, keeper->ledger, fault)
             : history_await(history, keeper->ledger, fault);
}

/* A new history, or one that could not be had until now. */
static struct history *
open_file(struct keeper *keeper, enum db_mode mode, struct fault *fault)
{
    const struct app *app = keeper->app;
    /* A watch may be asked, or be killed, at any time. */
    struct history *history =
        is_watch(keeper) ? NULL
                         : history_open_draft(app->db, mode, app->catalog);
    if (!history) {
        history = mode == DB_HASTY
                    ? history_open_hasty(app->db, app->catalog, fault)
                    : history_open(app->db, app->catalog, fault);
    }
    if (history
        && (!restore(keeper, history, fault)
            || !history_count(history, &keeper->earlier, fault))) {
        history_abandon(history);
        history = NULL;
    }
    return history;
}

static bool
open_history(struct keeper *keeper, enum db_mode mode, struct fault *fault)
{
    keeper->history = open_file(keeper, mode, fault);
    if (!keeper->history && trouble_of(fault) == TROUBLE_CORRUPT
        && move_aside(keeper, fault)) {
        keeper->has_failed = keeper->has_failed || !is_watch(keeper);
        keeper->history = open_file(keeper, mode, fault);
    }
    if (keeper->history) {
        history_set_mode(keeper->history, DB_HASTY);
    }
    return keeper->history != NULL;
}

struct keeper *
keeper_new(struct app *app, struct ledger *ledger)
{
    struct keeper *keeper = MEM_NEW(struct keeper);
    struct fault fault;
    keeper->app = app;
    keeper->ledger = ledger;
    /* What is passed over now would be taken for counted later. */
    keeper->is_wanted =
        !app->options->no_db && app->options->since == 0 && app->db;
    /* What is passed on does not wait until another writer has done. */
    enum db_mode mode = app->options->tee ? DB_HASTY : DB_WRITE;
    bool is_missed = keeper->is_wanted && !open_history(keeper, mode, &fault);
    if (is_missed && is_watch(keeper)) {
        begin_trouble(keeper, &fault, 0);
    } else if (is_missed) {
        /* Later, it could not be told what was counted before. */
        keeper->is_wanted = false;
        keeper->has_failed = true;
        output_warn("%s; this run is not remembered (see --db and --no-db)",
                    fault.text);
    }
    if (!keeper->is_wanted) {
        roster_leave_out_tallies(ledger_roster(ledger));
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

bool
keeper_is_awaited(const struct keeper *keeper)
{
    return keeper->is_wanted && !keeper->history;
}

/*
 * The history of this run is lost: all that it counted is to be written anew.
 * False: that is not the trouble.
 */
static bool
leave_history(struct keeper *keeper, struct pipeline *pipeline,
              const struct fault *fault)
{
    enum trouble trouble = trouble_of(fault);
    if (!keeper->history
        || (trouble != TROUBLE_CORRUPT && trouble != TROUBLE_GONE)) {
        return false;
    }
    history_abandon(keeper->history);
    keeper->history = NULL;
    keeper->is_behind = true;
    keeper->has_failed = keeper->has_failed || !is_watch(keeper);
    pipeline_set_history(pipeline, NULL);
    pipeline_renew(pipeline);
    uint64_t kept = renew_stored(keeper->ledger);
    uint64_t lost = keeper->earlier > kept ? keeper->earlier - kept : 0;
    struct departed left = roster_left(ledger_roster(keeper->ledger));
    if (trouble == TROUBLE_GONE) {
        output_warn("%s; a new one is begun, with all that this run counted",
                    fault->text);
    }
    if (lost + kept > 0) {
        output_warn("lost with it: %" PRIu64 " incidents of earlier runs, and "
                    "what these counted of %" PRIu64 " more",
                    lost, kept);
    }
    if (left.incidents > 0) {
        output_warn("lost with it: %" PRIu64 " incidents of this run with "
                    "%" PRIu64 " failures, for which memory had no room",
                    left.incidents, left.failures);
    }
    return true;
}

/* Where the mark that the history has of an origin leaves this run's. */
static void
compare_mark(struct keeper *keeper, struct pipeline *pipeline, size_t index,
             const struct pipeline_origin *origin)
{
    struct source_mark mark;
    if (!keeper_recall(keeper, origin->identity, &mark)) {
        return;
    }
    if (mark.position > origin->began) {
        uint64_t end =
            mark.position < origin->position ? mark.position : origin->position;
        keeper->doubled += end - origin->began;
        pipeline_set_counted(pipeline, index, mark.position);
    } else if (!keeper->is_behind) {
        keeper->passed += origin->began - mark.position;
    }
}

/* What sources read, and passed over, while nobody knew their marks. */
static void
compare_marks(struct keeper *keeper, struct pipeline *pipeline)
{
    struct pipeline_origin origin;
    uint64_t doubled = keeper->doubled;
    uint64_t passed = keeper->passed;
    for (size_t i = 0; pipeline_origin_at(pipeline, i, &origin); i++) {
        if (origin.identity[0] != '\0') {
            compare_mark(keeper, pipeline, i, &origin);
        }
    }
    if (keeper->doubled > doubled) {
        output_warn("%" PRIu64 " bytes were read while the history was away, "
                    "and are in it already: what they tell is counted twice",
                    keeper->doubled - doubled);
    }
    if (keeper->passed > passed) {
        output_warn("%" PRIu64 " bytes that came before this run are passed "
                    "over, since the history could not be asked for its marks",
                    keeper->passed - passed);
    }
    keeper->is_behind = false;
}

/* The words of the present catalogue. */
static bool
write_words(struct keeper *keeper, struct fault *fault)
{
    keeper->is_wordy = !history_note_catalog(keeper->history, fault);
    return !keeper->is_wordy;
}

/* False: there is none to write to. */
static bool
have_history(struct keeper *keeper, struct pipeline *pipeline,
             enum db_mode mode, struct fault *fault)
{
    if (keeper->history) {
        return history_look(keeper->history, fault)
            && (!keeper->is_wordy || write_words(keeper, fault));
    }
    if (!open_history(keeper, mode, fault)) {
        return false;
    }
    compare_marks(keeper, pipeline);
    pipeline_set_history(pipeline, keeper->history);
    return true;
}

/* Without a history: what waits for one is kept within bounds. */
static void
rest(struct pipeline *pipeline)
{
    struct fault ignored;
    bool is_done = pipeline_flush(pipeline, &ignored);
    assert(is_done);
    (void)is_done;
}

/* In small parts and with pauses between them, so that reading never waits; a
 * lock that another one holds is no trouble, as it is tried again. */
static void
retain(struct keeper *keeper, int64_t now)
{
    const struct options *options = keeper->app->options;
    const struct retention limits = {app_now(keeper->app), options->keep,
                                     options->max_size};
    struct fault ignored;
    int64_t gone = 0;
    if ((limits.keep == 0 && limits.bytes == 0) || now < keeper->retain_at) {
        return;
    }
    bool is_done = history_retain(keeper->history, &limits, &gone, &ignored);
    keeper->retain_at = now + (is_done && gone == 0 ? STAMP_HOUR : RETAIN_SOON);
}

static void
write_once(struct keeper *keeper, struct pipeline *pipeline, enum db_mode mode,
           int64_t now)
{
    const struct renew_backlog waited = renew_backlog(keeper->ledger);
    struct fault fault;
    /* Twice, since the first try may find that there must be a new one. */
    for (int i = 0; i < 2; i++) {
        if (have_history(keeper, pipeline, mode, &fault)
            && pipeline_flush(pipeline, &fault)) {
            end_trouble(keeper, &waited);
            retain(keeper, now);
            return;
        }
        if (!leave_history(keeper, pipeline, &fault)) {
            break;
        }
    }
    begin_trouble(keeper, &fault, now);
    if (!keeper->history) {
        rest(pipeline);
    }
}

/* What a write takes is known when it is done, and it rests accordingly. */
static void
write_history(struct keeper *keeper, struct pipeline *pipeline,
              enum db_mode mode, int64_t now)
{
    uint64_t began = uv_hrtime();
    write_once(keeper, pipeline, mode, now);
    int64_t took = (int64_t)((uv_hrtime() - began) / 1000);
    int64_t rest_for = took * SHARE;
    keeper->rested_at = now + (rest_for < REST_LAST ? rest_for : REST_LAST);
}

void
keeper_flush(struct keeper *keeper, struct pipeline *pipeline, int64_t now)
{
    if (!keeper->is_wanted) {
        rest(pipeline);
    } else if (now < keeper->retry_at) {
        ledger_testify(keeper->ledger);
    } else {
        write_history(keeper, pipeline, DB_HASTY, now);
    }
}

/*
 * A watch does not rest: the longer ago its marks are, the more may have been
 * rotated away when it is killed. An analysis that is soon over writes once, at
 * its end: evidence that is written twice is mostly taken away again. It is of
 * lines that are not kept long.
 */
void
keeper_flush_lazily(struct keeper *keeper, struct pipeline *pipeline,
                    int64_t now)
{
    if (keeper->rested_at == 0) {
        keeper->rested_at = now + REST_FIRST;
    }
    if (keeper->is_wanted && !is_watch(keeper) && now < keeper->rested_at) {
        ledger_testify(keeper->ledger);
    } else {
        keeper_flush(keeper, pipeline, now);
    }
}

void
keeper_finish(struct keeper *keeper, struct pipeline *pipeline, int64_t now)
{
    keeper->retry_at = 0;
    keeper->retain_at = 0;
    if (!keeper->is_wanted) {
        keeper_flush(keeper, pipeline, now);
        return;
    }
    if (keeper->history) {
        history_set_mode(keeper->history, DB_WRITE);
    }
    write_history(keeper, pipeline, DB_WRITE, now);
    if (keeper->trouble != TROUBLE_NONE) {
        struct renew_backlog left = renew_backlog(keeper->ledger);
        output_warn("%" PRIu64 " failures of %zu incidents are not in history "
                    "%s; files are read again from the marks in it, but what "
                    "came through a pipe is lost to it",
                    left.failures, left.incidents, keeper->app->db);
    }
}

bool
keeper_has_failed(const struct keeper *keeper)
{
    return keeper->has_failed || keeper->trouble != TROUBLE_NONE;
}

void
keeper_reload(struct keeper *keeper)
{
    if (keeper->history) {
        history_set_catalog(keeper->history, keeper->app->catalog);
        keeper->is_wordy = true;
    }
}

void
keeper_tell(const struct keeper *keeper)
{
    struct renew_backlog waiting = renew_backlog(keeper->ledger);
    if (!keeper->is_wanted) {
        output_warn("history: none is kept");
        return;
    }
    output_warn("history %s: %s; %" PRIu64 " failures of %zu incidents wait "
                "for it",
                keeper->app->db, trouble_name(keeper->trouble),
                waiting.failures, waiting.incidents);
    if (keeper->doubled + keeper->passed + keeper->moves > 0) {
        output_warn("history: %" PRIu64 " bytes counted twice, %" PRIu64
                    " bytes passed over, %u files moved away",
                    keeper->doubled, keeper->passed, keeper->moves);
    }
}

/* Sources begin as if nothing was ever read of them, which is said once. */
static bool
is_known(struct keeper *keeper)
{
    if (!keeper->history && keeper->is_wanted && !keeper->is_blind) {
        keeper->is_blind = true;
        output_warn("while the history cannot be asked, sources begin as if "
                    "they were never read: at their end, or as --from-start "
                    "says");
    }
    return keeper->history != NULL;
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
ask(struct keeper *keeper, struct checkpoint_request request,
    struct answer *answer)
{
    struct fault fault;
    request.take = take;
    request.ctx = answer;
    if (is_known(keeper)
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
    const struct checkpoint_request request = {.identity =
                                                   slice_from(identity)};
    return ask(keeper, request, &answer) > 0;
}

size_t
keeper_recall_name(struct keeper *keeper, const char *name,
                   struct source_mark *marks, size_t room)
{
    struct answer answer = {.marks = marks, .room = room};
    const struct checkpoint_request request = {.origin = slice_from(name)};
    return ask(keeper, request, &answer);
}

bool
keeper_recall_file(struct keeper *keeper, const char *identity,
                   struct slice head, struct source_mark *mark)
{
    enum {
        ROOM = 16
    };

    struct source_mark marks[ROOM];
    struct answer answer = {.marks = marks, .room = ROOM};
    const struct checkpoint_request request = {.file = identity_file(identity)};
    bool is_found = false;
    if (identity[0] == '\0') {
        return false;
    }
    if (keeper_recall(keeper, identity, mark)) {
        return true;
    }
    size_t count = ask(keeper, request, &answer);
    for (size_t i = 0; i < count; i++) {
        if (identity_began(marks[i].identity, head)
            && (!is_found || marks[i].position > mark->position)) {
            *mark = marks[i];
            is_found = true;
        }
    }
    return is_found;
}
