/* SPDX-License-Identifier: Apache-2.0 */
#include "assert_slice.h"
#include "match/gather.h"

static void
an_image_gives_its_parts(void **state)
{
    (void)state;

    static const struct {
        const char *text;
        const char *registry;
        const char *repository;
        const char *tag;
        const char *vendor;
    } cases[] = {
        {"nginx", "docker.io", "library/nginx", "latest", "dockerhub"},
        {"team/api:2", "docker.io", "team/api", "2", "dockerhub"},
        {"Contoso.AzureCR.io/team/api:V2", "contoso.azurecr.io", "team/api",
         "V2", "acr"},
        {"[fd00::1]:5000/api", "[fd00::1]:5000", "api", "latest", "other"},
        {" r.io/a:1 \n", "r.io", "a", "1", "other"},
        /* a digest says which; there is no tag then */
        {"r.io/a@sha256:0123456789abcdef0123456789abcdef", "r.io", "a", "",
         "other"},
        /* the marks of an example, as the article prints them */
        {"<acrname.azurecr.io/>< repository:tag>", "acrname.azurecr.io",
         "repository", "tag", "acr"},
        {"<r.io>/<team>/api:1", "r.io", "team/api", "1", "other"},
        /* what was censored is not known, and nothing is made up for it */
        {"<registry>/team/api:1", "", "", "", ""},
        {"***/team/api:1", "", "", "", ""},
        {"...api:1", "", "", "", ""},
        {"r.io/.../api:1", "", "", "", ""},
        {"r.io/a.b/.c:1", "", "", "", ""},
        {"not found: 403 Forbidden", "", "", "", ""},
        {"r.io/a: not found", "", "", "", ""},
        {"r.io/a:$(touch boom)", "", "", "", ""},
    };

    for (size_t i = 0; i < COUNT(cases); i++) {
        struct gather_scratch scratch = {.used = 0};
        struct facts facts = {0};
        gather_image(slice_from(cases[i].text), &scratch, &facts);
        const char *of = cases[i].text;
        assert_true(facts.value[FACT_IMAGE].len > 0);
        assert_slice(facts.value[FACT_REGISTRY], cases[i].registry, of);
        assert_slice(facts.value[FACT_REPOSITORY], cases[i].repository, of);
        assert_slice(facts.value[FACT_TAG], cases[i].tag, of);
        assert_slice(facts.value[FACT_VENDOR], cases[i].vendor, of);
    }
}

struct wanted {
    const char *text;

    struct {
        enum fact fact;
        const char *value; /* "" is: not known */
    } facts[6];
};

static void
a_message_gives_what_failed(void **state)
{
    (void)state;

    static const struct wanted cases[] = {
        {"Head \"https://R.azurecr.io/v2/a/manifests/1?sig=x\": dial tcp "
         "10.0.0.4:443: i/o timeout",
         {{FACT_URL_HOST, "r.azurecr.io"},
          {FACT_HTTP_URL, "https://R.azurecr.io/v2/a/manifests/1"},
          {FACT_IP, "10.0.0.4"},
          {FACT_PORT, "443"},
          {FACT_HTTP_STATUS, ""}}},
        {"Head \"https://[fd00::4]:5000/v2/\": dial tcp [fd00::4]:5000: x",
         {{FACT_URL_HOST, "[fd00::4]:5000"},
          {FACT_IP, "fd00::4"},
          {FACT_PORT, "5000"}}},
        {"read tcp 10.0.0.5:41000->20.0.0.4:443: read: connection reset",
         {{FACT_IP, "20.0.0.4"}, {FACT_PORT, "443"}}},
        {"dial tcp: lookup R.io on 10.0.0.10:53: no such host",
         {{FACT_URL_HOST, "r.io"},
          {FACT_DNS_SERVER, "10.0.0.10"},
          {FACT_IP, ""}}},
        {"lookup r.io on [fd00::10]:53: read udp [fd00::5]:1->[fd00::10]:53: x",
         {{FACT_DNS_SERVER, "fd00::10"}, {FACT_IP, ""}}},
        {"request to https://r.io/v2/a: 403 Forbidden",
         {{FACT_HTTP_STATUS, "403"}}},
        {"pulling from host r.io:5000 failed with status code [manifests 500]: "
         "429 Too Many Requests",
         {{FACT_HTTP_STATUS, "429"}, {FACT_URL_HOST, "r.io:5000"}}},
        {"x: 403 apples: 99 Bananas: 200 OK: 600 X", {{FACT_HTTP_STATUS, ""}}},
        {"status code https://r.io/v2/: 403 Forbidden - Server message: "
         "denied: no\nmore",
         {{FACT_SERVER_MESSAGE, "denied: no"}, {FACT_HTTP_STATUS, "403"}}},
        {"Error: Status 429 trying to pull repository a/b: \"x\"",
         {{FACT_HTTP_STATUS, "429"}}},
        {"error parsing HTTP 403 response body: invalid character '<'",
         {{FACT_HTTP_STATUS, "403"}}},
        {"pinging container registry r.io: StatusCode: 403, \"x\"",
         {{FACT_HTTP_STATUS, "403"}}},
        {"invalid status code from registry 404 (Not Found)",
         {{FACT_HTTP_STATUS, "404"}}},
        {"error parsing HTTP 4031 response body; StatusCode: 20",
         {{FACT_HTTP_STATUS, ""}}},
        {"failed to get sandbox image \"x\"", {{FACT_ROLE, "sandbox"}}},
        {"failed to pull image \"sandbox image\"", {{FACT_ROLE, ""}}},
        {"Failed to create pod sandbox: rpc error: code = NotFound desc = "
         "failed to create containerd container: error unpacking image: x",
         {{FACT_ROLE, "sandbox"}}},
        {"RunPodSandbox for &PodSandboxMetadata{Name:cart-1,Uid:0b3f-1,"
         "Namespace:shop,Attempt:0,} failed: error unpacking image: x",
         {{FACT_ROLE, "sandbox"},
          {FACT_POD, "cart-1"},
          {FACT_POD_UID, "0b3f-1"},
          {FACT_NAMESPACE, "shop"}}},
        /* a container's image, and what is no name or is cut off */
        {"failed to create containerd container: error unpacking image: x",
         {{FACT_ROLE, ""}}},
        {"Failed to create pod sandbox: failed to set up the network",
         {{FACT_ROLE, ""}}},
        {"RunPodSandbox for &PodSandboxMetadata{Name:$(x),Uid:0b3f,"
         "Namespace:shop,Attempt:0,}",
         {{FACT_POD, ""}, {FACT_NAMESPACE, ""}}},
        {"RunPodSandbox for &PodSandboxMetadata{Name:cart-1,Uid:0b3f,Names",
         {{FACT_POD, ""}, {FACT_NAMESPACE, ""}}},
        /* what the text only mentions did not fail */
        {"Refer https://aka.ms/acr/firewall to grant access.",
         {{FACT_URL_HOST, ""}, {FACT_HTTP_URL, ""}}},
        {"Head \"https://user:pass@r.io/v2/\": x",
         {{FACT_URL_HOST, "r.io"}, {FACT_HTTP_URL, ""}}},
        /* censored or hostile */
        {"Head \"https://<registry>/v2/\": dial tcp ***:443: x",
         {{FACT_URL_HOST, ""}, {FACT_HTTP_URL, ""}, {FACT_IP, ""}}},
        {"Head \"https://$(touch${IFS}boom)/v2/\": dial tcp a:b: x",
         {{FACT_URL_HOST, ""},
          {FACT_HTTP_URL, ""},
          {FACT_IP, ""},
          {FACT_PORT, ""}}},
        {"Head \"https://r.io/v2/`x`\": dial tcp proxy.example:3128: x",
         {{FACT_URL_HOST, "r.io"},
          {FACT_HTTP_URL, ""},
          {FACT_IP, ""},
          {FACT_PORT, "3128"}}},
        {"lookup ;reboot on $(x):53: no such host",
         {{FACT_URL_HOST, ""}, {FACT_DNS_SERVER, ""}}},
    };

    struct mask mask = {0};
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct gather_scratch scratch = {.used = 0};
        struct facts facts = {0};
        mask_text(&mask, slice_from(cases[i].text), SLICE(""));
        gather_message(&mask, &scratch, &facts);
        gather_told(buf_slice(&mask.text), &facts);
        for (size_t j = 0; j < 6 && cases[i].facts[j].value; j++) {
            assert_slice(facts.value[cases[i].facts[j].fact],
                         cases[i].facts[j].value, cases[i].text);
        }
    }
    mask_free(&mask);
}

static void
a_request_gives_the_image_that_none_names(void **state)
{
    (void)state;

    static const struct wanted cases[] = {
        {"from daemon: Head \"https://R.io:5000/v2/team/api/manifests/1.0\": x",
         {{FACT_IMAGE, "r.io:5000/team/api:1.0"},
          {FACT_REGISTRY, "r.io:5000"},
          {FACT_REPOSITORY, "team/api"},
          {FACT_TAG, "1.0"},
          {FACT_VENDOR, "other"}}},
        {"Get \"https://registry-1.docker.io/v2/library/web/manifests/2\": x",
         {{FACT_IMAGE, "docker.io/library/web:2"},
          {FACT_REGISTRY, "docker.io"},
          {FACT_VENDOR, "dockerhub"}}},
        {"Get \"https://index.docker.io/v2/\": x",
         {{FACT_IMAGE, ""},
          {FACT_REGISTRY, "docker.io"},
          {FACT_REPOSITORY, ""}}},
        /* a layer, and a manifest that may be one platform's */
        {"status code https://r.io/v2/a/b/blobs/"
         "sha256:0123456789abcdef0123456789abcdef: 502 X",
         {{FACT_IMAGE, ""},
          {FACT_REGISTRY, "r.io"},
          {FACT_REPOSITORY, "a/b"},
          {FACT_DIGEST, ""}}},
        {"Get \"https://r.io/v2/a/b/manifests/"
         "sha256:0123456789abcdef0123456789abcdef\": x",
         {{FACT_IMAGE, ""}, {FACT_REPOSITORY, "a/b"}, {FACT_TAG, ""}}},
        /* asked for by another name */
        {"Head \"https://m.io/v2/library/web/manifests/2?ns=docker.io\": x",
         {{FACT_IMAGE, ""}, {FACT_REGISTRY, ""}}},
        {"Head \"https://m.io/v2/library/web/manifests/2\": x",
         {{FACT_IMAGE, ""}, {FACT_REGISTRY, ""}}},
        {"Head \"https://eu-docker.pkg.dev/v2/k8s-artifacts-prod/images/pause/"
         "manifests/3.6\": x",
         {{FACT_IMAGE, ""}, {FACT_REGISTRY, ""}}},
        /* of no image, or of none that can be */
        {"Get \"https://r.io/oauth2/token\": x", {{FACT_REGISTRY, ""}}},
        {"Get \"https://r.io/v2/_catalog\": x", {{FACT_REGISTRY, ""}}},
        {"Head \"https://r.io/v2/$(x)/manifests/1\": x",
         {{FACT_IMAGE, ""}, {FACT_REPOSITORY, ""}}},
        {"Head \"https://r.io/v2/a/manifests/;x\": y",
         {{FACT_IMAGE, ""}, {FACT_TAG, ""}}},
        {"Refer to https://r.io/v2/a/manifests.html", {{FACT_REGISTRY, ""}}},
    };

    struct mask mask = {0};
    struct facts known = {.value = {[FACT_IMAGE] = SLICE("b")}};
    struct gather_scratch scratch = {.used = 0};
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct facts facts = {0};
        scratch.used = 0;
        mask_text(&mask, slice_from(cases[i].text), SLICE(""));
        gather_asked(&mask, &scratch, &facts);
        for (size_t j = 0; j < 6 && cases[i].facts[j].value; j++) {
            assert_slice(facts.value[cases[i].facts[j].fact],
                         cases[i].facts[j].value, cases[i].text);
        }
    }
    mask_text(&mask, slice_from(cases[0].text), SLICE(""));
    gather_asked(&mask, &scratch, &known);
    assert_slice(known.value[FACT_REGISTRY], "", "an image is named");
    mask_free(&mask);
}

static void
what_is_known_is_kept(void **state)
{
    (void)state;
    struct gather_scratch scratch = {.used = 0};
    struct facts facts = {0};
    struct record record = {
        .namespace = SLICE("shop"),
        .pod = SLICE("cart-1"),
        .pod_uid = SLICE("0b3f"),
        .container = SLICE("cart"),
        .node = SLICE("node-1"),
    };
    gather_record(&record, &facts);
    assert_slice(facts.value[FACT_NAMESPACE], "shop", "record");
    assert_slice(facts.value[FACT_POD], "cart-1", "record");
    assert_slice(facts.value[FACT_POD_UID], "0b3f", "record");
    assert_slice(facts.value[FACT_CONTAINER], "cart", "record");
    assert_slice(facts.value[FACT_NODE], "node-1", "record");
    record.pod = SLICE("other");
    gather_record(&record, &facts);
    assert_slice(facts.value[FACT_POD], "cart-1", "record");

    gather_image(SLICE("r.io/a:1"), &scratch, &facts);
    gather_image(SLICE("s.io/b:2"), &scratch, &facts);
    assert_slice(facts.value[FACT_REGISTRY], "r.io", "the first image");
    assert_slice(facts.value[FACT_TAG], "1", "the first image");
}

static void
scratch_that_is_full_leaves_facts_unknown(void **state)
{
    (void)state;
    struct gather_scratch scratch = {.used = GATHER_SCRATCH - 4};
    struct facts facts = {0};
    gather_image(SLICE("R.io/a:1"), &scratch, &facts);
    assert_slice(facts.value[FACT_REGISTRY], "r.io", "four bytes fit");
    facts = (struct facts){0};
    gather_image(SLICE("nginx"), &scratch, &facts);
    gather_image(SLICE("<r.io>/x:1"), &scratch, &facts);
    assert_int_equal(facts.value[FACT_REGISTRY].len, 0);
    assert_int_equal(facts.value[FACT_REPOSITORY].len, 0);
    assert_slice(facts.value[FACT_IMAGE], "nginx", "it needs no scratch");
    assert_true(scratch.used <= GATHER_SCRATCH);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_image_gives_its_parts),
        cmocka_unit_test(a_message_gives_what_failed),
        cmocka_unit_test(a_request_gives_the_image_that_none_names),
        cmocka_unit_test(what_is_known_is_kept),
        cmocka_unit_test(scratch_that_is_full_leaves_facts_unknown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
