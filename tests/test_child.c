/* SPDX-License-Identifier: Apache-2.0 */
#include "guest.h"
#include "scratch.h"
#include "source/child.h"
#include "text.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

/* A test's guest and its folder, where programs of ours stand first in PATH. */
struct room {
    struct guest *guest;
    struct scratch *scratch;
    char *path;
};

static const struct child_times quick = {
    .first_delay = 1,
    .last_delay = 4,
    .well_after = CHILD_NEVER,
    .silent_after = CHILD_NEVER,
    .kill_after = 50,
};

static int
setup(void **state)
{
    struct room *room = MEM_NEW(struct room);
    void *each = NULL;
    int error = guest_setup(&each);
    room->guest = each;
    error |= scratch_setup(&each);
    room->scratch = each;
    room->path = mem_string(slice_from(getenv("PATH")));
    struct buf path = {0};
    buf_print(&path, "%s:%s", room->scratch->folder, room->path);
    setenv("PATH", buf_string(&path), 1);
    buf_free(&path);
    *state = room;
    return error;
}

static int
teardown(void **state)
{
    struct room *room = *state;
    void *each = room->guest;
    setenv("PATH", room->path, 1);
    int error = guest_teardown(&each);
    each = room->scratch;
    error |= scratch_teardown(&each);
    mem_free(room->path);
    mem_free(room);
    /* No child is left, not even one that nobody waited for. */
    return error || waitpid(-1, NULL, WNOHANG) != -1 || errno != ECHILD;
}

static struct child *
open_child(struct guest *guest, struct child_config config)
{
    struct fault fault;
    struct child *child =
        child_open(&guest->loop, &config, &guest->host, &fault);
    if (!child) {
        printf("# %s\n", fault.text);
    }
    assert_non_null(child);
    guest->source = child;
    return child;
}

static struct child *
run(struct guest *guest, const char *command)
{
    const char *const words[] = {command};
    return open_child(guest, (struct child_config){.kind = PROGRAM_COMMAND,
                                                   .arguments = words,
                                                   .argument_count = 1,
                                                   .times = quick});
}

static void
close_child(struct guest *guest)
{
    child_close(guest->source);
    child_close(guest->source);
    guest_wait(guest, guest_has_ended);
    assert_int_equal(guest->status, 0);
}

/* A program of that name in the folder. */
static void
write_program(struct room *room, const char *name, const char *script)
{
    const char *path = scratch_path(room->scratch, name);
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    fprintf(file, "#!/bin/sh\ncd '%s'\n%s", room->scratch->folder, script);
    assert_int_equal(fclose(file), 0);
    assert_int_equal(chmod(path, 0700), 0);
}

static void
what_it_prints_is_read_to_its_end(void **state)
{
    struct room *room = *state;
    struct guest *guest = room->guest;
    run(guest, "echo one; printf 'two'");
    guest_wait(guest, guest_has_ended);
    assert_text(buf_slice(&guest->bytes), "one\ntwo|");
    assert_text(buf_slice(&guest->names), "echo one; printf 'two'\n");
    assert_text(buf_slice(&guest->notices),
                "ended echo one; printf 'two': ended with status 0; it is "
                "done\n");
    assert_int_equal(guest->opens, 1);
    assert_int_equal(guest->first.identity[0], '\0');
}

static void
its_input_is_empty_and_its_group_its_own(void **state)
{
    struct room *room = *state;
    struct guest *guest = room->guest;
    run(guest, "cat; ps -o pid= -o pgid= -p $$ | tr -s ' ' | "
               "sed 's/^ //' | { read a b; [ $a = $b ] && echo own; }");
    guest_wait(guest, guest_has_ended);
    assert_text(buf_slice(&guest->bytes), "own\n|");
}

static void
much_is_read_whole(void **state)
{
    struct room *room = *state;
    struct guest *guest = room->guest;
    run(guest, "head -c 30000000 /dev/zero");
    guest_wait(guest, guest_has_ended);
    assert_int_equal(guest->bytes.len, 30000000 + 1);
}

/* Each run is an origin; the delays grow, and are told. */
static void
what_failed_is_started_again(void **state)
{
    struct room *room = *state;
    struct guest *guest = room->guest;
    write_program(room, "once",
                  "echo x >>runs\n"
                  "n=$(wc -l <runs)\n"
                  "echo run $n\n"
                  "printf 'torn'\n"
                  "[ $n -lt 5 ] || exit 0\n"
                  "echo complaint $n >&2\n"
                  "[ $n -ne 2 ] || kill -9 $$\n"
                  "exit $n\n");
    run(guest, "exec once");
    guest_wait(guest, guest_has_ended);
    assert_text(buf_slice(&guest->bytes), "run 1\ntorn|run 2\ntorn|run 3\ntorn|"
                                          "run 4\ntorn|run 5\ntorn|");
    assert_text(
        buf_slice(&guest->notices),
        "told exec once: complaint 1\n"
        "ended exec once: ended with status 1 (complaint 1); started again "
        "in 1 ms\n"
        "told exec once: complaint 2\n"
        "ended exec once: ended by signal 9 (complaint 2); started again "
        "in 2 ms\n"
        "told exec once: complaint 3\n"
        "ended exec once: ended with status 3 (complaint 3); started again "
        "in 4 ms\n"
        "told exec once: complaint 4\n"
        "ended exec once: ended with status 4 (complaint 4); started again "
        "in 4 ms\n"
        "ended exec once: ended with status 0; it is done\n");
}

static bool
has_run_often(const struct guest *guest)
{
    return guest->opens >= 4;
}

/* A run that was long enough begins the delays anew. */
static void
a_good_run_is_forgiven(void **state)
{
    struct room *room = *state;
    struct guest *guest = room->guest;
    const char *const words[] = {"exit 3"};
    struct child_config config = {.kind = PROGRAM_COMMAND,
                                  .arguments = words,
                                  .argument_count = 1,
                                  .times = quick};
    config.times.well_after = 1;
    config.times.last_delay = 60000;
    /* A shell does not start and end within a millisecond. */
    open_child(guest, config);
    guest_wait(guest, has_run_often);
    assert_int_equal(guest_count(&guest->notices, "again in 1 ms"),
                     guest->count[NOTICE_ENDED]);
    close_child(guest);
}

static void
its_complaints_are_told_line_by_line(void **state)
{
    struct room *room = *state;
    struct guest *guest = room->guest;
    run(guest, "{ printf 'a\\n\\n  b \\n'; head -c 2000 /dev/zero | tr '\\0' x;"
               " printf '\\nz\\000z\\nend'; } >&2");
    guest_wait(guest, guest_has_ended);
    assert_int_equal(guest->count[NOTICE_TOLD], 5);
    assert_int_equal(guest_count(&guest->notices, ": a\n"), 1);
    assert_int_equal(guest_count(&guest->notices, ": b\n"), 1);
    assert_int_equal(guest_count(&guest->notices, "xxx...\n"), 1);
    assert_int_equal(guest_count(&guest->notices, ": z z\n"), 1);
    assert_int_equal(guest_count(&guest->notices, ": end\n"), 1);
    assert_true(guest->notices.len < 1500);
}

static void
a_flood_of_complaints_is_counted(void **state)
{
    struct room *room = *state;
    struct guest *guest = room->guest;
    run(guest, "seq 1 1000 >&2");
    guest_wait(guest, guest_has_ended);
    assert_int_equal(guest->count[NOTICE_TOLD], 31);
    assert_int_equal(
        guest_count(&guest->notices, ": 970 more lines were not told\n"), 1);
}

/* Who left something behind that holds its stderr is not waited for. */
static void
what_it_leaves_behind_does_not_hold_it(void **state)
{
    struct room *room = *state;
    struct guest *guest = room->guest;
    run(guest, "sleep 60 >/dev/null & echo $!");
    guest_wait(guest, guest_has_ended);
    long left = strtol(buf_string(&guest->bytes), NULL, 10);
    assert_true(left > 1);
    kill((pid_t)left, SIGKILL);
}

static bool
has_line(const struct guest *guest)
{
    return slice_find_byte(buf_slice(&guest->bytes), '\n') != SLICE_NONE;
}

/* Nobody holds the pipe's other end any more. */
static void
wait_for_end(int fd)
{
    struct pollfd poll_fd = {.fd = fd, .events = POLLIN};
    char byte;
    assert_int_equal(poll(&poll_fd, 1, 20000), 1);
    assert_int_equal(read(fd, &byte, 1), 0);
    close(fd);
}

/* The shell and what it runs; both must be gone, also if they do not want. */
static void
closing_ends_the_whole_group(void **state)
{
    static const char *const commands[] = {
        "sleep 60 & echo x; wait; echo never",
        "trap '' TERM; sleep 60 & echo x; while :; do wait; done",
    };
    struct room *room = *state;
    struct guest *guest = room->guest;
    for (size_t i = 0; i < COUNT(commands); i++) {
        int held[2];
        guest->ends = 0;
        buf_clear(&guest->bytes);
        assert_int_equal(pipe(held), 0); /* by all that is started */
        run(guest, commands[i]);
        close(held[1]);
        guest_wait(guest, has_line);
        close_child(guest);
        wait_for_end(held[0]);
        assert_int_equal(guest_count(&guest->bytes, "never"), 0);
    }
    assert_int_equal(guest->notices.len, 0);
}

static void
close_it(struct guest *guest)
{
    child_close(guest->source);
}

static void
it_can_be_closed_at_any_time(void **state)
{
    struct room *room = *state;
    struct guest *guest = room->guest;
    run(guest, "echo x; sleep 60"); /* at once */
    close_child(guest);
    guest->ends = 0;
    run(guest, "echo x; sleep 60"); /* within on_bytes() */
    guest->on_bytes = close_it;
    guest_wait(guest, guest_has_ended);
    guest->on_bytes = NULL;
    guest->ends = 0;
    const char *const words[] = {"exit 1"}; /* while it waits */
    struct child_config config = {
        .kind = PROGRAM_COMMAND, .arguments = words, .argument_count = 1};
    open_child(guest, config);
    guest_wait_notice(guest, "again in 1 s");
    close_child(guest);
}

static void
a_program_that_is_not_there_is_a_fault(void **state)
{
    struct room *room = *state;
    struct fault fault = {0};
    const struct child_config config = {.kind = PROGRAM_EVENTS};
    setenv("PATH", room->scratch->folder, 1);
    assert_null(
        child_open(&room->guest->loop, &config, &room->guest->host, &fault));
    assert_int_equal(fault.kind, FAULT_SYSTEM);
    assert_text(slice_from(fault.text),
                "starting kubectl: no such file or directory");
    assert_int_equal(room->guest->opens, 0);
}

static bool
has_waited_twice(const struct guest *guest)
{
    return guest->count[NOTICE_ENDED] >= 3;
}

/* One that goes away is waited for. */
static void
a_program_that_goes_away_is_tried_again(void **state)
{
    struct room *room = *state;
    struct guest *guest = room->guest;
    setenv("PATH", room->scratch->folder, 1);
    write_program(room, "kubectl", "/bin/rm kubectl\nexit 1\n");
    open_child(guest,
               (struct child_config){.kind = PROGRAM_EVENTS, .times = quick});
    guest_wait(guest, has_waited_twice);
    assert_int_equal(
        guest_count(&guest->notices, "could not be started: no such file"),
        guest->count[NOTICE_ENDED] - 1);
    close_child(guest);
}

/* Also where the program began so late that it was silent before. */
static bool
is_silent_again(const struct guest *guest)
{
    return guest->bytes.len > 0 && guest->count[NOTICE_SILENT] % 2 == 1;
}

static void
silence_is_told_once_and_its_end(void **state)
{
    struct room *room = *state;
    struct guest *guest = room->guest;
    write_program(room, "mute",
                  "echo first\n"
                  "mkfifo gate\n"
                  "read line <gate\n"
                  "echo $line\n"
                  "read line <gate\n");
    const char *const words[] = {"exec mute"};
    struct child_config config = {.kind = PROGRAM_COMMAND,
                                  .arguments = words,
                                  .argument_count = 1,
                                  .times = quick};
    config.times.silent_after = 20;
    open_child(guest, config);
    guest_wait(guest, is_silent_again);
    assert_true(guest_count(&guest->notices, "nothing came for 20 ms") > 0);
    FILE *gate = NULL;
    while (!(gate = fopen(scratch_path(room->scratch, "gate"), "r+"))) {
        assert_int_equal(errno, ENOENT);
        uv_run(&guest->loop, UV_RUN_NOWAIT);
    }
    size_t before = guest_count(&guest->notices, "input comes again");
    fprintf(gate, "second\n");
    fflush(gate);
    guest_wait_bytes(guest, "second\n");
    assert_int_equal(guest_count(&guest->notices, "input comes again"),
                     before + 1);
    fclose(gate);
    close_child(guest);
    assert_int_equal(guest->count[NOTICE_TOLD], 0);
}

/* What kubectl tore is told again by its next run, so it is dropped. */
static void
a_watch_hands_out_whole_objects(void **state)
{
    struct room *room = *state;
    struct guest *guest = room->guest;
    struct child_times times = quick;
    times.first_delay = times.last_delay = 60000; /* there is no next run */
    write_program(room, "kubectl",
                  "echo \"$*\" >words\n"
                  "printf '{\\n  \"a\": {\\n  }\\n}\\n{\\n  \"b\": 1\\n'\n"
                  "exit 1\n");
    const char *const words[] = {"-A", "--context=x y"};
    open_child(guest, (struct child_config){.kind = PROGRAM_EVENTS,
                                            .arguments = words,
                                            .argument_count = 2,
                                            .times = times});
    guest_wait_notice(guest, "started again");
    assert_text(buf_slice(&guest->bytes), "{\n  \"a\": {\n  }\n}\n|");
    assert_text(buf_slice(&guest->names), "kubectl get events\n");
    close_child(guest);
    FILE *file = fopen(scratch_path(room->scratch, "words"), "r");
    char line[256] = "";
    assert_non_null(file);
    assert_non_null(fgets(line, sizeof(line), file));
    fclose(file);
    assert_text(slice_from(line), "get events --watch --output=json -A "
                                  "--context=x y\n");
}

/* It is not waited, but for those that come one after the other. */
static void
a_watch_that_expired_begins_anew(void **state)
{
    static const char *const endings[] = {
        "echo 'error: too old resource version: 1 (2)' >&2; exit 1\n",
        ("printf '{\\n \"kind\": \"Status\",\\n \"reason\": "
         "\"Expired\"\\n}\\n'\n"),
        "printf '{\\n \"kind\": \"Event\",\\n \"x\": \"Expired\"\\n}\\n'\n",
    };
    static const bool expired[] = {true, true, false};
    for (size_t i = 0; i < COUNT(endings); i++) {
        struct room *room = *state;
        struct guest *guest = room->guest;
        struct buf script = {0};
        buf_print(
            &script,
            "echo x >>runs%zu\n[ $(wc -l <runs%zu) -lt 3 ] || sleep 60\n%s", i,
            i, endings[i]);
        write_program(room, "kubectl", buf_string(&script));
        buf_free(&script);
        buf_clear(&guest->notices);
        memset(guest->count, 0, sizeof(guest->count));
        guest->ends = 0;
        open_child(guest, (struct child_config){.kind = PROGRAM_EVENTS,
                                                .times = quick});
        guest_wait_notice(guest, "started again in 2 ms");
        assert_int_equal(guest_count(&guest->notices, "it begins anew"),
                         expired[i] ? 2 : 0);
        assert_int_equal(guest_count(&guest->notices, "started again\n"),
                         expired[i] ? 1 : 0);
        close_child(guest);
    }
}

/* Behind the last whole line, also in the next process of ours. */
static void
journalctl_goes_on_behind_its_cursor(void **state)
{
    struct room *room = *state;
    struct guest *guest = room->guest;
    write_program(
        room, "journalctl",
        "echo \"$*\" >>words\n"
        "n=$(wc -l <words)\n"
        "[ $n -lt 3 ] || sleep 60\n"
        "printf '{\"__CURSOR\":\"s=1;i=%d\",\"MESSAGE\":\"x\"}\\n' $n 9$n\n"
        "printf '{\"MESSAGE\":\"\\\\\"__CURSOR\\\\\":\\\\\"no\\\\\"\","
        "\"__CURSOR\" : \"s=2;i=%d\"}\\n{\"__CURSOR\":\"torn\"' $n\n"
        "exit 1\n");
    const char *const words[] = {"--unit=kubelet"};
    struct child_config config = {.kind = PROGRAM_JOURNALCTL,
                                  .arguments = words,
                                  .argument_count = 1,
                                  .times = quick};
    open_child(guest, config);
    guest_wait_notice(guest, "again in 2 ms");
    assert_text(slice_from(guest->mark.cursor), "s=2;i=2");
    assert_int_equal(guest_count(&guest->bytes, "torn"), 0);
    close_child(guest);
    guest->remembered = guest->mark;
    guest->remembered.position = 77; /* of another pipe */
    guest->ends = 0;
    open_child(guest, config);
    assert_text(slice_from(guest->first.cursor), "s=2;i=2");
    assert_int_equal(guest->first.position, 0);
    close_child(guest);
    guest->ends = 0;
    const char *const others[] = {"--unit=containerd"};
    config.arguments = others;
    config.from_start = true;
    open_child(guest, config);
    assert_int_equal(guest->first.cursor[0], '\0');
    close_child(guest);
    FILE *file = fopen(scratch_path(room->scratch, "words"), "r");
    char text[1024] = "";
    assert_non_null(file);
    size_t len = fread(text, 1, sizeof(text) - 1, file);
    fclose(file);
    assert_true(slice_starts(
        slice_of(text, len),
        SLICE(
            "--follow --output=json --unit=kubelet --lines=0\n"
            "--follow --output=json --unit=kubelet --after-cursor=s=2;i=1\n")));
}

#define ROOM_TEST(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        ROOM_TEST(what_it_prints_is_read_to_its_end),
        ROOM_TEST(its_input_is_empty_and_its_group_its_own),
        ROOM_TEST(much_is_read_whole),
        ROOM_TEST(what_failed_is_started_again),
        ROOM_TEST(a_good_run_is_forgiven),
        ROOM_TEST(its_complaints_are_told_line_by_line),
        ROOM_TEST(a_flood_of_complaints_is_counted),
        ROOM_TEST(what_it_leaves_behind_does_not_hold_it),
        ROOM_TEST(closing_ends_the_whole_group),
        ROOM_TEST(it_can_be_closed_at_any_time),
        ROOM_TEST(a_program_that_is_not_there_is_a_fault),
        ROOM_TEST(a_program_that_goes_away_is_tried_again),
        ROOM_TEST(silence_is_told_once_and_its_end),
        ROOM_TEST(a_watch_hands_out_whole_objects),
        ROOM_TEST(a_watch_that_expired_begins_anew),
        ROOM_TEST(journalctl_goes_on_behind_its_cursor),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
