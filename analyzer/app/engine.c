/* SPDX-License-Identifier: Apache-2.0 */
#include "app/engine.h"

#include "app/announce.h"
#include "app/keeper.h"
#include "app/notify.h"
#include "app/output.h"
#include "app/progress.h"
#include "app/secret.h"
#include "app/statistics.h"
#include "base/mem.h"
#include "incident/renew.h"
#include "match/classify.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

enum {
    TICK_MS = 250,
    FLUSH_TICKS = 4, /* the history is written every second, if that is cheap */
    SIGNALS = 4,
};

struct engine {
    struct app *app;
    struct engine_events events;
    uv_loop_t loop;
    uv_timer_t timer;
    uv_signal_t signals[SIGNALS];
    size_t signal_count;
    struct ledger *ledger;
    struct keeper *keeper;
    struct pipeline *pipeline;
    struct announce *announce;
    struct notify notify;
    struct catalog **retired; /* of which incidents still have causes */
    size_t retired_count;
    struct engine_notices notices;
    struct progress progress;
    struct buf out;
    int fd;              /* where findings are printed */
    struct buf copy;     /* of them, as JSON Lines */
    const char *to_copy; /* its file; NULL if there is none */
    int copy_error;      /* of the last write to it, said once */
    unsigned ticks;
    int64_t now; /* steady, of what is being fed */
    bool is_stopping;
    int unread; /* why nobody reads the findings any more; 0: somebody does */
    bool has_bad_input;
};

static int64_t
steady_now(void)
{
    return (int64_t)(uv_hrtime() / 1000);
}

static void
stop(struct engine *engine)
{
    if (!engine->is_stopping) {
        engine->is_stopping = true;
        notify_say(&engine->notify, "STOPPING=1");
        engine->events.on_stop(engine->events.ctx);
    }
}

/*
 * Opened for each write, which is rare: so the file may be moved away at any
 * time, and a disk that was full may have room again.
 */
static int
append(const char *path, struct buf *text)
{
    int fd = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0640);
    if (fd < 0) {
        return -errno;
    }
    int error = output_write_to(fd, text);
    return close(fd) != 0 && !error ? -errno : error;
}

static void
write_copy(struct engine *engine)
{
    if (engine->copy.len == 0) {
        return;
    }
    int error = append(engine->to_copy, &engine->copy);
    if (error && error != engine->copy_error) {
        output_warn("%s: %s; findings of that time are not in it",
                    engine->to_copy, uv_strerror(error));
    }
    engine->copy_error = error;
    engine->has_bad_input = engine->has_bad_input || error;
    buf_clear(&engine->copy);
}

static void
pour(void *ctx)
{
    struct engine *engine = ctx;
    write_copy(engine);
    if (engine->out.len > 0) {
        progress_erase(&engine->progress);
        if (!engine->unread) {
            engine->unread = output_write_to(engine->fd, &engine->out);
        }
        buf_clear(&engine->out);
    }
}

static void
write_out(struct engine *engine)
{
    pour(engine);
    if (engine->unread && engine->fd == STDOUT_FILENO) {
        stop(engine);
    }
}

static void
on_change(void *ctx, struct incident *incident, enum change change)
{
    struct engine *engine = ctx;
    announce_change(engine->announce, incident, change, engine->now,
                    &engine->out);
}

static void
on_leave(void *ctx)
{
    struct engine *engine = ctx;
    announce_leaving(engine->announce, &engine->out);
}

/* What need not settle is told when the lines that were read are marked. */
static void
tell_due(struct engine *engine)
{
    if (announce_has_due(engine->announce, engine->now)) {
        keeper_flush(engine->keeper, engine->pipeline, engine->now);
        announce_due(engine->announce, engine->now, &engine->out);
    }
}

static void
on_tick(uv_timer_t *timer)
{
    struct engine *engine = timer->data;
    int64_t now = engine->now = steady_now();
    bool is_due = announce_has_due(engine->announce, now);
    notify_tick(&engine->notify, now);
    pipeline_tick(engine->pipeline, app_now(engine->app));
    if (is_due) { /* first, since a block names the history's number */
        keeper_flush(engine->keeper, engine->pipeline, now);
    } else if (++engine->ticks % FLUSH_TICKS == 0) {
        keeper_flush_lazily(engine->keeper, engine->pipeline, now);
    }
    announce_due(engine->announce, now, &engine->out);
    write_out(engine);
    progress_tick(&engine->progress, engine->pipeline, now);
}

static void
on_signal(uv_signal_t *handle, int number)
{
    struct engine *engine = handle->data;
    if (number == SIGHUP) {
        engine->events.on_reload(engine->events.ctx);
    } else if (number == SIGUSR1) {
        engine->events.on_statistics(engine->events.ctx);
    } else {
        stop(engine);
    }
}

static void
take_signal(struct engine *engine, int number,
            int (*take)(uv_signal_t *, uv_signal_cb, int))
{
    uv_signal_t *handle = &engine->signals[engine->signal_count++];
    uv_signal_init(&engine->loop, handle);
    handle->data = engine;
    take(handle, on_signal, number);
}

static void
start(struct engine *engine)
{
    uv_timer_init(&engine->loop, &engine->timer);
    engine->timer.data = engine;
    uv_timer_start(&engine->timer, on_tick, TICK_MS, TICK_MS);
    /* The second one ends the process at once, be the loop stuck or not. */
    take_signal(engine, SIGINT, uv_signal_start_oneshot);
    take_signal(engine, SIGTERM, uv_signal_start_oneshot);
    if (engine->events.on_reload) {
        take_signal(engine, SIGHUP, uv_signal_start);
    }
    if (engine->events.on_statistics) {
        take_signal(engine, SIGUSR1, uv_signal_start);
    }
}

struct engine *
engine_new(struct app *app, const struct engine_events *events,
           struct fault *fault)
{
    struct engine *engine = MEM_NEW(struct engine);
    int error = uv_loop_init(&engine->loop);
    if (error) {
        mem_free(engine);
        fault_set(fault, FAULT_SYSTEM, error, "starting the loop: %s",
                  uv_strerror(error));
        return NULL;
    }
    engine->app = app;
    engine->events = *events;
    engine->fd = STDOUT_FILENO;
    notify_open(&engine->notify);
    engine->ledger = ledger_new(app->catalog);
    engine->announce = announce_new(app->options->output, &app->style);
    announce_settle(engine->announce, app->options->settle);
    announce_pour(engine->announce, pour, engine);
    engine->keeper = keeper_new(app, engine->ledger);
    if (!keeper_history(engine->keeper)) {
        const struct keyed key = secret_draw();
        ledger_set_key(engine->ledger, &key);
    }
    const struct pipeline_config config = {
        .catalog = app->catalog,
        .ledger = engine->ledger,
        .history = keeper_history(engine->keeper),
        .awaits_history = keeper_is_awaited(engine->keeper),
        .context = &app->options->context,
        .registries = app->options->registries,
        .own_node = app->options->own_node,
        .secret = secret_draw(),
        .format = app->options->input_format,
        .since = app->options->since,
        .is_forgetful = app->options->no_memo,
        .on_change = on_change,
        .on_leave = on_leave,
        .ctx = engine,
    };
    engine->pipeline = pipeline_new(&config);
    if (app->options->stats) {
        classifier_time(pipeline_classifier(engine->pipeline), uv_hrtime);
    }
    start(engine);
    return engine;
}

uv_loop_t *
engine_loop(struct engine *engine)
{
    return &engine->loop;
}

struct pipeline *
engine_pipeline(struct engine *engine)
{
    return engine->pipeline;
}

struct keeper *
engine_keeper(struct engine *engine)
{
    return engine->keeper;
}

void
engine_yield_output(struct engine *engine)
{
    engine->fd = STDERR_FILENO;
}

void
engine_show_progress(struct engine *engine, uint64_t total)
{
    progress_begin(&engine->progress, engine->app, total, steady_now());
}

bool
engine_copy(struct engine *engine, const char *path, struct fault *fault)
{
    int error = append(path, &engine->copy);
    if (error) {
        return fault_set(fault, FAULT_SYSTEM, error, "writing %s: %s", path,
                         uv_strerror(error));
    }
    engine->to_copy = path;
    announce_copy(engine->announce, &engine->copy);
    return true;
}

void
engine_stream(struct engine *engine, bool goes_on)
{
    announce_stream(engine->announce, goes_on);
}

void
engine_feed(struct engine *engine, struct origin *origin, struct slice bytes)
{
    engine->now = steady_now();
    progress_count(&engine->progress, bytes.len);
    pipeline_feed(engine->pipeline, origin, bytes, app_now(engine->app));
    pipeline_make_room(engine->pipeline);
    tell_due(engine);
    write_out(engine);
}

void
engine_end(struct engine *engine, struct origin *origin)
{
    pipeline_end(engine->pipeline, origin, app_now(engine->app));
}

void
engine_refuse(struct engine *engine, const struct fault *fault)
{
    engine->has_bad_input = true;
    output_warn("%s", fault->text);
}

static bool
on_recall(void *ctx, const char *identity, struct slice head,
          struct source_mark *mark)
{
    struct engine *engine = ctx;
    return keeper_recall_file(engine->keeper, identity, head, mark);
}

static size_t
on_recall_name(void *ctx, const char *name, struct source_mark *marks,
               size_t room)
{
    struct engine *engine = ctx;
    return keeper_recall_name(engine->keeper, name, marks, room);
}

static struct checkpoint
checkpoint_of(const struct source_mark *mark)
{
    return (struct checkpoint){
        .identity = slice_from(mark->identity),
        .position = mark->position,
        .resume = mark->resume,
        .anchor = mark->anchor,
        .modified_at = mark->modified_at,
        .cursor = slice_from(mark->cursor),
    };
}

static void *
on_open(void *ctx, const char *name, const struct source_mark *mark)
{
    struct engine *engine = ctx;
    const struct checkpoint checkpoint = checkpoint_of(mark);
    return pipeline_resume(engine->pipeline, name, &checkpoint);
}

static void
on_bytes(void *ctx, void *token, struct slice bytes)
{
    struct engine *engine = ctx;
    engine->now = steady_now();
    pipeline_feed(engine->pipeline, token, bytes, app_now(engine->app));
    write_out(engine);
}

static void
on_mark(void *ctx, void *token, const struct source_mark *mark)
{
    struct engine *engine = ctx;
    const struct checkpoint checkpoint = checkpoint_of(mark);
    pipeline_mark(engine->pipeline, token, &checkpoint);
    pipeline_make_room(engine->pipeline);
    tell_due(engine);
    write_out(engine);
}

static void
on_close(void *ctx, void *token)
{
    struct engine *engine = ctx;
    int64_t now = app_now(engine->app);
    if (engine->is_stopping) {
        pipeline_leave(engine->pipeline, token, now);
    } else {
        pipeline_close(engine->pipeline, token, now);
    }
    write_out(engine);
}

void
engine_count(struct engine *engine, enum source_notice notice, uint64_t bytes)
{
    engine->notices.count[notice]++;
    engine->notices.bytes[notice] += bytes;
}

static void
on_notice(void *ctx, enum source_notice notice, const char *name,
          uint64_t amount, const char *text)
{
    struct engine *engine = ctx;
    engine_count(engine, notice, amount);
    if (notice != NOTICE_ROTATED) {
        output_warn("%s: %s", name, text);
    }
}

void
engine_host(struct engine *engine, struct source_host *host)
{
    *host = (struct source_host){
        .recall = on_recall,
        .recall_name = on_recall_name,
        .on_open = on_open,
        .on_bytes = on_bytes,
        .on_mark = on_mark,
        .on_close = on_close,
        .on_notice = on_notice,
        .ctx = engine,
    };
}

const struct engine_notices *
engine_notices(const struct engine *engine)
{
    return &engine->notices;
}

/* Those that no incident has a cause of any more are freed. */
static void
free_retired(struct engine *engine)
{
    size_t kept = 0;
    for (size_t i = 0; i < engine->retired_count; i++) {
        if (renew_uses(engine->ledger, engine->retired[i])) {
            engine->retired[kept++] = engine->retired[i];
        } else {
            catalog_free(engine->retired[i]);
        }
    }
    engine->retired_count = kept;
}

static void
retire(struct engine *engine, struct catalog *catalog)
{
    engine->retired = mem_resize_array(
        engine->retired, engine->retired_count + 1, sizeof(struct catalog *));
    engine->retired[engine->retired_count++] = catalog;
    free_retired(engine);
}

bool
engine_reload(struct engine *engine, struct fault *fault)
{
    struct app *app = engine->app;
    notify_reloading(&engine->notify, steady_now());
    struct catalog *fresh = catalog_load(app->options->patterns, fault);
    if (fresh) {
        struct catalog *old = app->catalog;
        app->catalog = fresh;
        pipeline_set_catalog(engine->pipeline, fresh);
        renew_causes(engine->ledger, fresh);
        keeper_reload(engine->keeper);
        retire(engine, old);
    }
    notify_say(&engine->notify, "READY=1");
    return fresh != NULL;
}

void
engine_tell(const struct engine *engine)
{
    statistics_tell(engine->pipeline, engine->ledger);
    keeper_tell(engine->keeper);
    /* Who asks once will ask again; nobody else pays for the clock. */
    classifier_time(pipeline_classifier(engine->pipeline), uv_hrtime);
}

void
engine_ready(struct engine *engine)
{
    notify_say(&engine->notify, "READY=1");
}

void
engine_done(struct engine *engine)
{
    uv_close((uv_handle_t *)&engine->timer, NULL);
    for (size_t i = 0; i < engine->signal_count; i++) {
        uv_close((uv_handle_t *)&engine->signals[i], NULL);
    }
}

/* Whom the table had no room for: those in the history, and those nowhere. */
static void
tell_departed(const struct engine *engine)
{
    const struct roster *roster = ledger_roster(engine->ledger);
    struct departed left = roster_left(roster);
    const struct departed *lost;
    if (left.incidents > 0) {
        output_warn("%" PRIu64 " more incidents with %" PRIu64 " failures were "
                    "told of, but are too many for the summary; see pullwhy "
                    "history",
                    left.incidents, left.failures);
    }
    for (size_t i = 0; (lost = roster_lost(roster, i)); i++) {
        output_warn("%" PRIu64 " more incidents of %.*s were not kept in "
                    "detail, with %" PRIu64 " failures that the history does "
                    "not have",
                    lost->incidents, SLICE_ARG(lost->cause->slug),
                    lost->failures);
    }
    uint64_t events = recurrences_lost(ledger_recurrences(engine->ledger));
    if (events > 0) {
        output_warn("%" PRIu64 " events were forgotten before the history had "
                    "them; read again, they count again",
                    events);
    }
}

static void
finish(struct engine *engine)
{
    struct app *app = engine->app;
    struct pipeline_statistics seen;
    pipeline_rest(engine->pipeline);
    keeper_finish(engine->keeper, engine->pipeline, steady_now());
    announce_end(engine->announce, engine->ledger, &engine->out);
    pour(engine);
    progress_erase(&engine->progress);
    statistics_end(engine->pipeline, app->options->output == OUTPUT_TEXT);
    tell_departed(engine);
    progress_end(&engine->progress, engine->pipeline, engine->ledger,
                 steady_now());
    if (app->options->stats) {
        engine_tell(engine);
    }
    pipeline_statistics(engine->pipeline, &seen);
    if (app->options->exit_code && seen.failures > 0) {
        app->status = STATUS_FOUND;
    }
    if (engine->has_bad_input
        || (keeper_has_failed(engine->keeper) && app->options->has_db)) {
        app->status = STATUS_INPUT;
    }
}

bool
engine_run(struct engine *engine, struct fault *fault)
{
    uv_run(&engine->loop, UV_RUN_DEFAULT);
    finish(engine);
    int error = uv_loop_close(&engine->loop);
    int unread = engine->fd == STDOUT_FILENO ? engine->unread : 0;
    keeper_free(engine->keeper);
    ledger_free(engine->ledger);
    pipeline_free(engine->pipeline);
    announce_free(engine->announce);
    notify_close(&engine->notify);
    while (engine->retired_count > 0) {
        catalog_free(engine->retired[--engine->retired_count]);
    }
    mem_free(engine->retired);
    buf_free(&engine->out);
    buf_free(&engine->copy);
    mem_free(engine);
    if (error) {
        return fault_set(fault, FAULT_SYSTEM, error, "ending the loop: %s",
                         uv_strerror(error));
    }
    return output_went(unread, fault);
}
