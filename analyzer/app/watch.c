/* SPDX-License-Identifier: Apache-2.0 */
#include "app/watch.h"

#include "app/counted.h"
#include "source/pump.h"
#include "source/stream.h"

#include <uv.h>

#include <fcntl.h>
#include <sys/resource.h>
#include <unistd.h>

enum {
    TEE_NICE = 10,
};

static void
on_end(void *ctx, int status)
{
    struct watch_place *place = ctx;
    struct watch *watch = place->watch;
    struct fault fault;
    if (status < 0) {
        fault_set(&fault, FAULT_INPUT, status, "a source ended: %s",
                  uv_strerror(status));
        engine_refuse(watch->engine, &fault);
    }
    place->source = NULL;
    if (--watch->open == 0) {
        engine_done(watch->engine);
    }
}

struct watch_place *
watch_place(struct watch *watch, struct fault *fault)
{
    if (watch->count == WATCH_SOURCES) {
        fault_set(fault, FAULT_USAGE, 0,
                  "more than %d sources; start another watch", WATCH_SOURCES);
        return NULL;
    }
    struct watch_place *place = &watch->places[watch->count];
    place->watch = watch;
    engine_host(watch->engine, &place->host);
    place->host.on_end = on_end;
    place->host.end_ctx = place;
    return place;
}

void
watch_opened(struct watch_place *place, void *source,
             void (*close)(void *source))
{
    place->source = source;
    place->close = close;
    place->watch->count++;
    place->watch->open++;
}

void
watch_stop(struct watch *watch)
{
    for (size_t i = 0; i < watch->count; i++) {
        if (watch->places[i].source) {
            watch->places[i].close(watch->places[i].source);
        }
    }
}

static void
on_input_bytes(void *ctx, struct slice bytes)
{
    struct watch_place *place = ctx;
    engine_feed(place->watch->engine, place->watch->input, bytes);
}

static void
on_input_end(void *ctx, int status)
{
    struct watch_place *place = ctx;
    struct watch *watch = place->watch;
    counted_end(watch->engine, watch->input, watch->tail);
    on_end(place, status);
}

/* They are counted and said; the total comes with the statistics. */
static void
on_missed(void *ctx, uint64_t bytes)
{
    struct watch_place *place = ctx;
    if (place->watch->missed == 0) {
        place->host.on_notice(place->host.ctx, NOTICE_LOST, "stdin", bytes,
                              "passed on faster than it can be read: lines are "
                              "left out of the analysis, none of the output");
    } else {
        engine_count(place->watch->engine, NOTICE_LOST, bytes);
    }
    place->watch->missed += bytes;
}

/*
 * Who reads on is not kept waiting for the history. Nobody reads what is passed
 * on: an end, and no fault.
 */
static void
on_tee_end(void *ctx, int status)
{
    int nothing = open("/dev/null", O_WRONLY | O_CLOEXEC);
    if (nothing >= 0) {
        (void)dup2(nothing, STDOUT_FILENO);
        (void)close(nothing);
    }
    on_input_end(ctx, status == UV_EPIPE ? 0 : status);
}

static void
close_pump(void *source)
{
    pump_close(source);
}

bool
watch_tee(struct watch *watch, struct fault *fault)
{
    if (!watch->app->options->tee) {
        return true;
    }
    struct watch_place *place = watch_place(watch, fault);
    const struct pump_events events = {
        .on_bytes = on_input_bytes,
        .on_missed = on_missed,
        .on_end = on_tee_end,
        .ctx = place,
    };
    struct pump *pump = place
                          ? pump_open(engine_loop(watch->engine), STDIN_FILENO,
                                      STDOUT_FILENO, &events, fault)
                          : NULL;
    if (!pump) {
        return false;
    }
    watch_opened(place, pump, close_pump);
    /* On Linux that is of this thread alone: the reading steps back behind the
     * passing on, and behind both ends of the pipe. */
    (void)setpriority(PRIO_PROCESS, 0, TEE_NICE);
    engine_yield_output(watch->engine);
    watch->input =
        pipeline_origin(engine_pipeline(watch->engine), "stdin", "", 0);
    return true;
}

static void
close_stream(void *source)
{
    stream_close(source);
}

static void
close_tail(void *source)
{
    tail_close(source);
}

bool
watch_input(struct watch *watch, struct fault *fault)
{
    if (watch->count > 0) {
        return true;
    }
    if (uv_guess_handle(STDIN_FILENO) == UV_TTY) {
        return fault_set(fault, FAULT_USAGE, 0,
                         "there is nothing to watch: name a file or another "
                         "source, see 'pullwhy help watch'");
    }
    struct watch_place *place = watch_place(watch, fault);
    uv_loop_t *loop = engine_loop(watch->engine);
    const struct source_events events = {on_input_bytes, on_input_end, place};
    if (!place) {
        return false;
    }
    if (stream_takes(STDIN_FILENO)) {
        struct stream *stream = stream_open(loop, STDIN_FILENO, &events, fault);
        if (!stream) {
            return fault_add(fault, "standard input");
        }
        watch_opened(place, stream, close_stream);
    } else {
        watch->tail = tail_open(loop, STDIN_FILENO, &events, fault);
        if (!watch->tail) {
            return fault_add(fault, "standard input");
        }
        watch_opened(place, watch->tail, close_tail);
    }
    watch->input = counted_open(watch->engine, "stdin", watch->tail);
    return true;
}
