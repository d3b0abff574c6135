/* SPDX-License-Identifier: Apache-2.0 */
#include "source/child.h"

#include "base/buf.h"
#include "source/chatter.h"
#include "source/cursor.h"
#include "source/stream.h"
#include "source/whole.h"

#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum {
    TAIL_MAX = 1024, /* of what a run printed, to see why it ended */
};

static const struct child_times usual = {
    .first_delay = 1000,
    .last_delay = 60000,
    .well_after = 60000,
    .silent_after = 600000,
    .kill_after = 2000,
};

enum child_state {
    STATE_RUNS,
    STATE_WAITS,
    STATE_CLOSES,
};

struct child {
    uv_process_t process;
    uv_timer_t timer;   /* the next start; while it runs or closes: patience */
    uv_timer_t silence; /* looks whether anything came */
    struct program program;
    struct source_host host;
    struct child_times times;

    enum child_state state;
    bool has_process; /* it has not been waited for */
    bool is_handled;  /* the handle of the process is in the loop */
    bool has_token;
    bool is_silent;
    bool from_start;
    int spawn_error;
    int exit_signal;
    int64_t exit_status;
    struct stream *out; /* NULL when it ended */
    struct stream *err;
    void *token;            /* of the run's origin */
    struct chatter chatter; /* what it complains of */
    char tail[TAIL_MAX];
    size_t tail_len;

    unsigned failures;   /* runs in a row that did not run well */
    uint64_t started_at; /* ms of the loop */
    uint64_t heard_at;

    struct source_mark mark; /* where the program has a cursor */
    struct whole whole;
};

static void start(struct child *child);

static void
tell(struct child *child, enum source_notice notice, uint64_t amount,
     const char *text)
{
    if (child->state != STATE_CLOSES) {
        child->host.on_notice(child->host.ctx, notice, child->program.name,
                              amount, text);
    }
}

/* "10 min", "2 s", "250 ms" */
static const char *
print_span(uint64_t ms, char *text, size_t size)
{
    if (ms >= 60000 && ms % 60000 == 0) {
        snprintf(text, size, "%" PRIu64 " min", ms / 60000);
    } else if (ms >= 1000) {
        snprintf(text, size, "%" PRIu64 " s", ms / 1000);
    } else {
        snprintf(text, size, "%" PRIu64 " ms", ms);
    }
    return text;
}

/* The end of the object */

static void
on_closed(uv_handle_t *handle)
{
    struct child *child = handle->data;
    child->host.on_end(child->host.end_ctx, 0);
    whole_free(&child->whole);
    program_free(&child->program);
    mem_free(child);
}

static void
on_timer_closed(uv_handle_t *handle)
{
    struct child *child = handle->data;
    uv_close((uv_handle_t *)&child->silence, on_closed);
}

static void
finish(struct child *child)
{
    child->state = STATE_CLOSES;
    uv_close((uv_handle_t *)&child->timer, on_timer_closed);
}

/* Silence */

static void
on_silence(uv_timer_t *timer)
{
    struct child *child = timer->data;
    uint64_t idle = uv_now(timer->loop) - child->heard_at;
    char span[32];
    char text[64];
    if (idle < child->times.silent_after) {
        uv_timer_start(timer, on_silence, child->times.silent_after - idle, 0);
        return;
    }
    child->is_silent = true;
    snprintf(text, sizeof(text), "nothing came for %s",
             print_span(child->times.silent_after, span, sizeof(span)));
    tell(child, NOTICE_SILENT, 0, text);
}

static void
watch_silence(struct child *child)
{
    child->heard_at = uv_now(child->silence.loop);
    if (child->times.silent_after != CHILD_NEVER) {
        uv_timer_start(&child->silence, on_silence, child->times.silent_after,
                       0);
    }
}

static void
hear(struct child *child, struct slice bytes)
{
    child->heard_at = uv_now(child->silence.loop);
    if (child->is_silent) {
        child->is_silent = false;
        tell(child, NOTICE_SILENT, bytes.len, "input comes again");
        watch_silence(child);
    }
}

/* What a run prints */

static void
keep_tail(struct child *child, struct slice bytes)
{
    struct slice end =
        slice_after(bytes, bytes.len > TAIL_MAX ? bytes.len - TAIL_MAX : 0);
    size_t keep = child->tail_len;
    if (keep > TAIL_MAX - end.len) {
        keep = TAIL_MAX - end.len;
        memmove(child->tail, child->tail + child->tail_len - keep, keep);
    }
    memcpy(child->tail + keep, end.data, end.len);
    child->tail_len = keep + end.len;
}

static void
on_out(void *ctx, struct slice bytes)
{
    struct child *child = ctx;
    if (child->state != STATE_RUNS) {
        return;
    }
    hear(child, bytes);
    if (child->program.row->is_watch) {
        keep_tail(child, bytes);
    }
    if (child->program.row->whole) {
        bytes = whole_take(&child->whole, bytes);
    }
    if (bytes.len > 0) {
        child->host.on_bytes(child->host.ctx, child->token, bytes);
    }
    if (child->program.row->has_cursor
        && cursor_find(bytes, child->mark.cursor)) {
        child->host.on_mark(child->host.ctx, child->token, &child->mark);
    }
}

static void
on_complaint(void *ctx, const char *line)
{
    tell(ctx, NOTICE_TOLD, 0, line);
}

static void
on_err(void *ctx, struct slice bytes)
{
    struct child *child = ctx;
    chatter_feed(&child->chatter, bytes, uv_now(child->timer.loop));
}

/* The end of a run */

/* A watch that is too old to go on must begin anew; nothing is wrong. */
static bool
is_expired(const struct child *child)
{
    static const char *const words[] = {"410 Gone", "Expired",
                                        "too old resource version",
                                        "resourceVersion too old"};
    struct slice tail = slice_of(child->tail, child->tail_len);
    bool is_status = slice_find(tail, SLICE("\"Status\"")) != SLICE_NONE;
    for (size_t i = 0; child->program.row->is_watch && i < COUNT(words); i++) {
        struct slice word = slice_from(words[i]);
        if (slice_find(slice_from(child->chatter.last), word) != SLICE_NONE
            || (is_status && slice_find(tail, word) != SLICE_NONE)) {
            return true;
        }
    }
    return false;
}

static uint64_t
next_delay(struct child *child, bool is_at_once)
{
    uint64_t lasted = uv_now(child->timer.loop) - child->started_at;
    if (lasted >= child->times.well_after) {
        child->failures = 0;
    }
    uint64_t delay = child->times.first_delay;
    for (unsigned i = 0; i < child->failures; i++) {
        delay = delay > child->times.last_delay / 2 ? child->times.last_delay
                                                    : delay * 2;
    }
    if (is_at_once && child->failures == 0) {
        delay = 0;
    }
    child->failures++;
    return delay;
}

static void
print_end(const struct child *child, struct buf *text)
{
    if (child->spawn_error) {
        buf_print(text, "could not be started: %s",
                  uv_strerror(child->spawn_error));
    } else if (child->exit_signal) {
        buf_print(text, "ended by signal %d", child->exit_signal);
    } else {
        buf_print(text, "ended with status %" PRId64, child->exit_status);
    }
    if (child->chatter.last[0] != '\0') {
        buf_print(text, " (%s)", child->chatter.last);
    }
}

static void
on_delay(uv_timer_t *timer)
{
    start(timer->data);
}

static void
wait(struct child *child)
{
    bool expired = is_expired(child);
    uint64_t delay = next_delay(child, expired);
    struct buf text = {0};
    print_end(child, &text);
    if (expired) {
        buf_add_text(&text, ": the watch was too old to go on (410 Gone); it "
                            "begins anew");
    }
    if (delay > 0) {
        char span[32];
        buf_print(&text, "; started again in %s",
                  print_span(delay, span, sizeof(span)));
    } else {
        buf_add_text(&text, "; started again");
    }
    child->state = STATE_WAITS;
    uv_timer_start(&child->timer, on_delay, delay, 0);
    tell(child, NOTICE_ENDED, 0, buf_string(&text));
    buf_free(&text);
}

static void
end_origin(struct child *child)
{
    if (child->has_token) {
        child->has_token = false;
        child->host.on_close(child->host.ctx, child->token);
    }
}

/* Whoever is told may close it. */
static void
end_well(struct child *child)
{
    tell(child, NOTICE_ENDED, 0, "ended with status 0; it is done");
    if (child->state != STATE_CLOSES) {
        finish(child);
    }
}

static void
on_process_closed(uv_handle_t *handle)
{
    struct child *child = handle->data;
    child->is_handled = false;
    end_origin(child);
    if (child->state == STATE_CLOSES) {
        finish(child);
        return;
    }
    chatter_end(&child->chatter);
    if (child->state == STATE_CLOSES) {
        return;
    }
    bool is_well =
        !child->spawn_error && !child->exit_signal && child->exit_status == 0;
    if (child->program.row->restart == RESTART_FAILED && is_well) {
        end_well(child);
        return;
    }
    wait(child);
}

/* Who keeps stderr open behind the end of all else is waited for no longer. */
static void
on_patience(uv_timer_t *timer)
{
    struct child *child = timer->data;
    if (child->has_process) {
        kill(-child->process.pid, SIGKILL);
    } else if (child->err) {
        stream_close(child->err);
    }
}

/* A run is over when it was waited for and all that it printed was read. */
static void
end_run(struct child *child)
{
    uv_handle_t *handle = (uv_handle_t *)&child->process;
    if (child->has_process || child->out) {
        return;
    }
    if (child->err) {
        uv_timer_start(&child->timer, on_patience, child->times.kill_after, 0);
    } else if (!uv_is_closing(handle)) {
        uv_timer_stop(&child->timer);
        uv_close(handle, on_process_closed);
    }
}

static void
on_out_end(void *ctx, int status)
{
    struct child *child = ctx;
    (void)status;
    child->out = NULL;
    end_origin(child);
    end_run(child);
}

static void
on_err_end(void *ctx, int status)
{
    struct child *child = ctx;
    (void)status;
    child->err = NULL;
    end_run(child);
}

static void
on_exit(uv_process_t *process, int64_t status, int number)
{
    struct child *child = process->data;
    child->has_process = false;
    child->exit_status = status;
    child->exit_signal = number;
    if (child->state == STATE_CLOSES) {
        kill(-process->pid, SIGKILL); /* what it left behind */
    }
    end_run(child);
}

/* The start of a run */

static struct stream *
read_end(struct child *child, int fd, void (*on_bytes)(void *, struct slice),
         void (*on_end)(void *, int))
{
    const struct source_events events = {on_bytes, on_end, child};
    struct fault fault;
    struct stream *stream = stream_open(child->timer.loop, fd, &events, &fault);
    if (!stream) {
        close(fd);
        tell(child, NOTICE_TOLD, 0, fault.text);
    }
    return stream;
}

/* Returns an error number of libuv's. */
static int
launch(struct child *child, uv_loop_t *loop, int fds[2])
{
    struct program_run run = {
        .process = &child->process,
        .on_exit = on_exit,
        .cursor = child->mark.cursor,
        .from_start = child->from_start,
    };
    int error = program_run(&child->program, loop, &run, fds);
    child->process.data = child;
    child->is_handled = run.is_open;
    child->has_process = error == 0;
    return error;
}

static void
begin_run(struct child *child, const int fds[2])
{
    child->state = STATE_RUNS;
    child->started_at = uv_now(child->timer.loop);
    child->tail_len = 0;
    whole_begin(&child->whole);
    chatter_begin(&child->chatter);
    child->out = read_end(child, fds[0], on_out, on_out_end);
    child->err = read_end(child, fds[1], on_err, on_err_end);
    child->has_token = true;
    child->token =
        child->host.on_open(child->host.ctx, child->program.name, &child->mark);
}

/* Not the first time: what fails now may be there the next time. */
static void
start(struct child *child)
{
    int fds[2];
    child->exit_status = 0;
    child->exit_signal = 0;
    child->spawn_error = launch(child, child->timer.loop, fds);
    if (!child->spawn_error) {
        begin_run(child, fds);
        return;
    }
    chatter_begin(&child->chatter);
    child->tail_len = 0;
    child->started_at = uv_now(child->timer.loop);
    if (child->is_handled) {
        uv_close((uv_handle_t *)&child->process, on_process_closed);
    } else {
        wait(child);
    }
}

/* The object */

static void
set_times(struct child_times *times, const struct child_times *wanted)
{
    *times = usual;

    const struct {
        uint64_t *to;
        uint64_t from;
    } each[] = {
        {&times->first_delay, wanted->first_delay},
        {&times->last_delay, wanted->last_delay},
        {&times->well_after, wanted->well_after},
        {&times->silent_after, wanted->silent_after},
        {&times->kill_after, wanted->kill_after},
    };

    for (size_t i = 0; i < COUNT(each); i++) {
        if (each[i].from > 0) {
            *each[i].to = each[i].from;
        }
    }
}

/* Asks for what is remembered, before the first run. */
static void
recall(struct child *child)
{
    char identity[SOURCE_IDENTITY];
    if (!child->program.row->has_cursor) {
        return;
    }
    program_identity(&child->program, identity);
    if (!child->host.recall(child->host.ctx, identity, SLICE(""),
                            &child->mark)) {
        child->mark = (struct source_mark){0};
    }
    child->mark.position = 0; /* of another pipe */
    child->mark.resume = 0;
    memcpy(child->mark.identity, identity, sizeof(identity));
}

static void
on_refused(uv_handle_t *handle)
{
    struct child *child = handle->data;
    program_free(&child->program);
    mem_free(child);
}

static void
refuse(struct child *child)
{
    uv_handle_t *handle = (uv_handle_t *)&child->process;
    if (child->is_handled) {
        uv_close(handle, on_refused);
    } else {
        on_refused(handle);
    }
}

struct child *
child_open(uv_loop_t *loop, const struct child_config *config,
           const struct source_host *host, struct fault *fault)
{
    int fds[2];
    struct child *child = MEM_NEW(struct child);
    program_init(&child->program, config->kind, config->arguments,
                 config->argument_count);
    child->host = *host;
    child->from_start = config->from_start;
    child->whole.end = child->program.row->whole;
    child->chatter.on_line = on_complaint;
    child->chatter.ctx = child;
    set_times(&child->times, &config->times);
    recall(child);
    int error = launch(child, loop, fds);
    if (error) {
        fault_set(fault, FAULT_SYSTEM, error, "starting %s: %s",
                  child->program.words[0], uv_strerror(error));
        refuse(child);
        return NULL;
    }
    uv_timer_init(loop, &child->timer);
    uv_timer_init(loop, &child->silence);
    child->timer.data = child;
    child->silence.data = child;
    begin_run(child, fds);
    watch_silence(child);
    return child;
}

void
child_close(struct child *child)
{
    if (child->state == STATE_CLOSES) {
        return;
    }
    bool has_run = child->is_handled;
    child->state = STATE_CLOSES;
    uv_timer_stop(&child->silence);
    uv_timer_stop(&child->timer);
    if (!has_run) {
        finish(child);
        return;
    }
    if (child->out) {
        stream_close(child->out);
    }
    if (child->err) {
        stream_close(child->err);
    }
    if (child->has_process || child->out) {
        kill(-child->process.pid, SIGTERM);
    }
    if (child->has_process) {
        uv_timer_start(&child->timer, on_patience, child->times.kill_after, 0);
    }
}
