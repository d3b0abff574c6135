/* SPDX-License-Identifier: Apache-2.0 */
#include "assert_slice.h"
#include "match/image.h"

#define HEX32 "0123456789abcdef0123456789abcdef"
#define SHA   "sha256:" HEX32 HEX32

static void
parts_of_a_reference(void **state)
{
    (void)state;

    static const struct {
        const char *text;
        const char *registry;
        const char *path;
        const char *tag;
        const char *digest;
    } cases[] = {
        {"nginx", "docker.io", "nginx", "", ""},
        {"nginx:1.27", "docker.io", "nginx", "1.27", ""},
        {"team/api", "docker.io", "team/api", "", ""},
        {"docker.io/library/nginx", "docker.io", "library/nginx", "", ""},
        {"r.azurecr.io/team/api:v1", "r.azurecr.io", "team/api", "v1", ""},
        {"r.azurecr.io/api@" SHA, "r.azurecr.io", "api", "", SHA},
        {"r.azurecr.io/api:v1@" SHA, "r.azurecr.io", "api", "v1", SHA},
        {"localhost/api", "localhost", "api", "", ""},
        {"localhost:5000/api:1", "localhost:5000", "api", "1", ""},
        {"registry:5000/api:1", "registry:5000", "api", "1", ""},
        {"10.0.0.4:5000/a/b/c:1", "10.0.0.4:5000", "a/b/c", "1", ""},
        {"[fd00::1]:5000/api:1", "[fd00::1]:5000", "api", "1", ""},
        {"[fd00::1]/api", "[fd00::1]", "api", "", ""},
        /* names that are words of error messages */
        {"unauthorized:403", "docker.io", "unauthorized", "403", ""},
        {"timeout.example/not-found:x", "timeout.example", "not-found", "x",
         ""},
        /* what a runtime refuses is still read */
        {"R.azurecr.io/Team/API:V1", "R.azurecr.io", "Team/API", "V1", ""},
        {"r.io/a__b/c.d-e:1_2", "r.io", "a__b/c.d-e", "1_2", ""},
    };

    for (size_t i = 0; i < COUNT(cases); i++) {
        struct image image;
        assert_true(image_parse(slice_from(cases[i].text), &image));
        assert_slice(image.registry, cases[i].registry, cases[i].text);
        assert_slice(image.path, cases[i].path, cases[i].text);
        assert_slice(image.tag, cases[i].tag, cases[i].text);
        assert_slice(image.digest, cases[i].digest, cases[i].text);
    }
}

static void
what_is_no_reference(void **state)
{
    (void)state;

    static const char *const cases[] = {
        "",
        ":",
        "/",
        ":1",
        "a:",
        "/a",
        "a/",
        "a//b",
        "a:b:c",
        "a b",
        "a: not found",
        "r.io/",
        "r.io/a:",
        "r.io/a@",
        "r.io/a@sha256:",
        "r.io/a@sha256:0123",
        "r.io/a@" SHA "@" SHA,
        "r.io/a:$(touch boom)",
        "r.io/a';--",
        "r.io/a\033[31m",
        "r.io/\xff",
        "r.io:99999/a",
        "r.io:/a",
        "r.io:x/a",
        ".io/a",
        "[fd00::1/a",
        "[fd00::1]x/a",
        "<registry>/team/api:1",
        "***/team/api:1",
        "https://r.io/a",
    };

    for (size_t i = 0; i < COUNT(cases); i++) {
        struct image image;
        if (image_parse(slice_from(cases[i]), &image)) {
            fail_msg("%s is no reference", cases[i]);
        }
    }
    assert_false(image_parse(SLICE("a\0b"), &(struct image){0}));
}

static void
length_is_limited(void **state)
{
    (void)state;
    static char text[1025];
    struct image image;
    for (size_t i = 0; i < sizeof(text); i++) {
        text[i] = 'a';
    }
    assert_true(image_parse(slice_of(text, 1024), &image));
    assert_false(image_parse(slice_of(text, 1025), &image));
    text[0] = 'x';
    text[1] = ':';
    assert_true(image_parse(slice_of(text, 2 + 128), &image));
    assert_false(image_parse(slice_of(text, 2 + 129), &image));
}

static void
library_is_docker_hubs_own(void **state)
{
    (void)state;

    static const struct {
        const char *text;
        bool is_library;
    } cases[] = {
        {"nginx", true},
        {"docker.io/nginx", true},
        {"team/api", false},
        {"ghcr.io/nginx", false},
        {"localhost/nginx:1", false},
    };

    for (size_t i = 0; i < COUNT(cases); i++) {
        struct image image;
        assert_true(image_parse(slice_from(cases[i].text), &image));
        assert_int_equal(image_is_library(&image), cases[i].is_library);
    }
}

static void
vendor_is_read_off_the_host(void **state)
{
    (void)state;

    static const struct {
        const char *registry;
        const char *vendor;
    } cases[] = {
        {"contoso.azurecr.io", "acr"},
        {"CONTOSO.AzureCR.io", "acr"},
        {"contoso.azurecr.cn:443", "acr"},
        {"contoso.westeurope.geo.azurecr.io", "acr"},
        {"mcr.microsoft.com", "mcr"},
        {"mcr.azure.cn", "mcr"},
        {"123456789012.dkr.ecr.eu-west-1.amazonaws.com", "ecr"},
        {"123456789012.dkr.ecr.cn-north-1.amazonaws.com.cn", "ecr"},
        {"public.ecr.aws", "ecr"},
        {"europe-docker.pkg.dev", "gar"},
        {"eu.gcr.io", "gar"},
        {"gcr.io", "gar"},
        {"docker.io", "dockerhub"},
        {"registry-1.docker.io", "dockerhub"},
        {"ghcr.io", "ghcr"},
        {"quay.io:443", "quay"},
        {"registry.k8s.io", "k8s"},
        {"[fd00::1]:5000", "other"},
        /* look-alikes */
        {"azurecr.io", "other"},
        {"contoso.azurecr.io.example", "other"},
        {"contosoazurecr.io", "other"},
        {"notgcr.io", "other"},
        {"mcr.microsoft.com.example", "other"},
        {"1.dkr.ecr.eu-west-1.amazonaws.com.example", "other"},
        {"", "other"},
    };

    for (size_t i = 0; i < COUNT(cases); i++) {
        assert_slice(image_vendor(slice_from(cases[i].registry)),
                     cases[i].vendor, cases[i].registry);
    }
}

static void
host_is_without_its_port(void **state)
{
    (void)state;

    static const struct {
        const char *registry;
        const char *host;
    } cases[] = {
        {"r.io", "r.io"},
        {"r.io:443", "r.io"},
        {"[fd00::1]:5000", "[fd00::1]"},
        {"[fd00::1]", "[fd00::1]"},
        {"", ""},
    };

    for (size_t i = 0; i < COUNT(cases); i++) {
        assert_slice(image_host(slice_from(cases[i].registry)), cases[i].host,
                     cases[i].registry);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(parts_of_a_reference),
        cmocka_unit_test(what_is_no_reference),
        cmocka_unit_test(length_is_limited),
        cmocka_unit_test(library_is_docker_hubs_own),
        cmocka_unit_test(vendor_is_read_off_the_host),
        cmocka_unit_test(host_is_without_its_port),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
