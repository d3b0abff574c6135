/* SPDX-License-Identifier: Apache-2.0 */
#include "assert_slice.h"
#include "base/mem.h"
#include "match/mask.h"
#include "mosaic.h"

#include <string.h>

struct row {
    const char *text;
    const char *masked;
    const char *known;
};

static void
check(const struct row *rows, size_t count)
{
    struct mask mask = {0};
    for (size_t i = 0; i < count; i++) {
        mask_text(&mask, slice_from(rows[i].text), slice_from(rows[i].known));
        assert_slice(buf_slice(&mask.text), rows[i].masked, rows[i].text);
    }
    mask_free(&mask);
}

static void
names_are_hidden_where_runtimes_print_them(void **state)
{
    (void)state;

    static const struct row rows[] = {
        {"failed to pull and unpack image \"r.io/a:1\": failed to resolve "
         "reference \"r.io/a:1\": r.io/a:1: not found",
         "failed to pull and unpack image <image>: failed to resolve reference "
         "<image>: <image>: not found",
         NULL},
        {"Head \"https://r.io/v2/a/manifests/1\": dial tcp 10.0.0.4:443: i/o "
         "timeout",
         "Head <url>: dial tcp <addr>: i/o timeout", NULL},
        {"from GET request to https://r.io/token?scope=x%3Apull&service=r.io: "
         "401 Unauthorized",
         "from GET request to <url>: 401 Unauthorized", NULL},
        {"dial tcp: lookup r.io on 10.0.0.10:53: no such host",
         "dial tcp: lookup <host> on <addr>: no such host", NULL},
        {"lookup r.io on [fd00::10]:53: read udp [fd00::5]:1->[fd00::10]:53: "
         "i/o timeout",
         "lookup <host> on <addr>: read udp <addr>-><addr>: i/o timeout", NULL},
        {"pulling from host r.io failed with status code [manifests 403]: 403 "
         "Forbidden",
         "pulling from host <host> failed with status code [manifests <tag>]: "
         "403 Forbidden",
         NULL},
        {"manifest for r.io/a:1 not found", "manifest for <image> not found",
         NULL},
        /* pages, to which a link has no scheme */
        {"learn more at docs.docker.com/go/access-tokens, or aka.ms/acr/x",
         "learn more at docs.docker.com/go/access-tokens, or aka.ms/acr/x",
         NULL},
        {"docs.r.io/a:1: not found", "<image>: not found", NULL},
        {"failed to extract layer sha256:0123456789abcdef: x",
         "failed to extract layer <digest>: x", NULL},
        {"initializing source docker://r.io/a:1: reading manifest 403 in "
         "r.io/a: denied",
         "initializing source docker://<image>: reading manifest <tag> in "
         "<image>: denied",
         NULL},
        {"pull access denied for unauthorized, repository does not exist",
         "pull access denied for <image>, repository does not exist", NULL},
        {"manifest for bitnami/kafka:3.9.0 not found: manifest unknown",
         "manifest for <image> not found: manifest unknown", NULL},
        {"no matching manifest for linux/amd64 in the manifest list entries",
         "no matching manifest for linux/amd64 in the manifest list entries",
         NULL},
        {"error pulling image configuration: download failed",
         "error pulling image configuration: download failed", NULL},
        {"(https://r.io/v2/), see https://r.io/x.", "(<url>), see <url>.",
         NULL},
        {"x\"https://r.io/403\"https://r.io/404", "x<url><url>", NULL},
        {"イメージ \"unauthorized\": 参照 \"not found\": だめ",
         "イメージ <image>: 参照 <image>: だめ", NULL},
        {"dial tcp: operation was canceled", "dial tcp: operation was canceled",
         NULL},
        {"", "", NULL},
    };

    check(rows, COUNT(rows));
}

static void
words_in_quotes_are_names_at_any_depth(void **state)
{
    (void)state;

    static const struct row rows[] = {
        {"image \"unauthorized\": x", "image <image>: x", NULL},
        {"image \"not found: 403 Forbidden\": x", "image <image>: x", NULL},
        {"image \\\"a: not found\\\": x", "image <image>: x", NULL},
        {"image \\\\\\\"a: not found\\\\\\\": x", "image <image>: x", NULL},
        {"image \\\\\\\\\\\\\\\"a: not found\\\\\\\\\\\\\\\": x",
         "image <image>: x", NULL},
        /* a quote, a backslash, a newline and control bytes in the name */
        {"image \"a\\\": not found\": x", "image <image>: x", NULL},
        {"image \\\"a\\\\\\\": not found\\\": x", "image <image>: x", NULL},
        {"image \"a\\\\\": not found", "image <image>: not found", NULL},
        {"image \"a\n: not found\": x", "image <image>: x", NULL},
        {"image \"r.io/a:$(touch boom)\": x", "image <image>: x", NULL},
        {"image \"r.io/a';--\": x", "image <image>: x", NULL},
        {"image \"\033]0;401 Unauthorized\007\": x", "image <image>: x", NULL},
        /* doubled by CSV */
        {"image \"\"unauthorized\"\": x", "image <image>: x", NULL},
        {"image \"\": x", "image \"\": x", NULL},
        /* the end is cut off */
        {"image \"unauthorized: x", "image <image>: x", NULL},
        {"image \"r.io/not-found", "image <image>", NULL},
        {"image \\\"r.io/a:403\": x", "image <image>\": x", NULL},
        /* what is quoted elsewhere is text, unless it can only be a name */
        {"with \"ErrImagePull\": x", "with \"ErrImagePull\": x", NULL},
        {"of \"r.io/unauthorized:403\": x", "of <image>: x", NULL},
        {"\\n\\\\\\n\\", "\\n\\\\\\n\\", NULL},
        {"a \\\\\" b", "a \\\\\" b", NULL},
    };

    check(rows, COUNT(rows));
}

static void
a_known_image_is_hidden_bare(void **state)
{
    (void)state;

    static const struct row rows[] = {
        {"x: nginx: not found", "x: <image>: not found", "nginx"},
        {"team/api: not found", "<image>: not found", "team/api"},
        {"team/api:403: not found", "<image>: not found", "team/api"},
        {"team/api2: not found", "team/api2: not found", "team/api"},
        {"image \"team/api\": team/api: denied",
         "image <image>: <image>: denied", NULL},
        /* its name is a word of the message */
        {"failed to pull image: x: not found",
         "failed to pull image: x: not found", "not"},
        {"failed to pull image: x: not found",
         "failed to pull image: x: not found", "failed"},
        {"failed to pull image: x: not found",
         "failed to pull image: x: not found", "image"},
        {"unauthorized: authentication required",
         "<image>: authentication required", "unauthorized"},
        {"r.io/a: not found", "<image>: not found", ""},
    };

    check(rows, COUNT(rows));
}

static void
censored_names_are_hidden(void **state)
{
    (void)state;

    static const struct row rows[] = {
        {"image \"<registry>/team/api:1\": x", "image <image>: x", NULL},
        {"image \"***\": ***: not found", "image <image>: <image>: not found",
         NULL},
        {"request to https://<registry>/token?service=<registry>: 401 "
         "Unauthorized",
         "request to <url>: 401 Unauthorized", NULL},
        {"see <https://r.io/x>: 401", "see <<url>>: 401", NULL},
        {"lookup *** on 10.0.0.10:53: no such host",
         "lookup <host> on <addr>: no such host", NULL},
    };

    check(rows, COUNT(rows));
}

static void
a_container_dump_is_hidden(void **state)
{
    (void)state;

    static const struct row rows[] = {
        {"container &Container{Name:c,Env:[]EnvVar{EnvVar{Value:x: 403 "
         "Forbidden}}},} start failed in pod p_n(u): ErrImagePull: y",
         "container &Container{} start failed in pod p_n(u): ErrImagePull: y",
         NULL},
        {"&Container{Name:c,Args:[: 403 Forbidden", "&Container{}", NULL},
        {"a & b", "a & b", NULL},
    };

    check(rows, COUNT(rows));
}

static void
notes_tell_what_stood_there(void **state)
{
    (void)state;
    struct mask mask = {0};
    struct mask part = {0};
    mask_text(&mask,
              SLICE("image \"r.io/a:1\": Head \"https://r.io/v2/\": dial tcp "
                    "10.0.0.4:443: x"),
              SLICE(""));
    assert_int_equal(mask.count, 3);
    assert_slice(mask_find(&mask, MASK_IMAGE)->text, "r.io/a:1", "image");
    assert_slice(mask_find(&mask, MASK_URL)->text, "https://r.io/v2/", "url");
    assert_null(mask_find(&mask, MASK_HOST));
    for (size_t i = 0; i < mask.count; i++) {
        struct slice at = slice_after(buf_slice(&mask.text), mask.notes[i].at);
        assert_true(slice_starts(at, SLICE("<")));
    }
    struct slice text = buf_slice(&mask.text);
    size_t from = slice_find(text, SLICE("Head"));
    mask_part(&part, &mask, slice_after(text, from));
    assert_slice(buf_slice(&part.text), "Head <url>: dial tcp <addr>: x",
                 "part");
    assert_int_equal(part.count, 2);
    assert_null(mask_find(&part, MASK_IMAGE));
    assert_int_equal(mask_find(&part, MASK_URL)->at, 5);
    mask_free(&part);
    mask_free(&mask);
}

static void
names_beyond_the_notes_are_hidden_too(void **state)
{
    (void)state;

    enum {
        TIMES = 3 * MASK_NOTES
    };
    struct mask mask = {0};
    struct buf text = {0};
    for (size_t i = 0; i < TIMES; i++) {
        buf_print(&text, "image \"unauthorized%zu\", ", i);
    }
    mask_text(&mask, buf_slice(&text), SLICE(""));
    assert_int_equal(mask.count, MASK_NOTES);
    assert_int_equal(slice_find(buf_slice(&mask.text), SLICE("unauthorized")),
                     SLICE_NONE);
    buf_free(&text);
    mask_free(&mask);
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
        "failed to pull image \"a\": ",
        "a:",
        "/",
        "a/",
        "//a:",
        "\"a/b\"",
        "\"\\\"/",
        "> on ",
        "&C",
        "[",
        "\"",
        "\"\\\"\\\\\\\"",
        "\\",
        "lookup ",
        ":/:/:/",
        "[manifests ",
        "image \"",
        "a.b/c:",
        "https://",
        "https://, ",
        "sha256:",
        "&Container{",
    };

    struct mask mask = {0};
    for (size_t i = 0; i < COUNT(units); i++) {
        struct buf text = {0};
        while (text.len < LENGTH) {
            buf_add_text(&text, units[i]);
        }
        mask_text(&mask, buf_slice(&text), SLICE(""));
        assert_true(mask.text.len > 0);
        assert_true(mask.text.len <= 2 * text.len);
        buf_free(&text);
    }
    mask_free(&mask);
}

static void
bytes_that_are_no_text_pass(void **state)
{
    (void)state;
    struct mask mask = {0};
    mask_text(&mask, SLICE("a\0b \xff\xfe\x80 image \"\0\xff\": \0"),
              SLICE(""));
    assert_true(slice_equal(buf_slice(&mask.text),
                            SLICE("a\0b \xff\xfe\x80 image <image>: \0")));
    mask_text(&mask, slice_of(NULL, 0), slice_of(NULL, 0));
    assert_int_equal(mask.text.len, 0);
    mask_free(&mask);
}

static void
assert_same(const struct mask *quick, const struct mask *plain,
            struct slice text)
{
    if (!slice_equal(buf_slice(&quick->text), buf_slice(&plain->text))) {
        fail_msg("%.*s: is not %.*s\n# but %.*s", SLICE_ARG(text),
                 SLICE_ARG(buf_slice(&plain->text)),
                 SLICE_ARG(buf_slice(&quick->text)));
    }
    assert_int_equal(quick->count, plain->count);
    for (size_t i = 0; i < plain->count; i++) {
        assert_int_equal(quick->notes[i].kind, plain->notes[i].kind);
        assert_int_equal(quick->notes[i].at, plain->notes[i].at);
        assert_ptr_equal(quick->notes[i].text.data, plain->notes[i].text.data);
        assert_int_equal(quick->notes[i].text.len, plain->notes[i].text.len);
    }
    assert_int_equal(quick->image_count, plain->image_count);
}

/* What is passed over unseen holds no name. */
static void
looking_at_each_byte_finds_no_more(void **state)
{
    (void)state;

    static const char *const pieces[] = {
        "image ",
        "image \"",
        "reference \\\"",
        "PullImage ",
        "name ",
        "lookup ",
        "<host>",
        "lookup <host>",
        "> ",
        " on ",
        " in ",
        "dial tcp ",
        "10.0.0.1:443->1.2.3.4:443",
        "[manifests ",
        "[blobs ",
        "]",
        "reading manifest ",
        "docker://",
        "repository ",
        "manifest for ",
        "access denied for ",
        "pulling image ",
        "reg.io/foo:1",
        "nginx",
        "localhost:5000/x",
        "5000/x",
        "r.io:443/a/b:t@",
        "foo/bar",
        "x:",
        "a:",
        "sha256:0123456789abcdef0123456789abcdef",
        "sha256:",
        "sha",
        "h",
        "ht",
        "http://",
        "https://a.b/c",
        "https://<registry>/v2/",
        "\"",
        "\\",
        "\\\"",
        "\"\"",
        "&",
        "&Container{",
        "} start failed in pod",
        "/",
        "::",
        ":",
        "@",
        ".",
        "...",
        ": ",
        "= ",
        " ",
        "<",
        ">",
        ")",
        ";",
        ",",
        "known",
        "a",
        "d",
        "l",
        "m",
        "p",
        "r",
        "s",
        "w",
        "\xe3\x82\xa4",
        "\xff",
        "\n",
    };
    static const char *const known[] = {"", "known", "5000/x", "\xff/x", ">/x"};
    struct mosaic mosaic = {.pieces = pieces, .count = COUNT(pieces)};
    struct buf text = {0};
    struct mask *quick = MEM_NEW(struct mask);
    struct mask *plain = MEM_NEW(struct mask);
    for (size_t i = 0; i < 20000; i++) {
        struct slice image = slice_from(known[i % COUNT(known)]);
        mosaic_lay(&mosaic, &text);
        mask_text(quick, buf_slice(&text), image);
        mask_plainly(plain, buf_slice(&text), image);
        assert_same(quick, plain, buf_slice(&text));
    }
    buf_free(&text);
    mask_free(quick);
    mask_free(plain);
    mem_free(quick);
    mem_free(plain);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_are_hidden_where_runtimes_print_them),
        cmocka_unit_test(words_in_quotes_are_names_at_any_depth),
        cmocka_unit_test(a_known_image_is_hidden_bare),
        cmocka_unit_test(censored_names_are_hidden),
        cmocka_unit_test(a_container_dump_is_hidden),
        cmocka_unit_test(notes_tell_what_stood_there),
        cmocka_unit_test(names_beyond_the_notes_are_hidden_too),
        cmocka_unit_test(looking_at_each_byte_finds_no_more),
        cmocka_unit_test(a_line_made_to_be_slow_is_not),
        cmocka_unit_test(bytes_that_are_no_text_pass),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
