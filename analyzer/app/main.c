/* SPDX-License-Identifier: Apache-2.0 */
/*
 * pullwhy: says why Kubernetes cannot pull an image and what to type.
 *
 * A map of all files, ground first; a floor sees only what is below it.
 *
 *   base/     slice, byte (kinds), buf, mem (memory, arenas), fault, stamp
 *             (time), keyed (a hash under a key), token (what a line is known
 *             by), shelf (what is kept of late), embedded
 *   wire/     frame (lines), breaks (where a list on one line may be torn),
 *             decode (the table of formats; decode_memory: what it keeps,
 *             decode_place: where in the stream), one file a format, hold (a
 *             row whose message goes on), strands (an object over many
 *             envelopes), inner (an object of names that nobody knows),
 *             ordinary (a line that stands for itself), alike (one that begins
 *             as such a line did), skeleton (objects that look like ones
 *             before) and shape (whether one is of Kubernetes), yaml_plain
 *             (likewise of YAML), unescape (escapes: where they are);
 *             record.h is what comes out
 *   source/   stream (pipe, terminal), tail (file; blocks: in threads), utf16
 *             (as UTF-8), pump (passes on), child (a program; program: which,
 *             chatter: its stderr, whole, cursor), journald (journal_library
 *             loads what it needs), listen (sockets; address), identity (who a
 *             file is), seen (what was read of it), follow (files that live on;
 *             follow_find looks for paths, follow_names knows names,
 *             follow_listing reads a folder once, follow_trail is one path,
 *             follow_sift its older generations, follow_file one open file,
 *             follow_gzip a packed one); source.h
 *   match/    needle (prefilter), teddy and teddy_search (how it seeks), usual
 *             (what most lines are like), gate (what it seeks), image, name
 *             (how long one is), mask and hide (names, hidden from patterns),
 *             lead (words before a name), spots (where something may begin),
 *             marks (what a message is about), lexicon (literals of a text),
 *             form (what a masked text is to the catalogue), aggregate
 *             (kubelet's lists of errors), rule (PCRE2), look (one block under
 *             match:), yaml, pack (a parsed file as bytes, as patterns/pack.c
 *             builds the catalogue in), cause, catalog, gather, facts and known
 *             (few of them), classify (a record's meaning), scheduled (where a
 *             pod runs), memo (what was found of late), redact, secret (by
 *             which names they go), credential (what they look like without
 *             one) and dump (of a container), prove (by its samples;
 *             prove_costs: by lines made to be slow)
 *   incident/ key (identity), alias (an image's names), names (who suffers),
 *             incident (states), places (finds them; links, numbers), account
 *             (what a line adds), recurrence (how often an event was counted;
 *             event_name: which one), voice, telling (chain) and share (who has
 *             told of a failure), backoff, attempt and unnamed (whose line it
 *             is), recovery, expiry, witness (what else happened at a registry),
 *             lend (whose pull secret it is), binding (a pod's node), news,
 *             roster (a bounded table of them; absence: who is not in it),
 *             ledger, again and trace (its short way for what was said before),
 *             renew (when history or catalogue are exchanged)
 *   store/    exchange (a history as lines, and merged into another one),
 *             retention (how long and large it may be), db, schema (what is in
 *             it), folder (what it is in), trouble (what is wrong with it),
 *             aside (moves a corrupt one away), statement, given (rows for
 *             one), batch (a flush: written, sufferers, minutes), facts_json,
 *             memory (what was counted), recall, past (incidents to go on
 *             with), history, query, guard, since, glossary (the catalogue's
 *             words), blank (a new one)
 *   report/   azure (azure.json, provider ID), context, remedy, recipe (a
 *             template, read), kept (what was made of texts), advice, brief,
 *             printable, words, paper, render_text, render_text_summary,
 *             render_json, jot, json, annotation, table, listing (of many),
 *             gauge (how far a reading has come), course (how one went), page
 *             (of HTML: page_pool, page_json, page_remedies, page_words;
 *             render_html is the frame, page/ its skeleton, styles and scripts)
 *   app/      options (the command line; option_table: all of them), option_set
 *             (of one), near (did you mean), config (the file; config_context:
 *             azure: and registries: in it), environment (what is in force),
 *             completion (of shells), reader (bytes to findings), skim and
 *             skim_document (what is not decoded), echo (what is known by the
 *             line; ear: what is asked for), foresight (of both, in threads:
 *             foreseen; processors: how many there are),
 *             pipeline and observe (findings to incidents), keeper (the
 *             history of a run), engine (what runs have in common), inputs,
 *             counted (how far one was before), watch (sources that live on;
 *             watch_live: journal, programs, listeners), announce, output,
 *             pager, zone (the local one), replace (writes a file whole),
 *             secret (keys of a run), statistics, progress (of a long reading),
 *             notify (systemd), cmd_*.c, main
 */
#include "app/announce.h"
#include "app/commands.h"
#include "app/environment.h"
#include "app/option_set.h"
#include "app/output.h"
#include "wire/decode.h"

#include <errno.h>
#include <langinfo.h>
#include <locale.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

/* In the order of enum command_id. */
static bool (*const commands[COMMANDS])(struct app *, struct fault *) = {
    [COMMAND_ANALYZE] = cmd_analyze,
    [COMMAND_ANNOTATE] = cmd_annotate,
    [COMMAND_WATCH] = cmd_watch,
    [COMMAND_HISTORY] = cmd_history,
    [COMMAND_SHOW] = cmd_show,
    [COMMAND_SQL] = cmd_sql,
    [COMMAND_REPORT] = cmd_report,
    [COMMAND_EXPLAIN] = cmd_explain,
    [COMMAND_PATTERNS] = cmd_patterns,
    [COMMAND_CONFIG] = cmd_config,
    [COMMAND_COMPLETION] = cmd_completion,
    [COMMAND_HELP] = cmd_help,
};

static int64_t
clock_now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_REALTIME, &time);
    return (int64_t)time.tv_sec * STAMP_SECOND + time.tv_nsec / 1000;
}

int64_t
app_now(const struct app *app)
{
    return app->surroundings.is_now_fixed ? app->surroundings.now : clock_now();
}

/* PULLWHY_NOW fixes the time, so that what is printed can be compared. */
static bool
read_now(struct surroundings *surroundings, struct fault *fault)
{
    const char *fixed = getenv("PULLWHY_NOW");
    struct slice text = slice_from(fixed);
    struct stamp stamp;
    surroundings->now = clock_now();
    if (!fixed || fixed[0] == '\0') {
        return true;
    }
    if (!stamp_read_rfc3339(&text, &stamp) || text.len > 0) {
        return fault_set(fault, FAULT_USAGE, 0,
                         "PULLWHY_NOW: %s is no time such as "
                         "2026-11-23T16:00:00Z",
                         fixed);
    }
    surroundings->now = stamp.us;
    surroundings->is_now_fixed = true;
    return true;
}

static bool
locale_is_utf8(void)
{
    locale_t locale = newlocale(LC_CTYPE_MASK, "", (locale_t)0);
    bool is_utf8 =
        locale && strcmp(nl_langinfo_l(CODESET, locale), "UTF-8") == 0;
    if (locale) {
        freelocale(locale);
    }
    return is_utf8;
}

static void
read_terminal(struct surroundings *surroundings)
{
    struct winsize size;
    const char *columns = getenv("COLUMNS");
    uint64_t value;
    surroundings->is_terminal = isatty(STDOUT_FILENO) == 1;
    surroundings->is_error_terminal = output_warns_terminal();
    surroundings->is_utf8 = surroundings->is_error_terminal && locale_is_utf8();
    if (surroundings->is_terminal
        && ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0) {
        surroundings->columns = size.ws_col;
    }
    if (columns && slice_to_u64(slice_from(columns), &value) && value <= 1000) {
        surroundings->columns = (size_t)value;
    }
}

static enum language
locale_language(void)
{
    static const char *const names[] = {"LC_ALL", "LC_MESSAGES", "LANG"};
    for (size_t i = 0; i < COUNT(names); i++) {
        const char *value = getenv(names[i]);
        if (value && value[0] != '\0') {
            return strncmp(value, "ja", 2) == 0 ? LANGUAGE_JA : LANGUAGE_EN;
        }
    }
    return LANGUAGE_EN;
}

static bool
wants_color(const struct app *app, bool is_terminal)
{
    const char *no_color = getenv("NO_COLOR");
    const char *term = getenv("TERM");
    switch (app->options->color) {
    case COLOR_ALWAYS:
        return true;
    case COLOR_NEVER:
        return false;
    case COLOR_AUTO:
    case COLORS:
        break;
    }
    return is_terminal && !(no_color && no_color[0] != '\0')
        && !(term && strcmp(term, "dumb") == 0);
}

/* The default place of the history; empty if there is none. */
static void
default_db(struct buf *path)
{
    const char *state = getenv("XDG_STATE_HOME");
    const char *home = getenv("HOME");
    if (state && state[0] == '/') {
        buf_print(path, "%s/pullwhy/history.db", state);
    } else if (geteuid() == 0) {
        buf_add_text(path, "/var/lib/pullwhy/history.db");
    } else if (home && home[0] == '/') {
        buf_print(path, "%s/.local/state/pullwhy/history.db", home);
    }
}

/* A word as a shell takes it for one: quoted, unless it is plain. */
static void
add_word(struct buf *out, const char *word)
{
    static const char plain[] = "abcdefghijklmnopqrstuvwxyz"
                                "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                "0123456789_@%+=:,./-";
    if (word[0] != '\0' && word[strspn(word, plain)] == '\0') {
        buf_add_text(out, word);
        return;
    }
    buf_add_byte(out, '\'');
    for (; *word != '\0'; word++) {
        if (*word == '\'') {
            buf_add_text(out, "'\\''");
        } else {
            buf_add_byte(out, *word);
        }
    }
    buf_add_byte(out, '\'');
}

/* "pullwhy show", so that it can be pasted: with the program's own path and
 * history where they are not the usual ones, which include what the usual
 * files say. */
static void
show_command(const struct options *options, const char *program,
             struct buf *out)
{
    bool has_path = program && strchr(program, '/');
    add_word(out, has_path ? program : "pullwhy");
    buf_add_text(out, " show");
    if (options->has_db
        && (options->config
            || option_place(options, &options->db)->level == LEVEL_LINE)) {
        buf_add_text(out, " --db ");
        add_word(out, options->db);
    } else if (options->no_config) {
        buf_add_text(out, " --no-config");
    }
}

static bool
print_and_done(void (*print)(struct buf *), bool is_error, struct fault *fault)
{
    struct buf out = {0};
    bool is_written = true;
    print(&out);
    if (is_error) {
        fwrite(out.data, 1, out.len, stderr);
    } else {
        is_written = output_write(&out, fault);
    }
    buf_free(&out);
    return is_written;
}

static void
print_version(struct buf *out)
{
    buf_add_text(out, PACKAGE_NAME " " PACKAGE_VERSION "\n");
}

/* A file may say what fits some commands only. */
static bool
output_fits(const struct options *options)
{
    return options->output < OUTPUT_BOX || options->command == COMMAND_HISTORY
        || options->command == COMMAND_SQL
        || options->command == COMMAND_CONFIG;
}

static bool
run(struct app *app, struct fault *fault)
{
    const struct options *options = app->options;
    struct buf db = {0};
    if (options->wants_version) {
        return print_and_done(print_version, false, fault);
    }
    if (options->wants_help || options->command == COMMAND_HELP) {
        return cmd_help(app, fault);
    }
    if (!output_fits(options)) {
        return fault_set(fault, FAULT_USAGE, 0,
                         "--format: box, csv and markdown are for the tables "
                         "that 'pullwhy history' and 'pullwhy sql' print");
    }
    if (options->command <= COMMAND_ANNOTATE && options->argument_count == 0
        && isatty(STDIN_FILENO) == 1) {
        app->status = STATUS_USAGE;
        return print_and_done(options_usage, true, fault);
    }
    if (options->command == COMMAND_WATCH) {
        /* Until the loop takes them, they shall not end it. */
        (void)signal(SIGHUP, SIG_IGN);
        (void)signal(SIGUSR1, SIG_IGN);
    }
    app->catalog = catalog_load(options->patterns, fault);
    if (!app->catalog) {
        return fault_add(fault, "loading the catalogue");
    }
    default_db(&db);
    app->db = options->db ? options->db : db.len > 0 ? buf_string(&db) : NULL;
    bool ok = commands[options->command](app, fault);
    catalog_free(app->catalog);
    buf_free(&db);
    return ok;
}

static int
status_of(const struct fault *fault)
{
    switch (fault->kind) {
    case FAULT_USAGE:
        return STATUS_USAGE;
    case FAULT_INPUT:
        return STATUS_INPUT;
    case FAULT_NONE:
    case FAULT_SYSTEM:
        break;
    }
    return STATUS_SYSTEM;
}

/* Help must be had where a file is damaged, and `config check` reads its own. */
static bool
complete(const struct options *line, struct options *options,
         struct fault *fault)
{
    bool is_check = line->command == COMMAND_CONFIG && line->argument_count > 0
                 && strcmp(line->arguments[0], "check") == 0;
    if (line->wants_help || line->wants_version || is_check
        || line->command == COMMAND_COMPLETION
        || line->command == COMMAND_HELP) {
        *options = *line;
        options->memory = (struct arena){0};
        return true;
    }
    return environment_complete(line, options, fault);
}

int
main(int argc, char **argv)
{
    struct fault fault = {0};
    struct options line = {
        .input_format = FORMATS,
        .settle = ANNOUNCE_SETTLE_MS * (STAMP_SECOND / 1000),
    };
    struct options options = {0};
    struct app app = {.line = &line, .options = &options};
    struct buf show = {0};
    (void)signal(SIGPIPE, SIG_IGN); /* EPIPE tells it where it happens */
    line.language = locale_language();
    read_terminal(&app.surroundings);
    bool ok = read_now(&app.surroundings, &fault)
           && options_parse(argc, argv, &app.surroundings, &line, &fault)
           && complete(&line, &options, &fault);
    if (ok) {
        show_command(&options, argv[0], &show);
        app.style = (struct report_style){
            .language = options.language,
            .color = wants_color(&app, app.surroundings.is_terminal),
            .columns = app.surroundings.columns,
            .now = app.surroundings.now,
            .show = buf_slice(&show),
        };
        app.has_error_color =
            wants_color(&app, app.surroundings.is_error_terminal);
        ok = run(&app, &fault);
    }
    buf_free(&show);
    options_free(&options);
    options_free(&line);
    if (!ok) {
        output_warn("%s", fault.text);
        return status_of(&fault);
    }
    return app.status;
}
