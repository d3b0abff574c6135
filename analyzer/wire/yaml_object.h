/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PULLWHY_WIRE_YAML_OBJECT_H
#define PULLWHY_WIRE_YAML_OBJECT_H

/*
 * Finds Kubernetes objects that were printed as YAML (`kubectl -o yaml`), and
 * gives each back as JSON, so that there is one reader of objects. Of a list,
 * each element is an object of its own, and no more than one is kept.
 *
 * An object begins with "apiVersion:" at the left edge and goes on as long as
 * lines are indented or name what such objects have; any other line ends it.
 */

#include "base/buf.h"
#include "base/slice.h"

#include <stdbool.h>

enum {
    YAML_OBJECT_MAX = 256 * 1024, /* bytes; a longer one is passed over */
    YAML_OBJECT_GROWTH = 8,       /* JSON is at most so many times as long */
};

enum yaml_step {
    YAML_MORE,  /* the object goes on */
    YAML_OTHER, /* *json has an object, if not empty; the line began the next */
    YAML_AGAIN, /* likewise, and all ended before this line */
};

/* Whether the text may say what is of interest. */
typedef bool yaml_object_matters(void *ctx, struct slice text);

struct yaml_object {
    yaml_object_matters *matters; /* NULL: all may; what does not is left out */
    void *ctx;
    bool is_open;
    bool is_list;  /* below "items:" */
    bool is_tail;  /* behind the items */
    bool is_long;  /* the object is over the limit */
    size_t indent; /* of the items' dashes */
    struct buf kept;
    struct buf json;
};

/* Init with {0}. */
void yaml_object_free(struct yaml_object *yaml);

/* Whether an object begins with this line. */
bool yaml_object_looks(struct slice line);

/* Reads on in an object that is open or begins here; *json may be empty. */
enum yaml_step yaml_object_read(struct yaml_object *yaml, struct slice line,
                                struct slice *json);

/* At the end of the stream: the last object, as above. */
struct slice yaml_object_stop(struct yaml_object *yaml);

#endif
