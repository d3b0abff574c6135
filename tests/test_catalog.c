/* SPDX-License-Identifier: Apache-2.0 */
#include "match/catalog.h"
#include "match/prove.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

static void
on_wrong(void *ctx, struct slice file, int row, const char *what)
{
    (void)ctx;
    print_message("# %.*s:%d: %s\n", SLICE_ARG(file), row, what);
}

static void
the_built_in_catalogue_proves_itself(void **state)
{
    (void)state;
    struct fault fault = {0};
    struct proof proof;
    struct catalog *catalog = catalog_load(NULL, &fault);
    if (!catalog) {
        print_message("# %s\n", fault.text);
    }
    assert_non_null(catalog);
    prove_catalog(catalog, INT64_C(1795456800000000), on_wrong, NULL, &proof);
    assert_int_equal(proof.faults, 0);
    assert_true(proof.samples > 100);
    assert_true(proof.rejects > 50);
    catalog_free(catalog);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_built_in_catalogue_proves_itself),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
