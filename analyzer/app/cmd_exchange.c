/* SPDX-License-Identifier: Apache-2.0 */
#include "app/commands.h"
#include "app/option_set.h"
#include "app/output.h"
#include "app/replace.h"
#include "base/mem.h"
#include "store/exchange.h"
#include "store/retention.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <string.h>
#include <unistd.h>

enum {
    CHUNK = 64 * 1024,
    LINE_MAX_BYTES = 64 * 1024 * 1024, /* of an incident, with all its pods */
    MAGIC = 16,                        /* bytes that begin an SQLite file */
};

static bool
is_dash(const char *path)
{
    return strcmp(path, "-") == 0;
}

static bool
fault_file(const char *path, struct fault *fault)
{
    return fault_set(fault, FAULT_INPUT, errno, "%s: %s", path,
                     strerror(errno));
}

/* Where an export goes. */
struct outlet {
    const char *path;
    int fd;
    struct buf text;
};

static bool
flush(struct outlet *outlet, struct fault *fault)
{
    int error = output_write_to(outlet->fd, &outlet->text);
    return error == 0
        || fault_set(fault, FAULT_SYSTEM, -error, "%s: %s", outlet->path,
                     strerror(-error));
}

static bool
add_line(void *ctx, struct slice line, struct fault *fault)
{
    struct outlet *outlet = ctx;
    buf_add(&outlet->text, line);
    buf_add_byte(&outlet->text, '\n');
    return outlet->text.len < CHUNK || flush(outlet, fault);
}

static bool
write_export(struct app *app, struct db *db, struct outlet *outlet,
             struct fault *fault)
{
    bool ok = exchange_export(db, app_now(app), add_line, outlet, fault)
           && flush(outlet, fault);
    buf_free(&outlet->text);
    return ok;
}

static bool
export_to(struct app *app, const char *path, struct fault *fault)
{
    struct outlet outlet = {.path = path, .fd = STDOUT_FILENO};
    struct replacement file;
    struct db *db = db_open(app->db, DB_READ, fault);
    bool ok = db != NULL;
    if (ok && is_dash(path)) {
        ok = write_export(app, db, &outlet, fault)
          || fault->code == EPIPE; /* nobody reads any more */
    } else if (ok && replace_open(&file, path, 0600, fault)) {
        outlet.fd = file.fd;
        ok = write_export(app, db, &outlet, fault);
        ok = replace_close(&file, ok, fault);
    } else {
        ok = false;
    }
    db_close(db);
    return ok;
}

/* Hands out the whole lines of *text, and the rest too if it is the end. */
static bool
take_lines(struct merge *merge, struct buf *text, bool is_end,
           struct fault *fault)
{
    struct slice rest = buf_slice(text);
    struct slice line;
    bool ok = true;
    while (ok && slice_cut(&rest, '\n', &line)) {
        ok = merge_line(merge, line, fault);
    }
    if (ok && is_end && rest.len > 0) {
        return merge_line(merge, rest, fault);
    }
    buf_drop(text, text->len - rest.len);
    return ok;
}

static bool
import_lines(struct merge *merge, const char *path, int fd, struct fault *fault)
{
    struct buf text = {0};
    ssize_t got = 1;
    bool ok = true;
    while (ok && got > 0) {
        buf_reserve(&text, CHUNK);
        got = read(fd, text.data + text.len, CHUNK);
        if (got < 0 && errno == EINTR) {
            got = 1;
            continue;
        }
        text.len += got > 0 ? (size_t)got : 0;
        ok = got >= 0 ? take_lines(merge, &text, got == 0, fault)
                      : fault_file(path, fault);
        if (ok && text.len > LINE_MAX_BYTES) {
            ok = fault_set(fault, FAULT_INPUT, 0,
                           "%s: a line is longer than 64 MiB", path);
        }
    }
    buf_free(&text);
    return ok;
}

/* A history as it is: it is exported on the way. */
static bool
import_history(struct app *app, struct merge *merge, const char *path,
               struct fault *fault)
{
    struct db *db = db_open(path, DB_READ, fault);
    bool ok = db && exchange_export(db, app_now(app), merge_line, merge, fault);
    db_close(db);
    return ok;
}

static bool
is_history(int fd)
{
    char head[MAGIC];
    return pread(fd, head, MAGIC, 0) == MAGIC
        && memcmp(head, "SQLite format 3", MAGIC) == 0;
}

static bool
import_file(struct app *app, struct db *db, const char *path,
            struct fault *fault)
{
    int64_t incidents = 0;
    int fd = is_dash(path) ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) {
        return fault_file(path, fault);
    }
    struct merge *merge = merge_new(db, path, fault);
    bool ok = merge
           && (is_history(fd) ? import_history(app, merge, path, fault)
                              : import_lines(merge, path, fd, fault))
           && merge_finish(merge, &incidents, fault);
    merge_free(merge);
    if (fd != STDIN_FILENO) {
        close(fd);
    }
    if (ok) {
        output_warn("%s: %" PRId64 " incidents are in %s now", path, incidents,
                    app->db);
    }
    return ok;
}

static bool
prune(struct app *app, struct db *db, struct fault *fault)
{
    const struct options *options = app->options;
    const struct retention limits = {app_now(app), options->keep,
                                     options->max_size};
    struct retention_tally tally;
    if (!retention_apply(db, &limits, &tally, fault)) {
        return false;
    }
    output_warn("%" PRId64 " incidents are gone; %s has %" PRId64 " KiB now",
                tally.incidents, app->db, tally.bytes / 1024);
    if (options->max_size > 0 && tally.bytes > options->max_size) {
        output_warn("--max-size: an empty history is larger than that");
    }
    return true;
}

bool
cmd_exchange(struct app *app, struct fault *fault)
{
    const struct options *options = app->options;
    const struct option_item *item = option_next(options, NULL, "import");
    bool ok = true;
    if (!app->db) {
        return fault_set(fault, FAULT_USAGE, 0,
                         "there is no history: name one with --db");
    }
    if (item || options->prune) {
        struct db *db = db_open(app->db, DB_WRITE, fault);
        ok = db != NULL;
        for (; ok && item; item = option_next(options, item, "import")) {
            ok = import_file(app, db, item->text, fault);
        }
        ok = ok && (!options->prune || prune(app, db, fault));
        db_close(db);
    }
    return ok
        && (!options->export_to || export_to(app, options->export_to, fault));
}
