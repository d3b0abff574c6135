/* SPDX-License-Identifier: Apache-2.0 */
#include "match/dump.h"

/*
 * No counting of braces: the environment may hold some. The dump ends where
 * kubelet's own words go on, the last time that they stand there.
 */
size_t
dump_len(struct slice text)
{
    static const char *const beginnings[] = {
        "&Container{",
        "\\u0026Container{",
        "[]EnvVar{",
    };
    bool is_dump = false;
    for (size_t i = 0; i < COUNT(beginnings); i++) {
        is_dump = is_dump || slice_starts(text, slice_from(beginnings[i]));
    }
    if (!is_dump) {
        return 0;
    }
    struct slice rest = text;
    struct slice head;
    size_t end = text.len;
    while (slice_cut_text(&rest, SLICE("} start failed in pod"), &head)) {
        end = (size_t)(head.data + head.len - text.data) + 1;
    }
    return end;
}
