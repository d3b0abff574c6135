/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PULLWHY_REPORT_JSON_H
#define PULLWHY_REPORT_JSON_H

/*
 * JSON Lines out of text of strangers: always valid UTF-8, one line an object,
 * and nothing in it that a terminal would obey.
 */

#include "base/buf.h"
#include "base/slice.h"

#include <cjson/cJSON.h>
#include <stdint.h>

/* A string; what is no UTF-8, and NUL, becomes U+FFFD. */
cJSON *json_text(struct slice text);

/* Unknown is absent: an empty text adds nothing. */
void json_add_text(cJSON *object, const char *key, struct slice text);
void json_add_number(cJSON *object, const char *key, uint64_t number);

/* As paper_flatten() has it. */
cJSON *json_prose(struct slice text);

/* Appends the object and a newline, and deletes it. */
void json_finish(struct buf *out, cJSON *root);

#endif
