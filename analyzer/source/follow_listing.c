/* SPDX-License-Identifier: Apache-2.0 */
#include "source/follow_listing.h"

#include <dirent.h>
#include <stdlib.h>
#include <string.h>

static int
compare_names(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* The views, when the text does not move any more. */
static void
index_names(struct follow_listing *listing)
{
    const char *at = listing->text.data;
    listing->names = mem_resize_array(listing->names, listing->count + 1,
                                      sizeof(const char *));
    for (size_t i = 0; i < listing->count; i++) {
        listing->names[i] = at;
        at += strlen(at) + 1;
    }
    qsort(listing->names, listing->count, sizeof(const char *), compare_names);
}

void
follow_listing_read(struct follow_listing *listing, struct slice folder)
{
    if (listing->is_kept && listing->names
        && slice_equal(buf_slice(&listing->folder), folder)) {
        return;
    }
    buf_clear(&listing->folder);
    buf_clear(&listing->text);
    buf_add(&listing->folder, folder);
    listing->count = 0;
    DIR *opened = opendir(buf_string(&listing->folder));
    struct dirent *entry;
    while (opened && (entry = readdir(opened))) {
        buf_add_text(&listing->text, entry->d_name);
        buf_add_byte(&listing->text, '\0');
        listing->count++;
    }
    if (opened) {
        closedir(opened);
    }
    index_names(listing);
}

size_t
follow_listing_find(const struct follow_listing *listing, struct slice prefix)
{
    size_t low = 0;
    size_t high = listing->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (slice_compare(slice_from(listing->names[middle]), prefix) < 0) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

void
follow_listing_keep(struct follow_listing *listing, bool is_kept)
{
    listing->is_kept = is_kept;
    mem_free(listing->names);
    listing->names = NULL;
    listing->count = 0;
}

void
follow_listing_free(struct follow_listing *listing)
{
    buf_free(&listing->folder);
    buf_free(&listing->text);
    mem_free(listing->names);
    *listing = (struct follow_listing){.is_kept = false};
}
