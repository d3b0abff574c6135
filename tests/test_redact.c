/* SPDX-License-Identifier: Apache-2.0 */
#include "assert_slice.h"
#include "match/redact.h"
#include "mosaic.h"

#define R "REDACTED"

struct row {
    const char *text;
    const char *want; /* NULL: as it is */
};

static void
check(const struct row *rows, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        struct buf out = {0};
        redact_add(&out, slice_from(rows[i].text));
        assert_slice(buf_slice(&out),
                     rows[i].want ? rows[i].want : rows[i].text, rows[i].text);
        buf_free(&out);
    }
}

static void
signatures_in_urls(void **state)
{
    (void)state;

    static const struct row rows[] = {
        {"https://x.blob.core.windows.net/"
         "a?se=2026-11-23T00%3A00%3A00Z&sig=a%2F"
         "b%3D&sp=r&sr=b&sv=2019-02-02&regid=1",
         "https://x.blob.core.windows.net/a?se=" R "&sig=" R "&sp=" R "&sr=" R
         "&sv=" R "&regid=1"},
        {"?skoid=1&sktid=2&skt=3&ske=4&sks=5&skv=6&st=7",
         "?skoid=" R "&sktid=" R "&skt=" R "&ske=" R "&sks=" R "&skv=" R
         "&st=" R},
        {"\"https://s3.amazonaws.com/x?X-Amz-Algorithm=A&X-Amz-Credential=B%2F"
         "C&X-Amz-Date=D&X-Amz-Signature=E&X-Amz-Security-Token=F\": dial",
         "\"https://s3.amazonaws.com/x?X-Amz-Algorithm=A&X-Amz-Credential=" R
         "&X-Amz-Date=D&X-Amz-Signature=" R "&X-Amz-Security-Token=" R
         "\": dial"},
        {"https://cdn/x?Expires=1&Signature=a~b-&Key-Pair-Id=K&Policy=p: EOF",
         "https://cdn/x?Expires=" R "&Signature=" R "&Key-Pair-Id=" R
         "&Policy=" R ": EOF"},
        {"?token=a&access_token=b&refresh_token=c&id_token=d&code=e&"
         "client_secret=f",
         "?token=" R "&access_token=" R "&refresh_token=" R "&id_token=" R
         "&code=" R "&client_secret=" R},
        {"https://r.io/#access_token=abc", "https://r.io/#access_token=" R},
        {"?SIG=a", "?SIG=" R},
        {"?sharedAccessSignature=a&X-Goog-Signature=b&X-Goog-Credential=c",
         "?sharedAccessSignature=" R "&X-Goog-Signature=" R
         "&X-Goog-Credential=" R},
        {"?sig=", "?sig=" R},
        /* written in other ways */
        {"?a=1\\u0026sig=x\\u0026b=2", "?a=1\\u0026sig=" R "\\u0026b=2"},
        {"\\\\u0026sig=x", "\\\\u0026sig=" R},
        {"?a=1&amp;sig=x&amp;b=2", "?a=1&amp;sig=" R "&amp;b=2"},
        {"%3Fa%3D1%26sig%3Dx%26b%3D2", "%3Fa%3D1%26sig%3D" R "%26b%3D2"},
        {"%253Fsig%253Dx%2526b", "%253Fsig%253D" R "%2526b"},
        {"?sig\\u003dx&b", "?sig\\u003d" R "&b"},
        {"?sig=a%26b&c", "?sig=" R "&c"},
    };

    check(rows, COUNT(rows));
}

/* So long a name is found in generated variables. */
#define L                                                                     \
    "VERY_LONG_NAME_OF_A_VARIABLE_THAT_A_CHART_MADE_OF_ALL_THAT_IT_KNOWS_OF_" \
    "IT"

static void
credentials_wherever_they_stand(void **state)
{
    (void)state;

    static const struct row rows[] = {
        {"Authorization: Bearer abcdefghij.klm-n_o",
         "Authorization: Bearer " R},
        {"authorization=\"Basic dXNlcjpwYXNz\"",
         "authorization=\"Basic " R "\""},
        {"BEARER%20abcdefgh1 x", "BEARER%20" R " x"},
        {"x eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiIxIn0.c2ln_-A y", "x " R " y"},
        {"X-Registry-Auth: eyJ1c2VybmFtZSI6InUifQ==", "X-Registry-Auth: " R},
        {"https://user:pa@ss@r.io/v2/", "https://" R "@r.io/v2/"},
        {"https://token@r.io:5000/", "https://" R "@r.io:5000/"},
        {"\"password\":\"hunter2\"", "\"password\":\"" R "\""},
        {"a ghp_0123456789abcdefABCDEF0123456789abcd b", "a " R " b"},
        {"'github_pat_11ABCDEFG0123456789_abcdefghijkl'", "'" R "'"},
        {"GITHUB_TOKEN=ghs_0123456789abcdefABCD,", "GITHUB_TOKEN=" R ","},
        {"(glpat-0123456789abcdefghij)", "(" R ")"},
        {"gldt-0123456789abcdefghij", R},
        {"-p dckr_pat_0123456789abcdefghijklmnopq reg", "-p " R " reg"},
        {"dckr_oat_0123456789abcdefg", R},
        {"dop_v1_0123456789abcdef0123456789abcdef", R},
        {"oauth2accesstoken ya29.c.b0Aaekm1K-0123", "oauth2accesstoken " R},
        {"sha256~0123456789abcdefghijABCDEFGHIJ0123456789_-x", R},
        {"AKCp0123456789abcdefghijklmnopqrstuvwxyzABCDEF", R},
        {"pull bob:hunter-2!@r.io/a:1", "pull bob:" R "@r.io/a:1"},
        {"\"bob:a%40b:c@r.io:5000/a\"", "\"bob:" R "@r.io:5000/a\""},
        {"x bob:p@localhost/a bob:p@r.io/b",
         "x bob:" R "@localhost/a bob:" R "@r.io/b"},
        {"{\"auths\":{\"r.io\":{\"auth\":\"dXNlcg==\",\"x\":1}}}",
         "{\"auths\":{\"r.io\":{\"auth\":\"" R "\",\"x\":1}}}"},
        {"\\\"aadClientSecret\\\": \\\"a~b\\\"",
         "\\\"aadClientSecret\\\": \\\"" R "\\\""},
        {"\\\\\\\"auth\\\\\\\":\\\\\\\"x\\\\\\\",",
         "\\\\\\\"auth\\\\\\\":\\\\\\\"" R "\\\\\\\","},
        {"\"password\" : \"my \\\"own\\\" word\", \"x\"",
         "\"password\" : \"" R "\", \"x\""},
        {"'password': 'hunter 2', 'x'", "'password': '" R "', 'x'"},
        {"password=hunter2,;)} x", "password=" R " x"},
        {"DB_PASSWORD=a&b", "DB_PASSWORD=" R "&b"},
        {"map[password:abc user:x]", "map[password:" R " user:x]"},
        {L "_PASSWORD=abc x", L "_PASSWORD=" R " x"},
        {"\"" L "_client_secret\": \"a b\"",
         "\"" L "_client_secret\": \"" R "\""},
        {"?" L "_access_token=abc&x", "?" L "_access_token=" R "&x"},
        {"client_secret=abc&scope=x", "client_secret=" R "&scope=x"},
        {"\"identitytoken\":\"x\",\"registrytoken\":\"y\"",
         "\"identitytoken\":\"" R "\",\"registrytoken\":\"" R "\""},
        /* cut before the closing quote: better too much than too little */
        {"\"password\":\"hunter 2, and", "\"password\":\"" R},
        {"\\\"password\\\":\\\"hunter 2\" x", "\\\"password\\\":\\\"" R},
    };

    check(rows, COUNT(rows));
}

static void
container_dumps(void **state)
{
    (void)state;

    static const struct row rows[] = {
        {"err=\"container &Container{Name:c,Image:x,Env:[]EnvVar{EnvVar{Name:P,"
         "Value:s}}}}}ecret,},},} start failed in pod p_n(u): ErrImagePull: "
         "x\"",
         "err=\"container &Container{" R "} start failed in pod p_n(u): "
         "ErrImagePull: x\""},
        {"{\"a\":\"\\u0026Container{Value:s,} start failed in pod p\"}",
         "{\"a\":\"\\u0026Container{" R "} start failed in pod p\"}"},
        /* a value that looks like the end */
        {"&Container{Value:} start failed in pod s,} start failed in pod p",
         "&Container{" R "} start failed in pod p"},
        {"&Container{Name:c,Value:}s", "&Container{" R "}"},
        {"Image:x,Env:[]EnvVar{EnvVar{Value:s", "Image:x,Env:[]EnvVar{" R "}"},
    };

    check(rows, COUNT(rows));
}

static void
what_is_no_secret_stays(void **state)
{
    (void)state;

    static const struct row rows[] = {
        {"https://r.io/oauth2/token?scope=repository%3Aa%3Apull&service=r.io: "
         "401 Unauthorized",
         NULL},
        {"https://mirror/v2/a/manifests/1?ns=docker.io", NULL},
        {"rpc error: code = Unknown desc = x", NULL},
        {"Www-Authenticate: Basic realm=\"Registry Realm\"", NULL},
        {"Bearer realm=\"https://r.io/token\",service=\"r.io\"", NULL},
        {"no basic auth credentials", NULL},
        {"Basic authentication required", NULL},
        {"invalid username/password: unauthorized: incorrect username or "
         "password",
         NULL},
        {"failed to fetch oauth token: unexpected status", NULL},
        {"auth: token service failed", NULL},
        {"Invalid client secret provided", NULL},
        {"some image pull secrets (regcred)", NULL},
        {"\"password\":\"\"", NULL},
        {"\"auth\": {\"x\": 1}", NULL},
        {"docker://nginx@sha256:0123", NULL},
        {"image \"r.io/password/token:code\"", NULL},
        {"a eyJ b", NULL},
        {"ghp_ ghp_short glpat-1 dckr_pat_x ya29. AKCp sha256~0", NULL},
        {"xghp_0123456789abcdefABCDEF0123456789abcd", NULL},
        {"sha256:0123456789abcdef0123456789abcdef0123", NULL},
        {"github.com/containerd/containerd@v1.7.0/remotes/docker", NULL},
        {"r.io/a:1@sha256:0123/ a:1@sha512:0123/", NULL},
        {"serviceAccount:puller@p.iam.gserviceaccount.com\"", NULL},
        {"user bob@r.io/a and :p@r.io/a or bob:@r.io/a", NULL},
        {"a:b@host/c", NULL},
        {"x & y ? z # 100% \\n %3 %", NULL},
        {"signal=1&design=2?sign=3", NULL},
        {"which?code &token #sig %26sig: x", NULL},
        {"", NULL},
    };

    check(rows, COUNT(rows));
}

static void
bytes_that_are_no_text_pass(void **state)
{
    (void)state;
    struct buf out = {0};
    buf_add_text(&out, "kept ");
    redact_add(&out, SLICE("a\0\xff?sig=\0\xff b"));
    assert_true(
        slice_equal(buf_slice(&out), SLICE("kept a\0\xff?sig=" R " b")));
    redact_add(&out, slice_of(NULL, 0));
    buf_free(&out);
}

/* Each of these took minutes while the cost was quadratic. */
static void
a_line_made_to_be_slow_is_not(void **state)
{
    (void)state;

    enum {
        LENGTH = 1 << 20
    };

    static const char *const units[] = {
        "x/",          "..........",    "a=",
        "eyJ",         "eyJa=",         "%3D",
        "%25",         "%26sig%3D",     "&",
        "password:{",  "password:[",    "bearer+auth+",
        "\\",          "://",           "://a:",
        "&Container{", "password",      "password\\",
        "?sig",        "token=",        "Bearer ",
        "\"",          "password:\"\"", "} start failed in pod",
        "@",           "a:b@",          "a:b@c.d/",
        "ghp_",        "sha256~",       "a:@b.",
    };

    for (size_t i = 0; i < COUNT(units); i++) {
        struct buf text = {0};
        struct buf out = {0};
        while (text.len < LENGTH) {
            buf_add_text(&text, units[i]);
        }
        redact_add(&out, buf_slice(&text));
        assert_true(out.len > 0);
        assert_true(out.len <= 2 * text.len);
        buf_free(&out);
        buf_free(&text);
    }
}

/* What is passed over unseen holds no secret. */
static void
looking_at_each_byte_finds_no_more(void **state)
{
    (void)state;

    static const char *const pieces[] = {
        "password",
        "Passwd",
        "client_secret",
        "api_key",
        "AUTH",
        "registry-auth",
        "id_token",
        "x",
        "e",
        "b",
        "-",
        "_",
        "Bearer ",
        "bearer",
        "basic ",
        "eyJ",
        "ey",
        "sig",
        "token",
        "?",
        "#",
        "%",
        "&",
        "&amp;",
        "\\u0026",
        "\\u003f",
        "%3F",
        "%26",
        "%3D",
        "%25",
        "\\",
        "\"",
        "'",
        ":",
        "=",
        ": ",
        " = ",
        "\" :",
        "://",
        "user:pw@",
        "@sha256:",
        "@",
        "@r.io/",
        "@r.io:5000/a",
        "bob:",
        "ghp_",
        "glpat-",
        "dckr_pat_",
        "sha256~",
        "ya29.",
        "AKCp",
        "/",
        "[",
        "]",
        "[]EnvVar{",
        "&Container{",
        "\\u0026Container{",
        "} start failed in pod",
        "error: ",
        "realm=",
        " ",
        "  ",
        "\n",
        "abcdefgh",
        "0123456789012345678901234567890123",
        "\xe3\x82\xa4",
        "\xff",
    };
    struct mosaic mosaic = {.pieces = pieces, .count = COUNT(pieces)};
    struct buf text = {0};
    struct buf quick = {0};
    struct buf plain = {0};
    for (size_t i = 0; i < 20000; i++) {
        mosaic_lay(&mosaic, &text);
        buf_clear(&quick);
        buf_clear(&plain);
        redact_add(&quick, buf_slice(&text));
        redact_plainly(&plain, buf_slice(&text));
        assert_slice(buf_slice(&quick), buf_string(&plain), buf_string(&text));
    }
    buf_free(&text);
    buf_free(&quick);
    buf_free(&plain);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(signatures_in_urls),
        cmocka_unit_test(credentials_wherever_they_stand),
        cmocka_unit_test(container_dumps),
        cmocka_unit_test(what_is_no_secret_stays),
        cmocka_unit_test(looking_at_each_byte_finds_no_more),
        cmocka_unit_test(bytes_that_are_no_text_pass),
        cmocka_unit_test(a_line_made_to_be_slow_is_not),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
