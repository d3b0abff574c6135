/* SPDX-License-Identifier: Apache-2.0 */
#include "store/since.h"

#include "base/slice.h"
#include "base/stamp.h"

#include <sqlite3.h>

#include <stdio.h>

enum {
    DATE_LEN = 10, /* "2026-11-23" */
};

static struct slice
argument(sqlite3_value *value)
{
    const unsigned char *text = sqlite3_value_text(value);
    int len = sqlite3_value_bytes(value);
    return slice_trim(slice_of((const char *)text, (size_t)len));
}

static bool
read_stamp(struct slice text, int64_t *us)
{
    struct stamp stamp;
    if (!stamp_read_rfc3339(&text, &stamp) || text.len > 0) {
        return false;
    }
    *us = stamp.us;
    return true;
}

/* A date is the moment at which it begins. */
static bool
read_moment(struct slice text, int64_t *us)
{
    if (text.len == DATE_LEN) {
        char full[DATE_LEN + sizeof("T00:00:00Z")];
        snprintf(full, sizeof(full), "%.*sT00:00:00Z", SLICE_ARG(text));
        return read_stamp(slice_from(full), us);
    }
    return read_stamp(text, us);
}

static void
on_since(sqlite3_context *context, int count, sqlite3_value **values)
{
    (void)count;
    struct slice value = argument(values[0]);
    int64_t us = 0;
    int64_t now = 0;
    int64_t span = 0;
    char text[STAMP_TEXT];
    if (value.len == 0) {
        sqlite3_result_text(context, "", 0, SQLITE_STATIC);
        return;
    }
    if (stamp_span(value, &span)) {
        if (!read_moment(argument(values[1]), &now)) {
            sqlite3_result_error(
                context,
                "since(): the second value must be a moment, such as "
                "datetime('now')",
                -1);
            return;
        }
        us = now - span;
    } else if (!read_moment(value, &us)) {
        char message[160];
        int len = value.len > 40 ? 40 : (int)value.len;
        snprintf(message, sizeof(message),
                 "since: '%.*s' is neither a span such as 90m or 7d nor a "
                 "moment such as 2026-11-23T16:00:00Z",
                 len, value.data);
        sqlite3_result_error(context, message, -1);
        return;
    }
    sqlite3_result_text(context, stamp_format(us, text), -1, SQLITE_TRANSIENT);
}

int
since_register(struct sqlite3 *handle)
{
    return sqlite3_create_function_v2(handle, "since", 2,
                                      SQLITE_UTF8 | SQLITE_DETERMINISTIC, NULL,
                                      on_since, NULL, NULL, NULL);
}
