/* SPDX-License-Identifier: Apache-2.0 */
#include "incident/key.h"
#include "sight.h"
#include "text.h"

/* What the line did not say is made up for by the next best. */
static void
spans_what_the_scope_says(void **state)
{
    (void)state;

    static const struct {
        struct sight sight;
        const char *url_host;
        const char *key;
    } cases[] = {
        {{.cause = &sight_refused, .image = "x.io/a:1", .pod = "p"},
         "token.io",
         "refused|x.io"},
        {{.cause = &sight_refused, .pod = "p", .node = "n"},
         "token.io",
         "refused|token.io"},
        {{.cause = &sight_refused, .image = "?odd", .node = "n"},
         NULL,
         "refused|?odd"},
        {{.cause = &sight_refused, .pod = "p", .node = "n"}, NULL, "refused|n"},
        {{.cause = &sight_refused, .pod = "p"}, NULL, "refused|"},
        {{.cause = &sight_missing, .image = "x.io/a:1"},
         NULL,
         "missing|x.io/a:1"},
        {{.cause = &sight_missing,
          .image = "x.io/a:1@sha256:0123456789abcdef0123456789abcdef"},
         NULL,
         "missing|x.io/a:1@sha256:0123456789abcdef0123456789abcdef"},
        {{.cause = &sight_missing, .image = "?odd", .pod = "p"},
         NULL,
         "missing|?odd"},
        {{.cause = &sight_missing, .namespace = "a", .pod = "p"},
         NULL,
         "missing|a/p"},
        {{.cause = &sight_missing, .node = "n"}, NULL, "missing|n"},
        {{.cause = &sight_disk, .node = "n", .image = "x.io/a:1"},
         NULL,
         "disk|n"},
        {{.cause = &sight_disk, .pod = "p", .image = "x.io/a:1"},
         NULL,
         "disk|/p"},
        {{.cause = &sight_disk, .image = "x.io/a:1"}, NULL, "disk|x.io"},
        {{.cause = &sight_secret, .namespace = "a", .pod = "p"},
         NULL,
         "secret|a/p"},
        {{.cause = &sight_secret, .image = "x.io/a:1", .node = "n"},
         NULL,
         "secret|x.io/a:1"},
        {{.cause = &sight_secret}, NULL, "secret|"},
    };

    struct buf buf = {0};
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct facts facts;
        sight_facts(&cases[i].sight, &facts);
        facts.value[FACT_URL_HOST] = slice_from(cases[i].url_host);
        assert_text(key_of(&buf, cases[i].sight.cause, &facts), cases[i].key);
    }
    buf_free(&buf);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(spans_what_the_scope_says),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
