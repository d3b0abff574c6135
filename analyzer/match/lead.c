/* SPDX-License-Identifier: Apache-2.0 */
#include "match/lead.h"

#include "match/name.h"

#include <string.h>

enum {
    TAG_LONGEST = 256, /* in brackets */
    TAIL = 4,          /* bytes of words behind a name */
};

#define LITERAL(text) text, sizeof(text) - 1

enum rest_form { /* where a bare name behind a lead ends */
    UNTIL_BLANK, /* a blank, or a colon with a blank or the end behind it */
    UNTIL_BRACKET,
};

/*
 * Words behind which a bare name stands. A name that does not fit (it must have
 * one of the bytes of `must_have`, if given) is left as it is.
 */
static const struct row {
    const char *words;
    size_t len;
    enum mask_kind kind;
    enum rest_form form;
    const char *must_have;
} rows[] = {
    {LITERAL("lookup "), MASK_HOST, UNTIL_BLANK, NULL},
    {LITERAL("dial tcp "), MASK_ADDRESS, UNTIL_BLANK, ":"},
    {LITERAL("dial udp "), MASK_ADDRESS, UNTIL_BLANK, ":"},
    {LITERAL("read tcp "), MASK_ADDRESS, UNTIL_BLANK, ":"},
    {LITERAL("read udp "), MASK_ADDRESS, UNTIL_BLANK, ":"},
    {LITERAL("write tcp "), MASK_ADDRESS, UNTIL_BLANK, ":"},
    {LITERAL("write udp "), MASK_ADDRESS, UNTIL_BLANK, ":"},
    {LITERAL("pulling from host "), MASK_HOST, UNTIL_BLANK, NULL},
    {LITERAL("pinging container registry "), MASK_HOST, UNTIL_BLANK, NULL},
    {LITERAL("[manifests "), MASK_TAG, UNTIL_BRACKET, NULL},
    {LITERAL("[blobs "), MASK_TAG, UNTIL_BRACKET, NULL},
    {LITERAL("docker://"), MASK_IMAGE, UNTIL_BLANK, NULL},
    {LITERAL("reading manifest "), MASK_TAG, UNTIL_BLANK, NULL},
    {LITERAL("access denied for "), MASK_IMAGE, UNTIL_BLANK, NULL},
    {LITERAL("pulling image "), MASK_IMAGE, UNTIL_BLANK, "/:"},
    {LITERAL("repository "), MASK_IMAGE, UNTIL_BLANK, "/"},
    /* a platform may stand here too, and has no colon */
    {LITERAL("manifest for "), MASK_IMAGE, UNTIL_BLANK, ":"},
};

/* What ends just before a quoted image reference; each with a blank. */
static const struct {
    const char *words;
    size_t len;
} image_leads[] = {
    {LITERAL("image ")},
    {LITERAL("reference ")},
    {LITERAL("PullImage ")},
    {LITERAL("name ")},
    {LITERAL("default image tag ")},
    {LITERAL("イメージ ")},
    {LITERAL("参照 ")},
};

const char lead_seconds[UINT8_MAX + 1][2] = {
    ['['] = {'m', 'b'}, ['a'] = {'c', 'c'}, ['d'] = {'i', 'o'},
    ['l'] = {'o', 'o'}, ['m'] = {'a', 'a'}, ['p'] = {'u', 'i'},
    ['r'] = {'e', 'e'}, ['w'] = {'r', 'r'},
};

static size_t
name_len(const struct row *row, struct slice name)
{
    if (row->form == UNTIL_BRACKET) {
        size_t len = slice_find_byte(slice_before(name, TAG_LONGEST), ']');
        return len == SLICE_NONE ? 0 : len;
    }
    return name_bare_len(slice_before(name, NAME_LONGEST), ":,;)]");
}

static bool
fits(const struct row *row, struct slice name)
{
    for (const char *at = row->must_have; at && *at; at++) {
        if (slice_find_byte(name, *at) != SLICE_NONE) {
            return true;
        }
    }
    return !row->must_have;
}

/* Most words of most lines are no leads. */
static bool
may_begin(struct slice text)
{
    switch (text.data[0]) {
    case '[':
        return slice_starts(text, SLICE("[man"))
            || slice_starts(text, SLICE("[blo"));
    case 'a':
        return slice_starts(text, SLICE("access d"));
    case 'd':
        return slice_starts(text, SLICE("dial"))
            || slice_starts(text, SLICE("docker:/"));
    case 'l':
        return slice_starts(text, SLICE("look"));
    case 'm':
        return slice_starts(text, SLICE("manifest"));
    case 'p':
        return slice_starts(text, SLICE("pulling "))
            || slice_starts(text, SLICE("pinging "));
    case 'r':
        return slice_starts(text, SLICE("read"))
            || slice_starts(text, SLICE("reposito"));
    case 'w':
        return slice_starts(text, SLICE("writ"));
    default:
        return false;
    }
}

/* The row whose words `text` begins with, or NULL. */
static const struct row *
row_of(struct slice text)
{
    if (!may_begin(text)) {
        return NULL;
    }
    for (size_t i = 0; i < COUNT(rows); i++) {
        const char *words = rows[i].words;
        size_t len = rows[i].len;
        if (text.data[0] == words[0] && text.len >= len
            && text.data[len - 2] == words[len - 2]
            && slice_starts(text, slice_of(words, len))) {
            return &rows[i];
        }
    }
    return NULL;
}

bool
lead_may_be(struct slice text)
{
    return row_of(text) != NULL;
}

struct lead
lead_of(struct slice text)
{
    const struct row *row = row_of(text);
    if (!row) {
        return (struct lead){0};
    }
    struct slice name = slice_after(text, row->len);
    name = slice_before(name, name_len(row, name));
    if (!fits(row, name)) {
        return (struct lead){0};
    }
    return (struct lead){.words = slice_before(text, row->len),
                         .name = name,
                         .kind = row->kind,
                         .is_way = row->kind == MASK_ADDRESS};
}

bool
lead_may_be_tail(struct slice text)
{
    return text.len > TAIL && text.data[0] == ' ' && text.data[2] == 'n'
        && text.data[3] == ' ';
}

struct lead
lead_of_tail(struct slice masked, struct slice text)
{
    static const struct {
        const char *before;
        size_t len;
        const char *words; /* of TAIL bytes */
        enum mask_kind kind;
    } tails[] = {
        {LITERAL("lookup <host>"), " on ", MASK_ADDRESS},
        {LITERAL("reading manifest <tag>"), " in ", MASK_IMAGE},
    };

    for (size_t i = 0; i < COUNT(tails); i++) {
        if (text.len <= TAIL || memcmp(text.data, tails[i].words, TAIL) != 0
            || !slice_ends(masked, slice_of(tails[i].before, tails[i].len))) {
            continue;
        }
        struct slice name = slice_after(text, TAIL);
        name = slice_before(name, NAME_LONGEST);
        name = slice_before(name, name_bare_len(name, ":,;)]"));
        return (struct lead){.words = slice_before(text, TAIL),
                             .name = name,
                             .kind = tails[i].kind};
    }
    return (struct lead){0};
}

bool
lead_is_of_image(struct slice masked)
{
    if (masked.len < 2 || !lead_may_end(masked)) {
        return false;
    }
    for (size_t i = 0; i < COUNT(image_leads); i++) {
        struct slice words = slice_of(image_leads[i].words, image_leads[i].len);
        if (masked.data[masked.len - 2] == words.data[words.len - 2]
            && slice_ends(masked, words)) {
            return true;
        }
    }
    return false;
}
