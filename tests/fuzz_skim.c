/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Whatever the input and its pieces: an analysis that leaves out what cannot
 * matter finds and counts the same as one that decodes every line. The first
 * byte tells how long the pieces are; healthy lines stand around the rest.
 */
#include "fuzz.h"
#include "match/catalog.h"
#include "skimmed.h"

#include <string.h>

static const char healthy[] =
    "I1123 16:28:59.927911    2874 kubelet.go:2406] \"SyncLoop (PLEG)\"\n"
    "E1123 16:28:59.927911    2874 plugin.go:224] \"What went wrong is long "
    "enough that a terminal breaks it\"\n"
    "time=\"2026-11-23T16:28:59.927322624Z\" level=info msg=\"shim reaped\"\n"
    "Nov 23 16:28:59 node-1 systemd[1]: Started Session 1 of user root.\n"
    "2026-11-23T16:28:59.927500123Z stderr F all is well here\n";

static const char list[] = "{\"apiVersion\": \"v1\", \"items\": [\n";
static const char event[] =
    "    {\n        \"involvedObject\": {\n            \"kind\": \"Pod\"\n"
    "        },\n        \"count\": 3,\n        \"message\": \"Started\"\n"
    "    },\n";

static void
same_as_all(struct classifier *classifier, struct slice text, size_t piece,
            enum manner manner)
{
    struct skimming all = {0};
    struct skimming skimmed = {0};
    skimmed_read(classifier, text, piece, MANNER_ALL, &all);
    skimmed_read(classifier, text, piece, manner, &skimmed);
    fuzz_require(slice_equal(buf_slice(&all.text), buf_slice(&skimmed.text)),
                 "the same is found and counted");
    fuzz_require(skimmed.resume >= all.resume, "it resumes no earlier");
    fuzz_require(skimmed.kept <= all.kept, "no more is kept");
    fuzz_require(skimmed.records <= all.records, "no more is decoded");
    skimmed_free(&all);
    skimmed_free(&skimmed);
}

static void
same_both_ways(struct classifier *classifier, struct slice text, size_t piece)
{
    same_as_all(classifier, text, piece, MANNER_SKIM);
    same_as_all(classifier, text, piece, MANNER_KNOW);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct catalog *catalog;
    static struct classifier *classifier;
    struct fault fault;
    struct buf text = {0};
    if (!catalog) {
        catalog = catalog_load(NULL, &fault);
        fuzz_require(catalog != NULL, "the catalogue loads");
        classifier = classifier_new(catalog);
    }
    if (size == 0) {
        return 0;
    }
    size_t piece = data[0] < 128 ? (size_t)data[0] + 1 : 100000;
    struct slice bytes = slice_of((const char *)data + 1, size - 1);
    same_both_ways(classifier, bytes, piece);
    buf_add_text(&text, healthy);
    buf_add(&text, bytes);
    buf_add_text(&text, "\n");
    buf_add_text(&text, healthy);
    same_both_ways(classifier, buf_slice(&text), piece);
    /* What was learned of it, and of events, is met once more. */
    buf_clear(&text);
    buf_add_text(&text, list);
    for (int i = 0; i < 3; i++) {
        buf_add_text(&text, event);
        buf_add(&text, bytes);
    }
    buf_add_text(&text, event);
    same_both_ways(classifier, buf_slice(&text), piece);
    buf_free(&text);
    return 0;
}
