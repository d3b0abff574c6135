/* SPDX-License-Identifier: Apache-2.0 */

/*
 * A line that says what one said before is counted without being read. All that
 * is reported and kept must be the same as when every line is read: in storms
 * of several voices made at random, and (tests/skim.sh) in each file said again
 * and again at other times.
 */

#include "app/echo.h"
#include "assert_slice.h"
#include "base/mem.h"
#include "mind.h"
#include "river.h"
#include "text.h"

#include <stdlib.h>
#include <string.h>

#define DENIED                                                          \
    "rpc error: code = Unknown desc = failed to pull and unpack image " \
    "\\\"x%u.azurecr.io/a:%u\\\": failed to resolve reference "         \
    "\\\"x%u.azurecr.io/a:%u\\\": "

struct random {
    uint64_t seed;
    unsigned registries; /* and twice as many images */
    unsigned image;      /* of the line that is made */
    unsigned registry;
    unsigned way; /* in which it fails; mostly one of its own */
    bool secrets_are_rare;
};

static unsigned
below(struct random *random, unsigned limit)
{
    random->seed =
        random->seed * UINT64_C(6364136223846793005) + 1442695040888963407u;
    return (unsigned)(random->seed >> 33) % limit;
}

/* "2026-11-23T16:28:59.1Z" and "1123 16:28:59.100000" of seconds of a day. */
static void
add_time(struct buf *out, bool is_iso, unsigned second, unsigned part)
{
    unsigned hour = second / 3600 % 24;
    unsigned minute = second / 60 % 60;
    if (is_iso) {
        buf_print(out, "2026-11-22T%02u:%02u:%02u.%uZ", hour, minute,
                  second % 60, part);
    } else {
        buf_print(out, "1122 %02u:%02u:%02u.%06u", hour, minute, second % 60,
                  part);
    }
}

/* What stands before a line, and its first stamp. */
enum envelope {
    BARE,
    SYSLOG,
    SYSLOG_ISO,
    CRI,
    ENVELOPES,
};

static void
add_envelope(struct buf *out, enum envelope envelope, unsigned second,
             unsigned node)
{
    switch (envelope) {
    case SYSLOG:
        buf_print(out, "Nov 22 %02u:%02u:%02u node-%u kubelet[9]: ",
                  second / 3600 % 24, second / 60 % 60, second % 60, node);
        break;
    case SYSLOG_ISO:
        add_time(out, true, second, 5);
        buf_print(out, " node-%u containerd[8]: ", node);
        break;
    case CRI:
        add_time(out, true, second, 25);
        buf_add_text(out, " stderr F ");
        break;
    case BARE:
    case ENVELOPES:
        break;
    }
}

/* One of the ways says less than the others, as if tried without a secret. */
static void
add_error(struct buf *out, const struct random *random)
{
    unsigned registry = random->registry;
    unsigned image = random->image;
    buf_print(out, DENIED, registry, image, registry, image);
    if (random->way == 0) {
        buf_print(out, "x%u.azurecr.io/a:%u: not found", registry, image);
    } else if (random->way == 1) {
        buf_print(out,
                  "failed to authorize: failed to fetch anonymous token: "
                  "unexpected status from GET request to "
                  "https://x%u.azurecr.io/oauth2/token?scope=a:%u: 401 "
                  "Unauthorized",
                  registry, image);
    } else if (random->way == 2) {
        buf_print(out,
                  "unexpected status from HEAD request to "
                  "https://x%u.azurecr.io/v2/a/manifests/%u: 403 Forbidden",
                  registry, image);
    } else {
        buf_print(out,
                  "failed to do request: Head "
                  "\\\"https://x%u.azurecr.io/v2/a/manifests/%u\\\": dial tcp "
                  "10.0.0.4:443: i/o timeout",
                  registry, image);
    }
}

static void
add_klog(struct buf *out, char level, unsigned second, unsigned part,
         const char *file)
{
    buf_add_byte(out, level);
    add_time(out, false, second, part);
    buf_print(out, " %7u %s] ", 1 + part % 12345, file);
}

/* A line of one of the voices; most say one of few things. */
static void
add_line(struct buf *out, struct random *random, unsigned second)
{
    unsigned image = below(random, random->registries * 2);
    unsigned registry = image % random->registries;
    unsigned pod = below(random, 4);
    unsigned part = below(random, 1000000);
    random->image = image;
    random->registry = registry;
    random->way = below(random, 12) == 0 ? below(random, 4) : image % 4;
    add_envelope(out, (enum envelope)below(random, ENVELOPES), second, pod % 2);
    unsigned kind = below(random, 10);
    if (kind == 8 && random->secrets_are_rare && below(random, 25) > 0) {
        kind = 5;
    }
    switch (kind) {
    case 0:
    case 1:
        buf_add_text(out, "time=\"");
        add_time(out, true, second, part);
        buf_print(out,
                  "\" level=error msg=\"PullImage "
                  "\\\"x%u.azurecr.io/a:%u\\\" failed\" error=\"",
                  registry, image);
        add_error(out, random);
        buf_add_text(out, "\"\n");
        break;
    case 2:
        add_klog(out, 'E', second, part, "kuberuntime_image.go:55");
        buf_add_text(out, "\"Failed to pull image\" err=\"");
        add_error(out, random);
        buf_print(out, "\" image=\"x%u.azurecr.io/a:%u\"\n", registry, image);
        break;
    case 3:
        add_klog(out, 'E', second, part, "log.go:32");
        buf_add_text(out, "\"PullImage from image service failed\" err=\"");
        add_error(out, random);
        buf_print(out, "\" image=\"x%u.azurecr.io/a:%u\"\n", registry, image);
        break;
    case 4:
        add_klog(out, 'E', second, part, "pod_workers.go:1301");
        buf_print(out,
                  "\"Error syncing pod, skipping\" err=\"failed to "
                  "\\\"StartContainer\\\" for \\\"web\\\" with "
                  "ImagePullBackOff: \\\"Back-off pulling image "
                  "\\\\\\\"x%u.azurecr.io/a:%u\\\\\\\"\\\"\" "
                  "pod=\"shop/web-%u\" podUID=\"1-%u\"\n",
                  registry, image, pod, pod);
        break;
    case 5:
        add_klog(out, 'E', second, part, "pod_workers.go:1301");
        buf_print(out,
                  "\"Error syncing pod, skipping\" err=\"failed to "
                  "\\\"StartContainer\\\" for \\\"web\\\" with "
                  "ErrImagePull: \\\"x%u.azurecr.io/a:%u: not "
                  "found\\\"\" pod=\"shop/web-%u\"\n",
                  registry, image, pod);
        break;
    case 6:
        buf_add_text(out, "time=\"");
        add_time(out, true, second, part);
        buf_print(out,
                  "\" level=info msg=\"%s \\\"x%u.azurecr.io/a:%u\\\" "
                  "returns image reference \\\"sha256:01\\\"\"\n",
                  below(random, 3) == 0 ? "PullImage" : "ImageCreate", registry,
                  image);
        break;
    case 7:
        buf_add_text(out, "time=\"");
        add_time(out, true, second, part);
        buf_add_text(out, "\" level=info msg=\"trying next host\" error=\"");
        add_error(out, random);
        buf_print(out, "\" host=x%u.azurecr.io\n", registry);
        break;
    case 8:
        add_klog(out, 'W', second, part, "kubelet_pods.go:1068");
        buf_print(out,
                  "\"Unable to retrieve some image pull secrets (regcred-%u); "
                  "attempting to pull the image may not succeed.\" "
                  "pod=\"shop/web-%u\"\n",
                  pod, pod);
        break;
    default:
        add_klog(out, 'I', second, part, "kubelet.go:2406");
        buf_print(out, "\"SyncLoop (PLEG): event\" pod=\"shop/%u\"\n", part);
    }
}

/*
 * Two processes of one world that read the same, one of them each line; the
 * other one may look at what it is fed beforehand (app/foresight.h).
 */
struct pair {
    struct world *world;
    struct run all;
    struct run echoing;
};

static void
start_pair(struct pair *pair, struct world *world, bool has_db,
           bool is_foreseeing)
{
    pair->world = world;
    world->is_forgetful = true;
    river_start(&pair->all, world, has_db ? "all.db" : NULL);
    world->is_forgetful = false;
    river_start(&pair->echoing, world, has_db ? "echoing.db" : NULL);
    if (is_foreseeing) {
        river_foresee(&pair->echoing);
    }
}

static void
stop_pair(struct pair *pair)
{
    river_kill(&pair->all);
    river_kill(&pair->echoing);
}

static void
same_text(const struct buf *is, const struct buf *expected, const char *what)
{
    if (!slice_equal(buf_slice(is), buf_slice(expected))) {
        fail_msg("%s\n# is       %.*s\n# expected %.*s", what,
                 SLICE_ARG(buf_slice(is)), SLICE_ARG(buf_slice(expected)));
    }
}

/* In the order in which they were made, which is the same. */
static void
tell_facts(const struct run *run, struct buf *out)
{
    for (size_t i = 0; i < ledger_count(run->ledger); i++) {
        const struct incident *incident = ledger_at(run->ledger, i);
        buf_print(out, "%.*s %u", SLICE_ARG(incident->key), incident->life);
        for (int fact = 0; fact < FACTS; fact++) {
            buf_add_byte(out, '|');
            buf_add(out, incident_fact(incident, (enum fact)fact));
        }
        buf_add_byte(out, '\n');
    }
}

static void
same_ledgers(const struct pair *pair, const char *what)
{
    struct buf all = {0};
    struct buf echoing = {0};
    tell_facts(&pair->all, &all);
    tell_facts(&pair->echoing, &echoing);
    same_text(&echoing, &all, what);
    same_text(&pair->echoing.changes, &pair->all.changes, what);
    river_tell_ledger(&pair->all, &all);
    river_tell_ledger(&pair->echoing, &echoing);
    same_text(&echoing, &all, what);
    buf_free(&all);
    buf_free(&echoing);
}

static void
same_histories(const struct pair *pair)
{
    struct buf all = {0};
    struct buf echoing = {0};
    river_tell_history(pair->world, "all.db", DIGEST_ALL, &all);
    river_tell_history(pair->world, "echoing.db", DIGEST_ALL, &echoing);
    same_text(&echoing, &all, "the history");
    assert_true(all.len > 0);
    buf_free(&all);
    buf_free(&echoing);
}

static void
feed_pair(struct pair *pair, struct slice text, size_t piece)
{
    river_feed(&pair->all, text, piece);
    river_feed(&pair->echoing, text, piece);
}

/*
 * Storms with back-offs, successes, tries that yield, in several envelopes; the
 * table of incidents is small in every other one, so that some leave it.
 */
static void
storms_are_counted_the_same(void **state)
{
    enum {
        ROUNDS = 12,
        TURNS = 9,
        LINES = 120,
    };

    struct world *world = *state;
    for (unsigned round = 0; round < ROUNDS; round++) {
        struct random random = {.seed = round + 1,
                                .registries = round % 4 == 3 ? 70 : 3,
                                .secrets_are_rare = round % 3 == 2};
        struct pair pair = {0};
        unsigned second = below(&random, 40000);
        start_pair(&pair, world, true, round % 3 > 0);
        if (round % 2 == 1) {
            roster_limit(ledger_roster(pair.all.ledger), 4, 12);
            roster_limit(ledger_roster(pair.echoing.ledger), 4, 12);
        }
        for (int turn = 0; turn < TURNS; turn++) {
            struct buf text = {0};
            for (int i = 0; i < LINES; i++) {
                second += below(&random, 8) == 0 ? below(&random, 40) : 0;
                add_line(&text, &random, second);
            }
            feed_pair(&pair, buf_slice(&text), 700 + below(&random, 40000));
            pipeline_make_room(pair.all.pipeline);
            pipeline_make_room(pair.echoing.pipeline);
            if (below(&random, 3) == 0) {
                river_flush(&pair.all);
                river_flush(&pair.echoing);
            }
            same_ledgers(&pair, "a storm");
            buf_free(&text);
        }
        pipeline_end(pair.all.pipeline, pair.all.origin, RIVER_NOW);
        pipeline_end(pair.echoing.pipeline, pair.echoing.origin, RIVER_NOW);
        river_flush(&pair.all);
        river_flush(&pair.echoing);
        same_histories(&pair);
        stop_pair(&pair);
        remove(scratch_path(world->scratch, "all.db"));
        remove(scratch_path(world->scratch, "echoing.db"));
    }
}

/*
 * What pulls for a pod learns which secret that has, however often it was told
 * before: too long ago, then, for it to be of the same start.
 */
static void
secrets_are_learned_the_same(void **state)
{
#define MISSING                                                             \
    "pod_workers.go:1301] \"Error syncing pod, skipping\" err=\"failed to " \
    "\\\"StartContainer\\\" for \\\"web\\\" with ErrImagePull: "            \
    "\\\"x.azurecr.io/a:1: not found\\\"\" pod=\"shop/web-1\" "             \
    "podUID=\"1-1\"\n"
#define SECRET                                                           \
    "kubelet_pods.go:1068] \"Unable to retrieve some image pull "        \
    "secrets (regcred-7); attempting to pull the image may not succeed." \
    "\" pod=\"shop/web-1\" podUID=\"1-1\"\n"
    static const char *const texts[] = {
        /* It is told later; then earlier, but what follows is out of order. */
        "E1122 10:00:00.1    2874 " MISSING "E1122 10:00:05.1    2874 " MISSING
        "E1122 10:00:09.1    2874 " MISSING "W1122 11:00:00.1    2874 " SECRET
        "E1122 11:01:00.1    2874 " MISSING "E1122 11:01:05.1    2874 " MISSING,
        "W1122 10:00:00.1    2874 " SECRET "E1122 11:00:00.1    2874 " MISSING
        "E1122 11:00:05.1    2874 " MISSING "E1122 11:00:09.1    2874 " MISSING
        "E1122 10:01:00.1    2874 " MISSING "E1122 10:01:05.1    2874 " MISSING,
    };
    for (size_t i = 0; i < COUNT(texts); i++) {
        struct pair pair = {0};
        start_pair(&pair, *state, false, false);
        feed_pair(&pair, slice_from(texts[i]), SIZE_MAX);
        same_ledgers(&pair, "secrets");
        assert_int_equal(ledger_count(pair.all.ledger), 2);
        for (size_t at = 0; at < ledger_count(pair.all.ledger); at++) {
            const struct incident *incident = ledger_at(pair.all.ledger, at);
            assert_slice(incident_fact(incident, FACT_SECRET), "regcred-7",
                         "the secret");
        }
        stop_pair(&pair);
    }
}

static bool
are_digits(const char *at)
{
    return at[0] >= '0' && at[0] <= '9' && at[1] >= '0' && at[1] <= '9';
}

/* "16:28:59" */
static bool
is_clock(const char *at)
{
    return at[2] == ':' && at[5] == ':' && are_digits(at) && are_digits(at + 3)
        && are_digits(at + 6) && at[6] < '6';
}

/* The same text some seconds later, as far as minutes go. */
static void
add_later(struct buf *out, const struct buf *text, unsigned by)
{
    enum {
        CLOCK = 8
    };

    size_t start = out->len;
    buf_add(out, buf_slice(text));
    for (size_t i = start; i + CLOCK < out->len; i++) {
        char *at = out->data + i;
        if (is_clock(at)) {
            at[6] = (char)('0' + (unsigned)(at[6] - '0' + (int)by) % 6);
        }
    }
}

/* SKIM_FILES names them, one a line. */
static void
files_are_counted_the_same(void **state)
{
    static const size_t pieces[] = {3000, SIZE_MAX};
    struct slice paths = slice_from(getenv("SKIM_FILES"));
    struct slice path;
    while (slice_cut(&paths, '\n', &path)) {
        char *name = mem_string(path);
        struct buf text = {0};
        struct buf again = {0};
        mind_read_file(name, &text);
        if (text.len > 0 && text.data[text.len - 1] != '\n') {
            buf_add_byte(&text, '\n');
        }
        for (unsigned i = 0; i < 3; i++) {
            add_later(&again, &text, i);
        }
        for (size_t i = 0; i < COUNT(pieces); i++) {
            struct pair pair = {0};
            start_pair(&pair, *state, false, i % 2 == 0);
            feed_pair(&pair, buf_slice(&again), pieces[i]);
            pipeline_end(pair.all.pipeline, pair.all.origin, RIVER_NOW);
            pipeline_end(pair.echoing.pipeline, pair.echoing.origin, RIVER_NOW);
            same_ledgers(&pair, name);
            stop_pair(&pair);
        }
        buf_free(&text);
        buf_free(&again);
        mem_free(name);
    }
}

static const struct keyed secret = {{1, 2}};

static struct echo *
answer(struct echoes *echoes, const char *line)
{
    struct echo_ask ask;
    if (!echoes_ask(echoes, slice_from(line), RIVER_NOW, &ask)) {
        return NULL;
    }
    echoes_expect(echoes, &ask);
    return echoes_answer(&ask);
}

static void
learn(struct echoes *echoes, const char *line, const struct facts *facts)
{
    const struct echo echo = {.kind = FINDING_FAILURE,
                              .file = SLICE("pod_workers.go")};
    struct echo_ask ask;
    assert_true(echoes_ask(echoes, slice_from(line), RIVER_NOW, &ask));
    echoes_begin(echoes, &ask);
    echoes_offer(echoes, &echo, facts);
    echoes_keep(echoes);
}

/* Facts of the line, and facts that it does not spell. */
static void
keeps_what_a_line_meant(void **state)
{
    struct echoes *echoes = echoes_new(&secret);
    struct facts facts = {0};
    struct facts found;
    (void)state;
    facts.value[FACT_IMAGE] = SLICE("x.io/a:1");
    facts.value[FACT_NODE] = SLICE("node-1");
    learn(echoes, "E1123 16:28:59.9 7 a.go:1] no x.io/a:1", &facts);
    struct echo *echo = answer(echoes, "E1123 16:29:01.25  99 a.go:1] no "
                                       "x.io/a:1");
    assert_non_null(echo);
    echo_facts(echo, &found);
    assert_slice(found.value[FACT_IMAGE], "x.io/a:1", "the echo");
    assert_slice(found.value[FACT_NODE], "node-1", "the echo");
    assert_slice(found.value[FACT_POD], "", "the echo");
    assert_slice(echo->file, "pod_workers.go", "the echo");
    assert_null(answer(echoes, "W1123 16:28:59.9 7 a.go:1] no x.io/a:1"));
    assert_null(answer(echoes, "E1123 16:28:59.9 7 a.go:1] no x.io/a:2"));
    /* What is found where it would stand is not it yet. */
    struct echo_ask ask;
    assert_true(echoes_ask(echoes,
                           SLICE("E1123 16:28:59.9 7 a.go:1] no "
                                 "x.io/a:1"),
                           RIVER_NOW, &ask));
    echoes_expect(echoes, &ask);
    assert_ptr_equal(echoes_answer(&ask), echo);
    ask.heard.token.word[0] ^= 1;
    assert_true(token_hash(ask.heard.token) == ask.hash);
    echoes_expect(echoes, &ask);
    assert_null(echoes_answer(&ask));
    echoes_clear(echoes);
    assert_null(answer(echoes, "E1123 16:28:59.9 7 a.go:1] no x.io/a:1"));
    echoes_free(echoes);
}

/* Offered twice, or not at all, it is not kept. */
static void
keeps_only_what_is_sure(void **state)
{
    static const char line[] = "E1123 16:28:59.9 7 a.go:1] no";
    const struct echo echo = {.kind = FINDING_FAILURE};
    const struct facts facts = {0};
    struct echoes *echoes = echoes_new(&secret);
    (void)state;
    for (int offers = 0; offers < 3; offers += 2) {
        struct echo_ask ask;
        assert_true(echoes_ask(echoes, slice_from(line), RIVER_NOW, &ask));
        echoes_begin(echoes, &ask);
        for (int i = 0; i < offers; i++) {
            echoes_offer(echoes, &echo, &facts);
        }
        echoes_keep(echoes);
        assert_null(answer(echoes, line));
    }
    echoes_free(echoes);
}

/* However many there are, what is kept has bounds. */
static void
is_bounded(void **state)
{
    struct echoes *echoes = echoes_new(&secret);
    struct facts facts = {0};
    char line[3000];
    (void)state;
    for (int i = 0; i < 30000; i++) {
        int len =
            snprintf(line, sizeof(line), "E1123 16:28:59.9 7 a.go:1] %d", i);
        memset(line + len, 'x', sizeof(line) - (size_t)len);
        line[len + i % 2000] = '\0';
        facts.value[FACT_IMAGE] = slice_from(line + len);
        learn(echoes, line, &facts);
        assert_non_null(answer(echoes, line));
    }
    assert_in_range(echoes_count(echoes), 1000, 8192);
    echoes_free(echoes);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(storms_are_counted_the_same,
                                        river_open_folder, river_close_folder),
        cmocka_unit_test(secrets_are_learned_the_same),
        cmocka_unit_test(keeps_what_a_line_meant),
        cmocka_unit_test(keeps_only_what_is_sure),
        cmocka_unit_test(is_bounded),
    };
    const struct CMUnitTest of_files[] = {
        cmocka_unit_test(files_are_counted_the_same),
    };
    if (getenv("SKIM_FILES")) {
        return cmocka_run_group_tests(of_files, river_open_world,
                                      river_close_world);
    }
    return cmocka_run_group_tests(tests, river_open_world, river_close_world);
}
