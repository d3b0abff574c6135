/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PULLWHY_SOURCE_LISTEN_H
#define PULLWHY_SOURCE_LISTEN_H

/*
 * A listener on TCP or on a Unix socket as a source: each client is an origin,
 * from its first byte to its last. Nothing is ever answered. A client that
 * sends faster than is read is kept waiting by the kernel; one that sends
 * nothing costs nothing.
 *
 *   tcp://5170  tcp://127.0.0.1:5170  tcp://[::1]:5170  tcp://localhost:5170
 *   tcp://0.0.0.0:5170      everybody who can reach it: said in a notice
 *   unix:///run/pullwhy.sock    mode 0660, removed at the end
 *   fd://3                  a socket that listens already, as systemd passes it
 */

#include "base/fault.h"
#include "source/source.h"

#include <uv.h>

enum {
    LISTEN_CLIENTS = 64, /* at a time; the next is sent away, with a notice */
};

struct listen;

MUST_CHECK struct listen *listen_open(uv_loop_t *loop, const char *address,
                                      const struct source_host *host,
                                      struct fault *fault);

/* No bytes and no notice come behind it. Once or more is fine. */
void listen_close(struct listen *listen);

/* What it listens on, with the port that the system chose for tcp://...:0. */
const char *listen_name(const struct listen *listen);

#endif
