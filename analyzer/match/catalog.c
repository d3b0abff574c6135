/* SPDX-License-Identifier: Apache-2.0 */
#include "match/catalog.h"

#include "base/buf.h"
#include "base/embedded.h"
#include "match/cause.h"
#include "match/look.h"
#include "match/pack.h"
#include "match/yaml.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    FILE_LARGEST = 4 * 1024 * 1024, /* bytes */
};

/* A pattern file before it is read. */
struct file {
    struct slice name; /* "unauthorized.yaml" */
    struct slice path; /* for faults */
    struct slice text; /* until all are read */
    char *memory;      /* of it; NULL: it stays */
    bool is_packed;    /* when this was built, by pack_add() */
};

struct catalog {
    struct arena arena;
    bool is_whole;
    struct file *files;
    size_t file_count;
    struct cause *causes;
    size_t cause_count;
    struct look *looks; /* look_count of them, in the files' order */
    size_t look_count;
    size_t look_room;
    const struct look **order;
};

static bool
is_shared(const struct file *file)
{
    return slice_equal(file->name, SLICE("shared.yaml"));
}

/* Takes the place of a file of the same name. */
static void
add_file(struct catalog *catalog, const struct file *file)
{
    for (size_t i = 0; i < catalog->file_count; i++) {
        if (slice_equal(catalog->files[i].name, file->name)) {
            catalog->files[i] = *file;
            return;
        }
    }
    catalog->files = mem_resize_array(catalog->files, catalog->file_count + 1,
                                      sizeof(*catalog->files));
    catalog->files[catalog->file_count++] = *file;
}

static void
add_embedded(struct catalog *catalog)
{
    for (const struct embedded *row = embedded_patterns; row->name; row++) {
        struct slice path = slice_from(row->name);
        size_t slash = slice_find_last(path, '/');
        struct file file = {
            .name = slash == SLICE_NONE ? path : slice_after(path, slash + 1),
            .path = path,
            .text = slice_of(row->text, row->len),
        };
        file.is_packed = pack_is(file.text);
        add_file(catalog, &file);
    }
}

static bool
read_whole(const char *path, struct file *file, struct fault *fault)
{
    struct buf buf = {0};
    FILE *stream = fopen(path, "rb");
    if (!stream) {
        return fault_set(fault, FAULT_INPUT, errno, "cannot read %s: %s", path,
                         strerror(errno));
    }
    size_t got;
    do {
        buf_reserve(&buf, 65536);
        got = fread(buf.data + buf.len, 1, 65536, stream);
        buf.len += got;
    } while (got > 0 && buf.len < FILE_LARGEST);
    bool ok = !ferror(stream) && buf.len < FILE_LARGEST;
    fclose(stream);
    if (ok) {
        file->memory = mem_string(buf_slice(&buf));
        file->text = slice_of(file->memory, buf.len);
    } else {
        fault_set(fault, FAULT_INPUT, 0, "cannot read %s, or it is too large",
                  path);
    }
    buf_free(&buf);
    return ok;
}

static bool
add_from_directory(struct catalog *catalog, const char *directory,
                   const char *name, struct fault *fault)
{
    struct buf path = {0};
    struct file file = {0};
    buf_print(&path, "%s/%s", directory, name);
    file.name = arena_copy(&catalog->arena, slice_from(name));
    file.path = arena_copy(&catalog->arena, buf_slice(&path));
    bool ok = read_whole(buf_string(&path), &file, fault);
    if (ok) {
        add_file(catalog, &file);
    }
    buf_free(&path);
    return ok;
}

static int
by_name(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static bool
add_directory(struct catalog *catalog, const char *directory,
              struct fault *fault)
{
    DIR *stream = opendir(directory);
    struct dirent *entry;
    char **names = NULL;
    size_t count = 0;
    bool ok = true;
    if (!stream) {
        return fault_set(fault, FAULT_INPUT, errno,
                         "cannot read the pattern folder %s: %s", directory,
                         strerror(errno));
    }
    while ((entry = readdir(stream))) {
        struct slice name = slice_from(entry->d_name);
        if (slice_ends(name, SLICE(".yaml")) && name.data[0] != '.') {
            names = mem_resize_array(names, count + 1, sizeof(*names));
            names[count++] = mem_string(name);
        }
    }
    closedir(stream);
    if (count > 0) {
        qsort(names, count, sizeof(*names), by_name);
    } else {
        ok = fault_set(fault, FAULT_INPUT, 0,
                       "the pattern folder %s has no .yaml file", directory);
    }
    for (size_t i = 0; i < count; i++) {
        ok = ok && add_from_directory(catalog, directory, names[i], fault);
        mem_free(names[i]);
    }
    mem_free(names);
    return ok;
}

static bool
name_place(const struct file *file, struct fault *fault)
{
    struct fault inner = *fault;
    return fault_set(fault, FAULT_INPUT, 0, "%.*s:%s", SLICE_ARG(file->path),
                     inner.text);
}

static const char *const proofs[] = {"samples", "rejects", NULL};

/*
 * A parsed tree is many times as large as what it says, and what proves a file
 * is most of that: only the rest is kept, as if it were built in.
 */
static const struct yaml *
shrink(struct catalog *catalog, const struct yaml *tree, struct arena *scratch)
{
    struct buf whole = {0};
    struct buf rest = {0};
    pack_add(&whole, tree);
    pack_add(&rest, pack_read(buf_slice(&whole), proofs, scratch));
    struct slice kept = arena_copy(&catalog->arena, buf_slice(&rest));
    buf_free(&whole);
    buf_free(&rest);
    return pack_read(kept, NULL, scratch);
}

/* Of what proves it, all that can be wrong is told first. */
static const struct yaml *
parse_foreign(struct catalog *catalog, const struct file *file,
              const struct shared_remedies *shared, struct arena *scratch,
              struct fault *fault)
{
    struct cause probe = {0};
    if (catalog->is_whole) {
        return yaml_parse(file->text, &catalog->arena, fault);
    }
    const struct yaml *tree = yaml_parse(file->text, scratch, fault);
    bool is_sound = tree
                 && (is_shared(file)
                     || cause_read(tree, scratch, shared, &probe, fault));
    return is_sound ? shrink(catalog, tree, scratch) : NULL;
}

/*
 * What proves a file is not asked for where it was proved long ago. Texts of a
 * packed tree outlive it.
 */
static const struct yaml *
parse(struct catalog *catalog, const struct file *file,
      const struct shared_remedies *shared, struct arena *scratch,
      struct fault *fault)
{
    if (!file->is_packed) {
        return parse_foreign(catalog, file, shared, scratch, fault);
    }
    const struct yaml *root =
        pack_read(file->text, catalog->is_whole ? NULL : proofs, scratch);
    if (!root) {
        fault_set(fault, FAULT_INPUT, 0, "1:1: damaged in this program");
    }
    return root;
}

static void
make_room(struct catalog *catalog, size_t more)
{
    size_t wanted = catalog->look_count + more;
    if (wanted > catalog->look_room) {
        catalog->look_room = 2 * wanted;
        catalog->looks = mem_resize_array(catalog->looks, catalog->look_room,
                                          sizeof(*catalog->looks));
    }
}

static bool
read_looks(struct catalog *catalog, const struct file *file,
           const struct yaml *match, struct fault *fault)
{
    enum look_origin origin =
        file->is_packed && !catalog->is_whole ? LOOK_BUILT_IN : LOOK_FOREIGN;
    if (match->kind != YAML_LIST || match->count == 0) {
        return yaml_fault(match, fault, "match: a list of blocks is wanted");
    }
    make_room(catalog, match->count);
    for (const struct yaml *item = match->first; item; item = item->next) {
        struct look *look = &catalog->looks[catalog->look_count];
        if (!look_read(item, origin, &catalog->arena, look, fault)) {
            return false;
        }
        look->cause = &catalog->causes[catalog->cause_count];
        catalog->look_count++;
    }
    return true;
}

static bool
is_new(const struct catalog *catalog, const struct cause *cause,
       const struct yaml *root, struct fault *fault)
{
    for (size_t i = 0; i < catalog->cause_count; i++) {
        if (slice_equal(catalog->causes[i].slug, cause->slug)) {
            return yaml_fault(root, fault, "cause: %.*s stands in %.*s already",
                              SLICE_ARG(cause->slug),
                              SLICE_ARG(catalog->causes[i].file));
        }
    }
    return true;
}

static bool
read_cause(struct catalog *catalog, const struct file *file,
           const struct shared_remedies *shared, struct fault *fault)
{
    struct arena scratch = {0};
    struct cause *cause = &catalog->causes[catalog->cause_count];
    const struct yaml *root = parse(catalog, file, shared, &scratch, fault);
    bool ok = root && cause_read(root, &catalog->arena, shared, cause, fault)
           && read_looks(catalog, file, yaml_get(root, "match"), fault)
           && is_new(catalog, cause, root, fault);
    cause->file = file->path;
    catalog->cause_count += ok;
    arena_free(&scratch);
    return ok || name_place(file, fault);
}

static bool
read_shared(struct catalog *catalog, const struct file *file,
            struct shared_remedies *shared, struct fault *fault)
{
    struct arena scratch = {0};
    const struct yaml *root = parse(catalog, file, shared, &scratch, fault);
    bool ok = root && cause_read_shared(root, &catalog->arena, shared, fault);
    arena_free(&scratch);
    return ok || name_place(file, fault);
}

static int
by_turn(const void *a, const void *b)
{
    const struct look *x = *(const struct look *const *)a;
    const struct look *y = *(const struct look *const *)b;
    if (x->is_fallback != y->is_fallback) {
        return x->is_fallback ? 1 : -1;
    }
    if (x->cause->rank != y->cause->rank) {
        return y->cause->rank - x->cause->rank;
    }
    if (x->priority != y->priority) {
        return y->priority - x->priority;
    }
    return (x > y) - (x < y);
}

static void
put_in_order(struct catalog *catalog)
{
    catalog->order = mem_resize_array(NULL, catalog->look_count,
                                      sizeof(const struct look *));
    for (size_t i = 0; i < catalog->look_count; i++) {
        catalog->order[i] = &catalog->looks[i];
    }
    if (catalog->look_count > 0) {
        qsort(catalog->order, catalog->look_count, sizeof(const struct look *),
              by_turn);
    }
}

static bool
read_all(struct catalog *catalog, struct fault *fault)
{
    struct shared_remedies shared = {0};
    for (size_t i = 0; i < catalog->file_count; i++) {
        if (is_shared(&catalog->files[i])
            && !read_shared(catalog, &catalog->files[i], &shared, fault)) {
            return false;
        }
    }
    /* Never moved: looks point into it. */
    catalog->causes = arena_alloc(
        &catalog->arena, catalog->file_count * sizeof(*catalog->causes));
    for (size_t i = 0; i < catalog->file_count; i++) {
        if (!is_shared(&catalog->files[i])
            && !read_cause(catalog, &catalog->files[i], &shared, fault)) {
            return false;
        }
    }
    put_in_order(catalog);
    return true;
}

static struct catalog *
load(const char *directory, bool is_whole, struct fault *fault)
{
    struct catalog *catalog = MEM_NEW(struct catalog);
    catalog->is_whole = is_whole;
    add_embedded(catalog);
    bool ok = (!directory || add_directory(catalog, directory, fault))
           && read_all(catalog, fault);
    for (size_t i = 0; i < catalog->file_count; i++) {
        mem_free(catalog->files[i].memory);
    }
    if (!ok) {
        catalog_free(catalog);
        return NULL;
    }
    return catalog;
}

struct catalog *
catalog_load(const char *directory, struct fault *fault)
{
    return load(directory, false, fault);
}

struct catalog *
catalog_load_whole(const char *directory, struct fault *fault)
{
    return load(directory, true, fault);
}

void
catalog_free(struct catalog *catalog)
{
    if (!catalog) {
        return;
    }
    for (size_t i = 0; i < catalog->look_count; i++) {
        look_free(&catalog->looks[i]);
    }
    mem_free(catalog->looks);
    mem_free(catalog->order);
    mem_free(catalog->files);
    arena_free(&catalog->arena);
    mem_free(catalog);
}

size_t
catalog_count(const struct catalog *catalog)
{
    return catalog->cause_count;
}

const struct cause *
catalog_cause(const struct catalog *catalog, size_t index)
{
    return &catalog->causes[index];
}

const struct cause *
catalog_find(const struct catalog *catalog, struct slice slug)
{
    for (size_t i = 0; i < catalog->cause_count; i++) {
        if (slice_equal(catalog->causes[i].slug, slug)) {
            return &catalog->causes[i];
        }
    }
    return NULL;
}

const struct look *
catalog_look(const struct catalog *catalog, size_t index)
{
    return index < catalog->look_count ? catalog->order[index] : NULL;
}
