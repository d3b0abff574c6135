/* SPDX-License-Identifier: Apache-2.0 */
#include "base/mem.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    QUICK = 1024, /* bytes; malloc() keeps such at hand, and calloc() does not
                     look there */
    ARENA_ALIGN = 16,
    ARENA_FIRST = 512,       /* bytes; most arenas never need more */
    ARENA_BLOCK = 16 * 1024, /* each second block doubles, up to here; a bigger
                                wish gets a block of its own */
};

struct arena_block {
    struct arena_block *next;
    size_t size;
};

/* Block header, rounded up so that what follows is aligned. */
static const size_t arena_header =
    (sizeof(struct arena_block) + ARENA_ALIGN - 1) / ARENA_ALIGN * ARENA_ALIGN;

static void *
checked(void *memory)
{
    if (!memory) {
        fputs("pullwhy: out of memory\n", stderr);
        abort();
    }
    return memory;
}

void *
mem_new(size_t size)
{
    if (size == 0 || size > QUICK) {
        return checked(calloc(1, size > 0 ? size : 1));
    }
    return memset(checked(malloc(size)), 0, size);
}

void *
mem_resize(void *old, size_t size)
{
    return checked(realloc(old, size > 0 ? size : 1));
}

void *
mem_resize_array(void *old, size_t count, size_t size)
{
    if (size > 0 && count > SIZE_MAX / size) {
        return checked(NULL);
    }
    return mem_resize(old, count * size);
}

char *
mem_string(struct slice text)
{
    char *copy = mem_new(text.len + 1);
    if (text.len > 0) {
        memcpy(copy, text.data, text.len);
    }
    return copy;
}

void
mem_free(void *memory)
{
    free(memory);
}

void
mem_wipe(void *memory, size_t size)
{
    volatile unsigned char *bytes = memory;
    for (size_t i = 0; i < size; i++) {
        bytes[i] = 0;
    }
}

static void
add_block(struct arena *arena, size_t size)
{
    struct arena_block *block = mem_new(arena_header + size);
    block->size = size;
    block->next = arena->blocks;
    arena->blocks = block;
    arena->used = 0;
}

void
arena_start(struct arena *arena, size_t size)
{
    add_block(arena, size);
}

static void
arena_grow(struct arena *arena, size_t size)
{
    const struct arena_block *last = arena->blocks;
    bool is_second = last && last->next && last->next->size == last->size;
    size_t room = !last ? ARENA_FIRST : last->size << is_second;
    if (room > ARENA_BLOCK) {
        room = ARENA_BLOCK;
    }
    add_block(arena, room > size ? room : size);
}

static void *
take(struct arena *arena, size_t size)
{
    if (!arena->blocks || arena->used + size > arena->blocks->size) {
        arena_grow(arena, size);
    }
    char *memory = (char *)arena->blocks + arena_header + arena->used;
    arena->used += size;
    return memory;
}

static size_t
aligned(size_t size)
{
    return (size + ARENA_ALIGN - 1) / ARENA_ALIGN * ARENA_ALIGN;
}

void *
arena_alloc(struct arena *arena, size_t size)
{
    arena->used = aligned(arena->used); /* text may end anywhere */
    return take(arena, aligned(size));
}

struct slice
arena_copy(struct arena *arena, struct slice text)
{
    if (text.len == 0) {
        return slice_of("", 0);
    }
    char *copy = take(arena, text.len);
    memcpy(copy, text.data, text.len);
    return slice_of(copy, text.len);
}

void
arena_free(struct arena *arena)
{
    struct arena_block *block = arena->blocks;
    while (block) {
        struct arena_block *next = block->next;
        mem_free(block);
        block = next;
    }
    *arena = (struct arena){0};
}

void
arena_clear(struct arena *arena)
{
    struct arena_block *block = arena->blocks;
    if (!block || block->size > ARENA_BLOCK) {
        arena_free(arena);
        return;
    }
    struct arena older = {.blocks = block->next};
    arena_free(&older);
    block->next = NULL;
    memset((char *)block + arena_header, 0, arena->used);
    arena->used = 0;
}

void *
mem_at_line(void *memory)
{
    return (char *)memory + (size_t) - (uintptr_t)memory % MEM_LINE;
}
