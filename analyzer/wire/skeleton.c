/* SPDX-License-Identifier: Apache-2.0 */
#include "wire/skeleton.h"

#include "base/mem.h"
#include "wire/escapes.h"
#include "wire/paste.h"
#include "wire/shape.h"

#include <string.h>

#if defined(__SSE2__) && defined(__GNUC__)
#    include <emmintrin.h>
#    define HAS_SSE2 1
#else
#    define HAS_SSE2 0
#endif

enum {
    PIECES_MAX = 2048,      /* if there are more, all is forgotten */
    TEXTS_MAX = 256 * 1024, /* bytes of all their texts, likewise */
    PIECE_MAX = 1024,       /* bytes of one */
    NEXT_MAX = 6,           /* of those that may follow, the ones seen last */
    SLOTS = PIECES_MAX * 2, /* of the table that finds a piece */
    SAID_MAX = 64 * 1024,   /* bytes of values */
    STEP = 16,              /* bytes that are looked at together */
    SPARE = 2 * STEP,
    WORDS = DOCUMENT_DEPTH / 64,
};

/* What follows a piece. */
enum hole {
    HOLE_STRING, /* the piece ends behind its first quote */
    HOLE_WORD,   /* a number, true, false, null */
    HOLE_NONE,   /* the object ended */
};

/* All that the grammar remembers, and what it has to do with shapes. */
struct state {
    uint64_t arrays[WORDS];
    uint64_t depth;
    uint64_t floor;
    int expect;
    int key;
    unsigned is_typed;
    unsigned is_within;
};

struct piece {
    const char *text; /* STEP bytes more than it is long can be read */
    size_t len;
    unsigned traits; /* of the shape, that it adds */
    uint16_t lines;
    uint16_t last; /* behind its last newline, if "}" alone is there; or 0 */
    uint8_t hole;
    uint8_t role; /* of what is in the hole */
    uint8_t next_count;
    uint16_t next[NEXT_MAX];
    int expect; /* before that "}" */
    uint16_t from;
    struct state after; /* behind the hole */
};

struct skeleton {
    struct piece *pieces; /* the first ones are empty: before an object */
    size_t count;
    size_t room;
    size_t texts;
    struct arena arena;
    struct buf scratch;
    uint16_t slots[SLOTS]; /* of a piece; 0: free */
    size_t said_len;
    char said[SAID_MAX];
};

/* A piece that is being read. */
struct draft {
    struct document document;
    struct shape shape;
    struct slice text;
    size_t at;
    size_t line_end;
    struct piece piece;
};

static const enum document_place places[] = {DOCUMENT_OWN, DOCUMENT_LIST};

/* What is above the depth was left there by what stood before. */
static struct state
state_of(const struct draft *draft)
{
    const struct document *document = &draft->document;
    struct state state = {
        .depth = document->depth,
        .floor = document->floor,
        .expect = document->expect,
        .key = document->key,
        .is_typed = document->is_typed,
        .is_within = draft->shape.is_within,
    };
    for (size_t i = 0; i < document->depth; i++) {
        state.arrays[i / 64] |=
            document->arrays[i / 64] & UINT64_C(1) << (i % 64);
    }
    return state;
}

static void
begin_draft(struct draft *draft, const struct state *state, struct slice text)
{
    /* A line may be long, and have thousands of pieces. */
    *draft = (struct draft){.text = slice_before(text, PIECE_MAX)};
    struct document *document = &draft->document;
    memcpy(document->arrays, state->arrays, sizeof(document->arrays));
    document->is_open = true;
    document->parts = DOCUMENT_PIECES;
    document->depth = (size_t)state->depth;
    document->floor = (size_t)state->floor;
    document->expect = state->expect;
    document->key = state->key;
    document->is_typed = state->is_typed != 0;
    document->is_held = state->depth > state->floor;
    draft->shape.is_within = state->is_within != 0;
    draft->shape.depth = (size_t)state->floor + 1;
}

static void
forget(struct skeleton *skeleton)
{
    arena_free(&skeleton->arena);
    memset(skeleton->slots, 0, sizeof(skeleton->slots));
    skeleton->texts = 0;
    skeleton->count = COUNT(places);
    for (size_t i = 0; i < COUNT(places); i++) {
        struct draft draft = {0};
        document_begin_at(&draft.document, places[i]);
        skeleton->pieces[i] = (struct piece){.after = state_of(&draft)};
        document_free(&draft.document);
    }
}

struct skeleton *
skeleton_new(void)
{
    struct skeleton *skeleton = MEM_NEW(struct skeleton);
    skeleton->room = 64;
    skeleton->pieces =
        mem_resize_array(NULL, skeleton->room, sizeof(*skeleton->pieces));
    forget(skeleton);
    return skeleton;
}

void
skeleton_free(struct skeleton *skeleton)
{
    if (skeleton) {
        arena_free(&skeleton->arena);
        buf_free(&skeleton->scratch);
        mem_free(skeleton->pieces);
        mem_free(skeleton);
    }
}

static void
find_line_end(struct draft *draft)
{
    size_t len = slice_find_byte(slice_after(draft->text, draft->at), '\n');
    draft->line_end = len == SLICE_NONE ? draft->text.len : draft->at + len;
}

/* As read_word() of document.c. */
static bool
is_of_word(char byte)
{
    return (byte >= 'a' && byte <= 'z') || (byte >= '0' && byte <= '9')
        || byte == '-' || byte == '+' || byte == '.' || byte == 'E';
}

/* Whether a value stands here that is no piece's: strings and words. */
static bool
is_at_hole(const struct draft *draft, char byte)
{
    return document_wants_value(&draft->document)
        && (byte == '"' || is_of_word(byte));
}

static bool
end_draft(struct draft *draft, enum hole hole)
{
    document_had_value(&draft->document);
    draft->at += hole == HOLE_STRING;
    draft->piece.hole = (uint8_t)hole;
    draft->piece.role =
        (uint8_t)(hole == HOLE_STRING ? draft->shape.role : SHAPE_ANY);
    draft->piece.len = draft->at;
    draft->piece.traits = draft->shape.traits;
    draft->piece.after = state_of(draft);
    return true;
}

static void
next_line(struct draft *draft)
{
    draft->at++;
    draft->piece.lines++;
    draft->piece.last = 0;
    if (draft->document.depth == draft->document.floor + 1) {
        draft->piece.last = (uint16_t)draft->at;
        draft->piece.expect = draft->document.expect;
    }
    find_line_end(draft);
}

/* A part that is no value; what it is tells of the shape. */
static bool
read_part(struct draft *draft)
{
    struct document *document = &draft->document;
    size_t floor = document->floor;
    size_t from = draft->at;
    char byte = draft->text.data[from];
    bool is_key = byte == '"' && document_wants_key(document);
    size_t depth = document->depth;
    if (!document_part(document, slice_before(draft->text, draft->line_end),
                       &draft->at)
        || document->floor != floor) {
        return false;
    }
    if (is_key) {
        draft->shape.key =
            slice_after(slice_before(draft->text, draft->at - 1), from + 1);
    } else if (byte == '{' || byte == '[') {
        shape_value(&draft->shape, depth, byte);
    } else if (byte == '}' || byte == ']') {
        shape_end(&draft->shape, document->depth);
    }
    if (byte != ' ' && byte != '}') {
        draft->piece.last = 0;
    }
    return true;
}

/* As far as the next value, or the end of the object. */
static bool
read_draft(struct draft *draft)
{
    find_line_end(draft);
    while (draft->at < draft->text.len && draft->at < PIECE_MAX) {
        char byte = draft->text.data[draft->at];
        if (is_at_hole(draft, byte)) {
            shape_value(&draft->shape, draft->document.depth, byte);
            return end_draft(draft, byte == '"' ? HOLE_STRING : HOLE_WORD);
        }
        if (byte == '\n') {
            next_line(draft);
            continue;
        }
        if (!read_part(draft)) {
            return false;
        }
        if (draft->document.depth == draft->document.floor) {
            return end_draft(draft, HOLE_NONE);
        }
    }
    return false;
}

static void
add_next(struct piece *from, size_t piece)
{
    size_t count =
        from->next_count < NEXT_MAX ? from->next_count : NEXT_MAX - 1;
    memmove(from->next + 1, from->next, count * sizeof(from->next[0]));
    from->next[0] = (uint16_t)piece;
    from->next_count = (uint8_t)(count + 1);
}

/* The slot of a piece with this text in this state, or a free one. */
static uint16_t *
find_slot(struct skeleton *skeleton, const struct state *state,
          struct slice text)
{
    struct slice bytes = slice_of((const char *)state, sizeof(*state));
    size_t at = (size_t)(slice_mix(text, slice_mix(bytes, 0)) % SLOTS);
    while (skeleton->slots[at] != 0) {
        const struct piece *piece = &skeleton->pieces[skeleton->slots[at]];
        const struct state *before = &skeleton->pieces[piece->from].after;
        if (slice_equal(slice_of(piece->text, piece->len), text)
            && memcmp(before, state, sizeof(*state)) == 0) {
            break;
        }
        at = (at + 1) % SLOTS;
    }
    return &skeleton->slots[at];
}

static bool
has_room(const struct skeleton *skeleton)
{
    return skeleton->count < PIECES_MAX && skeleton->texts < TEXTS_MAX;
}

static uint16_t
add_piece(struct skeleton *skeleton, const struct piece *piece,
          struct slice text)
{
    if (skeleton->count == skeleton->room) {
        skeleton->room *= 2;
        skeleton->pieces = mem_resize_array(skeleton->pieces, skeleton->room,
                                            sizeof(*skeleton->pieces));
    }
    char *copy = arena_alloc(&skeleton->arena, text.len + STEP);
    if (text.len > 0) {
        memcpy(copy, text.data, text.len);
    }
    skeleton->texts += text.len + STEP;
    skeleton->pieces[skeleton->count] = *piece;
    skeleton->pieces[skeleton->count].text = copy;
    return (uint16_t)skeleton->count++;
}

/* The piece that stands behind `from`, as document.h reads it; 0: none. */
static size_t
learn(struct skeleton *skeleton, size_t from, struct slice text)
{
    struct draft draft;
    begin_draft(&draft, &skeleton->pieces[from].after, text);
    if (!read_draft(&draft)
        || !paste_is_clean(slice_before(text, draft.piece.len))) {
        return 0;
    }
    if (!has_room(skeleton)) {
        forget(skeleton);
        return 0;
    }
    struct slice piece = slice_before(text, draft.piece.len);
    uint16_t *slot = find_slot(skeleton, &skeleton->pieces[from].after, piece);
    if (*slot == 0) {
        draft.piece.from = (uint16_t)from;
        *slot = add_piece(skeleton, &draft.piece, piece);
    }
    add_next(&skeleton->pieces[from], *slot);
    return *slot;
}

#if HAS_SSE2

static __m128i
load(const char *from)
{
    return _mm_loadu_si128((const __m128i *)(const void *)from);
}

static bool
stands_at(const struct piece *piece, struct slice text, size_t at)
{
    if (text.len - at < piece->len + STEP) {
        return slice_starts(slice_after(text, at),
                            slice_of(piece->text, piece->len));
    }
    size_t i = 0;
    for (;; i += STEP) {
        __m128i same =
            _mm_cmpeq_epi8(load(text.data + at + i), load(piece->text + i));
        unsigned differs = ~(unsigned)_mm_movemask_epi8(same) & 0xffffu;
        if (piece->len - i <= STEP) {
            return (differs & ((1u << (piece->len - i)) - 1)) == 0;
        }
        if (differs) {
            return false;
        }
    }
}

/*
 * Where a quote, a backslash or a newline is, or not far before it; what is
 * before goes to `out`, which has room for the text and a step more.
 */
static size_t
copy_plain(struct slice text, size_t at, char **out)
{
    const __m128i quote = _mm_set1_epi8('"');
    const __m128i slash = _mm_set1_epi8('\\');
    const __m128i newline = _mm_set1_epi8('\n');
    for (; text.len - at >= STEP; at += STEP, *out += STEP) {
        __m128i bytes = load(text.data + at);
        __m128i found =
            _mm_or_si128(_mm_cmpeq_epi8(bytes, quote),
                         _mm_or_si128(_mm_cmpeq_epi8(bytes, slash),
                                      _mm_cmpeq_epi8(bytes, newline)));
        unsigned mask = (unsigned)_mm_movemask_epi8(found);
        _mm_storeu_si128((__m128i *)(void *)*out, bytes);
        if (mask) {
            size_t len = (size_t)__builtin_ctz(mask);
            *out += len;
            return at + len;
        }
    }
    return at;
}

#else

static bool
stands_at(const struct piece *piece, struct slice text, size_t at)
{
    return slice_starts(slice_after(text, at),
                        slice_of(piece->text, piece->len));
}

static size_t
copy_plain(struct slice text, size_t at, char **out)
{
    (void)text;
    (void)out;
    return at;
}

#endif

/*
 * Likewise, where no newline but an unescaped quote is, from a backslash on: a
 * text may be made of escapes. What is left over ends the text.
 */
static size_t
copy_escaped(struct slice text, size_t at, char **out)
{
    uint64_t goes_on = 0;
    for (; text.len - at >= ESCAPES_STEP; at += ESCAPES_STEP) {
        const char *step = text.data + at;
        uint64_t escaped = escapes_of(escapes_where(step, '\\'), &goes_on);
        uint64_t ends =
            (escapes_where(step, '"') & ~escaped) | escapes_where(step, '\n');
        memcpy(*out, step, ESCAPES_STEP);
        if (ends != 0) {
            size_t len = (size_t)__builtin_ctzll(ends);
            *out += len;
            return at + len;
        }
        *out += ESCAPES_STEP;
    }
    if (goes_on && at < text.len && text.data[at] != '\n') {
        *(*out)++ = text.data[at++];
    }
    return at;
}

/* Behind the quote that ends the string; 0: there is none on the line. */
static size_t
copy_string(struct slice text, size_t at, char **out)
{
    while ((at = copy_plain(text, at, out)) < text.len) {
        if (text.data[at] == '\\') {
            at = copy_escaped(text, at, out);
        }
        if (at == text.len || text.data[at] == '\n') {
            return 0;
        }
        char byte = text.data[at++];
        *(*out)++ = byte;
        if (byte == '"') {
            return at;
        }
        if (byte == '\\' && at < text.len) {
            byte = text.data[at++];
            *(*out)++ = byte;
        }
        if (byte == '\n') {
            return 0;
        }
    }
    return 0;
}

/* 0: it goes on to the end of the text. */
static size_t
copy_word(struct slice text, size_t at, char **out)
{
    while (at < text.len && is_of_word(text.data[at])) {
        *(*out)++ = text.data[at++];
    }
    *(*out)++ = ' ';
    return at < text.len ? at : 0;
}

/* A piece before a word is also the start of one before a string. */
static bool
fits(const struct piece *piece, struct slice text, size_t at)
{
    size_t end = at + piece->len;
    return stands_at(piece, text, at)
        && (piece->hole != HOLE_WORD
            || (end < text.len && is_of_word(text.data[end])));
}

static size_t
next_piece(struct skeleton *skeleton, size_t from, struct slice text, size_t at)
{
    const struct piece *piece = &skeleton->pieces[from];
    for (size_t i = 0; i < piece->next_count; i++) {
        if (fits(&skeleton->pieces[piece->next[i]], text, at)) {
            return piece->next[i];
        }
    }
    return learn(skeleton, from, slice_after(text, at));
}

/* No more of the text than there is room for, whatever it says. */
static struct slice
as_far_as_room(const struct skeleton *skeleton, struct slice text)
{
    size_t room = SAID_MAX - skeleton->said_len;
    return slice_before(text, room > SPARE ? room - SPARE : 0);
}

/* A value that tells what kind of record it is; is_logger if it may be one. */
static void
note_value(struct skeleton_object *object, enum shape_role role,
           struct slice value)
{
    if (role == SHAPE_TAG) {
        object->is_logger &= slice_equal(value, SLICE("F"));
    } else if (object->text_count < SKELETON_SAID) {
        object->text[object->text_count++] = value;
    } else {
        object->is_logger = false;
    }
}

bool
skeleton_read(struct skeleton *skeleton, enum document_place place,
              struct slice text, struct skeleton_object *object)
{
    struct shape_seen seen = {0};
    char *out = skeleton->said + skeleton->said_len;
    size_t at = 0;
    size_t index = place == DOCUMENT_OWN ? 0 : 1;
    text = as_far_as_room(skeleton, text);
    object->lines = 0;
    object->is_logger = true;
    object->text_count = 0;
    while ((index = next_piece(skeleton, index, text, at)) != 0) {
        const struct piece *piece = &skeleton->pieces[index];
        shape_see(&seen, piece->traits);
        object->lines += piece->lines;
        if (piece->hole == HOLE_NONE) {
            object->len = at + piece->len;
            object->last = piece->last > 0 ? at + piece->last : 0;
            object->expect = piece->expect;
            object->is_cluster = shape_is_cluster(&seen);
            object->is_logger &= shape_is_logger(&seen);
            skeleton->said_len = (size_t)(out - skeleton->said);
            return true;
        }
        at += piece->len;
        size_t from = at;
        at = piece->hole == HOLE_STRING ? copy_string(text, at, &out)
                                        : copy_word(text, at, &out);
        if (at == 0) {
            return false;
        }
        if (piece->role != SHAPE_ANY) {
            note_value(object, (enum shape_role)piece->role,
                       slice_of(text.data + from, at - 1 - from));
        }
    }
    return false;
}

struct buf *
skeleton_scratch(struct skeleton *skeleton)
{
    return &skeleton->scratch;
}

struct slice
skeleton_said(const struct skeleton *skeleton)
{
    return slice_of(skeleton->said, skeleton->said_len);
}

void
skeleton_forget_said(struct skeleton *skeleton)
{
    skeleton->said_len = 0;
}
