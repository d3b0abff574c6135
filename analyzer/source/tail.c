/* SPDX-License-Identifier: Apache-2.0 */
#include "source/tail.h"

#include "base/mem.h"
#include "source/identity.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct tail {
    uv_idle_t idle;
    struct source_events events;
    int fd;
    int status;
    bool is_regular;
    uint64_t size;
    char identity[TAIL_IDENTITY];
    char slice[SOURCE_SLICE];
};

static void
on_closed(uv_handle_t *handle)
{
    struct tail *tail = handle->data;
    if (tail->fd > STDERR_FILENO) {
        close(tail->fd);
    }
    tail->events.on_end(tail->events.ctx, tail->status);
    mem_free(tail);
}

void
tail_close(struct tail *tail)
{
    uv_handle_t *handle = (uv_handle_t *)&tail->idle;
    if (!uv_is_closing(handle)) {
        uv_close(handle, on_closed);
    }
}

static void
on_turn(uv_idle_t *idle)
{
    struct tail *tail = idle->data;
    uv_fs_t request;
    uv_buf_t buf = uv_buf_init(tail->slice, sizeof(tail->slice));
    /* Synchronous: a thread's hand-over costs more than the read. */
    int got = uv_fs_read(NULL, &request, tail->fd, &buf, 1, -1, NULL);
    uv_fs_req_cleanup(&request);
    if (got > 0) {
        tail->events.on_bytes(tail->events.ctx,
                              slice_of(tail->slice, (size_t)got));
    } else {
        tail->status = got;
        tail_close(tail);
    }
}

/* A file that is read to its end has no more of a first line to wait for. */
static uint64_t
fingerprint(int fd)
{
    char first[IDENTITY_HEAD];
    bool is_whole;
    ssize_t got = pread(fd, first, sizeof(first), 0);
    return identity_fingerprint(slice_of(first, got > 0 ? (size_t)got : 0),
                                &is_whole);
}

static void
identify(struct tail *tail, const struct stat *info)
{
    tail->is_regular =
        S_ISREG(info->st_mode) && lseek(tail->fd, 0, SEEK_CUR) == 0;
    if (!tail->is_regular) {
        return;
    }
    tail->size = (uint64_t)info->st_size;
    identity_write(tail->identity, (uint64_t)info->st_dev,
                   (uint64_t)info->st_ino, fingerprint(tail->fd));
}

struct tail *
tail_open(uv_loop_t *loop, int fd, const struct source_events *events,
          struct fault *fault)
{
    struct stat info;
    if (fstat(fd, &info) != 0) {
        fault_set(fault, FAULT_INPUT, errno, "%s", strerror(errno));
        return NULL;
    }
    if (S_ISDIR(info.st_mode)) {
        fault_set(fault, FAULT_INPUT, 0, "it is a folder, not a file");
        return NULL;
    }
    struct tail *tail = MEM_NEW(struct tail);
    tail->fd = fd;
    tail->events = *events;
    identify(tail, &info);
    uv_idle_init(loop, &tail->idle);
    tail->idle.data = tail;
    uv_idle_start(&tail->idle, on_turn);
    return tail;
}

const char *
tail_identity(const struct tail *tail)
{
    return tail->identity;
}

uint64_t
tail_size(const struct tail *tail)
{
    return tail->size;
}
