/* SPDX-License-Identifier: Apache-2.0 */
#include "report/json.h"

#include "report/paper.h"
#include "report/printable.h"

/* What is printable ASCII, as nearly all is, goes at once. */
static void
add_run(struct buf *out, struct slice *text)
{
    size_t run = printable_run(*text);
    buf_add(out, slice_before(*text, run));
    *text = slice_after(*text, run);
}

/*
 * cJSON takes NUL-terminated text as it is, so what is no UTF-8, and NUL, is
 * replaced before.
 */
static void
clean_text(struct buf *out, struct slice text)
{
    static const char replacement[] = "\xef\xbf\xbd"; /* U+FFFD */
    struct printable_glyph glyph;
    add_run(out, &text);
    while (printable_next(&text, &glyph)) {
        if (glyph.code == PRINTABLE_BAD || glyph.code == 0) {
            buf_add_text(out, replacement);
        } else {
            buf_add(out, glyph.bytes);
        }
        add_run(out, &text);
    }
}

cJSON *
json_text(struct slice text)
{
    struct buf clean = {0};
    clean_text(&clean, text);
    cJSON *item = cJSON_CreateString(buf_string(&clean));
    buf_free(&clean);
    return item;
}

void
json_add_text(cJSON *object, const char *key, struct slice text)
{
    if (text.len > 0) {
        cJSON_AddItemToObject(object, key, json_text(text));
    }
}

cJSON *
json_prose(struct slice text)
{
    struct buf flat = {0};
    paper_flatten(&flat, text);
    cJSON *item = json_text(buf_slice(&flat));
    buf_free(&flat);
    return item;
}

void
json_add_number(cJSON *object, const char *key, uint64_t number)
{
    cJSON_AddNumberToObject(object, key, (double)number);
}

/*
 * A terminal may obey what JSON allows: outside ASCII, controls and marks
 * without width are written as \u escapes. They stand in strings only.
 */
static void
add_escaped(struct buf *out, struct slice text)
{
    struct printable_glyph glyph;
    add_run(out, &text);
    while (printable_next(&text, &glyph)) {
        uint32_t code = glyph.code;
        if (glyph.is_plain || code < 0x7f) {
            buf_add(out, glyph.bytes);
        } else {
            printable_add_json(out, code);
        }
        add_run(out, &text);
    }
}

void
json_finish(struct buf *out, cJSON *root)
{
    char *text = cJSON_PrintUnformatted(root);
    add_escaped(out, slice_from(text));
    buf_add_byte(out, '\n');
    cJSON_free(text);
    cJSON_Delete(root);
}
