/* SPDX-License-Identifier: Apache-2.0 */

/*
 * A file that is read in several threads, in blocks of any size, tells the same
 * as one of which every line is decoded, in one thread: here for all samples of
 * the catalogue between healthy lines, for objects and for what spans lines;
 * and for the files that tests/skim.sh names.
 */

#include "base/mem.h"
#include "mind.h"
#include "scratch.h"
#include "text.h"

#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#define KLOG "1123 16:28:59.927911    2874 kubelet.go:2406] "
#define HEALTHY                                                               \
    "I" KLOG "\"SyncLoop (PLEG): event for pod\" pod=\"shop/cart-0\"\n"       \
    "time=\"2026-11-23T16:28:59.927322624Z\" level=info msg=\"shim reaped\" " \
    "id=8f14e45f\n"                                                           \
    "Nov 23 16:28:59 node-1 systemd[1]: Started Session 1 of user root.\n"    \
    "2026-11-23T16:28:59.927500123Z stderr F the cache was warmed in 3 ms\n"  \
    "2026-11-23T16:28:59.927Z INFO controller started its workers\n"

struct world {
    struct mind *mind;
    struct scratch *scratch;
};

static int
world_open(void **state)
{
    struct world *world = MEM_NEW(struct world);
    void *mind;
    void *scratch;
    assert_int_equal(mind_open(&mind), 0);
    assert_int_equal(scratch_setup(&scratch), 0);
    world->mind = mind;
    world->scratch = scratch;
    *state = world;
    return 0;
}

static int
world_close(void **state)
{
    struct world *world = *state;
    void *mind = world->mind;
    void *scratch = world->scratch;
    mem_free(world);
    return mind_close(&mind) || scratch_teardown(&scratch);
}

static int
file_of(const struct world *world, struct slice text)
{
    int fd = open(scratch_path(world->scratch, "x"), O_RDWR | O_CREAT | O_TRUNC,
                  0600);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, text.data, text.len), (ssize_t)text.len);
    return fd;
}

static void
same(const struct world *world, struct slice text, size_t block)
{
    struct skimming all = {0};
    struct skimming ahead = {0};
    unsigned threads = 2 + (unsigned)(block % 3);
    int fd = file_of(world, text);
    skimmed_read(world->mind->plain, text, block, MANNER_ALL, &all);
    skimmed_read_file(world->mind->classifier, fd, block, threads, &ahead);
    if (!slice_equal(buf_slice(&all.text), buf_slice(&ahead.text))) {
        fail_msg("in blocks of %zu bytes: %.*s\n# is       %.*s\n"
                 "# expected %.*s",
                 block, SLICE_ARG(slice_before(text, 20000)),
                 SLICE_ARG(buf_slice(&ahead.text)),
                 SLICE_ARG(buf_slice(&all.text)));
    }
    assert_true(ahead.records <= all.records);
    close(fd);
    skimmed_free(&all);
    skimmed_free(&ahead);
}

static void
leaves_healthy_lines_out(void **state)
{
    const struct world *world = *state;
    struct skimming telling = {0};
    struct buf text = {0};
    for (int i = 0; i < 400; i++) {
        buf_add_text(&text, HEALTHY);
    }
    int fd = file_of(world, buf_slice(&text));
    skimmed_read_file(world->mind->classifier, fd, 4096, 2, &telling);
    /* The first line, and what is torn: text behind a stamp, and its next. */
    assert_true(telling.records <= 2 * (text.len / 4096 + 2));
    assert_int_equal(telling.resume, text.len);
    same(world, buf_slice(&text), 4096);
    close(fd);
    skimmed_free(&telling);
    buf_free(&text);
}

static void
add_samples(const struct catalog *catalog, struct buf *text)
{
    for (size_t i = 0; i < catalog_count(catalog); i++) {
        const struct cause *cause = catalog_cause(catalog, i);
        for (size_t at = 0; at < cause->sample_count; at++) {
            buf_add_text(text,
                         at % 2 == 0 ? HEALTHY : HEALTHY HEALTHY "E" KLOG);
            buf_add(text, cause->samples[at].line);
            buf_add_byte(text, '\n');
        }
    }
}

static void
minds_every_sample(void **state)
{
    static const size_t blocks[] = {61, 512, 4096, 65536, 100000};
    const struct world *world = *state;
    struct buf text = {0};
    add_samples(world->mind->catalog, &text);
    for (size_t i = 0; i < COUNT(blocks); i++) {
        same(world, buf_slice(&text), blocks[i]);
    }
    buf_free(&text);
}

/* Runs begin and end where the decoder keeps a line, or lets none pass. */
static void
minds_what_spans_lines(void **state)
{
    static const char *const odds[] = {
        "E" KLOG "\"Failed to pu\nll image\" err=\"rpc error: not found\"\n",
        "2026-11-23T16:28:59Z stdout P Failed to pull im\n"
        "2026-11-23T16:28:59Z stdout F age \"a.io/b:1\": not found\n",
        "2026-11-23T16:28:59Z An error occurred: CONNECTIVITY_DNS_ERROR\n"
        "failed to resolve what is there\n",
        "{\"kind\": \"Event\",\n \"message\": \"Failed to pull image "
        "\\\"a.io/b:1\\\": not found\"}\n",
        "\n\n{\n\n}\n\r\n",
        "Name:  cart-0\nEvents:\n  Warning  Failed  8m  kubelet  Failed to "
        "pull "
        "image \"a.io/b:1\": not found\n",
    };
    const struct world *world = *state;
    for (size_t i = 0; i < COUNT(odds); i++) {
        struct buf text = {0};
        buf_add_text(&text, HEALTHY);
        buf_add_text(&text, odds[i]);
        buf_add_text(&text, HEALTHY HEALTHY);
        buf_add_text(&text, odds[i]);
        buf_add_text(&text, "I" KLOG "the last one is torn");
        for (size_t block = 1; block < text.len; block += 1 + block / 4) {
            same(world, buf_slice(&text), block);
        }
        buf_free(&text);
    }
}

/* More runs than there is room for in a block: the rest is found in time. */
static void
minds_many_runs(void **state)
{
    const struct world *world = *state;
    struct buf text = {0};
    for (int i = 0; i < 3000; i++) {
        buf_add_text(&text, "1\n2026-11-23T16:28:59.9Z stderr F warm it is\n");
    }
    buf_add_text(&text, HEALTHY);
    add_samples(world->mind->catalog, &text);
    same(world, buf_slice(&text), text.len - 1);
    same(world, buf_slice(&text), 262144);
    buf_free(&text);
}

/* SKIM_FILES names them, one a line. */
static void
minds_the_files(void **state)
{
    const struct world *world = *state;
    struct slice paths = slice_from(getenv("SKIM_FILES"));
    struct slice path;
    while (slice_cut(&paths, '\n', &path)) {
        char *name = mem_string(path);
        struct buf text = {0};
        buf_add_text(&text, HEALTHY);
        mind_read_file(name, &text);
        buf_add_text(&text, HEALTHY);
        same(world, buf_slice(&text), 997);
        same(world, buf_slice(&text), 65536);
        buf_free(&text);
        mem_free(name);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(leaves_healthy_lines_out),
        cmocka_unit_test(minds_every_sample),
        cmocka_unit_test(minds_what_spans_lines),
        cmocka_unit_test(minds_many_runs),
    };
    const struct CMUnitTest of_files[] = {
        cmocka_unit_test(minds_the_files),
    };
    if (getenv("SKIM_FILES")) {
        return cmocka_run_group_tests(of_files, world_open, world_close);
    }
    return cmocka_run_group_tests(tests, world_open, world_close);
}
