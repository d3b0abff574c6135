/* SPDX-License-Identifier: Apache-2.0 */
#include "desk.h"
#include "fake_ledger.h"
#include "scratch.h"
#include "store/history.h"

#include <sqlite3.h>

#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>
/* cmocka.h needs the headers above. */
#include <cmocka.h>

static void
open_draft(struct desk *desk, struct scratch *scratch, const char *name)
{
    snprintf(desk->path, sizeof(desk->path), "%s", scratch_path(scratch, name));
    desk->history = history_open_draft(desk->path, DB_HASTY, fake_catalog());
    desk->ledger = fake_ledger_new();
}

static void
look(struct desk *desk)
{
    assert_int_equal(
        sqlite3_open_v2(desk->path, &desk->look, SQLITE_OPEN_READWRITE, NULL),
        SQLITE_OK);
}

static bool
is_there(const struct desk *desk, const char *tail)
{
    char path[700];
    snprintf(path, sizeof(path), "%s%s", desk->path, tail);
    return access(path, F_OK) == 0;
}

static void
assert_alone(const struct desk *desk)
{
    assert_true(is_there(desk, ""));
    assert_false(is_there(desk, "-new"));
    assert_false(is_there(desk, "-new-wal"));
    assert_false(is_there(desk, "-new-shm"));
    assert_false(is_there(desk, "-new-journal"));
}

static void
is_found_when_it_is_whole(void **state)
{
    struct fault fault = {0};
    struct desk desk = {0};
    open_draft(&desk, *state, "h.db");
    assert_non_null(desk.history);
    assert_false(is_there(&desk, ""));
    struct incident *incident = desk_unauthorized(&desk);
    seen(incident, 0, 5);
    suffers(incident, "api-1", "n1", 5);
    said(incident, 0, "line one");
    assert_true(history_look(desk.history, &fault));
    assert_false(is_there(&desk, ""));
    desk_flush(&desk);
    assert_alone(&desk);
    assert_int_equal(incident->id, 1);
    look(&desk);
    desk_row(&desk, "PRAGMA journal_mode", "wal");
    desk_row(&desk, "PRAGMA integrity_check", "ok");
    desk_row(&desk, "PRAGMA foreign_key_check", "");
    desk_row(&desk, "SELECT key, count FROM incident",
             "unauthorized|x.azurecr.io|5");
    desk_row(&desk, "SELECT count(*) FROM cause", "4");
    desk_row(&desk, "SELECT count(*) FROM search WHERE search MATCH 'line'",
             "1");
    /* And it goes on. */
    seen(incident, 1, 2);
    assert_true(history_look(desk.history, &fault));
    desk_flush(&desk);
    desk_row(&desk, "SELECT count, life FROM incident", "7|1");
    desk_row(&desk, "SELECT count(*), sum(count) FROM tally", "2|7");
    desk_close(&desk);
    assert_false(is_there(&desk, "-wal"));
}

static void
is_found_though_nothing_was_to_be_written(void **state)
{
    struct desk desk = {0};
    open_draft(&desk, *state, "flushed.db");
    desk_flush(&desk);
    assert_alone(&desk);
    desk_close(&desk);
    desk = (struct desk){0};
    open_draft(&desk, *state, "closed.db");
    desk_close(&desk);
    assert_alone(&desk);
    look(&desk);
    desk_row(&desk, "SELECT count(*) FROM cause", "4");
    desk_row(&desk, "PRAGMA journal_mode", "wal");
    sqlite3_close(desk.look);
}

static void
what_is_abandoned_leaves_nothing(void **state)
{
    struct desk desk = {0};
    open_draft(&desk, *state, "h.db");
    history_abandon(desk.history);
    fake_ledger_free(desk.ledger);
    assert_false(is_there(&desk, ""));
    assert_false(is_there(&desk, "-new"));
}

static void
a_file_that_came_meanwhile_gets_the_rows(void **state)
{
    struct fault fault = {0};
    struct desk first = {0};
    struct desk second = {0};
    open_draft(&first, *state, "history.db");
    assert_false(is_there(&first, ""));
    desk_open(&second, *state); /* the same file, by its own name */
    struct incident *incident = desk_unauthorized(&second);
    seen(incident, 0, 3);
    suffers(incident, "api-1", "n1", 3);
    for (size_t i = 0; i < 4; i++) {
        said(incident, i, "line one");
    }
    desk_flush(&second);
    incident = desk_unauthorized(&first);
    seen(incident, 1, 4);
    suffers(incident, "api-2", "n1", 4);
    for (size_t i = 0; i < 4; i++) {
        said(incident, i, "line two");
    }
    desk_flush(&first);
    assert_alone(&first);
    assert_true(incident->is_stored);
    desk_row(&second, "SELECT count(*), count, life FROM incident", "1|7|1");
    desk_row(&second, "SELECT count(*), sum(count) FROM tally", "2|7");
    desk_row(&second, "SELECT count(*) FROM affected", "2");
    desk_row(&second, "SELECT count(*) FROM sample", "6");
    desk_row(&second, "SELECT count(*) FROM search WHERE search MATCH 'line'",
             "6");
    desk_row(&second, "SELECT count(*) FROM cause", "4");
    seen(incident, 1, 1);
    assert_true(history_look(first.history, &fault));
    desk_flush(&first);
    desk_row(&second, "SELECT count FROM incident", "8");
    desk_close(&first);
    desk_close(&second);
}

/* Without it there is still the way by which all else is written. */
static void
a_draft_that_is_lost_is_written_anew(void **state)
{
    char path[700];
    struct desk desk = {0};
    open_draft(&desk, *state, "h.db");
    snprintf(path, sizeof(path), "%s-new", desk.path);
    assert_int_equal(unlink(path), 0);
    struct incident *incident = desk_unauthorized(&desk);
    seen(incident, 0, 4);
    said(incident, 0, "line one");
    desk_flush(&desk);
    assert_alone(&desk);
    look(&desk);
    desk_row(&desk, "SELECT id, count FROM incident", "1|4");
    desk_row(&desk, "SELECT count(*) FROM tally", "1");
    desk_row(&desk, "SELECT count(*) FROM cause", "4");
    desk_close(&desk);
}

/* As soon as it has its place, others may write to it. */
static void
events_that_others_counted_are_asked_for(void **state)
{
    struct fault fault = {0};
    struct desk desk = {0};
    open_draft(&desk, *state, "h.db");
    assert_true(history_restore(desk.history, desk.ledger, &fault));
    assert_int_equal(desk_event(&desk, "a", 5), 5);
    assert_int_equal(desk_event(&desk, "b", 1), 1);
    desk_flush(&desk);
    look(&desk);
    desk_row(&desk, "SELECT count(*), sum(count) FROM event_count", "2|6");
    desk_by_hand(&desk, "INSERT INTO event_count VALUES ('c', 7, 0, 0)");
    assert_int_equal(desk_event(&desk, "c", 9), 2);
    assert_int_equal(desk_event(&desk, "d", 3), 3);
    assert_int_equal(desk_event(&desk, "a", 6), 1);
    desk_flush(&desk);
    desk_by_hand(&desk, "INSERT INTO event_count VALUES ('e', 7, 0, 0)");
    desk_flush(&desk);
    assert_int_equal(desk_event(&desk, "e", 8), 1);
    desk_close(&desk);
}

/* Whoever came in its place wrote them, were they as many as the draft's. */
static void
events_of_a_file_that_came_meanwhile_are_asked_for(void **state)
{
    struct fault fault = {0};
    struct desk first = {0};
    struct desk second = {0};
    open_draft(&first, *state, "history.db");
    assert_true(history_restore(first.history, first.ledger, &fault));
    desk_open(&second, *state);
    assert_int_equal(desk_event(&first, "a", 5), 5);
    desk_by_hand(&second, "INSERT INTO event_count VALUES ('b', 4, 0, 0)");
    desk_flush(&first);
    desk_row(&second, "SELECT sum(count) FROM event_count", "9");
    assert_int_equal(desk_event(&first, "b", 6), 2);
    desk_close(&first);
    desk_close(&second);
}

static void
what_is_there_is_left_to_others(void **state)
{
    struct desk desk = {0};
    desk_open(&desk, *state);
    assert_null(history_open_draft(desk.path, DB_HASTY, fake_catalog()));
    desk_close(&desk);
    assert_null(history_open_draft(desk.path, DB_HASTY, fake_catalog()));
    assert_null(history_open_draft("", DB_HASTY, fake_catalog()));
    assert_null(history_open_draft(":memory:", DB_HASTY, fake_catalog()));
}

/* It is named like a draft, but it is somebody else's. */
static void
what_a_stranger_left_is_kept(void **state)
{
    struct desk desk = {0};
    char path[700];
    open_draft(&desk, *state, "h.db");
    history_abandon(desk.history);
    desk.history = NULL;
    snprintf(path, sizeof(path), "%s-new", desk.path);
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    assert_true(fprintf(file, "SQLite format 3%0200d", 0) > 200);
    assert_int_equal(fclose(file), 0);
    assert_null(history_open_draft(desk.path, DB_HASTY, fake_catalog()));
    assert_true(is_there(&desk, "-new"));
    fake_ledger_free(desk.ledger);
}

/*
 * Opens a draft in a process of its own, which says so and is killed then. It
 * does not outlive this one, which has the other end of `held`.
 */
static pid_t
start_other(struct scratch *scratch, int *ready)
{
    int ends[2];
    int held[2];
    assert_int_equal(pipe(ends), 0);
    assert_int_equal(pipe(held), 0);
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        struct desk desk = {0};
        open_draft(&desk, scratch, "h.db");
        char is_open = desk.history ? 'y' : 'n';
        close(held[1]);
        bool is_said = write(ends[1], &is_open, 1) == 1;
        _exit(is_said && read(held[0], &is_open, 1) == 0);
    }
    close(ends[1]);
    close(held[0]);
    *ready = ends[0];
    return child;
}

static void
what_a_killed_run_left_is_swept(void **state)
{
    char answer = '\0';
    int ready;
    struct desk desk = {0};
    pid_t other = start_other(*state, &ready);
    assert_int_equal(read(ready, &answer, 1), 1);
    assert_int_equal(answer, 'y');
    open_draft(&desk, *state, "h.db");
    assert_null(desk.history);
    fake_ledger_free(desk.ledger);
    assert_true(is_there(&desk, "-new")); /* its run is alive */
    kill(other, SIGKILL);
    assert_int_equal(waitpid(other, NULL, 0), other);
    close(ready);
    open_draft(&desk, *state, "h.db");
    assert_null(desk.history);
    fake_ledger_free(desk.ledger);
    assert_false(is_there(&desk, "-new"));
    open_draft(&desk, *state, "h.db");
    assert_non_null(desk.history);
    desk_close(&desk);
    assert_alone(&desk);
}

#define IN_SCRATCH(test) \
    cmocka_unit_test_setup_teardown(test, scratch_setup, scratch_teardown)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        IN_SCRATCH(is_found_when_it_is_whole),
        IN_SCRATCH(is_found_though_nothing_was_to_be_written),
        IN_SCRATCH(what_is_abandoned_leaves_nothing),
        IN_SCRATCH(a_file_that_came_meanwhile_gets_the_rows),
        IN_SCRATCH(a_draft_that_is_lost_is_written_anew),
        IN_SCRATCH(events_that_others_counted_are_asked_for),
        IN_SCRATCH(events_of_a_file_that_came_meanwhile_are_asked_for),
        IN_SCRATCH(what_is_there_is_left_to_others),
        IN_SCRATCH(what_a_stranger_left_is_kept),
        IN_SCRATCH(what_a_killed_run_left_is_swept),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
