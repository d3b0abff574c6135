/* SPDX-License-Identifier: Apache-2.0 */
#include "base/mem.h"
#include "scratch.h"
#include "source/follow_file.h"
#include "text.h"

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* A line in a file that was read last in 1970, whatever reads the folder. */
static int
make_file(const char *path)
{
    static const char line[] = "what was written\n";
    const struct timespec times[2] = {{.tv_sec = 0}, {.tv_nsec = UTIME_OMIT}};
    int fd = open(path, O_RDWR | O_CREAT | O_EXCL, 0600);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, line, strlen(line)), (ssize_t)strlen(line));
    assert_int_equal(futimens(fd, times), 0);
    return fd;
}

/* That it was read is written nowhere: else each line would cost the disk. */
static void
reading_leaves_no_time(void **state)
{
    static char room[SOURCE_SLICE];
    const char *path = scratch_path(*state, "app.log");
    struct slice bytes;
    struct stat info;
    int fd = make_file(path);
    struct follow_file *file = follow_file_open(path);
    assert_non_null(file);
    assert_int_equal(follow_file_read(file, room, &bytes), FOLLOW_END);
    assert_text(bytes, "what was written\n");
    follow_file_free(file);
    assert_int_equal(fstat(fd, &info), 0);
    assert_int_equal(info.st_atim.tv_sec, 0);
    close(fd);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(reading_leaves_no_time, scratch_setup,
                                        scratch_teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
