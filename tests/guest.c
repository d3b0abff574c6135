/* SPDX-License-Identifier: Apache-2.0 */
#include "guest.h"

#include "text.h"

#include <string.h>
#include <unistd.h>

enum {
    BOUND_MS = 20000,
    END_MS = 5000,
    BOUND_S = 120, /* of a test, should its loop never end */
};

static const char *const kinds[NOTICES] = {
    [NOTICE_TOLD] = "told",           [NOTICE_ROTATED] = "rotated",
    [NOTICE_TRUNCATED] = "truncated", [NOTICE_LOST] = "lost",
    [NOTICE_ENDED] = "ended",         [NOTICE_SILENT] = "silent",
};

struct waiting {
    bool (*is_so)(const struct guest *guest);
    const struct buf *buf;
    const char *text;
};

static bool
on_recall(void *ctx, const char *identity, struct slice head,
          struct source_mark *mark)
{
    struct guest *guest = ctx;
    (void)head;
    if (strcmp(identity, guest->remembered.identity) != 0) {
        return false;
    }
    *mark = guest->remembered;
    return true;
}

static size_t
on_recall_name(void *ctx, const char *name, struct source_mark *marks,
               size_t room)
{
    (void)ctx;
    (void)name;
    (void)marks;
    (void)room;
    return 0;
}

/* The tokens are told apart by their numbers. */
static void *
on_open(void *ctx, const char *name, const struct source_mark *mark)
{
    struct guest *guest = ctx;
    assert_int_equal(guest->ends, 0);
    guest->opens++;
    guest->first = *mark;
    buf_print(&guest->names, "%s\n", name);
    return (char *)ctx + guest->opens;
}

static void
assert_token(struct guest *guest, void *token)
{
    assert_true((char *)token > (char *)guest
                && (char *)token <= (char *)guest + guest->opens);
}

static void
on_bytes(void *ctx, void *token, struct slice bytes)
{
    struct guest *guest = ctx;
    assert_token(guest, token);
    assert_true(bytes.len > 0);
    buf_add(&guest->bytes, bytes);
    if (guest->on_bytes) {
        guest->on_bytes(guest);
    }
}

static void
on_mark(void *ctx, void *token, const struct source_mark *mark)
{
    struct guest *guest = ctx;
    assert_token(guest, token);
    guest->marks++;
    guest->mark = *mark;
}

static void
on_close(void *ctx, void *token)
{
    struct guest *guest = ctx;
    assert_token(guest, token);
    guest->closes++;
    assert_true(guest->closes <= guest->opens);
    buf_add_byte(&guest->bytes, '|');
}

static void
on_notice(void *ctx, enum source_notice notice, const char *name,
          uint64_t amount, const char *text)
{
    struct guest *guest = ctx;
    (void)amount;
    assert_int_equal(guest->ends, 0);
    guest->count[notice]++;
    buf_print(&guest->notices, "%s %s: %s\n", kinds[notice], name, text);
}

static void
on_end(void *ctx, int status)
{
    struct guest *guest = ctx;
    assert_int_equal(guest->opens, guest->closes);
    guest->ends++;
    guest->status = status;
}

static bool
is_over(const struct guest *guest, const struct waiting *waiting)
{
    if (waiting->is_so) {
        return waiting->is_so(guest);
    }
    return slice_find(buf_slice(waiting->buf), slice_from(waiting->text))
        != SLICE_NONE;
}

/* Before the loop sleeps: a timer may have done what is waited for. */
static void
on_prepare(uv_prepare_t *prepare)
{
    struct guest *guest = prepare->data;
    if (guest->waiting && is_over(guest, guest->waiting)) {
        uv_stop(prepare->loop);
    }
}

int
guest_setup(void **state)
{
    struct guest *guest = MEM_NEW(struct guest);
    guest->host = (struct source_host){
        .recall = on_recall,
        .recall_name = on_recall_name,
        .on_open = on_open,
        .on_bytes = on_bytes,
        .on_mark = on_mark,
        .on_close = on_close,
        .on_notice = on_notice,
        .on_end = on_end,
        .end_ctx = guest,
        .ctx = guest,
    };
    *state = guest;
    alarm(BOUND_S);
    int error = uv_loop_init(&guest->loop);
    uv_timer_init(&guest->loop, &guest->bound);
    guest->bound.data = guest;
    uv_prepare_init(&guest->loop, &guest->prepare);
    guest->prepare.data = guest;
    uv_prepare_start(&guest->prepare, on_prepare);
    uv_unref((uv_handle_t *)&guest->prepare);
    return error;
}

static void
on_bound(uv_timer_t *timer)
{
    struct guest *guest = timer->data;
    guest->is_late = true;
    uv_stop(timer->loop);
}

/* Bounded: what failed may have left a source that never ends. */
int
guest_teardown(void **state)
{
    struct guest *guest = *state;
    guest->is_late = false;
    uv_timer_start(&guest->bound, on_bound, END_MS, 0);
    uv_unref((uv_handle_t *)&guest->bound);
    while (uv_loop_alive(&guest->loop) && !guest->is_late) {
        uv_run(&guest->loop, UV_RUN_ONCE);
    }
    if (guest->is_late) {
        return -1;
    }
    uv_close((uv_handle_t *)&guest->bound, NULL);
    uv_close((uv_handle_t *)&guest->prepare, NULL);
    uv_run(&guest->loop, UV_RUN_DEFAULT);
    int error = uv_loop_close(&guest->loop);
    alarm(0);
    buf_free(&guest->bytes);
    buf_free(&guest->notices);
    buf_free(&guest->names);
    mem_free(guest);
    return error;
}

static void
fail_late(struct guest *guest, const char *text)
{
    printf(
        "# waited in vain for \"%s\"\n# bytes: %.2000s\n# notices: %.2000s\n",
        text ? text : "", buf_string(&guest->bytes),
        buf_string(&guest->notices));
    fail();
}

static void
wait_for(struct guest *guest, const struct waiting *waiting)
{
    uv_timer_start(&guest->bound, on_bound, BOUND_MS, 0);
    guest->waiting = waiting;
    while (!is_over(guest, waiting) && !guest->is_late) {
        uv_run(&guest->loop, UV_RUN_ONCE);
    }
    guest->waiting = NULL;
    uv_timer_stop(&guest->bound);
    if (guest->is_late) {
        fail_late(guest, waiting->text);
    }
}

void
guest_wait(struct guest *guest, bool (*is_so)(const struct guest *guest))
{
    const struct waiting waiting = {.is_so = is_so};
    wait_for(guest, &waiting);
}

void
guest_wait_bytes(struct guest *guest, const char *text)
{
    const struct waiting waiting = {.buf = &guest->bytes, .text = text};
    wait_for(guest, &waiting);
}

void
guest_wait_notice(struct guest *guest, const char *text)
{
    const struct waiting waiting = {.buf = &guest->notices, .text = text};
    wait_for(guest, &waiting);
}

bool
guest_has_ended(const struct guest *guest)
{
    return guest->ends > 0;
}

size_t
guest_count(const struct buf *buf, const char *text)
{
    struct slice rest = buf_slice(buf);
    struct slice head;
    size_t count = 0;
    while (slice_cut_text(&rest, slice_from(text), &head)) {
        count++;
    }
    return count;
}
