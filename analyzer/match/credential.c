/* SPDX-License-Identifier: Apache-2.0 */
#include "match/credential.h"

#include "base/byte.h"

#include <stdbool.h>

static size_t
token_len(struct slice text)
{
    size_t len = 0;
    for (; len < text.len; len++) {
        char byte = text.data[len];
        if (!byte_is_name(byte) && byte != '.' && byte != '/' && byte != '+'
            && byte != '=' && byte != '~' && byte != '%') {
            break;
        }
    }
    return len;
}

size_t
credential_token(struct slice text)
{
    static const struct {
        struct slice mark;
        size_t least; /* bytes, with the mark; they are longer */
    } shapes[] = {
        {{"eyJ", 3}, 16}, /* base64 of {", docker credentials too */
        {{"ghp_", 4}, 20},      {{"gho_", 4}, 20},    {{"ghu_", 4}, 20},
        {{"ghs_", 4}, 20},      {{"ghr_", 4}, 20},    {{"github_pat_", 11}, 30},
        {{"glpat-", 6}, 20},    {{"gldt-", 5}, 20},   {{"glcbt-", 6}, 20},
        {{"gloas-", 6}, 20},    {{"glrt-", 5}, 20},   {{"dckr_pat_", 9}, 20},
        {{"dckr_oat_", 9}, 20}, {{"dop_v1_", 7}, 30}, {{"ya29.", 5}, 20},
        {{"sha256~", 7}, 30},   {{"AKCp", 4}, 40},
    };

    /* Most words are none, and begin as none does. */
    if (text.len == 0
        || slice_find_byte(SLICE("Adegsy"), text.data[0]) == SLICE_NONE) {
        return 0;
    }
    for (size_t i = 0; i < COUNT(shapes); i++) {
        size_t least = shapes[i].least;
        if (slice_starts(text, shapes[i].mark)
            && token_len(slice_before(text, least)) == least) {
            return token_len(text);
        }
    }
    return 0;
}

/* "Basic authentication required" is a sentence, "Basic realm=" a challenge. */
static bool
is_prose(struct slice token)
{
    switch (token.len > 0 ? token.data[0] : '\0') {
    case 'a':
        return slice_starts(token, SLICE("auth"));
    case 'c':
        return slice_starts(token, SLICE("challenge"))
            || slice_starts(token, SLICE("credential"));
    case 'r':
        return slice_starts(token, SLICE("realm="));
    default:
        return false;
    }
}

size_t
credential_scheme(struct slice text, size_t *lead)
{
    enum {
        SHORTEST = 8
    };

    size_t scheme = 0;
    if ((text.data[0] | 0x20) != 'b') {
        return 0;
    }
    if (slice_starts_nocase(text, SLICE("bearer"))) {
        scheme = SLICE("bearer").len;
    } else if (slice_starts_nocase(text, SLICE("basic"))) {
        scheme = SLICE("basic").len;
    }
    struct slice rest = slice_after(text, scheme);
    if (scheme == 0
        || (!slice_skip(&rest, SLICE(" ")) && !slice_skip(&rest, SLICE("%20"))
            && !slice_skip(&rest, SLICE("+")))) {
        return 0;
    }
    /* Prose first: a token may go on to the line's end, and hold the next. */
    if (is_prose(rest)) {
        return 0;
    }
    *lead = text.len - rest.len;
    size_t len = token_len(rest);
    return len < SHORTEST ? 0 : len;
}

static bool
is_of_login(char byte)
{
    switch (byte) {
    case '"':
    case '\'':
    case '`':
    case '\\':
    case '/':
    case '@':
    case '<':
    case '>':
    case '(':
    case ')':
    case '[':
    case ']':
    case '{':
    case '}':
    case ',':
    case ';':
    case '=':
    case '&':
    case '?':
    case '|':
        return false;
    default:
        return !byte_is_blank(byte);
    }
}

/*
 * A host with a path, as registries have: "serviceAccount:who@..." is nobody's
 * password, and "name:tag@sha256:" no host.
 */
static bool
begins_host(struct slice text)
{
    size_t len = 0;
    bool is_host = slice_starts(text, SLICE("localhost"));
    if (text.len == 0 || !byte_is_name(text.data[0])) {
        return false;
    }
    while (len < text.len
           && (byte_is_name(text.data[len]) || text.data[len] == '.'
               || text.data[len] == ':')) {
        is_host = is_host || text.data[len] == '.' || text.data[len] == ':';
        len++;
    }
    return is_host && len < text.len && text.data[len] == '/'
        && !slice_starts(text, SLICE("sha256:"))
        && !slice_starts(text, SLICE("sha512:"));
}

size_t
credential_login(struct slice text, size_t from, size_t at)
{
    size_t start = at;
    size_t colon = at;
    while (start > from && is_of_login(text.data[start - 1])) {
        start--;
        colon = text.data[start] == ':' ? start : colon;
    }
    if (colon == start || colon + 1 >= at
        || !begins_host(slice_after(text, at + 1))) {
        return 0;
    }
    return at - colon - 1;
}
