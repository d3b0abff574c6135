/* SPDX-License-Identifier: Apache-2.0 */
#include "wire/ordinary.h"

#include "wire/logfmt.h"
#include "wire/pairs.h"
#include "wire/syslog.h"

#include <string.h>

enum {
    DEPTH_MAX = 2, /* envelopes; fewer than a decoder takes off */
    PAIRS_MAX = 6, /* before the message of a logfmt line */
};

static bool
is_digit(char byte)
{
    return byte >= '0' && byte <= '9';
}

static bool
is_letter(char byte)
{
    return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z');
}

static bool
is_blank(char byte)
{
    return byte == ' ' || byte == '\t' || byte == '\r' || byte == '\n';
}

/* Two digits as a number, or 100. */
static unsigned
two(const char *at)
{
    unsigned tens = (unsigned)(unsigned char)at[0] - '0';
    unsigned ones = (unsigned)(unsigned char)at[1] - '0';
    return tens > 9 || ones > 9 ? 100 : tens * 10 + ones;
}

/* The 29th of February is left to who knows the year. */
static bool
is_date(unsigned month, unsigned day)
{
    static const unsigned char lengths[13] = {0,  31, 28, 31, 30, 31, 30,
                                              31, 31, 30, 31, 30, 31};
    return month <= 12 && day >= 1 && day <= lengths[month];
}

/*
 * "16:28:59", all bytes at once: each has the upper four bits that it must
 * have, and still has them if so much is added that the next digit would not.
 */
static bool
is_clock(const char *at)
{
    static const unsigned char upper[8] = {0xf0, 0xf0, 0xff, 0xf0,
                                           0xf0, 0xff, 0xf0, 0xf0};
    static const unsigned char more[8] = {
        '?' - '2', '?' - '9', 0, '?' - '5', '?' - '9', 0, '?' - '5', '?' - '9'};
    uint64_t clock;
    uint64_t mask;
    uint64_t added;
    uint64_t zero;
    memcpy(&clock, at, sizeof(clock));
    memcpy(&mask, upper, sizeof(mask));
    memcpy(&added, more, sizeof(added));
    memcpy(&zero, "00:00:00", sizeof(zero));
    return (clock & mask) == zero && ((clock + added) & mask) == zero
        && (at[0] != '2' || at[1] < '4');
}

/* "2026-11-23T16:28:59" */
static bool
is_moment(const char *at)
{
    return two(at) < 100 && two(at + 2) < 100 && at[4] == '-' && at[7] == '-'
        && (at[10] == 'T' || at[10] == ' ') && is_date(two(at + 5), two(at + 8))
        && is_clock(at + 11);
}

/* How long "Z" or "+09:00" is; 0 if neither stands there. */
static size_t
zone_len(struct slice text)
{
    const char *data = text.data;
    if (text.len > 0 && data[0] == 'Z') {
        return 1;
    }
    if (text.len < 7 || (data[0] != '+' && data[0] != '-')) {
        return 0;
    }
    size_t minutes = data[3] == ':' ? 4 : 3;
    return two(data + 1) < 100 && two(data + minutes) < 100 ? minutes + 2 : 0;
}

/* Takes "2026-11-23T16:28:59.927500123Z" off; a blank is behind it. */
static bool
skip_iso(struct slice *text)
{
    enum {
        SECONDS = 19,
        SHORTEST = 24
    };

    if (text->len < SHORTEST || !is_moment(text->data)) {
        return false;
    }
    size_t at = SECONDS;
    if (text->data[at] == '.' && is_digit(text->data[at + 1])) {
        for (at++; at < text->len && is_digit(text->data[at]); at++) {
        }
    }
    *text = slice_after(*text, at);
    *text = slice_after(*text, zone_len(*text));
    return text->len > 1 && (text->data[0] == ' ' || text->data[0] == '\t');
}

/* Of "Nov", 1 to 12; else 13. */
static unsigned
month_at(const char *data)
{
    static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
    unsigned month = 1;
    for (const char *name = months;
         month <= 12
         && (name[2] != data[2] || name[1] != data[1] || name[0] != data[0]);
         name += 3) {
        month++;
    }
    return month;
}

/* Takes "Nov 23 16:28:59" off. */
static bool
skip_bsd(struct slice *text)
{
    const char *data = text->data;
    if (text->len < 16 || data[3] != ' ' || data[6] != ' '
        || !is_clock(data + 7)) {
        return false;
    }
    unsigned day = data[4] == ' ' && is_digit(data[5])
                     ? (unsigned)(data[5] - '0')
                     : two(data + 4);
    if (!is_date(month_at(data), day)) {
        return false;
    }
    *text = slice_after(*text, 15);
    return true;
}

/* "E1123 16:28:59.927911    2874 plugin.go:224] TEXT" */
static bool
is_klog(struct slice text)
{
    const char *data = text.data;
    if (text.len < 20
        || (data[0] != 'I' && data[0] != 'W' && data[0] != 'E'
            && data[0] != 'F')
        || !is_date(two(data + 1), two(data + 3)) || data[5] != ' '
        || !is_clock(data + 6)) {
        return false;
    }
    struct slice rest = slice_after(text, 14);
    struct slice head;
    while (slice_cut(&rest, ']', &head)) {
        if (rest.len > 1 && rest.data[0] == ' ') {
            return !is_blank(rest.data[1]);
        }
    }
    return false;
}

/* Letters, digits, "_.-/". */
static bool
is_word(char byte)
{
    static const uint64_t words[4] = {UINT64_C(0x03ffe00000000000),
                                      UINT64_C(0x07fffffe87fffffe)};
    unsigned at = (unsigned char)byte;
    return (words[at / 64] >> at % 64 & 1) != 0;
}

/* The same of sixteen bytes at once; compilers know how. */
static bool
are_word(const char *data)
{
    typedef int8_t lanes __attribute__((vector_size(16)));

    lanes bytes;
    uint64_t halves[2];
    memcpy(&bytes, data, sizeof(bytes));
    lanes lower = bytes | 0x20; /* of letters */
    lanes is = ((lower >= 'a') & (lower <= 'z'))
             | ((bytes >= '-') & (bytes <= '9')) | (bytes == '_');
    memcpy(halves, &is, sizeof(halves));
    return (halves[0] & halves[1]) == UINT64_MAX;
}

static size_t
word_len(struct slice text)
{
    size_t len = 0;
    while (len + 16 <= text.len && are_word(text.data + len)) {
        len += 16;
    }
    while (len < text.len && is_word(text.data[len])) {
        len++;
    }
    return len;
}

/* "KEY=" */
static bool
is_pair(struct slice text)
{
    size_t len = word_len(text);
    return len < text.len && text.data[len] == '=';
}

/* A message that no decoder goes into. */
static bool
is_message(struct slice text)
{
    bool is_log =
        text.len > 1 && is_letter(text.data[0]) && is_digit(text.data[1]);
    return text.len > 0 && text.data[0] > ' ' && text.data[0] != '\\' && !is_log
        && !is_pair(text);
}

/* time="2026-11-23T16:28:59.927322624Z" level=info msg="TEXT */
static bool
is_containerd(struct slice text)
{
    struct slice time;
    if (!slice_skip(&text, SLICE("time=\""))) {
        return false;
    }
    size_t quote = slice_find_byte(slice_before(text, 40), '"');
    if (quote == SLICE_NONE) {
        return false;
    }
    time = slice_before(text, quote);
    text = slice_after(text, quote + 1);
    if (!slice_skip(&text, SLICE(" level="))) {
        return false;
    }
    text = slice_after(text, word_len(text));
    return slice_skip(&text, SLICE(" msg=\"")) && is_message(text)
        && slice_find_byte(time, '\\') == SLICE_NONE;
}

/* "msg=", and blanks behind it. */
static bool
has_end(struct slice text)
{
    unsigned char last = (unsigned char)text.data[text.len - 1];
    return (last <= ' ' || last == '=')
        && slice_ends(slice_trim(text), SLICE("msg="));
}

/* Whatever stands before the message; none behind it takes its place. */
static bool
is_logfmt(struct slice text)
{
    struct pair pair;
    if (has_end(text)) {
        return false;
    }
    if (is_containerd(text)) {
        return true;
    }
    if (!logfmt_looks(text)) {
        return false;
    }
    for (int i = 0; i < PAIRS_MAX && pairs_next(&text, &pair); i++) {
        if (slice_equal(pair.key, SLICE("msg"))) {
            return is_message(pair.value);
        }
    }
    return false;
}

/*
 * "10.0.0.1: " and "fe80::1: ", which log viewers put before a line; a word
 * such as "dead" is none.
 */
static bool
is_address(struct slice text)
{
    size_t len = 0;
    while (len < text.len
           && (is_digit(text.data[len])
               || (text.data[len] >= 'a' && text.data[len] <= 'f')
               || text.data[len] == '.' || text.data[len] == ':')) {
        len++;
    }
    return len >= 4 && text.data[len - 1] == ':';
}

/* What tables and `kubectl describe` begin with, so that it is remembered. */
static bool
is_remembered(struct slice text)
{
    static const char *const starts[] = {
        "ADDED",     "Containers", "DELETED", "EVENT", "Ephemeral ", "Init ",
        "LAST SEEN", "MODIFIED",   "NAME",    "Name",  "Node",
    };
    for (size_t i = 0; i < COUNT(starts) && text.data[0] <= 'N'; i++) {
        if (starts[i][0] == text.data[0]
            && slice_starts(text, slice_from(starts[i]))) {
            return true;
        }
    }
    return false;
}

/* Text in an envelope that is of no format, and never will be. */
static bool
is_text(struct slice text)
{
    char first = text.data[0];
    if (first == '"' || first == '(' || first == '/') {
        return true;
    }
    if (!is_letter(first) || text.len < 6) {
        return false;
    }
    /* "Nov 23 ", "Mon 2026-", "FATA[0001] " */
    bool is_stamped =
        text.data[3] == ' ' && (is_digit(text.data[4]) || text.data[4] == ' ');
    return !is_stamped && text.data[4] != '[' && !is_remembered(text)
        && !is_address(text) && !is_pair(text);
}

/* "10.244.3.17 - - [23/Nov/2026:16:28:59 +0000] ", as web servers log. */
static bool
is_access(struct slice text)
{
    size_t len = 0;
    while (len < text.len && len < 16
           && (is_digit(text.data[len]) || text.data[len] == '.')) {
        len++;
    }
    return slice_starts(slice_after(text, len), SLICE(" - "));
}

static bool is_inside(struct slice text, unsigned depth);

/* " stdout " and the like, behind CRI's stamp; a blank or tab is before it. */
static bool
skip_stream(struct slice *text)
{
    struct slice rest = slice_after(*text, 1);
    if (!slice_skip(&rest, SLICE("stdout "))
        && !slice_skip(&rest, SLICE("stderr "))) {
        return false;
    }
    *text = rest;
    return true;
}

/* What stands behind an ISO stamp: a line of CRI, of syslog, or text. */
static enum ordinary
read_stamped(struct slice text, unsigned depth)
{
    struct syslog_head ignored;
    struct slice rest = slice_after(text, 1);
    if (skip_stream(&text)) {
        return slice_skip(&text, SLICE("F ")) && is_inside(text, depth)
                 ? ORDINARY_WHOLE
                 : ORDINARY_NOT;
    }
    if (syslog_skip_names(&text, true, &ignored)) {
        return is_inside(text, depth) ? ORDINARY_WHOLE : ORDINARY_NOT;
    }
    return is_inside(rest, depth) ? ORDINARY_LOOSE : ORDINARY_NOT;
}

static bool
is_inside(struct slice text, unsigned depth)
{
    if (text.len == 0 || depth == DEPTH_MAX) {
        return false;
    }
    char first = text.data[0];
    if (is_digit(first)) {
        return is_access(text)
            || (skip_iso(&text)
                && read_stamped(text, depth + 1) != ORDINARY_NOT);
    }
    if (is_letter(first) && text.len > 1 && is_digit(text.data[1])) {
        return is_klog(text);
    }
    return is_text(text) || is_logfmt(text);
}

static bool
skip_syslog(struct slice *text)
{
    struct syslog_head ignored;
    bool is_bsd = skip_bsd(text);
    return (is_bsd || skip_iso(text))
        && syslog_skip_names(text, !is_bsd, &ignored);
}

static enum ordinary
read_syslog(struct slice text)
{
    return skip_syslog(&text) && is_inside(text, 0) ? ORDINARY_WHOLE
                                                    : ORDINARY_NOT;
}

/* "<27>" */
static bool
skip_priority(struct slice *text)
{
    size_t len = 1;
    while (len < text->len && len < 4 && is_digit(text->data[len])) {
        len++;
    }
    if (len == 1 || len == text->len || text->data[len] != '>') {
        return false;
    }
    *text = slice_after(*text, len + 1);
    return true;
}

enum ordinary
ordinary_read(struct slice line)
{
    if (line.len == 0) {
        return ORDINARY_NOT;
    }
    char first = line.data[0];
    if (is_digit(first)) {
        return skip_iso(&line) ? read_stamped(line, 0) : ORDINARY_NOT;
    }
    if (first == '<') {
        return skip_priority(&line) ? read_syslog(line) : ORDINARY_NOT;
    }
    if (is_klog(line)) {
        return ORDINARY_FIRST;
    }
    if (first >= 'a' && first <= 'z') {
        return is_logfmt(line) ? ORDINARY_FIRST : ORDINARY_NOT;
    }
    return first >= 'A' && first <= 'Z' ? read_syslog(line) : ORDINARY_NOT;
}

static bool
skip_envelope(struct slice *line)
{
    char first = line->data[0];
    struct syslog_head ignored;
    if (is_digit(first)) {
        return skip_iso(line)
            && (skip_stream(line) ? slice_skip(line, SLICE("F "))
                                  : syslog_skip_names(line, true, &ignored));
    }
    if (first == '<') {
        return skip_priority(line) && skip_syslog(line);
    }
    return first >= 'A' && first <= 'Z' && !is_klog(*line) && skip_syslog(line);
}

size_t
ordinary_envelope(struct slice line, enum ordinary *kind)
{
    struct slice rest = line;
    *kind = ORDINARY_WHOLE;
    if (line.len == 0 || !skip_envelope(&rest)) {
        return 0;
    }
    size_t len = line.len - rest.len;
    return line.data[len - 1] == ' ' ? len : 0;
}

bool
ordinary_inside(struct slice text)
{
    return is_inside(text, 0);
}

bool
ordinary_begins(enum ordinary kind)
{
    return kind == ORDINARY_WHOLE || kind == ORDINARY_FIRST;
}
