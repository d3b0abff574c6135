/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PULLWHY_WIRE_PODS_H
#define PULLWHY_WIRE_PODS_H

/*
 * Reads the table of `kubectl get pods`:
 *
 *   [NAMESPACE] NAME  READY  STATUS  RESTARTS  AGE  [IP  NODE  ...]
 *
 * A row is known by its READY, "0/1", and what is around it; it may be cut off
 * before its AGE. Only a pod that
 * waits for its image is told, with its STATUS as reason and as message.
 */

#include "base/slice.h"
#include "wire/decode.h"
#include "wire/record.h"

#include <stdbool.h>

bool pods_looks(struct slice line);
enum verdict pods_decode(struct slice line, struct record *record);

#endif
