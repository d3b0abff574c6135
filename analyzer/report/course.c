/* SPDX-License-Identifier: Apache-2.0 */
#include "report/course.h"

#include "base/stamp.h"
#include "report/paper.h"
#include "report/words.h"

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
    listing_add_time(&tale->text, tale->paper.style, tale->course->offset, us);
}

/* Prints what is in the text, and empties it. */
static void
end_line(struct tale *tale)
{
    paper_wrap(&tale->paper, buf_slice(&tale->text), PAPER_VALUE,
               PAPER_VALUE + 2);
    buf_clear(&tale->text);
}

/* "resolved after 70 min", or that it was not. */
static void
add_end(struct tale *tale, int64_t first_seen, int64_t resolved_at)
{
    struct buf span = {0};
    if (resolved_at == 0) {
        words_add(&tale->text, WORD_UNRESOLVED, tale->language);
        return;
    }
    words_add_span(&span, tale->language, resolved_at - first_seen);
    struct slice rest = words_get(WORD_RESOLVED_AFTER, tale->language);
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
    listing_add_zone(&tale->text, course->offset, incident->first_seen);
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
    add_end(tale, incident->first_seen, is_over ? incident->resolved_at : 0);
    end_line(tale);
}

static void
tell_life(struct tale *tale, const struct course_life *life)
{
    buf_print(&tale->text, "#%lld  ", (long long)life->id);
    add_time(tale, life->first_seen);
    words_add(&tale->text, WORD_COMMA, tale->language);
    add_end(tale, life->first_seen, life->resolved_at);
    add_count(tale, life->count);
    end_line(tale);
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
    }
    buf_free(&tale.text);
}
