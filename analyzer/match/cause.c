/* SPDX-License-Identifier: Apache-2.0 */
#include "match/cause.h"

static const char *const severity_names[SEVERITIES] = {
    [SEVERITY_INFO] = "info",
    [SEVERITY_WARNING] = "warning",
    [SEVERITY_ERROR] = "error",
    [SEVERITY_CRITICAL] = "critical",
};

static const char *const scope_names[SCOPES] = {
    [SCOPE_REGISTRY] = "registry",
    [SCOPE_IMAGE] = "image",
    [SCOPE_NODE] = "node",
    [SCOPE_POD] = "pod",
};

static const char *const nature_names[NATURES] = {
    [NATURE_TRANSIENT] = "transient",
    [NATURE_PERMANENT] = "permanent",
    [NATURE_EITHER] = "either",
    [NATURE_NONE] = "none",
};

static const char *const language_names[LANGUAGES] = {
    [LANGUAGE_EN] = "en",
    [LANGUAGE_JA] = "ja",
};

const char *
severity_name(enum severity severity)
{
    return severity_names[severity];
}

const char *
scope_name(enum scope scope)
{
    return scope_names[scope];
}

const char *
nature_name(enum nature nature)
{
    return nature_names[nature];
}

const char *
language_name(enum language language)
{
    return language_names[language];
}

/* The index of a word in a table of names. */
static bool
read_word(const struct yaml *node, const char *const *names, size_t count,
          size_t *index, struct fault *fault)
{
    for (size_t i = 0; i < count; i++) {
        if (slice_equal(node->text, slice_from(names[i]))) {
            *index = i;
            return true;
        }
    }
    char list[128] = "";
    size_t len = 0;
    for (size_t i = 0; i < count; i++) {
        for (const char *at = names[i]; *at && len + 3 < sizeof(list); at++) {
            list[len++] = *at;
        }
        if (i + 1 < count && len + 3 < sizeof(list)) {
            list[len++] = ',';
            list[len++] = ' ';
        }
    }
    return yaml_fault(node, fault, "%.*s: %.*s is none of %s",
                      SLICE_ARG(node->key), SLICE_ARG(node->text), list);
}

static bool
read_scalar(const struct yaml *node, struct slice *text, struct fault *fault)
{
    if (node->kind != YAML_TEXT || slice_trim(node->text).len == 0) {
        return yaml_fault(node, fault, "%.*s: a text is wanted here",
                          SLICE_ARG(node->key));
    }
    *text = slice_trim(node->text);
    return true;
}

static bool
read_text(const struct yaml *node, struct text *text, struct fault *fault)
{
    if (node->kind != YAML_MAP) {
        return yaml_fault(node, fault, "%.*s: {en: ..., ja: ...} is wanted",
                          SLICE_ARG(node->key));
    }
    for (const struct yaml *item = node->first; item; item = item->next) {
        size_t language;
        struct yaml name = *item;
        name.text = item->key;
        if (!read_word(&name, language_names, LANGUAGES, &language, fault)
            || !read_scalar(item, &text->in[language], fault)) {
            return false;
        }
    }
    for (size_t i = 0; i < LANGUAGES; i++) {
        if (text->in[i].len == 0) {
            return yaml_fault(node, fault,
                              "%.*s: the translation '%s' is missing",
                              SLICE_ARG(node->key), language_names[i]);
        }
    }
    return true;
}

/* Every {{name}} must name a fact. */
static bool
check_template(const struct yaml *node, struct fault *fault)
{
    struct slice rest = node->text;
    struct slice before;
    struct slice name;
    enum fact fact;
    while (slice_cut_text(&rest, SLICE("{{"), &before)) {
        if (!slice_cut_text(&rest, SLICE("}}"), &name)) {
            return yaml_fault(node, fault, "run: a {{ is not closed by }}");
        }
        if (!fact_by_name(slice_trim(name), &fact)) {
            return yaml_fault(node, fault,
                              "run: {{%.*s}} is an unknown placeholder: no "
                              "fact is called so",
                              SLICE_ARG(name));
        }
    }
    return true;
}

static bool
read_number(const struct yaml *node, int most, int *number, struct fault *fault)
{
    uint64_t value;
    if (!slice_to_u64(node->text, &value) || value > (uint64_t)most) {
        return yaml_fault(node, fault, "%.*s: a number from 0 to %d is wanted",
                          SLICE_ARG(node->key), most);
    }
    *number = (int)value;
    return true;
}

static bool
read_flag(const struct yaml *node, bool *flag, struct fault *fault)
{
    static const char *const flags[] = {"false", "true"};
    size_t index;
    if (!read_word(node, flags, COUNT(flags), &index, fault)) {
        return false;
    }
    *flag = index == 1;
    return true;
}

static bool
read_step_key(const struct yaml *item, struct step *step, struct fault *fault)
{
    if (slice_equal(item->key, SLICE("say"))) {
        return read_text(item, &step->say, fault);
    }
    if (slice_equal(item->key, SLICE("run"))) {
        return read_scalar(item, &step->run, fault)
            && check_template(item, fault);
    }
    if (slice_equal(item->key, SLICE("changes"))) {
        return read_flag(item, &step->changes, fault);
    }
    return yaml_fault(item, fault,
                      "unknown key %.*s: say, run and changes may stand here",
                      SLICE_ARG(item->key));
}

static bool
read_step(const struct yaml *item, struct step *step, struct fault *fault)
{
    if (item->kind != YAML_MAP) {
        return yaml_fault(item, fault, "steps: a step is say: and run:");
    }
    for (const struct yaml *part = item->first; part; part = part->next) {
        if (!read_step_key(part, step, fault)) {
            return false;
        }
    }
    return step->say.in[LANGUAGE_EN].len > 0
        || yaml_fault(item, fault, "steps: a step lacks its say:");
}

static bool
read_steps(const struct yaml *node, struct arena *arena, struct remedy *remedy,
           struct fault *fault)
{
    if (node->kind != YAML_LIST || node->count == 0) {
        return yaml_fault(node, fault, "steps: a list of steps is wanted here");
    }
    struct step *steps = arena_alloc(arena, node->count * sizeof(*steps));
    for (const struct yaml *item = node->first; item; item = item->next) {
        if (!read_step(item, &steps[remedy->step_count++], fault)) {
            return false;
        }
    }
    remedy->steps = steps;
    return true;
}

/* "fact: [value, ...]" */
static bool
read_condition(const struct yaml *item, struct arena *arena,
               struct condition *condition, struct fault *fault)
{
    if (!fact_by_name(item->key, &condition->fact)) {
        return yaml_fault(item, fault, "when: no fact is called %.*s",
                          SLICE_ARG(item->key));
    }
    if (item->kind != YAML_LIST || item->count == 0) {
        return yaml_fault(item, fault, "when: %.*s: [value, ...] is wanted",
                          SLICE_ARG(item->key));
    }
    struct slice *values = arena_alloc(arena, item->count * sizeof(*values));
    for (const struct yaml *v = item->first; v; v = v->next) {
        values[condition->count++] = v->text;
    }
    condition->values = values;
    return true;
}

/* "{fact: [value, ...]}" */
static bool
read_conditions(const struct yaml *node, struct arena *arena,
                struct conditions *conditions, struct fault *fault)
{
    if (node->kind != YAML_MAP || node->count == 0) {
        return yaml_fault(node, fault,
                          "when, likely: {fact: [value, ...]} is wanted");
    }
    struct condition *items = arena_alloc(arena, node->count * sizeof(*items));
    for (const struct yaml *item = node->first; item; item = item->next) {
        if (!read_condition(item, arena, &items[conditions->count++], fault)) {
            return false;
        }
    }
    conditions->items = items;
    return true;
}

static bool
read_likely(const struct yaml *node, struct arena *arena, struct remedy *remedy,
            struct fault *fault)
{
    if (node->kind != YAML_LIST || node->count == 0) {
        return yaml_fault(node, fault,
                          "likely: [{fact: [value, ...]}, ...] is wanted");
    }
    struct conditions *likely =
        arena_alloc(arena, node->count * sizeof(*likely));
    for (const struct yaml *item = node->first; item; item = item->next) {
        if (!read_conditions(item, arena, &likely[remedy->likely_count++],
                             fault)) {
            return false;
        }
    }
    remedy->likely = likely;
    return true;
}

static bool
read_remedy_key(const struct yaml *item, struct arena *arena,
                struct remedy *remedy, struct fault *fault)
{
    if (slice_equal(item->key, SLICE("id"))) {
        return read_scalar(item, &remedy->id, fault);
    }
    if (slice_equal(item->key, SLICE("title"))) {
        return read_text(item, &remedy->title, fault);
    }
    if (slice_equal(item->key, SLICE("when"))) {
        return read_conditions(item, arena, &remedy->when, fault);
    }
    if (slice_equal(item->key, SLICE("likely"))) {
        return read_likely(item, arena, remedy, fault);
    }
    if (slice_equal(item->key, SLICE("weight"))) {
        return read_number(item, WEIGHT_MAX, &remedy->weight, fault);
    }
    if (slice_equal(item->key, SLICE("steps"))) {
        return read_steps(item, arena, remedy, fault);
    }
    return yaml_fault(item, fault,
                      "unknown key %.*s: id, title, when, likely, weight and "
                      "steps (or use alone) may stand here",
                      SLICE_ARG(item->key));
}

static bool
read_remedy(const struct yaml *node, struct arena *arena, struct remedy *remedy,
            struct fault *fault)
{
    if (node->kind != YAML_MAP) {
        return yaml_fault(node, fault,
                          "remedies: a remedy has id:, title: and "
                          "steps:");
    }
    for (const struct yaml *item = node->first; item; item = item->next) {
        if (!read_remedy_key(item, arena, remedy, fault)) {
            return false;
        }
    }
    if (remedy->id.len == 0 || remedy->title.in[LANGUAGE_EN].len == 0
        || remedy->step_count == 0) {
        return yaml_fault(node, fault,
                          "remedies: a remedy lacks its id:, title: or steps:");
    }
    return true;
}

bool
cause_read_shared(const struct yaml *root, struct arena *arena,
                  struct shared_remedies *shared, struct fault *fault)
{
    const struct yaml *list = yaml_get(root, "shared");
    if (!list || list->kind != YAML_LIST) {
        return yaml_fault(root, fault, "shared: a list of remedies is wanted");
    }
    struct remedy *items = arena_alloc(arena, list->count * sizeof(*items));
    size_t count = 0;
    for (const struct yaml *item = list->first; item; item = item->next) {
        if (!read_remedy(item, arena, &items[count++], fault)) {
            return false;
        }
    }
    shared->items = items;
    shared->count = count;
    return true;
}

static const struct remedy *
find_shared(const struct shared_remedies *shared, const struct yaml *use,
            struct fault *fault)
{
    for (size_t i = 0; i < shared->count; i++) {
        if (slice_equal(shared->items[i].id, use->text)) {
            return &shared->items[i];
        }
    }
    yaml_fault(use, fault, "use: shared.yaml has no remedy %.*s",
               SLICE_ARG(use->text));
    return NULL;
}

/* "use: ID", or a remedy of its own; NULL if it is wrong. */
static const struct remedy *
remedy_of(const struct yaml *item, struct arena *arena,
          const struct shared_remedies *shared, struct fault *fault)
{
    const struct yaml *use = yaml_get(item, "use");
    if (use && item->count == 1) {
        return find_shared(shared, use, fault);
    }
    struct remedy *remedy = arena_alloc(arena, sizeof(*remedy));
    return read_remedy(item, arena, remedy, fault) ? remedy : NULL;
}

static bool
read_remedies(const struct yaml *node, struct arena *arena,
              const struct shared_remedies *shared, struct cause *cause,
              struct fault *fault)
{
    if (node->kind != YAML_LIST || node->count == 0) {
        return yaml_fault(node, fault, "remedies: a list is wanted here");
    }
    const struct remedy **list =
        arena_alloc(arena, node->count * sizeof(const struct remedy *));
    for (const struct yaml *item = node->first; item; item = item->next) {
        const struct remedy *remedy = remedy_of(item, arena, shared, fault);
        if (!remedy) {
            return false;
        }
        list[cause->remedy_count++] = remedy;
    }
    cause->remedies = list;
    return true;
}

static bool
read_sample_facts(const struct yaml *node, struct sample *sample,
                  struct fault *fault)
{
    if (node->kind != YAML_MAP) {
        return yaml_fault(node, fault, "facts: {fact: value} is wanted");
    }
    for (const struct yaml *item = node->first; item; item = item->next) {
        enum fact fact;
        if (!fact_by_name(item->key, &fact)) {
            return yaml_fault(item, fault, "facts: no fact is called %.*s",
                              SLICE_ARG(item->key));
        }
        sample->facts.value[fact] = item->text;
    }
    return true;
}

static bool
read_sample(const struct yaml *item, struct sample *sample, struct fault *fault)
{
    sample->row = item->line;
    if (item->kind == YAML_TEXT) {
        sample->line = item->text;
    } else {
        const struct yaml *line = yaml_get(item, "line");
        const struct yaml *facts = yaml_get(item, "facts");
        size_t known = (line ? 1u : 0u) + (facts ? 1u : 0u);
        if (!line || item->count != known) {
            return yaml_fault(item, fault,
                              "samples: {line: ..., facts: {...}} is wanted");
        }
        sample->line = line->text;
        if (facts && !read_sample_facts(facts, sample, fault)) {
            return false;
        }
    }
    sample->line = slice_trim(sample->line);
    if (sample->line.len == 0) {
        return yaml_fault(item, fault, "samples: a line is empty");
    }
    return true;
}

static bool
read_samples(const struct yaml *node, struct arena *arena,
             const struct sample **samples, size_t *count, struct fault *fault)
{
    if (node->kind != YAML_LIST) {
        return yaml_fault(node, fault, "%.*s: a list is wanted here",
                          SLICE_ARG(node->key));
    }
    struct sample *list = arena_alloc(arena, node->count * sizeof(*list));
    for (const struct yaml *item = node->first; item; item = item->next) {
        if (!read_sample(item, &list[(*count)++], fault)) {
            return false;
        }
    }
    *samples = list;
    return true;
}

static bool
read_sources(const struct yaml *node, struct arena *arena, struct cause *cause,
             struct fault *fault)
{
    if (node->kind != YAML_LIST) {
        return yaml_fault(node, fault, "sources: a list is wanted here");
    }
    struct slice *list = arena_alloc(arena, node->count * sizeof(*list));
    for (const struct yaml *item = node->first; item; item = item->next) {
        list[cause->source_count++] = item->text;
    }
    cause->sources = list;
    return true;
}

/* The keys that hold one word out of a table. */
static bool
read_kind(const struct yaml *item, struct cause *cause, bool *is_known,
          struct fault *fault)
{
    size_t index = 0;
    bool ok = true;
    *is_known = true;
    if (slice_equal(item->key, SLICE("severity"))) {
        ok = read_word(item, severity_names, SEVERITIES, &index, fault);
        cause->severity = (enum severity)index;
    } else if (slice_equal(item->key, SLICE("scope"))) {
        ok = read_word(item, scope_names, SCOPES, &index, fault);
        cause->scope = (enum scope)index;
    } else if (slice_equal(item->key, SLICE("class"))) {
        ok = read_word(item, nature_names, NATURES, &index, fault);
        cause->nature = (enum nature)index;
    } else {
        *is_known = false;
    }
    return ok;
}

/* It is a key in the history, a metric's label and an argument. */
static bool
read_slug(const struct yaml *node, struct slice *slug, struct fault *fault)
{
    enum {
        LONGEST = 63
    };

    if (!read_scalar(node, slug, fault)) {
        return false;
    }
    bool ok = slug->len <= LONGEST && slug->data[0] != '-';
    for (size_t i = 0; i < slug->len; i++) {
        char byte = slug->data[i];
        ok = ok
          && ((byte >= 'a' && byte <= 'z') || (byte >= '0' && byte <= '9')
              || byte == '-');
    }
    return ok
        || yaml_fault(node, fault,
                      "cause: lower-case letters, digits and - are wanted, "
                      "%d at most",
                      LONGEST);
}

static bool
read_key(const struct yaml *item, struct arena *arena, struct cause *cause,
         struct fault *fault)
{
    bool is_known;
    if (!read_kind(item, cause, &is_known, fault)) {
        return false;
    }
    if (is_known || slice_equal(item->key, SLICE("match"))
        || slice_equal(item->key, SLICE("remedies"))) {
        return true;
    }
    if (slice_equal(item->key, SLICE("cause"))) {
        return read_slug(item, &cause->slug, fault);
    }
    if (slice_equal(item->key, SLICE("title"))) {
        return read_text(item, &cause->title, fault);
    }
    if (slice_equal(item->key, SLICE("why"))) {
        return read_text(item, &cause->why, fault);
    }
    if (slice_equal(item->key, SLICE("rank"))) {
        return read_number(item, 5, &cause->rank, fault);
    }
    if (slice_equal(item->key, SLICE("joins"))) {
        return read_flag(item, &cause->joins, fault);
    }
    if (slice_equal(item->key, SLICE("yields"))) {
        return read_flag(item, &cause->yields, fault);
    }
    if (slice_equal(item->key, SLICE("sources"))) {
        return read_sources(item, arena, cause, fault);
    }
    if (slice_equal(item->key, SLICE("samples"))) {
        return read_samples(item, arena, &cause->samples, &cause->sample_count,
                            fault);
    }
    if (slice_equal(item->key, SLICE("rejects"))) {
        return read_samples(item, arena, &cause->rejects, &cause->reject_count,
                            fault);
    }
    return yaml_fault(item, fault,
                      "unknown key %.*s: cause, title, severity, scope, class, "
                      "rank, joins, yields, sources, match, why, remedies, "
                      "samples and rejects "
                      "may stand here",
                      SLICE_ARG(item->key));
}

bool
cause_read(const struct yaml *root, struct arena *arena,
           const struct shared_remedies *shared, struct cause *cause,
           struct fault *fault)
{
    static const char *const wanted[] = {
        "cause", "title", "severity", "scope",    "class",
        "rank",  "match", "why",      "remedies", "samples",
    };
    if (root->kind != YAML_MAP) {
        return yaml_fault(root, fault, "a file begins with cause: SLUG");
    }
    for (const struct yaml *item = root->first; item; item = item->next) {
        if (!read_key(item, arena, cause, fault)) {
            return false;
        }
    }
    for (size_t i = 0; i < COUNT(wanted); i++) {
        if (!yaml_get(root, wanted[i])) {
            return yaml_fault(root, fault, "the key %s: is missing", wanted[i]);
        }
    }
    cause->row = root->line;
    return read_remedies(yaml_get(root, "remedies"), arena, shared, cause,
                         fault);
}
