/* SPDX-License-Identifier: Apache-2.0 */
#include "wire/strands.h"

void
strands_free(struct strands *strands)
{
    for (size_t i = 0; i < STRANDS; i++) {
        buf_free(&strands->strand[i].key);
        document_free(&strands->strand[i].document);
    }
    buf_free(&strands->key);
}

size_t
strands_len(const struct strands *strands)
{
    size_t len = 0;
    for (size_t i = 0; i < STRANDS; i++) {
        len += strands->strand[i].document.kept.len;
    }
    return len;
}

bool
strands_is_open(const struct strands *strands)
{
    for (size_t i = 0; i < STRANDS; i++) {
        if (strands->strand[i].document.is_open) {
            return true;
        }
    }
    return false;
}

/* A whole object on one line is left to those who read lines. */
static bool
begins(struct slice line)
{
    struct slice text = slice_trim(line);
    return document_looks(text)
        && (slice_ends(text, SLICE("{")) || slice_ends(text, SLICE("["))
            || slice_ends(text, SLICE(",")));
}

/* The writer's strand, if it has one open. */
static struct strand *
find(struct strands *strands)
{
    for (size_t i = 0; i < STRANDS; i++) {
        struct strand *strand = &strands->strand[i];
        if (strand->document.is_open
            && slice_equal(buf_slice(&strand->key), buf_slice(&strands->key))) {
            return strand;
        }
    }
    return NULL;
}

/* A free one, or the one that was heard of longest ago. */
static struct strand *
take(struct strands *strands)
{
    struct strand *found = &strands->strand[0];
    for (size_t i = 0; i < STRANDS && found->document.is_open; i++) {
        struct strand *strand = &strands->strand[i];
        if (!strand->document.is_open || strand->used < found->used) {
            found = strand;
        }
    }
    buf_clear(&found->key);
    buf_add(&found->key, buf_slice(&strands->key));
    document_start(&found->document, DOCUMENT_LISTS);
    return found;
}

/* What follows an element of a list on its last line: a comma, a bracket. */
static void
read_rest(struct document *document, struct slice line)
{
    struct slice ignored;
    while (document->is_open && line.len > 0
           && document_read(document, &line, &ignored) != DOCUMENT_BROKEN) {
    }
}

/* What is kept may be of the line alone, which has so many bytes. */
static void
note_place(const struct strands *strands, struct strand *strand, size_t len)
{
    const struct document *document = &strand->document;
    if (document->kept.len > 0 && document->kept.len - 1 <= len) {
        strand->since = strands->line;
    }
}

bool
strands_hold_from(const struct strands *strands, uint64_t *from)
{
    bool is_held = false;
    for (size_t i = 0; i < STRANDS; i++) {
        const struct strand *strand = &strands->strand[i];
        if (strand->document.is_open && strand->document.kept.len > 0
            && (!is_held || strand->since < *from)) {
            is_held = true;
            *from = strand->since;
        }
    }
    return is_held;
}

enum strands_step
strands_read(struct strands *strands, struct slice line, struct slice *object)
{
    struct strand *strand = find(strands);
    *object = slice_of(NULL, 0);
    if (!strand) {
        if (!begins(line)) {
            return STRANDS_NONE;
        }
        strand = take(strands);
    }
    size_t len = line.len;
    strand->used = ++strands->clock;
    strands->began = strand->since;
    switch (document_read(&strand->document, &line, object)) {
    case DOCUMENT_ELEMENT:
    case DOCUMENT_PIECE:
    case DOCUMENT_CUT:
        read_rest(&strand->document, line);
        note_place(strands, strand, len);
        return STRANDS_WHOLE;
    case DOCUMENT_MORE:
    case DOCUMENT_END:
        *object = slice_of(NULL, 0);
        note_place(strands, strand, len);
        return STRANDS_MORE;
    case DOCUMENT_BROKEN:
        break;
    }
    return STRANDS_NONE;
}

bool
strands_stop(struct strands *strands, struct slice *object)
{
    for (size_t i = 0; i < STRANDS; i++) {
        struct document *document = &strands->strand[i].document;
        *object = slice_of(NULL, 0);
        if (document->is_open) {
            *object = document_stop(document);
            strands->began = strands->strand[i].since;
        }
        if (object->len > 0) {
            return true;
        }
    }
    return false;
}
