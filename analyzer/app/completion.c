/* SPDX-License-Identifier: Apache-2.0 */
#include "app/completion.h"

#include "app/options.h"
#include "store/query.h"
#include "wire/decode.h"

/* Puts `to` where `from` stands. */
static void
replace(struct buf *text, char from, char to)
{
    for (size_t i = 0; i < text->len; i++) {
        if (text->data[i] == from) {
            text->data[i] = to;
        }
    }
}

/* Words with blanks between them; `marks` stands before each. */
static void
add_word(struct buf *out, size_t start, const char *marks, struct slice word)
{
    buf_add_text(out, out->len > start ? " " : "");
    buf_add_text(out, marks);
    buf_add(out, word);
}

static void
add_split(struct buf *out, const char *words)
{
    size_t start = out->len;
    struct slice rest = slice_from(words);
    struct slice word;
    while (slice_cut(&rest, '|', &word)) {
        add_word(out, start, "", word);
    }
    add_word(out, start, "", rest);
}

static void
add_causes(struct buf *out, const struct catalog *catalog)
{
    size_t start = out->len;
    for (size_t i = 0; i < catalog_count(catalog); i++) {
        add_word(out, start, "", catalog_cause(catalog, i)->slug);
    }
}

static void
add_queries(struct buf *out, const char *marks)
{
    size_t start = out->len;
    struct query query;
    for (size_t i = 0; query_at(i, &query); i++) {
        add_word(out, start, marks, query.name);
    }
}

static void
add_formats(struct buf *out)
{
    size_t start = out->len;
    for (int i = 0; i <= FORMATS; i++) {
        add_word(out, start, "", slice_from(format_name((enum format)i)));
    }
}

static void
add_commands(struct buf *out)
{
    size_t start = out->len;
    for (size_t i = 0; i < COMMANDS; i++) {
        const char *name = command_row((enum command_id)i)->name;
        if (name) {
            add_word(out, start, "", slice_from(name));
        }
    }
}

/* The value's words, or nothing if it has none. */
static void
add_values(struct buf *out, const struct option_row *row,
           const struct catalog *catalog)
{
    if (row->kind == OPTION_CHOICE || row->kind == OPTION_WORD) {
        add_split(out, row->argument);
    } else if (row->words == OPTION_FORMATS) {
        add_formats(out);
    } else if (row->words == OPTION_CAUSES) {
        add_causes(out, catalog);
    }
}

/* "--namespace|-n", as a pattern of case. */
static void
add_names(struct buf *out, const struct option_row *row)
{
    buf_print(out, "--%s", row->name);
    if (row->letter) {
        buf_print(out, "|-%c", row->letter);
    }
}

static void
add_valued_names(struct buf *out)
{
    const struct option_row *row;
    size_t start = out->len;
    for (size_t i = 0; (row = option_row(i)); i++) {
        if (row->argument) {
            buf_add_text(out, out->len > start ? "|" : "");
            add_names(out, row);
        }
    }
}

static void
add_quoted(struct buf *out, const char *text)
{
    buf_add_byte(out, '\'');
    for (; *text; text++) {
        if (*text == '\'') {
            buf_add_text(out, "'\\''");
        } else {
            buf_add_byte(out, *text);
        }
    }
    buf_add_byte(out, '\'');
}

/* In bash and zsh: the loop that finds the command, the first word of all. */
static void
add_search(struct buf *out, const char *from, const char *words)
{
    buf_print(out, "    for ((i = %s; i++)); do\n        case ${%s[i]} in\n",
              from, words);
    buf_add_text(out, "        ");
    add_valued_names(out);
    buf_add_text(out, ") ((++i)) ;;\n        -*) ;;\n        ");
    struct buf names = {0};
    add_commands(&names);
    replace(&names, ' ', '|');
    buf_add(out, buf_slice(&names));
    buf_free(&names);
    buf_print(out,
              ")\n            command=${%s[i]}\n            break\n"
              "            ;;\n        *)\n            command=-\n"
              "            break\n            ;;\n        esac\n    done\n",
              words);
}

static void
add_option_names(struct buf *out, enum command_id command)
{
    const struct option_row *row;
    size_t start = out->len;
    for (size_t i = 0; (row = option_row(i)); i++) {
        if (row->commands & OPTION_ON(command)) {
            add_word(out, start, "--", slice_from(row->name));
        }
    }
}

/* A row of case: what the values of an option are. */
static void
add_bash_values(struct buf *out, const struct catalog *catalog)
{
    const struct option_row *row;
    for (size_t i = 0; (row = option_row(i)); i++) {
        struct buf words = {0};
        add_values(&words, row, catalog);
        if (!row->argument) {
            continue;
        }
        buf_add_text(out, "    ");
        add_names(out, row);
        if (words.len > 0) {
            buf_print(out, ") words='%s' ;;\n", buf_string(&words));
        } else if (row->words == OPTION_FOLDERS) {
            buf_add_text(out, ") mapfile -t COMPREPLY < <(compgen -d -- "
                              "\"$cur\"); return ;;\n");
        } else if (row->words == OPTION_FILES) {
            buf_add_text(out, ") mapfile -t COMPREPLY < <(compgen -f -- "
                              "\"$cur\"); return ;;\n");
        } else {
            buf_add_text(out, ") return ;;\n");
        }
        buf_free(&words);
    }
}

/* What a command's own words are; those of bash and zsh are set the same way. */
static void
add_words_of(struct buf *out, enum command_id command,
             const struct catalog *catalog)
{
    switch (command_row(command)->words) {
    case COMMAND_COMMANDS:
        add_commands(out);
        break;
    case COMMAND_CAUSES:
        add_causes(out, catalog);
        break;
    case COMMAND_QUERIES:
        add_queries(out, "@");
        break;
    case COMMAND_NO_WORDS:
    case COMMAND_FILES:
        break;
    }
}

/* Rows of case on the command: its options, its verbs, its words. */
static void
add_bash_commands(struct buf *out, const struct catalog *catalog)
{
    for (size_t i = 0; i < COMMANDS; i++) {
        enum command_id command = (enum command_id)i;
        const struct command_row *row = command_row(command);
        buf_print(out, "    %s)\n        options='",
                  row->name ? row->name : "-|''");
        add_option_names(out, command);
        buf_add_text(out, "'\n        words='");
        add_words_of(out, command, catalog);
        buf_add_text(out, "'\n");
        if (row->verbs) {
            buf_add_text(out, "        ((i + 1 == at)) && words='");
            add_split(out, row->verbs);
            buf_add_text(out, "'\n");
        }
        buf_add_text(out, "        ;;\n");
    }
}

void
completion_bash(const struct catalog *catalog, struct buf *out)
{
    buf_add_text(out,
                 "# bash completion for pullwhy, made by 'pullwhy completion "
                 "bash'\n_pullwhy()\n{\n"
                 "    local cur=${COMP_WORDS[COMP_CWORD]} at=$COMP_CWORD i\n"
                 "    local prev=${COMP_WORDS[COMP_CWORD - 1]} command= "
                 "words= options=\n"
                 "    COMPREPLY=()\n"
                 "    # bash cuts --lang=e into three words, @name into two.\n"
                 "    if [[ $cur == = ]]; then\n"
                 "        cur=\n"
                 "    elif [[ $prev == = && $at -gt 1 ]]; then\n"
                 "        prev=${COMP_WORDS[at - 2]}\n"
                 "    fi\n"
                 "    [[ $prev != @ ]] || cur=@$cur\n");
    add_search(out, "1; i < at", "COMP_WORDS");
    buf_add_text(out, "    case $command in\n");
    add_bash_commands(out, catalog);
    buf_add_text(out, "    esac\n    case $prev in\n");
    add_bash_values(out, catalog);
    buf_add_text(out, "    *)\n        [[ -n $command ]] || words='");
    add_commands(out);
    buf_add_text(out,
                 "'\n        [[ $cur != -* ]] || words=$options\n        ;;\n"
                 "    esac\n"
                 "    mapfile -t COMPREPLY < <(compgen -W \"$words\" -- "
                 "\"$cur\")\n"
                 "    if [[ $cur == @* && $COMP_WORDBREAKS == *@* ]]; then\n"
                 "        COMPREPLY=(\"${COMPREPLY[@]#@}\")\n"
                 "    fi\n}\n"
                 "complete -o default -F _pullwhy pullwhy\n");
}

static void
add_zsh_values(struct buf *out, const struct catalog *catalog)
{
    const struct option_row *row;
    for (size_t i = 0; (row = option_row(i)); i++) {
        struct buf words = {0};
        add_values(&words, row, catalog);
        if (!row->argument) {
            continue;
        }
        buf_add_text(out, "    ");
        add_names(out, row);
        if (words.len > 0) {
            buf_print(out, ") compadd -- %s; return ;;\n", buf_string(&words));
        } else if (row->words == OPTION_FOLDERS) {
            buf_add_text(out, ") _files -/; return ;;\n");
        } else if (row->words == OPTION_FILES) {
            buf_add_text(out, ") _files; return ;;\n");
        } else {
            buf_print(out, ") _message '%s'; return ;;\n", row->argument);
        }
        buf_free(&words);
    }
}

/* 'name:about', as _describe wants it. */
static void
add_described(struct buf *out, const char *marks, const char *name,
              const char *about)
{
    struct buf text = {0};
    buf_print(&text, "%s%s:%s", marks, name, about);
    buf_add_text(out, "            ");
    add_quoted(out, buf_string(&text));
    buf_add_byte(out, '\n');
    buf_free(&text);
}

static void
add_zsh_options(struct buf *out, enum command_id command)
{
    const struct option_row *row;
    for (size_t i = 0; (row = option_row(i)); i++) {
        if (row->commands & OPTION_ON(command)) {
            add_described(out, "--", row->name, row->about);
        }
    }
}

static void
add_zsh_commands(struct buf *out, const struct catalog *catalog)
{
    for (size_t i = 0; i < COMMANDS; i++) {
        enum command_id command = (enum command_id)i;
        const struct command_row *row = command_row(command);
        buf_print(out, "    %s)\n        flags=(\n",
                  row->name ? row->name : "-|''");
        add_zsh_options(out, command);
        buf_add_text(out, "        )\n        own=(");
        add_words_of(out, command, catalog);
        buf_add_text(out, ")\n");
        if (row->verbs) {
            buf_add_text(out, "        ((i + 1 == CURRENT)) && own=(");
            add_split(out, row->verbs);
            buf_add_text(out, ")\n");
        }
        buf_add_text(out, "        ;;\n");
    }
}

/* options and commands are names of zsh's own. */
void
completion_zsh(const struct catalog *catalog, struct buf *out)
{
    buf_add_text(out, "#compdef pullwhy\n"
                      "# zsh completion for pullwhy, made by 'pullwhy "
                      "completion zsh'\n"
                      "_pullwhy() {\n"
                      "    local -a flags own named\n"
                      "    local -i i\n"
                      "    local prev=${words[CURRENT - 1]} command=\n"
                      "    if [[ $PREFIX == --*=* ]]; then\n"
                      "        prev=${PREFIX%%=*}\n"
                      "        compset -P '*='\n"
                      "    fi\n");
    add_search(out, "2; i < CURRENT", "words");
    buf_add_text(out, "    case $prev in\n");
    add_zsh_values(out, catalog);
    buf_add_text(out, "    esac\n    case $command in\n");
    add_zsh_commands(out, catalog);
    buf_add_text(out, "    esac\n    named=(\n");
    for (size_t i = 0; i < COMMANDS; i++) {
        const struct command_row *row = command_row((enum command_id)i);
        if (row->name) {
            add_described(out, "", row->name, row->about);
        }
    }
    buf_add_text(out, "    )\n"
                      "    if [[ $PREFIX == -* ]]; then\n"
                      "        _describe -o option flags\n"
                      "        return\n"
                      "    fi\n"
                      "    [[ -z $command ]] && _describe command named && "
                      "return\n"
                      "    (($#own)) && compadd -a own && return\n"
                      "    _files\n"
                      "}\n"
                      "if [[ $funcstack[1] == _pullwhy ]]; then\n"
                      "    _pullwhy \"$@\"\n"
                      "else\n"
                      "    compdef _pullwhy pullwhy\n"
                      "fi\n");
}

/* "-n '__pullwhy_in history show'"; the analysis is "-", or "+" so far. */
static void
add_fish_condition(struct buf *out, const struct option_row *row)
{
    buf_add_text(out, "complete -c pullwhy -n '__pullwhy_in");
    for (size_t i = 0; i < COMMANDS; i++) {
        const char *name = command_row((enum command_id)i)->name;
        if (row->commands & OPTION_ON(i)) {
            buf_print(out, " %s", name ? name : "- +");
        }
    }
    buf_add_byte(out, '\'');
}

static void
add_fish_option(struct buf *out, const struct option_row *row,
                const struct catalog *catalog)
{
    struct buf words = {0};
    add_values(&words, row, catalog);
    add_fish_condition(out, row);
    buf_print(out, " -l %s", row->name);
    if (row->letter) {
        buf_print(out, " -s %c", row->letter);
    }
    if (words.len > 0) {
        buf_print(out, " -x -a '%s'", buf_string(&words));
    } else if (row->words == OPTION_FOLDERS) {
        buf_add_text(out, " -x -a '(__fish_complete_directories)'");
    } else if (row->argument) {
        buf_add_text(out, row->words == OPTION_FILES ? " -r -F" : " -x");
    }
    buf_add_text(out, " -d ");
    add_quoted(out, row->about);
    buf_add_byte(out, '\n');
    buf_free(&words);
}

static void
add_fish_command(struct buf *out, enum command_id command,
                 const struct catalog *catalog)
{
    const struct command_row *row = command_row(command);
    struct buf words = {0};
    if (!row->name) {
        return;
    }
    buf_print(out, "complete -c pullwhy -n '__pullwhy_in +' -a %s -d ",
              row->name);
    add_quoted(out, row->about);
    buf_add_byte(out, '\n');
    add_words_of(&words, command, catalog);
    if (row->verbs) {
        buf_add_text(&words, words.len > 0 ? " " : "");
        add_split(&words, row->verbs);
    }
    if (row->words != COMMAND_FILES) {
        buf_print(out, "complete -c pullwhy -n '__pullwhy_in %s' -f\n",
                  row->name);
    }
    if (words.len > 0) {
        buf_print(out, "complete -c pullwhy -n '__pullwhy_in %s' -a '%s'\n",
                  row->name, buf_string(&words));
    }
    buf_free(&words);
}

void
completion_fish(const struct catalog *catalog, struct buf *out)
{
    const struct option_row *row;
    struct buf names = {0};
    add_valued_names(&names);
    replace(&names, '|', ' ');
    buf_print(out,
              "# fish completion for pullwhy, made by 'pullwhy completion "
              "fish'\n"
              "# The first word that is typed; + if there is none yet.\n"
              "function __pullwhy_command\n"
              "    set -l skip 0\n"
              "    for word in (commandline -opc)[2..-1]\n"
              "        if test $skip = 1\n"
              "            set skip 0\n"
              "        else if contains -- $word %s\n"
              "            set skip 1\n"
              "        else if not string match -q -- '-*' $word\n"
              "            echo -- $word\n"
              "            return\n"
              "        end\n"
              "    end\n"
              "    echo -- +\n"
              "end\n"
              "function __pullwhy_in\n"
              "    set -l command (__pullwhy_command)\n"
              "    contains -- $command ",
              buf_string(&names));
    add_commands(out);
    buf_add_text(out, " +; or set command -\n"
                      "    contains -- $command $argv\n"
                      "end\n");
    for (size_t i = 0; (row = option_row(i)); i++) {
        add_fish_option(out, row, catalog);
    }
    for (size_t i = 0; i < COMMANDS; i++) {
        add_fish_command(out, (enum command_id)i, catalog);
    }
    buf_free(&names);
}
