/* SPDX-License-Identifier: Apache-2.0 */
#include "incident/key.h"

/* What is tried for each scope, best first; FACTS ends a row. */
static const enum fact spans[SCOPES][5] = {
    [SCOPE_REGISTRY] = {FACT_REGISTRY, FACT_URL_HOST, FACT_IMAGE, FACT_NODE,
                        FACTS},
    [SCOPE_IMAGE] = {FACT_REPOSITORY, FACT_IMAGE, FACT_POD, FACT_NODE, FACTS},
    [SCOPE_NODE] = {FACT_NODE, FACT_POD, FACT_REGISTRY, FACT_IMAGE, FACTS},
    [SCOPE_POD] = {FACT_POD, FACT_IMAGE, FACT_NODE, FACTS, FACTS},
};

/* A slow pull is the node's, or the way's to the registry; never one pod's. */
static const enum fact remark_span[] = {FACT_NODE, FACT_REGISTRY, FACT_IMAGE,
                                        FACT_POD, FACTS};

static void
add_reference(struct buf *buf, const struct facts *facts)
{
    buf_add(buf, facts->value[FACT_REGISTRY]);
    buf_add_byte(buf, '/');
    buf_add(buf, facts->value[FACT_REPOSITORY]);
    if (facts->value[FACT_TAG].len > 0) {
        buf_add_byte(buf, ':');
        buf_add(buf, facts->value[FACT_TAG]);
    }
    if (facts->value[FACT_DIGEST].len > 0) {
        buf_add_byte(buf, '@');
        buf_add(buf, facts->value[FACT_DIGEST]);
    }
}

struct slice
key_of(struct buf *buf, const struct cause *cause, const struct facts *facts)
{
    bool is_remark = cause->severity == SEVERITY_INFO;
    const enum fact *span = is_remark ? remark_span : spans[cause->scope];
    buf_clear(buf);
    buf_add(buf, cause->slug);
    buf_add_byte(buf, '|');
    while (*span != FACTS && facts->value[*span].len == 0) {
        span++;
    }
    if (*span == FACT_REPOSITORY) {
        add_reference(buf, facts);
    } else if (*span == FACT_POD) {
        buf_add(buf, facts->value[FACT_NAMESPACE]);
        buf_add_byte(buf, '/');
        buf_add(buf, facts->value[FACT_POD]);
    } else if (*span != FACTS) {
        buf_add(buf, facts->value[*span]);
    }
    return buf_slice(buf);
}
