/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A writer and its rotation do at random what they may do, a follower looks
 * now and then, and is killed now and then, so that nothing but its committed
 * marks is left; each line is counted once all the same.
 *
 * PULLWHY_FOLLOW_SEEDS=N tries N seeds in place of some, from
 * PULLWHY_FOLLOW_SEED on.
 */
#include "base/mem.h"
#include "reckoner.h"
#include "scratch.h"
#include "text.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

enum {
    STEPS = 400, /* of one seed */
    SEEDS = 12,
    GENERATIONS = 6,
};

/* One log with its generations: NAME, NAME.1, NAME.2 or NAME.2.gz ... */
struct log {
    char path[700];
    int fd;     /* of NAME, as its writer has it */
    int old_fd; /* a writer that did not see the rotation yet; -1 */
    bool is_torn;
    size_t torn; /* the number of that line */
};

struct writer {
    struct reckoner *reckoner;
    struct log logs[2];
    size_t next; /* number of the next line */
    uint64_t random;
    char folder[512];
    struct buf steps; /* what was done */
    bool has_constant_head;
};

static unsigned
pick(struct writer *writer, unsigned below)
{
    writer->random =
        writer->random * 6364136223846793005u + 1442695040888963407u;
    return (unsigned)(writer->random >> 33) % below;
}

static void
note(struct writer *writer, const char *what)
{
    buf_print(&writer->steps, "%s ", what);
}

static void
write_text(int fd, const char *text, size_t len)
{
    assert_int_equal(write(fd, text, len), (ssize_t)len);
}

static void
write_line(struct writer *writer, int fd)
{
    char line[256];
    int len = snprintf(line, sizeof(line), "%zu %.*s\n", writer->next++,
                       (int)pick(writer, 180),
                       "PullImage failed to pull and unpack image: it is not "
                       "there, and was not there before, nor will it be there "
                       "after this, whatever anybody says of it in a log file");
    write_text(fd, line, (size_t)len);
}

static void
finish_line(struct log *log)
{
    if (log->is_torn) {
        char line[32];
        int len = snprintf(line, sizeof(line), "%zu\n", log->torn);
        write_text(log->fd, line + len / 2, (size_t)(len - len / 2));
        log->is_torn = false;
    }
}

static void
tear_line(struct writer *writer, struct log *log)
{
    char line[32];
    finish_line(log);
    log->torn = writer->next++;
    int len = snprintf(line, sizeof(line), "%zu\n", log->torn);
    write_text(log->fd, line, (size_t)(len / 2));
    log->is_torn = true;
    note(writer, "tear");
}

static void
append(struct writer *writer, struct log *log)
{
    finish_line(log);
    for (unsigned i = pick(writer, 6) + 1; i > 0; i--) {
        write_line(writer, log->fd);
    }
    note(writer, "append");
}

static void
open_log(struct log *log)
{
    log->fd = open(log->path, O_WRONLY | O_CREAT | O_APPEND, 0600);
    assert_true(log->fd >= 0);
}

static void
name_of(const struct log *log, unsigned generation, const char *end,
        char out[2000])
{
    snprintf(out, 2000, generation == 0 ? "%s" : "%s.%u%s", log->path,
             generation, end);
}

/* Whether all lines in the file are committed, so that it may go. */
static bool
is_counted(const struct writer *writer, const char *path)
{
    char line[300];
    gzFile file = gzopen(path, "rb");
    bool all = true;
    while (file && gzgets(file, line, sizeof(line))) {
        all = all && writer->reckoner->counted[strtoul(line, NULL, 10)] > 0;
    }
    if (file) {
        gzclose(file);
    }
    return all;
}

/* NAME.1 becomes NAME.2 and so on; false if the oldest is still needed. */
static bool
shift(struct writer *writer, struct log *log)
{
    char from[2000];
    char to[2000];
    for (unsigned i = GENERATIONS; i > 0; i--) {
        for (int packed = 0; packed < 2; packed++) {
            const char *end = packed ? ".gz" : "";
            name_of(log, i, end, from);
            name_of(log, i + 1, end, to);
            if (access(from, F_OK) != 0) {
                continue;
            }
            if (i == GENERATIONS) {
                if (!is_counted(writer, from)) {
                    return false;
                }
                unlink(from);
            } else {
                rename(from, to);
            }
        }
    }
    return true;
}

static void
end_late(struct log *log)
{
    if (log->old_fd >= 0) {
        close(log->old_fd);
        log->old_fd = -1;
    }
}

static void
rotate_by_name(struct writer *writer, struct log *log)
{
    char to[2000];
    finish_line(log);
    if (!shift(writer, log)) {
        return;
    }
    end_late(log);
    name_of(log, 1, "", to);
    rename(log->path, to);
    log->old_fd = log->fd;
    open_log(log);
    note(writer, "rename");
}

static void
copy_file(const char *from, const char *to)
{
    char part[4096];
    ssize_t got;
    int in = open(from, O_RDONLY);
    int out = open(to, O_WRONLY | O_CREAT | O_EXCL, 0600);
    assert_true(in >= 0 && out >= 0);
    while ((got = read(in, part, sizeof(part))) > 0) {
        write_text(out, part, (size_t)got);
    }
    close(in);
    close(out);
}

static void
rotate_by_copy(struct writer *writer, struct log *log)
{
    char to[2000];
    finish_line(log);
    if (!shift(writer, log)) {
        return;
    }
    end_late(log);
    name_of(log, 1, "", to);
    copy_file(log->path, to);
    if (pick(writer, 2) == 0) {
        reckoner_turn(writer->reckoner); /* it sees both for a while */
    }
    assert_int_equal(truncate(log->path, 0), 0);
    note(writer, "copytruncate");
    if (pick(writer, 3) == 0) {
        /* Regrown beyond where it was read, perhaps. */
        for (int i = 0; i < 40; i++) {
            write_line(writer, log->fd);
        }
    }
}

static void
pack(struct writer *writer, struct log *log)
{
    char from[2000];
    char to[2000];
    char part[4096];
    ssize_t got;
    unsigned number = pick(writer, GENERATIONS - 1) + 2;
    name_of(log, number, "", from);
    name_of(log, number, ".gz", to);
    int in = open(from, O_RDONLY);
    if (in < 0) {
        return;
    }
    struct stat info;
    fstat(in, &info);
    gzFile out = gzopen(to, "wb");
    while ((got = read(in, part, sizeof(part))) > 0) {
        gzwrite(out, part, (unsigned)got);
        if (pick(writer, 8) == 0) {
            gzflush(out, Z_SYNC_FLUSH);
            reckoner_turn(writer->reckoner);
        }
    }
    gzclose(out);
    close(in);
    const struct timespec times[] = {info.st_atim, info.st_mtim};
    utimensat(AT_FDCWD, to, times, 0);
    if (pick(writer, 2) == 0) {
        reckoner_turn(writer->reckoner);
    }
    unlink(from);
    note(writer, "pack");
}

static void
write_late(struct writer *writer, struct log *log)
{
    if (log->old_fd >= 0) {
        write_line(writer, log->old_fd);
        note(writer, "late");
    }
}

static void
start(struct writer *writer)
{
    const char *paths[] = {writer->logs[0].path, writer->folder, NULL};
    reckoner_start(writer->reckoner, false, paths);
}

static void
kill_and_start(struct writer *writer, bool is_killed)
{
    if (is_killed) {
        reckoner_kill(writer->reckoner);
    } else {
        reckoner_stop(writer->reckoner);
    }
    note(writer, is_killed ? "KILL" : "STOP");
    /* Some of the writer's doings fall into the time between. */
    for (unsigned i = pick(writer, 4); i > 0; i--) {
        struct log *log = &writer->logs[pick(writer, 2)];
        switch (pick(writer, 3)) {
        case 0:
            append(writer, log);
            break;
        case 1:
            append(writer, log);
            end_late(log);
            break;
        default:
            append(writer, log);
            break;
        }
    }
}

static void
step(struct writer *writer)
{
    struct log *log = &writer->logs[pick(writer, 2)];
    switch (pick(writer, 20)) {
    case 0:
        rotate_by_name(writer, log);
        break;
    case 1:
        if (log == &writer->logs[1]) {
            rotate_by_copy(writer, log);
        }
        break;
    case 2:
        rotate_by_name(writer, &writer->logs[0]);
        append(writer, &writer->logs[0]);
        rotate_by_name(writer, &writer->logs[0]);
        break;
    case 3:
        pack(writer, log);
        break;
    case 4:
        write_late(writer, log);
        break;
    case 5:
        tear_line(writer, log);
        break;
    case 6:
    case 7:
        reckoner_settle(writer->reckoner);
        note(writer, "settle");
        break;
    case 8:
    case 9:
        reckoner_turn(writer->reckoner);
        note(writer, "turn");
        break;
    case 10:
    case 11:
        reckoner_commit(writer->reckoner);
        note(writer, "commit");
        break;
    case 12:
        if (pick(writer, 3) > 0) {
            kill_and_start(writer, pick(writer, 4) > 0);
            start(writer);
        }
        break;
    default:
        append(writer, log);
        break;
    }
}

static bool
try_seed(const char *folder, uint64_t seed)
{
    struct writer writer = {.random = seed * 7919 + 1};
    writer.reckoner = reckoner_new();
    snprintf(writer.folder, sizeof(writer.folder), "%s/%u", folder,
             (unsigned)seed);
    assert_int_equal(mkdir(writer.folder, 0700), 0);
    for (size_t i = 0; i < 2; i++) {
        struct log *log = &writer.logs[i];
        snprintf(log->path, sizeof(log->path), "%s/%s.log", writer.folder,
                 i == 0 ? "named" : "copied");
        log->old_fd = -1;
        open_log(log);
    }
    start(&writer);
    reckoner_settle(writer.reckoner);
    reckoner_commit(writer.reckoner);
    for (int i = 0; i < STEPS; i++) {
        step(&writer);
    }
    for (size_t i = 0; i < 2; i++) {
        finish_line(&writer.logs[i]);
    }
    bool holds = reckoner_hears(writer.reckoner, writer.next);
    reckoner_stop(writer.reckoner);
    holds = holds && writer.reckoner->ends == 1 && writer.reckoner->open == 0
         && uv_loop_close(&writer.reckoner->loop) == 0;
    if (!holds) {
        printf("# seed %u: %s\n", (unsigned)seed, buf_string(&writer.steps));
    }
    for (size_t i = 0; i < 2; i++) {
        end_late(&writer.logs[i]);
        close(writer.logs[i].fd);
    }
    buf_free(&writer.steps);
    reckoner_free(writer.reckoner);
    return holds;
}

/*
 * What seeds have found. 315: a file that was empty when it was opened had no
 * mark yet when its successor's was saved, and was passed over after a kill.
 */
static void
what_was_lost_once_is_not_again(void **state)
{
    static const unsigned seeds[] = {315};
    struct scratch *scratch = *state;
    for (size_t i = 0; i < COUNT(seeds); i++) {
        assert_true(try_seed(scratch->folder, seeds[i]));
    }
}

static unsigned
setting(const char *name, unsigned usual)
{
    const char *text = getenv(name);
    return text && text[0] != '\0' ? (unsigned)strtoul(text, NULL, 10) : usual;
}

static void
each_line_is_counted_once(void **state)
{
    struct scratch *scratch = *state;
    unsigned first = setting("PULLWHY_FOLLOW_SEED", 1);
    unsigned seeds = setting("PULLWHY_FOLLOW_SEEDS", SEEDS);
    unsigned wrong = 0;
    for (unsigned seed = first; seed < first + seeds; seed++) {
        wrong += try_seed(scratch->folder, seed) ? 0 : 1;
    }
    assert_int_equal(wrong, 0);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(what_was_lost_once_is_not_again,
                                        scratch_setup, scratch_teardown),
        cmocka_unit_test_setup_teardown(each_line_is_counted_once,
                                        scratch_setup, scratch_teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
