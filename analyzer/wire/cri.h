/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PULLWHY_WIRE_CRI_H
#define PULLWHY_WIRE_CRI_H

/*
 * Takes off what a container runtime puts before each line of a container's
 * output: "2026-05-16T18:02:44.123456789Z stderr F REST".
 *
 * Only whole lines (F) are known; a piece of one (P) is another format's.
 */

#include "base/slice.h"
#include "base/stamp.h"

#include <stdbool.h>

bool cri_looks(struct slice line);
bool cri_peel(struct slice *line, struct stamp *stamp);

#endif
