/* SPDX-License-Identifier: Apache-2.0 */
#include "app/processors.h"

#include "base/buf.h"
#include "base/slice.h"

#include <uv.h>

#include <fcntl.h>
#include <stdint.h>
#include <unistd.h>

enum {
    FILE_MAX = 4096, /* bytes; what is longer is nothing of ours */
};

/* Empty if it cannot be read. */
static struct slice
read_file(const char *path, char room[FILE_MAX])
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t got = fd < 0 ? 0 : read(fd, room, FILE_MAX);
    if (fd >= 0) {
        close(fd);
    }
    return slice_of(room, got > 0 ? (size_t)got : 0);
}

/* "QUOTA PERIOD" or "max PERIOD" in microseconds, as cpu.max has it. */
static unsigned
least_of(struct slice text, unsigned most)
{
    struct slice quota;
    uint64_t may;
    uint64_t period;
    text = slice_trim(text);
    if (!slice_cut(&text, ' ', &quota) || !slice_to_u64(quota, &may)
        || !slice_to_u64(text, &period) || period == 0
        || may / period >= most) {
        return most;
    }
    return may < period ? 1 : (unsigned)(may / period);
}

/* The group's name from its line "0::/NAME"; false: there is none. */
static bool
find_group(struct slice lines, struct slice *group)
{
    struct slice line;
    while (slice_cut(&lines, '\n', &line)) {
        if (slice_skip(&line, SLICE("0::/"))) {
            *group = line;
            return true;
        }
    }
    return false;
}

/* The group's quota, and those of all that hold it. */
static unsigned
heed_quotas(const char *root, struct slice group, unsigned most)
{
    char room[FILE_MAX];
    struct buf path = {0};
    for (;;) {
        buf_clear(&path);
        buf_print(&path, "%s/sys/fs/cgroup/%.*s/cpu.max", root,
                  SLICE_ARG(group));
        most = least_of(read_file(buf_string(&path), room), most);
        if (group.len == 0) {
            break;
        }
        size_t slash = slice_find_last(group, '/');
        group = slice_before(group, slash == SLICE_NONE ? 0 : slash);
    }
    buf_free(&path);
    return most;
}

static unsigned
count_all(void)
{
#if UV_VERSION_HEX >= 0x012c00
    return uv_available_parallelism();
#else
    long count = sysconf(_SC_NPROCESSORS_ONLN);
    return count > 0 ? (unsigned)count : 1;
#endif
}

unsigned
processors_usable(const char *root)
{
    char room[FILE_MAX];
    struct buf path = {0};
    struct slice group;
    unsigned most = count_all();
    buf_print(&path, "%s/proc/self/cgroup", root);
    if (find_group(read_file(buf_string(&path), room), &group)) {
        most = heed_quotas(root, group, most);
    }
    buf_free(&path);
    return most;
}
