/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PULLWHY_APP_NOTIFY_H
#define PULLWHY_APP_NOTIFY_H

/*
 * Tells the service manager how it goes (systemd's Type=notify): a datagram of
 * lines to the socket that $NOTIFY_SOCKET names. Where there is none, nothing
 * is told.
 */

#include <stdint.h>
#include <sys/socket.h>
#include <sys/un.h>

struct notify {
    int socket; /* -1: nobody listens */
    struct sockaddr_un address;
    socklen_t address_len;
    int64_t watchdog; /* microseconds between signs of life; 0: none wanted */
    int64_t next;     /* when the next one is due */
};

void notify_open(struct notify *notify);
void notify_close(struct notify *notify);

/* "READY=1", "STOPPING=1". */
void notify_say(const struct notify *notify, const char *text);

/* `now` is CLOCK_MONOTONIC's, in microseconds; READY=1 comes behind it. */
void notify_reloading(const struct notify *notify, int64_t now);

/* A sign of life, if one is due. */
void notify_tick(struct notify *notify, int64_t now);

#endif
