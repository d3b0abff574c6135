/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PULLWHY_TESTS_DECODED_H
#define PULLWHY_TESTS_DECODED_H

/* What a decoder makes of some lines, against what a test expects of it. */

#include "record_text.h"
#include "text.h"

/* 2026-11-23T18:00:00Z, a Monday. */
#define DECODED_NOW (INT64_C(1795456800) * STAMP_SECOND)

struct decoded_case {
    const char *lines; /* one or several, set apart by newlines */
    const char *records;
};

static inline void
decoded_check(enum format format, const struct decoded_case *cases,
              size_t count)
{
    for (size_t i = 0; i < count; i++) {
        struct decoder *decoder = decoder_new(format);
        struct buf out = {0};
        struct slice rest = slice_from(cases[i].lines);
        struct slice line;
        while (slice_cut(&rest, '\n', &line)) {
            record_text_feed(&out, decoder, line, DECODED_NOW);
        }
        record_text_feed(&out, decoder, rest, DECODED_NOW);
        decoder_flush(decoder, DECODED_NOW);
        record_text_all(&out, decoder);
        assert_text(buf_slice(&out), cases[i].records);
        buf_free(&out);
        decoder_free(decoder);
    }
}

#endif
