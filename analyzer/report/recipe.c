/* SPDX-License-Identifier: Apache-2.0 */
#include "report/recipe.h"

#include "base/byte.h"
#include "match/facts.h"

#include <assert.h>
#include <string.h>

enum {
    SHELL_DEPTH = 16, /* $( ... ) within one another */
};

static_assert(FACTS <= UINT8_MAX, "a fact's number is a byte");

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

static bool
is_name_byte(char byte)
{
    return (byte >= 'a' && byte <= 'z') || (byte >= '0' && byte <= '9')
        || byte == '.' || byte == '_';
}

bool
recipe_take_name(struct slice *text, struct slice *name)
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
        } else if ((rest->data[0] == '{' && recipe_take_name(&ahead, &name))
                   || (is_searched && subscription_goes(shell, *rest) > 0)) {
            break;
        } else {
            len = shell_step(shell, *rest);
        }
        ahead = *rest = slice_after(*rest, len);
    }
    return slice_before(text, text.len - rest->len);
}

/* What is to be put in at the front of *rest, which is taken off. */
static void
take_hole(struct piece *piece, struct shell *shell, struct slice *rest)
{
    struct slice name;
    enum fact fact;
    piece->place = (uint8_t)shell_place(shell);
    if (!recipe_take_name(rest, &name)) {
        /* The command up to its options is plain, too. */
        size_t len = subscription_goes(shell, *rest);
        piece->kind = PIECE_SUBSCRIPTION;
        piece->len += (uint32_t)len;
        *rest = slice_after(*rest, len);
        shell->before = ' ';
        return;
    }
    shell->before = '}';
    piece->name_len = (uint32_t)name.len;
    piece->kind = PIECE_STRANGER;
    if (fact_by_name(name, &fact)) {
        piece->kind = PIECE_FACT;
        piece->fact = (uint8_t)fact;
    }
}

void
recipe_read(struct buf *pieces, struct slice template, enum place place,
            bool has_subscription)
{
    struct shell shell = {.place = {place}};
    struct slice rest = template;
    struct piece piece;
    do {
        struct slice plain = take_plain(&shell, &rest, has_subscription);
        piece = (struct piece){
            .start = (uint32_t)(template.len - rest.len - plain.len),
            .len = (uint32_t)plain.len,
            .kind = PIECE_END,
        };
        if (rest.len > 0) {
            take_hole(&piece, &shell, &rest);
        }
        buf_add(pieces, slice_of((const char *)&piece, sizeof(piece)));
    } while (piece.kind != PIECE_END);
}
