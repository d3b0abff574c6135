/* SPDX-License-Identifier: Apache-2.0 */
#include "store/folder.h"

#include "base/mem.h"
#include "base/slice.h"

#include <sqlite3.h>

#include <errno.h>
#include <string.h>
#include <sys/stat.h>

static bool
make_one(const char *path, struct fault *fault)
{
    struct stat status;
    if (mkdir(path, S_IRWXU) == 0 || errno == EEXIST) {
        return true;
    }
    /* A read-only root says EROFS even of a folder that is there. */
    int code = errno;
    if (stat(path, &status) == 0) {
        return true;
    }
    return fault_set(fault, FAULT_SYSTEM,
                     code == ENOSPC ? SQLITE_FULL : SQLITE_CANTOPEN,
                     "making the folder %s: %s", path, strerror(code));
}

bool
folder_make(const char *path, struct fault *fault)
{
    char *folder = mem_string(slice_from(path));
    bool is_made = true;
    for (char *slash = strchr(folder + (*folder != '\0'), '/');
         slash && is_made; slash = strchr(slash + 1, '/')) {
        *slash = '\0';
        is_made = make_one(folder, fault);
        *slash = '/';
    }
    mem_free(folder);
    return is_made;
}
