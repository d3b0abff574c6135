/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Prints the C table `embedded_windows`: by what the prefilter of the patterns
 * that are built in finds its literals. The build runs it, so that the program
 * need not choose them whenever it starts.
 */
#include "base/embedded.h"
#include "base/fault.h"
#include "match/catalog.h"
#include "match/gate.h"

#include <stdio.h>

/* This program has none yet, so they are chosen. */
const struct embedded_window embedded_windows[] = {{{0}, 0, 0}};

static void
print_row(const struct embedded_window *window)
{
    const unsigned char *bytes = window->bytes;
    printf("    {{%u, %u, %u, %u}, %u, %u},\n", bytes[0], bytes[1], bytes[2],
           bytes[3], window->len, window->bucket);
}

int
main(void)
{
    struct fault fault = {0};
    struct catalog *catalog = catalog_load_whole(NULL, &fault);
    if (!catalog) {
        fprintf(stderr, "patterns: %s\n", fault.text);
        return 1;
    }
    struct needle_set *gate = gate_new(catalog);
    struct embedded_window window;
    puts("/* Made by patterns/windows.c; do not edit. */");
    puts("#include \"base/embedded.h\"");
    puts("const struct embedded_window embedded_windows[] = {");
    for (size_t i = 0; needle_set_window(gate, i, &window); i++) {
        print_row(&window);
    }
    puts("    {{0}, 0, 0},\n};");
    needle_set_free(gate);
    catalog_free(catalog);
    return fflush(stdout) == 0 && !ferror(stdout) ? 0 : 1;
}
