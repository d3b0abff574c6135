/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Prints the C table `embedded_patterns` of the pattern files given, each as
 * match/pack.h has it. The build runs it; what cannot be read stops the build.
 */
#include "match/pack.h"

#include "base/buf.h"
#include "base/fault.h"
#include "match/yaml.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

enum {
    COLUMNS = 76,
};

/* A byte as it stands in a C string; three digits, as one may follow. */
static void
print_byte(unsigned char byte)
{
    bool is_plain = byte >= ' ' && byte < 127 && !strchr("\"\\?", byte);
    printf(is_plain ? "%c" : "\\%03o", byte);
}

static void
print_row(const char *name, struct slice bytes)
{
    printf("    {\"%s\",", name);
    for (size_t i = 0; i < bytes.len; i++) {
        fputs(i % COLUMNS == 0 ? i > 0 ? "\"\n     \"" : "\n     \"" : "",
              stdout);
        print_byte((unsigned char)bytes.data[i]);
    }
    printf("\", %zu},\n", bytes.len);
}

static bool
read_whole(const char *name, struct buf *text, struct fault *fault)
{
    FILE *stream = fopen(name, "rb");
    size_t got = 1;
    while (stream && got > 0) {
        buf_reserve(text, 65536);
        got = fread(text->data + text->len, 1, 65536, stream);
        text->len += got;
    }
    bool is_read = stream && !ferror(stream);
    int error = errno;
    if (stream) {
        fclose(stream);
    }
    return is_read
        || fault_set(fault, FAULT_INPUT, error, "%s", strerror(error));
}

static bool
pack(const char *name, struct fault *fault)
{
    struct arena arena = {0};
    struct buf text = {0};
    struct buf packed = {0};
    const struct yaml *tree = NULL;
    if (read_whole(name, &text, fault)) {
        tree = yaml_parse(buf_slice(&text), &arena, fault);
    }
    if (tree) {
        pack_add(&packed, tree);
        print_row(name, buf_slice(&packed));
    }
    buf_free(&packed);
    buf_free(&text);
    arena_free(&arena);
    return tree != NULL;
}

int
main(int argc, char **argv)
{
    struct fault fault = {0};
    puts("/* Made by patterns/pack.c; do not edit. */");
    puts("#include \"base/embedded.h\"");
    puts("#pragma GCC diagnostic ignored \"-Woverlength-strings\"");
    puts("const struct embedded embedded_patterns[] = {");
    for (int i = 1; i < argc; i++) {
        if (!pack(argv[i], &fault)) {
            fprintf(stderr, "%s:%s\n", argv[i], fault.text);
            return 1;
        }
    }
    puts("    {0, 0, 0},\n};");
    return fflush(stdout) == 0 && !ferror(stdout) ? 0 : 1;
}
