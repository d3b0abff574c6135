/* SPDX-License-Identifier: Apache-2.0 */
#include "source/identity.h"

#include <inttypes.h>
#include <stdio.h>

uint64_t
identity_fingerprint(struct slice head, bool *is_whole)
{
    struct slice seen = slice_before(head, IDENTITY_HEAD);
    size_t end = slice_find_byte(seen, '\n');
    *is_whole = end != SLICE_NONE || seen.len == IDENTITY_HEAD;
    return slice_hash(slice_before(seen, end), 0);
}

void
identity_write(char out[SOURCE_IDENTITY], uint64_t device, uint64_t inode,
               uint64_t fingerprint)
{
    snprintf(out, SOURCE_IDENTITY, "file:%" PRIu64 ":%" PRIu64 ":%016" PRIx64,
             device, inode, fingerprint);
}

static bool
read_hex(struct slice text, uint64_t *value)
{
    const struct slice digits = SLICE("0123456789abcdef");
    uint64_t read = 0;
    for (size_t i = 0; i < text.len; i++) {
        size_t digit = slice_find_byte(digits, text.data[i]);
        if (digit == SLICE_NONE) {
            return false;
        }
        read = read << 4 | digit;
    }
    *value = read;
    return text.len == 16;
}

bool
identity_read(const char *identity, uint64_t *device, uint64_t *inode,
              uint64_t *fingerprint)
{
    struct slice rest = slice_from(identity);
    struct slice part;
    return slice_skip(&rest, SLICE("file:")) && slice_cut(&rest, ':', &part)
        && slice_to_u64(part, device) && slice_cut(&rest, ':', &part)
        && slice_to_u64(part, inode) && read_hex(rest, fingerprint);
}

struct slice
identity_file(const char *identity)
{
    struct slice text = slice_from(identity);
    size_t last = slice_find_last(text, ':');
    return slice_before(text, last == SLICE_NONE ? 0 : last + 1);
}

bool
identity_began(const char *identity, struct slice head)
{
    uint64_t device;
    uint64_t inode;
    uint64_t fingerprint;
    struct slice seen = slice_before(head, IDENTITY_HEAD);
    struct slice line = slice_before(seen, slice_find_byte(seen, '\n'));
    if (!identity_read(identity, &device, &inode, &fingerprint)) {
        return false;
    }
    for (size_t len = IDENTITY_LEAST; len < line.len; len++) {
        if (slice_hash(slice_before(line, len), 0) == fingerprint) {
            return true;
        }
    }
    return false;
}
