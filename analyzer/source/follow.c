/* SPDX-License-Identifier: Apache-2.0 */
#include "source/follow.h"

#include "base/buf.h"
#include "base/mem.h"
#include "source/follow_find.h"
#include "source/follow_sift.h"
#include "source/follow_trail.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>

enum {
    POLL_TRAILS = 256, /* looked at in one turn of the timer */
    TURN_SLICES = 8,   /* read before signals and timers get their turn */
};

/* A path of the config. */
struct root {
    char *path;
    void *token; /* of its "watch:" */
    struct source_mark mark;
    bool was_watched; /* by an earlier run */
};

struct follow {
    uv_loop_t *loop;
    uv_timer_t timer;
    uv_idle_t idle; /* runs while there is more to read */
    unsigned poll_ms;
    struct follow_shared shared;
    struct follow_find *find;
    struct root *roots;
    size_t root_count;
    size_t polled; /* the next trail in turn */
    struct follow_trail *queue;
    struct follow_trail **queue_end;
    struct buf path; /* of a change */
    char slice[SOURCE_SLICE];
};

static void
on_idle(uv_idle_t *idle)
{
    struct follow *follow = idle->data;
    follow->shared.now = uv_now(follow->loop);
    for (int i = 0; i < TURN_SLICES && follow->queue; i++) {
        struct follow_trail *trail = follow->queue;
        follow->queue = trail->queue_next;
        if (!follow->queue) {
            follow->queue_end = &follow->queue;
        }
        trail->queue_next = NULL;
        if (trail->must_search) {
            follow_trail_search(trail);
        }
        trail->is_queued = follow_trail_read(trail);
        if (follow->shared.is_closing) {
            return;
        }
        if (trail->is_queued) {
            *follow->queue_end = trail;
            follow->queue_end = &trail->queue_next;
        }
    }
    if (!follow->queue) {
        uv_idle_stop(idle);
    }
}

static void
enqueue(struct follow *follow, struct follow_trail *trail)
{
    if (trail->is_queued || follow->shared.is_closing) {
        return;
    }
    trail->is_queued = true;
    *follow->queue_end = trail;
    follow->queue_end = &trail->queue_next;
    uv_idle_start(&follow->idle, on_idle);
}

/* Looks, and watches where the path's links lead. */
static void
look(struct follow *follow, struct follow_trail *trail)
{
    uint64_t before = trail->real_hash;
    follow_trail_look(trail);
    if (trail->real && trail->real_hash != before
        && trail->real_hash != trail->hash) {
        follow_find_watch(follow->find, trail->real);
    }
}

/*
 * Reads at once, so that a line is there as soon as it can be. What was written
 * to is what is open: its name is looked at again with all others.
 */
static void
look_and_read(struct follow *follow, struct follow_trail *trail,
              bool is_written)
{
    if (follow->shared.is_closing) {
        return;
    }
    if (!is_written || !trail->current || trail->is_gone) {
        look(follow, trail);
    }
    if (!trail->is_queued && (trail->must_search || follow_trail_read(trail))) {
        enqueue(follow, trail);
    }
}

static struct follow_trail *
find_trail(const struct follow *follow, const char *path)
{
    uint64_t hash = slice_hash(slice_from(path), 0);
    for (size_t i = 0; i < follow->shared.trail_count; i++) {
        struct follow_trail *trail = follow->shared.trails[i];
        if ((trail->hash == hash && strcmp(trail->name, path) == 0)
            || (trail->real_hash == hash && trail->real
                && strcmp(trail->real, path) == 0)) {
            return trail;
        }
    }
    return NULL;
}

static void
on_path(void *ctx, size_t number, const char *path, bool is_given)
{
    struct follow *follow = ctx;
    struct follow_shared *shared = &follow->shared;
    struct follow_trail *trail = find_trail(follow, path);
    const struct root *root = &follow->roots[number];
    if (trail || shared->is_closing) {
        return;
    }
    trail = follow_trail_new(shared, path);
    trail->is_given = is_given;
    trail->was_watched = root->was_watched;
    trail->floor = root->was_watched ? root->mark.modified_at : INT64_MAX;
    shared->trails = mem_resize_array(shared->trails, shared->trail_count + 1,
                                      sizeof(struct follow_trail *));
    shared->trails[shared->trail_count++] = trail;
    look(follow, trail);
    enqueue(follow, trail);
}

static void
on_change(void *ctx, const char *folder, const char *name, bool is_written)
{
    struct follow *follow = ctx;
    uint64_t folder_hash = slice_hash(slice_from(folder), 0);
    buf_clear(&follow->path);
    buf_add_text(&follow->path, folder);
    buf_add(&follow->path, slice_from(name));
    uint64_t hash = slice_hash(buf_slice(&follow->path), 0);
    follow->shared.now = uv_now(follow->loop);
    for (size_t i = 0; i < follow->shared.trail_count; i++) {
        struct follow_trail *trail = follow->shared.trails[i];
        bool is_it = trail->hash == hash || trail->real_hash == hash;
        bool is_older = !is_it && name && trail->folder_hash == folder_hash
                     && follow_sift_is_older(trail, name);
        if (is_older) {
            /* Once, however many names a rotation changes. */
            trail->must_search = true;
            enqueue(follow, trail);
        } else if (!name || is_it) {
            look_and_read(follow, trail, is_written && name);
        }
    }
}

static void
on_trouble(void *ctx, const char *path, const char *text)
{
    const struct follow *follow = ctx;
    const struct source_host *host = &follow->shared.host;
    host->on_notice(host->ctx, NOTICE_TOLD, path, 0, text);
}

/* Paths that were found, and of which nothing is left. */
static void
forget_trails(struct follow_shared *shared)
{
    size_t kept = 0;
    for (size_t i = 0; i < shared->trail_count; i++) {
        struct follow_trail *trail = shared->trails[i];
        if (follow_trail_is_over(trail) && !trail->is_queued) {
            follow_trail_free(trail);
        } else {
            shared->trails[kept++] = trail;
        }
    }
    shared->trail_count = kept;
}

static void
recall_root(const struct follow *follow, struct root *root)
{
    const struct source_host *host = &follow->shared.host;
    char identity[SOURCE_IDENTITY];
    snprintf(identity, sizeof(identity), "watch:%016" PRIx64,
             slice_hash(slice_from(root->path), 0));
    root->was_watched =
        host->recall(host->ctx, identity, SLICE(""), &root->mark);
    memcpy(root->mark.identity, identity, sizeof(identity));
}

/* The time of the youngest file that was there before. */
static int64_t
youngest(const struct follow_shared *shared)
{
    int64_t newest = 0;
    for (size_t i = 0; i < shared->trail_count; i++) {
        const struct follow_trail *trail = shared->trails[i];
        for (size_t k = 0; k < trail->known_count; k++) {
            int64_t at = trail->known[k].modified_at;
            newest = at > newest ? at : newest;
        }
        const struct follow_file *file = trail->files;
        for (; file; file = file->next) {
            newest = file->marked_at > newest ? file->marked_at : newest;
        }
    }
    return newest;
}

static void
start(struct follow *follow)
{
    struct follow_shared *shared = &follow->shared;
    for (size_t i = 0; i < follow->root_count; i++) {
        recall_root(follow, &follow->roots[i]);
    }
    follow_listing_keep(&shared->listing, true);
    for (size_t i = 0; i < follow->root_count; i++) {
        follow_find_add(follow->find, i, follow->roots[i].path);
    }
    follow_listing_keep(&shared->listing, false);
    shared->is_settled = true;
    for (size_t i = 0; i < follow->root_count; i++) {
        struct root *root = &follow->roots[i];
        if (!root->was_watched) {
            root->mark.modified_at = youngest(shared);
        }
        root->token =
            shared->host.on_open(shared->host.ctx, root->path, &root->mark);
    }
}

static void
poll_trails(struct follow *follow)
{
    struct follow_shared *shared = &follow->shared;
    for (size_t i = 0; i < POLL_TRAILS && i < shared->trail_count; i++) {
        if (follow->polled >= shared->trail_count) {
            follow->polled = 0;
        }
        struct follow_trail *trail = shared->trails[follow->polled++];
        if (trail->scans_left > 0) {
            trail->scans_left--;
            trail->must_search = true;
        }
        look_and_read(follow, trail, false);
        if (shared->is_closing) {
            return;
        }
    }
    forget_trails(shared);
}

static void
on_timer(uv_timer_t *timer)
{
    struct follow *follow = timer->data;
    follow->shared.now = uv_now(follow->loop);
    if (!follow->shared.is_settled) {
        start(follow);
        return;
    }
    for (size_t i = 0; i < follow->root_count; i++) {
        follow_find_add(follow->find, i, follow->roots[i].path);
    }
    follow_find_poll(follow->find);
    follow_listing_keep(&follow->shared.listing, true);
    poll_trails(follow);
    follow_listing_keep(&follow->shared.listing, false);
}

static void
release(struct follow *follow)
{
    struct follow_shared *shared = &follow->shared;
    const struct source_host host = shared->host;
    while (shared->trail_count > 0) {
        follow_trail_free(shared->trails[--shared->trail_count]);
    }
    for (size_t i = 0; i < follow->root_count; i++) {
        if (follow->roots[i].token) {
            host.on_close(host.ctx, follow->roots[i].token);
        }
        mem_free(follow->roots[i].path);
    }
    mem_free(shared->trails);
    mem_free(follow->roots);
    follow_listing_free(&shared->listing);
    buf_free(&follow->path);
    mem_free(follow);
    host.on_end(host.end_ctx, 0);
}

static void
on_find_closed(void *ctx)
{
    release(ctx);
}

static void
on_idle_closed(uv_handle_t *handle)
{
    struct follow *follow = handle->data;
    follow_find_close(follow->find);
}

static void
on_timer_closed(uv_handle_t *handle)
{
    struct follow *follow = handle->data;
    uv_close((uv_handle_t *)&follow->idle, on_idle_closed);
}

/* Each followed file is held open. */
static void
raise_limit(void)
{
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) == 0
        && limit.rlim_cur < limit.rlim_max) {
        limit.rlim_cur = limit.rlim_max;
        setrlimit(RLIMIT_NOFILE, &limit);
    }
}

struct follow *
follow_open(uv_loop_t *loop, const struct follow_config *config,
            const struct source_host *host, struct fault *fault)
{
    if (config->count == 0) {
        fault_set(fault, FAULT_USAGE, 0, "no path to follow");
        return NULL;
    }
    struct follow *follow = MEM_NEW(struct follow);
    const struct follow_find_events events = {on_path, on_change, on_trouble,
                                              on_find_closed, follow};
    raise_limit();
    follow->loop = loop;
    follow->poll_ms = config->poll_ms ? config->poll_ms : FOLLOW_POLL_MS;
    follow->shared.host = *host;
    follow->shared.slice = follow->slice;
    follow->shared.from_start = config->from_start;
    follow->queue_end = &follow->queue;
    follow->root_count = config->count;
    follow->roots = mem_resize_array(NULL, config->count, sizeof(struct root));
    for (size_t i = 0; i < config->count; i++) {
        follow->roots[i] =
            (struct root){.path = mem_string(slice_from(config->paths[i]))};
    }
    follow->find = follow_find_open(loop, &events);
    uv_idle_init(loop, &follow->idle);
    uv_timer_init(loop, &follow->timer);
    follow->idle.data = follow;
    follow->timer.data = follow;
    uv_timer_start(&follow->timer, on_timer, 0, follow->poll_ms);
    return follow;
}

void
follow_close(struct follow *follow)
{
    if (!follow->shared.is_closing) {
        follow->shared.is_closing = true;
        uv_close((uv_handle_t *)&follow->timer, on_timer_closed);
    }
}

void
follow_statistics(const struct follow *follow, struct follow_statistics *out)
{
    *out = follow->shared.statistics;
}
