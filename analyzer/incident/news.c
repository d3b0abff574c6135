/* SPDX-License-Identifier: Apache-2.0 */
#include "incident/news.h"

#include "base/mem.h"

struct item {
    int64_t gone;
    struct incident *incident;
};

struct queue {
    struct item *items;
    size_t count;
    size_t room;
    size_t next;
};

struct news {
    struct queue resolved;
    struct queue joined;
};

struct news *
news_new(void)
{
    return MEM_NEW(struct news);
}

void
news_free(struct news *news)
{
    if (news) {
        mem_free(news->resolved.items);
        mem_free(news->joined.items);
        mem_free(news);
    }
}

static void
add(struct queue *queue, int64_t gone, struct incident *incident)
{
    if (queue->next == queue->count) {
        queue->next = queue->count = 0;
    }
    if (queue->count == queue->room) {
        queue->room = queue->room > 0 ? queue->room * 2 : 8;
        queue->items =
            mem_resize_array(queue->items, queue->room, sizeof(*queue->items));
    }
    queue->items[queue->count++] = (struct item){gone, incident};
}

static const struct item *
next(struct queue *queue)
{
    return queue->next < queue->count ? &queue->items[queue->next++] : NULL;
}

void
news_add_resolved(struct news *news, struct incident *incident)
{
    add(&news->resolved, 0, incident);
}

struct incident *
news_next_resolved(struct news *news)
{
    const struct item *item = next(&news->resolved);
    return item ? item->incident : NULL;
}

void
news_add_joined(struct news *news, const struct incident *gone,
                struct incident *host)
{
    struct queue *joined = &news->joined;
    for (size_t i = joined->next; i < joined->count; i++) {
        if (joined->items[i].incident == gone) {
            joined->items[i].incident = host;
        }
    }
    if (gone->is_stored) {
        add(joined, gone->id, host);
    }
}

bool
news_next_joined(struct news *news, int64_t *gone, struct incident **into)
{
    const struct item *item = next(&news->joined);
    if (!item) {
        return false;
    }
    *gone = item->gone;
    *into = item->incident;
    return true;
}
