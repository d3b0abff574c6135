/* SPDX-License-Identifier: Apache-2.0 */
#include "report/page_json.h"

#include "report/json.h"
#include "report/printable.h"

void
page_json_add(struct buf *out, cJSON *root)
{
    struct buf plain = {0};
    json_finish(&plain, root);
    struct slice text = slice_trim(buf_slice(&plain));
    buf_reserve(out, text.len);
    for (size_t i = 0; i < text.len; i++) {
        char byte = text.data[i];
        /* They stand in strings only, where JSON has escapes for them. */
        if (byte == '<' || byte == '>' || byte == '&') {
            buf_print(out, "\\u%04x", (unsigned)byte);
        } else {
            buf_add_byte(out, byte);
        }
    }
    buf_free(&plain);
}

cJSON *
page_json_numbers(const double *numbers, size_t count)
{
    cJSON *list = cJSON_CreateArray();
    for (size_t i = 0; i < count; i++) {
        cJSON_AddItemToArray(list, cJSON_CreateNumber(numbers[i]));
    }
    return list;
}

cJSON *
page_json_shown(struct slice text)
{
    struct buf shown = {0};
    printable_add(&shown, text);
    cJSON *item = json_text(buf_slice(&shown));
    buf_free(&shown);
    return item;
}

void
page_json_block(struct buf *out, const char *id, struct slice json)
{
    buf_print(out, "<script type=\"application/json\" id=\"%s\">", id);
    buf_add(out, json);
    buf_add_text(out, "</script>\n");
}
