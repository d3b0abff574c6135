/* SPDX-License-Identifier: Apache-2.0 */
#include "incident/incident.h"
#include "said.h"
#include "text.h"

#include <string.h>

/* Every state under every event: what is no row of the drawing is nothing. */
static void
steps_as_the_drawing_says(void **state)
{
    (void)state;

    static const struct {
        enum incident_state from;
        enum incident_event event;
        enum incident_state next;
        enum change change;
    } cases[] = {
        {INCIDENT_NONE, EVENT_SEEN, INCIDENT_OPEN, CHANGE_OPENED},
        {INCIDENT_NONE, EVENT_FIXED, INCIDENT_NONE, CHANGE_NOTHING},
        {INCIDENT_NONE, EVENT_QUIET, INCIDENT_NONE, CHANGE_NOTHING},
        {INCIDENT_OPEN, EVENT_SEEN, INCIDENT_OPEN, CHANGE_UPDATED},
        {INCIDENT_OPEN, EVENT_FIXED, INCIDENT_RESOLVED, CHANGE_RESOLVED},
        {INCIDENT_OPEN, EVENT_QUIET, INCIDENT_QUIET, CHANGE_QUIET},
        {INCIDENT_QUIET, EVENT_SEEN, INCIDENT_OPEN, CHANGE_REOPENED},
        {INCIDENT_QUIET, EVENT_FIXED, INCIDENT_RESOLVED, CHANGE_RESOLVED},
        {INCIDENT_QUIET, EVENT_QUIET, INCIDENT_QUIET, CHANGE_NOTHING},
        {INCIDENT_RESOLVED, EVENT_SEEN, INCIDENT_OPEN, CHANGE_REOPENED},
        {INCIDENT_RESOLVED, EVENT_FIXED, INCIDENT_RESOLVED, CHANGE_NOTHING},
        {INCIDENT_RESOLVED, EVENT_QUIET, INCIDENT_RESOLVED, CHANGE_NOTHING},
        {INCIDENT_JOINED, EVENT_SEEN, INCIDENT_JOINED, CHANGE_NOTHING},
        {INCIDENT_JOINED, EVENT_FIXED, INCIDENT_JOINED, CHANGE_NOTHING},
        {INCIDENT_JOINED, EVENT_QUIET, INCIDENT_JOINED, CHANGE_NOTHING},
    };

    assert_int_equal(COUNT(cases), INCIDENT_STATES * 3);
    for (size_t i = 0; i < COUNT(cases); i++) {
        enum incident_state now = cases[i].from;
        assert_int_equal(incident_step(&now, cases[i].event), cases[i].change);
        assert_int_equal(now, cases[i].next);
    }
}

static void
every_state_and_change_has_a_name(void **state)
{
    (void)state;
    for (int i = 0; i < INCIDENT_STATES; i++) {
        assert_true(strlen(incident_state_name((enum incident_state)i)) > 3);
    }
    for (int i = 0; i < CHANGES; i++) {
        assert_true(strlen(change_name((enum change)i)) > 4);
    }
    assert_string_equal(incident_state_name(INCIDENT_JOINED), "joined");
    assert_string_equal(change_name(CHANGE_REOPENED), "reopened");
}

/* The ring of the last three stands behind the first three. */
static void
tells_evidence_in_the_order_it_was_seen(void **state)
{
    (void)state;

    static const struct {
        uint64_t seen;
        const char *order; /* of the slots; line n stands where it was put */
    } cases[] = {
        {0, ""},       {1, "1"},      {3, "123"},    {4, "1234"},
        {6, "123456"}, {7, "123567"}, {8, "123678"}, {9, "123789"},
    };

    static const char *const lines[] = {"1", "2", "3", "4", "5",
                                        "6", "7", "8", "9"};
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct incident incident = {.evidence_seen = cases[i].seen};
        char order[16] = "";
        const struct evidence *evidence;
        for (size_t n = 0; n < cases[i].seen; n++) {
            size_t slot = n < 3 ? n : 3 + (n - 3) % 3;
            incident.evidence[slot] = said_by(0, slice_from(lines[n]));
        }
        for (size_t n = 0; (evidence = incident_evidence(&incident, n)); n++) {
            strncat(order, evidence_line(evidence).data, 1);
        }
        assert_string_equal(order, cases[i].order);
    }
}

/* Containers of a pod are one pod; pods of one name in two namespaces, two. */
static void
counts_pods_and_nodes_once(void **state)
{
    (void)state;
    static const char *const names[][5] = {
        {"a", "x", "", "n1", ""}, {"b", "x", "", "n2", ""},
        {"a", "x", "", "", "i"},  {"", "", "", "n1", ""},
        {"", "", "", "", "i"},    {"a", "y", "c", "", ""},
    };

    struct affected rows[COUNT(names)];
    for (size_t i = 0; i < COUNT(names); i++) {
        rows[i] = (struct affected){
            .namespace = slice_from(names[i][0]),
            .pod = slice_from(names[i][1]),
            .container = slice_from(names[i][2]),
            .node = slice_from(names[i][3]),
            .image = slice_from(names[i][4]),
        };
    }
    struct incident incident = {.affected = rows,
                                .affected_count = COUNT(rows)};
    assert_int_equal(incident_pods(&incident), 3);
    assert_int_equal(incident_nodes(&incident), 2);
    incident.affected_count = 0;
    assert_int_equal(incident_pods(&incident), 0);
    assert_int_equal(incident_nodes(&incident), 0);
}

static void
is_recovered_when_all_rows_are(void **state)
{
    (void)state;
    struct affected rows[2] = {{.is_recovered = true}, {.is_recovered = true}};
    struct incident incident = {.affected = rows, .affected_count = 2};
    assert_true(incident_is_recovered(&incident));
    incident.affected[1].is_recovered = false;
    assert_false(incident_is_recovered(&incident));
    incident.affected[1].is_recovered = true;
    incident.affected_lost = 1;
    assert_false(incident_is_recovered(&incident));
    incident = (struct incident){0};
    assert_false(incident_is_recovered(&incident));
}

static void
says_where_it_is(void **state)
{
    (void)state;

    static const struct {
        const char *key;
        const char *where;
    } cases[] = {
        {"refused|x.azurecr.io", "x.azurecr.io"},
        {"secret|a/b", "a/b"},
        {"refused|", ""},
        {"missing|a|b", "a|b"},
        {"none", "none"},
    };

    for (size_t i = 0; i < COUNT(cases); i++) {
        struct incident incident = {.key = slice_from(cases[i].key)};
        assert_text(incident_where(&incident), cases[i].where);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(steps_as_the_drawing_says),
        cmocka_unit_test(every_state_and_change_has_a_name),
        cmocka_unit_test(tells_evidence_in_the_order_it_was_seen),
        cmocka_unit_test(counts_pods_and_nodes_once),
        cmocka_unit_test(is_recovered_when_all_rows_are),
        cmocka_unit_test(says_where_it_is),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
