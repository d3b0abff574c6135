/* SPDX-License-Identifier: Apache-2.0 */
#include "base/buf.h"
#include "scratch.h"
#include "source/tail.h"
#include "text.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

struct ear {
    uv_loop_t loop;
    struct buf bytes;
    struct tail *tail;
    bool is_closing; /* at the first bytes */
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
    if (ear->is_closing) {
        tail_close(ear->tail);
        tail_close(ear->tail);
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

static void
close_ear(struct ear *ear)
{
    uv_run(&ear->loop, UV_RUN_DEFAULT);
    assert_int_equal(uv_loop_close(&ear->loop), 0);
    buf_free(&ear->bytes);
}

static bool
read_fd(struct ear *ear, int fd, struct fault *fault)
{
    const struct source_events events = {on_bytes, on_end, ear};
    ear->tail = tail_open(&ear->loop, fd, &events, fault);
    return ear->tail != NULL;
}

static int
make_file(struct scratch *scratch, const char *name, const char *text)
{
    int fd =
        open(scratch_path(scratch, name), O_RDWR | O_CREAT | O_TRUNC, 0600);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, text, strlen(text)), (ssize_t)strlen(text));
    assert_int_equal(lseek(fd, 0, SEEK_SET), 0);
    return fd;
}

static void
a_file_is_read_once_and_closed(void **state)
{
    struct scratch *scratch = *state;
    struct ear ear;
    struct fault fault;
    open_ear(&ear);
    int fd = make_file(scratch, "x", "one\ntwo");
    assert_true(read_fd(&ear, fd, &fault));
    assert_int_equal(tail_size(ear.tail), 7);
    assert_int_equal(ear.bytes.len, 0); /* not within the call */
    uv_run(&ear.loop, UV_RUN_DEFAULT);
    assert_text(buf_slice(&ear.bytes), "one\ntwo");
    assert_int_equal(ear.ends, 1);
    assert_int_equal(ear.status, 0);
    assert_int_equal(fcntl(fd, F_GETFD), -1);
    close_ear(&ear);
}

static void
a_big_file_is_read_in_slices(void **state)
{
    struct scratch *scratch = *state;
    struct ear ear;
    struct fault fault;
    open_ear(&ear);
    int fd = make_file(scratch, "x", "");
    assert_int_equal(ftruncate(fd, 3 * SOURCE_SLICE + 5), 0);
    assert_true(read_fd(&ear, fd, &fault));
    uv_run(&ear.loop, UV_RUN_NOWAIT);
    assert_int_equal(ear.bytes.len, SOURCE_SLICE); /* timers get their turn */
    uv_run(&ear.loop, UV_RUN_DEFAULT);
    assert_int_equal(ear.bytes.len, 3 * SOURCE_SLICE + 5);
    assert_int_equal(ear.ends, 1);
    close_ear(&ear);
}

static void
it_can_be_ended_early(void **state)
{
    struct scratch *scratch = *state;
    for (int at_once = 0; at_once < 2; at_once++) {
        struct ear ear;
        struct fault fault;
        open_ear(&ear);
        ear.is_closing = true;
        int fd = make_file(scratch, "x", "");
        assert_int_equal(ftruncate(fd, 3 * SOURCE_SLICE), 0);
        assert_true(read_fd(&ear, fd, &fault));
        if (at_once) {
            tail_close(ear.tail);
        }
        uv_run(&ear.loop, UV_RUN_DEFAULT);
        assert_int_equal(ear.bytes.len, at_once ? 0 : SOURCE_SLICE);
        assert_int_equal(ear.ends, 1);
        assert_int_equal(ear.status, 0);
        close_ear(&ear);
    }
}

static void
on_look(void *ctx, unsigned thread, size_t slot, struct slice bytes)
{
    (void)ctx;
    (void)thread;
    (void)slot;
    (void)bytes;
}

static void
on_hand(void *ctx, size_t slot)
{
    size_t *handed = ctx;
    (void)slot;
    ++*handed;
}

static void
read_ahead(struct ear *ear, size_t size, uint64_t least, size_t *handed)
{
    const struct blocks_config config = {
        .threads = 2,
        .size = size,
        .least = least,
        .look = on_look,
        .hand = on_hand,
        .ctx = handed,
    };
    *handed = 0;
    tail_read_ahead(ear->tail, &config);
}

/* The same bytes, and the file stands where it does when one thread reads. */
static void
it_can_be_read_in_threads(void **state)
{
    static const struct {
        size_t size;
        uint64_t least;
        off_t from;
        size_t handed;
    } rows[] = {
        {4, 0, 0, 3},  {5, 0, 0, 3},  {9, 0, 0, 2},  {10, 0, 0, 0},
        {99, 0, 0, 0}, {4, 10, 0, 3}, {4, 11, 0, 0}, {4, 0, 3, 2},
    };

    for (size_t i = 0; i < COUNT(rows); i++) {
        struct ear ear;
        struct fault fault;
        size_t handed;
        open_ear(&ear);
        int fd = make_file(*state, "x", "0123456789");
        int twin = dup(fd);
        assert_int_equal(lseek(fd, rows[i].from, SEEK_SET), rows[i].from);
        assert_true(read_fd(&ear, fd, &fault));
        read_ahead(&ear, rows[i].size, rows[i].least, &handed);
        uv_run(&ear.loop, UV_RUN_DEFAULT);
        assert_text(buf_slice(&ear.bytes), &"0123456789"[rows[i].from]);
        assert_int_equal(handed, rows[i].handed);
        assert_int_equal(lseek(twin, 0, SEEK_CUR), 10);
        assert_int_equal(ear.ends, 1);
        assert_int_equal(ear.status, 0);
        close(twin);
        close_ear(&ear);
    }
}

/* It then stands behind what was handed out. */
static void
threads_can_be_ended_early(void **state)
{
    struct ear ear;
    struct fault fault;
    size_t handed;
    open_ear(&ear);
    ear.is_closing = true;
    int fd = make_file(*state, "x", "0123456789");
    int twin = dup(fd);
    assert_true(read_fd(&ear, fd, &fault));
    read_ahead(&ear, 4, 0, &handed);
    uv_run(&ear.loop, UV_RUN_DEFAULT);
    assert_text(buf_slice(&ear.bytes), "0123");
    assert_int_equal(lseek(twin, 0, SEEK_CUR), 4);
    assert_int_equal(ear.ends, 1);
    close(twin);
    close_ear(&ear);
}

/* What cannot be read ahead is read as ever, with its error. */
static void
a_failure_in_threads_is_told_at_the_end(void **state)
{
    struct ear ear;
    struct fault fault;
    size_t handed;
    open_ear(&ear);
    close(make_file(*state, "x", "0123456789"));
    int fd = open(scratch_path(*state, "x"), O_WRONLY);
    assert_true(read_fd(&ear, fd, &fault));
    read_ahead(&ear, 4, 0, &handed);
    uv_run(&ear.loop, UV_RUN_DEFAULT);
    assert_int_equal(ear.ends, 1);
    assert_int_equal(ear.status, UV_EBADF);
    assert_int_equal(handed, 1);
    close_ear(&ear);
}

static void
nothing_is_an_end_too(void **state)
{
    struct scratch *scratch = *state;
    int fds[] = {open("/dev/null", O_RDONLY), make_file(scratch, "x", "")};
    for (size_t i = 0; i < COUNT(fds); i++) {
        struct ear ear;
        struct fault fault;
        open_ear(&ear);
        assert_true(read_fd(&ear, fds[i], &fault));
        assert_int_equal(tail_size(ear.tail), 0);
        assert_int_equal(tail_identity(ear.tail)[0] != '\0', i == 1);
        uv_run(&ear.loop, UV_RUN_DEFAULT);
        assert_int_equal(ear.ends, 1);
        assert_int_equal(ear.status, 0);
        assert_int_equal(ear.bytes.len, 0);
        close_ear(&ear);
    }
}

static void
what_is_no_file_is_refused(void **state)
{
    struct scratch *scratch = *state;
    struct ear ear;
    struct fault fault = {0};
    open_ear(&ear);
    int folder = open(scratch->folder, O_RDONLY);
    assert_false(read_fd(&ear, folder, &fault));
    assert_int_equal(fault.kind, FAULT_INPUT);
    assert_text(slice_from(fault.text), "it is a folder, not a file");
    assert_int_equal(fcntl(folder, F_GETFD), 0); /* still the caller's */
    close(folder);
    assert_false(read_fd(&ear, -1, &fault));
    close_ear(&ear);
    assert_int_equal(ear.ends, 0);
}

/* What cannot be read is told at the end, not taken for an empty file. */
static void
a_failure_is_told_at_the_end(void **state)
{
    struct scratch *scratch = *state;
    struct ear ear;
    struct fault fault;
    open_ear(&ear);
    close(make_file(scratch, "x", "text"));
    int fd = open(scratch_path(scratch, "x"), O_WRONLY);
    assert_true(read_fd(&ear, fd, &fault));
    uv_run(&ear.loop, UV_RUN_DEFAULT);
    assert_int_equal(ear.ends, 1);
    assert_int_equal(ear.status, UV_EBADF);
    close_ear(&ear);
}

static void
identity(struct scratch *scratch, const char *name, off_t offset,
         char out[TAIL_IDENTITY])
{
    struct ear ear;
    struct fault fault;
    open_ear(&ear);
    int fd = open(scratch_path(scratch, name), O_RDONLY);
    assert_int_equal(lseek(fd, offset, SEEK_SET), offset);
    assert_true(read_fd(&ear, fd, &fault));
    snprintf(out, TAIL_IDENTITY, "%s", tail_identity(ear.tail));
    close_ear(&ear);
}

static void
a_file_is_known_again(void **state)
{
    struct scratch *scratch = *state;
    char first[TAIL_IDENTITY];
    char now[TAIL_IDENTITY];
    int fd = make_file(scratch, "x", "line one\nline two\n");
    identity(scratch, "x", 0, first);
    assert_true(slice_starts(slice_from(first), SLICE("file:")));
    /* It grows, and gets another name. */
    assert_int_equal(pwrite(fd, "more\n", 5, 18), 5);
    char old_name[640];
    snprintf(old_name, sizeof(old_name), "%s", scratch_path(scratch, "x"));
    assert_int_equal(rename(old_name, scratch_path(scratch, "y")), 0);
    identity(scratch, "y", 0, now);
    assert_string_equal(now, first);
    /* The same inode with another first line is another file. */
    assert_int_equal(pwrite(fd, "LINE", 4, 0), 4);
    identity(scratch, "y", 0, now);
    assert_string_not_equal(now, first);
    /* Whoever has read the start of it keeps that for himself. */
    identity(scratch, "y", 3, now);
    assert_string_equal(now, "");
    close(fd);
}

/* The fingerprint sees a piece of a first line that is very long. */
static void
a_long_first_line_is_known_again(void **state)
{
    struct scratch *scratch = *state;
    static char text[3000];
    char first[TAIL_IDENTITY];
    char now[TAIL_IDENTITY];
    memset(text, 'x', sizeof(text) - 1);
    int fd = make_file(scratch, "x", text);
    identity(scratch, "x", 0, first);
    assert_int_equal(pwrite(fd, "y", 1, 2999), 1);
    identity(scratch, "x", 0, now);
    assert_string_equal(now, first);
    assert_int_equal(pwrite(fd, "y", 1, 0), 1);
    identity(scratch, "x", 0, now);
    assert_string_not_equal(now, first);
    close(fd);
}

/* Closed, standard input's number would go to the next file that is opened. */
static void
standard_input_stays_open(void **state)
{
    struct scratch *scratch = *state;
    struct ear ear;
    struct fault fault;
    int saved = dup(STDIN_FILENO);
    int fd = make_file(scratch, "x", "one\n");
    assert_int_equal(dup2(fd, STDIN_FILENO), STDIN_FILENO);
    open_ear(&ear);
    assert_true(read_fd(&ear, STDIN_FILENO, &fault));
    uv_run(&ear.loop, UV_RUN_DEFAULT);
    assert_text(buf_slice(&ear.bytes), "one\n");
    assert_int_equal(fcntl(STDIN_FILENO, F_GETFD), 0);
    close_ear(&ear);
    if (saved >= 0) {
        dup2(saved, STDIN_FILENO);
        close(saved);
    }
    close(fd);
}

#define IN_SCRATCH(test) \
    cmocka_unit_test_setup_teardown(test, scratch_setup, scratch_teardown)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        IN_SCRATCH(a_file_is_read_once_and_closed),
        IN_SCRATCH(a_big_file_is_read_in_slices),
        IN_SCRATCH(it_can_be_ended_early),
        IN_SCRATCH(it_can_be_read_in_threads),
        IN_SCRATCH(threads_can_be_ended_early),
        IN_SCRATCH(a_failure_in_threads_is_told_at_the_end),
        IN_SCRATCH(nothing_is_an_end_too),
        IN_SCRATCH(what_is_no_file_is_refused),
        IN_SCRATCH(a_failure_is_told_at_the_end),
        IN_SCRATCH(a_file_is_known_again),
        IN_SCRATCH(a_long_first_line_is_known_again),
        IN_SCRATCH(standard_input_stays_open),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
