/* SPDX-License-Identifier: Apache-2.0 */
#include "app/notify.h"
#include "base/slice.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>
/* cmocka.h needs the headers above. */
#include <cmocka.h>

/* A service manager's end of the socket. */
static int
listen_at(const char *name)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    size_t len = strlen(name);
    assert_true(len < sizeof(address.sun_path));
    memcpy(address.sun_path, name, len);
    if (name[0] == '@') {
        address.sun_path[0] = '\0';
    }
    int manager = socket(AF_UNIX, SOCK_DGRAM, 0);
    assert_true(manager >= 0);
    assert_int_equal(
        bind(manager, (const struct sockaddr *)&address,
             (socklen_t)(offsetof(struct sockaddr_un, sun_path) + len)),
        0);
    return manager;
}

/* Nothing is under way: what was sent is there already. */
static void
assert_heard(int manager, const char *expected)
{
    char text[128];
    ssize_t got = recv(manager, text, sizeof(text) - 1, MSG_DONTWAIT);
    if (!expected) {
        assert_int_equal(got, -1);
        return;
    }
    assert_true(got > 0);
    text[got] = '\0';
    assert_string_equal(text, expected);
}

static void
tells_the_manager(void **state)
{
    char names[2][200];
    struct notify notify;
    snprintf(names[0], sizeof(names[0]), "/tmp/pullwhy-notify-%ld",
             (long)getpid());
    snprintf(names[1], sizeof(names[1]), "@pullwhy-%ld", (long)getpid());
    (void)state;
    for (size_t i = 0; i < COUNT(names); i++) {
        int manager = listen_at(names[i]);
        setenv("NOTIFY_SOCKET", names[i], 1);
        notify_open(&notify);
        notify_say(&notify, "READY=1");
        assert_heard(manager, "READY=1");
        notify_reloading(&notify, 12345);
        assert_heard(manager, "RELOADING=1\nMONOTONIC_USEC=12345");
        notify_tick(&notify, 1);
        assert_heard(manager, NULL);
        notify_close(&notify);
        close(manager);
        if (names[i][0] == '/') {
            unlink(names[i]);
        }
    }
    unsetenv("NOTIFY_SOCKET");
}

static void
shows_that_it_lives(void **state)
{
    char name[200];
    char pid[32];
    struct notify notify;
    (void)state;
    snprintf(name, sizeof(name), "@pullwhy-life-%ld", (long)getpid());
    snprintf(pid, sizeof(pid), "%ld", (long)getpid());
    int manager = listen_at(name);
    setenv("NOTIFY_SOCKET", name, 1);
    setenv("WATCHDOG_USEC", "3000000", 1);
    setenv("WATCHDOG_PID", pid, 1);
    notify_open(&notify);
    notify_tick(&notify, 100);
    assert_heard(manager, "WATCHDOG=1");
    notify_tick(&notify, 1500099);
    assert_heard(manager, NULL);
    notify_tick(&notify, 1500100);
    assert_heard(manager, "WATCHDOG=1");
    notify_close(&notify);
    setenv("WATCHDOG_PID", "1", 1); /* meant for another process */
    notify_open(&notify);
    notify_tick(&notify, 100);
    assert_heard(manager, NULL);
    notify_close(&notify);
    close(manager);
    unsetenv("NOTIFY_SOCKET");
    unsetenv("WATCHDOG_USEC");
    unsetenv("WATCHDOG_PID");
}

static void
says_nothing_where_nobody_listens(void **state)
{
    static const char *const names[] = {NULL, "", "@", "relative", "/no/such"};
    (void)state;
    for (size_t i = 0; i < COUNT(names); i++) {
        struct notify notify;
        unsetenv("NOTIFY_SOCKET");
        if (names[i]) {
            setenv("NOTIFY_SOCKET", names[i], 1);
        }
        notify_open(&notify);
        notify_say(&notify, "READY=1");
        notify_tick(&notify, 1);
        notify_close(&notify);
        assert_int_equal(notify.socket, -1);
    }
    unsetenv("NOTIFY_SOCKET");
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tells_the_manager),
        cmocka_unit_test(shows_that_it_lives),
        cmocka_unit_test(says_nothing_where_nobody_listens),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
