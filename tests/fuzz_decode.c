/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Whatever the lines are: each part of a record lies in the line or in the
 * decoder's memory, decoding comes to an end, and the same lines give the same
 * records. The first byte says which format is asked for.
 */

#include "base/buf.h"
#include "base/mem.h"
#include "fuzz.h"
#include "record_text.h"
#include "wire/decode.h"

static const int64_t now = INT64_C(1795456800) * STAMP_SECOND;

static void
check_views(const struct decoder *decoder, const struct record *record)
{
    const struct slice parts[] = {
        record->message,  record->error,     record->unit,      record->node,
        record->reason,   record->kind,      record->namespace, record->pod,
        record->pod_uid,  record->container, record->image,     record->host,
        record->identity,
    };

    for (size_t i = 0; i < COUNT(parts); i++) {
        fuzz_require(decoder_holds(decoder, parts[i]),
                     "a record views the line or the decoder's memory");
    }
}

/* An entry's last line tells all that it says: of `fed` bytes so far. */
static void
decode_line(struct decoder *decoder, struct slice line, size_t fed,
            struct buf *out)
{
    struct record record;
    enum verdict verdict;
    size_t records = 0; /* of the line, and of an object that it broke off */
    size_t kept = decoder_keeps(decoder) > 0 ? 1000000 : 0;
    decoder_feed(decoder, line, now);
    while (decoder_next(decoder, &record, &verdict)) {
        check_views(decoder, &record);
        buf_print(out, "%d ", (int)verdict);
        record_text(out, &record);
        fuzz_require(++records <= fed + kept + 2, "records come to an end");
    }
    fuzz_require(records > 0 || decoder_keeps(decoder) > 0, "no line is lost");
}

/* What was kept for lines that never came. */
static void
decode_end(struct decoder *decoder, struct buf *out)
{
    struct record record;
    enum verdict verdict;
    size_t records = 0;
    decoder_end(decoder, now);
    while (decoder_next(decoder, &record, &verdict)) {
        check_views(decoder, &record);
        buf_print(out, "%d ", (int)verdict);
        record_text(out, &record);
        fuzz_require(++records <= 1000000, "records come to an end");
    }
}

static void
decode(enum format format, struct slice text, struct buf *out)
{
    struct decoder *decoder = decoder_new(format);
    struct slice line;
    size_t fed = 0;
    while (text.len > 0) {
        if (!slice_cut(&text, '\n', &line)) {
            line = text;
            text = slice_after(text, text.len);
        }
        /* With nothing behind it: a sanitizer sees a read beyond the end. */
        char *copy = mem_resize(NULL, line.len);
        for (size_t i = 0; i < line.len; i++) {
            copy[i] = line.data[i];
        }
        fed += line.len;
        decode_line(decoder, slice_of(copy, line.len), fed, out);
        mem_free(copy);
    }
    decode_end(decoder, out);
    decoder_free(decoder);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct buf once = {0};
    struct buf again = {0};
    if (size > 0) {
        enum format format = (enum format)(data[0] % (FORMATS + 1));
        struct slice text = slice_of((const char *)data + 1, size - 1);
        decode(FORMATS, text, &once);
        decode(FORMATS, text, &again);
        fuzz_require(slice_equal(buf_slice(&once), buf_slice(&again)),
                     "the same lines, the same records");
        decode(format, text, &again);
    }
    buf_free(&once);
    buf_free(&again);
    return 0;
}
