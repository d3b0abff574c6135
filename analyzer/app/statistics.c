/* SPDX-License-Identifier: Apache-2.0 */
#include "app/statistics.h"

#include "app/output.h"

#include <uv.h>

#include <inttypes.h>

enum {
    ORIGINS_TOLD = 50, /* a folder of pods' logs has thousands */
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
}
