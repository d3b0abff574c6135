/* SPDX-License-Identifier: Apache-2.0 */

/*
 * An object of YAML is left out unread only if its texts stand in it as they
 * are: whatever is done to it, an analysis finds the same as when all is read.
 */

#include "mind.h"
#include "text.h"
#include "wire/yaml_plain.h"

#define EVENT "involvedObject:\n  kind: Pod\n  name: cart-0\n"

static void
knows_what_is_plain(void **state)
{
    (void)state;
    static const char *const plain[] = {
        EVENT,
        "  count: 3\n  involvedObject: {}\n  message: it is well\n",
        EVENT "message: 'he said \"so\"'\n",
        EVENT "message: \"it's so\"\n",
        EVENT "message: \"\"\nnote: ''\neventTime: null\n",
        "regarding:\n  name: a\nargs:\n- --foo=x: y\n- -1\n- b: c\n",
        "metadata:\n  name: a\nspec:\n  a:\n  - - b\n    - c\nstatus:\n"
        "  b: []\n",
        EVENT "message: plain # and a comment\n",
    };
    static const char *const odd[] = {
        "",
        "message: no object\n",
        "involvedObject:\nmessage: a\n",
        "involvedObject:\n- a: b\n",
        "involvedObject: x\n",
        "metadata:\n  a: b\nspec:\n  a: b\n",
        EVENT "event:\n  a: b\n",
        EVENT "object:\n  a: b\n",
        EVENT "message: 'it''s so'\n",
        EVENT "message: 'open\n",
        EVENT "message: \"a\\x41\"\n",
        EVENT "message: \"a\" b\n",
        EVENT "message: \"\n",
        EVENT "message: '\n",
        EVENT "message: |\n  a\n",
        EVENT "message: >-\n  a\n",
        EVENT "message: a\n  goes on\n",
        EVENT "message:\n  a b\n",
        EVENT "message: &a b\n",
        EVENT "message: *a\n",
        EVENT "message: !!binary a\n",
        EVENT "message: [a, b]\n",
        EVENT "message: {a: b}\n",
        EVENT "<<: b\n",
        EVENT "? a\n: b\n",
        EVENT "\"a\": b\n",
        EVENT "# message\n",
        EVENT "message: a\xc3\xa9\n",
        EVENT "message: a\tb\n",
        EVENT "message: a\r\n",
        EVENT "\n",
        EVENT "-\n",
        EVENT "args:\n- 'a\n  b'\n",
        EVENT "args:\n- a\n  b\n",
        EVENT "message: a", /* its end has not come */
    };
    for (size_t i = 0; i < COUNT(plain); i++) {
        if (!yaml_plain_is_cluster(slice_from(plain[i]))) {
            fail_msg("it is plain: %s", plain[i]);
        }
    }
    for (size_t i = 0; i < COUNT(odd); i++) {
        if (yaml_plain_is_cluster(slice_from(odd[i]))) {
            fail_msg("it is not plain: %s", odd[i]);
        }
    }
}

static uint32_t
roll(uint32_t *state, size_t sides)
{
    *state = *state * 69069 + 1;
    return (*state >> 8) % (uint32_t)sides;
}

static const char *const messages[] = {
    "message: Started container cart",
    "message: 'Created pod: cart-0'",
    "message: \"all is well\"",
    "message: 'Failed to pull image \"a.azurecr.io/b:1\": not found'",
    "message: Back-off pulling image a.azurecr.io/b:1",
    "message: Back-off pulling\n  image \"a.azurecr.io/b:1\"",
    "message: 'Failed to pull\n  image \"a.io/b:1\": not found'",
    "message: \"\\u0045rrImagePull\"",
    "message: \"Err\\\n  ImagePull\"",
    "message: |\n  Failed to pull image \"a.io/b:1\": not found",
    "message: >\n  Failed to pull image\n  \"a.io/b:1\": not found",
    "message:\n  Failed to pull image a.io/b:1",
    "message: Err\xe2\x80\x8bImagePull",
    "message: !!str ErrImagePull",
    "message: &m ErrImagePull\nnote: *m",
    "note: ErrImagePull a.io/b:1",
    "message: 'it''s ErrImagePull'",
};

static const char *const bodies[] = {
    "count: 3\ninvolvedObject:\n  kind: Pod\n  name: cart-0\n  namespace: "
    "shop\nkind: Event\n%\nmetadata:\n  name: cart-0.1\n  uid: "
    "8f14e45f\nreason: Started\nsource: {}\ntype: Normal\n",
    "action: Binding\nkind: Event\nregarding:\n  kind: Pod\n  name: "
    "x\nreason: Failed\n%\n",
    "kind: Pod\nmetadata:\n  name: mail-0\n  labels:\n    a: b\nspec:\n  "
    "containers:\n  - args:\n    - -v\n    - \"2\"\n    name: "
    "mail\nstatus:\n  containerStatuses: []\n  %\n",
    "kind: Pod\nmetadata:\n  name: mail-1\nspec:\n  nodeName: n\nstatus:\n  "
    "containerStatuses:\n  - image: a.azurecr.io/b:1\n    name: mail\n    "
    "state:\n      waiting:\n        reason: ImagePullBackOff\n",
    "kind: ConfigMap\ndata:\n  a: b\n%\n",
};

static void
add_indented(struct buf *out, const struct buf *body, bool is_item)
{
    struct slice rest = buf_slice(body);
    struct slice line;
    bool is_first = true;
    while (slice_cut(&rest, '\n', &line)) {
        buf_add_text(out, !is_item ? "" : is_first ? "- " : "  ");
        buf_add(out, line);
        buf_add_byte(out, '\n');
        is_first = false;
    }
}

static void
add_body(struct buf *out, uint32_t *seed, bool is_item)
{
    struct buf body = {0};
    struct slice rest = slice_from(bodies[roll(seed, COUNT(bodies))]);
    struct slice head;
    size_t message = roll(seed, roll(seed, 3) ? 3 : COUNT(messages));
    buf_add_text(&body, "apiVersion: v1\n");
    if (slice_cut(&rest, '%', &head)) {
        buf_add(&body, head);
        buf_add_text(&body, messages[message]);
    }
    buf_add(&body, rest);
    add_indented(out, &body, is_item);
    buf_free(&body);
}

static void
add_text_of(struct buf *out, uint32_t *seed)
{
    bool is_list = roll(seed, 3) > 0;
    if (is_list) {
        buf_add_text(out, "apiVersion: v1\nitems:\n");
    }
    for (int i = 0; i < 10; i++) {
        add_body(out, seed, is_list);
        if (!is_list) {
            buf_add_text(out, "---\n");
        }
    }
    if (is_list) {
        buf_add_text(out, "kind: List\nmetadata:\n  resourceVersion: \"\"\n");
    }
}

static void
damage(struct buf *text, uint32_t *seed)
{
    static const char *const inserts[] = {
        "\n", " ",  "'",  "\"",  ": ",   "- ",           "#",
        "|",  "\\", "{}", "---", "\n\n", "ErrImagePull", "\r\n",
    };

    struct buf out = {0};
    size_t at = roll(seed, text->len);
    size_t cut = roll(seed, 2) ? 0 : roll(seed, 40);
    buf_add(&out, slice_before(buf_slice(text), at));
    buf_add_text(&out, inserts[roll(seed, COUNT(inserts))]);
    buf_add(&out, slice_after(buf_slice(text), at + cut));
    buf_free(text);
    *text = out;
}

static void
finds_the_same(void **state)
{
    static const size_t pieces[] = {SIZE_MAX, 61, 997};
    for (uint32_t i = 0; i < 600; i++) {
        uint32_t seed = i * 7919;
        struct buf text = {0};
        add_text_of(&text, &seed);
        for (size_t times = roll(&seed, 3); times > 0; times--) {
            damage(&text, &seed);
        }
        add_text_of(&text, &seed);
        mind_same(*state, MANNER_SKIM, buf_slice(&text),
                  pieces[i % COUNT(pieces)]);
        buf_free(&text);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(knows_what_is_plain),
        cmocka_unit_test(finds_the_same),
    };
    return cmocka_run_group_tests(tests, mind_open, mind_close);
}
