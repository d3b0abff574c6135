/* SPDX-License-Identifier: Apache-2.0 */
#include "source/follow_file.h"

#include "base/mem.h"
#include "source/identity.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Of the kernel's interface, which only some libraries show by default; on other
 * machines it has another value. */
#if defined(__linux__) && (defined(__x86_64__) || defined(__aarch64__)) \
    && !defined(O_NOATIME)
#    define O_NOATIME 01000000
#endif
#ifndef O_NOATIME
#    define O_NOATIME 0
#endif

enum {
    WINDOW = 16 * 1024,             /* looked through at once, bytes */
    SEARCH_BACK = 2 * SOURCE_SLICE, /* for a newline that fits an anchor */
    SEARCH_ON = 1024 * 1024,        /* likewise, behind the position */
    LAST_LINE = 16 * 1024 * 1024,   /* for the last newline of a file */
    SECOND = 1000000,               /* us */
};

/* 0 is kept for "not known". */
static uint64_t
anchor_of(const char *data, size_t len)
{
    uint64_t hash = slice_hash(slice_of(data, len), 0);
    return hash == 0 ? 1 : hash;
}

bool
follow_file_refresh(struct follow_file *file)
{
    struct stat info;
    if (fstat(file->fd, &info) != 0) {
        return false;
    }
    file->device = (uint64_t)info.st_dev;
    file->inode = (uint64_t)info.st_ino;
    file->size = (uint64_t)info.st_size;
    file->links = (uint64_t)info.st_nlink;
    file->modified_at =
        (int64_t)info.st_mtim.tv_sec * SECOND + info.st_mtim.tv_nsec / 1000;
    file->is_fresh = true;
    return true;
}

/* What a FIFO or a regular file is to be opened for; else errno says why not. */
static bool
settle_kind(struct follow_file *file)
{
    struct stat info;
    if (fstat(file->fd, &info) != 0) {
        return false;
    }
    file->is_stream = S_ISFIFO(info.st_mode);
    if (!file->is_stream && !S_ISREG(info.st_mode)) {
        errno = S_ISDIR(info.st_mode) ? EISDIR : EINVAL;
        return false;
    }
    if (!file->is_stream && follow_gzip_takes(file->fd)) {
        file->gzip = follow_gzip_open(file->fd);
        return file->gzip != NULL;
    }
    return true;
}

struct follow_file *
follow_file_open(const char *path)
{
    /* Opening a FIFO would wait for its writer. */
    const int mode = O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY;
    /* That each line was read need not be written to the disk; only the owner
     * may say so. */
    int fd = open(path, mode | O_NOATIME);
    if (fd < 0 && errno == EPERM) {
        fd = open(path, mode);
    }
    if (fd < 0) {
        return NULL;
    }
    struct follow_file *file = MEM_NEW(struct follow_file);
    file->fd = fd;
    if (!settle_kind(file) || !follow_file_refresh(file)) {
        int error = errno;
        follow_file_free(file);
        errno = error;
        return NULL;
    }
    return file;
}

struct follow_file *
follow_file_renew(const struct follow_file *file)
{
    int fd = fcntl(file->fd, F_DUPFD_CLOEXEC, 0);
    if (fd < 0) {
        return NULL;
    }
    struct follow_file *fresh = MEM_NEW(struct follow_file);
    fresh->fd = fd;
    if (!settle_kind(fresh) || !follow_file_refresh(fresh)) {
        int error = errno;
        follow_file_free(fresh);
        errno = error;
        return NULL;
    }
    return fresh;
}

void
follow_file_free(struct follow_file *file)
{
    if (file) {
        follow_gzip_close(file->gzip);
        close(file->fd);
        mem_free(file);
    }
}

size_t
follow_file_peek(struct follow_file *file, char *out, size_t size,
                 uint64_t offset)
{
    ssize_t got = file->is_stream ? 0
                : file->gzip ? follow_gzip_read(file->gzip, out, size, offset)
                             : pread(file->fd, out, size, (off_t)offset);
    return got > 0 ? (size_t)got : 0;
}

uint64_t
follow_file_length(struct follow_file *file)
{
    if (file->gzip) {
        return follow_gzip_length(file->gzip);
    }
    return follow_file_refresh(file) ? file->size : 0;
}

static bool
read_fingerprint(struct follow_file *file, uint64_t *fingerprint)
{
    char head[IDENTITY_HEAD];
    bool is_whole;
    size_t got = follow_file_peek(file, head, sizeof(head), 0);
    *fingerprint = identity_fingerprint(slice_of(head, got), &is_whole);
    return is_whole;
}

bool
follow_file_identify(struct follow_file *file)
{
    if (!file->is_identified && !file->is_stream) {
        file->is_identified = read_fingerprint(file, &file->fingerprint);
    }
    return file->is_identified;
}

void
follow_file_identity(const struct follow_file *file, char out[SOURCE_IDENTITY])
{
    out[0] = '\0';
    if (file->is_identified) {
        identity_write(out, file->device, file->inode, file->fingerprint);
    }
}

void
follow_file_torn_identity(const struct follow_file *file, struct slice head,
                          char out[SOURCE_IDENTITY])
{
    bool is_whole;
    out[0] = '\0';
    if (head.len > 0 && !file->is_stream && !file->gzip) {
        identity_write(out, file->device, file->inode,
                       identity_fingerprint(head, &is_whole));
    }
}

/* Reads the FOLLOW_ANCHOR bytes before `end`, or as many as there are; false if
 * the file does not reach so far. */
static bool
read_before(struct follow_file *file, uint64_t end, char out[FOLLOW_ANCHOR],
            size_t *len)
{
    *len = seen_length(end);
    return *len == 0 || follow_file_peek(file, out, *len, end - *len) == *len;
}

void
follow_file_seen(const struct follow_file *file, char out[SEEN_TEXT])
{
    struct seen seen = {.position = 0};
    if (file->tail_len == seen_length(file->offset)) {
        seen.position = file->offset;
        seen.hash = slice_hash(slice_of(file->tail, file->tail_len), 0);
    }
    seen_write(out, &seen);
}

void
follow_file_begin(struct follow_file *file, const struct source_mark *mark)
{
    char before[FOLLOW_ANCHOR];
    size_t len;
    file->offset = mark->resume;
    if (!read_before(file, file->offset, file->tail, &file->tail_len)) {
        file->tail_len = 0;
    }
    file->anchored_at = mark->position;
    file->anchor = mark->anchor;
    if (file->anchor == 0 && mark->position > 0
        && read_before(file, mark->position, before, &len)) {
        file->anchor = anchor_of(before, len);
    }
}

uint64_t
follow_file_first_byte(struct follow_file *file)
{
    char window[WINDOW];
    uint64_t offset = 0;
    size_t got;
    while ((got = follow_file_peek(file, window, sizeof(window), offset)) > 0) {
        size_t at = 0;
        while (at < got && window[at] == '\0') {
            at++;
        }
        if (at < got) {
            return offset + at;
        }
        offset += got;
    }
    return 0;
}

uint64_t
follow_file_last_line(struct follow_file *file)
{
    char window[WINDOW];
    uint64_t length = follow_file_length(file);
    uint64_t end = length;
    while (end > 0 && length - end < LAST_LINE) {
        size_t size = end < WINDOW ? (size_t)end : (size_t)WINDOW;
        size_t got = follow_file_peek(file, window, size, end - size);
        size_t at = slice_find_last(slice_of(window, got), '\n');
        if (at != SLICE_NONE) {
            return end - size + at + 1;
        }
        end -= size;
    }
    return end;
}

/* Whether `anchor` is that of a line that ends behind the first `kept` bytes. */
static bool
has_anchor(struct slice window, size_t kept, uint64_t anchor)
{
    for (size_t end = kept + 1; end <= window.len; end++) {
        size_t len = end < FOLLOW_ANCHOR ? end : (size_t)FOLLOW_ANCHOR;
        if (window.data[end - 1] == '\n'
            && anchor_of(window.data + end - len, len) == anchor) {
            return true;
        }
    }
    return false;
}

/* Whether a line that ends in [from, to), or a little behind, has it. */
static bool
finds_anchor(struct follow_file *file, uint64_t from, uint64_t to,
             uint64_t anchor)
{
    char window[FOLLOW_ANCHOR + WINDOW];
    size_t kept;
    if (!read_before(file, from, window, &kept)) {
        return false;
    }
    while (from < to) {
        size_t got = follow_file_peek(file, window + kept, WINDOW, from);
        size_t all = kept + got;
        if (got == 0 || has_anchor(slice_of(window, all), kept, anchor)) {
            return got > 0;
        }
        kept = all < FOLLOW_ANCHOR ? all : (size_t)FOLLOW_ANCHOR;
        memmove(window, window + all - kept, kept);
        from += got;
    }
    return false;
}

bool
follow_file_holds(struct follow_file *file, uint64_t position, uint64_t anchor,
                  struct seen seen)
{
    char before[FOLLOW_ANCHOR];
    size_t len;
    if (position == 0) {
        return true;
    }
    if (seen.position > 0) {
        if (read_before(file, seen.position, before, &len)) {
            return seen_holds(&seen, slice_of(before, len))
                && position <= follow_file_length(file)
                && (file->gzip || seen_is_whole(&seen, file->fd));
        }
        if (anchor == 0) {
            return false;
        }
    }
    if (!read_before(file, position, before, &len)) {
        return false;
    }
    if (anchor == 0 || anchor_of(before, len) == anchor) {
        return true;
    }
    /*
     * The anchor is of the last newline that was read, or of the one before a
     * chunk within which the host saved its marks. A position stands before it
     * while records are held back that reach over several lines, and behind it
     * when a last line without a newline was counted.
     */
    uint64_t from = position < SEARCH_BACK ? 0 : position - SEARCH_BACK;
    return finds_anchor(file, from, position + SEARCH_ON, anchor);
}

bool
follow_file_continues(struct follow_file *copy, const struct follow_file *file)
{
    char before[FOLLOW_ANCHOR];
    uint64_t from = file->offset - file->tail_len;
    return follow_file_peek(copy, before, file->tail_len, from)
            == file->tail_len
        && memcmp(before, file->tail, file->tail_len) == 0;
}

void
follow_file_hand_over(struct follow_file *file, struct follow_file *copy)
{
    copy->offset = file->offset;
    memcpy(copy->tail, file->tail, file->tail_len);
    copy->tail_len = file->tail_len;
    copy->anchored_at = file->anchored_at;
    copy->anchor = file->anchor;
    copy->marked_at = file->marked_at;
    copy->token = file->token;
    file->token = NULL;
}

bool
follow_file_agrees(struct follow_file *a, struct follow_file *b, uint64_t end)
{
    char before_a[FOLLOW_ANCHOR];
    char before_b[FOLLOW_ANCHOR];
    size_t len;
    return read_before(a, end, before_a, &len)
        && read_before(b, end, before_b, &len)
        && memcmp(before_a, before_b, len) == 0;
}

/*
 * Whether all that was read before stands there as it was. Looked at behind
 * each read: what was read when this holds was not there in place of it.
 */
bool
follow_file_stands(struct follow_file *file)
{
    uint64_t fingerprint;
    if (file->gzip || file->is_stream) {
        return true;
    }
    return follow_file_continues(file, file)
        && (!file->is_identified
            || (read_fingerprint(file, &fingerprint)
                && fingerprint == file->fingerprint));
}

/* Who it is, is told by what was read, not by what stands there by now. */
static bool
stands_with(struct follow_file *file, struct slice bytes)
{
    if (!file->is_identified && file->offset == 0) {
        file->fingerprint = identity_fingerprint(bytes, &file->is_identified);
    } else {
        follow_file_identify(file);
    }
    return follow_file_stands(file);
}

static void
keep_anchor(struct follow_file *file, struct slice bytes)
{
    char joined[2 * FOLLOW_ANCHOR];
    size_t at = slice_find_last(bytes, '\n');
    if (at == SLICE_NONE || file->offset + at + 1 <= file->anchored_at) {
        return;
    }
    size_t end = at + 1;
    file->anchored_at = file->offset + end;
    if (end >= FOLLOW_ANCHOR) {
        file->anchor =
            anchor_of(bytes.data + end - FOLLOW_ANCHOR, FOLLOW_ANCHOR);
        return;
    }
    size_t len = file->tail_len + end;
    memcpy(joined, file->tail, file->tail_len);
    memcpy(joined + file->tail_len, bytes.data, end);
    size_t before = len < FOLLOW_ANCHOR ? len : (size_t)FOLLOW_ANCHOR;
    file->anchor = anchor_of(joined + len - before, before);
}

static void
keep_tail(struct follow_file *file, struct slice bytes)
{
    char joined[2 * FOLLOW_ANCHOR];
    struct slice last = bytes.len < FOLLOW_ANCHOR
                          ? bytes
                          : slice_after(bytes, bytes.len - FOLLOW_ANCHOR);
    size_t len = file->tail_len + last.len;
    size_t kept = len < FOLLOW_ANCHOR ? len : (size_t)FOLLOW_ANCHOR;
    memcpy(joined, file->tail, file->tail_len);
    memcpy(joined + file->tail_len, last.data, last.len);
    memcpy(file->tail, joined + len - kept, kept);
    file->tail_len = kept;
}

static void
take(struct follow_file *file, struct slice bytes)
{
    if (bytes.len > 0) {
        keep_anchor(file, bytes);
        keep_tail(file, bytes);
        file->offset += bytes.len;
    }
}

static enum follow_read
read_stream(struct follow_file *file, char *slice, struct slice *bytes)
{
    ssize_t got = read(file->fd, slice, SOURCE_SLICE);
    if (got < 0) {
        return errno == EAGAIN || errno == EINTR ? FOLLOW_END : FOLLOW_FAILED;
    }
    *bytes = slice_of(slice, (size_t)got);
    take(file, *bytes);
    return got == SOURCE_SLICE ? FOLLOW_MORE : FOLLOW_END;
}

/* Nothing was done to it since it was last read to its end. */
static bool
is_unchanged(const struct follow_file *file)
{
    return file->modified_at == file->checked_at
        && file->size == file->checked_size
        && (file->gzip || file->size == file->offset);
}

enum follow_read
follow_file_read(struct follow_file *file, char *slice, struct slice *bytes)
{
    *bytes = slice_of(slice, 0);
    if (file->is_stream) {
        return read_stream(file, slice, bytes);
    }
    /* What changed since it was looked at is seen when it is looked at next:
     * it is said to have been checked as of then. */
    if (!file->is_fresh && !follow_file_refresh(file)) {
        return FOLLOW_FAILED;
    }
    file->is_fresh = false;
    if (is_unchanged(file)) {
        return FOLLOW_END;
    }
    if (!file->gzip && file->size < file->offset) {
        return FOLLOW_REPLACED;
    }
    ssize_t got =
        file->gzip
            ? follow_gzip_read(file->gzip, slice, SOURCE_SLICE, file->offset)
            : pread(file->fd, slice, SOURCE_SLICE, (off_t)file->offset);
    if (got < 0) {
        return FOLLOW_FAILED;
    }
    if (file->offset == 0 && got > 0 && slice[0] == '\0'
        && follow_file_first_byte(file) > 0) {
        return FOLLOW_HOLE;
    }
    if (!stands_with(file, slice_of(slice, (size_t)got))) {
        return FOLLOW_REPLACED;
    }
    *bytes = slice_of(slice, (size_t)got);
    take(file, *bytes);
    file->content_size = file->size > file->offset ? file->size : file->offset;
    if (got == SOURCE_SLICE) {
        return FOLLOW_MORE;
    }
    file->checked_at = file->modified_at;
    file->checked_size = file->gzip ? file->size : file->offset;
    return FOLLOW_END;
}
