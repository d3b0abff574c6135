/* SPDX-License-Identifier: Apache-2.0 */
#include "source/address.h"

#include "base/slice.h"

#include <uv.h>

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
    PORT_MAX = 65535,
    FD_MAX = 1 << 20,
    BACKLOG = 128,
    PATH_MODE = 0660,
};

static bool
bad_address(const char *text, const char *why, struct fault *fault)
{
    return fault_set(fault, FAULT_USAGE, 0,
                     "%s: %s; write tcp://127.0.0.1:5170, tcp://[::1]:5170 or "
                     "unix:///run/pullwhy.sock",
                     text, why);
}

/* "[::1]:80" and "::1" are two things: an IPv6 address stands in brackets. */
static bool
split_host(struct slice text, struct slice *host, struct slice *port)
{
    size_t colon = slice_find_last(text, ':');
    if (colon == SLICE_NONE) {
        *host = SLICE("127.0.0.1");
        *port = text;
        return true;
    }
    *host = slice_before(text, colon);
    *port = slice_after(text, colon + 1);
    if (slice_starts(*host, SLICE("[")) && slice_ends(*host, SLICE("]"))) {
        *host = slice_of(host->data + 1, host->len - 2);
        return host->len > 0;
    }
    if (host->len == 0 || slice_equal(*host, SLICE("localhost"))) {
        *host = SLICE("127.0.0.1");
    }
    return slice_find_byte(*host, ':') == SLICE_NONE;
}

static bool
read_tcp(struct slice text, struct address *address)
{
    struct slice host;
    struct slice port;
    uint64_t number;
    char name[INET6_ADDRSTRLEN];
    if (!split_host(text, &host, &port) || !slice_to_u64(port, &number)
        || number > PORT_MAX || host.len >= sizeof(name)) {
        return false;
    }
    memcpy(name, host.data, host.len);
    name[host.len] = '\0';
    return uv_ip4_addr(name, (int)number, (struct sockaddr_in *)&address->ip)
            == 0
        || uv_ip6_addr(name, (int)number, (struct sockaddr_in6 *)&address->ip)
               == 0;
}

bool
address_read(const char *text, struct address *address, struct fault *fault)
{
    struct slice rest = slice_from(text);
    uint64_t number;
    *address = (struct address){.fd = -1};
    if (slice_skip(&rest, SLICE("tcp://"))) {
        address->kind = ADDRESS_TCP;
        return read_tcp(rest, address)
            || bad_address(text,
                           "neither a port nor a number's address and a "
                           "port",
                           fault);
    }
    if (slice_skip(&rest, SLICE("unix://"))) {
        address->kind = ADDRESS_UNIX;
        if (!slice_starts(rest, SLICE("/"))) {
            return bad_address(text, "the path must begin with /", fault);
        }
        if (rest.len >= sizeof(address->path)) {
            return bad_address(text,
                               "the path is longer than a socket's may "
                               "be",
                               fault);
        }
        memcpy(address->path, rest.data, rest.len);
        return true;
    }
    if (slice_skip(&rest, SLICE("fd://")) && slice_to_u64(rest, &number)
        && number <= FD_MAX) {
        address->kind = ADDRESS_FD;
        address->fd = (int)number;
        return true;
    }
    return bad_address(text, "no address to listen on", fault);
}

bool
address_is_loopback(const struct address *address)
{
    if (address->ip.ss_family == AF_INET) {
        const struct sockaddr_in *four =
            (const struct sockaddr_in *)&address->ip;
        return ntohl(four->sin_addr.s_addr) >> 24 == 127;
    }
    const struct sockaddr_in6 *six = (const struct sockaddr_in6 *)&address->ip;
    return IN6_IS_ADDR_LOOPBACK(&six->sin6_addr);
}

void
address_print(const struct sockaddr_storage *ip, char text[ADDRESS_TEXT])
{
    char name[INET6_ADDRSTRLEN] = "?";
    if (ip->ss_family == AF_INET) {
        const struct sockaddr_in *four = (const struct sockaddr_in *)ip;
        uv_ip4_name(four, name, sizeof(name));
        snprintf(text, ADDRESS_TEXT, "%s:%d", name, ntohs(four->sin_port));
    } else {
        const struct sockaddr_in6 *six = (const struct sockaddr_in6 *)ip;
        uv_ip6_name(six, name, sizeof(name));
        snprintf(text, ADDRESS_TEXT, "[%s]:%d", name, ntohs(six->sin6_port));
    }
}

/* 0, or why a connection to the path is refused. */
static int
knock(const char *path)
{
    struct sockaddr_un name = {.sun_family = AF_UNIX};
    int fd = socket(AF_UNIX, SOCK_STREAM, 0);
    if (fd < 0) {
        return errno;
    }
    snprintf(name.sun_path, sizeof(name.sun_path), "%s", path);
    /* Without waiting: a full queue is somebody's, too. */
    (void)fcntl(fd, F_SETFL, O_NONBLOCK);
    int error =
        connect(fd, (const struct sockaddr *)&name, sizeof(name)) ? errno : 0;
    close(fd);
    return error;
}

bool
address_clear(const struct address *address, struct fault *fault)
{
    const char *path = address->path;
    struct stat status;
    if (address->kind != ADDRESS_UNIX) {
        return true;
    }
    if (lstat(path, &status) != 0) {
        return errno == ENOENT
            || fault_set(fault, FAULT_INPUT, errno, "%s: %s", path,
                         strerror(errno));
    }
    if (!S_ISSOCK(status.st_mode)) {
        return fault_set(fault, FAULT_INPUT, 0,
                         "%s is there and is no socket; remove it, or name "
                         "another path",
                         path);
    }
    int error = knock(path);
    if (error != ECONNREFUSED) {
        return fault_set(fault, FAULT_INPUT, error,
                         error == 0 || error == EAGAIN
                             ? "%s: another program listens there"
                             : "%s: cannot tell whether a program listens "
                               "there",
                         path);
    }
    return unlink(path) == 0 || errno == ENOENT
        || fault_set(fault, FAULT_INPUT, errno,
                     "removing %s, left behind by a program that is gone: %s",
                     path, strerror(errno));
}

/* Binding: each returns 0 or an error number of the system's. */

static int
bind_tcp(const struct address *address, int *fd)
{
    const struct sockaddr *ip = (const struct sockaddr *)&address->ip;
    socklen_t size = ip->sa_family == AF_INET ? sizeof(struct sockaddr_in)
                                              : sizeof(struct sockaddr_in6);
    int on = 1;
    *fd = socket(ip->sa_family, SOCK_STREAM, 0);
    if (*fd < 0 || setsockopt(*fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on))
        || bind(*fd, ip, size) || listen(*fd, BACKLOG)) {
        return errno;
    }
    return 0;
}

/* Nobody can connect before it listens, so that the mode comes in time. */
static int
bind_unix(struct address *address, int *fd)
{
    const char *path = address->path;
    struct sockaddr_un name = {.sun_family = AF_UNIX};
    struct stat status;
    memcpy(name.sun_path, path, sizeof(name.sun_path));
    *fd = socket(AF_UNIX, SOCK_STREAM, 0);
    if (*fd < 0 || bind(*fd, (const struct sockaddr *)&name, sizeof(name))) {
        return errno;
    }
    if (lstat(path, &status) == 0) {
        address->device = status.st_dev;
        address->inode = status.st_ino;
    }
    return chmod(path, PATH_MODE) || listen(*fd, BACKLOG) ? errno : 0;
}

static int
bind_fd(const struct address *address, int *fd)
{
    int is_listening = 0;
    socklen_t size = sizeof(is_listening);
    if (getsockopt(address->fd, SOL_SOCKET, SO_ACCEPTCONN, &is_listening,
                   &size)) {
        return errno;
    }
    if (!is_listening) {
        return EINVAL;
    }
    *fd = address->fd;
    return 0;
}

int
address_bind(struct address *address, int *fd)
{
    switch (address->kind) {
    case ADDRESS_TCP:
        return bind_tcp(address, fd);
    case ADDRESS_UNIX:
        return bind_unix(address, fd);
    case ADDRESS_FD:
        break;
    }
    return bind_fd(address, fd);
}

bool
address_name(struct address *address, int fd, char name[ADDRESS_NAME])
{
    union {
        struct sockaddr any;
        struct sockaddr_storage ip;
        struct sockaddr_un path;
    } bound = {.ip = {0}};

    char text[ADDRESS_TEXT];
    socklen_t size = sizeof(bound);
    if (getsockname(fd, &bound.any, &size) != 0) {
        return false;
    }
    address->family = bound.any.sa_family;
    if (address->family == AF_UNIX) {
        snprintf(name, ADDRESS_NAME, "unix://%.*s",
                 (int)sizeof(bound.path.sun_path), bound.path.sun_path);
        return true;
    }
    if (address->family != AF_INET && address->family != AF_INET6) {
        errno = EAFNOSUPPORT;
        return false;
    }
    address->ip = bound.ip;
    address_print(&bound.ip, text);
    snprintf(name, ADDRESS_NAME, "tcp://%s", text);
    return true;
}

void
address_remove(const struct address *address)
{
    struct stat status;
    if (address->inode != 0 && lstat(address->path, &status) == 0
        && status.st_dev == address->device
        && status.st_ino == address->inode) {
        (void)unlink(address->path);
    }
}
