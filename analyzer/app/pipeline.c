/* SPDX-License-Identifier: Apache-2.0 */
#include "app/pipeline.h"

#include "app/observe.h"
#include "app/pipeline_parts.h"

/* Who lives on goes on in the midst of an object, and counts lines. */
static uint64_t
held_of(const struct origin *origin)
{
    return origin->is_live ? 0 : reader_held(origin->reader);
}

struct pipeline *
pipeline_new(const struct pipeline_config *config)
{
    struct pipeline *pipeline = MEM_NEW(struct pipeline);
    pipeline->config = *config;
    pipeline->classifier = classifier_new(config->catalog);
    pipeline->skeleton = skeleton_new();
    if (!config->is_forgetful) {
        classifier_remember(pipeline->classifier, &config->secret);
        pipeline->echoes = echoes_new(&config->secret);
    }
    pipeline->alike = alike_new();
    return pipeline;
}

static void
origin_free(struct origin *origin)
{
    reader_free(origin->reader);
    mem_free(origin->name);
    mem_free(origin->identity);
    mem_free(origin->cursor);
    mem_free(origin);
}

void
pipeline_rest(struct pipeline *pipeline)
{
    classifier_forget(pipeline->classifier);
    if (pipeline->echoes) {
        echoes_clear(pipeline->echoes);
    }
}

void
pipeline_free(struct pipeline *pipeline)
{
    if (!pipeline) {
        return;
    }
    while (pipeline->origins) {
        struct origin *origin = pipeline->origins;
        pipeline->origins = origin->next;
        origin_free(origin);
    }
    classifier_free(pipeline->classifier);
    skeleton_free(pipeline->skeleton);
    echoes_free(pipeline->echoes);
    alike_free(pipeline->alike);
    arena_free(&pipeline->scratch);
    buf_free(&pipeline->line);
    mem_free(pipeline);
}

struct foresight *
pipeline_foresee(struct pipeline *pipeline, unsigned threads)
{
    struct foresight *foresight = foresight_new(
        pipeline->classifier,
        pipeline->echoes ? &pipeline->config.secret : NULL, threads);
    pipeline->foresight = foresight;
    return foresight;
}

struct origin *
pipeline_origin(struct pipeline *pipeline, const char *name,
                const char *identity, uint64_t counted)
{
    struct origin *origin = MEM_NEW(struct origin);
    origin->pipeline = pipeline;
    origin->name = mem_string(slice_from(name));
    origin->identity = mem_string(slice_from(identity));
    origin->cursor = mem_string(SLICE(""));
    origin->began = counted;
    origin->counted = counted;
    origin->reader = reader_new(pipeline->classifier, pipeline->config.format,
                                observe_reading, origin);
    reader_skim(origin->reader, pipeline->alike, pipeline->skeleton);
    reader_listen(origin->reader, pipeline->echoes, observe_echoes);
    origin->next = pipeline->origins;
    pipeline->origins = origin;
    pipeline->origin_count++;
    return origin;
}

void
pipeline_count_lines(struct origin *origin, uint64_t resume)
{
    origin->is_by_lines = true;
    origin->is_open = resume < origin->counted;
}

struct origin *
pipeline_resume(struct pipeline *pipeline, const char *name,
                const struct checkpoint *mark)
{
    struct origin *origin = pipeline_origin(pipeline, name, "", mark->position);
    origin->is_live = true;
    origin->is_by_lines = mark->anchor != 0;
    reader_follow(origin->reader);
    reader_begin(origin->reader, mark->resume);
    pipeline_mark(pipeline, origin, mark);
    return origin;
}

/* Replaces a string that is kept, unless it is the same. */
static void
keep(char **kept, struct slice text)
{
    if (!slice_equal(slice_from(*kept), text)) {
        mem_free(*kept);
        *kept = mem_string(text);
    }
}

void
pipeline_seen(struct origin *origin, const char *seen)
{
    keep(&origin->cursor, slice_from(seen));
}

/* Behind what an analysis counted, no object is open of which it told some. */
static bool
is_caught_up(const struct origin *origin)
{
    return reader_position(origin->reader) - reader_held(origin->reader)
        >= origin->counted;
}

void
pipeline_mark(struct pipeline *pipeline, struct origin *origin,
              const struct checkpoint *mark)
{
    (void)pipeline;
    origin->is_by_lines = origin->is_by_lines || is_caught_up(origin);
    keep(&origin->identity, mark->identity);
    keep(&origin->cursor, mark->cursor);
    origin->anchor = mark->anchor;
    origin->modified_at = mark->modified_at;
    origin->is_marked = true;
}

void
pipeline_feed(struct pipeline *pipeline, struct origin *origin,
              struct slice bytes, int64_t now)
{
    struct foresight *foresight = pipeline->foresight;
    struct foreseen *foreseen =
        foresight ? foresight_take(foresight, bytes, now) : NULL;
    origin->now = now;
    reader_feed_known(origin->reader, bytes, foreseen, now);
    if (foreseen) {
        foresight_learn(foresight, foreseen);
    }
}

/*
 * A last line without a newline may be one that is still being written, and so
 * may an object. What of it told nothing is left to the next run, which may
 * find it whole.
 */
void
pipeline_end(struct pipeline *pipeline, struct origin *origin, int64_t now)
{
    (void)pipeline;
    origin->now = now;
    origin->told = reader_position(origin->reader) - held_of(origin);
    reader_end(origin->reader, now);
    uint64_t end = reader_position(origin->reader);
    origin->torn = origin->told < end ? end - origin->told : 0;
    origin->is_ended = true;
}

void
pipeline_tick(struct pipeline *pipeline, int64_t now)
{
    struct incident *incident;
    for (struct origin *at = pipeline->origins; at; at = at->next) {
        if (at->reader) {
            at->now = now;
            reader_tick(at->reader, now);
        }
    }
    while ((incident = ledger_expire(pipeline->config.ledger, now))) {
        pipeline->config.on_change(pipeline->config.ctx, incident,
                                   CHANGE_QUIET);
    }
}

static uint64_t
position_of(const struct origin *origin)
{
    return origin->reader
             ? reader_position(origin->reader) - reader_kept(origin->reader)
                   - held_of(origin) - origin->torn
             : origin->ended;
}

/* Of what is closed only its mark is kept, as long as nobody has it. */
static void
close_origin(struct pipeline *pipeline, struct origin *origin)
{
    origin->ended = position_of(origin);
    origin->resume = reader_resume(origin->reader);
    pipeline->gone.lines += reader_lines(origin->reader);
    pipeline->gone.cut_lines += reader_cut_lines(origin->reader);
    pipeline->gone.broken_lines += reader_broken_lines(origin->reader);
    reader_free(origin->reader);
    origin->reader = NULL;
    origin->is_closed = true;
    pipeline->closed_count++;
}

void
pipeline_close(struct pipeline *pipeline, struct origin *origin, int64_t now)
{
    pipeline_end(pipeline, origin, now);
    origin->is_told = true;
    close_origin(pipeline, origin);
}

void
pipeline_leave(struct pipeline *pipeline, struct origin *origin, int64_t now)
{
    if (origin->identity[0] == '\0') {
        pipeline_close(pipeline, origin, now);
    } else {
        close_origin(pipeline, origin);
    }
}

/*
 * Until it has caught up, the mark that it began with holds; but an analysis
 * has told what was open there, or a part of it, and says so.
 */
static bool
has_news(const struct origin *origin, uint64_t position)
{
    if (origin->is_live) {
        return origin->is_marked && origin->is_by_lines
            && position >= origin->counted;
    }
    return position > origin->counted
        || (origin->is_by_lines && origin->is_ended);
}

/* The origin's mark; false: there is nothing to be written of it. */
static bool
mark_of(const struct origin *origin, struct checkpoint *mark)
{
    uint64_t position = position_of(origin);
    uint64_t resume =
        origin->reader ? reader_resume(origin->reader) : origin->resume;
    *mark = (struct checkpoint){
        .origin = slice_from(origin->name),
        .identity = slice_from(origin->identity),
        .position = position,
        .resume = resume < position && !origin->is_told ? resume : position,
        .anchor = origin->anchor,
        .modified_at = origin->modified_at,
        .cursor = slice_from(origin->cursor),
    };
    return origin->identity[0] != '\0' && has_news(origin, position);
}

/*
 * Closed origins are forgotten when their last mark is in the history, or is
 * none; and the oldest ones when too many wait for it.
 */
static void
forget_closed(struct pipeline *pipeline, bool is_saved)
{
    struct origin **at = &pipeline->origins;
    size_t waiting = 0;
    while (*at) {
        struct origin *origin = *at;
        struct checkpoint ignored;
        bool is_waiting = !is_saved && mark_of(origin, &ignored);
        if (is_saved) {
            origin->is_marked = false;
        }
        if (!origin->is_closed
            || (is_waiting && ++waiting <= PIPELINE_WAITING)) {
            at = &origin->next;
            continue;
        }
        pipeline->gone.lost_marks += is_waiting;
        *at = origin->next;
        origin_free(origin);
        pipeline->origin_count--;
        pipeline->closed_count--;
    }
}

/*
 * The marks from the back on, as the newest origin comes first: a file that was
 * closed and then went on is two of one identity, and the last mark stays.
 */
static bool
write_history(struct pipeline *pipeline, struct fault *fault)
{
    size_t room = pipeline->origin_count + 1;
    struct checkpoint *points =
        mem_resize_array(NULL, room, sizeof(struct checkpoint));
    size_t first = room;
    for (struct origin *at = pipeline->origins; at; at = at->next) {
        first -= mark_of(at, &points[first - 1]);
    }
    bool ok = history_flush(pipeline->config.history, pipeline->config.ledger,
                            points + first, room - first, fault);
    mem_free(points);
    return ok;
}

bool
pipeline_flush(struct pipeline *pipeline, struct fault *fault)
{
    ledger_testify(pipeline->config.ledger);
    bool is_written =
        !pipeline->config.history || write_history(pipeline, fault);
    pipeline->is_history_down = !is_written;
    forget_closed(pipeline, is_written && !pipeline->config.awaits_history);
    return is_written;
}

/*
 * Whom the ledger has no room for is saved and leaves. While the history cannot
 * be written that is not tried for each chunk; the next flush does.
 */
void
pipeline_make_room(struct pipeline *pipeline)
{
    struct ledger *ledger = pipeline->config.ledger;
    struct roster *roster = ledger_roster(ledger);
    if (!roster_is_full(roster) && !roster_is_laden(roster)
        && !recurrences_is_full(ledger_recurrences(ledger))) {
        return;
    }
    if (pipeline->config.history && !pipeline->is_history_down) {
        struct fault ignored;
        ledger_testify_changed(ledger);
        pipeline->is_history_down = !write_history(pipeline, &ignored);
    }
    if (roster_choose(roster) > 0) {
        if (pipeline->config.on_leave) {
            pipeline->config.on_leave(pipeline->config.ctx);
        }
        ledger_dismiss(ledger);
    }
}

void
pipeline_set_history(struct pipeline *pipeline, struct history *history)
{
    pipeline->config.history = history;
    pipeline->config.awaits_history = !history;
}

struct classifier *
pipeline_classifier(const struct pipeline *pipeline)
{
    return pipeline->classifier;
}

void
pipeline_set_catalog(struct pipeline *pipeline, const struct catalog *catalog)
{
    pipeline->config.catalog = catalog;
    classifier_reload(pipeline->classifier, catalog);
    if (pipeline->echoes) {
        echoes_clear(pipeline->echoes);
    }
}

void
pipeline_renew(struct pipeline *pipeline)
{
    for (struct origin *at = pipeline->origins; at; at = at->next) {
        at->is_marked = true;
        if (!at->is_live) {
            at->counted = 0;
        }
    }
}

static struct origin *
origin_at(const struct pipeline *pipeline, size_t index)
{
    struct origin *origin = pipeline->origins;
    while (origin && index > 0) {
        origin = origin->next;
        index--;
    }
    return origin;
}

bool
pipeline_origin_at(const struct pipeline *pipeline, size_t index,
                   struct pipeline_origin *out)
{
    const struct origin *origin = origin_at(pipeline, index);
    if (!origin) {
        return false;
    }
    *out = (struct pipeline_origin){
        .name = origin->name,
        .identity = origin->identity,
        .began = origin->began,
        .position = position_of(origin),
        .lines = origin->reader ? reader_lines(origin->reader) : 0,
        .is_closed = origin->is_closed,
    };
    return true;
}

void
pipeline_set_counted(struct pipeline *pipeline, size_t index, uint64_t position)
{
    struct origin *origin = origin_at(pipeline, index);
    if (origin && position > origin->counted) {
        origin->counted = position;
    }
}

void
pipeline_statistics(const struct pipeline *pipeline,
                    struct pipeline_statistics *out)
{
    *out = pipeline->gone;
    out->failures = pipeline->failures;
    out->successes = pipeline->successes;
    out->waiting_marks = pipeline->closed_count;
    for (const struct origin *at = pipeline->origins; at; at = at->next) {
        if (!at->reader) {
            continue;
        }
        out->lines += reader_lines(at->reader);
        out->cut_lines += reader_cut_lines(at->reader);
        out->broken_lines += reader_broken_lines(at->reader);
    }
}
