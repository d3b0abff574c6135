/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PULLWHY_MATCH_IMAGE_H
#define PULLWHY_MATCH_IMAGE_H

/*
 * Image references: [HOST[:PORT]/]PATH[:TAG][@ALGORITHM:HEX], after the
 * grammar of the distribution project's reference package, but tolerant of
 * what people really write (upper-case paths), since a log also quotes
 * references that a runtime refused.
 */

#include "base/slice.h"

#include <stdbool.h>

struct image {
    struct slice registry; /* with its port; docker.io if none is written */
    struct slice path;     /* as written: "nginx", "team/api" */
    struct slice tag;      /* empty if none is written */
    struct slice digest;   /* "sha256:..."; empty if none */
    bool has_registry;     /* it is written */
};

/* All of `text` is a reference; the parts view it. */
bool image_parse(struct slice text, struct image *image);

/* Whether it may be one with its registry written; tells most words apart. */
bool image_may_have_host(struct slice text);

/* Of Docker Hub's own namespace: the repository is "library/" and the path. */
bool image_is_library(const struct image *image);

/* acr mcr ecr gar dockerhub ghcr quay k8s, or other. */
struct slice image_vendor(struct slice registry);

/* Without the port: "[fd00::1]:5000" gives "[fd00::1]". */
struct slice image_host(struct slice registry);

#endif
