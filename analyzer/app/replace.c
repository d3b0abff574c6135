/* SPDX-License-Identifier: Apache-2.0 */
#include "app/replace.h"

#include "app/output.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static bool
refuse(const char *path, int error, struct fault *fault)
{
    return fault_set(fault, FAULT_SYSTEM, error, "writing %s: %s", path,
                     strerror(error));
}

static bool
write_and_close(int fd, const char *path, struct buf *out, struct fault *fault)
{
    int error = -output_write_to(fd, out);
    if (close(fd) != 0 && !error) {
        error = errno;
    }
    return error ? refuse(path, error, fault) : true;
}

static bool
write_to(const char *path, struct buf *out, struct fault *fault)
{
    int fd = open(path, O_WRONLY | O_TRUNC | O_CLOEXEC);
    return fd < 0 ? refuse(path, errno, fault)
                  : write_and_close(fd, path, out, fault);
}

/* As open() would have made it: mkstemp() asks for less. */
static void
set_mode(int fd, const struct stat *old)
{
    mode_t mask = umask(0);
    (void)umask(mask);
    (void)fchmod(fd, old ? old->st_mode & 0777 : 0666 & ~mask);
}

static bool
write_beside(const char *path, const struct stat *old, struct buf *out,
             struct fault *fault)
{
    struct buf name = {0};
    buf_print(&name, "%s.XXXXXX", path);
    buf_add_byte(&name, '\0');
    int fd = mkstemp(name.data);
    if (fd < 0) {
        int error = errno;
        buf_free(&name);
        return refuse(path, error, fault);
    }
    set_mode(fd, old);
    bool ok = write_and_close(fd, path, out, fault);
    if (ok && rename(name.data, path) != 0) {
        ok = refuse(path, errno, fault);
    }
    if (!ok) {
        (void)unlink(name.data);
    }
    buf_free(&name);
    return ok;
}

bool
replace_file(const char *path, struct buf *out, struct fault *fault)
{
    struct stat old;
    bool is_there = lstat(path, &old) == 0;
    if (is_there && !S_ISREG(old.st_mode)) {
        return write_to(path, out, fault);
    }
    return write_beside(path, is_there ? &old : NULL, out, fault);
}
