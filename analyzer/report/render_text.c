/* SPDX-License-Identifier: Apache-2.0 */
#include "base/stamp.h"
#include "report/advice.h"
#include "report/brief.h"
#include "report/paper.h"
#include "report/remedy.h"
#include "report/report.h"
#include "report/words.h"

enum {
    REMEDIES_FULL = 3, /* in a block; the rest by title */
    NAMES_SHOWN = 3,   /* pods called by name in a block */
    NAMES_WHOLE = 64,  /* and where one incident is all that is shown */
    MARK_CELLS = 10,   /* cells of a change's mark */
    WHERE_LEAST = 20,  /* cells that a change's line keeps for the place */
};

/* A block that is being written. */
struct block {
    struct paper paper;
    const struct incident *incident;
    enum language language;
    bool is_whole;       /* all is told, not only the start */
    struct buf text;     /* scratch */
    struct slice course; /* how it went, as lines; or empty */
};

static enum ink
severity_ink(enum severity severity)
{
    static const enum ink inks[] = {
        [SEVERITY_INFO] = INK_LOOK,
        [SEVERITY_WARNING] = INK_WARNING,
        [SEVERITY_ERROR] = INK_ERROR,
        [SEVERITY_CRITICAL] = INK_CRITICAL,
    };

    return inks[severity];
}

static void
add_mark(struct paper *paper, enum severity severity)
{
    paper_cell(paper, severity_ink(severity),
               words_of(WORD_MARK, severity, paper->style->language),
               PAPER_VALUE);
}

/* What the scratch holds, beside a label; nothing if it is empty. */
static void
flush_value(struct block *block, enum word label)
{
    if (block->text.len > 0) {
        paper_label(&block->paper, INK_DIM, words_get(label, block->language));
        paper_wrap(&block->paper, buf_slice(&block->text), PAPER_VALUE,
                   PAPER_VALUE);
        buf_clear(&block->text);
    }
}

static void
add_tag(struct buf *out, const struct incident *incident)
{
    if (incident->id > 0) {
        buf_add_byte(out, '#');
        buf_add_number(out, (uint64_t)incident->id);
        buf_add_byte(out, ' ');
    }
    buf_add_byte(out, '[');
    buf_add(out, incident->cause->slug);
    buf_add_byte(out, ']');
}

static void
add_head(struct block *block)
{
    const struct incident *incident = block->incident;
    struct paper *paper = &block->paper;
    add_mark(paper, incident->severity);
    paper_ink(paper, INK_BOLD);
    paper_wrap_own(paper, incident->cause->title.in[block->language],
                   PAPER_VALUE);
    paper_ink(paper, INK_PLAIN);
    paper_blanks(paper, PAPER_VALUE);
    add_tag(&block->text, incident);
    buf_add_byte(&block->text, ' ');
    buf_add(&block->text,
            words_of(WORD_STATE, incident->state, block->language));
    paper_wrap(paper, buf_slice(&block->text), PAPER_VALUE, PAPER_VALUE);
    buf_clear(&block->text);
}

static void
add_place(struct block *block)
{
    const struct incident *incident = block->incident;
    struct buf image = {0};
    brief_add_where(&block->text, incident);
    brief_add_image(&image, incident);
    bool has_image = image.len > 0
                  && !slice_equal(buf_slice(&image), buf_slice(&block->text));
    struct slice vendor = words_vendor(incident_fact(incident, FACT_VENDOR));
    if (vendor.len > 0) {
        buf_add(&block->text, SLICE(" ("));
        buf_add(&block->text, vendor);
        buf_add_byte(&block->text, ')');
    }
    flush_value(block, WORD_WHERE);
    if (has_image) {
        buf_add(&block->text, buf_slice(&image));
        flush_value(block, WORD_IMAGE);
    }
    if (slice_equal(incident_fact(incident, FACT_ROLE), SLICE("sandbox"))) {
        paper_blanks(&block->paper, PAPER_VALUE);
        paper_wrap(&block->paper, words_get(WORD_SANDBOX, block->language),
                   PAPER_VALUE, PAPER_VALUE);
    }
    buf_free(&image);
}

/* "14 times in 11 min, last 3 min ago", and the stamps beneath. */
static void
add_times(struct block *block)
{
    const struct incident *incident = block->incident;
    int64_t first = incident->first_seen;
    int64_t last = incident->last_seen;
    int64_t now = block->paper.style->now;
    struct buf *text = &block->text;
    brief_add_count(text, incident, block->language);
    if (first != 0 && last - first >= STAMP_SECOND) {
        words_add(text, WORD_WITHIN, block->language);
        words_add_span(text, block->language, last - first);
    }
    if (last != 0 && now >= last) {
        words_add(text, WORD_COMMA, block->language);
        words_add(text, WORD_LAST, block->language);
        words_add_span(text, block->language, now - last);
        words_add(text, WORD_AGO, block->language);
    }
    flush_value(block, WORD_SEEN);
    if (last == 0) {
        return;
    }
    if (first != 0 && last > first) {
        brief_add_time(text, block->paper.style, incident, first);
        words_add(text, WORD_TO, block->language);
    }
    brief_add_time(text, block->paper.style, incident, last);
    paper_blanks(&block->paper, PAPER_VALUE);
    paper_wrap(&block->paper, buf_slice(text), PAPER_VALUE, PAPER_VALUE);
    buf_clear(text);
}

static bool
is_same_pod(const struct affected *a, const struct affected *b)
{
    return slice_equal(a->pod, b->pod)
        && slice_equal(a->namespace, b->namespace);
}

/* The next row whose pod has not been named by a row before it. */
static size_t
next_pod(const struct incident *incident, size_t from)
{
    for (size_t i = from; i < incident->affected_count; i++) {
        const struct affected *row = &incident->affected[i];
        bool is_named = row->pod.len == 0;
        for (size_t k = 0; k < i && !is_named; k++) {
            is_named = is_same_pod(&incident->affected[k], row);
        }
        if (!is_named) {
            return i;
        }
    }
    return incident->affected_count;
}

/* "3 pods on 2 nodes: prod/api-1, prod/api-2 and 1 more" */
static void
add_affected(struct block *block)
{
    const struct incident *incident = block->incident;
    size_t names = block->is_whole ? NAMES_WHOLE : NAMES_SHOWN;
    size_t named = 0;
    size_t pods = brief_add_affected(&block->text, incident, block->language);
    for (size_t i = next_pod(incident, 0);
         i < incident->affected_count && named < names;
         i = next_pod(incident, i + 1)) {
        const struct affected *row = &incident->affected[i];
        if (named++ == 0) {
            buf_add_text(&block->text, ": ");
        } else {
            words_add(&block->text, WORD_COMMA, block->language);
        }
        if (row->namespace.len > 0) {
            buf_add(&block->text, row->namespace);
            buf_add_byte(&block->text, '/');
        }
        buf_add(&block->text, row->pod);
    }
    if (pods > named) {
        words_add_number(&block->text, WORD_AND_MORE, block->language,
                         pods - named);
    }
    flush_value(block, WORD_AFFECTED);
}

static void
add_also(struct block *block)
{
    for (size_t i = 0; i < block->incident->also_count; i++) {
        const struct cause *also = block->incident->also[i];
        if (i > 0) {
            words_add(&block->text, WORD_COMMA, block->language);
        }
        buf_add_byte(&block->text, '[');
        buf_add(&block->text, also->slug);
        buf_add(&block->text, SLICE("] "));
        buf_add(&block->text, also->title.in[block->language]);
    }
    flush_value(block, WORD_ALSO);
}

/* The first line and the newest one: what was first said is the cause. */
static void
add_evidence(struct block *block)
{
    const struct incident *incident = block->incident;
    const struct evidence *said = NULL; /* what was written last */
    const struct evidence *line = incident_evidence(incident, 0);
    for (size_t i = 0; line; i++) {
        const struct evidence *next = incident_evidence(incident, i + 1);
        bool is_wanted = block->is_whole || i == 0 || !next;
        if (is_wanted
            && !(said
                 && slice_equal(evidence_line(said), evidence_line(line)))) {
            struct slice label = words_get(WORD_EVIDENCE, block->language);
            buf_add_text(block->paper.out, said ? "" : "\n");
            paper_label(&block->paper, INK_DIM, said ? SLICE("") : label);
            paper_quote(&block->paper, evidence_line(line), PAPER_VALUE);
            said = line;
        }
        line = next;
    }
}

/* What shows all remedies: the incident if it can be asked for. */
static void
add_more_head(struct block *block)
{
    const struct incident *incident = block->incident;
    words_add(&block->text, WORD_MORE, block->language);
    if (incident->is_stored) {
        buf_add_byte(&block->text, ' ');
        buf_add(&block->text, block->paper.style->show);
        buf_add_byte(&block->text, ' ');
        buf_add_number(&block->text, (uint64_t)incident->id);
    } else {
        buf_add(&block->text, SLICE(" pullwhy explain "));
        buf_add(&block->text, incident->cause->slug);
    }
    buf_add_byte(&block->text, ')');
    /* Not wrapped: a path with blanks must stay one when it is copied. */
    buf_add_byte(block->paper.out, '\n');
    printable_add(block->paper.out, buf_slice(&block->text));
    buf_add_byte(block->paper.out, '\n');
    buf_clear(&block->text);
}

static void
add_section(struct paper *paper, enum word word)
{
    buf_add_byte(paper->out, '\n');
    paper_ink(paper, INK_BOLD);
    words_add(paper->out, word, paper->style->language);
    paper_ink(paper, INK_PLAIN);
    buf_add_byte(paper->out, '\n');
}

static void
add_remedies(struct block *block)
{
    const struct incident *incident = block->incident;
    struct arena arena = {0};
    struct facts facts;
    incident_facts(incident, &facts);
    size_t full = block->is_whole ? SIZE_MAX : REMEDIES_FULL;
    struct filling filling = {.facts = &facts,
                              .arena = &arena,
                              .kept = block->paper.style->kept,
                              .language = block->language,
                              .full = full};
    struct filled_remedies remedies =
        remedies_fill_by(&filling, incident->cause);
    struct advice advice = {.paper = &block->paper, .filling = &filling};
    if (remedies.count > 0) {
        add_section(&block->paper, WORD_TO_DO);
    }
    for (size_t i = 0; i < remedies.count; i++) {
        if (i < full) {
            buf_add_byte(block->paper.out, '\n');
        } else if (i == full) {
            add_more_head(block);
        }
        advice_add_title(&advice, &remedies.items[i], i + 1);
        if (i < full) {
            advice_add_steps(&advice, &remedies.items[i]);
        }
    }
    arena_free(&arena);
}

static void
add_why(struct block *block)
{
    struct slice why = block->incident->cause->why.in[block->language];
    if (why.len > 0) {
        paper_label(&block->paper, INK_DIM,
                    words_get(WORD_WHY, block->language));
        paper_wrap_own(&block->paper, why, PAPER_VALUE);
    }
}

static void
add_block(struct block *block)
{
    add_head(block);
    buf_add_byte(block->paper.out, '\n');
    add_place(block);
    add_times(block);
    add_affected(block);
    add_also(block);
    buf_add_byte(block->paper.out, '\n');
    add_why(block);
    buf_add(block->paper.out, block->course);
    add_evidence(block);
    add_remedies(block);
}

static enum ink
change_ink(const struct incident *incident, enum change change)
{
    static const enum ink inks[CHANGES] = {
        [CHANGE_RESOLVED] = INK_GOOD,
        [CHANGE_QUIET] = INK_DIM,
        [CHANGE_UPDATED] = INK_LOOK,
    };

    return inks[change] != INK_PLAIN ? inks[change]
                                     : severity_ink(incident->severity);
}

/* ": 14 times, 4 pods, 16:39:59Z"; the date only if it is not today's. */
static void
add_line_end(struct block *block)
{
    const struct incident *incident = block->incident;
    struct buf *text = &block->text;
    int64_t now = block->paper.style->now;
    int64_t last = incident->last_seen;
    size_t pods = incident_pods(incident);
    buf_add_text(text, ": ");
    brief_add_count(text, incident, block->language);
    if (pods > 0) {
        words_add(text, WORD_COMMA, block->language);
        words_add_number(text, pods == 1 ? WORD_POD : WORD_PODS,
                         block->language, pods);
    }
    if (last == 0) {
        return;
    }
    words_add(text, WORD_COMMA, block->language);
    if (last / STAMP_DAY == now / STAMP_DAY) {
        char stamp[STAMP_TEXT];
        buf_print(text, "%s%s", brief_is_approximate(incident) ? "~" : "",
                  stamp_format(last, stamp) + sizeof("2026-11-23T") - 1);
    } else {
        brief_add_time(text, block->paper.style, incident, last);
    }
}

/* "resolved  #7 [unauthorized] x.azurecr.io: 14 times, 3 pods, ..." */
static void
add_line(struct block *block, enum change change)
{
    struct paper *paper = &block->paper;
    struct buf where = {0};
    struct buf tag = {0};
    add_tag(&tag, block->incident);
    buf_add_byte(&tag, ' ');
    brief_add_where(&where, block->incident);
    add_line_end(block);
    size_t taken =
        MARK_CELLS + tag.len + printable_width(buf_slice(&block->text));
    size_t room = printable_width(buf_slice(&where));
    if (paper->style->columns > 0 && taken + room > paper->columns) {
        room = paper->columns > taken ? paper->columns - taken : 0;
        room = room > WHERE_LEAST ? room : WHERE_LEAST;
    }
    paper_cell(paper, change_ink(block->incident, change),
               words_of(WORD_CHANGED, change, block->language), MARK_CELLS);
    printable_add(paper->out, buf_slice(&tag));
    printable_add_cut(paper->out, buf_slice(&where), room);
    printable_add(paper->out, buf_slice(&block->text));
    buf_add_byte(paper->out, '\n');
    buf_free(&where);
    buf_free(&tag);
}

void
render_text_incident(struct buf *out, const struct report_style *style,
                     const struct incident *incident, enum change change)
{
    struct block block = {
        .paper = paper_of(out, style),
        .incident = incident,
        .language = style->language,
    };
    if (change == CHANGE_OPENED || change == CHANGE_NOTHING) {
        add_block(&block);
        buf_add_byte(out, '\n');
    } else {
        add_line(&block, change);
    }
    buf_free(&block.text);
}

static void
add_sources(struct paper *paper, const struct cause *cause)
{
    if (cause->source_count > 0) {
        add_section(paper, WORD_SOURCES);
    }
    for (size_t i = 0; i < cause->source_count; i++) {
        paper_blanks(paper, PAPER_LABEL);
        printable_add(paper->out, cause->sources[i]);
        buf_add_byte(paper->out, '\n');
    }
}

void
render_text_show(struct buf *out, const struct report_style *style,
                 const struct incident *incident, struct slice course)
{
    struct block block = {
        .paper = paper_of(out, style),
        .incident = incident,
        .language = style->language,
        .is_whole = true,
        .course = course,
    };
    add_block(&block);
    add_sources(&block.paper, incident->cause);
    buf_free(&block.text);
}

static void
add_cause_head(struct paper *paper, const struct cause *cause)
{
    enum language language = paper->style->language;
    struct buf text = {0};
    add_mark(paper, cause->severity);
    paper_ink(paper, INK_BOLD);
    paper_wrap(paper, cause->title.in[language], PAPER_VALUE, PAPER_VALUE);
    paper_ink(paper, INK_PLAIN);
    paper_blanks(paper, PAPER_VALUE);
    buf_print(&text, "[%.*s] ", SLICE_ARG(cause->slug));
    buf_add(&text, words_of(WORD_NATURE, cause->nature, language));
    words_add(&text, WORD_COMMA, language);
    buf_add(&text, words_of(WORD_SCOPE, cause->scope, language));
    paper_wrap(paper, buf_slice(&text), PAPER_VALUE, PAPER_VALUE);
    buf_free(&text);
}

void
render_text_cause(struct buf *out, const struct report_style *style,
                  const struct cause *cause, const struct facts *facts)
{
    static const struct facts none;
    struct paper paper = paper_of(out, style);
    enum language language = style->language;
    struct arena arena = {0};
    struct filling filling = {
        .facts = facts ? facts : &none, .arena = &arena, .language = language};
    struct advice advice = {.paper = &paper, .filling = &filling};
    struct filled_remedies remedies =
        remedies_fill_all(cause, filling.facts, language, &arena);

    add_cause_head(&paper, cause);
    buf_add_byte(out, '\n');
    paper_label(&paper, INK_DIM, words_get(WORD_WHY, language));
    paper_wrap(&paper, cause->why.in[language], PAPER_VALUE, PAPER_VALUE);
    if (remedies.count > 0) {
        add_section(&paper, WORD_TO_DO);
    }
    for (size_t i = 0; i < remedies.count; i++) {
        buf_add_byte(out, '\n');
        advice_add_title(&advice, &remedies.items[i], i + 1);
        advice_add_when(&advice, remedies.items[i].remedy);
        advice_add_steps(&advice, &remedies.items[i]);
    }
    add_sources(&paper, cause);
    arena_free(&arena);
}
