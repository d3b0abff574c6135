/* SPDX-License-Identifier: Apache-2.0 */
#include "app/option_set.h"

#include "app/near.h"
#include "base/stamp.h"
#include "report/azure.h"
#include "source/blocks.h"
#include "wire/decode.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

/* An enum of the table is stored by its number. */
static_assert(sizeof(enum output) == sizeof(unsigned)
                  && sizeof(enum language) == sizeof(unsigned)
                  && sizeof(enum color) == sizeof(unsigned)
                  && sizeof(enum format) == sizeof(unsigned),
              "an enum is as large as an unsigned");

/* What is being set; in one piece, for those who do it. */
struct setting {
    const struct option_row *row;
    const char *value;
    const struct option_place *place;
    struct options *options;
    char label[64]; /* "--db", "db", "PULLWHY_DB" */
};

bool
option_level_is_file(enum option_level level)
{
    return level == LEVEL_SYSTEM_FILE || level == LEVEL_USER_FILE;
}

static size_t
index_of(const struct options *options, const struct option_row *row)
{
    size_t index = (size_t)(row - options->table->rows);
    assert(index < options->table->count);
    return index;
}

const struct option_place *
option_place(const struct options *options, const void *field)
{
    static const struct option_place nowhere = {.level = LEVEL_DEFAULT};
    size_t offset = (size_t)((const char *)field - (const char *)options);
    for (size_t i = 0; i < options->table->count; i++) {
        const struct option_row *row = &options->table->rows[i];
        if (row->field == offset && row->kind != OPTION_FACT
            && row->kind != OPTION_LIST) {
            return &options->places[i];
        }
    }
    return &nowhere;
}

/* Whether this place is believed; it is noted then. */
static bool
claim(const struct setting *setting)
{
    struct options *options = setting->options;
    size_t index = index_of(options, setting->row);
    if (options->places[index].level > setting->place->level) {
        return false;
    }
    options->places[index] = *setting->place;
    options->said[index] = setting->value;
    return true;
}

static void
store(const struct setting *setting, const void *value, size_t size)
{
    if (claim(setting)) {
        memcpy((char *)setting->options + setting->row->field, value, size);
    }
}

/* The row's argument lists the words, with | between, in the enum's order. */
static bool
one_of(const struct setting *setting, unsigned *index, struct fault *fault)
{
    struct slice rest = slice_from(setting->row->argument);
    struct slice value = slice_from(setting->value);
    struct slice name;
    for (*index = 0; rest.len > 0; ++*index) {
        if (!slice_cut(&rest, '|', &name)) {
            name = rest;
            rest = slice_of(NULL, 0);
        }
        if (slice_equal(name, value)) {
            return true;
        }
    }
    return fault_set(fault, FAULT_USAGE, 0, "%s: %s is none of %s",
                     setting->label, setting->value, setting->row->argument);
}

static bool
set_choice(const struct setting *setting, struct fault *fault)
{
    unsigned index;
    if (!one_of(setting, &index, fault)) {
        return false;
    }
    store(setting, &index, sizeof(index));
    return true;
}

static bool
set_word(const struct setting *setting, struct fault *fault)
{
    unsigned index;
    if (!one_of(setting, &index, fault)) {
        return false;
    }
    store(setting, &setting->value, sizeof(setting->value));
    return true;
}

static bool
set_text(const struct setting *setting, struct fault *fault)
{
    (void)fault;
    store(setting, &setting->value, sizeof(setting->value));
    return true;
}

static bool
set_provider(const struct setting *setting, struct fault *fault)
{
    struct facts facts = {0};
    if (!azure_read_provider_id(slice_from(setting->value), &facts)) {
        return fault_set(
            fault, FAULT_USAGE, 0,
            "%s: '%s' is no azure:///subscriptions/...; 'kubectl get node NODE "
            "--output jsonpath={.spec.providerID}' prints it",
            setting->label, setting->value);
    }
    return set_text(setting, fault);
}

static bool
set_switch(const struct setting *setting, struct fault *fault)
{
    const char *value = setting->value;
    bool is_on = !value || strcmp(value, "true") == 0;
    if (!is_on && strcmp(value, "false") != 0) {
        return fault_set(fault, FAULT_USAGE, 0, "%s: true or false is wanted",
                         setting->label);
    }
    store(setting, &is_on, sizeof(is_on));
    return true;
}

static bool
set_time(const struct setting *setting, struct fault *fault)
{
    struct slice text = slice_from(setting->value);
    struct stamp stamp;
    int64_t span;
    if (stamp_span(text, &span)) {
        stamp.us = setting->options->now - span;
    } else if (!stamp_read_rfc3339(&text, &stamp) || text.len > 0) {
        return fault_set(fault, FAULT_USAGE, 0,
                         "%s: %s is neither a span (2h, 7d) nor a time "
                         "(2026-11-23T16:00:00Z)",
                         setting->label, setting->value);
    }
    store(setting, &stamp.us, sizeof(stamp.us));
    return true;
}

static bool
set_time_from(const struct setting *setting, int64_t least, struct fault *fault)
{
    int64_t span;
    if (!stamp_span(slice_from(setting->value), &span) || span < least) {
        return fault_set(fault, FAULT_USAGE, 0,
                         "%s: %s is no length of time (30s, 10m, 2h)",
                         setting->label, setting->value);
    }
    store(setting, &span, sizeof(span));
    return true;
}

static bool
set_span(const struct setting *setting, struct fault *fault)
{
    return set_time_from(setting, 1, fault);
}

static bool
set_delay(const struct setting *setting, struct fault *fault)
{
    return set_time_from(setting, 0, fault);
}

static bool
set_size(const struct setting *setting, struct fault *fault)
{
    static const char units[] = "KMG";
    struct slice text = slice_from(setting->value);
    uint64_t value = 0;
    unsigned shift = 0;
    const char *unit =
        text.len > 0 ? strchr(units, text.data[text.len - 1]) : NULL;
    if (unit && *unit) {
        shift = 10 * (unsigned)(unit - units + 1);
        text = slice_before(text, text.len - 1);
    }
    if (!slice_to_u64(text, &value) || value == 0
        || value > (uint64_t)INT64_MAX >> shift) {
        return fault_set(fault, FAULT_USAGE, 0,
                         "%s: %s is no size (512K, 200M, 2G)", setting->label,
                         setting->value);
    }
    int64_t bytes = (int64_t)(value << shift);
    store(setting, &bytes, sizeof(bytes));
    return true;
}

static bool
set_threads(const struct setting *setting, struct fault *fault)
{
    uint64_t value = 0;
    if (!slice_to_u64(slice_from(setting->value), &value) || value == 0
        || value > BLOCKS_THREADS) {
        return fault_set(fault, FAULT_USAGE, 0,
                         "%s: %s is no number from 1 to %d", setting->label,
                         setting->value, (int)BLOCKS_THREADS);
    }
    unsigned threads = (unsigned)value;
    store(setting, &threads, sizeof(threads));
    return true;
}

static bool
set_format(const struct setting *setting, struct fault *fault)
{
    enum format format;
    if (format_parse(slice_from(setting->value), &format)) {
        store(setting, &format, sizeof(format));
        return true;
    }
    struct near near = {.word = slice_from(setting->value)};
    for (int i = 0; i <= FORMATS; i++) {
        near_try(&near, format_name((enum format)i));
    }
    return fault_set(fault, FAULT_USAGE, 0, "%s: there is no format %s%s%s%s",
                     setting->label, setting->value,
                     near.best ? "; did you mean " : "",
                     near.best ? near.best : "", near.best ? "?" : "");
}

/* A context value must fit its fact's grammar, or it would be left out. */
static bool
set_fact(const struct setting *setting, struct fault *fault)
{
    struct options *options = setting->options;
    enum fact fact = setting->row->fact;
    struct slice value = slice_from(setting->value);
    bool is_file = option_level_is_file(setting->place->level);
    struct facts *facts = is_file ? &options->file_facts : &options->context;
    struct option_place *places =
        is_file ? options->file_places : options->context_places;
    if (!fact_is_sound(fact, value)) {
        /* What stands in a file may be a secret at the wrong place. */
        return fault_set(
            fault, FAULT_USAGE, 0, "%s: %s%s%s cannot be a name of that kind",
            setting->label, is_file ? "" : "'",
            is_file ? "the value" : setting->value, is_file ? "" : "'");
    }
    if (facts->value[fact].len == 0
        || setting->place->level >= places[fact].level) {
        facts->value[fact] = value;
        places[fact] = *setting->place;
    }
    return true;
}

static const char *
group_of(const struct option_row *row)
{
    return row->group ? row->group : row->name;
}

const struct option_item *
option_next(const struct options *options, const struct option_item *item,
            const char *group)
{
    for (item = item ? item->next : options->items; item; item = item->next) {
        if (strcmp(group_of(item->row), group) == 0) {
            return item;
        }
    }
    return NULL;
}

static bool
set_list(const struct setting *setting, struct fault *fault)
{
    struct options *options = setting->options;
    const char *group = group_of(setting->row);
    struct option_item **at = &options->items;
    (void)fault;
    while (*at) {
        bool is_same = strcmp(group_of((*at)->row), group) == 0;
        if (is_same && (*at)->place.level > setting->place->level) {
            return true;
        }
        if (is_same && (*at)->place.level < setting->place->level) {
            *at = (*at)->next;
        } else {
            at = &(*at)->next;
        }
    }
    struct option_item *item = arena_alloc(&options->memory, sizeof(*item));
    item->row = setting->row;
    item->text = setting->value;
    item->place = *setting->place;
    *at = item;
    return true;
}

static bool (*const setters[])(const struct setting *, struct fault *) = {
    [OPTION_SWITCH] = set_switch, [OPTION_CHOICE] = set_choice,
    [OPTION_WORD] = set_word,     [OPTION_TEXT] = set_text,
    [OPTION_PATH] = set_text,     [OPTION_FORMAT] = set_format,
    [OPTION_TIME] = set_time,     [OPTION_PROVIDER] = set_provider,
    [OPTION_FACT] = set_fact,     [OPTION_LIST] = set_list,
    [OPTION_SPAN] = set_span,     [OPTION_DELAY] = set_delay,
    [OPTION_SIZE] = set_size,     [OPTION_THREADS] = set_threads,
};

bool
option_set(const struct option_row *row, const char *value,
           const struct option_place *place, struct options *options,
           struct fault *fault)
{
    struct setting setting = {row, value, place, options, ""};
    if (place->level == LEVEL_ENVIRONMENT) {
        snprintf(setting.label, sizeof(setting.label), "%s", row->variable);
    } else {
        snprintf(setting.label, sizeof(setting.label), "%s%s",
                 place->level == LEVEL_LINE ? "--" : "", row->name);
    }
    return setters[row->kind](&setting, fault);
}
