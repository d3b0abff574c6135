/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PULLWHY_MATCH_KNOWN_H
#define PULLWHY_MATCH_KNOWN_H

/*
 * Facts where thousands of sets of them are kept: of all that there are hardly
 * a dozen are known of one trouble, and only these have room.
 */

#include "base/mem.h"
#include "base/slice.h"
#include "match/facts.h"

#include <stddef.h>
#include <stdint.h>

/* Init with {0}: nothing is known. */
struct known_facts {
    uint64_t facts;     /* a bit of each that is known */
    const char **texts; /* of these, in their order; behind it their lengths */
    size_t room;
};

/* Empty if it is not known. */
struct slice known_get(const struct known_facts *known, enum fact fact);

/* Views the value; an empty one is no more known. */
void known_set(struct known_facts *known, enum fact fact, struct slice value,
               struct arena *arena);

/* Likewise all of them, instead of what was known. */
void known_set_all(struct known_facts *known, const struct facts *facts,
                   struct arena *arena);

/*
 * Copies every fact of `from` that is not known yet, but for what stands in
 * another text: in what is known, as the registry does in the image, or at the
 * end of `text`, which lives as long.
 */
void known_merge(struct known_facts *known, const struct facts *from,
                 struct slice text, struct arena *arena);

/* All of them, for whoever asks for many; views. */
void known_unpack(const struct known_facts *known, struct facts *facts);

#endif
