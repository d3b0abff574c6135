/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PULLWHY_MATCH_GATHER_H
#define PULLWHY_MATCH_GATHER_H

/*
 * Takes the facts out of what was masked: which image, which URL failed, which
 * address, which status. The facts view the record, the text, the notes or the
 * scratch memory.
 */

#include "base/slice.h"
#include "match/facts.h"
#include "match/mask.h"
#include "wire/record.h"

#include <stdbool.h>
#include <stddef.h>

enum {
    GATHER_SCRATCH = 8192, /* bytes; what does not fit stays unknown */
};

/* Memory for values that stand nowhere as they are. Clear by used = 0. */
struct gather_scratch {
    char data[GATHER_SCRATCH];
    size_t used;
};

/* What the envelope says: pod, node, container, ... */
void gather_record(const struct record *record, struct facts *facts);

/* What a reference says; `text` need not be one. */
void gather_image(struct slice text, struct gather_scratch *scratch,
                  struct facts *facts);

/* What the masked message says besides its image. */
void gather_message(const struct mask *mask, struct gather_scratch *scratch,
                    struct facts *facts);

/*
 * And what it says behind words of its own, or by them; of use only where one of
 * gather_words() stands in it. NULL behind the last of these.
 */
void gather_told(struct slice masked, struct facts *facts);
const char *gather_words(size_t index);

/*
 * Of what no image is named: the registry, repository and tag that the first
 * request asked for. A mirror is not what the image is of.
 */
void gather_asked(const struct mask *mask, struct gather_scratch *scratch,
                  struct facts *facts);

/*
 * Whether the text is what a client says that asked a registry for an image: a
 * GET or HEAD of its first page (/v2/), a manifest or a blob.
 */
bool gather_asks_registry(const struct mask *mask);

/* Whether it is docker compose's row of an image: " ✘ NAME Error ...". */
bool gather_is_pull_row(struct slice text);

#endif
