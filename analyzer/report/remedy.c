/* SPDX-License-Identifier: Apache-2.0 */
#include "report/remedy.h"

#include "base/buf.h"
#include "base/byte.h"
#include "report/recipe.h"

#include <stdint.h>
#include <string.h>

/* Whether no shell sees more in it than its bytes, even without quotes. */
static bool
is_inert(struct slice value)
{
    for (size_t i = 0; i < value.len; i++) {
        char byte = value.data[i];
        if (!byte_is(byte, BYTE_ALNUM)
            && (byte == '\0' || !strchr("_./:@%+=,-", byte))) {
            return false;
        }
    }
    return true;
}

static void
miss(struct filled_step *step, enum fact fact)
{
    for (size_t i = 0; i < step->missing_count; i++) {
        if (step->missing[i] == fact) {
            return;
        }
    }
    if (step->missing_count < REMEDY_MISSING) {
        step->missing[step->missing_count++] = fact;
    }
}

/* A value is looked at once, however often it is put in. */
static inline const struct filled_fact *
read_fact(struct filling *filling, enum fact fact)
{
    struct filled_fact *read = &filling->read[fact];
    if (!read->is_read) {
        struct slice value = filling->facts->value[fact];
        read->is_read = true;
        read->is_sound = fact_is_sound(fact, value);
        read->is_inert = read->is_sound && is_inert(value);
        read->text =
            read->is_sound ? value : slice_from(fact_row(fact)->placeholder);
    }
    return read;
}

/*
 * What is put in, and between what: none of it holds a quote, $, ` or \. A name
 * that no fact has cannot be filled, only be seen.
 */
struct insert {
    struct slice before;
    struct slice text;
    struct slice after;
};

static inline struct insert
insert_fact(const struct piece *piece, struct filling *filling)
{
    const struct filled_fact *read = read_fact(filling, (enum fact)piece->fact);
    bool has_quotes = piece->place == PLACE_BARE && !read->is_inert;
    struct slice quote = has_quotes ? SLICE("'") : SLICE("");
    return (struct insert){quote, read->text, quote};
}

/*
 * Each command carries the subscription: `az account set` would switch every
 * other terminal of the reader as well, and is missed where one line alone is
 * pasted.
 */
static inline struct insert
insert_of(const struct piece *piece, struct slice template,
          struct filling *filling)
{
    size_t name = piece->start + piece->len + sizeof("{{") - 1;
    bool is_bare = piece->place == PLACE_BARE;
    switch ((enum piece_kind)piece->kind) {
    case PIECE_FACT:
        return insert_fact(piece, filling);
    case PIECE_STRANGER:
        return (struct insert){is_bare ? SLICE("'<") : SLICE("<"),
                               slice_of(template.data + name, piece->name_len),
                               is_bare ? SLICE(">'") : SLICE(">")};
    case PIECE_SUBSCRIPTION:
        return (struct insert){SLICE("--subscription "),
                               filling->facts->value[FACT_SUBSCRIPTION],
                               SLICE(" ")};
    case PIECE_END:
        break;
    }
    return (struct insert){.text = SLICE("")};
}

static void
copy(char **to, struct slice text)
{
    if (text.len > 0) {
        memcpy(*to, text.data, text.len);
        *to += text.len;
    }
}

/* The template with all that is put in; up to the last piece. */
static struct slice
mix(const struct piece *pieces, struct slice template, struct filling *filling,
    struct filled_step *step)
{
    const struct piece *end = pieces;
    size_t len = 0;
    for (; end->kind != PIECE_END; end++) {
        struct insert insert = insert_of(end, template, filling);
        len +=
            end->len + insert.before.len + insert.text.len + insert.after.len;
    }
    char *filled = arena_alloc(filling->arena, len + end->len);
    char *to = filled;
    for (const struct piece *piece = pieces; piece <= end; piece++) {
        struct insert insert = insert_of(piece, template, filling);
        copy(&to, slice_of(template.data + piece->start, piece->len));
        copy(&to, insert.before);
        copy(&to, insert.text);
        copy(&to, insert.after);
        if (piece->kind == PIECE_FACT && !filling->read[piece->fact].is_sound) {
            miss(step, (enum fact)piece->fact);
        }
    }
    return slice_of(filled, (size_t)(to - filled));
}

/* Reads the template, or finds what was read of it. */
static struct slice
read_recipe(struct filling *filling, struct slice template, enum place place,
            struct buf *room)
{
    struct slice pieces;
    bool has_subscription = read_fact(filling, FACT_SUBSCRIPTION)->is_sound;
    uint32_t form = KEPT_RECIPE | (uint32_t)place << KEPT_FORM_BITS
                  | (uint32_t)has_subscription << 2 * KEPT_FORM_BITS;
    if (kept_find(filling->kept, template, form, &pieces)) {
        return pieces;
    }
    buf_clear(room);
    recipe_read(room, template, place, has_subscription);
    kept_add(filling->kept, template, form, buf_slice(room));
    return buf_slice(room);
}

static struct slice
fill(struct filling *filling, struct slice template, enum place place,
     struct filled_step *step)
{
    struct slice text = slice_trim(template);
    if (place == PLACE_PROSE && slice_find_byte(text, '{') == SLICE_NONE) {
        return text; /* the catalogue's own */
    }
    struct buf room = {0};
    struct slice recipe = read_recipe(filling, text, place, &room);
    const struct piece *pieces = (const void *)recipe.data;
    struct slice filled = text;
    if (pieces->kind != PIECE_END) {
        filled = mix(pieces, text, filling, step);
    }
    buf_free(&room);
    return filled;
}

struct slice
remedy_fill_by(struct filling *filling, struct slice template,
               struct filled_step *step)
{
    return fill(filling, template, PLACE_BARE, step);
}

struct slice
remedy_fill(struct slice template, const struct facts *facts,
            struct arena *arena, struct filled_step *step)
{
    struct filling filling = {.facts = facts, .arena = arena};
    return fill(&filling, template, PLACE_BARE, step);
}

struct slice
remedy_fill_prose(struct slice template, const struct facts *facts,
                  struct arena *arena)
{
    struct filling filling = {.facts = facts, .arena = arena};
    struct filled_step ignored = {0};
    return fill(&filling, template, PLACE_PROSE, &ignored);
}

enum holding {
    HOLDS_NOT,
    HOLDS_MAYBE,
    HOLDS,
};

/*
 * A fact whose value is "unknown" is as unknown as one without. What asks for
 * one of whatever value cannot do without it.
 */
static enum holding
condition_holds(const struct condition *condition, const struct facts *facts)
{
    struct slice value = facts->value[condition->fact];
    bool is_known = value.len > 0 && !slice_equal(value, SLICE("unknown"));
    struct slice sought = is_known ? value : SLICE("unknown");
    struct slice any = is_known ? SLICE("known") : SLICE("unknown");
    bool is_needed = fact_is_witnessed(condition->fact);
    for (size_t i = 0; i < condition->count; i++) {
        if (slice_equal(condition->values[i], sought)
            || slice_equal(condition->values[i], any)) {
            return HOLDS;
        }
        is_needed =
            is_needed || slice_equal(condition->values[i], SLICE("known"));
    }
    return is_known || is_needed ? HOLDS_NOT : HOLDS_MAYBE;
}

static bool
all_hold(const struct conditions *conditions, const struct facts *facts)
{
    for (size_t i = 0; i < conditions->count; i++) {
        if (condition_holds(&conditions->items[i], facts) != HOLDS) {
            return false;
        }
    }
    return true;
}

static bool
is_likely(const struct remedy *remedy, const struct facts *facts)
{
    for (size_t i = 0; i < remedy->likely_count; i++) {
        if (all_hold(&remedy->likely[i], facts)) {
            return true;
        }
    }
    return false;
}

/*
 * How many conditions are known to hold, with the weight; -1 if one is known
 * not to hold. What is likely comes before all that is not.
 */
static int
evidence_for(const struct remedy *remedy, const struct facts *facts)
{
    int evidence = remedy->weight;
    for (size_t i = 0; i < remedy->when.count; i++) {
        enum holding holding = condition_holds(&remedy->when.items[i], facts);
        if (holding == HOLDS_NOT) {
            return -1;
        }
        evidence += holding == HOLDS;
    }
    return evidence + (is_likely(remedy, facts) ? FACTS + WEIGHT_MAX + 1 : 0);
}

/* Says whether it is the catalogue's own, too. */
static struct slice
fill_prose(struct filling *filling, const struct text *text, bool *is_own)
{
    struct filled_step ignored = {0};
    struct slice template = text->in[filling->language];
    struct slice filled = fill(filling, template, PLACE_PROSE, &ignored);
    *is_own = filled.data == slice_trim(template).data;
    return filled;
}

static void
fill_steps(struct filled_remedy *filled, struct filling *filling)
{
    const struct remedy *remedy = filled->remedy;
    struct filled_step *steps =
        arena_alloc(filling->arena, remedy->step_count * sizeof(*steps));
    for (size_t i = 0; i < remedy->step_count; i++) {
        const struct step *step = &remedy->steps[i];
        steps[i].say = fill_prose(filling, &step->say, &steps[i].is_own);
        steps[i].run = fill(filling, step->run, PLACE_BARE, &steps[i]);
        steps[i].changes = step->changes;
    }
    filled->steps = steps;
    filled->step_count = remedy->step_count;
}

static struct filled_remedies
fill_items(struct filled_remedy *items, size_t count, struct filling *filling)
{
    for (size_t i = 0; i < count; i++) {
        items[i].title =
            fill_prose(filling, &items[i].remedy->title, &items[i].is_own);
        if (i < filling->full) {
            fill_steps(&items[i], filling);
        }
    }
    return (struct filled_remedies){items, count};
}

/* A catalogue's causes have a handful of remedies: insertion is sorting. */
static size_t
place_for(const struct filled_remedy *items, size_t count, int evidence)
{
    while (count > 0 && items[count - 1].evidence < evidence) {
        count--;
    }
    return count;
}

struct filled_remedies
remedies_fill_by(struct filling *filling, const struct cause *cause)
{
    struct filled_remedy *items =
        arena_alloc(filling->arena, cause->remedy_count * sizeof(*items));
    size_t count = 0;
    for (size_t i = 0; i < cause->remedy_count; i++) {
        int evidence = evidence_for(cause->remedies[i], filling->facts);
        if (evidence < 0) {
            continue;
        }
        size_t at = place_for(items, count, evidence);
        memmove(items + at + 1, items + at, (count - at) * sizeof(*items));
        items[at] = (struct filled_remedy){.remedy = cause->remedies[i],
                                           .evidence = evidence};
        count++;
    }
    return fill_items(items, count, filling);
}

struct filled_remedies
remedies_fill(const struct cause *cause, const struct facts *facts,
              enum language language, struct arena *arena)
{
    struct filling filling = {
        .facts = facts, .arena = arena, .language = language, .full = SIZE_MAX};
    return remedies_fill_by(&filling, cause);
}

struct filled_remedies
remedies_fill_all(const struct cause *cause, const struct facts *facts,
                  enum language language, struct arena *arena)
{
    struct filling filling = {
        .facts = facts, .arena = arena, .language = language, .full = SIZE_MAX};
    struct filled_remedy *items =
        arena_alloc(arena, cause->remedy_count * sizeof(*items));
    for (size_t i = 0; i < cause->remedy_count; i++) {
        items[i].remedy = cause->remedies[i];
        items[i].evidence = evidence_for(cause->remedies[i], facts);
    }
    return fill_items(items, cause->remedy_count, &filling);
}
