/* SPDX-License-Identifier: Apache-2.0 */
#include "match/classify.h"

#include "base/mem.h"
#include "match/aggregate.h"
#include "match/form.h"
#include "match/gate.h"
#include "match/gather.h"
#include "match/image.h"
#include "match/look.h"
#include "match/mask.h"
#include "match/memo.h"
#include "match/needle.h"
#include "match/redact.h"
#include "match/rule.h"
#include "match/scheduled.h"

#include <string.h>

/* What a look has cost. */
struct tally {
    uint64_t tries;
    uint64_t hits;
    uint64_t timed;
    uint64_t nanoseconds;
};

struct classifier {
    const struct catalog *catalog;
    struct rule_matcher *matcher;
    struct needle_set *gate;
    struct forms *forms;
    struct memo *memo;       /* NULL: nothing is kept */
    struct keyed secret;     /* the memo's */
    uint64_t (*clock)(void); /* NULL: no time is taken */
    struct tally *tallies;   /* in the catalogue's order */
    struct buf text;         /* message and error in one */
    struct buf said;         /* the registry's words, without secrets */
    struct mask whole;
    struct mask head; /* what stands before an aggregate; or all of it */
    struct mask members[AGGREGATE_MAX];
    struct gather_scratch scratch;
};

/* What the whole message says of itself, before any rule is tried. */
struct context {
    struct marks_seen seen;
    bool is_attempt;
    bool is_success;
};

static size_t
count_looks(const struct catalog *catalog)
{
    size_t count = 0;
    while (catalog_look(catalog, count)) {
        count++;
    }
    return count;
}

struct classifier *
classifier_new(const struct catalog *catalog)
{
    struct classifier *classifier = MEM_NEW(struct classifier);
    classifier->catalog = catalog;
    classifier->matcher = rule_matcher_new();
    classifier->gate = gate_new(catalog);
    classifier->forms = forms_new(catalog);
    classifier->tallies =
        mem_new((count_looks(catalog) + 1) * sizeof(*classifier->tallies));
    return classifier;
}

void
classifier_free(struct classifier *classifier)
{
    if (!classifier) {
        return;
    }
    rule_matcher_free(classifier->matcher);
    needle_set_free(classifier->gate);
    forms_free(classifier->forms);
    memo_free(classifier->memo);
    mem_free(classifier->tallies);
    buf_free(&classifier->text);
    buf_free(&classifier->said);
    mask_free(&classifier->whole);
    mask_free(&classifier->head);
    for (size_t i = 0; i < AGGREGATE_MAX; i++) {
        mask_free(&classifier->members[i]);
    }
    mem_free(classifier);
}

void
classifier_reload(struct classifier *classifier, const struct catalog *catalog)
{
    struct classifier *fresh = classifier_new(catalog);
    struct classifier old = *classifier;
    if (old.memo) {
        classifier_remember(fresh, &old.secret);
    }
    fresh->clock = old.clock;
    *classifier = *fresh;
    *fresh = old;
    classifier_free(fresh);
}

/* Whether a pattern depends on whose record it is. */
static bool
look_asks_of_whom(const struct look *look)
{
    for (size_t i = 0; i < look->where_count; i++) {
        if (memo_is_of_whom(look->wheres[i].fact)) {
            return true;
        }
    }
    return false;
}

static bool
asks_of_whom(const struct catalog *catalog)
{
    const struct look *look;
    for (size_t i = 0; (look = catalog_look(catalog, i)); i++) {
        if (look_asks_of_whom(look)) {
            return true;
        }
    }
    return false;
}

void
classifier_forget(struct classifier *classifier)
{
    memo_free(classifier->memo);
    classifier->memo = NULL;
}

void
classifier_remember(struct classifier *classifier, const struct keyed *secret)
{
    if (!classifier->memo) {
        classifier->secret = *secret;
        classifier->memo = memo_new(asks_of_whom(classifier->catalog), secret);
        forms_remember(classifier->forms);
    }
}

void
classifier_time(struct classifier *classifier, uint64_t (*clock)(void))
{
    classifier->clock = clock;
}

bool
classifier_cost(const struct classifier *classifier, size_t index,
                struct classifier_cost *cost)
{
    const struct look *look = catalog_look(classifier->catalog, index);
    if (!look) {
        return false;
    }
    const struct tally *tally = &classifier->tallies[index];
    *cost = (struct classifier_cost){
        .look = look,
        .tries = tally->tries,
        .hits = tally->hits,
        .breaks = look_breaks(look),
        .timed = tally->timed,
        .nanoseconds = tally->nanoseconds,
    };
    return true;
}

size_t
classifier_next(const struct classifier *classifier, struct slice text,
                size_t from)
{
    return needle_next(classifier->gate, text, from);
}

void
classifier_block(const struct classifier *classifier, struct slice text,
                 size_t start, struct needle_block *block)
{
    needle_read(classifier->gate, text, start, block);
}

size_t
classifier_stands(const struct classifier *classifier,
                  struct needle_block *block, size_t from)
{
    return needle_stands(classifier->gate, block, from);
}

bool
classifier_may_matter(const struct classifier *classifier, struct slice line)
{
    return needle_find(classifier->gate, line);
}

/* Message and error as one text: `PullImage "X" failed: failed to ...`. */
static struct slice
whole_text(struct classifier *classifier, const struct record *record)
{
    if (record->error.len == 0) {
        return record->message;
    }
    if (record->message.len == 0) {
        return record->error;
    }
    buf_clear(&classifier->text);
    buf_add(&classifier->text, record->message);
    buf_add_text(&classifier->text, ": ");
    buf_add(&classifier->text, record->error);
    return buf_slice(&classifier->text);
}

static bool
may_try(const struct look *look, const struct context *context)
{
    if (look->is_success || context->is_success) {
        return look->is_success && context->is_success;
    }
    if (look->is_fallback) {
        if (look->need_count == 0) {
            return context->seen.is[MARK_FAILED] && !context->is_attempt;
        }
        return context->seen.is[MARK_FAILED]
            || (context->seen.is[MARK_PULL] && !context->seen.is_other);
    }
    return look->is_alone || context->seen.is[MARK_FAILED]
        || (context->seen.is[MARK_PULL] && !context->seen.is_other);
}

/* A look is tried on a text of that form. */
struct trial {
    const struct look *look;
    struct form *form;
    struct form_look *of_form;
    struct slice text;
    struct facts *facts;
};

/*
 * Whether the look catches the text. What its pattern says to it is kept, so it
 * is asked; where nothing is kept, the facts are cheaper to ask.
 */
static bool
search(struct rule_matcher *matcher, const struct trial *trial)
{
    const struct look *look = trial->look;
    struct rule_hit hit;
    if (!trial->form->is_short) {
        return look_matches(look, matcher, trial->text, trial->facts);
    }
    if (!trial->form->is_kept && !look_suits(look, matcher, trial->facts)) {
        return false;
    }
    bool is_hit = look_search(look, matcher, trial->text, &hit);
    form_keep(trial->form, trial->of_form, trial->text, is_hit ? &hit : NULL);
    if (!is_hit
        || (trial->form->is_kept && !look_suits(look, matcher, trial->facts))) {
        return false;
    }
    look_learn(look, &hit, trial->facts);
    return true;
}

static bool
is_caught(struct classifier *classifier, const struct trial *trial)
{
    struct tally *tally = &classifier->tallies[trial->of_form->number];
    uint64_t start = classifier->clock ? classifier->clock() : 0;
    bool is_hit = search(classifier->matcher, trial);
    tally->tries++;
    tally->hits += is_hit;
    if (classifier->clock) {
        tally->timed++;
        tally->nanoseconds += classifier->clock() - start;
    }
    return is_hit;
}

/* Likewise, as its pattern said before. */
static bool
was_caught(const struct classifier *classifier, const struct trial *trial)
{
    struct rule_hit hit;
    if (trial->of_form->state != FORM_HIT
        || !look_suits(trial->look, classifier->matcher, trial->facts)) {
        return false;
    }
    form_recall(trial->form, trial->of_form, trial->text, &hit);
    look_learn(trial->look, &hit, trial->facts);
    return true;
}

/* The first look that catches the member, and the facts with it. */
static const struct look *
find_look(struct classifier *classifier, const struct mask *member,
          struct form *form, const struct context *context, struct facts *facts)
{
    struct trial trial = {
        .form = form, .text = buf_slice(&member->text), .facts = facts};
    gather_message(member, &classifier->scratch, facts);
    if (form->seen.is_told || !form->is_short) {
        gather_told(trial.text, facts);
    }
    for (size_t i = 0; i < form->count; i++) {
        trial.of_form = &form->looks[i];
        trial.look = catalog_look(classifier->catalog, trial.of_form->number);
        if (may_try(trial.look, context)
            && (trial.of_form->state == FORM_UNKNOWN
                    ? is_caught(classifier, &trial)
                    : was_caught(classifier, &trial))) {
            return trial.look;
        }
    }
    return NULL;
}

static void
note_also(struct finding *finding, const struct cause *cause)
{
    if (!cause || cause == finding->cause || cause->rank == 0) {
        return;
    }
    for (size_t i = 0; i < finding->also_count; i++) {
        if (finding->also[i] == cause) {
            return;
        }
    }
    if (finding->also_count < FINDING_ALSO) {
        finding->also[finding->also_count++] = cause;
    }
}

/* A member's cause takes the finding over if it ranks higher. */
static void
weigh(struct finding *finding, const struct look *look,
      const struct facts *facts)
{
    if (!look) {
        return;
    }
    if (finding->cause && finding->cause->rank >= look->cause->rank) {
        note_also(finding, look->cause);
        return;
    }
    const struct cause *loser = finding->cause;
    finding->look = look;
    finding->cause = look->cause;
    finding->facts = *facts;
    note_also(finding, loser);
}

/* The first image that a node could ask for by that name; may be empty. */
static struct slice
asked_image(const struct mask *mask)
{
    struct image image;
    for (size_t i = 0; i < mask->count; i++) {
        const struct mask_note *note = &mask->notes[i];
        if (note->kind == MASK_IMAGE
            && (!mask_is_registrys(mask, note)
                || (image_parse(note->text, &image) && image.has_registry))) {
            return note->text;
        }
    }
    return slice_of("", 0);
}

/* Of which registry it is, a registry's own word does not tell. */
static void
learn_repository(const struct mask *mask, struct facts *facts)
{
    struct image image;
    const struct mask_note *note = mask_find(mask, MASK_IMAGE);
    if (note && image_parse(note->text, &image)) {
        facts->value[FACT_REPOSITORY] = image.path;
        facts->value[FACT_TAG] = image.tag;
    }
}

static void
learn_image(struct classifier *classifier, const struct record *record,
            struct facts *facts)
{
    struct slice image =
        record->image.len > 0 ? record->image : asked_image(&classifier->head);
    if (image.len > 0) {
        gather_image(image, &classifier->scratch, facts);
    } else {
        learn_repository(&classifier->head, facts);
    }
}

/* An aggregate may name its image only in its members. */
static struct slice
member_image(const struct mask *member, struct slice known)
{
    return known.len == 0 ? asked_image(member) : known;
}

static void
read_members(struct classifier *classifier, const struct aggregate *aggregate,
             const struct context *context, struct finding *finding)
{
    struct facts common = finding->facts;
    struct slice image = common.value[FACT_IMAGE];
    for (size_t i = 0; i < aggregate->count; i++) {
        struct facts facts = common;
        struct mask *member = &classifier->members[i];
        struct context own = *context;
        mask_part(member, &classifier->whole, aggregate->members[i]);
        struct form *form =
            forms_read(classifier->forms, buf_slice(&member->text));
        marks_join(&own.seen, &form->seen);
        gather_image(member_image(member, image), &classifier->scratch, &facts);
        weigh(finding, find_look(classifier, member, form, &own, &facts),
              &facts);
    }
}

/* What a client says on a terminal before it goes on: "INFO[0000] ...". */
static bool
goes_on(const struct record *record)
{
    return slice_starts(record->message, SLICE("trying next host"))
        || slice_starts(record->message,
                        SLICE("Attempting next endpoint for pull"));
}

static bool
is_attempt(const struct record *record)
{
    return record->level == LEVEL_INFO
        && (record->format == FORMAT_LOGFMT || record->format == FORMAT_JSON
            || goes_on(record));
}

/*
 * The registry's words are kept and shown; they may quote what was sent. What is
 * cut off goes with the word that is cut, so that no half of a secret is left.
 * CRI-O says all once more, of an artifact.
 */
static void
redact_words(struct classifier *classifier, struct facts *facts)
{
    enum {
        LONGEST = 2048
    };
    struct slice *words = &facts->value[FACT_SERVER_MESSAGE];
    *words = slice_before(*words, slice_find(*words, SLICE("; artifact err:")));
    if (words->len > 0) {
        if (words->len > LONGEST) {
            *words = slice_before(*words, LONGEST);
            *words = slice_before(*words, slice_find_last(*words, ' '));
        }
        buf_clear(&classifier->said);
        redact_add(&classifier->said, *words);
        *words = buf_slice(&classifier->said);
    }
}

/* No image is spoken of, whatever looks like one. */
static void
read_note(struct classifier *classifier, struct finding *finding)
{
    finding->kind = FINDING_NOTE;
    finding->facts = (struct facts){0};
    (void)look_matches(finding->look, classifier->matcher,
                       buf_slice(&classifier->head.text), &finding->facts);
}

/* What no single word tells. */
static void
see_more(const struct classifier *classifier, struct context *context)
{
    struct marks_seen *seen = &context->seen;
    seen->is[MARK_FAILED] |=
        !seen->is_other && gather_asks_registry(&classifier->head);
    seen->is[MARK_PULL] |=
        gather_is_pull_row(buf_slice(&classifier->head.text));
    /* A failure may quote anybody's words, these too. */
    context->is_success = (seen->is[MARK_SUCCESS] || seen->is[MARK_THERE])
                       && !seen->is[MARK_FAILED];
}

static void
read_record(struct classifier *classifier, const struct record *record,
            struct finding *finding)
{
    struct context context = {.is_attempt = is_attempt(record)};
    struct aggregate aggregate;
    memset(finding, 0, sizeof(*finding));
    if (scheduled_read(record, &finding->facts)) {
        finding->kind = FINDING_NOTE;
        return;
    }
    classifier->scratch.used = 0;
    mask_text(&classifier->whole, whole_text(classifier, record),
              record->image);
    aggregate_split(buf_slice(&classifier->whole.text), &aggregate);
    mask_part(&classifier->head, &classifier->whole, aggregate.head);
    struct form *form =
        forms_read(classifier->forms, buf_slice(&classifier->head.text));
    context.seen = form->seen;
    forms_see(classifier->forms, record->reason, &context.seen);
    see_more(classifier, &context);
    gather_record(record, &finding->facts);
    learn_image(classifier, record, &finding->facts);
    if (aggregate.count > 0 && !context.is_success) {
        read_members(classifier, &aggregate, &context, finding);
    } else {
        finding->look = find_look(classifier, &classifier->head, form, &context,
                                  &finding->facts);
        finding->cause = finding->look ? finding->look->cause : NULL;
        if (finding->cause) {
            gather_asked(&classifier->head, &classifier->scratch,
                         &finding->facts);
        }
    }
    if (context.is_success) {
        finding->kind = FINDING_SUCCESS;
        finding->was_there = !context.seen.is[MARK_SUCCESS];
    } else if (finding->cause && finding->look->is_note) {
        read_note(classifier, finding);
    } else if (finding->cause) {
        bool may_succeed = context.is_attempt || finding->look->is_attempt;
        finding->kind = may_succeed ? FINDING_ATTEMPT : FINDING_FAILURE;
        redact_words(classifier, &finding->facts);
    }
}

void
classifier_read_once(struct classifier *classifier, const struct record *record,
                     struct finding *finding)
{
    if (!classifier->memo || !memo_find(classifier->memo, record, finding)) {
        read_record(classifier, record, finding);
    }
}

/* What means nothing differs mostly, and would take the others' place. */
void
classifier_read(struct classifier *classifier, const struct record *record,
                struct finding *finding)
{
    if (classifier->memo && memo_find(classifier->memo, record, finding)) {
        return;
    }
    read_record(classifier, record, finding);
    if (classifier->memo && finding->kind != FINDING_NOTHING) {
        memo_add(classifier->memo, record, finding);
    }
}

struct slice
classifier_masked(struct classifier *classifier, const struct record *record)
{
    mask_text(&classifier->whole, whole_text(classifier, record),
              record->image);
    return buf_slice(&classifier->whole.text);
}
