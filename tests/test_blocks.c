/* SPDX-License-Identifier: Apache-2.0 */
#include "base/buf.h"
#include "scratch.h"
#include "source/blocks.h"
#include "text.h"

#include <assert.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <string.h>
#include <unistd.h>

enum {
    TEXT = 10007,
    SLOTS = BLOCKS_THREADS + BLOCKS_SPARE,
};

/* What was looked at must be what is handed out. */
struct looking {
    struct slice seen[SLOTS];
    size_t handed;
    _Atomic unsigned threads; /* a bit for each that has looked */
    int growing;              /* a descriptor that the first look writes to */
    int ending;               /* or cuts short */
    atomic_bool has_written;
};

static char text[TEXT];

static void
on_look(void *ctx, unsigned thread, size_t slot, struct slice bytes)
{
    struct looking *looking = ctx;
    assert(slot < SLOTS && thread < BLOCKS_THREADS);
    looking->seen[slot] = bytes;
    atomic_fetch_or(&looking->threads, 1u << thread);
    if (looking->growing > 0 && !atomic_exchange(&looking->has_written, true)) {
        (void)!pwrite(looking->growing, "and more", 8, TEXT);
    }
    if (looking->ending > 0 && !atomic_exchange(&looking->has_written, true)) {
        (void)!ftruncate(looking->ending, TEXT / 2);
    }
}

static void
on_hand(void *ctx, size_t slot)
{
    struct looking *looking = ctx;
    looking->handed = slot;
}

static int
make_file(struct scratch *scratch)
{
    int fd = open(scratch_path(scratch, "x"), O_RDWR | O_CREAT | O_TRUNC, 0600);
    assert_true(fd >= 0);
    for (size_t i = 0; i < TEXT; i++) {
        text[i] = (char)(' ' + i * i % 89);
    }
    assert_int_equal(write(fd, text, TEXT), TEXT);
    return fd;
}

/* All blocks up to the first that is not full, or `most`, joined. */
static uint64_t
read_blocks(int fd, uint64_t from, const struct blocks_config *config,
            size_t most, struct buf *out)
{
    const struct looking *looking = config->ctx;
    struct blocks *blocks = blocks_open(fd, from, config);
    struct slice bytes;
    assert_non_null(blocks);
    do {
        bytes = blocks_next(blocks);
        assert_ptr_equal(looking->seen[looking->handed].data, bytes.data);
        assert_int_equal(looking->seen[looking->handed].len, bytes.len);
        buf_add(out, bytes);
    } while (bytes.len == config->size && --most > 0);
    uint64_t position = blocks_position(blocks);
    blocks_close(blocks);
    return position;
}

static struct blocks_config
config_of(struct looking *looking, unsigned threads, size_t size)
{
    return (struct blocks_config){
        .threads = threads,
        .size = size,
        .look = on_look,
        .hand = on_hand,
        .ctx = looking,
    };
}

static void
they_are_the_file_in_order(void **state)
{
    static const size_t sizes[] = {1, 7, 64, 1000, TEXT - 1, TEXT, TEXT + 1};
    int fd = make_file(*state);
    for (size_t i = 0; i < COUNT(sizes); i++) {
        for (unsigned threads = 2; threads <= BLOCKS_THREADS; threads += 7) {
            struct looking looking = {0};
            struct buf out = {0};
            struct blocks_config config =
                config_of(&looking, threads, sizes[i]);
            size_t from = i * 100;
            assert_int_equal(read_blocks(fd, from, &config, SIZE_MAX, &out),
                             TEXT);
            assert_true(slice_equal(buf_slice(&out),
                                    slice_of(text + from, TEXT - from)));
            buf_free(&out);
        }
    }
    close(fd);
}

/* While the caller waits, it reads a block itself; and so do the others. */
static void
all_threads_read(void **state)
{
    struct looking looking = {0};
    struct blocks_config config = config_of(&looking, 2, 1);
    int fd = make_file(*state);
    for (int i = 0; i < 1000 && looking.threads != 3; i++) {
        struct buf out = {0};
        read_blocks(fd, 0, &config, SIZE_MAX, &out);
        buf_free(&out);
    }
    assert_int_equal(looking.threads, 3);
    close(fd);
}

static void
they_can_be_left_early(void **state)
{
    int fd = make_file(*state);
    for (size_t most = 1; most < 40; most++) {
        struct looking looking = {0};
        struct buf out = {0};
        struct blocks_config config = config_of(&looking, 3, 100);
        assert_int_equal(read_blocks(fd, 0, &config, most, &out), most * 100);
        assert_true(slice_equal(buf_slice(&out), slice_of(text, most * 100)));
        buf_free(&out);
    }
    close(fd);
}

/* Where the file ended when it was read, there they end. */
static void
an_end_that_moves_is_an_end(void **state)
{
    int fd = make_file(*state);
    struct looking looking = {.growing = fd};
    struct buf out = {0};
    struct blocks_config config = config_of(&looking, 2, 64);
    uint64_t end = read_blocks(fd, 0, &config, SIZE_MAX, &out);
    assert_int_equal(end, TEXT + 8);
    assert_true(slice_ends(buf_slice(&out), SLICE("and more")));
    buf_free(&out);
    close(fd);
    fd = make_file(*state);
    struct looking last = {.ending = fd};
    config = config_of(&last, 2, 64);
    end = read_blocks(fd, 0, &config, SIZE_MAX, &out);
    assert_true(end >= TEXT / 2 && end < TEXT);
    assert_true(slice_equal(buf_slice(&out), slice_of(text, (size_t)end)));
    buf_free(&out);
    close(fd);
}

/* What cannot be read is an end, too: why, is told to who reads on. */
static void
a_failure_is_an_end(void **state)
{
    struct looking looking = {0};
    struct buf out = {0};
    struct blocks_config config = config_of(&looking, 2, 64);
    close(make_file(*state));
    int fd = open(scratch_path(*state, "x"), O_WRONLY);
    assert_int_equal(read_blocks(fd, 3, &config, SIZE_MAX, &out), 3);
    assert_int_equal(out.len, 0);
    close(fd);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(they_are_the_file_in_order,
                                        scratch_setup, scratch_teardown),
        cmocka_unit_test_setup_teardown(all_threads_read, scratch_setup,
                                        scratch_teardown),
        cmocka_unit_test_setup_teardown(they_can_be_left_early, scratch_setup,
                                        scratch_teardown),
        cmocka_unit_test_setup_teardown(an_end_that_moves_is_an_end,
                                        scratch_setup, scratch_teardown),
        cmocka_unit_test_setup_teardown(a_failure_is_an_end, scratch_setup,
                                        scratch_teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
