/* SPDX-License-Identifier: Apache-2.0 */
#include "source/utf16.h"

enum {
    FOREIGN = 0xfffd,
    HIGH = 0xd800, /* the first half of a pair, up to LOW */
    LOW = 0xdc00,
    PAIRS_END = 0xe000,
    HALF_BITS = 10,
    PAIRS_BASE = 0x10000,
    TAIL_BITS = 6, /* of a byte of UTF-8 behind its first one */
    TAIL_MASK = 0x3f,
    TAIL_MARK = 0x80,
};

bool
utf16_begins(struct slice head)
{
    return slice_starts(head, SLICE("\xff\xfe"))
        || slice_starts(head, SLICE("\xfe\xff"));
}

void
utf16_begin(struct utf16 *turned, struct slice *bytes)
{
    turned->is_swapped = slice_starts(*bytes, SLICE("\xfe"));
    *bytes = slice_after(*bytes, UTF16_MARK);
}

/* The marks of first bytes by how many follow, and how far those reach. */
static void
add(struct buf *out, uint32_t code)
{
    static const struct {
        uint32_t end;
        unsigned char mark;
    } lengths[] = {
        {0x80, 0}, {0x800, 0xc0}, {PAIRS_BASE, 0xe0}, {0x110000, 0xf0}};

    unsigned more = 0;
    while (code >= lengths[more].end) {
        more++;
    }
    buf_add_byte(out, (char)(lengths[more].mark | code >> TAIL_BITS * more));
    while (more-- > 0) {
        buf_add_byte(
            out, (char)(TAIL_MARK | (code >> TAIL_BITS * more & TAIL_MASK)));
    }
}

static void
add_unit(struct utf16 *turned, uint32_t unit)
{
    uint32_t high = turned->high;
    bool is_low = unit >= LOW && unit < PAIRS_END;
    turned->high = 0;
    if (high != 0 && is_low) {
        add(&turned->out,
            PAIRS_BASE + ((high - HIGH) << HALF_BITS) + (unit - LOW));
        return;
    }
    if (high != 0) {
        add(&turned->out, FOREIGN);
    }
    if (unit >= HIGH && unit < LOW) {
        turned->high = unit;
    } else {
        add(&turned->out, is_low ? FOREIGN : unit);
    }
}

struct slice
utf16_turn(struct utf16 *turned, struct slice bytes)
{
    buf_clear(&turned->out);
    for (size_t i = 0; i < bytes.len; i++) {
        unsigned char byte = (unsigned char)bytes.data[i];
        if (!turned->is_torn) {
            turned->torn = byte;
        } else if (turned->is_swapped) {
            add_unit(turned, (uint32_t)turned->torn << 8 | byte);
        } else {
            add_unit(turned, (uint32_t)byte << 8 | turned->torn);
        }
        turned->is_torn = !turned->is_torn;
    }
    return buf_slice(&turned->out);
}
