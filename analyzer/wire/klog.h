/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PULLWHY_WIRE_KLOG_H
#define PULLWHY_WIRE_KLOG_H

/*
 * Reads the lines of kubelet and the other Kubernetes programs:
 *
 *   E1031 11:57:43.120279    2874 remote_image.go:242] "TITLE" err="..." ...
 *
 * What a &Container{...} dump holds (arguments, values of variables) never
 * gets into a record: it may hold secrets.
 */

#include "base/buf.h"
#include "base/slice.h"
#include "wire/decode.h"

#include <stdbool.h>
#include <stdint.h>

/* What is needed to read a line, and what it leaves for later. */
struct klog {
    int64_t now;         /* gives the year */
    struct buf *scratch; /* see unescape.h */
    struct slice more;   /* failures of further containers, views scratch */
};

bool klog_looks(struct slice line);
enum verdict klog_decode(struct klog *klog, struct slice line,
                         struct record *record);

/* Reads what a line gives as err=, without its quotes. */
void klog_set_error(struct klog *klog, struct slice error,
                    struct record *record);

/*
 * One line may tell of several containers of a pod. Changes what differs for
 * the next one in the record of the one before; false: there is none.
 */
bool klog_more(struct klog *klog, struct record *record);

#endif
