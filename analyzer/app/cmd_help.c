/* SPDX-License-Identifier: Apache-2.0 */
#include "app/commands.h"
#include "app/output.h"

#include <string.h>

/* COMMANDS stands for all of them; false for what is none. */
static bool
find_command(const struct options *options, enum command_id *command)
{
    *command = COMMANDS;
    if (options->command != COMMAND_HELP) {
        *command =
            options->command == COMMAND_ANALYZE ? COMMANDS : options->command;
        return true;
    }
    if (options->argument_count == 0) {
        return true;
    }
    for (size_t i = 0; i < COMMANDS; i++) {
        const char *known = command_row((enum command_id)i)->name;
        if (known && strcmp(known, options->arguments[0]) == 0) {
            *command = (enum command_id)i;
            return true;
        }
    }
    return false;
}

bool
cmd_help(struct app *app, struct fault *fault)
{
    enum command_id command;
    struct buf out = {0};
    if (!find_command(app->options, &command)) {
        const char *name = app->options->arguments[0];
        const char *near = options_nearest_command(name);
        return fault_set(fault, FAULT_USAGE, 0, "there is no command %s%s%s%s",
                         name, near ? "; did you mean " : "", near ? near : "",
                         near ? "?" : "");
    }
    options_help(command, &out);
    bool is_written = output_write(&out, fault);
    buf_free(&out);
    return is_written;
}
