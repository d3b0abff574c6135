/* SPDX-License-Identifier: Apache-2.0 */
#include "app/environment.h"

#include "report/azure.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const struct {
    const char *name;
    enum fact fact;
} variables[] = {
    {"PULLWHY_CLUSTER", FACT_CLUSTER},
    {"PULLWHY_RESOURCE_GROUP", FACT_RESOURCE_GROUP},
    {"PULLWHY_SUBSCRIPTION", FACT_SUBSCRIPTION},
};

static struct slice
variable(const char *name)
{
    return slice_from(getenv(name));
}

static bool
read_variables(struct options *options, struct fault *fault)
{
    for (size_t i = 0; i < COUNT(variables); i++) {
        struct slice value = variable(variables[i].name);
        if (value.len > 0 && !fact_is_sound(variables[i].fact, value)) {
            return fault_set(fault, FAULT_USAGE, 0,
                             "%s: '%.*s' cannot be a name of that kind",
                             variables[i].name, SLICE_ARG(value));
        }
        if (options->context.value[variables[i].fact].len == 0) {
            options->context.value[variables[i].fact] = value;
        }
    }
    /* Not ours, so nothing to complain of. */
    struct slice node = variable("NODE_NAME");
    if (fact_is_sound(FACT_NODE, node)) {
        options->own_node = node;
    }
    return true;
}

/* Up to `room` bytes; the caller wipes them. */
static bool
read_file(const char *path, char *bytes, size_t room, size_t *len,
          struct fault *fault)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t got = fd < 0 ? -1 : 1;
    *len = 0;
    while (got > 0 && *len < room) {
        got = read(fd, bytes + *len, room - *len);
        if (got < 0 && errno == EINTR) {
            got = 1;
        } else if (got > 0) {
            *len += (size_t)got;
        }
    }
    int error = errno;
    if (fd >= 0) {
        close(fd);
    }
    return got >= 0
        || fault_set(fault, FAULT_INPUT, error, "%s%s", strerror(error),
                     error == EACCES ? "; a node lets only root read it" : "");
}

static bool
read_config(const char *path, struct facts *facts, struct arena *arena,
            struct fault *fault)
{
    enum {
        ROOM = AZURE_CONFIG_MAX + 1 /* one more, to see that it is too large */
    };

    char *bytes = mem_new(ROOM);
    size_t len = 0;
    bool ok = read_file(path, bytes, ROOM, &len, fault)
           && azure_read_config(slice_of(bytes, len), facts, arena, fault);
    mem_wipe(bytes, ROOM);
    mem_free(bytes);
    return ok || fault_add(fault, "reading %s", path);
}

static bool
takes_context(enum command_id command)
{
    return command == COMMAND_ANALYZE || command == COMMAND_SHOW
        || command == COMMAND_EXPLAIN;
}

bool
environment_complete(struct options *options, struct arena *arena,
                     struct fault *fault)
{
    const char *path = options->azure_json;
    struct slice id = slice_from(options->provider_id);
    if (!takes_context(options->command)) {
        return true;
    }
    if (id.len > 0 && !azure_read_provider_id(id, &options->context)) {
        return fault_set(
            fault, FAULT_USAGE, 0,
            "--provider-id: '%s' is no azure:///subscriptions/...; 'kubectl "
            "get node NODE --output jsonpath={.spec.providerID}' prints it",
            options->provider_id);
    }
    if (!path && variable("PULLWHY_AZURE_JSON").len > 0) {
        path = getenv("PULLWHY_AZURE_JSON");
    }
    if (path && !read_config(path, &options->context, arena, fault)) {
        return false;
    }
    return read_variables(options, fault);
}
