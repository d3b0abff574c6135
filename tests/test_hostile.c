/* SPDX-License-Identifier: Apache-2.0 */
/* Names in a line are anybody's to choose: none of them may name the cause. */
#include "assert_slice.h"
#include "base/buf.h"
#include "match/classify.h"
#include "reading.h"

#include <string.h>

/*
 * References that read like errors. Where the line says nothing else, the cause
 * is unknown; a backslash and a quote are written as Go's %q writes them.
 */
static const char *const names[] = {
    "not-found",
    "unauthorized:403",
    "timeout.example/unauthorized:403",
    "r.io/403-Forbidden/not-found:manifest-unknown",
    "a: not found",
    "r.io/a:1: not found",
    "unauthorized: authentication required",
    "x: 401 Unauthorized",
    "manifest unknown",
    "no match for platform in manifest",
    "dial tcp 10.0.0.4:443: i/o timeout",
    "denied: client with IP '6.6.6.6' is not allowed access",
    "AADSTS7000222",
    "Failed to ensure fresh service principal token",
    "failed to fetch anonymous token: unexpected status: 403 Forbidden",
    "no basic auth credentials",
    "a: [denied: client with IP '6.6.6.6' is not allowed access",
    "a: [rpc error: code = Unknown desc = manifest unknown, denied: x]",
    "a\\\": not found",
    "a\\\\\\\": not found",
    "a\\n: not found",
    "r.io/a:$(touch boom)",
    "r.io/a';--",
    "r.io/a:`reboot`|x",
    "\\x1b]0;401 Unauthorized\\a",
    "&Container{: not found",
    "<image>: not found",
    "<url>: 403 Forbidden",
    "docker://manifest unknown",
    "https://r.io/: 401 Unauthorized",
    "イメージ: not found",
};

static void
add_quoted(struct buf *out, const char *name, int depth)
{
    struct buf inner = {0};
    buf_add_text(&inner, name);
    for (int i = 0; i < depth; i++) {
        struct buf outer = {0};
        for (size_t j = 0; j < inner.len; j++) {
            if (inner.data[j] == '"' || inner.data[j] == '\\') {
                buf_add_byte(&outer, '\\');
            }
            buf_add_byte(&outer, inner.data[j]);
        }
        buf_clear(&inner);
        buf_add(&inner, buf_slice(&outer));
        buf_free(&outer);
    }
    buf_add(out, buf_slice(&inner));
    buf_free(&inner);
}

/* "FRONT"NAME"BACK", the whole of it quoted `depth` times more. */
static void
make_line(struct buf *line, const char *front, const char *name,
          const char *back, int depth)
{
    struct buf text = {0};
    buf_print(&text, "%s\"%s\"%s", front, name, back);
    buf_clear(line);
    add_quoted(line, buf_string(&text), depth);
    buf_free(&text);
}

static void
a_name_is_no_error_however_it_is_quoted(void **state)
{
    struct reading *reading = *state;
    struct buf line = {0};
    for (size_t i = 0; i < COUNT(names); i++) {
        for (int depth = 0; depth < 12; depth++) {
            make_line(&line, "Failed to pull image ", names[i],
                      ": the moon is wrong", depth);
            reading_expect(reading, buf_string(&line), "unknown");
        }
    }
    buf_free(&line);
}

static void
a_name_is_no_error_in_an_envelope(void **state)
{
    struct reading *reading = *state;

    static const struct {
        const char *begin;
        const char *end;
    } envelopes[] = {
        {"time=\"2026-11-20T08:11:02Z\" level=error msg=\"",
         "\" error=\"the moon is wrong\""},
        {"E1031 11:57:43.120279    2874 remote_image.go:242] \"PullImage from "
         "image service failed\" err=\"",
         "\""},
    };

    struct buf line = {0};
    struct buf quoted = {0};
    for (size_t i = 0; i < COUNT(names); i++) {
        for (size_t j = 0; j < COUNT(envelopes); j++) {
            make_line(&quoted, "failed to pull image ", names[i],
                      ": the moon is wrong", 1);
            buf_clear(&line);
            buf_add_text(&line, envelopes[j].begin);
            buf_add(&line, buf_slice(&quoted));
            buf_add_text(&line, envelopes[j].end);
            reading_expect(reading, buf_string(&line), "unknown");
        }
    }
    buf_free(&quoted);
    buf_free(&line);
}

static void
the_true_cause_is_found_beside_such_names(void **state)
{
    struct reading *reading = *state;

    static const struct {
        const char *line;
        const char *slug;
    } cases[] = {
        {"Failed to pull image \"not-found\": failed to pull and unpack image "
         "\"docker.io/library/not-found:latest\": failed to resolve reference "
         "\"docker.io/library/not-found:latest\": failed to do request: Head "
         "\"https://registry-1.docker.io/v2/library/not-found/manifests/"
         "latest\": dial tcp 1.2.3.4:443: i/o timeout",
         "connect-timeout"},
        {"Failed to pull image \"r.io/unauthorized:401\": failed to resolve "
         "reference \"r.io/unauthorized:401\": unexpected status from HEAD "
         "request to https://r.io/v2/unauthorized/manifests/401: 403 Forbidden",
         "forbidden"},
        {"Failed to pull image \"timeout.example/a:403\": failed to resolve "
         "reference \"timeout.example/a:403\": timeout.example/a:403: not "
         "found",
         "image-not-found"},
        {"Failed to pull image \"not\": failed to resolve reference \"docker.io"
         "/library/not:latest\": docker.io/library/not:latest: not found",
         "image-not-found"},
        {"E1031 11:57:43.120279    2874 remote_image.go:242] \"PullImage from "
         "image service failed\" err=\"failed to pull image: manifest "
         "unknown\" "
         "image=\"unknown\"",
         "image-not-found"},
        {"E1031 11:57:43.120279    2874 remote_image.go:242] \"PullImage from "
         "image service failed\" err=\"failed to pull image: unauthorized: "
         "authentication required\" image=\"unauthorized\"",
         "unauthorized"},
        {"pulling from host forbidden.example failed with status code "
         "[manifests 401]: 403 Forbidden: failed to pull image \"x\"",
         "forbidden"},
        /* what is censored, cut, doubled or dumped */
        {"Failed to pull image \"<registry>/team/api:1\": failed to authorize: "
         "failed to fetch anonymous token: unexpected status from GET request "
         "to https://<registry>/oauth2/token?service=<registry>: 401 "
         "Unauthorized",
         "unauthorized-anonymous"},
        {"Failed to pull image \"***\": failed to resolve reference \"***\": "
         "***: not found",
         "image-not-found"},
        {"x,\"Failed to pull image \"\"r.io/a:1\"\": failed to resolve "
         "reference \"\"r.io/a:1\"\": r.io/a:1: not found\",y",
         "image-not-found"},
        {"...solve reference \"r.io/a:1\": r.io/a:1: not found\" failed to "
         "pull "
         "image",
         "image-not-found"},
        {"container &Container{Name:c,Image:x,Env:[]EnvVar{EnvVar{Name:A,Value:"
         "manifest unknown: 401 Unauthorized,},},} start failed in pod p_n(u): "
         "ErrImagePull: the moon is wrong",
         "unknown"},
        {"container &Container{Name:c,Env:[]EnvVar{EnvVar{Value:x,},},} start "
         "failed in pod p_n(u): ErrImagePull: failed to pull image: manifest "
         "unknown",
         "image-not-found"},
    };

    for (size_t i = 0; i < COUNT(cases); i++) {
        reading_expect(reading, cases[i].line, cases[i].slug);
    }
}

static void
a_cut_line_tells_nothing_by_its_name(void **state)
{
    struct reading *reading = *state;

    static const char *const cases[] = {
        "pulling failed: failed to pull image \"not-found: x",
        "Failed to pull image \"unauthorized: x",
        "Failed to pull image \"r.io/manifest-unknown:403\\\": x",
        "Failed to pull image \\\"unauthorized: x\" y",
    };

    for (size_t i = 0; i < COUNT(cases); i++) {
        reading_expect(reading, cases[i], "unknown");
    }
    reading_expect(reading, "Failed to pull image \"not-found", "backoff");
}

static void
facts_hold_no_command(void **state)
{
    struct reading *reading = *state;

    static const enum fact parts[] = {
        FACT_REGISTRY, FACT_REPOSITORY, FACT_TAG,  FACT_URL_HOST,
        FACT_HTTP_URL, FACT_IP,         FACT_PORT, FACT_DNS_SERVER,
    };

    static const char *const cases[] = {
        "Failed to pull image \"r.io/a:$(touch boom)\": x",
        "Failed to pull image \"$(touch boom)/a\": x",
        "Failed to pull image \"r.io/a';--\": x",
        "Failed to pull image \"r.io/a:\033[31m\": Head \"https://r`x`/\": x",
        "Failed to pull image \"r.io/a\": dial tcp $(x):443: x",
        "Failed to pull image \"r.io/a\": lookup ;x on |y:53: no such host",
    };

    for (size_t i = 0; i < COUNT(cases); i++) {
        reading_line(reading, slice_from(cases[i]));
        for (size_t j = 0; j < COUNT(parts); j++) {
            struct slice value = reading->finding.facts.value[parts[j]];
            for (size_t k = 0; k < value.len; k++) {
                if (strchr("$`';|&\033 \"\\<>", value.data[k])) {
                    fail_msg("%s", cases[i]);
                }
            }
        }
    }
}

/* Each of these took minutes while the cost was quadratic. */
static void
a_line_made_to_be_slow_is_not(void **state)
{
    struct reading *reading = *state;

    enum {
        LENGTH = 1 << 20
    };

    static const char *const units[] = {
        "failed to pull image \"a\": ",
        "a:",
        "[",
        "\"\\\"",
        "\\",
        "lookup ",
        ":/:/:/",
        ": [rpc error: code = ",
        "unauthorized: ",
        "Back-off pulling image \"",
        "client with IP :::::",
        "x509: certificate is valid for ",
    };

    struct buf line = {0};
    for (size_t i = 0; i < COUNT(units); i++) {
        struct finding finding;
        buf_clear(&line);
        buf_add_text(&line, "Failed to pull image \"r.io/a:1\": ");
        while (line.len < LENGTH) {
            buf_add_text(&line, units[i]);
        }
        struct record record = {.message = buf_slice(&line)};
        classifier_read(reading->classifier, &record, &finding);
        assert_int_equal(finding.kind, FINDING_FAILURE);
    }
    buf_free(&line);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_name_is_no_error_however_it_is_quoted),
        cmocka_unit_test(a_name_is_no_error_in_an_envelope),
        cmocka_unit_test(the_true_cause_is_found_beside_such_names),
        cmocka_unit_test(a_cut_line_tells_nothing_by_its_name),
        cmocka_unit_test(facts_hold_no_command),
        cmocka_unit_test(a_line_made_to_be_slow_is_not),
    };
    return cmocka_run_group_tests(tests, reading_setup, reading_teardown);
}
