/* SPDX-License-Identifier: Apache-2.0 */
#include "report/brief.h"

#include "report/words.h"

static bool
add_fact(struct buf *out, const char *before, const struct incident *incident,
         enum fact fact)
{
    struct slice value = incident_fact(incident, fact);
    if (value.len > 0) {
        buf_add_text(out, before);
        buf_add(out, value);
    }
    return value.len > 0;
}

void
brief_add_image(struct buf *out, const struct incident *incident)
{
    bool has_registry = add_fact(out, "", incident, FACT_REGISTRY);
    bool has_name =
        add_fact(out, has_registry ? "/" : "", incident, FACT_REPOSITORY);
    if (!has_name) {
        if (!has_registry) {
            add_fact(out, "", incident, FACT_IMAGE);
        }
        return;
    }
    add_fact(out, ":", incident, FACT_TAG);
    add_fact(out, "@", incident, FACT_DIGEST);
}

static void
add_pod(struct buf *out, const struct incident *incident)
{
    bool has_namespace = add_fact(out, "", incident, FACT_NAMESPACE);
    add_fact(out, has_namespace ? "/" : "", incident, FACT_POD);
}

void
brief_add_where(struct buf *out, const struct incident *incident)
{
    size_t before = out->len;
    switch (incident->cause->scope) {
    case SCOPE_REGISTRY:
        add_fact(out, "", incident, FACT_REGISTRY);
        break;
    case SCOPE_NODE:
        add_fact(out, "", incident, FACT_NODE);
        break;
    case SCOPE_POD:
        add_pod(out, incident);
        break;
    case SCOPE_IMAGE:
    case SCOPES:
        break;
    }
    if (out->len == before) {
        brief_add_image(out, incident);
    }
    if (out->len == before) {
        add_pod(out, incident);
    }
    if (out->len == before) {
        buf_add(out, incident_where(incident));
    }
    if (out->len == before) {
        buf_add_byte(out, '-');
    }
}

uint64_t
brief_count(const struct incident *incident)
{
    if (incident->stored_count == 0) {
        return incident->count;
    }
    /* What was read again is among what the history holds. */
    return incident->stored_count + incident->count - incident->replayed;
}

void
brief_add_count(struct buf *out, const struct incident *incident,
                enum language language)
{
    uint64_t count = brief_count(incident);
    words_add_number(out, count == 1 ? WORD_ONCE : WORD_TIMES, language, count);
}

size_t
brief_add_affected(struct buf *out, const struct incident *incident,
                   enum language language)
{
    size_t pods = incident_pods(incident);
    size_t nodes = incident_nodes(incident);
    if (pods > 0) {
        words_add_number(out, pods == 1 ? WORD_POD : WORD_PODS, language, pods);
    }
    if (pods > 0 && nodes > 0) {
        words_add(out, WORD_ON, language);
    }
    if (nodes > 0) {
        words_add_number(out, nodes == 1 ? WORD_NODE : WORD_NODES, language,
                         nodes);
    }
    return pods;
}

bool
brief_is_approximate(const struct incident *incident)
{
    return incident->stamp_trust == STAMP_APPROXIMATE
        || incident->stamp_trust == STAMP_MISSING;
}

void
brief_add_time(struct buf *out, const struct report_style *style,
               const struct incident *incident, int64_t us)
{
    char text[STAMP_TEXT];
    if (us == 0) {
        buf_add_byte(out, '-');
        return;
    }
    int64_t offset = style->offset ? style->offset(us) : 0;
    buf_add_text(out, brief_is_approximate(incident) ? "~" : "");
    if (offset == 0) {
        buf_add_text(out, stamp_format(us, text));
        return;
    }
    struct slice stamp = slice_from(stamp_format(us + offset, text));
    buf_add(out, slice_before(stamp, stamp.len - 1)); /* without its Z */
    brief_add_offset(out, offset);
}

void
brief_add_offset(struct buf *out, int64_t offset)
{
    int64_t minutes = (offset < 0 ? -offset : offset) / STAMP_MINUTE;
    buf_print(out, "%c%02d:%02d", offset < 0 ? '-' : '+', (int)(minutes / 60),
              (int)(minutes % 60));
}
