/* SPDX-License-Identifier: Apache-2.0 */
#include "app/commands.h"
#include "app/output.h"

#include <string.h>

bool
cmd_help(struct app *app, struct fault *fault)
{
    const struct options *options = app->options;
    enum command_id command = COMMANDS;
    struct buf out = {0};
    if (options->command != COMMAND_HELP) {
        command =
            options->command == COMMAND_ANALYZE ? COMMANDS : options->command;
    } else if (options->argument_count > 0) {
        const char *name = options->arguments[0];
        for (size_t i = 0; i < COMMANDS; i++) {
            const char *known = command_row((enum command_id)i)->name;
            if (known && strcmp(known, name) == 0) {
                command = (enum command_id)i;
            }
        }
        if (command == COMMANDS) {
            const char *near = options_nearest_command(name);
            return fault_set(fault, FAULT_USAGE, 0,
                             "there is no command %s%s%s%s", name,
                             near ? "; did you mean " : "", near ? near : "",
                             near ? "?" : "");
        }
    }
    options_help(command, &out);
    output_write(&out);
    buf_free(&out);
    return true;
}
