/* SPDX-License-Identifier: Apache-2.0 */
#include "app/commands.h"
#include "app/completion.h"
#include "app/output.h"

#include <string.h>

static const struct {
    const char *name;
    void (*print)(const struct catalog *catalog, struct buf *out);
} shells[] = {
    {"bash", completion_bash},
    {"zsh", completion_zsh},
    {"fish", completion_fish},
};

bool
cmd_completion(struct app *app, struct fault *fault)
{
    const struct options *options = app->options;
    struct buf out = {0};
    for (size_t i = 0; options->argument_count == 1 && i < COUNT(shells); i++) {
        if (strcmp(options->arguments[0], shells[i].name) == 0) {
            shells[i].print(app->catalog, &out);
            bool is_written = output_write(&out, fault);
            buf_free(&out);
            return is_written;
        }
    }
    return fault_set(fault, FAULT_USAGE, 0,
                     "pullwhy completion takes bash, zsh or fish");
}
