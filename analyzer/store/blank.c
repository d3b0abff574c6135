/* SPDX-License-Identifier: Apache-2.0 */
#include "store/blank.h"

#include "base/buf.h"
#include "base/embedded.h"
#include "base/mem.h"

#include <sqlite3.h>

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
    SALT = 8,    /* bytes of each */
    ID = 16,     /* bytes, of two digits each */
    MODE = 0644, /* as SQLite makes its files */
};

/* SQLite's own: what it takes no file for, and what would follow the copy. */
static bool
is_free(const char *path)
{
    static const char *const tails[] = {"", "-wal", "-journal"};
    struct buf name = {0};
    struct stat status;
    bool is_alone = path[0] != '\0' && path[0] != ':';
    for (size_t i = 0; is_alone && i < COUNT(tails); i++) {
        buf_clear(&name);
        buf_print(&name, "%s%s", path, tails[i]);
        is_alone = lstat(buf_string(&name), &status) != 0;
    }
    buf_free(&name);
    return is_alone;
}

static void
add_digits(char *out, const unsigned char *bytes, size_t len)
{
    static const char digits[] = "0123456789abcdef";
    for (size_t i = 0; i < len; i++) {
        out[2 * i] = digits[bytes[i] >> 4];
        out[2 * i + 1] = digits[bytes[i] & 15];
    }
}

/* The image, with random values of its own. */
static void
draw(struct buf *image)
{
    const struct embedded_image *blank = &embedded_history;
    unsigned char id[ID];
    buf_add(image, slice_of((const char *)blank->bytes, blank->len));
    sqlite3_randomness(sizeof(id), id);
    add_digits(image->data + blank->id, id, sizeof(id));
    for (size_t i = 0; i < COUNT(blank->salt); i++) {
        sqlite3_randomness(SALT, image->data + blank->salt[i]);
    }
}

/* A name beside it that nobody else has. */
static void
name_draft(struct buf *name, const char *path)
{
    unsigned char random[SALT];
    char digits[2 * SALT];
    sqlite3_randomness(sizeof(random), random);
    add_digits(digits, random, sizeof(random));
    buf_print(name, "%s-%.*s.new", path, (int)sizeof(digits), digits);
}

static bool
write_draft(const char *path, struct slice image)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, MODE);
    if (fd < 0) {
        return false;
    }
    bool is_whole = write(fd, image.data, image.len) == (ssize_t)image.len;
    return close(fd) == 0 && is_whole;
}

/* Whether all that was written to it is on the disk. */
static bool
is_synced(const char *path, int flags)
{
    int fd = open(path, flags | O_CLOEXEC);
    if (fd < 0) {
        return false;
    }
    bool is_synced = fsync(fd) == 0;
    return close(fd) == 0 && is_synced;
}

/* Unlike rename(), link() leaves alone what came there meanwhile. */
static bool
move(const char *draft, const char *path)
{
    bool is_placed = is_synced(draft, O_RDWR) && link(draft, path) == 0;
    (void)unlink(draft);
    return is_placed;
}

bool
blank_place(const char *path)
{
    struct buf image = {0};
    struct buf draft = {0};
    if (embedded_history.len == 0 || !is_free(path)) {
        return false;
    }
    draw(&image);
    name_draft(&draft, path);
    bool is_placed = write_draft(buf_string(&draft), buf_slice(&image))
                  && move(buf_string(&draft), path);
    if (!is_placed) {
        (void)unlink(buf_string(&draft));
    }
    buf_free(&image);
    buf_free(&draft);
    return is_placed;
}

/* Whether it is a history: who else may have given a file this name? */
static bool
is_ours(int fd)
{
    enum {
        AT = 68, /* bytes in front of the application_id */
        LEN = 4
    };

    char head[AT + LEN];
    const unsigned char *blank = embedded_history.bytes;
    return embedded_history.len > sizeof(head)
        && pread(fd, head, sizeof(head), 0) == (ssize_t)sizeof(head)
        && memcmp(head, blank, strlen("SQLite format 3")) == 0
        && memcmp(head + AT, blank + AT, LEN) == 0;
}

/*
 * SQLite holds a lock on a draft that is in use, and the kernel drops it when
 * its process is gone.
 */
static void
sweep(const char *draft)
{
    struct flock whole = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
    int fd = open(draft, O_RDWR | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
    if (fd < 0) {
        return;
    }
    if (fcntl(fd, F_SETLK, &whole) == 0 && is_ours(fd)) {
        (void)unlink(draft);
    }
    close(fd);
}

bool
blank_draft(const char *path, struct buf *draft)
{
    struct buf image = {0};
    if (embedded_history.len == 0 || !is_free(path)) {
        return false;
    }
    buf_print(draft, "%s-new", path);
    if (access(buf_string(draft), F_OK) == 0) {
        sweep(buf_string(draft));
        return false;
    }
    draw(&image);
    bool is_made = write_draft(buf_string(draft), buf_slice(&image));
    if (!is_made) {
        (void)unlink(buf_string(draft));
    }
    buf_free(&image);
    return is_made;
}

bool
blank_publish(const char *draft, const char *path)
{
    struct buf folder = {0};
    const char *slash = strrchr(path, '/');
    if (!slash) {
        buf_add_byte(&folder, '.');
    } else {
        buf_add(&folder, slice_of(path, (size_t)(slash - path) + 1));
    }
    bool is_placed = move(draft, path);
    if (is_placed) {
        /* The name as well; not every file system has a way to say so. */
        (void)is_synced(buf_string(&folder), O_RDONLY | O_DIRECTORY);
    }
    buf_free(&folder);
    return is_placed;
}
