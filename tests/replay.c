/* SPDX-License-Identifier: Apache-2.0 */
/*
 * main() of a fuzz target when libFuzzer does not supply one: feeds it each
 * file of tests/corpus/NAME, where NAME is the program's less "fuzz_", or the
 * files that are named as arguments. Speaks TAP.
 */
#include "base/buf.h"

#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool
read_file(const char *path, struct buf *buf)
{
    FILE *file = fopen(path, "rb");
    if (!file) {
        return false;
    }
    size_t got;
    do {
        buf_reserve(buf, 4096);
        got = fread(buf->data + buf->len, 1, 4096, file);
        buf->len += got;
    } while (got > 0);
    return fclose(file) == 0;
}

/* The bytes are in memory of their exact size, so that ASan sees the end. */
static void
replay(const char *path, size_t number)
{
    struct buf buf = {0};
    bool ok = read_file(path, &buf);
    if (ok) {
        uint8_t *exact = mem_new(buf.len);
        if (buf.len > 0) {
            memcpy(exact, buf.data, buf.len);
        }
        LLVMFuzzerTestOneInput(exact, buf.len);
        mem_free(exact);
    }
    printf("%s %zu - %s\n", ok ? "ok" : "not ok", number, path);
    fflush(stdout);
    buf_free(&buf);
}

static size_t
replay_folder(const char *folder)
{
    size_t count = 0;
    DIR *dir = opendir(folder);
    if (!dir) {
        return 0;
    }
    const struct dirent *entry;
    while ((entry = readdir(dir))) {
        if (entry->d_name[0] != '.') {
            struct buf path = {0};
            buf_print(&path, "%s/%s", folder, entry->d_name);
            replay(buf_string(&path), ++count);
            buf_free(&path);
        }
    }
    closedir(dir);
    return count;
}

int
main(int argc, char **argv)
{
    size_t count = 0;
    for (int i = 1; i < argc; i++) {
        replay(argv[i], ++count);
    }
    const char *top = getenv("top_srcdir");
    const char *name = strstr(argv[0], "fuzz_");
    if (argc <= 1 && name) {
        struct buf folder = {0};
        buf_print(&folder, "%s/tests/corpus/%s", top ? top : ".", name + 5);
        count = replay_folder(buf_string(&folder));
        if (count == 0) {
            printf("not ok %zu - nothing in %s\n", ++count,
                   buf_string(&folder));
        }
        buf_free(&folder);
    }
    printf("1..%zu\n", count);
    return 0;
}
