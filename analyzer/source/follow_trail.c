/* SPDX-License-Identifier: Apache-2.0 */
#include "source/follow_trail.h"

#include "base/mem.h"
#include "source/follow_sift.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum {
    GRACE_MS = 60 * 1000,     /* a writer may keep the file it had so long */
    GRACE_UNLINKED_MS = 5000, /* that nobody else can open any more */
    OLD_FILES_MAX = 64,       /* held open for their writers */
    BUSY_FILES_MAX = 1024,    /* likewise, with those that are written to */
    BUSY_MS = 1000,           /* since something was read of it */
    SCANS_AFTER = 4,          /* looks behind a rotation that search again */
};

struct follow_trail *
follow_trail_new(struct follow_shared *shared, const char *name)
{
    struct follow_trail *trail = MEM_NEW(struct follow_trail);
    trail->shared = shared;
    trail->name = mem_string(slice_from(name));
    trail->hash = slice_hash(slice_from(name), 0);
    return trail;
}

void
follow_trail_notice(struct follow_trail *trail, enum source_notice notice,
                    uint64_t amount, const char *text)
{
    const struct source_host *host = &trail->shared->host;
    host->on_notice(host->ctx, notice, trail->name, amount, text);
}

static struct follow_file *
find_inode(const struct follow_trail *trail, uint64_t device, uint64_t inode)
{
    struct follow_file *file = trail->files;
    while (file && (file->inode != inode || file->device != device)) {
        file = file->next;
    }
    return file;
}

struct follow_file *
follow_trail_holder(const struct follow_shared *shared, uint64_t device,
                    uint64_t inode)
{
    struct follow_file *file = NULL;
    for (size_t i = 0; i < shared->trail_count && !file; i++) {
        file = find_inode(shared->trails[i], device, inode);
    }
    return file;
}

static_assert((int)SEEN_TEXT <= (int)SOURCE_CURSOR, "what was seen has room");

static void
fill_mark(const struct follow_file *file, struct source_mark *mark)
{
    follow_file_identity(file, mark->identity);
    follow_file_seen(file, mark->cursor);
    mark->anchor = file->anchor;
    mark->modified_at = file->marked_at;
}

void
follow_trail_add(struct follow_trail *trail, struct follow_file *file,
                 const struct source_mark *mark)
{
    struct follow_shared *shared = trail->shared;
    struct source_mark opened = *mark;
    struct follow_file **at = &trail->files;
    while (*at && *at != trail->current) {
        at = &(*at)->next;
    }
    file->next = *at;
    *at = file;
    follow_file_begin(file, mark);
    file->marked_at = file->modified_at;
    fill_mark(file, &opened);
    opened.anchor = mark->anchor; /* who counted how, is told by that */
    file->token = shared->host.on_open(shared->host.ctx, trail->name, &opened);
    shared->statistics.files++;
    shared->old_files++;
}

void
follow_trail_replace(struct follow_trail *trail, struct follow_file *file,
                     struct follow_file *copy)
{
    struct follow_file **at = &trail->files;
    while (*at != file) {
        at = &(*at)->next;
    }
    copy->next = file;
    *at = copy;
    follow_file_hand_over(file, copy);
    trail->shared->statistics.files++;
    trail->shared->old_files++;
}

static void
unlink_file(struct follow_trail *trail, const struct follow_file *file)
{
    struct follow_file **at = &trail->files;
    while (*at != file) {
        at = &(*at)->next;
    }
    *at = file->next;
    if (trail->current == file) {
        trail->current = NULL;
    } else {
        trail->shared->old_files--;
    }
}

static void
close_file(struct follow_trail *trail, struct follow_file *file)
{
    struct follow_shared *shared = trail->shared;
    unlink_file(trail, file);
    if (file->token) {
        shared->host.on_close(shared->host.ctx, file->token);
    }
    shared->statistics.files--;
    follow_file_free(file);
}

/*
 * Nothing is told of a first line that the next run may find whole, if the mark
 * says who has it; all that was read is of it.
 */
static void
mark_torn(const struct follow_trail *trail, const struct follow_file *file)
{
    const struct source_host *host = &trail->shared->host;
    struct source_mark mark = {.identity = ""};
    if (!file->is_identified && file->offset == file->tail_len) {
        fill_mark(file, &mark);
        follow_file_torn_identity(file, slice_of(file->tail, file->tail_len),
                                  mark.identity);
        host->on_mark(host->ctx, file->token, &mark);
    }
}

void
follow_trail_free(struct follow_trail *trail)
{
    while (trail->files) {
        if (trail->shared->is_closing) {
            mark_torn(trail, trail->files);
        }
        close_file(trail, trail->files);
    }
    mem_free(trail->known);
    mem_free(trail->real);
    mem_free(trail->name);
    mem_free(trail);
}

static void
set_current(struct follow_trail *trail, struct follow_file *file)
{
    if (trail->current) {
        trail->shared->old_files++;
    }
    trail->current = file;
    if (file) {
        trail->shared->old_files--;
    }
}

/* Each trouble of a path is told once, until it is over. */
static void
say(struct follow_trail *trail, int error)
{
    bool is_missing = error == ENOENT || error == ENOTDIR;
    /* Between two names of a rotation it is missing for a moment. */
    if (error == trail->said || (is_missing && trail->files)) {
        return;
    }
    trail->said = error;
    if (is_missing) {
        if (trail->is_given) {
            follow_trail_notice(trail, NOTICE_TOLD, 0,
                                "is not there; waiting for it");
        }
    } else if (error == EINVAL) {
        follow_trail_notice(trail, NOTICE_TOLD, 0,
                            "is neither a file nor a FIFO; left alone");
    } else if (error != 0) {
        follow_trail_notice(trail, NOTICE_TOLD, 0, strerror(error));
    }
}

/* Where the links of the path end, as its older generations are there. */
static void
resolve(struct follow_trail *trail)
{
    char *real = realpath(trail->name, NULL);
    if (!real || (trail->real && strcmp(real, trail->real) == 0)) {
        free(real);
        return;
    }
    bool has_moved = trail->real != NULL;
    mem_free(trail->real);
    trail->real = mem_string(slice_from(real));
    free(real);
    struct slice path = slice_from(trail->real);
    trail->real_hash = slice_hash(path, 0);
    trail->folder_hash =
        slice_hash(slice_before(path, slice_find_last(path, '/') + 1), 0);
    if (has_moved && trail->is_started) {
        /* What lies beside its new place and is older than what was read
         * belongs to somebody else. */
        trail->floor = trail->newest_at;
        follow_sift_older(trail, true);
    }
}

static void
lose(struct follow_trail *trail, uint64_t amount, const char *text)
{
    trail->shared->statistics.lost += amount;
    follow_trail_notice(trail, NOTICE_LOST, amount, text);
}

/* The new content may have the identity that the old one had. */
static void
end_replaced(struct follow_trail *trail, struct follow_file *file,
             struct follow_file *fresh)
{
    const struct source_host *host = &trail->shared->host;
    struct source_mark mark = {.identity = ""};
    if (file->token && follow_file_identify(fresh)
        && fresh->fingerprint == file->fingerprint) {
        host->on_mark(host->ctx, file->token, &mark);
    }
    close_file(trail, file);
}

/* Reads the inode of `file` from its start, as a new content. */
static void
start_again(struct follow_trail *trail, struct follow_file *file, bool is_moved)
{
    struct follow_file *fresh = follow_file_renew(file);
    bool is_current = trail->current == file;
    if (!fresh) {
        say(trail, errno);
        return;
    }
    if (is_moved) {
        close_file(trail, file); /* without its origin */
    } else {
        end_replaced(trail, file, fresh);
    }
    struct source_mark mark = {.identity = ""};
    follow_sift_start(fresh, &mark);
    follow_file_identify(fresh);
    follow_trail_add(trail, fresh, &mark);
    if (is_current) {
        set_current(trail, fresh);
    }
    trail->scans_left = SCANS_AFTER;
}

static void
replaced(struct follow_trail *trail, struct follow_file *file)
{
    uint64_t unread = file->content_size > file->offset
                        ? file->content_size - file->offset
                        : 0;
    bool is_short = false;
    bool is_moved = follow_sift_copy(trail, file, &is_short);
    trail->shared->statistics.truncations++;
    follow_trail_notice(trail, NOTICE_TRUNCATED, 0,
                        "was cut short; read again from its start");
    if (is_moved || is_short) {
        lose(trail, 0,
             "possible loss: what was written between the copy and the cut "
             "cannot be seen; rotation by renaming loses nothing");
    } else {
        lose(trail, unread,
             "possible loss: what was written before the cut and not yet read "
             "is gone, and there is no copy of it");
    }
    if (!is_moved) {
        file->size = UINT64_MAX; /* where it lay, something else lies now */
        follow_sift_remember(trail, file);
    }
    start_again(trail, file, is_moved);
}

static void
put_mark(struct follow_trail *trail, const struct follow_file *file)
{
    const struct source_host *host = &trail->shared->host;
    struct source_mark mark = {.position = file->anchored_at,
                               .resume = file->anchored_at};
    fill_mark(file, &mark);
    host->on_mark(host->ctx, file->token, &mark);
}

/* Who it is, as soon as there is a first line, though nothing is read yet. */
static void
identify(struct follow_trail *trail, struct follow_file *file)
{
    if (!file->is_identified && follow_file_identify(file)
        && follow_file_stands(file)) {
        put_mark(trail, file);
    }
}

/*
 * Before successors are opened, all that came before them must be, and with an
 * identity: the next run takes what has no mark, and is older than one that has,
 * for something that was there before all.
 */
static void
check_files(struct follow_trail *trail)
{
    struct follow_file *file = trail->files;
    while (file) {
        struct follow_file *next = file->next;
        if (follow_file_stands(file)) {
            identify(trail, file);
        } else {
            replaced(trail, file);
        }
        file = next;
    }
}

/* The file that stands at the path was not seen there before. */
static void
open_current(struct follow_trail *trail)
{
    struct follow_file *file = follow_file_open(trail->name);
    struct source_mark mark = {.identity = ""};
    if (!file) {
        say(trail, errno);
        return;
    }
    if (follow_trail_holder(trail->shared, file->device, file->inode)) {
        follow_file_free(file); /* it is read, under another name */
        return;
    }
    say(trail, 0);
    check_files(trail);
    resolve(trail);
    bool is_successor = trail->current != NULL;
    follow_sift_current(trail, file, &mark);
    set_current(trail, NULL);
    follow_trail_add(trail, file, &mark);
    set_current(trail, file);
    if (trail->is_started) { /* something was renamed just now */
        follow_listing_keep(&trail->shared->listing,
                            trail->shared->listing.is_kept);
    }
    /* Behind the path's own file, so that what is missed here is the next
     * rotation's, and a copy of it is known for one. */
    follow_sift_older(trail, !trail->is_started);
    trail->scans_left = SCANS_AFTER;
    if (is_successor) {
        trail->shared->statistics.rotations++;
        follow_trail_notice(trail, NOTICE_ROTATED, 0, "goes on in a new file");
    }
}

static bool
is_elsewhere(const struct follow_trail *trail, const struct stat *info)
{
    const struct follow_file *file = trail->current;
    return !file || file->inode != (uint64_t)info->st_ino
        || file->device != (uint64_t)info->st_dev;
}

void
follow_trail_look(struct follow_trail *trail)
{
    struct stat info;
    if (!trail->is_started) {
        follow_sift_recall(trail);
        resolve(trail);
    }
    /* In this order: a mark's time is from before the path was looked at, so
     * that a generation that came and went since is not older than it. */
    for (struct follow_file *file = trail->files; file; file = file->next) {
        if (follow_file_refresh(file)) {
            file->marked_at = file->modified_at;
            trail->newest_at = file->marked_at > trail->newest_at
                                 ? file->marked_at
                                 : trail->newest_at;
        }
    }
    trail->is_gone = stat(trail->name, &info) != 0;
    if (trail->is_gone) {
        say(trail, errno);
        if (!trail->is_started) {
            follow_sift_older(trail, true);
        }
    } else if (is_elsewhere(trail, &info)) {
        open_current(trail);
    }
    trail->is_started = true;
}

void
follow_trail_search(struct follow_trail *trail)
{
    follow_trail_look(trail);
    trail->must_search = false;
    check_files(trail);
    follow_sift_older(trail, false);
}

bool
follow_trail_is_over(const struct follow_trail *trail)
{
    return trail->is_gone && !trail->files && !trail->is_given;
}

static enum follow_read
read_file(struct follow_trail *trail, struct follow_file *file)
{
    struct follow_shared *shared = trail->shared;
    struct slice bytes;
    bool was_identified = file->is_identified;
    enum follow_read got = follow_file_read(file, shared->slice, &bytes);
    if (file->is_identified && !was_identified) {
        put_mark(trail, file); /* the host may save its marks among the bytes */
    }
    if (bytes.len > 0) {
        shared->host.on_bytes(shared->host.ctx, file->token, bytes);
        put_mark(trail, file);
    }
    if (got == FOLLOW_END && (bytes.len > 0 || !file->is_ended)) {
        file->is_ended = true;
        file->ended_at = shared->now;
    }
    return got;
}

static void
fail(struct follow_trail *trail, struct follow_file *file)
{
    if (!file->has_failed) {
        file->has_failed = true;
        follow_trail_notice(trail, NOTICE_TOLD, 0, strerror(errno));
    }
}

/*
 * How many may be open beside it. What stands in the middle of a line, or of a
 * record of several, is not closed for want of room: its host would tell it as
 * it is, and what belongs to it as something else.
 */
static size_t
room_beside(const struct follow_file *file, uint64_t since)
{
    bool is_torn = file->offset != file->anchored_at;
    return is_torn || since < BUSY_MS ? BUSY_FILES_MAX : OLD_FILES_MAX;
}

/* True if it had been read to its end and nobody is likely to write to it. */
static bool
is_done(const struct follow_trail *trail, const struct follow_file *file)
{
    const struct follow_shared *shared = trail->shared;
    uint64_t since = shared->now - file->ended_at;
    if (!file->is_ended || (file == trail->current && !trail->is_gone)) {
        return false;
    }
    if (file->gzip && follow_gzip_is_sound(file->gzip)) {
        return true;
    }
    return since >= GRACE_MS || (file->links == 0 && since >= GRACE_UNLINKED_MS)
        || (shared->old_files > room_beside(file, since)
            && file != trail->current);
}

static void
retire_file(struct follow_trail *trail, struct follow_file *file)
{
    if (file->gzip && !follow_gzip_is_sound(file->gzip)) {
        lose(trail, 0,
             "possible loss: a packed older generation is damaged or ends too "
             "early");
    }
    follow_sift_remember(trail, file);
    close_file(trail, file);
}

static void
retire(struct follow_trail *trail)
{
    struct follow_file *file = trail->files;
    while (file) {
        struct follow_file *next = file->next;
        if (is_done(trail, file)) {
            retire_file(trail, file);
        }
        file = next;
    }
}

bool
follow_trail_read(struct follow_trail *trail)
{
    struct follow_file *file = trail->files;
    while (file && !trail->shared->is_closing) {
        struct follow_file *next = file->next;
        switch (read_file(trail, file)) {
        case FOLLOW_MORE:
            return !trail->shared->is_closing;
        case FOLLOW_REPLACED:
            replaced(trail, file);
            /* At once: the marks of what is open may be saved any time, and
             * tell the next run that what is older was seen. */
            follow_trail_search(trail);
            return true;
        case FOLLOW_HOLE:
            start_again(trail, file, false);
            return true;
        case FOLLOW_FAILED:
            fail(trail, file);
            break;
        case FOLLOW_END:
            break;
        }
        file = next;
    }
    if (!trail->shared->is_closing) {
        retire(trail);
    }
    return false;
}
