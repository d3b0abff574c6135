/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PULLWHY_APP_PIPELINE_PARTS_H
#define PULLWHY_APP_PIPELINE_PARTS_H

/* What a pipeline is made of; for pipeline.c and observe.c alone. */

#include "app/echo.h"
#include "app/foresight.h"
#include "app/pipeline.h"
#include "app/reader.h"
#include "base/buf.h"
#include "base/mem.h"
#include "match/classify.h"

struct origin {
    struct pipeline *pipeline;
    struct reader *reader; /* NULL once it is closed */
    char *name;
    char *identity;
    char *cursor;
    uint64_t anchor;
    int64_t modified_at;
    uint64_t began;   /* where this run began to count */
    uint64_t ended;   /* where it ended, once it is closed */
    uint64_t resume;  /* likewise, where the next run goes on */
    uint64_t counted; /* bytes that the history has counted before */
    uint64_t torn;    /* bytes of a last line that may yet grow */
    uint64_t told;    /* where the last line that told something ends */
    int64_t now;      /* of the chunk that is being read */
    bool is_by_lines; /* what ends with a line before `counted` is counted */
    bool is_open;     /* likewise, but what began before and has not ended */
    bool is_live;     /* it goes on from a mark, and is not told again */
    bool is_marked;   /* its mark is newer than the history's */
    bool is_told;     /* what its decoder kept was told: nothing to resume */
    bool is_ended;    /* nothing more comes of what is not live */
    bool is_closed;
    struct origin *next;
};

struct pipeline {
    struct pipeline_config config;
    struct classifier *classifier;
    struct skeleton *skeleton;
    struct echoes *echoes;       /* NULL if the config is_forgetful */
    struct alike *alike;         /* heads of lines that are passed over */
    struct foresight *foresight; /* NULL: nothing is read ahead */
    struct origin *origins;
    size_t origin_count;
    uint64_t failures;
    uint64_t successes;
    size_t closed_count;
    struct pipeline_statistics gone; /* of origins that are closed */
    struct arena scratch;            /* for one record */
    struct buf line;
    bool has_line;        /* as it is kept of the reading before */
    bool is_history_down; /* the last flush failed */
};

#endif
