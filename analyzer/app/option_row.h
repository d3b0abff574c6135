/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PULLWHY_APP_OPTION_ROW_H
#define PULLWHY_APP_OPTION_ROW_H

/* An option's row in the table in options.c, for who prints the help of it. */

#include <stddef.h>

#define OPTION_ON(command) (1u << (command))

struct option_row {
    const char *name;
    const char *argument; /* NULL if it takes none */
    const char *about;
    int id;
    unsigned commands; /* OPTION_ON() of those that take it */
    char letter;       /* of its short form; 0 if it has none */
};

/* NULL behind the last. */
const struct option_row *option_row(size_t index);

#endif
