/* SPDX-License-Identifier: Apache-2.0 */
#include "wire/cri.h"

bool
cri_peel(struct slice *line, struct cri_head *head)
{
    struct slice rest = *line;
    struct cri_head found = {.stream = STREAM_OUT};
    if (!stamp_read_rfc3339(&rest, &found.stamp)) {
        return false;
    }
    if (!slice_skip(&rest, SLICE(" stdout "))) {
        found.stream = STREAM_ERR;
        if (!slice_skip(&rest, SLICE(" stderr "))) {
            return false;
        }
    }
    found.is_piece = slice_skip(&rest, SLICE("P"));
    if (!found.is_piece && !slice_skip(&rest, SLICE("F"))) {
        return false;
    }
    /* A line may be empty, and editors take the blank off. */
    if (rest.len > 0 && !slice_skip(&rest, SLICE(" "))) {
        return false;
    }
    *head = found;
    *line = rest;
    return true;
}

bool
cri_looks(struct slice line)
{
    struct cri_head head;
    return cri_peel(&line, &head);
}
