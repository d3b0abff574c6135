/* SPDX-License-Identifier: Apache-2.0 */
/* What rules cost: counted always, timed where somebody asked for it. */
#include "assert_slice.h"
#include "match/classify.h"
#include "match/look.h"
#include "reading.h"

#include <string.h>

static const char line[] =
    "Failed to pull image \"r.io/a:1\": failed to resolve reference "
    "\"r.io/a:1\": failed to authorize: failed to fetch oauth token: "
    "unexpected status: 401 Unauthorized";

/* Ticks whenever it is read: three nanoseconds. */
static uint64_t ticks;

static uint64_t
tick(void)
{
    ticks += 3;
    return ticks;
}

/* The sum over all rules, and the costs of the one that caught the line. */
static struct classifier_cost
add_up(const struct reading *reading, struct classifier_cost *caught)
{
    struct classifier_cost sum = {0};
    struct classifier_cost cost;
    size_t count = 0;
    for (; classifier_cost(reading->classifier, count, &cost); count++) {
        assert_true(cost.hits <= cost.tries);
        assert_true(cost.timed <= cost.tries);
        sum.tries += cost.tries;
        sum.hits += cost.hits;
        sum.timed += cost.timed;
        sum.nanoseconds += cost.nanoseconds;
        sum.breaks += cost.breaks;
        if (cost.look == reading->finding.look) {
            *caught = cost;
        }
    }
    assert_ptr_equal(catalog_look(reading->catalog, count), NULL);
    return sum;
}

static void
tries_are_counted_and_timed_on_request(void **state)
{
    static const struct keyed secret = {{1, 2}};
    struct reading *reading = *state;
    struct classifier_cost caught = {0};
    reading_line(reading, slice_from(line));
    assert_slice(reading->finding.cause->slug, "unauthorized", line);
    struct classifier_cost first = add_up(reading, &caught);
    assert_int_equal(first.hits, 1);
    assert_true(first.tries >= 1);
    assert_int_equal(first.timed, 0);
    assert_int_equal(first.nanoseconds, 0);
    assert_int_equal(first.breaks, 0);
    assert_int_equal(caught.hits, 1);

    classifier_time(reading->classifier, tick);
    reading_line(reading, slice_from(line));
    struct classifier_cost both = add_up(reading, &caught);
    assert_int_equal(both.tries, 2 * first.tries);
    assert_int_equal(both.timed, first.tries);
    assert_int_equal(both.nanoseconds, 3 * first.tries);
    assert_int_equal(caught.hits, 2);
    assert_int_equal(caught.timed * 3, caught.nanoseconds);

    /* with another catalogue it begins anew, and the clock runs on */
    classifier_reload(reading->classifier, reading->catalog);
    reading_line(reading, slice_from(line));
    struct classifier_cost anew = add_up(reading, &caught);
    assert_int_equal(anew.tries, first.tries);
    assert_int_equal(anew.timed, first.tries);

    /* what is answered from memory is not tried */
    classifier_remember(reading->classifier, &secret);
    reading_line(reading, slice_from(line));
    reading_line(reading, slice_from(line));
    assert_int_equal(add_up(reading, &caught).tries, 2 * first.tries);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tries_are_counted_and_timed_on_request),
    };
    return cmocka_run_group_tests(tests, reading_setup, reading_teardown);
}
