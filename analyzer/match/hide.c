/* SPDX-License-Identifier: Apache-2.0 */
#include "match/hide.h"

#include "base/byte.h"
#include "match/dump.h"
#include "match/image.h"
#include "match/lead.h"
#include "match/name.h"
#include "match/quote.h"

#include <string.h>

#define LITERAL(text) text, sizeof(text) - 1

enum {
    MASK_LONGEST = 8, /* bytes of what stands for a name */
};

static const struct {
    char text[MASK_LONGEST + 1];
    size_t len;
} masks[MASK_KINDS] = {
    [MASK_IMAGE] = {LITERAL("<image>")}, [MASK_URL] = {LITERAL("<url>")},
    [MASK_HOST] = {LITERAL("<host>")},   [MASK_ADDRESS] = {LITERAL("<addr>")},
    [MASK_TAG] = {LITERAL("<tag>")},     [MASK_DIGEST] = {LITERAL("<digest>")},
};

/* "nginx", "error": a name that may as well be a word of the message. */
static bool
is_plain_word(struct slice name)
{
    for (size_t i = 0; i < name.len; i++) {
        char byte = name.data[i];
        if (byte == '/' || byte == ':' || byte == '@') {
            return false;
        }
    }
    return true;
}

/* Whether the text begins with the name, which is not empty; its ends first. */
static inline bool
begins_with(struct slice text, struct slice name)
{
    return text.len >= name.len && text.data[0] == name.data[0]
        && text.data[name.len - 1] == name.data[name.len - 1]
        && (name.len <= 2 || memcmp(text.data, name.data, name.len) == 0);
}

void
hide_learn(struct mask *mask, struct slice name)
{
    for (size_t i = 0; i < mask->image_count; i++) {
        if (mask->images[i].len == name.len
            && begins_with(name, mask->images[i])) {
            return;
        }
    }
    if (name.len > 0 && mask->image_count < MASK_IMAGES) {
        mask->is_plain[mask->image_count] = is_plain_word(name);
        mask->images[mask->image_count++] = name;
    }
}

static void
note(struct mask *mask, enum mask_kind kind, struct slice text)
{
    if (mask->count < MASK_NOTES) {
        mask->notes[mask->count++] =
            (struct mask_note){kind, text, mask->text.len};
    }
    buf_reserve(&mask->text, MASK_LONGEST);
    memcpy(mask->text.data + mask->text.len, masks[kind].text, MASK_LONGEST);
    mask->text.len += masks[kind].len;
}

void
hide_note(struct mask *mask, enum mask_kind kind, struct slice text)
{
    note(mask, kind, text);
    if (kind == MASK_IMAGE) {
        hide_learn(mask, text);
    }
}

/* A plain word is taken for the image in "...: WORD: ..." only. */
static bool
stands_alone(const struct mask *mask, struct slice behind)
{
    struct slice before = buf_slice(&mask->text);
    const char *end = before.data + before.len;
    return slice_starts(behind, SLICE(": "))
        && (before.len == 0
            || (before.len > 1 && end[-1] == ' '
                && (end[-2] == ':' || end[-2] == '=')));
}

/*
 * An image met before, or the known one, standing bare: "X: not found". *is_new:
 * with a tag that it had not.
 */
static size_t
noted_image_len(const struct mask *mask, struct slice text, bool *is_new)
{
    size_t best = 0;
    bool is_plain = false;
    *is_new = false;
    for (size_t i = 0; i < mask->image_count; i++) {
        struct slice name = mask->images[i];
        if (name.len > best && begins_with(text, name)) {
            best = name.len;
            is_plain = mask->is_plain[i];
        }
    }
    struct slice behind = slice_after(text, best);
    if (best == 0 || (behind.len > 0 && byte_is_word(behind.data[0]))) {
        return 0;
    }
    if (is_plain) {
        return stands_alone(mask, behind) ? best : 0;
    }
    /* Its tag, where it was met without one, is a name as well. */
    if (behind.len > 1 && behind.data[0] == ':'
        && byte_is_word(behind.data[1])) {
        size_t tag = 1;
        while (tag < behind.len && byte_is_word(behind.data[tag])) {
            tag++;
        }
        best += tag;
        *is_new = true;
    }
    return best;
}

bool
hide_may_be_noted(const struct mask *mask, struct slice text)
{
    for (size_t i = 0; i < mask->image_count; i++) {
        struct slice name = mask->images[i];
        if (!begins_with(text, name)) {
            continue;
        }
        struct slice behind = slice_after(text, name.len);
        if (mask->is_plain[i]
                ? slice_starts(behind, SLICE(": "))
                : behind.len == 0 || !byte_is_word(behind.data[0])) {
            return true;
        }
    }
    return false;
}

size_t
hide_bare(struct mask *mask, struct slice text, const char **barren)
{
    bool is_new;
    size_t len = text.data[0] == 's' ? name_digest_len(text) : 0;
    if (len > 0) {
        hide_note(mask, MASK_DIGEST, slice_before(text, len));
        return len;
    }
    len = noted_image_len(mask, text, &is_new);
    if (len > 0 && !is_new) {
        note(mask, MASK_IMAGE, slice_before(text, len));
        return len;
    }
    if (len == 0) {
        len = name_image_len(text, barren);
    }
    if (len > 0) {
        hide_note(mask, MASK_IMAGE, slice_before(text, len));
    }
    return len;
}

/* "A->B" is two addresses. */
static void
note_addresses(struct mask *mask, struct slice text)
{
    struct slice from;
    if (slice_cut_text(&text, SLICE("->"), &from)) {
        hide_note(mask, MASK_ADDRESS, from);
        buf_add_text(&mask->text, "->");
    }
    hide_note(mask, MASK_ADDRESS, text);
}

/* A name led by words; returns the bytes taken with them, 0 if none. */
static size_t
led_name(struct mask *mask, const struct lead *lead)
{
    if (lead->name.len == 0) {
        return 0;
    }
    buf_add(&mask->text, lead->words);
    if (lead->is_way) {
        note_addresses(mask, lead->name);
    } else {
        hide_note(mask, lead->kind, lead->name);
    }
    return lead->words.len + lead->name.len;
}

bool
hide_follows_lead(const struct mask *mask)
{
    return lead_is_of_image(buf_slice(&mask->text));
}

static bool
is_image_in_quotes(const struct mask *mask, struct slice name)
{
    struct image image;
    if (name.len == 0) {
        return false;
    }
    if (hide_follows_lead(mask)) {
        return true;
    }
    for (size_t i = 0; i < mask->image_count; i++) {
        if (slice_equal(name, mask->images[i])) {
            return true;
        }
    }
    return image_may_have_host(name) && image_parse(name, &image)
        && image.has_registry;
}

/* The line was cut before the closing quote, or lost it. */
static size_t
cut_name(struct mask *mask, struct slice text, size_t open)
{
    struct slice name = slice_after(text, open);
    name = slice_before(name, name_bare_len(name, ":,;)]"));
    if (name.len == 0 || !hide_follows_lead(mask)) {
        return 0;
    }
    hide_note(mask, MASK_IMAGE, name);
    return open + name.len;
}

/* CSV doubles the quotes: image ""X"". */
static size_t
doubled_name(struct mask *mask, struct slice text)
{
    struct slice name;
    if (!slice_skip(&text, SLICE("\"\"")) || !hide_follows_lead(mask)
        || !slice_cut_text(&text, SLICE("\"\""), &name) || name.len == 0
        || name_bare_len(name, "") < name.len) {
        return 0;
    }
    hide_note(mask, MASK_IMAGE, name);
    return name.len + 4;
}

/*
 * `text` begins with a quote of `open` bytes. Masks the quoted name, quotes and
 * all; 0 if what is quoted is no name. A scan that finds no end is not repeated
 * for this depth, as there is no quote of it left; so the cost stays linear.
 */
static size_t
quoted_name(struct mask *mask, struct slice text, size_t open)
{
    struct slice rest = slice_after(text, open);
    size_t used = open == 1 ? doubled_name(mask, text) : 0;
    if (used > 0) {
        return used;
    }
    size_t len = quote_end(rest, open);
    if (len == SLICE_NONE) {
        return cut_name(mask, text, open);
    }
    struct slice name = slice_before(rest, len);
    if (name_url_len(name) > 0 && slice_find_byte(name, ' ') == SLICE_NONE) {
        hide_note(mask, MASK_URL, name);
    } else if (is_image_in_quotes(mask, name)) {
        hide_note(mask, MASK_IMAGE, name);
    } else {
        return 0;
    }
    return open + len + quote_depth(open);
}

/* The environment of a container may hold any words. */
static size_t
dump(struct mask *mask, struct slice text)
{
    size_t len = dump_len(text);
    if (len > 0) {
        buf_add_text(&mask->text, "&Container{}");
    }
    return len;
}

/* A run of backslashes and the quote behind it are copied in one. */
static size_t
quote_or_run(struct mask *mask, struct slice text)
{
    size_t open = quote_len(text);
    size_t used = open > 0 ? quoted_name(mask, text, open) : 0;
    if (used == 0) {
        used = open > 0 ? open : quote_run(text);
        buf_add(&mask->text, slice_before(text, used));
    }
    return used;
}

static size_t
mask_url(struct mask *mask, struct slice text)
{
    size_t len = name_url_len(text);
    if (len > 0) {
        hide_note(mask, MASK_URL, slice_before(text, len));
    }
    return len;
}

size_t
hide_next(struct mask *mask, struct slice text, bool is_start,
          const char **barren)
{
    struct lead lead;
    size_t used = 0;
    switch (text.data[0]) {
    case '"':
    case '\\':
        return quote_or_run(mask, text);
    case ' ':
        lead = lead_of_tail(buf_slice(&mask->text), text);
        return led_name(mask, &lead);
    case '&':
        return dump(mask, text);
    case 'h':
        used = mask_url(mask, text);
        break;
    default:
        break;
    }
    if (used == 0 && is_start) {
        lead = lead_of(text);
        used = led_name(mask, &lead);
        used = used > 0 ? used : hide_bare(mask, text, barren);
    }
    return used;
}
