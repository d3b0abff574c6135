/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PULLWHY_WIRE_DOCUMENT_H
#define PULLWHY_WIRE_DOCUMENT_H

/*
 * Finds JSON objects in a stream of lines, on one line or over many.
 *
 * A whole object is handed out at once; but of a Kubernetes list or table (a
 * top-level object with "apiVersion" or "kind") the elements of "items" or
 * "rows" are handed out one by one, and all around them is passed over: a list
 * of any length needs no more memory than its longest element. Likewise of an
 * object that begins with a list of objects, as jq and the tools of clouds
 * write them: {"events": [{... Any other that gets longer than DOCUMENT_MAX is
 * handed out in pieces, torn between the elements of whatever array it is in;
 * later pieces begin with brackets like those that are open: {"":{"":[{...
 *
 * The grammar is checked byte by byte, so what is no JSON ends a document on
 * the spot, and a stray "{" swallows nothing:
 *
 *   VALUE -> after a value -> "," -> KEY or VALUE -> ... -> closed
 */

#include "base/buf.h"
#include "base/slice.h"

#include <stdbool.h>
#include <stdint.h>

enum {
    DOCUMENT_MAX = 1024 * 1024, /* bytes of an element; of more, the start */
    DOCUMENT_DEPTH = 256,       /* brackets in brackets */
};

enum document_step {
    DOCUMENT_MORE,    /* the line is used up, the document goes on */
    DOCUMENT_ELEMENT, /* *element is a whole object */
    DOCUMENT_PIECE,   /* *element is part of one; *line is untouched */
    DOCUMENT_CUT,     /* *element is the start of one longer than the limit */
    DOCUMENT_END,     /* a list ended */
    DOCUMENT_BROKEN,  /* no JSON; *element is what was kept, *line untouched */
};

/* Where an element may begin. */
enum document_place {
    DOCUMENT_NOWHERE,
    DOCUMENT_OWN,  /* no document is open: it would be one */
    DOCUMENT_LIST, /* behind "[" or a comma of a list */
};

/* What is handed out. */
enum document_parts {
    DOCUMENT_WHOLE,  /* objects, a list with all that is around it; */
    DOCUMENT_LISTS,  /* or the elements of lists; */
    DOCUMENT_PIECES, /* likewise, and what gets too long in pieces */
};

struct document {
    bool is_open;

    int expect;    /* what the grammar asks for next */
    int key;       /* what the last key at the top was */
    size_t depth;  /* open brackets */
    size_t floor;  /* depth at which an element begins: 0, or 2 in a list */
    bool is_held;  /* within an element */
    bool is_long;  /* the element is over the limit */
    bool is_last;  /* no line comes behind this one, which may be torn */
    bool is_typed; /* "apiVersion" or "kind" was seen at the top */
    enum document_parts parts;
    uint64_t arrays[DOCUMENT_DEPTH / 64]; /* which brackets are "[" */

    struct buf kept; /* the open element's earlier lines */
    struct buf last; /* the element last handed out, if it began earlier */
};

/* Init with {0}. */
void document_free(struct document *document);

/* Whether an object, and perhaps an array of such, begins here. */
bool document_looks(struct slice line);

/* Forgets what is open, and begins anew. */
void document_start(struct document *document, enum document_parts parts);

/*
 * Reads on in *line, an open document's, and takes off what was read. The
 * element is valid until the next line is read; call again while the document
 * is open and *line not empty.
 */
enum document_step document_read(struct document *document, struct slice *line,
                                 struct slice *element);

/* What was kept of a document whose end never came. */
struct slice document_stop(struct document *document);

/*
 * For who reads elements by other means: whether the next one of an open list
 * begins the line, from which blanks and a comma are taken off; what may begin
 * with the next line; that such an element was passed over, and whether a comma
 * is behind it; that one was read up to the line with its "}", where the
 * grammar asks for `expect`.
 */
bool document_may_begin(const struct document *document, struct slice *line);
enum document_place document_place(const struct document *document);
void document_pass(struct document *document, bool has_comma);
void document_go_to_end(struct document *document, struct slice element,
                        int expect);

/*
 * The grammar alone: the next part of the line, and whether what stands there
 * would be a value or a key. False: it cannot stand here.
 */
bool document_part(struct document *document, struct slice line, size_t *at);
bool document_wants_value(const struct document *document);
bool document_wants_key(const struct document *document);
void document_had_value(struct document *document);

/* As in a document of its own, or in a list, before an element. */
void document_begin_at(struct document *document, enum document_place place);

#endif
