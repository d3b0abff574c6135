/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PULLWHY_WIRE_FIELDS_H
#define PULLWHY_WIRE_FIELDS_H

/*
 * What the loggers, shippers and stores of logs call the parts of a line: the
 * keys of a JSON record, the columns of an export. One table knows them all.
 *
 * What a shipper says of the pod that wrote a line (`kubernetes`) is kept
 * apart from what the line is about.
 */

#include "base/buf.h"
#include "base/slice.h"
#include "wire/record.h"

#include <stdbool.h>
#include <stdint.h>

enum field {
    FIELD_MESSAGE,
    FIELD_ERROR,
    FIELD_CALLER, /* klog's source file and line */
    FIELD_TIME,
    FIELD_LEVEL,
    FIELD_SEVERITY, /* a number of syslog's */
    FIELD_UNIT,
    FIELD_HOST,
    FIELD_BARE_HOST, /* the machine, or in containerd's JSON a registry */
    FIELD_NAMESPACE,
    FIELD_POD,
    FIELD_POD_UID,
    FIELD_CONTAINER,
    FIELD_IMAGE,
    FIELD_REASON,
    FIELD_KIND,
    FIELD_NAME, /* of the object */
    FIELD_FIELD_PATH,
    FIELD_TYPE,
    FIELD_COUNT,
    FIELD_FIRST,
    FIELD_LAST,
    FIELD_PATH, /* of the file that the line was in */
    FIELD_WRITER_NAMESPACE,
    FIELD_WRITER_POD,
    FIELD_WRITER_UID,
    FIELD_WRITER_CONTAINER,
    FIELD_STREAM, /* "stdout", "stderr" */
    FIELD_TAG,    /* "F", "P": whole or a piece */
    FIELDS,
};

/* The values as they were written, and how good each one's name is. */
struct fields {
    struct slice value[FIELDS];
    unsigned char rank[FIELDS];
    bool is_journal; /* by its names, it came out of journald */
    bool is_klog;    /* likewise of a Kubernetes program */
    bool has_msg;    /* a program's own record, not a shipper's */
};

/* Puts the value in if its name is known and no better name was seen. */
void fields_add(struct fields *fields, struct slice name, struct slice value);

/* Whether an object's own member of that name is what somebody said, */
bool fields_is_message(struct slice name);
/* or tells a whole line from a piece of one. */
bool fields_is_tag(struct slice name);

/* All members of an object, and those of known objects within it. */
void fields_add_object(struct fields *fields, struct slice object);

/* "2026-11-23T16:28:59Z", seconds, milliseconds or microseconds since 1970. */
bool fields_stamp(struct slice text, struct stamp *stamp);

/* The parts of /var/log/pods/NAMESPACE_POD_UID/CONTAINER/N.log, likewise. */
void fields_read_path(struct slice path, struct record *writer);

#endif
