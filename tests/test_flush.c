/* SPDX-License-Identifier: Apache-2.0 */
#include "desk.h"
#include "scratch.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
/* cmocka.h needs the headers above. */
#include <cmocka.h>

#define ROW                                                                   \
    "SELECT incident_id, namespace, pod, container, node, image, first_seen " \
    "/ 1000000 - 1763886480, last_seen / 1000000 - 1763886480, count, "       \
    "recovered FROM affected WHERE pod = "

/* Rows of a new and of a known incident, each column with a value of its own. */
static void
writes_each_column_of_who_suffers(void **state)
{
    struct desk desk = {0};
    desk_open(&desk, *state);
    struct incident *one = desk_unauthorized(&desk);
    seen(one, 1, 9);
    struct affected *row = suffers(one, "p1", "n1", 9);
    row->image = SLICE("x.azurecr.io/a:1");
    row->first_seen = T0;
    row->unsaved = 4;
    row->is_recovered = true;
    row = suffers(one, "p2", "n2", 3);
    row->namespace = SLICE("");
    desk_flush(&desk);
    desk_row(&desk, ROW "'p1'", "1|prod|p1|api|n1|x.azurecr.io/a:1|0|60|4|1");
    desk_row(&desk, ROW "'p2'", "1||p2|api|n2||60|60|3|0");
    assert_int_equal(one->affected[0].unsaved, 0);

    struct incident *two = desk_unauthorized(&desk);
    two->key = SLICE("unauthorized|y.azurecr.io");
    seen(two, 2, 1);
    suffers(two, "p1", "n1", 1)->namespace = SLICE("two");
    seen(one, 2, 5);
    suffers(one, "p3", "n3", 5);
    one->affected[1].unsaved = 2;
    one->affected[1].namespace = SLICE("known");
    one->affected[1].last_seen = one->last_seen;
    desk_by_hand(&desk, "UPDATE affected SET first_seen = 1763886480000000 - "
                        "7000000, count = 70 WHERE pod = 'p1'");
    desk_flush(&desk);
    desk_row(&desk, ROW "'p1' AND incident_id = 1",
             "1|prod|p1|api|n1|x.azurecr.io/a:1|-7|60|70|1");
    desk_row(&desk, ROW "'p2'", "1|known|p2|api|n2||60|120|5|0");
    desk_row(&desk, ROW "'p3'", "1|prod|p3|api|n3||120|120|5|0");
    desk_row(&desk, ROW "'p1' AND incident_id = 2",
             "2|two|p1|api|n1||120|120|1|0");
    desk_row(&desk, "SELECT count(*) FROM affected", "4");
    desk_close(&desk);
}

/* More than one statement's worth of incidents, each with rows and minutes. */
static void
writes_the_parts_of_each_to_its_own(void **state)
{
    enum {
        INCIDENTS = 300,
        PODS = 7
    };

    static char names[INCIDENTS][PODS][24];
    struct desk desk = {0};
    desk_open(&desk, *state);
    for (size_t i = 0; i < INCIDENTS; i++) {
        struct incident *incident = desk_unauthorized(&desk);
        snprintf(names[i][0], sizeof(names[i][0]), "unauthorized|%zu.io", i);
        incident->key = slice_from(names[i][0]);
        for (size_t j = 1; j < i % PODS; j++) {
            snprintf(names[i][j], sizeof(names[i][j]), "pod-%zu-%zu", i, j);
            seen(incident, (int)j, i + j);
            suffers(incident, names[i][j], "", j);
        }
        incident->is_dirty = true;
    }
    desk_flush(&desk);
    desk_row(&desk, "SELECT count(*), sum(count) FROM affected", "640|1490");
    desk_row(&desk,
             "SELECT count(*) FROM affected JOIN incident ON incident.id = "
             "incident_id WHERE pod LIKE 'pod-' || substr(key, 14, "
             "length(key) - 16) || '-' || affected.count",
             "640");
    desk_row(&desk,
             "SELECT count(*) FROM tally JOIN incident ON incident.id = "
             "incident_id WHERE tally.count = substr(key, 14, length(key) - "
             "16) + minute - 29398108",
             "640");
    desk_row(&desk, "SELECT count(*) FROM tally", "640");
    desk_close(&desk);
}

static void
writes_each_column_of_an_attempt(void **state)
{
    struct desk desk = {0};
    desk_open(&desk, *state);
    struct told told = {
        .names = {.voice = VOICE_IMAGE,
                  .incident = 11,
                  .image = 12,
                  .pod = 13,
                  .node = UINT64_MAX},
        .from = 1000,
        .to = 2000,
        .count = 3,
    };
    struct tellings *tellings = ledger_tellings(desk.ledger);
    assert_int_equal(tellings_take(tellings, &told).fresh, 3);
    seen(desk_unauthorized(&desk), 0, 3);
    desk_flush(&desk);
    desk_row(&desk, "SELECT * FROM attempt",
             "1|11|12|13|-1|1000|2000|3|196608");

    desk_by_hand(&desk, "UPDATE attempt SET node = 77");
    told.names.image = 22;
    assert_int_equal(tellings_take(tellings, &told).fresh, 3);
    seen(desk_unauthorized(&desk), 0, 3);
    desk_flush(&desk);
    desk_row(&desk, "SELECT * FROM attempt WHERE number = 1",
             "1|11|12|13|77|1000|2000|3|196608");
    desk_row(&desk, "SELECT number, image FROM attempt WHERE number > 1",
             "2|22");
    desk_close(&desk);
}

static void
count_event(struct desk *desk, const char *uid, uint64_t count, int64_t now)
{
    const struct record record = {
        .format = FORMAT_EVENT,
        .identity = slice_from(uid),
        .count = count,
        .stamp = {5000, STAMP_EXACT},
    };
    (void)recurrences_take(ledger_recurrences(desk->ledger), &record, now,
                           false);
}

static void
writes_each_column_of_an_event(void **state)
{
    struct desk desk = {0};
    desk_open(&desk, *state);
    count_event(&desk, "one", 7, T0);
    desk_flush(&desk);
    desk_row(&desk, "SELECT uid, count, last_at, seen_at FROM event_count",
             "one|7|5000|1763886480000000");
    desk_by_hand(&desk, "UPDATE event_count SET count = 70, last_at = 6000, "
                        "seen_at = 1763886480000001");
    count_event(&desk, "two", 2, T0 + 5);
    desk_flush(&desk);
    desk_row(&desk, "SELECT count FROM event_count WHERE uid = 'one'", "70");
    desk_row(&desk, "SELECT * FROM event_count WHERE uid = 'two'",
             "two|2|5000|1763886480000005");
    count_event(&desk, "one", 9, T0);
    desk_flush(&desk);
    desk_row(&desk, "SELECT * FROM event_count WHERE uid = 'one'",
             "one|9|6000|1763886480000001");
    desk_close(&desk);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(writes_each_column_of_who_suffers,
                                        scratch_setup, scratch_teardown),
        cmocka_unit_test_setup_teardown(writes_the_parts_of_each_to_its_own,
                                        scratch_setup, scratch_teardown),
        cmocka_unit_test_setup_teardown(writes_each_column_of_an_attempt,
                                        scratch_setup, scratch_teardown),
        cmocka_unit_test_setup_teardown(writes_each_column_of_an_event,
                                        scratch_setup, scratch_teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
