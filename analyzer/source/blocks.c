/* SPDX-License-Identifier: Apache-2.0 */
#include "source/blocks.h"

#include "base/mem.h"

#include <uv.h>

#include <errno.h>
#include <stdbool.h>
#include <unistd.h>

/*
 * Where memory of the kernel's is copied from a page's start to a few bytes
 * behind one, as memory lies that was asked for at once, some processors are three
 * times as slow.
 */
enum {
    PAGE = 4096
};

/* How much a block that the caller waited for weighs against one that was
 * there, and what makes workers read further ahead. */
enum {
    HUNGER = 4,
    HUNGRY = 8,
    AHEAD = 2, /* blocks more than threads, at first */
};

/* Blocks are counted from the start, from 1; 0: it is free. */
struct block {
    char *room;
    size_t len;
    uint64_t number;
    unsigned thread; /* that filled it last */
    bool is_ready;
};

struct worker {
    struct blocks *blocks;
    unsigned number;
    uv_thread_t thread;
};

struct blocks {
    struct blocks_config config;
    int fd;
    uint64_t start;
    uint64_t position;
    size_t slots;
    struct worker workers[BLOCKS_THREADS]; /* the first one is the caller */
    unsigned threads;
    char *memory; /* all the rooms */

    struct block *handed; /* what is looked at now; or NULL */

    /* Shared. */
    uv_mutex_t lock;
    uv_cond_t is_ready; /* some block is; the caller waits for that */
    uv_cond_t is_free;  /* a worker may read on, or all is over */
    uint64_t claimed;   /* the last one that is read or being read */
    uint64_t next;      /* to be handed out */
    uint64_t window;    /* so many workers read ahead: as few as do */
    unsigned hunger;
    bool is_over; /* no more are claimed: an end was seen, or it closes */
    struct block blocks[];
};

/*
 * Locked. A free slot, best one that is in the thread's cache: to read into
 * what another processor has is several times as slow. NULL: there is none.
 */
static struct block *
find_free(struct blocks *blocks, unsigned thread)
{
    struct block *found = NULL;
    for (size_t i = 0; i < blocks->slots; i++) {
        struct block *block = &blocks->blocks[i];
        if (block->number != 0) {
            continue;
        }
        if (block->thread == thread) {
            return block;
        }
        found = block;
    }
    return found;
}

/* Locked. NULL: no slot is free, or nothing more is to be read. */
static struct block *
claim(struct blocks *blocks, unsigned thread)
{
    bool is_far = blocks->claimed + 1 - blocks->next >= blocks->window;
    struct block *block = blocks->is_over || (thread > 0 && is_far)
                            ? NULL
                            : find_free(blocks, thread);
    if (block) {
        block->number = ++blocks->claimed;
        block->thread = thread;
    }
    return block;
}

static size_t
fill(const struct blocks *blocks, char *room, uint64_t number)
{
    uint64_t from = blocks->start + (number - 1) * blocks->config.size;
    size_t len = 0;
    ssize_t got;
    do {
        got = pread(blocks->fd, room + len, blocks->config.size - len,
                    (off_t)(from + len));
        len += got > 0 ? (size_t)got : 0;
    } while ((got > 0 && len < blocks->config.size)
             || (got < 0 && errno == EINTR));
    return len;
}

/* Locked, but not while it reads. */
static void
read_one(struct blocks *blocks, struct block *block)
{
    uv_mutex_unlock(&blocks->lock);
    block->len = fill(blocks, block->room, block->number);
    blocks->config.look(blocks->config.ctx, block->thread,
                        (size_t)(block - blocks->blocks),
                        slice_of(block->room, block->len));
    uv_mutex_lock(&blocks->lock);
    block->is_ready = true;
    blocks->is_over = blocks->is_over || block->len < blocks->config.size;
}

static void
work(void *ctx)
{
    const struct worker *worker = ctx;
    struct blocks *blocks = worker->blocks;
    uv_mutex_lock(&blocks->lock);
    while (!blocks->is_over) {
        struct block *block = claim(blocks, worker->number);
        if (block) {
            read_one(blocks, block);
            uv_cond_signal(&blocks->is_ready);
        } else {
            uv_cond_wait(&blocks->is_free, &blocks->lock);
        }
    }
    uv_mutex_unlock(&blocks->lock);
}

/*
 * Locked. Waking a worker costs as much as reading a block, so it is done when
 * there is room for several.
 */
static void
release(struct blocks *blocks)
{
    if (blocks->handed) {
        blocks->handed->is_ready = false;
        blocks->handed->number = 0;
        blocks->handed = NULL;
        if (blocks->claimed + 1 - blocks->next <= blocks->window / 2) {
            uv_cond_signal(&blocks->is_free);
        }
    }
}

/* Locked. The next one in order; NULL: it is not there yet. */
static struct block *
find_next(struct blocks *blocks)
{
    for (size_t i = 0; i < blocks->slots; i++) {
        struct block *block = &blocks->blocks[i];
        if (block->number == blocks->next && block->is_ready) {
            return block;
        }
    }
    return NULL;
}

/* Locked. Where the caller has enough to do, few blocks take up memory. */
static void
widen(struct blocks *blocks, bool is_there)
{
    if (!is_there) {
        blocks->hunger += HUNGER;
    } else if (blocks->hunger > 0) {
        blocks->hunger--;
    }
    if (blocks->hunger >= HUNGRY && blocks->window < blocks->slots) {
        blocks->hunger = 0;
        blocks->window++;
    }
}

struct slice
blocks_next(struct blocks *blocks)
{
    struct block *next;
    uv_mutex_lock(&blocks->lock);
    release(blocks);
    widen(blocks, find_next(blocks) != NULL);
    while (!(next = find_next(blocks))) {
        struct block *other = claim(blocks, 0);
        if (other) {
            read_one(blocks, other);
        } else {
            uv_cond_wait(&blocks->is_ready, &blocks->lock);
        }
    }
    blocks->next++;
    blocks->handed = next;
    uv_mutex_unlock(&blocks->lock);
    blocks->position += next->len;
    blocks->config.hand(blocks->config.ctx, (size_t)(next - blocks->blocks));
    return slice_of(next->room, next->len);
}

uint64_t
blocks_position(const struct blocks *blocks)
{
    return blocks->position;
}

static void
start(struct blocks *blocks, unsigned threads)
{
    blocks->threads = 1;
    while (blocks->threads < threads) {
        struct worker *worker = &blocks->workers[blocks->threads];
        *worker = (struct worker){.blocks = blocks, .number = blocks->threads};
        if (uv_thread_create(&worker->thread, work, worker) != 0) {
            break;
        }
        blocks->threads++;
    }
}

struct blocks *
blocks_open(int fd, uint64_t position, const struct blocks_config *config)
{
    size_t slots = config->threads + BLOCKS_SPARE;
    struct blocks *blocks =
        mem_new(sizeof(*blocks) + slots * sizeof(struct block));
    blocks->config = *config;
    blocks->fd = fd;
    blocks->start = position;
    blocks->position = position;
    blocks->slots = slots;
    blocks->next = 1;
    blocks->window = config->threads + AHEAD;
    blocks->memory = mem_resize(NULL, PAGE + slots * config->size);
    size_t first = PAGE - (uintptr_t)blocks->memory % PAGE;
    for (size_t i = 0; i < slots; i++) {
        blocks->blocks[i].room = blocks->memory + first + i * config->size;
    }
    uv_mutex_init(&blocks->lock);
    uv_cond_init(&blocks->is_ready);
    uv_cond_init(&blocks->is_free);
    start(blocks, config->threads);
    if (blocks->threads < 2) {
        blocks_close(blocks);
        return NULL;
    }
    return blocks;
}

void
blocks_close(struct blocks *blocks)
{
    if (!blocks) {
        return;
    }
    uv_mutex_lock(&blocks->lock);
    blocks->is_over = true;
    uv_cond_broadcast(&blocks->is_free);
    uv_mutex_unlock(&blocks->lock);
    for (unsigned i = 1; i < blocks->threads; i++) {
        uv_thread_join(&blocks->workers[i].thread);
    }
    uv_cond_destroy(&blocks->is_ready);
    uv_cond_destroy(&blocks->is_free);
    uv_mutex_destroy(&blocks->lock);
    mem_free(blocks->memory);
    mem_free(blocks);
}
