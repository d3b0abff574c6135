/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PULLWHY_TESTS_SCRATCH_H
#define PULLWHY_TESTS_SCRATCH_H

/* A folder of a test's own, under $TMPDIR; gone when the test is over. */

struct scratch {
    char folder[512];
    char path[640]; /* what scratch_path() gave last */
};

/* cmocka's setup and teardown; *state is the struct scratch. */
int scratch_setup(void **state);
int scratch_teardown(void **state);

/* The path of a file in it, valid until the next call. */
const char *scratch_path(struct scratch *scratch, const char *name);

#endif
