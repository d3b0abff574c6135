/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PULLWHY_MATCH_DUMP_H
#define PULLWHY_MATCH_DUMP_H

/* The container specs that older kubelets dump, with their environment. */

#include "base/slice.h"

#include <stdbool.h>
#include <stddef.h>

/*
 * Whether one may begin with the text, which does with one of & \\ [; mostly
 * the second byte says no.
 */
static inline bool
dump_may_be(struct slice text)
{
    return text.len > 1
        && (text.data[1] == 'C' || text.data[1] == 'u' || text.data[1] == ']');
}

/*
 * Bytes of the container spec that `text` begins with, "&Container{...}"; 0 if
 * it does not. One without its end goes to the end of the text.
 */
size_t dump_len(struct slice text);

#endif
