/* SPDX-License-Identifier: Apache-2.0 */
#include "app/progress.h"

#include "app/output.h"

#include <poll.h>
#include <sys/ioctl.h>
#include <unistd.h>

static const int64_t millisecond = STAMP_SECOND / 1000;

void
progress_begin(struct progress *progress, const struct app *app, uint64_t total,
               int64_t now)
{
    const struct surroundings *around = &app->surroundings;
    enum progress_mode mode = app->options->progress;
    progress->gauge.total = total;
    progress->style = (struct gauge_style){
        .columns = around->columns > 0 ? around->columns : 80,
        .is_utf8 = around->is_utf8,
        .has_color = app->has_error_color,
    };
    progress->begun = now;
    progress->is_bar = around->is_error_terminal;
    progress->is_wanted =
        mode == PROGRESS_ALWAYS || (mode == PROGRESS_AUTO && progress->is_bar);
    progress->is_told = mode == PROGRESS_ALWAYS;
    progress->next = now
                   + (progress->is_bar ? PROGRESS_AFTER_MS : PROGRESS_PLAIN_MS)
                         * millisecond;
}

void
progress_count(struct progress *progress, size_t bytes)
{
    progress->gauge.bytes += bytes;
}

static void
measure(struct progress *progress, const struct pipeline *pipeline, int64_t now)
{
    struct pipeline_statistics seen;
    pipeline_statistics(pipeline, &seen);
    progress->gauge.lines = seen.lines;
    progress->gauge.failures = seen.failures;
    progress->gauge.elapsed = now - progress->begun;
}

/* Not from behind a shell's prompt, nor to a terminal that was stopped. */
static bool
may_draw(void)
{
    struct pollfd room = {.fd = STDERR_FILENO, .events = POLLOUT};
    pid_t group = tcgetpgrp(STDERR_FILENO); /* -1: it is not our terminal */
    return (group < 0 || group == getpgrp()) && poll(&room, 1, 0) == 1
        && (room.revents & POLLOUT);
}

/* Asked anew each time, so that a window may change its size. */
static size_t
columns_now(size_t usual)
{
    struct winsize size;
    bool is_known =
        ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0;
    return is_known ? size.ws_col : usual;
}

static void
draw(struct progress *progress)
{
    struct buf out = {0};
    if (progress->is_bar) {
        progress->style.columns = columns_now(progress->style.columns);
        buf_add_byte(&out, '\r');
        gauge_render(&progress->gauge, &progress->style, &out);
        buf_add_text(&out, "\033[K\r");
        progress->is_drawn = true;
    } else {
        buf_add_text(&out, "pullwhy: ");
        gauge_render(&progress->gauge, &progress->style, &out);
        buf_add_byte(&out, '\n');
    }
    output_write_to(STDERR_FILENO, &out);
    buf_free(&out);
    progress->is_told = true;
}

void
progress_tick(struct progress *progress, const struct pipeline *pipeline,
              int64_t now)
{
    if (!progress->is_wanted || now < progress->next
        || (progress->is_bar && !may_draw())) {
        return;
    }
    measure(progress, pipeline, now);
    draw(progress);
    if (!progress->is_bar) {
        progress->next = now + PROGRESS_PLAIN_MS * millisecond;
    }
}

void
progress_erase(struct progress *progress)
{
    struct buf out = {0};
    if (progress->is_drawn) {
        buf_add_text(&out, OUTPUT_ERASE);
        output_write_to(STDERR_FILENO, &out);
        buf_free(&out);
        progress->is_drawn = false;
    }
}

/* Of this run, also those that the table had no room for. */
static uint64_t
count_incidents(const struct ledger *ledger)
{
    uint64_t count = roster_left(ledger_roster(ledger)).incidents;
    for (size_t i = 0; i < ledger_count(ledger); i++) {
        const struct incident *incident = ledger_at(ledger, i);
        count += incident->is_touched && incident->state != INCIDENT_JOINED;
    }
    return count;
}

void
progress_end(struct progress *progress, const struct pipeline *pipeline,
             const struct ledger *ledger, int64_t now)
{
    struct buf text = {0};
    progress_erase(progress);
    if (progress->is_wanted && progress->is_told) {
        measure(progress, pipeline, now);
        progress->gauge.incidents = count_incidents(ledger);
        gauge_summary(&progress->gauge, &text);
        output_warn("%.*s", SLICE_ARG(buf_slice(&text)));
        buf_free(&text);
    }
}
