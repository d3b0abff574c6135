/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PULLWHY_BASE_MEM_H
#define PULLWHY_BASE_MEM_H

/*
 * The only caller of malloc. When memory is out the program says so and
 * aborts, so nobody else has that branch.
 */

#include "base/slice.h"

#include <stddef.h>

#if defined(__GNUC__)
#    define MUST_CHECK        __attribute__((warn_unused_result))
#    define PRINTF_LIKE(f, a) __attribute__((format(printf, f, a)))
#else
#    define MUST_CHECK
#    define PRINTF_LIKE(f, a)
#endif

#define MEM_NEW(type) ((type *)mem_new(sizeof(type)))

MUST_CHECK void *mem_new(size_t size); /* zeroed; free with mem_free() */
MUST_CHECK void *mem_resize(void *old, size_t size); /* new part not zeroed */

/* `count` elements of `size` bytes each; aborts if the product overflows. */
MUST_CHECK void *mem_resize_array(void *old, size_t count, size_t size);
MUST_CHECK char *mem_string(struct slice text); /* copy with a NUL behind */
void mem_free(void *memory);                    /* NULL is fine */

/* Overwrites a secret; unlike memset(), never left out as useless. */
void mem_wipe(void *memory, size_t size);

enum {
    MEM_LINE = 64, /* bytes that a processor fetches at once, as a rule */
};

/* Where the next such line begins, of memory with so many bytes to spare. */
void *mem_at_line(void *memory);

/* These bytes are wanted soon: the processor may fetch them meanwhile. */
static inline void
mem_expect(const void *memory, size_t size)
{
#if defined(__GNUC__)
    for (size_t offset = 0; offset < size; offset += MEM_LINE) {
        __builtin_prefetch((const char *)memory + offset);
    }
    /* Else gcc leaves out calls of functions that do nothing but this. */
    __asm__ volatile("");
#else
    (void)memory;
    (void)size;
#endif
}

/*
 * An arena hands out memory that is freed all at once. Init with {0}; nothing
 * given out moves.
 */
struct arena {
    struct arena_block *blocks;
    size_t used; /* of the newest block */
};

/* It is empty yet: so many bytes are likely to do, and are had at once. */
void arena_start(struct arena *arena, size_t size);
void *arena_alloc(struct arena *arena, size_t size); /* zeroed, aligned */
struct slice arena_copy(struct arena *arena, struct slice text);
void arena_free(struct arena *arena); /* empty and usable again */

/* Likewise, but for as much soon: a block of the usual size stays. */
void arena_clear(struct arena *arena);

#endif
