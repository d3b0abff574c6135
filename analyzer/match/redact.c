/* SPDX-License-Identifier: Apache-2.0 */
#include "match/redact.h"

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
    "access_token",
    "refresh_token",
    "id_token",
    "code",
    "client_secret",
    "password",
    "x-amz-signature",
    "x-amz-credential",
    "x-amz-security-token",
    "x-goog-signature",
    "x-goog-credential",
    "sharedaccesssignature",
};

/* Keys whose value is a secret wherever they stand: key=V, "key":"V". */
static const char *const secret_keys[] = {
    "password",        "passwd",       "client_secret",     "clientsecret",
    "aadclientsecret", "access_token", "refresh_token",     "identitytoken",
    "registrytoken",   "auth",         "secret_access_key",
};

static bool
is_name_byte(char byte)
{
    return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z')
        || (byte >= '0' && byte <= '9') || byte == '_' || byte == '-';
}

static bool
is_token_byte(char byte)
{
    return is_name_byte(byte)
        || slice_find_byte(SLICE("+/=.~%"), byte) != SLICE_NONE;
}

static bool
is_one_of(struct slice name, const char *const *names, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (slice_equal_nocase(name, slice_from(names[i]))) {
            return true;
        }
    }
    return false;
}

static size_t
name_len(struct slice text)
{
    size_t len = 0;
    while (len < text.len && len < 64 && is_name_byte(text.data[len])) {
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

/* A value up to what ends it in a URL, in JSON, or in prose. */
static size_t
value_len(struct slice text, const char *ends)
{
    size_t len = 0;
    while (len < text.len
           && slice_find_byte(slice_from(ends), text.data[len]) == SLICE_NONE) {
        len++;
    }
    return len;
}

/* "?sig=..." or "&sig=...": text begins with the ? or &. */
static size_t
url_parameter(struct buf *out, struct slice text)
{
    struct slice rest = slice_after(text, 1);
    struct slice name = slice_before(rest, name_len(rest));
    rest = slice_after(rest, name.len);
    if (name.len == 0 || !slice_skip(&rest, SLICE("="))
        || !is_one_of(name, url_parameters, COUNT(url_parameters))) {
        return 0;
    }
    size_t value = value_len(rest, "& \t\r\n\"'\\<>)]}`");
    buf_add(out, slice_before(text, text.len - rest.len));
    buf_add_text(out, redacted);
    return text.len - rest.len + value;
}

/* What stands between a key and its value: [\"]*[:=][ \"\\]* */
static size_t
separator_len(struct slice text)
{
    size_t len = 0;
    while (len < text.len
           && slice_find_byte(SLICE("\\\""), text.data[len]) != SLICE_NONE) {
        len++;
    }
    if (len == text.len || (text.data[len] != ':' && text.data[len] != '=')) {
        return 0;
    }
    len++;
    while (len < text.len
           && slice_find_byte(SLICE(" \\\""), text.data[len]) != SLICE_NONE) {
        len++;
    }
    return len;
}

/* `password=V`, `"auth":"V"`, `\"password\": \"V\"`; text begins a word. */
static size_t
keyed_secret(struct buf *out, struct slice text)
{
    struct slice name = slice_before(text, name_len(text));
    if (!is_one_of(name, secret_keys, COUNT(secret_keys))) {
        return 0;
    }
    struct slice rest = slice_after(text, name.len);
    size_t separator = separator_len(rest);
    rest = slice_after(rest, separator);
    size_t value = value_len(rest, " \t\r\n\"'\\,;&)]}<>`");
    if (separator == 0 || value == 0) {
        return 0;
    }
    buf_add(out, slice_before(text, name.len + separator));
    buf_add_text(out, redacted);
    return name.len + separator + value;
}

/* "Bearer TOKEN", "Basic TOKEN"; a challenge's realm= is no secret. */
static size_t
scheme_token(struct buf *out, struct slice text)
{
    enum {
        SHORTEST = 8
    };
    struct slice rest = text;
    if (!slice_starts_nocase(text, SLICE("bearer "))
        && !slice_starts_nocase(text, SLICE("basic "))) {
        return 0;
    }
    struct slice scheme = slice_word(&rest);
    struct slice token = slice_after(text, scheme.len + 1);
    size_t len = token_len(token);
    if (len < SHORTEST || slice_starts_nocase(token, SLICE("realm="))
        || slice_starts_nocase(token, SLICE("challenge"))) {
        return 0;
    }
    buf_add(out, slice_before(text, scheme.len + 1));
    buf_add_text(out, redacted);
    return scheme.len + 1 + len;
}

/* A JSON web token begins with the base64 of {" . */
static size_t
web_token(struct buf *out, struct slice text)
{
    size_t len = token_len(text);
    if (!slice_starts(text, SLICE("eyJ"))
        || slice_find_byte(slice_before(text, len), '.') == SLICE_NONE) {
        return 0;
    }
    buf_add_text(out, redacted);
    return len;
}

/* "://user:password@host" */
static size_t
user_info(struct buf *out, struct slice text)
{
    struct slice rest = text;
    if (!slice_skip(&rest, SLICE("://"))) {
        return 0;
    }
    size_t len = value_len(rest, "/ \t\r\n\"'\\<>?#");
    size_t at = slice_find_last(slice_before(rest, len), '@');
    if (at == SLICE_NONE) {
        return 0;
    }
    buf_add_text(out, "://");
    buf_add_text(out, redacted);
    return 3 + at;
}

/* "&Container{Name:..,Env:[]EnvVar{..}..}" up to its closing brace. */
static size_t
container_dump(struct buf *out, struct slice text)
{
    static const char words[] = "&Container{";
    size_t depth = 0;
    if (!slice_starts(text, slice_from(words))) {
        return 0;
    }
    size_t end = slice_find(text, SLICE("} start failed in pod"));
    if (end == SLICE_NONE) {
        end = sizeof(words) - 2;
        do {
            depth += text.data[end] == '{';
            depth -= text.data[end] == '}';
            end++;
        } while (depth > 0 && end < text.len);
    } else {
        end++;
    }
    buf_add_text(out, words);
    buf_add_text(out, redacted);
    buf_add_byte(out, '}');
    return end;
}

static size_t
secret(struct buf *out, struct slice text, bool is_word)
{
    size_t used = 0;
    switch (text.data[0]) {
    case '?':
        used = url_parameter(out, text);
        break;
    case '&':
        used = container_dump(out, text);
        used = used > 0 ? used : url_parameter(out, text);
        break;
    case ':':
        used = user_info(out, text);
        break;
    default:
        if (is_word) {
            used = keyed_secret(out, text);
            used = used > 0 ? used : scheme_token(out, text);
            used = used > 0 ? used : web_token(out, text);
        }
    }
    return used;
}

void
redact_add(struct buf *out, struct slice text)
{
    bool is_word = true; /* a word begins here */
    while (text.len > 0) {
        size_t used = secret(out, text, is_word);
        if (used == 0 && slice_starts(text, SLICE("\\u0026"))) {
            /* JSON's way to write &, as Go does */
            struct slice rest = slice_after(text, 5);
            buf_add(out, slice_before(text, 5));
            size_t len = url_parameter(out, rest);
            if (len == 0) {
                buf_add_byte(out, rest.data[0]);
                len = 1;
            }
            used = 5 + len;
        }
        if (used == 0) {
            buf_add_byte(out, text.data[0]);
            used = 1;
        }
        is_word = !is_name_byte(text.data[used - 1]);
        text = slice_after(text, used);
    }
}
