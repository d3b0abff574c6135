/* SPDX-License-Identifier: Apache-2.0 */
#include "base/buf.h"
#include "scratch.h"
#include "source/seen.h"
#include "text.h"

#include <fcntl.h>
#include <unistd.h>

static int
open_with(struct scratch *scratch, const struct buf *bytes)
{
    int fd =
        open(scratch_path(scratch, "file"), O_RDWR | O_CREAT | O_TRUNC, 0600);
    assert_true(fd >= 0);
    assert_int_equal(pwrite(fd, bytes->data, bytes->len, 0), bytes->len);
    return fd;
}

static struct seen_sum
sum_of(const struct buf *bytes, size_t piece)
{
    struct seen_sum sum = {0};
    struct slice rest = buf_slice(bytes);
    while (rest.len > 0) {
        seen_add(&sum, slice_before(rest, piece));
        rest = slice_after(rest, piece);
    }
    return sum;
}

/* In whatever pieces it came; and of what was read, not of what stands there. */
static void
what_is_read_sums_up_to_what_the_file_holds(void **state)
{
    static const size_t sizes[] = {1,     1023,   65535,   65536,
                                   65537, 200000, 1048576, 1048579};
    static const size_t pieces[] = {1000, 65536, 262144, 2097152};
    struct scratch *scratch = *state;
    for (size_t i = 0; i < COUNT(sizes) * COUNT(pieces); i++) {
        size_t size = sizes[i / COUNT(pieces)];
        size_t piece = pieces[i % COUNT(pieces)];
        struct buf bytes = {0};
        for (size_t at = 0; at < size; at++) {
            buf_add_byte(&bytes, (char)('a' + at * at % 23));
        }
        int fd = open_with(scratch, &bytes);
        struct seen_sum sum = sum_of(&bytes, piece);
        uint64_t whole = seen_whole(fd, size);
        bool is_odd = piece == 1000 && size > piece;
        assert_int_equal(sum.is_lost, is_odd);
        assert_true(whole != 0);
        assert_int_equal(seen_total(&sum, fd, size), whole);
        assert_int_equal(pwrite(fd, "!", 1, (off_t)(size / 2)), 1);
        assert_true(seen_whole(fd, size) != whole);
        assert_int_equal(seen_total(&sum, fd, size) == whole, !is_odd);
        assert_int_equal(seen_total(&sum, fd, size - 1),
                         seen_whole(fd, size - 1));
        close(fd);
        buf_free(&bytes);
    }
}

static void
what_is_too_much_is_not_summed_up(void **state)
{
    struct scratch *scratch = *state;
    struct buf bytes = {0};
    buf_reserve(&bytes, SEEN_WHOLE + 1);
    while (bytes.len < SEEN_WHOLE) {
        buf_add_text(&bytes, "0123456789abcdef");
    }
    int fd = open_with(scratch, &bytes);
    struct seen_sum sum = sum_of(&bytes, 262144);
    assert_false(sum.is_lost);
    assert_int_equal(seen_total(&sum, fd, SEEN_WHOLE),
                     seen_whole(fd, SEEN_WHOLE));
    seen_add(&sum, SLICE("!"));
    assert_true(sum.is_lost);
    assert_int_equal(seen_total(&sum, fd, SEEN_WHOLE + 1), 0);
    close(fd);
    buf_free(&bytes);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(
            what_is_read_sums_up_to_what_the_file_holds, scratch_setup,
            scratch_teardown),
        cmocka_unit_test_setup_teardown(what_is_too_much_is_not_summed_up,
                                        scratch_setup, scratch_teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
