/* SPDX-License-Identifier: Apache-2.0 */
#include "app/announce.h"
#include "app/commands.h"
#include "app/inputs.h"
#include "app/output.h"
#include "app/pipeline.h"
#include "base/mem.h"

#include <uv.h>

#include <inttypes.h>
#include <signal.h>

enum {
    TICK_MS = 250,
    FLUSH_TICKS = 4, /* the history is written every second */
};

struct analysis {
    struct app *app;
    uv_loop_t loop;
    uv_timer_t timer;
    uv_signal_t signals[2]; /* SIGINT, SIGTERM: end as if the input did */
    struct ledger *ledger;
    struct history *history;
    struct pipeline *pipeline;
    struct announce *announce;
    struct inputs *inputs;
    struct buf out;
    unsigned ticks;
    bool is_stream;
    bool is_unread; /* nobody reads standard output any more */
    bool has_bad_input;
    bool has_bad_history;
};

static int64_t
steady_now(void)
{
    return (int64_t)(uv_hrtime() / 1000);
}

static void
write_out(struct analysis *analysis)
{
    if (analysis->out.len > 0 && !output_write(&analysis->out)) {
        analysis->is_unread = true;
        inputs_stop(analysis->inputs);
    }
}

static void
flush(struct analysis *analysis)
{
    struct fault fault;
    if (!pipeline_flush(analysis->pipeline, &fault)
        && !analysis->has_bad_history) {
        analysis->has_bad_history = true;
        output_warn("%s; findings go on, and it is tried again", fault.text);
    }
}

static void
on_change(void *ctx, struct incident *incident, enum change change)
{
    struct analysis *analysis = ctx;
    announce_change(analysis->announce, incident, change, steady_now(),
                    &analysis->out);
}

/* How far the file was counted before; a shorter file begins anew. */
static uint64_t
counted_before(struct analysis *analysis, const struct input *input)
{
    uint64_t position = 0;
    struct fault fault;
    if (!analysis->history || input->identity[0] == '\0') {
        return 0;
    }
    if (!history_position(analysis->history, slice_from(input->identity),
                          &position, &fault)) {
        output_warn("%s", fault.text);
        return 0;
    }
    if (position > input->size) {
        output_warn("%s is shorter than when it was last read (%" PRIu64
                    " bytes then): counted again from its start",
                    input->name, position);
        return 0;
    }
    return position;
}

static void *
on_open(void *ctx, const struct input *input)
{
    struct analysis *analysis = ctx;
    if (input->is_stream && !analysis->is_stream) {
        analysis->is_stream = true;
        announce_stream(analysis->announce);
    }
    return pipeline_origin(analysis->pipeline, input->name, input->identity,
                           counted_before(analysis, input));
}

static void
on_bytes(void *ctx, void *token, struct slice bytes)
{
    struct analysis *analysis = ctx;
    pipeline_feed(analysis->pipeline, token, bytes, app_now(analysis->app));
    write_out(analysis);
}

static void
on_close(void *ctx, void *token)
{
    struct analysis *analysis = ctx;
    pipeline_end(analysis->pipeline, token, app_now(analysis->app));
}

static void
on_fault(void *ctx, const struct fault *fault)
{
    struct analysis *analysis = ctx;
    analysis->has_bad_input = true;
    output_warn("%s", fault->text);
}

static void
on_done(void *ctx)
{
    struct analysis *analysis = ctx;
    uv_close((uv_handle_t *)&analysis->timer, NULL);
    for (size_t i = 0; i < COUNT(analysis->signals); i++) {
        uv_close((uv_handle_t *)&analysis->signals[i], NULL);
    }
}

static void
on_tick(uv_timer_t *timer)
{
    struct analysis *analysis = timer->data;
    int64_t now = steady_now();
    bool is_due = announce_has_due(analysis->announce, now);
    pipeline_tick(analysis->pipeline, app_now(analysis->app));
    if (is_due || ++analysis->ticks % FLUSH_TICKS == 0) {
        flush(analysis); /* first, since a block names the history's number */
    }
    announce_due(analysis->announce, now, &analysis->out);
    write_out(analysis);
}

static void
on_signal(uv_signal_t *handle, int number)
{
    struct analysis *analysis = handle->data;
    (void)number;
    inputs_stop(analysis->inputs);
}

/*
 * A history that cannot be had does not keep the findings back; it is said,
 * and the exit status tells it if the user named the history.
 */
static void
open_history(struct analysis *analysis)
{
    struct app *app = analysis->app;
    struct fault fault;
    /* What is passed over now would be taken for counted later. */
    if (app->options->no_db || app->options->since > 0 || !app->db) {
        return;
    }
    analysis->history = history_open(app->db, app->catalog, &fault);
    if (analysis->history
        && !history_restore(analysis->history, analysis->ledger, &fault)) {
        history_close(analysis->history);
        analysis->history = NULL;
    }
    if (!analysis->history) {
        analysis->has_bad_history = true;
        output_warn("%s; this run is not remembered (see --db and --no-db)",
                    fault.text);
    }
}

static void
start(struct analysis *analysis)
{
    static const int numbers[] = {SIGINT, SIGTERM};
    const struct options *options = analysis->app->options;
    const struct input_events events = {
        .on_open = on_open,
        .on_bytes = on_bytes,
        .on_close = on_close,
        .on_fault = on_fault,
        .on_done = on_done,
        .ctx = analysis,
    };
    uv_timer_init(&analysis->loop, &analysis->timer);
    analysis->timer.data = analysis;
    uv_timer_start(&analysis->timer, on_tick, TICK_MS, TICK_MS);
    for (size_t i = 0; i < COUNT(numbers); i++) {
        uv_signal_init(&analysis->loop, &analysis->signals[i]);
        analysis->signals[i].data = analysis;
        uv_signal_start(&analysis->signals[i], on_signal, numbers[i]);
    }
    analysis->inputs = inputs_start(&analysis->loop, options->arguments,
                                    options->argument_count, &events);
}

/* What the user should know of the input besides what was found in it. */
static void
tell_statistics(const struct analysis *analysis)
{
    struct pipeline_statistics seen;
    pipeline_statistics(analysis->pipeline, &seen);
    if (seen.cut_lines > 0) {
        output_warn("%" PRIu64 " lines were longer than 1 MiB and were cut "
                    "there",
                    seen.cut_lines);
    }
    if (seen.failures == 0 && analysis->app->options->output == OUTPUT_TEXT) {
        output_warn("no failed image pull in %" PRIu64 " lines%s", seen.lines,
                    seen.successes > 0 ? "; pulls that succeeded were seen"
                                       : "");
    }
}

static void
finish(struct analysis *analysis)
{
    struct app *app = analysis->app;
    struct pipeline_statistics seen;
    flush(analysis);
    announce_end(analysis->announce, analysis->ledger, &analysis->out);
    if (!analysis->is_unread && !output_write(&analysis->out)) {
        analysis->is_unread = true;
    }
    tell_statistics(analysis);
    pipeline_statistics(analysis->pipeline, &seen);
    if (app->options->exit_code && seen.failures > 0) {
        app->status = STATUS_FOUND;
    }
    if (analysis->has_bad_input
        || (analysis->has_bad_history && app->options->has_db)) {
        app->status = STATUS_INPUT;
    }
}

bool
cmd_analyze(struct app *app, struct fault *fault)
{
    struct analysis *analysis = MEM_NEW(struct analysis);
    int error = uv_loop_init(&analysis->loop);
    if (error) {
        mem_free(analysis);
        return fault_set(fault, FAULT_SYSTEM, error, "starting the loop: %s",
                         uv_strerror(error));
    }
    analysis->app = app;
    analysis->ledger = ledger_new(app->catalog);
    analysis->announce = announce_new(app->options->output, &app->style);
    open_history(analysis);
    const struct pipeline_config config = {
        .catalog = app->catalog,
        .ledger = analysis->ledger,
        .history = analysis->history,
        .context = &app->options->context,
        .own_node = app->options->own_node,
        .format = app->options->input_format,
        .since = app->options->since,
        .on_change = on_change,
        .ctx = analysis,
    };
    analysis->pipeline = pipeline_new(&config);
    start(analysis);
    uv_run(&analysis->loop, UV_RUN_DEFAULT);
    finish(analysis);
    error = uv_loop_close(&analysis->loop);
    history_close(analysis->history);
    ledger_free(analysis->ledger);
    pipeline_free(analysis->pipeline);
    announce_free(analysis->announce);
    inputs_free(analysis->inputs);
    buf_free(&analysis->out);
    mem_free(analysis);
    return error == 0
        || fault_set(fault, FAULT_SYSTEM, error, "ending the loop: %s",
                     uv_strerror(error));
}
