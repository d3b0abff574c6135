/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PULLWHY_STORE_FACTS_JSON_H
#define PULLWHY_STORE_FACTS_JSON_H

/*
 * Facts as the JSON object that a history keeps of them, byte for byte as
 * SQLite's json_object() writes it.
 */

#include "base/buf.h"
#include "match/facts.h"

/* Appends the object of those that are known. */
void facts_json_add(struct buf *out, const struct facts *facts);

#endif
