/* SPDX-License-Identifier: Apache-2.0 */

/*
 * An analysis passes over JSON objects that cannot matter. In whatever form
 * they come, wherever the bytes are torn, and whatever is damaged in them, it
 * finds and counts the same as when every line is decoded.
 */

#include "base/mem.h"
#include "mind.h"
#include "text.h"

#include <string.h>

#define FAILURE                                                             \
    "Failed to pull image \\\"a.azurecr.io/b:1\\\": rpc error: code = "     \
    "NotFound "                                                             \
    "desc = failed to pull and unpack image \\\"a.azurecr.io/b:1\\\": not " \
    "found"

/* One member or bracket a line, four blanks a level, as kubectl prints it. */
static const char *const objects[] = {
    "{\n    \"count\": 3,\n    \"eventTime\": null,\n"
    "    \"involvedObject\": {\n        \"kind\": \"Pod\",\n"
    "        \"name\": \"cart-0\",\n        \"namespace\": \"shop\"\n    },\n"
    "    \"kind\": \"Event\",\n    \"message\": \"Started container "
    "\\\"cart\\\"\",\n"
    "    \"metadata\": {\n        \"name\": \"cart-0.187c\",\n"
    "        \"uid\": \"8f14e45f\"\n    },\n    \"reason\": \"Started\",\n"
    "    \"source\": {},\n    \"type\": \"Normal\"\n}",
    "{\n    \"note\": \"Created pod: {cart}[0]\",\n    \"metadata\": {\n"
    "        \"namespace\": \"shop\",\n        \"labels\": {\n"
    "            \"a\": \"b\"\n        }\n    },\n    \"series\": null,\n"
    "    \"regarding\": {\n        \"kind\": \"ReplicaSet\",\n"
    "        \"name\": \"cart\"\n    },\n    \"reason\": "
    "\"SuccessfulCreate\"\n}",
    "{\n    \"count\": 1,\n    \"involvedObject\": {\n"
    "        \"kind\": \"Pod\",\n        \"name\": \"cart-1\"\n    },\n"
    "    \"message\": \"" FAILURE "\",\n    \"reason\": \"Failed\",\n"
    "    \"type\": \"Warning\"\n}",
    "{\n    \"kind\": \"Pod\",\n    \"metadata\": {\n"
    "        \"name\": \"mail-0\"\n    },\n    \"spec\": {\n"
    "        \"containers\": [\n            {\n"
    "                \"args\": [\n                    \"-v\",\n"
    "                    \"2\"\n                ],\n"
    "                \"name\": \"mail\"\n            }\n        ]\n    },\n"
    "    \"status\": {\n        \"containerStatuses\": []\n    }\n}",
    "{\n    \"metadata\": {\n        \"name\": \"mail-1\"\n    },\n"
    "    \"spec\": {},\n    \"status\": {\n        \"containerStatuses\": [\n"
    "            {\n                \"image\": \"a.azurecr.io/b:1\",\n"
    "                \"name\": \"mail\",\n                \"state\": {\n"
    "                    \"waiting\": {\n"
    "                        \"reason\": \"ImagePullBackOff\"\n"
    "                    }\n                }\n            }\n        ]\n"
    "    }\n}",
    "{\n    \"level\": \"info\",\n    \"msg\": \"all is well\"\n}",
    ("{\n    \"cells\": [\n        \"5m\",\n        \"Normal\",\n"
     "        \"Started\"\n    ],\n    \"object\": {}\n}"),
};

static void
add_object(struct buf *out, struct slice object, bool is_pretty)
{
    struct slice line;
    bool is_last = false;
    while (!is_last) {
        is_last = !slice_cut(&object, '\n', &line);
        line = is_last ? object : line;
        if (!is_pretty) {
            line = slice_trim(line);
        }
        buf_add(out, line);
        buf_add_text(out, is_last ? "" : is_pretty ? "\n        " : "");
    }
}

/* Ways in which a tool prints one object behind the other. */
static const struct form {
    const char *begin;
    const char *open;
    const char *between;
    const char *end;
    bool is_pretty;
} forms[] = {
    {"{\n    \"apiVersion\": \"v1\",\n    \"items\": [\n        ", "",
     ",\n        ",
     "\n    ],\n    \"kind\": \"List\",\n    \"metadata\": {\n"
     "        \"resourceVersion\": \"\"\n    }\n}\n",
     true},
    {"{\"apiVersion\":\"v1\",\"items\":[", "", ",", "]}\n", false},
    {"{\"apiVersion\":\"v1\",\"rows\":[\n", "", "\n,\n", "\n]}\n", false},
    {"{\"apiVersion\":\"v1\",\"items\":[\n", "", ",\n", "\n]}\n", false},
    {"", "", "\n", "\n", false},
    {"", "", "\n", "\n", true},
    {"", "{\"type\":\"ADDED\",\"object\":", "}\n", "}\n", false},
    {"", "{\n    \"type\": \"ADDED\",\n    \"object\": ", "\n}\n", "\n}\n",
     true},
    {"[\n", "", ",\n", "\n]\n", true},
    {"[\n        ", "", ",\n        ", "\n]\n", true},
    {"[", "", ",", "]\n", false},
    {"[ ", "", " ,  ", " ]\n", false},
    {"{ \"kind\": \"List\", \"items\": [ ", "", ", ", " ] }\n", false},
    {"[", "", ",\n", "]\n", false},
    {"[\n  [\n        ", "", ",\n        ", "\n  ]\n]\n", true},
    {"{\"events\":[", "", ",", "],\"next\":[1,{}]}\n", false},
    {"", "", ",", "\n", false},
    {"Nov 23 16:28:59 node-1 kubelet[8]: well\n", "", "\r\n", "\r\n", true},
};

static uint32_t
roll(uint32_t *state, size_t sides)
{
    *state = *state * 69069 + 1;
    return (*state >> 8) % (uint32_t)sides;
}

static void
add_text_of(struct buf *out, const struct form *form, uint32_t *state)
{
    buf_add_text(out, form->begin);
    for (int i = 0; i < 12; i++) {
        const char *object = objects[roll(state, COUNT(objects))];
        if (roll(state, 3)) {
            object = objects[0];
        }
        buf_add_text(out, i > 0 ? form->between : "");
        buf_add_text(out, form->open);
        add_object(out, slice_from(object), form->is_pretty);
    }
    buf_add_text(out, form->end);
}

/* What loggers and shippers make of a line; %s is the line, escaped. */
static const char *const wraps[] = {
    "{\"log\":\"%s\\n\",\"stream\":\"stderr\",\"time\":"
    "\"2026-11-23T16:28:59.9Z\"}\n",
    "{\"date\":1795461300.001,\"log\":\"%s\",\"stream\":\"stdout\","
    "\"logtag\":\"F\",\"kubernetes\":{\"pod_name\":\"cart-0\",\"host\":"
    "\"node-1\",\"labels\":{\"app\":\"x\"}}}\n",
    "{ \"__REALTIME_TIMESTAMP\": \"1795461300000000\", \"_SYSTEMD_UNIT\": "
    "\"kubelet.service\", \"_HOSTNAME\": \"node-1\", \"MESSAGE\": \"%s\" "
    "}\n",
    "{\"level\":\"info\",\"ts\":1795461300.5,\"caller\":\"a/b.go:7\","
    "\"msg\":\"%s\",\"pod\":{\"name\":\"mail-0\",\"namespace\":\"shop\"}}\n",
    "{\n  \"message\": \"%s\",\n  \"log\": {\"offset\": 7, \"file\": "
    "{\"path\": \"/var/log/pods/shop_cart-0_1-2/cart/0.log\"}}\n}\n",
    "{\"log\":\"\",\"msg\":\"%s\",\"stream\":\"stdout\"}\n",
    "{\"line\":\"%s\",\"log\":\"all is well here\",\"_p\":\"F\"}\n",
    "{\"msg\":\"all is well here\",\"error\":\"%s\"}\n",
    "{\"event\":{\"log\":\"%s\"},\"log\":\"all is well here\"}\n",
    "{\"note\":[{\"message\":\"%s\"}],\"level\":\"info\"}\n",
    "{\"log\":\"%s\",\"logtag\":\"P\",\"stream\":\"stdout\"}\n",
};

static const char *const whole_wraps[] = {
    "{\"log\":\"all is well here\",\"stream\":\"stdout\"}\n",
    "{\"log\":\"age \\\"a.io/b:1\\\": not found\",\"logtag\":\"F\","
    "\"stream\":\"stdout\"}\n",
};

/* Lines that stand for themselves, and lines that others lean on. */
static const char *const lines[] = {
    "I1123 16:28:59.927911    2874 kubelet.go:2406] "
    "\\\"SyncLoop (PLEG): event for pod\\\" pod=\\\"shop/cart-0\\\"",
    "time=\\\"2026-11-23T16:28:59.927322624Z\\\" level=info "
    "msg=\\\"shim reaped\\\" id=8f14e45f",
    "Nov 23 16:28:59 node-1 systemd[1]: Started Session 1 of user root.",
    "2026-11-23T16:28:59.927500123Z stderr F the cache was warmed in 3 ms",
    "2026-11-23T16:28:59.927Z INFO controller started its workers",
    "10.244.3.17 - - [23/Nov/2026:16:28:59 +0000] \\\"GET / HTTP/1.1\\\" 200",
    "all is well in here",
    "E1123 16:28:59.9    2874 kuberuntime_image.go:55] \\\"Failed to pull "
    "image\\\" err=\\\"rpc error: code = NotFound desc = failed to pull and "
    "unpack image \\\\\\\"a.io/b:1\\\\\\\": not found\\\"",
    "E1123 16:28:59.9    2874 a.go:1] \\\"An open quote, ErrIma",
    "gePull and ImagePullBackOff\\\"",
    "Failed to pull im",
    "Failed to pull\\nimage \\\"a.io/b:1\\\": not found",
    "\\u0045rrImagePull",
    "Name:         cart-9",
    "Namespace:    shop",
    "Node:         node-7/10.0.0.1",
    "  Warning  Failed  8m  kubelet  " FAILURE,
    "LAST SEEN   TYPE      REASON   OBJECT       MESSAGE",
    "2m          Warning   Failed   pod/cart-0   Failed to pull image a.io/b:1",
    "NAME,READY,STATUS",
    "{",
    "\\\"message\\\": \\\"Failed to pull image a.io/b:1\\\",",
    "}",
    "{\\\"level\\\":\\\"info\\\",\\\"msg\\\":\\\"ErrImagePull\\\"}",
    "[1,2]",
    "time=\\\"2026-11-23T16:28:59Z\\\" level=info msg=\\\"\\\" x",
    "he said \xe2\x80\x9cx\xe2\x80\x9d of it",
    "Err\xe2\x80\x8bImagePull a.io/b:1",
    "",
    " ",
    "a\\rb",
    "An error occurred: CONNECTIVITY_DNS_ERROR",
};

static void
add_record(struct buf *out, const char *wrap, const char *line)
{
    struct slice rest = slice_from(wrap);
    struct slice head;
    if (slice_cut_text(&rest, SLICE("%s"), &head)) {
        buf_add(out, head);
        buf_add_text(out, line);
    }
    buf_add(out, rest);
}

static void
same(const struct mind *mind, struct slice text, size_t piece)
{
    mind_same(mind, MANNER_SKIM, text, piece);
    mind_same(mind, MANNER_KNOW, text, piece);
}

static void
same_torn(const struct mind *mind, struct slice text)
{
    static const size_t pieces[] = {1, 2, 3, 13, 127, 1009, 4099, SIZE_MAX};
    for (size_t i = 0; i < COUNT(pieces); i++) {
        same(mind, text, pieces[i]);
    }
}

static void
reads_every_form(void **state)
{
    for (size_t i = 0; i < COUNT(forms); i++) {
        uint32_t seed = 7;
        struct buf text = {0};
        for (int turn = 0; turn < 4; turn++) {
            add_text_of(&text, &forms[i], &seed);
        }
        same_torn(*state, buf_slice(&text));
        buf_free(&text);
    }
}

/* What is on lines of its own is found ahead. */
static void
finds_objects_ahead(void **state)
{
    static const size_t on_lines[] = {0, 2, 3, 4, 5, 6, 7, 8, 9, 13};
    const struct mind *mind = *state;
    for (size_t i = 0; i < COUNT(on_lines); i++) {
        struct skimming telling = {0};
        struct buf text = {0};
        uint32_t seed = 7;
        for (int turn = 0; turn < 20; turn++) {
            add_text_of(&text, &forms[on_lines[i]], &seed);
        }
        skimmed_read(mind->classifier, buf_slice(&text), 8000, MANNER_KNOW,
                     &telling);
        assert_in_range(telling.found, 120, 240);
        skimmed_free(&telling);
        buf_free(&text);
    }
}

/* Records of one kind behind each other, and of all. */
static void
reads_records_of_loggers(void **state)
{
    enum {
        TURNS = 600,
        RECORDS = 12,
    };

    static const size_t pieces[] = {SIZE_MAX, 4099, 300, 61};
    uint32_t seed = 5;
    for (size_t turn = 0; turn < TURNS; turn++) {
        struct buf text = {0};
        size_t first = roll(&seed, COUNT(wraps));
        for (size_t i = 0; i < RECORDS; i++) {
            size_t wrap = roll(&seed, 4) ? first : roll(&seed, COUNT(wraps));
            size_t line = roll(&seed, roll(&seed, 3) ? 7 : COUNT(lines));
            add_record(&text, wraps[wrap], lines[line]);
            if (roll(&seed, 9) == 0) {
                add_record(&text, whole_wraps[roll(&seed, 2)], "");
            }
        }
        same(*state, buf_slice(&text), pieces[turn % COUNT(pieces)]);
        buf_free(&text);
    }
}

/* Of each line that stands for itself none is decoded, whoever tells of it. */
static void
passes_over_records(void **state)
{
    enum {
        KINDS = 5,
        PLAIN = 7,
        TURNS = 40,
    };

    const struct mind *mind = *state;
    for (size_t wrap = 0; wrap < KINDS; wrap++) {
        struct skimming telling = {0};
        struct buf text = {0};
        for (size_t i = 0; i < TURNS; i++) {
            add_record(&text, wraps[wrap], lines[i % PLAIN]);
        }
        skimmed_read(mind->classifier, buf_slice(&text), SIZE_MAX, MANNER_SKIM,
                     &telling);
        assert_int_equal(telling.records, 0);
        skimmed_free(&telling);
        buf_free(&text);
    }
}

/* What is between them is decoded, or all of it. */
static bool
is_odd(const struct form *form)
{
    return strcmp(form->between, "\n,\n") == 0
        || strcmp(form->between, "\r\n") == 0;
}

/* Of a list or array none of the elements is decoded that cannot matter. */
static void
passes_over_elements(void **state)
{
    enum {
        TURNS = 40
    };

    const struct mind *mind = *state;
    for (size_t i = 0; i < COUNT(forms); i++) {
        const struct form *form = &forms[i];
        struct skimming telling = {0};
        struct buf text = {0};
        buf_add_text(&text, form->begin);
        for (int turn = 0; turn < TURNS; turn++) {
            buf_add_text(&text, turn > 0 ? form->between : "");
            buf_add_text(&text, form->open);
            add_object(&text, slice_from(objects[turn % 2]), form->is_pretty);
        }
        buf_add_text(&text, form->end);
        skimmed_read(mind->classifier, buf_slice(&text), SIZE_MAX, MANNER_SKIM,
                     &telling);
        assert_in_range(telling.records, 0, is_odd(form) ? 1000 : 9);
        skimmed_free(&telling);
        buf_free(&text);
    }
}

/* A piece as long as docker makes them goes on in the next record. */
static void
joins_long_pieces(void **state)
{
    for (size_t less = 0; less < 3; less++) {
        struct buf text = {0};
        buf_add_text(&text, "{\"log\":\"");
        size_t start = text.len;
        while (text.len - start < 16384 - less - 17) {
            buf_add_byte(&text, 'a');
        }
        buf_add_text(&text, "Failed to pull im\",\"stream\":\"stdout\"}\n"
                            "{\"log\":\"age \\\"a.io/b:1\\\": not "
                            "found\\n\",\"stream\":\"stdout\"}\n");
        same(*state, buf_slice(&text), SIZE_MAX);
        buf_free(&text);
    }
}

/* What leaves something behind, and what only looks as if it did not. */
static void
minds_what_others_lean_on(void **state)
{
    static const char *const texts[] = {
        "{\"log\":\"Name:         cart-9\\n\",\"stream\":\"stdout\"}\n"
        "{\"log\":\"Namespace:    shop\\n\",\"stream\":\"stdout\"}\n"
        "{\"log\":\"Node:         node-7/10.0.0.1\\n\",\"stream\":\"stdout\"}"
        "\n{\"log\":\"  Warning  Failed  8m  kubelet  " FAILURE
        "\\n\",\"stream\":\"stdout\"}\n",
        "{\"logtag\":\"P\",\"log\":\"Failed to pull "
        "im\",\"stream\":\"stdout\"}\n"
        "{\"logtag\":\"F\",\"log\":\"age \\\"a.io/b:1\\\": not found\","
        "\"stream\":\"stdout\"}\n",
        "{\"involvedObject\":1,\"involvedObject\":{},\"logtag\":\"P\","
        "\"log\":\"Failed to pull im\",\"stream\":\"stdout\"}\n"
        "{\"logtag\":\"F\",\"log\":\"age \\\"a.io/b:1\\\": not found\","
        "\"stream\":\"stdout\"}\n",
        "{\"object\":{},\"object\":{\"involvedObject\":{}},\"logtag\":\"P\","
        "\"log\":\"Failed to pull im\",\"stream\":\"stdout\"}\n"
        "{\"logtag\":\"F\",\"log\":\"age \\\"a.io/b:1\\\": not found\","
        "\"stream\":\"stdout\"}\n",
        "{\"a\":[\"x\",\"message\",\"Computer\",\"Namespace\",\"y\"],"
        "\"involvedObject\":{}}\n"
        "{\"a\":[\"x\",\"Failed to pull image "
        "a.io/b:1\",\"c\",\"d\",\"e\"],\"f\":1}\n",
        "{\"involvedObject\":{},\"message\":\"\\u0045rrImagePull\"}\n",
        "{\"involvedObject\":{},\"reason\":ErrImagePull}\n",
        "{\"involvedObject\":{},\"message\":toomanyrequests}\n",
        "{\"involvedObject\":{},\"message\":\"Err\xe2\x80\x8bImagePull\"}\n",
        "{\"involvedObject\":{\"a\xe2\x80\x9c:1,\xe2\x80\x9cz\":2}}\n",
        "{\n\"involvedObject\":{},\"message\":\"ErrImagePull a.io/b:1\"\r\n,"
        "\"reason\":\"Fai\xc2\xa0led\"\r\n}\n",
        "E1123 16:28:59.9 1 a.go:1] \"PullImage from image service failed\" "
        "err=\"failed to pull and unpack image a.io/b:1: not found\"\n"
        "{\"involvedObject\":{}}\n"
        "FATA[0000] pulling image: failed to pull and unpack image a.io/b:1: "
        "not found\n",
        "E1123 16:28:59.927911    2874 a.go:1] \"An open quote, ErrIma\n"
        "{\"involvedObject\":{}}\ngePull and ImagePullBackOff\"\n",
        "E1123 16:28:59.927911    2874 a.go:1] \"An open quote, ErrIma\n"
        "  {\"involvedObject\":{}}\ngePull and ImagePullBackOff\"\n",
        "E1123 16:28:59.927911    2874 a.go:1] \"An open quote, ErrIma\n"
        "[{\"involvedObject\":{}},{\"involvedObject\":{}}]\n"
        "gePull and ImagePullBackOff\"\n",
        "E1123 16:28:59.9 1 a.go:1] \"PullImage from image service failed\" "
        "err=\"failed to pull and unpack image a.io/b:1: not found\"\n"
        "[{\"involvedObject\":{}},{\"involvedObject\":{}}]\n"
        "  {\"involvedObject\":{}}\n"
        "FATA[0000] pulling image: failed to pull and unpack image a.io/b:1: "
        "not found\n",
        "NAME,READY,STATUS\n[{\"involvedObject\":{}},{\"reason\":{}}]\n"
        "a,0/1,ImagePullBackOff\n",
        "2026-11-23T16:28:59.9Z stderr P Failed to pull im\n"
        "[{\"involvedObject\":{}},{\"involvedObject\":{}}]\n"
        "2026-11-23T16:28:59.9Z stderr F age \"a.io/b:1\": not found\n",
        "Name:         cart-9\nNamespace:    shop\n"
        "[{\"involvedObject\":{}},{\"involvedObject\":{}}]\n"
        "  Warning  Failed  8m  kubelet  Failed to pull image a.io/b:1: not "
        "found\n",
        "{\"apiVersion\":\"v1\",\"involvedObject\":{},\"items\":[\n"
        "\"Failed to pull image a.io/b:1: not found\",\n"
        "{\"involvedObject\":{}}\n",
        "{\"apiVersion\":\"v1\",\"kind\":\"List\",\"metadata\":{},\"items\":[\n"
        "{\"involvedObject\":{}}\n{\"involvedObject\":{}},\n"
        "{\"involvedObject\":{},\"message\":\"" FAILURE "\"}\n]}\n",
    };

    for (size_t i = 0; i < COUNT(texts); i++) {
        struct buf text = {0};
        for (int turn = 0; turn < 3; turn++) {
            buf_add_text(&text, texts[i]);
            buf_add_text(&text, "{\"involvedObject\":{}}\n");
        }
        same_torn(*state, buf_slice(&text));
        buf_free(&text);
    }
}

/* An element of more than the limit is cut, and so is a line. */
static void
cuts_the_same(void **state)
{
    static const char *const breaks[] = {"", "\n"};
    for (size_t i = 0; i < COUNT(breaks); i++) {
        struct buf text = {0};
        buf_add_text(&text, "{\"apiVersion\":\"v1\",\"items\":[\n"
                            "{\"involvedObject\":{}},\n{\"a\":[0");
        for (int k = 0; k < 120000; k++) {
            buf_print(&text, ",%s\"%07d\"", breaks[i], k);
        }
        buf_add_text(&text, "],\"involvedObject\":{}},\n"
                            "{\"involvedObject\":{}}\n]}\n");
        same(*state, buf_slice(&text), SIZE_MAX);
        same(*state, buf_slice(&text), 262144);
        buf_free(&text);
    }
}

/* Torn at each byte: what is before it is a chunk, what is behind another. */
static void
reads_what_is_torn_anywhere(void **state)
{
    struct buf text = {0};
    uint32_t seed = 11;
    add_text_of(&text, &forms[0], &seed);
    add_text_of(&text, &forms[5], &seed);
    for (size_t piece = text.len / 2; piece < text.len; piece++) {
        same(*state, buf_slice(&text), piece);
    }
    buf_free(&text);
}

/* Changes some bytes, as a damaged disk or somebody with bad intentions would. */
static void
damage(struct buf *text, uint32_t *state)
{
    static const char *const inserts[] = {
        "\"",
        "\\",
        "{",
        "}",
        "[",
        "]",
        ",",
        ":",
        "\n",
        "\r\n",
        "\r",
        " ",
        "E",
        "1",
        "\\u0041",
        "\xe2\x80\x9c",
        "\xc2\xa0",
        "not found",
        "\\\"",
        "null",
        "\"involvedObject\":1,",
        "\"object\":{},",
        "\"event\":{\"a\":1},",
        "\"items\":[",
        "\n\n",
        "E1123 16:28:59.9 1 a.go:1] \"ErrImagePull\"\n",
        "}{",
        "},{",
        "{\"a\":[\"x\",\"message\",\"host\",\"time\",\"y\"]}\n",
        "{\"log\":\"Name: cart-9\\n\",\"stream\":\"stdout\"}\n",
        "\t",
    };

    struct buf out = {0};
    size_t at = roll(state, text->len);
    size_t cut = roll(state, 3) ? 0 : roll(state, 4);
    struct slice all = buf_slice(text);
    buf_add(&out, slice_before(all, at));
    switch (roll(state, 6)) {
    case 0:
        buf_add_byte(&out, '\0');
        break;
    case 1:
        cut += 1;
        break;
    case 2: /* some of it comes twice */
        at -= roll(state, at + 1) % 300;
        break;
    case 3: /* or is missing */
        cut += roll(state, 200);
        break;
    default:
        buf_add_text(&out, inserts[roll(state, COUNT(inserts))]);
        break;
    }
    buf_add(&out, slice_after(all, at + cut));
    buf_free(text);
    *text = out;
}

static void
reads_what_is_damaged(void **state)
{
    static const size_t pieces[] = {SIZE_MAX, 1, 61, 997, SIZE_MAX};
    for (uint32_t i = 0; i < 3000; i++) {
        uint32_t seed = i * 7919;
        struct buf text = {0};
        add_text_of(&text, &forms[i % COUNT(forms)], &seed);
        for (size_t times = 1 + roll(&seed, 3); times > 0; times--) {
            damage(&text, &seed);
        }
        add_text_of(&text, &forms[roll(&seed, COUNT(forms))], &seed);
        same(*state, buf_slice(&text), pieces[i % COUNT(pieces)]);
        buf_free(&text);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_every_form),
        cmocka_unit_test(finds_objects_ahead),
        cmocka_unit_test(reads_records_of_loggers),
        cmocka_unit_test(passes_over_records),
        cmocka_unit_test(passes_over_elements),
        cmocka_unit_test(joins_long_pieces),
        cmocka_unit_test(minds_what_others_lean_on),
        cmocka_unit_test(cuts_the_same),
        cmocka_unit_test(reads_what_is_torn_anywhere),
        cmocka_unit_test(reads_what_is_damaged),
    };
    return cmocka_run_group_tests(tests, mind_open, mind_close);
}
