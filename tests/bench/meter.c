/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Runs a command and tells what it took:
 *
 *   meter REPORT COMMAND [ARGUMENT...]
 *
 * REPORT is a file that gets one line: when it began and ended (seconds of the
 * steady clock, so that the commands of one pipe can be told together), user
 * and system seconds, the peak of resident memory in KiB, its exit status.
 *
 * A program of its own, since a process inherits the peak of the one that
 * called exec: what Python starts would never be seen below Python's size.
 */

#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static double
seconds(long whole, long part, double parts)
{
    return (double)whole + (double)part / parts;
}

static double
now(void)
{
    struct timespec at;
    clock_gettime(CLOCK_MONOTONIC, &at);
    return seconds(at.tv_sec, at.tv_nsec, 1e9);
}

static int
report(const char *path, double began, double ended, int status)
{
    struct rusage used;
    FILE *file = fopen(path, "w");
    if (!file || getrusage(RUSAGE_CHILDREN, &used) != 0) {
        perror(path);
        return EXIT_FAILURE;
    }
    fprintf(file, "%.9f %.9f %.6f %.6f %ld %d\n", began, ended,
            seconds(used.ru_utime.tv_sec, used.ru_utime.tv_usec, 1e6),
            seconds(used.ru_stime.tv_sec, used.ru_stime.tv_usec, 1e6),
            used.ru_maxrss,
            WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status));
    return fclose(file) == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}

int
main(int count, char **arguments)
{
    int status;
    if (count < 3) {
        fputs("meter: REPORT and COMMAND are wanted\n", stderr);
        return EXIT_FAILURE;
    }
    double began = now();
    pid_t child = fork();
    if (child == 0) {
        execvp(arguments[2], arguments + 2);
        perror(arguments[2]);
        _exit(127);
    }
    /* Else a pipe would not end for who writes into it. */
    close(STDIN_FILENO);
    close(STDOUT_FILENO);
    if (child < 0 || waitpid(child, &status, 0) != child) {
        perror("meter");
        return EXIT_FAILURE;
    }
    return report(arguments[1], began, now(), status);
}
