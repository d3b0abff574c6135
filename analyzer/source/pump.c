/* SPDX-License-Identifier: Apache-2.0 */
#include "source/pump.h"

#include "base/mem.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

/*
 * Pipes keep the size that they have: what passes through stays in the cache
 * then, and passing on is half as fast again.
 */
enum {
    PUMP_SLICE = 128 * 1024,
    RING_SIZE = 8 * 1024 * 1024,
    RESERVE = 64 * 1024, /* so that the line at a gap's edge is still whole */
    TURN_SLICES = 4,     /* of the copy, handed out at a turn of the loop */
};

struct pump {
    uv_work_t work;
    uv_async_t news;
    struct pump_events events;
    int from;
    int to;
    int wake[2]; /* a byte in it ends the worker */
    int status;
    bool is_closing;
    bool is_over; /* the worker has ended */

    /* The worker's. */
    bool is_gap;     /* the copy goes on behind the next newline */
    bool is_in_line; /* the copy's last byte is no newline */
    char slice[PUMP_SLICE];

    /* Shared. */
    uv_mutex_t lock;
    char *ring;
    uint64_t written; /* bytes ever put into the ring */
    uint64_t taken;   /* bytes ever taken out */
    uint64_t missed;
};

static size_t
room(struct pump *pump)
{
    uv_mutex_lock(&pump->lock);
    size_t used = (size_t)(pump->written - pump->taken);
    uv_mutex_unlock(&pump->lock);
    return RING_SIZE - used;
}

/* There is room. Only the worker writes, so the bytes need no lock. */
static void
put(struct pump *pump, struct slice bytes)
{
    size_t at = (size_t)(pump->written % RING_SIZE);
    struct slice head = slice_before(bytes, RING_SIZE - at);
    struct slice rest = slice_after(bytes, head.len);
    if (bytes.len == 0) {
        return;
    }
    memcpy(pump->ring + at, head.data, head.len);
    if (rest.len > 0) {
        memcpy(pump->ring, rest.data, rest.len);
    }
    pump->is_in_line = bytes.data[bytes.len - 1] != '\n';
    uv_mutex_lock(&pump->lock);
    pump->written += bytes.len;
    uv_mutex_unlock(&pump->lock);
}

static void
miss(struct pump *pump, size_t count)
{
    uv_mutex_lock(&pump->lock);
    pump->missed += count;
    uv_mutex_unlock(&pump->lock);
}

static size_t
behind_newline(struct slice bytes)
{
    size_t at = slice_find_byte(bytes, '\n');
    return at == SLICE_NONE ? bytes.len : at + 1;
}

/*
 * Leaves the bytes out of the copy, but for the end of a line that it began. A
 * line of more than the reserve is cut there.
 */
static void
leave_out(struct pump *pump, struct slice bytes)
{
    size_t end = pump->is_in_line ? behind_newline(bytes) : 0;
    if (end > 0 && room(pump) > end) {
        put(pump, slice_before(bytes, end));
    } else if (end > 0) {
        put(pump, SLICE("\n"));
        end = 0;
    }
    pump->is_gap = !pump->is_in_line;
    miss(pump, bytes.len - end);
}

/* False: there is nothing new to be read. */
static bool
copy(struct pump *pump, struct slice bytes)
{
    if (pump->is_gap) {
        size_t skipped = behind_newline(bytes);
        bool is_end = bytes.len > 0 && bytes.data[skipped - 1] == '\n';
        if (!is_end || room(pump) < RING_SIZE / 2) {
            miss(pump, bytes.len);
            return false;
        }
        miss(pump, skipped);
        bytes = slice_after(bytes, skipped);
        pump->is_gap = false;
    }
    if (room(pump) < bytes.len + RESERVE) {
        leave_out(pump, bytes);
    } else {
        put(pump, bytes);
    }
    return true;
}

/* Waits until the descriptor is ready; false: the pump is being closed. */
static bool
await(struct pump *pump, int fd, short what)
{
    struct pollfd waits[] = {
        {.fd = fd, .events = what},
        {.fd = pump->wake[0], .events = POLLIN},
    };
    while (poll(waits, COUNT(waits), -1) < 0 && errno == EINTR) {
    }
    return waits[1].revents == 0;
}

/* All of it, even while the pump is being closed: it was read. */
static int
pass_on(struct pump *pump, struct slice bytes)
{
    while (bytes.len > 0) {
        ssize_t done = write(pump->to, bytes.data, bytes.len);
        if (done >= 0) {
            bytes = slice_after(bytes, (size_t)done);
        } else if (errno == EAGAIN) {
            struct pollfd wait = {.fd = pump->to, .events = POLLOUT};
            (void)poll(&wait, 1, -1);
        } else if (errno != EINTR) {
            return -errno;
        }
    }
    return 0;
}

/* One read, as much as there is; false: it is over, by `status` or the end. */
static bool
pass_slice(struct pump *pump)
{
    ssize_t got = read(pump->from, pump->slice, sizeof(pump->slice));
    if (got < 0 && (errno == EINTR || errno == EAGAIN)) {
        return true;
    }
    if (got <= 0) {
        pump->status = got < 0 ? -errno : 0;
        return false;
    }
    struct slice bytes = slice_of(pump->slice, (size_t)got);
    pump->status = pass_on(pump, bytes);
    if (pump->status == 0 && copy(pump, bytes)) {
        uv_async_send(&pump->news);
    }
    return pump->status == 0;
}

static void
on_work(uv_work_t *work)
{
    struct pump *pump = work->data;
    while (await(pump, pump->from, POLLIN) && pass_slice(pump)) {
    }
}

static void
on_closed(uv_handle_t *handle)
{
    struct pump *pump = handle->data;
    close(pump->wake[0]);
    close(pump->wake[1]);
    pump->events.on_end(pump->events.ctx, pump->status);
    uv_mutex_destroy(&pump->lock);
    mem_free(pump->ring);
    mem_free(pump);
}

static size_t
least(size_t a, size_t b)
{
    return a < b ? a : b;
}

/* Hands out what lies in one piece; false: there is nothing. */
static bool
hand_out(struct pump *pump)
{
    uv_mutex_lock(&pump->lock);
    size_t count = (size_t)(pump->written - pump->taken);
    uint64_t missed = pump->missed;
    pump->missed = 0;
    uv_mutex_unlock(&pump->lock);
    size_t at = (size_t)(pump->taken % RING_SIZE);
    if (missed > 0) {
        pump->events.on_missed(pump->events.ctx, missed);
    }
    if (count == 0) {
        return false;
    }
    count = least(least(count, SOURCE_SLICE), RING_SIZE - at);
    pump->events.on_bytes(pump->events.ctx, slice_of(pump->ring + at, count));
    uv_mutex_lock(&pump->lock);
    pump->taken += count;
    uv_mutex_unlock(&pump->lock);
    return true;
}

static void
on_news(uv_async_t *news)
{
    struct pump *pump = news->data;
    int slices = 0;
    while (slices < TURN_SLICES && hand_out(pump)) {
        slices++;
    }
    if (slices == TURN_SLICES) {
        uv_async_send(news); /* the loop's other work comes in between */
    } else if (pump->is_over && !uv_is_closing((uv_handle_t *)news)) {
        uv_close((uv_handle_t *)news, on_closed);
    }
}

static void
on_worked(uv_work_t *work, int status)
{
    struct pump *pump = work->data;
    (void)status;
    pump->is_over = true;
    uv_async_send(&pump->news);
}

void
pump_close(struct pump *pump)
{
    if (!pump->is_closing) {
        pump->is_closing = true;
        (void)!write(pump->wake[1], "", 1);
    }
}

static int
start(struct pump *pump, uv_loop_t *loop)
{
    if (pipe(pump->wake) != 0) {
        return -errno;
    }
    (void)fcntl(pump->wake[0], F_SETFD, FD_CLOEXEC);
    (void)fcntl(pump->wake[1], F_SETFD, FD_CLOEXEC);
    uv_mutex_init(&pump->lock);
    uv_async_init(loop, &pump->news, on_news);
    pump->news.data = pump;
    pump->work.data = pump;
    return uv_queue_work(loop, &pump->work, on_work, on_worked);
}

struct pump *
pump_open(uv_loop_t *loop, int from, int to, const struct pump_events *events,
          struct fault *fault)
{
    struct pump *pump = MEM_NEW(struct pump);
    pump->events = *events;
    pump->from = from;
    pump->to = to;
    pump->ring = mem_resize(NULL, RING_SIZE);
    int error = start(pump, loop);
    if (error) {
        mem_free(pump->ring);
        mem_free(pump);
        fault_set(fault, FAULT_SYSTEM, error, "passing on: %s",
                  uv_strerror(error));
        return NULL;
    }
    return pump;
}
