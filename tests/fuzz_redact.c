/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What is redacted once has nothing left to redact, what stood in the buffer
 * before is kept, and a secret goes whatever stands behind it.
 */
#include "match/redact.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
require(bool holds)
{
    if (!holds) {
        abort();
    }
}

static void
settles(struct slice text)
{
    struct buf once = {0};
    struct buf twice = {0};
    redact_add(&once, text);
    buf_add_text(&twice, "kept");
    redact_add(&twice, buf_slice(&once));
    require(slice_starts(buf_slice(&twice), SLICE("kept")));
    require(slice_equal(slice_after(buf_slice(&twice), 4), buf_slice(&once)));
    buf_free(&once);
    buf_free(&twice);
}

static void
hides(const char *lead, struct slice text)
{
    struct buf line = {0};
    struct buf out = {0};
    buf_add_text(&line, lead);
    buf_add_text(&line, "s3cr3t-s3cr3t-s3cr3t");
    buf_add(&line, text);
    redact_add(&out, buf_slice(&line));
    struct slice start = slice_before(buf_slice(&out), 128);
    require(slice_find(start, SLICE("s3cr3t-s3cr3t-s3")) == SLICE_NONE
            || slice_find(text, SLICE("s3cr3t")) != SLICE_NONE
            || (text.len > 0 && text.data[0] == ':'));
    buf_free(&line);
    buf_free(&out);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const leads[] = {
        "https://r.io/?sig=",
        "%3Fsig%3D",
        "\"password\":\"",
        "\\\"auth\\\":\\\"",
        "password=",
        "Bearer ",
        "eyJ",
        "&Container{",
    };
    struct slice text = slice_of((const char *)data, size);
    settles(text);
    for (size_t i = 0; i < COUNT(leads); i++) {
        hides(leads[i], text);
    }
    return 0;
}
