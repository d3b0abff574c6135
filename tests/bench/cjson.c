/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a reader of event JSON costs that parses every object with cJSON: for
 * tests/bench, not installed.
 *
 *   cc -O2 -o cjson cjson.c $(pkg-config --cflags --libs libcjson)
 *   ./cjson FILE
 *
 * Objects of a list are framed by counting brackets outside of strings, then
 * parsed one by one; so it goes on in bounded memory. It prints how many there
 * were and how many have a message. It never judges the list around them.
 */
#include <cjson/cJSON.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    SLICE_SIZE = 256 * 1024,
    OBJECT_MAX = 1024 * 1024,
};

struct framer {
    char *object; /* what is kept of one that began earlier */
    size_t kept;
    size_t depth; /* brackets in brackets, within the object */
    bool is_open;
    bool is_string;
    bool is_escaped;
    bool is_list; /* of which the elements are the objects */
    unsigned long objects;
    unsigned long messages;
};

static void
parse(struct framer *framer, const char *text, size_t len)
{
    cJSON *tree = cJSON_ParseWithLength(text, len);
    if (tree) {
        framer->objects++;
        const cJSON *object = cJSON_GetObjectItemCaseSensitive(tree, "object");
        const cJSON *message =
            cJSON_GetObjectItemCaseSensitive(object ? object : tree, "message");
        framer->messages += cJSON_IsString(message) != 0;
    }
    cJSON_Delete(tree);
}

/* An object ended behind the piece, which may have begun before it. */
static void
finish(struct framer *framer, const char *piece, size_t len)
{
    if (framer->kept == 0) {
        parse(framer, piece, len);
    } else if (framer->kept + len <= OBJECT_MAX) {
        memcpy(framer->object + framer->kept, piece, len);
        parse(framer, framer->object, framer->kept + len);
    }
    framer->kept = 0;
    framer->is_open = false;
}

static bool
is_bracket(struct framer *framer, char byte)
{
    if (framer->is_string) {
        framer->is_string = framer->is_escaped || byte != '"';
        framer->is_escaped = !framer->is_escaped && byte == '\\';
        return false;
    }
    framer->is_string = byte == '"';
    return byte == '{' || byte == '}' || byte == '[' || byte == ']';
}

static void
feed(struct framer *framer, const char *text, size_t len)
{
    size_t start = 0;
    size_t floor = framer->is_list ? 2 : 0;
    for (size_t at = 0; at < len; at++) {
        if (!is_bracket(framer, text[at])) {
            continue;
        }
        if (text[at] == '{' || text[at] == '[') {
            if (framer->depth == floor && text[at] == '{') {
                framer->is_open = true;
                start = at;
            }
            framer->depth++;
        } else if (framer->depth > 0 && --framer->depth == floor
                   && framer->is_open) {
            finish(framer, text + start, at + 1 - start);
        }
    }
    if (framer->is_open) {
        size_t rest = len - start;
        if (framer->kept + rest <= OBJECT_MAX) {
            memcpy(framer->object + framer->kept, text + start, rest);
        }
        framer->kept += rest;
    }
}

int
main(int argc, char **argv)
{
    static char slice[SLICE_SIZE];
    struct framer framer = {.object = malloc(OBJECT_MAX)};
    FILE *file = argc == 2 ? fopen(argv[1], "rb") : NULL;
    size_t got;
    if (!file || !framer.object) {
        (void)fprintf(stderr, "usage: cjson FILE, which can be read\n");
        return 2;
    }
    (void)setvbuf(file, NULL, _IONBF, 0);
    while ((got = fread(slice, 1, sizeof(slice), file)) > 0) {
        if (framer.objects == 0 && framer.depth == 0) {
            char head[512] = {0};
            memcpy(head, slice, got < 511 ? got : 511);
            framer.is_list = strstr(head, "\"items\"") != NULL;
        }
        feed(&framer, slice, got);
    }
    (void)fclose(file);
    free(framer.object);
    printf("%lu objects, %lu with a message\n", framer.objects,
           framer.messages);
    return 0;
}
