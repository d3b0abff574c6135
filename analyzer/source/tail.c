/* SPDX-License-Identifier: Apache-2.0 */
#include "source/tail.h"

#include "base/mem.h"
#include "source/follow_gzip.h"
#include "source/identity.h"
#include "source/seen.h"
#include "source/utf16.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct tail {
    uv_idle_t idle;
    struct source_events events;
    int fd;
    int status;
    struct blocks *blocks; /* NULL: it is read slice by slice */
    size_t block;          /* bytes of one */
    bool is_regular;
    struct follow_gzip *gzip; /* NULL: as it is */
    uint64_t unpacked;        /* bytes of it that were read */
    uint64_t size;
    char identity[TAIL_IDENTITY];
    char head[IDENTITY_HEAD];
    size_t head_len;
    struct seen_sum sum; /* of what was read, if that is all of it */
    char seen[SEEN_TEXT];
    char slice[SOURCE_SLICE];
};

/* The file then stands behind what was handed out, as if that had been read. */
static void
leave_blocks(struct tail *tail)
{
    if (tail->blocks) {
        (void)lseek(tail->fd, (off_t)blocks_position(tail->blocks), SEEK_SET);
        blocks_close(tail->blocks);
        tail->blocks = NULL;
    }
}

static struct slice
read_at(const struct tail *tail, char *out, size_t len, uint64_t at)
{
    ssize_t got = tail->gzip ? follow_gzip_read(tail->gzip, out, len, at)
                             : pread(tail->fd, out, len, (off_t)at);
    return slice_of(out, got > 0 ? (size_t)got : 0);
}

/* The bytes before the position that are looked at, or fewer. */
static struct slice
read_before(const struct tail *tail, uint64_t position, char out[SEEN_BYTES])
{
    size_t len = seen_length(position);
    return read_at(tail, out, len, position - len);
}

static uint64_t
position_of(const struct tail *tail)
{
    off_t at = tail->is_regular ? lseek(tail->fd, 0, SEEK_CUR) : 0;
    return tail->gzip ? tail->unpacked : at > 0 ? (uint64_t)at : 0;
}

static void
note_seen(struct tail *tail)
{
    char bytes[SEEN_BYTES];
    struct seen seen = {.position = position_of(tail)};
    struct slice before = read_before(tail, seen.position, bytes);
    if (before.len == seen_length(seen.position)) {
        seen.hash = slice_hash(before, 0);
        seen.whole =
            tail->gzip ? 0 : seen_total(&tail->sum, tail->fd, seen.position);
        seen_write(tail->seen, &seen);
    }
}

static void
on_closed(uv_handle_t *handle)
{
    struct tail *tail = handle->data;
    leave_blocks(tail);
    note_seen(tail);
    follow_gzip_close(tail->gzip);
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

/* While it is at hand, a hash costs less than to read the file once more. */
static void
hand_out(struct tail *tail, struct slice bytes)
{
    if (tail->is_regular && !tail->gzip && tail->size <= SEEN_WHOLE) {
        seen_add(&tail->sum, bytes);
    }
    tail->events.on_bytes(tail->events.ctx, bytes);
}

static void
take_block(struct tail *tail)
{
    struct slice bytes = blocks_next(tail->blocks);
    if (bytes.len > 0) {
        hand_out(tail, bytes);
    }
    if (bytes.len < tail->block) {
        leave_blocks(tail);
    }
}

static int
unpack_slice(struct tail *tail)
{
    ssize_t got = follow_gzip_read(tail->gzip, tail->slice, sizeof(tail->slice),
                                   tail->unpacked);
    tail->unpacked += (uint64_t)got;
    return got > 0 || follow_gzip_is_sound(tail->gzip) ? (int)got : UV_EILSEQ;
}

static int
read_slice(struct tail *tail)
{
    uv_fs_t request;
    uv_buf_t buf = uv_buf_init(tail->slice, sizeof(tail->slice));
    /* Synchronous: a thread's hand-over costs more than the read alone. */
    int got = uv_fs_read(NULL, &request, tail->fd, &buf, 1, -1, NULL);
    uv_fs_req_cleanup(&request);
    return got;
}

static void
take_slice(struct tail *tail)
{
    int got = tail->gzip ? unpack_slice(tail) : read_slice(tail);
    if (got > 0) {
        hand_out(tail, slice_of(tail->slice, (size_t)got));
    } else {
        tail->status = got;
        tail_close(tail);
    }
}

static void
on_turn(uv_idle_t *idle)
{
    struct tail *tail = idle->data;
    if (tail->blocks) {
        take_block(tail);
    } else {
        take_slice(tail);
    }
}

/* A file that is read to its end has no more of a first line to wait for. */
static uint64_t
fingerprint(struct tail *tail)
{
    bool is_whole;
    tail->head_len = read_at(tail, tail->head, sizeof(tail->head), 0).len;
    return identity_fingerprint(tail_head(tail), &is_whole);
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
                   (uint64_t)info->st_ino, fingerprint(tail));
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

void
tail_unpack(struct tail *tail)
{
    struct stat info;
    if (tail->is_regular && follow_gzip_takes(tail->fd)
        && fstat(tail->fd, &info) == 0) {
        tail->gzip = follow_gzip_open(tail->fd);
        identify(tail, &info);
    }
}

bool
tail_is_turned(const struct tail *tail)
{
    return tail->gzip || utf16_begins(tail_head(tail));
}

void
tail_read_ahead(struct tail *tail, const struct blocks_config *config)
{
    struct stat info;
    off_t from = lseek(tail->fd, 0, SEEK_CUR);
    if (tail_is_turned(tail) || from < 0 || fstat(tail->fd, &info) != 0
        || !S_ISREG(info.st_mode) || info.st_size - from <= (off_t)config->size
        || info.st_size - from < (off_t)config->least) {
        return;
    }
    tail->block = config->size;
    tail->blocks = blocks_open(tail->fd, (uint64_t)from, config);
}

const char *
tail_identity(const struct tail *tail)
{
    return tail->identity;
}

struct slice
tail_head(const struct tail *tail)
{
    return slice_of(tail->head, tail->head_len);
}

const char *
tail_seen(const struct tail *tail)
{
    return tail->seen;
}

bool
tail_holds(const struct tail *tail, const char *seen)
{
    char bytes[SEEN_BYTES];
    struct seen before = seen_read(seen);
    return before.position == 0
        || (seen_holds(&before, read_before(tail, before.position, bytes))
            && (tail->gzip || seen_is_whole(&before, tail->fd)));
}

uint64_t
tail_size(const struct tail *tail)
{
    return tail->size;
}
