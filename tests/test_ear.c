/* SPDX-License-Identifier: Apache-2.0 */

/*
 * What is heard of a chunk beforehand is what is heard of each of its lines;
 * and it is listened to where lines say what was said before, and only there.
 */

#include "app/ear.h"
#include "app/foresight.h"
#include "base/buf.h"
#include "base/mem.h"
#include "river.h"
#include "text.h"

#include <string.h>

static const struct keyed secret = {{3, 4}};

#define LINE  "E1123 16:28:59.9 7 a.go:1] no x.io/a:1"
#define OTHER "time=\"2026-11-23T16:28:59.9Z\" level=error msg=\"no\""

/* Of whole lines behind the first newline only those that have stamps. */
static void
hears_whole_lines(void **state)
{
    static const char text[] = "a rest of one\n" LINE "\n\n" OTHER "\r\nnone\n"
                               "\r\n" LINE "\nE1123 16:29";
    static const char *const expected[] = {LINE, OTHER, LINE};
    struct ear *ear = ear_new(&secret);
    struct ear *other = ear_new(&secret);
    struct hearing *hearing = MEM_NEW(struct hearing);
    (void)state;
    ear_listen(ear, slice_from(text), RIVER_NOW, hearing);
    assert_int_equal(hearing->count, COUNT(expected));
    for (size_t place = 0; place < sizeof(text); place++) {
        size_t i = hearing->next;
        const struct heard_line *line = hearing_at(hearing, place);
        assert_true(!line || line->start == place);
        if (line) {
            struct heard heard;
            assert_true(
                ear_hear(other, slice_from(expected[i]), RIVER_NOW, &heard));
            assert_int_equal(line->len, strlen(expected[i]));
            assert_memory_equal(text + place, expected[i], line->len);
            assert_true(token_equal(line->heard.token, heard.token));
            assert_true(line->heard.stamp.us == heard.stamp.us);
            assert_int_equal(line->heard.stamp.trust, heard.stamp.trust);
            size_t end = place + line->bytes;
            assert_true(text[end - 1] == '\n');
        }
    }
    assert_int_equal(hearing->next, COUNT(expected));
    ear_free(ear);
    ear_free(other);
    mem_free(hearing);
}

/* A chunk without a newline, one that ends with one, and all the cuts. */
static void
minds_where_chunks_end(void **state)
{
    static const char text[] = "\n" LINE "\n" LINE "\n";
    struct ear *ear = ear_new(&secret);
    struct hearing *hearing = MEM_NEW(struct hearing);
    (void)state;
    for (size_t len = 0; len < sizeof(text); len++) {
        ear_listen(ear, slice_of(text, len), RIVER_NOW, hearing);
        assert_int_equal(hearing->count,
                         (len > strlen(LINE) + 1) + (len == sizeof(text) - 1));
    }
    ear_listen(ear, slice_from(LINE), RIVER_NOW, hearing);
    assert_int_equal(hearing->count, 0);
    ear_free(ear);
    mem_free(hearing);
}

/* More lines than there is room for, and one that is longer than is asked. */
static void
is_bounded(void **state)
{
    struct ear *ear = ear_new(&secret);
    struct hearing *hearing = MEM_NEW(struct hearing);
    struct buf text = {0};
    struct heard ignored;
    (void)state;
    for (int i = 0; i < 2 * EAR_LINES; i++) {
        buf_add_text(&text, LINE "\n");
    }
    ear_listen(ear, buf_slice(&text), RIVER_NOW, hearing);
    assert_int_equal(hearing->count, EAR_LINES);
    buf_clear(&text);
    buf_add_text(&text, LINE);
    while (text.len < EAR_LONGEST) {
        buf_add_byte(&text, 'x');
    }
    assert_true(ear_hear(ear, buf_slice(&text), RIVER_NOW, &ignored));
    buf_add_byte(&text, 'x');
    assert_false(ear_hear(ear, buf_slice(&text), RIVER_NOW, &ignored));
    buf_free(&text);
    ear_free(ear);
    mem_free(hearing);
}

/* What of a piece is heard beforehand, which is fed then. */
static size_t
heard_of(struct run *run, struct slice piece)
{
    const struct blocks_config config = foresight_config(run->foresight);
    config.look(config.ctx, 1, 0, piece);
    config.hand(config.ctx, 0);
    struct foreseen *foreseen =
        foresight_take(run->foresight, piece, RIVER_NOW);
    assert_non_null(foreseen);
    size_t count = foreseen->hearing.count;
    config.hand(config.ctx, 0);
    pipeline_feed(run->pipeline, run->origin, piece, RIVER_NOW);
    return count;
}

static void
listens_where_it_is_of_use(void **state)
{
    static const char failure[] =
        "E1122 16:28:59.927911    2874 kuberuntime_image.go:55] \"Failed to "
        "pull image\" err=\"rpc error: code = NotFound desc = failed to pull "
        "and unpack image \\\"x.io/a:1\\\": failed to resolve reference "
        "\\\"x.io/a:1\\\": x.io/a:1: not found\" image=\"x.io/a:1\"\n";
    static const char healthy[] =
        "I1122 16:28:59.927911    2874 kubelet.go:2406] \"SyncLoop (PLEG)\"\n";
    struct run run;
    struct buf storm = {0};
    struct buf calm = {0};
    river_start(&run, *state, NULL);
    river_foresee(&run);
    for (int i = 0; i < 20; i++) {
        buf_add_text(&storm, failure);
        buf_add_text(&calm, healthy);
    }
    assert_int_equal(heard_of(&run, buf_slice(&storm)), 0);
    assert_int_equal(heard_of(&run, buf_slice(&storm)), 19);
    assert_int_equal(heard_of(&run, buf_slice(&storm)), 19);
    (void)heard_of(&run, buf_slice(&calm));
    assert_int_equal(heard_of(&run, buf_slice(&calm)), 0);
    buf_free(&storm);
    buf_free(&calm);
    river_kill(&run);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(hears_whole_lines),
        cmocka_unit_test(minds_where_chunks_end),
        cmocka_unit_test(is_bounded),
        cmocka_unit_test(listens_where_it_is_of_use),
    };
    return cmocka_run_group_tests(tests, river_open_world, river_close_world);
}
