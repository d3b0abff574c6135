/* SPDX-License-Identifier: Apache-2.0 */
#include "wire/syslog.h"

#include "wire/fields.h"
#include "wire/level.h"
#include "wire/unescape.h"

/* <PRI> is facility * 8 + severity, severity 0 the worst. */
bool
syslog_skip_priority(struct slice *rest, enum level *level)
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

bool
syslog_skip_names(struct slice *rest, bool needs_pid, struct syslog_head *head)
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

/* "- ", or "[ID NAME=\"VALUE\" ...][...] ". */
static bool
skip_structured(struct slice *rest)
{
    struct slice text = *rest;
    struct slice value;
    struct slice head;
    if (slice_skip(&text, SLICE("-"))) {
        *rest = text;
        return true;
    }
    while (slice_skip(&text, SLICE("["))) {
        size_t quote = slice_find_byte(text, '"');
        while (quote < slice_find_byte(text, ']')) {
            text = slice_after(text, quote);
            unescape_cut(&text, &value);
            quote = slice_find_byte(text, '"');
        }
        if (!slice_cut(&text, ']', &head)) {
            return false;
        }
    }
    bool is_moved = text.len < rest->len;
    *rest = text;
    return is_moved;
}

/* RFC 5424: "<13>1 STAMP HOST PROGRAM PID ID DATA REST" */
static bool
peel_new(struct slice *line, struct syslog_head *head)
{
    struct slice rest = *line;
    struct syslog_head found = {0};
    if (!syslog_skip_priority(&rest, &found.level)
        || !slice_skip(&rest, SLICE("1 "))
        || !stamp_read_rfc3339(&rest, &found.stamp)) {
        return false;
    }
    found.host = slice_word(&rest);
    found.program = slice_word(&rest);
    slice_word(&rest);
    slice_word(&rest);
    if (!slice_skip(&rest, SLICE(" ")) || !skip_structured(&rest)) {
        return false;
    }
    slice_skip(&rest, SLICE(" "));
    slice_skip(&rest, SLICE("\xef\xbb\xbf"));
    *head = found;
    *line = rest;
    return true;
}

/* "Mon 2026-11-23 16:28:59 UTC", "1795453200.123456", "[ 1234.567890]" */
static bool
read_journal_stamp(struct slice *rest, struct stamp *stamp)
{
    struct slice text = *rest;
    struct slice word = slice_word(&text);
    if (word.len == 3 && slice_skip(&text, SLICE(" "))
        && stamp_read_rfc3339(&text, stamp)) {
        if (slice_skip(&text, SLICE(" UTC"))) {
            stamp->trust = STAMP_EXACT;
        } else {
            slice_word(&text); /* another zone's name */
        }
        *rest = text;
        return true;
    }
    text = *rest;
    if (slice_skip(&text, SLICE("[")) && slice_cut(&text, ']', &word)
        && word.len < 32) {
        word = slice_trim(word);
        *stamp = (struct stamp){0};
        struct stamp since_boot;
        bool is_clock = fields_stamp(word, &since_boot);
        *rest = is_clock ? text : *rest;
        return is_clock;
    }
    text = *rest;
    word = slice_word(&text);
    if (word.len == sizeof("1795453200.123456") - 1 && word.data[10] == '.'
        && fields_stamp(word, stamp)) {
        *rest = text;
        return true;
    }
    return false;
}

bool
syslog_peel(struct slice *line, int64_t now, struct syslog_head *head)
{
    struct slice rest = *line;
    struct syslog_head found = {0};
    if (peel_new(line, head)) {
        return true;
    }
    syslog_skip_priority(&rest, &found.level);
    /*
     * A program's own log may be "STAMP LEVEL PART: TEXT", which only the
     * missing process number tells from "STAMP HOST PROGRAM: TEXT".
     */
    bool is_iso = stamp_read_rfc3339(&rest, &found.stamp);
    bool is_dated = is_iso || stamp_read_rfc3164(&rest, now, &found.stamp)
                 || read_journal_stamp(&rest, &found.stamp);
    if (!is_dated || !syslog_skip_names(&rest, is_iso, &found)) {
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
