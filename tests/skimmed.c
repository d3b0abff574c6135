/* SPDX-License-Identifier: Apache-2.0 */
#include "skimmed.h"

#include "app/reader.h"

#include <inttypes.h>
#include <string.h>

#define NOW (INT64_C(1795456800) * STAMP_SECOND)

static void
add_text(struct buf *out, struct slice text)
{
    buf_add_byte(out, '|');
    buf_add(out, text);
}

static void
add_record(struct buf *out, const struct record *record)
{
    const struct slice texts[] = {
        record->message,   record->error, record->unit,      record->node,
        record->namespace, record->pod,   record->container, record->image,
        record->reason,    record->kind,  record->pod_uid,   record->host,
    };
    buf_print(out, " %d %d %d %" PRId64 " %" PRIu64 " %" PRId64,
              (int)record->format, (int)record->level, (int)record->stamp.trust,
              record->stamp.us, record->count, record->first_seen);
    for (size_t i = 0; i < COUNT(texts); i++) {
        add_text(out, texts[i]);
    }
}

static void
add_finding(struct buf *out, const struct finding *finding)
{
    buf_print(out, "\n  %d %d", (int)finding->kind, (int)finding->was_there);
    if (finding->cause) {
        add_text(out, finding->cause->slug);
    }
    for (size_t i = 0; i < finding->also_count; i++) {
        add_text(out, finding->also[i]->slug);
    }
    for (size_t i = 0; i < FACTS; i++) {
        add_text(out, finding->facts.value[i]);
    }
}

static void
on_reading(void *ctx, const struct reading *reading)
{
    struct skimming *telling = ctx;
    struct buf *out = &telling->text;
    telling->records++;
    if (reading->finding->kind == FINDING_NOTHING) {
        return;
    }
    buf_print(out, "%" PRIu64 " %" PRIu64 "-%" PRIu64 " %d",
              reading->line_number, reading->start, reading->end,
              (int)reading->verdict);
    add_text(out, reading->line);
    add_record(out, reading->record);
    add_finding(out, reading->finding);
    buf_add_byte(out, '\n');
}

void
skimmed_read(struct classifier *classifier, struct slice text, size_t piece,
             enum manner manner, struct skimming *telling)
{
    struct alike *alike = alike_new();
    struct skeleton *skeleton = skeleton_new();
    struct reader *reader =
        reader_new(classifier, FORMATS, on_reading, telling);
    if (manner == MANNER_SKIM) {
        reader_skim(reader, alike, skeleton);
    }
    for (size_t i = 1; text.len > 0; i++) {
        /* A piece is gone when the next one comes, as a source's is. */
        struct slice bytes = slice_before(text, piece);
        char *copy = mem_new(bytes.len);
        memcpy(copy, bytes.data, bytes.len);
        reader_feed(reader, slice_of(copy, bytes.len), NOW);
        mem_free(copy);
        text = slice_after(text, piece);
        if (i % 3 == 0) {
            reader_tick(reader, NOW);
        }
    }
    telling->resume = reader_resume(reader);
    telling->kept = reader_kept(reader);
    reader_end(reader, NOW);
    buf_print(&telling->text,
              "%" PRIu64 " lines, %" PRIu64 " cut, %" PRIu64 " broken, %" PRIu64
              " bytes\n",
              reader_lines(reader), reader_cut_lines(reader),
              reader_broken_lines(reader), reader_position(reader));
    reader_free(reader);
    alike_free(alike);
    skeleton_free(skeleton);
}

void
skimmed_free(struct skimming *telling)
{
    buf_free(&telling->text);
    *telling = (struct skimming){0};
}
