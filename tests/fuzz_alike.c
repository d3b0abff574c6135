/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Of each line, and of lines like it with other digits, other ends and other
 * bytes here and there, the heads of earlier lines tell what reading it tells.
 */
#include "base/buf.h"
#include "fuzz.h"
#include "wire/alike.h"

#include <string.h>

/* The line stands in a chunk, so something is behind it. */
static void
same(struct alike *alike, struct slice line)
{
    struct buf text = {0};
    buf_add(&text, line);
    for (size_t i = 0; i < ALIKE_HEAD; i++) {
        buf_add_byte(&text, i == 0 ? '\n' : '=');
    }
    if (line.len > 0) {
        fuzz_require(alike_read(alike, buf_slice(&text), line.len)
                         == ordinary_read(line),
                     "it is of the kind that it looks like");
    }
    buf_free(&text);
}

static unsigned
roll(uint32_t *state, size_t sides)
{
    *state = *state * 69069u + 1;
    return (unsigned)((*state >> 8) % sides);
}

static void
change(char *line, size_t len, uint32_t *state)
{
    static const char odd[] = "= :]\"\\[T0123456789,.\tFx";
    for (size_t i = 0; i < len; i++) {
        bool is_digit = line[i] >= '0' && line[i] <= '9';
        if (is_digit && roll(state, 3) == 0) {
            line[i] = (char)('0' + roll(state, 10));
        }
    }
    if (roll(state, 2) == 0) {
        line[roll(state, len)] = odd[roll(state, sizeof(odd) - 1)];
    }
}

/* Three times, so that the head is known when others come. */
static void
same_as_changed(struct alike *alike, struct slice line)
{
    static const char *const ends[] = {" msg=", " msg= ", "=", " ", "\r"};
    uint32_t state = (uint32_t)line.len + 7;
    struct buf text = {0};
    for (int i = 0; i < 3; i++) {
        same(alike, line);
    }
    for (size_t i = 0; i < 60 && line.len > 0; i++) {
        buf_clear(&text);
        buf_add(&text, line);
        change(text.data, text.len, &state);
        if (i % 3 == 0) {
            buf_add_text(&text, ends[i / 3 % COUNT(ends)]);
        } else if (i % 3 == 1) {
            text.len = roll(&state, text.len) + 1;
        }
        same(alike, buf_slice(&text));
        same(alike, line);
    }
    buf_free(&text);
}

/* What an envelope may hold, twice, so that the envelope alone is known. */
static void
same_with_contents(struct alike *alike, struct slice line, struct slice other)
{
    static const char *const contents[] = {
        "",
        " ",
        "msg=",
        "Started a unit.",
        "cri-containerd-"
        "482edc3a08a81f488b78d17d8a9c46fc3e96c72754520cc457d1414aef5384: Done",
        "cri-containerd-"
        "482edc3a08a81f488b78d17d8a9c46fc3e96c72754520cc457d1414aef5384=Done",
        "a/key_of.many-words=1 and more",
        "level=info msg=\"started the thing\"",
        "I1123 16:28:59.927911    2874 plugin.go:224] Loaded",
        "2026-11-23T16:28:59Z stdout F said",
        "10.244.3.17 - - [23/Nov/2026:16:28:59 +0000] \"GET /\"",
        "fe80::1: said by a viewer",
        "NAME  READY",
        "LAST SEEN   TYPE",
        "{\"msg\":\"an object\"}",
        "Nov 23 16:28:59 inner words",
        "=",
        " two blanks before",
    };

    struct buf text = {0};
    enum ordinary kind;
    size_t len = ordinary_envelope(line, &kind);
    for (size_t i = 0; i < 2 * COUNT(contents) && len > 0; i++) {
        buf_clear(&text);
        buf_add(&text, slice_before(line, len));
        buf_add_text(&text, contents[i % COUNT(contents)]);
        same(alike, buf_slice(&text));
        text.len = len;
        buf_add(&text, other);
        same(alike, buf_slice(&text));
    }
    buf_free(&text);
}

/* Each line by the heads of those before it. */
static void
same_all(struct alike *alike, struct slice text)
{
    struct slice line;
    struct slice last = slice_of(NULL, 0);
    while (text.len > 0) {
        line = text;
        if (!slice_cut(&text, '\n', &line)) {
            text = slice_after(text, text.len);
        }
        same_as_changed(alike, line);
        same_with_contents(alike, line, last);
        last = line;
    }
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct slice text = slice_of((const char *)data, size);
    struct alike *alike = alike_new();
    struct alike *plain = alike_new();
    alike_be_plain(plain);
    same_all(alike, text);
    same_all(plain, text);
    alike_free(alike);
    alike_free(plain);
    return 0;
}
