/* SPDX-License-Identifier: Apache-2.0 */
#include "incident/event_name.h"

#include "base/mem.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum kind {
    AS_IT_IS, /* a uid of at most 16 bytes, and zeros */
    UUID,
    HASH_OF_UID,
    HASH_OF_ROW,
};

enum {
    UUID_LEN = 36,
    DIGIT_BITS = 4,
    WORD_DIGITS = 64 / DIGIT_BITS,
};

/* Each part with its length, so that no two rows have one text. */
static uint64_t
hash_row(const struct keyed *key, const struct record *record, uint64_t hash)
{
    const struct slice parts[] = {
        record->namespace, record->kind,   record->pod,    record->node,
        record->container, record->reason, record->message};
    for (size_t i = 0; i < COUNT(parts); i++) {
        struct keyed next = {{key->word[0] ^ hash, key->word[1]}};
        hash = keyed_hash(&next, parts[i]);
    }
    return hash;
}

static bool
is_hyphen(size_t at)
{
    return at == 8 || at == 13 || at == 18 || at == 23;
}

/* What a digit means; UINT8_MAX for what is none, or no small letter. */
static uint8_t
value_of(char digit)
{
    if (digit >= '0' && digit <= '9') {
        return (uint8_t)(digit - '0');
    }
    return digit >= 'a' && digit <= 'f' ? (uint8_t)(digit - 'a' + 10)
                                        : UINT8_MAX;
}

/* As the API server writes them, with small letters; false: it is none such. */
static bool
read_uuid(struct slice text, uint64_t word[2])
{
    size_t digits = 0;
    bool is_uuid = text.len == UUID_LEN;
    for (size_t i = 0; is_uuid && i < UUID_LEN; i++) {
        uint8_t value = value_of(text.data[i]);
        if (is_hyphen(i)) {
            is_uuid = text.data[i] == '-';
        } else {
            uint64_t *into = &word[digits++ / WORD_DIGITS];
            *into = *into << DIGIT_BITS | value;
            is_uuid = value != UINT8_MAX;
        }
    }
    return is_uuid;
}

static void
take_uid(const struct keyed *key, const struct keyed *other, struct slice uid,
         struct event_name *name)
{
    if (read_uuid(uid, name->word)) {
        name->kind = UUID;
    } else if (uid.len <= sizeof(name->word)
               && slice_find_byte(uid, '\0') == SLICE_NONE) {
        name->kind = AS_IT_IS;
        memset(name->word, 0, sizeof(name->word));
        memcpy(name->word, uid.data, uid.len);
    } else {
        name->kind = HASH_OF_UID;
        name->word[0] = keyed_hash(key, uid);
        name->word[1] = keyed_hash(other, uid);
    }
}

bool
event_name_of(const struct keyed *key, const struct record *record,
              struct event_name *name)
{
    const struct keyed other = {{key->word[1], ~key->word[0]}};
    *name = (struct event_name){.kind = HASH_OF_ROW};
    if (record->identity.len > 0) {
        take_uid(key, &other, record->identity, name);
        return true;
    }
    if (record->format != FORMAT_EVENT && record->format != FORMAT_COLUMNS
        && record->format != FORMAT_DESCRIBE) {
        return false;
    }
    name->word[0] = hash_row(key, record, 0);
    name->word[1] = hash_row(&other, record, 0);
    return true;
}

void
event_name_write(const struct event_name *name, char text[EVENT_NAME_TEXT])
{
    char digits[2 * WORD_DIGITS + 1];
    size_t read = 0;
    if (name->kind == AS_IT_IS) {
        memcpy(text, name->word, sizeof(name->word));
        text[sizeof(name->word)] = '\0';
        return;
    }
    snprintf(digits, sizeof(digits), "%016" PRIx64 "%016" PRIx64, name->word[0],
             name->word[1]);
    if (name->kind != UUID) {
        snprintf(text, EVENT_NAME_TEXT, "%s:%s",
                 name->kind == HASH_OF_UID ? "uid" : "row", digits);
        return;
    }
    for (size_t i = 0; i < UUID_LEN; i++) {
        text[i] = '-';
        if (!is_hyphen(i)) {
            text[i] = digits[read++];
        }
    }
    text[UUID_LEN] = '\0';
}
