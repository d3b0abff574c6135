/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PULLWHY_WIRE_DECODER_H
#define PULLWHY_WIRE_DECODER_H

/*
 * What the parts of the decoder share; for decode*.c, lines.c and rows.c alone.
 * A part takes one envelope off and gives what is within back to
 * decoder_within(), as deep as DECODER_DEPTH.
 */

#include "base/buf.h"
#include "base/slice.h"
#include "wire/columns.h"
#include "wire/csv.h"
#include "wire/decode.h"
#include "wire/describe.h"
#include "wire/document.h"
#include "wire/event.h"
#include "wire/fields.h"
#include "wire/hold.h"
#include "wire/inner.h"
#include "wire/journal.h"
#include "wire/klog.h"
#include "wire/pieces.h"
#include "wire/record.h"
#include "wire/strands.h"
#include "wire/yaml_object.h"

#include <stdbool.h>
#include <stdint.h>

enum {
    DECODER_DEPTH = 4, /* envelopes around each other; more is nobody's log */
};

/* Where in the stream stands what is told. */
struct place {
    struct slice text; /* the line last fed, as it is read */
    uint64_t line;     /* where it begins */
    uint64_t kept;     /* likewise the document's kept text, */
    uint64_t last;     /* its last element, */
    uint64_t from;     /* and what is kept, but for brackets */
    uint64_t since;    /* likewise YAML, a journal's entry, a row of CSV */
    uint64_t at;       /* where what is told begins, if it is_earlier, */
    uint64_t behind;   /* and what begins before this is told with it */
    bool is_earlier;   /* it began with an earlier line */
    const char *begin; /* of what is told; NULL: it is of earlier lines */
    bool is_part;      /* more of the line may be told behind it */
};

struct decoder {
    enum format fixed; /* FORMATS: guess */
    int64_t fed_now;   /* when the line was fed */
    int64_t now;       /* or when the envelope was written */
    unsigned depth;    /* envelopes taken off so far */
    bool is_met;       /* the fixed format was found */
    bool has_told;     /* the line gave a record or a verdict */
    bool is_ending;    /* no line will come any more */
    bool is_alone;     /* no line goes on with this one */
    bool is_due;       /* the line before is to be told first */
    bool is_live;      /* lines come as a program writes them */
    struct slice row;  /* that is being told, of lines before; or empty */
    struct slice line;
    struct slice rest; /* of the line: not yet decoded */
    struct buf scratch;
    struct klog klog;
    struct event event;
    struct document document;
    struct hold hold;
    struct buf said; /* crictl's error, which it is about to say again */
    struct pieces pieces;
    struct strands strands;
    struct slice broken;  /* an object that the line broke off */
    struct inner inner;   /* what is left of an object that nobody knows, */
    struct fields around; /* and what that says of all that is in it */
    struct journal journal;
    struct csv csv;
    struct yaml_object yaml;
    struct columns columns;
    struct describe describe;
    struct record record;
    enum verdict verdict;
    struct place place;
    const struct decoder_outlook *outlook; /* NULL: nothing is left out */
    uint64_t cuts; /* objects that were longer than DOCUMENT_MAX */
};

/* What an envelope says of the line within. */
struct envelope {
    enum format format;
    struct stamp stamp;
    struct slice node;
    struct slice unit;
    enum level level;
    bool has_stream; /* its lines are a stream that objects may go through */
    enum stream stream;
    struct slice namespace; /* of the pod that wrote the line, with the rest */
    struct slice pod;
    struct slice pod_uid;
    struct slice container;
};

/* Decodes what the envelope held, then adds what only the envelope says. */
void decoder_within(struct decoder *decoder, struct slice rest,
                    const struct envelope *envelope);

/* Adds what only the envelope says, once what it held is decoded. */
void decoder_wrap(struct decoder *decoder, const struct envelope *envelope);

/*
 * Leaves out elements of the open list that need not be decoded; or of an array
 * without a name, whose elements the text, part of the rest, begins with.
 */
void decoder_pass_elements(struct decoder *decoder);
bool decoder_pass_array(struct decoder *decoder, struct slice text);

/* Reads on in the open document, and notes where the element stands. */
enum document_step decoder_read_document(struct decoder *decoder,
                                         struct slice *element);

/* What is told next begins there. */
void decoder_begin(struct decoder *decoder, const char *begin, bool is_part);

/*
 * What is told next began at `position`, with an earlier line, and ended with
 * this one, or before it.
 */
void decoder_end_with(struct decoder *decoder, uint64_t position);
void decoder_end_before(struct decoder *decoder, uint64_t position);

/* That a format was recognised. */
void decoder_meet(struct decoder *decoder, enum format format);

/*
 * Puts a line together that came in pieces: on true *text is the whole line,
 * else the verdict is VERDICT_PARTIAL.
 */
bool decoder_join(struct decoder *decoder, enum stream stream, bool is_piece,
                  struct slice *text);

#endif
