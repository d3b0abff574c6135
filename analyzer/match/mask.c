/* SPDX-License-Identifier: Apache-2.0 */
#include "match/mask.h"

#include "base/byte.h"
#include "match/image.h"
#include "match/lead.h"
#include "match/name.h"
#include "match/quote.h"
#include "match/redact.h"
#include "match/spots.h"

#define LITERAL(text) text, sizeof(text) - 1

static const struct {
    const char *text;
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
    if (kind == MASK_IMAGE) {
        learn_image(mask, text);
    }
    buf_add(&mask->text, slice_of(masks[kind].text, masks[kind].len));
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
        note(mask, lead->kind, lead->name);
    }
    return lead->words.len + lead->name.len;
}

static bool
follows_image_lead(const struct mask *mask)
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
    if (follows_image_lead(mask)) {
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

/* Masks what begins here; returns the bytes taken, 0 if nothing does. */
static size_t
mask_next(struct mask *mask, struct slice text, bool is_start,
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
        used = used > 0 ? used : bare_name(mask, text, barren);
    }
    return used;
}

/* Where a name may begin or, at a slash, be known for one. */
static const struct spots spots = {
    .low = {
        /* " \\ & / > h */
        [SPOTS_STOP] = {0x00, 0x00, 0x04, 0x00, 0x00, 0x00, 0x04, 0x00, 0x40,
                        0x00, 0x00, 0x00, 0x20, 0x00, 0x08, 0x04},
        /* what leads begin with, and digests: a d l m p r s w [ */
        [SPOTS_FIRST] = {0x80, 0x40, 0x80, 0x80, 0x40, 0x00, 0x00, 0x80, 0x00,
                         0x00, 0x00, 0x20, 0x40, 0x40},
        /* as byte_is_word() has it */
        [SPOTS_WORD] = {0xb8, 0xf8, 0xf8, 0xf8, 0xf8, 0xf8, 0xf8, 0xf8, 0xf8,
                        0xf8, 0xf0, 0x50, 0x50, 0x54, 0x54, 0x74},
    }};

/* How far a text is masked. */
struct progress {
    struct mask *mask;
    struct slice text;
    struct spots spots; /* and what the images begin with that are known */
    struct spots_reader reader;
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

static void
copy_to(struct progress *progress, size_t at)
{
    buf_add(
        &progress->mask->text,
        slice_of(progress->text.data + progress->from, at - progress->from));
    progress->from = at;
}

/* Tries what begins at `at`, with what stands before it copied. */
static bool
take(struct progress *progress, size_t at)
{
    struct slice text = progress->text;
    copy_to(progress, at);
    size_t used = mask_next(progress->mask, slice_after(text, at),
                            is_start(text, at), &progress->barren);
    progress->from = at + used;
    return used > 0;
}

static bool
is_of_image(char byte)
{
    return byte_is_word(byte) || byte == ':';
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
    if (start > least) {
        progress->barren = text.data + start;
    }
    return start;
}

/* Whether noted_image_len() may find one, whatever stands before. */
static bool
may_be_noted(const struct mask *mask, struct slice text)
{
    for (size_t i = 0; i < mask->image_count; i++) {
        struct slice name = mask->images[i];
        if (text.data[0] != name.data[0] || !slice_starts(text, name)) {
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

static void
take_image(struct progress *progress, size_t at, size_t len)
{
    copy_to(progress, at);
    note(progress->mask, MASK_IMAGE,
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

/* What a colon leads may be of an image that begins before it. */
static bool
take_word(struct progress *progress, size_t at)
{
    struct slice text = slice_after(progress->text, at);
    if (!is_start(progress->text, at)) {
        return false;
    }
    if (lead_may_be(text) || name_digest_len(text) > 0) {
        return take_image_before(progress, at) || take(progress, at);
    }
    if (!may_be_noted(progress->mask, text)) {
        return false;
    }
    if (take_image_before(progress, at)) {
        return true;
    }
    copy_to(progress, at);
    size_t len = bare_name(progress->mask, text, &progress->barren);
    progress->from = at + len;
    return len > 0;
}

/* What a slash makes a path may be an image that begins before it. */
static bool
take_slash(struct progress *progress, size_t at)
{
    return take_image_before(progress, at) || take_word(progress, at);
}

static bool
take_url(struct progress *progress, size_t at)
{
    size_t len = name_url_len(slice_after(progress->text, at));
    if (len > 0) {
        copy_to(progress, at);
        note(progress->mask, MASK_URL,
             slice_before(slice_after(progress->text, at), len));
        progress->from = at + len;
    }
    return len > 0;
}

/* A blank matters behind a mask only, and before words. */
static bool
take_blank(struct progress *progress, size_t at)
{
    return lead_may_be_tail(slice_after(progress->text, at))
        && take(progress, at);
}

/* Whether a lead ends before `at`, where a name is quoted. */
static bool
is_behind_image_lead(struct progress *progress, size_t at)
{
    size_t from = progress->from;
    const char *text = progress->text.data;
    if (at > from && text[at - 1] != ' ') {
        return false;
    }
    if (at - from >= LEAD_LONGEST) {
        return lead_is_of_image(slice_of(text + from, at - from));
    }
    copy_to(progress, at);
    return follows_image_lead(progress->mask);
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

static bool
may_be_known(const struct mask *mask, struct slice name)
{
    for (size_t i = 0; i < mask->image_count; i++) {
        if (slice_starts(name, mask->images[i])) {
            return true;
        }
    }
    return false;
}

/*
 * Bytes of the quote at `at`, or of the backslashes, if it surely opens no name:
 * where no lead stands before, a name is known or has a slash in it. As lines
 * may have tens of thousands of quotes, nothing is copied to find that out.
 */
static size_t
pass_quote(struct progress *progress, size_t at)
{
    struct slice text = slice_after(progress->text, at);
    size_t open = quote_len(text);
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
        slash < progress->text.len
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
        spots_add(&progress->spots, SPOTS_FIRST,
                  mask->images[progress->known++].data[0]);
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
    learn_image(mask, known);
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
