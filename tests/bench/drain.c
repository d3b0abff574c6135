/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What reading alone costs, as pullwhy reads and without a look at it: for
 * tests/bench, not installed.
 *
 *   cc -O2 -o drain drain.c
 *   ./drain FILE, or ./drain - for standard input
 */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* Of the kernel's interface, which only some libraries show by default. */
#if defined(__linux__) && !defined(F_SETPIPE_SZ)
#    define F_SETPIPE_SZ 1031
#endif

enum {
    SLICE_SIZE = 256 * 1024,
    PIPE_SIZE = 1024 * 1024,
};

int
main(int argc, char **argv)
{
    static char slice[SLICE_SIZE];
    if (argc != 2) {
        fputs("usage: drain FILE|-\n", stderr);
        return 2;
    }
    int fd = strcmp(argv[1], "-") == 0 ? STDIN_FILENO : open(argv[1], O_RDONLY);
#ifdef F_SETPIPE_SZ
    (void)fcntl(fd, F_SETPIPE_SZ, PIPE_SIZE); /* a file has none: no harm */
#endif
    ssize_t got;
    while ((got = read(fd, slice, sizeof(slice))) > 0) {
    }
    if (got < 0) {
        perror(argv[1]);
        return 1;
    }
    return 0;
}
