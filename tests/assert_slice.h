/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PULLWHY_TESTS_ASSERT_SLICE_H
#define PULLWHY_TESTS_ASSERT_SLICE_H

/* Fails with both texts, if a slice is not what a string says. */

#include "base/slice.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static inline void
assert_slice_at(struct slice got, const char *want, const char *of,
                const char *file, int line)
{
    if (!slice_equal(got, slice_from(want))) {
        print_error("# %.*s\n#  is not %s\n#      of %s\n",
                    SLICE_ARG(slice_before(got, 2000)), want, of);
        _fail(file, line);
    }
}

/* `of` is the case that it belongs to. */
#define assert_slice(got, want, of) \
    assert_slice_at((got), (want), (of), __FILE__, __LINE__)

#endif
