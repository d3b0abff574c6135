/* SPDX-License-Identifier: Apache-2.0 */

/*
 * One failure in every wrapping that it comes in: the cause and the image are
 * always the same, and pod, container and node wherever the wrapping says
 * them; whatever the pieces in which the bytes come.
 */

#include "app/reader.h"
#include "base/buf.h"
#include "match/catalog.h"
#include "match/classify.h"
#include "text.h"

#include <string.h>

#define IMAGE "contosoprod.azurecr.io/shop/cart:4.2.0"
#define NOW   (INT64_C(1795456800) * STAMP_SECOND)

/* What containerd said, from its oldest generation to its newest. */
static const char *const errors[] = {
    "rpc error: code = Unknown desc = failed to pull and unpack image \"" IMAGE
    "\": failed to resolve reference \"" IMAGE
    "\": failed to authorize: failed to fetch anonymous token: unexpected "
    "status: 401 Unauthorized",
    "rpc error: code = Unknown desc = failed to pull and unpack image \"" IMAGE
    "\": failed to resolve reference \"" IMAGE
    "\": pulling from host contosoprod.azurecr.io failed with status code "
    "[manifests 4.2.0]: 403 Forbidden",
    "rpc error: code = NotFound desc = failed to pull and unpack image \"" IMAGE
    "\": failed to resolve reference \"" IMAGE "\": " IMAGE ": not found",
    "failed to pull and unpack image \"" IMAGE
    "\": failed to resolve image: unexpected status from HEAD request to "
    "https://contosoprod.azurecr.io/v2/shop/cart/manifests/4.2.0: 403 "
    "Forbidden",
    "failed to pull and unpack image \"" IMAGE
    "\": failed to resolve reference \"" IMAGE "\": failed to do request: Head "
    "\"https://contosoprod.azurecr.io/v2/shop/cart/manifests/4.2.0\": dial tcp "
    "10.0.4.7:443: i/o timeout",
};

enum said {
    SAID_POD = 1,
    SAID_CONTAINER = 2,
    SAID_NODE = 4,
    SAID_ALL = 7,
};

#define KLOG "E1123 16:28:59.927960    2874 "
#define INVOLVED                                                   \
    "\"kind\":\"Pod\",\"namespace\":\"shop\",\"name\":\"cart-0\"," \
    "\"uid\":\"u-1\",\"fieldPath\":\"spec.containers{cart}\""
#define EVENT1                                                              \
    "{\"involvedObject\":{" INVOLVED "},\"reason\":\"Failed\",\"message\":" \
    "\"Failed to pull image \\\"" IMAGE "\\\": {1}\",\"source\":"           \
    "{\"component\":\"kubelet\",\"host\":\"node-1\"},\"type\":\"Warning\"}"
#define POD1                                                                  \
    "{\"metadata\":{\"name\":\"cart-0\",\"namespace\":\"shop\"},\"spec\":"    \
    "{\"nodeName\":\"node-1\"},\"status\":{\"containerStatuses\":[{\"name\":" \
    "\"cart\",\"image\":\"" IMAGE "\",\"state\":{\"waiting\":{\"reason\":"    \
    "\"ErrImagePull\",\"message\":\"{1}\"}}}]}}"

/*
 * {N} is the error, escaped N times as Go and JSON do; {c} with quotes doubled,
 * {y} with its apostrophes doubled.
 */
static const struct {
    const char *name;
    unsigned said;
    const char *text;
} wrappings[] = {
    {"klog", 0,
     KLOG "log.go:32] \"PullImage from image service failed\" "
          "err=\"{1}\" image=\"" IMAGE "\"\n"},
    {"klog of a pod", SAID_POD | SAID_CONTAINER,
     KLOG "pod_workers.go:1301] \"Error syncing pod, skipping\" err=\"failed "
          "to \\\"StartContainer\\\" for \\\"cart\\\" with ErrImagePull: "
          "\\\"{2}\\\"\" pod=\"shop/cart-0\" podUID=\"u-1\"\n"},
    {"klog as JSON", SAID_POD | SAID_CONTAINER,
     "{\"ts\":1795451339927.9,\"caller\":\"pod_workers.go:1301\",\"msg\":"
     "\"Error syncing pod, skipping\",\"pod\":{\"name\":\"cart-0\","
     "\"namespace\":\"shop\"},\"podUID\":\"u-1\",\"err\":\"failed to "
     "\\\"StartContainer\\\" for \\\"cart\\\" with ErrImagePull: "
     "\\\"{2}\\\"\"}\n"},
    {"talos", 0,
     "10.5.0.2: {\"ts\":1795451339927.9,\"caller\":\"a.go:1\","
     "\"msg\":\"Failed to pull image\",\"err\":\"{1}\",\"image\":\"" IMAGE
     "\"}\n"},
    {"k0s", 0,
     "time=\"2026-11-23T16:28:59Z\" level=info msg=\"" KLOG
     "kuberuntime_image.go:55] \\\"Failed to pull image\\\" err=\\\"{2}\\\" "
     "image=\\\"" IMAGE "\\\"\" component=kubelet\n"},
    {"containerd", 0,
     "time=\"2026-11-23T16:28:59Z\" level=error "
     "msg=\"PullImage \\\"" IMAGE "\\\" failed\" error=\"{1}\"\n"},
    {"containerd as JSON", 0,
     "{\"error\":\"{1}\",\"level\":\"error\",\"msg\":"
     "\"PullImage \\\"" IMAGE "\\\" failed\",\"time\":\"2026-11-23T16:28:59Z\"}"
     "\n"},
    {"syslog", SAID_NODE,
     "Nov 23 16:28:59 node-1 kubelet[2874]: " KLOG
     "a.go:1] \"Failed to pull image\" err=\"{1}\" image=\"" IMAGE "\"\n"},
    {"RFC 5424", SAID_NODE,
     "<27>1 2026-11-23T16:28:59Z node-1 kubelet 2874 - "
     "[a b=\"]\"] " KLOG "a.go:1] \"Failed to pull image\" err=\"{1}\" "
     "image=\"" IMAGE "\"\n"},
    {"journalctl, short-full", SAID_NODE,
     "Mon 2026-11-23 16:28:59 UTC node-1 "
     "kubelet[2874]: " KLOG "a.go:1] \"Failed to pull image\" err=\"{1}\" "
     "image=\"" IMAGE "\"\n"},
    {"journald's JSON", SAID_NODE,
     "{\"__REALTIME_TIMESTAMP\":"
     "\"1795451339927960\",\"_HOSTNAME\":\"node-1\",\"_SYSTEMD_UNIT\":"
     "\"kubelet.service\",\"MESSAGE\":\"" KLOG "a.go:1] \\\"Failed to pull "
     "image\\\" err=\\\"{2}\\\" image=\\\"" IMAGE "\\\"\"}\n"},
    {"journald's export", SAID_NODE,
     "__CURSOR=s=1\n"
     "__REALTIME_TIMESTAMP=1795451339927960\n_HOSTNAME=node-1\nMESSAGE=" KLOG
     "a.go:1] \"Failed to pull image\" err=\"{1}\" image=\"" IMAGE "\"\n\n"},
    {"journalctl, verbose", SAID_NODE,
     "Mon 2026-11-23 16:28:59.9 UTC [s=1;i=2]"
     "\n    _HOSTNAME=node-1\n    MESSAGE=" KLOG "a.go:1] \"Failed to pull "
     "image\" err=\"{1}\" image=\"" IMAGE "\"\nend\n"},
    {"CRI", 0,
     "2026-11-23T16:28:59Z stderr F " KLOG "a.go:1] \"Failed to pull "
     "image\" err=\"{1}\" image=\"" IMAGE "\"\n"},
    {"CRI in pieces", 0,
     "2026-11-23T16:28:59Z stderr P " KLOG "a.go:1] \"Fai\n"
     "2026-11-23T16:28:59Z stdout F x\n2026-11-23T16:28:59Z stderr F led to "
     "pull image\" err=\"{1}\" image=\"" IMAGE "\"\n"},
    {"docker", 0,
     "{\"log\":\"" KLOG "a.go:1] \\\"Failed to pull image\\\" "
     "err=\\\"{2}\\\" image=\\\"" IMAGE "\\\"\\n\",\"stream\":\"stderr\","
     "\"time\":\"2026-11-23T16:28:59Z\"}\n"},
    {"Fluent Bit around CRI", SAID_NODE,
     "{\"date\":1795451339.9,\"log\":"
     "\"2026-11-23T16:28:59Z stderr F " KLOG "a.go:1] \\\"Failed to pull "
     "image\\\" err=\\\"{2}\\\" image=\\\"" IMAGE "\\\"\",\"kubernetes\":"
     "{\"host\":\"node-1\"}}\n"},
    {"quoted in a mail", 0,
     "> 12: " KLOG "a.go:1] \"Failed to pull image\" "
     "err=\"{1}\" image=\"" IMAGE "\"\n"},
    {"crictl", 0,
     "FATA[0001] pulling image: failed to pull image \"" IMAGE "\": {0}\n"},
    {"event", SAID_ALL, EVENT1 "\n"},
    {"watched event", SAID_ALL,
     "{\n\"type\":\"ADDED\",\n\"object\":\n" EVENT1 "\n}\n"},
    {"event in a list", SAID_ALL,
     "{\"apiVersion\":\"v1\",\"items\":[\n" EVENT1
     "\n],\n\"kind\":\"List\"}\n"},
    {"new event", SAID_ALL,
     "{\"regarding\":{" INVOLVED "},\"reason\":"
     "\"Failed\",\"note\":\"Failed to pull image \\\"" IMAGE "\\\": {1}\","
     "\"reportingController\":\"kubelet\",\"reportingInstance\":\"node-1\","
     "\"type\":\"Warning\"}\n"},
    {"pod", SAID_ALL, POD1 "\n"},
    {"pod in a list", SAID_ALL,
     "{\"apiVersion\":\"v1\",\"items\":[" POD1 "]}\n"},
    {"event as YAML", SAID_ALL,
     "apiVersion: v1\nitems:\n- involvedObject:\n"
     "    fieldPath: spec.containers{cart}\n    kind: Pod\n    name: cart-0\n"
     "    namespace: shop\n  message: 'Failed to pull image \"" IMAGE "\": {y}'"
     "\n  reason: Failed\n  source:\n    component: kubelet\n"
     "    host: node-1\n  type: Warning\nkind: List\n"},
    {"pod as YAML", SAID_ALL,
     "apiVersion: v1\nkind: Pod\nmetadata:\n"
     "  name: cart-0\n  namespace: shop\nspec:\n  nodeName: node-1\nstatus:\n"
     "  containerStatuses:\n  - image: " IMAGE "\n    name: cart\n    state:\n"
     "      waiting:\n        message: '{y}'\n        reason: ErrImagePull\n"},
    {"Azure Monitor's row", SAID_POD | SAID_NODE,
     "{\"TimeGenerated\":"
     "\"2026-11-23T16:28:59Z\",\"Computer\":\"node-1\",\"Name\":\"cart-0\","
     "\"Namespace\":\"shop\",\"ObjectKind\":\"Pod\",\"Reason\":\"Failed\","
     "\"Message\":\"Failed to pull image \\\"" IMAGE "\\\": {1}\"}\n"},
    {"Azure Monitor's export", SAID_POD | SAID_NODE,
     "TimeGenerated,Computer,Name,Namespace,ObjectKind,Reason,Message\n"
     "2026-11-23T16:28:59Z,node-1,cart-0,shop,Pod,Failed,\"Failed to pull "
     "image \"\"" IMAGE "\"\": {c}\"\n"},
    {"table", SAID_POD,
     "NAMESPACE   LAST SEEN   TYPE      REASON   OBJECT\n"
     "shop        5m          Warning   Failed   pod/cart-0   Failed to pull "
     "image \"" IMAGE "\": {0}\n"},
};

static void
add_escaped(struct buf *out, struct slice text, unsigned times)
{
    struct buf inner = {0};
    buf_add(&inner, text);
    for (; times > 0; times--) {
        struct buf next = {0};
        for (size_t i = 0; i < inner.len; i++) {
            if (inner.data[i] == '"' || inner.data[i] == '\\') {
                buf_add_byte(&next, '\\');
            }
            buf_add_byte(&next, inner.data[i]);
        }
        buf_free(&inner);
        inner = next;
    }
    buf_add(out, buf_slice(&inner));
    buf_free(&inner);
}

static void
add_doubled(struct buf *out, struct slice text, char byte)
{
    for (size_t i = 0; i < text.len; i++) {
        if (text.data[i] == byte) {
            buf_add_byte(out, byte);
        }
        buf_add_byte(out, text.data[i]);
    }
}

static void
wrap(struct buf *out, const char *wrapping, const char *error)
{
    for (const char *at = wrapping; *at != '\0'; at++) {
        if (at[0] != '{' || at[1] == '\0' || at[2] != '}') {
            buf_add_byte(out, *at);
            continue;
        }
        if (at[1] == 'c') {
            add_doubled(out, slice_from(error), '"');
        } else if (at[1] == 'y') {
            add_doubled(out, slice_from(error), '\'');
        } else {
            add_escaped(out, slice_from(error), (unsigned)(at[1] - '0'));
        }
        at += 2;
    }
}

static void
on_reading(void *ctx, const struct reading *reading)
{
    static const enum fact facts[] = {FACT_IMAGE, FACT_NAMESPACE, FACT_POD,
                                      FACT_CONTAINER, FACT_NODE};
    struct buf *told = ctx;
    if (!reading->finding->cause) {
        return;
    }
    buf_add(told, reading->finding->cause->slug);
    for (size_t i = 0; i < COUNT(facts); i++) {
        buf_add_byte(told, ' ');
        buf_add(told, reading->finding->facts.value[facts[i]]);
    }
    buf_add_byte(told, '\n');
}

/* All that is found in the text, fed in pieces of so many bytes. */
static void
read_all(struct classifier *classifier, struct slice text, size_t piece,
         struct buf *told)
{
    struct reader *reader = reader_new(classifier, FORMATS, on_reading, told);
    while (text.len > 0) {
        reader_feed(reader, slice_before(text, piece), NOW);
        text = slice_after(text, piece);
    }
    reader_end(reader, NOW);
    reader_free(reader);
}

static void
expect(struct buf *out, struct slice cause, unsigned said)
{
    buf_add(out, cause);
    buf_print(out, " %s %s %s %s %s\n", IMAGE, said & SAID_POD ? "shop" : "",
              said & SAID_POD ? "cart-0" : "",
              said & SAID_CONTAINER ? "cart" : "",
              said & SAID_NODE ? "node-1" : "");
}

static void
check(struct classifier *classifier, size_t i, const char *error,
      struct slice cause)
{
    static const size_t pieces[] = {1000000, 1, 7};
    struct buf text = {0};
    struct buf expected = {0};
    wrap(&text, wrappings[i].text, error);
    expect(&expected, cause, wrappings[i].said);
    for (size_t at = 0; at < COUNT(pieces); at++) {
        struct buf told = {0};
        read_all(classifier, buf_slice(&text), pieces[at], &told);
        if (!slice_equal(buf_slice(&told), buf_slice(&expected))) {
            printf("# %s\n", wrappings[i].name);
        }
        assert_text(buf_slice(&told), buf_string(&expected));
        buf_free(&told);
    }
    buf_free(&text);
    buf_free(&expected);
}

static void
mean_the_same(void **state)
{
    (void)state;
    struct fault fault;
    struct catalog *catalog = catalog_load(NULL, &fault);
    assert_non_null(catalog);
    struct classifier *classifier = classifier_new(catalog);
    for (size_t i = 0; i < COUNT(errors); i++) {
        struct buf text = {0};
        struct buf told = {0};
        struct slice cause = SLICE("");
        wrap(&text, wrappings[0].text, errors[i]);
        read_all(classifier, buf_slice(&text), text.len, &told);
        struct slice rest = buf_slice(&told);
        assert_true(slice_cut(&rest, ' ', &cause));
        assert_false(slice_equal(cause, SLICE("unknown")));
        for (size_t at = 0; at < COUNT(wrappings); at++) {
            check(classifier, at, errors[i], cause);
        }
        buf_free(&text);
        buf_free(&told);
    }
    classifier_free(classifier);
    catalog_free(catalog);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(mean_the_same),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
