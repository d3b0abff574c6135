/* SPDX-License-Identifier: Apache-2.0 */
#include "app/option_row.h"
#include "app/options.h"

#include <assert.h>
#include <string.h>

/* Which commands take an option. */
#define ON(command) OPTION_ON(command)
#define ON_ALL      (ON(COMMANDS) - 1)
#define ON_CONFIG   ON(COMMAND_CONFIG) /* it shows them */
#define ON_ANALYSIS (ON(COMMAND_ANALYZE) | ON(COMMAND_WATCH) | ON_CONFIG)
#define ON_WATCH    (ON(COMMAND_WATCH))
#define ON_READING  (ON_ANALYSIS | ON(COMMAND_ANNOTATE))
#define ON_CONTEXT \
    (ON_ANALYSIS | ON(COMMAND_SHOW) | ON(COMMAND_REPORT) | ON(COMMAND_EXPLAIN))
#define ON_LISTING (ON(COMMAND_HISTORY) | ON(COMMAND_REPORT))
#define ON_HISTORY \
    (ON_ANALYSIS | ON_LISTING | ON(COMMAND_SHOW) | ON(COMMAND_SQL))

#define FIELD(member) offsetof(struct options, member)

static const struct option_row rows[] = {
    {.name = "format",
     .argument = "text|json|none|box|csv|markdown",
     .kind = OPTION_CHOICE,
     .field = FIELD(output),
     .commands = ON_ALL & ~(ON(COMMAND_ANNOTATE) | ON(COMMAND_REPORT)),
     .about = "how findings are printed; none keeps only the history; box, "
              "csv and markdown are for the tables of history and sql"},
    {.name = "input-format",
     .argument = "NAME",
     .kind = OPTION_FORMAT,
     .field = FIELD(input_format),
     .words = OPTION_FORMATS,
     .commands = ON_READING,
     .about =
         "auto, klog, logfmt, cri, journal, syslog, event, columns, "
         "describe, json, csv or plain (default: auto, found for each line)"},
    {.name = "db",
     .argument = "PATH",
     .kind = OPTION_PATH,
     .field = FIELD(db),
     .variable = "PULLWHY_DB",
     .words = OPTION_FILES,
     .commands = ON_HISTORY,
     .about = "the history (default: $PULLWHY_DB, else "
              "$XDG_STATE_HOME/pullwhy/history.db; as root "
              "/var/lib/pullwhy/history.db)"},
    {.name = "no-db",
     .kind = OPTION_SWITCH,
     .field = FIELD(no_db),
     .commands = ON_ANALYSIS,
     .about = "keep no history"},
    {.name = "lang",
     .argument = "en|ja",
     .kind = OPTION_CHOICE,
     .field = FIELD(language),
     .commands = ON_ALL,
     .about = "language of findings (default: from LC_ALL, LC_MESSAGES, LANG)"},
    {.name = "color",
     .argument = "auto|always|never",
     .kind = OPTION_CHOICE,
     .field = FIELD(color),
     .commands = ON_ALL,
     .about = "colours (default: on a terminal, unless NO_COLOR is set)"},
    {.name = "progress",
     .argument = "auto|always|never",
     .kind = OPTION_CHOICE,
     .field = FIELD(progress),
     .commands = ON(COMMAND_ANALYZE) | ON_CONFIG,
     .about = "how far a long reading has come, on standard error (default: "
              "on a terminal, after a second)"},
    {.name = "threads",
     .argument = "N",
     .kind = OPTION_THREADS,
     .field = FIELD(threads),
     .commands = ON(COMMAND_ANALYZE) | ON_CONFIG,
     .about = "read a file in N threads, from 1 to 16, with the same result "
              "(default: 2 for large files where there are two processors)"},
    {.name = "patterns",
     .argument = "DIR",
     .kind = OPTION_PATH,
     .field = FIELD(patterns),
     .words = OPTION_FOLDERS,
     .commands = ON_ALL,
     .about = "add the *.yaml files of DIR to the catalogue; one of the same "
              "name replaces the built-in one"},
    {.name = "since",
     .argument = "TIME",
     .kind = OPTION_TIME,
     .field = FIELD(since),
     .commands = ON(COMMAND_ANALYZE) | ON_LISTING | ON_CONFIG,
     .about = "pass over what is older: 2h, 7d, or 2026-11-23T16:00:00Z; an "
              "analysis of a part keeps no history"},
    {.name = "until",
     .argument = "TIME",
     .kind = OPTION_TIME,
     .field = FIELD(until),
     .commands = ON_LISTING | ON_CONFIG,
     .about = "pass over what began later"},
    {.name = "exit-code",
     .kind = OPTION_SWITCH,
     .field = FIELD(exit_code),
     .commands = ON(COMMAND_ANALYZE) | ON_CONFIG,
     .about = "exit with 1 when a failed pull was found"},
    {.name = "stats",
     .kind = OPTION_SWITCH,
     .field = FIELD(stats),
     .commands = ON_ANALYSIS,
     .about = "at the end say what was read, and what each rule cost"},
    {.name = "no-memo",
     .kind = OPTION_SWITCH,
     .field = FIELD(no_memo),
     .commands = ON_ANALYSIS,
     .about = "read each line anew, also what says the same as one before; "
              "slower, with the same result"},
    {.name = "cause",
     .argument = "SLUG",
     .kind = OPTION_TEXT,
     .field = FIELD(cause),
     .words = OPTION_CAUSES,
     .commands = ON_LISTING | ON_CONFIG,
     .about = "only this cause"},
    {.name = "registry",
     .argument = "HOST",
     .kind = OPTION_TEXT,
     .field = FIELD(registry),
     .commands = ON_LISTING | ON_CONFIG,
     .about = "only this registry"},
    {.name = "state",
     .argument = "open|quiet|resolved",
     .kind = OPTION_WORD,
     .field = FIELD(state),
     .commands = ON_LISTING | ON_CONFIG,
     .about = "only this state"},
    {.name = "search",
     .argument = "WORDS",
     .kind = OPTION_TEXT,
     .field = FIELD(search),
     .line_only = true,
     .commands = ON_LISTING,
     .about = "only incidents in whose lines or facts all these words stand"},
    {.name = "sort",
     .argument = "last|first|count|pods|severity|duration",
     .kind = OPTION_WORD,
     .field = FIELD(sort),
     .commands = ON(COMMAND_HISTORY) | ON_CONFIG,
     .about = "the order, the greatest first (default: last, the newest)"},
    {.name = "utc",
     .kind = OPTION_SWITCH,
     .field = FIELD(utc),
     .commands = ON(COMMAND_HISTORY) | ON(COMMAND_SHOW) | ON_CONFIG,
     .about = "tell times in UTC, not in the local zone"},
    {.name = "export",
     .argument = "FILE",
     .kind = OPTION_PATH,
     .field = FIELD(export_to),
     .words = OPTION_FILES,
     .line_only = true,
     .commands = ON(COMMAND_HISTORY),
     .about = "write all incidents to FILE, or - for standard output, as JSON "
              "Lines that --import reads"},
    {.name = "import",
     .argument = "FILE",
     .kind = OPTION_LIST,
     .words = OPTION_FILES,
     .line_only = true,
     .commands = ON(COMMAND_HISTORY),
     .about = "merge another history, exported or as it is, into this one; "
              "what came from it before is replaced; may be repeated"},
    {.name = "prune",
     .kind = OPTION_SWITCH,
     .field = FIELD(prune),
     .line_only = true,
     .commands = ON(COMMAND_HISTORY),
     .about = "take away at once what --keep and --max-size leave no room "
              "for, and give the space back"},
    {.name = "keep",
     .argument = "TIME",
     .kind = OPTION_SPAN,
     .field = FIELD(keep),
     .commands = ON_ANALYSIS | ON(COMMAND_HISTORY),
     .about = "how long incidents are kept after they were last seen "
              "(90d; default: for ever)"},
    {.name = "max-size",
     .argument = "SIZE",
     .kind = OPTION_SIZE,
     .field = FIELD(max_size),
     .commands = ON_ANALYSIS | ON(COMMAND_HISTORY),
     .about = "how large the history may grow, in bytes or as 512K, 200M, "
              "2G; the oldest goes first"},
    {.name = "namespace",
     .argument = "NAME",
     .kind = OPTION_FACT,
     .fact = FACT_NAMESPACE,
     .letter = 'n',
     .commands = ON_CONTEXT | ON_LISTING,
     .about = "the namespace where the input does not tell it (kubectl get "
              "events without -A); history and report: only what pods of it "
              "suffer from"},
    {.name = "node",
     .argument = "NAME",
     .kind = OPTION_FACT,
     .fact = FACT_NODE,
     .commands = ON_CONTEXT | ON_LISTING,
     .about = "the node where the input does not tell it (a node's own "
              "log); history and report: only what pods on it suffer from"},
    {.name = "cluster",
     .argument = "NAME",
     .kind = OPTION_FACT,
     .fact = FACT_CLUSTER,
     .variable = "PULLWHY_CLUSTER",
     .commands = ON_CONTEXT,
     .about = "the AKS cluster, for the commands"},
    {.name = "resource-group",
     .argument = "NAME",
     .letter = 'g',
     .kind = OPTION_FACT,
     .fact = FACT_RESOURCE_GROUP,
     .variable = "PULLWHY_RESOURCE_GROUP",
     .commands = ON_CONTEXT,
     .about = "the cluster's resource group, for the commands"},
    {.name = "subscription",
     .argument = "ID",
     .kind = OPTION_FACT,
     .fact = FACT_SUBSCRIPTION,
     .variable = "PULLWHY_SUBSCRIPTION",
     .commands = ON_CONTEXT,
     .about = "the cluster's Azure subscription, likewise"},
    {.name = "azure-json",
     .argument = "PATH",
     .kind = OPTION_PATH,
     .field = FIELD(azure_json),
     .variable = "PULLWHY_AZURE_JSON",
     .words = OPTION_FILES,
     .commands = ON_CONTEXT,
     .about = "a node's /etc/kubernetes/azure.json: subscription, node "
              "resource group, network and identity are read from it, no "
              "secret"},
    {.name = "provider-id",
     .argument = "ID",
     .kind = OPTION_PROVIDER,
     .field = FIELD(provider_id),
     .commands = ON_CONTEXT,
     .about = "a node's .spec.providerID (azure:///subscriptions/...): "
              "subscription, node resource group, scale set"},
    {.name = "tee",
     .kind = OPTION_SWITCH,
     .field = FIELD(tee),
     .commands = ON_ANALYSIS,
     .about = "pass standard input on to standard output, byte for byte, and "
              "print findings on standard error"},
    {.name = "output",
     .argument = "FILE",
     .letter = 'o',
     .kind = OPTION_PATH,
     .field = FIELD(copy),
     .words = OPTION_FILES,
     .commands = ON_ANALYSIS | ON(COMMAND_REPORT),
     .about = "add the findings to the end of FILE too, as JSON Lines; "
              "report: write the page to FILE"},
    {.name = "config",
     .argument = "PATH",
     .kind = OPTION_PATH,
     .field = FIELD(config),
     .variable = "PULLWHY_CONFIG",
     .words = OPTION_FILES,
     .line_only = true,
     .commands = ON_ALL,
     .about = "read that configuration file alone (default: $PULLWHY_CONFIG, "
              "else /etc/pullwhy/config.yaml, then "
              "$XDG_CONFIG_HOME/pullwhy/config.yaml over it)"},
    {.name = "no-config",
     .kind = OPTION_SWITCH,
     .field = FIELD(no_config),
     .line_only = true,
     .commands = ON_ALL,
     .about = "read no configuration file"},
    {.name = "events",
     .kind = OPTION_SWITCH,
     .field = FIELD(events),
     .commands = ON_WATCH,
     .about = "watch the cluster's events with kubectl, of all namespaces or "
              "of --namespace"},
    {.name = "context",
     .argument = "NAME",
     .kind = OPTION_TEXT,
     .field = FIELD(kube_context),
     .commands = ON_WATCH,
     .about = "kubectl's context, for --events"},
    {.name = "kubeconfig",
     .argument = "PATH",
     .kind = OPTION_PATH,
     .field = FIELD(kubeconfig),
     .words = OPTION_FILES,
     .commands = ON_WATCH,
     .about = "kubectl's configuration, for --events"},
    {.name = "kubectl-option",
     .argument = "WORD",
     .kind = OPTION_LIST,
     .commands = ON_WATCH,
     .about = "one more word for kubectl, for --events; may be repeated"},
    {.name = "journal",
     .kind = OPTION_SWITCH,
     .field = FIELD(journal),
     .commands = ON_WATCH,
     .about = "follow systemd's journal, of the units that pull on a node or "
              "of --unit"},
    {.name = "journalctl",
     .kind = OPTION_SWITCH,
     .field = FIELD(journalctl),
     .commands = ON_WATCH,
     .about = "the same, read by journalctl"},
    {.name = "journal-dir",
     .argument = "DIR",
     .kind = OPTION_PATH,
     .field = FIELD(journal_dir),
     .words = OPTION_FOLDERS,
     .commands = ON_WATCH,
     .about = "follow the journal in DIR, not this machine's"},
    {.name = "unit",
     .argument = "NAME",
     .kind = OPTION_LIST,
     .commands = ON_WATCH,
     .about = "a unit to read the journal of; may be repeated"},
    {.name = "exec",
     .argument = "COMMAND",
     .kind = OPTION_LIST,
     .commands = ON_WATCH,
     .about = "read what a shell command prints, and start it again if it "
              "fails; may be repeated"},
    {.name = "silent-after",
     .argument = "TIME",
     .kind = OPTION_SPAN,
     .field = FIELD(silent_after),
     .commands = ON_WATCH,
     .about = "say so when a program printed nothing for so long (default: "
              "10m)"},
    {.name = "settle",
     .argument = "TIME",
     .kind = OPTION_DELAY,
     .field = FIELD(settle),
     .commands = ON_ANALYSIS,
     .about = "while input goes on, tell of an incident so long after its "
              "first line, when all that belongs to it is known (default: "
              "2s; 0s: at once)"},
    {.name = "listen",
     .argument = "ADDRESS",
     .kind = OPTION_LIST,
     .commands = ON_WATCH,
     .about = "take lines from clients at tcp://127.0.0.1:5170 or "
              "unix:///run/pullwhy.sock; systemd: at the sockets that it "
              "passes; may be repeated"},
    {.name = "from-start",
     .kind = OPTION_SWITCH,
     .field = FIELD(from_start),
     .commands = ON_WATCH,
     .about = "read what was never read before from its start, not from its "
              "end"},
    {.name = "help",
     .letter = 'h',
     .kind = OPTION_SWITCH,
     .field = FIELD(wants_help),
     .line_only = true,
     .commands = ON_ALL,
     .about = "print this and exit"},
    {.name = "version",
     .letter = 'V',
     .kind = OPTION_SWITCH,
     .field = FIELD(wants_version),
     .line_only = true,
     .commands = ON_ALL,
     .about = "print the version and exit"},
};

const struct option_table option_table = {rows, COUNT(rows)};
static_assert(COUNT(rows) <= OPTIONS_MAX, "make OPTIONS_MAX larger");

const struct option_row *
option_row(size_t index)
{
    return index < COUNT(rows) ? &rows[index] : NULL;
}

bool
option_key_is(struct slice key, const char *name)
{
    struct slice text = slice_from(name);
    for (size_t i = 0; i < key.len && i < text.len; i++) {
        bool are_marks = strchr("_-", text.data[i]) != NULL
                      && (key.data[i] == '_' || key.data[i] == '-');
        if (key.data[i] != text.data[i] && !are_marks) {
            return false;
        }
    }
    return key.len == text.len;
}

const struct option_row *
option_find(const struct option_table *table, struct slice name)
{
    for (size_t i = 0; i < table->count; i++) {
        if (option_key_is(name, table->rows[i].name)) {
            return &table->rows[i];
        }
    }
    return NULL;
}
