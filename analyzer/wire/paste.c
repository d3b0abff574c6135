/* SPDX-License-Identifier: Apache-2.0 */
#include "wire/paste.h"

#include "wire/level.h"

#include <assert.h>
#include <string.h>

static const struct {
    const char *from;
    const char *to;
} changes[] = {
    {"\xe2\x80\x8b", ""}, /* zero width space */
    {"\xe2\x80\x8c", ""},   {"\xe2\x80\x8d", ""},
    {"\xe2\x81\xa0", ""}, /* word joiner */
    {"\xef\xbb\xbf", ""}, /* byte order mark */
    {"\xe2\x80\x9c", "\""}, {"\xe2\x80\x9d", "\""},
    {"\xc2\xa0", " "},
};

const char *
paste_mark(size_t index)
{
    return index < COUNT(changes) ? changes[index].from : NULL;
}

/* The change that the text begins with, or one too many. */
static size_t
change_at(struct slice text)
{
    size_t i = 0;
    while (i < COUNT(changes)
           && !slice_starts(text, slice_from(changes[i].from))) {
        i++;
    }
    return i;
}

/* Whether a change is to be made at one of the bytes `lead`. */
static bool
has_change(struct slice line, char lead)
{
    struct slice rest = line;
    struct slice head;
    while (slice_cut(&rest, lead, &head)) {
        struct slice text = slice_after(line, line.len - rest.len - 1);
        if (change_at(text) < COUNT(changes)) {
            return true;
        }
    }
    return false;
}

bool
paste_is_clean(struct slice lines)
{
    return !has_change(lines, '\xe2') && !has_change(lines, '\xef')
        && !has_change(lines, '\xc2');
}

struct slice
paste_clean(struct slice line, struct buf *scratch)
{
    if (paste_is_clean(line)) {
        return line;
    }
    assert(scratch->size - scratch->len >= line.len);
    size_t from = scratch->len;
    while (line.len > 0) {
        size_t change = (unsigned char)line.data[0] >= 0x80 ? change_at(line)
                                                            : COUNT(changes);
        struct slice text = slice_before(line, 1);
        size_t used = 1;
        if (change < COUNT(changes)) {
            text = slice_from(changes[change].to);
            used = strlen(changes[change].from);
        }
        buf_add(scratch, text);
        line = slice_after(line, used);
    }
    return slice_of(scratch->data + from, scratch->len - from);
}

static size_t
digits_len(struct slice text)
{
    size_t len = 0;
    while (len < text.len && text.data[len] >= '0' && text.data[len] <= '9') {
        len++;
    }
    return len;
}

/* "12: ", "12| ", "12 ", "12.", as log viewers and grep number lines. */
static bool
peel_number(struct slice *line)
{
    size_t len = digits_len(*line);
    struct slice rest = slice_after(*line, len);
    if (len == 0 || len > 9 || rest.len == 0) {
        return false;
    }
    bool is_marked = rest.data[0] == ':' || rest.data[0] == '|'
                  || rest.data[0] == '.' || rest.data[0] == ')';
    if (is_marked) {
        rest = slice_after(rest, 1);
    } else if (rest.data[0] != ' ' && rest.data[0] != '\t') {
        return false;
    }
    *line = slice_trim(rest);
    return true;
}

/* "10.5.0.2: " of talosctl, "node-1 | " of a log viewer. */
static bool
peel_address(struct slice *line)
{
    size_t len = 0;
    while (len < line->len
           && ((line->data[len] >= '0' && line->data[len] <= '9')
               || (line->data[len] >= 'a' && line->data[len] <= 'f')
               || line->data[len] == '.' || line->data[len] == ':')) {
        len++;
    }
    struct slice address = slice_before(*line, len);
    if (len < 4 || !slice_ends(address, SLICE(":")) || len == line->len
        || line->data[len] != ' '
        || (slice_find_byte(address, '.') == SLICE_NONE
            && slice_find(address, SLICE("::")) == SLICE_NONE)) {
        return false;
    }
    *line = slice_after(*line, len + 1);
    return true;
}

/* "FATA[0001] ", as logrus writes to a terminal. */
static bool
peel_level(struct slice *line, struct record *record)
{
    static const struct {
        const char *name;
        enum level level;
    } words[] = {
        {"FATA[", LEVEL_ERROR},   {"ERRO[", LEVEL_ERROR},
        {"WARN[", LEVEL_WARNING}, {"INFO[", LEVEL_INFO},
        {"DEBU[", LEVEL_INFO},
    };

    struct slice rest = *line;
    struct slice time;
    for (size_t i = 0; i < COUNT(words); i++) {
        if (!slice_skip(&rest, slice_from(words[i].name))) {
            continue;
        }
        if (!slice_cut(&rest, ']', &time)) {
            return false;
        }
        stamp_read_rfc3339(&time, &record->stamp);
        record->level = words[i].level;
        *line = slice_trim(rest);
        return true;
    }
    return false;
}

/* "2026/11/23 17:00:00 ", as Go's own log package stamps. */
static bool
peel_go_stamp(struct slice *line, struct record *record)
{
    char text[sizeof("2026-11-23T17:00:00.000000") - 1];
    struct slice rest = *line;
    struct slice stamp = slice_before(rest, sizeof(text));
    if (rest.len < 20 || rest.data[4] != '/' || rest.data[7] != '/') {
        return false;
    }
    memcpy(text, stamp.data, stamp.len);
    text[4] = '-';
    text[7] = '-';
    stamp.data = text;
    size_t len = stamp.len;
    struct stamp found;
    if (!stamp_read_rfc3339(&stamp, &found)) {
        return false;
    }
    rest = slice_after(rest, len - stamp.len);
    if (!slice_skip(&rest, SLICE(" "))) {
        return false;
    }
    record->stamp = found;
    *line = rest;
    return true;
}

/* `code` */
static bool
peel_backticks(struct slice *line)
{
    struct slice rest = *line;
    while (slice_skip(&rest, SLICE("`"))) {
    }
    if (rest.len == line->len) {
        return false;
    }
    while (slice_ends(rest, SLICE("`"))) {
        rest.len--;
    }
    *line = rest;
    return true;
}

bool
paste_peel(struct slice *line, struct record *record)
{
    static const char *const marks[] = {"> ", ">", "| ", "- ", "* ", "$ "};
    *line = slice_trim(*line);
    for (size_t i = 0; i < COUNT(marks); i++) {
        if (slice_skip(line, slice_from(marks[i]))) {
            return true;
        }
    }
    return peel_backticks(line) || peel_level(line, record)
        || peel_go_stamp(line, record) || peel_address(line)
        || peel_number(line);
}
