/* SPDX-License-Identifier: Apache-2.0 */
#include "match/prove.h"

#include "base/mem.h"
#include "match/classify.h"
#include "match/look.h"
#include "wire/decode.h"

#include <stdarg.h>
#include <stdio.h>

struct prover {
    const struct catalog *catalog;
    struct classifier *classifier;
    int64_t now;
    prove_sink *sink;
    void *ctx;
    struct proof *proof;
    bool *is_hit; /* by the index of a look: it caught a sample */
};

PRINTF_LIKE(4, 5)

static void
complain(struct prover *prover, const struct cause *cause, int row,
         const char *format, ...)
{
    char text[1024];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof(text), format, args);
    va_end(args);
    prover->proof->faults++;
    prover->sink(prover->ctx, cause->file, row, text);
}

/*
 * A sample is a line as it stands in a log, or a message of several lines as
 * an event object holds it; the latter has no envelope.
 */
static void
classify(struct prover *prover, struct decoder *decoder, struct slice line,
         struct finding *finding)
{
    struct record record;
    enum verdict verdict;
    *finding = (struct finding){0};
    if (slice_find_byte(line, '\n') != SLICE_NONE) {
        record = (struct record){.message = line, .count = 1};
        classifier_read(prover->classifier, &record, finding);
        return;
    }
    decoder_feed_alone(decoder, line, prover->now);
    while (decoder_next(decoder, &record, &verdict)) {
        bool has_record =
            verdict == VERDICT_RECORD || verdict == VERDICT_BROKEN;
        if (has_record) {
            classifier_read(prover->classifier, &record, finding);
        }
        if (finding->kind != FINDING_NOTHING) {
            return;
        }
    }
}

static void
check_facts(struct prover *prover, const struct cause *cause,
            const struct sample *sample, const struct finding *finding)
{
    for (size_t i = 0; i < FACTS; i++) {
        struct slice wanted = sample->facts.value[i];
        struct slice got = finding->facts.value[i];
        if (wanted.len > 0 && !slice_equal(wanted, got)) {
            complain(prover, cause, sample->row,
                     "the sample gives %s '%.*s', not '%.*s'",
                     fact_row((enum fact)i)->name, SLICE_ARG(got),
                     SLICE_ARG(wanted));
        }
    }
}

static void
mark_hit(struct prover *prover, const struct look *look)
{
    const struct look *other;
    for (size_t i = 0; (other = catalog_look(prover->catalog, i)); i++) {
        prover->is_hit[i] = prover->is_hit[i] || other == look;
    }
}

static void
check_sample(struct prover *prover, const struct cause *cause,
             const struct sample *sample)
{
    struct finding finding;
    struct decoder *decoder = decoder_new(FORMATS);
    classify(prover, decoder, sample->line, &finding);
    prover->proof->samples++;
    if (!finding.cause) {
        complain(prover, cause, sample->row,
                 "the sample is not caught by any cause: %.*s",
                 SLICE_ARG(slice_before(sample->line, 160)));
    } else if (finding.cause != cause) {
        complain(prover, cause, sample->row,
                 "the sample is caught by another cause, %.*s: %.*s",
                 SLICE_ARG(finding.cause->slug),
                 SLICE_ARG(slice_before(sample->line, 160)));
    } else {
        mark_hit(prover, finding.look);
        check_facts(prover, cause, sample, &finding);
    }
    if (finding.cause
        && !classifier_may_matter(prover->classifier, sample->line)) {
        complain(prover, cause, sample->row,
                 "the prefilter overlooks the sample: %.*s",
                 SLICE_ARG(slice_before(sample->line, 160)));
    }
    decoder_free(decoder);
}

static void
check_reject(struct prover *prover, const struct cause *cause,
             const struct sample *reject)
{
    struct finding finding;
    struct decoder *decoder = decoder_new(FORMATS);
    classify(prover, decoder, reject->line, &finding);
    prover->proof->rejects++;
    if (finding.cause == cause) {
        complain(prover, cause, reject->row,
                 "the reject is caught by the pattern of line %d: %.*s",
                 finding.look->row, SLICE_ARG(slice_before(reject->line, 160)));
    }
    decoder_free(decoder);
}

static void
check_cause(struct prover *prover, const struct cause *cause)
{
    prover->proof->causes++;
    for (size_t i = 0; i < cause->sample_count; i++) {
        check_sample(prover, cause, &cause->samples[i]);
    }
    for (size_t i = 0; i < cause->reject_count; i++) {
        check_reject(prover, cause, &cause->rejects[i]);
    }
}

void
prove_catalog(const struct catalog *catalog, int64_t now, prove_sink *sink,
              void *ctx, struct proof *proof)
{
    const struct look *look;
    *proof = (struct proof){0};
    while (catalog_look(catalog, proof->looks)) {
        proof->looks++;
    }
    struct prover prover = {
        .catalog = catalog,
        .classifier = classifier_new(catalog),
        .now = now,
        .sink = sink,
        .ctx = ctx,
        .proof = proof,
        .is_hit = mem_new(proof->looks + 1),
    };
    for (size_t i = 0; i < catalog_count(catalog); i++) {
        check_cause(&prover, catalog_cause(catalog, i));
    }
    for (size_t i = 0; (look = catalog_look(catalog, i)); i++) {
        if (!prover.is_hit[i]) {
            complain(&prover, look->cause, look->row,
                     "no sample is caught by this pattern; give one");
        }
    }
    classifier_free(prover.classifier);
    mem_free(prover.is_hit);
}
