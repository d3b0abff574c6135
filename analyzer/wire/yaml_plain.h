/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PULLWHY_WIRE_YAML_PLAIN_H
#define PULLWHY_WIRE_YAML_PLAIN_H

/*
 * Tells from the lines of an object that was printed as YAML, without parsing
 * it, that every text in it stands there as it is, on one line: in no other
 * form do tools print what is of no interest. And that the object is one of
 * Kubernetes, by the keys at its left edge, as shape.h does.
 */

#include "base/slice.h"

#include <stdbool.h>

/* Whole lines, each with its newline. Where that is not sure, it says no. */
bool yaml_plain_is_cluster(struct slice text);

#endif
