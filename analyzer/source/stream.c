/* SPDX-License-Identifier: Apache-2.0 */
#include "source/stream.h"

#include "base/mem.h"

#include <errno.h>
#include <fcntl.h>

/* Linux's own; the headers show it only where GNU extensions are asked for. */
#if defined(__linux__) && !defined(F_SETPIPE_SZ)
#    define F_SETPIPE_SZ 1031
#endif

enum {
    /* The kernel's 64 KiB make a pipe three times slower. */
    PIPE_SIZE = 1024 * 1024,
};

struct stream {
    union {
        uv_handle_t handle;
        uv_stream_t stream;
        uv_pipe_t pipe;
        uv_tty_t tty;
    } uv;

    struct source_events events;
    int status;
    char slice[SOURCE_SLICE];
};

bool
stream_takes(int fd)
{
    uv_handle_type type = uv_guess_handle(fd);
    return type == UV_NAMED_PIPE || type == UV_TCP || type == UV_TTY;
}

static void
on_closed(uv_handle_t *handle)
{
    struct stream *stream = handle->data;
    stream->events.on_end(stream->events.ctx, stream->status);
    mem_free(stream);
}

void
stream_close(struct stream *stream)
{
    if (!uv_is_closing(&stream->uv.handle)) {
        uv_close(&stream->uv.handle, on_closed);
    }
}

static void
on_alloc(uv_handle_t *handle, size_t suggested, uv_buf_t *buf)
{
    struct stream *stream = handle->data;
    (void)suggested;
    *buf = uv_buf_init(stream->slice, sizeof(stream->slice));
}

static void
on_read(uv_stream_t *handle, ssize_t n, const uv_buf_t *buf)
{
    struct stream *stream = handle->data;
    if (n > 0) {
        stream->events.on_bytes(stream->events.ctx,
                                slice_of(buf->base, (size_t)n));
    } else if (n < 0) {
        stream->status = n == UV_EOF ? 0 : (int)n;
        stream_close(stream);
    }
}

static void
on_refused(uv_handle_t *handle)
{
    mem_free(handle->data);
}

/* On failure the stream is freed, at once or when the loop lets go of it. */
static int
open_terminal(struct stream *stream, uv_loop_t *loop, int fd)
{
    int error = uv_tty_init(loop, &stream->uv.tty, fd, 1);
    if (error) {
        mem_free(stream);
    }
    return error;
}

static int
open_pipe(struct stream *stream, uv_loop_t *loop, int fd)
{
    int error = uv_pipe_init(loop, &stream->uv.pipe, 0);
    if (error) {
        mem_free(stream);
        return error;
    }
    stream->uv.handle.data = stream;
#ifdef F_SETPIPE_SZ
    (void)fcntl(fd, F_SETPIPE_SZ, PIPE_SIZE); /* a socket has none: no harm */
#endif
    error = uv_pipe_open(&stream->uv.pipe, fd);
    if (error) {
        uv_close(&stream->uv.handle, on_refused);
    }
    return error;
}

static void
start(struct stream *stream)
{
    stream->uv.handle.data = stream;
    int error = uv_read_start(&stream->uv.stream, on_alloc, on_read);
    if (error) {
        stream->status = error;
        stream_close(stream);
    }
}

/* libuv takes what can only be written, and then never reads. */
static int
check_readable(int fd)
{
    int flags = fcntl(fd, F_GETFL);
    if (flags < 0) {
        return -errno;
    }
    return (flags & O_ACCMODE) == O_WRONLY ? UV_EBADF : 0;
}

struct stream *
stream_open(uv_loop_t *loop, int fd, const struct source_events *events,
            struct fault *fault)
{
    int error = check_readable(fd);
    if (!error) {
        struct stream *stream = MEM_NEW(struct stream);
        stream->events = *events;
        error = uv_guess_handle(fd) == UV_TTY ? open_terminal(stream, loop, fd)
                                              : open_pipe(stream, loop, fd);
        if (!error) {
            start(stream);
            return stream;
        }
    }
    fault_set(fault, FAULT_INPUT, error, "%s", uv_strerror(error));
    return NULL;
}
