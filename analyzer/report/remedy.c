/* SPDX-License-Identifier: Apache-2.0 */
#include "report/remedy.h"

#include "base/buf.h"
#include "base/byte.h"

#include <stdint.h>
#include <string.h>

enum {
    SHELL_DEPTH = 16, /* $( ... ) within one another */
};

enum place {
    PLACE_BARE,
    PLACE_SINGLE,  /* '...' */
    PLACE_DOUBLE,  /* "..." */
    PLACE_COMMENT, /* # ... */
    PLACE_PROSE,   /* no shell at all */
};

/*
 * Where in a command we are. Each $( opens a level of its own, whose quotes
 * do not know of those around it.
 */
struct shell {
    enum place place[SHELL_DEPTH];
    size_t parens[SHELL_DEPTH]; /* ( that are open within the level */
    size_t depth;
    char before; /* the byte before, to know a comment */
};

static enum place
shell_place(const struct shell *shell)
{
    return shell->place[shell->depth];
}

static void
shell_close(struct shell *shell)
{
    if (shell->parens[shell->depth] > 0) {
        shell->parens[shell->depth]--;
    } else if (shell->depth > 0) {
        shell->depth--;
    }
}

static void
shell_open(struct shell *shell)
{
    if (shell->depth + 1 < SHELL_DEPTH) {
        shell->depth++;
        shell->place[shell->depth] = PLACE_BARE;
        shell->parens[shell->depth] = 0;
    }
}

static void
shell_bare(struct shell *shell, char byte)
{
    enum place *place = &shell->place[shell->depth];
    /* NUL, at the very start, is found as the end of the set. */
    bool is_word_start = strchr(" \t\n;|&(", shell->before) != NULL;
    if (byte == '\'') {
        *place = PLACE_SINGLE;
    } else if (byte == '"') {
        *place = PLACE_DOUBLE;
    } else if (byte == '(') {
        shell->parens[shell->depth]++;
    } else if (byte == ')') {
        shell_close(shell);
    } else if (byte == '#' && is_word_start) {
        *place = PLACE_COMMENT;
    }
}

/* Reads what stands at the front of the text; returns how many bytes. */
static size_t
shell_step(struct shell *shell, struct slice text)
{
    enum place *place = &shell->place[shell->depth];
    char byte = text.data[0];
    bool has_escapes = *place == PLACE_BARE || *place == PLACE_DOUBLE;
    size_t len = 1;
    if (byte_is(byte, BYTE_ALNUM)) { /* as most are, and means itself */
        shell->before = byte;
        return len;
    }
    if (has_escapes && byte == '\\' && text.len > 1) {
        len = 2;
    } else if (has_escapes && slice_starts(text, SLICE("$("))) {
        shell_open(shell);
        len = 2;
    } else if (*place == PLACE_BARE) {
        shell_bare(shell, byte);
    } else if ((*place == PLACE_SINGLE && byte == '\'')
               || (*place == PLACE_DOUBLE && byte == '"')
               || (*place == PLACE_COMMENT && byte == '\n')) {
        *place = PLACE_BARE;
    }
    shell->before = text.data[len - 1];
    return len;
}

/* Whether no shell sees more in it than its bytes, even without quotes. */
static bool
is_inert(struct slice value)
{
    for (size_t i = 0; i < value.len; i++) {
        char byte = value.data[i];
        if (!byte_is(byte, BYTE_ALNUM)
            && (byte == '\0' || !strchr("_./:@%+=,-", byte))) {
            return false;
        }
    }
    return true;
}

/* `value` is sound or a placeholder: neither holds a quote, $, ` or \. */
static void
put(struct buf *out, enum place place, struct slice value)
{
    bool needs_quotes = place == PLACE_BARE && !is_inert(value);
    if (needs_quotes) {
        buf_add_byte(out, '\'');
    }
    buf_add(out, value);
    if (needs_quotes) {
        buf_add_byte(out, '\'');
    }
}

static void
miss(struct filled_step *step, enum fact fact)
{
    for (size_t i = 0; i < step->missing_count; i++) {
        if (step->missing[i] == fact) {
            return;
        }
    }
    if (step->missing_count < REMEDY_MISSING) {
        step->missing[step->missing_count++] = fact;
    }
}

/* A name that no fact has: it cannot be filled, only be seen. */
static void
put_stranger(struct buf *out, enum place place, struct slice name)
{
    struct buf text = {0};
    buf_add_byte(&text, '<');
    buf_add(&text, name);
    buf_add_byte(&text, '>');
    put(out, place, buf_slice(&text));
    buf_free(&text);
}

static bool
is_name_byte(char byte)
{
    return (byte >= 'a' && byte <= 'z') || (byte >= '0' && byte <= '9')
        || byte == '.' || byte == '_';
}

bool
remedy_take_name(struct slice *text, struct slice *name)
{
    struct slice rest = *text;
    if (!slice_skip(&rest, SLICE("{{"))) {
        return false;
    }
    size_t len = 0;
    while (len < rest.len && is_name_byte(rest.data[len])) {
        len++;
    }
    struct slice word = slice_before(rest, len);
    rest = slice_after(rest, len);
    if (len == 0 || word.data[0] == '.' || !slice_skip(&rest, SLICE("}}"))) {
        return false;
    }
    *name = word;
    *text = rest;
    return true;
}

static void
put_fact(struct buf *out, enum place place, struct slice name,
         const struct facts *facts, struct filled_step *step)
{
    enum fact fact;
    if (!fact_by_name(name, &fact)) {
        put_stranger(out, place, name);
        return;
    }
    struct slice value = facts->value[fact];
    if (fact_is_sound(fact, value)) {
        put(out, place, value);
        return;
    }
    put(out, place, slice_from(fact_row(fact)->placeholder));
    miss(step, fact);
}

/*
 * Commands of az that ask for what is in the cluster's subscription. Not those
 * of registries and private zones: companies keep these in one of their own.
 */
static const char *const cluster_commands[] = {
    "az aks ",
    "az group show ",
    "az network lb ",
    "az network nic ",
    "az network nsg ",
    "az network public-ip ",
    "az network route-table ",
    "az network vnet ",
    "az vmss ",
};

static bool
is_cluster_command(struct slice text)
{
    for (size_t i = 0; i < COUNT(cluster_commands); i++) {
        if (slice_starts(text, slice_from(cluster_commands[i]))) {
            return true;
        }
    }
    return false;
}

/* To the end of the line that no backslash continues. */
static size_t
command_len(struct slice text)
{
    for (size_t i = 0; i < text.len; i++) {
        if (text.data[i] == '\n' && (i == 0 || text.data[i - 1] != '\\')) {
            return i;
        }
    }
    return text.len;
}

/*
 * How much of a command stands before its first option, where the subscription
 * goes; 0 if it takes none. An --ids has it already.
 */
static size_t
subscription_goes(const struct shell *shell, struct slice text)
{
    bool is_word_start = strchr(" \t\n;|&(", shell->before) != NULL;
    if (shell_place(shell) != PLACE_BARE || !is_word_start
        || !is_cluster_command(text)) {
        return 0;
    }
    struct slice command = slice_before(text, command_len(text));
    size_t at = slice_find(command, SLICE(" --"));
    bool has_it = slice_find(command, SLICE(" --ids ")) != SLICE_NONE;
    return at == SLICE_NONE || has_it ? 0 : at + 1;
}

/*
 * Each command carries it: `az account set` would switch every other terminal
 * of the reader as well, and is missed where one line alone is pasted.
 */
static void
put_subscription(struct buf *out, struct shell *shell,
                 const struct facts *facts)
{
    struct slice subscription = facts->value[FACT_SUBSCRIPTION];
    buf_print(out, "--subscription %.*s ", SLICE_ARG(subscription));
    shell->before = ' ';
}

enum {
    PLACE_SEARCHED = PLACE_PROSE + 1, /* bare, and commands of az matter */
    PLACE_ANY = (1 << (PLACE_SEARCHED + 1)) - 1,
    PLACE_SHELL = 1 << PLACE_BARE | 1 << PLACE_SEARCHED,
};

/* The bytes that may mean more than themselves, a bit for each place. */
static const uint8_t marks[UINT8_MAX + 1] = {
    ['{'] = PLACE_ANY,
    ['\''] = PLACE_SHELL | 1 << PLACE_SINGLE,
    ['"'] = PLACE_SHELL | 1 << PLACE_DOUBLE,
    ['\\'] = PLACE_SHELL | 1 << PLACE_DOUBLE,
    ['$'] = PLACE_SHELL | 1 << PLACE_DOUBLE,
    ['('] = PLACE_SHELL,
    [')'] = PLACE_SHELL,
    ['#'] = PLACE_SHELL,
    ['\n'] = 1 << PLACE_COMMENT,
    ['a'] = 1 << PLACE_SEARCHED,
};

/* How many bytes at its begin mean nothing but themselves. */
static size_t
plain_len(unsigned place, struct slice text)
{
    size_t len = 0;
    if (place == PLACE_PROSE) { /* nothing but a name matters */
        len = slice_find_byte(text, '{');
        return len == SLICE_NONE ? text.len : len;
    }
    while (len < text.len
           && (marks[(unsigned char)text.data[len]] >> place & 1) == 0) {
        len++;
    }
    return len;
}

/* Reads on, up to where something is to be put in, or to the end. */
static struct slice
take_plain(struct shell *shell, struct slice *rest, bool has_subscription)
{
    struct slice text = *rest;
    struct slice ahead = *rest;
    struct slice name;
    while (rest->len > 0) {
        enum place place = shell_place(shell);
        bool is_searched = has_subscription && place == PLACE_BARE;
        size_t len = plain_len(is_searched ? PLACE_SEARCHED : place, *rest);
        if (len > 0) {
            shell->before = rest->data[len - 1];
        } else if ((rest->data[0] == '{' && remedy_take_name(&ahead, &name))
                   || (is_searched && subscription_goes(shell, *rest) > 0)) {
            break;
        } else {
            len = shell_step(shell, *rest);
        }
        ahead = *rest = slice_after(*rest, len);
    }
    return slice_before(text, text.len - rest->len);
}

static struct slice
fill(struct slice template, enum place place, const struct facts *facts,
     struct arena *arena, struct filled_step *step)
{
    struct shell shell = {.place = {place}};
    struct buf out = {0};
    struct slice name;
    struct slice rest = slice_trim(template);
    bool has_subscription =
        fact_is_sound(FACT_SUBSCRIPTION, facts->value[FACT_SUBSCRIPTION]);
    struct slice plain = take_plain(&shell, &rest, has_subscription);
    if (rest.len == 0) {
        return plain; /* the catalogue's own */
    }
    while (rest.len > 0) {
        buf_add(&out, plain);
        if (remedy_take_name(&rest, &name)) {
            put_fact(&out, shell_place(&shell), name, facts, step);
            shell.before = '}';
        } else {
            size_t len = subscription_goes(&shell, rest);
            buf_add(&out, slice_before(rest, len));
            put_subscription(&out, &shell, facts);
            rest = slice_after(rest, len);
        }
        plain = take_plain(&shell, &rest, has_subscription);
    }
    buf_add(&out, plain);
    struct slice filled = arena_copy(arena, buf_slice(&out));
    buf_free(&out);
    return filled;
}

struct slice
remedy_fill(struct slice template, const struct facts *facts,
            struct arena *arena, struct filled_step *step)
{
    return fill(template, PLACE_BARE, facts, arena, step);
}

struct slice
remedy_fill_prose(struct slice template, const struct facts *facts,
                  struct arena *arena)
{
    struct filled_step ignored = {0};
    return fill(template, PLACE_PROSE, facts, arena, &ignored);
}

enum holding {
    HOLDS_NOT,
    HOLDS_MAYBE,
    HOLDS,
};

/*
 * A fact whose value is "unknown" is as unknown as one without. What asks for
 * one of whatever value cannot do without it.
 */
static enum holding
condition_holds(const struct condition *condition, const struct facts *facts)
{
    struct slice value = facts->value[condition->fact];
    bool is_known = value.len > 0 && !slice_equal(value, SLICE("unknown"));
    struct slice sought = is_known ? value : SLICE("unknown");
    struct slice any = is_known ? SLICE("known") : SLICE("unknown");
    bool is_needed = fact_is_witnessed(condition->fact);
    for (size_t i = 0; i < condition->count; i++) {
        if (slice_equal(condition->values[i], sought)
            || slice_equal(condition->values[i], any)) {
            return HOLDS;
        }
        is_needed =
            is_needed || slice_equal(condition->values[i], SLICE("known"));
    }
    return is_known || is_needed ? HOLDS_NOT : HOLDS_MAYBE;
}

static bool
all_hold(const struct conditions *conditions, const struct facts *facts)
{
    for (size_t i = 0; i < conditions->count; i++) {
        if (condition_holds(&conditions->items[i], facts) != HOLDS) {
            return false;
        }
    }
    return true;
}

static bool
is_likely(const struct remedy *remedy, const struct facts *facts)
{
    for (size_t i = 0; i < remedy->likely_count; i++) {
        if (all_hold(&remedy->likely[i], facts)) {
            return true;
        }
    }
    return false;
}

/*
 * How many conditions are known to hold, with the weight; -1 if one is known
 * not to hold. What is likely comes before all that is not.
 */
static int
evidence_for(const struct remedy *remedy, const struct facts *facts)
{
    int evidence = remedy->weight;
    for (size_t i = 0; i < remedy->when.count; i++) {
        enum holding holding = condition_holds(&remedy->when.items[i], facts);
        if (holding == HOLDS_NOT) {
            return -1;
        }
        evidence += holding == HOLDS;
    }
    return evidence + (is_likely(remedy, facts) ? FACTS + WEIGHT_MAX + 1 : 0);
}

static void
fill_steps(struct filled_remedy *filled, const struct facts *facts,
           enum language language, struct arena *arena)
{
    const struct remedy *remedy = filled->remedy;
    struct filled_step *steps =
        arena_alloc(arena, remedy->step_count * sizeof(*steps));
    for (size_t i = 0; i < remedy->step_count; i++) {
        const struct step *step = &remedy->steps[i];
        steps[i].say = remedy_fill_prose(step->say.in[language], facts, arena);
        steps[i].run = remedy_fill(step->run, facts, arena, &steps[i]);
        steps[i].changes = step->changes;
    }
    filled->title = remedy_fill_prose(remedy->title.in[language], facts, arena);
    filled->steps = steps;
    filled->step_count = remedy->step_count;
}

/* A catalogue's causes have a handful of remedies: insertion is sorting. */
static size_t
place_for(const struct filled_remedy *items, size_t count, int evidence)
{
    while (count > 0 && items[count - 1].evidence < evidence) {
        count--;
    }
    return count;
}

struct filled_remedies
remedies_fill(const struct cause *cause, const struct facts *facts,
              enum language language, struct arena *arena)
{
    struct filled_remedy *items =
        arena_alloc(arena, cause->remedy_count * sizeof(*items));
    size_t count = 0;
    for (size_t i = 0; i < cause->remedy_count; i++) {
        int evidence = evidence_for(cause->remedies[i], facts);
        if (evidence < 0) {
            continue;
        }
        size_t at = place_for(items, count, evidence);
        memmove(items + at + 1, items + at, (count - at) * sizeof(*items));
        items[at] = (struct filled_remedy){.remedy = cause->remedies[i],
                                           .evidence = evidence};
        fill_steps(&items[at], facts, language, arena);
        count++;
    }
    return (struct filled_remedies){items, count};
}

struct filled_remedies
remedies_fill_all(const struct cause *cause, const struct facts *facts,
                  enum language language, struct arena *arena)
{
    struct filled_remedy *items =
        arena_alloc(arena, cause->remedy_count * sizeof(*items));
    for (size_t i = 0; i < cause->remedy_count; i++) {
        items[i].remedy = cause->remedies[i];
        items[i].evidence = evidence_for(cause->remedies[i], facts);
        fill_steps(&items[i], facts, language, arena);
    }
    return (struct filled_remedies){items, cause->remedy_count};
}
