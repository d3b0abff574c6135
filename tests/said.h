/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PULLWHY_TESTS_SAID_H
#define PULLWHY_TESTS_SAID_H

/* Evidence made by hand: it views the text, the origin with the line behind. */

#include "incident/incident.h"

static inline struct evidence
said_by(size_t origin_len, struct slice text)
{
    return (struct evidence){
        .memory = (char *)(uintptr_t)text.data,
        .origin_len = (uint32_t)origin_len,
        .line_len = (uint32_t)(text.len - origin_len),
    };
}

#endif
