/* SPDX-License-Identifier: Apache-2.0 */
#include "match/mask.h"

#include "match/image.h"

static const char *const masks[MASK_KINDS] = {
    [MASK_IMAGE] = "<image>",  [MASK_URL] = "<url>", [MASK_HOST] = "<host>",
    [MASK_ADDRESS] = "<addr>", [MASK_TAG] = "<tag>", [MASK_DIGEST] = "<digest>",
};

enum {
    NAME_LONGEST = 4096, /* bytes; a signed URL has about 1000 */
};

enum rest_form { /* where a bare name behind a lead ends */
    UNTIL_BLANK, /* a blank, or a colon with a blank or the end behind it */
    UNTIL_BRACKET,
};

/*
 * Words behind which a bare name stands. A name that does not fit (`must_have`
 * is one of its bytes, if given) is left as it is.
 */
static const struct lead {
    const char *words;
    enum mask_kind kind;
    enum rest_form form;
    const char *must_have;
} leads[] = {
    {"lookup ",                     MASK_HOST,    UNTIL_BLANK,   NULL},
    {"dial tcp ",                   MASK_ADDRESS, UNTIL_BLANK,   ":" },
    {"dial udp ",                   MASK_ADDRESS, UNTIL_BLANK,   ":" },
    {"read tcp ",                   MASK_ADDRESS, UNTIL_BLANK,   ":" },
    {"read udp ",                   MASK_ADDRESS, UNTIL_BLANK,   ":" },
    {"write tcp ",                  MASK_ADDRESS, UNTIL_BLANK,   ":" },
    {"write udp ",                  MASK_ADDRESS, UNTIL_BLANK,   ":" },
    {"pulling from host ",          MASK_HOST,    UNTIL_BLANK,   NULL},
    {"pinging container registry ", MASK_HOST,    UNTIL_BLANK,   NULL},
    {"[manifests ",                 MASK_TAG,     UNTIL_BRACKET, NULL},
    {"[blobs ",                     MASK_TAG,     UNTIL_BRACKET, NULL},
    {"docker://",                   MASK_IMAGE,   UNTIL_BLANK,   NULL},
    {"reading manifest ",           MASK_TAG,     UNTIL_BLANK,   NULL},
    {"access denied for ",          MASK_IMAGE,   UNTIL_BLANK,   NULL},
    {"pulling image ",              MASK_IMAGE,   UNTIL_BLANK,   NULL},
    {"repository ",                 MASK_IMAGE,   UNTIL_BLANK,   "/" },
};

/* What ends just before a quoted image reference. */
static const char *const image_leads[] = {
    "image ",    "reference ", "PullImage ", "name ", "default image tag ",
    "イメージ ", "参照 ",
};

static bool
is_blank(char byte)
{
    return byte == ' ' || byte == '\t' || byte == '\n' || byte == '\r';
}

static bool
is_word_byte(char byte)
{
    return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z')
        || (byte >= '0' && byte <= '9') || byte == '_' || byte == '-'
        || byte == '.' || byte == '/' || byte == '@';
}

static void
note(struct mask *mask, enum mask_kind kind, struct slice text)
{
    if (mask->count < MASK_NOTES) {
        mask->notes[mask->count++] =
            (struct mask_note){kind, text, mask->text.len};
    }
    buf_add_text(&mask->text, masks[kind]);
}

/*
 * Up to a blank or a quote; punctuation at the end is not the name's. No name
 * is longer than NAME_LONGEST, which keeps the cost of a hostile line linear.
 */
static size_t
bare_len(struct slice text, const char *punctuation)
{
    size_t len = 0;
    text = slice_before(text, NAME_LONGEST);
    while (len < text.len && !is_blank(text.data[len]) && text.data[len] != '"'
           && text.data[len] != '\\') {
        len++;
    }
    while (len > 0
           && slice_find_byte(slice_from(punctuation), text.data[len - 1])
                  != SLICE_NONE) {
        len--;
    }
    return len;
}

static size_t
url_len(struct slice text)
{
    struct slice rest = text;
    if (!slice_skip(&rest, SLICE("https://"))
        && !slice_skip(&rest, SLICE("http://"))) {
        return 0;
    }
    size_t len = bare_len(text, ":,.;)]}>'");
    return len > text.len - rest.len ? len : 0;
}

static size_t
digest_len(struct slice text)
{
    enum {
        SHORTEST = 12
    };
    struct slice rest = text;
    size_t len = 0;
    if (!slice_skip(&rest, SLICE("sha256:"))
        && !slice_skip(&rest, SLICE("sha512:"))) {
        return 0;
    }
    while (len < rest.len
           && ((rest.data[len] >= '0' && rest.data[len] <= '9')
               || (rest.data[len] >= 'a' && rest.data[len] <= 'f'))) {
        len++;
    }
    return len >= SHORTEST ? text.len - rest.len + len : 0;
}

/* An image noted before, or the known one, standing bare: "X: not found". */
static size_t
noted_image_len(const struct mask *mask, struct slice text, struct slice known)
{
    size_t best = known.len > 0 && slice_starts(text, known) ? known.len : 0;
    for (size_t i = 0; i < mask->count; i++) {
        struct slice name = mask->notes[i].text;
        if (mask->notes[i].kind == MASK_IMAGE && name.len > best
            && slice_starts(text, name)) {
            best = name.len;
        }
    }
    struct slice behind = slice_after(text, best);
    if (best > 0 && behind.len > 0 && is_word_byte(behind.data[0])) {
        return 0;
    }
    return best;
}

/*
 * A bare reference that cannot be anything else: host.tld/path[:tag]. What was
 * looked at in vain is not looked at again from the middle.
 */
static size_t
bare_image_len(struct slice text, const char **barren)
{
    struct image image;
    size_t len = 0;
    if (text.data < *barren) {
        return 0;
    }
    text = slice_before(text, NAME_LONGEST);
    while (len < text.len
           && (is_word_byte(text.data[len]) || text.data[len] == ':')) {
        len++;
    }
    *barren = text.data + len;
    while (len > 0
           && (text.data[len - 1] == ':' || text.data[len - 1] == '.')) {
        len--;
    }
    struct slice name = slice_before(text, len);
    if (slice_find_byte(name, '/') == SLICE_NONE || !image_parse(name, &image)
        || !image.has_registry) {
        return 0;
    }
    return len;
}

/* How many bytes of `text` are masked as a bare name; 0 if none. */
static size_t
bare_name(struct mask *mask, struct slice text, struct slice known,
          const char **barren)
{
    size_t len = url_len(text);
    if (len > 0) {
        note(mask, MASK_URL, slice_before(text, len));
        return len;
    }
    len = digest_len(text);
    if (len > 0) {
        note(mask, MASK_DIGEST, slice_before(text, len));
        return len;
    }
    len = noted_image_len(mask, text, known);
    if (len == 0) {
        len = bare_image_len(text, barren);
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
        size_t len = slice_find_byte(name, ']');
        return len == SLICE_NONE || len > 256 ? 0 : len;
    }
    return bare_len(name, ":,;)]");
}

/* A lead with a name behind it; returns the bytes taken, 0 if none. */
static size_t
led_name(struct mask *mask, struct slice text)
{
    for (size_t i = 0; i < COUNT(leads); i++) {
        struct slice words = slice_from(leads[i].words);
        if (text.data[0] != words.data[0] || !slice_starts(text, words)) {
            continue;
        }
        struct slice name = slice_after(text, words.len);
        name = slice_before(name, led_len(&leads[i], name));
        if (name.len == 0
            || (leads[i].must_have
                && slice_find_byte(name, leads[i].must_have[0])
                       == SLICE_NONE)) {
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
        {"lookup <host>",          " on ", MASK_ADDRESS},
        {"reading manifest <tag>", " in ", MASK_IMAGE  },
    };

    for (size_t i = 0; i < COUNT(tails); i++) {
        struct slice words = slice_from(tails[i].words);
        if (!slice_starts(text, words)
            || !slice_ends(buf_slice(&mask->text),
                           slice_from(tails[i].before))) {
            continue;
        }
        struct slice name = slice_after(text, words.len);
        name = slice_before(name, bare_len(name, ":,;)]"));
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
    for (size_t i = 0; i < COUNT(image_leads); i++) {
        if (slice_ends(buf_slice(&mask->text), slice_from(image_leads[i]))) {
            return true;
        }
    }
    return false;
}

static bool
is_image_in_quotes(const struct mask *mask, struct slice name,
                   struct slice known)
{
    enum {
        LONGEST = 1024
    };
    struct image image;
    if (name.len == 0 || name.len > LONGEST
        || slice_find_byte(name, '\n') != SLICE_NONE) {
        return false;
    }
    if (follows_image_lead(mask)
        || (known.len > 0 && slice_equal(name, known))) {
        return true;
    }
    return slice_find_byte(name, '/') != SLICE_NONE && image_parse(name, &image)
        && image.has_registry;
}

/*
 * `text` begins with a quote, maybe escaped (\" or \\\"). Masks the quoted
 * name, quotes and all; 0 if what is quoted is no name.
 */
static size_t
quoted_name(struct mask *mask, struct slice text, struct slice known)
{
    size_t open = slice_find_byte(text, '"') + 1;
    struct slice quote = slice_before(text, open);
    struct slice rest = slice_before(slice_after(text, open), NAME_LONGEST);
    size_t len = slice_find(rest, quote);
    if (len == SLICE_NONE) {
        return 0;
    }
    struct slice name = slice_before(rest, len);
    if (url_len(name) > 0 && slice_find_byte(name, ' ') == SLICE_NONE) {
        note(mask, MASK_URL, name);
    } else if (is_image_in_quotes(mask, name, known)) {
        note(mask, MASK_IMAGE, name);
    } else {
        return 0;
    }
    return open + len + quote.len;
}

static bool
opens_quote(struct slice text)
{
    size_t i = 0;
    while (i < text.len && text.data[i] == '\\') {
        i++;
    }
    return i < text.len && text.data[i] == '"';
}

void
mask_text(struct mask *mask, struct slice text, struct slice known)
{
    bool is_start = true; /* of a word */
    const char *barren = text.data;
    mask->count = 0;
    buf_clear(&mask->text);
    while (text.len > 0) {
        size_t used = 0;
        char byte = text.data[0];
        if ((byte == '"' || byte == '\\') && opens_quote(text)) {
            used = quoted_name(mask, text, known);
        } else if (byte == ' ') {
            used = tail_name(mask, text);
        } else if (is_start) {
            used = led_name(mask, text);
            used = used > 0 ? used : bare_name(mask, text, known, &barren);
        }
        if (used == 0) {
            buf_add_byte(&mask->text, byte);
            is_start = !is_word_byte(byte);
            used = 1;
        } else {
            is_start = false;
        }
        text = slice_after(text, used);
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
