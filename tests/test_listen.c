/* SPDX-License-Identifier: Apache-2.0 */
#include "guest.h"
#include "scratch.h"
#include "source/address.h"
#include "source/listen.h"
#include "text.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <pthread.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

struct room {
    struct guest *guest;
    struct scratch *scratch;
    char address[700]; /* unix://FOLDER/s */
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
    snprintf(room->address, sizeof(room->address), "unix://%s",
             scratch_path(room->scratch, "s"));
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
    mem_free(room);
    return error;
}

static struct listen *
start(struct guest *guest, const char *address)
{
    struct fault fault;
    struct listen *listen =
        listen_open(&guest->loop, address, &guest->host, &fault);
    if (!listen) {
        printf("# %s\n", fault.text);
    }
    assert_non_null(listen);
    guest->source = listen;
    return listen;
}

static void
stop(struct guest *guest)
{
    listen_close(guest->source);
    listen_close(guest->source);
    guest_wait(guest, guest_has_ended);
    guest->ends = 0;
}

static int
new_socket(const struct listen *listen)
{
    const char *name = listen_name(listen);
    int family = strncmp(name, "unix", 4) == 0 ? AF_UNIX
               : strchr(name, '[')             ? AF_INET6
                                               : AF_INET;
    int fd = socket(family, SOCK_STREAM, 0);
    assert_true(fd >= 0);
    return fd;
}

static void
connect_socket(int fd, const struct listen *listen)
{
    struct address address;
    struct fault fault;
    struct sockaddr_un path = {.sun_family = AF_UNIX};
    assert_true(address_read(listen_name(listen), &address, &fault));
    if (address.kind == ADDRESS_UNIX) {
        memcpy(path.sun_path, address.path, sizeof(path.sun_path));
        assert_int_equal(connect(fd, (struct sockaddr *)&path, sizeof(path)),
                         0);
    } else {
        socklen_t size = address.ip.ss_family == AF_INET
                           ? sizeof(struct sockaddr_in)
                           : sizeof(struct sockaddr_in6);
        assert_int_equal(connect(fd, (struct sockaddr *)&address.ip, size), 0);
    }
}

static int
dial(const struct listen *listen)
{
    int fd = new_socket(listen);
    connect_socket(fd, listen);
    return fd;
}

static void
say(int fd, const char *text)
{
    assert_int_equal(write(fd, text, strlen(text)), (ssize_t)strlen(text));
}

static bool
has_closed(const struct guest *guest)
{
    return guest->closes > 0;
}

static void
what_is_sent_is_read(void **state)
{
    struct room *room = *state;
    struct guest *guest = room->guest;

    const struct {
        const char *address;
        const char *name;
    } rows[] = {
        {"tcp://0", "tcp://127.0.0.1:"},
        {"tcp://localhost:0", "tcp://127.0.0.1:"},
        {"tcp://[::1]:0", "tcp://[::1]:"},
        {room->address, room->address},
    };

    for (size_t i = 0; i < COUNT(rows); i++) {
        struct listen *listen = start(guest, rows[i].address);
        assert_true(slice_starts(slice_from(listen_name(listen)),
                                 slice_from(rows[i].name)));
        guest->closes = guest->opens = 0;
        buf_clear(&guest->bytes);
        buf_clear(&guest->names);
        int fd = dial(listen);
        say(fd, "one\ntw");
        guest_wait_bytes(guest, "one\ntw");
        say(fd, "o");
        close(fd);
        guest_wait(guest, has_closed);
        assert_text(buf_slice(&guest->bytes), "one\ntwo|");
        assert_true(slice_starts(buf_slice(&guest->names),
                                 slice_from(listen_name(listen))));
        assert_int_equal(guest_count(&guest->names, " from "), 1);
        assert_int_equal(guest->first.identity[0], '\0');
        stop(guest);
    }
    assert_int_equal(guest->notices.len, 0);
}

static bool
has_two(const struct guest *guest)
{
    return guest->opens == 2 && guest->bytes.len >= 4;
}

static void
each_client_is_an_origin(void **state)
{
    struct room *room = *state;
    struct guest *guest = room->guest;
    struct listen *listen = start(guest, "tcp://127.0.0.1:0");
    int one = dial(listen);
    int two = dial(listen);
    say(one, "a\n");
    say(two, "b\n");
    guest_wait(guest, has_two);
    assert_int_equal(guest_count(&guest->names, "\n"), 2);
    assert_int_equal(guest_count(&guest->names, " from 127.0.0.1:"), 2);
    stop(guest); /* while both are there */
    assert_int_equal(guest->closes, 2);
    char byte;
    assert_int_equal(read(one, &byte, 1), 0);
    assert_int_equal(read(two, &byte, 1), 0);
    close(one);
    close(two);
}

static void *
send_much(void *arg)
{
    static char block[65536];
    const int *fd = arg;
    for (int i = 0; i < 256; i++) {
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

static void
much_is_read_whole(void **state)
{
    struct room *room = *state;
    struct guest *guest = room->guest;
    struct listen *listen = start(guest, room->address);
    pthread_t sender;
    int fd = dial(listen);
    assert_int_equal(pthread_create(&sender, NULL, send_much, &fd), 0);
    guest_wait(guest, has_closed);
    pthread_join(sender, NULL);
    assert_int_equal(guest->bytes.len, 256 * 65536 + 1);
    stop(guest);
}

static bool
is_full(const struct guest *guest)
{
    return guest->opens == LISTEN_CLIENTS;
}

static bool
has_one_more(const struct guest *guest)
{
    return guest->opens == LISTEN_CLIENTS + 1;
}

/* They are closed, not left waiting; and a place that is free is taken. */
static void
one_too_many_is_sent_away(void **state)
{
    enum {
        MORE = 5,
    };

    struct room *room = *state;
    struct guest *guest = room->guest;
    struct listen *listen = start(guest, "tcp://127.0.0.1:0");
    int fds[LISTEN_CLIENTS + MORE];
    for (size_t i = 0; i < COUNT(fds); i++) {
        fds[i] = dial(listen);
    }
    guest_wait(guest, is_full);
    for (size_t i = LISTEN_CLIENTS; i < COUNT(fds); i++) {
        char byte;
        assert_int_equal(fcntl(fds[i], F_SETFL, O_NONBLOCK), 0);
        while (read(fds[i], &byte, 1) < 0) {
            assert_int_equal(errno, EAGAIN);
            uv_run(&guest->loop, UV_RUN_NOWAIT);
        }
        close(fds[i]);
    }
    assert_int_equal(guest->count[NOTICE_LOST], 1);
    assert_int_equal(guest_count(&guest->notices, "64 are connected"), 1);
    close(fds[0]);
    guest_wait(guest, has_closed);
    fds[0] = dial(listen);
    guest_wait(guest, has_one_more);
    assert_int_equal(
        guest_count(&guest->notices, "5 clients were sent away meanwhile"), 1);
    say(fds[0], "late\n");
    guest_wait_bytes(guest, "late\n");
    stop(guest);
    for (size_t i = 0; i < LISTEN_CLIENTS; i++) {
        close(fds[i]);
    }
}

static void
without_descriptors_it_is_said(void **state)
{
    struct room *room = *state;
    struct guest *guest = room->guest;
    struct listen *listen = start(guest, "tcp://127.0.0.1:0");
    struct rlimit before;
    int first = new_socket(listen);
    int last = new_socket(listen);
    uv_run(&guest->loop, UV_RUN_NOWAIT);
    assert_int_equal(getrlimit(RLIMIT_NOFILE, &before), 0);
    struct rlimit none = before;
    none.rlim_cur = (rlim_t)first; /* no new one is below it */
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &none), 0);
    connect_socket(first, listen);
    guest_wait_notice(guest, "could not be taken: Too many open files");
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &before), 0);
    assert_int_equal(guest->count[NOTICE_LOST], 1);
    char byte; /* it was not left waiting */
    assert_int_equal(recv(first, &byte, 1, MSG_DONTWAIT), 0);
    connect_socket(last, listen);
    say(last, "again\n");
    guest_wait_bytes(guest, "again\n");
    close(first);
    close(last);
    stop(guest);
}

static void
an_open_door_is_said(void **state)
{
    struct room *room = *state;
    struct guest *guest = room->guest;
    start(guest, "tcp://0.0.0.0:0");
    assert_int_equal(guest->count[NOTICE_TOLD], 1);
    stop(guest);
    start(guest, "tcp://[::]:0");
    assert_int_equal(guest->count[NOTICE_TOLD], 2);
    stop(guest);
    start(guest, "tcp://127.9.9.9:0");
    assert_int_equal(guest->count[NOTICE_TOLD], 2);
    stop(guest);
}

static void
assert_refused(struct room *room, const char *address, const char *why)
{
    struct fault fault = {0};
    assert_null(
        listen_open(&room->guest->loop, address, &room->guest->host, &fault));
    if (slice_find(slice_from(fault.text), slice_from(why)) == SLICE_NONE) {
        assert_text(slice_from(fault.text), why);
    }
}

static void
a_socket_left_behind_is_replaced(void **state)
{
    struct room *room = *state;
    struct guest *guest = room->guest;
    const char *path = scratch_path(room->scratch, "s");
    struct sockaddr_un name = {.sun_family = AF_UNIX};
    struct stat status;
    int old = socket(AF_UNIX, SOCK_STREAM, 0);
    assert_true(strlen(path) < sizeof(name.sun_path));
    memcpy(name.sun_path, path, strlen(path));
    assert_int_equal(bind(old, (struct sockaddr *)&name, sizeof(name)), 0);
    assert_int_equal(listen(old, 0), 0);
    assert_refused(room, room->address, "another program listens there");
    /* Its queue is full: nobody can connect, but somebody is there. */
    int waits = socket(AF_UNIX, SOCK_STREAM, 0);
    assert_int_equal(fcntl(waits, F_SETFL, O_NONBLOCK), 0);
    while (connect(waits, (struct sockaddr *)&name, sizeof(name)) == 0) {
        close(waits);
        waits = socket(AF_UNIX, SOCK_STREAM, 0);
        assert_int_equal(fcntl(waits, F_SETFL, O_NONBLOCK), 0);
    }
    assert_int_equal(errno, EAGAIN);
    assert_refused(room, room->address, "another program listens there");
    close(waits);
    close(old);
    assert_int_equal(stat(path, &status), 0); /* left behind */
    umask(0);
    struct listen *listen = start(guest, room->address);
    assert_int_equal(stat(path, &status), 0);
    assert_int_equal(status.st_mode & 07777, 0660);
    int fd = dial(listen);
    say(fd, "x\n");
    guest_wait_bytes(guest, "x\n");
    assert_refused(room, room->address, "another program listens there");
    close(fd);
    stop(guest);
    assert_int_equal(stat(path, &status), -1);
    assert_int_equal(errno, ENOENT);
}

static void
what_is_no_socket_is_left_alone(void **state)
{
    struct room *room = *state;
    const char *path = scratch_path(room->scratch, "s");
    int file = open(path, O_CREAT | O_WRONLY, 0600);
    assert_true(file >= 0);
    close(file);
    assert_refused(room, room->address, "is there and is no socket");
    assert_int_equal(access(path, F_OK), 0);
    assert_int_equal(unlink(path), 0);
    assert_int_equal(symlink("elsewhere", path), 0);
    assert_refused(room, room->address, "is there and is no socket");
    assert_int_equal(unlink(path), 0);
}

static void
bad_addresses_are_refused(void **state)
{
    static const struct {
        const char *address;
        const char *why;
    } rows[] = {
        {"", "no address to listen on"},
        {"5170", "no address to listen on"},
        {"udp://127.0.0.1:1", "no address to listen on"},
        {"fd://", "no address to listen on"},
        {"fd://x", "no address to listen on"},
        {"tcp://", "neither a port"},
        {"tcp://127.0.0.1", "neither a port"},
        {"tcp://127.0.0.1:", "neither a port"},
        {"tcp://127.0.0.1:65536", "neither a port"},
        {"tcp://127.0.0.1:-1", "neither a port"},
        {"tcp://example.org:80", "neither a port"},
        {"tcp://::1:80", "neither a port"},
        {"tcp://[::1]", "neither a port"},
        {"tcp://[]:80", "neither a port"},
        {"unix://relative", "must begin with /"},
        {"unix://", "must begin with /"},
        {"unix:///no/such/folder/s", "No such file or directory"},
        {"tcp://192.0.2.1:0", "Cannot assign requested"},
        {"fd://999", "Bad file descriptor"},
        {"fd://0", "fd://0"},
    };
    struct room *room = *state;
    int null = open("/dev/null", O_RDONLY);
    char path[300] = "unix:///";
    for (size_t i = 0; i < COUNT(rows); i++) {
        assert_refused(room, rows[i].address, rows[i].why);
    }
    memset(path + 8, 'x', 200);
    assert_refused(room, path, "longer than a socket's may be");
    close(null);
}

/* As systemd passes it: bound and listening. */
static void
a_socket_can_be_passed(void **state)
{
    struct room *room = *state;
    struct guest *guest = room->guest;
    struct sockaddr_in ip = {.sin_family = AF_INET};
    char address[32];
    ip.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    assert_int_equal(bind(fd, (struct sockaddr *)&ip, sizeof(ip)), 0);
    assert_int_equal(listen(fd, 8), 0);
    snprintf(address, sizeof(address), "fd://%d", fd);
    struct listen *listen = start(guest, address);
    assert_true(slice_starts(slice_from(listen_name(listen)),
                             SLICE("tcp://127.0.0.1:")));
    int peer = dial(listen);
    say(peer, "passed\n");
    guest_wait_bytes(guest, "passed\n");
    close(peer);
    stop(guest);
}

static void
close_it(struct guest *guest)
{
    listen_close(guest->source);
}

static void
it_can_be_closed_at_any_time(void **state)
{
    struct room *room = *state;
    struct guest *guest = room->guest;
    start(guest, room->address);
    stop(guest);
    struct listen *listen = start(guest, room->address);
    int fd = dial(listen); /* nobody took it yet */
    stop(guest);
    close(fd);
    listen = start(guest, room->address);
    fd = dial(listen);
    say(fd, "x\n");
    guest->on_bytes = close_it;
    guest_wait(guest, guest_has_ended);
    guest->on_bytes = NULL;
    assert_text(buf_slice(&guest->bytes), "x\n|");
    close(fd);
}

#define ROOM_TEST(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        ROOM_TEST(what_is_sent_is_read),
        ROOM_TEST(each_client_is_an_origin),
        ROOM_TEST(much_is_read_whole),
        ROOM_TEST(one_too_many_is_sent_away),
        ROOM_TEST(without_descriptors_it_is_said),
        ROOM_TEST(an_open_door_is_said),
        ROOM_TEST(a_socket_left_behind_is_replaced),
        ROOM_TEST(what_is_no_socket_is_left_alone),
        ROOM_TEST(bad_addresses_are_refused),
        ROOM_TEST(a_socket_can_be_passed),
        ROOM_TEST(it_can_be_closed_at_any_time),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
