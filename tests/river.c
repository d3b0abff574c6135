/* SPDX-License-Identifier: Apache-2.0 */
#include "river.h"

#include "app/foresight.h"
#include "base/mem.h"
#include "text.h"

#include <sqlite3.h>

#include <stdlib.h>
#include <string.h>

const char river_story[] =
    "2026-11-23T15:00:00.000001Z node-a kubelet[9]: E1123 15:00:00.000001 9 "
    "pod_workers.go:1301] \"Error syncing pod, skipping\" err=\"failed to "
    "\\\"StartContainer\\\" for \\\"web\\\" with ImagePullBackOff: "
    "\\\"Back-off pulling image \\\\\\\"xenia.azurecr.io/web:1\\\\\\\"\\\"\" "
    "pod=\"shop/web-1\"\n"
    "2026-11-23T15:00:09.000001Z node-b kubelet[9]: E1123 15:00:09.000001 9 "
    "pod_workers.go:1301] \"Error syncing pod, skipping\" err=\"failed to "
    "\\\"StartContainer\\\" for \\\"web\\\" with ImagePullBackOff: "
    "\\\"Back-off pulling image \\\\\\\"xenia.azurecr.io/web:1\\\\\\\"\\\"\" "
    "pod=\"shop/web-2\"\n"
    "2026-11-23T15:01:00.000001Z node-a containerd[8]: "
    "time=\"2026-11-23T15:01:00.000001Z\" level=error msg=\"PullImage "
    "\\\"xenia.azurecr.io/web:1\\\" failed\" error=\"rpc error: code = "
    "NotFound "
    "desc = failed to pull and unpack image \\\"xenia.azurecr.io/web:1\\\": "
    "failed "
    "to resolve reference \\\"xenia.azurecr.io/web:1\\\": "
    "xenia.azurecr.io/web:1: not "
    "found\"\n"
    "2026-11-23T15:01:20.000001Z node-a kubelet[9]: E1123 15:01:20.000001 9 "
    "pod_workers.go:1301] \"Error syncing pod, skipping\" err=\"failed to "
    "\\\"StartContainer\\\" for \\\"web\\\" with ImagePullBackOff: "
    "\\\"Back-off pulling image \\\\\\\"xenia.azurecr.io/web:1\\\\\\\"\\\"\" "
    "pod=\"shop/web-1\"\n"
    "2026-11-23T15:05:00.000001Z node-a containerd[8]: "
    "time=\"2026-11-23T15:05:00.000001Z\" level=info msg=\"PullImage "
    "\\\"xenia.azurecr.io/web:1\\\" returns image reference "
    "\\\"sha256:0123\\\"\"\n"
    "2026-11-23T15:06:00.000001Z node-b containerd[8]: "
    "time=\"2026-11-23T15:06:00.000001Z\" level=info msg=\"PullImage "
    "\\\"xenia.azurecr.io/web:1\\\" returns image reference "
    "\\\"sha256:0123\\\"\"\n"
    "2026-11-23T16:00:00.000001Z node-a containerd[8]: "
    "time=\"2026-11-23T16:00:00.000001Z\" level=error msg=\"PullImage "
    "\\\"xenia.azurecr.io/web:1\\\" failed\" error=\"rpc error: code = "
    "NotFound "
    "desc = failed to pull and unpack image \\\"xenia.azurecr.io/web:1\\\": "
    "failed "
    "to resolve reference \\\"xenia.azurecr.io/web:1\\\": "
    "xenia.azurecr.io/web:1: not "
    "found\"\n";

static void
read_sample(struct buf *out)
{
    const char *top = getenv("top_srcdir");
    char path[1024];
    char block[4096];
    size_t got;
    snprintf(path, sizeof(path), "%s/fixtures/sample.log", top ? top : ".");
    FILE *file = fopen(path, "rb");
    if (!file) {
        fail_msg("%s: run it by make check, or in the source folder", path);
    }
    while ((got = fread(block, 1, sizeof(block), file)) > 0) {
        buf_add(out, slice_of(block, got));
    }
    (void)fclose(file);
}

int
river_open_world(void **state)
{
    struct fault fault = {0};
    struct world *world = MEM_NEW(struct world);
    world->catalog = catalog_load(NULL, &fault);
    if (!world->catalog) {
        fail_msg("%s", fault.text);
    }
    buf_add_text(&world->text, river_story);
    read_sample(&world->text);
    *state = world;
    return 0;
}

int
river_close_world(void **state)
{
    struct world *world = *state;
    catalog_free(world->catalog);
    buf_free(&world->text);
    mem_free(world);
    return 0;
}

int
river_open_folder(void **state)
{
    void *scratch = NULL;
    struct world *world = *state;
    int status = scratch_setup(&scratch);
    world->scratch = scratch;
    return status;
}

int
river_close_folder(void **state)
{
    struct world *world = *state;
    void *scratch = world->scratch;
    return scratch_teardown(&scratch);
}

void
river_on_change(void *ctx, struct incident *incident, enum change change)
{
    struct run *run = ctx;
    buf_print(&run->changes, "%s %.*s\n", change_name(change),
              SLICE_ARG(incident->key));
}

static bool
restore(struct run *run, struct fault *fault)
{
    return run->world->is_lazy
             ? history_await(run->history, run->ledger, fault)
             : history_restore(run->history, run->ledger, fault);
}

static void
take_position(void *ctx, const struct checkpoint *checkpoint)
{
    uint64_t *position = ctx;
    *position = checkpoint->position;
}

uint64_t
river_position(const struct run *run, struct slice identity)
{
    struct fault fault = {0};
    uint64_t position = 0;
    const struct checkpoint_request request = {
        .identity = identity, .take = take_position, .ctx = &position};
    if (!history_checkpoints(run->history, &request, &fault)) {
        fail_msg("%s", fault.text);
    }
    return position;
}

void
river_start(struct run *run, struct world *world, const char *db)
{
    struct fault fault = {0};
    *run = (struct run){.world = world};
    run->ledger = ledger_new(world->catalog);
    if (db) {
        run->history = history_open(scratch_path(world->scratch, db),
                                    world->catalog, &fault);
        if (!run->history || !restore(run, &fault)) {
            fail_msg("%s", fault.text);
        }
        run->counted = river_position(run, SLICE(RIVER_IDENTITY));
    }
    const struct pipeline_config config = {.catalog = world->catalog,
                                           .ledger = run->ledger,
                                           .history = run->history,
                                           .format = FORMATS,
                                           .is_forgetful = world->is_forgetful,
                                           .on_change = river_on_change,
                                           .ctx = run};
    run->pipeline = pipeline_new(&config);
    run->origin =
        pipeline_origin(run->pipeline, "a.log", RIVER_IDENTITY, run->counted);
}

void
river_flush(struct run *run)
{
    struct fault fault = {0};
    if (!pipeline_flush(run->pipeline, &fault)) {
        fail_msg("%s", fault.text);
    }
}

void
river_foresee(struct run *run)
{
    run->foresight = pipeline_foresee(run->pipeline, 2);
}

/* As source/blocks.c does, which reads a piece in any thread. */
static void
look_at(struct run *run, struct slice bytes)
{
    const struct blocks_config config = foresight_config(run->foresight);
    config.look(config.ctx, bytes.len % 2, bytes.len % 3, bytes);
    config.hand(config.ctx, bytes.len % 3);
}

void
river_feed(struct run *run, struct slice text, size_t piece)
{
    while (text.len > 0) {
        /* A piece is gone when the next one comes, as a source's is. */
        char *copy = mem_string(slice_before(text, piece));
        struct slice bytes = slice_of(copy, slice_before(text, piece).len);
        if (run->foresight) {
            look_at(run, bytes);
        }
        pipeline_feed(run->pipeline, run->origin, bytes, RIVER_NOW);
        mem_free(copy);
        text = slice_after(text, piece);
    }
}

void
river_kill(struct run *run)
{
    history_close(run->history);
    ledger_free(run->ledger);
    pipeline_free(run->pipeline);
    foresight_free(run->foresight);
    buf_free(&run->changes);
}

void
river_run(struct run *run, struct world *world, const char *db,
          struct slice text, size_t piece)
{
    river_start(run, world, db);
    river_feed(run, text, piece);
    pipeline_end(run->pipeline, run->origin, RIVER_NOW);
    river_flush(run);
}

static int
by_text(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

void
river_tell_ledger(const struct run *run, struct buf *out)
{
    char **lines =
        mem_resize_array(NULL, ledger_count(run->ledger) + 1, sizeof(char *));
    size_t count = 0;
    buf_clear(out);
    for (size_t i = 0; i < ledger_count(run->ledger); i++) {
        const struct incident *incident = ledger_at(run->ledger, i);
        if (incident->is_touched && incident->state != INCIDENT_JOINED) {
            struct buf line = {0};
            buf_print(&line, "%.*s %s %llu times, %zu pods, %zu nodes, %llu\n",
                      SLICE_ARG(incident->key),
                      incident_state_name(incident->state),
                      (unsigned long long)incident->count,
                      incident_pods(incident), incident_nodes(incident),
                      (unsigned long long)incident->evidence_seen);
            buf_add_byte(&line, '\0');
            lines[count++] = line.data;
        }
    }
    qsort(lines, count, sizeof(*lines), by_text);
    for (size_t i = 0; i < count; i++) {
        buf_add_text(out, lines[i]);
        mem_free(lines[i]);
    }
    mem_free(lines);
}

void
river_tell_history(struct world *world, const char *db, enum digest digest,
                   struct buf *out)
{
    enum {
        MINUTES = 2,
        EVIDENCE = 4,
    };

    static const char *const queries[] = {
        "SELECT key, life, state, first_seen, last_seen, resolved_at, count "
        "FROM incident WHERE state <> 'joined' ORDER BY key, life",
        "SELECT key, life, namespace, pod, container, node, a.image, a.count, "
        "a.first_seen, a.last_seen, recovered FROM affected AS a "
        "JOIN incident AS i ON i.id = incident_id "
        "ORDER BY key, life, namespace, pod, container, node, a.image",
        "SELECT key, life, minute, t.count FROM tally AS t "
        "JOIN incident AS i ON i.id = incident_id ORDER BY key, life, minute",
        "SELECT identity, origin, position FROM checkpoint",
        "SELECT key, life, seen_at, line FROM sample JOIN incident AS i "
        "ON i.id = incident_id ORDER BY key, life, seen_at, line",
    };
    struct sqlite3 *look = NULL;
    buf_clear(out);
    assert_int_equal(sqlite3_open(scratch_path(world->scratch, db), &look),
                     SQLITE_OK);
    for (size_t i = 0; i < COUNT(queries); i++) {
        if ((i == EVIDENCE && digest == DIGEST_COUNTS)
            || (i == MINUTES && digest == DIGEST_RENEWED)) {
            continue;
        }
        struct sqlite3_stmt *statement = NULL;
        if (sqlite3_prepare_v2(look, queries[i], -1, &statement, NULL)
            != SQLITE_OK) {
            fail_msg("%s", sqlite3_errmsg(look));
        }
        while (sqlite3_step(statement) == SQLITE_ROW) {
            for (int n = 0; n < sqlite3_column_count(statement); n++) {
                const unsigned char *cell = sqlite3_column_text(statement, n);
                buf_print(out, "%s|", cell ? (const char *)cell : "-");
            }
            buf_add_byte(out, '\n');
        }
        sqlite3_finalize(statement);
    }
    sqlite3_close(look);
}
