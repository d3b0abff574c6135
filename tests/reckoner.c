/* SPDX-License-Identifier: Apache-2.0 */
#include "reckoner.h"

#include "base/mem.h"
#include "source/identity.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    WAIT_MS = 5000, /* a bound; what is waited for comes much sooner */
    QUIET_TURNS = 4,
};

static bool
recall(void *ctx, const char *identity, struct slice head,
       struct source_mark *mark)
{
    const struct reckoner *reckoner = ctx;
    bool found = false;
    for (size_t i = 0; i < reckoner->mark_count; i++) {
        const struct source_mark *at = &reckoner->marks[i].mark;
        if (strcmp(at->identity, identity) == 0) {
            *mark = *at;
            return true;
        }
        if (!found && identity_began(at->identity, head)) {
            *mark = *at;
            found = true;
        }
    }
    return found;
}

static size_t
recall_name(void *ctx, const char *name, struct source_mark *marks, size_t room)
{
    const struct reckoner *reckoner = ctx;
    size_t count = 0;
    uint64_t before = UINT64_MAX;
    while (count < room) {
        const struct reckoner_mark *newest = NULL;
        for (size_t i = 0; i < reckoner->mark_count; i++) {
            const struct reckoner_mark *at = &reckoner->marks[i];
            if (strcmp(at->name, name) == 0 && at->order < before
                && (!newest || at->order > newest->order)) {
                newest = at;
            }
        }
        if (!newest) {
            break;
        }
        before = newest->order;
        marks[count++] = newest->mark;
    }
    return count;
}

static void *
on_open(void *ctx, const char *name, const struct source_mark *mark)
{
    struct reckoner *reckoner = ctx;
    struct reckoner_origin *origin = MEM_NEW(struct reckoner_origin);
    struct reckoner_origin **at = &reckoner->origins;
    origin->name = mem_string(slice_from(name));
    origin->mark = *mark;
    origin->offset = mark->resume;
    while (*at) {
        at = &(*at)->next;
    }
    *at = origin;
    reckoner->opened++;
    reckoner->open++;
    return origin;
}

static void
count_line(struct reckoner *reckoner, const struct reckoner_origin *origin,
           struct slice line)
{
    uint64_t number;
    struct slice rest = line;
    if (origin->offset < origin->mark.position) {
        return;
    }
    if (!slice_to_u64(slice_word(&rest), &number) || number >= RECKONER_LINES) {
        reckoner->others++;
        return;
    }
    reckoner->pending[number]++;
    reckoner->touched = mem_resize_array(
        reckoner->touched, reckoner->touched_count + 1, sizeof(size_t));
    reckoner->touched[reckoner->touched_count++] = (size_t)number;
}

static void
on_bytes(void *ctx, void *token, struct slice bytes)
{
    struct reckoner *reckoner = ctx;
    struct reckoner_origin *origin = token;
    struct slice line;
    struct slice whole;
    if (reckoner->closes_at_bytes) {
        follow_close(reckoner->follow);
    }
    buf_add(&reckoner->text, bytes);
    buf_add(&origin->torn, bytes);
    whole = buf_slice(&origin->torn);
    size_t begun = whole.len;
    while (slice_cut(&whole, '\n', &line)) {
        count_line(reckoner, origin, line);
        origin->offset += line.len + 1;
    }
    buf_drop(&origin->torn, begun - whole.len);
}

static void
on_mark(void *ctx, void *token, const struct source_mark *mark)
{
    struct reckoner_origin *origin = token;
    (void)ctx;
    uint64_t position = origin->mark.position;
    origin->mark = *mark;
    origin->mark.position = position;
}

static void
on_close(void *ctx, void *token)
{
    struct reckoner *reckoner = ctx;
    struct reckoner_origin *origin = token;
    origin->is_closed = true;
    reckoner->open--;
}

static void
on_notice(void *ctx, enum source_notice notice, const char *name,
          uint64_t amount, const char *text)
{
    struct reckoner *reckoner = ctx;
    reckoner->notices[notice]++;
    buf_print(&reckoner->told, "%s: %s (%" PRIu64 ")\n", name, text, amount);
}

static void
on_end(void *ctx, int status)
{
    struct reckoner *reckoner = ctx;
    reckoner->ends += status == 0 ? 1 : 100;
}

struct reckoner *
reckoner_new(void)
{
    struct reckoner *reckoner = MEM_NEW(struct reckoner);
    reckoner->counted = mem_new(RECKONER_LINES * sizeof(unsigned));
    reckoner->pending = mem_new(RECKONER_LINES * sizeof(unsigned));
    reckoner->marks = mem_new(RECKONER_MARKS * sizeof(struct reckoner_mark));
    if (uv_loop_init(&reckoner->loop) != 0) {
        abort();
    }
    return reckoner;
}

static void
forget_origins(struct reckoner *reckoner, bool all)
{
    struct reckoner_origin **at = &reckoner->origins;
    while (*at) {
        struct reckoner_origin *origin = *at;
        if (!all && !origin->is_closed) {
            at = &origin->next;
            continue;
        }
        *at = origin->next;
        buf_free(&origin->torn);
        mem_free(origin->name);
        mem_free(origin);
    }
}

void
reckoner_free(struct reckoner *reckoner)
{
    forget_origins(reckoner, true);
    for (size_t i = 0; i < reckoner->mark_count; i++) {
        mem_free(reckoner->marks[i].name);
    }
    mem_free(reckoner->marks);
    mem_free(reckoner->counted);
    mem_free(reckoner->pending);
    mem_free(reckoner->touched);
    buf_free(&reckoner->text);
    buf_free(&reckoner->told);
    mem_free(reckoner);
}

void
reckoner_start(struct reckoner *reckoner, bool from_start,
               const char *const *paths)
{
    const struct source_host host = {
        recall,   recall_name, on_open, on_bytes, on_mark,
        on_close, on_notice,   on_end,  reckoner, reckoner,
    };
    struct follow_config config = {
        .paths = paths, .from_start = from_start, .poll_ms = 2};
    struct fault fault;
    while (paths[config.count]) {
        config.count++;
    }
    reckoner->ends = 0;
    reckoner->follow = follow_open(&reckoner->loop, &config, &host, &fault);
    if (!reckoner->follow) {
        abort();
    }
}

static void
set_mark(struct reckoner *reckoner, const struct reckoner_origin *origin)
{
    size_t at = 0;
    while (at < reckoner->mark_count
           && strcmp(reckoner->marks[at].mark.identity, origin->mark.identity)
                  != 0) {
        at++;
    }
    if (at == RECKONER_MARKS) {
        abort();
    }
    struct reckoner_mark *mark = &reckoner->marks[at];
    if (at == reckoner->mark_count) {
        reckoner->mark_count++;
    }
    mem_free(mark->name);
    mark->name = mem_string(slice_from(origin->name));
    mark->mark = origin->mark;
    if (origin->offset > mark->mark.position) {
        mark->mark.position = origin->offset;
    }
    mark->mark.resume = mark->mark.position;
    mark->order = ++reckoner->commits;
}

void
reckoner_commit(struct reckoner *reckoner)
{
    const struct reckoner_origin *origin = reckoner->origins;
    for (; origin; origin = origin->next) {
        if (origin->mark.identity[0] != '\0') {
            set_mark(reckoner, origin);
        }
    }
    for (size_t i = 0; i < reckoner->touched_count; i++) {
        size_t number = reckoner->touched[i];
        reckoner->counted[number] += reckoner->pending[number];
        reckoner->pending[number] = 0;
    }
    reckoner->touched_count = 0;
    forget_origins(reckoner, false);
}

static void
end_source(struct reckoner *reckoner)
{
    follow_statistics(reckoner->follow, &reckoner->statistics);
    follow_close(reckoner->follow);
    uv_run(&reckoner->loop, UV_RUN_DEFAULT);
    reckoner->follow = NULL;
}

void
reckoner_stop(struct reckoner *reckoner)
{
    end_source(reckoner);
    reckoner_commit(reckoner);
}

void
reckoner_kill(struct reckoner *reckoner)
{
    end_source(reckoner);
    for (size_t i = 0; i < reckoner->touched_count; i++) {
        reckoner->pending[reckoner->touched[i]] = 0;
    }
    reckoner->touched_count = 0;
    forget_origins(reckoner, true);
}

void
reckoner_turn(struct reckoner *reckoner)
{
    uv_run(&reckoner->loop, UV_RUN_NOWAIT);
}

void
reckoner_settle(struct reckoner *reckoner)
{
    for (int quiet = 0; quiet < QUIET_TURNS; quiet++) {
        size_t bytes = reckoner->text.len;
        size_t opened = reckoner->opened;
        reckoner_turn(reckoner);
        if (bytes != reckoner->text.len || opened != reckoner->opened) {
            quiet = -1;
        }
    }
}

bool
reckoner_wait(struct reckoner *reckoner,
              bool (*is_so)(struct reckoner *reckoner, const void *what),
              const void *what)
{
    uint64_t end = uv_hrtime() + (uint64_t)WAIT_MS * 1000000;
    while (!is_so(reckoner, what)) {
        if (uv_hrtime() > end) {
            return false;
        }
        uv_run(&reckoner->loop, UV_RUN_ONCE); /* the timer ends the wait */
    }
    return true;
}

unsigned
reckoner_count(const struct reckoner *reckoner, size_t number)
{
    return reckoner->counted[number] + reckoner->pending[number];
}

static bool
has_heard(struct reckoner *reckoner, const void *what)
{
    const size_t *count = what;
    for (size_t i = 0; i < *count; i++) {
        if (reckoner_count(reckoner, i) == 0) {
            return false;
        }
    }
    return true;
}

bool
reckoner_hears(struct reckoner *reckoner, size_t count)
{
    size_t wrong = 0;
    reckoner_wait(reckoner, has_heard, &count);
    reckoner_settle(reckoner);
    for (size_t i = 0; i < RECKONER_LINES; i++) {
        unsigned want = i < count ? 1 : 0;
        if (reckoner_count(reckoner, i) != want && wrong++ < 10) {
            printf("# line %zu: counted %u times, not %u\n", i,
                   reckoner_count(reckoner, i), want);
        }
    }
    if (wrong > 0) {
        printf("# %zu lines are wrong; told: %.*s\n", wrong,
               (int)(reckoner->told.len > 2000 ? 2000 : reckoner->told.len),
               reckoner->told.data ? reckoner->told.data : "");
    }
    return wrong == 0;
}
