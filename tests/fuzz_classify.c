/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Whatever a line says: no name that looks like a URL is left for the patterns
 * to see, facts are views that can be read, the same line means the same again,
 * and the notes of the mask lie where they say.
 */
#include "match/classify.h"
#include "match/mask.h"
#include "wire/decode.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
require(bool holds)
{
    if (!holds) {
        abort();
    }
}

/* Nothing but punctuation, or a masked name, is behind a scheme that is left. */
static void
has_no_url(struct slice text)
{
    static const char *const schemes[] = {"http://", "https://"};
    for (size_t i = 0; i < COUNT(schemes); i++) {
        struct slice rest = text;
        struct slice head;
        while (slice_cut_text(&rest, slice_from(schemes[i]), &head)) {
            size_t at = 0;
            while (at < rest.len
                   && slice_find_byte(SLICE(":,.;)]}'>"), rest.data[at])
                          != SLICE_NONE) {
                at++;
            }
            rest = slice_after(rest, at);
            require(rest.len == 0 || slice_starts(rest, SLICE("<image>"))
                    || slice_find_byte(SLICE(" \t\r\n\"\\"), rest.data[0])
                           != SLICE_NONE);
        }
    }
}

/* What is passed over unseen holds no name. */
static void
misses_nothing(const struct mask *mask, struct slice text, struct slice known)
{
    struct mask plain = {0};
    mask_plainly(&plain, text, known);
    require(slice_equal(buf_slice(&mask->text), buf_slice(&plain.text)));
    require(mask->count == plain.count);
    for (size_t i = 0; i < plain.count; i++) {
        require(mask->notes[i].kind == plain.notes[i].kind
                && mask->notes[i].at == plain.notes[i].at
                && slice_equal(mask->notes[i].text, plain.notes[i].text));
    }
    mask_free(&plain);
}

static void
masks_well(struct slice text)
{
    struct mask mask = {0};
    mask_text(&mask, text, SLICE("known"));
    struct slice masked = buf_slice(&mask.text);
    has_no_url(masked);
    misses_nothing(&mask, text, SLICE("known"));
    for (size_t i = 0; i < mask.count; i++) {
        const struct mask_note *note = &mask.notes[i];
        require(note->text.data >= text.data
                && note->text.data + note->text.len <= text.data + text.len);
        require(note->at < masked.len && masked.data[note->at] == '<');
    }
    mask_free(&mask);
}

/* Reads every byte, so that a view of nothing is seen by ASan. */
static uint64_t
sum_of(const struct finding *finding)
{
    uint64_t sum = (uint64_t)finding->kind;
    for (size_t i = 0; i < FACTS; i++) {
        sum = slice_hash(finding->facts.value[i], sum);
    }
    for (size_t i = 0; i < finding->also_count; i++) {
        sum = slice_hash(finding->also[i]->slug, sum);
    }
    require(finding->kind != FINDING_NOTHING || !finding->cause);
    require(finding->cause || finding->kind == FINDING_NOTHING
            || finding->kind == FINDING_SUCCESS);
    require(!finding->cause == !finding->look);
    return finding->cause ? slice_hash(finding->cause->slug, sum) : sum;
}

static void
reads_well(struct classifier *classifier, const struct record *record)
{
    struct finding finding;
    classifier_read(classifier, record, &finding);
    uint64_t sum = sum_of(&finding);
    has_no_url(classifier_masked(classifier, record));
    classifier_read(classifier, record, &finding);
    require(sum_of(&finding) == sum);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct catalog *catalog;
    static struct classifier *classifier;
    struct fault fault;
    struct slice text = slice_of((const char *)data, size);
    if (!catalog) {
        catalog = catalog_load(NULL, &fault);
        require(catalog != NULL);
        classifier = classifier_new(catalog);
    }
    masks_well(text);
    struct record plain = {.message = text};
    reads_well(classifier, &plain);
    if (slice_cut(&text, '\n', &plain.message)) {
        plain.error = text;
        slice_cut(&plain.error, '\n', &plain.image);
        reads_well(classifier, &plain);
    }

    struct record record;
    enum verdict verdict;
    struct decoder *decoder = decoder_new(FORMATS);
    decoder_feed_alone(decoder, slice_of((const char *)data, size),
                       INT64_C(1795456800000000));
    while (decoder_next(decoder, &record, &verdict)) {
        if (verdict == VERDICT_RECORD || verdict == VERDICT_BROKEN) {
            reads_well(classifier, &record);
        }
    }
    decoder_free(decoder);
    return 0;
}
