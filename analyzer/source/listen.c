/* SPDX-License-Identifier: Apache-2.0 */
#include "source/listen.h"

#include "base/mem.h"
#include "source/address.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
    ACCEPTS = 64,     /* in one turn of the loop */
    KEEPALIVE_S = 60, /* a peer that is gone without a word is found out */
    CLIENT_NAME_SIZE = ADDRESS_NAME + ADDRESS_TEXT + 8,
};

struct client {
    union {
        uv_handle_t handle;
        uv_stream_t stream;
        uv_tcp_t tcp;
        uv_pipe_t pipe;
    } uv;

    struct listen *listen; /* NULL: the place is free */
    void *token;
    bool is_open; /* on_open() was called, on_close() not yet */
};

/*
 * Accepts by itself: libuv, where descriptors run out, sends clients away
 * without telling anybody.
 */
struct listen {
    uv_poll_t poll;
    struct source_host host;
    struct address address;
    int fd;
    int spare; /* a descriptor to send a client away with */
    char name[ADDRESS_NAME];
    struct client clients[LISTEN_CLIENTS];
    size_t count;
    uint64_t number;    /* of the last client of a Unix socket */
    uint64_t sent_away; /* since the last that found a place */
    int last_error;     /* of accept(); said once */
    bool is_closing;
    bool is_closed; /* the listener's own handle */
    char slice[SOURCE_SLICE];
};

static void
tell(struct listen *listen, enum source_notice notice, const char *text)
{
    if (!listen->is_closing) {
        listen->host.on_notice(listen->host.ctx, notice, listen->name, 0, text);
    }
}

/* The end */

static void
end_when_empty(struct listen *listen)
{
    if (listen->is_closed && listen->count == 0) {
        listen->host.on_end(listen->host.end_ctx, 0);
        mem_free(listen);
    }
}

static void
close_descriptors(struct listen *listen)
{
    if (listen->fd >= 0) {
        close(listen->fd);
    }
    if (listen->spare >= 0) {
        close(listen->spare);
    }
}

static void
on_closed(uv_handle_t *handle)
{
    struct listen *listen = handle->data;
    close_descriptors(listen);
    listen->is_closed = true;
    end_when_empty(listen);
}

static void
on_client_closed(uv_handle_t *handle)
{
    struct client *client = handle->data;
    struct listen *listen = client->listen;
    client->listen = NULL;
    listen->count--;
    end_when_empty(listen);
}

static void
close_client(struct client *client)
{
    struct listen *listen = client->listen;
    if (uv_is_closing(&client->uv.handle)) {
        return;
    }
    uv_close(&client->uv.handle, on_client_closed);
    if (client->is_open) {
        client->is_open = false;
        listen->host.on_close(listen->host.ctx, client->token);
    }
}

void
listen_close(struct listen *listen)
{
    if (listen->is_closing) {
        return;
    }
    listen->is_closing = true;
    for (size_t i = 0; i < LISTEN_CLIENTS; i++) {
        if (listen->clients[i].listen) {
            close_client(&listen->clients[i]);
        }
    }
    address_remove(&listen->address);
    uv_close((uv_handle_t *)&listen->poll, on_closed);
}

/* Reading */

/* One slice for all: it is read and handed out before anybody else's turn. */
static void
on_alloc(uv_handle_t *handle, size_t suggested, uv_buf_t *buf)
{
    struct client *client = handle->data;
    (void)suggested;
    *buf = uv_buf_init(client->listen->slice, sizeof(client->listen->slice));
}

static void
on_read(uv_stream_t *handle, ssize_t n, const uv_buf_t *buf)
{
    struct client *client = handle->data;
    struct listen *listen = client->listen;
    if (n > 0) {
        listen->host.on_bytes(listen->host.ctx, client->token,
                              slice_of(buf->base, (size_t)n));
    } else if (n < 0) {
        close_client(client);
    }
}

/* Clients */

static void
print_client(struct listen *listen, const struct client *client,
             char name[CLIENT_NAME_SIZE])
{
    char text[ADDRESS_TEXT];
    struct sockaddr_storage ip;
    int size = sizeof(ip);
    listen->number++;
    if (listen->address.family != AF_UNIX
        && uv_tcp_getpeername(&client->uv.tcp, (struct sockaddr *)&ip, &size)
               == 0) {
        address_print(&ip, text);
    } else {
        snprintf(text, sizeof(text), "client %" PRIu64, listen->number);
    }
    snprintf(name, CLIENT_NAME_SIZE, "%s from %s", listen->name, text);
}

static void
open_client(struct listen *listen, struct client *client)
{
    static const struct source_mark unknown;
    char name[CLIENT_NAME_SIZE];
    print_client(listen, client, name);
    client->is_open = true;
    client->token = listen->host.on_open(listen->host.ctx, name, &unknown);
    if (listen->address.family != AF_UNIX) {
        (void)uv_tcp_keepalive(&client->uv.tcp, 1, KEEPALIVE_S);
    }
    if (uv_read_start(&client->uv.stream, on_alloc, on_read) != 0) {
        close_client(client);
    }
}

static void
tell_sent_away(struct listen *listen)
{
    if (listen->sent_away > 1) {
        char text[96];
        snprintf(text, sizeof(text),
                 "%" PRIu64 " clients were sent away meanwhile",
                 listen->sent_away);
        tell(listen, NOTICE_LOST, text);
    }
    listen->sent_away = 0;
}

/* Takes over the descriptor. */
static void
take_client(struct listen *listen, struct client *client, int fd)
{
    uv_loop_t *loop = listen->poll.loop;
    int error = listen->address.family == AF_UNIX
                  ? uv_pipe_init(loop, &client->uv.pipe, 0)
                  : uv_tcp_init(loop, &client->uv.tcp);
    if (error) {
        close(fd);
        return;
    }
    client->uv.handle.data = client;
    client->listen = listen;
    listen->count++;
    error = listen->address.family == AF_UNIX
              ? uv_pipe_open(&client->uv.pipe, fd)
              : uv_tcp_open(&client->uv.tcp, fd);
    if (error) {
        close(fd);
        close_client(client);
        return;
    }
    tell_sent_away(listen);
    open_client(listen, client);
}

static void
place_client(struct listen *listen, int fd)
{
    (void)fcntl(fd, F_SETFD, FD_CLOEXEC);
    for (size_t i = 0; i < LISTEN_CLIENTS; i++) {
        if (!listen->clients[i].listen) {
            take_client(listen, &listen->clients[i], fd);
            return;
        }
    }
    close(fd);
    if (listen->sent_away++ == 0) {
        char text[96];
        snprintf(text, sizeof(text),
                 "a client was sent away: %d are connected already",
                 LISTEN_CLIENTS);
        tell(listen, NOTICE_LOST, text);
    }
}

static int
open_spare(void)
{
    return open("/dev/null", O_RDONLY | O_CLOEXEC);
}

/* Without a descriptor for it, a client would knock for ever. */
static void
send_away(struct listen *listen)
{
    if (listen->spare < 0) {
        return;
    }
    close(listen->spare);
    int fd = accept(listen->fd, NULL, NULL);
    if (fd >= 0) {
        close(fd);
    }
    listen->spare = open_spare();
}

static void
tell_error(struct listen *listen, int error)
{
    if (listen->last_error != error) {
        char text[160];
        listen->last_error = error;
        snprintf(text, sizeof(text), "a client could not be taken: %s",
                 strerror(error));
        tell(listen, NOTICE_LOST, text);
    }
}

/* False: there is none, or it could not be taken. */
static bool
accept_client(struct listen *listen)
{
    int fd = accept(listen->fd, NULL, NULL);
    if (fd >= 0) {
        listen->last_error = 0;
        place_client(listen, fd);
        return true;
    }
    int error = errno;
    if (error == EAGAIN || error == EINTR || error == ECONNABORTED) {
        return false;
    }
    if (error == EMFILE || error == ENFILE) {
        send_away(listen);
    }
    tell_error(listen, error);
    return false;
}

static void
on_poll(uv_poll_t *poll, int status, int events)
{
    struct listen *listen = poll->data;
    (void)events;
    if (status < 0) {
        tell_error(listen, -status);
        return;
    }
    for (int i = 0; i < ACCEPTS && !listen->is_closing; i++) {
        if (!accept_client(listen)) {
            return;
        }
    }
}

/* Opening */

static void
refuse(struct listen *listen)
{
    address_remove(&listen->address);
    close_descriptors(listen);
    mem_free(listen);
}

static void
tell_open_door(struct listen *listen)
{
    if (listen->address.family != AF_UNIX
        && !address_is_loopback(&listen->address)) {
        tell(listen, NOTICE_TOLD,
             "not only this machine can send here, and nobody is asked who "
             "they are");
    }
}

/* Returns an error number of the system's. */
static int
open_socket(struct listen *listen, uv_loop_t *loop)
{
    int error = address_bind(&listen->address, &listen->fd);
    if (error) {
        return error;
    }
    /* Not for our children; and a client may be gone before it is taken. */
    if (fcntl(listen->fd, F_SETFD, FD_CLOEXEC) != 0
        || fcntl(listen->fd, F_SETFL, O_NONBLOCK) != 0
        || !address_name(&listen->address, listen->fd, listen->name)) {
        return errno;
    }
    return -uv_poll_init(loop, &listen->poll, listen->fd);
}

struct listen *
listen_open(uv_loop_t *loop, const char *address,
            const struct source_host *host, struct fault *fault)
{
    struct listen *listen = MEM_NEW(struct listen);
    listen->host = *host;
    listen->fd = -1;
    listen->spare = open_spare();
    if (!address_read(address, &listen->address, fault)
        || !address_clear(&listen->address, fault)) {
        refuse(listen);
        return NULL;
    }
    int error = open_socket(listen, loop);
    if (error) {
        fault_set(fault, FAULT_SYSTEM, error, "listening on %s: %s", address,
                  strerror(error));
        refuse(listen);
        return NULL;
    }
    listen->poll.data = listen;
    /* It can fail for a handle that closes only. */
    (void)uv_poll_start(&listen->poll, UV_READABLE, on_poll);
    tell_open_door(listen);
    return listen;
}

const char *
listen_name(const struct listen *listen)
{
    return listen->name;
}
