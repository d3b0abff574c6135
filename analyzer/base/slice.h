/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PULLWHY_BASE_SLICE_H
#define PULLWHY_BASE_SLICE_H

/*
 * A view of bytes that somebody else owns.
 *
 * A slice may hold NUL and bad UTF-8; it is never NUL-terminated. It is passed
 * by value, and is valid only as long as the bytes that it views.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct slice {
    const char *data; /* may be NULL when len is 0 */
    size_t len;       /* bytes */
};

#define SLICE(literal)  ((struct slice){"" literal, sizeof(literal) - 1})
#define SLICE_ARG(text) ((int)(text).len), ((text).data ? (text).data : "")
#define SLICE_NONE      SIZE_MAX
#define COUNT(array)    (sizeof(array) / sizeof((array)[0]))

/* These stand here since they are called for every line. */

static inline struct slice
slice_of(const char *data, size_t len)
{
    return (struct slice){data, len};
}

/* What is behind the last byte; of a slice without data, the same. */
struct slice slice_end(struct slice text);

/* Offsets beyond the end are taken as the end. */
static inline struct slice
slice_after(struct slice text, size_t offset)
{
    if (offset >= text.len) {
        return slice_end(text);
    }
    return (struct slice){text.data + offset, text.len - offset};
}

static inline struct slice
slice_before(struct slice text, size_t offset)
{
    return (struct slice){text.data, offset < text.len ? offset : text.len};
}

/* How many blanks it begins with. */
static inline size_t
slice_indent(struct slice text)
{
    size_t len = 0;
    while (len < text.len && text.data[len] == ' ') {
        len++;
    }
    return len;
}

static inline bool
slice_equal(struct slice a, struct slice b)
{
    return a.len == b.len && (a.len == 0 || memcmp(a.data, b.data, a.len) == 0);
}

static inline bool
slice_starts(struct slice text, struct slice prefix)
{
    return text.len >= prefix.len
        && slice_equal(slice_before(text, prefix.len), prefix);
}

/* Takes `prefix` off the front of *rest if it stands there. */
static inline bool
slice_skip(struct slice *rest, struct slice prefix)
{
    if (!slice_starts(*rest, prefix)) {
        return false;
    }
    *rest = slice_after(*rest, prefix.len);
    return true;
}

/* The offset of the first one, or SLICE_NONE. */
static inline size_t
slice_find_byte(struct slice text, char byte)
{
    const char *found =
        text.len > 0 ? memchr(text.data, (unsigned char)byte, text.len) : NULL;
    return found ? (size_t)(found - text.data) : SLICE_NONE;
}

/* Likewise, where it may well be among the first few. */
static inline size_t
slice_find_near(struct slice text, char byte)
{
    enum {
        NEAR = 8
    };

    for (size_t i = 0; i < text.len && i < NEAR; i++) {
        if (text.data[i] == byte) {
            return i;
        }
    }
    size_t far = slice_find_byte(slice_after(text, NEAR), byte);
    return far == SLICE_NONE ? far : NEAR + far;
}

/*
 * Cuts *rest at the first `byte`: *head gets what stands before it, *rest what
 * stands behind. Without one, nothing is changed.
 */
static inline bool
slice_cut(struct slice *rest, char byte, struct slice *head)
{
    size_t offset = slice_find_byte(*rest, byte);
    if (offset == SLICE_NONE) {
        return false;
    }
    *head = slice_before(*rest, offset);
    *rest = slice_after(*rest, offset + 1);
    return true;
}

/* Views a NUL-terminated string without its NUL; NULL gives the empty slice. */
struct slice slice_from(const char *text);

/* Whether the text is `word`, which is not empty; mostly its first byte
 * tells. */
static inline bool
slice_is(struct slice text, const char *word)
{
    return text.len > 0 && text.data[0] == word[0]
        && slice_equal(text, slice_from(word));
}

bool slice_equal_nocase(struct slice a, struct slice b); /* ASCII only */
int slice_compare(struct slice a, struct slice b); /* bytewise, as memcmp */
bool slice_starts_nocase(struct slice text, struct slice prefix);
bool slice_ends(struct slice text, struct slice suffix);

/* The offset of the first match in bytes, or SLICE_NONE. */
size_t slice_find(struct slice text, struct slice needle);
size_t slice_find_last(struct slice text, char byte);

/* As slice_cut() does, at the first `mark`. */
bool slice_cut_text(struct slice *rest, struct slice mark, struct slice *head);

struct slice slice_trim(struct slice text); /* blanks, tabs, CR, LF */

/* Takes the next word (up to blanks or tabs) off *rest; empty at the end. */
struct slice slice_word(struct slice *rest);

/* True, and *value set, if all of `text` is decimal digits that fit. */
bool slice_to_u64(struct slice text, uint64_t *value);

/* FNV-1a; for tables of ours, not against an adversary. */
uint64_t slice_hash(struct slice text, uint64_t seed);

/*
 * Likewise, and much faster for long texts. Another number on another machine,
 * so it is not stored.
 */
uint64_t slice_mix(struct slice text, uint64_t seed);
uint64_t slice_mix_nocase(struct slice text, uint64_t seed); /* ASCII only */

#endif
