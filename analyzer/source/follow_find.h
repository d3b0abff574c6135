/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PULLWHY_SOURCE_FOLLOW_FIND_H
#define PULLWHY_SOURCE_FOLLOW_FIND_H

/*
 * Finds the paths that are to be followed: those named, what is in a folder,
 * what fits a pattern. Each folder on the way is watched, so that what is new
 * is seen at once, and looked at now and then, where nothing tells of changes.
 */

#include "base/slice.h"
#include "source/source.h"

#include <uv.h>

#include <stdbool.h>
#include <stddef.h>

enum {
    FOLLOW_DEPTH = 8, /* of folders that are gone through */
};

struct follow_find;

struct follow_find_events {
    /* A path to be followed: named by the user, or found. May come again. */
    void (*on_path)(void *ctx, size_t root, const char *path, bool is_given);
    /* Something happened to `name` in `folder`; NULL: to anything in it.
     * `is_written`: what stands there was written to, and no name changed. */
    void (*on_change)(void *ctx, const char *folder, const char *name,
                      bool is_written);
    void (*on_trouble)(void *ctx, const char *path, const char *text);
    void (*on_closed)(void *ctx); /* the last call */
    void *ctx;
};

struct follow_find *follow_find_open(uv_loop_t *loop,
                                     const struct follow_find_events *events);
void follow_find_close(struct follow_find *find);

/* What `path` stands for, now and later; `root` is handed back. */
void follow_find_add(struct follow_find *find, size_t root, const char *path);

/* Tells of changes in the folder of `path`; finds nothing there. */
void follow_find_watch(struct follow_find *find, const char *path);

/* Looks at some of the folders; in turn at all of them. */
void follow_find_poll(struct follow_find *find);

#endif
