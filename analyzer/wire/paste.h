/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PULLWHY_WIRE_PASTE_H
#define PULLWHY_WIRE_PASTE_H

/*
 * What people and their tools do to a line before it is read: quote marks,
 * line numbers, backticks, addresses, invisible characters.
 */

#include "base/buf.h"
#include "base/slice.h"
#include "wire/record.h"

#include <stdbool.h>

/*
 * The line without invisible characters, with plain quotes and blanks for
 * typographic ones, escaped where they stand within plain ones. A line without
 * any is given back as it is. For the scratch see unescape.h.
 */
struct slice paste_clean(struct slice line, struct buf *scratch);

/* Whether it would give the line, or many of them, back as they are. */
bool paste_is_clean(struct slice lines);

/* What paste_clean() changes; NULL behind the last. */
const char *paste_mark(size_t index);

/*
 * Takes one thing off that may stand before (and behind) a line: "> ", "| ",
 * "- ", "12: ", "`", "10.5.0.2: ", "FATA[0001] ", "2026/11/23 17:00:00 ", the
 * colours of a terminal, the labels of a stream of Loki's. What it says of the
 * line is added to *record. False: there is nothing.
 */
bool paste_peel(struct slice *line, struct record *record);

#endif
