/* SPDX-License-Identifier: Apache-2.0 */
#include "app/near.h"
#include "app/options.h"

static const struct command_row commands[COMMANDS] = {
    [COMMAND_ANALYZE] = {.arguments = "[FILE...]",
                         .about = "analyze standard input or files: say what "
                                  "is wrong and what to do",
                         .words = COMMAND_FILES},
    [COMMAND_ANNOTATE] = {.name = "annotate",
                          .arguments = "[FILE...]",
                          .about = "print a JSON object for each record, with "
                                   "its cause",
                          .words = COMMAND_FILES},
    [COMMAND_WATCH] = {.name = "watch",
                       .arguments = "[FILE | FOLDER | PATTERN...]",
                       .about = "analyze what goes on, in files or elsewhere, "
                                "until a signal or the end of standard input",
                       .words = COMMAND_FILES},
    [COMMAND_HISTORY] = {.name = "history",
                         .arguments = "",
                         .about = "list the incidents of the past; export, "
                                  "merge or prune them"},
    [COMMAND_SHOW] = {.name = "show",
                      .arguments = "INCIDENT",
                      .about = "one incident of the history with all its "
                               "remedies"},
    [COMMAND_SQL] = {.name = "sql",
                     .arguments = "[QUERY | @NAME [PARAMETER=VALUE...]]",
                     .about = "ask the history; without an argument, list the "
                              "ready queries",
                     .words = COMMAND_QUERIES},
    [COMMAND_REPORT] = {.name = "report",
                        .arguments = "",
                        .about = "the history as one page of HTML, for a "
                                 "browser, with charts and remedies"},
    [COMMAND_EXPLAIN] = {.name = "explain",
                         .arguments = "CAUSE",
                         .about = "what a cause means, and all its remedies",
                         .words = COMMAND_CAUSES},
    [COMMAND_PATTERNS] = {.name = "patterns",
                          .arguments =
                              "[list | show CAUSE | samples | test] [DIR]",
                          .about = "list, print or prove the catalogue, or "
                                   "print its samples as JSON",
                          .verbs = "list|show|samples|test",
                          .words = COMMAND_FILES},
    [COMMAND_CONFIG] = {.name = "config",
                        .arguments = "check [FILE] | show",
                        .about = "prove a configuration file, or show what is "
                                 "in force and who said it",
                        .verbs = "check|show",
                        .words = COMMAND_FILES},
    [COMMAND_COMPLETION] = {.name = "completion",
                            .arguments = "bash|zsh|fish",
                            .about = "print what makes a shell complete the "
                                     "command line",
                            .verbs = "bash|zsh|fish"},
    [COMMAND_HELP] = {.name = "help",
                      .arguments = "[COMMAND]",
                      .about = "print the help of a command",
                      .words = COMMAND_COMMANDS},
};

const struct command_row *
command_row(enum command_id command)
{
    return &commands[command];
}

const char *
options_nearest_command(const char *word)
{
    struct near near = {.word = slice_from(word)};
    for (size_t i = 0; i < COMMANDS; i++) {
        if (commands[i].name) {
            near_try(&near, commands[i].name);
        }
    }
    return near.best;
}
