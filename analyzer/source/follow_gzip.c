/* SPDX-License-Identifier: Apache-2.0 */
#include "source/follow_gzip.h"

#include "base/mem.h"

#include <limits.h>
#include <unistd.h>
#include <zlib.h>

enum {
    GZIP_BUFFER = 64 * 1024, /* zlib's own, bytes */
};

struct follow_gzip {
    gzFile file;
    bool is_sound;
};

bool
follow_gzip_takes(int fd)
{
    unsigned char magic[2];
    return pread(fd, magic, sizeof(magic), 0) == (ssize_t)sizeof(magic)
        && magic[0] == 0x1f && magic[1] == 0x8b;
}

struct follow_gzip *
follow_gzip_open(int fd)
{
    int own = dup(fd); /* gzclose() closes it */
    if (own < 0) {
        return NULL;
    }
    /* gzdopen() takes the place where the handle stands for the start. */
    gzFile file = lseek(own, 0, SEEK_SET) == 0 ? gzdopen(own, "rb") : NULL;
    if (!file) {
        close(own);
        return NULL;
    }
    gzbuffer(file, GZIP_BUFFER);
    struct follow_gzip *gzip = MEM_NEW(struct follow_gzip);
    gzip->file = file;
    gzip->is_sound = true;
    return gzip;
}

void
follow_gzip_close(struct follow_gzip *gzip)
{
    if (gzip) {
        gzclose_r(gzip->file);
        mem_free(gzip);
    }
}

ssize_t
follow_gzip_read(struct follow_gzip *gzip, char *out, size_t size,
                 uint64_t offset)
{
    /* An end that came too early is no end for ever: it may be written. */
    gzclearerr(gzip->file);
    if (offset > (uint64_t)LONG_MAX
        || gzseek(gzip->file, (z_off_t)offset, SEEK_SET) < 0) {
        gzip->is_sound = false;
        return 0;
    }
    int got = gzread(gzip->file, out,
                     (unsigned)(size > INT_MAX ? (size_t)INT_MAX : size));
    int error;
    gzerror(gzip->file, &error);
    gzip->is_sound = got >= 0 && (error == Z_OK || error == Z_STREAM_END);
    return got > 0 ? got : 0;
}

uint64_t
follow_gzip_length(struct follow_gzip *gzip)
{
    char part[16 * 1024];
    z_off_t at = gztell(gzip->file);
    uint64_t offset = at > 0 ? (uint64_t)at : 0;
    ssize_t got;
    while ((got = follow_gzip_read(gzip, part, sizeof(part), offset)) > 0) {
        offset += (uint64_t)got;
    }
    return offset;
}

bool
follow_gzip_is_sound(const struct follow_gzip *gzip)
{
    return gzip->is_sound;
}
