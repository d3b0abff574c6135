/* SPDX-License-Identifier: Apache-2.0 */
#include "reading.h"

#include "base/mem.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

int
reading_setup(void **state)
{
    struct fault fault = {0};
    struct reading *reading = MEM_NEW(struct reading);
    reading->catalog = catalog_load(NULL, &fault);
    if (!reading->catalog) {
        print_error("# %s\n", fault.text);
        mem_free(reading);
        return -1;
    }
    reading->classifier = classifier_new(reading->catalog);
    *state = reading;
    return 0;
}

int
reading_teardown(void **state)
{
    struct reading *reading = *state;
    decoder_free(reading->decoder);
    classifier_free(reading->classifier);
    catalog_free(reading->catalog);
    mem_free(reading);
    return 0;
}

void
reading_line(struct reading *reading, struct slice line)
{
    enum verdict verdict;
    decoder_free(reading->decoder);
    reading->decoder = decoder_new(FORMATS);
    reading->finding = (struct finding){0};
    decoder_feed_alone(reading->decoder, line, INT64_C(1795456800000000));
    while (decoder_next(reading->decoder, &reading->record, &verdict)) {
        if (verdict == VERDICT_RECORD || verdict == VERDICT_BROKEN) {
            classifier_read(reading->classifier, &reading->record,
                            &reading->finding);
        }
        if (reading->finding.kind != FINDING_NOTHING) {
            break;
        }
    }
}

void
reading_expect(struct reading *reading, const char *line, const char *slug)
{
    reading_line(reading, slice_from(line));
    const struct cause *cause = reading->finding.cause;
    struct slice got = cause ? cause->slug : SLICE("");
    if (!slice_equal(got, slice_from(slug))) {
        struct slice masked =
            classifier_masked(reading->classifier, &reading->record);
        print_error("# %s\n#  is '%.*s', not '%s'; masked: %.*s\n", line,
                    SLICE_ARG(got), slug, SLICE_ARG(masked));
        fail();
    }
    if (cause
        && !classifier_may_matter(reading->classifier, slice_from(line))) {
        fail_msg("the prefilter overlooks %s", line);
    }
}

const char *
reading_also(const struct reading *reading, char *out, size_t size)
{
    size_t len = 0;
    out[0] = '\0';
    for (size_t i = 0; i < reading->finding.also_count && len < size; i++) {
        int more = snprintf(out + len, size - len, "%s%.*s", i > 0 ? " " : "",
                            SLICE_ARG(reading->finding.also[i]->slug));
        len += more > 0 ? (size_t)more : 0;
    }
    return out;
}
