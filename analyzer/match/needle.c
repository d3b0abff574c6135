/* SPDX-License-Identifier: Apache-2.0 */
#include "match/needle.h"

#include "base/mem.h"

#include <assert.h>
#include <string.h>

/* A literal, and where in it the window stands by which it is found. */
struct needle {
    struct slice literal;
    size_t at;
    struct needle *next; /* of the set, later of the window */
    bool has_post;
};

/*
 * A window and the literals that have it. Its bytes are compared as a number,
 * of which a short one leaves some out.
 */
struct post {
    struct window window;
    uint32_t bytes;
    uint32_t mask;
    struct needle *needles;
};

struct needle_set {
    struct arena arena;
    struct needle *needles; /* until it is closed */
    size_t needle_count;
    struct post *posts; /* those of a bucket stand together */
    size_t post_count;
    size_t first[TEDDY_BUCKETS + 1]; /* of a bucket's posts */
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
    memcpy(window.bytes, bytes.data, bytes.len);
    return window;
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

/* Where a window stands in a literal for the first time. */
struct place {
    struct window window;
    struct needle *needle;
    size_t at;
    struct place *next; /* of the same chain, in the set's order */
};

/* All places of a set's windows, while it is made. */
struct atlas {
    struct place *places;
    size_t count;
    struct place **chains; /* by the window's bytes */
    size_t mask;
};

static struct place **
chain_of(const struct atlas *atlas, const struct window *window)
{
    uint32_t number = number_of(window->bytes, window->len);
    return &atlas->chains[(number * UINT32_C(2654435769) >> 8) & atlas->mask];
}

static bool
is_same(const struct window *a, const struct window *b)
{
    return a->len == b->len && memcmp(a->bytes, b->bytes, a->len) == 0;
}

/* A literal that is shorter than a window is one. */
static size_t
windows_of(struct slice literal)
{
    return literal.len < TEDDY_WIDTH ? 1 : literal.len - TEDDY_WIDTH + 1;
}

static void
add_places(struct atlas *atlas, struct needle *needle)
{
    for (size_t i = 0; i < windows_of(needle->literal); i++) {
        struct window window = window_at(needle->literal, i);
        struct slice bytes = slice_of((const char *)window.bytes, window.len);
        if (slice_find(needle->literal, bytes) == i) {
            atlas->places[atlas->count++] =
                (struct place){.window = window, .needle = needle, .at = i};
        }
    }
}

static void
atlas_make(struct atlas *atlas, const struct needle_set *set)
{
    size_t room = 1;
    for (const struct needle *at = set->needles; at; at = at->next) {
        room += windows_of(at->literal);
    }
    for (atlas->mask = 1; atlas->mask < room; atlas->mask *= 2) {
    }
    atlas->places = mem_new(room * sizeof(*atlas->places));
    atlas->chains = mem_new(atlas->mask * sizeof(struct place *));
    atlas->mask--;
    for (struct needle *at = set->needles; at; at = at->next) {
        add_places(atlas, at);
    }
    for (size_t i = atlas->count; i > 0; i--) {
        struct place *place = &atlas->places[i - 1];
        struct place **chain = chain_of(atlas, &place->window);
        place->next = *chain;
        *chain = place;
    }
}

static void
atlas_free(struct atlas *atlas)
{
    mem_free(atlas->places);
    mem_free(atlas->chains);
}

/*
 * Few windows make few false alarms, so those that many literals have are
 * better; those that stand in any log are worse.
 */
static double
worth_of(const struct atlas *atlas, const struct window *window)
{
    enum {
        TOO_OFTEN = 300000 /* bytes; at that rate it is half as good */
    };

    size_t count = 0;
    for (const struct place *at = *chain_of(atlas, window); at; at = at->next) {
        count += !at->needle->has_post && is_same(&at->window, window);
    }
    return (double)count / (1 + TOO_OFTEN * teddy_rate(window));
}

static struct window
best_window(const struct atlas *atlas, struct slice literal)
{
    struct window best = window_at(literal, 0);
    double most = worth_of(atlas, &best);
    for (size_t i = 1; i < windows_of(literal); i++) {
        struct window window = window_at(literal, i);
        double worth = worth_of(atlas, &window);
        if (worth > most) {
            most = worth;
            best = window;
        }
    }
    return best;
}

/* The literals that have the window, and no post yet, are the post's. */
static void
take_needles(const struct atlas *atlas, struct post *post)
{
    struct place *at = *chain_of(atlas, &post->window);
    for (; at; at = at->next) {
        struct needle *needle = at->needle;
        if (!needle->has_post && is_same(&at->window, &post->window)) {
            needle->has_post = true;
            needle->at = at->at;
            needle->next = post->needles;
            post->needles = needle;
        }
    }
}

/* Puts the posts in the order of their buckets. */
static void
sort_posts(struct needle_set *set, const struct post *posts,
           const uint8_t *buckets)
{
    size_t *first = set->first;
    for (size_t i = 0; i < set->post_count; i++) {
        first[buckets[i] + 1]++;
    }
    for (size_t bucket = 0; bucket < TEDDY_BUCKETS; bucket++) {
        first[bucket + 1] += first[bucket];
    }
    for (size_t i = set->post_count; i > 0; i--) {
        set->posts[--first[buckets[i - 1] + 1]] = posts[i - 1];
    }
    memmove(first, first + 1, TEDDY_BUCKETS * sizeof(*first));
    first[TEDDY_BUCKETS] = set->post_count;
}

void
needle_set_close(struct needle_set *set)
{
    size_t room = set->needle_count + 1;
    struct post *posts = arena_alloc(&set->arena, room * sizeof(*posts));
    struct window *windows = arena_alloc(&set->arena, room * sizeof(*windows));
    uint8_t *buckets = arena_alloc(&set->arena, room);
    struct atlas atlas = {0};
    assert(!set->is_closed);
    atlas_make(&atlas, set);
    for (size_t i = 0; i < atlas.count; i++) {
        const struct needle *needle = atlas.places[i].needle;
        if (needle->has_post) {
            continue;
        }
        struct post *post = &posts[set->post_count];
        struct window window = best_window(&atlas, needle->literal);
        *post = post_of(&window);
        windows[set->post_count++] = post->window;
        take_needles(&atlas, post);
    }
    set->needles = NULL;
    atlas_free(&atlas);
    set->posts = arena_alloc(&set->arena, room * sizeof(*posts));
    teddy_make(&set->teddy, windows, set->post_count, buckets);
    sort_posts(set, posts, buckets);
    set->is_closed = true;
}

/* A literal of the post that stands around the window at `at`. */
static size_t
stands_here(const struct post *post, struct slice text, size_t at, size_t from)
{
    for (const struct needle *i = post->needles; i; i = i->next) {
        /* The last byte, as the window is mostly not that. */
        size_t last = at - i->at + i->literal.len - 1;
        if (at >= from + i->at && last < text.len
            && text.data[last] == i->literal.data[i->literal.len - 1]
            && slice_starts(slice_after(text, at - i->at), i->literal)) {
            return at - i->at;
        }
    }
    return SLICE_NONE;
}

static size_t
check_bucket(const struct needle_set *set, size_t bucket, struct slice text,
             size_t at, size_t from)
{
    struct slice rest = slice_before(slice_after(text, at), TEDDY_WIDTH);
    uint32_t bytes = rest.len == TEDDY_WIDTH ? number_of(rest.data, TEDDY_WIDTH)
                                             : number_of(rest.data, rest.len);
    for (size_t i = set->first[bucket]; i < set->first[bucket + 1]; i++) {
        const struct post *post = &set->posts[i];
        size_t found = (bytes & post->mask) == post->bytes
                         ? stands_here(post, text, at, from)
                         : SLICE_NONE;
        if (found != SLICE_NONE) {
            return found;
        }
    }
    return SLICE_NONE;
}

static size_t
check_buckets(const struct needle_set *set, unsigned buckets, struct slice text,
              size_t at, size_t from)
{
    size_t found = SLICE_NONE;
    for (size_t bucket = 0; buckets && found == SLICE_NONE;
         bucket++, buckets >>= 1) {
        if (buckets & 1) {
            found = check_bucket(set, bucket, text, at, from);
        }
    }
    return found;
}

size_t
needle_next(const struct needle_set *set, struct slice text, size_t from)
{
    unsigned buckets = 0;
    size_t at = from;
    assert(set->is_closed);
    while ((at = teddy_next(&set->teddy, set->way, text, at, &buckets))
           != SLICE_NONE) {
        size_t found = check_buckets(set, buckets, text, at, from);
        if (found != SLICE_NONE) {
            return found;
        }
        at++;
    }
    return SLICE_NONE;
}

bool
needle_find(const struct needle_set *set, struct slice text)
{
    return needle_next(set, text, 0) != SLICE_NONE;
}
