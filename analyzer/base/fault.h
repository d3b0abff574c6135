/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PULLWHY_BASE_FAULT_H
#define PULLWHY_BASE_FAULT_H

/*
 * What went wrong, where, for what purpose. The caller owns the fault, on its
 * stack. Below one says exactly what happened (fault_set), above one adds what
 * it was for (fault_add); only main() prints it.
 */

#include "base/mem.h"

#include <stdbool.h>

enum fault_kind {
    FAULT_NONE,
    FAULT_USAGE,  /* the command line: exit status 2 */
    FAULT_INPUT,  /* input or data: a file, the history, the catalogue: 3 */
    FAULT_SYSTEM, /* the system refused: 4 */
};

struct fault {
    enum fault_kind kind;
    int code; /* the library's or the system's own number, 0 if none */
    char text[1024];
};

/* Both return false, so that a failing function can return their call. */
bool fault_set(struct fault *fault, enum fault_kind kind, int code,
               const char *format, ...) PRINTF_LIKE(4, 5);
bool fault_add(struct fault *fault, const char *format, ...) PRINTF_LIKE(2, 3);

#endif
