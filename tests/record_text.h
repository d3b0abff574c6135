/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PULLWHY_TESTS_RECORD_TEXT_H
#define PULLWHY_TESTS_RECORD_TEXT_H

/*
 * A record as text, one "field: value" a line, empty fields left out; so that
 * a test says all that it expects in one string, and touches every byte.
 */

#include "base/buf.h"
#include "wire/decode.h"
#include "wire/record.h"

static inline void
record_text_stamp(struct buf *out, const char *name, int64_t us)
{
    char text[STAMP_TEXT];
    buf_print(out, "%s: %s", name, stamp_format_full(us, text));
}

static inline void
record_text(struct buf *out, const struct record *record)
{
    static const char *const levels[] = {"unknown", "info", "warning", "error"};
    static const char *const trusts[] = {"", " approximate", " inferred",
                                         " exact"};

    const struct {
        const char *name;
        struct slice value;
    } fields[] = {
        {"message", record->message},     {"error", record->error},
        {"unit", record->unit},           {"node", record->node},
        {"reason", record->reason},       {"kind", record->kind},
        {"namespace", record->namespace}, {"pod", record->pod},
        {"pod_uid", record->pod_uid},     {"container", record->container},
        {"image", record->image},         {"host", record->host},
        {"identity", record->identity},   {"secret", record->secret},
    };

    buf_print(out, "%s %s\n", format_name(record->format),
              levels[record->level]);
    if (record->stamp.trust != STAMP_MISSING) {
        record_text_stamp(out, "stamp", record->stamp.us);
        buf_print(out, "%s\n", trusts[record->stamp.trust]);
    }
    for (size_t i = 0; i < COUNT(fields); i++) {
        if (fields[i].value.len > 0) {
            buf_print(out, "%s: ", fields[i].name);
            buf_add(out, fields[i].value);
            buf_add_byte(out, '\n');
        }
    }
    if (record->count != 1) {
        buf_print(out, "count: %llu\n", (unsigned long long)record->count);
    }
    if (record->first_seen != 0) {
        record_text_stamp(out, "first_seen", record->first_seen);
        buf_add_byte(out, '\n');
    }
}

/* All that the decoder tells now, each record with its verdict before it. */
static inline void
record_text_all(struct buf *out, struct decoder *decoder)
{
    static const char *const verdicts[] = {"", "partial ", "foreign ",
                                           "broken "};
    struct record record;
    enum verdict verdict;
    while (decoder_next(decoder, &record, &verdict)) {
        if (verdict == VERDICT_FOREIGN) {
            buf_add_text(out, "foreign\n");
            continue;
        }
        buf_add_text(out, verdicts[verdict]);
        record_text(out, &record);
    }
}

/* Of a line; `now` dates it. */
static inline void
record_text_feed(struct buf *out, struct decoder *decoder, struct slice line,
                 int64_t now)
{
    decoder_feed(decoder, line, now);
    record_text_all(out, decoder);
}

#endif
