/* SPDX-License-Identifier: Apache-2.0 */
#include "match/redact.h"

#include "base/byte.h"
#include "match/quote.h"
#include "match/spots.h"

#include <stdbool.h>

static const char redacted[] = "REDACTED";

/* Parameters of URLs (and of nothing else) whose value is a secret. */
static const char *const url_parameters[] = {
    "sig",
    "se",
    "sp",
    "sv",
    "sr",
    "st",
    "skoid",
    "sktid",
    "skt",
    "ske",
    "sks",
    "skv",
    "signature",
    "expires",
    "key-pair-id",
    "policy",
    "token",
    "code",
    "x-amz-signature",
    "x-amz-credential",
    "x-amz-security-token",
    "x-goog-signature",
    "x-goog-credential",
    "sharedaccesssignature",
};

/*
 * A key that ends so has a secret wherever it stands: key=V, "key":"V". It is
 * compared without regard to case.
 */
static const char *const secret_endings[] = {
    "password",          "passwd",          "passphrase",     "client_secret",
    "clientsecret",      "client-secret",   "access_token",   "accesstoken",
    "refresh_token",     "refreshtoken",    "id_token",       "idtoken",
    "identity_token",    "identitytoken",   "registry_token", "registrytoken",
    "secret_access_key", "secretaccesskey", "accountkey",     "sharedaccesskey",
    "api_key",           "apikey",          "registry-auth",
};

static bool
is_token_byte(char byte)
{
    return byte_is_name(byte)
        || slice_find_byte(SLICE("+/=.~%"), byte) != SLICE_NONE;
}

/* Few names end with the last two letters of "auth" or of a secret's. */
static bool
may_be_secret(struct slice name)
{
    if (name.len < 2) {
        return false;
    }
    int first = name.data[name.len - 2] | 0x20;
    switch (name.data[name.len - 1] | 0x20) {
    case 'd':
        return first == 'r' || first == 'w';
    case 'e':
        return first == 's';
    case 'h':
        return first == 't';
    case 'n':
    case 't':
    case 'y':
        return first == 'e';
    default:
        return false;
    }
}

static bool
is_secret_name(struct slice name)
{
    enum {
        SHORTEST = 6
    };

    if (name.len < SHORTEST || !may_be_secret(name)) {
        return false;
    }
    for (size_t i = 0; i < COUNT(secret_endings); i++) {
        struct slice ending = slice_from(secret_endings[i]);
        if (name.len >= ending.len
            && slice_equal_nocase(slice_after(name, name.len - ending.len),
                                  ending)) {
            return true;
        }
    }
    return false;
}

static bool
is_secret_parameter(struct slice name)
{
    for (size_t i = 0; i < COUNT(url_parameters); i++) {
        if (slice_equal_nocase(name, slice_from(url_parameters[i]))) {
            return true;
        }
    }
    return is_secret_name(name);
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

static size_t
token_len(struct slice text)
{
    size_t len = 0;
    while (len < text.len && is_token_byte(text.data[len])) {
        len++;
    }
    return len;
}

/* A value up to one of the bytes that end it; those of names never do. */
static size_t
value_len(struct slice text, struct slice ends)
{
    size_t len = 0;
    while (len < text.len
           && (byte_is_name(text.data[len])
               || slice_find_byte(ends, text.data[len]) == SLICE_NONE)) {
        len++;
    }
    return len;
}

/*
 * Bytes of the percent-encoded byte `text` begins with, encoded however often
 * ("%3D", "%253D"); 0 if it is none of `codes`, each of two digits.
 */
static size_t
encoded_len(struct slice text, const char *codes)
{
    struct slice rest = text;
    if (!slice_skip(&rest, SLICE("%"))) {
        return 0;
    }
    while (slice_skip(&rest, SLICE("25"))) {
    }
    struct slice code = slice_before(rest, 2);
    for (; *codes; codes += 2) {
        if (slice_equal_nocase(code, slice_of(codes, 2))) {
            return text.len - rest.len + 2;
        }
    }
    return 0;
}

/* What stands before a parameter: ? & # in any of the ways to write them. */
static size_t
mark_len(struct slice text)
{
    static const char *const marks[] = {
        "&amp;", "&", "?", "#", "\\u0026", "\\u003f", "\\u003F", "\\u0023",
    };
    for (size_t i = 0; i < COUNT(marks); i++) {
        if (text.data[0] == marks[i][0]
            && slice_starts(text, slice_from(marks[i]))) {
            return slice_from(marks[i]).len;
        }
    }
    return encoded_len(text, "3F2623");
}

/* The "=" behind a parameter's name, in any of the ways to write it. */
static size_t
equals_len(struct slice text)
{
    if (slice_starts(text, SLICE("="))) {
        return 1;
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
    size_t end = value_len(text, SLICE("& \t\r\n\"'\\<>)]}`"));
    for (size_t i = 0; is_encoded && i < end; i++) {
        if (encoded_len(slice_after(text, i), "2623") > 0) {
            return i;
        }
    }
    return end > 0 && text.data[end - 1] == ':' ? end - 1 : end;
}

/* "?sig=...", "&sig=...", "%26sig%3D...": text begins with the mark. */
static size_t
url_parameter(struct buf *out, struct slice text)
{
    struct slice rest = slice_after(text, mark_len(text));
    struct slice name = slice_before(rest, name_len(rest));
    if (rest.len == text.len || !is_secret_parameter(name)) {
        return 0;
    }
    rest = slice_after(rest, name.len);
    bool is_encoded = slice_starts(rest, SLICE("%"));
    size_t equals = equals_len(rest);
    if (equals == 0) {
        return 0;
    }
    rest = slice_after(rest, equals);
    buf_add(out, slice_before(text, text.len - rest.len));
    buf_add_text(out, redacted);
    return text.len - rest.len + parameter_len(rest, is_encoded);
}

/* What stands between a key and its value: `":`, ` = `, `\":`; 0 if nothing. */
static size_t
separator_len(struct slice text, bool is_quoted_only)
{
    size_t len = 0;
    while (len < text.len
           && slice_find_byte(SLICE("\\\"'"), text.data[len]) != SLICE_NONE) {
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
        return value_len(rest, SLICE("'\n"));
    }
    size_t len = value_len(text, SLICE(" \t\r\n\"\\&"));
    if (len == 0
        || (!is_assigned
            && (text.data[0] == '{' || text.data[0] == '['
                || is_next_error(text)))) {
        return 0;
    }
    return text.data[len - 1] == ':' ? len - 1 : len;
}

/* `password=V`, `"auth":"V"`, `\"password\": \"V\"`; text begins a word. */
static size_t
keyed_secret(struct buf *out, struct slice text)
{
    struct slice name = slice_before(text, name_len(text));
    struct slice rest = slice_after(text, name.len);
    bool is_auth = slice_equal_nocase(name, SLICE("auth"));
    size_t separator = separator_len(rest, is_auth);
    if (separator == 0 || (!is_auth && !is_secret_name(name))) {
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
    buf_add(out, slice_before(text, name.len + separator + open));
    buf_add_text(out, redacted);
    return name.len + separator + open + len;
}

/* "Basic authentication required" is a sentence, "Basic realm=" a challenge. */
static bool
is_prose(struct slice token)
{
    static const char *const words[] = {"auth", "challenge", "credential",
                                        "realm="};
    for (size_t i = 0; i < COUNT(words); i++) {
        if (slice_starts(token, slice_from(words[i]))) {
            return true;
        }
    }
    return false;
}

/* "Bearer TOKEN", "Basic TOKEN"; text begins a word. */
static size_t
scheme_token(struct buf *out, struct slice text)
{
    enum {
        SHORTEST = 8
    };

    static const char *const schemes[] = {"bearer", "basic"};
    size_t lead = 0;
    if ((text.data[0] | 0x20) != 'b') {
        return 0;
    }
    for (size_t i = 0; i < COUNT(schemes); i++) {
        if (slice_starts_nocase(text, slice_from(schemes[i]))) {
            lead = slice_from(schemes[i]).len;
        }
    }
    struct slice rest = slice_after(text, lead);
    if (lead == 0
        || (!slice_skip(&rest, SLICE(" ")) && !slice_skip(&rest, SLICE("%20"))
            && !slice_skip(&rest, SLICE("+")))) {
        return 0;
    }
    struct slice token = slice_before(rest, token_len(rest));
    if (token.len < SHORTEST || is_prose(token)) {
        return 0;
    }
    buf_add(out, slice_before(text, text.len - rest.len));
    buf_add_text(out, redacted);
    return text.len - rest.len + token.len;
}

/* Base64 of {" begins a JSON web token, and a docker credential. */
static size_t
web_token(struct buf *out, struct slice text)
{
    enum {
        SHORTEST = 16
    };

    if (!slice_starts(text, SLICE("eyJ"))
        || token_len(slice_before(text, SHORTEST)) < SHORTEST) {
        return 0;
    }
    buf_add_text(out, redacted);
    return token_len(text);
}

/* "://user:password@host"; but "docker://nginx@sha256:..." is an image. */
static size_t
user_info(struct buf *out, struct slice text)
{
    struct slice rest = text;
    if (!slice_skip(&rest, SLICE("://"))) {
        return 0;
    }
    size_t len = value_len(rest, SLICE("/ \t\r\n\"'\\<>?#"));
    size_t at = slice_find_last(slice_before(rest, len), '@');
    if (at == SLICE_NONE
        || slice_starts(slice_after(rest, at), SLICE("@sha256:"))) {
        return 0;
    }
    buf_add_text(out, "://");
    buf_add_text(out, redacted);
    return 3 + at;
}

/*
 * No counting of braces: the environment may hold some. The dump ends where
 * kubelet's own words go on, the last time that they stand there.
 */
size_t
redact_dump_len(struct slice text)
{
    static const char *const beginnings[] = {
        "&Container{",
        "\\u0026Container{",
        "[]EnvVar{",
    };
    bool is_dump = false;
    for (size_t i = 0; i < COUNT(beginnings); i++) {
        is_dump = is_dump || slice_starts(text, slice_from(beginnings[i]));
    }
    if (!is_dump) {
        return 0;
    }
    struct slice rest = text;
    struct slice head;
    size_t end = text.len;
    while (slice_cut_text(&rest, SLICE("} start failed in pod"), &head)) {
        end = (size_t)(head.data + head.len - text.data) + 1;
    }
    return end;
}

static size_t
container_dump(struct buf *out, struct slice text)
{
    size_t len = redact_dump_len(text);
    if (len > 0) {
        size_t brace = slice_find_byte(text, '{') + 1;
        buf_add(out, slice_before(text, brace));
        buf_add_text(out, redacted);
        buf_add_byte(out, '}');
    }
    return len;
}

static size_t
secret(struct buf *out, struct slice text, bool is_word)
{
    size_t used = 0;
    switch (text.data[0]) {
    case '?':
    case '#':
    case '%':
        used = url_parameter(out, text);
        break;
    case '&':
    case '\\':
    case '[':
        used = container_dump(out, text);
        used = used > 0 ? used : url_parameter(out, text);
        break;
    case ':':
        used = user_info(out, text);
        break;
    default:
        if (is_word && byte_is_name(text.data[0])) {
            used = web_token(out, text);
            used = used > 0 ? used : keyed_secret(out, text);
            used = used > 0 ? used : scheme_token(out, text);
        }
    }
    return used;
}

/* What may begin a secret, or stands behind the key of one. */
static const struct spots spots = {
    .low = {
        /* ? # % & \\ [ : = */
        [SPOTS_STOP] = {0x00, 0x00, 0x00, 0x04, 0x00, 0x04, 0x04, 0x00, 0x00,
                        0x00, 0x08, 0x20, 0x20, 0x08, 0x00, 0x08},
        /* e b B */
        [SPOTS_FIRST] = {0x00, 0x00, 0x50, 0x00, 0x00, 0x40},
        /* as byte_is_name() has it */
        [SPOTS_WORD] = {0xa8, 0xf8, 0xf8, 0xf8, 0xf8, 0xf8, 0xf8, 0xf8, 0xf8,
                        0xf8, 0xf0, 0x50, 0x50, 0x54, 0x50, 0x70},
    }};

/* Whether secret() may find anything at a spot, but for a key before it. */
static bool
may_begin(struct slice text, size_t at)
{
    int next = at + 1 < text.len ? text.data[at + 1] : '\0';
    switch (text.data[at]) {
    case '=':
        return false;
    case '#':
        return byte_is_name((char)next);
    case '\\':
        return next == 'u';
    case '[':
        return next == ']';
    case ':':
        return next == '/';
    case 'e':
        return next == 'y';
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
    if (!may_be_secret(name)) {
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
hide(struct buf *out, struct slice text, size_t at, size_t *from)
{
    bool is_word = at == 0 || !byte_is_name(text.data[at - 1]);
    buf_add(out, slice_of(text.data + *from, at - *from));
    size_t used = secret(out, slice_after(text, at), is_word);
    *from = at + used;
    return used > 0;
}

static bool
hide_around(struct buf *out, struct slice text, size_t spot, size_t *from)
{
    if (text.data[spot] == '=' || text.data[spot] == ':') {
        size_t key = key_before(text, *from, spot);
        if (key < spot && hide(out, text, key, from)) {
            return true;
        }
    }
    return may_begin(text, spot) && hide(out, text, spot, from);
}

void
redact_add(struct buf *out, struct slice text)
{
    struct spots_reader reader;
    size_t from = 0; /* up to here it is copied, secrets hidden */
    size_t spot = 0;
    spots_begin(&reader, &spots, text, 0);
    while ((spot = spots_next(&reader, spot)) < text.len) {
        spot = hide_around(out, text, spot, &from) ? from : spot + 1;
    }
    buf_add(out, slice_after(text, from));
}

void
redact_plainly(struct buf *out, struct slice text)
{
    size_t from = 0;
    size_t at = 0;
    while (at < text.len) {
        at = hide(out, text, at, &from) ? from : at + 1;
    }
    buf_add(out, slice_after(text, from));
}
