/* SPDX-License-Identifier: Apache-2.0 */
#include "match/mask.h"

#include "base/byte.h"
#include "match/hide.h"
#include "match/lead.h"
#include "match/name.h"
#include "match/quote.h"
#include "match/spots.h"

#include <string.h>

/* Where a name may begin or, at a slash, be known for one. */
static const struct spots spots =
    {.low =
         {
             /* " \\ / > */
             [SPOTS_STOP] = {0x00, 0x00, 0x04, 0x00, 0x00, 0x00, 0x00, 0x00,
                             0x00, 0x00, 0x00, 0x00, 0x20, 0x00, 0x08, 0x04},
             /* &C ht */
             [SPOTS_PAIR] = {0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x04, 0x00,
                             0x40},
             /* those two and the second bytes of leads: C a b c e h i m o r t u */
             [SPOTS_NEXT] =
                 {
                     0x00, 0x40, 0xc0, 0x50, 0x80, 0xc0, 0x00, 0x00, 0x40, 0x40,
                     0x00, 0x00, 0x00, 0x40, 0x00, 0x40},
             /* what leads begin with, and digests: a d l m p r s w [ */
             [SPOTS_FIRST] =
                 {
                     0x80, 0x40, 0x80, 0x80, 0x40, 0x00, 0x00, 0x80, 0x00, 0x00,
                     0x00, 0x20, 0x40, 0x40},
             /* as byte_is_word() has it */
             [SPOTS_WORD] =
                 {
                     0xb8, 0xf8, 0xf8, 0xf8, 0xf8, 0xf8, 0xf8, 0xf8, 0xf8, 0xf8,
                     0xf0, 0x50, 0x50, 0x54, 0x54, 0x74},
         },
     .has_next = true};

/* How far a text is masked. */
struct progress {
    struct mask *mask;
    struct slice text;
    struct spots spots; /* and what the images begin with that are known */
    struct spots_reader reader;
    uint64_t begins[4]; /* what they begin with, a bit for each byte */
    size_t known;       /* how many of them */
    size_t from;        /* up to here it is copied */
    size_t slash;       /* the first that stands there or behind */
    const char *barren; /* up to here no image stands bare */
};

static bool
is_start(struct slice text, size_t at)
{
    return at == 0 || !byte_is_word(text.data[at - 1]);
}

/*
 * Whether a lead or a digest may begin here. A line may be made of bytes that
 * begin one; the second mostly tells.
 */
static inline bool
may_begin(struct slice text, size_t at)
{
    char second = '\0';
    if (at + 1 < text.len) {
        second = text.data[at + 1];
    }
    return lead_begins(text.data[at], second)
        || (text.data[at] == 's' && second == 'h');
}

/* Likewise, an image that is known. */
static inline bool
may_be_noted(const struct progress *progress, size_t at)
{
    unsigned first = (unsigned char)progress->text.data[at];
    return (progress->begins[first / 64] >> first % 64 & 1) != 0;
}

/* Mostly it is a word or less, and there is room. */
static void
copy_to(struct progress *progress, size_t at)
{
    struct buf *out = &progress->mask->text;
    struct slice rest = slice_after(progress->text, progress->from);
    size_t len = at - progress->from;
    if (len <= sizeof(uint64_t) && rest.len >= sizeof(uint64_t)
        && out->size - out->len >= sizeof(uint64_t)) {
        memcpy(out->data + out->len, rest.data, sizeof(uint64_t));
        out->len += len;
    } else {
        buf_add(out, slice_before(rest, len));
    }
    progress->from = at;
}

/* Tries what begins at `at`, with what stands before it copied. */
static bool
take(struct progress *progress, size_t at)
{
    struct slice text = progress->text;
    copy_to(progress, at);
    size_t used = hide_next(progress->mask, slice_after(text, at),
                            is_start(text, at), &progress->barren);
    progress->from = at + used;
    return used > 0;
}

static inline bool
is_of_image(char byte)
{
    return byte_is_word(byte) || byte == ':';
}

/* Whether anything is left to ask for an image in, right before `at`. */
static inline bool
may_end_image(const struct progress *progress, size_t at)
{
    const char *data = progress->text.data;
    return at > progress->from && data + at > progress->barren
        && is_of_image(data[at - 1]);
}

/*
 * Where name_image_len() is to be asked first of what goes on without a gap up
 * to `at`; `at` if nothing before it is left to ask. What it passes over holds
 * no slash, so that it is barren: no byte is passed over twice.
 */
static size_t
image_start(struct progress *progress, size_t at)
{
    struct slice text = progress->text;
    size_t least = (size_t)(progress->barren - text.data);
    least = least > progress->from ? least : progress->from;
    size_t start = at;
    while (start > least && is_of_image(text.data[start - 1])) {
        start--;
    }
    while (start < at
           && (!is_start(text, start) || at - start >= NAME_LONGEST)) {
        start += is_start(text, start) ? NAME_LONGEST : 1;
    }
    size_t barren = start;
    if (start >= at && !is_start(text, at)) { /* nor in the word's rest */
        while (barren < text.len && byte_is_word(text.data[barren])) {
            barren++;
        }
    }
    if (barren > least) {
        progress->barren = text.data + barren;
    }
    return start;
}

static void
take_image(struct progress *progress, size_t at, size_t len)
{
    copy_to(progress, at);
    hide_note(progress->mask, MASK_IMAGE,
              slice_before(slice_after(progress->text, at), len));
    progress->from = at + len;
}

/*
 * An image that begins before `at`, in what goes on without a gap; else than as
 * such it was asked for already where it begins.
 */
static bool
take_image_before(struct progress *progress, size_t at)
{
    if (!may_end_image(progress, at)) {
        return false;
    }
    size_t start = image_start(progress, at);
    size_t len = 0;
    if (start < at) {
        len = name_image_len(slice_after(progress->text, start),
                             &progress->barren);
    }
    if (len > 0) {
        take_image(progress, start, len);
    }
    return len > 0;
}

/* An image that is known, and begins here. */
static bool
take_noted(struct progress *progress, size_t at)
{
    struct slice text = slice_after(progress->text, at);
    if (!hide_may_be_noted(progress->mask, text)) {
        return false;
    }
    if (may_end_image(progress, at) && take_image_before(progress, at)) {
        return true;
    }
    copy_to(progress, at);
    size_t len = hide_bare(progress->mask, text, &progress->barren);
    progress->from = at + len;
    return len > 0;
}

/* What a colon leads may be of an image that begins before it. */
static inline bool
take_word(struct progress *progress, size_t at)
{
    struct slice text = slice_after(progress->text, at);
    bool is_led = may_begin(progress->text, at);
    bool is_noted = may_be_noted(progress, at);
    if ((!is_led && !is_noted) || !is_start(progress->text, at)) {
        return false;
    }
    if (is_led && (lead_may_be(text) || name_digest_len(text) > 0)) {
        return take_image_before(progress, at) || take(progress, at);
    }
    return is_noted && take_noted(progress, at);
}

/* What a slash makes a path may be an image that begins before it. */
static bool
take_slash(struct progress *progress, size_t at)
{
    return (may_end_image(progress, at) && take_image_before(progress, at))
        || take_word(progress, at);
}

static bool
take_url(struct progress *progress, size_t at)
{
    size_t len = name_url_len(slice_after(progress->text, at));
    if (len > 0) {
        copy_to(progress, at);
        hide_note(progress->mask, MASK_URL,
                  slice_before(slice_after(progress->text, at), len));
        progress->from = at + len;
    }
    return len > 0;
}

/* A blank matters behind a mask only, and before words. */
static bool
take_blank(struct progress *progress, size_t at)
{
    return at < progress->text.len && progress->text.data[at] == ' '
        && lead_may_be_tail(slice_after(progress->text, at))
        && take(progress, at);
}

/* Whether a lead ends before `at`, where a name is quoted. */
static bool
is_behind_image_lead(struct progress *progress, size_t at)
{
    struct slice before =
        slice_after(slice_before(progress->text, at), progress->from);
    if (!lead_may_end(before)) {
        return false;
    }
    if (before.len >= (size_t)LEAD_LONGEST) {
        return lead_is_of_image(before);
    }
    copy_to(progress, at);
    return hide_follows_lead(progress->mask);
}

/* The first slash at `at` or behind, where there is one. */
static size_t
next_slash(struct progress *progress, size_t at)
{
    if (progress->slash < at) {
        struct slice rest = slice_after(progress->text, at);
        size_t slash = slice_find_byte(rest, '/');
        progress->slash = slash == SLICE_NONE ? progress->text.len : at + slash;
    }
    return progress->slash;
}

/* Whether an image that is known stands in the quotes, and nothing else. */
static bool
may_be_known(const struct mask *mask, struct slice name)
{
    for (size_t i = 0; i < mask->image_count; i++) {
        struct slice image = mask->images[i];
        if (name.len > image.len && name.data[0] == image.data[0]
            && (name.data[image.len] == '"' || name.data[image.len] == '\\')
            && slice_starts(name, image)) {
            return true;
        }
    }
    return false;
}

/*
 * Whether the name that is quoted there may be a URL, or have a host, which
 * stands before its first slash.
 */
static bool
may_have_host(struct slice text)
{
    for (size_t i = 0; i < text.len; i++) {
        switch (text.data[i]) {
        case '.':
        case ':':
            return true;
        case ' ':
        case '"':
            return false;
        case '/':
            return slice_equal(slice_before(text, i), SLICE("localhost"));
        default:
            break;
        }
    }
    return false;
}

/*
 * Bytes of the quote at `at`, or of the backslashes, if it surely opens no name:
 * where no lead stands before, a name is known or has a host in it. As lines
 * may have tens of thousands of quotes, nothing is copied to find that out.
 */
static size_t
pass_quote(struct progress *progress, size_t at)
{
    struct slice text = slice_after(progress->text, at);
    size_t open = text.data[0] == '"' ? 1 : quote_len(text);
    if (open == 0) {
        return quote_run(text);
    }
    struct slice rest = slice_after(text, open);
    size_t start = at + open;
    size_t slash = next_slash(progress, start);
    if (is_behind_image_lead(progress, at)
        || may_be_known(progress->mask, rest)) {
        return 0;
    }
    bool has_slash =
        slash < progress->text.len && may_have_host(rest)
        && quote_end(slice_before(rest, slash - start), open) == SLICE_NONE;
    return has_slash ? 0 : open;
}

static bool
take_spot(struct progress *progress, size_t at)
{
    struct slice text = slice_after(progress->text, at);
    switch (text.data[0]) {
    case '"':
    case '\\':
        return take(progress, at);
    case '&':
        return slice_starts(text, SLICE("&C")) && take(progress, at);
    case '>':
        return take_word(progress, at) || take_blank(progress, at + 1);
    case '/':
        return take_slash(progress, at);
    case 'h':
        if (take_url(progress, at)) {
            return true;
        }
        break;
    default:
        break;
    }
    return take_word(progress, at);
}

/* Looks for what images known by now begin with, behind what is masked. */
static void
look_for_images(struct progress *progress)
{
    const struct mask *mask = progress->mask;
    while (progress->known < mask->image_count) {
        struct slice name = mask->images[progress->known++];
        unsigned number = (unsigned char)name.data[0];
        spots_add(&progress->spots, SPOTS_FIRST, name.data[0]);
        /* Where a single letter is one, ": " is behind it. */
        char second = '\0';
        if (name.len > 1) {
            second = name.data[1];
        } else if (byte_is_name(name.data[0])) {
            second = ':';
        }
        if (second == '\0' || (unsigned char)second >= 0x80) {
            progress->spots.has_next = false;
        } else {
            spots_add(&progress->spots, SPOTS_NEXT, second);
        }
        progress->begins[number / 64] |= UINT64_C(1) << number % 64;
    }
    spots_begin(&progress->reader, &progress->spots, progress->text,
                progress->from);
}

static void
begin(struct progress *progress, struct slice known)
{
    struct mask *mask = progress->mask;
    mask->count = 0;
    mask->image_count = 0;
    buf_clear(&mask->text);
    buf_reserve(&mask->text, progress->text.len);
    hide_learn(mask, known);
    progress->barren = progress->text.data;
    size_t slash = slice_find_byte(progress->text, '/');
    progress->slash = slash == SLICE_NONE ? progress->text.len : slash;
}

static void
end(struct progress *progress)
{
    if (progress->text.len > 0) {
        buf_add(&progress->mask->text,
                slice_after(progress->text, progress->from));
    }
}

/* Where to go on behind the spot. */
static size_t
read_spot(struct progress *progress, size_t at)
{
    char byte = progress->text.data[at];
    size_t passed = byte == '"' || byte == '\\' ? pass_quote(progress, at) : 0;
    if (passed > 0) {
        return at + passed;
    }
    bool is_taken = take_spot(progress, at);
    while (is_taken && take_blank(progress, progress->from)) {
    }
    return is_taken ? progress->from : at + 1;
}

void
mask_text(struct mask *mask, struct slice text, struct slice known)
{
    struct progress progress = {.mask = mask, .text = text, .spots = spots};
    size_t at = 0;
    begin(&progress, known);
    look_for_images(&progress);
    while ((at = spots_next(&progress.reader, at)) < text.len) {
        at = read_spot(&progress, at);
        if (progress.known < mask->image_count) {
            look_for_images(&progress);
        }
    }
    end(&progress);
}

void
mask_plainly(struct mask *mask, struct slice text, struct slice known)
{
    struct progress progress = {.mask = mask, .text = text};
    size_t at = 0;
    begin(&progress, known);
    while (at < text.len) {
        at = take(&progress, at) ? progress.from : at + 1;
    }
    end(&progress);
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

bool
mask_is_registrys(const struct mask *mask, const struct mask_note *note)
{
    struct slice before = slice_before(buf_slice(&mask->text), note->at);
    return slice_ends(before, SLICE("unknown: repository "));
}
