/* SPDX-License-Identifier: Apache-2.0 */
#include "reckoner.h"
#include "scratch.h"
#include "source/follow_file.h"
#include "source/follow_names.h"
#include "source/identity.h"
#include "text.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

struct place {
    struct scratch *scratch;
    struct reckoner *reckoner;
    char path[3][640];
};

static const char *
at(struct place *place, const char *name)
{
    static char path[700];
    snprintf(path, sizeof(path), "%s/%s", place->scratch->folder, name);
    return path;
}

/* Lines [from, to) at the end of a file. */
static void
append(struct place *place, const char *name, size_t from, size_t to)
{
    FILE *file = fopen(at(place, name), "a");
    assert_non_null(file);
    for (size_t i = from; i < to; i++) {
        fprintf(file, "%zu failed to pull, as it did before, and why\n", i);
    }
    assert_int_equal(fclose(file), 0);
}

static void
append_text(struct place *place, const char *name, const char *text)
{
    int fd = open(at(place, name), O_WRONLY | O_CREAT | O_APPEND, 0600);
    assert_int_equal(write(fd, text, strlen(text)), (ssize_t)strlen(text));
    close(fd);
}

static void
move(struct place *place, const char *from, const char *to)
{
    char old[700];
    snprintf(old, sizeof(old), "%s", at(place, from));
    assert_int_equal(rename(old, at(place, to)), 0);
}

static void
copy(struct place *place, const char *from, const char *to)
{
    static char text[1 << 16];
    int fd = open(at(place, from), O_RDONLY);
    ssize_t got = read(fd, text, sizeof(text));
    close(fd);
    fd = open(at(place, to), O_WRONLY | O_CREAT | O_EXCL, 0600);
    assert_int_equal(write(fd, text, (size_t)got), got);
    close(fd);
}

static void
make_folder(struct place *place, const char *name)
{
    assert_int_equal(mkdir(at(place, name), 0700), 0);
}

static void
start_at(struct place *place, bool from_start, const char *name)
{
    const char *paths[] = {at(place, name), NULL};
    reckoner_start(place->reckoner, from_start, paths);
    reckoner_settle(place->reckoner);
}

/* app.log is there with lines [0, 3), and followed from its start. */
static void
start(struct place *place)
{
    append(place, "app.log", 0, 3);
    start_at(place, true, "app.log");
    assert_true(reckoner_hears(place->reckoner, 3));
}

static int
setup(void **state)
{
    struct place *place = MEM_NEW(struct place);
    void *scratch;
    int status = scratch_setup(&scratch);
    place->scratch = scratch;
    place->reckoner = reckoner_new();
    *state = place;
    return status;
}

static int
teardown(void **state)
{
    struct place *place = *state;
    void *scratch = place->scratch;
    struct reckoner *reckoner = place->reckoner;
    if (reckoner->follow) {
        reckoner_stop(reckoner);
    }
    assert_int_equal(reckoner->ends, 1);
    assert_int_equal(reckoner->open, 0);
    assert_int_equal(uv_loop_close(&reckoner->loop), 0);
    reckoner_free(reckoner);
    mem_free(place);
    return scratch_teardown(&scratch);
}

static void
a_file_grows(void **state)
{
    struct place *place = *state;
    start(place);
    append(place, "app.log", 3, 5);
    assert_true(reckoner_hears(place->reckoner, 5));
    append_text(place, "app.log", "5 to");
    reckoner_settle(place->reckoner);
    assert_int_equal(reckoner_count(place->reckoner, 5), 0);
    append_text(place, "app.log", "rn\n");
    assert_true(reckoner_hears(place->reckoner, 6));
}

static void
what_was_there_is_passed_over(void **state)
{
    struct place *place = *state;
    append(place, "app.log", 10, 13);
    append_text(place, "app.log", "0 to"); /* and not from within a line */
    append(place, "app.log.1", 20, 23);
    start_at(place, false, "app.log");
    append_text(place, "app.log", "rn\n");
    append(place, "app.log", 1, 4);
    assert_true(reckoner_hears(place->reckoner, 4));
}

static void
what_was_left_of_a_rotation_is_read(void **state)
{
    struct place *place = *state;
    append(place, "app.log.1", 0, 3);
    append(place, "app.log", 3, 5);
    start_at(place, true, "app.log");
    assert_true(reckoner_hears(place->reckoner, 5));
}

static void
a_renamed_file_is_finished(void **state)
{
    struct place *place = *state;
    start(place);
    append(place, "app.log", 3, 6);
    move(place, "app.log", "app.log.1");
    append(place, "app.log", 6, 8);
    append(place, "app.log.1", 8, 9); /* its writer is late */
    assert_true(reckoner_hears(place->reckoner, 9));
    append(place, "app.log.1", 9, 10);
    assert_true(reckoner_hears(place->reckoner, 10));
    assert_int_equal(place->reckoner->notices[NOTICE_ROTATED], 1);
    assert_int_equal(place->reckoner->notices[NOTICE_LOST], 0);
}

static void
several_rotations_in_one_look(void **state)
{
    struct place *place = *state;
    start(place);
    for (size_t i = 3; i < 9; i += 2) {
        move(place, "app.log",
             i == 3   ? "app.log.3"
             : i == 5 ? "app.log.2"
                      : "app.log.1");
        append(place, "app.log", i, i + 2);
    }
    assert_true(reckoner_hears(place->reckoner, 9));
}

static void
a_copy_is_not_read_again(void **state)
{
    struct place *place = *state;
    start(place);
    append(place, "app.log", 3, 5);
    copy(place, "app.log", "app.log.1");
    reckoner_settle(place->reckoner);
    append(place, "app.log", 5, 6);
    assert_true(reckoner_hears(place->reckoner, 6));
}

static void
a_cut_file_goes_on_in_its_copy(void **state)
{
    struct place *place = *state;
    start(place);
    append(place, "app.log", 3, 5);
    copy(place, "app.log", "app.log.1");
    assert_int_equal(truncate(at(place, "app.log"), 0), 0);
    append(place, "app.log", 5, 6);
    assert_true(reckoner_hears(place->reckoner, 6));
    assert_int_equal(place->reckoner->notices[NOTICE_TRUNCATED], 1);
    assert_int_equal(place->reckoner->notices[NOTICE_LOST], 1);
}

/* By its size alone nobody would see it. */
static void
a_cut_file_that_grew_again_is_seen(void **state)
{
    struct place *place = *state;
    start(place);
    copy(place, "app.log", "app.log.1");
    assert_int_equal(truncate(at(place, "app.log"), 0), 0);
    append(place, "app.log", 3, 30);
    assert_true(reckoner_hears(place->reckoner, 30));
    assert_int_equal(place->reckoner->notices[NOTICE_TRUNCATED], 1);
}

static void
a_loss_is_told(void **state)
{
    struct place *place = *state;
    struct follow_statistics statistics;
    start(place);
    assert_int_equal(truncate(at(place, "app.log"), 0), 0);
    append(place, "app.log", 3, 4);
    assert_true(reckoner_hears(place->reckoner, 4));
    assert_int_equal(place->reckoner->notices[NOTICE_LOST], 1);
    assert_non_null(strstr(buf_string(&place->reckoner->told), "no copy"));
    follow_statistics(place->reckoner->follow, &statistics);
    assert_int_equal(statistics.truncations, 1);
}

/* Its writer goes on where it was, behind a hole. */
static void
a_hole_is_passed_over(void **state)
{
    struct place *place = *state;
    start(place);
    int fd = open(at(place, "app.log"), O_WRONLY);
    assert_int_equal(ftruncate(fd, 0), 0);
    reckoner_settle(place->reckoner);
    assert_int_equal(pwrite(fd, "3 behind\n", 9, 100000), 9);
    close(fd);
    assert_true(reckoner_hears(place->reckoner, 4));
    assert_int_equal(place->reckoner->others, 0);
}

static void
removed_and_back_again(void **state)
{
    struct place *place = *state;
    start(place);
    unlink(at(place, "app.log"));
    reckoner_settle(place->reckoner);
    append(place, "app.log", 3, 5);
    assert_true(reckoner_hears(place->reckoner, 5));
}

static bool
has_told(struct reckoner *reckoner, const void *what)
{
    return strstr(buf_string(&reckoner->told), what) != NULL;
}

static void
what_is_not_there_is_waited_for(void **state)
{
    struct place *place = *state;
    start_at(place, false, "later/app.log");
    assert_true(reckoner_wait(place->reckoner, has_told, "waiting for it"));
    make_folder(place, "later");
    append(place, "later/app.log", 0, 2);
    assert_true(reckoner_hears(place->reckoner, 2));
    assert_int_equal(place->reckoner->notices[NOTICE_TOLD], 1);
}

static void
a_folder_is_gone_through(void **state)
{
    struct place *place = *state;
    make_folder(place, "logs");
    make_folder(place, "logs/a");
    append(place, "logs/a/x.log", 0, 2);
    append(place, "logs/a/x.log.gz", 50, 52); /* none of it is read */
    append(place, "logs/.hidden.log", 52, 53);
    append(place, "logs/wtmp", 53, 54);
    start_at(place, false, "logs");
    append(place, "logs/a/x.log", 100, 101);
    append(place, "logs/new", 101, 102);
    make_folder(place, "logs/b");
    append(place, "logs/b/y.log", 102, 103);
    move(place, "logs/b/y.log", "logs/b/y.log.1");
    append(place, "logs/b/y.log", 103, 104);
    append(place, "logs/b/y.log.1", 104, 105);
    for (size_t i = 100; i < 105; i++) {
        reckoner_settle(place->reckoner);
    }
    for (size_t i = 0; i < 105; i++) {
        assert_int_equal(reckoner_count(place->reckoner, i), i >= 100);
    }
}

static void
a_pattern_finds_new_files(void **state)
{
    struct place *place = *state;
    make_folder(place, "pods");
    start_at(place, false, "pods/*/*/*.log");
    make_folder(place, "pods/web_1");
    make_folder(place, "pods/web_1/app");
    append(place, "pods/web_1/app/0.log", 0, 3);
    append(place, "pods/web_1/app/0.txt", 50, 53);
    assert_true(reckoner_hears(place->reckoner, 3));
    move(place, "pods/web_1/app/0.log", "pods/web_1/app/0.log.20261123-163000");
    append(place, "pods/web_1/app/0.log", 3, 5);
    assert_true(reckoner_hears(place->reckoner, 5));
}

static void
a_link_is_followed_to_where_it_leads(void **state)
{
    struct place *place = *state;
    char target[700];
    make_folder(place, "real");
    append(place, "real/0.log", 0, 2);
    snprintf(target, sizeof(target), "%s", at(place, "real/0.log"));
    assert_int_equal(symlink(target, at(place, "link.log")), 0);
    start_at(place, true, "link.log");
    append(place, "real/0.log", 2, 3);
    assert_true(reckoner_hears(place->reckoner, 3));
    move(place, "real/0.log", "real/0.log.20261123-163000");
    append(place, "real/0.log", 3, 4);
    assert_true(reckoner_hears(place->reckoner, 4));
    append(place, "real/1.log", 4, 6);
    unlink(at(place, "link.log"));
    snprintf(target, sizeof(target), "%s", at(place, "real/1.log"));
    assert_int_equal(symlink(target, at(place, "link.log")), 0);
    assert_true(reckoner_hears(place->reckoner, 6));
}

static void
a_fifo_is_read_as_it_comes(void **state)
{
    struct place *place = *state;
    assert_int_equal(mkfifo(at(place, "pipe"), 0600), 0);
    start_at(place, false, "pipe");
    int fd = open(at(place, "pipe"), O_WRONLY | O_NONBLOCK);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, "0\n1\n", 4), 4);
    assert_true(reckoner_hears(place->reckoner, 2));
    close(fd);
}

static void
a_file_that_is_refused_stops_no_other(void **state)
{
    struct place *place = *state;
    make_folder(place, "logs");
    make_folder(place, "logs/x.log"); /* no file */
    append(place, "logs/y.log", 0, 2);
    assert_int_equal(symlink("x.log", at(place, "logs/z.log")), 0);
    const char *folder = at(place, "logs/*.log");
    const char *paths[] = {folder, "/dev/null", NULL};
    reckoner_start(place->reckoner, true, paths);
    assert_true(reckoner_hears(place->reckoner, 2));
    assert_true(reckoner_wait(place->reckoner, has_told, "neither a file"));
}

/* Stopped or killed, renamed, packed, cut short or replaced in between. */
static void
it_goes_on_where_it_was(void **state)
{
    struct place *place = *state;
    start(place);
    reckoner_stop(place->reckoner);
    append(place, "app.log", 3, 5);
    start_at(place, true, "app.log");
    assert_true(reckoner_hears(place->reckoner, 5));
    append(place, "app.log", 5, 7);
    assert_true(reckoner_hears(place->reckoner, 7));
    reckoner_kill(place->reckoner); /* 5 and 6 were not committed */
    append(place, "app.log", 7, 8);
    move(place, "app.log", "app.log.2");
    append(place, "app.log", 8, 10);
    move(place, "app.log", "app.log.1");
    append(place, "app.log", 10, 11);
    start_at(place, true, "app.log");
    assert_true(reckoner_hears(place->reckoner, 11));
}

static void
pack(struct place *place, const char *from, const char *to)
{
    static char text[1 << 16];
    int fd = open(at(place, from), O_RDONLY);
    ssize_t got = read(fd, text, sizeof(text));
    close(fd);
    gzFile file = gzopen(at(place, to), "wb"); /* of an inode of its own */
    assert_int_equal(gzwrite(file, text, (unsigned)got), got);
    assert_int_equal(gzclose(file), Z_OK);
    unlink(at(place, from));
}

static void
it_goes_on_in_a_packed_file(void **state)
{
    struct place *place = *state;
    start(place);
    reckoner_stop(place->reckoner);
    append(place, "app.log", 3, 5); /* the rest of what was read in part */
    pack(place, "app.log", "app.log.2.gz");
    append(place, "app.log", 5, 7);
    pack(place, "app.log", "app.log.1.gz");
    append(place, "app.log", 7, 8);
    start_at(place, false, "app.log");
    assert_true(reckoner_hears(place->reckoner, 8));
}

/* More than a few hundred, each read, then packed while nobody looked. */
static void
it_knows_many_generations(void **state)
{
    enum {
        GENERATIONS = 300
    };

    struct place *place = *state;
    char name[32];
    char packed[32];
    for (size_t i = 0; i < GENERATIONS; i++) {
        snprintf(name, sizeof(name), "app.log.%zu", GENERATIONS - i);
        append(place, name, i, i + 1);
    }
    start_at(place, true, "app.log");
    reckoner_stop(place->reckoner);
    for (size_t i = 1; i <= GENERATIONS; i++) {
        snprintf(name, sizeof(name), "app.log.%zu", i);
        snprintf(packed, sizeof(packed), "app.log.%zu.gz", i);
        pack(place, name, packed);
    }
    start_at(place, true, "app.log");
    assert_true(reckoner_hears(place->reckoner, GENERATIONS));
}

static void
an_inode_alone_is_nobody(void **state)
{
    struct place *place = *state;
    start(place);
    reckoner_stop(place->reckoner);
    /* The same inode with another content, longer than what was read. */
    assert_int_equal(truncate(at(place, "app.log"), 0), 0);
    append(place, "app.log", 3, 20);
    start_at(place, false, "app.log");
    assert_true(reckoner_hears(place->reckoner, 20));
    assert_int_equal(place->reckoner->notices[NOTICE_TRUNCATED], 1);
}

/* Each generation begins alike. */
static void
a_heading_is_no_identity(void **state)
{
    struct place *place = *state;
    append_text(place, "app.log", "heading of each file\n");
    append(place, "app.log", 0, 4);
    start_at(place, true, "app.log");
    assert_true(reckoner_hears(place->reckoner, 4));
    move(place, "app.log", "app.log.2");
    append_text(place, "app.log", "heading of each file\n");
    append(place, "app.log", 4, 6);
    move(place, "app.log", "app.log.1");
    append_text(place, "app.log", "heading of each file\n");
    append(place, "app.log", 6, 15);
    assert_true(reckoner_hears(place->reckoner, 15));
    reckoner_stop(place->reckoner);
    assert_int_equal(truncate(at(place, "app.log"), 0), 0);
    append_text(place, "app.log", "heading of each file\n");
    append(place, "app.log", 15, 40);
    start_at(place, true, "app.log");
    assert_true(reckoner_hears(place->reckoner, 40));
}

static void
it_ends_when_it_is_told_to(void **state)
{
    struct place *place = *state;
    append(place, "app.log", 0, 3);
    place->reckoner->closes_at_bytes = true;
    start_at(place, true, "app.log");
    append(place, "app.log", 3, 6);
    uv_run(&place->reckoner->loop, UV_RUN_DEFAULT);
    place->reckoner->follow = NULL;
    assert_int_equal(reckoner_count(place->reckoner, 3), 0);
}

static void
names_tell_generations(void **state)
{
    static const struct {
        const char *base;
        const char *name;
        bool is_older;
    } cases[] = {
        {"app.log", "app.log.1", true},
        {"app.log", "app.log.1.gz", true},
        {"app.log", "app.log-20261123", true},
        {"app.log", "app.log-20261123.gz", true},
        {"app.log", "app-20261123.log", true},
        {"app.log", "app-2026-11-23T16-30-00.000.log.gz", true},
        {"app.log", "app.1.log", true},
        {"app.log", "app.log.old", true},
        {"app.log", "app.log.gz", true},
        {"0.log", "0.log.20261123-163000", true},
        {"0.log", "0.log.20261123-163000.gz", true},
        {"syslog", "syslog.1", true},
        {"app.log", "app.log", false},
        {"app.log", "app.error.log", false},
        {"app.log", "app-2.log", false},
        {"app.log", "app.log.tmp", false},
        {"app.log", "application.log.1", false},
        {"0.log", "1.log", false},
        {"app.log", "app.log.", false},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        if (follow_names_is_older(slice_from(cases[i].base),
                                  slice_from(cases[i].name))
            != cases[i].is_older) {
            fail_msg("%s and %s", cases[i].base, cases[i].name);
        }
    }
    assert_true(follow_names_is_log(SLICE("app-20261123.log")));
    assert_true(follow_names_is_log(SLICE("kubelet")));
    assert_false(follow_names_is_log(SLICE("kubelet.1")));
    assert_false(follow_names_is_log(SLICE("app.log.zst")));
}

static void
identities_are_read_back(void **state)
{
    char text[SOURCE_IDENTITY];
    uint64_t device;
    uint64_t inode;
    uint64_t fingerprint;
    (void)state;
    identity_write(text, 7, UINT64_MAX, 0xfedcba9876543210);
    assert_true(identity_read(text, &device, &inode, &fingerprint));
    assert_int_equal(device, 7);
    assert_int_equal(inode, UINT64_MAX);
    assert_int_equal(fingerprint, 0xfedcba9876543210);
    assert_false(identity_read("watch:12", &device, &inode, &fingerprint));
    assert_false(identity_read("file:1:2:3", &device, &inode, &fingerprint));
}

#define FOLLOWING(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        FOLLOWING(a_file_grows),
        FOLLOWING(what_was_there_is_passed_over),
        FOLLOWING(what_was_left_of_a_rotation_is_read),
        FOLLOWING(a_renamed_file_is_finished),
        FOLLOWING(several_rotations_in_one_look),
        FOLLOWING(a_copy_is_not_read_again),
        FOLLOWING(a_cut_file_goes_on_in_its_copy),
        FOLLOWING(a_cut_file_that_grew_again_is_seen),
        FOLLOWING(a_loss_is_told),
        FOLLOWING(a_hole_is_passed_over),
        FOLLOWING(removed_and_back_again),
        FOLLOWING(what_is_not_there_is_waited_for),
        FOLLOWING(a_folder_is_gone_through),
        FOLLOWING(a_pattern_finds_new_files),
        FOLLOWING(a_link_is_followed_to_where_it_leads),
        FOLLOWING(a_fifo_is_read_as_it_comes),
        FOLLOWING(a_file_that_is_refused_stops_no_other),
        FOLLOWING(it_goes_on_where_it_was),
        FOLLOWING(it_goes_on_in_a_packed_file),
        FOLLOWING(it_knows_many_generations),
        FOLLOWING(an_inode_alone_is_nobody),
        FOLLOWING(a_heading_is_no_identity),
        FOLLOWING(it_ends_when_it_is_told_to),
        cmocka_unit_test(names_tell_generations),
        cmocka_unit_test(identities_are_read_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
