/* SPDX-License-Identifier: Apache-2.0 */
#include "report/course.h"

#include "base/stamp.h"
#include "report/paper.h"
#include "report/remedy.h"
#include "report/words.h"

enum {
    PULLERS_NAMED = 3,
};

/* What is being told. */
struct tale {
    struct paper paper;
    const struct course *course;
    enum language language;
    struct buf text;
};

static void
add_time(struct tale *tale, int64_t us)
{
    listing_add_time(&tale->text, tale->paper.style, tale->paper.style->offset,
                     us);
}

/* Prints what is in the text, and empties it. */
static void
end_line(struct tale *tale)
{
    paper_wrap(&tale->paper, buf_slice(&tale->text), PAPER_VALUE,
               PAPER_VALUE + 2);
    buf_clear(&tale->text);
}

/* "resolved after 70 min". */
static void
add_after(struct tale *tale, enum word word, int64_t us)
{
    struct buf span = {0};
    words_add_span(&span, tale->language, us);
    struct slice rest = words_get(word, tale->language);
    struct slice head = {0};
    slice_cut(&rest, '#', &head);
    buf_add(&tale->text, head);
    buf_add(&tale->text, buf_slice(&span));
    buf_add(&tale->text, rest);
    buf_free(&span);
}

static void
add_count(struct tale *tale, uint64_t count)
{
    words_add(&tale->text, WORD_COMMA, tale->language);
    words_add_number(&tale->text, count == 1 ? WORD_ONCE : WORD_TIMES,
                     tale->language, count);
}

static void
tell_course(struct tale *tale, const struct incident *incident)
{
    const struct course *course = tale->course;
    paper_label(&tale->paper, INK_DIM, words_get(WORD_COURSE, tale->language));
    listing_add_bars(&tale->text, course->bars, COUNT(course->bars));
    buf_add_text(&tale->text, "  ");
    listing_add_zone(&tale->text, tale->paper.style->offset,
                     incident->first_seen);
    end_line(tale);
    paper_blanks(&tale->paper, PAPER_VALUE);
    add_time(tale, incident->first_seen);
    buf_add_text(&tale->text, "  ");
    words_add(&tale->text, WORD_BEGAN, tale->language);
    end_line(tale);
    if (course->peak > 0 && course->peak_count > 1) {
        paper_blanks(&tale->paper, PAPER_VALUE);
        add_time(tale, course->peak);
        buf_add_text(&tale->text, "  ");
        words_add_number(&tale->text, WORD_PEAK, tale->language,
                         course->peak_count);
        end_line(tale);
    }
    bool is_over =
        incident->state == INCIDENT_RESOLVED && incident->resolved_at > 0;
    paper_blanks(&tale->paper, PAPER_VALUE);
    add_time(tale, is_over ? incident->resolved_at : incident->last_seen);
    buf_add_text(&tale->text, "  ");
    if (!is_over) {
        words_add(&tale->text, WORD_LAST_TIME, tale->language);
        words_add(&tale->text, WORD_COMMA, tale->language);
    }
    if (is_over) {
        add_after(tale, WORD_RESOLVED_AFTER,
                  incident->resolved_at - incident->first_seen);
    } else {
        words_add(&tale->text, WORD_UNRESOLVED, tale->language);
    }
    end_line(tale);
}

static void
tell_life(struct tale *tale, const struct course_life *life)
{
    buf_print(&tale->text, "#%lld  ", (long long)life->id);
    add_time(tale, life->first_seen);
    words_add(&tale->text, WORD_COMMA, tale->language);
    if (life->resolved_at > 0) {
        add_after(tale, WORD_RESOLVED_AFTER,
                  life->resolved_at - life->first_seen);
    } else if (life->is_quiet) {
        add_after(tale, WORD_QUIET_AFTER, life->last_seen - life->first_seen);
    } else {
        words_add(&tale->text, WORD_UNRESOLVED, tale->language);
    }
    add_count(tale, life->count);
    end_line(tale);
}

static bool
is_same_pod(const struct affected *a, const struct affected *b)
{
    return slice_equal(a->pod, b->pod)
        && slice_equal(a->namespace, b->namespace)
        && (a->pod.len > 0 || slice_equal(a->node, b->node));
}

/* Whether it pulled in the end, and no row before it tells of the same pod. */
static bool
is_news(const struct incident *last, size_t index)
{
    const struct affected *row = &last->affected[index];
    bool is_news = row->is_recovered && (row->pod.len > 0 || row->node.len > 0);
    for (size_t i = 0; i < index && is_news; i++) {
        is_news = !(last->affected[i].is_recovered
                    && is_same_pod(&last->affected[i], row));
    }
    return is_news;
}

/* A row without a pod tells of the node alone: only where no pod is known. */
static bool
has_pods(const struct incident *last)
{
    for (size_t i = 0; i < last->affected_count; i++) {
        if (last->affected[i].is_recovered && last->affected[i].pod.len > 0) {
            return true;
        }
    }
    return false;
}

/* "shop/cart-0 on node-1" */
static void
add_puller(struct tale *tale, const struct affected *row)
{
    if (row->namespace.len > 0 && row->pod.len > 0) {
        buf_add(&tale->text, row->namespace);
        buf_add_byte(&tale->text, '/');
    }
    buf_add(&tale->text, row->pod);
    if (row->pod.len > 0 && row->node.len > 0) {
        buf_add_text(&tale->text, " @ ");
    }
    buf_add(&tale->text, row->node);
}

static void
tell_pullers(struct tale *tale, const struct incident *last)
{
    bool are_pods = has_pods(last);
    size_t named = 0;
    size_t more = 0;
    for (size_t i = 0; i < last->affected_count; i++) {
        if (!is_news(last, i) || (are_pods && last->affected[i].pod.len == 0)) {
            continue;
        }
        if (named == PULLERS_NAMED) {
            more++;
            continue;
        }
        words_add(&tale->text, named++ == 0 ? WORD_PULLED_AGAIN : WORD_COMMA,
                  tale->language);
        add_puller(tale, &last->affected[i]);
    }
    if (more > 0) {
        words_add_number(&tale->text, WORD_AND_MORE, tale->language, more);
    }
}

static void
tell_advice(struct tale *tale, const struct incident *last)
{
    struct arena arena = {0};
    struct facts facts;
    incident_facts(last, &facts);
    struct filled_remedies remedies =
        remedies_fill(last->cause, &facts, tale->language, &arena);
    if (remedies.count > 0) {
        words_add(&tale->text, WORD_ADVICE_THEN, tale->language);
        buf_add(&tale->text, remedies.items[0].title);
    }
    arena_free(&arena);
}

/* What is often the reason, where both times tell it. */
static void
tell_differences(struct tale *tale, const struct incident *last,
                 const struct incident *now)
{
    static const enum fact compared[] = {
        FACT_IMAGE,
        FACT_DIGEST,
        FACT_CREDENTIALS,
        FACT_SECRET,
        FACT_HTTP_STATUS,
        FACT_URL_HOST,
        FACT_CLIENT_IP,
        FACT_IP,
        FACT_DNS_SERVER,
        FACT_MIRROR,
        FACT_PROXY,
        FACT_PLATFORM,
        FACT_IDENTITY,
        FACT_KUBELET_CLIENT_ID,
        FACT_SERVICE_PRINCIPAL_ID,
    };

    bool is_first = true;
    for (size_t i = 0; i < COUNT(compared); i++) {
        struct slice then = incident_fact(last, compared[i]);
        struct slice here = incident_fact(now, compared[i]);
        if (then.len == 0 || here.len == 0 || slice_equal(then, here)) {
            continue;
        }
        words_add(&tale->text, is_first ? WORD_OTHER_THEN : WORD_COMMA,
                  tale->language);
        buf_print(&tale->text, "%s %.*s", fact_row(compared[i])->name,
                  SLICE_ARG(then));
        is_first = false;
    }
}

static void
end_detail(struct tale *tale)
{
    if (tale->text.len > 0) {
        paper_blanks(&tale->paper, PAPER_VALUE + 2);
        paper_wrap(&tale->paper, buf_slice(&tale->text), PAPER_VALUE + 2,
                   PAPER_VALUE + 4);
        buf_clear(&tale->text);
    }
}

static void
tell_last(struct tale *tale, const struct incident *now)
{
    const struct incident *last = tale->course->last;
    tell_pullers(tale, last);
    end_detail(tale);
    tell_advice(tale, last);
    end_detail(tale);
    tell_differences(tale, last, now);
    end_detail(tale);
}

void
course_render(const struct course *course, const struct report_style *style,
              const struct incident *incident, struct buf *out)
{
    struct tale tale = {.paper = paper_of(out, style),
                        .course = course,
                        .language = style->language};
    buf_add_byte(out, '\n');
    tell_course(&tale, incident);
    for (size_t i = 0; i < course->life_count; i++) {
        if (i == 0) {
            paper_label(&tale.paper, INK_DIM,
                        words_get(WORD_BEFORE, tale.language));
        } else {
            paper_blanks(&tale.paper, PAPER_VALUE);
        }
        tell_life(&tale, &course->lives[i]);
        if (i == 0 && course->last) {
            tell_last(&tale, incident);
        }
    }
    buf_free(&tale.text);
}
