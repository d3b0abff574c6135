/* SPDX-License-Identifier: Apache-2.0 */
#include "wire/document.h"

#include "wire/unescape.h"

enum {
    BRACKET_MAX = 4, /* bytes of one that a piece begins with */
    KEPT_MAX = DOCUMENT_MAX + BRACKET_MAX * DOCUMENT_DEPTH,
};

enum expect {
    EXPECT_VALUE,
    EXPECT_ELEMENT, /* a value, or the end of the array */
    EXPECT_MEMBER,  /* a key, or the end of the object */
    EXPECT_KEY,
    EXPECT_COLON,
    EXPECT_NEXT, /* a comma, or the end */
};

enum key {
    KEY_NONE, /* none was read yet */
    KEY_OTHER,
    KEY_LIST,  /* its array's elements are handed out, */
    KEY_FIRST, /* these if the first one is an object */
};

/* What tools begin their answers with, before a list of objects. */
static const char *const list_names[] = {
    "items",   "rows",   "events", "records", "results",
    "entries", "values", "value",  "data",    "resourceLogs",
};

/* A line that is being read. */
struct line {
    struct slice text;
    size_t at;
    size_t start; /* of the element's part of it */
};

void
document_free(struct document *document)
{
    buf_free(&document->kept);
    buf_free(&document->last);
    *document = (struct document){0};
}

static bool
is_blank(char byte)
{
    return byte == ' ' || byte == '\t' || byte == '\r' || byte == '\n';
}

bool
document_looks(struct slice line)
{
    size_t at = 0;
    while (at < line.len
           && (is_blank(line.data[at]) || line.data[at] == '['
               || line.data[at] == ',')) {
        at++;
    }
    if (at == line.len || line.data[at] != '{') {
        return false;
    }
    for (at++; at < line.len && is_blank(line.data[at]); at++) {
    }
    return at == line.len || line.data[at] == '"' || line.data[at] == '}';
}

void
document_start(struct document *document, enum document_parts parts)
{
    document->is_open = true;
    document->expect = EXPECT_VALUE;
    document->key = KEY_NONE;
    document->depth = 0;
    document->floor = 0;
    document->is_held = false;
    document->is_long = false;
    document->is_typed = false;
    document->parts = parts;
    buf_clear(&document->kept);
}

static bool
is_array_at(const struct document *document, size_t level)
{
    return (document->arrays[level / 64] >> (level % 64) & 1) != 0;
}

static bool
is_array(const struct document *document)
{
    return is_array_at(document, document->depth - 1);
}

static bool
push(struct document *document, bool array)
{
    if (document->depth == DOCUMENT_DEPTH) {
        return false;
    }
    uint64_t bit = UINT64_C(1) << (document->depth % 64);
    uint64_t *word = &document->arrays[document->depth / 64];
    *word = array ? *word | bit : *word & ~bit;
    document->depth++;
    document->expect = array ? EXPECT_ELEMENT : EXPECT_MEMBER;
    return true;
}

/* Whether the elements of the array that opens, or just did, are handed out. */
static bool
is_list(const struct document *document, char byte)
{
    if (document->parts == DOCUMENT_WHOLE) {
        return false;
    }
    return byte == '[' ? document->depth == 1 && document->key == KEY_LIST
                       : document->depth == 2 && document->key == KEY_FIRST
                             && document->floor == 0 && is_array(document)
                             && document->expect == EXPECT_ELEMENT;
}

static void
begin_list(struct document *document)
{
    document->floor = 2;
    document->is_held = false;
    document->is_long = false;
    buf_clear(&document->kept);
}

/* An object's or array's start. */
static bool
open_bracket(struct document *document, struct line *line, char byte)
{
    if (document->expect != EXPECT_VALUE
        && document->expect != EXPECT_ELEMENT) {
        return false;
    }
    if (is_list(document, byte)) {
        begin_list(document);
    }
    if (byte == '{' && document->depth == document->floor
        && !document->is_held) {
        document->is_held = true;
        line->start = line->at;
    }
    line->at++;
    return push(document, byte == '[');
}

static bool
close_bracket(struct document *document, struct line *line, char byte)
{
    bool array = byte == ']';
    bool may_end =
        document->expect == EXPECT_NEXT
        || document->expect == (int)(array ? EXPECT_ELEMENT : EXPECT_MEMBER);
    if (!may_end || document->depth == 0 || is_array(document) != array) {
        return false;
    }
    line->at++;
    document->depth--;
    document->expect = EXPECT_NEXT;
    if (document->floor == 2 && document->depth == 1) {
        document->floor = 0; /* the list's end; the rest is passed over */
        document->key = KEY_OTHER;
    }
    return true;
}

static bool
is_list_name(struct slice key)
{
    for (size_t i = 0; i < COUNT(list_names); i++) {
        if (slice_equal(key, slice_from(list_names[i]))) {
            return true;
        }
    }
    return false;
}

/* What a key at the top means. */
static void
take_key(struct document *document, struct slice key)
{
    bool is_first = document->key == KEY_NONE;
    document->is_typed |= slice_equal(key, SLICE("apiVersion"))
                       || slice_equal(key, SLICE("kind"));
    bool has_list =
        slice_equal(key, SLICE("items")) || slice_equal(key, SLICE("rows"));
    document->key = has_list && document->is_typed ? KEY_LIST
                  : is_first && is_list_name(key)  ? KEY_FIRST
                                                   : KEY_OTHER;
}

/* A string lies on one line; a control byte in it is forgiven. */
static bool
read_string(struct document *document, struct line *line)
{
    bool is_key =
        document->expect == EXPECT_KEY || document->expect == EXPECT_MEMBER;
    if (!is_key && document->expect != EXPECT_VALUE
        && document->expect != EXPECT_ELEMENT) {
        return false;
    }
    size_t from = line->at + 1;
    size_t at = unescape_end(line->text, from);
    if (at == SLICE_NONE) {
        line->at = line->text.len;
        return document->is_last;
    }
    line->at = at + 1;
    document->expect = is_key ? EXPECT_COLON : EXPECT_NEXT;
    if (is_key && document->depth == 1) {
        take_key(document, slice_after(slice_before(line->text, at), from));
    }
    return true;
}

/* Numbers, true, false, null. */
static bool
read_word(struct document *document, struct line *line)
{
    size_t from = line->at;
    if (document->expect != EXPECT_VALUE
        && document->expect != EXPECT_ELEMENT) {
        return false;
    }
    while (line->at < line->text.len) {
        char byte = line->text.data[line->at];
        if (!(byte >= 'a' && byte <= 'z') && !(byte >= '0' && byte <= '9')
            && byte != '-' && byte != '+' && byte != '.' && byte != 'E') {
            break;
        }
        line->at++;
    }
    document->expect = EXPECT_NEXT;
    return line->at > from && document->depth > 0;
}

static bool
read_comma(struct document *document, struct line *line)
{
    if (document->expect != EXPECT_NEXT || document->depth == 0) {
        return false;
    }
    line->at++;
    document->expect = is_array(document) ? EXPECT_VALUE : EXPECT_KEY;
    return true;
}

static bool
read_colon(struct document *document, struct line *line)
{
    if (document->expect != EXPECT_COLON) {
        return false;
    }
    line->at++;
    document->expect = EXPECT_VALUE;
    return true;
}

/* The next part of the line; false: it cannot stand here. */
static bool
read_part(struct document *document, struct line *line)
{
    char byte = line->text.data[line->at];
    switch (byte) {
    case ' ':
    case '\t':
    case '\r':
    case '\n':
        line->at++;
        return true;
    case '{':
    case '[':
        return open_bracket(document, line, byte);
    case '}':
    case ']':
        return close_bracket(document, line, byte);
    case '"':
        return read_string(document, line);
    case ',':
        return read_comma(document, line);
    case ':':
        return read_colon(document, line);
    default:
        return read_word(document, line);
    }
}

static void
keep(struct document *document, struct slice piece)
{
    size_t room = (size_t)KEPT_MAX - document->kept.len;
    document->is_long |= piece.len > room;
    buf_add(&document->kept, slice_before(piece, room));
}

/* What was kept is the element now. */
static void
take_kept(struct document *document, struct slice *element)
{
    struct buf spare = document->last;
    document->last = document->kept;
    document->kept = spare;
    buf_clear(&document->kept);
    *element = buf_slice(&document->last);
}

/* The element that ends here, out of this line alone if it can be. */
static enum document_step
hand_out(struct document *document, const struct line *line,
         struct slice *element)
{
    struct slice piece =
        slice_after(slice_before(line->text, line->at), line->start);
    bool is_torn = document->kept.len > 0;
    document->is_held = false;
    if (!is_torn) {
        *element = piece;
        return DOCUMENT_ELEMENT;
    }
    keep(document, piece);
    take_kept(document, element);
    bool was_long = document->is_long;
    document->is_long = false;
    return was_long ? DOCUMENT_CUT : DOCUMENT_ELEMENT;
}

/* At the end of a line. */
static enum document_step
go_on(struct document *document, const struct line *line)
{
    if (document->is_held) {
        keep(document, slice_after(line->text, line->start));
        keep(document, SLICE("\n"));
    }
    return DOCUMENT_MORE;
}

static enum document_step
give_up(struct document *document, struct slice *element)
{
    *element = document_stop(document);
    return DOCUMENT_BROKEN;
}

/* Whether what is kept is too long for one more element, and can be torn. */
static bool
must_tear(const struct document *document, struct slice text)
{
    enum {
        LEAST = DOCUMENT_MAX / 16,    /* so that it gets shorter by that */
        SPARE = 2 * DOCUMENT_MAX / 16 /* for the lines of an element */
    };

    return document->parts == DOCUMENT_PIECES && document->is_held
        && document->kept.len > LEAST
        && document->kept.len + text.len > DOCUMENT_MAX - SPARE
        && is_array(document) && document->expect == EXPECT_VALUE;
}

/* Hands out what is kept; what comes stands in brackets as before. */
static enum document_step
tear(struct document *document, struct slice *element)
{
    take_kept(document, element);
    for (size_t i = document->floor; i < document->depth; i++) {
        buf_add_text(&document->kept,
                     is_array_at(document, i) ? "[" : "{\"\":");
    }
    return DOCUMENT_PIECE;
}

enum document_step
document_read(struct document *document, struct slice *text,
              struct slice *element)
{
    struct line line = {.text = *text};
    if (must_tear(document, *text)) {
        return tear(document, element);
    }
    while (line.at < line.text.len) {
        size_t depth = document->depth;
        if (!read_part(document, &line)) {
            return give_up(document, element);
        }
        if (document->depth >= depth || document->depth > document->floor) {
            continue;
        }
        document->is_open = document->depth > 0;
        *text = slice_after(line.text, line.at);
        if (document->is_held && document->depth == document->floor) {
            return hand_out(document, &line, element);
        }
        if (!document->is_open) {
            return DOCUMENT_END;
        }
    }
    *text = slice_after(line.text, line.at);
    return go_on(document, &line);
}

struct slice
document_stop(struct document *document)
{
    document->is_open = false;
    document->is_held = false;
    return buf_slice(&document->kept);
}

bool
document_may_begin(const struct document *document, struct slice *line)
{
    size_t at = 0;
    bool wants = document_wants_value(document);
    if (!document->is_open || document->floor != 2 || document->depth != 2
        || document->is_held) {
        return false;
    }
    while (at < line->len
           && (is_blank(line->data[at]) || (line->data[at] == ',' && !wants))) {
        wants |= line->data[at++] == ',';
    }
    *line = slice_after(*line, at);
    return wants && slice_starts(*line, SLICE("{"));
}

enum document_place
document_place(const struct document *document)
{
    if (!document->is_open) {
        return DOCUMENT_OWN;
    }
    return document->floor == 2 && document->depth == 2 && !document->is_held
                && document_wants_value(document)
             ? DOCUMENT_LIST
             : DOCUMENT_NOWHERE;
}

void
document_pass(struct document *document, bool has_comma)
{
    if (document->is_open) {
        document->expect = has_comma ? EXPECT_VALUE : EXPECT_NEXT;
    }
}

void
document_go_to_end(struct document *document, struct slice element, int expect)
{
    if (!document->is_open) {
        document_start(document, DOCUMENT_PIECES);
    }
    push(document, false);
    document->expect = expect;
    document->is_held = true;
    document->is_long = false;
    buf_clear(&document->kept);
    buf_add(&document->kept, element);
}

bool
document_part(struct document *document, struct slice line, size_t *at)
{
    struct line rest = {.text = line, .at = *at};
    bool ok = read_part(document, &rest);
    *at = rest.at;
    return ok;
}

bool
document_wants_value(const struct document *document)
{
    return document->expect == EXPECT_VALUE
        || document->expect == EXPECT_ELEMENT;
}

bool
document_wants_key(const struct document *document)
{
    return document->expect == EXPECT_KEY || document->expect == EXPECT_MEMBER;
}

void
document_had_value(struct document *document)
{
    document->expect = EXPECT_NEXT;
}

void
document_begin_at(struct document *document, enum document_place place)
{
    document_start(document, DOCUMENT_PIECES);
    if (place == DOCUMENT_LIST) {
        push(document, false);
        push(document, true);
        document->floor = document->depth;
    }
}
