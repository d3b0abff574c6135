/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PULLWHY_SOURCE_FOLLOW_TRAIL_H
#define PULLWHY_SOURCE_FOLLOW_TRAIL_H

/*
 * The trail of one path: the file that is there now and its older generations,
 * the oldest first, each an origin of the host's while it is open.
 */

#include "source/follow.h"
#include "source/follow_file.h"
#include "source/follow_listing.h"
#include "source/source.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct follow_trail;

/* What all trails of a follower share. */
struct follow_shared {
    struct source_host host;
    struct follow_statistics statistics;
    struct follow_trail **trails;
    size_t trail_count;
    size_t old_files; /* open, but no current ones */
    uint64_t now;     /* ms of the loop */
    struct follow_listing listing;
    char *slice; /* SOURCE_SLICE bytes that all are read through */
    bool from_start;
    bool is_settled; /* what is found from now on was not there before */
    bool is_closing;
};

/* A generation that was read, or is not to be read, and is not open. */
struct follow_known {
    uint64_t device;
    uint64_t inode;
    uint64_t size;
    int64_t modified_at;
    bool has_fingerprint;
    uint64_t fingerprint;
    bool is_ignored; /* older than what is followed */
    uint64_t position;
    uint64_t resume;
    uint64_t anchor;
    struct seen seen;
    bool was_seen; /* in the scan that goes on */
};

struct follow_trail {
    struct follow_shared *shared;
    char *name;    /* as given or found; the origins' */
    uint64_t hash; /* of that */
    char *real;    /* where the links end; NULL: not known yet */
    uint64_t real_hash;
    uint64_t folder_hash; /* of the folder of `real`, with its slash */
    struct follow_file *files;
    struct follow_file *current; /* the last of them, or NULL */
    struct follow_known *known;
    size_t known_count;
    int64_t floor;        /* unknown older generations before it are left */
    int64_t newest_at;    /* the latest time of a file that was read */
    bool must_search;     /* before it is read, follow_trail_search() */
    unsigned scans_left;  /* looks that search for generations once more */
    uint64_t last_device; /* what stood at the path when it was read last, */
    uint64_t last_inode;  /* by the host's marks */
    bool is_given;        /* by its name; else found, and may be forgotten */
    bool is_started;      /* looked at once */
    bool was_watched;     /* by an earlier run: what is unknown is new */
    bool is_gone;         /* nothing stands at the name */
    int said;             /* the error that was told last */
    bool is_queued;       /* has more to read */
    struct follow_trail *queue_next;
};

struct follow_trail *follow_trail_new(struct follow_shared *shared,
                                      const char *name);
void follow_trail_free(struct follow_trail *trail); /* closes the origins */

/* Looks whether the path leads elsewhere by now, and opens what it finds. */
void follow_trail_look(struct follow_trail *trail);

/* Looks, and searches beside the path for what is to be read. */
void follow_trail_search(struct follow_trail *trail);

/* Reads a slice of the oldest file that has more; true if there is more. */
bool follow_trail_read(struct follow_trail *trail);

/* Nothing of it is there or open, and nobody asked for it by name. */
bool follow_trail_is_over(const struct follow_trail *trail);

/*
 * For follow_sift.c.
 */

/* Opens an origin for `file` from `mark` on, and puts it at the trail's end, or
 * before the current one. */
void follow_trail_add(struct follow_trail *trail, struct follow_file *file,
                      const struct source_mark *mark);

/* `copy` takes over the origin of `file`, and a place before it. */
void follow_trail_replace(struct follow_trail *trail, struct follow_file *file,
                          struct follow_file *copy);
void follow_trail_notice(struct follow_trail *trail, enum source_notice notice,
                         uint64_t amount, const char *text);

/* The open file with that inode, of whatever trail; NULL if there is none. */
struct follow_file *follow_trail_holder(const struct follow_shared *shared,
                                        uint64_t device, uint64_t inode);

#endif
