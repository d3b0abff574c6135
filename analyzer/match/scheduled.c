/* SPDX-License-Identifier: Apache-2.0 */
#include "match/scheduled.h"

static bool
is_row(const struct record *record)
{
    return (record->format == FORMAT_COLUMNS
            || record->format == FORMAT_DESCRIBE)
        && slice_equal(record->reason, SLICE("Scheduled"));
}

bool
scheduled_read(const struct record *record, struct facts *facts)
{
    struct slice node = record->message;
    struct slice namespace;
    struct slice pod;
    if (!is_row(record) || !slice_skip(&node, SLICE("Successfully assigned "))
        || !slice_cut_text(&node, SLICE("/"), &namespace)
        || !slice_cut_text(&node, SLICE(" to "), &pod)) {
        return false;
    }
    node = slice_trim(node);
    if (!fact_is_sound(FACT_NAMESPACE, namespace)
        || !fact_is_sound(FACT_POD, pod) || !fact_is_sound(FACT_NODE, node)) {
        return false;
    }
    *facts = (struct facts){0};
    facts->value[FACT_NAMESPACE] = namespace;
    facts->value[FACT_POD] = pod;
    facts->value[FACT_NODE] = node;
    return true;
}
