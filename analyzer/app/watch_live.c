/* SPDX-License-Identifier: Apache-2.0 */
#include "app/option_set.h"
#include "app/watch.h"
#include "source/child.h"
#include "source/journald.h"
#include "source/listen.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
    WORDS = 64,          /* that an option may be given at most */
    FIRST_PASSED_FD = 3, /* of systemd's */
};

/* What pulls on a node, whoever made the node. */
static const char *const node_units[] = {
    "kubelet",
    "containerd",
    "crio",
    "docker",
    "k3s",
    "k3s-agent",
    "rke2-server",
    "rke2-agent",
    "snap.microk8s.daemon-kubelite",
    "snap.microk8s.daemon-containerd",
};

/* Words that are made of options; they live as long as the arena. */
struct words {
    const char *word[WORDS];
    size_t count;
    struct arena arena;
};

static bool
add_word(struct words *words, const char *before, struct slice text,
         struct fault *fault)
{
    size_t size = strlen(before) + text.len + 1;
    char *word = arena_alloc(&words->arena, size);
    if (words->count == WORDS) {
        return fault_set(fault, FAULT_USAGE, 0,
                         "more than %d words for one program or journal",
                         WORDS);
    }
    snprintf(word, size, "%s%.*s", before, SLICE_ARG(text));
    words->word[words->count++] = word;
    return true;
}

/* Each of a list's items behind `before`. */
static bool
add_list(struct words *words, const struct options *options, const char *list,
         const char *before, struct fault *fault)
{
    const struct option_item *item = NULL;
    while ((item = option_next(options, item, list))) {
        if (!add_word(words, before, slice_from(item->text), fault)) {
            return false;
        }
    }
    return true;
}

static bool
add_units(struct words *words, const struct options *options,
          const char *before, struct fault *fault)
{
    if (option_next(options, NULL, "unit")) {
        return add_list(words, options, "unit", before, fault);
    }
    for (size_t i = 0; i < COUNT(node_units); i++) {
        if (!add_word(words, before, slice_from(node_units[i]), fault)) {
            return false;
        }
    }
    return true;
}

static void
close_journald(void *source)
{
    journald_close(source);
}

static bool
open_journal(struct watch *watch, const struct words *units,
             struct fault *fault)
{
    const struct options *options = watch->app->options;
    const struct journald_config config = {
        .folder = options->journal_dir,
        .units = units->word,
        .unit_count = units->count,
        .from_start = options->from_start,
    };
    struct watch_place *place = watch_place(watch, fault);
    struct journald *journald = place
                                  ? journald_open(engine_loop(watch->engine),
                                                  &config, &place->host, fault)
                                  : NULL;
    if (journald) {
        watch_opened(place, journald, close_journald);
    }
    return journald;
}

bool
watch_journal(struct watch *watch, struct fault *fault)
{
    const struct options *options = watch->app->options;
    struct words units = {.count = 0};
    bool is_wanted =
        options->journal
        || (!options->journalctl
            && (options->journal_dir || option_next(options, NULL, "unit")));
    bool ok = !is_wanted
           || (add_units(&units, options, "", fault)
               && open_journal(watch, &units, fault));
    arena_free(&units.arena);
    return ok;
}

static void
close_child(void *source)
{
    child_close(source);
}

static bool
open_child(struct watch *watch, enum program_kind kind,
           const struct words *words, struct fault *fault)
{
    const struct options *options = watch->app->options;
    const struct child_config config = {
        .kind = kind,
        .arguments = words->word,
        .argument_count = words->count,
        .from_start = options->from_start,
        .times.silent_after = (uint64_t)options->silent_after / 1000,
    };
    struct watch_place *place = watch_place(watch, fault);
    struct child *child = place ? child_open(engine_loop(watch->engine),
                                             &config, &place->host, fault)
                                : NULL;
    if (child) {
        watch_opened(place, child, close_child);
    }
    return child;
}

/* One namespace where it is named: not everybody may see them all. */
static bool
add_namespace(struct words *words, const struct options *options,
              struct fault *fault)
{
    struct slice namespace = options->context.value[FACT_NAMESPACE];
    return namespace.len > 0
             ? add_word(words, "--namespace=", namespace, fault)
             : add_word(words, "--all-namespaces", SLICE(""), fault);
}

static bool
add_named(struct words *words, const char *before, const char *text,
          struct fault *fault)
{
    return !text || add_word(words, before, slice_from(text), fault);
}

static bool
watch_events(struct watch *watch, struct words *words, struct fault *fault)
{
    const struct options *options = watch->app->options;
    return !options->events
        || (add_namespace(words, options, fault)
            && add_named(words, "--context=", options->kube_context, fault)
            && add_named(words, "--kubeconfig=", options->kubeconfig, fault)
            && add_list(words, options, "kubectl-option", "", fault)
            && open_child(watch, PROGRAM_EVENTS, words, fault));
}

static bool
watch_journalctl(struct watch *watch, struct words *words, struct fault *fault)
{
    const struct options *options = watch->app->options;
    return !options->journalctl
        || (add_units(words, options, "--unit=", fault)
            && add_named(words, "--directory=", options->journal_dir, fault)
            && open_child(watch, PROGRAM_JOURNALCTL, words, fault));
}

static bool
watch_commands(struct watch *watch, struct words *words, struct fault *fault)
{
    const struct options *options = watch->app->options;
    const struct option_item *item = NULL;
    while ((item = option_next(options, item, "exec"))) {
        words->count = 0;
        if (!add_word(words, "", slice_from(item->text), fault)
            || !open_child(watch, PROGRAM_COMMAND, words, fault)) {
            return false;
        }
    }
    return true;
}

bool
watch_children(struct watch *watch, struct fault *fault)
{
    static bool (*const kinds[])(struct watch *, struct words *,
                                 struct fault *) = {
        watch_events,
        watch_journalctl,
        watch_commands,
    };
    bool ok = true;
    for (size_t i = 0; i < COUNT(kinds) && ok; i++) {
        struct words words = {.count = 0};
        ok = kinds[i](watch, &words, fault);
        arena_free(&words.arena);
    }
    return ok;
}

static void
close_listen(void *source)
{
    listen_close(source);
}

static bool
open_listener(struct watch *watch, const char *address, struct fault *fault)
{
    struct watch_place *place = watch_place(watch, fault);
    struct listen *listen = place ? listen_open(engine_loop(watch->engine),
                                                address, &place->host, fault)
                                  : NULL;
    if (listen) {
        watch_opened(place, listen, close_listen);
    }
    return listen;
}

/* How many sockets systemd has passed to this very process. */
static uint64_t
passed_sockets(void)
{
    uint64_t pid;
    uint64_t count;
    if (!slice_to_u64(slice_from(getenv("LISTEN_PID")), &pid)
        || pid != (uint64_t)getpid()
        || !slice_to_u64(slice_from(getenv("LISTEN_FDS")), &count)) {
        return 0;
    }
    return count;
}

static bool
open_passed(struct watch *watch, struct fault *fault)
{
    char address[32];
    uint64_t count = passed_sockets();
    if (count == 0) {
        return fault_set(fault, FAULT_USAGE, 0,
                         "--listen systemd: no socket was passed; a .socket "
                         "unit of systemd's does that");
    }
    for (uint64_t i = 0; i < count && i < WATCH_SOURCES; i++) {
        snprintf(address, sizeof(address), "fd://%d", (int)i + FIRST_PASSED_FD);
        if (!open_listener(watch, address, fault)) {
            return false;
        }
    }
    return true;
}

bool
watch_listeners(struct watch *watch, struct fault *fault)
{
    const struct option_item *item = NULL;
    while ((item = option_next(watch->app->options, item, "listen"))) {
        bool ok = strcmp(item->text, "systemd") == 0
                    ? open_passed(watch, fault)
                    : open_listener(watch, item->text, fault);
        if (!ok) {
            return false;
        }
    }
    return true;
}
