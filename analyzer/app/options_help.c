/* SPDX-License-Identifier: Apache-2.0 */
#include "app/option_row.h"
#include "app/options.h"

/* Words of `text` wrapped at 79 columns behind `indent` blanks. */
static void
add_wrapped(struct buf *out, const char *text, size_t indent, size_t column)
{
    enum {
        WIDTH = 79
    };
    struct slice rest = slice_from(text);
    struct slice word;
    while ((word = slice_word(&rest)).len > 0) {
        if (column > indent && column + 1 + word.len > WIDTH) {
            buf_print(out, "\n%*s", (int)indent, "");
            column = indent;
        } else if (column > indent) {
            buf_add_byte(out, ' ');
            column++;
        }
        buf_add(out, word);
        column += word.len;
    }
    buf_add_byte(out, '\n');
}

static void
add_option(struct buf *out, const struct option_row *row)
{
    enum {
        INDENT = 30
    };

    size_t start = out->len;
    if (row->letter) {
        buf_print(out, "  -%c, --%s", row->letter, row->name);
    } else {
        buf_print(out, "      --%s", row->name);
    }
    if (row->argument) {
        buf_print(out, " %s", row->argument);
    }
    size_t column = out->len - start;
    if (column + 2 > INDENT) {
        buf_print(out, "\n%*s", INDENT, "");
    } else {
        buf_print(out, "%*s", (int)(INDENT - column), "");
    }
    add_wrapped(out, row->about, INDENT, INDENT);
}

static void
add_usage(struct buf *out, enum command_id command)
{
    const struct command_row *row = command_row(command);
    buf_add_text(out, "  pullwhy");
    if (row->name) {
        buf_print(out, " %s", row->name);
    }
    buf_print(out, " [OPTIONS]%s%s\n", row->arguments[0] ? " " : "",
              row->arguments);
}

static void
add_commands(struct buf *out)
{
    enum {
        INDENT = 6
    };

    for (size_t i = 0; i < COMMANDS; i++) {
        add_usage(out, (enum command_id)i);
        buf_print(out, "%*s", INDENT, "");
        add_wrapped(out, command_row((enum command_id)i)->about, INDENT,
                    INDENT);
    }
}

void
options_help(enum command_id command, struct buf *out)
{
    unsigned shown =
        command == COMMANDS ? OPTION_ON(COMMANDS) - 1 : OPTION_ON(command);
    const struct option_row *row;
    if (command == COMMANDS) {
        buf_add_text(out, "pullwhy says why Kubernetes cannot pull an image "
                          "and what to type to repair it.\n\n");
        add_commands(out);
    } else {
        add_usage(out, command);
        buf_add_text(out, "      ");
        add_wrapped(out, command_row(command)->about, 6, 6);
    }
    buf_add_text(out, "\nOptions:\n");
    for (size_t i = 0; (row = option_row(i)); i++) {
        if (row->commands & shown) {
            add_option(out, row);
        }
    }
    if (command == COMMANDS) {
        buf_add_text(out,
                     "\nExit status: 0 done; 1 a failed pull was found, with "
                     "--exit-code; 2 bad usage;\n3 bad input or data; 4 the "
                     "system refused.\n");
    }
}

void
options_usage(struct buf *out)
{
    buf_add_text(out,
                 "usage: pullwhy [OPTIONS] [FILE...], or pipe a log into it:\n"
                 "  kubectl get events -A -w | pullwhy\n"
                 "  journalctl -u kubelet -u containerd | pullwhy\n"
                 "'pullwhy --help' lists commands and options.\n");
}
