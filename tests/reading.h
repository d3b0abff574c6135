/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PULLWHY_TESTS_READING_H
#define PULLWHY_TESTS_READING_H

/* What the built-in catalogue makes of a line, for tests of the classifier. */

#include "base/slice.h"
#include "match/classify.h"
#include "wire/decode.h"

struct reading {
    struct catalog *catalog;
    struct classifier *classifier;
    struct decoder *decoder;
    struct record record;   /* of the line read last */
    struct finding finding; /* the first of the line that is something */
};

/* cmocka's group setup and teardown; *state is the struct reading. */
int reading_setup(void **state);
int reading_teardown(void **state);

/* Decodes the line, and classifies its records up to one that matters. */
void reading_line(struct reading *reading, struct slice line);

/* Fails unless the line's cause is `slug` ("" for none that matters). */
void reading_expect(struct reading *reading, const char *line,
                    const char *slug);

/* The slugs of the finding's `also`, with blanks between. */
const char *reading_also(const struct reading *reading, char *out, size_t size);

#endif
