/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PULLWHY_WIRE_SKELETON_H
#define PULLWHY_WIRE_SKELETON_H

/*
 * Frames JSON objects that look like others before them.
 *
 * Of thousands of events all differs but what stands between their values:
 *
 *   {"count": 4, "message": "Started", "metadata": {"uid": "8f14e45f", ...
 *   --------- -------------         --------------------        --
 *
 * Such a piece is read once, as document.h reads it. Where one stands again,
 * and the grammar is in the same state, it does the same once more: it is
 * compared, and the next one is looked for behind the value. So nothing is
 * taken for an object that document.h would not hand out.
 *
 * What was learned is no one origin's, and bounded.
 */

#include "base/buf.h"
#include "base/slice.h"
#include "wire/document.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    SKELETON_SAID = 2, /* texts that a logger's record says, at most */
};

struct skeleton;

struct skeleton *skeleton_new(void);
void skeleton_free(struct skeleton *skeleton); /* NULL is fine */

struct skeleton_object {
    size_t len;      /* from its "{" behind its "}" */
    uint64_t lines;  /* newlines within */
    bool is_cluster; /* for event.h it is an object of Kubernetes */
    bool is_logger;  /* for rows.h it is a logger's record, whole lines of it */
    size_t text_count;
    struct slice text[SKELETON_SAID]; /* these, as they are written */
    size_t last; /* where its last line begins, if "}" alone is on it; or 0 */
    int expect;  /* and what the grammar asks for there */
};

/*
 * The object that begins the text, as an element of the document that is open,
 * or as a document of its own. False: it is not all there, or not known to be
 * one.
 */
bool skeleton_read(struct skeleton *skeleton, enum document_place place,
                   struct slice text, struct skeleton_object *object);

/*
 * What the objects say that were read since it was forgotten: their values, as
 * they are written, each with its last quote. It is bounded, and an object that
 * says more than there is room for is not read.
 */
struct slice skeleton_said(const struct skeleton *skeleton);
void skeleton_forget_said(struct skeleton *skeleton);

/* For whoever reads what they say; freed with it. */
struct buf *skeleton_scratch(struct skeleton *skeleton);

#endif
