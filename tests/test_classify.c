/* SPDX-License-Identifier: Apache-2.0 */
#include "assert_slice.h"
#include "base/buf.h"
#include "match/classify.h"
#include "reading.h"

#define IMAGE "\"contoso.azurecr.io/shop/cart:2.4\""
#define HEAD  "Failed to pull image " IMAGE ": "
#define CHAIN                                                                 \
    "rpc error: code = Unknown desc = failed to pull and unpack image " IMAGE \
    ": failed to resolve reference " IMAGE ": "
#define TOKEN                                                            \
    "unexpected status from GET request to "                             \
    "https://contoso.azurecr.io/oauth2/token?scope=repository%3Ashop%2F" \
    "cart%3Apull&service=contoso.azurecr.io: 401 Unauthorized"
#define ANONYMOUS \
    CHAIN "failed to authorize: failed to fetch anonymous token: " TOKEN
#define OAUTH CHAIN "failed to authorize: failed to fetch oauth token: " TOKEN

static void
the_strongest_member_names_the_cause(void **state)
{
    struct reading *reading = *state;
    char also[256];

    static const struct {
        const char *line;
        const char *slug;
        const char *also;
    } cases[] = {
        {HEAD ANONYMOUS, "unauthorized-anonymous", ""},
        {HEAD "[" OAUTH ", " ANONYMOUS "]", "unauthorized",
         "unauthorized-anonymous"},
        {HEAD "[" ANONYMOUS ", " OAUTH "]", "unauthorized",
         "unauthorized-anonymous"},
        {HEAD "[rpc error: code = NotFound desc = failed to pull and unpack "
              "image " IMAGE
              ": no match for platform in manifest: not found, " ANONYMOUS "]",
         "platform-mismatch", "unauthorized-anonymous"},
        {HEAD "[rpc error: code = NotFound desc = failed to pull and unpack "
              "image " IMAGE ": failed to resolve reference " IMAGE
              ": contoso.azurecr.io/shop/cart:2.4: not found, " ANONYMOUS "]",
         "image-not-found", "unauthorized-anonymous"},
        {HEAD "[" CHAIN "failed to do request: Head \"https://contoso.azurecr"
              ".io/v2/shop/cart/manifests/2.4\": dial tcp 20.0.0.4:443: i/o "
              "timeout, " ANONYMOUS "]",
         "connect-timeout", "unauthorized-anonymous"},
        {HEAD "[" ANONYMOUS ", " ANONYMOUS "]", "unauthorized-anonymous", ""},
        {HEAD "[" CHAIN "the moon is wrong, " CHAIN "so is the sun]", "unknown",
         ""},
        /* kubelet's own line, two layers of quotes deep */
        {"E1031 11:57:43.120279    2874 pod_workers.go:1300] \"Error syncing "
         "pod, skipping\" err=\"failed to \\\"StartContainer\\\" for \\\"cart"
         "\\\" with ErrImagePull: \\\"[rpc error: code = NotFound desc = "
         "failed "
         "to pull and unpack image \\\\\\\"r.io/unauthorized:403\\\\\\\": "
         "failed to resolve reference \\\\\\\"r.io/unauthorized:403\\\\\\\": "
         "r.io/unauthorized:403: not found, failed to pull and unpack image "
         "\\\\\\\"r.io/unauthorized:403\\\\\\\": failed to resolve reference "
         "\\\\\\\"r.io/unauthorized:403\\\\\\\": failed to authorize: failed "
         "to fetch anonymous token: unexpected status: 401 Unauthorized]\\\"\" "
         "pod=\"shop/cart-1\" podUID=\"0b3f\"",
         "image-not-found", "unauthorized-anonymous"},
    };

    for (size_t i = 0; i < COUNT(cases); i++) {
        reading_expect(reading, cases[i].line, cases[i].slug);
        assert_int_equal(reading->finding.kind, FINDING_FAILURE);
        assert_string_equal(reading_also(reading, also, sizeof(also)),
                            cases[i].also);
    }
}

static void
facts_are_those_of_the_member_that_won(void **state)
{
    struct reading *reading = *state;
    const struct slice *value = reading->finding.facts.value;
    reading_expect(reading,
                   HEAD "[" CHAIN "failed to do request: Head \"https://mirror"
                        ".example/v2/shop/cart/manifests/2.4?ns=contoso.azurecr"
                        ".io\": dial tcp 20.0.0.4:443: i/o timeout, " ANONYMOUS
                        "]",
                   "connect-timeout");
    assert_slice(value[FACT_REGISTRY], "contoso.azurecr.io", "timeout");
    assert_slice(value[FACT_URL_HOST], "mirror.example", "timeout");
    assert_slice(value[FACT_IP], "20.0.0.4", "timeout");
    assert_slice(value[FACT_CREDENTIALS], "", "timeout");
    assert_slice(value[FACT_HTTP_STATUS], "", "timeout");

    reading_expect(reading, HEAD "[" OAUTH ", " ANONYMOUS "]", "unauthorized");
    assert_slice(value[FACT_CREDENTIALS], "sent", "oauth");
    assert_slice(value[FACT_HTTP_STATUS], "401", "oauth");
    assert_slice(value[FACT_URL_HOST], "contoso.azurecr.io", "oauth");
    assert_slice(value[FACT_TAG], "2.4", "oauth");
    assert_slice(value[FACT_VENDOR], "acr", "oauth");

    reading_expect(reading,
                   "Failed to create pod sandbox: rpc error: code = Unknown "
                   "desc = failed to get sandbox image \"mcr.microsoft.com/oss/"
                   "kubernetes/pause:3.6\": failed to pull image \"mcr."
                   "microsoft.com/oss/kubernetes/pause:3.6\": failed to do "
                   "request: Head \"https://mcr.microsoft.com/v2/\": dial tcp "
                   "[fd00::4]:443: i/o timeout",
                   "connect-timeout");
    assert_slice(value[FACT_ROLE], "sandbox", "sandbox");
    assert_slice(value[FACT_IP], "fd00::4", "sandbox");
    assert_slice(value[FACT_VENDOR], "mcr", "sandbox");

    reading_expect(reading,
                   HEAD "unexpected status code https://contoso.azurecr.io/v2/"
                        "shop/cart/manifests/2.4: 403 Forbidden - Server "
                        "message: denied: client with IP '20.50.1.2' is not "
                        "allowed access. Refer https://aka.ms/acr/firewall",
                   "firewall-denied");
    assert_slice(value[FACT_CLIENT_IP], "20.50.1.2", "firewall");
    assert_true(slice_starts(value[FACT_SERVER_MESSAGE],
                             SLICE("denied: client with IP '20.50.1.2'")));
}

static void
the_registrys_words_are_kept_without_secrets(void **state)
{
    struct reading *reading = *state;
    reading_expect(reading,
                   HEAD "unexpected status code https://contoso.azurecr.io/v2/"
                        "a: 403 Forbidden - Server message: denied: Bearer "
                        "abcdef0123456789 is no good, password=hunter2",
                   "forbidden");
    assert_slice(reading->finding.facts.value[FACT_SERVER_MESSAGE],
                 "denied: Bearer REDACTED is no good, password=REDACTED",
                 "server message");
}

/* Nor is half of one left where they are cut off, wherever that is. */
static void
the_registrys_words_have_an_end(void **state)
{
    struct reading *reading = *state;
    struct buf line = {0};
    for (size_t shift = 0; shift < 60; shift++) {
        buf_clear(&line);
        buf_add_text(&line,
                     HEAD "unexpected status code https://contoso.azurecr.io/"
                          "v2/a: 403 Forbidden - Server message: denied: ");
        for (size_t i = 0; i < shift; i++) {
            buf_add_byte(&line, 'x');
        }
        for (size_t i = 0; i < 300; i++) {
            buf_add_text(&line, " of eyJhbGciOiJSUzI1NiIsInR5cCI6IkpX");
        }
        buf_add_byte(&line, '\0');
        reading_expect(reading, line.data, "forbidden");
        struct slice words = reading->finding.facts.value[FACT_SERVER_MESSAGE];
        assert_in_range(words.len, 300, 2048);
        assert_int_equal(slice_find(words, SLICE("eyJ")), SLICE_NONE);
    }
    buf_free(&line);
}

static void
kinds_of_findings(void **state)
{
    struct reading *reading = *state;

    static const struct {
        const char *line;
        enum finding_kind kind;
    } cases[] = {
        {"Successfully pulled image " IMAGE " in 1.2s (1.2s including "
         "waiting). Image size: 1234 bytes.",
         FINDING_SUCCESS},
        {"Container image " IMAGE " already present on machine",
         FINDING_SUCCESS},
        {"time=\"2026-11-20T08:11:02Z\" level=info msg=\"PullImage \\\"r.io/a:1"
         "\\\" returns image reference \\\"sha256:0123456789abcdef\\\"\"",
         FINDING_SUCCESS},
        {"time=\"2026-11-20T08:11:02Z\" level=info msg=\"trying next host\" "
         "error=\"failed to do request: Head \\\"https://r.io/v2/a\\\": dial "
         "tcp 10.0.0.4:443: i/o timeout\" host=r.io",
         FINDING_ATTEMPT},
        {"time=\"2026-11-20T08:11:02Z\" level=info msg=\"PullImage \\\"r.io/a:1"
         "\\\"\"",
         FINDING_NOTHING},
        {"Pulling image " IMAGE, FINDING_NOTHING},
        {HEAD "the moon is wrong", FINDING_FAILURE},
        {"Back-off pulling image " IMAGE, FINDING_FAILURE},
        /* a failure that quotes the words of a success is one */
        {HEAD "server said: Successfully pulled image, already present on "
              "machine",
         FINDING_FAILURE},
        {"", FINDING_NOTHING},
    };

    for (size_t i = 0; i < COUNT(cases); i++) {
        reading_line(reading, slice_from(cases[i].line));
        if (reading->finding.kind != cases[i].kind) {
            fail_msg("%s", cases[i].line);
        }
        if (cases[i].kind != FINDING_NOTHING
            && !classifier_may_matter(reading->classifier,
                                      slice_from(cases[i].line))) {
            fail_msg("the prefilter overlooks %s", cases[i].line);
        }
    }
}

static void
what_is_no_pull_is_nothing(void **state)
{
    struct reading *reading = *state;

    static const char *const cases[] = {
        /* the API server's own */
        "error: You must be logged in to the server (Unauthorized)",
        "Error from server (Forbidden): pods is forbidden: User \"u\" cannot "
        "list resource \"pods\"",
        "Unable to connect to the server: x509: certificate signed by unknown "
        "authority",
        "Unable to connect to the server: dial tcp 10.0.0.1:443: i/o timeout",
        "E0612 08:11:02.100000       1 leaderelection.go:332] error retrieving "
        "resource lock kube-system/x: Get \"https://10.0.0.1:443/apis\": dial "
        "tcp 10.0.0.1:443: i/o timeout",
        "E0612 08:11:02.100000       1 reflector.go:147] k8s.io/client-go/"
        "informers/factory.go:150: Failed to watch *v1.Pod: the server "
        "responded with: 401 Unauthorized",
        "HTTP 403 Forbidden: client \"10.0.0.1\"",
        /* other tools of registries */
        "Error response from daemon: login attempt to https://contoso.azurecr"
        ".io/v2/ failed with status: 401 Unauthorized",
        "Error: failed to download \"oci://contoso.azurecr.io/helm/x\": 403 "
        "Forbidden",
        "denied: requested access to the resource is denied",
        "unauthorized: authentication required",
        "The push refers to repository [contoso.azurecr.io/shop/cart]",
        /* containers that were pulled well */
        "back-off 5m0s restarting failed container=cart pod=cart-1_shop(0b3f)",
        "Error: CrashLoopBackOff",
        "exec /app/run: exec format error",
        "panic: dial tcp 10.0.0.4:5432: i/o timeout",
        "GET https://contoso.azurecr.io/v2/: 404 page not found",
    };

    for (size_t i = 0; i < COUNT(cases); i++) {
        reading_expect(reading, cases[i], "");
        assert_int_equal(reading->finding.kind, FINDING_NOTHING);
    }
}

/* What a pattern may look at is limited; so is what it may cost. */
static void
only_the_ends_of_a_long_line_are_read(void **state)
{
    struct reading *reading = *state;

    enum {
        FILLER = 1 << 15 /* bytes before, and behind; more than a window */
    };

    static const struct {
        const char *parts[3]; /* at the start, in the middle, at the end */
        const char *slug;
    } cases[] = {
        {{": manifest unknown", "", ""}, "image-not-found"},
        {{"", "", ": manifest unknown"}, "image-not-found"},
        {{"", ": manifest unknown", ""}, "unknown"},
    };

    struct buf line = {0};
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct finding finding;
        buf_clear(&line);
        buf_add_text(&line, "failed to pull image");
        for (size_t part = 0; part < 3; part++) {
            buf_add_text(&line, cases[i].parts[part]);
            while (part < 2 && line.len < (part + 1) * FILLER) {
                buf_add_text(&line, " words");
            }
        }
        struct record record = {.message = buf_slice(&line)};
        classifier_read(reading->classifier, &record, &finding);
        assert_slice(finding.cause->slug, cases[i].slug, cases[i].slug);
    }
    buf_free(&line);
}

static void
an_empty_record_is_nothing(void **state)
{
    struct reading *reading = *state;
    struct record record = {0};
    struct finding finding;
    classifier_read(reading->classifier, &record, &finding);
    assert_int_equal(finding.kind, FINDING_NOTHING);
    assert_null(finding.cause);
    record.error = SLICE("failed to pull image \"a\": manifest unknown");
    classifier_read(reading->classifier, &record, &finding);
    assert_int_equal(finding.kind, FINDING_FAILURE);
    assert_slice(finding.cause->slug, "image-not-found", "error alone");
    record.message = SLICE("PullImage from image service failed");
    record.image = SLICE("nginx");
    record.error = SLICE("nginx: not found");
    classifier_read(reading->classifier, &record, &finding);
    assert_slice(finding.cause->slug, "image-not-found", "image= alone");
    assert_slice(finding.facts.value[FACT_REPOSITORY], "library/nginx",
                 "image= alone");
}

/* Harbor's own words leave its name out. */
static void
a_registrys_name_of_a_repository_is_not_docker_hubs(void **state)
{
    static const struct {
        const char *line;
        const char *registry;
        const char *repository;
        const char *tag;
    } cases[] = {
        {"Error response from daemon: unknown: repository p/x not found", "",
         "p/x", ""},
        {"time=\"2026-11-23T16:30:10Z\" level=error msg=\"Handler for POST "
         "/v1.40/images/create returned error: unknown: repository p/x not "
         "found\"",
         "", "p/x", ""},
        {"ErrImagePull: Error response from daemon: unknown: repository p/x "
         "not found, image=harbor.contoso.com/p/x:1",
         "harbor.contoso.com", "p/x", "1"},
        {"Error response from daemon: Get \"https://harbor.contoso.com/v2/p/x/"
         "manifests/1\": unknown: repository p/x not found",
         "harbor.contoso.com", "p/x", "1"},
        {"Failed to pull image \"harbor.contoso.com/p/x:1\": Error response "
         "from daemon: unknown: repository p/x not found",
         "harbor.contoso.com", "p/x", "1"},
        {"Failed to pull image \"p/x:1\": Error response from daemon: "
         "unknown: repository p/x not found",
         "docker.io", "p/x", "1"},
    };

    struct reading *reading = *state;
    const struct slice *value = reading->finding.facts.value;
    for (size_t i = 0; i < COUNT(cases); i++) {
        const char *line = cases[i].line;
        reading_expect(reading, line, "image-not-found");
        assert_slice(value[FACT_REGISTRY], cases[i].registry, line);
        assert_slice(value[FACT_REPOSITORY], cases[i].repository, line);
        assert_slice(value[FACT_TAG], cases[i].tag, line);
        bool is_known = cases[i].registry[0] != '\0';
        assert_int_equal(value[FACT_VENDOR].len > 0, is_known);
        assert_int_equal(value[FACT_IMAGE].len > 0, is_known);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_strongest_member_names_the_cause),
        cmocka_unit_test(facts_are_those_of_the_member_that_won),
        cmocka_unit_test(the_registrys_words_are_kept_without_secrets),
        cmocka_unit_test(the_registrys_words_have_an_end),
        cmocka_unit_test(kinds_of_findings),
        cmocka_unit_test(what_is_no_pull_is_nothing),
        cmocka_unit_test(only_the_ends_of_a_long_line_are_read),
        cmocka_unit_test(an_empty_record_is_nothing),
        cmocka_unit_test(a_registrys_name_of_a_repository_is_not_docker_hubs),
    };
    return cmocka_run_group_tests(tests, reading_setup, reading_teardown);
}
