/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PULLWHY_WIRE_LEVEL_H
#define PULLWHY_WIRE_LEVEL_H

/* How loud a line is, in all the words that loggers have for it. */

#include "base/slice.h"
#include "wire/record.h"

#include <stdint.h>

/* "info", "WARN", "E", "Normal"; LEVEL_UNKNOWN for what is none. */
enum level level_of(struct slice name);

/* Syslog's: 0 is the worst, 7 the least. */
enum level level_of_severity(uint64_t severity);

#endif
