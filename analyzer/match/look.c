/* SPDX-License-Identifier: Apache-2.0 */
#include "match/look.h"

enum {
    FACT_NAME_LONGEST = 64,
    NEED_SHORTEST = 2, /* the prefilter looks for pairs of bytes */
};

static bool
is_fit_for_need(struct slice literal)
{
    for (size_t i = 0; i < literal.len; i++) {
        if (slice_find_byte(SLICE("\"\\<>&"), literal.data[i]) != SLICE_NONE) {
            return false;
        }
    }
    return true;
}

static bool
read_needs(const struct yaml *node, struct arena *arena, struct look *look,
           struct fault *fault)
{
    if (node->kind != YAML_LIST || node->count == 0) {
        return yaml_fault(node, fault,
                          "needs: give a list of literals, [\"...\"]");
    }
    struct slice *needs = arena_alloc(arena, node->count * sizeof(*needs));
    for (const struct yaml *item = node->first; item; item = item->next) {
        if (item->kind != YAML_TEXT || item->text.len < NEED_SHORTEST) {
            return yaml_fault(item, fault,
                              "needs: a literal has at least %d bytes",
                              NEED_SHORTEST);
        }
        if (!is_fit_for_need(item->text)) {
            return yaml_fault(item, fault,
                              "needs: a literal must not hold any of \" \\ "
                              "< > &, since logs escape and masks hide them");
        }
        needs[look->need_count++] = item->text;
    }
    look->needs = needs;
    return true;
}

/* A dot cannot stand in a group's name: "acr__name" is the fact acr.name. */
static bool
fact_of_group(struct slice group, int *label)
{
    char name[FACT_NAME_LONGEST];
    enum fact fact;
    size_t len = 0;
    for (size_t i = 0; i < group.len && len < sizeof(name); i++) {
        if (slice_starts(slice_after(group, i), SLICE("__"))) {
            name[len++] = '.';
            i++;
        } else {
            name[len++] = group.data[i];
        }
    }
    if (!fact_by_name(slice_of(name, len), &fact)) {
        return false;
    }
    *label = (int)fact;
    return true;
}

static bool
read_pattern(const struct yaml *node, enum look_origin origin,
             struct look *look, struct fault *fault)
{
    struct fault inner;
    if (node->kind != YAML_TEXT || node->text.len == 0) {
        return yaml_fault(node, fault, "pattern: is empty");
    }
    look->rule = rule_new(node->text, fact_of_group);
    return origin == LOOK_BUILT_IN || rule_prepare(look->rule, &inner)
        || yaml_fault(node, fault, "pattern: %s", inner.text);
}

/* A map of fact names to single words. */
static bool
is_fact_map(const struct yaml *node)
{
    for (const struct yaml *item = node->first; item; item = item->next) {
        if (item->kind != YAML_TEXT || item->text.len == 0) {
            return false;
        }
    }
    return node->kind == YAML_MAP && node->count > 0;
}

static bool
read_where(const struct yaml *node, enum look_origin origin, struct look *look,
           struct fault *fault)
{
    struct fault inner;
    if (!is_fact_map(node)) {
        return yaml_fault(node, fault, "where: {fact: 'pattern'} is wanted");
    }
    for (const struct yaml *item = node->first; item; item = item->next) {
        size_t i = look->where_count;
        if (i == LOOK_WHERES) {
            return yaml_fault(item, fault, "where: more than %d facts",
                              LOOK_WHERES);
        }
        if (!fact_by_name(item->key, &look->wheres[i].fact)) {
            return yaml_fault(item, fault, "where: no fact is called %.*s",
                              SLICE_ARG(item->key));
        }
        look->wheres[i].rule = rule_new(item->text, NULL);
        look->where_count++;
        if (origin == LOOK_FOREIGN
            && !rule_prepare(look->wheres[i].rule, &inner)) {
            return yaml_fault(item, fault, "where: %s", inner.text);
        }
    }
    return true;
}

static bool
read_sets(const struct yaml *node, struct look *look, struct fault *fault)
{
    if (!is_fact_map(node)) {
        return yaml_fault(node, fault, "facts: {fact: value} is wanted");
    }
    for (const struct yaml *item = node->first; item; item = item->next) {
        size_t i = look->set_count;
        if (i == LOOK_SETS) {
            return yaml_fault(item, fault, "facts: more than %d facts",
                              LOOK_SETS);
        }
        if (!fact_by_name(item->key, &look->sets[i].fact)) {
            return yaml_fault(item, fault, "facts: no fact is called %.*s",
                              SLICE_ARG(item->key));
        }
        look->sets[i].value = item->text;
        look->set_count++;
    }
    return true;
}

static bool
read_flag(const struct yaml *node, bool *flag, struct fault *fault)
{
    if (slice_equal(node->text, SLICE("true"))) {
        *flag = true;
    } else if (slice_equal(node->text, SLICE("false"))) {
        *flag = false;
    } else {
        return yaml_fault(node, fault, "%.*s: true or false is wanted here",
                          SLICE_ARG(node->key));
    }
    return true;
}

static bool
read_priority(const struct yaml *node, struct look *look, struct fault *fault)
{
    enum {
        HIGHEST = 100
    };
    struct slice digits = node->text;
    uint64_t value = 0;
    bool is_negative = slice_skip(&digits, SLICE("-"));
    if (!slice_to_u64(digits, &value) || value > HIGHEST) {
        return yaml_fault(node, fault, "priority: a number from -%d to %d",
                          HIGHEST, HIGHEST);
    }
    look->priority = is_negative ? -(int)value : (int)value;
    return true;
}

static bool
read_key(const struct yaml *item, enum look_origin origin, struct arena *arena,
         struct look *look, struct fault *fault)
{
    struct slice key = item->key;
    if (slice_equal(key, SLICE("needs"))) {
        return read_needs(item, arena, look, fault);
    }
    if (slice_equal(key, SLICE("pattern"))) {
        return read_pattern(item, origin, look, fault);
    }
    if (slice_equal(key, SLICE("where"))) {
        return read_where(item, origin, look, fault);
    }
    if (slice_equal(key, SLICE("facts"))) {
        return read_sets(item, look, fault);
    }
    if (slice_equal(key, SLICE("alone"))) {
        return read_flag(item, &look->is_alone, fault);
    }
    if (slice_equal(key, SLICE("fallback"))) {
        return read_flag(item, &look->is_fallback, fault);
    }
    if (slice_equal(key, SLICE("success"))) {
        return read_flag(item, &look->is_success, fault);
    }
    if (slice_equal(key, SLICE("attempt"))) {
        return read_flag(item, &look->is_attempt, fault);
    }
    if (slice_equal(key, SLICE("note"))) {
        return read_flag(item, &look->is_note, fault);
    }
    if (slice_equal(key, SLICE("priority"))) {
        return read_priority(item, look, fault);
    }
    return yaml_fault(item, fault,
                      "unknown key %.*s: needs, pattern, where, facts, alone, "
                      "fallback, success, attempt, note and priority may stand "
                      "here",
                      SLICE_ARG(key));
}

bool
look_read(const struct yaml *node, enum look_origin origin, struct arena *arena,
          struct look *look, struct fault *fault)
{
    *look = (struct look){.row = node->line};
    if (node->kind != YAML_MAP) {
        return yaml_fault(node, fault,
                          "match: a block with a pattern: is "
                          "wanted here");
    }
    for (const struct yaml *item = node->first; item; item = item->next) {
        if (!read_key(item, origin, arena, look, fault)) {
            look_free(look);
            return false;
        }
    }
    if (!look->rule) {
        look_free(look);
        return yaml_fault(node, fault, "match: a block lacks its pattern:");
    }
    if (look->need_count == 0 && !look->is_fallback) {
        look_free(look);
        return yaml_fault(node, fault,
                          "match: a block lacks its needs: (literals that its "
                          "pattern cannot do without)");
    }
    return true;
}

void
look_free(struct look *look)
{
    rule_free(look->rule);
    for (size_t i = 0; i < look->where_count; i++) {
        rule_free(look->wheres[i].rule);
    }
    look->rule = NULL;
    look->where_count = 0;
}

static bool
has_needs(const struct look *look, struct slice text)
{
    for (size_t i = 0; i < look->need_count; i++) {
        if (slice_find(text, look->needs[i]) == SLICE_NONE) {
            return false;
        }
    }
    return true;
}

static void
learn(struct facts *facts, enum fact fact, struct slice value)
{
    if (facts->value[fact].len == 0) {
        facts->value[fact] = value;
    }
}

bool
look_search(const struct look *look, struct rule_matcher *matcher,
            struct slice text, struct rule_hit *hit)
{
    return rule_match(look->rule, matcher, text, hit);
}

bool
look_suits(const struct look *look, struct rule_matcher *matcher,
           const struct facts *facts)
{
    struct rule_hit unused;
    for (size_t i = 0; i < look->where_count; i++) {
        struct slice value = facts->value[look->wheres[i].fact];
        if (value.len == 0
            || !rule_match(look->wheres[i].rule, matcher, value, &unused)) {
            return false;
        }
    }
    return true;
}

void
look_learn(const struct look *look, const struct rule_hit *hit,
           struct facts *facts)
{
    int label;
    for (size_t i = 0; rule_label(look->rule, i, &label); i++) {
        learn(facts, (enum fact)label, slice_trim(hit->parts[i]));
    }
    for (size_t i = 0; i < look->set_count; i++) {
        learn(facts, look->sets[i].fact, look->sets[i].value);
    }
}

static bool
matches(const struct look *look, struct rule_matcher *matcher,
        struct slice text, struct facts *facts)
{
    struct rule_hit hit;
    if (!has_needs(look, text) || !look_suits(look, matcher, facts)
        || !look_search(look, matcher, text, &hit)) {
        return false;
    }
    look_learn(look, &hit, facts);
    return true;
}

bool
look_matches(const struct look *look, struct rule_matcher *matcher,
             struct slice text, struct facts *facts)
{
    if (text.len <= 2 * (size_t)LOOK_WINDOW) {
        return matches(look, matcher, text, facts);
    }
    return matches(look, matcher, slice_before(text, LOOK_WINDOW), facts)
        || matches(look, matcher, slice_after(text, text.len - LOOK_WINDOW),
                   facts);
}

uint64_t
look_breaks(const struct look *look)
{
    uint64_t breaks = rule_breaks(look->rule);
    for (size_t i = 0; i < look->where_count; i++) {
        breaks += rule_breaks(look->wheres[i].rule);
    }
    return breaks;
}
