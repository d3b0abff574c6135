/* SPDX-License-Identifier: Apache-2.0 */
#include "wire/pairs.h"

#include "wire/unescape.h"
#include "wire/value.h"

static bool
is_blank(char byte)
{
    return byte == ' ' || byte == '\t';
}

static bool
is_key_byte(char byte)
{
    return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z')
        || (byte >= '0' && byte <= '9') || byte == '_' || byte == '.'
        || byte == '-' || byte == '/';
}

static struct slice
skip_blanks(struct slice text)
{
    size_t at = 0;
    while (at < text.len && is_blank(text.data[at])) {
        at++;
    }
    return slice_after(text, at);
}

static struct slice
cut_at(struct slice *rest, size_t len)
{
    struct slice head = slice_before(*rest, len);
    *rest = slice_after(*rest, len);
    return head;
}

/* The offset of the first blank, or the end. */
static size_t
word_len(struct slice text)
{
    size_t len = 0;
    while (len < text.len && !is_blank(text.data[len])) {
        len++;
    }
    return len;
}

static bool
cut_key(struct slice *rest, struct slice *key)
{
    size_t len = 0;
    while (len < rest->len && is_key_byte(rest->data[len])) {
        len++;
    }
    if (len == 0 || len == rest->len || rest->data[len] != '=') {
        return false;
    }
    *key = cut_at(rest, len);
    cut_at(rest, 1);
    return true;
}

/* Behind the quote that ends a value stands the next key, or nothing. */
static bool
is_end_of_value(struct slice behind)
{
    struct slice key;
    struct slice next = skip_blanks(behind);
    return next.len == 0 || (next.len < behind.len && cut_key(&next, &key));
}

/*
 * A word right behind the closing quote: it was an inner one, whose backslash
 * a terminal or a web page has eaten, as in msg="PullImage "a:1" failed".
 */
static void
mend_value(struct slice whole, struct slice *rest, struct pair *pair)
{
    size_t at = whole.len - rest->len;
    while (at < whole.len
           && (whole.data[at] != '"'
               || !is_end_of_value(slice_after(whole, at + 1)))) {
        at++;
    }
    pair->value = slice_after(slice_before(whole, at), 1);
    *rest = slice_after(whole, at + 1);
}

static void
cut_value(struct slice *rest, struct pair *pair)
{
    struct slice whole = *rest;
    pair->is_quoted = unescape_cut(rest, &pair->value);
    if (pair->is_quoted) {
        if (rest->len > 0 && is_key_byte(rest->data[0])) {
            mend_value(whole, rest, pair);
        }
        return;
    }
    bool is_bracketed =
        slice_starts(*rest, SLICE("{")) || slice_starts(*rest, SLICE("["));
    pair->value = cut_at(rest, is_bracketed ? value_bracketed_len(*rest)
                                            : word_len(*rest));
}

bool
pairs_looks(struct slice text, struct slice *key)
{
    text = skip_blanks(text);
    return cut_key(&text, key);
}

bool
pairs_next(struct slice *rest, struct pair *pair)
{
    struct slice inside;
    for (;;) {
        *rest = skip_blanks(*rest);
        if (rest->len == 0) {
            return false;
        }
        if (cut_key(rest, &pair->key)) {
            cut_value(rest, pair);
            return true;
        }
        if (!unescape_cut(rest, &inside)) {
            cut_at(rest, word_len(*rest));
        }
    }
}

struct slice
pairs_value(const struct pair *pair, struct buf *scratch)
{
    return pair->is_quoted ? unescape_once(pair->value, scratch) : pair->value;
}
