/* SPDX-License-Identifier: Apache-2.0 */
#include "app/watch.h"
#include "source/follow.h"

static void
close_follow(void *source)
{
    follow_close(source);
}

bool
watch_files(struct watch *watch, struct fault *fault)
{
    const struct options *options = watch->app->options;
    const struct follow_config config = {
        .paths = options->arguments,
        .count = options->argument_count,
        .from_start = options->from_start,
    };
    if (config.count == 0) {
        return true;
    }
    struct watch_place *place = watch_place(watch, fault);
    if (!place) {
        return false;
    }
    struct follow *follow =
        follow_open(engine_loop(watch->engine), &config, &place->host, fault);
    if (!follow) {
        return false;
    }
    watch_opened(place, follow, close_follow);
    return true;
}
