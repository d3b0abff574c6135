/* SPDX-License-Identifier: Apache-2.0 */
#include "app/replace.h"

#include "app/output.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static bool
refuse(const char *path, int error, struct fault *fault)
{
    return fault_set(fault, FAULT_SYSTEM, error, "writing %s: %s", path,
                     strerror(error));
}

/* As open() would have made it: mkstemp() asks for less. */
static void
set_mode(int fd, mode_t mode)
{
    mode_t mask = umask(0);
    (void)umask(mask);
    (void)fchmod(fd, mode & ~mask);
}

static bool
open_beside(struct replacement *replacement, const struct stat *old,
            mode_t mode, struct fault *fault)
{
    buf_print(&replacement->name, "%s.XXXXXX", replacement->path);
    buf_add_byte(&replacement->name, '\0');
    replacement->fd = mkstemp(replacement->name.data);
    if (replacement->fd < 0) {
        int error = errno;
        buf_free(&replacement->name);
        return refuse(replacement->path, error, fault);
    }
    if (old) {
        (void)fchmod(replacement->fd, old->st_mode & 0777);
    } else {
        set_mode(replacement->fd, mode);
    }
    return true;
}

bool
replace_open(struct replacement *replacement, const char *path, mode_t mode,
             struct fault *fault)
{
    struct stat old;
    bool is_there = lstat(path, &old) == 0;
    *replacement = (struct replacement){.path = path};
    if (!is_there || S_ISREG(old.st_mode)) {
        return open_beside(replacement, is_there ? &old : NULL, mode, fault);
    }
    replacement->fd = open(path, O_WRONLY | O_TRUNC | O_CLOEXEC);
    return replacement->fd >= 0 || refuse(path, errno, fault);
}

bool
replace_close(struct replacement *replacement, bool ok, struct fault *fault)
{
    const char *path = replacement->path;
    const char *name = replacement->name.data; /* NULL if there is none */
    if (close(replacement->fd) != 0 && ok) {
        ok = refuse(path, errno, fault);
    }
    if (ok && name && rename(name, path) != 0) {
        ok = refuse(path, errno, fault);
    }
    if (!ok && name) {
        (void)unlink(name);
    }
    buf_free(&replacement->name);
    return ok;
}

bool
replace_file(const char *path, struct buf *out, struct fault *fault)
{
    struct replacement replacement;
    if (!replace_open(&replacement, path, 0666, fault)) {
        return false;
    }
    int error = -output_write_to(replacement.fd, out);
    return replace_close(&replacement, !error || refuse(path, error, fault),
                         fault);
}
