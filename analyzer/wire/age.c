/* SPDX-License-Identifier: Apache-2.0 */
#include "wire/age.h"

/* "(x4 over 5m)" */
static bool
read_repeats(struct slice *rest, struct age *age)
{
    struct slice text = *rest;
    struct slice times = slice_word(&text);
    struct slice over = slice_word(&text);
    struct slice span;
    uint64_t count;
    int64_t first;
    if (!slice_skip(&times, SLICE("(x")) || !slice_to_u64(times, &count)
        || !slice_equal(over, SLICE("over")) || !slice_cut(&text, ')', &span)
        || !stamp_span(slice_trim(span), &first)) {
        return false;
    }
    age->count = count;
    age->first = first;
    *rest = text;
    return true;
}

bool
age_read(struct slice *rest, struct age *age)
{
    struct slice text = *rest;
    struct slice word = slice_word(&text);
    struct age found = {.count = 1};
    found.is_known = stamp_span(word, &found.last);
    if (!found.is_known && !slice_equal(word, SLICE("<unknown>"))
        && !slice_equal(word, SLICE("<invalid>"))) {
        return false;
    }
    read_repeats(&text, &found);
    *age = found;
    *rest = text;
    return true;
}

void
age_set(struct record *record, const struct age *age, int64_t now)
{
    if (age->is_known) {
        record->stamp = (struct stamp){now - age->last, STAMP_APPROXIMATE};
    }
    record->count = age->count;
    record->first_seen = age->first > 0 ? now - age->first : 0;
}
