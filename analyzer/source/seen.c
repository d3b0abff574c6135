/* SPDX-License-Identifier: Apache-2.0 */
#include "source/seen.h"

#include <inttypes.h>
#include <stdio.h>
#include <unistd.h>

enum {
    CHUNK = 64 * 1024
};

void
seen_write(char out[SEEN_TEXT], const struct seen *seen)
{
    out[0] = '\0';
    if (seen->position > 0 && seen->whole != 0) {
        snprintf(out, SEEN_TEXT, "seen:%" PRIu64 ":%" PRIu64 ":%" PRIu64,
                 seen->position, seen->hash, seen->whole);
    } else if (seen->position > 0) {
        snprintf(out, SEEN_TEXT, "seen:%" PRIu64 ":%" PRIu64, seen->position,
                 seen->hash);
    }
}

struct seen
seen_read(const char *text)
{
    struct slice rest = slice_from(text);
    struct slice part;
    struct seen seen = {.whole = 0};
    if (!slice_skip(&rest, SLICE("seen:")) || !slice_cut(&rest, ':', &part)
        || !slice_to_u64(part, &seen.position) || seen.position > INT64_MAX) {
        return (struct seen){0};
    }
    bool has_whole = slice_cut(&rest, ':', &part);
    if (!slice_to_u64(has_whole ? part : rest, &seen.hash)
        || (has_whole && !slice_to_u64(rest, &seen.whole))) {
        return (struct seen){0};
    }
    return seen;
}

size_t
seen_length(uint64_t position)
{
    return position < SEEN_BYTES ? (size_t)position : (size_t)SEEN_BYTES;
}

bool
seen_holds(const struct seen *seen, struct slice before)
{
    return before.len == seen_length(seen->position)
        && slice_hash(before, 0) == seen->hash;
}

/* False: there is not so much, or it cannot be read. */
static bool
read_all(int fd, char *out, size_t len, uint64_t at)
{
    size_t got = 0;
    ssize_t more = 1;
    while (got < len && more > 0) {
        more = pread(fd, out + got, len - got, (off_t)(at + got));
        got += more > 0 ? (size_t)more : 0;
    }
    return got == len;
}

uint64_t
seen_whole(int fd, uint64_t position)
{
    char chunk[CHUNK];
    uint64_t hash = 0;
    if (position == 0 || position > SEEN_WHOLE) {
        return 0;
    }
    for (uint64_t at = 0; at < position; at += CHUNK) {
        size_t len = position - at < CHUNK ? (size_t)(position - at) : CHUNK;
        if (!read_all(fd, chunk, len, at)) {
            return 0;
        }
        hash = slice_mix(slice_of(chunk, len), hash);
    }
    return hash | 1;
}

void
seen_add(struct seen_sum *sum, struct slice bytes)
{
    sum->is_lost = sum->is_lost || sum->position % CHUNK != 0
                || bytes.len > SEEN_WHOLE - sum->position;
    while (!sum->is_lost && bytes.len > 0) {
        struct slice chunk = slice_before(bytes, CHUNK);
        sum->hash = slice_mix(chunk, sum->hash);
        sum->position += chunk.len;
        bytes = slice_after(bytes, chunk.len);
    }
}

uint64_t
seen_total(const struct seen_sum *sum, int fd, uint64_t position)
{
    bool is_known = !sum->is_lost && sum->position == position && position > 0;
    return is_known ? sum->hash | 1 : seen_whole(fd, position);
}

bool
seen_is_whole(const struct seen *seen, int fd)
{
    return seen->whole == 0 || seen_whole(fd, seen->position) == seen->whole;
}
