/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PULLWHY_INCIDENT_EVENT_NAME_H
#define PULLWHY_INCIDENT_EVENT_NAME_H

/*
 * What an event is known by, in 16 bytes: its uid (RFC 9562), or a hash of what
 * a row says that has none. The history has it as text.
 */

#include "base/keyed.h"
#include "wire/record.h"

#include <stdbool.h>
#include <stdint.h>

enum {
    EVENT_NAME_TEXT = 40, /* room for the text with its NUL */
};

struct event_name {
    uint64_t word[2];
    uint8_t kind; /* how the words are written */
};

/* False: the record is of no event. Hashes are made under the key. */
bool event_name_of(const struct keyed *key, const struct record *record,
                   struct event_name *name);

/* Two names are the same just if their texts are. */
void event_name_write(const struct event_name *name,
                      char text[EVENT_NAME_TEXT]);

#endif
