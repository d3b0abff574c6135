/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PULLWHY_MATCH_REDACT_H
#define PULLWHY_MATCH_REDACT_H

/*
 * Takes secrets out of a line before it is kept or shown: signatures and
 * tokens in URLs, bearer and basic credentials, tokens that are known by their
 * shape, passwords, and the container specs that older kubelets dump with their environment. In
 * doubt it takes out too much; its cost is linear whatever the line.
 */

#include "base/buf.h"
#include "base/slice.h"

/* Appends `text` to *out, each secret replaced by "REDACTED". */
void redact_add(struct buf *out, struct slice text);

/* For tests: the same, looking at each byte. */
void redact_plainly(struct buf *out, struct slice text);

#endif
