/* SPDX-License-Identifier: Apache-2.0 */
#include "match/lead.h"

#include "match/name.h"

enum {
    TAG_LONGEST = 256, /* in brackets */
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

static bool
goes_on(struct slice text, char second, char third)
{
    return text.len > 2 && text.data[1] == second && text.data[2] == third;
}

bool
lead_may_be(struct slice text)
{
    switch (text.data[0]) {
    case '[':
        return goes_on(text, 'm', 'a') || goes_on(text, 'b', 'l');
    case 'a':
        return goes_on(text, 'c', 'c');
    case 'd':
        return goes_on(text, 'i', 'a') || goes_on(text, 'o', 'c');
    case 'l':
        return goes_on(text, 'o', 'o');
    case 'm':
        return goes_on(text, 'a', 'n');
    case 'p':
        return goes_on(text, 'u', 'l') || goes_on(text, 'i', 'n');
    case 'r':
        return goes_on(text, 'e', 'a') || goes_on(text, 'e', 'p');
    case 'w':
        return goes_on(text, 'r', 'i');
    default:
        return false;
    }
}

struct lead
lead_of(struct slice text)
{
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct slice words = slice_of(rows[i].words, rows[i].len);
        if (text.data[0] != words.data[0] || !slice_starts(text, words)) {
            continue;
        }
        struct slice name = slice_after(text, words.len);
        name = slice_before(name, name_len(&rows[i], name));
        if (!fits(&rows[i], name)) {
            break;
        }
        return (struct lead){.words = words,
                             .name = name,
                             .kind = rows[i].kind,
                             .is_way = rows[i].kind == MASK_ADDRESS};
    }
    return (struct lead){0};
}

struct lead
lead_of_tail(struct slice masked, struct slice text)
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
        struct slice words = slice_from(tails[i].words);
        if (!slice_starts(text, words)
            || !slice_ends(masked, slice_from(tails[i].before))) {
            continue;
        }
        struct slice name =
            slice_before(slice_after(text, words.len), NAME_LONGEST);
        name = slice_before(name, name_bare_len(name, ":,;)]"));
        return (struct lead){
            .words = words, .name = name, .kind = tails[i].kind};
    }
    return (struct lead){0};
}

bool
lead_is_of_image(struct slice masked)
{
    if (masked.len < 2 || masked.data[masked.len - 1] != ' ') {
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
