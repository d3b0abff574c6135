/* SPDX-License-Identifier: Apache-2.0 */
#include "match/secret.h"

#include <string.h>

#define LITERAL(text) text, sizeof(text) - 1

struct word {
    const char *text;
    size_t len;
};

/*
 * Parameters of URLs (and of nothing else) whose value is a secret; the shortest
 * first, and as many of each length as `parameters_shorter` says.
 */
static const struct word url_parameters[] = {
    {LITERAL("se")},
    {LITERAL("sp")},
    {LITERAL("sv")},
    {LITERAL("sr")},
    {LITERAL("st")},
    {LITERAL("sig")},
    {LITERAL("ske")},
    {LITERAL("sks")},
    {LITERAL("skt")},
    {LITERAL("skv")},
    {LITERAL("code")},
    {LITERAL("skoid")},
    {LITERAL("sktid")},
    {LITERAL("token")},
    {LITERAL("policy")},
    {LITERAL("expires")},
    {LITERAL("signature")},
    {LITERAL("key-pair-id")},
    {LITERAL("x-amz-signature")},
    {LITERAL("x-amz-credential")},
    {LITERAL("x-goog-signature")},
    {LITERAL("x-goog-credential")},
    {LITERAL("x-amz-security-token")},
    {LITERAL("sharedaccesssignature")},
};

/* By a length, how many names are shorter. */
static const uint8_t parameters_shorter[] = {
    0,  0,  0,  5,  10, 11, 14, 15, 16, 16, 17, 17,
    18, 18, 18, 18, 19, 21, 22, 22, 22, 23, 24,
};

/*
 * A key that ends so has a secret wherever it stands: key=V, "key":"V". It is
 * compared without regard to case.
 */
static const struct word secret_endings[] = {
    {LITERAL("password")},          {LITERAL("passwd")},
    {LITERAL("passphrase")},        {LITERAL("client_secret")},
    {LITERAL("clientsecret")},      {LITERAL("client-secret")},
    {LITERAL("access_token")},      {LITERAL("accesstoken")},
    {LITERAL("refresh_token")},     {LITERAL("refreshtoken")},
    {LITERAL("id_token")},          {LITERAL("idtoken")},
    {LITERAL("identity_token")},    {LITERAL("identitytoken")},
    {LITERAL("registry_token")},    {LITERAL("registrytoken")},
    {LITERAL("secret_access_key")}, {LITERAL("secretaccesskey")},
    {LITERAL("accountkey")},        {LITERAL("sharedaccesskey")},
    {LITERAL("api_key")},           {LITERAL("apikey")},
    {LITERAL("registry-auth")},
};

/* Whether the text ends so, where case differs in one bit. */
static inline bool
has_end(struct slice text, const char end[4])
{
    const uint32_t cases = UINT32_C(0x20202020);
    uint32_t wanted;
    uint32_t found;
    memcpy(&wanted, end, sizeof(wanted));
    memcpy(&found, text.data + text.len - sizeof(found), sizeof(found));
    return ((wanted ^ found) & ~cases) == 0;
}

/* A token is none by itself: access_token, refreshToken, id_token ... */
static bool
has_token(struct slice name)
{
    enum {
        LEN = 5
    };

    if (name.len <= LEN || !has_end(name, "oken")) {
        return false;
    }
    switch (name.data[name.len - LEN - 1] | 0x20) {
    case '_' | 0x20:
    case 's':
    case 'h':
    case 'd':
    case 'y':
        return true;
    default:
        return false;
    }
}

/* Few names end as "auth" or a secret's do. */
bool
secret_may_end(struct slice name)
{
    if (name.len < 4) {
        return false;
    }
    switch (name.data[name.len - 1] | 0x20) {
    case 'd':
        return has_end(name, "word") || has_end(name, "sswd");
    case 'e':
        return has_end(name, "rase");
    case 'h':
        return has_end(name, "auth");
    case 'n':
        return has_token(name);
    case 't':
        return has_end(name, "cret");
    case 'y':
        return (name.data[name.len - 2] | 0x20) == 'e'
            && (name.data[name.len - 3] | 0x20) == 'k';
    default:
        return false;
    }
}

static inline uint64_t
word_at(const char *at)
{
    uint64_t word;
    memcpy(&word, at, sizeof(word));
    return word;
}

/*
 * Whether both are the same but for the case of letters. Of bytes that names
 * are made of, no others differ in that bit alone.
 */
static inline bool
same_name(const char *a, const char *b, size_t len)
{
    const uint64_t cases = UINT64_C(0x2020202020202020);
    uint64_t differ = 0;
    size_t i = 0;
    for (; len - i >= sizeof(differ); i += sizeof(differ)) {
        differ |= word_at(a + i) ^ word_at(b + i);
    }
    if (i > 0) { /* the last ones, some of them again */
        i = len - sizeof(differ);
        return ((differ | (word_at(a + i) ^ word_at(b + i))) & ~cases) == 0;
    }
    for (; i < len; i++) {
        differ |= (unsigned char)a[i] ^ (unsigned char)b[i];
    }
    return (differ & ~cases) == 0;
}

/* The last but two tells most of them apart. */
static inline bool
ends_with(struct slice name, const struct word *ending)
{
    return name.len >= ending->len
        && (name.data[name.len - 3] | 0x20)
               == (ending->text[ending->len - 3] | 0x20)
        && same_name(name.data + name.len - ending->len, ending->text,
                     ending->len);
}

bool
secret_is_name(struct slice name)
{
    enum {
        SHORTEST = 6
    };

    if (name.len < SHORTEST || !secret_may_end(name)) {
        return false;
    }
    for (size_t i = 0; i < COUNT(secret_endings); i++) {
        if (ends_with(name, &secret_endings[i])) {
            return true;
        }
    }
    return false;
}

bool
secret_is_parameter(struct slice name)
{
    size_t end = 0;
    if (name.len + 1 < COUNT(parameters_shorter)) {
        end = parameters_shorter[name.len + 1];
    }
    for (size_t i = end > 0 ? parameters_shorter[name.len] : 0; i < end; i++) {
        const struct word *word = &url_parameters[i];
        if ((name.data[0] | 0x20) == word->text[0]
            && same_name(name.data, word->text, word->len)) {
            return true;
        }
    }
    return secret_is_name(name);
}
