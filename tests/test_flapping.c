/* SPDX-License-Identifier: Apache-2.0 */
#include "app/announce.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static const struct cause refused = {.slug = {"unauthorized", 12}};

/* One more refusal in a life that was told of before. */
static void
a_flapping_refusal_is_told_again_only_if_it_lasts(void **state)
{
    (void)state;

    static const struct {
        const char *flapping;
        int64_t seconds; /* how long it has lasted */
        enum change change;
        const char *told; /* NULL: nothing */
    } cases[] = {
        {"yes", 0, CHANGE_REOPENED, NULL},
        {"yes", 30, CHANGE_RESOLVED, NULL},
        {"yes", 120, CHANGE_UPDATED, NULL},
        {"yes", 121, CHANGE_UPDATED, "\"change\":\"reopened\""},
        {NULL, 0, CHANGE_REOPENED, "\"change\":\"reopened\""},
    };

    for (size_t i = 0; i < COUNT(cases); i++) {
        const struct report_style style = {.language = LANGUAGE_EN};
        struct announce *announce = announce_new(OUTPUT_JSON, &style);
        struct buf out = {0};
        struct incident incident = {
            .cause = &refused,
            .key = SLICE("unauthorized|x.azurecr.io"),
            .state = INCIDENT_OPEN,
            .life = 2,
            .is_touched = true,
            .is_announced = true,
            .announced_at = 1,
            .first_seen = STAMP_HOUR,
            .last_seen = STAMP_DAY + cases[i].seconds * STAMP_SECOND,
        };
        incident.flap_since = cases[i].flapping ? STAMP_DAY : 0;
        incident_set_fact(&incident, FACT_FLAPPING,
                          slice_from(cases[i].flapping));
        announce_stream(announce, false);
        announce_change(announce, &incident, cases[i].change, STAMP_HOUR, &out);
        if (cases[i].told) {
            assert_non_null(strstr(buf_string(&out), cases[i].told));
            buf_clear(&out);
            incident.state = INCIDENT_RESOLVED;
            announce_change(announce, &incident, CHANGE_RESOLVED,
                            2 * STAMP_HOUR, &out);
            assert_non_null(
                strstr(buf_string(&out), "\"change\":\"resolved\""));
        } else {
            assert_int_equal(out.len, 0);
        }
        buf_free(&out);
        arena_free(&incident.arena);
        announce_free(announce);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_flapping_refusal_is_told_again_only_if_it_lasts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
