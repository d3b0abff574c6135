/* SPDX-License-Identifier: Apache-2.0 */
#include "match/redact.h"

#include "base/byte.h"
#include "match/credential.h"
#include "match/dump.h"
#include "match/quote.h"
#include "match/secret.h"
#include "match/spots.h"

#include <stdbool.h>
#include <string.h>

static const char redacted[] = {'R', 'E', 'D', 'A', 'C', 'T', 'E', 'D'};

/* What a byte may be of a secret, and most of what is none of a name. */
enum {
    ENDS_PARAMETER = 1,
    ENDS_SECRET = 2,
    ENDS_QUOTED = 4, /* in single quotes */
    ENDS_USER = 8,
    OF_KEY_END = 16, /* before the : or = behind a key, of names too */
};

/* Names of sums, so that a row fits a line. */
enum {
    P = ENDS_PARAMETER,
    Q = ENDS_PARAMETER | ENDS_QUOTED | ENDS_USER,
    A = ENDS_PARAMETER | ENDS_SECRET,
    B = A | ENDS_USER,
    N = B | ENDS_QUOTED,
    M = P | ENDS_USER,
    K = OF_KEY_END,
};

/* clang-format off */
static const uint8_t kinds[UINT8_MAX + 1] = {
    ['\t'] = B, ['\n'] = N, ['\r'] = B, [' '] = B | K, ['"'] = B | K,
    ['#'] = ENDS_USER, ['&'] = A, ['\''] = Q | K, [')'] = P, ['/'] = ENDS_USER,
    ['<'] = M, ['>'] = M, ['?'] = ENDS_USER, ['\\'] = B | K, [']'] = P,
    ['`'] = P, ['}'] = P,
    ['D'] = K, ['E'] = K, ['H'] = K, ['N'] = K, ['T'] = K, ['Y'] = K,
    ['d'] = K, ['e'] = K, ['h'] = K, ['n'] = K, ['t'] = K, ['y'] = K,
};

/* clang-format on */

static inline bool
is_of(char byte, unsigned kind)
{
    return (kinds[(unsigned char)byte] & kind) != 0;
}

/* Of letters, digits, _ and -, however long: it is at its end that it tells. */
static size_t
name_len(struct slice text)
{
    size_t len = 0;
    while (len < text.len && byte_is_name(text.data[len])) {
        len++;
    }
    return len;
}

/* A value up to one of the bytes that end it. */
static size_t
value_len(struct slice text, unsigned ends)
{
    size_t len = 0;
    while (len < text.len && !is_of(text.data[len], ends)) {
        len++;
    }
    return len;
}

/* In ASCII, where a letter of a code may be of either case. */
static bool
is_digit_of(char byte, char digit)
{
    return byte == digit || (digit >= 'A' && (byte | 0x20) == (digit | 0x20));
}

/*
 * Bytes of the percent-encoded byte `text` begins with, encoded however often
 * ("%3D", "%253D"); 0 if it is none of `codes`, each of two digits.
 */
static size_t
encoded_len(struct slice text, const char *codes)
{
    size_t at = 1;
    if (text.len < 3 || text.data[0] != '%') {
        return 0;
    }
    while (at + 3 < text.len && text.data[at] == '2'
           && text.data[at + 1] == '5') {
        at += 2;
    }
    for (; *codes && at + 1 < text.len; codes += 2) {
        if (is_digit_of(text.data[at], codes[0])
            && is_digit_of(text.data[at + 1], codes[1])) {
            return at + 2;
        }
    }
    return 0;
}

/* A mark that a serializer wrote as an escape. */
static size_t
escaped_mark_len(struct slice text)
{
    static const char *const marks[] = {
        "\\u0026",
        "\\u003f",
        "\\u003F",
        "\\u0023",
    };
    for (size_t i = 0; i < COUNT(marks); i++) {
        if (slice_starts(text, slice_from(marks[i]))) {
            return slice_from(marks[i]).len;
        }
    }
    return 0;
}

/* What stands before a parameter: ? & # in any of the ways to write them. */
static size_t
mark_len(struct slice text)
{
    switch (text.data[0]) {
    case '?':
    case '#':
        return 1;
    case '&':
        return text.len > 1 && text.data[1] == 'a'
                    && slice_starts(text, SLICE("&amp;"))
                 ? SLICE("&amp;").len
                 : 1;
    case '%':
        return encoded_len(text, "3F2623");
    default:
        return slice_starts(text, SLICE("\\u00")) ? escaped_mark_len(text) : 0;
    }
}

/* The "=" behind a parameter's name, in any of the ways to write it. */
static size_t
equals_len(struct slice text)
{
    if (text.len == 0 || text.data[0] == '=') {
        return text.len > 0;
    }
    return slice_starts(text, SLICE("\\u003d")) ? 6 : encoded_len(text, "3D");
}

/*
 * A parameter's value. Where its "=" was percent-encoded, so is the "&" behind
 * it; a colon at the end is the message's.
 */
static size_t
parameter_len(struct slice text, bool is_encoded)
{
    size_t end = 0;
    for (; end < text.len; end++) {
        char byte = text.data[end];
        if (is_of(byte, ENDS_PARAMETER)) {
            break;
        }
        if (is_encoded && byte == '%'
            && encoded_len(slice_after(text, end), "2623") > 0) {
            return end;
        }
    }
    return end > 0 && text.data[end - 1] == ':' ? end - 1 : end;
}

/* How far a text is copied, with its secrets hidden. */
struct hiding {
    struct buf *out;
    struct slice text;
    size_t from; /* up to here */
};

/*
 * Hides what stands behind `lead` bytes of `text`, which is what is left of the
 * hiding's from some place on; what stands before is copied only now, since
 * most places where a secret may begin have none.
 */
static void
hide_behind(struct hiding *hiding, struct slice text, size_t lead)
{
    struct buf *out = hiding->out;
    const char *start = hiding->text.data + hiding->from;
    buf_add(out, slice_of(start, (size_t)(text.data + lead - start)));
    buf_reserve(out, sizeof(redacted));
    memcpy(out->data + out->len, redacted, sizeof(redacted));
    out->len += sizeof(redacted);
}

/* "?sig=...", "&sig=...", "%26sig%3D...": text begins with the mark. */
static size_t
url_parameter(struct hiding *hiding, struct slice text)
{
    size_t mark = mark_len(text);
    struct slice rest = slice_after(text, mark);
    struct slice name = slice_before(rest, mark > 0 ? name_len(rest) : 0);
    rest = slice_after(rest, name.len);
    size_t equals = name.len > 0 ? equals_len(rest) : 0;
    if (equals == 0 || !secret_is_parameter(name)) {
        return 0;
    }
    bool is_encoded = slice_starts(rest, SLICE("%"));
    rest = slice_after(rest, equals);
    hide_behind(hiding, text, text.len - rest.len);
    return text.len - rest.len + parameter_len(rest, is_encoded);
}

/* What stands between a key and its value: `":`, ` = `, `\":`; 0 if nothing. */
static size_t
separator_len(struct slice text, bool is_quoted_only)
{
    size_t len = 0;
    while (len < text.len
           && (text.data[len] == '"' || text.data[len] == '\\'
               || text.data[len] == '\'')) {
        len++;
    }
    bool is_quoted = len > 0;
    while (len < text.len && text.data[len] == ' ') {
        len++;
    }
    struct slice rest = slice_after(text, len);
    bool ok =
        slice_starts(rest, SLICE("="))
        || (slice_starts(rest, SLICE(":")) && (is_quoted || !is_quoted_only));
    if (!ok) {
        return 0;
    }
    len++;
    while (len < text.len && text.data[len] == ' ') {
        len++;
    }
    return len;
}

/* "invalid username/password: unauthorized: ..." is a chain of errors. */
static bool
is_next_error(struct slice text)
{
    static const char *const words[] = {
        "unauthorized: ", "denied: ", "error: "};
    for (size_t i = 0; i < COUNT(words); i++) {
        if (slice_starts(text, slice_from(words[i]))) {
            return true;
        }
    }
    return false;
}

/*
 * The secret that `text` begins with, quoted or bare; *open gets the bytes of
 * the quote before it. A closing quote that was cut off is no reason to keep
 * the secret. What stands behind a = is a value, whatever comes then.
 */
static size_t
secret_len(struct slice text, bool is_assigned, size_t *open)
{
    struct slice rest = text;
    *open = quote_len(text);
    if (*open > 0) {
        rest = slice_after(text, *open);
        size_t end = quote_end(rest, *open);
        return end == SLICE_NONE ? rest.len : end;
    }
    if (slice_skip(&rest, SLICE("'"))) {
        *open = 1;
        return value_len(rest, ENDS_QUOTED);
    }
    /* Before its length is asked, as what is no secret may hold the next key. */
    if (text.len == 0
        || (!is_assigned
            && (text.data[0] == '{' || text.data[0] == '['
                || is_next_error(text)))) {
        return 0;
    }
    size_t len = value_len(text, ENDS_SECRET);
    return len > 0 && text.data[len - 1] == ':' ? len - 1 : len;
}

/* `password=V`, `"auth":"V"`, `\"password\": \"V\"`; text begins a word. */
static size_t
keyed_secret(struct hiding *hiding, struct slice text)
{
    struct slice name = slice_before(text, name_len(text));
    struct slice rest = slice_after(text, name.len);
    bool is_auth = name.len == 4 && slice_equal_nocase(name, SLICE("auth"));
    size_t separator = separator_len(rest, is_auth);
    if (separator == 0 || (!is_auth && !secret_is_name(name))) {
        return 0;
    }
    rest = slice_after(rest, separator);
    size_t open = 0;
    bool is_assigned =
        slice_find_byte(slice_of(text.data + name.len, separator), '=')
        != SLICE_NONE;
    size_t len = secret_len(rest, is_assigned, &open);
    if (len == 0) {
        return 0;
    }
    hide_behind(hiding, text, name.len + separator + open);
    return name.len + separator + open + len;
}

/* "Bearer TOKEN", "Basic TOKEN"; text begins a word. */
static size_t
scheme_token(struct hiding *hiding, struct slice text)
{
    size_t lead = 0;
    size_t len = credential_scheme(text, &lead);
    if (len == 0) {
        return 0;
    }
    hide_behind(hiding, text, lead);
    return lead + len;
}

static size_t
bare_token(struct hiding *hiding, struct slice text)
{
    size_t len = credential_token(text);
    if (len > 0) {
        hide_behind(hiding, text, 0);
    }
    return len;
}

/* The @ that `text` begins with goes on; what is before it was not copied. */
static size_t
login(struct hiding *hiding, struct slice text)
{
    struct slice whole = hiding->text;
    size_t at = whole.len - text.len;
    size_t len = credential_login(whole, hiding->from, at);
    if (len == 0) {
        return 0;
    }
    hide_behind(hiding, slice_after(whole, at - len), 0);
    buf_add_byte(hiding->out, '@');
    return 1;
}

/* "://user:password@host"; but "docker://nginx@sha256:..." is an image. */
static size_t
user_info(struct hiding *hiding, struct slice text)
{
    struct slice rest = text;
    if (!slice_skip(&rest, SLICE("://"))) {
        return 0;
    }
    size_t len = value_len(rest, ENDS_USER);
    size_t at = slice_find_last(slice_before(rest, len), '@');
    if (at == SLICE_NONE
        || slice_starts(slice_after(rest, at), SLICE("@sha256:"))) {
        return 0;
    }
    hide_behind(hiding, text, SLICE("://").len);
    return SLICE("://").len + at;
}

static size_t
container_dump(struct hiding *hiding, struct slice text)
{
    size_t len = dump_len(text);
    if (len > 0) {
        size_t brace = slice_find_byte(text, '{') + 1;
        hide_behind(hiding, text, brace);
        buf_add_byte(hiding->out, '}');
    }
    return len;
}

/* `text` begins a word. */
static size_t
word_secret(struct hiding *hiding, struct slice text)
{
    size_t used = bare_token(hiding, text);
    used = used > 0 ? used : keyed_secret(hiding, text);
    return used > 0 ? used : scheme_token(hiding, text);
}

static size_t
secret(struct hiding *hiding, struct slice text, bool is_word)
{
    size_t used = 0;
    switch (text.data[0]) {
    case '?':
    case '#':
    case '%':
        used = url_parameter(hiding, text);
        break;
    case '&':
    case '\\':
    case '[':
        used = dump_may_be(text) ? container_dump(hiding, text) : 0;
        used = used > 0 ? used : url_parameter(hiding, text);
        break;
    case ':':
        used = user_info(hiding, text);
        break;
    case '@':
        used = login(hiding, text);
        break;
    default:
        if (is_word && byte_is_name(text.data[0])) {
            used = word_secret(hiding, text);
        }
    }
    return used;
}

/* What may begin a secret, or stands behind the key of one. */
static const struct spots spots =
    {.low =
         {
             /* ? # % & \\ [ : @ */
             [SPOTS_PAIR] = {0x10, 0x00, 0x00, 0x04, 0x00, 0x04, 0x04, 0x00,
                             0x00, 0x00, 0x08, 0x20, 0x20, 0x00, 0x00, 0x08},
             /* as byte_is_name() has it, ] and / */
             [SPOTS_NEXT] = {0xa8, 0xf8, 0xf8, 0xf8, 0xf8, 0xf8, 0xf8, 0xf8,
                             0xf8, 0xf8, 0xf0, 0x50, 0x50, 0x74, 0x50, 0x74},
             /* A B b d e g s y */
             [SPOTS_FIRST] = {0x00, 0x10,
                              0x50, 0x80, 0x40, 0x40, 0x00, 0x40, 0x00, 0x80},
             /* as byte_is_name() has it */
             [SPOTS_WORD] = {0xa8, 0xf8, 0xf8, 0xf8, 0xf8, 0xf8, 0xf8, 0xf8,
                             0xf8, 0xf8, 0xf0, 0x50, 0x50, 0x54, 0x50, 0x70},
             /* the letters that are OF_KEY_END: D E H N T Y */
             [SPOTS_KEY] =
                 {[4] = 0xf0, [5] = 0x50, [8] = 0x50, [9] = 0xa0, [14] = 0x50},
             /* blank " ' \\ */
             [SPOTS_BETWEEN] =
                 {[0] = 0x04, [2] = 0x04, [7] = 0x04, [12] = 0x20},
             /* : = */
             [SPOTS_MARK] = {[10] = 0x08, [13] = 0x08},
         },
     .has_next = true,
     .has_keys = true};

/* Of what a mark, or the & of a dump, is written as. */
static inline bool
is_code_end(char byte)
{
    return byte == '3' || byte == '6' || byte == 'f' || byte == 'F';
}

/* Whether secret() may find anything at a spot, but for a key before it. */
static bool
may_begin(struct slice text, size_t at)
{
    int next = at + 1 < text.len ? text.data[at + 1] : '\0';
    switch (text.data[at]) {
    case '=':
        return false;
    case '&':
    case '?':
    case '#': /* no name is shorter than two bytes */
        return byte_is_name((char)next) && at + 2 < text.len
            && byte_is_name(text.data[at + 2]);
    case '%':
        return next == '2' || next == '3';
    case '\\':
        return next == 'u' && at + 5 < text.len
            && is_code_end(text.data[at + 5]);
    case '[':
        return next == ']';
    case ':':
        return next == '/' && at + 2 < text.len && text.data[at + 2] == '/';
    case '@':
        return true;
    case 'A':
        return next == 'K';
    case 'd':
        return next == 'c' || next == 'o';
    case 'e':
        return next == 'y';
    case 'g':
        return next == 'h' || next == 'i' || next == 'l';
    case 's':
        return next == 'h' && at + 6 < text.len && text.data[at + 6] == '~';
    case 'y':
        return next == 'a';
    case 'b':
    case 'B':
        return (next | 0x20) == 'e' || (next | 0x20) == 'a';
    default:
        return true;
    }
}

/* Where the key before the = or : at `end` begins; `end` if none does. */
static size_t
key_before(struct slice text, size_t from, size_t end)
{
    size_t at = end;
    while (at > from && text.data[at - 1] == ' ') {
        at--;
    }
    while (at > from
           && (text.data[at - 1] == '"' || text.data[at - 1] == '\\'
               || text.data[at - 1] == '\'')) {
        at--;
    }
    struct slice name = slice_of(text.data + from, at - from);
    if (!secret_may_end(name)) {
        return end;
    }
    size_t start = at;
    while (start > from && byte_is_name(text.data[start - 1])) {
        start--;
    }
    bool is_whole = start == 0 || !byte_is_name(text.data[start - 1]);
    return is_whole && start < at ? start : end;
}

static bool
hide(struct hiding *hiding, size_t at)
{
    struct slice text = hiding->text;
    bool is_word = at == 0 || !byte_is_name(text.data[at - 1]);
    size_t used = secret(hiding, slice_after(text, at), is_word);
    hiding->from = used > 0 ? at + used : hiding->from;
    return used > 0;
}

static bool
hide_around(struct hiding *hiding, size_t spot)
{
    struct slice text = hiding->text;
    if ((text.data[spot] == '=' || text.data[spot] == ':') && spot > 0
        && is_of(text.data[spot - 1], OF_KEY_END)) {
        size_t key = key_before(text, hiding->from, spot);
        if (key < spot && hide(hiding, key)) {
            return true;
        }
    }
    return may_begin(text, spot) && hide(hiding, spot);
}

void
redact_add(struct buf *out, struct slice text)
{
    struct hiding hiding = {.out = out, .text = text};
    struct spots_reader reader;
    size_t spot = 0;
    spots_begin(&reader, &spots, text, 0);
    while ((spot = spots_next(&reader, spot)) < text.len) {
        spot = hide_around(&hiding, spot) ? hiding.from : spot + 1;
    }
    buf_add(out, slice_after(text, hiding.from));
}

void
redact_plainly(struct buf *out, struct slice text)
{
    struct hiding hiding = {.out = out, .text = text};
    size_t at = 0;
    while (at < text.len) {
        at = hide(&hiding, at) ? hiding.from : at + 1;
    }
    buf_add(out, slice_after(text, hiding.from));
}
