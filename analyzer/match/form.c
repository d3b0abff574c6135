/* SPDX-License-Identifier: Apache-2.0 */
#include "match/form.h"

#include "base/mem.h"
#include "base/shelf.h"
#include "match/lexicon.h"
#include "match/look.h"

#include <assert.h>
#include <string.h>

enum {
    SETS = 64,
    NO_KEY = 0, /* no literal's number: a look that needs none */
    BITS = 64,
    SHORT = 2 * LOOK_WINDOW, /* what patterns see as one text */
    NOWHERE = UINT16_MAX,
};

static_assert(SHORT < NOWHERE, "offsets in a form fit 16 bits");

static const size_t none = SIZE_MAX;

/* A look, and where its needs stand among the numbers of all of them. */
struct entry {
    const struct look *look;
    size_t first;
    size_t next; /* of those with the same key, or none */
};

struct forms {
    const struct catalog *catalog;
    struct lexicon *lexicon; /* marks and needs */
    struct marks *marks;
    struct lexicon *far; /* marks alone, of a long text's middle; or NULL */
    struct marks *far_marks;
    struct entry *entries; /* in the catalogue's order */
    size_t count;
    size_t *need_numbers;
    size_t *keyed;       /* the first entry by the number of its key */
    uint64_t *chosen;    /* a bit for each entry: the text has its key */
    struct shelf *shelf; /* NULL: nothing is kept */
    struct form *last;   /* one that is not kept */
    size_t last_size;
};

static void
learn_needs(struct forms *forms)
{
    const struct look *look;
    size_t numbers = 0;
    size_t looks = 0;
    while ((look = catalog_look(forms->catalog, looks))) {
        numbers += look->need_count;
        looks++;
    }
    forms->entries = mem_resize_array(NULL, looks + 1, sizeof(*forms->entries));
    forms->need_numbers =
        mem_resize_array(NULL, numbers + 1, sizeof(*forms->need_numbers));
    numbers = 0;
    for (size_t i = 0; i < looks; i++) {
        look = catalog_look(forms->catalog, i);
        forms->entries[i] = (struct entry){.look = look, .first = numbers};
        for (size_t at = 0; at < look->need_count; at++) {
            forms->need_numbers[numbers++] =
                lexicon_add(forms->lexicon, look->needs[at]);
        }
    }
    forms->count = looks;
}

/*
 * A look is found by one of its needs, so that a text costs what stands in it,
 * not what the catalogue has: by the longest, which is the rarest.
 */
static size_t
key_of(const struct forms *forms, const struct entry *entry)
{
    size_t best = NO_KEY;
    size_t longest = 0;
    for (size_t i = 0; i < entry->look->need_count; i++) {
        if (entry->look->needs[i].len > longest) {
            longest = entry->look->needs[i].len;
            best = forms->need_numbers[entry->first + i];
        }
    }
    return best;
}

static void
learn_keys(struct forms *forms)
{
    size_t end = lexicon_end(forms->lexicon);
    forms->keyed = mem_resize_array(NULL, end, sizeof(*forms->keyed));
    forms->chosen = mem_new((forms->count / BITS + 1) * sizeof(uint64_t));
    for (size_t i = 0; i < end; i++) {
        forms->keyed[i] = none;
    }
    for (size_t i = 0; i < forms->count; i++) {
        struct entry *entry = &forms->entries[i];
        size_t *first = &forms->keyed[key_of(forms, entry)];
        entry->next = *first;
        *first = i;
    }
}

struct forms *
forms_new(const struct catalog *catalog)
{
    struct forms *forms = MEM_NEW(struct forms);
    forms->catalog = catalog;
    forms->lexicon = lexicon_new();
    forms->marks = marks_new(forms->lexicon);
    learn_needs(forms);
    learn_keys(forms);
    return forms;
}

void
forms_free(struct forms *forms)
{
    if (forms) {
        lexicon_free(forms->lexicon);
        marks_free(forms->marks);
        lexicon_free(forms->far);
        marks_free(forms->far_marks);
        mem_free(forms->entries);
        mem_free(forms->need_numbers);
        mem_free(forms->keyed);
        mem_free(forms->chosen);
        shelf_free(forms->shelf);
        mem_free(forms->last);
        mem_free(forms);
    }
}

void
forms_remember(struct forms *forms)
{
    if (!forms->shelf) {
        forms->shelf = shelf_new(SETS, FORM_BYTES);
    }
}

void
forms_see(struct forms *forms, struct slice masked, struct marks_seen *seen)
{
    if (masked.len > 0) {
        lexicon_read(forms->lexicon, masked);
        marks_see(forms->marks, forms->lexicon, seen);
    }
}

/* Whether the text last read holds all that the look needs. */
static bool
has_needs(const struct forms *forms, const struct entry *entry)
{
    for (size_t i = 0; i < entry->look->need_count; i++) {
        if (!lexicon_has(forms->lexicon,
                         forms->need_numbers[entry->first + i])) {
            return false;
        }
    }
    return true;
}

/* Returns how many; some of them may lack another need. */
static size_t
choose_keyed(struct forms *forms, size_t key)
{
    size_t count = 0;
    for (size_t i = forms->keyed[key]; i != none; i = forms->entries[i].next) {
        if (has_needs(forms, &forms->entries[i])) {
            forms->chosen[i / BITS] |= UINT64_C(1) << i % BITS;
            count++;
        }
    }
    return count;
}

/* Marks the looks that have all of their needs in the text last read. */
static size_t
choose(struct forms *forms)
{
    size_t found_count;
    const uint32_t *found = lexicon_found(forms->lexicon, &found_count);
    memset(forms->chosen, 0, (forms->count / BITS + 1) * sizeof(uint64_t));
    size_t count = choose_keyed(forms, NO_KEY);
    for (size_t i = 0; i < found_count; i++) {
        count += choose_keyed(forms, found[i]);
    }
    return count;
}

/* The next chosen one at `from` or behind, or none. */
static size_t
next_chosen(const struct forms *forms, size_t from)
{
    size_t i = from;
    while (i < forms->count) {
        uint64_t rest = forms->chosen[i / BITS] >> i % BITS;
        if (rest != 0) {
            return i + (size_t)__builtin_ctzll(rest);
        }
        i = (i / BITS + 1) * BITS;
    }
    return none;
}

/* Once a pull surely failed, no mark between the ends matters. */
static void
see_marks(struct forms *forms, struct slice masked, struct marks_seen *seen)
{
    marks_see(forms->marks, forms->lexicon, seen);
    if (masked.len <= SHORT || seen->is[MARK_FAILED]) {
        return;
    }
    if (!forms->far) {
        forms->far = lexicon_new();
        forms->far_marks = marks_new(forms->far);
    }
    lexicon_read(forms->far, masked);
    marks_see(forms->far_marks, forms->far, seen);
}

static void
fill(struct forms *forms, struct form *form, struct slice masked, size_t count)
{
    struct form_look *look = form->looks;
    *form = (struct form){.count = count,
                          .text_len = masked.len,
                          .is_short = masked.len <= SHORT};
    see_marks(forms, masked, &form->seen);
    for (size_t i = next_chosen(forms, 0); i != none;
         i = next_chosen(forms, i + 1)) {
        *look++ = (struct form_look){.number = (uint32_t)i};
    }
    if (form->is_short && masked.len > 0) {
        memcpy(look, masked.data, masked.len);
    }
}

static struct form *
find(const struct forms *forms, struct slice masked, uint64_t hash)
{
    struct form *form = forms->shelf ? shelf_find(forms->shelf, hash) : NULL;
    return form
                && slice_equal(
                    slice_of((char *)&form->looks[form->count], form->text_len),
                    masked)
             ? form
             : NULL;
}

/*
 * Patterns look at the ends of a long text only, so that needs behind them are
 * of no use.
 */
static void
read_text(struct forms *forms, struct slice masked)
{
    if (masked.len <= SHORT) {
        lexicon_read(forms->lexicon, masked);
        return;
    }
    lexicon_read(forms->lexicon, slice_before(masked, LOOK_WINDOW));
    lexicon_read_on(forms->lexicon,
                    slice_after(masked, masked.len - LOOK_WINDOW));
}

struct form *
forms_read(struct forms *forms, struct slice masked)
{
    bool is_kept = forms->shelf && masked.len > 0 && masked.len <= SHORT;
    uint64_t hash = is_kept ? slice_mix(masked, 0) : 0;
    struct form *form = is_kept ? find(forms, masked, hash) : NULL;
    if (form) {
        return form;
    }
    read_text(forms, masked);
    size_t count = choose(forms);
    size_t size = sizeof(*form) + count * sizeof(struct form_look)
                + (masked.len <= SHORT ? masked.len : 0);
    if (is_kept) {
        form = mem_resize(NULL, size);
        shelf_put(forms->shelf, hash, form, size);
    } else {
        if (size > forms->last_size) {
            forms->last = mem_resize(forms->last, size);
            forms->last_size = size;
        }
        form = forms->last;
    }
    fill(forms, form, masked, count);
    form->is_kept = is_kept;
    return form;
}

void
form_keep(struct form *form, struct form_look *look, struct slice masked,
          const struct rule_hit *hit)
{
    if (!form->is_short || (hit && form->hit_count == FORM_HITS)) {
        return;
    }
    look->state = hit ? FORM_HIT : FORM_MISSED;
    if (!hit) {
        return;
    }
    look->hit = (uint8_t)form->hit_count;
    look->parts = 0;
    for (size_t i = 0; i < RULE_GROUPS; i++) {
        struct slice part = hit->parts[i];
        size_t at = part.data ? (size_t)(part.data - masked.data) : NOWHERE;
        form->hits[form->hit_count].at[i] = (uint16_t)at;
        form->hits[form->hit_count].len[i] = (uint16_t)part.len;
        look->parts = part.data ? (uint8_t)(i + 1) : look->parts;
    }
    form->hit_count++;
}

void
form_recall(const struct form *form, const struct form_look *look,
            struct slice masked, struct rule_hit *hit)
{
    *hit = (struct rule_hit){0};
    for (size_t i = 0; i < look->parts; i++) {
        size_t at = form->hits[look->hit].at[i];
        size_t len = form->hits[look->hit].len[i];
        hit->parts[i] = at == NOWHERE
                          ? slice_of(NULL, 0)
                          : slice_before(slice_after(masked, at), len);
    }
}

size_t
forms_count(const struct forms *forms)
{
    return forms->shelf ? shelf_count(forms->shelf) : 0;
}
