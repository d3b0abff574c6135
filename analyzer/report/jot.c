/* SPDX-License-Identifier: Apache-2.0 */
#include "report/jot.h"

#include "base/stamp.h"
#include "report/kept.h"
#include "report/paper.h"
#include "report/printable.h"

#include <string.h>

/* What must be escaped in ASCII. */
static void
add_short(struct buf *out, unsigned char byte)
{
    static const char letters[] = {
        ['\b'] = 'b', ['\t'] = 't', ['\n'] = 'n',  ['\f'] = 'f',
        ['\r'] = 'r', ['"'] = '"',  ['\\'] = '\\',
    };

    if (byte < sizeof(letters) && letters[byte] != '\0') {
        buf_add_byte(out, '\\');
        buf_add_byte(out, letters[byte]);
    } else {
        printable_add_json(out, byte);
    }
}

/*
 * NUL, and outside ASCII. A terminal may obey what JSON allows: controls and marks
 * without width are written as \u escapes.
 */
static void
add_glyph(struct buf *out, const struct printable_glyph *glyph)
{
    uint32_t code = glyph->code;
    if (code == PRINTABLE_BAD || code == 0) {
        buf_add(out, SLICE("\xef\xbf\xbd")); /* U+FFFD */
    } else if (glyph->is_plain) {
        buf_add(out, glyph->bytes);
    } else {
        printable_add_json(out, code);
    }
}

static void
add_odd(struct buf *out, struct slice *text)
{
    struct printable_glyph glyph;
    unsigned char first = (unsigned char)text->data[0];
    if (first > 0 && first < 0x80) {
        add_short(out, first);
        *text = slice_after(*text, 1);
    } else if (printable_next(text, &glyph)) {
        add_glyph(out, &glyph);
    }
}

static void
add_string(struct buf *out, struct slice text)
{
    buf_reserve(out, text.len + 2); /* mostly all that it takes */
    buf_add_byte(out, '"');
    while (text.len > 0) {
        size_t run = printable_run_quoted(text);
        buf_add(out, slice_before(text, run));
        text = slice_after(text, run);
        if (text.len > 0) {
            add_odd(out, &text);
        }
    }
    buf_add_byte(out, '"');
}

/* The last byte tells: no value ends with what opens an object or a list. */
static void
add_key(struct buf *out, const char *key)
{
    char last = '\n';
    struct slice name = slice_from(key);
    if (out->len > 0) {
        last = out->data[out->len - 1];
    }
    buf_reserve(out, name.len + sizeof(",\"\":"));
    char *at = out->data + out->len;
    if (last != '{' && last != '[' && last != '\n') {
        *at++ = ',';
    }
    if (key) {
        *at++ = '"';
        memcpy(at, name.data, name.len);
        at += name.len;
        *at++ = '"';
        *at++ = ':';
    }
    out->len = (size_t)(at - out->data);
}

void
jot_object(struct buf *out, const char *key)
{
    add_key(out, key);
    buf_add_byte(out, '{');
}

void
jot_object_end(struct buf *out)
{
    buf_add_byte(out, '}');
}

void
jot_list(struct buf *out, const char *key)
{
    add_key(out, key);
    buf_add_byte(out, '[');
}

void
jot_list_end(struct buf *out)
{
    buf_add_byte(out, ']');
}

void
jot_line_end(struct buf *out)
{
    buf_add(out, SLICE("}\n"));
}

void
jot_text(struct buf *out, const char *key, struct slice text)
{
    add_key(out, key);
    add_string(out, text);
}

void
jot_bool(struct buf *out, const char *key, bool value)
{
    add_key(out, key);
    buf_add(out, value ? SLICE("true") : SLICE("false"));
}

void
jot_number(struct buf *out, const char *key, uint64_t number)
{
    add_key(out, key);
    buf_add_number(out, number);
}

void
jot_known(struct buf *out, const char *key, struct slice text)
{
    if (text.len > 0) {
        jot_text(out, key, text);
    }
}

void
jot_time(struct buf *out, const char *key, int64_t us)
{
    if (us != 0) {
        char text[STAMP_TEXT];
        jot_text(out, key, slice_from(stamp_format(us, text)));
    }
}

static void
add_prose(struct buf *out, struct slice text)
{
    struct buf flat = {0};
    paper_flatten(&flat, text);
    add_string(out, buf_slice(&flat));
    buf_free(&flat);
}

void
jot_prose(struct buf *out, const char *key, struct slice text)
{
    if (text.len > 0) {
        add_key(out, key);
        add_prose(out, text);
    }
}

static void
add_own(struct buf *out, struct slice text, struct kept *kept,
        enum kept_form form)
{
    struct slice made;
    if (kept_find(kept, text, form, &made)) {
        buf_add(out, made);
        return;
    }
    size_t before = out->len;
    if (form == KEPT_JSON_PROSE) {
        add_prose(out, text);
    } else {
        add_string(out, text);
    }
    kept_add(kept, text, form, slice_after(buf_slice(out), before));
}

void
jot_own(struct buf *out, const char *key, struct slice text, struct kept *kept)
{
    if (text.len > 0) {
        add_key(out, key);
        add_own(out, text, kept, KEPT_JSON);
    }
}

void
jot_own_prose(struct buf *out, const char *key, struct slice text,
              struct kept *kept)
{
    if (text.len > 0) {
        add_key(out, key);
        add_own(out, text, kept, KEPT_JSON_PROSE);
    }
}
