/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PULLWHY_WIRE_ROWS_H
#define PULLWHY_WIRE_ROWS_H

/*
 * Decodes records that name their parts: JSON objects, journald's entries, the
 * rows of an export. What they hold as their message is a line again.
 */

#include "wire/decoder.h"
#include "wire/fields.h"

enum verdict rows_decode_object(struct decoder *decoder, struct slice object);

/* Goes on in an object that nobody knows; false: it says no more. */
bool rows_more(struct decoder *decoder);

/* Values without quotes or escapes. */
enum verdict rows_decode_fields(struct decoder *decoder,
                                const struct fields *fields,
                                enum format format);

#endif
