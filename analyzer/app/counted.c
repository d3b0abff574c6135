/* SPDX-License-Identifier: Apache-2.0 */
#include "app/counted.h"

#include "app/keeper.h"
#include "app/output.h"
#include "app/pipeline.h"

#include <inttypes.h>

/*
 * How far the file was counted before holds as long as what was read still
 * stands in it: who writes a list into the same file once more changes it
 * anywhere.
 */
static void
check_mark(const char *name, const struct tail *tail, struct source_mark *mark)
{
    if (mark->position > tail_size(tail) && !tail_is_turned(tail)) {
        output_warn("%s is shorter than when it was last read (%" PRIu64
                    " bytes then): counted again from its start",
                    name, mark->position);
    } else if (!tail_holds(tail, mark->cursor)) {
        output_warn("%s was written anew since it was last read: counted again "
                    "from its start",
                    name);
    } else {
        return;
    }
    *mark = (struct source_mark){.identity = ""};
}

struct origin *
counted_open(struct engine *engine, const char *name, const struct tail *tail)
{
    struct source_mark mark = {.identity = ""};
    const char *identity = tail ? tail_identity(tail) : "";
    if (tail
        && keeper_recall_file(engine_keeper(engine), identity, tail_head(tail),
                              &mark)) {
        check_mark(name, tail, &mark);
    }
    struct origin *origin =
        pipeline_origin(engine_pipeline(engine), name, identity, mark.position);
    if (mark.anchor != 0) {
        pipeline_count_lines(origin, mark.resume);
    }
    return origin;
}

void
counted_end(struct engine *engine, struct origin *origin,
            const struct tail *tail)
{
    pipeline_seen(origin, tail ? tail_seen(tail) : "");
    engine_end(engine, origin);
}
