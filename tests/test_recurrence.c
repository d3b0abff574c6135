/* SPDX-License-Identifier: Apache-2.0 */
#include "incident/recurrence.h"
#include "text.h"

#include <string.h>

#define NOW (INT64_C(29398108) * STAMP_MINUTE)

enum {
    LIMIT = 8,
};

/* A record that is read some seconds after NOW. */
struct row {
    int read_at;
    const char *uid; /* NULL: a row of a table */
    uint64_t count;
    int age;           /* seconds; -1: not said */
    const char *words; /* "m" if left out */
    bool is_replay;
    uint64_t fresh;
    uint64_t old;
};

static struct growth
take(struct recurrences *recurrences, const struct row *row)
{
    int64_t now = NOW + row->read_at * STAMP_SECOND;
    struct record record = {
        .format = row->uid ? FORMAT_EVENT : FORMAT_COLUMNS,
        .identity = slice_from(row->uid),
        .namespace = SLICE("shop"),
        .pod = SLICE("web-1"),
        .message = slice_from(row->words ? row->words : "m"),
        .count = row->count,
    };
    if (row->age >= 0) {
        record.stamp =
            (struct stamp){now - row->age * STAMP_SECOND,
                           row->uid ? STAMP_EXACT : STAMP_APPROXIMATE};
    }
    return recurrences_take(recurrences, &record, now, row->is_replay);
}

static void
check(const struct row *rows, size_t count)
{
    struct recurrences *recurrences = recurrences_new(LIMIT);
    for (size_t i = 0; i < count; i++) {
        struct growth growth = take(recurrences, &rows[i]);
        if (!growth.is_event || growth.fresh != rows[i].fresh
            || growth.old != rows[i].old) {
            fail_msg("row %zu: %d, %d new and %d old", i, growth.is_event,
                     (int)growth.fresh, (int)growth.old);
        }
    }
    recurrences_free(recurrences);
}

static void
an_event_counts_by_how_much_it_grew(void **state)
{
    static const struct row rows[] = {
        {.uid = "a", .count = 4, .fresh = 4},
        {.uid = "a", .count = 9, .read_at = 60, .fresh = 5},
        {.uid = "a", .count = 9, .read_at = 61},
        {.uid = "a", .count = 4, .read_at = 62}, /* a list of before */
        {.uid = "b", .count = 1, .read_at = 63, .fresh = 1},
        {.uid = "a", .count = 10, .read_at = 400, .fresh = 1},
        {.uid = "c", .count = 0, .fresh = 1}, /* does not say */
    };

    (void)state;
    check(rows, COUNT(rows));
}

static void
a_row_counts_when_it_is_younger_than_its_age_can_hide(void **state)
{
    static const struct row rows[] = {
        {.count = 1, .age = 30, .fresh = 1},
        {.count = 1, .age = 90, .read_at = 60},   /* the same moment */
        {.count = 1, .age = 89, .read_at = 60},   /* as near as ages go */
        {.count = 1, .age = 660, .read_at = 680}, /* minutes by then */
        {.count = 1, .age = 10, .read_at = 680, .fresh = 1},
        {.count = 1, .age = -1, .read_at = 700}, /* <unknown> */
        {.count = 1, .age = 10, .words = "n", .read_at = 700, .fresh = 1},
        {.count = 5, .age = 1, .read_at = 900, .fresh = 4},
        {.count = 2, .age = 0, .read_at = 999, .fresh = 2}, /* the next event */
        {.count = 3, .age = 0, .read_at = 999, .fresh = 1},
    };

    (void)state;
    check(rows, COUNT(rows));
}

/* "0s" and "0s", in one file: the watch printed it once more as it grew. */
static void
two_rows_of_one_watch_are_two(void **state)
{
    static const struct row rows[] = {
        {.count = 1, .age = 0, .fresh = 1},
        {.count = 1, .age = 0, .fresh = 1},
        {.count = 1, .age = 300}, /* a list that came before, or after */
    };

    (void)state;
    check(rows, COUNT(rows));
}

static void
a_replay_is_for_the_report_only(void **state)
{
    static const struct row rows[] = {
        {.uid = "a", .count = 4, .is_replay = true, .old = 4},
        {.uid = "a", .count = 9, .is_replay = true, .old = 5},
        {.uid = "a", .count = 11, .fresh = 2},
    };

    (void)state;
    check(rows, COUNT(rows));
}

/* What the history would say, and how often it was asked. */
struct past {
    const char *name;
    uint64_t count;
    int asked;
};

static bool
look_up(void *ctx, struct recurrence *entry)
{
    struct past *past = ctx;
    char name[EVENT_NAME_TEXT];
    recurrence_name(entry, name);
    past->asked++;
    entry->count = strcmp(name, past->name) == 0 ? past->count : 0;
    return entry->count > 0;
}

static void
what_is_not_in_the_table_is_looked_up(void **state)
{
    struct past past = {"a", 4, 0};
    struct row row = {.uid = "a", .count = 4, .age = 1};
    struct growth growth;
    char name[EVENT_NAME_TEXT];
    struct recurrences *recurrences = recurrences_new(LIMIT);
    (void)state;
    recurrences_set_lookup(recurrences, look_up, &past);
    growth = take(recurrences, &row);
    assert_int_equal(growth.fresh, 0);
    assert_int_equal(growth.old, 4); /* the first time that this run sees it */
    growth = take(recurrences, &row);
    assert_int_equal(growth.old, 0);
    assert_int_equal(past.asked, 1);
    row.count = 9;
    growth = take(recurrences, &row);
    assert_int_equal(growth.fresh, 5);
    size_t cursor = 0;
    const struct recurrence *entry = recurrences_unsaved(recurrences, &cursor);
    recurrence_name(entry, name);
    assert_string_equal(name, "a");
    assert_int_equal(entry->count, 9);
    assert_null(recurrences_unsaved(recurrences, &cursor));
    recurrences_mark(recurrences);
    cursor = 0;
    assert_null(recurrences_unsaved(recurrences, &cursor));
    recurrences_free(recurrences);
}

static void
the_table_is_fixed(void **state)
{
    struct recurrences *recurrences = recurrences_new(LIMIT);
    char uid[16];
    struct row row = {.uid = uid, .count = 1};
    (void)state;
    for (int i = 0; i < LIMIT; i++) {
        snprintf(uid, sizeof(uid), "uid-%d", i);
        assert_int_equal(recurrences_is_full(recurrences), i >= LIMIT / 2);
        assert_int_equal(take(recurrences, &row).fresh, 1);
    }
    /* The oldest was used just now, so the next one makes room. */
    snprintf(uid, sizeof(uid), "uid-0");
    assert_int_equal(take(recurrences, &row).fresh, 0);
    snprintf(uid, sizeof(uid), "new");
    assert_int_equal(take(recurrences, &row).fresh, 1);
    assert_int_equal(recurrences_lost(recurrences), 1);
    snprintf(uid, sizeof(uid), "uid-0");
    assert_int_equal(take(recurrences, &row).fresh, 0);
    snprintf(uid, sizeof(uid), "uid-1");
    assert_int_equal(take(recurrences, &row).fresh, 1);
    recurrences_mark(recurrences);
    assert_false(recurrences_is_full(recurrences));
    recurrences_free(recurrences);
}

/* Names are short, whatever a hostile event calls itself. */
static void
a_long_uid_is_hashed(void **state)
{
    char uid[3][500];
    struct recurrences *recurrences = recurrences_new(LIMIT);
    struct row row = {.count = 1};
    (void)state;
    for (size_t i = 0; i < COUNT(uid); i++) {
        memset(uid[i], 'x', sizeof(uid[i]));
        uid[i][sizeof(uid[i]) - 1] = '\0';
        uid[i][sizeof(uid[i]) - 2] = (char)('a' + i % 2);
        row.uid = uid[i];
        assert_int_equal(take(recurrences, &row).fresh, i < 2);
    }
    recurrences_free(recurrences);
}

static void
uids_keep_their_text(void **state)
{
    static const struct {
        const char *uid;
        const char *name; /* NULL: the uid itself */
    } rows[] = {
        {"0123abcd-0123-4567-89ab-0123456789ef", NULL},
        {"00000000-0000-0000-0000-000000000000", NULL},
        {"ffffffff-ffff-ffff-ffff-ffffffffffff", NULL},
        {"a", NULL},
        {"sixteen-letters-", NULL},
        /* Nearly one. */
        {"0123ABCD-0123-4567-89ab-0123456789ef", "uid:"},
        {"0123abcg-0123-4567-89ab-0123456789ef", "uid:"},
        {"0123abcd:0123-4567-89ab-0123456789ef", "uid:"},
        {"0123abcd-01234567-89ab-0123456789ef-", "uid:"},
        {"0123abcd-0123-4567-89ab-0123456789e", "uid:"},
        {"0123abcd-0123-4567-89ab-0123456789efa", "uid:"},
        {"seventeen-letters", "uid:"},
        /* Names of others. */
        {"row:0123456789abcdef0123456789abcdef", "uid:"},
    };
    struct recurrences *recurrences = recurrences_new(COUNT(rows));
    char name[EVENT_NAME_TEXT];
    size_t cursor = 0;
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct row row = {.uid = rows[i].uid, .count = 1};
        assert_int_equal(take(recurrences, &row).fresh, 1);
        assert_int_equal(take(recurrences, &row).fresh, 0);
        const struct recurrence *entry =
            recurrences_unsaved(recurrences, &cursor);
        recurrence_name(entry, name);
        if (rows[i].name) {
            assert_memory_equal(name, rows[i].name, strlen(rows[i].name));
            assert_int_equal(strlen(name), strlen("uid:") + 32);
        } else {
            assert_string_equal(name, rows[i].uid);
        }
    }
    recurrences_free(recurrences);
}

/* Each of these says the same in the same bytes. */
static void
kinds_of_names_are_kept_apart(void **state)
{
    struct recurrences *recurrences = recurrences_new(LIMIT);
    struct row uuid = {.uid = "61616161-6161-6161-6161-616161616161",
                       .count = 1};
    struct row text = {.uid = "aaaaaaaaaaaaaaaa", .count = 1};
    (void)state;
    assert_int_equal(take(recurrences, &uuid).fresh, 1);
    assert_int_equal(take(recurrences, &text).fresh, 1);
    assert_int_equal(take(recurrences, &uuid).fresh, 0);
    recurrences_free(recurrences);
}

static void
a_log_line_is_no_event(void **state)
{
    struct recurrences *recurrences = recurrences_new(LIMIT);
    const struct record record = {.format = FORMAT_KLOG, .count = 1};
    (void)state;
    assert_false(recurrences_take(recurrences, &record, NOW, false).is_event);
    recurrences_free(recurrences);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_event_counts_by_how_much_it_grew),
        cmocka_unit_test(a_row_counts_when_it_is_younger_than_its_age_can_hide),
        cmocka_unit_test(two_rows_of_one_watch_are_two),
        cmocka_unit_test(a_replay_is_for_the_report_only),
        cmocka_unit_test(what_is_not_in_the_table_is_looked_up),
        cmocka_unit_test(the_table_is_fixed),
        cmocka_unit_test(a_long_uid_is_hashed),
        cmocka_unit_test(uids_keep_their_text),
        cmocka_unit_test(kinds_of_names_are_kept_apart),
        cmocka_unit_test(a_log_line_is_no_event),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
