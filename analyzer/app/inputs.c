/* SPDX-License-Identifier: Apache-2.0 */
#include "app/inputs.h"

#include "app/options.h"
#include "base/mem.h"
#include "source/follow_gzip.h"
#include "source/stream.h"
#include "source/utf16.h"

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct inputs {
    uv_loop_t *loop;
    const char *const *names;
    size_t count;
    size_t next;
    struct input_events events;
    void *token; /* of the input being read */
    const char *name;
    struct stream *stream; /* one of these two is set while reading */
    struct tail *tail;
    struct blocks_config ahead; /* less than two threads: nothing is read so */
    struct utf16 turned;
    bool is_begun; /* bytes of the input were read */
    bool is_utf16;
    bool is_stopped;
    uv_async_t starter; /* opens the first input once the loop runs */
};

static void open_next(struct inputs *inputs);

/* What no log begins with, and would be read in vain. */
static const struct {
    struct slice magic;
    const char *program;
} packers[] = {
    {{"\x1f\x8b", 2}, "zcat"},
    {{"\x28\xb5\x2f\xfd", 4}, "zstdcat"},
    {{"\xfd"
      "7zXZ",
      5},
     "xzcat"},
    {{"BZh", 3}, "bzcat"},
    {{"PK\x03\x04", 4}, "unzip -p"},
};

static void
refuse_packed(const struct inputs *inputs, struct slice bytes)
{
    struct fault fault;
    for (size_t i = 0; i < COUNT(packers); i++) {
        if (slice_starts(bytes, packers[i].magic)) {
            fault_set(&fault, FAULT_INPUT, 0,
                      "%s is packed; unpack it, as with %s, and read that",
                      inputs->name, packers[i].program);
            inputs->events.on_fault(inputs->events.ctx, &fault);
        }
    }
}

static void
begin(struct inputs *inputs, struct slice *bytes)
{
    inputs->is_begun = true;
    inputs->is_utf16 = utf16_begins(*bytes);
    if (inputs->is_utf16) {
        utf16_begin(&inputs->turned, bytes);
    } else {
        refuse_packed(inputs, *bytes);
    }
}

static void
on_bytes(void *ctx, struct slice bytes)
{
    struct inputs *inputs = ctx;
    if (!inputs->is_begun) {
        begin(inputs, &bytes);
    }
    if (inputs->is_utf16) {
        bytes = utf16_turn(&inputs->turned, bytes);
    }
    if (bytes.len > 0) {
        inputs->events.on_bytes(inputs->events.ctx, inputs->token, bytes);
    }
}

static void
on_end(void *ctx, int status)
{
    struct inputs *inputs = ctx;
    struct fault fault;
    if (status < 0) {
        fault_set(&fault, FAULT_INPUT, status, "reading %s: %s", inputs->name,
                  uv_strerror(status));
        inputs->events.on_fault(inputs->events.ctx, &fault);
    }
    inputs->events.on_close(inputs->events.ctx, inputs->token);
    inputs->stream = NULL;
    inputs->tail = NULL;
    buf_free(&inputs->turned.out);
    inputs->turned = (struct utf16){0};
    inputs->is_begun = false;
    open_next(inputs);
}

static bool
open_fd(struct inputs *inputs, int fd, struct fault *fault)
{
    const struct source_events events = {on_bytes, on_end, inputs};
    struct input input = {.name = inputs->name};
    if (stream_takes(fd)) {
        input.is_stream = true;
        inputs->stream = stream_open(inputs->loop, fd, &events, fault);
        if (!inputs->stream) {
            return false;
        }
    } else {
        inputs->tail = tail_open(inputs->loop, fd, &events, fault);
        if (!inputs->tail) {
            return false;
        }
        tail_unpack(inputs->tail);
        if (inputs->ahead.threads > 1) {
            tail_read_ahead(inputs->tail, &inputs->ahead);
        }
        input.tail = inputs->tail;
    }
    inputs->token = inputs->events.on_open(inputs->events.ctx, &input);
    return true;
}

/* The first word may have been meant as a command. */
static bool
no_file(const struct inputs *inputs, int error, struct fault *fault)
{
    const char *nearest = error == UV_ENOENT && inputs->next == 1
                            ? options_nearest_command(inputs->name)
                            : NULL;
    if (nearest) {
        return fault_set(fault, FAULT_INPUT, error,
                         "cannot open %s: %s; did you mean the command %s?",
                         inputs->name, uv_strerror(error), nearest);
    }
    return fault_set(fault, FAULT_INPUT, error, "cannot open %s: %s",
                     inputs->name, uv_strerror(error));
}

static bool
open_one(struct inputs *inputs, const char *name, struct fault *fault)
{
    if (strcmp(name, "-") == 0) {
        inputs->name = "stdin";
        return open_fd(inputs, STDIN_FILENO, fault)
            || fault_add(fault, "standard input");
    }
    uv_fs_t request;
    int fd = uv_fs_open(NULL, &request, name, O_RDONLY | O_CLOEXEC, 0, NULL);
    uv_fs_req_cleanup(&request);
    inputs->name = name;
    if (fd < 0) {
        return no_file(inputs, fd, fault);
    }
    if (!open_fd(inputs, fd, fault)) {
        close(fd);
        return fault_add(fault, "cannot read %s", name);
    }
    return true;
}

static void
open_next(struct inputs *inputs)
{
    struct fault fault;
    while (!inputs->is_stopped && inputs->next < inputs->count) {
        if (open_one(inputs, inputs->names[inputs->next++], &fault)) {
            return;
        }
        inputs->events.on_fault(inputs->events.ctx, &fault);
    }
    inputs->events.on_done(inputs->events.ctx);
}

static void
on_start(uv_async_t *starter)
{
    struct inputs *inputs = starter->data;
    uv_close((uv_handle_t *)starter, NULL);
    open_next(inputs);
}

const struct tail *
inputs_tail(const struct inputs *inputs)
{
    return inputs->tail;
}

/* How much there is to be read of it, nobody knows. */
static bool
is_packed(const char *name)
{
    int fd = open(name, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    bool takes = fd >= 0 && follow_gzip_takes(fd);
    if (fd >= 0) {
        close(fd);
    }
    return takes;
}

/* What is left to be read of a file; false for what is none, or packed. */
static bool
add_size(const char *name, uint64_t *size)
{
    struct stat about;
    bool is_stdin = strcmp(name, "-") == 0;
    int error = is_stdin ? fstat(STDIN_FILENO, &about) : stat(name, &about);
    if (error != 0) {
        return true; /* it cannot be read, either */
    }
    if (!S_ISREG(about.st_mode)
        || (is_stdin ? follow_gzip_takes(STDIN_FILENO) : is_packed(name))) {
        return false;
    }
    off_t from = is_stdin ? lseek(STDIN_FILENO, 0, SEEK_CUR) : 0;
    *size += from < about.st_size ? (uint64_t)(about.st_size - from) : 0;
    return true;
}

static const char *const standard[] = {"-"};

uint64_t
inputs_size(const char *const *names, size_t count)
{
    uint64_t size = 0;
    names = count > 0 ? names : standard;
    for (size_t i = 0; i == 0 || i < count; i++) {
        if (!add_size(names[i], &size)) {
            return 0;
        }
    }
    return size;
}

struct inputs *
inputs_start(uv_loop_t *loop, const char *const *names, size_t count,
             const struct input_events *events)
{
    struct inputs *inputs = MEM_NEW(struct inputs);
    inputs->loop = loop;
    inputs->names = count > 0 ? names : standard;
    inputs->count = count > 0 ? count : 1;
    inputs->events = *events;
    uv_async_init(loop, &inputs->starter, on_start);
    inputs->starter.data = inputs;
    uv_async_send(&inputs->starter);
    return inputs;
}

void
inputs_read_ahead(struct inputs *inputs, const struct blocks_config *config)
{
    inputs->ahead = *config;
}

void
inputs_stop(struct inputs *inputs)
{
    inputs->is_stopped = true;
    if (inputs->stream) {
        stream_close(inputs->stream);
    }
    if (inputs->tail) {
        tail_close(inputs->tail);
    }
}

void
inputs_free(struct inputs *inputs)
{
    mem_free(inputs);
}
