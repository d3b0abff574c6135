/* SPDX-License-Identifier: Apache-2.0 */
#include "base/buf.h"
#include "match/look.h"
#include "match/prove.h"

#include <inttypes.h>
#include <stdio.h>

enum {
    TEXT = 4096,     /* bytes, as many as a look's window has */
    STEPS_MOST = 64, /* a byte; what goes over a text once needs some ten */
};

/* What may stand between the words, so that this or that part of it fits. */
static const char *const between[] = {
    "",       " ",       ": ",       "a",         "\n",
    "<url> ", "<addr> ", "<host>: ", "<image>: ", "<digest> ",
};

/* A text is `front`, `unit` as often as it goes, and `end`. */
struct shape {
    struct buf front;
    struct buf unit;
    struct buf end;
};

static void
add_needs(struct buf *out, const struct look *look, size_t but,
          const char *behind)
{
    for (size_t i = 0; i < look->need_count; i++) {
        if (i != but) {
            buf_add(out, look->needs[i]);
            buf_add_text(out, behind);
        }
    }
}

/* All of them over and over. */
static void
repeat_all(struct shape *shape, const struct look *look, const char *gap)
{
    add_needs(&shape->unit, look, look->need_count, gap);
}

/* The first over and over, the others at the end. */
static void
repeat_first(struct shape *shape, const struct look *look, const char *gap)
{
    buf_add(&shape->unit, look->needs[0]);
    buf_add_text(&shape->unit, gap);
    add_needs(&shape->end, look, 0, "");
}

/* The last over and over, the others in front. */
static void
repeat_last(struct shape *shape, const struct look *look, const char *gap)
{
    size_t last = look->need_count - 1;
    add_needs(&shape->front, look, last, " ");
    buf_add(&shape->unit, look->needs[last]);
    buf_add_text(&shape->unit, gap);
}

/* None of them over and over. */
static void
repeat_gap(struct shape *shape, const struct look *look, const char *gap)
{
    add_needs(&shape->end, look, look->need_count, " ");
    buf_add_text(&shape->unit, gap[0] == '\0' ? "x" : gap);
}

static void (*const shapers[])(struct shape *, const struct look *,
                               const char *) = {
    repeat_all,
    repeat_first,
    repeat_last,
    repeat_gap,
};

static void
make_text(struct buf *text, size_t shaper, const struct look *look,
          const char *gap)
{
    struct shape shape = {0};
    bool has_needs = look->need_count > 0;
    (has_needs ? shapers[shaper] : repeat_gap)(&shape, look, gap);
    buf_clear(text);
    buf_add(text, buf_slice(&shape.front));
    while (text->len + shape.unit.len + shape.end.len <= TEXT) {
        buf_add(text, buf_slice(&shape.unit));
    }
    buf_add(text, buf_slice(&shape.end));
    buf_free(&shape.front);
    buf_free(&shape.unit);
    buf_free(&shape.end);
}

/* Whether the look is too slow for one of the texts. */
static bool
is_slow(const struct look *look, struct buf *text)
{
    for (size_t i = 0; i < COUNT(shapers) * COUNT(between); i++) {
        make_text(text, i % COUNT(shapers), look, between[i / COUNT(shapers)]);
        uint64_t most = (uint64_t)TEXT * STEPS_MOST;
        if (rule_steps(look->rule, buf_slice(text), most) > most) {
            return true;
        }
    }
    return false;
}

void
prove_costs(const struct catalog *catalog, prove_sink *sink, void *ctx,
            struct proof *proof)
{
    const struct look *look;
    struct buf text = {0};
    struct buf what = {0};
    for (size_t i = 0; (look = catalog_look(catalog, i)); i++) {
        if (!is_slow(look, &text)) {
            continue;
        }
        buf_clear(&what);
        buf_print(
            &what,
            "the pattern takes more than %d steps a byte where its words "
            "come over and over, as in \"%.*s...\": bound its repeats, or "
            "let it try once a line: (?:.*X|.*+(*SKIP)(*F)) for .*X",
            STEPS_MOST, SLICE_ARG(slice_before(buf_slice(&text), 60)));
        sink(ctx, look->cause->file, look->row, buf_string(&what));
        proof->faults++;
    }
    buf_free(&what);
    buf_free(&text);
}
