/* SPDX-License-Identifier: Apache-2.0 */
#include "match/needle.h"

#include "base/mem.h"
#include "match/usual.h"

#include <assert.h>
#include <stdint.h>
#include <string.h>

enum {
    POSTS = 256,
    SHORTS = 64,
    DEEP_BITS = 9,
    BEFORE = 4, /* bytes before a window that tell its literals apart */
};

/* A literal, and where in it the window stands by which it is found. */
struct needle {
    struct slice literal;
    size_t at;
    char first; /* its ends, so that most are told apart without fetching it */
    char last;
    bool has_window;
    uint64_t around;     /* if it is deep, the window and what stands before */
    struct needle *next; /* of the set, later of the window or the hash */
};

/*
 * A window and the literals that have it. Dozens may have one, so that those
 * where it stands deep enough are found by the bytes before it as well. Its bytes are compared as a number,
 * of which a short one leaves some out. What stands around it in no literal
 * tells most places apart that have the window and no literal.
 */
struct post {
    struct window window;
    uint32_t bytes;
    uint32_t mask;
    uint32_t before; /* a bit for each byte that may stand there */
    uint32_t behind;
    bool has_deep;
    struct needle *needles; /* but for the deep ones */
    struct post *next;      /* of the same slot */
};

struct needle_set {
    struct arena arena;
    struct needle *needles; /* until it is closed */
    size_t needle_count;
    struct post *posts[POSTS];           /* by the hash of their windows */
    struct post *shorts[SHORTS];         /* by their first two bytes */
    struct needle *deep[1 << DEEP_BITS]; /* by the hash of what is around */
    struct window *windows;
    size_t window_count;
    struct teddy teddy;
    enum teddy_way way;
    bool is_closed;
};

struct needle_set *
needle_set_new(void)
{
    struct needle_set *set = MEM_NEW(struct needle_set);
    set->way = teddy_best();
    return set;
}

void
needle_set_free(struct needle_set *set)
{
    if (set) {
        arena_free(&set->arena);
        mem_free(set);
    }
}

void
needle_set_add(struct needle_set *set, struct slice literal)
{
    assert(literal.len >= 2 && !set->is_closed);
    for (struct needle *at = set->needles; at; at = at->next) {
        if (slice_equal(at->literal, literal)) {
            return;
        }
    }
    struct needle *needle = arena_alloc(&set->arena, sizeof(*needle));
    needle->literal = arena_copy(&set->arena, literal);
    needle->first = literal.data[0];
    needle->last = literal.data[literal.len - 1];
    needle->next = set->needles;
    set->needles = needle;
    set->needle_count++;
}

bool
needle_set_force(struct needle_set *set, enum teddy_way way)
{
    if (!teddy_can(way)) {
        return false;
    }
    set->way = way;
    return true;
}

static struct window
window_at(struct slice literal, size_t at)
{
    struct slice bytes = slice_before(slice_after(literal, at), TEDDY_WIDTH);
    struct window window = {.len = bytes.len};
    for (size_t i = 0; i < bytes.len; i++) {
        window.bytes[i] = (unsigned char)bytes.data[i];
    }
    return window;
}

/* Where the window stands in the literal, or SLICE_NONE. */
static size_t
place_of(const struct window *window, struct slice literal)
{
    struct slice bytes = slice_of((const char *)window->bytes, window->len);
    return window->len == TEDDY_WIDTH || literal.len == window->len
             ? slice_find(literal, bytes)
             : SLICE_NONE;
}

static uint32_t
number_of(const void *bytes, size_t len)
{
    uint32_t number = 0;
    memcpy(&number, bytes, len);
    return number;
}

static struct post
post_of(const struct window *window)
{
    static const unsigned char ones[TEDDY_WIDTH] = {255, 255, 255, 255};
    return (struct post){
        .window = *window,
        .bytes = number_of(window->bytes, window->len),
        .mask = number_of(ones, window->len),
    };
}

/* A place in a literal where a window may be taken. */
struct site {
    const struct needle *needle;
    size_t at;
    unsigned hash;
    double rate; /* how often the window stands in logs, of all places */
};

struct choice {
    struct site *sites; /* of literals that have no window yet */
    size_t count;
    struct usual usual;
    uint16_t often[TEDDY_FILTER];  /* how often in usual lines, by hash */
    uint16_t shared[TEDDY_FILTER]; /* in how many literals */
};

static double
rate_of(const struct choice *choice, const struct window *window, unsigned hash)
{
    double rate = 1;
    for (size_t i = 0; i < window->len; i++) {
        rate *= choice->usual.rates[window->bytes[i]];
    }
    return rate + (double)choice->often[hash] / USUAL_MAX;
}

static void
add_sites(struct choice *choice, const struct needle *needle)
{
    for (size_t i = 0; i + TEDDY_WIDTH <= needle->literal.len; i++) {
        struct window window = window_at(needle->literal, i);
        unsigned hash = teddy_hash(number_of(window.bytes, TEDDY_WIDTH));
        choice->sites[choice->count++] = (struct site){
            .needle = needle,
            .at = i,
            .hash = hash,
            .rate = rate_of(choice, &window, hash),
        };
        choice->shared[hash]++;
    }
}

static struct choice *
choice_new(const struct needle_set *set)
{
    struct choice *choice = MEM_NEW(struct choice);
    struct slice usual = usual_text();
    usual_read(&choice->usual);
    size_t room = 1;
    for (size_t i = 0; i + TEDDY_WIDTH <= usual.len; i++) {
        choice->often[teddy_hash(number_of(usual.data + i, TEDDY_WIDTH))]++;
    }
    for (const struct needle *i = set->needles; i; i = i->next) {
        room += i->literal.len;
    }
    choice->sites = mem_new(room * sizeof(*choice->sites));
    for (const struct needle *i = set->needles; i; i = i->next) {
        add_sites(choice, i);
    }
    return choice;
}

static void
choice_free(struct choice *choice)
{
    mem_free(choice->sites);
    mem_free(choice);
}

/* Forgets the sites of literals that have a window now. */
static void
drop_sites(struct choice *choice)
{
    size_t kept = 0;
    for (size_t i = 0; i < choice->count; i++) {
        const struct site *site = &choice->sites[i];
        if (site->needle->has_window) {
            choice->shared[site->hash]--;
        } else {
            choice->sites[kept++] = *site;
        }
    }
    choice->count = kept;
}

/*
 * Few windows make few false alarms, so those that many literals have are
 * better; those that stand in any log are worse. A literal that is shorter than
 * a window comes last, and is its own.
 */
static struct window
best_window(const struct needle_set *set, const struct choice *choice)
{
    enum {
        TOO_OFTEN = 7000 /* bytes; at that rate it is half as good */
    };

    struct window best = window_at(set->needles->literal, 0);
    double most = 0;
    for (size_t i = 0; i < choice->count; i++) {
        const struct site *site = &choice->sites[i];
        double worth =
            choice->shared[site->hash] / (1 + TOO_OFTEN * site->rate);
        if (worth > most) {
            most = worth;
            best = window_at(site->needle->literal, site->at);
        }
    }
    return best;
}

/* Eight bytes share a bit; where there is no byte, each may stand. */
static uint32_t
bit_of(struct slice text, size_t at)
{
    return at < text.len ? UINT32_C(1) << (text.data[at] & 31) : UINT32_MAX;
}

/* The bytes before a window, and its own, as they stand in memory. */
static uint64_t
around_at(const char *window)
{
    uint64_t around;
    static_assert(sizeof(around) == BEFORE + TEDDY_WIDTH, "all of it");
    memcpy(&around, window - BEFORE, sizeof(around));
    return around;
}

static size_t
deep_hash(uint64_t around)
{
    return (size_t)(around * UINT64_C(0x9e3779b97f4a7c15) >> (64 - DEEP_BITS));
}

/* Where it is found, once its window was. */
static struct needle **
list_of(struct needle_set *set, struct post *post, struct needle *needle)
{
    if (needle->at < BEFORE || post->window.len < TEDDY_WIDTH) {
        return &post->needles;
    }
    needle->around = around_at(needle->literal.data + needle->at);
    post->has_deep = true;
    return &set->deep[deep_hash(needle->around)];
}

static void
take_needle(struct needle_set *set, struct post *post, struct needle *needle)
{
    struct slice literal = needle->literal;
    struct needle **list = list_of(set, post, needle);
    post->before |= bit_of(literal, needle->at - 1);
    post->behind |= bit_of(literal, needle->at + post->window.len);
    needle->next = *list;
    needle->has_window = true;
    *list = needle;
}

/* Moves the literals that have the window from the set to the post. */
static bool
take_needles(struct needle_set *set, struct post *post)
{
    struct needle **link = &set->needles;
    while (*link) {
        struct needle *needle = *link;
        needle->at = place_of(&post->window, needle->literal);
        if (needle->at == SLICE_NONE) {
            link = &needle->next;
            continue;
        }
        *link = needle->next;
        take_needle(set, post, needle);
    }
    return post->needles || post->has_deep;
}

/* Where it is found: a short window by its beginning, others by their hash. */
static struct post **
slot_of(struct needle_set *set, const struct post *post)
{
    return post->window.len < TEDDY_WIDTH
             ? &set->shorts[teddy_short_hash(post->window.bytes[0],
                                             post->window.bytes[1])
                            % SHORTS]
             : &set->posts[teddy_hash(post->bytes) % POSTS];
}

/* The window finds literals from now on, unless it stands in none. */
static void
add_window(struct needle_set *set, const struct window *window)
{
    struct post found = post_of(window);
    if (!take_needles(set, &found)) {
        return;
    }
    assert(window->len >= 2);
    struct post *post = arena_alloc(&set->arena, sizeof(*post));
    struct post **slot = slot_of(set, &found);
    *post = found;
    post->next = *slot;
    *slot = post;
    set->windows[set->window_count++] = *window;
}

static void
choose_windows(struct needle_set *set, size_t tries)
{
    struct choice *choice = choice_new(set);
    while (set->needles) {
        struct window window = best_window(set, choice);
        add_window(set, &window);
        drop_sites(choice);
    }
    choice_free(choice);
    teddy_plan(set->windows, set->window_count, tries);
}

static struct window
window_of(const struct embedded_window *known)
{
    struct window window = {.len = known->len, .bucket = known->bucket};
    memcpy(window.bytes, known->bytes, sizeof(window.bytes));
    return window;
}

void
needle_set_close(struct needle_set *set, const struct embedded_window *known)
{
    enum {
        THOROUGHLY = 64
    };

    assert(!set->is_closed);
    size_t tries = known && known->len == 0 ? THOROUGHLY : 1;
    /* No set has more windows than literals. */
    set->windows = arena_alloc(&set->arena,
                               (set->needle_count + 1) * sizeof(*set->windows));
    for (; known && known->len > 0 && set->needles; known++) {
        struct window window = window_of(known);
        add_window(set, &window);
    }
    if (set->needles) {
        choose_windows(set, tries);
    }
    teddy_make(&set->teddy, set->windows, set->window_count);
    set->is_closed = true;
}

bool
needle_set_window(const struct needle_set *set, size_t index,
                  struct embedded_window *window)
{
    if (index >= set->window_count) {
        return false;
    }
    const struct window *found = &set->windows[index];
    *window = (struct embedded_window){
        .len = (unsigned char)found->len,
        .bucket = found->bucket,
    };
    memcpy(window->bytes, found->bytes, sizeof(found->bytes));
    return true;
}

/* A window's place in a text; no literal is to begin before `from`. */
struct place {
    struct slice text;
    size_t at;
    size_t from;
};

/* Whether the literal stands around its window; its ends first. */
static inline bool
is_needle_at(const struct needle *needle, const struct place *place)
{
    struct slice text = place->text;
    size_t start = place->at - needle->at;
    size_t last = needle->literal.len - 1;
    return place->at >= place->from + needle->at && start + last < text.len
        && text.data[start] == needle->first
        && text.data[start + last] == needle->last
        && slice_starts(slice_after(text, start), needle->literal);
}

/* Where a literal of the post begins that stands around the window. */
static size_t
stands_here(const struct needle_set *set, const struct post *post,
            const struct place *place)
{
    for (const struct needle *i = post->needles; i; i = i->next) {
        if (is_needle_at(i, place)) {
            return place->at - i->at;
        }
    }
    if (!post->has_deep || place->at < BEFORE) {
        return SLICE_NONE;
    }
    uint64_t around = around_at(place->text.data + place->at);
    const struct needle *deep = set->deep[deep_hash(around)];
    for (const struct needle *i = deep; i; i = i->next) {
        if (i->around == around && is_needle_at(i, place)) {
            return place->at - i->at;
        }
    }
    return SLICE_NONE;
}

/* Whether a literal of the post may stand around its window at `at`. */
static bool
may_stand(const struct post *post, struct slice text, size_t at)
{
    return (post->before & bit_of(text, at - 1)) != 0
        && (post->behind & bit_of(text, at + post->window.len)) != 0;
}

static size_t
check_posts(const struct needle_set *set, const struct post *posts,
            uint32_t bytes, const struct place *place)
{
    for (const struct post *post = posts; post; post = post->next) {
        size_t found = (bytes & post->mask) == post->bytes
                            && may_stand(post, place->text, place->at)
                         ? stands_here(set, post, place)
                         : SLICE_NONE;
        if (found != SLICE_NONE) {
            return found;
        }
    }
    return SLICE_NONE;
}

static const struct post *
shorts_at(const struct needle_set *set, const struct place *place)
{
    const char *at = place->text.data + place->at;
    return set
        ->shorts[teddy_short_hash((unsigned char)at[0], (unsigned char)at[1])
                 % SHORTS];
}

/* At the end of the text only a short window may stand. */
static size_t
check_end(const struct needle_set *set, const struct place *place)
{
    struct slice rest = slice_after(place->text, place->at);
    return rest.len < 2 ? SLICE_NONE
                        : check_posts(set, shorts_at(set, place),
                                      number_of(rest.data, rest.len), place);
}

static inline size_t
check_place(const struct needle_set *set, const struct place *place)
{
    struct slice text = place->text;
    if (place->at + TEDDY_WIDTH > text.len) {
        return check_end(set, place);
    }
    const char *at = text.data + place->at;
    if (!teddy_filter(&set->teddy, at)) {
        return SLICE_NONE;
    }
    uint32_t bytes = number_of(at, TEDDY_WIDTH);
    const struct post *posts = set->posts[teddy_hash(bytes) % POSTS];
    size_t found = check_posts(set, posts, bytes, place);
    return found == SLICE_NONE && teddy_may_be_short(&set->teddy, at)
             ? check_posts(set, shorts_at(set, place), bytes, place)
             : found;
}

void
needle_read(const struct needle_set *set, struct slice text, size_t start,
            struct needle_block *block)
{
    struct slice rest = slice_after(text, start);
    assert(set->is_closed);
    block->text = text;
    block->start = start;
    block->end = start + slice_before(rest, TEDDY_BLOCK).len;
    block->busy = 0;
    teddy_read(&set->teddy, set->way, rest, &block->marks);
}

/*
 * Of the hits of a step, those at `from` or behind: a literal's window begins no
 * sooner than the literal.
 */
static uint64_t
hits_from(uint64_t hits, size_t start, size_t from)
{
    if (from <= start) {
        return hits;
    }
    return from - start < TEDDY_STEP ? hits >> (from - start) << (from - start)
                                     : 0;
}

/* In one step; what is nothing is forgotten. */
static size_t
stands_in(const struct needle_set *set, struct needle_block *block, size_t step,
          size_t from)
{
    size_t start = block->start + step * TEDDY_STEP;
    uint64_t hits = hits_from(block->marks.hits[step], start, from);
    size_t found = SLICE_NONE;
    while (hits) {
        struct place place = {
            .text = block->text,
            .at = start + (size_t)__builtin_ctzll(hits),
            .from = from,
        };
        found = check_place(set, &place);
        if (found != SLICE_NONE) {
            break;
        }
        hits &= hits - 1;
    }
    block->marks.hits[step] = hits;
    return found;
}

size_t
needle_stands(const struct needle_set *set, struct needle_block *block,
              size_t from)
{
    const struct teddy_marks *marks = &block->marks;
    for (; block->busy < marks->busy_count; block->busy++) {
        size_t found = stands_in(set, block, marks->busy[block->busy], from);
        if (found != SLICE_NONE) {
            return found;
        }
    }
    return SLICE_NONE;
}

size_t
needle_next(const struct needle_set *set, struct slice text, size_t from)
{
    struct needle_block block;
    for (size_t start = from; start < text.len; start = block.end) {
        needle_read(set, text, start, &block);
        size_t found = needle_stands(set, &block, from);
        if (found != SLICE_NONE) {
            return found;
        }
    }
    return SLICE_NONE;
}

bool
needle_find(const struct needle_set *set, struct slice text)
{
    return needle_next(set, text, 0) != SLICE_NONE;
}
