/* SPDX-License-Identifier: Apache-2.0 */
#include "wire/syslog.h"

#include "wire/level.h"

/* <PRI> is facility * 8 + severity, severity 0 the worst. */
static bool
read_priority(struct slice *rest, enum level *level)
{
    struct slice digits;
    uint64_t priority;
    struct slice text = *rest;
    if (!slice_skip(&text, SLICE("<")) || !slice_cut(&text, '>', &digits)
        || digits.len > 3 || !slice_to_u64(digits, &priority)) {
        return false;
    }
    *level = level_of_severity(priority % 8);
    *rest = text;
    return true;
}

/* "[3039]" */
static bool
skip_pid(struct slice *rest)
{
    struct slice text = *rest;
    struct slice pid;
    uint64_t number;
    if (!slice_skip(&text, SLICE("[")) || !slice_cut(&text, ']', &pid)
        || !slice_to_u64(pid, &number)) {
        return false;
    }
    *rest = text;
    return true;
}

static size_t
program_len(struct slice text)
{
    size_t len = 0;
    while (len < text.len && text.data[len] != ' ' && text.data[len] != ':'
           && text.data[len] != '[') {
        len++;
    }
    return len;
}

/* " HOST PROGRAM[PID]: " */
static bool
read_names(struct slice *rest, bool needs_pid, struct syslog_head *head)
{
    struct slice text = *rest;
    if (!slice_skip(&text, SLICE(" "))) {
        return false;
    }
    head->host = slice_word(&text);
    if (head->host.len == 0 || slice_ends(head->host, SLICE(":"))
        || !slice_skip(&text, SLICE(" "))) {
        return false;
    }
    size_t len = program_len(text);
    head->program = slice_before(text, len);
    text = slice_after(text, len);
    if (len == 0 || (!skip_pid(&text) && needs_pid)
        || !slice_skip(&text, SLICE(":"))) {
        return false;
    }
    slice_skip(&text, SLICE(" "));
    *rest = text;
    return true;
}

bool
syslog_peel(struct slice *line, int64_t now, struct syslog_head *head)
{
    struct slice rest = *line;
    struct syslog_head found = {0};
    read_priority(&rest, &found.level);
    /*
     * A program's own log may be "STAMP LEVEL PART: TEXT", which only the
     * missing process number tells from "STAMP HOST PROGRAM: TEXT".
     */
    bool is_iso = stamp_read_rfc3339(&rest, &found.stamp);
    if ((!is_iso && !stamp_read_rfc3164(&rest, now, &found.stamp))
        || !read_names(&rest, is_iso, &found)) {
        return false;
    }
    if (slice_ends(found.program, SLICE(".service"))) {
        found.program.len -= SLICE(".service").len;
    }
    *head = found;
    *line = rest;
    return true;
}

bool
syslog_looks(struct slice line)
{
    struct syslog_head head;
    return syslog_peel(&line, 0, &head);
}
