/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PULLWHY_REPORT_KEPT_H
#define PULLWHY_REPORT_KEPT_H

/*
 * What was made of the catalogue's texts, kept by who tells of many incidents
 * in one style: each says the same of its cause.
 *
 * A text is known by what it says, so a catalogue that is exchanged leaves
 * nothing wrong behind. When there is too much, all is forgotten: what was
 * found is valid until the next kept_add().
 */

#include "base/mem.h"
#include "base/slice.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    KEPT_TEXTS = 4096,        /* how many there may be */
    KEPT_BYTES = 1024 * 1024, /* and how long all of them */
};

/* What is made of a text (the lowest byte), and what else that hangs on. */
enum kept_form {
    KEPT_RECIPE = 1,
    KEPT_LABEL,
    KEPT_WRAPPED,
    KEPT_JSON,
    KEPT_JSON_PROSE,
    KEPT_FORM_BITS = 8,
};

struct kept;

MUST_CHECK struct kept *kept_new(void);
void kept_free(struct kept *kept); /* NULL is fine, here and below */

/* False if it is not there; *made is not touched then. */
bool kept_find(const struct kept *kept, struct slice text, uint32_t form,
               struct slice *made);

/* What is not there yet. Both are copied; *made is aligned for any type. */
void kept_add(struct kept *kept, struct slice text, uint32_t form,
              struct slice made);

#endif
