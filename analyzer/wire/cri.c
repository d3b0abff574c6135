/* SPDX-License-Identifier: Apache-2.0 */
#include "wire/cri.h"

bool
cri_peel(struct slice *line, struct stamp *stamp)
{
    struct slice rest = *line;
    struct stamp found;
    if (!stamp_read_rfc3339(&rest, &found)
        || !(slice_skip(&rest, SLICE(" stdout "))
             || slice_skip(&rest, SLICE(" stderr ")))
        || !slice_skip(&rest, SLICE("F "))) {
        return false;
    }
    *stamp = found;
    *line = rest;
    return true;
}

bool
cri_looks(struct slice line)
{
    struct stamp stamp;
    return cri_peel(&line, &stamp);
}
