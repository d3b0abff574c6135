/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PULLWHY_SOURCE_FOLLOW_FILE_H
#define PULLWHY_SOURCE_FOLLOW_FILE_H

/*
 * One open file of those that are followed: who it is, how far it was read, and
 * whether what was read still stands there. Knows nothing of names; packed
 * files are read unpacked, and a FIFO as it comes.
 */

#include "base/slice.h"
#include "source/follow_gzip.h"
#include "source/seen.h"
#include "source/source.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    /* Bytes before a position that prove it: more than a usual line, as lines
     * of one trouble end alike. */
    FOLLOW_ANCHOR = SEEN_BYTES,
};

enum follow_read {
    FOLLOW_MORE,     /* bytes, and there is likely more */
    FOLLOW_END,      /* perhaps bytes, and no more now */
    FOLLOW_REPLACED, /* what was read does not stand there any more */
    FOLLOW_HOLE,     /* it begins with NULs that nobody wrote; nothing read */
    FOLLOW_FAILED,   /* errno tells */
};

struct follow_file {
    struct follow_file *next; /* the next younger one of its trail */
    int fd;
    bool is_stream;           /* a FIFO */
    struct follow_gzip *gzip; /* NULL: as it is */

    /* Set by follow_file_refresh(). */
    uint64_t device;
    uint64_t inode;
    uint64_t size; /* as it lies there, packed */
    uint64_t links;
    int64_t modified_at; /* us since 1970 */
    bool is_fresh;       /* these were asked for since it was read last */

    bool is_identified;
    uint64_t fingerprint; /* of the first line, once that is whole */

    uint64_t offset; /* read up to here; unpacked bytes */
    char tail[FOLLOW_ANCHOR];
    size_t tail_len;       /* how many of the bytes before `offset` these are */
    uint64_t anchored_at;  /* behind the last newline read */
    uint64_t anchor;       /* a hash of the bytes before that */
    uint64_t content_size; /* the largest size seen of this content */
    int64_t checked_at;    /* modified_at when it was last read to its end */
    uint64_t checked_size;

    /* The trail's. */
    void *token;
    int64_t marked_at; /* modified_at for the mark */
    bool is_ended;
    uint64_t ended_at; /* since when, ms of the loop */
    bool has_failed;   /* and that was said */
};

/* NULL: errno tells. Only regular files and FIFOs; else EINVAL or EISDIR. */
struct follow_file *follow_file_open(const char *path);
void follow_file_free(struct follow_file *file); /* NULL is fine */

/* The same inode once more, unread; NULL: errno tells. */
struct follow_file *follow_file_renew(const struct follow_file *file);

bool follow_file_refresh(struct follow_file *file);

/* True once the first line is whole; what is not regular never is. */
bool follow_file_identify(struct follow_file *file);
void follow_file_identity(const struct follow_file *file,
                          char out[SOURCE_IDENTITY]);

/*
 * Who it is that `head` are the first bytes of, though its first line may be
 * torn; empty if there are none, or it is packed or not regular.
 */
void follow_file_torn_identity(const struct follow_file *file,
                               struct slice head, char out[SOURCE_IDENTITY]);

/* By what it is known that what was read of it still stands there. */
void follow_file_seen(const struct follow_file *file, char out[SEEN_TEXT]);

/* As pread(), unpacked. */
size_t follow_file_peek(struct follow_file *file, char *out, size_t size,
                        uint64_t offset);
uint64_t follow_file_length(struct follow_file *file); /* unpacked */

/* Reads on from `mark`, which must hold. */
void follow_file_begin(struct follow_file *file,
                       const struct source_mark *mark);

/* Behind the last newline that is there; 0 if there is none. */
uint64_t follow_file_last_line(struct follow_file *file);

/*
 * Whether the file is at least `position` long, and what was seen of it stands
 * there. Where nothing was, or not all of that is there, the bytes before the
 * position are to be those of `anchor`; one newline off is fine, an anchor of 0
 * proves nothing: it is believed of what nothing was seen of.
 */
bool follow_file_holds(struct follow_file *file, uint64_t position,
                       uint64_t anchor, struct seen seen);

/* Whether `copy` goes on where `file` is: the same bytes stand before there. */
bool follow_file_continues(struct follow_file *copy,
                           const struct follow_file *file);

/* Whether all that was read of it still stands there. */
bool follow_file_stands(struct follow_file *file);

/* `copy` goes on in place of `file`, whose token and progress it takes. */
void follow_file_hand_over(struct follow_file *file, struct follow_file *copy);

/* Where the first byte that is no NUL stands; 0 if there is none. */
uint64_t follow_file_first_byte(struct follow_file *file);

/* Whether the bytes before `end` are the same in both. */
bool follow_file_agrees(struct follow_file *a, struct follow_file *b,
                        uint64_t end);

/*
 * Reads at most SOURCE_SLICE bytes into `slice`, which *bytes then views, and
 * only what stands behind what was read before.
 */
enum follow_read follow_file_read(struct follow_file *file, char *slice,
                                  struct slice *bytes);

#endif
