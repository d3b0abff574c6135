/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PULLWHY_BASE_BYTE_H
#define PULLWHY_BASE_BYTE_H

/* What a byte of a text is, in ASCII; asked of every byte of every line. */

#include <stdbool.h>
#include <stdint.h>

enum {
    BYTE_NAME = 1,    /* a letter, a digit, _ or - */
    BYTE_WORD = 2,    /* these and . / @, as in names of images and hosts */
    BYTE_BLANK = 4,   /* blank, tab, CR, LF */
    BYTE_ALNUM = 8,   /* a letter or a digit */
    BYTE_COMMON = 16, /* what most of a log's bytes are */
    BYTE_FAIR = 32,   /* what many of them are */
    BYTE_END = 64,    /* what ends a bare name: blanks, " and \\ */
};

extern const uint8_t byte_kinds[UINT8_MAX + 1];

static inline bool
byte_is(char byte, unsigned kinds)
{
    return (byte_kinds[(unsigned char)byte] & kinds) != 0;
}

static inline bool
byte_is_blank(char byte)
{
    return byte_is(byte, BYTE_BLANK);
}

static inline bool
byte_is_name(char byte)
{
    return byte_is(byte, BYTE_NAME);
}

static inline bool
byte_is_word(char byte)
{
    return byte_is(byte, BYTE_WORD);
}

#endif
