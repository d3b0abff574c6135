/* SPDX-License-Identifier: Apache-2.0 */
#include "app/statistics.h"

#include "app/output.h"
#include "base/mem.h"
#include "match/classify.h"
#include "match/look.h"

#include <uv.h>

#include <inttypes.h>
#include <stdlib.h>
#include <unistd.h>

enum {
    ORIGINS_TOLD = 50, /* a folder of pods' logs has thousands */
    RULES_TOLD = 30,
};

static void
tell_origins(const struct pipeline *pipeline)
{
    struct pipeline_origin origin;
    size_t open = 0;
    for (size_t i = 0; pipeline_origin_at(pipeline, i, &origin); i++) {
        if (origin.is_closed || ++open > ORIGINS_TOLD) {
            continue;
        }
        output_warn("%s: %" PRIu64 " lines, read to byte %" PRIu64, origin.name,
                    origin.lines, origin.position);
    }
    if (open > ORIGINS_TOLD) {
        output_warn("and %zu more", open - ORIGINS_TOLD);
    }
}

static void
tell_incidents(const struct ledger *ledger)
{
    size_t count[INCIDENT_STATES] = {0};
    struct incident *incident;
    for (size_t i = 0; (incident = ledger_at(ledger, i)); i++) {
        count[incident->state]++;
    }
    output_warn("incidents: %zu open, %zu quiet, %zu resolved",
                count[INCIDENT_OPEN], count[INCIDENT_QUIET],
                count[INCIDENT_RESOLVED]);
}

static void
tell_memory(void)
{
    size_t bytes;
    if (uv_resident_set_memory(&bytes) == 0) {
        output_warn("memory: %zu KiB", bytes / 1024);
    }
}

static int
by_cost(const void *a, const void *b)
{
    const struct classifier_cost *x = a;
    const struct classifier_cost *y = b;
    if (x->nanoseconds != y->nanoseconds) {
        return x->nanoseconds < y->nanoseconds ? 1 : -1;
    }
    if (x->tries != y->tries) {
        return x->tries < y->tries ? 1 : -1;
    }
    return (x->look > y->look) - (x->look < y->look);
}

static void
add_rule(struct buf *out, const struct classifier_cost *cost)
{
    buf_print(out, "%10" PRIu64 "%10" PRIu64 "%8" PRIu64, cost->tries,
              cost->hits, cost->breaks);
    if (cost->timed > 0) {
        buf_print(out, "%11.3f%9.2f", (double)cost->nanoseconds / 1e6,
                  (double)cost->nanoseconds / 1e3 / (double)cost->timed);
    } else {
        buf_print(out, "%11s%9s", "-", "-");
    }
    buf_print(out, "  %.*s:%d\n", SLICE_ARG(cost->look->cause->slug),
              cost->look->row);
}

/* A rule is named by its cause and the line of its block in the file. */
static void
tell_rules(const struct classifier *classifier)
{
    struct classifier_cost cost;
    struct classifier_cost *costs = NULL;
    struct buf out = {0};
    size_t rules = 0;
    size_t tried = 0;
    for (; classifier_cost(classifier, rules, &cost); rules++) {
        if (cost.tries > 0) {
            costs = mem_resize_array(costs, tried + 1, sizeof(*costs));
            costs[tried++] = cost;
        }
    }
    output_warn("%zu of %zu rules were tried", tried, rules);
    if (tried > 0) {
        qsort(costs, tried, sizeof(*costs), by_cost);
        buf_print(&out, "%10s%10s%8s%11s%9s  %s\n", "tries", "hits", "limits",
                  "ms", "us each", "rule");
    }
    for (size_t i = 0; i < tried && i < RULES_TOLD; i++) {
        add_rule(&out, &costs[i]);
    }
    if (tried > RULES_TOLD) {
        buf_print(&out, "%50s%zu more\n", "", tried - RULES_TOLD);
    }
    (void)output_write_to(STDERR_FILENO, &out);
    buf_free(&out);
    mem_free(costs);
}

void
statistics_tell(const struct pipeline *pipeline, const struct ledger *ledger)
{
    struct pipeline_statistics seen;
    pipeline_statistics(pipeline, &seen);
    output_warn("%" PRIu64 " lines, %" PRIu64 " failures, %" PRIu64
                " successes, %" PRIu64 " damaged, %" PRIu64 " cut",
                seen.lines, seen.failures, seen.successes, seen.broken_lines,
                seen.cut_lines);
    if (seen.waiting_marks + seen.lost_marks > 0) {
        output_warn("ended sources: the marks of %zu wait for the history, "
                    "those of %" PRIu64 " are lost",
                    seen.waiting_marks, seen.lost_marks);
    }
    tell_origins(pipeline);
    tell_incidents(ledger);
    tell_memory();
    tell_rules(pipeline_classifier(pipeline));
}

void
statistics_end(const struct pipeline *pipeline, bool is_text)
{
    struct pipeline_statistics seen;
    pipeline_statistics(pipeline, &seen);
    if (seen.cut_lines > 0) {
        output_warn("%" PRIu64 " lines or JSON objects were longer than 1 MiB "
                    "and were cut there",
                    seen.cut_lines);
    }
    if (seen.failures == 0 && is_text) {
        output_warn("no failed image pull in %" PRIu64 " lines%s", seen.lines,
                    seen.successes > 0 ? "; pulls that succeeded were seen"
                                       : "");
    }
}
