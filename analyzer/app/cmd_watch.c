/* SPDX-License-Identifier: Apache-2.0 */
#include "app/commands.h"
#include "app/output.h"
#include "app/watch.h"
#include "base/mem.h"

#include <assert.h>
#include <inttypes.h>

static const char *const notice_names[] = {
    [NOTICE_TOLD] = "told",           [NOTICE_ROTATED] = "rotations",
    [NOTICE_TRUNCATED] = "cut short", [NOTICE_LOST] = "possible losses",
    [NOTICE_ENDED] = "ended",         [NOTICE_SILENT] = "silences",
};
static_assert(COUNT(notice_names) == NOTICES, "name each notice");

static void
on_stop(void *ctx)
{
    watch_stop(ctx);
}

static void
tell_notices(const struct watch *watch)
{
    const struct engine_notices *notices = engine_notices(watch->engine);
    for (size_t i = 0; i < NOTICES; i++) {
        if (notices->count[i] > 0) {
            output_warn("%s: %" PRIu64 ", %" PRIu64 " bytes", notice_names[i],
                        notices->count[i], notices->bytes[i]);
        }
    }
}

static void
on_statistics(void *ctx)
{
    struct watch *watch = ctx;
    output_warn("%zu sources", watch->open);
    engine_tell(watch->engine);
    tell_notices(watch);
}

static void
on_reload(void *ctx)
{
    struct watch *watch = ctx;
    struct fault fault;
    if (engine_reload(watch->engine, &fault)) {
        output_warn("the catalogue was loaded anew");
    } else {
        output_warn("%s; the catalogue stays as it was", fault.text);
    }
}

/* Each opens what the options ask for of its kind, perhaps nothing. */
static bool (*const openers[])(struct watch *, struct fault *) = {
    watch_tee,       watch_files, watch_journal, watch_children,
    watch_listeners, watch_input, /* the last one: what is left where nothing else was asked */
};

static bool
open_sources(struct watch *watch, struct fault *fault)
{
    const char *output = watch->app->options->copy;
    for (size_t i = 0; i < COUNT(openers); i++) {
        if (!openers[i](watch, fault)) {
            return false;
        }
    }
    return !output || engine_copy(watch->engine, output, fault);
}

bool
cmd_watch(struct app *app, struct fault *fault)
{
    struct watch *watch = MEM_NEW(struct watch);
    const struct engine_events events = {
        .on_stop = on_stop,
        .on_reload = on_reload,
        .on_statistics = on_statistics,
        .ctx = watch,
    };
    struct fault ignored;
    watch->app = app;
    watch->engine = engine_new(app, &events, fault);
    if (!watch->engine) {
        mem_free(watch);
        return false;
    }
    engine_stream(watch->engine, true);
    bool is_open = open_sources(watch, fault);
    if (is_open) {
        engine_ready(watch->engine);
    } else {
        watch_stop(watch);
    }
    if (watch->open == 0) {
        engine_done(watch->engine);
    }
    bool is_fine = engine_run(watch->engine, is_open ? fault : &ignored);
    if (watch->missed > 0) {
        output_warn("stdin: %" PRIu64 " bytes were passed on without being "
                    "read; all were passed on",
                    watch->missed);
    }
    mem_free(watch);
    return is_open && is_fine;
}
