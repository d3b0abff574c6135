/* SPDX-License-Identifier: Apache-2.0 */
#include "base/mem.h"
#include "desk.h"
#include "fake_ledger.h"
#include "scratch.h"
#include "store/history.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
/* cmocka.h needs the headers above. */
#include <cmocka.h>

static void
notes_the_catalogue_once(void **state)
{
    struct desk desk = {0};
    desk_open(&desk, *state);
    desk_row(&desk, "SELECT count(*) FROM cause", "4");
    desk_row(&desk, "SELECT * FROM cause WHERE slug = 'unauthorized'",
             "unauthorized|401 Unauthorized|401 認証エラー|error|registry|"
             "permanent");
    desk_row(&desk, "SELECT * FROM remedy",
             "unauthorized|1|check-role|Look at the role|ロールを見る");
    desk_by_hand(&desk, "INSERT INTO remedy VALUES "
                        "('unauthorized', 2, 'old', 'Old', 'Old');"
                        "UPDATE cause SET title_en = 'Old'");
    desk_close(&desk);
    desk_open(&desk, *state);
    desk_row(&desk, "SELECT count(*) FROM remedy", "1");
    desk_row(&desk, "SELECT count(*) FROM cause WHERE title_en = 'Old'", "0");
    desk_close(&desk);
}

static void
adds_counts_and_marks(void **state)
{
    struct desk desk = {0};
    desk_open(&desk, *state);
    struct incident *incident = desk_unauthorized(&desk);
    seen(incident, 0, 5);
    suffers(incident, "api-1", "n1", 5);
    said(incident, 0, "line one");
    desk_flush(&desk);
    assert_int_equal(incident->id, 1);
    assert_true(incident->is_stored && !incident->is_dirty);
    assert_true(incident->unsaved == 0 && incident->tally_count == 0);
    assert_true(incident->affected[0].unsaved == 0);
    assert_false(incident->affected[0].is_dirty);
    assert_true(incident->evidence[0].is_saved);
    assert_false(incident->evidence[1].is_saved);
    seen(incident, 0, 2);
    seen(incident, 3, 1);
    incident->affected[0].unsaved = 3;
    incident->affected[0].is_recovered = true;
    incident->affected[0].last_seen = incident->last_seen;
    desk_flush(&desk);
    desk_flush(&desk);
    desk_row(&desk,
             "SELECT id, key, life, cause, severity, scope, registry, "
             "repository, tag, vendor, state, last_seen - first_seen, "
             "resolved_at, count, approximate FROM incident",
             "1|unauthorized|x.azurecr.io|1|unauthorized|error|registry|"
             "x.azurecr.io|team/api|NULL|acr|open|180000000|NULL|8|0");
    desk_row(&desk, "SELECT count(*), sum(count), min(minute) FROM tally",
             "2|8|29398108");
    desk_row(&desk,
             "SELECT namespace, pod, container, node, image, count, "
             "last_seen - first_seen, recovered FROM affected",
             "prod|api-1|api|n1||8|180000000|1");
    desk_row(&desk, "SELECT count(*), line, origin FROM sample",
             "1|line one|stdin");
    desk_close(&desk);
}

static void
completes_a_pod_whose_node_becomes_known(void **state)
{
    struct desk desk = {0};
    desk_open(&desk, *state);
    struct incident *incident = desk_unauthorized(&desk);
    seen(incident, 0, 2);
    struct affected *affected = suffers(incident, "api-1", "", 1);
    desk_flush(&desk);
    affected->node = SLICE("n1");
    affected->unsaved = 1;
    suffers(incident, "api-2", "n2", 1);
    suffers(incident, "", "n2", 1);
    seen(incident, 1, 2);
    desk_flush(&desk);
    desk_row(&desk,
             "SELECT count(*), group_concat(pod || '@' || node || '=' || "
             "count) FROM (SELECT * FROM affected ORDER BY id)",
             "3|api-1@n1=2,api-2@n2=1,@n2=1");
    desk_close(&desk);
}

static void
keeps_the_first_and_the_last_lines(void **state)
{
    struct desk desk = {0};
    desk_open(&desk, *state);
    struct incident *incident = desk_unauthorized(&desk);
    static const char lines[] = "l0\0l1\0l2\0l3\0l4\0l5\0l6\0l7\0l8\0l9";
    for (int i = 0; i < 10; i++) {
        seen(incident, i, 1);
        said(incident, i < 3 ? (size_t)i : 3 + (size_t)(i % 3),
             lines + 3 * (size_t)i);
        desk_flush(&desk);
    }
    desk_row(&desk,
             "SELECT group_concat(line) FROM "
             "(SELECT line FROM sample ORDER BY seen_at)",
             "l0,l1,l2,l7,l8,l9");
    desk_row(&desk, "SELECT count(*) FROM search WHERE search MATCH 'l7'", "1");
    desk_row(&desk, "SELECT count(*) FROM search WHERE search MATCH 'l4'", "0");
    desk_close(&desk);
}

static void
facts_are_json_of_any_text(void **state)
{
    static const char hostile[] = "';-- \"}{\\ \x01 \xff {\"a\":1}";
    struct fault fault = {0};
    struct desk desk = {0};
    desk_open(&desk, *state);
    struct incident *incident = desk_unauthorized(&desk);
    for (int i = FACT_IMAGE; i <= FACT_IP; i++) {
        char value[16];
        snprintf(value, sizeof(value), "v%d", i);
        set_fact(incident, (enum fact)i, value);
    }
    set_fact(incident, FACT_URL_HOST, hostile);
    set_fact(incident, FACT_TAG, "'); DROP TABLE incident;--");
    set_fact(incident, FACT_ROLE, "{\"a\": [1, null]}");
    seen(incident, 0, 1);
    said(incident, 0, hostile);
    suffers(incident, "x'); DELETE FROM tally;--", "n\"1", 1);
    desk_flush(&desk);
    desk_row(&desk, "SELECT count(*) FROM incident, json_each(facts)", "20");
    desk_row(&desk,
             "SELECT tag, json_extract(facts, '$.tag') = tag FROM incident",
             "'); DROP TABLE incident;--|1");
    desk_row(&desk,
             "SELECT json_extract(facts, '$.\"http.status\"'), "
             "json_extract(facts, '$.ip'), "
             "json_extract(facts, '$.role') FROM incident",
             "v14|v19|{\"a\": [1, null]}");
    desk_row(&desk, "SELECT pod, node FROM affected",
             "x'); DELETE FROM tally;--|n\"1");
    desk_row(&desk, "SELECT line FROM sample", hostile);
    desk_close(&desk);
    desk_open(&desk, *state);
    assert_true(history_restore(desk.history, desk.ledger, &fault));
    const struct incident *back = ledger_at(desk.ledger, 0);
    assert_non_null(back);
    assert_true(
        slice_equal(incident_fact(back, FACT_URL_HOST), slice_from(hostile)));
    assert_true(slice_equal(incident_fact(back, FACT_IP), SLICE("v19")));
    desk_close(&desk);
}

static void
take_position(void *ctx, const struct checkpoint *checkpoint)
{
    uint64_t *position = ctx;
    *position = checkpoint->position;
}

static uint64_t
position_of(struct desk *desk, struct slice identity)
{
    struct fault fault = {0};
    uint64_t position = 0;
    const struct checkpoint_request request = {
        .identity = identity, .take = take_position, .ctx = &position};
    assert_true(history_checkpoints(desk->history, &request, &fault));
    return position;
}

static void
a_failed_flush_marks_nothing(void **state)
{
    struct fault fault = {0};
    struct desk desk = {0};
    struct checkpoint checkpoint = {.origin = SLICE("a.log"),
                                    .identity = SLICE("file:1:2:3"),
                                    .position = 100};
    desk_open(&desk, *state);
    desk_by_hand(&desk, "CREATE TRIGGER stop BEFORE INSERT ON checkpoint BEGIN "
                        "SELECT raise(ABORT, 'no more'); END");
    struct incident *incident = desk_unauthorized(&desk);
    seen(incident, 0, 5);
    suffers(incident, "api-1", "n1", 5);
    said(incident, 0, "line one");
    assert_false(
        history_flush(desk.history, desk.ledger, &checkpoint, 1, &fault));
    assert_non_null(strstr(fault.text, "no more"));
    assert_non_null(strstr(fault.text, "a.log"));
    assert_non_null(strstr(fault.text, desk.path));
    assert_true(incident->is_dirty && !incident->is_stored);
    assert_true(incident->unsaved == 5 && incident->tally_count == 1);
    assert_true(incident->affected[0].unsaved == 5);
    assert_false(incident->evidence[0].is_saved);
    desk_row(&desk, "SELECT count(*) FROM incident", "0");
    desk_by_hand(&desk, "DROP TRIGGER stop");
    assert_true(
        history_flush(desk.history, desk.ledger, &checkpoint, 1, &fault));
    desk_row(&desk,
             "SELECT count, (SELECT count(*) FROM sample) "
             "FROM incident",
             "5|1");
    assert_int_equal(position_of(&desk, checkpoint.identity), 100);
    assert_int_equal(position_of(&desk, SLICE("file:1:2:4")), 0);
    desk_close(&desk);
}

/* Incidents that are open, quiet, just over, long over, and nobody's. */
static void
write_a_past(struct desk *desk)
{
    struct incident *incident = desk_unauthorized(desk);
    incident->severity = SEVERITY_CRITICAL;
    incident->stamp_trust = STAMP_APPROXIMATE;
    incident->also[incident->also_count++] =
        catalog_find(fake_catalog(), SLICE("back-off"));
    incident->also[incident->also_count++] =
        catalog_find(fake_catalog(), SLICE("unknown"));
    seen(incident, 20 * 1440, 4);
    suffers(incident, "api-1", "n1", 3)->is_recovered = true;
    suffers(incident, "api-2", "n1", 1);

    static const struct {
        const char *key;
        enum incident_state state;
        int days;
    } others[] = {
        {"quiet", INCIDENT_QUIET, 2},
        {"recent", INCIDENT_RESOLVED, 14},
        {"old", INCIDENT_RESOLVED, 12},
        {"ghost", INCIDENT_OPEN, 19},
    };

    for (size_t i = 0; i < COUNT(others); i++) {
        struct incident *other =
            fake_incident(desk->ledger, others[i].key, "not-found");
        seen(other, others[i].days * 1440, 1);
        other->state = others[i].state;
        other->resolved_at =
            other->state == INCIDENT_RESOLVED ? other->last_seen + 5 : 0;
    }
    desk_flush(desk);
    desk_by_hand(desk,
                 "UPDATE incident SET cause = 'gone' WHERE key = 'ghost'");
}

static void
restores_what_is_not_long_over(void **state)
{
    struct fault fault = {0};
    struct desk desk = {0};
    desk_open(&desk, *state);
    write_a_past(&desk);
    desk_close(&desk);

    desk_open(&desk, *state);
    assert_true(history_restore(desk.history, desk.ledger, &fault));
    assert_int_equal(ledger_count(desk.ledger), 3);
    struct incident *incident = ledger_at(desk.ledger, 0);
    assert_true(slice_equal(incident->key, SLICE("unauthorized|x.azurecr.io")));
    assert_true(incident->is_stored && !incident->is_dirty);
    assert_int_equal(incident->id, 1);
    assert_int_equal(incident->life, 1);
    assert_int_equal(incident->state, INCIDENT_OPEN);
    assert_int_equal(incident->severity, SEVERITY_CRITICAL);
    assert_int_equal(incident->stamp_trust, STAMP_APPROXIMATE);
    assert_true(incident->stored_count == 4 && incident->count == 0);
    assert_true(incident->last_seen == T0 + 20 * STAMP_DAY);
    assert_true(slice_equal(incident_fact(incident, FACT_REGISTRY),
                            SLICE("x.azurecr.io")));
    assert_int_equal(incident->also_count, 2);
    assert_string_equal(incident->also[1]->slug.data, "unknown");
    assert_int_equal(incident->affected_count, 2);
    assert_true(slice_equal(incident->affected[0].pod, SLICE("api-2")));
    assert_true(slice_equal(incident->affected[1].pod, SLICE("api-1")));
    assert_true(incident->affected[1].is_recovered);
    assert_true(slice_equal(ledger_at(desk.ledger, 1)->key, SLICE("quiet")));
    assert_true(slice_equal(ledger_at(desk.ledger, 2)->key, SLICE("recent")));

    seen(incident, 20 * 1440 + 1, 2);
    incident->affected[0].unsaved = 2;
    desk_flush(&desk);
    desk_row(&desk, "SELECT count FROM incident WHERE id = 1", "6");
    desk_row(&desk, "SELECT count FROM affected WHERE pod = 'api-2'", "3");
    desk_close(&desk);
}

/* Whoever still suffers first, then the newest, then as they came. */
static void
restores_as_many_rows_as_there_is_room_for(void **state)
{
    enum {
        MORE = AFFECTED_MAX + 2
    };

    static const char *const firsts[] = {"'late'", "'first'", "'second'"};
    struct fault fault = {0};
    struct desk desk = {0};
    for (int round = 0; round < 2; round++) {
        desk_open(&desk, *state);
        if (round == 0) {
            struct incident *incident = desk_unauthorized(&desk);
            seen(incident, 0, 1);
            suffers(incident, "none", "n", 1);
            desk_flush(&desk);
        }
        struct buf sql = {0};
        buf_print(&sql,
                  "DELETE FROM affected; "
                  "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL "
                  "SELECT i + 1 FROM n WHERE i < %d) "
                  "INSERT INTO affected (incident_id, pod, first_seen, "
                  "last_seen, count, recovered) "
                  "SELECT 1, 'z' || i, 1, 2, 1, i %% 2 FROM n; "
                  "UPDATE affected SET pod = %s WHERE pod = 'z2'; "
                  "UPDATE affected SET pod = %s WHERE pod = 'z4'; "
                  "UPDATE affected SET pod = %s, last_seen = 3 "
                  "WHERE pod = 'z8'",
                  round == 0 ? MORE : 9, firsts[1], firsts[2], firsts[0]);
        desk_by_hand(&desk, buf_string(&sql));
        buf_free(&sql);
        desk_close(&desk);
        desk_open(&desk, *state);
        assert_true(history_restore(desk.history, desk.ledger, &fault));
        struct incident *incident = ledger_at(desk.ledger, 0);
        assert_int_equal(incident->affected_count,
                         round == 0 ? AFFECTED_MAX : 9);
        for (size_t i = 0; i < COUNT(firsts); i++) {
            struct slice name = slice_from(firsts[i]);
            assert_true(slice_equal(incident->affected[i].pod,
                                    slice_of(name.data + 1, name.len - 2)));
        }
        assert_true(
            incident->affected[incident->affected_count - 1].is_recovered);
        desk_close(&desk);
    }
}

static void
a_new_life_is_a_new_row(void **state)
{
    struct desk desk = {0};
    desk_open(&desk, *state);
    struct incident *incident = desk_unauthorized(&desk);
    seen(incident, 0, 1);
    desk_flush(&desk);
    /* Reopened before the history heard that it was resolved. */
    incident->life = 2;
    incident->is_stored = false;
    incident->first_seen = 0;
    seen(incident, 30, 4);
    desk_flush(&desk);
    assert_int_equal(incident->id, 2);
    desk_row(&desk,
             "SELECT state, count, resolved_at = last_seen "
             "FROM incident WHERE life = 1",
             "resolved|1|1");
    incident->state = INCIDENT_RESOLVED;
    incident->resolved_at = incident->last_seen;
    incident->is_dirty = true;
    desk_flush(&desk);
    desk_close(&desk);

    /* A run that never restored does not revive what is over. */
    desk_open(&desk, *state);
    incident = desk_unauthorized(&desk);
    seen(incident, 50000, 1);
    desk_flush(&desk);
    assert_int_equal(incident->life, 3);
    assert_int_equal(incident->id, 3);
    desk_row(&desk,
             "SELECT group_concat(state || count) FROM "
             "(SELECT * FROM incident ORDER BY life)",
             "resolved1,resolved4,open1");
    desk_close(&desk);
}

static void
two_writers_share_a_row(void **state)
{
    struct desk one = {0};
    struct desk two = {0};
    desk_open(&one, *state);
    desk_open(&two, *state);
    struct incident *first = desk_unauthorized(&one);
    struct incident *second = desk_unauthorized(&two);
    seen(first, 0, 3);
    suffers(first, "api-1", "n1", 3);
    seen(second, 5, 4);
    suffers(second, "api-1", "n1", 4);
    set_fact(second, FACT_TAG, "v1");
    desk_flush(&one);
    desk_flush(&two);
    assert_int_equal(second->id, first->id);
    seen(first, 2, 1);
    first->state = INCIDENT_QUIET; /* but the other saw it later */
    desk_flush(&one);
    desk_row(&one,
             "SELECT count(*), count, state, tag, "
             "(last_seen - first_seen) / 60000000 FROM incident",
             "1|8|open|v1|5");
    desk_row(&one, "SELECT count(*), count FROM affected", "1|7");
    /* What another process pruned comes back with what is new. */
    desk_by_hand(&one, "PRAGMA foreign_keys = ON; DELETE FROM incident");
    desk_row(&one, "SELECT count(*) FROM search", "0");
    seen(first, 6, 2);
    desk_flush(&one);
    assert_int_equal(first->id, 2);
    desk_row(&one, "SELECT count FROM incident", "2");
    desk_close(&one);
    desk_close(&two);
}

static void
a_joined_row_gives_all_but_its_counts(void **state)
{
    struct fault fault = {0};
    struct desk desk = {0};
    desk_open(&desk, *state);
    struct incident *gone =
        fake_incident(desk.ledger, "back-off|api-1", "back-off");
    struct incident *into = desk_unauthorized(&desk);
    set_fact(gone, FACT_NODE, "n1");
    seen(gone, 0, 3);
    suffers(gone, "api-1", "n1", 2);
    suffers(gone, "api-2", "n1", 1);
    said(gone, 0, "backing off");
    seen(into, 0, 1);
    seen(into, 4, 4);
    suffers(into, "api-1", "n1", 5);
    desk_flush(&desk);
    assert_int_equal(gone->id, 1);
    fake_join(desk.ledger, gone, into);
    desk_by_hand(&desk,
                 "CREATE TRIGGER stop BEFORE UPDATE OF joined_id ON incident "
                 "BEGIN SELECT raise(ABORT, 'not yet'); END");
    assert_false(history_flush(desk.history, desk.ledger, NULL, 0, &fault));
    desk_by_hand(&desk, "DROP TRIGGER stop");
    desk_flush(&desk); /* the join is still known */
    desk_flush(&desk);
    desk_row(&desk,
             "SELECT state, count, joined_id, facts FROM incident "
             "WHERE id = 1",
             "joined|0|2|{}");
    desk_row(&desk,
             "SELECT count, json_extract(facts, '$.node'), "
             "json_extract(facts, '$.vendor'), "
             "last_seen - first_seen FROM incident WHERE id = 2",
             "5|n1|acr|240000000");
    desk_row(&desk,
             "SELECT group_concat(pod || count) FROM (SELECT * FROM "
             "affected WHERE incident_id = 2 ORDER BY pod)",
             "api-15,api-20");
    desk_row(&desk,
             "SELECT group_concat(count) FROM (SELECT * FROM tally "
             "WHERE incident_id = 2 ORDER BY minute)",
             "1,4");
    desk_row(&desk, "SELECT incident_id FROM sample", "2");
    desk_row(&desk,
             "SELECT group_concat(incident_id) FROM search WHERE "
             "search MATCH 'n1 OR backing'",
             "2,2");
    desk_row(&desk, "SELECT count(*), count(joined_id) FROM incident", "2|1");
    desk_row(&desk, "SELECT count(*) FROM incidents", "1");

    /* Seen again, the folded key does not wake its row. */
    gone = fake_incident(desk.ledger, "back-off|api-1", "back-off");
    seen(gone, 9, 1);
    desk_flush(&desk);
    assert_int_equal(gone->life, 2);
    assert_int_equal(gone->id, 3);
    desk_close(&desk);
}

static void
a_transaction_that_sqlite_gave_up_is_done_again(void **state)
{
    struct fault fault = {0};
    struct desk desk = {0};
    desk_open(&desk, *state);
    struct incident *incident = desk_unauthorized(&desk);
    seen(incident, 0, 5);
    desk_by_hand(&desk, "CREATE TRIGGER stop BEFORE INSERT ON tally BEGIN "
                        "SELECT raise(ROLLBACK, 'rolled back'); END");
    assert_false(history_flush(desk.history, desk.ledger, NULL, 0, &fault));
    assert_non_null(strstr(fault.text, "how often incidents were seen"));
    desk_by_hand(&desk, "DROP TRIGGER stop");
    desk_flush(&desk);
    desk_row(&desk, "SELECT count FROM incident", "5");
    desk_close(&desk);
}

static void
open_known(struct desk *desk, struct scratch *scratch)
{
    struct fault fault = {0};
    desk_open(desk, scratch);
    assert_true(history_restore(desk->history, desk->ledger, &fault));
}

static void
goes_on_counting_events_of_earlier_runs(void **state)
{
    struct desk desk = {0};
    open_known(&desk, *state);
    assert_int_equal(desk_event(&desk, "a", 5), 5);
    desk_flush(&desk);
    desk_close(&desk);
    open_known(&desk, *state);
    assert_int_equal(desk_event(&desk, "a", 7), 2);
    desk_close(&desk);
}

/* Who began with an empty history hears of it when he writes. */
static void
goes_on_counting_events_of_others(void **state)
{
    struct desk one = {0};
    struct desk two = {0};
    open_known(&one, *state);
    open_known(&two, *state);
    assert_int_equal(desk_event(&two, "b", 4), 4);
    desk_flush(&two);
    assert_int_equal(desk_event(&one, "c", 1), 1);
    desk_flush(&one);
    assert_int_equal(desk_event(&one, "b", 6), 2);
    desk_close(&one);
    desk_close(&two);
}

static void
goes_on_counting_events_that_had_to_make_room(void **state)
{
    char uid[] = "uid-0";
    struct desk desk = {0};
    open_known(&desk, *state);
    for (uid[4] = 'A'; uid[4] < 'z'; uid[4]++) {
        assert_int_equal(desk_event(&desk, uid, 3), 3);
        desk_flush(&desk);
    }
    assert_true(recurrences_has_forgotten(ledger_recurrences(desk.ledger)));
    assert_int_equal(desk_event(&desk, "uid-A", 4), 1);
    desk_close(&desk);
}

#define IN_SCRATCH(test) \
    cmocka_unit_test_setup_teardown(test, scratch_setup, scratch_teardown)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        IN_SCRATCH(notes_the_catalogue_once),
        IN_SCRATCH(adds_counts_and_marks),
        IN_SCRATCH(completes_a_pod_whose_node_becomes_known),
        IN_SCRATCH(keeps_the_first_and_the_last_lines),
        IN_SCRATCH(facts_are_json_of_any_text),
        IN_SCRATCH(a_failed_flush_marks_nothing),
        IN_SCRATCH(a_transaction_that_sqlite_gave_up_is_done_again),
        IN_SCRATCH(restores_what_is_not_long_over),
        IN_SCRATCH(restores_as_many_rows_as_there_is_room_for),
        IN_SCRATCH(a_new_life_is_a_new_row),
        IN_SCRATCH(two_writers_share_a_row),
        IN_SCRATCH(a_joined_row_gives_all_but_its_counts),
        IN_SCRATCH(goes_on_counting_events_of_earlier_runs),
        IN_SCRATCH(goes_on_counting_events_of_others),
        IN_SCRATCH(goes_on_counting_events_that_had_to_make_room),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
