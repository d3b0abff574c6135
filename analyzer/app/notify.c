/* SPDX-License-Identifier: Apache-2.0 */
#include "app/notify.h"

#include "base/slice.h"

#include <fcntl.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static bool
read_number(const char *name, uint64_t *number)
{
    const char *text = getenv(name);
    return text && slice_to_u64(slice_from(text), number);
}

/* A name that begins with '@' is one without a file: its first byte is NUL. */
static bool
read_address(struct notify *notify)
{
    const char *name = getenv("NOTIFY_SOCKET");
    size_t len = name ? strlen(name) : 0;
    if (len < 2 || len >= sizeof(notify->address.sun_path)
        || (name[0] != '/' && name[0] != '@')) {
        return false;
    }
    notify->address.sun_family = AF_UNIX;
    memcpy(notify->address.sun_path, name, len);
    if (name[0] == '@') {
        notify->address.sun_path[0] = '\0';
    }
    notify->address_len =
        (socklen_t)(offsetof(struct sockaddr_un, sun_path) + len);
    return true;
}

/* Half of what the manager waits, as it asks for. */
static int64_t
watchdog_time(void)
{
    uint64_t us;
    uint64_t pid;
    if (!read_number("WATCHDOG_USEC", &us) || us > INT64_MAX
        || (read_number("WATCHDOG_PID", &pid) && pid != (uint64_t)getpid())) {
        return 0;
    }
    return (int64_t)(us / 2);
}

void
notify_open(struct notify *notify)
{
    *notify = (struct notify){.socket = -1};
    if (!read_address(notify)) {
        return;
    }
    notify->socket = socket(AF_UNIX, SOCK_DGRAM, 0);
    if (notify->socket >= 0) {
        (void)fcntl(notify->socket, F_SETFD, FD_CLOEXEC);
        (void)fcntl(notify->socket, F_SETFL, O_NONBLOCK);
        notify->watchdog = watchdog_time();
    }
}

void
notify_close(struct notify *notify)
{
    if (notify->socket >= 0) {
        close(notify->socket);
        notify->socket = -1;
    }
}

void
notify_say(const struct notify *notify, const char *text)
{
    if (notify->socket >= 0) {
        /* A manager that does not read now is no reason to wait. */
        (void)sendto(notify->socket, text, strlen(text), MSG_NOSIGNAL,
                     (const struct sockaddr *)&notify->address,
                     notify->address_len);
    }
}

void
notify_reloading(const struct notify *notify, int64_t now)
{
    char text[64];
    snprintf(text, sizeof(text), "RELOADING=1\nMONOTONIC_USEC=%" PRId64, now);
    notify_say(notify, text);
}

void
notify_tick(struct notify *notify, int64_t now)
{
    if (notify->watchdog > 0 && now >= notify->next) {
        notify->next = now + notify->watchdog;
        notify_say(notify, "WATCHDOG=1");
    }
}
