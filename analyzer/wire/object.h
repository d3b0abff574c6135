/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PULLWHY_WIRE_OBJECT_H
#define PULLWHY_WIRE_OBJECT_H

/*
 * How Kubernetes names its objects and the parts of an event, wherever they
 * are written. Each fills the record's fields with views of what it was given,
 * and on false leaves them alone.
 */

#include "base/slice.h"
#include "wire/record.h"

#include <stdbool.h>

/* The name in "spec.containers{NAME}"; empty if there is none. */
struct slice object_container(struct slice field_path);

/* "NAMESPACE/NAME", or "NAME" alone. */
void object_set_pod(struct record *record, struct slice name);

/* "NAME_NAMESPACE(UID)", as kubelet names a pod in running text. */
bool object_set_full_pod(struct record *record, struct slice name);

/* "Warning", "Normal". */
bool object_set_level(struct record *record, struct slice type);

/* Who reported an event: "kubelet", "kubelet, NODE". */
bool object_set_source(struct record *record, struct slice source);
bool object_is_pod(struct slice kind); /* "Pod", "pod", "pods" */

/* Why a pod waits, if it waits for its image: "ErrImagePull". */
bool object_is_image_reason(struct slice reason);

#endif
