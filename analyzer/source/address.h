/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PULLWHY_SOURCE_ADDRESS_H
#define PULLWHY_SOURCE_ADDRESS_H

/* Where a listener listens: reads "tcp://HOST:PORT" and its like. */

#include "base/fault.h"

#include <stdbool.h>
#include <stddef.h>
#include <sys/socket.h>
#include <sys/types.h>
#include <sys/un.h>

enum address_kind {
    ADDRESS_TCP,
    ADDRESS_UNIX,
    ADDRESS_FD,
};

enum {
    ADDRESS_TEXT = 64,  /* room for a host and its port */
    ADDRESS_NAME = 128, /* room for a name */
};

struct address {
    enum address_kind kind;
    struct sockaddr_storage ip; /* of ADDRESS_TCP */
    char path[sizeof(((struct sockaddr_un *)0)->sun_path)];
    int fd;
    int family;
    dev_t device; /* of the path when it is bound; inode is 0 before */
    ino_t inode;
};

/* Hosts are numbers, or localhost: no name is looked up. */
MUST_CHECK bool address_read(const char *text, struct address *address,
                             struct fault *fault);

bool address_is_loopback(const struct address *address);

/* "127.0.0.1:5170", "[::1]:5170" */
void address_print(const struct sockaddr_storage *ip, char text[ADDRESS_TEXT]);

/*
 * Makes a Unix socket's path free to be bound: a socket that nobody listens on
 * any more is removed. One that somebody listens on, and what is no socket, is
 * a fault.
 */
MUST_CHECK bool address_clear(const struct address *address,
                              struct fault *fault);

/* A socket that listens, or an error number of the system's; *fd may be set
 * with it, and is to be closed then. A path gets mode 0660. */
MUST_CHECK int address_bind(struct address *address, int *fd);

/* Where it listens in truth: sets family and ip, prints "tcp://127.0.0.1:5170".
 * False: errno tells why. */
MUST_CHECK bool address_name(struct address *address, int fd,
                             char name[ADDRESS_NAME]);

/* Removes the path that was bound, unless it is another's by now. */
void address_remove(const struct address *address);

#endif
