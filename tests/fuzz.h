/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PULLWHY_TESTS_FUZZ_H
#define PULLWHY_TESTS_FUZZ_H

/*
 * The frame of a fuzz target, which defines LLVMFuzzerTestOneInput(). Under
 * libFuzzer that is all; otherwise main() replays the files and folders of its
 * command line, each file whole and, if it is small, each beginning of it.
 */

#include "base/buf.h"
#include "base/mem.h"
#include "base/slice.h"

#include <dirent.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Says which property does not hold, and where libFuzzer looks: abort(). */
static inline void
fuzz_require(bool holds, const char *property)
{
    if (!holds) {
        fprintf(stderr, "broken property: %s\n", property);
        abort();
    }
}

#ifndef PULLWHY_FUZZING

enum {
    FUZZ_SMALL = 4096, /* bytes; of bigger files no beginnings are tried */
};

static inline void
fuzz_replay_text(struct slice text)
{
    size_t from = text.len <= FUZZ_SMALL ? 0 : text.len;
    for (size_t len = from; len <= text.len; len++) {
        uint8_t *copy = mem_resize(NULL, len);
        for (size_t i = 0; i < len; i++) {
            copy[i] = (uint8_t)text.data[i];
        }
        LLVMFuzzerTestOneInput(copy, len);
        mem_free(copy);
    }
}

static inline bool
fuzz_replay_file(const char *path)
{
    char piece[4096];
    struct buf text = {0};
    FILE *file = fopen(path, "rb");
    if (!file) {
        perror(path);
        return false;
    }
    size_t len;
    while ((len = fread(piece, 1, sizeof(piece), file)) > 0) {
        buf_add(&text, slice_of(piece, len));
    }
    bool is_read = !ferror(file);
    fclose(file);
    if (is_read) {
        fuzz_replay_text(buf_slice(&text));
    }
    buf_free(&text);
    return is_read;
}

static inline bool
fuzz_replay(const char *path)
{
    struct buf name = {0};
    bool is_good = true;
    DIR *folder = opendir(path);
    if (!folder) {
        return fuzz_replay_file(path);
    }
    for (struct dirent *entry; (entry = readdir(folder));) {
        if (entry->d_name[0] != '.') {
            buf_clear(&name);
            buf_print(&name, "%s/%s", path, entry->d_name);
            is_good = fuzz_replay_file(buf_string(&name)) && is_good;
        }
    }
    closedir(folder);
    buf_free(&name);
    return is_good;
}

int
main(int argc, char **argv)
{
    bool is_good = true;
    for (int i = 1; i < argc; i++) {
        is_good = fuzz_replay(argv[i]) && is_good;
    }
    return is_good ? EXIT_SUCCESS : EXIT_FAILURE;
}

#endif
#endif
