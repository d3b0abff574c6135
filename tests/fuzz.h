/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PULLWHY_TESTS_FUZZ_H
#define PULLWHY_TESTS_FUZZ_H

/* What fuzz targets share; main() is libFuzzer's or that of replay.c. */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Says which property does not hold, and stops where libFuzzer looks. */
static inline void
fuzz_require(bool holds, const char *property)
{
    if (!holds) {
        fprintf(stderr, "broken property: %s\n", property);
        abort();
    }
}

#endif
