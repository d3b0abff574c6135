/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PULLWHY_TESTS_TEXT_H
#define PULLWHY_TESTS_TEXT_H

/*
 * Compares slices with what a test expects, and shows both when they differ.
 * Brings cmocka.h and the four headers that it needs.
 */

#include "base/slice.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

/* NULL expects nothing, as "" does. */
#define assert_text(text, expected) \
    assert_text_at((text), slice_from(expected), __FILE__, __LINE__)

static inline void
assert_text_at(struct slice text, struct slice expected, const char *file,
               int line)
{
    if (!slice_equal(text, expected)) {
        printf("# is       \"%.*s\"\n# expected \"%.*s\"\n", SLICE_ARG(text),
               SLICE_ARG(expected));
        _fail(file, line);
    }
}

#endif
