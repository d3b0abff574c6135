/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PULLWHY_STORE_WRITTEN_H
#define PULLWHY_STORE_WRITTEN_H

/* The incidents that one flush writes, and what the history said of them. */

#include "base/fault.h"
#include "incident/incident.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct written {
    struct incident *incident;
    int64_t id;
    uint32_t life;
    bool is_new; /* its row was made in this flush */
};

struct written_list {
    const struct written *items;
    size_t count;
};

/* Adds to the fault which incident was to be written; returns false. */
static inline bool
written_fault(const struct written *written, struct fault *fault)
{
    return fault_add(fault, "writing incident %.*s",
                     SLICE_ARG(written->incident->key));
}

#endif
