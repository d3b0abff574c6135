/* SPDX-License-Identifier: Apache-2.0 */
#include "match/mask.h"

#include "base/byte.h"
#include "match/image.h"
#include "match/name.h"
#include "match/quote.h"
#include "match/redact.h"

static const char *const masks[MASK_KINDS] = {
    [MASK_IMAGE] = "<image>",  [MASK_URL] = "<url>", [MASK_HOST] = "<host>",
    [MASK_ADDRESS] = "<addr>", [MASK_TAG] = "<tag>", [MASK_DIGEST] = "<digest>",
};

enum {
    TAG_LONGEST = 256, /* in brackets */
};

enum rest_form { /* where a bare name behind a lead ends */
    UNTIL_BLANK, /* a blank, or a colon with a blank or the end behind it */
    UNTIL_BRACKET,
};

/*
 * Words behind which a bare name stands. A name that does not fit (it must have
 * one of the bytes of `must_have`, if given) is left as it is.
 */
static const struct lead {
    const char *words;
    enum mask_kind kind;
    enum rest_form form;
    const char *must_have;
} leads[] = {
    {"lookup ", MASK_HOST, UNTIL_BLANK, NULL},
    {"dial tcp ", MASK_ADDRESS, UNTIL_BLANK, ":"},
    {"dial udp ", MASK_ADDRESS, UNTIL_BLANK, ":"},
    {"read tcp ", MASK_ADDRESS, UNTIL_BLANK, ":"},
    {"read udp ", MASK_ADDRESS, UNTIL_BLANK, ":"},
    {"write tcp ", MASK_ADDRESS, UNTIL_BLANK, ":"},
    {"write udp ", MASK_ADDRESS, UNTIL_BLANK, ":"},
    {"pulling from host ", MASK_HOST, UNTIL_BLANK, NULL},
    {"pinging container registry ", MASK_HOST, UNTIL_BLANK, NULL},
    {"[manifests ", MASK_TAG, UNTIL_BRACKET, NULL},
    {"[blobs ", MASK_TAG, UNTIL_BRACKET, NULL},
    {"docker://", MASK_IMAGE, UNTIL_BLANK, NULL},
    {"reading manifest ", MASK_TAG, UNTIL_BLANK, NULL},
    {"access denied for ", MASK_IMAGE, UNTIL_BLANK, NULL},
    {"pulling image ", MASK_IMAGE, UNTIL_BLANK, "/:"},
    {"repository ", MASK_IMAGE, UNTIL_BLANK, "/"},
    /* a platform may stand here too, and has no colon */
    {"manifest for ", MASK_IMAGE, UNTIL_BLANK, ":"},
};

/* What ends just before a quoted image reference. */
static const char *const image_leads[] = {
    "image ",    "reference ", "PullImage ", "name ", "default image tag ",
    "イメージ ", "参照 ",
};

/* Remembers a name that may stand bare later on. */
static void
learn_image(struct mask *mask, struct slice name)
{
    for (size_t i = 0; i < mask->image_count; i++) {
        if (slice_equal(mask->images[i], name)) {
            return;
        }
    }
    if (name.len > 0 && mask->image_count < MASK_IMAGES) {
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
    if (kind == MASK_IMAGE) {
        learn_image(mask, text);
    }
    buf_add_text(&mask->text, masks[kind]);
}

/* "nginx", "error": a name that may as well be a word of the message. */
static bool
is_plain_word(struct slice name)
{
    for (size_t i = 0; i < name.len; i++) {
        if (slice_find_byte(SLICE("/:@"), name.data[i]) != SLICE_NONE) {
            return false;
        }
    }
    return true;
}

/* A plain word is taken for the image in "...: WORD: ..." only. */
static bool
stands_alone(const struct mask *mask, struct slice behind)
{
    struct slice before = buf_slice(&mask->text);
    return slice_starts(behind, SLICE(": "))
        && (before.len == 0 || slice_ends(before, SLICE(": "))
            || slice_ends(before, SLICE("= ")));
}

/* An image met before, or the known one, standing bare: "X: not found". */
static size_t
noted_image_len(const struct mask *mask, struct slice text)
{
    size_t best = 0;
    for (size_t i = 0; i < mask->image_count; i++) {
        struct slice name = mask->images[i];
        if (name.data[0] == text.data[0] && name.len > best
            && slice_starts(text, name)) {
            best = name.len;
        }
    }
    struct slice behind = slice_after(text, best);
    if (best == 0 || (behind.len > 0 && byte_is_word(behind.data[0]))) {
        return 0;
    }
    if (is_plain_word(slice_before(text, best))) {
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
    }
    return best;
}

/* How many bytes of `text` are masked as a bare name; 0 if none. */
static size_t
bare_name(struct mask *mask, struct slice text, const char **barren)
{
    size_t len = name_digest_len(text);
    if (len > 0) {
        note(mask, MASK_DIGEST, slice_before(text, len));
        return len;
    }
    len = noted_image_len(mask, text);
    if (len == 0) {
        len = name_image_len(text, barren);
    }
    if (len > 0) {
        note(mask, MASK_IMAGE, slice_before(text, len));
    }
    return len;
}

/* "A->B" is two addresses. */
static void
note_addresses(struct mask *mask, struct slice text)
{
    struct slice from;
    if (slice_cut_text(&text, SLICE("->"), &from)) {
        note(mask, MASK_ADDRESS, from);
        buf_add_text(&mask->text, "->");
    }
    note(mask, MASK_ADDRESS, text);
}

static size_t
led_len(const struct lead *lead, struct slice name)
{
    if (lead->form == UNTIL_BRACKET) {
        size_t len = slice_find_byte(slice_before(name, TAG_LONGEST), ']');
        return len == SLICE_NONE ? 0 : len;
    }
    return name_bare_len(slice_before(name, NAME_LONGEST), ":,;)]");
}

static bool
fits_lead(const struct lead *lead, struct slice name)
{
    for (const char *at = lead->must_have; at && *at; at++) {
        if (slice_find_byte(name, *at) != SLICE_NONE) {
            return name.len > 0;
        }
    }
    return name.len > 0 && !lead->must_have;
}

/* How far the text is that of the words. */
static struct slice
common_front(struct slice text, const char *words)
{
    size_t len = 0;
    while (len < text.len && words[len] != '\0'
           && words[len] == text.data[len]) {
        len++;
    }
    return slice_before(text, len);
}

/* What most words begin with is none of their first bytes. */
static bool
begins_lead(char byte)
{
    return byte == 'a' || byte == 'd' || byte == 'l' || byte == 'm'
        || byte == 'p' || byte == 'r' || byte == 'w' || byte == '[';
}

/* A lead with a name behind it; returns the bytes taken, 0 if none. */
static size_t
led_name(struct mask *mask, struct slice text)
{
    size_t count = begins_lead(text.data[0]) ? COUNT(leads) : 0;
    for (size_t i = 0; i < count; i++) {
        if (text.data[0] != leads[i].words[0]) {
            continue;
        }
        struct slice words = common_front(text, leads[i].words);
        if (leads[i].words[words.len] != '\0') {
            continue;
        }
        struct slice name = slice_after(text, words.len);
        name = slice_before(name, led_len(&leads[i], name));
        if (!fits_lead(&leads[i], name)) {
            return 0;
        }
        buf_add(&mask->text, words);
        if (leads[i].kind == MASK_ADDRESS) {
            note_addresses(mask, name);
        } else {
            note(mask, leads[i].kind, name);
        }
        return words.len + name.len;
    }
    return 0;
}

/* "lookup H on IP:53:", "reading manifest T in H/R:" go on after their name. */
static size_t
tail_name(struct mask *mask, struct slice text)
{
    static const struct {
        const char *before;
        const char *words;
        enum mask_kind kind;
    } tails[] = {
        {"lookup <host>", " on ", MASK_ADDRESS},
        {"reading manifest <tag>", " in ", MASK_IMAGE},
    };

    for (size_t i = 0; i < COUNT(tails); i++) {
        struct slice words = common_front(text, tails[i].words);
        if (tails[i].words[words.len] != '\0'
            || !slice_ends(buf_slice(&mask->text),
                           slice_from(tails[i].before))) {
            continue;
        }
        struct slice name = slice_after(text, words.len);
        name = slice_before(name, NAME_LONGEST);
        name = slice_before(name, name_bare_len(name, ":,;)]"));
        if (name.len > 0) {
            buf_add(&mask->text, words);
            note(mask, tails[i].kind, name);
            return words.len + name.len;
        }
    }
    return 0;
}

static bool
follows_image_lead(const struct mask *mask)
{
    if (!slice_ends(buf_slice(&mask->text), SLICE(" "))) {
        return false;
    }
    for (size_t i = 0; i < COUNT(image_leads); i++) {
        if (slice_ends(buf_slice(&mask->text), slice_from(image_leads[i]))) {
            return true;
        }
    }
    return false;
}

static bool
is_image_in_quotes(const struct mask *mask, struct slice name)
{
    struct image image;
    if (name.len == 0) {
        return false;
    }
    if (follows_image_lead(mask)) {
        return true;
    }
    for (size_t i = 0; i < mask->image_count; i++) {
        if (slice_equal(name, mask->images[i])) {
            return true;
        }
    }
    return slice_find_byte(name, '/') != SLICE_NONE && image_parse(name, &image)
        && image.has_registry;
}

/* The line was cut before the closing quote, or lost it. */
static size_t
cut_name(struct mask *mask, struct slice text, size_t open)
{
    struct slice name = slice_after(text, open);
    name = slice_before(name, name_bare_len(name, ":,;)]"));
    if (name.len == 0 || !follows_image_lead(mask)) {
        return 0;
    }
    note(mask, MASK_IMAGE, name);
    return open + name.len;
}

/* CSV doubles the quotes: image ""X"". */
static size_t
doubled_name(struct mask *mask, struct slice text)
{
    struct slice name;
    if (!slice_skip(&text, SLICE("\"\"")) || !follows_image_lead(mask)
        || !slice_cut_text(&text, SLICE("\"\""), &name) || name.len == 0
        || name_bare_len(name, "") < name.len) {
        return 0;
    }
    note(mask, MASK_IMAGE, name);
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
        note(mask, MASK_URL, name);
    } else if (is_image_in_quotes(mask, name)) {
        note(mask, MASK_IMAGE, name);
    } else {
        return 0;
    }
    return open + len + quote_depth(open);
}

/* The environment of a container may hold any words. */
static size_t
dump(struct mask *mask, struct slice text)
{
    size_t len = redact_dump_len(text);
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
        note(mask, MASK_URL, slice_before(text, len));
    }
    return len;
}

/*
 * The bytes behind the first one in which nothing can begin: what goes on in a
 * word, as far as none of them is looked at by mask_next().
 */
static size_t
dull_len(struct slice text)
{
    size_t len = 1;
    if (!byte_is_word(text.data[0])) {
        return len;
    }
    while (len < text.len && byte_is_word(text.data[len])
           && text.data[len] != 'h') {
        len++;
    }
    return len;
}

/* Masks what begins here; returns the bytes taken, 0 if nothing does. */
static size_t
mask_next(struct mask *mask, struct slice text, bool is_start,
          const char **barren)
{
    size_t used = 0;
    switch (text.data[0]) {
    case '"':
    case '\\':
        return quote_or_run(mask, text);
    case ' ':
        return tail_name(mask, text);
    case '&':
        return dump(mask, text);
    case 'h':
        used = mask_url(mask, text);
        break;
    default:
        break;
    }
    if (used == 0 && is_start) {
        used = led_name(mask, text);
        used = used > 0 ? used : bare_name(mask, text, barren);
    }
    return used;
}

static bool
may_be_noted(const struct mask *mask, char first)
{
    for (size_t i = 0; i < mask->image_count; i++) {
        if (mask->images[i].data[0] == first) {
            return true;
        }
    }
    return false;
}

/* Of the masked text, with what of the text is still to be copied. */
static char
last_byte(const struct mask *mask, struct slice plain)
{
    if (plain.len > 0) {
        return plain.data[plain.len - 1];
    }
    if (mask->text.len > 0) {
        return mask->text.data[mask->text.len - 1];
    }
    return '\0';
}

/*
 * Whether mask_next() may do more than nothing where `text` begins; `plain`
 * stands before it and is still to be copied.
 */
static bool
may_mask(const struct mask *mask, struct slice plain, struct slice text,
         bool is_start, const char **barren)
{
    char first = text.data[0];
    switch (first) {
    case '"':
    case '\\':
    case '&':
        return true;
    case ' ':
        return last_byte(mask, plain) == '>';
    case 'h':
        if (text.len > 1 && text.data[1] == 't') {
            return true;
        }
        break;
    default:
        break;
    }
    return is_start
        && (first == 's' || begins_lead(first) || may_be_noted(mask, first)
            || name_may_be_image(text, barren));
}

void
mask_text(struct mask *mask, struct slice text, struct slice known)
{
    const char *barren = text.data;
    bool is_start = true; /* of a word */
    size_t from = 0;      /* up to here it is copied */
    size_t at = 0;
    mask->count = 0;
    mask->image_count = 0;
    buf_clear(&mask->text);
    buf_reserve(&mask->text, text.len);
    learn_image(mask, known);
    while (at < text.len) {
        struct slice rest = slice_after(text, at);
        struct slice plain = slice_of(text.data + from, at - from);
        size_t used = 0;
        if (may_mask(mask, plain, rest, is_start, &barren)) {
            buf_add(&mask->text, plain);
            used = mask_next(mask, rest, is_start, &barren);
            from = at + used;
        }
        at += used > 0 ? used : dull_len(rest);
        is_start = !byte_is_word(text.data[at - 1]);
    }
    if (text.len > 0) {
        buf_add(&mask->text, slice_after(text, from));
    }
}

void
mask_part(struct mask *part, const struct mask *whole, struct slice text)
{
    size_t from = (size_t)(text.data - whole->text.data);
    part->count = 0;
    part->image_count = 0;
    buf_clear(&part->text);
    buf_add(&part->text, text);
    for (size_t i = 0; i < whole->count; i++) {
        struct mask_note name = whole->notes[i];
        if (name.at >= from && name.at < from + text.len) {
            name.at -= from;
            part->notes[part->count++] = name;
        }
    }
}

void
mask_free(struct mask *mask)
{
    buf_free(&mask->text);
}

const struct mask_note *
mask_find(const struct mask *mask, enum mask_kind kind)
{
    for (size_t i = 0; i < mask->count; i++) {
        if (mask->notes[i].kind == kind) {
            return &mask->notes[i];
        }
    }
    return NULL;
}
