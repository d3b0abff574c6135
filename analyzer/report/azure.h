/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PULLWHY_REPORT_AZURE_H
#define PULLWHY_REPORT_AZURE_H

/*
 * What a node of Azure says of itself: the file azure.json and the node's
 * provider ID.
 *
 * The law: azure.json holds a secret. Only the fields named in azure.c are
 * read, only values that fit their fact's grammar are kept, and no fault shows
 * a byte of the text.
 */

#include "base/fault.h"
#include "base/mem.h"
#include "base/slice.h"
#include "match/facts.h"

#include <stdbool.h>

enum {
    AZURE_CONFIG_MAX = 64 * 1024, /* bytes; a real one has some 2 KiB */
};

/* Adds to *facts what the file says and they do not know yet. */
MUST_CHECK bool azure_read_config(struct slice text, struct facts *facts,
                                  struct arena *arena, struct fault *fault);

/*
 * Adds what a node's .spec.providerID says: subscription, node resource group
 * and scale set. False if it is none of Azure's; the facts then view `id`.
 */
MUST_CHECK bool azure_read_provider_id(struct slice id, struct facts *facts);

#endif
