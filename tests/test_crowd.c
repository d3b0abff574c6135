/* SPDX-License-Identifier: Apache-2.0 */
/*
 * More older generations are open than are held for their writers. What is
 * closed to make room may be written to all the same.
 */
#include "base/mem.h"
#include "reckoner.h"
#include "scratch.h"
#include "text.h"

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
    CROWD = 70, /* more than are held open */
};

struct crowd {
    struct scratch *scratch;
    struct reckoner *reckoner;
    char folder[640];
    size_t next; /* the number of the next line */
    int fd;      /* of app.log's writer, which keeps it through a rotation */
};

static const char *
path_of(struct crowd *crowd, const char *name)
{
    static char path[700];
    snprintf(path, sizeof(path), "%s/%s", crowd->folder, name);
    return path;
}

static void
write_text(int fd, const char *text)
{
    assert_int_equal(write(fd, text, strlen(text)), (ssize_t)strlen(text));
}

static void
write_line(struct crowd *crowd, int fd)
{
    char line[64];
    snprintf(line, sizeof(line), "%zu failed to pull\n", crowd->next++);
    write_text(fd, line);
}

static int
open_log(struct crowd *crowd, const char *name)
{
    int fd = open(path_of(crowd, name), O_WRONLY | O_CREAT | O_APPEND | O_EXCL,
                  0600);
    assert_true(fd >= 0);
    return fd;
}

static void
rotate(struct crowd *crowd, const char *name, const char *to)
{
    char from[700];
    snprintf(from, sizeof(from), "%s", path_of(crowd, name));
    assert_int_equal(rename(from, path_of(crowd, to)), 0);
}

static void
start(struct crowd *crowd)
{
    /* In this order, so that room is wanted of app.log first. */
    char app[700];
    snprintf(app, sizeof(app), "%s", path_of(crowd, "app.log"));
    const char *paths[] = {app, path_of(crowd, "full.log"), NULL};
    reckoner_start(crowd->reckoner, true, paths);
    assert_true(reckoner_hears(crowd->reckoner, crowd->next));
}

/* There is app.log, and another log with many generations. */
static int
setup(void **state)
{
    struct crowd *crowd = MEM_NEW(struct crowd);
    void *scratch;
    int status = scratch_setup(&scratch);
    crowd->scratch = scratch;
    crowd->reckoner = reckoner_new();
    snprintf(crowd->folder, sizeof(crowd->folder), "%s/logs",
             crowd->scratch->folder);
    assert_int_equal(mkdir(crowd->folder, 0700), 0);
    *state = crowd;
    for (int i = CROWD; i >= 0; i--) {
        char name[32];
        snprintf(name, sizeof(name), i > 0 ? "full.log.%d" : "full.log", i);
        int fd = open_log(crowd, name);
        write_line(crowd, fd);
        close(fd);
    }
    crowd->fd = open_log(crowd, "app.log");
    write_line(crowd, crowd->fd);
    return status;
}

static int
teardown(void **state)
{
    struct crowd *crowd = *state;
    void *scratch = crowd->scratch;
    close(crowd->fd);
    reckoner_stop(crowd->reckoner);
    assert_int_equal(crowd->reckoner->ends, 1);
    assert_int_equal(crowd->reckoner->open, 0);
    assert_int_equal(uv_loop_close(&crowd->reckoner->loop), 0);
    reckoner_free(crowd->reckoner);
    mem_free(crowd);
    return scratch_teardown(&scratch);
}

/* app.log is rotated; its writer has not heard of it. */
static void
rotate_app(struct crowd *crowd)
{
    rotate(crowd, "app.log", "app.log.1");
    int fd = open_log(crowd, "app.log");
    write_line(crowd, fd);
    close(fd);
    reckoner_settle(crowd->reckoner);
}

static size_t
closed(const struct reckoner *reckoner)
{
    return reckoner->opened - reckoner->open;
}

static bool
has_closed(struct reckoner *reckoner, const void *what)
{
    const size_t *count = what;
    return closed(reckoner) >= *count;
}

/* Others are closed in its place, though it was read before them. */
static void
a_torn_line_is_waited_for(void **state)
{
    struct crowd *crowd = *state;
    char line[64];
    snprintf(line, sizeof(line), "%zu fai", crowd->next);
    write_text(crowd->fd, line);
    start(crowd);
    crowd->next++;
    size_t count = closed(crowd->reckoner) + 1;
    rotate_app(crowd);
    assert_true(reckoner_wait(crowd->reckoner, has_closed, &count));
    write_text(crowd->fd, "led to pull\n");
    assert_true(reckoner_hears(crowd->reckoner, crowd->next));
    assert_int_equal(crowd->reckoner->others, 0);
}

/* No more often than once in a second, however slow this runs. */
static void
who_writes_on_is_not_closed_each_time(void **state)
{
    enum {
        LINES = 20,
    };
    struct crowd *crowd = *state;
    start(crowd);
    rotate_app(crowd);
    size_t opened = crowd->reckoner->opened;
    uint64_t began = uv_hrtime();
    for (int i = 0; i < LINES; i++) {
        write_line(crowd, crowd->fd);
        reckoner_settle(crowd->reckoner);
    }
    uint64_t seconds = (uv_hrtime() - began) / 1000000000 + 1;
    assert_true(crowd->reckoner->opened - opened <= seconds);
    assert_true(reckoner_hears(crowd->reckoner, crowd->next));
}

/* Closed and read on, before anybody saved how far it was read. */
static void
what_is_read_on_is_marked(void **state)
{
    struct crowd *crowd = *state;
    struct reckoner *reckoner = crowd->reckoner;
    start(crowd);
    size_t count = closed(reckoner) + 1;
    reckoner_commit(reckoner);
    rotate_app(crowd);
    assert_true(reckoner_wait(reckoner, has_closed, &count));
    write_line(crowd, crowd->fd);
    assert_true(reckoner_hears(reckoner, crowd->next));
    count++;
    assert_true(reckoner_wait(reckoner, has_closed, &count));
    reckoner_commit(reckoner);
    write_line(crowd, crowd->fd);
    reckoner_kill(reckoner);
    start(crowd);
}

#define CROWDED(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        CROWDED(a_torn_line_is_waited_for),
        CROWDED(who_writes_on_is_not_closed_each_time),
        CROWDED(what_is_read_on_is_marked),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
