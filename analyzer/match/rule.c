/* SPDX-License-Identifier: Apache-2.0 */
#include "match/rule.h"

#include <assert.h>
#include <string.h>

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

enum {
    PATTERN_LONGEST = 4096, /* bytes */
    MATCH_LIMIT = 200000,   /* steps; a line needs some hundreds */
    DEPTH_LIMIT = 1000,
    HEAP_LIMIT = 1024, /* KiB */
    /* Bytes, and as many for each search: machine code costs as much as
     * hundreds of short ones, or as a long one. */
    JIT_AFTER = 4096,
    JIT_SEARCH = 256,
    JIT_STACK_START = 32 * 1024,
    JIT_STACK_MAX = 512 * 1024,
};

static const uint32_t compile_options =
    PCRE2_UTF | PCRE2_MATCH_INVALID_UTF | PCRE2_NEVER_BACKSLASH_C;

struct rule {
    struct slice pattern;
    rule_labeler *labeler;
    pcre2_code *code;                /* NULL until it is needed */
    size_t searched;                 /* until there is machine code */
    struct slice names[RULE_GROUPS]; /* views of the compiled pattern */
    uint32_t numbers[RULE_GROUPS];   /* PCRE2's numbers of these groups */
    int labels[RULE_GROUPS];
    size_t groups;
    uint64_t breaks;
};

struct rule_matcher {
    pcre2_match_context *context;
    pcre2_match_data *data;
    pcre2_jit_stack *stack;
};

static bool
compile_fault(int code, size_t offset, struct fault *fault)
{
    char text[256] = "";
    pcre2_get_error_message(code, (PCRE2_UCHAR *)text, sizeof(text));
    return fault_set(fault, FAULT_INPUT, code,
                     "bad pattern at character %zu: %s", offset + 1, text);
}

/* PCRE2's name table: two bytes of number, then the name with its NUL. */
static bool
read_groups(struct rule *rule, struct fault *fault)
{
    uint32_t count = 0;
    uint32_t size = 0;
    PCRE2_SPTR table = NULL;
    pcre2_pattern_info(rule->code, PCRE2_INFO_NAMECOUNT, &count);
    pcre2_pattern_info(rule->code, PCRE2_INFO_NAMEENTRYSIZE, &size);
    pcre2_pattern_info(rule->code, PCRE2_INFO_NAMETABLE, &table);
    if (count > RULE_GROUPS) {
        return fault_set(fault, FAULT_INPUT, 0,
                         "bad pattern: %u named groups, at most %d are allowed",
                         count, RULE_GROUPS);
    }
    for (uint32_t i = 0; i < count; i++) {
        PCRE2_SPTR row = table + (size_t)i * size;
        rule->numbers[i] = (uint32_t)row[0] << 8 | row[1];
        rule->names[i] = slice_from((const char *)row + 2);
    }
    rule->groups = count;
    return true;
}

static bool
read_labels(struct rule *rule, struct fault *fault)
{
    for (size_t i = 0; rule->labeler && i < rule->groups; i++) {
        if (!rule->labeler(rule->names[i], &rule->labels[i])) {
            return fault_set(fault, FAULT_INPUT, 0,
                             "the group (?<%.*s>...) names no fact",
                             SLICE_ARG(rule->names[i]));
        }
    }
    return true;
}

struct rule *
rule_new(struct slice pattern, rule_labeler *labeler)
{
    struct rule *rule = MEM_NEW(struct rule);
    rule->pattern = pattern;
    rule->labeler = labeler;
    return rule;
}

bool
rule_prepare(struct rule *rule, struct fault *fault)
{
    int code = 0;
    PCRE2_SIZE offset = 0;
    if (rule->pattern.len > PATTERN_LONGEST) {
        return fault_set(fault, FAULT_INPUT, 0,
                         "bad pattern: %zu bytes long, at most %d are allowed",
                         rule->pattern.len, PATTERN_LONGEST);
    }
    rule->code =
        pcre2_compile((PCRE2_SPTR)rule->pattern.data, rule->pattern.len,
                      compile_options, &code, &offset, NULL);
    if (!rule->code) {
        return compile_fault(code, offset, fault);
    }
    return read_groups(rule, fault) && read_labels(rule, fault);
}

void
rule_free(struct rule *rule)
{
    if (rule) {
        pcre2_code_free(rule->code);
        mem_free(rule);
    }
}

struct rule_matcher *
rule_matcher_new(void)
{
    struct rule_matcher *matcher = MEM_NEW(struct rule_matcher);
    matcher->context = pcre2_match_context_create(NULL);
    matcher->data = pcre2_match_data_create(RULE_GROUPS * 2, NULL);
    matcher->stack =
        pcre2_jit_stack_create(JIT_STACK_START, JIT_STACK_MAX, NULL);
    pcre2_set_match_limit(matcher->context, MATCH_LIMIT);
    pcre2_set_depth_limit(matcher->context, DEPTH_LIMIT);
    pcre2_set_heap_limit(matcher->context, HEAP_LIMIT);
    pcre2_jit_stack_assign(matcher->context, NULL, matcher->stack);
    return matcher;
}

void
rule_matcher_free(struct rule_matcher *matcher)
{
    if (matcher) {
        pcre2_match_context_free(matcher->context);
        pcre2_match_data_free(matcher->data);
        pcre2_jit_stack_free(matcher->stack);
        mem_free(matcher);
    }
}

bool
rule_label(const struct rule *rule, size_t index, int *label)
{
    if (index >= rule->groups) {
        return false;
    }
    *label = rule->labels[index];
    return true;
}

bool
rule_group(const struct rule *rule, size_t index, struct slice *name)
{
    if (index >= rule->groups) {
        return false;
    }
    *name = rule->names[index];
    return true;
}

static void
take_parts(const struct rule *rule, pcre2_match_data *data, struct slice text,
           struct rule_hit *hit)
{
    const PCRE2_SIZE *ends = pcre2_get_ovector_pointer(data);
    uint32_t pairs = pcre2_get_ovector_count(data);
    *hit = (struct rule_hit){0};
    for (size_t i = 0; i < rule->groups; i++) {
        size_t number = rule->numbers[i];
        if (number < pairs && ends[2 * number] != PCRE2_UNSET) {
            hit->parts[i] =
                slice_before(slice_after(text, ends[2 * number]),
                             ends[2 * number + 1] - ends[2 * number]);
        }
    }
}

static bool
is_ascii(PCRE2_SPTR text, size_t len)
{
    const uint64_t upper = UINT64_C(0x8080808080808080);
    uint64_t any = 0;
    uint64_t bytes[4];
    size_t at = 0;
    for (; at + sizeof(bytes) <= len; at += sizeof(bytes)) {
        memcpy(bytes, text + at, sizeof(bytes));
        any |= bytes[0] | bytes[1] | bytes[2] | bytes[3];
    }
    for (; at + sizeof(any) <= len; at += sizeof(any)) {
        memcpy(bytes, text + at, sizeof(any));
        any |= bytes[0];
    }
    for (; at < len; at++) {
        any |= text[at];
    }
    return (any & upper) == 0;
}

/* Without JIT (a hardened kernel, another machine) it is only slower. */
static void
make_ready(struct rule *rule, struct slice text)
{
    struct fault fault;
    if (!rule->code && !rule_prepare(rule, &fault)) {
        assert(false); /* a pattern that was said to be sound */
    }
    if (rule->searched < JIT_AFTER) {
        rule->searched += JIT_SEARCH + text.len;
        if (rule->searched >= JIT_AFTER) {
            (void)pcre2_jit_compile(rule->code, PCRE2_JIT_COMPLETE);
        }
    }
}

/*
 * The JIT of PCRE2 10.42 takes no letter beyond ASCII for a \S where a text may
 * be damaged UTF-8 (PCRE2_MATCH_INVALID_UTF).
 */
bool
rule_match(struct rule *rule, struct rule_matcher *matcher, struct slice text,
           struct rule_hit *hit)
{
    PCRE2_SPTR subject = (PCRE2_SPTR)(text.data ? text.data : "");
    uint32_t options = is_ascii(subject, text.len) ? 0 : PCRE2_NO_JIT;
    make_ready(rule, text);
    int found = pcre2_match(rule->code, subject, text.len, 0, options,
                            matcher->data, matcher->context);
    if (found == PCRE2_ERROR_JIT_STACKLIMIT) {
        found = pcre2_match(rule->code, subject, text.len, 0, PCRE2_NO_JIT,
                            matcher->data, matcher->context);
    }
    if (found < 0) {
        rule->breaks += found != PCRE2_ERROR_NOMATCH;
        return false;
    }
    take_parts(rule, matcher->data, text, hit);
    return true;
}

struct steps {
    uint64_t count;
    uint64_t most;
};

static int
on_step(pcre2_callout_block *block, void *ctx)
{
    struct steps *steps = ctx;
    (void)block;
    return ++steps->count > steps->most ? PCRE2_ERROR_CALLOUT : 0;
}

uint64_t
rule_steps(const struct rule *rule, struct slice text, uint64_t most)
{
    struct steps steps = {.most = most};
    int error = 0;
    PCRE2_SIZE offset = 0;
    pcre2_code *code = pcre2_compile(
        (PCRE2_SPTR)rule->pattern.data, rule->pattern.len,
        compile_options | PCRE2_AUTO_CALLOUT, &error, &offset, NULL);
    pcre2_match_context *context = pcre2_match_context_create(NULL);
    pcre2_match_data *data = pcre2_match_data_create(1, NULL);
    pcre2_set_callout(context, on_step, &steps);
    (void)pcre2_match(code, (PCRE2_SPTR)text.data, text.len, 0, 0, data,
                      context);
    pcre2_match_data_free(data);
    pcre2_match_context_free(context);
    pcre2_code_free(code);
    return steps.count;
}

uint64_t
rule_breaks(const struct rule *rule)
{
    return rule->breaks;
}
