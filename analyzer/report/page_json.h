/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PULLWHY_REPORT_PAGE_JSON_H
#define PULLWHY_REPORT_PAGE_JSON_H

/*
 * JSON that stands in a page of HTML.
 *
 * The law: no byte of it ends or opens anything of HTML, whatever the texts
 * hold: <, > and & are written as escapes, and all that is not seen, too.
 */

#include "base/buf.h"
#include "base/slice.h"

#include <cjson/cJSON.h>
#include <stddef.h>

/* Appends the object and deletes it. */
void page_json_add(struct buf *out, cJSON *root);

/* [1,2,3]; to be deleted with what it becomes part of. */
cJSON *page_json_numbers(const double *numbers, size_t count);

/* A text of a stranger, as a terminal would get it: what is hidden is shown. */
cJSON *page_json_shown(struct slice text);

/* A block of data, `json` being one value: <script id=...>. */
void page_json_block(struct buf *out, const char *id, struct slice json);

#endif
