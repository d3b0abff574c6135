/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PULLWHY_WIRE_RECORD_H
#define PULLWHY_WIRE_RECORD_H

/*
 * One decoded line (or event object): who said what, and when.
 *
 * All slices view the line or the decoder's scratch memory and are valid until
 * the decoder is fed again. What the line does not say is empty; a decoder
 * never guesses.
 */

#include "base/slice.h"
#include "base/stamp.h"

#include <stdint.h>

enum level {
    LEVEL_UNKNOWN,
    LEVEL_INFO, /* also debug and trace, and an event of type Normal */
    LEVEL_WARNING,
    LEVEL_ERROR, /* also fatal */
};

/* What the decoders offer; the rows of the table in decode.c have this
 * order. */
enum format {
    FORMAT_PLAIN,
    FORMAT_KLOG,
    FORMAT_LOGFMT,
    FORMAT_CRI,
    FORMAT_JOURNAL,
    FORMAT_SYSLOG,
    FORMAT_EVENT,
    FORMAT_COLUMNS,
    FORMAT_DESCRIBE,
    FORMAT_JSON,
    FORMAT_CSV,
    FORMATS,
};

struct record {
    enum format format; /* the innermost envelope that was recognised */
    struct stamp stamp; /* the innermost one */
    enum level level;

    /*
     * message: what is said, with the envelope's escaping taken off. error: the
     * value of klog's err= or logfmt's error=, unescaped; empty where the
     * message holds it all (events, plain text).
     */
    struct slice message;
    struct slice error;

    struct slice unit;   /* kubelet, containerd, ... */
    struct slice file;   /* klog's source file, pod_workers.go */
    struct slice node;   /* host in a syslog line, event source.host */
    struct slice reason; /* an event's: Failed, ...; a pod's: ErrImagePull */
    struct slice kind;   /* of the object: "Pod", "pod"; may be empty */
    struct slice namespace;
    struct slice pod;
    struct slice pod_uid;
    struct slice container; /* name alone, out of spec.containers{NAME} too */
    struct slice image;     /* klog's image=, as written */
    struct slice secret;    /* the first of a pod object's imagePullSecrets */
    struct slice host;      /* containerd's host= */
    struct slice identity;  /* an event's uid; empty if it has none */
    uint64_t count;         /* an event's count, "(x4 over 5m)"; 1 otherwise */
    int64_t first_seen;     /* microseconds; 0 if not said */
};

#endif
