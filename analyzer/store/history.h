/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PULLWHY_STORE_HISTORY_H
#define PULLWHY_STORE_HISTORY_H

/*
 * How trouble is remembered: writes what changed, together with how far each
 * origin was read, in one transaction; and answers questions.
 */

#include "base/buf.h"
#include "base/fault.h"
#include "base/slice.h"
#include "incident/ledger.h"
#include "match/catalog.h"
#include "store/db.h"
#include "store/retention.h"

#include <stdbool.h>
#include <stdint.h>

struct history;

/* How far an origin was counted. */
struct checkpoint {
    struct slice origin;   /* the path as given, for people */
    struct slice identity; /* "file:DEV:INODE:FINGERPRINT"; the key */
    uint64_t position;     /* bytes counted */
    uint64_t resume;       /* bytes; where to read on, at most `position` */
    uint64_t anchor;       /* a hash of the bytes before `position`, or 0 */
    int64_t modified_at;   /* the file's, when it was read; 0 if none */
    struct slice cursor;   /* journald's, in place of a position; of a file what
                              was seen of it, see seen.h */
};

/*
 * Opens (and makes, and migrates) the history at `path` for writing, and notes
 * the catalogue's causes and remedies in it.
 */
MUST_CHECK struct history *history_open(const char *path,
                                        const struct catalog *catalog,
                                        struct fault *fault);

/* Likewise, but hardly waits for another writer (see history_set_mode). */
MUST_CHECK struct history *history_open_hasty(const char *path,
                                              const struct catalog *catalog,
                                              struct fault *fault);

/*
 * Likewise, but a new one, which nobody finds until its first flush: that costs
 * half as much. NULL where one of the above is to be called. If something is in
 * its place by then, the flush writes to that.
 */
MUST_CHECK struct history *history_open_draft(const char *path,
                                              enum db_mode mode,
                                              const struct catalog *catalog);
void history_close(struct history *history); /* NULL is fine */

/* As db_abandon(): for a file that is corrupt, or gone. */
void history_abandon(struct history *history);

/* DB_HASTY where reading must not wait, DB_WRITE where it must be written. */
void history_set_mode(struct history *history, enum db_mode mode);

/*
 * Whether the file is still the one that was opened, and whole as far as a look
 * at its length tells. False and a fault (see trouble_of) if not; if it was
 * moved, all that was written is in it then.
 */
MUST_CHECK bool history_look(struct history *history, struct fault *fault);

/* How many incidents it holds. */
MUST_CHECK bool history_count(struct history *history, uint64_t *count,
                              struct fault *fault);

/* From now on that catalogue; its words are noted by the call below. */
void history_set_catalog(struct history *history,
                         const struct catalog *catalog);
MUST_CHECK bool history_note_catalog(struct history *history,
                                     struct fault *fault);

/* Puts the latest life of every key that is not long over into the ledger. */
MUST_CHECK bool history_restore(struct history *history, struct ledger *ledger,
                                struct fault *fault);

/*
 * Likewise, but when the ledger needs it, before its first sighting. If that
 * fails then, each later flush does, and says why.
 */
MUST_CHECK bool history_await(struct history *history, struct ledger *ledger,
                              struct fault *fault);

/* A question for checkpoints, and who gets them: views, valid in the call. */
struct checkpoint_request {
    struct slice identity; /* one of the three; the others are empty */
    struct slice origin;
    struct slice file; /* what identities begin with: "file:1:2:" */
    void (*take)(void *ctx, const struct checkpoint *checkpoint);
    void *ctx;
};

/* Hands out those that match, the one written last first. */
MUST_CHECK bool history_checkpoints(struct history *history,
                                    const struct checkpoint_request *request,
                                    struct fault *fault);

/*
 * Writes all that is dirty in the ledger and the checkpoints, in one
 * transaction, and marks it saved; gives new incidents their ids. On failure
 * nothing is marked, so a later flush writes it all.
 */
MUST_CHECK bool history_flush(struct history *history, struct ledger *ledger,
                              const struct checkpoint *checkpoints,
                              size_t count, struct fault *fault);

/* retention_step(), behind a flush. */
MUST_CHECK bool history_retain(struct history *history,
                               const struct retention *limits, int64_t *gone,
                               struct fault *fault);

#endif
