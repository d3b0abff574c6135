/* SPDX-License-Identifier: Apache-2.0 */
#include "scratch.h"

#include "base/mem.h"

#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

int
scratch_setup(void **state)
{
    struct scratch *scratch = MEM_NEW(struct scratch);
    const char *base = getenv("TMPDIR");
    snprintf(scratch->folder, sizeof(scratch->folder), "%s/pullwhy-XXXXXX",
             base && *base ? base : "/tmp");
    *state = scratch;
    return mkdtemp(scratch->folder) ? 0 : -1;
}

static int
on_entry(const char *path, const struct stat *status, int type, struct FTW *at)
{
    (void)status;
    (void)type;
    (void)at;
    return remove(path);
}

int
scratch_teardown(void **state)
{
    struct scratch *scratch = *state;
    int status = nftw(scratch->folder, on_entry, 8, FTW_DEPTH | FTW_PHYS);
    mem_free(scratch);
    return status;
}

const char *
scratch_path(struct scratch *scratch, const char *name)
{
    snprintf(scratch->path, sizeof(scratch->path), "%s/%s", scratch->folder,
             name);
    return scratch->path;
}
