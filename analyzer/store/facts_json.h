/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PULLWHY_STORE_FACTS_JSON_H
#define PULLWHY_STORE_FACTS_JSON_H

/*
 * Facts as the JSON object that a history keeps of them, byte for byte as
 * SQLite's json_object() writes it.
 */

#include "base/buf.h"
#include "base/mem.h"
#include "match/facts.h"

/* Appends the object of those that are known. */
void facts_json_add(struct buf *out, const struct facts *facts);

/*
 * The facts of such an object, copied to the arena; what is no text, and names
 * that no fact has, are left out. The scratch is the callee's.
 */
void facts_json_read(struct slice object, struct buf *scratch,
                     struct arena *arena, struct facts *facts);

#endif
