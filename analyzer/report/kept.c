/* SPDX-License-Identifier: Apache-2.0 */
#include "report/kept.h"

enum {
    SLOTS_FIRST = 64,
};

struct entry {
    struct slice text; /* data is NULL if the slot is free */
    struct slice made;
    uint32_t form;
};

struct kept {
    struct entry *slots;
    size_t room; /* a power of two */
    size_t count;
    size_t bytes;
    struct arena arena;
};

struct kept *
kept_new(void)
{
    struct kept *kept = MEM_NEW(struct kept);
    kept->room = SLOTS_FIRST;
    kept->slots = mem_new(kept->room * sizeof(*kept->slots));
    return kept;
}

void
kept_free(struct kept *kept)
{
    if (kept) {
        arena_free(&kept->arena);
        mem_free(kept->slots);
        mem_free(kept);
    }
}

/* The slot of the text, or the free one where it goes. */
static struct entry *
slot_of(const struct kept *kept, struct slice text, uint32_t form)
{
    static const uint64_t odd = UINT64_C(0x9e3779b97f4a7c15);
    uint64_t hash = text.len + ((uint64_t)form << 32);
    if (text.len >= sizeof(hash)) { /* many begin alike, few end so, too */
        uint64_t ends[2];
        memcpy(&ends[0], text.data, sizeof(ends[0]));
        memcpy(&ends[1], text.data + text.len - sizeof(ends[1]),
               sizeof(ends[1]));
        hash = (hash ^ ends[0]) * odd ^ ends[1];
    }
    hash *= odd;
    size_t at = (size_t)(hash >> 32) & (kept->room - 1);
    struct entry *entry = &kept->slots[at];
    while (entry->text.data
           && (entry->form != form || !slice_equal(entry->text, text))) {
        at = (at + 1) & (kept->room - 1);
        entry = &kept->slots[at];
    }
    return entry;
}

bool
kept_find(const struct kept *kept, struct slice text, uint32_t form,
          struct slice *made)
{
    const struct entry *entry = kept ? slot_of(kept, text, form) : NULL;
    if (!entry || !entry->text.data) {
        return false;
    }
    *made = entry->made;
    return true;
}

static void
forget(struct kept *kept)
{
    arena_free(&kept->arena);
    mem_free(kept->slots);
    kept->room = SLOTS_FIRST;
    kept->slots = mem_new(kept->room * sizeof(*kept->slots));
    kept->count = 0;
    kept->bytes = 0;
}

/* At most half of the slots are in use, so a search ends soon. */
static void
grow(struct kept *kept)
{
    struct kept old = *kept;
    kept->room *= 2;
    kept->slots = mem_new(kept->room * sizeof(*kept->slots));
    for (size_t i = 0; i < old.room; i++) {
        const struct entry *entry = &old.slots[i];
        if (entry->text.data) {
            *slot_of(kept, entry->text, entry->form) = *entry;
        }
    }
    mem_free(old.slots);
}

/* arena_copy() would put it at any byte. */
static struct slice
copy_aligned(struct arena *arena, struct slice made)
{
    char *copy = arena_alloc(arena, made.len);
    if (made.len > 0) {
        memcpy(copy, made.data, made.len);
    }
    return slice_of(copy, made.len);
}

void
kept_add(struct kept *kept, struct slice text, uint32_t form, struct slice made)
{
    size_t bytes = text.len + made.len;
    if (!kept || bytes > KEPT_BYTES) {
        return;
    }
    if (kept->count == KEPT_TEXTS || kept->bytes + bytes > KEPT_BYTES) {
        forget(kept);
    }
    if (kept->count * 2 >= kept->room) {
        grow(kept);
    }
    struct entry *entry = slot_of(kept, text, form);
    *entry = (struct entry){.text = arena_copy(&kept->arena, text),
                            .made = copy_aligned(&kept->arena, made),
                            .form = form};
    kept->count++;
    kept->bytes += bytes;
}
