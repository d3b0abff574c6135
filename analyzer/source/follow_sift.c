/* SPDX-License-Identifier: Apache-2.0 */
#include "source/follow_sift.h"

#include "base/buf.h"
#include "source/follow_names.h"
#include "source/identity.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum {
    MARKS_MAX = 4096,    /* asked of the host for one name */
    KNOWN_MAX = 4096,    /* kept of generations that are not there any more */
    PASSES = 3,          /* through a folder in which files are renamed */
    GRACE_US = 60000000, /* so young, it may still be written to */
    SECOND = 1000000,    /* us */
};

struct candidates {
    struct follow_file **files;
    size_t count;
};

/* What is remembered of a content, besides how far it was read. */
struct memory {
    bool is_short; /* one that begins alike was read further than it is long */
    bool is_anew;  /* the file had another one, which began alike */
    bool is_ignored; /* older than what is followed */
};

enum verdict {
    VERDICT_LATER,  /* cannot be told yet, or is a copy of what is open */
    VERDICT_KNOWN,  /* nothing in it is to be read */
    VERDICT_IGNORE, /* nothing, and nothing is known of it */
    VERDICT_READ,
};

static struct follow_known *
add_known(struct follow_trail *trail)
{
    trail->known = mem_resize_array(trail->known, trail->known_count + 1,
                                    sizeof(struct follow_known));
    struct follow_known *known = &trail->known[trail->known_count++];
    *known = (struct follow_known){.was_seen = true};
    return known;
}

static void
add_place(struct follow_known *known, const struct follow_file *file)
{
    known->device = file->device;
    known->inode = file->inode;
    known->size = file->size;
    known->modified_at = file->modified_at;
    known->has_fingerprint = file->is_identified;
    known->fingerprint = file->fingerprint;
}

void
follow_sift_remember(struct follow_trail *trail, const struct follow_file *file)
{
    struct follow_known *known = add_known(trail);
    add_place(known, file);
    /* All of it was told, a torn last line too. */
    known->position = file->offset;
    known->resume = file->offset;
    known->anchor = slice_hash(slice_of(file->tail, file->tail_len), 0);
    known->seen = (struct seen){file->offset, known->anchor, 0};
}

/* A candidate that need not be opened again unless it changes. */
static void
remember_candidate(struct follow_trail *trail, struct follow_file *file,
                   const struct source_mark *mark)
{
    struct follow_known *known = add_known(trail);
    add_place(known, file);
    known->position = mark->position;
    known->resume = mark->resume;
    known->anchor = mark->anchor;
}

/* Unread and to be left so; a copy of it, or a packed one, likewise. */
static void
ignore(struct follow_trail *trail, struct follow_file *file)
{
    struct follow_known *known = add_known(trail);
    struct source_mark end = {.identity = ""};
    if (!file->gzip) {
        end.position = follow_file_length(file);
        end.resume = end.position;
        follow_file_begin(file, &end);
        end.anchor = file->anchor;
    }
    add_place(known, file);
    known->has_fingerprint = known->has_fingerprint && !file->gzip;
    known->is_ignored = true;
    known->position = end.position;
    known->anchor = end.anchor;
}

void
follow_sift_recall(struct follow_trail *trail)
{
    const struct source_host *host = &trail->shared->host;
    struct source_mark *marks =
        mem_resize_array(NULL, MARKS_MAX, sizeof(struct source_mark));
    size_t count = host->recall_name(host->ctx, trail->name, marks, MARKS_MAX);
    int64_t newest = 0;
    /* The newest comes first, and is to be forgotten last. */
    for (size_t i = count; i-- > 0;) {
        uint64_t device;
        uint64_t inode;
        uint64_t fingerprint;
        if (!identity_read(marks[i].identity, &device, &inode, &fingerprint)) {
            continue;
        }
        struct follow_known *known = add_known(trail);
        known->has_fingerprint = true;
        known->fingerprint = fingerprint;
        known->position = marks[i].position;
        known->resume = marks[i].resume;
        known->anchor = marks[i].anchor;
        known->seen = seen_read(marks[i].cursor);
        if (marks[i].modified_at >= newest) {
            newest = marks[i].modified_at;
            trail->last_device = device;
            trail->last_inode = inode;
        }
    }
    trail->was_watched = trail->was_watched || trail->known_count > 0;
    if (newest > 0) {
        trail->floor = newest;
    }
    mem_free(marks);
}

void
follow_sift_start(struct follow_file *file, struct source_mark *mark)
{
    char first;
    mark->position = 0;
    if (follow_file_peek(file, &first, 1, 0) == 1 && first == '\0') {
        mark->position = follow_file_first_byte(file);
    }
    mark->resume = mark->position;
    mark->anchor = 0;
}

/*
 * Finds how far the content of `file` was read, in whatever file it stood then.
 * Returns false if nobody knows it.
 */
static bool
find_content(struct follow_trail *trail, struct follow_file *file,
             struct source_mark *mark, struct memory *memory)
{
    bool found = false;
    uint64_t length = follow_file_length(file);
    for (size_t i = 0; i < trail->known_count; i++) {
        const struct follow_known *known = &trail->known[i];
        if (!known->has_fingerprint
            || known->fingerprint != file->fingerprint) {
            continue;
        }
        if (known->position > length) {
            memory->is_short = memory->is_short || !known->is_ignored;
        } else if ((!found || known->position > mark->position)
                   && follow_file_holds(file, known->position, known->anchor,
                                        known->seen)) {
            found = true;
            memory->is_ignored = known->is_ignored;
            mark->position = known->position;
            mark->resume = known->resume;
            mark->anchor = known->anchor;
        }
    }
    return found;
}

/* What the host knows of the file itself; its first line may be torn yet. */
static bool
recall_file(struct follow_trail *trail, struct follow_file *file,
            struct source_mark *mark)
{
    const struct source_host *host = &trail->shared->host;
    char room[IDENTITY_HEAD];
    char identity[SOURCE_IDENTITY];
    size_t got = follow_file_peek(file, room, sizeof(room), 0);
    follow_file_identity(file, identity);
    if (identity[0] == '\0') {
        follow_file_torn_identity(file, slice_of(room, got), identity);
    }
    return identity[0] != '\0'
        && host->recall(host->ctx, identity, slice_of(room, got), mark);
}

/* As the host remembers it, unless it is known better. */
static bool
recall_content(struct follow_trail *trail, struct follow_file *file,
               struct source_mark *mark, struct memory *memory)
{
    struct source_mark recalled = {.identity = ""};
    bool found = file->is_identified && find_content(trail, file, mark, memory);
    if (recall_file(trail, file, &recalled)) {
        if (!follow_file_holds(file, recalled.position, recalled.anchor,
                               seen_read(recalled.cursor))) {
            memory->is_short = true;
            memory->is_anew = true;
        } else if (!found || recalled.position > mark->position) {
            *mark = recalled;
            memory->is_ignored = false;
            found = true;
        }
    }
    if (mark->resume > mark->position) {
        mark->resume = mark->position;
    }
    return found;
}

/* Whether it is known who `file` is, though little of it may be read yet. */
static bool
is_told_apart(struct follow_file *file)
{
    return follow_file_stands(file) && follow_file_identify(file)
        && follow_file_stands(file);
}

static bool
is_copy_of(struct follow_file *open, struct follow_file *file, uint64_t length)
{
    if (!open->is_identified && !is_told_apart(open)) {
        /* Cut short and not yet seen to be so, it may be of whatever it was. */
        return open->offset > 0;
    }
    if (open->fingerprint != file->fingerprint) {
        return false;
    }
    if (length >= open->offset) {
        return follow_file_continues(file, open);
    }
    return follow_file_agrees(file, open, length) || !follow_file_stands(open);
}

/* The open file of the trail, if any, of which `file` seems to be a copy. */
static struct follow_file *
original_of(struct follow_trail *trail, struct follow_file *file)
{
    uint64_t length = follow_file_length(file);
    struct follow_file *open = trail->files;
    while (open && !is_copy_of(open, file, length)) {
        open = open->next;
    }
    return open;
}

static bool
leaves_unknown(const struct follow_trail *trail, const struct follow_file *file,
               bool is_first)
{
    const struct follow_shared *shared = trail->shared;
    return is_first && !shared->from_start
        && !(shared->is_settled && !trail->is_started)
        && !(trail->was_watched && file->modified_at >= trail->floor);
}

static enum verdict
judge(struct follow_trail *trail, struct follow_file *file,
      struct source_mark *mark, bool is_first)
{
    struct memory memory = {.is_short = false};
    if (!follow_file_identify(file)) {
        return VERDICT_LATER;
    }
    if (original_of(trail, file)) {
        return VERDICT_LATER;
    }
    if (recall_content(trail, file, mark, &memory)) {
        bool is_young =
            is_first && file->modified_at >= trail->floor - GRACE_US;
        bool has_more = follow_file_length(file) > mark->position;
        return !memory.is_ignored && (has_more || (is_young && !file->gzip))
                 ? VERDICT_READ
                 : VERDICT_KNOWN;
    }
    if (memory.is_short) {
        /* A copy that was made before all was read. */
        mark->position = follow_file_length(file);
        mark->resume = mark->position;
        return VERDICT_KNOWN;
    }
    if (leaves_unknown(trail, file, is_first)) {
        return VERDICT_IGNORE;
    }
    follow_sift_start(file, mark);
    return VERDICT_READ;
}

static struct slice
folder_of(const struct follow_trail *trail)
{
    struct slice path = slice_from(trail->real ? trail->real : trail->name);
    size_t slash = slice_find_last(path, '/');
    return slash == SLICE_NONE ? SLICE("./") : slice_before(path, slash + 1);
}

static struct slice
base_of(const struct follow_trail *trail)
{
    struct slice path = slice_from(trail->real ? trail->real : trail->name);
    size_t slash = slice_find_last(path, '/');
    return slash == SLICE_NONE ? path : slice_after(path, slash + 1);
}

/* It lies where it was when it was judged, and as it was. */
static bool
is_known_place(struct follow_trail *trail, const struct stat *info)
{
    bool is_known = false;
    int64_t modified_at =
        (int64_t)info->st_mtim.tv_sec * SECOND + info->st_mtim.tv_nsec / 1000;
    for (size_t i = 0; i < trail->known_count; i++) {
        struct follow_known *known = &trail->known[i];
        if (known->inode == (uint64_t)info->st_ino
            && known->device == (uint64_t)info->st_dev) {
            known->was_seen = true;
            is_known = is_known
                    || (known->size == (uint64_t)info->st_size
                        && known->modified_at == modified_at);
        }
    }
    return is_known;
}

static void
add_candidate(struct candidates *found, struct follow_file *file)
{
    size_t at = found->count;
    found->files = mem_resize_array(found->files, found->count + 1,
                                    sizeof(struct follow_file *));
    for (; at > 0 && found->files[at - 1]->modified_at > file->modified_at;
         at--) {
        found->files[at] = found->files[at - 1];
    }
    found->files[at] = file;
    found->count++;
}

static void
take_name(struct follow_trail *trail, const char *path,
          struct candidates *found)
{
    struct stat info;
    if (lstat(path, &info) != 0 || !S_ISREG(info.st_mode)
        || is_known_place(trail, &info)
        || follow_trail_holder(trail->shared, (uint64_t)info.st_dev,
                               (uint64_t)info.st_ino)) {
        return;
    }
    struct follow_file *file = follow_file_open(path);
    if (!file) {
        return;
    }
    /* Renamed in between, it may be another by now. */
    if (file->is_stream
        || follow_trail_holder(trail->shared, file->device, file->inode)) {
        follow_file_free(file);
        return;
    }
    for (size_t i = 0; i < found->count; i++) {
        if (found->files[i]->inode == file->inode
            && found->files[i]->device == file->device) {
            follow_file_free(file);
            return;
        }
    }
    add_candidate(found, file);
}

/* All that is older begins as the path does, up to its extension. */
static struct slice
stem_of(const struct follow_trail *trail)
{
    struct slice base = base_of(trail);
    return slice_before(base, slice_find_last(base, '.'));
}

/* Opens all at once, before anything is read: they may be deleted soon. */
static void
collect(struct follow_trail *trail, struct candidates *found)
{
    struct follow_listing *listing = &trail->shared->listing;
    struct buf path = {0};
    struct slice base = base_of(trail);
    struct slice stem = stem_of(trail);
    follow_listing_read(listing, folder_of(trail));
    for (size_t i = follow_listing_find(listing, stem); i < listing->count;
         i++) {
        struct slice name = slice_from(listing->names[i]);
        if (!slice_starts(name, stem)) {
            break;
        }
        if (follow_names_is_older(base, name)) {
            buf_clear(&path);
            buf_add(&path, folder_of(trail));
            buf_add(&path, name);
            take_name(trail, buf_string(&path), found);
        }
    }
    buf_free(&path);
}

/*
 * What is not there any more is kept for a while, to know its copies by; the
 * first of them are the oldest.
 */
static void
forget_old(struct follow_trail *trail)
{
    size_t unseen = 0;
    size_t kept = 0;
    for (size_t i = 0; i < trail->known_count; i++) {
        unseen += trail->known[i].was_seen ? 0 : 1;
    }
    for (size_t i = 0; i < trail->known_count; i++) {
        if (!trail->known[i].was_seen && unseen > KNOWN_MAX) {
            unseen--;
            continue;
        }
        trail->known[kept] = trail->known[i];
        trail->known[kept++].was_seen = false;
    }
    trail->known_count = kept;
}

/* True if it is settled what becomes of the file. */
static bool
settle(struct follow_trail *trail, struct follow_file *file, bool is_first)
{
    struct source_mark mark = {.identity = ""};
    switch (judge(trail, file, &mark, is_first)) {
    case VERDICT_READ:
        follow_trail_add(trail, file, &mark);
        return true;
    case VERDICT_KNOWN:
        remember_candidate(trail, file, &mark);
        break;
    case VERDICT_IGNORE:
        ignore(trail, file);
        break;
    case VERDICT_LATER:
        follow_file_free(file);
        return false;
    }
    follow_file_free(file);
    return true;
}

bool
follow_sift_is_older(const struct follow_trail *trail, const char *name)
{
    return follow_names_is_older(base_of(trail), slice_from(name));
}

void
follow_sift_older(struct follow_trail *trail, bool is_first)
{
    bool goes_on = true;
    for (int pass = 0; pass < PASSES && goes_on; pass++) {
        struct candidates found = {0};
        goes_on = false;
        collect(trail, &found);
        for (size_t i = 0; i < found.count; i++) {
            goes_on |= settle(trail, found.files[i], is_first);
        }
        mem_free(found.files);
    }
    forget_old(trail);
}

/* Of what it was cut short of while nobody looked. */
static void
tell_cut(struct follow_trail *trail)
{
    trail->shared->statistics.truncations++;
    follow_trail_notice(trail, NOTICE_TRUNCATED, 0,
                        "was cut short while nobody read it");
    follow_trail_notice(trail, NOTICE_LOST, 0,
                        "possible loss: what was written before the cut may "
                        "be in no other file");
}

void
follow_sift_current(struct follow_trail *trail, struct follow_file *file,
                    struct source_mark *mark)
{
    const struct follow_shared *shared = trail->shared;
    struct memory memory = {.is_short = false};
    if (follow_file_identify(file)) {
        struct follow_file *open = original_of(trail, file);
        if (open && follow_file_length(file) >= open->offset
            && open->offset > 0) {
            mark->position = open->anchored_at;
            mark->resume = open->anchored_at;
            mark->anchor = open->anchor;
            return;
        }
    }
    if (recall_content(trail, file, mark, &memory) && !memory.is_ignored) {
        return;
    }
    if (!trail->is_started && file->is_identified
        && (memory.is_anew
            || (trail->last_inode == file->inode
                && trail->last_device == file->device))) {
        tell_cut(trail);
    }
    if (memory.is_anew || shared->from_start || trail->was_watched
        || trail->is_started || shared->is_settled || file->is_stream) {
        follow_sift_start(file, mark);
    } else {
        mark->position = follow_file_last_line(file);
        mark->resume = mark->position;
        mark->anchor = 0;
    }
}

bool
follow_sift_copy(struct follow_trail *trail, struct follow_file *file,
                 bool *is_short)
{
    struct candidates found = {0};
    bool is_found = false;
    if (file->is_stream) {
        return false;
    }
    collect(trail, &found);
    /* The youngest first: of a torn first line there is little to go by. */
    for (size_t i = found.count; i-- > 0;) {
        struct follow_file *copy = found.files[i];
        bool begins_alike = follow_file_identify(copy) && file->is_identified
                         && copy->fingerprint == file->fingerprint;
        if (!is_found && (begins_alike || !file->is_identified)
            && file->offset > 0 && follow_file_continues(copy, file)) {
            is_found = true;
            follow_trail_replace(trail, file, copy);
            continue;
        }
        *is_short = *is_short || begins_alike;
        follow_file_free(copy);
    }
    mem_free(found.files);
    return is_found;
}
