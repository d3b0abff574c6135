/* SPDX-License-Identifier: Apache-2.0 */
#include "guest.h"
#include "scratch.h"
#include "source/journald.h"
#include "text.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define REMOTE "/lib/systemd/systemd-journal-remote"

/* A folder of journal files, made by systemd itself from export text. */
struct room {
    struct guest *guest;
    struct scratch *scratch;
    struct buf text;  /* what is written next */
    uint64_t written; /* entries so far */
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
    *state = room;
    return error;
}

static int
teardown(void **state)
{
    struct room *room = *state;
    void *each = room->guest;
    int error = guest_teardown(&each);
    each = room->scratch;
    error |= scratch_teardown(&each);
    buf_free(&room->text);
    mem_free(room);
    return error;
}

/* A unit that begins with "-" is an identifier alone. */
static void
add(struct room *room, const char *unit, struct slice message)
{
    struct buf *text = &room->text;
    uint64_t time = ++room->written * 1000;
    buf_print(text,
              "__REALTIME_TIMESTAMP=%" PRIu64 "\n__MONOTONIC_TIMESTAMP=%" PRIu64
              "\n_BOOT_ID=aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\n_HOSTNAME=node-1\n"
              "_PID=7\nSYSLOG_IDENTIFIER=%s\nPRIORITY=3\n",
              1700000000000000 + time, time, unit + (*unit == '-'));
    if (*unit != '-') {
        buf_print(text, "_SYSTEMD_UNIT=%s.service\n", unit);
    }
    buf_add_text(text, "MESSAGE\n");
    for (size_t i = 0; i < 8; i++) {
        buf_add_byte(text, (char)((uint64_t)message.len >> (8 * i)));
    }
    buf_add(text, message);
    buf_add_text(text, "\n\n");
}

/* Messages "n=1;", "n=2;" of kubelet, with noise of sshd between. */
static void
add_numbers(struct room *room, size_t first, size_t count)
{
    for (size_t i = first; i < first + count; i++) {
        char text[32];
        int len = snprintf(text, sizeof(text), "n=%zu;", i);
        add(room, "sshd", SLICE("noise"));
        add(room, "kubelet", slice_of(text, (size_t)len));
    }
}

/* To the end of a file, which may be new. */
static void
store(struct room *room, const char *name)
{
    char command[2048];
    const char *path = scratch_path(room->scratch, "export");
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    assert_int_equal(fwrite(room->text.data, 1, room->text.len, file),
                     room->text.len);
    assert_int_equal(fclose(file), 0);
    buf_clear(&room->text);
    snprintf(command, sizeof(command),
             REMOTE " -o '%s/%s' - <'%s' >/dev/null 2>&1",
             room->scratch->folder, name, path);
    assert_int_equal(system(command), 0);
}

static const char *const kubelet[] = {"kubelet"};

static struct journald_config
config_of(const struct room *room)
{
    return (struct journald_config){
        .folder = room->scratch->folder,
        .units = kubelet,
        .unit_count = 1,
        .from_start = true,
        .poll_ms = 20,
    };
}

static void
start(struct room *room, const struct journald_config *config)
{
    struct guest *guest = room->guest;
    struct fault fault;
    guest->ends = 0;
    guest->source = journald_open(&guest->loop, config, &guest->host, &fault);
    if (!guest->source) {
        printf("# %s\n", fault.text);
    }
    assert_non_null(guest->source);
}

/* Its mark is remembered for the next time. */
static void
stop(struct guest *guest)
{
    journald_close(guest->source);
    journald_close(guest->source);
    guest_wait(guest, guest_has_ended);
    guest->remembered = guest->mark;
}

/* They were read once, in their order, and nothing of sshd's. */
static void
assert_numbers(struct guest *guest, size_t first, size_t last)
{
    struct slice rest = buf_slice(&guest->bytes);
    struct slice text;
    for (size_t i = first; i <= last; i++) {
        char number[32];
        snprintf(number, sizeof(number), "%zu", i);
        assert_true(slice_cut_text(&rest, SLICE("\"n="), &text));
        assert_true(slice_cut(&rest, ';', &text));
        assert_text(text, number);
    }
    assert_true(slice_find(rest, SLICE("\"n=")) == SLICE_NONE);
    assert_int_equal(guest_count(&guest->bytes, "noise"), 0);
}

static void
wanted_units_alone_are_read(void **state)
{
    struct room *room = *state;
    struct guest *guest = room->guest;
    const char *const units[] = {"kubelet", "containerd.service"};
    struct journald_config config = config_of(room);
    config.units = units;
    config.unit_count = 2;
    add(room, "kubelet", SLICE("one"));
    add(room, "sshd", SLICE("two"));
    add(room, "containerd", SLICE("three"));
    add(room, "-containerd", SLICE("four"));
    add(room, "kubelet-other", SLICE("five"));
    store(room, "a.journal");
    start(room, &config);
    guest_wait_bytes(guest, "four");
    stop(guest);
    assert_text(
        buf_slice(&guest->bytes),
        "{\"__REALTIME_TIMESTAMP\":\"1700000000001000\",\"PRIORITY\":\"3\","
        "\"SYSLOG_IDENTIFIER\":\"kubelet\","
        "\"_SYSTEMD_UNIT\":\"kubelet.service\",\"_HOSTNAME\":\"node-1\","
        "\"MESSAGE\":\"one\"}\n"
        "{\"__REALTIME_TIMESTAMP\":\"1700000000003000\",\"PRIORITY\":\"3\","
        "\"SYSLOG_IDENTIFIER\":\"containerd\","
        "\"_SYSTEMD_UNIT\":\"containerd.service\",\"_HOSTNAME\":\"node-1\","
        "\"MESSAGE\":\"three\"}\n"
        "{\"__REALTIME_TIMESTAMP\":\"1700000000004000\",\"PRIORITY\":\"3\","
        "\"SYSLOG_IDENTIFIER\":\"containerd\",\"_HOSTNAME\":\"node-1\","
        "\"MESSAGE\":\"four\"}\n|");
    assert_int_equal(guest->notices.len, 0);
}

static void
without_units_all_is_read(void **state)
{
    struct room *room = *state;
    struct guest *guest = room->guest;
    struct journald_config config = config_of(room);
    config.unit_count = 0;
    add(room, "kubelet", SLICE("one"));
    add(room, "sshd", SLICE("two"));
    store(room, "a.journal");
    start(room, &config);
    guest_wait_bytes(guest, "two");
    stop(guest);
    assert_int_equal(guest_count(&guest->bytes, "MESSAGE"), 2);
}

static void
a_message_may_hold_any_bytes(void **state)
{
    struct room *room = *state;
    struct guest *guest = room->guest;
    struct journald_config config = config_of(room);
    add(room, "kubelet", SLICE("a\nb\"c\\d\0e\x1b\xff\xe3\x81\x82\r\tz"));
    store(room, "a.journal");
    start(room, &config);
    guest_wait_bytes(guest, "}\n");
    stop(guest);
    assert_int_equal(guest_count(&guest->bytes,
                                 "\"a\\nb\\\"c\\\\d\\u0000e\\u001b\xff"
                                 "\xe3\x81\x82\\u000d\\u0009z\"}\n"),
                     1);
}

/* A line must stay one that is read whole. */
static void
a_huge_message_is_cut(void **state)
{
    struct room *room = *state;
    struct guest *guest = room->guest;
    struct journald_config config = config_of(room);
    struct buf huge = {0};
    for (size_t i = 0; i < 2 * 1024 * 1024; i++) {
        buf_add_byte(&huge, '"');
    }
    add(room, "kubelet", buf_slice(&huge));
    add(room, "kubelet", SLICE("next"));
    buf_free(&huge);
    store(room, "a.journal");
    start(room, &config);
    guest_wait_bytes(guest, "next");
    stop(guest);
    size_t end = slice_find_byte(buf_slice(&guest->bytes), '\n');
    assert_true(end > 700 * 1024 && end < 1024 * 1024);
    assert_int_equal(guest_count(&guest->bytes, "\\\"\"}\n"), 1);
}

/* However often it is stopped, also while it has not read all. */
static void
each_entry_is_read_once(void **state)
{
    struct room *room = *state;
    struct guest *guest = room->guest;
    struct journald_config config = config_of(room);
    size_t last = 0;
    for (size_t round = 0; round < 5; round++) {
        add_numbers(room, last + 1, 3000);
        store(room, "a.journal");
        last += 3000;
        start(room, &config);
        assert_text(slice_from(guest->first.cursor), guest->remembered.cursor);
        for (size_t turn = 0; turn < round; turn++) {
            uv_run(&guest->loop, UV_RUN_NOWAIT);
        }
        stop(guest);
    }
    start(room, &config);
    guest_wait_bytes(guest, "n=15000;");
    stop(guest);
    assert_numbers(guest, 1, last);
    assert_int_equal(guest->notices.len, 0);
    assert_true(guest->opens == 6 && guest->marks > 1);
}

static void
what_grows_is_followed(void **state)
{
    struct room *room = *state;
    struct guest *guest = room->guest;
    struct journald_config config = config_of(room);
    config.poll_ms = 600000; /* inotify must tell */
    add_numbers(room, 1, 2);
    store(room, "a.journal");
    start(room, &config);
    for (size_t i = 3; i < 10; i++) {
        char text[32];
        snprintf(text, sizeof(text), "n=%zu;", i - 1);
        guest_wait_bytes(guest, text);
        add_numbers(room, i, 1);
        store(room, "a.journal");
    }
    guest_wait_bytes(guest, "n=9;");
    stop(guest);
    assert_numbers(guest, 1, 9);
}

/* What is there already is passed over; what comes while nobody reads is not,
 * even if no wanted entry was seen at all. */
static void
it_begins_at_the_end(void **state)
{
    struct room *room = *state;
    struct guest *guest = room->guest;
    struct journald_config config = config_of(room);
    config.from_start = false;
    add(room, "sshd", SLICE("noise"));
    store(room, "a.journal");
    start(room, &config);
    assert_true(guest->first.cursor[0] != '\0');
    guest->mark = guest->first;
    stop(guest);
    add_numbers(room, 1, 3);
    store(room, "a.journal");
    start(room, &config);
    guest_wait_bytes(guest, "n=3;");
    stop(guest);
    guest->remembered = (struct source_mark){0};
    start(room, &config); /* all forgotten: at the end once more */
    add_numbers(room, 4, 1);
    store(room, "a.journal");
    guest_wait_bytes(guest, "n=4;");
    stop(guest);
    assert_numbers(guest, 1, 4);
    assert_int_equal(guest->notices.len, 0);
}

/* Files come and go, as journald has them: one is full, old ones are removed. */
static void
rotation_and_vacuum_are_survived(void **state)
{
    struct room *room = *state;
    struct guest *guest = room->guest;
    struct journald_config config = config_of(room);
    char last[32];
    size_t next = 1;
    start(room, &config); /* nothing is there yet */
    assert_int_equal(guest_count(&guest->notices, "no file that can be read"),
                     1);
    for (int file = 0; file < 4; file++) {
        char name[32];
        snprintf(name, sizeof(name), "f%d.journal", file);
        for (int part = 0; part < 2; part++) {
            add_numbers(room, next, 5);
            store(room, name);
            next += 5;
            snprintf(last, sizeof(last), "n=%zu;", next - 1);
            guest_wait_bytes(guest, last);
        }
        if (file > 1) {
            snprintf(name, sizeof(name), "f%d.journal", file - 2);
            assert_int_equal(unlink(scratch_path(room->scratch, name)), 0);
        }
    }
    stop(guest);
    assert_numbers(guest, 1, next - 1);
    assert_int_equal(guest->count[NOTICE_LOST], 0);
}

static void
a_cursor_that_is_gone_is_told(void **state)
{
    struct room *room = *state;
    struct guest *guest = room->guest;
    struct journald_config config = config_of(room);
    add_numbers(room, 1, 5);
    store(room, "a.journal");
    start(room, &config);
    guest_wait_bytes(guest, "n=5;");
    stop(guest);
    add_numbers(room, 6, 5);
    store(room, "a.journal"); /* nobody will see them */
    add_numbers(room, 11, 5);
    store(room, "b.journal");
    assert_int_equal(unlink(scratch_path(room->scratch, "a.journal")), 0);
    start(room, &config);
    guest_wait_bytes(guest, "n=15;");
    stop(guest);
    assert_int_equal(guest->count[NOTICE_LOST], 1);
    assert_int_equal(guest_count(&guest->notices, "read last is gone"), 1);
    assert_int_equal(guest_count(&guest->bytes, "\"n="), 10);
    assert_int_equal(guest_count(&guest->bytes, "\"n=11;"), 1);
    strcpy(guest->remembered.cursor, "no cursor at all");
    start(room, &config);
    guest_wait_notice(guest, "read last is gone");
    stop(guest);
    assert_int_equal(guest->count[NOTICE_LOST], 2);
}

/* Other units than before: their earlier entries are not read now, and the
 * entry of the cursor, which is none of theirs, is not missed. */
static void
units_can_be_changed(void **state)
{
    struct room *room = *state;
    struct guest *guest = room->guest;
    struct journald_config config = config_of(room);
    const char *const others[] = {"sshd"};
    add_numbers(room, 1, 5);
    store(room, "a.journal");
    start(room, &config);
    guest_wait_bytes(guest, "n=5;");
    stop(guest);
    buf_clear(&guest->bytes);
    config.units = others;
    start(room, &config);
    add(room, "sshd", SLICE("at last"));
    store(room, "a.journal");
    guest_wait_bytes(guest, "at last");
    stop(guest);
    assert_int_equal(guest_count(&guest->bytes, "noise"), 0);
    assert_int_equal(guest->notices.len, 0);
}

/* Overwrites `count` bytes of a file with 0xff, or cuts it there. */
static void
damage(struct room *room, const char *name, long at, size_t count)
{
    const char *path = scratch_path(room->scratch, name);
    if (count == 0) {
        assert_int_equal(truncate(path, at), 0);
        return;
    }
    FILE *file = fopen(path, "r+");
    assert_non_null(file);
    assert_int_equal(fseek(file, at, SEEK_SET), 0);
    while (count-- > 0) {
        fputc(0xff, file);
    }
    assert_int_equal(fclose(file), 0);
}

/* What can be read of the others is read; nothing is read twice. */
static void
damaged_files_do_no_harm(void **state)
{
    static const struct {
        long at;
        size_t count;
    } damages[] = {
        {0, 0},                            /* empty */
        {100, 0},                          /* within the header */
        {5000, 0},                         /* within the first table */
        {4194304, 0},                      /* within the data */
        {0, 64},                           /* no journal at all */
        {16, 240},                         /* the header's fields */
        {2000000, 8},     {3739000, 4096}, /* objects */
        {3745000, 20000},
    };
    struct room *room = *state;
    struct guest *guest = room->guest;
    struct journald_config config = config_of(room);
    size_t next = 1;
    for (size_t i = 0; i < COUNT(damages); i++) {
        char last[32];
        buf_clear(&guest->bytes);
        guest->remembered = (struct source_mark){0};
        (void)unlink(scratch_path(room->scratch, "bad.journal"));
        (void)unlink(scratch_path(room->scratch, "good.journal"));
        add_numbers(room, 100001, 300);
        store(room, "bad.journal");
        add_numbers(room, next, 50);
        store(room, "good.journal");
        damage(room, "bad.journal", damages[i].at, damages[i].count);
        next += 50;
        snprintf(last, sizeof(last), "n=%zu;", next - 1);
        start(room, &config);
        guest_wait_bytes(guest, last);
        stop(guest);
        for (size_t n = next - 50; n < next; n++) {
            snprintf(last, sizeof(last), "\"n=%zu;\"", n);
            assert_int_equal(guest_count(&guest->bytes, last), 1);
        }
        assert_true(guest_count(&guest->bytes, "\"n=100") <= 300);
    }
}

static void
a_folder_that_is_not_there_is_a_fault(void **state)
{
    struct room *room = *state;
    struct fault fault = {0};
    struct journald_config config = config_of(room);
    config.folder = "/no/such/folder";
    assert_null(
        journald_open(&room->guest->loop, &config, &room->guest->host, &fault));
    assert_int_equal(fault.kind, FAULT_INPUT);
    assert_text(slice_from(fault.text), "opening the journal /no/such/folder: "
                                        "No such file or directory");
}

static void
close_it(struct guest *guest)
{
    journald_close(guest->source);
}

/* What was handed out is marked, or it would be counted again. */
static void
it_can_be_closed_at_any_time(void **state)
{
    struct room *room = *state;
    struct guest *guest = room->guest;
    struct journald_config config = config_of(room);
    add_numbers(room, 1, 5000);
    store(room, "a.journal");
    start(room, &config);
    guest->on_bytes = close_it;
    guest_wait(guest, guest_has_ended);
    guest->on_bytes = NULL;
    assert_int_equal(guest->marks, 1);
    size_t read = guest_count(&guest->bytes, "\n");
    assert_true(read > 0 && read < 5000);
    guest->remembered = guest->mark;
    start(room, &config);
    guest_wait_bytes(guest, "n=5000;");
    stop(guest);
    assert_numbers(guest, 1, 5000);
}

static void
without_libsystemd_it_is_a_fault(void **state)
{
    struct room *room = *state;
    struct fault fault = {0};
    struct journald_config config = config_of(room);
    assert_null(
        journald_open(&room->guest->loop, &config, &room->guest->host, &fault));
    assert_int_equal(fault.kind, FAULT_USAGE);
    assert_true(slice_find(slice_from(fault.text), SLICE("--journalctl"))
                != SLICE_NONE);
}

#define ROOM_TEST(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        ROOM_TEST(wanted_units_alone_are_read),
        ROOM_TEST(without_units_all_is_read),
        ROOM_TEST(a_message_may_hold_any_bytes),
        ROOM_TEST(a_huge_message_is_cut),
        ROOM_TEST(each_entry_is_read_once),
        ROOM_TEST(what_grows_is_followed),
        ROOM_TEST(it_begins_at_the_end),
        ROOM_TEST(rotation_and_vacuum_are_survived),
        ROOM_TEST(a_cursor_that_is_gone_is_told),
        ROOM_TEST(units_can_be_changed),
        ROOM_TEST(damaged_files_do_no_harm),
        ROOM_TEST(a_folder_that_is_not_there_is_a_fault),
        ROOM_TEST(it_can_be_closed_at_any_time),
    };
    const struct CMUnitTest without[] = {
        ROOM_TEST(without_libsystemd_it_is_a_fault),
    };
    if (!journald_is_built()) {
        return cmocka_run_group_tests(without, NULL, NULL);
    }
    if (access(REMOTE, X_OK) != 0) {
        puts("1..0 # SKIP no " REMOTE " (Debian: systemd-journal-remote)");
        return 0;
    }
    return cmocka_run_group_tests(tests, NULL, NULL);
}
