/* SPDX-License-Identifier: Apache-2.0 */
#include "app/environment.h"

#include "app/config.h"
#include "app/option_set.h"
#include "report/azure.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static struct slice
variable(const char *name)
{
    return slice_from(getenv(name));
}

/* A variable that names a fact counts only if nobody has named it yet. */
static bool
read_variable(const struct option_row *row, struct options *options,
              struct fault *fault)
{
    const struct option_place place = {.level = LEVEL_ENVIRONMENT,
                                       .name = row->variable};
    struct slice known = options->context.value[row->fact];
    struct option_place by = options->context_places[row->fact];
    if (!option_set(row, getenv(row->variable), &place, options, fault)) {
        return false;
    }
    if (row->kind == OPTION_FACT && known.len > 0) {
        options->context.value[row->fact] = known;
        options->context_places[row->fact] = by;
    }
    return true;
}

/* Those of the table that name facts, or the others. */
static bool
read_variables(struct options *options, bool are_facts, struct fault *fault)
{
    for (size_t i = 0; i < options->table->count; i++) {
        const struct option_row *row = &options->table->rows[i];
        bool is_meant = row->variable && !row->line_only
                     && (row->kind == OPTION_FACT) == are_facts;
        if (is_meant && variable(row->variable).len > 0
            && !read_variable(row, options, fault)) {
            return false;
        }
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

/* Facts that came since the last call are said to be of this place. */
static void
note_place(struct options *options, const struct option_place *place)
{
    for (size_t i = 0; i < FACTS; i++) {
        if (options->context.value[i].len > 0
            && options->context_places[i].level == LEVEL_DEFAULT) {
            options->context_places[i] = *place;
        }
    }
}

/* What provider ID and azure.json say, if `is_file` says where they come from. */
static bool
read_azure(struct options *options, bool is_file, struct fault *fault)
{
    struct option_place id = *option_place(options, &options->provider_id);
    struct option_place json = *option_place(options, &options->azure_json);
    id.by = "provider-id";
    json.by = "azure-json";
    if (options->provider_id && option_level_is_file(id.level) == is_file) {
        /* It was checked when it was set. */
        (void)!azure_read_provider_id(slice_from(options->provider_id),
                                      &options->context);
        note_place(options, &id);
    }
    if (options->azure_json && option_level_is_file(json.level) == is_file) {
        if (!read_config(options->azure_json, &options->context,
                         &options->memory, fault)) {
            return false;
        }
        note_place(options, &json);
    }
    return true;
}

static void
add_file_facts(struct options *options)
{
    for (size_t i = 0; i < FACTS; i++) {
        if (options->context.value[i].len == 0
            && options->file_facts.value[i].len > 0) {
            options->context.value[i] = options->file_facts.value[i];
            options->context_places[i] = options->file_places[i];
        }
    }
}

static bool
takes_context(const struct options *options)
{
    const struct option_row *row =
        option_find(options->table, SLICE("cluster"));
    return row && (row->commands & OPTION_ON(options->command));
}

static bool
complete_context(struct options *options, struct fault *fault)
{
    /* Not ours, so nothing to complain of. */
    struct slice node = variable("NODE_NAME");
    if (!takes_context(options)) {
        return true;
    }
    if (fact_is_sound(FACT_NODE, node)) {
        options->own_node = node;
    }
    if (!read_azure(options, false, fault)
        || !read_variables(options, true, fault)) {
        return false;
    }
    add_file_facts(options);
    return read_azure(options, true, fault);
}

/* The lists are changed by what is read, so they are our own. */
static void
copy_items(struct options *options)
{
    struct option_item **at = &options->items;
    const struct option_item *item = options->items;
    for (; item; item = item->next) {
        *at = arena_alloc(&options->memory, sizeof(**at));
        **at = *item;
        at = &(*at)->next;
    }
}

/* Whoever names a history wants one, unless a closer one wants none. */
static bool
settle_history(struct options *options, struct fault *fault)
{
    const struct option_row *none = option_find(options->table, SLICE("no-db"));
    struct option_place db = *option_place(options, &options->db);
    options->has_db = db.level == LEVEL_LINE || option_level_is_file(db.level);
    return !options->no_db || !none
        || option_place(options, &options->no_db)->level >= db.level
        || option_set(none, "false", &db, options, fault);
}

bool
environment_complete(const struct options *line, struct options *options,
                     struct fault *fault)
{
    *options = *line;
    options->memory = (struct arena){0};
    copy_items(options);
    if (!config_load(options, fault) || !read_variables(options, false, fault)
        || !settle_history(options, fault)) {
        return false;
    }
    return complete_context(options, fault);
}
