/* SPDX-License-Identifier: Apache-2.0 */
#include "report/advice.h"

#include "report/words.h"

#include <string.h>

/* Facts that wait to be explained, in the order they turned up. */
struct queue {
    enum fact facts[FACTS];
    size_t count;
};

static void
queue_missing(struct advice *advice, const struct filled_step *step,
              struct queue *queue)
{
    for (size_t i = 0; i < step->missing_count; i++) {
        enum fact fact = step->missing[i];
        if (!advice->is_explained[fact]) {
            advice->is_explained[fact] = true;
            queue->facts[queue->count++] = fact;
        }
    }
}

static bool
finds_same(const struct facts *known, enum fact a, enum fact b)
{
    const char *one = fact_find(a, known);
    const char *two = fact_find(b, known);
    return one && two ? strcmp(one, two) == 0 : one == two;
}

/* One command may find several: names them all and takes them off. */
static void
add_names(struct buf *out, const struct facts *known, struct queue *queue,
          enum fact first)
{
    size_t kept = 0;
    const char *before = "";
    for (size_t i = 0; i < queue->count; i++) {
        enum fact fact = queue->facts[i];
        if (finds_same(known, fact, first)) {
            buf_add_text(out, before);
            buf_add_text(out, fact_row(fact)->placeholder);
            before = " ";
        } else {
            queue->facts[kept++] = fact;
        }
    }
    queue->count = kept;
}

static void
explain(struct advice *advice, struct queue *queue)
{
    struct paper *paper = advice->paper;
    const struct facts *facts = advice->filling->facts;
    enum language language = paper->style->language;
    struct buf text = {0};
    while (queue->count > 0) {
        enum fact fact = queue->facts[0];
        const char *find = fact_find(fact, facts);
        buf_clear(&text);
        add_names(&text, facts, queue, fact);
        if (!find) {
            buf_add_text(&text, ": ");
            words_add(&text, WORD_UNTOLD, language);
        }
        paper_label(paper, INK_DIM, words_get(WORD_FIND, language));
        paper_wrap(paper, buf_slice(&text), PAPER_VALUE, PAPER_VALUE);
        if (find) {
            struct filled_step step = {0};
            struct slice run =
                remedy_fill_by(advice->filling, slice_from(find), &step);
            paper_command(paper, INK_LOOK, run);
            queue_missing(advice, &step, queue);
        }
    }
    buf_free(&text);
}

/* What is the catalogue's own is wrapped once for all incidents. */
static void
add_prose(struct paper *paper, struct slice text, size_t indent, bool is_own)
{
    if (is_own) {
        paper_wrap_own(paper, text, indent);
    } else {
        paper_wrap(paper, text, indent, indent);
    }
}

static void
add_step(struct advice *advice, const struct filled_step *step)
{
    struct paper *paper = advice->paper;
    struct queue queue = {.count = 0};
    enum word word = step->changes      ? WORD_CHANGE
                   : step->run.len == 0 ? WORD_DO
                                        : WORD_LOOK;
    enum ink ink = step->changes ? INK_CHANGE : INK_LOOK;
    paper_label(paper, ink, words_get(word, paper->style->language));
    add_prose(paper, step->say, PAPER_VALUE, step->is_own);
    paper_command(paper, ink, step->run);
    queue_missing(advice, step, &queue);
    explain(advice, &queue);
}

void
advice_add_title(struct advice *advice, const struct filled_remedy *remedy,
                 size_t number)
{
    struct buf *out = advice->paper->out;
    paper_ink(advice->paper, INK_BOLD);
    size_t before = out->len;
    buf_add_number(out, number);
    buf_add(out, SLICE(". "));
    add_prose(advice->paper, remedy->title, out->len - before, remedy->is_own);
    paper_ink(advice->paper, INK_PLAIN);
}

static void
add_conditions(struct buf *text, const struct conditions *conditions)
{
    for (size_t i = 0; i < conditions->count; i++) {
        const struct condition *condition = &conditions->items[i];
        buf_print(text, "%s%s = ", i > 0 ? "; " : "",
                  fact_row(condition->fact)->name);
        for (size_t k = 0; k < condition->count; k++) {
            buf_add_text(text, k > 0 ? " | " : "");
            buf_add(text, condition->values[k]);
        }
    }
}

static void
add_condition_line(struct paper *paper, enum word label,
                   const struct conditions *conditions)
{
    struct buf text = {0};
    add_conditions(&text, conditions);
    if (text.len > 0) {
        paper_label(paper, INK_DIM, words_get(label, paper->style->language));
        paper_wrap(paper, buf_slice(&text), PAPER_VALUE, PAPER_VALUE);
    }
    buf_free(&text);
}

void
advice_add_when(struct advice *advice, const struct remedy *remedy)
{
    add_condition_line(advice->paper, WORD_IF, &remedy->when);
    for (size_t i = 0; i < remedy->likely_count; i++) {
        add_condition_line(advice->paper, WORD_FIRST_IF, &remedy->likely[i]);
    }
}

void
advice_add_steps(struct advice *advice, const struct filled_remedy *remedy)
{
    for (size_t i = 0; i < remedy->step_count; i++) {
        add_step(advice, &remedy->steps[i]);
    }
}
