/* SPDX-License-Identifier: Apache-2.0 */
#include "match/aggregate.h"

#include <stdbool.h>

/* How an error of a pull begins, whatever the runtime and its age. */
static const char *const beginnings[] = {
    "rpc error: code = ",
    "rpc エラー:",
    "failed to pull and unpack image ",
    "failed to pull image ",
    "failed to resolve ",
    "failed to authorize",
    "Error response from daemon",
    "initializing source ",
    "copying system image ",
    "pull access denied",
    "unable to pull image",
    "toomanyrequests: ",
    "unauthorized: ",
    "denied: ",
    "Get \"http",
    "Head \"http",
    "Get <url>",
    "Head <url>",
};

/* A line may be made of brackets and commas; few bytes begin an error. */
static inline bool
may_begin_error(char byte)
{
    switch (byte) {
    case 'E':
    case 'G':
    case 'H':
    case 'c':
    case 'd':
    case 'f':
    case 'i':
    case 'p':
    case 'r':
    case 't':
    case 'u':
        return true;
    default:
        return false;
    }
}

static bool
begins_error(struct slice text)
{
    if (text.len < 2 || !may_begin_error(text.data[0])) {
        return false;
    }
    for (size_t i = 0; i < COUNT(beginnings); i++) {
        if (text.data[0] == beginnings[i][0] && text.data[1] == beginnings[i][1]
            && slice_starts(text, slice_from(beginnings[i]))) {
            return true;
        }
    }
    return false;
}

static bool
is_blank(char byte)
{
    return byte == ' ' || byte == '\n' || byte == '\r' || byte == '\t';
}

static inline bool
may_begin_list(struct slice text)
{
    return text.len > 0
        && (is_blank(text.data[0]) || may_begin_error(text.data[0]));
}

static struct slice
skip_blanks(struct slice text)
{
    while (text.len > 0 && is_blank(text.data[0])) {
        text = slice_after(text, 1);
    }
    return text;
}

static bool
is_one_of(char byte, const char *bytes)
{
    return slice_find_byte(slice_from(bytes), byte) != SLICE_NONE;
}

static struct slice
without_tail(struct slice text, const char *bytes)
{
    while (text.len > 0 && is_one_of(text.data[text.len - 1], bytes)) {
        text.len--;
    }
    return text;
}

/*
 * Whether a list of errors opens behind the bracket: "ERROR: [ERROR, ERROR]",
 * maybe with an escaped quote before it.
 */
static bool
opens_list(struct slice head, struct slice behind)
{
    if (!begins_error(skip_blanks(behind))) {
        return false;
    }
    head = without_tail(without_tail(head, "\"\\"), " \t\r\n");
    return head.len == 0 || head.data[head.len - 1] == ':';
}

static struct slice
without_end(struct slice text)
{
    struct slice inner = without_tail(text, "\"\\ \t\r\n");
    if (slice_ends(inner, SLICE("]"))) {
        inner.len--;
        return without_tail(inner, " \t\r\n");
    }
    return slice_trim(text);
}

static void
split_members(struct slice list, struct aggregate *aggregate)
{
    size_t from = 0;
    for (size_t i = 0; i + 2 < list.len; i++) {
        if (list.data[i] == ',' && list.data[i + 1] == ' '
            && aggregate->count < AGGREGATE_MAX - 1
            && begins_error(slice_after(list, i + 2))) {
            aggregate->members[aggregate->count++] =
                slice_before(slice_after(list, from), i - from);
            from = i + 2;
        }
    }
    aggregate->members[aggregate->count++] =
        without_end(slice_after(list, from));
}

void
aggregate_split(struct slice text, struct aggregate *aggregate)
{
    *aggregate = (struct aggregate){.head = text};
    struct slice rest = text;
    size_t bracket;
    while ((bracket = slice_find_near(rest, '[')) != SLICE_NONE) {
        size_t at = text.len - rest.len + bracket;
        rest = slice_after(rest, bracket + 1);
        if (may_begin_list(rest) && opens_list(slice_before(text, at), rest)) {
            aggregate->head = slice_before(text, at);
            split_members(skip_blanks(rest), aggregate);
            return;
        }
    }
}
