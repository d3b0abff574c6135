/* SPDX-License-Identifier: Apache-2.0 */
#include "app/config.h"

#include "app/config_context.h"
#include "app/config_reading.h"
#include "app/near.h"
#include "app/option_set.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char *
keep(struct options *options, const struct buf *text)
{
    char *copy = arena_alloc(&options->memory, text->len + 1);
    if (text->len > 0) {
        memcpy(copy, text->data, text->len);
    }
    return copy;
}

static void
add_file(struct options *options, struct config_files *files,
         enum option_level level, struct buf *path)
{
    if (path->len > 0) {
        files->file[files->count++] =
            (struct config_file){keep(options, path), level, false};
    }
    buf_clear(path);
}

/* systemd names a service's folder in /etc; a relative XDG path is void. */
static void
add_usual(struct options *options, struct config_files *files)
{
    const char *system = getenv("CONFIGURATION_DIRECTORY");
    const char *user = getenv("XDG_CONFIG_HOME");
    const char *home = getenv("HOME");
    struct buf path = {0};
    buf_print(&path, "%s/config.yaml",
              system && system[0] == '/' ? system : "/etc/pullwhy");
    add_file(options, files, LEVEL_SYSTEM_FILE, &path);
    if (user && user[0] == '/') {
        buf_print(&path, "%s/pullwhy/config.yaml", user);
    } else if (home && home[0] == '/') {
        buf_print(&path, "%s/.config/pullwhy/config.yaml", home);
    }
    add_file(options, files, LEVEL_USER_FILE, &path);
    buf_free(&path);
}

bool
config_find(struct options *options, struct config_files *files,
            struct fault *fault)
{
    const char *named = getenv("PULLWHY_CONFIG");
    *files = (struct config_files){0};
    if (options->config && options->no_config) {
        return fault_set(fault, FAULT_USAGE, 0,
                         "give --config or --no-config, not both");
    }
    if (options->no_config) {
        return true;
    }
    if (options->config) {
        named = options->config;
    }
    if (named && named[0] != '\0') {
        files->file[files->count++] =
            (struct config_file){named, LEVEL_USER_FILE, true};
    } else {
        add_usual(options, files);
    }
    return true;
}

void
config_tell(struct config_reading *reading, const struct yaml *node,
            const char *format, ...)
{
    char text[900];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof(text), format, args);
    va_end(args);
    buf_print(&reading->faults->text, "%s:%d:%d: %s\n", reading->file->path,
              node && node->line > 0 ? node->line : 1,
              node && node->column > 0 ? node->column : 1, text);
    reading->faults->count++;
}

/* Of a whole file, which has no line. */
static bool
refuse_file(struct config_reading *reading, const char *what)
{
    buf_print(&reading->faults->text, "%s: %s\n", reading->file->path, what);
    reading->faults->count++;
    return false;
}

/* Words that a secret is named by, without marks and in small letters. */
static bool
is_secret(struct slice key)
{
    static const char *const words[] = {"secret", "password",   "passwd",
                                        "token",  "accesskey",  "accountkey",
                                        "apikey", "privatekey", "credential"};
    struct buf plain = {0};
    bool found = false;
    for (size_t i = 0; i < key.len; i++) {
        char byte = key.data[i];
        if (byte >= 'A' && byte <= 'Z') {
            byte = (char)(byte - 'A' + 'a');
        }
        if (byte >= 'a' && byte <= 'z') {
            buf_add_byte(&plain, byte);
        }
    }
    for (size_t i = 0; i < COUNT(words); i++) {
        found = found
             || slice_find(buf_slice(&plain), slice_from(words[i]))
                    != SLICE_NONE;
    }
    buf_free(&plain);
    return found;
}

void
config_tell_unknown(struct config_reading *reading, const struct yaml *node,
                    const char *best)
{
    if (is_secret(node->key)) {
        config_tell(reading, node,
                    "%.*s: a secret does not belong here, and pullwhy needs "
                    "none; take the line out, and renew the secret if others "
                    "could read the file",
                    SLICE_ARG(node->key));
    } else if (best) {
        config_tell(reading, node, "unknown key %.*s; did you mean %s?",
                    SLICE_ARG(node->key), best);
    } else {
        config_tell(reading, node,
                    "unknown key %.*s; 'man pullwhy' lists them under "
                    "CONFIGURATION",
                    SLICE_ARG(node->key));
    }
}

bool
config_is_told_before(struct config_reading *reading, const struct yaml *map,
                      const struct yaml *node)
{
    for (const struct yaml *at = map->first; at != node; at = at->next) {
        struct buf name = {0};
        buf_add(&name, at->key);
        bool is_same = option_key_is(node->key, buf_string(&name));
        buf_free(&name);
        if (is_same) {
            config_tell(reading, node, "%.*s: line %d says it already",
                        SLICE_ARG(node->key), at->line);
            return true;
        }
    }
    return false;
}

const char *
config_text(struct config_reading *reading, const struct yaml *node,
            const char *name)
{
    if (node->kind != YAML_TEXT) {
        config_tell(reading, node, "%s: one value is wanted, not a %s", name,
                    node->kind == YAML_LIST ? "list" : "map");
        return NULL;
    }
    if (node->text.len == 0) {
        config_tell(reading, node, "%s: a value is missing", name);
        return NULL;
    }
    for (size_t i = 0; i < node->text.len; i++) {
        unsigned char byte = (unsigned char)node->text.data[i];
        if (byte < ' ' || byte == 0x7f) {
            config_tell(reading, node,
                        "%s: a control byte (%#.2x) in the value", name, byte);
            return NULL;
        }
    }
    struct buf text = {0};
    buf_add(&text, node->text);
    const char *kept = keep(reading->options, &text);
    buf_free(&text);
    return kept;
}

/* "~/x" is in the home folder, "x" in that of the file. */
static const char *
resolve(struct config_reading *reading, const char *path)
{
    struct slice folder = slice_from(reading->file->path);
    const char *home = getenv("HOME");
    struct buf whole = {0};
    size_t slash = slice_find_last(folder, '/');
    if (strncmp(path, "~/", 2) == 0 && home && home[0] == '/') {
        buf_print(&whole, "%s%s", home, path + 1);
    } else if (path[0] != '/' && slash != SLICE_NONE) {
        buf_add(&whole, slice_before(folder, slash + 1));
        buf_add_text(&whole, path);
    } else {
        return path;
    }
    path = keep(reading->options, &whole);
    buf_free(&whole);
    return path;
}

struct option_place
config_place(const struct config_reading *reading, const struct yaml *node)
{
    return (struct option_place){.level = reading->file->level,
                                 .name = reading->path,
                                 .line = node->line,
                                 .column = node->column};
}

static void
set_value(struct config_reading *reading, const struct option_row *row,
          const struct yaml *node)
{
    struct fault fault = {0};
    const char *value = config_text(reading, node, row->name);
    if (!value
        || (row->kind == OPTION_FACT
            && config_fact_is_told(reading, row->fact, node, row->name))) {
        return;
    }
    if (row->kind == OPTION_PATH) {
        value = resolve(reading, value);
    } else if (row->kind == OPTION_LIST && !row->argument) {
        if (strcmp(value, "true") != 0) {
            config_tell(reading, node, "%s: true is wanted", row->name);
            return;
        }
        value = NULL;
    }
    const struct option_place place = config_place(reading, node);
    if (!option_set(row, value, &place, reading->options, &fault)) {
        config_tell(reading, node, "%s", fault.text);
    }
}

/* A list may be given as such, or as the only value of it. */
static void
read_values(struct config_reading *reading, const struct option_row *row,
            const struct yaml *node)
{
    if (row->kind != OPTION_LIST || node->kind != YAML_LIST) {
        set_value(reading, row, node);
        return;
    }
    for (const struct yaml *item = node->first; item; item = item->next) {
        set_value(reading, row, item);
    }
}

static bool
is_group(const struct option_table *table, struct slice key)
{
    for (size_t i = 0; i < table->count; i++) {
        if (table->rows[i].group && option_key_is(key, table->rows[i].group)) {
            return true;
        }
    }
    return false;
}

/* An item is one option of the group: "- unit: kubelet". */
static void
read_group_item(struct config_reading *reading, const char *group,
                const struct yaml *item)
{
    const struct option_table *table = reading->options->table;
    if (item->kind != YAML_MAP || item->count != 1) {
        config_tell(reading, item, "%s: an item is one 'NAME: VALUE'", group);
        return;
    }
    const struct yaml *node = item->first;
    struct near near = {.word = node->key};
    for (size_t i = 0; i < table->count; i++) {
        const struct option_row *row = &table->rows[i];
        if (!row->group || strcmp(row->group, group) != 0) {
            continue;
        }
        if (option_key_is(node->key, row->name)) {
            read_values(reading, row, node);
            return;
        }
        near_try(&near, row->name);
    }
    config_tell_unknown(reading, node, near.best);
}

static void
read_group(struct config_reading *reading, const struct yaml *node)
{
    struct buf group = {0};
    buf_add(&group, node->key);
    if (node->kind != YAML_LIST) {
        config_tell(reading, node, "%s: a list is wanted here",
                    buf_string(&group));
    }
    for (const struct yaml *item = node->first; node->kind == YAML_LIST && item;
         item = item->next) {
        read_group_item(reading, buf_string(&group), item);
    }
    buf_free(&group);
}

static void
read_unknown(struct config_reading *reading, const struct yaml *node)
{
    const struct option_table *table = reading->options->table;
    struct near near = {.word = node->key};
    if (config_is_azure_key(node->key)) {
        config_tell(reading, node,
                    "%.*s: it stands under azure:", SLICE_ARG(node->key));
        return;
    }
    for (size_t i = 0; i < table->count; i++) {
        const struct option_row *row = &table->rows[i];
        if (!row->line_only) {
            near_try(&near, row->group ? row->group : row->name);
        }
    }
    near_try(&near, "azure");
    near_try(&near, "registries");
    config_tell_unknown(reading, node, near.best);
}

static void
read_key(struct config_reading *reading, const struct yaml *node)
{
    const struct option_table *table = reading->options->table;
    const struct option_row *row = option_find(table, node->key);
    if (option_key_is(node->key, "azure")) {
        config_read_azure(reading, node);
    } else if (option_key_is(node->key, "registries")) {
        config_read_registries(reading, node);
    } else if (is_group(table, node->key)) {
        read_group(reading, node);
    } else if (!row) {
        read_unknown(reading, node);
    } else if (row->line_only) {
        config_tell(reading, node, "%s: belongs on the command line only",
                    row->name);
    } else if (row->group) {
        config_tell(reading, node, "%s: is an item of the list %s:", row->name,
                    row->group);
    } else {
        read_values(reading, row, node);
    }
}

/* false if the file holds remarks alone; *second is a second document's line */
static bool
has_content(struct slice text, int *second)
{
    bool has = false;
    int number = 0;
    *second = 0;
    while (text.len > 0) {
        struct slice line;
        number++;
        if (!slice_cut(&text, '\n', &line)) {
            line = text;
            text = slice_of(NULL, 0);
        }
        struct slice trimmed = slice_trim(line);
        bool is_start = slice_starts(line, SLICE("---"))
                     && (line.len == 3 || line.data[3] <= ' ');
        bool is_end = slice_equal(trimmed, SLICE("..."));
        if (is_start && has && *second == 0) {
            *second = number;
        }
        has = has
           || (!is_start && !is_end && trimmed.len > 0
               && trimmed.data[0] != '#');
    }
    return has;
}

static void
read_text(struct config_reading *reading, struct slice text)
{
    struct arena arena = {0};
    struct fault fault = {0};
    struct yaml second = {.column = 1};
    if (!has_content(text, &second.line)) {
        return;
    }
    const struct yaml *root = yaml_parse_twins(text, &arena, &fault);
    if (second.line > 0) {
        config_tell(reading, &second, "a second document; there is only one");
    }
    if (!root) {
        buf_print(&reading->faults->text, "%s:%s\n", reading->file->path,
                  fault.text);
        reading->faults->count++;
    } else if (root->kind != YAML_MAP) {
        config_tell(reading, root, "lines of 'OPTION: VALUE' are wanted");
    }
    const struct yaml *node =
        root && root->kind == YAML_MAP ? root->first : NULL;
    for (; node; node = node->next) {
        if (!config_is_told_before(reading, root, node)) {
            read_key(reading, node);
        }
    }
    arena_free(&arena);
}

/* Fills *text; 0, or what the system said. */
static int
read_bytes(const char *path, struct buf *text)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t got = fd < 0 ? -1 : 1;
    while (got > 0 && text->len <= CONFIG_SIZE_MAX) {
        buf_reserve(text, 16384);
        got = read(fd, text->data + text->len, 16384);
        if (got < 0 && errno == EINTR) {
            got = 1;
        } else if (got > 0) {
            text->len += (size_t)got;
        }
    }
    int error = got < 0 ? errno : 0;
    if (fd >= 0) {
        close(fd);
    }
    return error;
}

bool
config_read(const struct config_file *file, struct options *options,
            struct config_faults *faults, bool *exists)
{
    struct config_reading reading = {file, options, faults, NULL};
    struct buf text = {0};
    size_t before = faults->count;
    int error = read_bytes(file->path, &text);
    *exists = error != ENOENT && error != ENOTDIR;
    if (error && (*exists || file->must_exist)) {
        refuse_file(&reading, strerror(error));
    } else if (text.len > CONFIG_SIZE_MAX) {
        refuse_file(&reading, "larger than 1 MiB, so it is no configuration");
    } else if (slice_find_byte(buf_slice(&text), '\0') != SLICE_NONE) {
        refuse_file(&reading, "a NUL byte in it, so it is no text");
    } else if (!error) {
        struct buf path = {0};
        buf_add_text(&path, file->path);
        reading.path = keep(options, &path);
        buf_free(&path);
        read_text(&reading, buf_slice(&text));
    }
    buf_free(&text);
    return reading.faults->count == before;
}

bool
config_load(struct options *options, struct fault *fault)
{
    struct config_files files;
    struct config_faults faults = {0};
    bool exists;
    if (!config_find(options, &files, fault)) {
        return false;
    }
    for (size_t i = 0; i < files.count; i++) {
        struct slice line = SLICE("");
        if (config_read(&files.file[i], options, &faults, &exists)) {
            continue;
        }
        struct slice text = buf_slice(&faults.text);
        slice_cut(&text, '\n', &line);
        fault_set(fault, FAULT_INPUT, 0, "%.*s", SLICE_ARG(line));
        if (faults.count > 1) {
            fault_set(fault, FAULT_INPUT, 0,
                      "%.*s; and %zu more: 'pullwhy config check %s'",
                      SLICE_ARG(line), faults.count - 1, files.file[i].path);
        }
        buf_free(&faults.text);
        return false;
    }
    return true;
}

void
config_add_place(struct buf *out, const struct option_place *place)
{
    if (place->level == LEVEL_DEFAULT) {
        buf_add_text(out, "default");
    } else if (place->level == LEVEL_LINE) {
        buf_add_text(out, "option");
    } else {
        buf_add_text(out, place->name);
    }
    if (place->line > 0) {
        buf_print(out, ":%d", place->line);
    }
    if (place->by) {
        buf_print(out, " (%s)", place->by);
    }
}
