/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PULLWHY_WIRE_JOURNAL_H
#define PULLWHY_WIRE_JOURNAL_H

/*
 * Reads what journalctl prints of an entry over many lines:
 *
 *   --output=export     KEY=VALUE lines up to a blank one; a value that is no
 *                       plain text stands below its KEY, behind its length
 *   --output=verbose    "Mon 2026-11-23 16:28:59.793243 UTC [s=...;i=...]",
 *                       then "    KEY=VALUE" lines
 *
 * Only the few keys that a record has room for are kept. The forms of one line
 * are syslog.h's and value.h's.
 */

#include "base/buf.h"
#include "base/slice.h"
#include "wire/fields.h"

#include <stdbool.h>
#include <stdint.h>

enum {
    JOURNAL_KEYS = 7,
    JOURNAL_VALUE_MAX = 1024 * 1024, /* bytes; of more, the start */
};

enum journal_step {
    JOURNAL_MORE,  /* the entry goes on */
    JOURNAL_ENTRY, /* it ended with this line */
    JOURNAL_AGAIN, /* it ended before this line */
};

struct journal {
    bool is_open;
    bool is_verbose;
    int key;          /* what a further line belongs to */
    uint64_t missing; /* bytes of a binary value that are still to come */
    bool is_length;   /* the length of a binary value comes next */
    struct buf value[JOURNAL_KEYS];
    struct buf last[JOURNAL_KEYS]; /* the entry that ended */
};

void journal_free(struct journal *journal);

/* Whether an entry begins with this line. */
bool journal_looks(struct slice line);

/* Reads on, in an entry that is open or begins here. */
enum journal_step journal_read(struct journal *journal, struct slice line);

/* At the end of the stream; false: no entry was open. */
bool journal_stop(struct journal *journal);

/* The entry that ended; valid until the next line is read. */
void journal_entry(const struct journal *journal, struct fields *fields);

/* How many bytes are kept. */
size_t journal_len(const struct journal *journal);

#endif
