/* SPDX-License-Identifier: Apache-2.0 */
#include "match/gate.h"

#include "base/buf.h"
#include "match/look.h"
#include "match/marks.h"
#include "wire/paste.h"

/*
 * What hides words from a search of raw lines: escapes that may stand for any
 * byte, a key of logfmt that is empty, so that the line is damaged, and a code
 * that is kept for the next line. A line that holds one is decoded.
 */
static const char *const veils[] = {
    "\\u", "\\U", "\\x",      "\\0",   "\\1",    "\\2",
    "\\3", "\\/", "msg=\"\"", "msg= ", "msg=\t", "An error occurred: ",
};

/*
 * The longest part of a literal that stands as it is in any raw line: ": " may
 * be what classify.c puts between message and error, and "'" may be escaped.
 */
static struct slice
raw_part(struct slice literal)
{
    struct slice best = slice_of(NULL, 0);
    while (literal.len > 0) {
        size_t len = 0;
        slice_skip(&literal, SLICE(" "));
        while (len < literal.len && literal.data[len] != ':'
               && literal.data[len] != '\'') {
            len++;
        }
        if (len > best.len) {
            best = slice_before(literal, len);
        }
        literal = slice_after(literal, len + 1);
    }
    return best;
}

/*
 * "docker: Get ", where each part alone stands in many lines: as it is, or with
 * its first part at the end of a message, quoted or not.
 */
static void
add_ends(struct needle_set *gate, struct slice literal)
{
    static const char *const ends[][2] = {
        {"", ": "},  {"", "\""},  {"=", " "},
        {"=", "\t"}, {"=", "\n"}, {"=", "\r"},
    };
    struct slice head = literal;
    slice_cut_text(&literal, SLICE(": "), &head);
    for (size_t i = 0; i < COUNT(ends); i++) {
        struct buf text = {0};
        buf_add_text(&text, ends[i][0]);
        buf_add(&text, head);
        buf_add_text(&text, ends[i][1]);
        needle_set_add(gate, buf_slice(&text));
        buf_free(&text);
    }
}

static void
add_literal(struct needle_set *gate, struct slice literal)
{
    enum {
        RARE = 7 /* bytes, of what has more parts than one */
    };
    struct slice part = raw_part(literal);
    if (part.len < RARE && slice_find(literal, SLICE(": ")) != SLICE_NONE) {
        add_ends(gate, literal);
    } else {
        needle_set_add(gate, part);
    }
}

/* All that a look needs must be there, so any one will do. */
static struct slice
rarest_need(const struct look *look)
{
    struct slice best = look->needs[0];
    for (size_t i = 1; i < look->need_count; i++) {
        if (raw_part(look->needs[i]).len > raw_part(best).len) {
            best = look->needs[i];
        }
    }
    return best;
}

struct needle_set *
gate_new(const struct catalog *catalog)
{
    struct needle_set *gate = needle_set_new();
    const struct look *look;
    const char *mark;
    for (size_t i = 0; (mark = marks_raw(i)); i++) {
        add_literal(gate, slice_from(mark));
    }
    for (size_t i = 0; (look = catalog_look(catalog, i)); i++) {
        if (look->is_alone) {
            add_literal(gate, rarest_need(look));
        }
    }
    /* what gather_asks_registry() and gather_is_pull_row() look for */
    needle_set_add(gate, SLICE("✘"));
    needle_set_add(gate, SLICE("/v2/"));
    needle_set_add(gate, SLICE("/v1/_ping"));
    needle_set_add(gate, SLICE("/v1/repositories/"));
    for (size_t i = 0; i < COUNT(veils); i++) {
        needle_set_add(gate, slice_from(veils[i]));
    }
    for (size_t i = 0; (mark = paste_mark(i)); i++) {
        needle_set_add(gate, slice_from(mark));
    }
    needle_set_close(gate, embedded_windows);
    return gate;
}
