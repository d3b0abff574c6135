/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PULLWHY_REPORT_PAGE_COMMAND_H
#define PULLWHY_REPORT_PAGE_COMMAND_H

/*
 * A command as text with names of facts in it, so that a page has it once for
 * all incidents that differ in nothing else.
 *
 * The law: the pieces joined, each fact's value in its place, are the filled
 * command, byte for byte. What may stand in a command, and in which quotes, is
 * remedy_fill()'s to say alone.
 */

#include "base/slice.h"
#include "match/facts.h"

#include <cjson/cJSON.h>

/* ["kubectl get pod ", "pod", " -o yaml"]: every second one names a fact. */
cJSON *page_command(struct slice template, struct slice filled,
                    const struct facts *facts);

#endif
