/* SPDX-License-Identifier: Apache-2.0 */
#include "app/commands.h"
#include "app/counted.h"
#include "app/engine.h"
#include "app/foresight.h"
#include "app/inputs.h"
#include "app/output.h"
#include "app/processors.h"
#include "base/mem.h"

enum {
    LARGE = 4 * 1024 * 1024, /* a file that two threads are used for, bytes */
};

struct analysis {
    struct engine *engine;
    struct inputs *inputs;
    struct foresight *foresight; /* NULL: one thread reads */
    bool is_stream;
};

static void *
on_open(void *ctx, const struct input *input)
{
    struct analysis *analysis = ctx;
    if (input->is_stream && !analysis->is_stream) {
        analysis->is_stream = true;
        engine_stream(analysis->engine, false);
    }
    return counted_open(analysis->engine, input->name, input->tail);
}

static void
on_bytes(void *ctx, void *token, struct slice bytes)
{
    struct analysis *analysis = ctx;
    engine_feed(analysis->engine, token, bytes);
}

static void
on_close(void *ctx, void *token)
{
    struct analysis *analysis = ctx;
    counted_end(analysis->engine, token, inputs_tail(analysis->inputs));
}

static void
on_fault(void *ctx, const struct fault *fault)
{
    struct analysis *analysis = ctx;
    engine_refuse(analysis->engine, fault);
}

static void
on_done(void *ctx)
{
    struct analysis *analysis = ctx;
    engine_done(analysis->engine);
}

static void
on_stop(void *ctx)
{
    struct analysis *analysis = ctx;
    inputs_stop(analysis->inputs);
}

/* Nobody waits for the end of a pipe, so it is for files alone. */
static void
read_ahead(struct analysis *analysis, const struct app *app)
{
    struct pipeline *pipeline = engine_pipeline(analysis->engine);
    unsigned threads = app->options->threads;
    uint64_t least = 0;
    if (threads == 0) {
        least = LARGE;
        threads = processors_usable("") > 1 ? 2 : 1;
    }
    if (threads > 1) {
        analysis->foresight = pipeline_foresee(pipeline, threads);
        struct blocks_config config = foresight_config(analysis->foresight);
        config.least = least;
        inputs_read_ahead(analysis->inputs, &config);
    }
}

bool
cmd_analyze(struct app *app, struct fault *fault)
{
    struct analysis analysis = {0};
    const struct engine_events events = {.on_stop = on_stop, .ctx = &analysis};
    const struct input_events input_events = {
        .on_open = on_open,
        .on_bytes = on_bytes,
        .on_close = on_close,
        .on_fault = on_fault,
        .on_done = on_done,
        .ctx = &analysis,
    };
    if (app->options->tee) {
        return cmd_watch(app, fault);
    }
    analysis.engine = engine_new(app, &events, fault);
    if (!analysis.engine) {
        return false;
    }
    engine_show_progress(
        analysis.engine,
        inputs_size(app->options->arguments, app->options->argument_count));
    analysis.inputs =
        inputs_start(engine_loop(analysis.engine), app->options->arguments,
                     app->options->argument_count, &input_events);
    read_ahead(&analysis, app);
    if (app->options->copy
        && !engine_copy(analysis.engine, app->options->copy, fault)) {
        engine_refuse(analysis.engine, fault);
    }
    bool is_fine = engine_run(analysis.engine, fault);
    inputs_free(analysis.inputs);
    foresight_free(analysis.foresight);
    return is_fine;
}
