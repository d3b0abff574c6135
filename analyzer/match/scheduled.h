/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PULLWHY_MATCH_SCHEDULED_H
#define PULLWHY_MATCH_SCHEDULED_H

/*
 * A row of `kubectl get events` or `kubectl describe` in which the scheduler
 * tells where a pod runs: "Successfully assigned NAMESPACE/POD to NODE", as
 * kube-scheduler writes it (pkg/scheduler/schedule_one.go). It is read for its
 * own sake and is no pattern, since a word of it in the prefilter costs each
 * healthy line 5 %. Events that are JSON say their node themselves.
 */

#include "match/facts.h"
#include "wire/record.h"

#include <stdbool.h>

/*
 * True, and *facts has the three (views of the record) and nothing else; or
 * false, and *facts is as it was.
 */
bool scheduled_read(const struct record *record, struct facts *facts);

#endif
