/* SPDX-License-Identifier: Apache-2.0 */
#include "source/follow_find.h"

#include "base/buf.h"
#include "base/mem.h"
#include "source/follow_names.h"

#include <dirent.h>
#include <errno.h>
#include <fnmatch.h>
#include <stdint.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
    POLL_FOLDERS = 64, /* looked at in one turn of the timer */
};

/* What is to be found in a folder. */
enum folder_kind {
    FOLDER_WATCH,   /* nothing; a link of a followed path ends here */
    FOLDER_PATTERN, /* what fits `rest`, and perhaps what is below that */
    FOLDER_TREE,    /* each log, and each folder */
};

struct folder {
    uv_fs_event_t event;
    struct follow_find *find;
    enum folder_kind kind;
    size_t root;
    char *path;    /* ends in a slash, but for the current folder's "" */
    char *rest;    /* the parts of a pattern from here on */
    bool is_given; /* the user named what is looked for: no pattern so far */
    unsigned depth;
    bool is_watched;
    bool is_closing;
    uint64_t device;
    uint64_t inode;
    struct timespec changed_at; /* the folder's own time when it was scanned */
    bool was_quiet;             /* nothing new since the scan before */
    struct folder *next;
};

struct follow_find {
    uv_loop_t *loop;
    struct follow_find_events events;
    struct folder *folders;
    struct folder *polled; /* the next in turn */
    size_t closing;        /* handles that are not closed yet */
    bool is_closing;
    bool has_no_watches; /* and that was said */
};

static void scan(struct folder *folder);

struct follow_find *
follow_find_open(uv_loop_t *loop, const struct follow_find_events *events)
{
    struct follow_find *find = MEM_NEW(struct follow_find);
    find->loop = loop;
    find->events = *events;
    return find;
}

static void
finish(struct follow_find *find)
{
    if (find->is_closing && find->closing == 0) {
        find->events.on_closed(find->events.ctx);
        mem_free(find);
    }
}

static void
on_folder_closed(uv_handle_t *handle)
{
    struct folder *folder = handle->data;
    struct follow_find *find = folder->find;
    mem_free(folder->path);
    mem_free(folder->rest);
    mem_free(folder);
    find->closing--;
    finish(find);
}

/* It is gone, or another one stands there. */
static void
drop(struct folder *folder)
{
    struct follow_find *find = folder->find;
    struct folder **at = &find->folders;
    while (*at != folder) {
        at = &(*at)->next;
    }
    *at = folder->next;
    if (find->polled == folder) {
        find->polled = folder->next;
    }
    folder->is_closing = true;
    find->closing++;
    uv_close((uv_handle_t *)&folder->event, on_folder_closed);
}

void
follow_find_close(struct follow_find *find)
{
    while (find->folders) {
        drop(find->folders);
    }
    find->is_closing = true;
    finish(find);
}

static void
join(struct buf *path, const struct folder *folder, const char *name)
{
    buf_add_text(path, folder->path);
    buf_add_text(path, name);
}

static bool
is_there(const struct folder *folder)
{
    struct stat info;
    return stat(folder->path[0] ? folder->path : ".", &info) == 0
        && S_ISDIR(info.st_mode) && folder->inode == (uint64_t)info.st_ino
        && folder->device == (uint64_t)info.st_dev;
}

static void take(struct folder *folder, const char *name);

static void
on_event(uv_fs_event_t *event, const char *name, int events, int status)
{
    struct folder *folder = event->data;
    struct follow_find *find = folder->find;
    if (folder->is_closing) {
        return;
    }
    if (name && (events & UV_RENAME)) {
        take(folder, name);
    }
    find->events.on_change(find->events.ctx, folder->path, name,
                           status == 0 && events == UV_CHANGE);
    if (!folder->is_closing && (events & UV_RENAME) && !is_there(folder)) {
        drop(folder);
    }
}

static void
watch(struct folder *folder)
{
    struct follow_find *find = folder->find;
    int error = uv_fs_event_start(&folder->event, on_event,
                                  folder->path[0] ? folder->path : ".", 0);
    folder->is_watched = error == 0;
    if (error == UV_ENOSPC || error == UV_EMFILE) {
        if (!find->has_no_watches) {
            find->has_no_watches = true;
            find->events.on_trouble(
                find->events.ctx, folder->path,
                "the system has no more watches (fs.inotify.max_user_watches); "
                "changes are seen when it is looked at");
        }
    }
}

static struct folder *
find_folder(const struct follow_find *find, const struct folder *like)
{
    struct folder *folder = find->folders;
    for (; folder; folder = folder->next) {
        bool is_same_place = strcmp(folder->path, like->path) == 0
                          && folder->inode == like->inode
                          && folder->device == like->device;
        bool is_same_task = folder->kind == like->kind
                         && folder->root == like->root
                         && strcmp(folder->rest, like->rest) == 0;
        /* A watch alone is served by whatever watches there. */
        if (is_same_place && (is_same_task || like->kind == FOLDER_WATCH)) {
            return folder;
        }
    }
    return NULL;
}

/* Opens a folder as `like` tells, and finds what is in it; errno if not. */
static bool
open_folder(struct follow_find *find, const struct folder *like)
{
    struct stat info;
    struct folder wanted = *like;
    if (find->is_closing) {
        return true;
    }
    if (stat(like->path[0] ? like->path : ".", &info) != 0) {
        return false;
    }
    if (!S_ISDIR(info.st_mode)) {
        errno = ENOTDIR;
        return false;
    }
    wanted.device = (uint64_t)info.st_dev;
    wanted.inode = (uint64_t)info.st_ino;
    if (find_folder(find, &wanted)) {
        return true;
    }
    struct folder *folder = MEM_NEW(struct folder);
    *folder = wanted;
    folder->find = find;
    folder->path = mem_string(slice_from(like->path));
    folder->rest = mem_string(slice_from(like->rest));
    folder->next = find->folders;
    find->folders = folder;
    uv_fs_event_init(find->loop, &folder->event);
    folder->event.data = folder;
    /* First the watch, so that nothing comes in between unseen. */
    watch(folder);
    scan(folder);
    return true;
}

static void
open_below(struct folder *folder, const char *name, enum folder_kind kind,
           const char *rest)
{
    struct buf path = {0};
    char *rest_copy = mem_string(slice_from(rest));
    join(&path, folder, name);
    buf_add_byte(&path, '/');
    buf_string(&path);
    const struct folder like = {
        .kind = kind,
        .root = folder->root,
        .path = path.data,
        .rest = rest_copy,
        .depth = folder->depth + (kind == FOLDER_TREE ? 1 : 0),
        .is_given = folder->is_given && kind == FOLDER_PATTERN,
    };
    if (!open_folder(folder->find, &like) && errno != ENOENT
        && errno != ENOTDIR) {
        folder->find->events.on_trouble(folder->find->events.ctx, path.data,
                                        strerror(errno));
    }
    mem_free(rest_copy);
    buf_free(&path);
}

static bool
has_base(void *ctx, struct slice base)
{
    const struct folder *folder = ctx;
    struct buf path = {0};
    struct stat info;
    buf_add_text(&path, folder->path);
    buf_add(&path, base);
    bool is_file = stat(buf_string(&path), &info) == 0;
    buf_free(&path);
    return is_file;
}

static void
tell_path(struct folder *folder, const char *name)
{
    struct buf path = {0};
    join(&path, folder, name);
    folder->find->events.on_path(folder->find->events.ctx, folder->root,
                                 buf_string(&path), folder->is_given);
    buf_free(&path);
}

/* Links to folders are left alone: they may lead in a ring. */
static void
take_in_tree(struct folder *folder, const char *name)
{
    struct buf path = {0};
    struct stat info;
    struct stat target;
    join(&path, folder, name);
    bool is_found = lstat(buf_string(&path), &info) == 0
                 && stat(buf_string(&path), &target) == 0;
    buf_free(&path);
    if (!is_found || name[0] == '.') {
        return;
    }
    if (S_ISDIR(info.st_mode)) {
        if (folder->depth + 1 < FOLLOW_DEPTH) {
            open_below(folder, name, FOLDER_TREE, "");
        }
    } else if (S_ISREG(target.st_mode) && follow_names_is_log(slice_from(name))
               && !follow_names_has_base(slice_from(name), has_base, folder)) {
        tell_path(folder, name);
    }
}

static void
take_in_pattern(struct folder *folder, const char *name)
{
    struct buf part = {0};
    struct buf path = {0};
    struct slice rest = slice_from(folder->rest);
    struct slice first = rest;
    struct stat info;
    bool is_last = !slice_cut(&rest, '/', &first);
    buf_add(&part, first);
    join(&path, folder, name);
    bool fits = fnmatch(buf_string(&part), name, FNM_PERIOD) == 0
             || slice_equal(first, slice_from(name));
    bool is_folder =
        fits && stat(buf_string(&path), &info) == 0 && S_ISDIR(info.st_mode);
    bool is_literal = !follow_names_is_pattern(first);
    buf_free(&part);
    buf_free(&path);
    if (!fits) {
        return;
    }
    if (is_folder) {
        open_below(folder, name, is_last ? FOLDER_TREE : FOLDER_PATTERN,
                   is_last ? "" : rest.data);
    } else if (is_last
               && (is_literal
                   || !follow_names_has_base(slice_from(name), has_base,
                                             folder))) {
        tell_path(folder, name);
    }
}

static void
take(struct folder *folder, const char *name)
{
    if (folder->kind == FOLDER_TREE) {
        take_in_tree(folder, name);
    } else if (folder->kind == FOLDER_PATTERN) {
        take_in_pattern(folder, name);
    }
}

static bool
is_same_time(struct timespec a, struct timespec b)
{
    return a.tv_sec == b.tv_sec && a.tv_nsec == b.tv_nsec;
}

static void
scan(struct folder *folder)
{
    struct stat info;
    struct dirent *entry;
    const char *path = folder->path[0] ? folder->path : ".";
    if (stat(path, &info) == 0) {
        /* A change in the tick of the last one leaves no trace: the scan after
         * a change is done once more. */
        folder->was_quiet = is_same_time(info.st_mtim, folder->changed_at);
        folder->changed_at = info.st_mtim;
    }
    DIR *listing = folder->kind == FOLDER_WATCH ? NULL : opendir(path);
    if (!listing) {
        if (folder->kind != FOLDER_WATCH) {
            folder->find->events.on_trouble(folder->find->events.ctx, path,
                                            strerror(errno));
        }
        return;
    }
    while ((entry = readdir(listing))) {
        if (strcmp(entry->d_name, ".") != 0
            && strcmp(entry->d_name, "..") != 0) {
            take(folder, entry->d_name);
        }
    }
    closedir(listing);
}

static void
poll_folder(struct folder *folder)
{
    struct stat info;
    if (!is_there(folder)) {
        drop(folder);
        return;
    }
    if (!folder->is_watched) {
        watch(folder);
    }
    if (stat(folder->path[0] ? folder->path : ".", &info) == 0
        && (!folder->was_quiet
            || !is_same_time(info.st_mtim, folder->changed_at))) {
        scan(folder);
    }
}

void
follow_find_poll(struct follow_find *find)
{
    for (int i = 0; i < POLL_FOLDERS; i++) {
        struct folder *folder = find->polled ? find->polled : find->folders;
        if (!folder) {
            return;
        }
        find->polled = folder->next;
        poll_folder(folder);
        if (!find->polled) {
            return;
        }
    }
}

/* Cuts a path before its first part that is a pattern, or its last part. */
static size_t
literal_length(struct slice path)
{
    size_t start = 0;
    size_t slash;
    while ((slash = slice_find_byte(slice_after(path, start), '/'))
           != SLICE_NONE) {
        struct slice part = slice_before(slice_after(path, start), slash);
        if (follow_names_is_pattern(part)) {
            break;
        }
        start += slash + 1;
    }
    return start;
}

void
follow_find_add(struct follow_find *find, size_t root, const char *path)
{
    struct stat info;
    struct slice whole = slice_from(path);
    bool exists = stat(path, &info) == 0;
    struct buf folder = {0};
    struct folder like = {.root = root, .kind = FOLDER_PATTERN};
    if (exists && S_ISDIR(info.st_mode)) {
        like.kind = FOLDER_TREE;
        buf_add(&folder, whole);
        if (!slice_ends(whole, SLICE("/"))) {
            buf_add_byte(&folder, '/');
        }
        whole = SLICE("");
    } else {
        size_t cut = exists || !follow_names_is_pattern(whole)
                       ? slice_find_last(whole, '/') + 1
                       : literal_length(whole);
        buf_add(&folder, slice_before(whole, cut));
        whole = slice_after(whole, cut);
        like.is_given = exists || !follow_names_is_pattern(whole);
    }
    char *rest = mem_string(whole);
    buf_string(&folder);
    like.path = folder.data;
    like.rest = rest;
    if (like.is_given) {
        find->events.on_path(find->events.ctx, root, path, true);
    }
    if (!open_folder(find, &like) && errno != ENOENT && errno != ENOTDIR) {
        find->events.on_trouble(find->events.ctx, path, strerror(errno));
    }
    mem_free(rest);
    buf_free(&folder);
}

void
follow_find_watch(struct follow_find *find, const char *path)
{
    struct slice whole = slice_from(path);
    size_t slash = slice_find_last(whole, '/');
    char *folder = mem_string(slice_before(whole, slash + 1));
    char rest[] = "";
    struct folder like = {
        .kind = FOLDER_WATCH, .path = folder, .rest = rest, .root = SIZE_MAX};
    if (slash != SLICE_NONE) {
        open_folder(find, &like);
    }
    mem_free(folder);
}
