/* SPDX-License-Identifier: Apache-2.0 */
#include "source/follow_names.h"

#include "base/buf.h"

#include <stddef.h>

enum {
    DATE_DIGITS = 6, /* 261123; fewer behind a dash is a name's own number */
};

/* The first is read by the follower itself. */
static const char *const packed[] = {".gz",  ".xz",  ".bz2", ".zst", ".lz4",
                                     ".zip", ".tgz", ".tar", ".7z"};

static const char *const no_logs[] = {
    ".db",   ".db-shm", ".db-wal", ".journal", ".lock", ".pcap",
    ".pid",  ".sock",   ".sqlite", ".swp",     ".tmp",  "~",
    ".part", ".bin",    ".core",   ".journal~"};

static const char *const no_log_names[] = {"btmp", "faillog", "lastlog",
                                           "wtmp"};

static bool
is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* "T" and "Z" as in 2026-11-23T16-30-00Z. */
static bool
is_stamp_byte(struct slice text, size_t at)
{
    char c = text.data[at];
    if (is_digit(c) || c == '.' || c == '-' || c == '_' || c == ':'
        || c == '+') {
        return true;
    }
    return (c == 'T' || c == 'Z') && at > 0 && is_digit(text.data[at - 1]);
}

/* What rotation puts into a name. */
static bool
is_stamp(struct slice text)
{
    size_t digits = 0;
    if (text.len < 2) {
        return false;
    }
    for (size_t i = 0; i < text.len; i++) {
        if (!is_stamp_byte(text, i)) {
            return false;
        }
        digits += is_digit(text.data[i]) ? 1 : 0;
    }
    char first = text.data[0];
    return first == '.'
             ? digits > 0 && is_digit(text.data[1])
             : (first == '-' || first == '_') && digits >= DATE_DIGITS;
}

static struct slice
unpacked_name(struct slice name)
{
    struct slice end = SLICE(".gz");
    return slice_ends(name, end) ? slice_before(name, name.len - end.len)
                                 : name;
}

bool
follow_names_is_older(struct slice base, struct slice name)
{
    struct slice rest = unpacked_name(name);
    if (slice_skip(&rest, base)) {
        return is_stamp(rest) || slice_equal(rest, SLICE(".old"))
            || (rest.len == 0 && name.len > base.len);
    }
    size_t dot = slice_find_last(base, '.');
    if (dot == SLICE_NONE || dot == 0) {
        return false;
    }
    struct slice extension = slice_after(base, dot);
    return slice_skip(&rest, slice_before(base, dot))
        && slice_ends(rest, extension)
        && is_stamp(slice_before(rest, rest.len - extension.len));
}

bool
follow_names_has_base(struct slice name,
                      bool (*is_there)(void *ctx, struct slice base), void *ctx)
{
    struct buf base = {0};
    bool found = false;
    struct slice rest = unpacked_name(name);
    size_t dot = slice_find_last(rest, '.');
    for (size_t at = 1; at <= rest.len && !found; at++) {
        struct slice stem = slice_before(rest, at);
        found = follow_names_is_older(stem, name) && is_there(ctx, stem);
        if (!found && dot != SLICE_NONE && at < dot) {
            buf_clear(&base);
            buf_add(&base, stem);
            buf_add(&base, slice_after(rest, dot));
            found = follow_names_is_older(buf_slice(&base), name)
                 && is_there(ctx, buf_slice(&base));
        }
    }
    buf_free(&base);
    return found;
}

static bool
ends_in(struct slice name, const char *const *ends, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (slice_ends(name, slice_from(ends[i]))) {
            return true;
        }
    }
    return false;
}

/* "app.log.1", but not "app-20261123.log", which may be the one of today. */
static bool
ends_in_stamp(struct slice name)
{
    for (size_t at = 1; at < name.len; at++) {
        if (is_stamp(slice_after(name, at))) {
            return true;
        }
    }
    return slice_ends(name, SLICE(".old"));
}

bool
follow_names_is_log(struct slice name)
{
    if (name.len == 0 || name.data[0] == '.' || ends_in_stamp(name)) {
        return false;
    }
    for (size_t i = 0; i < COUNT(no_log_names); i++) {
        if (slice_equal(name, slice_from(no_log_names[i]))) {
            return false;
        }
    }
    return !ends_in(name, packed, COUNT(packed))
        && !ends_in(name, no_logs, COUNT(no_logs));
}

bool
follow_names_is_pattern(struct slice path)
{
    return slice_find_byte(path, '*') != SLICE_NONE
        || slice_find_byte(path, '?') != SLICE_NONE
        || slice_find_byte(path, '[') != SLICE_NONE;
}
