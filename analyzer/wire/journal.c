/* SPDX-License-Identifier: Apache-2.0 */
#include "wire/journal.h"

#include "base/stamp.h"

enum {
    KEY_TIME = 1,
    KEY_NONE = JOURNAL_KEYS,
};

static const char *const names[JOURNAL_KEYS] = {
    "MESSAGE",       "__REALTIME_TIMESTAMP",
    "_HOSTNAME",     "SYSLOG_IDENTIFIER",
    "_SYSTEMD_UNIT", "PRIORITY",
    "_COMM",
};

void
journal_free(struct journal *journal)
{
    for (size_t i = 0; i < JOURNAL_KEYS; i++) {
        buf_free(&journal->value[i]);
        buf_free(&journal->last[i]);
    }
}

/* "Mon 2026-11-23 16:28:59.793243 UTC [s=...": its stamp is in *text. */
static bool
read_head(struct slice line, struct slice *text)
{
    static const char *const days[] = {"Mon ", "Tue ", "Wed ", "Thu ",
                                       "Fri ", "Sat ", "Sun "};
    struct stamp stamp;
    struct slice rest = line;

    enum {
        DAY = 3
    };

    for (size_t i = 0;
         i < COUNT(days) && line.len > DAY && line.data[DAY] == ' '; i++) {
        if (slice_skip(&rest, slice_from(days[i]))) {
            break;
        }
    }
    *text = rest;
    return rest.len < line.len && stamp_read_rfc3339(&rest, &stamp)
        && slice_find(slice_before(rest, 16), SLICE(" [s=")) != SLICE_NONE;
}

bool
journal_looks(struct slice line)
{
    struct slice text;
    return slice_starts(line, SLICE("__CURSOR="))
        || slice_starts(line, SLICE("__REALTIME_TIMESTAMP="))
        || read_head(line, &text);
}

static void
keep(struct journal *journal, struct slice text)
{
    if (journal->key < KEY_NONE) {
        struct buf *value = &journal->value[journal->key];
        buf_add(value,
                slice_before(text, (size_t)JOURNAL_VALUE_MAX - value->len));
    }
}

static int
key_of(struct slice name)
{
    for (int i = 0; i < JOURNAL_KEYS; i++) {
        if (slice_equal(name, slice_from(names[i]))) {
            return i;
        }
    }
    return KEY_NONE;
}

static bool
is_key(struct slice text)
{
    for (size_t i = 0; i < text.len; i++) {
        char byte = text.data[i];
        if (!(byte >= 'A' && byte <= 'Z') && !(byte >= '0' && byte <= '9')
            && byte != '_') {
            return false;
        }
    }
    return text.len > 0 && text.len <= 64;
}

static void
begin(struct journal *journal)
{
    for (size_t i = 0; i < JOURNAL_KEYS; i++) {
        buf_clear(&journal->value[i]);
    }
    journal->is_open = true;
    journal->is_verbose = false;
    journal->is_length = false;
    journal->missing = 0;
    journal->key = KEY_NONE;
}

static void
finish(struct journal *journal)
{
    for (size_t i = 0; i < JOURNAL_KEYS; i++) {
        struct buf spare = journal->last[i];
        journal->last[i] = journal->value[i];
        journal->value[i] = spare;
    }
    journal->is_open = false;
}

/* The lines of a binary value, each of which has lost its newline. */
static void
read_binary(struct journal *journal, struct slice line)
{
    if (journal->is_length) {
        journal->is_length = false;
        for (size_t i = 0; i < 8 && i < line.len; i++) {
            uint64_t byte = (unsigned char)line.data[i];
            journal->missing |= byte << (8 * i);
        }
        line = slice_after(line, 8);
    } else {
        keep(journal, SLICE("\n"));
        journal->missing--;
    }
    line = slice_before(line, journal->missing);
    keep(journal, line);
    journal->missing -= line.len;
}

static bool
read_pair(struct journal *journal, struct slice line)
{
    struct slice value = line;
    struct slice name;
    if (!slice_cut(&value, '=', &name) || !is_key(name)) {
        return false;
    }
    journal->key = key_of(name);
    if (journal->key < KEY_NONE) {
        buf_clear(&journal->value[journal->key]);
    }
    keep(journal, value);
    return true;
}

static enum journal_step
read_export(struct journal *journal, struct slice line)
{
    if (journal->is_length || journal->missing > 0) {
        read_binary(journal, line);
        return JOURNAL_MORE;
    }
    if (line.len == 0) {
        finish(journal);
        return JOURNAL_ENTRY;
    }
    if (read_pair(journal, line)) {
        return JOURNAL_MORE;
    }
    if (is_key(line)) {
        journal->key = key_of(line);
        journal->is_length = true;
        return JOURNAL_MORE;
    }
    finish(journal);
    return JOURNAL_AGAIN;
}

/* "    KEY=VALUE"; a value's further lines stand deeper. */
static enum journal_step
read_verbose(struct journal *journal, struct slice line)
{
    struct slice text = slice_trim(line);
    if (text.len == 0 || !slice_starts(line, SLICE("    "))) {
        finish(journal);
        return JOURNAL_AGAIN;
    }
    if (slice_starts(line, SLICE("     ")) || !read_pair(journal, text)) {
        keep(journal, SLICE("\n"));
        keep(journal, text);
    }
    return JOURNAL_MORE;
}

enum journal_step
journal_read(struct journal *journal, struct slice line)
{
    struct slice stamp;
    if (journal->is_open) {
        return journal->is_verbose ? read_verbose(journal, line)
                                   : read_export(journal, line);
    }
    begin(journal);
    if (read_head(line, &stamp)) {
        journal->is_verbose = true;
        journal->key = KEY_TIME;
        keep(journal, stamp);
        journal->key = KEY_NONE;
        return JOURNAL_MORE;
    }
    return read_export(journal, line);
}

bool
journal_stop(struct journal *journal)
{
    bool was_open = journal->is_open;
    if (was_open) {
        finish(journal);
    }
    return was_open;
}

void
journal_entry(const struct journal *journal, struct fields *fields)
{
    *fields = (struct fields){0};
    for (size_t i = 0; i < JOURNAL_KEYS; i++) {
        fields_add(fields, slice_from(names[i]), buf_slice(&journal->last[i]));
    }
}

size_t
journal_len(const struct journal *journal)
{
    size_t len = 0;
    for (size_t i = 0; i < JOURNAL_KEYS; i++) {
        len += journal->value[i].len;
    }
    return len;
}
