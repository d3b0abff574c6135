/* SPDX-License-Identifier: Apache-2.0 */
#include "report/printable.h"

#include <stdio.h>
#include <string.h>

struct range {
    uint32_t first, last;
};

/* East_Asian_Width W and F of Unicode; unassigned gaps are filled. */
static const struct range wide[] = {
    {0x1100, 0x115f},   {0x231a, 0x231b},   {0x2329, 0x232a},
    {0x23e9, 0x23ec},   {0x23f0, 0x23f0},   {0x23f3, 0x23f3},
    {0x25fd, 0x25fe},   {0x2614, 0x2615},   {0x2648, 0x2653},
    {0x267f, 0x267f},   {0x2693, 0x2693},   {0x26a1, 0x26a1},
    {0x26aa, 0x26ab},   {0x26bd, 0x26be},   {0x26c4, 0x26c5},
    {0x26ce, 0x26ce},   {0x26d4, 0x26d4},   {0x26ea, 0x26ea},
    {0x26f2, 0x26f3},   {0x26f5, 0x26f5},   {0x26fa, 0x26fa},
    {0x26fd, 0x26fd},   {0x2705, 0x2705},   {0x270a, 0x270b},
    {0x2728, 0x2728},   {0x274c, 0x274c},   {0x274e, 0x274e},
    {0x2753, 0x2755},   {0x2757, 0x2757},   {0x2795, 0x2797},
    {0x27b0, 0x27b0},   {0x27bf, 0x27bf},   {0x2b1b, 0x2b1c},
    {0x2b50, 0x2b50},   {0x2b55, 0x2b55},   {0x2e80, 0x303e},
    {0x3041, 0x3247},   {0x3250, 0x4dbf},   {0x4e00, 0xa4cf},
    {0xa960, 0xa97f},   {0xac00, 0xd7a3},   {0xf900, 0xfaff},
    {0xfe10, 0xfe19},   {0xfe30, 0xfe6f},   {0xff01, 0xff60},
    {0xffe0, 0xffe6},   {0x16fe0, 0x1b2ff}, {0x1f004, 0x1f004},
    {0x1f0cf, 0x1f0cf}, {0x1f18e, 0x1f18e}, {0x1f191, 0x1f19a},
    {0x1f200, 0x1f320}, {0x1f32d, 0x1f335}, {0x1f337, 0x1f37c},
    {0x1f37e, 0x1f393}, {0x1f3a0, 0x1f3ca}, {0x1f3cf, 0x1f3d3},
    {0x1f3e0, 0x1f3f0}, {0x1f3f4, 0x1f3f4}, {0x1f3f8, 0x1f43e},
    {0x1f440, 0x1f440}, {0x1f442, 0x1f4fc}, {0x1f4ff, 0x1f53d},
    {0x1f54b, 0x1f54e}, {0x1f550, 0x1f567}, {0x1f57a, 0x1f57a},
    {0x1f595, 0x1f596}, {0x1f5a4, 0x1f5a4}, {0x1f5fb, 0x1f64f},
    {0x1f680, 0x1f6c5}, {0x1f6cc, 0x1f6cc}, {0x1f6d0, 0x1f6d2},
    {0x1f6d5, 0x1f6df}, {0x1f6eb, 0x1f6ef}, {0x1f6f4, 0x1f6fc},
    {0x1f7e0, 0x1f7f0}, {0x1f90c, 0x1f93a}, {0x1f93c, 0x1f945},
    {0x1f947, 0x1f9ff}, {0x1fa70, 0x1faff}, {0x20000, 0x3fffd},
};

/*
 * Marks that stand on the character before them (general categories Mn and
 * Me) of the scripts that a terminal composes; the rest counts as one cell,
 * which at worst breaks a line too early.
 */
static const struct range combining[] = {
    {0x0300, 0x036f},   {0x0483, 0x0489}, {0x0591, 0x05bd}, {0x05bf, 0x05bf},
    {0x05c1, 0x05c2},   {0x05c4, 0x05c5}, {0x05c7, 0x05c7}, {0x0610, 0x061a},
    {0x064b, 0x065f},   {0x0670, 0x0670}, {0x06d6, 0x06dc}, {0x06df, 0x06e4},
    {0x06e7, 0x06e8},   {0x06ea, 0x06ed}, {0x0901, 0x0902}, {0x093c, 0x093c},
    {0x0941, 0x0948},   {0x094d, 0x094d}, {0x0e31, 0x0e31}, {0x0e34, 0x0e3a},
    {0x0e47, 0x0e4e},   {0x1ab0, 0x1ace}, {0x1dc0, 0x1dff}, {0x20d0, 0x20f0},
    {0x302a, 0x302d},   {0x3099, 0x309a}, {0xfe00, 0xfe0f}, {0xfe20, 0xfe2f},
    {0xe0100, 0xe01ef},
};

/* What is never sent: it moves the cursor, hides, or turns text around. */
static const struct range hidden[] = {
    {0x0000, 0x001f},   {0x007f, 0x009f},   {0x00ad, 0x00ad},
    {0x034f, 0x034f},   {0x061c, 0x061c},   {0x115f, 0x1160},
    {0x17b4, 0x17b5},   {0x180b, 0x180f},   {0x200b, 0x200f},
    {0x2028, 0x202e},   {0x2060, 0x206f},   {0x3164, 0x3164},
    {0xe000, 0xf8ff},   {0xfdd0, 0xfdef},   {0xfeff, 0xfeff},
    {0xffa0, 0xffa0},   {0xfff0, 0xfffb},   {0xfffe, 0xffff},
    {0x1d173, 0x1d17a}, {0xe0000, 0xe00ff}, {0xe01f0, 0x10ffff},
};

static bool
is_in(uint32_t code, const struct range *ranges, size_t count)
{
    size_t low = 0;
    size_t high = count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (code > ranges[middle].last) {
            low = middle + 1;
        } else if (code < ranges[middle].first) {
            high = middle;
        } else {
            return true;
        }
    }
    return false;
}

/* How many bytes the character has, by its first one; 0 if there is none. */
static size_t
length_of(unsigned char lead)
{
    if (lead < 0x80) {
        return 1;
    }
    if (lead < 0xc2 || lead > 0xf4) {
        return 0;
    }
    return lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
}

/* How many bytes the first character has, 0 if it is no UTF-8. */
static size_t
decode(struct slice text, uint32_t *code)
{
    static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
    unsigned char lead = (unsigned char)text.data[0];
    size_t len = length_of(lead);
    if (len == 0 || len > text.len) {
        return 0;
    }
    uint32_t sum = len == 1 ? lead : lead & (0x7fu >> len);
    for (size_t i = 1; i < len; i++) {
        unsigned char byte = (unsigned char)text.data[i];
        if ((byte & 0xc0) != 0x80) {
            return 0;
        }
        sum = sum << 6 | (byte & 0x3f);
    }
    bool is_surrogate = sum >= 0xd800 && sum < 0xe000;
    if (sum < least[len] || sum > 0x10ffff || is_surrogate) {
        return 0;
    }
    *code = sum;
    return len;
}

enum {
    ESCAPE_TEXT = 16, /* room for an escape with its NUL */
};

static size_t
escape(const struct printable_glyph *glyph, char out[ESCAPE_TEXT])
{
    static const char letters[] = "tn__r"; /* \t is 9, \n 10, \r 13 */
    uint32_t code = glyph->code;
    int len;
    if (glyph->bytes.len == 1 && (code == 9 || code == 10 || code == 13)) {
        len = snprintf(out, ESCAPE_TEXT, "\\%c", letters[code - 9]);
    } else if (glyph->bytes.len == 1) {
        len = snprintf(out, ESCAPE_TEXT, "\\x%02x",
                       (unsigned char)glyph->bytes.data[0]);
    } else if (code <= 0xffff) {
        len = snprintf(out, ESCAPE_TEXT, "\\u%04x", (unsigned)code);
    } else {
        len = snprintf(out, ESCAPE_TEXT, "\\U%08x", (unsigned)code);
    }
    return (size_t)len;
}

bool
printable_next(struct slice *rest, struct printable_glyph *glyph)
{
    if (rest->len == 0) {
        return false;
    }
    unsigned char first = (unsigned char)rest->data[0];
    if (first >= 0x20 && first < 0x7f) { /* as nearly all are */
        *glyph =
            (struct printable_glyph){slice_before(*rest, 1), first, 1, true};
        *rest = slice_after(*rest, 1);
        return true;
    }
    uint32_t code = PRINTABLE_BAD;
    size_t len = decode(*rest, &code);
    glyph->bytes = slice_before(*rest, len > 0 ? len : 1);
    glyph->code = code;
    glyph->is_plain = len > 0 && !is_in(code, hidden, COUNT(hidden));
    *rest = slice_after(*rest, glyph->bytes.len);
    if (!glyph->is_plain) {
        char text[ESCAPE_TEXT];
        glyph->cells = escape(glyph, text);
    } else if (is_in(code, combining, COUNT(combining))) {
        glyph->cells = 0;
    } else {
        glyph->cells = is_in(code, wide, COUNT(wide)) ? 2 : 1;
    }
    return true;
}

void
printable_add_glyph(struct buf *out, const struct printable_glyph *glyph)
{
    if (glyph->is_plain) {
        buf_add(out, glyph->bytes);
        return;
    }
    char text[ESCAPE_TEXT];
    buf_add(out, slice_of(text, escape(glyph, text)));
}

void
printable_add_json(struct buf *out, uint32_t code)
{
    if (code <= 0xffff) {
        buf_print(out, "\\u%04x", (unsigned)code);
    } else {
        buf_print(out, "\\u%04x\\u%04x",
                  0xd800u + (unsigned)((code - 0x10000) >> 10),
                  0xdc00u + (unsigned)((code - 0x10000) & 0x3ff));
    }
}

static const uint64_t each = UINT64_C(0x0101010101010101);

/* The first byte that is not what is wanted, of those that are left. */
static size_t
rest_of_run(struct slice text, size_t len, bool is_quoted)
{
    while (
        len < text.len && text.data[len] >= 0x20 && text.data[len] < 0x7f
        && !(is_quoted && (text.data[len] == '"' || text.data[len] == '\\'))) {
        len++;
    }
    return len;
}

/* The high bit of each byte that is `byte`, and maybe of some above one. */
static uint64_t
is_byte(uint64_t word, char byte)
{
    uint64_t other = word ^ each * (unsigned char)byte;
    return (other - each) & ~other;
}

static inline size_t
run_of(struct slice text, bool is_quoted)
{
    size_t len = 0;
    while (text.len - len >= sizeof(uint64_t)) {
        uint64_t word;
        memcpy(&word, text.data + len, sizeof(word));
        /* A high bit is set where a byte is below 0x20, is 0x7f or above. */
        uint64_t odd = word | (word - each * 0x20) | (word + each);
        if (is_quoted) {
            odd |= is_byte(word, '"') | is_byte(word, '\\');
        }
        if ((odd & each * 0x80) != 0) {
            break;
        }
        len += sizeof(word);
    }
    return rest_of_run(text, len, is_quoted);
}

size_t
printable_run(struct slice text)
{
    return run_of(text, false);
}

size_t
printable_run_quoted(struct slice text)
{
    return run_of(text, true);
}

/* The high bit of each byte that is a blank. */
static uint64_t
blanks_of(uint64_t word)
{
    uint64_t other = word ^ each * 0x20;
    return ~(((other & each * 0x7f) + each * 0x7f) | other | each * 0x7f);
}

size_t
printable_words(struct slice text)
{
    size_t run = printable_run(text);
    size_t len = 0;
    while (run - len > sizeof(uint64_t)) { /* and the byte behind */
        uint64_t word;
        uint64_t next;
        memcpy(&word, text.data + len, sizeof(word));
        memcpy(&next, text.data + len + 1, sizeof(next));
        if ((blanks_of(word) & blanks_of(next)) != 0) {
            break;
        }
        len += sizeof(word);
    }
    while (len + 1 < run
           && (text.data[len] != ' ' || text.data[len + 1] != ' ')) {
        len++;
    }
    return len + 1 < run ? len : run;
}

void
printable_add(struct buf *out, struct slice text)
{
    struct printable_glyph glyph;
    do {
        size_t run = printable_run(text);
        buf_add(out, slice_before(text, run));
        text = slice_after(text, run);
        if (printable_next(&text, &glyph)) {
            printable_add_glyph(out, &glyph);
        }
    } while (text.len > 0);
}

size_t
printable_width(struct slice text)
{
    size_t cells = 0;
    struct printable_glyph glyph;
    do {
        size_t run = printable_run(text);
        cells += run;
        text = slice_after(text, run);
        if (printable_next(&text, &glyph)) {
            cells += glyph.cells;
        }
    } while (text.len > 0);
    return cells;
}

void
printable_add_cut(struct buf *out, struct slice text, size_t cells)
{
    static const char gap[] = "...";
    size_t width = printable_width(text);
    if (width <= cells) {
        printable_add(out, text);
        return;
    }
    size_t room = cells > sizeof(gap) - 1 ? cells - (sizeof(gap) - 1) : 0;
    size_t head = room / 3;
    if (printable_run(text) == text.len) {
        buf_add(out, slice_before(text, head));
        buf_add_text(out, gap);
        buf_add(out, slice_after(text, text.len - (room - head)));
        return;
    }
    size_t seen = 0;
    struct printable_glyph glyph = {0};
    struct slice rest = text;
    while (printable_next(&rest, &glyph) && seen + glyph.cells <= head) {
        printable_add_glyph(out, &glyph);
        seen += glyph.cells;
    }
    buf_add_text(out, gap);
    size_t tail = room - head;
    seen += glyph.cells;
    while (width - seen > tail && printable_next(&rest, &glyph)) {
        seen += glyph.cells;
    }
    printable_add(out, rest);
}
