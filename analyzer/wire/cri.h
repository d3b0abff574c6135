/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PULLWHY_WIRE_CRI_H
#define PULLWHY_WIRE_CRI_H

/*
 * Takes off what a container runtime puts before each line of a container's
 * output: "2026-05-16T18:02:44.123456789Z stderr F REST". A long line comes in
 * pieces, P, P, ..., F.
 */

#include "base/slice.h"
#include "base/stamp.h"
#include "wire/pieces.h"

#include <stdbool.h>

struct cri_head {
    struct stamp stamp;
    enum stream stream;
    bool is_piece; /* P: the line goes on */
};

bool cri_looks(struct slice line);
bool cri_peel(struct slice *line, struct cri_head *head);

#endif
