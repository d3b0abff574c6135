/* SPDX-License-Identifier: Apache-2.0 */
#include "match/secret.h"

#define LITERAL(text) text, sizeof(text) - 1

struct word {
    const char *text;
    size_t len;
};

/*
 * Parameters of URLs (and of nothing else) whose value is a secret; the shortest
 * first.
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

/* Few names end with the last two letters of "auth" or of a secret's. */
bool
secret_may_end(struct slice name)
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

/* Without regard to case; the last but two tells most of them apart. */
static bool
ends_with(struct slice name, const struct word *ending)
{
    size_t at = name.len - ending->len;
    return name.len >= ending->len
        && (name.data[name.len - 3] | 0x20)
               == (ending->text[ending->len - 3] | 0x20)
        && slice_equal_nocase(slice_after(name, at),
                              slice_of(ending->text, ending->len));
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
    for (size_t i = 0;
         i < COUNT(url_parameters) && url_parameters[i].len <= name.len; i++) {
        const struct word *word = &url_parameters[i];
        if (name.len == word->len && (name.data[0] | 0x20) == word->text[0]
            && slice_equal_nocase(name, slice_of(word->text, word->len))) {
            return true;
        }
    }
    return secret_is_name(name);
}
