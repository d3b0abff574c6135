/* SPDX-License-Identifier: Apache-2.0 */
#include "base/mem.h"
#include "incident/absence.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* cmocka.h needs the headers above. */
#include <cmocka.h>

/* Names that share their place in the table, and 0. */
static uint64_t
name_of(unsigned number)
{
    return (uint64_t)(number % 8) * 1021 + ((uint64_t)(number / 8) << 40);
}

static void
it_is_asked_once_for_who_left(void **state)
{
    struct absence absence = {0};
    (void)state;
    assert_false(absence_is_any(&absence));
    assert_false(absence_take(&absence, 7));
    absence_note(&absence, 7);
    absence_note(&absence, 7);
    assert_true(absence_is_any(&absence));
    assert_false(absence_take(&absence, 8));
    assert_true(absence_take(&absence, 7));
    assert_false(absence_take(&absence, 7));
    assert_false(absence_is_any(&absence));
    absence_free(&absence);
}

static void
it_is_asked_once_for_all(void **state)
{
    struct absence absence = {0};
    (void)state;
    absence_note(&absence, 5);
    absence_note_all(&absence);
    assert_true(absence_is_any(&absence));
    assert_true(absence_take(&absence, 5));
    assert_true(absence_take(&absence, 0));
    assert_false(absence_take(&absence, 5));
    assert_false(absence_take(&absence, 0));
    absence_note(&absence, 5);
    assert_true(absence_take(&absence, 5));
    assert_false(absence_take(&absence, 5));
    absence_free(&absence);
}

/* Against a model; names that are dropped leave no others unfound. */
static void
many_names_are_kept_apart(void **state)
{
    enum {
        NAMES = 3000,
        STEPS = 60000,
    };

    (void)state;
    for (int round = 0; round < 2; round++) {
        bool is_absent[NAMES];
        struct absence absence = {0};
        uint64_t seed = 17;
        for (size_t i = 0; i < NAMES; i++) {
            is_absent[i] = round == 1;
        }
        if (round == 1) {
            absence_note_all(&absence);
        }
        for (int step = 0; step < STEPS; step++) {
            seed = seed * UINT64_C(6364136223846793005) + 1442695040888963407u;
            unsigned number = (unsigned)(seed >> 33) % NAMES;
            if (seed >> 63) {
                absence_note(&absence, name_of(number));
                is_absent[number] = true;
            } else {
                assert_int_equal(absence_take(&absence, name_of(number)),
                                 is_absent[number]);
                is_absent[number] = false;
            }
        }
        assert_true(absence.room <= 16384);
        absence_free(&absence);
    }
}

/* None that left is forgotten; others may be asked for in vain. */
static void
too_many_names_are_asked_for_again(void **state)
{
    enum {
        MANY = 300000,
    };

    struct absence absence = {0};
    size_t again = 0;
    (void)state;
    for (unsigned i = 0; i < MANY; i++) {
        absence_note(&absence, name_of(i) + i);
    }
    assert_true(absence.room <= 131072);
    for (unsigned i = 0; i < MANY; i++) {
        assert_true(absence_take(&absence, name_of(i) + i));
        again += absence_take(&absence, name_of(i) + i);
    }
    assert_int_equal(again, 0);
    assert_true(absence.room <= 131072);
    absence_free(&absence);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_is_asked_once_for_who_left),
        cmocka_unit_test(it_is_asked_once_for_all),
        cmocka_unit_test(many_names_are_kept_apart),
        cmocka_unit_test(too_many_names_are_asked_for_again),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
