/* SPDX-License-Identifier: Apache-2.0 */
#include "skimmed.h"

#include "app/foresight.h"
#include "app/reader.h"
#include "app/skim.h"
#include "base/mem.h"

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
    buf_print(out, "%" PRIu64 " %" PRIu64 "-%" PRIu64 " %" PRIu64 " %d",
              reading->line_number, reading->start, reading->end, reading->at,
              (int)reading->verdict);
    add_text(out, reading->line);
    add_record(out, reading->record);
    add_finding(out, reading->finding);
    buf_add_byte(out, '\n');
}

struct means {
    struct classifier *classifier;
    struct alike *alike;
    struct alike *other_alike; /* of who looks ahead */
    struct skeleton *skeleton;
    struct skeleton *other_skeleton; /* likewise */
    size_t turn;
    struct foreseen *foreseen;
    struct reader *reader;
};

static struct means
open_means(struct classifier *classifier, enum manner manner,
           struct skimming *telling)
{
    struct means means = {
        .classifier = classifier,
        .alike = alike_new(),
        .other_alike = alike_new(),
        .skeleton = skeleton_new(),
        .other_skeleton = skeleton_new(),
        .foreseen = MEM_NEW(struct foreseen),
        .reader = reader_new(classifier, FORMATS, on_reading, telling),
    };
    if (manner != MANNER_ALL) {
        reader_skim(means.reader, means.alike, means.skeleton);
    }
    return means;
}

static void
close_means(struct means *means, struct skimming *telling)
{
    struct reader *reader = means->reader;
    telling->resume = reader_resume(reader);
    telling->kept = reader_kept(reader);
    reader_end(reader, NOW);
    buf_print(&telling->text,
              "%" PRIu64 " lines, %" PRIu64 " cut, %" PRIu64 " broken, %" PRIu64
              " bytes\n",
              reader_lines(reader), reader_cut_lines(reader),
              reader_broken_lines(reader), reader_position(reader));
    reader_free(reader);
    alike_free(means->alike);
    alike_free(means->other_alike);
    skeleton_free(means->skeleton);
    skeleton_free(means->other_skeleton);
    mem_free(means->foreseen);
}

/* As app/foresight.c does, but all of it, and at first whatever is there. */
static struct foreseen *
foresee(struct means *means, struct slice bytes, struct skimming *telling)
{
    struct foreseen *foreseen = means->foreseen;
    enum document_place place = foreseen->found.asked;
    if (place == DOCUMENT_NOWHERE) {
        place = means->turn++ % 2 ? DOCUMENT_OWN : DOCUMENT_LIST;
    }
    foreseen->runs.chunk = bytes;
    skim_foresee(means->classifier, means->other_alike, bytes, &foreseen->runs);
    foreseen->found.at = 0;
    skim_foresee_blocks(means->classifier, means->other_skeleton, place, bytes,
                        &foreseen->found);
    telling->found += foreseen->found.count;
    return foreseen;
}

/* A piece is gone when the next one comes, as a source's is. */
static void
feed(struct means *means, enum manner manner, struct slice bytes,
     struct skimming *telling)
{
    char *copy = mem_new(bytes.len);
    memcpy(copy, bytes.data, bytes.len);
    bytes.data = copy;
    reader_feed_known(
        means->reader, bytes,
        manner == MANNER_KNOW ? foresee(means, bytes, telling) : NULL, NOW);
    mem_free(copy);
}

void
skimmed_read(struct classifier *classifier, struct slice text, size_t piece,
             enum manner manner, struct skimming *telling)
{
    struct means means = open_means(classifier, manner, telling);
    for (size_t i = 1; text.len > 0; i++) {
        feed(&means, manner, slice_before(text, piece), telling);
        text = slice_after(text, piece);
        if (i % 3 == 0) {
            reader_tick(means.reader, NOW);
        }
    }
    close_means(&means, telling);
}

void
skimmed_read_file(struct classifier *classifier, int fd, size_t block,
                  unsigned threads, struct skimming *telling)
{
    struct means means = open_means(classifier, MANNER_KNOW, telling);
    struct foresight *foresight = foresight_new(classifier, NULL, threads);
    struct blocks_config config = foresight_config(foresight);
    config.size = block;
    struct blocks *blocks = blocks_open(fd, 0, &config);
    for (size_t i = 1; blocks; i++) {
        struct slice bytes = blocks_next(blocks);
        struct foreseen *foreseen = foresight_take(foresight, bytes, NOW);
        reader_feed_known(means.reader, bytes, foreseen, NOW);
        foresight_learn(foresight, foreseen);
        if (i % 3 == 0) {
            reader_tick(means.reader, NOW);
        }
        if (bytes.len < block) {
            break;
        }
    }
    blocks_close(blocks);
    foresight_free(foresight);
    close_means(&means, telling);
}

void
skimmed_free(struct skimming *telling)
{
    buf_free(&telling->text);
    *telling = (struct skimming){0};
}
