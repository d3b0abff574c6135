/* SPDX-License-Identifier: Apache-2.0 */
#include "store/aside.h"

#include "base/mem.h"
#include "base/slice.h"
#include "base/stamp.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
    LOOKED_AT = 1024 * 1024, /* bytes, in which the schema surely begins */
    MAGIC_SIZE = 16,         /* SQLite's first words, with their NUL */
    APPLICATION_AT = 68,     /* where the header holds the application's id */
    TRIES = 100,
};

static const char magic[] = "SQLite format 3";
static_assert(sizeof(magic) == MAGIC_SIZE, "as SQLite writes it");

/*
 * How SQLite keeps the schema of every history: type, name, table, the number
 * of a page in up to four bytes, and then what the migration says.
 */
static const char row_words[] = "tabletallytally";
static const char sql_words[] = "CREATE TABLE tally (\n    incident_id ";

static const char *const parts[] = {"-wal", "-shm", ""};

static bool
begins(const char *bytes, size_t len, const char *words)
{
    size_t words_len = strlen(words);
    return len >= words_len && memcmp(bytes, words, words_len) == 0;
}

/* Whether the row that begins here has the migration's words. */
static bool
is_our_row(const char *bytes, size_t len)
{
    enum {
        ROW = sizeof(row_words) - 1
    };

    if (!begins(bytes, len, row_words)) {
        return false;
    }
    for (size_t at = ROW; at <= ROW + 4 && at < len; at++) {
        if (begins(bytes + at, len - at, sql_words)) {
            return true;
        }
    }
    return false;
}

static bool
has_our_schema(const char *bytes, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        if (is_our_row(bytes + i, len - i)) {
            return true;
        }
    }
    return false;
}

/* What a lost power supply leaves of a file that was just made. */
static bool
is_all_zero(const char *bytes, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        if (bytes[i] != '\0') {
            return false;
        }
    }
    return true;
}

static bool
bytes_are_ours(const char *bytes, size_t len)
{
    static const char id[] = {'p', 'u', 'l', 'w'};
    if (len >= MAGIC_SIZE && memcmp(bytes, magic, MAGIC_SIZE) == 0) {
        return len >= APPLICATION_AT + sizeof(id)
            && memcmp(bytes + APPLICATION_AT, id, sizeof(id)) == 0;
    }
    return is_all_zero(bytes, len) || has_our_schema(bytes, len);
}

static size_t
read_start(int file, char *bytes, size_t room)
{
    size_t len = 0;
    while (len < room) {
        ssize_t got = read(file, bytes + len, room - len);
        if (got == 0 || (got < 0 && errno != EINTR)) {
            break; /* what cannot be read speaks for nobody */
        }
        len += got > 0 ? (size_t)got : 0;
    }
    return len;
}

static bool
is_ours(const char *path, struct fault *fault)
{
    struct stat status;
    int file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (file < 0 || fstat(file, &status) != 0) {
        int code = errno;
        if (file >= 0) {
            close(file);
        }
        return fault_set(fault, FAULT_SYSTEM, code, "%s", strerror(code));
    }
    char *bytes = mem_resize_array(NULL, LOOKED_AT, 1);
    bool is_ours = S_ISREG(status.st_mode)
                && bytes_are_ours(bytes, read_start(file, bytes, LOOKED_AT));
    mem_free(bytes);
    close(file);
    return is_ours
        || fault_set(fault, FAULT_INPUT, 0,
                     "it is not surely a history of pullwhy, and is left "
                     "alone; name another file with --db, or move it away");
}

/* "20261127T054500Z" */
static void
add_stamp(struct buf *out, int64_t now)
{
    char text[STAMP_TEXT];
    for (const char *byte = stamp_format(now, text); *byte; byte++) {
        if (*byte != '-' && *byte != ':') {
            buf_add_byte(out, *byte);
        }
    }
}

static void
add_name(struct buf *out, const char *path, int64_t now, int number)
{
    buf_clear(out);
    buf_print(out, "%s.corrupt-", path);
    add_stamp(out, now);
    if (number > 1) {
        buf_print(out, "-%d", number);
    }
}

/* A name that nothing has; another one for each file of the same second. */
static bool
find_name(const char *path, int64_t now, struct buf *name, struct fault *fault)
{
    for (int number = 1; number <= TRIES; number++) {
        add_name(name, path, now, number);
        if (access(buf_string(name), F_OK) != 0 && errno == ENOENT) {
            return true;
        }
    }
    return fault_set(fault, FAULT_SYSTEM, EEXIST, "%s and %d more: %s",
                     buf_string(name), TRIES - 1, strerror(EEXIST));
}

static bool
move_part(const char *path, const char *name, const char *part,
          struct fault *fault)
{
    struct buf from = {0};
    struct buf to = {0};
    buf_print(&from, "%s%s", path, part);
    buf_print(&to, "%s%s", name, part);
    bool is_moved = rename(buf_string(&from), buf_string(&to)) == 0
                 || (errno == ENOENT && part[0] != '\0')
                 || fault_set(fault, FAULT_SYSTEM, errno, "renaming %s: %s",
                              buf_string(&from), strerror(errno));
    buf_free(&from);
    buf_free(&to);
    return is_moved;
}

bool
aside_move(const char *path, int64_t now, struct buf *name, struct fault *fault)
{
    if (!is_ours(path, fault) || !find_name(path, now, name, fault)) {
        return fault_add(fault, "moving %s away", path);
    }
    /* The file last: as long as it is there, nobody makes a new -wal. */
    for (size_t i = 0; i < COUNT(parts); i++) {
        if (!move_part(path, buf_string(name), parts[i], fault)) {
            return fault_add(fault, "moving %s away", path);
        }
    }
    return true;
}
