/* SPDX-License-Identifier: Apache-2.0 */
#include "base/buf.h"
#include "scratch.h"
#include "source/pump.h"
#include "text.h"

#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
    LINE = 16, /* bytes of a numbered line */
};

struct ear {
    uv_loop_t loop;
    struct pump *pump;
    struct buf copy;
    uint64_t missed;
    unsigned turns; /* of spinning for each chunk: a slow reader */
    bool is_closing;
    int ends;
    int status;
};

static void
on_bytes(void *ctx, struct slice bytes)
{
    struct ear *ear = ctx;
    for (volatile unsigned i = 0; i < ear->turns; i++) {
    }
    buf_add(&ear->copy, bytes);
    if (ear->is_closing) {
        pump_close(ear->pump);
        pump_close(ear->pump);
    }
}

static void
on_missed(void *ctx, uint64_t bytes)
{
    struct ear *ear = ctx;
    ear->missed += bytes;
}

static void
on_end(void *ctx, int status)
{
    struct ear *ear = ctx;
    ear->ends++;
    ear->status = status;
}

static void
run(struct ear *ear, int from, int to)
{
    struct fault fault = {0};
    const struct pump_events events = {on_bytes, on_missed, on_end, ear};
    ear->status = 1;
    assert_int_equal(uv_loop_init(&ear->loop), 0);
    ear->pump = pump_open(&ear->loop, from, to, &events, &fault);
    if (!ear->pump) {
        fail_msg("%s", fault.text);
    }
    uv_run(&ear->loop, UV_RUN_DEFAULT);
    assert_int_equal(uv_loop_close(&ear->loop), 0);
    assert_int_equal(ear->ends, 1);
}

static int
open_file(struct scratch *scratch, const char *name)
{
    int fd =
        open(scratch_path(scratch, name), O_RDWR | O_CREAT | O_TRUNC, 0600);
    assert_true(fd >= 0);
    return fd;
}

static void
fill(int fd, struct slice text)
{
    while (text.len > 0) {
        ssize_t done = write(fd, text.data, text.len);
        assert_true(done > 0);
        text = slice_after(text, (size_t)done);
    }
    assert_int_equal(lseek(fd, 0, SEEK_SET), 0);
}

static struct slice
read_all(int fd, struct buf *out)
{
    char block[65536];
    ssize_t got;
    assert_int_equal(lseek(fd, 0, SEEK_SET), 0);
    while ((got = read(fd, block, sizeof(block))) > 0) {
        buf_add(out, slice_of(block, (size_t)got));
    }
    return buf_slice(out);
}

static void
number_lines(struct buf *out, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        buf_print(out, "%015zu\n", i);
    }
}

static void
bytes_of_any_kind_are_passed_on_and_copied(void **state)
{
    struct ear ear = {0};
    struct buf text = {0};
    struct buf passed = {0};
    int from = open_file(*state, "from");
    int to = open_file(*state, "to");
    for (int i = 0; i < 300000; i++) {
        buf_add_byte(&text, (char)(i * 7 + i / 251));
    }
    fill(from, buf_slice(&text));
    run(&ear, from, to);
    assert_int_equal(ear.status, 0);
    assert_true(slice_equal(read_all(to, &passed), buf_slice(&text)));
    assert_true(slice_equal(buf_slice(&ear.copy), buf_slice(&text)));
    assert_int_equal(ear.missed, 0);
    buf_free(&text);
    buf_free(&passed);
    buf_free(&ear.copy);
    close(from);
    close(to);
}

/* The copy of a slow reader has gaps, but no torn line, and all is counted. */
static void
a_slow_reader_misses_whole_lines(void **state)
{
    struct ear ear = {.turns = 3000000};
    struct buf text = {0};
    struct buf passed = {0};
    int from = open_file(*state, "from");
    int to = open_file(*state, "to");
    number_lines(&text, 40u * 1024 * 1024 / LINE);
    fill(from, buf_slice(&text));
    run(&ear, from, to);
    assert_true(slice_equal(read_all(to, &passed), buf_slice(&text)));
    assert_true(ear.missed > 0);
    assert_int_equal(ear.copy.len + ear.missed, text.len);
    assert_int_equal(ear.missed % LINE, 0);
    for (size_t at = 0; at < ear.copy.len; at += LINE) {
        char *end = NULL;
        uint64_t number = strtoull(ear.copy.data + at, &end, 10);
        assert_int_equal(*end, '\n');
        assert_true(memcmp(text.data + number * LINE, ear.copy.data + at, LINE)
                    == 0);
    }
    buf_free(&text);
    buf_free(&passed);
    buf_free(&ear.copy);
    close(from);
    close(to);
}

static void
nobody_who_reads_ends_it(void **state)
{
    struct ear ear = {0};
    int ends[2];
    int from = open_file(*state, "from");
    fill(from, SLICE("a line\n"));
    assert_int_equal(pipe(ends), 0);
    close(ends[0]);
    run(&ear, from, ends[1]);
    assert_int_equal(ear.status, UV_EPIPE);
    buf_free(&ear.copy);
    close(ends[1]);
    close(from);
}

/* The input never ends: the writing end stays open. */
static void
closing_ends_it_while_it_waits(void **state)
{
    struct ear ear = {.is_closing = true};
    struct buf passed = {0};
    int ends[2];
    int to = open_file(*state, "to");
    assert_int_equal(pipe(ends), 0);
    assert_int_equal(write(ends[1], "a line\n", 7), 7);
    run(&ear, ends[0], to);
    assert_int_equal(ear.status, 0);
    assert_text(read_all(to, &passed), "a line\n");
    buf_free(&ear.copy);
    buf_free(&passed);
    close(ends[0]);
    close(ends[1]);
    close(to);
}

#define IN_SCRATCH(test) \
    cmocka_unit_test_setup_teardown(test, scratch_setup, scratch_teardown)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        IN_SCRATCH(bytes_of_any_kind_are_passed_on_and_copied),
        IN_SCRATCH(a_slow_reader_misses_whole_lines),
        IN_SCRATCH(nobody_who_reads_ends_it),
        IN_SCRATCH(closing_ends_it_while_it_waits),
    };
    (void)signal(SIGPIPE, SIG_IGN);
    return cmocka_run_group_tests_name("pump", tests, NULL, NULL);
}
