/* SPDX-License-Identifier: Apache-2.0 */
#include "app/output.h"
#include "app/progress.h"
#include "river.h"
#include "text.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

enum {
    SECOND = STAMP_SECOND,
};

/* A pseudo terminal, or a pipe, in the place of standard error. */
struct screen {
    int shown; /* what is read back */
    int kept;  /* the true standard error */
};

static void
take_over(struct screen *screen, int fd)
{
    screen->kept = dup(STDERR_FILENO);
    assert_true(screen->kept >= 0);
    assert_int_equal(dup2(fd, STDERR_FILENO), STDERR_FILENO);
    close(fd);
    assert_int_equal(fcntl(screen->shown, F_SETFL, O_NONBLOCK), 0);
}

static void
set_columns(const struct screen *screen, unsigned short columns)
{
    const struct winsize size = {.ws_row = 24, .ws_col = columns};
    assert_int_equal(ioctl(screen->shown, TIOCSWINSZ, &size), 0);
}

static void
open_terminal(struct screen *screen)
{
    struct termios plain;
    screen->shown = posix_openpt(O_RDWR | O_NOCTTY);
    assert_true(screen->shown >= 0);
    assert_int_equal(grantpt(screen->shown), 0);
    assert_int_equal(unlockpt(screen->shown), 0);
    int fd = open(ptsname(screen->shown), O_RDWR | O_NOCTTY);
    assert_true(fd >= 0);
    assert_int_equal(tcgetattr(fd, &plain), 0);
    plain.c_oflag &= ~(tcflag_t)OPOST;
    assert_int_equal(tcsetattr(fd, TCSANOW, &plain), 0);
    set_columns(screen, 80);
    take_over(screen, fd);
}

static void
open_pipe(struct screen *screen)
{
    int ends[2];
    assert_int_equal(pipe(ends), 0);
    screen->shown = ends[0];
    take_over(screen, ends[1]);
}

static void
close_screen(struct screen *screen)
{
    assert_int_equal(dup2(screen->kept, STDERR_FILENO), STDERR_FILENO);
    close(screen->kept);
    close(screen->shown);
}

/* All that was written is there already. */
static void
assert_shown(const struct screen *screen, const char *expected)
{
    char text[1024];
    ssize_t got = read(screen->shown, text, sizeof(text));
    assert_true(got >= 0 || errno == EAGAIN);
    assert_text(slice_of(text, got > 0 ? (size_t)got : 0), expected);
}

static void
begin(struct progress *progress, enum progress_mode mode, bool is_terminal,
      uint64_t total)
{
    struct options options = {.progress = mode};
    const struct app app = {.options = &options,
                            .surroundings.is_error_terminal = is_terminal};
    *progress = (struct progress){0};
    progress_begin(progress, &app, total, 5 * SECOND);
}

/* The story through a pipeline, for its figures. */
static void
start_run(struct run *run, struct world *world)
{
    river_start(run, world, NULL);
    river_feed(run, slice_from(river_story), 4096);
}

static void
a_terminal_has_a_bar_that_goes(void **state)
{
    struct screen screen;
    struct progress progress;
    struct run run;
    start_run(&run, *state);
    open_terminal(&screen);
    begin(&progress, PROGRESS_AUTO, true, 4000000);
    progress_count(&progress, 500000);
    progress_count(&progress, 500000);
    progress_tick(&progress, run.pipeline, 5 * SECOND + 999999);
    assert_shown(&screen, "");
    progress_erase(&progress);
    assert_shown(&screen, ""); /* there is nothing to erase */
    progress_tick(&progress, run.pipeline, 7 * SECOND);
    assert_shown(&screen,
                 "\r##........   25%  1.0 MB of 4.0 MB  500.0 kB/s  4 lines/s  "
                 "ETA 0:06  5 failures\033[K\r");
    set_columns(&screen, 40);
    progress_tick(&progress, run.pipeline, 8 * SECOND);
    assert_shown(&screen, "\r##.........   25%  ETA 0:09  5 failures\033[K\r");
    output_warn("a warning");
    assert_shown(&screen, "\r\033[Kpullwhy: a warning\n");
    progress_tick(&progress, run.pipeline, 9 * SECOND);
    assert_shown(&screen, "\r##.........   25%  ETA 0:12  5 failures\033[K\r");
    progress_erase(&progress);
    progress_erase(&progress);
    assert_shown(&screen, "\r\033[K");
    progress_end(&progress, run.pipeline, run.ledger, 9 * SECOND);
    assert_shown(&screen,
                 "\r\033[Kpullwhy: read 1.0 MB in 7 lines within 4.0 s, 250.0 "
                 "kB/s, 2 lines/s; 5 lines of failed pulls, 2 incidents\n");
    close_screen(&screen);
    river_kill(&run);
}

static void
what_was_short_says_nothing(void **state)
{
    struct screen screen;
    struct progress progress;
    struct run run;
    start_run(&run, *state);
    open_terminal(&screen);
    begin(&progress, PROGRESS_AUTO, true, 4000000);
    progress_tick(&progress, run.pipeline, 5 * SECOND + 500000);
    progress_end(&progress, run.pipeline, run.ledger, 5 * SECOND + 600000);
    begin(&progress, PROGRESS_NEVER, true, 4000000);
    progress_tick(&progress, run.pipeline, 99 * SECOND);
    progress_end(&progress, run.pipeline, run.ledger, 99 * SECOND);
    assert_shown(&screen, "");
    close_screen(&screen);
    river_kill(&run);
}

/* A terminal that was stopped with ^S holds nothing up. */
static void
a_stopped_terminal_is_passed_over(void **state)
{
    struct screen screen;
    struct progress progress;
    struct run run;
    start_run(&run, *state);
    open_terminal(&screen);
    begin(&progress, PROGRESS_AUTO, true, 0);
    assert_int_equal(tcflow(STDERR_FILENO, TCOOFF), 0);
    progress_tick(&progress, run.pipeline, 99 * SECOND);
    assert_false(progress.is_drawn);
    assert_int_equal(tcflow(STDERR_FILENO, TCOON), 0);
    progress_tick(&progress, run.pipeline, 99 * SECOND);
    assert_true(progress.is_drawn);
    close_screen(&screen);
    river_kill(&run);
}

static void
elsewhere_it_speaks_only_when_asked(void **state)
{
    struct screen screen;
    struct progress progress;
    struct run run;
    start_run(&run, *state);
    open_pipe(&screen);
    begin(&progress, PROGRESS_AUTO, false, 4000000);
    progress_tick(&progress, run.pipeline, 99 * SECOND);
    progress_end(&progress, run.pipeline, run.ledger, 99 * SECOND);
    assert_shown(&screen, "");
    begin(&progress, PROGRESS_ALWAYS, false, 0);
    progress_count(&progress, 1500);
    progress_tick(&progress, run.pipeline, 14 * SECOND);
    assert_shown(&screen, "");
    progress_tick(&progress, run.pipeline, 15 * SECOND);
    progress_tick(&progress, run.pipeline, 16 * SECOND);
    assert_shown(&screen, "pullwhy: 1.5 kB  150 B/s  1 lines/s  0:10  5 "
                          "failures\n");
    progress_end(&progress, run.pipeline, run.ledger, 20 * SECOND);
    assert_shown(&screen,
                 "pullwhy: read 1.5 kB in 7 lines within 15.0 s, 100 B/s, 0 "
                 "lines/s; 5 lines of failed pulls, 2 incidents\n");
    close_screen(&screen);
    river_kill(&run);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_terminal_has_a_bar_that_goes),
        cmocka_unit_test(what_was_short_says_nothing),
        cmocka_unit_test(a_stopped_terminal_is_passed_over),
        cmocka_unit_test(elsewhere_it_speaks_only_when_asked),
    };
    setenv("TERM", "xterm", 1);
    return cmocka_run_group_tests(tests, river_open_world, river_close_world);
}
