/* SPDX-License-Identifier: Apache-2.0 */
#include "base/fault.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

bool
fault_set(struct fault *fault, enum fault_kind kind, int code,
          const char *format, ...)
{
    va_list args;
    fault->kind = kind;
    fault->code = code;
    va_start(args, format);
    vsnprintf(fault->text, sizeof(fault->text), format, args);
    va_end(args);
    return false;
}

bool
fault_add(struct fault *fault, const char *format, ...)
{
    char purpose[sizeof(fault->text)];
    char inner[sizeof(fault->text)];
    va_list args;
    va_start(args, format);
    vsnprintf(purpose, sizeof(purpose), format, args);
    va_end(args);
    memcpy(inner, fault->text, sizeof(inner));
    size_t len = strlen(purpose);
    size_t room = sizeof(fault->text) - 1;
    if (len > room - 2) {
        len = room - 2;
    }
    memcpy(fault->text, purpose, len);
    memcpy(fault->text + len, ": ", 2);
    size_t rest = strlen(inner);
    if (rest > room - len - 2) {
        rest = room - len - 2;
    }
    memcpy(fault->text + len + 2, inner, rest);
    fault->text[len + 2 + rest] = '\0';
    return false;
}
