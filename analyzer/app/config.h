/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PULLWHY_APP_CONFIG_H
#define PULLWHY_APP_CONFIG_H

/*
 * The configuration file: YAML whose keys are the names of the options, and
 * besides azure: and registries:, what is known of the cluster.
 *
 *   db: /srv/pullwhy/history.db
 *   lang: ja
 *   azure: {tenant: ..., vnet: apps-vnet}
 *   registries:
 *     myreg-abc123.azurecr.io: {acr: myreg, resource_group: rg1}
 *
 * The law: a file is believed as a whole or not at all, and all that is wrong
 * with it is told at once, each with line and column. No value that may be a
 * secret is ever shown.
 */

#include "app/options.h"
#include "base/buf.h"
#include "base/fault.h"

#include <stdbool.h>
#include <stddef.h>

enum {
    CONFIG_FILES_MAX = 2,
    CONFIG_SIZE_MAX = 1024 * 1024, /* bytes */
};

struct config_file {
    const char *path; /* of options->memory, or of argv */
    enum option_level level;
    bool must_exist; /* it was asked for by name */
};

struct config_files {
    struct config_file file[CONFIG_FILES_MAX];
    size_t count;
};

/* Init with {0}; free the text. */
struct config_faults {
    struct buf text; /* "FILE:LINE:COLUMN: what is wrong", a line for each */
    size_t count;
};

/*
 * Which files are to be read, the system's first: that of --config, else of
 * $PULLWHY_CONFIG, else the usual ones, be they there or not; none with
 * --no-config.
 */
MUST_CHECK bool config_find(struct options *options, struct config_files *files,
                            struct fault *fault);

/* Reads one file into the options; false if there are faults. */
MUST_CHECK bool config_read(const struct config_file *file,
                            struct options *options,
                            struct config_faults *faults, bool *exists);

/* Reads all files; the fault is the first one, and tells how many follow. */
MUST_CHECK bool config_load(struct options *options, struct fault *fault);

/* Shows a place: "default", "option", "PULLWHY_DB", "FILE:3". */
void config_add_place(struct buf *out, const struct option_place *place);

/* The keys under azure:, by index; false behind the last. */
bool config_azure_key(size_t index, const char **key, enum fact *fact);

/* The keys of one of registries:, likewise. */
bool config_registry_key(size_t index, const char **key, enum fact *fact);

#endif
