/* SPDX-License-Identifier: Apache-2.0 */
#include "app/observe.h"

#include "app/pipeline_parts.h"
#include "match/redact.h"

enum {
    EVIDENCE_LONGEST = 8 * 1024, /* bytes; of a longer line the middle goes */
};

/*
 * The line as it is kept: without secrets, and without its middle if long. One
 * line may tell of thousands of failures.
 */
static struct slice
kept_line(struct pipeline *pipeline, struct slice line)
{
    enum {
        HALF = EVIDENCE_LONGEST / 2
    };
    struct buf *buf = &pipeline->line;
    if (pipeline->has_line) {
        return buf_slice(buf);
    }
    pipeline->has_line = true;
    buf_clear(buf);
    redact_add(buf, line);
    if (buf->len > EVIDENCE_LONGEST) {
        struct slice all = buf_slice(buf);
        struct buf cut = {0};
        buf_add(&cut, slice_before(all, HALF));
        buf_add_text(&cut, " [...] ");
        buf_add(&cut, slice_after(all, all.len - HALF));
        buf_clear(buf);
        buf_add(buf, buf_slice(&cut));
        buf_free(&cut);
    }
    return buf_slice(buf);
}

/* Whether a node writes it itself; an event may be of any node. */
static bool
is_of_a_node(enum format format)
{
    static const bool of_a_node[FORMATS] = {
        [FORMAT_KLOG] = true,    [FORMAT_LOGFMT] = true, [FORMAT_CRI] = true,
        [FORMAT_JOURNAL] = true, [FORMAT_SYSLOG] = true,
    };
    return of_a_node[format];
}

static void
fill(struct facts *facts, enum fact fact, struct slice value)
{
    if (facts->value[fact].len == 0) {
        facts->value[fact] = value;
    }
}

/*
 * What the line did not say, the options may; then what follows from both. The
 * scale set comes last, since the options' one is of one node, while the line's
 * node tells its own.
 */
static void
complete_facts(struct pipeline *pipeline, enum format format,
               struct facts *facts)
{
    const struct facts *context = pipeline->config.context;
    for (size_t i = 0; context && i < FACTS; i++) {
        if (i != FACT_VMSS) {
            fill(facts, (enum fact)i, context->value[i]);
        }
    }
    if (is_of_a_node(format)) {
        fill(facts, FACT_NODE, pipeline->config.own_node);
    }
    context_add_registry(facts, pipeline->config.registries,
                         &pipeline->scratch);
    context_derive(facts, &pipeline->scratch);
    if (context) {
        fill(facts, FACT_VMSS, context->value[FACT_VMSS]);
    }
}

static struct stamp
stamp_of(const struct reading *reading, int64_t now)
{
    struct stamp stamp =
        reading->echo ? reading->stamp : reading->record->stamp;
    if (stamp.trust == STAMP_MISSING) {
        stamp = (struct stamp){now, STAMP_APPROXIMATE};
    }
    return stamp;
}

/* What is told behind the last line has no byte of its own. */
static bool
is_counted(const struct origin *origin, const struct reading *reading)
{
    uint64_t at = origin->is_by_lines ? reading->start : reading->at;
    return at < origin->counted
        || (!origin->is_live && !origin->is_open && origin->counted > 0
            && reading->end == origin->counted);
}

static enum finding_kind
kind_of(const struct reading *reading)
{
    return reading->echo ? reading->echo->kind : reading->finding->kind;
}

/* Offers what a new line meant for when it is said again. */
static void
offer(struct pipeline *pipeline, const struct reading *reading,
      const struct sighting *sighting, const struct facts *facts)
{
    const struct record *record = reading->record;
    const struct finding *finding = reading->finding;
    struct echo echo = {
        .kind = finding->kind,
        .was_there = finding->was_there,
        .cause = finding->cause,
        .also_count = (uint8_t)finding->also_count,
        .format = record->format,
        .level = record->level,
        .unit = record->unit,
        .file = record->file,
        .message = record->message,
        .reason = record->reason,
    };
    if (!reading->is_new || reading->verdict != VERDICT_RECORD
        || !is_of_a_node(record->format) || record->format == FORMAT_JOURNAL
        || record->stamp.us != reading->stamp.us
        || record->stamp.trust != reading->stamp.trust) {
        return;
    }
    if (sighting) {
        echo.is_clean = slice_equal(sighting->line, reading->line);
        echo.trace = *sighting->trace;
    }
    for (size_t i = 0; i < finding->also_count; i++) {
        echo.also[i] = finding->also[i];
    }
    echoes_offer(pipeline->echoes, &echo, facts);
}

static void
tell(struct pipeline *pipeline, struct incident *incident, enum change change)
{
    while (incident) {
        pipeline->config.on_change(pipeline->config.ctx, incident, change);
        incident = ledger_resolved(pipeline->config.ledger);
        change = CHANGE_RESOLVED;
    }
}

/* What every sighting of a chunk has. */
static struct sighting
sighting_of(const struct origin *origin)
{
    return (struct sighting){
        .observed_at = origin->now,
        .count = 1,
        .origin = slice_from(origin->name),
    };
}

static void
observe(struct origin *origin, const struct reading *reading)
{
    struct pipeline *pipeline = origin->pipeline;
    const struct finding *finding = reading->finding;
    struct facts facts = finding->facts;
    struct trace trace = {0};
    struct incident *incident;
    complete_facts(pipeline, reading->record->format, &facts);
    struct sighting sighting = sighting_of(origin);
    sighting.is_success = finding->kind == FINDING_SUCCESS;
    sighting.is_replay = is_counted(origin, reading);
    sighting.stamp = stamp_of(reading, origin->now);
    sighting.line = reading->line;
    sighting.cause = finding->cause;
    sighting.was_there = finding->was_there;
    sighting.also_count = finding->also_count;
    sighting.facts = &facts;
    sighting.count = reading->record->count;
    sighting.record = reading->record;
    sighting.trace = &trace;
    if (sighting.cause) {
        sighting.line = kept_line(pipeline, reading->line);
    }
    for (size_t i = 0; i < finding->also_count; i++) {
        sighting.also[i] = finding->also[i];
    }
    enum change change =
        ledger_observe(pipeline->config.ledger, &sighting, &incident);
    offer(pipeline, reading, &sighting, &facts);
    tell(pipeline, incident, change);
    arena_clear(&pipeline->scratch);
}

/* The long way of what was said before. */
static enum change
recall(struct pipeline *pipeline, const struct reading *reading,
       const struct sighting *sighting, struct incident **incident)
{
    const struct echo *echo = reading->echo;
    struct facts facts;
    struct record record = {
        .format = echo->format,
        .stamp = reading->stamp,
        .level = echo->level,
        .unit = echo->unit,
        .file = echo->file,
        .message = echo->message,
        .reason = echo->reason,
        .count = 1,
    };
    echo_facts(echo, &facts);
    struct sighting whole = *sighting;
    whole.facts = &facts;
    whole.record = &record;
    return ledger_observe(pipeline->config.ledger, &whole, incident);
}

/* What the line means to who is told of it. */
static bool
is_told(const struct origin *origin, const struct reading *reading)
{
    enum finding_kind kind = kind_of(reading);
    return kind != FINDING_NOTHING && kind != FINDING_ATTEMPT
        && !(origin->is_live && is_counted(origin, reading))
        && stamp_of(reading, origin->now).us >= origin->pipeline->config.since;
}

static void
note_told(struct origin *origin, const struct reading *reading)
{
    struct pipeline *pipeline = origin->pipeline;
    uint64_t told = origin->is_live ? reading->end : reading->behind;
    origin->told = told > origin->told ? told : origin->told;
    origin->is_marked = true; /* what was kept may be told by a tick alone */
    if (kind_of(reading) == FINDING_SUCCESS) {
        pipeline->successes++;
    } else {
        pipeline->failures++;
    }
}

void
observe_reading(void *ctx, const struct reading *reading)
{
    struct origin *origin = ctx;
    struct pipeline *pipeline = origin->pipeline;
    enum finding_kind kind = kind_of(reading);
    pipeline->has_line &= reading->is_same_line;
    if (kind == FINDING_NOTE) {
        ledger_note(pipeline->config.ledger, &reading->finding->facts,
                    slice_from(origin->name));
        return;
    }
    if (kind == FINDING_ATTEMPT) {
        offer(pipeline, reading, NULL, &reading->finding->facts);
    }
    if (is_told(origin, reading)) {
        note_told(origin, reading);
        observe(origin, reading);
    }
}

/* What was said before, once more; of *sighting, what all such have is set. */
static void
observe_echo(struct origin *origin, const struct reading *reading,
             struct sighting *sighting)
{
    struct pipeline *pipeline = origin->pipeline;
    struct echo *echo = reading->echo;
    struct incident *incident;
    pipeline->has_line = false;
    sighting->cause = echo->cause;
    sighting->is_success = echo->kind == FINDING_SUCCESS;
    sighting->was_there = echo->was_there;
    sighting->is_replay = is_counted(origin, reading);
    sighting->stamp = stamp_of(reading, origin->now);
    sighting->trace = &echo->trace;
    sighting->line = echo->cause && !echo->is_clean
                       ? kept_line(pipeline, reading->line)
                       : reading->line;
    sighting->also_count = echo->also_count;
    for (size_t i = 0; i < echo->also_count; i++) {
        sighting->also[i] = echo->also[i];
    }
    enum change change;
    if (!ledger_again(pipeline->config.ledger, sighting, &incident, &change)) {
        change = recall(pipeline, reading, sighting, &incident);
    }
    tell(pipeline, incident, change);
}

/* What they need is on its way before the first one is told. */
static void
expect(const struct ledger *ledger, const struct reading *readings,
       size_t count)
{
    struct expected expected[READER_AHEAD];
    for (size_t i = 0; i < count; i++) {
        expected[i].trace = &readings[i].echo->trace;
        expected[i].us = readings[i].stamp.us;
        expected[i].len = readings[i].line.len;
    }
    ledger_expect(ledger, expected, count);
}

void
observe_echoes(void *ctx, const struct reading *readings, size_t count)
{
    struct origin *origin = ctx;
    struct sighting sighting = sighting_of(origin);
    expect(origin->pipeline->config.ledger, readings, count);
    for (size_t i = 0; i < count; i++) {
        if (is_told(origin, &readings[i])) {
            note_told(origin, &readings[i]);
            observe_echo(origin, &readings[i], &sighting);
        }
    }
}
