/* SPDX-License-Identifier: Apache-2.0 */
#include "wire/paste.h"

#include "wire/level.h"

#include <assert.h>
#include <string.h>

static const struct {
    const char *from; /* of two bytes or three */
    size_t len;
    const char *to; /* of one byte at most */
} changes[] = {
    {"\xe2\x80\x8b", 3, ""}, /* zero width space */
    {"\xe2\x80\x8c", 3, ""},   {"\xe2\x80\x8d", 3, ""},
    {"\xe2\x81\xa0", 3, ""}, /* word joiner */
    {"\xef\xbb\xbf", 3, ""}, /* byte order mark */
    {"\xe2\x80\x9c", 3, "\""}, {"\xe2\x80\x9d", 3, "\""},
    {"\xc2\xa0", 2, " "},
};

const char *
paste_mark(size_t index)
{
    return index < COUNT(changes) ? changes[index].from : NULL;
}

/* Whether the second byte of the text is one behind which a change ends. */
static inline bool
may_change(struct slice text)
{
    unsigned second = text.len > 1 ? (unsigned char)text.data[1] : 0;
    switch ((unsigned char)text.data[0]) {
    case 0xe2:
        return second == 0x80 || second == 0x81;
    case 0xef:
        return second == 0xbb;
    case 0xc2:
        return second == 0xa0;
    default:
        return false;
    }
}

/* The change that the text begins with, or one too many. */
static size_t
change_at(struct slice text)
{
    if (!may_change(text)) {
        return COUNT(changes);
    }
    size_t i = 0;
    for (; i < COUNT(changes); i++) {
        const char *from = changes[i].from;
        size_t last = changes[i].len - 1;
        if (text.len > last && text.data[0] == from[0]
            && text.data[1] == from[1] && text.data[last] == from[last]) {
            break;
        }
    }
    return i;
}

/* Whether a change is to be made at one of the bytes `lead`. */
static bool
has_change(struct slice line, char lead)
{
    struct slice rest = slice_after(line, slice_find_byte(line, lead));
    while (rest.len > 0) {
        if (may_change(rest) && change_at(rest) < COUNT(changes)) {
            return true;
        }
        rest = slice_after(rest, 1);
        rest = slice_after(rest, slice_find_near(rest, lead));
    }
    return false;
}

bool
paste_is_clean(struct slice lines)
{
    return !has_change(lines, '\xe2') && !has_change(lines, '\xef')
        && !has_change(lines, '\xc2');
}

/* What stands before a byte of a line: strings as JSON and Go quote them. */
struct quotes {
    char open; /* '"', or 'c' for a typographic one; 0: no string is open */
    bool is_nested; /* and in it one whose quotes are escaped */
    size_t slashes; /* next to each other, right before the byte */
};

static void
see_quote(struct quotes *quotes)
{
    bool is_escaped = quotes->slashes % 2 != 0;
    if (!is_escaped) {
        quotes->open = quotes->open == 0 ? '"' : '\0';
        quotes->is_nested = false;
    } else if (quotes->open == '"') {
        quotes->is_nested = !quotes->is_nested;
    }
}

/*
 * A typographic quote must not end a string that a plain one began, so there it
 * is escaped; a level deeper it stays what it is. False: it stays.
 */
static bool
put_quote(struct quotes *quotes, char **out)
{
    if (quotes->open == '"') {
        if (quotes->is_nested) {
            return false;
        }
        *(*out)++ = '\\';
    } else {
        quotes->open = quotes->open == 0 ? 'c' : '\0';
    }
    *(*out)++ = '"';
    return true;
}

static bool
put_change(size_t change, struct quotes *quotes, char **out)
{
    char to = changes[change].to[0];
    if (to == '"') {
        return put_quote(quotes, out);
    }
    if (to != '\0') {
        *(*out)++ = to;
    }
    return true;
}

struct slice
paste_clean(struct slice line, struct buf *scratch)
{
    if (paste_is_clean(line)) {
        return line;
    }
    assert(scratch->size - scratch->len >= line.len);
    char *start = scratch->data + scratch->len;
    char *out = start;
    struct quotes quotes = {0};
    for (size_t at = 0; at < line.len;) {
        char byte = line.data[at];
        size_t change = (unsigned char)byte >= 0x80
                          ? change_at(slice_after(line, at))
                          : COUNT(changes);
        if (change < COUNT(changes) && put_change(change, &quotes, &out)) {
            at += changes[change].len;
            quotes.slashes = 0;
            continue;
        }
        if (byte == '"') {
            see_quote(&quotes);
        }
        quotes.slashes = byte == '\\' ? quotes.slashes + 1 : 0;
        *out++ = byte;
        at++;
    }
    scratch->len += (size_t)(out - start);
    return slice_of(start, (size_t)(out - start));
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

/* How long a terminal's colour is that the text begins with; 0: none. */
static size_t
color_len(struct slice text)
{
    size_t len = 2;
    if (!slice_starts(text, SLICE("\x1b["))) {
        return 0;
    }
    while (len < text.len
           && ((text.data[len] >= '0' && text.data[len] <= '9')
               || text.data[len] == ';')) {
        len++;
    }
    bool is_color =
        len < text.len && (text.data[len] == 'm' || text.data[len] == 'K');
    return is_color ? len + 1 : 0;
}

/* "ESC[31m" ... "ESC[0m", as journalctl paints what is bad. */
static bool
peel_colors(struct slice *line)
{
    enum {
        LONGEST = 24, /* more is no colour */
    };

    struct slice rest = *line;
    size_t len;
    while ((len = color_len(rest)) > 0) {
        rest = slice_after(rest, len);
    }
    if (rest.len == line->len) {
        return false;
    }
    for (len = 1; len <= LONGEST && len <= rest.len; len++) {
        struct slice end = slice_after(rest, rest.len - len);
        if (color_len(end) == len) {
            rest.len -= len;
            len = 0;
        }
    }
    *line = slice_trim(rest);
    return true;
}

static bool
is_of_name(char byte)
{
    return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z')
        || (byte >= '0' && byte <= '9') || byte == '_';
}

/* KEY="VALUE" */
static bool
cut_label(struct slice *rest, struct slice *name, struct slice *value)
{
    size_t len = 0;
    while (len < rest->len && is_of_name(rest->data[len])) {
        len++;
    }
    *name = slice_before(*rest, len);
    *rest = slice_after(*rest, len);
    return len > 0 && slice_skip(rest, SLICE("=\""))
        && slice_cut(rest, '"', value);
}

/* "{hostname="node-1", unit="kubelet.service"} ", as logcli tells a stream. */
static bool
peel_labels(struct slice *line, struct record *record)
{
    static const char *const nodes[] = {"node", "node_name", "nodename",
                                        "hostname", "host"};
    struct slice rest = *line;
    struct slice node = slice_of(NULL, 0);
    struct slice name;
    struct slice value;
    if (!slice_skip(&rest, SLICE("{"))) {
        return false;
    }
    do {
        if (!cut_label(&rest, &name, &value)) {
            return false;
        }
        for (size_t i = 0; node.len == 0 && i < COUNT(nodes); i++) {
            node = slice_equal(name, slice_from(nodes[i])) ? value : node;
        }
    } while (slice_skip(&rest, SLICE(", ")) || slice_skip(&rest, SLICE(",")));
    if (!slice_skip(&rest, SLICE("}"))) {
        return false;
    }
    record->node = node;
    *line = slice_trim(rest);
    return true;
}

bool
paste_peel(struct slice *line, struct record *record)
{
    static const char *const marks[] = {
        "> ", ">",  "| ",     "- ",
        "* ", "$ ", "data: ", "\x1e", /* of journalctl's json-sse, json-seq */
    };
    *line = slice_trim(*line);
    for (size_t i = 0; i < COUNT(marks); i++) {
        if (slice_skip(line, slice_from(marks[i]))) {
            return true;
        }
    }
    return peel_backticks(line) || peel_colors(line)
        || peel_labels(line, record) || peel_level(line, record)
        || peel_go_stamp(line, record) || peel_address(line)
        || peel_number(line);
}
