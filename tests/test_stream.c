/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE /* O_PATH */
#include "base/buf.h"
#include "scratch.h"
#include "source/stream.h"
#include "text.h"

#include <fcntl.h>
#include <pthread.h>
#include <sys/socket.h>
#include <unistd.h>

/* What a source told, and when to stop it. */
struct ear {
    uv_loop_t loop;
    struct buf bytes;
    struct stream *stream;
    size_t close_after; /* bytes; 0: at its end */
    int ends;
    int status;
};

static void
on_bytes(void *ctx, struct slice bytes)
{
    struct ear *ear = ctx;
    assert_int_equal(ear->ends, 0);
    assert_true(bytes.len > 0 && bytes.len <= SOURCE_SLICE);
    buf_add(&ear->bytes, bytes);
    if (ear->close_after > 0 && ear->bytes.len >= ear->close_after) {
        stream_close(ear->stream);
        stream_close(ear->stream);
    }
}

static void
on_end(void *ctx, int status)
{
    struct ear *ear = ctx;
    ear->ends++;
    ear->status = status;
}

static void
open_ear(struct ear *ear)
{
    *ear = (struct ear){.status = 1};
    assert_int_equal(uv_loop_init(&ear->loop), 0);
}

/* Runs to the end; nothing is left in the loop. */
static void
close_ear(struct ear *ear)
{
    uv_run(&ear->loop, UV_RUN_DEFAULT);
    assert_int_equal(uv_loop_close(&ear->loop), 0);
    buf_free(&ear->bytes);
}

static bool
listen_to(struct ear *ear, int fd, struct fault *fault)
{
    const struct source_events events = {on_bytes, on_end, ear};
    ear->stream = stream_open(&ear->loop, fd, &events, fault);
    return ear->stream != NULL;
}

static void
a_pipe_is_read_to_its_end(void **state)
{
    (void)state;
    int ends[2];
    struct ear ear;
    struct fault fault;
    open_ear(&ear);
    assert_int_equal(pipe(ends), 0);
    assert_int_equal(write(ends[1], "one\ntwo", 7), 7);
    assert_true(stream_takes(ends[0]));
    assert_true(listen_to(&ear, ends[0], &fault));
    uv_run(&ear.loop, UV_RUN_NOWAIT);
    uv_run(&ear.loop, UV_RUN_NOWAIT);
    assert_int_equal(ear.ends, 0);
    assert_text(buf_slice(&ear.bytes), "one\ntwo");
    assert_int_equal(write(ends[1], "\n", 1), 1);
    close(ends[1]);
    uv_run(&ear.loop, UV_RUN_DEFAULT);
    assert_text(buf_slice(&ear.bytes), "one\ntwo\n");
    assert_int_equal(ear.ends, 1);
    assert_int_equal(ear.status, 0);
    assert_int_equal(fcntl(ends[0], F_GETFD), -1); /* it was closed */
    close_ear(&ear);
}

static void
a_socket_is_a_stream_too(void **state)
{
    (void)state;
    int ends[2];
    struct ear ear;
    struct fault fault;
    open_ear(&ear);
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, ends), 0);
    assert_int_equal(write(ends[1], "hello", 5), 5);
    close(ends[1]);
    assert_true(stream_takes(ends[0]));
    assert_true(listen_to(&ear, ends[0], &fault));
    uv_run(&ear.loop, UV_RUN_DEFAULT);
    assert_text(buf_slice(&ear.bytes), "hello");
    assert_int_equal(ear.ends, 1);
    close_ear(&ear);
}

static void *
write_much(void *arg)
{
    static char block[65536];
    const int *fd = arg;
    for (int i = 0; i < 64; i++) {
        size_t done = 0;
        while (done < sizeof(block)) {
            ssize_t n = write(*fd, block + done, sizeof(block) - done);
            if (n <= 0) {
                return NULL;
            }
            done += (size_t)n;
        }
    }
    close(*fd);
    return NULL;
}

/* More than the pipe holds: the kernel keeps the writer waiting. */
static void
much_is_read_whole(void **state)
{
    (void)state;
    int ends[2];
    struct ear ear;
    struct fault fault;
    pthread_t writer;
    open_ear(&ear);
    assert_int_equal(pipe(ends), 0);
    assert_true(listen_to(&ear, ends[0], &fault));
    assert_int_equal(pthread_create(&writer, NULL, write_much, &ends[1]), 0);
    uv_run(&ear.loop, UV_RUN_DEFAULT);
    pthread_join(writer, NULL);
    assert_int_equal(ear.bytes.len, 64 * 65536);
    assert_int_equal(ear.ends, 1);
    close_ear(&ear);
}

static void
it_can_be_ended_early(void **state)
{
    (void)state;
    for (size_t after = 0; after < 2; after++) {
        int ends[2];
        struct ear ear;
        struct fault fault;
        open_ear(&ear);
        ear.close_after = after;
        assert_int_equal(pipe(ends), 0);
        assert_int_equal(write(ends[1], "one", 3), 3);
        assert_true(listen_to(&ear, ends[0], &fault));
        if (after == 0) {
            stream_close(ear.stream);
            stream_close(ear.stream);
        }
        assert_int_equal(ear.ends, 0); /* not within the call */
        uv_run(&ear.loop, UV_RUN_DEFAULT);
        assert_int_equal(ear.bytes.len, after * 3);
        assert_int_equal(ear.ends, 1);
        assert_int_equal(ear.status, 0);
        close(ends[1]);
        close_ear(&ear);
    }
}

/* libuv aborts on these when they are taken for pipes. */
static void
files_are_not_streams(void **state)
{
    struct scratch *scratch = *state;
    int file = open(scratch_path(scratch, "x"), O_RDWR | O_CREAT, 0600);
    int null = open("/dev/null", O_RDONLY);
    int folder = open(scratch->folder, O_RDONLY);
    assert_true(file >= 0 && null >= 0 && folder >= 0);
    assert_false(stream_takes(file));
    assert_false(stream_takes(null));
    assert_false(stream_takes(folder));
    assert_false(stream_takes(-1));
    close(file);
    close(null);
    close(folder);
}

static void
what_cannot_be_read_is_refused(void **state)
{
    (void)state;
    int ends[2];
    struct ear ear;
    struct fault fault = {0};
    open_ear(&ear);
    assert_false(listen_to(&ear, -1, &fault));
    assert_int_equal(fault.kind, FAULT_INPUT);
    assert_text(slice_from(fault.text), "bad file descriptor");
    /* The end for writing would be waited for, for ever. */
    assert_int_equal(pipe(ends), 0);
    assert_false(listen_to(&ear, ends[1], &fault));
    assert_int_equal(fcntl(ends[1], F_GETFD), 0); /* still the caller's */
    /* Here libuv has its handle in the loop before it finds out. */
    int path = open("/dev/null", O_PATH);
    assert_false(listen_to(&ear, path, &fault));
    close(path);
    close(ends[0]);
    close(ends[1]);
    close_ear(&ear);
    assert_int_equal(ear.ends, 0);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_pipe_is_read_to_its_end),
        cmocka_unit_test(a_socket_is_a_stream_too),
        cmocka_unit_test(much_is_read_whole),
        cmocka_unit_test(it_can_be_ended_early),
        cmocka_unit_test_setup_teardown(files_are_not_streams, scratch_setup,
                                        scratch_teardown),
        cmocka_unit_test(what_cannot_be_read_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
