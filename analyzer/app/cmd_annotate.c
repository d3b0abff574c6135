/* SPDX-License-Identifier: Apache-2.0 */
#include "app/commands.h"
#include "app/inputs.h"
#include "app/output.h"
#include "app/reader.h"
#include "base/mem.h"
#include "report/annotation.h"

#include <uv.h>

#include <unistd.h>

enum {
    OUT_ENOUGH = 64 * 1024, /* bytes; then they are written */
    TICK_MS = 250,          /* a row that may go on waits for two */
};

struct annotation_run {
    struct app *app;
    struct classifier *classifier;
    struct inputs *inputs;
    struct reader *reader; /* of the input being read */
    uv_timer_t timer;
    struct buf out;
    bool has_bad_input;
    int unread; /* why nobody reads what it prints any more; 0: somebody does */
};

static void
write_out(struct annotation_run *run)
{
    int error = output_write_to(STDOUT_FILENO, &run->out);
    if (error && !run->unread) {
        run->unread = error;
        inputs_stop(run->inputs);
    }
}

static void
on_reading(void *ctx, const struct reading *reading)
{
    struct annotation_run *run = ctx;
    render_annotation(&run->out, reading->line_number, reading->line,
                      reading->record, reading->finding);
    if (run->out.len > OUT_ENOUGH) {
        write_out(run);
    }
}

static void *
on_open(void *ctx, const struct input *input)
{
    struct annotation_run *run = ctx;
    (void)input;
    run->reader = reader_new(run->classifier, run->app->options->input_format,
                             on_reading, run);
    return run->reader;
}

static void
on_bytes(void *ctx, void *token, struct slice bytes)
{
    struct annotation_run *run = ctx;
    reader_feed(token, bytes, app_now(run->app));
    write_out(run);
}

static void
on_close(void *ctx, void *token)
{
    struct annotation_run *run = ctx;
    reader_end(token, app_now(run->app));
    reader_free(token);
    run->reader = NULL;
    write_out(run);
}

static void
on_tick(uv_timer_t *timer)
{
    struct annotation_run *run = timer->data;
    if (run->reader) {
        reader_tick(run->reader, app_now(run->app));
        write_out(run);
    }
}

static void
on_fault(void *ctx, const struct fault *fault)
{
    struct annotation_run *run = ctx;
    run->has_bad_input = true;
    output_warn("%s", fault->text);
}

static void
on_done(void *ctx)
{
    struct annotation_run *run = ctx;
    uv_close((uv_handle_t *)&run->timer, NULL);
}

bool
cmd_annotate(struct app *app, struct fault *fault)
{
    struct annotation_run run = {.app = app};
    uv_loop_t loop;
    int error = uv_loop_init(&loop);
    if (error) {
        return fault_set(fault, FAULT_SYSTEM, error, "starting the loop: %s",
                         uv_strerror(error));
    }
    const struct input_events events = {
        .on_open = on_open,
        .on_bytes = on_bytes,
        .on_close = on_close,
        .on_fault = on_fault,
        .on_done = on_done,
        .ctx = &run,
    };
    uv_timer_init(&loop, &run.timer);
    run.timer.data = &run;
    uv_timer_start(&run.timer, on_tick, TICK_MS, TICK_MS);
    run.classifier = classifier_new(app->catalog);
    run.inputs = inputs_start(&loop, app->options->arguments,
                              app->options->argument_count, &events);
    uv_run(&loop, UV_RUN_DEFAULT);
    error = uv_loop_close(&loop);
    inputs_free(run.inputs);
    classifier_free(run.classifier);
    buf_free(&run.out);
    app->status = run.has_bad_input ? STATUS_INPUT : STATUS_DONE;
    if (error) {
        return fault_set(fault, FAULT_SYSTEM, error, "ending the loop: %s",
                         uv_strerror(error));
    }
    return output_went(run.unread, fault);
}
