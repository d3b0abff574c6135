/* SPDX-License-Identifier: Apache-2.0 */
#include "match/classify.h"

#include "base/mem.h"
#include "match/aggregate.h"
#include "match/gate.h"
#include "match/gather.h"
#include "match/lexicon.h"
#include "match/look.h"
#include "match/marks.h"
#include "match/mask.h"
#include "match/memo.h"
#include "match/needle.h"
#include "match/redact.h"
#include "match/rule.h"

#include <string.h>

/* A look and where its needs stand among the numbers of all of them. */
struct
try {
    const struct look *look;
    size_t first;
    size_t next; /* of those with the same key, or none */
    uint64_t tries;
    uint64_t hits;
    uint64_t timed;
    uint64_t nanoseconds;
};

enum {
    NO_KEY = 0, /* no literal's number: a look that needs none */
    BITS = 64,
};

static const size_t none = SIZE_MAX;

struct classifier {
    const struct catalog *catalog;
    struct rule_matcher *matcher;
    struct needle_set *gate;
    struct marks *marks;
    struct lexicon *needs;
    struct memo *memo;       /* NULL: nothing is kept */
    uint64_t (*clock)(void); /* NULL: no time is taken */
    struct try *tries;       /* in the catalogue's order */
    size_t try_count;
    size_t *need_numbers;
    size_t *keyed;    /* the first try by the number of its key */
    uint64_t *chosen; /* a bit for each try: the text has its key */
    struct buf text;  /* message and error in one */
    struct buf said;  /* the registry's words, without secrets */
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

static void
learn_needs(struct classifier *classifier)
{
    const struct look *look;
    size_t numbers = 0;
    size_t looks = 0;
    while ((look = catalog_look(classifier->catalog, looks))) {
        numbers += look->need_count;
        looks++;
    }
    classifier->needs = lexicon_new();
    classifier->tries =
        mem_resize_array(NULL, looks + 1, sizeof(*classifier->tries));
    classifier->need_numbers =
        mem_resize_array(NULL, numbers + 1, sizeof(*classifier->need_numbers));
    numbers = 0;
    for (size_t i = 0; i < looks; i++) {
        look = catalog_look(classifier->catalog, i);
        classifier->tries[i] = (struct try){.look = look, .first = numbers};
        for (size_t at = 0; at < look->need_count; at++) {
            classifier->need_numbers[numbers++] =
                lexicon_add(classifier->needs, look->needs[at]);
        }
    }
    classifier->try_count = looks;
}

/*
 * A look is found by one of its needs, so that a text costs what stands in it,
 * not what the catalogue has: by the longest, which is the rarest.
 */
static size_t
key_of(const struct classifier *classifier, const struct try *try)
{
    size_t best = NO_KEY;
    size_t longest = 0;
    for (size_t i = 0; i < try->look->need_count; i++) {
        if (try->look->needs[i].len > longest) {
            longest = try->look->needs[i].len;
            best = classifier->need_numbers[try->first + i];
        }
    }
    return best;
}

static void
learn_keys(struct classifier *classifier)
{
    size_t end = lexicon_end(classifier->needs);
    classifier->keyed = mem_resize_array(NULL, end, sizeof(*classifier->keyed));
    classifier->chosen =
        mem_new((classifier->try_count / BITS + 1) * sizeof(uint64_t));
    for (size_t i = 0; i < end; i++) {
        classifier->keyed[i] = none;
    }
    for (size_t i = 0; i < classifier->try_count; i++) {
        struct try *try = &classifier->tries[i];
        size_t *first = &classifier->keyed[key_of(classifier, try)];
        try->next = *first;
        *first = i;
    }
}

struct classifier *
classifier_new(const struct catalog *catalog)
{
    struct classifier *classifier = MEM_NEW(struct classifier);
    classifier->catalog = catalog;
    classifier->matcher = rule_matcher_new();
    classifier->gate = gate_new(catalog);
    classifier->marks = marks_new();
    learn_needs(classifier);
    learn_keys(classifier);
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
    marks_free(classifier->marks);
    lexicon_free(classifier->needs);
    memo_free(classifier->memo);
    mem_free(classifier->tries);
    mem_free(classifier->need_numbers);
    mem_free(classifier->keyed);
    mem_free(classifier->chosen);
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
        classifier_remember(fresh);
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
classifier_remember(struct classifier *classifier)
{
    if (!classifier->memo) {
        classifier->memo = memo_new(asks_of_whom(classifier->catalog));
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
    if (index >= classifier->try_count) {
        return false;
    }
    const struct try *try = &classifier->tries[index];
    *cost = (struct classifier_cost){
        .look = try->look,
        .tries = try->tries,
        .hits = try->hits,
        .breaks = look_breaks(try->look),
        .timed = try->timed,
        .nanoseconds = try->nanoseconds,
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

/* Whether the text last read holds all that the look needs. */
static bool
has_needs(const struct classifier *classifier, const struct try *try)
{
    for (size_t i = 0; i < try->look->need_count; i++) {
        if (!lexicon_has(classifier->needs,
                         classifier->need_numbers[try->first + i])) {
            return false;
        }
    }
    return true;
}

static bool
is_caught(struct classifier *classifier, struct try *try, struct slice text,
          struct facts *facts)
{
    uint64_t start = classifier->clock ? classifier->clock() : 0;
    bool is_hit = look_matches(try->look, classifier->matcher, text, facts);
    try->tries++;
    try->hits += is_hit;
    if (classifier->clock) {
        try->timed++;
        try->nanoseconds += classifier->clock() - start;
    }
    return is_hit;
}

static void
choose_keyed(struct classifier *classifier, size_t key)
{
    for (size_t i = classifier->keyed[key]; i != none;
         i = classifier->tries[i].next) {
        classifier->chosen[i / BITS] |= UINT64_C(1) << i % BITS;
    }
}

/* The looks whose key stands in the text last read. */
static void
choose(struct classifier *classifier)
{
    size_t count;
    const uint32_t *found = lexicon_found(classifier->needs, &count);
    memset(classifier->chosen, 0,
           (classifier->try_count / BITS + 1) * sizeof(uint64_t));
    choose_keyed(classifier, NO_KEY);
    for (size_t i = 0; i < count; i++) {
        choose_keyed(classifier, found[i]);
    }
}

/* The next chosen look at `from` or behind, or none. */
static size_t
next_chosen(const struct classifier *classifier, size_t from)
{
    size_t i = from;
    while (i < classifier->try_count) {
        uint64_t rest = classifier->chosen[i / BITS] >> i % BITS;
        if (rest & 1) {
            return i;
        }
        i = rest == 0 ? (i / BITS + 1) * BITS : i + 1;
    }
    return none;
}

/* The first look that catches the member, and the facts with it. */
static const struct look *
find_look(struct classifier *classifier, const struct mask *member,
          const struct context *context, struct facts *facts)
{
    struct slice text = buf_slice(&member->text);
    gather_message(member, &classifier->scratch, facts);
    lexicon_read(classifier->needs, text);
    choose(classifier);
    for (size_t i = next_chosen(classifier, 0); i != none;
         i = next_chosen(classifier, i + 1)) {
        struct try *try = &classifier->tries[i];
        if (may_try(try->look, context) && has_needs(classifier, try)
            && is_caught(classifier, try, text, facts)) {
            return try->look;
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

static struct slice
known_image(const struct classifier *classifier, const struct record *record)
{
    if (record->image.len > 0) {
        return record->image;
    }
    const struct mask_note *note = mask_find(&classifier->head, MASK_IMAGE);
    return note ? note->text : slice_of("", 0);
}

/* An aggregate may name its image only in its members. */
static struct slice
member_image(const struct mask *member, struct slice known)
{
    const struct mask_note *note = mask_find(member, MASK_IMAGE);
    return known.len == 0 && note ? note->text : known;
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
        marks_read(classifier->marks, buf_slice(&member->text), &own.seen);
        gather_image(member_image(member, image), &classifier->scratch, &facts);
        weigh(finding, find_look(classifier, member, &own, &facts), &facts);
    }
}

static bool
is_attempt(const struct record *record)
{
    return record->level == LEVEL_INFO
        && (record->format == FORMAT_LOGFMT || record->format == FORMAT_JSON);
}

/* The registry's words are kept and shown; they may quote what was sent. */
static void
redact_words(struct classifier *classifier, struct facts *facts)
{
    struct slice *words = &facts->value[FACT_SERVER_MESSAGE];
    if (words->len > 0) {
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
    classifier->scratch.used = 0;
    mask_text(&classifier->whole, whole_text(classifier, record),
              record->image);
    aggregate_split(buf_slice(&classifier->whole.text), &aggregate);
    mask_part(&classifier->head, &classifier->whole, aggregate.head);
    marks_read(classifier->marks, buf_slice(&classifier->head.text),
               &context.seen);
    marks_read(classifier->marks, record->reason, &context.seen);
    see_more(classifier, &context);
    gather_record(record, &finding->facts);
    struct slice image = known_image(classifier, record);
    if (image.len > 0) {
        gather_image(image, &classifier->scratch, &finding->facts);
    }
    if (aggregate.count > 0 && !context.is_success) {
        read_members(classifier, &aggregate, &context, finding);
    } else {
        finding->look =
            find_look(classifier, &classifier->head, &context, &finding->facts);
        finding->cause = finding->look ? finding->look->cause : NULL;
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
