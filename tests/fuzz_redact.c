/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A secret goes, whatever stands before it on other lines or behind it, and
 * what the buffer held before is kept. What is passed over unseen holds none.
 */
#include "match/redact.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>

#define SECRET "s3cr3t-s3cr3t-s3cr3t"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
require(bool holds)
{
    if (!holds) {
        abort();
    }
}

/* What was kept of `secret` is no more than the input has of it. */
static void
hides(struct slice before, const char *secret, struct slice behind)
{
    struct buf line = {0};
    struct buf out = {0};
    buf_add(&line, before);
    buf_add_text(&line, secret);
    buf_add(&line, behind);
    buf_add_text(&out, "kept");
    redact_add(&out, buf_slice(&line));
    require(slice_starts(buf_slice(&out), SLICE("kept")));
    require(slice_find(buf_slice(&out), SLICE(SECRET)) == SLICE_NONE
            || slice_find(before, SLICE(SECRET)) != SLICE_NONE
            || slice_find(behind, SLICE(SECRET)) != SLICE_NONE);
    buf_free(&line);
    buf_free(&out);
}

static void
misses_nothing(struct slice text)
{
    struct buf quick = {0};
    struct buf plain = {0};
    redact_add(&quick, text);
    redact_plainly(&plain, text);
    require(slice_equal(buf_slice(&quick), buf_slice(&plain)));
    buf_free(&quick);
    buf_free(&plain);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const secrets[] = {
        "https://r.io/?sig=" SECRET,
        "https://" SECRET "@r.io/",
        " bob:" SECRET "@r.io/",
        " ghp_" SECRET,
        "%3Fsig%3D" SECRET,
        "\"password\":\"" SECRET,
        "\\\"auth\\\":\\\"" SECRET,
        "password=" SECRET,
        "Bearer " SECRET,
        "eyJ" SECRET,
        "&Container{" SECRET,
    };
    struct slice text = slice_of((const char *)data, size);
    for (size_t i = 0; i < COUNT(secrets); i++) {
        hides(SLICE(""), secrets[i], text);
    }
    hides(text, "\nhttps://r.io/?sig=" SECRET, SLICE(""));
    misses_nothing(text);
    return 0;
}
