/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PULLWHY_REPORT_ANNOTATION_H
#define PULLWHY_REPORT_ANNOTATION_H

/*
 * One record with its cause as a JSON object, for log shippers. What is no
 * finding is told too, so that input and output can be read side by side.
 */

#include "base/buf.h"
#include "base/slice.h"
#include "match/classify.h"
#include "wire/record.h"

#include <stdint.h>

/*
 * Appends one object and a newline. `line` is the raw line, shown (without its
 * secrets) where the record has no message; `number` counts from 1.
 */
void render_annotation(struct buf *out, uint64_t number, struct slice line,
                       const struct record *record,
                       const struct finding *finding);

#endif
