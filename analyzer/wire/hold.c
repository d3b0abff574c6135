/* SPDX-License-Identifier: Apache-2.0 */
#include "wire/hold.h"

#include "wire/frame.h"

#include <stdint.h>
#include <string.h>

#define CODE_MARK "An error occurred: "

enum {
    WIDTH_TERMINAL = 80, /* columns; what is broken before is mail */
    WIDTH_LEAST = 40,
    WIDTH_MOST = 400, /* of any terminal */
    WORDS_MAX = 40,   /* bytes; the longest code that registries answer with */
    LINES_MAX = 64,
};

void
hold_free(struct hold *hold)
{
    buf_free(&hold->text);
    buf_free(&hold->last);
}

/* Whether a '"' without a backslash before it was not closed. */
static bool
is_quoting(struct slice text)
{
    bool is_open = false;
    struct slice head;
    while (slice_cut(&text, '"', &head)) {
        size_t slashes = 0;
        while (slashes < head.len
               && head.data[head.len - 1 - slashes] == '\\') {
            slashes++;
        }
        is_open ^= slashes % 2 == 0;
    }
    return is_open;
}

bool
hold_unmark(struct slice *line)
{
    struct slice rest = *line;
    slice_skip(&rest, SLICE(" "));
    if (!slice_skip(&rest, SLICE(">"))) {
        return false;
    }
    while (slice_starts(rest, SLICE(" >")) || slice_starts(rest, SLICE(">"))) {
        rest = slice_after(rest, rest.data[0] == ' ' ? 2 : 1);
    }
    slice_skip(&rest, SLICE(" "));
    *line = rest;
    return true;
}

/* How many bytes at the front are ASCII, a multiple of 32. */
static size_t
ascii_front(struct slice line)
{
    static const uint64_t uppers = UINT64_C(0x8080808080808080);
    uint64_t words[4];
    size_t len = 0;
    while (len + sizeof(words) <= line.len) {
        memcpy(words, line.data + len, sizeof(words));
        if (((words[0] | words[1] | words[2] | words[3]) & uppers) != 0) {
            break;
        }
        len += sizeof(words);
    }
    return len;
}

/* Of UTF-8, every byte but those that go on with a character. */
static size_t
width_of(struct slice line)
{
    static const uint64_t lows = UINT64_C(0x0101010101010101);
    size_t width = ascii_front(line);
    line = slice_after(line, width);
    while (line.len >= sizeof(uint64_t)) {
        uint64_t word;
        memcpy(&word, line.data, sizeof(word));
        uint64_t rest = word >> 7 & ~(word >> 6) & lows; /* 10xxxxxx */
        width += sizeof(word) - (size_t)(rest * lows >> 56);
        line = slice_after(line, sizeof(word));
    }
    for (size_t i = 0; i < line.len; i++) {
        width += ((unsigned char)line.data[i] & 0xc0) != 0x80;
    }
    return width;
}

/* That terminals are often given, where nothing else tells of a break. */
static bool
is_usual(size_t width)
{
    static const size_t usual[] = {80, 100, 120, 132, 160, 200};
    for (size_t i = 0; i < COUNT(usual); i++) {
        if (width == usual[i]) {
            return true;
        }
    }
    return false;
}

/* Small letters and blanks, as containerd prints the code of an error. */
static bool
is_code(struct slice text)
{
    for (size_t i = 0; i < text.len; i++) {
        char byte = text.data[i];
        if (!(byte >= 'a' && byte <= 'z') && (byte != ' ' || i == 0)) {
            return false;
        }
    }
    return text.len > 0 && text.len <= (size_t)WORDS_MAX;
}

/* "403 Forbidden" behind the last ": ": what the registry said may follow. */
static bool
ends_in_status(struct slice text)
{
    struct slice rest = slice_trim(text);
    struct slice head;
    uint64_t status;
    while (slice_cut_text(&rest, SLICE(": "), &head)) {
    }
    if (!slice_to_u64(slice_word(&rest), &status) || status < 400
        || status > 599) {
        return false;
    }
    for (size_t i = 0; i < rest.len; i++) {
        char byte = (char)(rest.data[i] | 0x20);
        if (!(byte >= 'a' && byte <= 'z') && byte != ' ') {
            return false;
        }
    }
    return rest.len > 0;
}

/*
 * The codes that the registry protocol has, as containerd prints them, and what
 * stands before several of them.
 */
static bool
is_registry_code(struct slice code)
{
    static const char *const codes[] = {
        "denied",           "unauthorized",          "toomanyrequests",
        "unknown",          "unsupported",           "unavailable",
        "errors",           "name unknown",          "name invalid",
        "manifest unknown", "manifest invalid",      "manifest unverified",
        "blob unknown",     "manifest blob unknown", "digest invalid",
        "size invalid",     "tag invalid",           "range invalid",
    };
    for (size_t i = 0; i < COUNT(codes); i++) {
        if (slice_equal(code, slice_from(codes[i]))) {
            return true;
        }
    }
    return false;
}

/* What somebody wrote behind a row, or another failure, is none of its. */
static bool
is_own(struct slice line)
{
    static const char *const starts[] = {
        "Back-off", "FATA",   "$",      "#",       " ",        "\t",   "[",
        "`",        "error ", "error:", "docker:", "waiting:", "pull",
    };
    static const char *const marks[] = {"image", "rpc error", "Error response",
                                        "ailed to ", "Error: "};
    for (size_t i = 0; i < COUNT(starts); i++) {
        if (slice_starts(line, slice_from(starts[i]))) {
            return true;
        }
    }
    for (size_t i = 0; i < COUNT(marks); i++) {
        if (slice_find(line, slice_from(marks[i])) != SLICE_NONE) {
            return true;
        }
    }
    return line.len == 0;
}

/*
 * "denied: client with ...", "errors:", "aborted"; and behind a status also
 * what is in nobody's form: "Client sent an HTTP request to an HTTPS server."
 */
static bool
is_of_message(const struct hold *hold, struct slice line)
{
    struct slice text = buf_slice(&hold->text);
    struct slice words = line;
    struct slice code = slice_trim(line);
    if (slice_find(text, SLICE("image")) == SLICE_NONE) {
        return false;
    }
    bool has_status = ends_in_status(text);
    bool is_word = slice_find_byte(code, ' ') == SLICE_NONE && is_code(code);
    if (slice_cut(&words, ':', &code) && is_registry_code(code)) {
        return has_status || !hold->is_marked;
    }
    return !hold->is_marked && (is_word || (has_status && !is_own(line)));
}

bool
hold_is_code(struct slice message)
{
    return slice_find(message, SLICE(CODE_MARK)) != SLICE_NONE
        && slice_ends(slice_trim(message), SLICE("_ERROR"));
}

bool
hold_may_go_on(struct slice line, bool is_marked, bool is_live)
{
    size_t width = width_of(line);
    return width <= WIDTH_MOST
        && ((width >= WIDTH_TERMINAL && !is_live)
            || (width >= WIDTH_LEAST && (is_marked || is_quoting(line))));
}

void
hold_start(struct hold *hold, struct slice line, enum hold_kind kind,
           int64_t now)
{
    buf_clear(&hold->text);
    buf_add(&hold->text, line);
    hold->width = width_of(line);
    hold->end = hold->width;
    hold->widest = hold->width;
    hold->lines = 1;
    hold->kind = kind;
    hold->is_open = true;
    hold->now = now;
}

/*
 * A mail program puts a word on the next line only where there was no room for
 * it; without ">" before the lines, an open quote must tell of it, too.
 */
static bool
is_folded(const struct hold *hold, struct slice line)
{
    struct slice word = slice_word(&line);
    return hold->widest >= WIDTH_LEAST
        && hold->end + 1 + width_of(word) > hold->widest
        && (hold->is_marked || is_quoting(buf_slice(&hold->text)));
}

/* All lines but the last are as wide as the terminal, and that is told by... */
static bool
is_broken(const struct hold *hold, struct slice line)
{
    size_t width = width_of(line);
    return hold->width <= WIDTH_MOST && hold->end == hold->width
        && width <= hold->width
        && (hold->lines > 1 || width == hold->width || is_usual(hold->width)
            || is_quoting(buf_slice(&hold->text)));
}

/* What stood between the lines before one was made two; NULL: nothing did. */
static const char *
glue_of(const struct hold *hold, struct slice line)
{
    bool is_wide = hold->width >= WIDTH_TERMINAL;
    if (is_wide && is_broken(hold, line)) {
        return "";
    }
    if (hold->kind == HOLD_CODE) {
        char first = (char)(line.data[0] | 0x20);
        return hold->lines == 1 && first >= 'a' && first <= 'z'
                    && slice_find(line, SLICE(CODE_MARK)) == SLICE_NONE
                    && slice_find(line, SLICE("image")) == SLICE_NONE
                 ? "\n"
                 : NULL;
    }
    if (hold->kind == HOLD_ROW && is_of_message(hold, line)) {
        return "\n";
    }
    return !is_wide && is_folded(hold, line) ? " " : NULL;
}

bool
hold_add(struct hold *hold, struct slice line)
{
    const char *glue = hold->lines < LINES_MAX ? glue_of(hold, line) : NULL;
    if (!glue || hold->text.len + line.len >= (size_t)FRAME_LINE_MAX) {
        return false;
    }
    bool has_blank = line.len > 0 && line.data[0] == ' ';
    if (glue[0] == ' ' && has_blank) {
        glue = "";
    }
    buf_add_text(&hold->text, glue);
    buf_add(&hold->text, line);
    hold->end = width_of(line);
    if (slice_find_byte(line, ' ') != SLICE_NONE && hold->end > hold->widest) {
        hold->widest = hold->end; /* one word may be wider than the lines */
    }
    hold->lines++;
    return true;
}

struct slice
hold_stop(struct hold *hold)
{
    struct buf spare = hold->last;
    hold->last = hold->text;
    hold->text = spare;
    buf_clear(&hold->text);
    hold->is_open = false;
    return buf_slice(&hold->last);
}
