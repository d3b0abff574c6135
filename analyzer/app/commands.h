/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PULLWHY_APP_COMMANDS_H
#define PULLWHY_APP_COMMANDS_H

/*
 * The commands, one cmd_*.c each. A command returns false with a fault, or
 * true with the exit status in app->status.
 */

#include "app/options.h"
#include "base/fault.h"
#include "match/catalog.h"
#include "report/report.h"

#include <stdbool.h>

enum {
    STATUS_DONE = 0,
    STATUS_FOUND = 1, /* with --exit-code */
    STATUS_USAGE = 2,
    STATUS_INPUT = 3,
    STATUS_SYSTEM = 4,
};

/* What every command works with; main() owns all of it. */
struct app {
    const struct options *line;    /* the command line alone */
    const struct options *options; /* what is in force */
    struct surroundings surroundings;
    struct catalog *catalog; /* NULL for COMMAND_HELP; a reload exchanges it */
    struct report_style style;
    bool has_error_color; /* standard error's, as style.color is stdout's */
    const char *db;       /* --db or the default place; NULL if there is none */
    int status;
};

MUST_CHECK bool cmd_analyze(struct app *app, struct fault *fault);
MUST_CHECK bool cmd_annotate(struct app *app, struct fault *fault);
MUST_CHECK bool cmd_watch(struct app *app, struct fault *fault);
MUST_CHECK bool cmd_history(struct app *app, struct fault *fault);
/* cmd_exchange.c: history --export, --import and --prune. */
MUST_CHECK bool cmd_exchange(struct app *app, struct fault *fault);
MUST_CHECK bool cmd_show(struct app *app, struct fault *fault);
MUST_CHECK bool cmd_sql(struct app *app, struct fault *fault);
MUST_CHECK bool cmd_report(struct app *app, struct fault *fault);
MUST_CHECK bool cmd_explain(struct app *app, struct fault *fault);
MUST_CHECK bool cmd_patterns(struct app *app, struct fault *fault);
MUST_CHECK bool cmd_config(struct app *app, struct fault *fault);
MUST_CHECK bool cmd_completion(struct app *app, struct fault *fault);
MUST_CHECK bool cmd_help(struct app *app, struct fault *fault);

/* The present time: the clock's, or the fixed one. Microseconds since 1970. */
int64_t app_now(const struct app *app);

#endif
