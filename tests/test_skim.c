/* SPDX-License-Identifier: Apache-2.0 */

/*
 * An analysis leaves out lines that cannot matter. Whatever stands between
 * healthy lines, and wherever the bytes are torn, it finds and counts the same
 * as when every line is decoded: here for each sample of the catalogue, and in
 * all envelopes for the files that tests/skim.sh names.
 */

#include "base/mem.h"
#include "mind.h"
#include "text.h"

#include <stdlib.h>
#include <string.h>

#define KLOG "1123 16:28:59.927911    2874 kubelet.go:2406] "
#define HEALTHY                                                               \
    "I" KLOG "\"SyncLoop (PLEG): event for pod\" pod=\"shop/cart-0\"\n"       \
    "time=\"2026-11-23T16:28:59.927322624Z\" level=info msg=\"shim reaped\" " \
    "id=8f14e45f\n"                                                           \
    "Nov 23 16:28:59 node-1 systemd[1]: Started Session 1 of user root.\n"    \
    "W" KLOG "\"Probe failed\" probeType=\"Readiness\" pod=\"shop/cart-0\" "  \
    "containerName=\"cart\" probeResult=\"failure\" output=\"HTTP 503\"\n"    \
    "2026-11-23T16:28:59.927500123Z stderr F the cache was warmed in 3 ms\n"  \
    "2026-11-23T16:28:59.927Z INFO controller started its workers\n"

static const struct mind *
mind_of(void **state)
{
    return *state;
}

static struct classifier *
classifier_of(void **state)
{
    return mind_of(state)->classifier;
}

/* The second time all that was found is known. */
static void
same(const struct mind *mind, struct slice text, size_t piece)
{
    mind_same(mind, MANNER_SKIM, text, piece);
    mind_same(mind, MANNER_KNOW, text, piece);
    mind_same(mind, MANNER_ALL, text, piece);
}

static void
same_between_healthy(const struct mind *mind, const char *odd)
{
    struct buf text = {0};
    buf_add_text(&text, HEALTHY);
    buf_add_text(&text, odd);
    buf_add_text(&text, "\n" HEALTHY);
    buf_add_text(&text, odd);
    buf_add_text(&text, "\n" HEALTHY HEALTHY);
    for (size_t piece = 1; piece < 400; piece += piece < 8 ? 1 : 97) {
        same(mind, buf_slice(&text), piece);
    }
    same(mind, buf_slice(&text), 100000);
    buf_free(&text);
}

static void
leaves_healthy_lines_out(void **state)
{
    struct skimming telling = {0};
    struct buf text = {0};
    for (int i = 0; i < 100; i++) {
        buf_add_text(&text, HEALTHY);
    }
    skimmed_read(classifier_of(state), buf_slice(&text), text.len, MANNER_SKIM,
                 &telling);
    assert_true(telling.records <= 2);
    assert_int_equal(telling.resume, text.len);
    skimmed_free(&telling);
    skimmed_read(classifier_of(state), buf_slice(&text), 64, MANNER_SKIM,
                 &telling);
    assert_true(telling.records < 300);
    skimmed_free(&telling);
    buf_free(&text);
}

/* What decoders remember, and what looks ordinary without being so. */
static void
minds_what_spans_lines(void **state)
{
    static const char *const odds[] = {
        "E" KLOG "\"Failed to pu\nll image\" err=\"rpc error: not found\"",
        "E" KLOG "\"What a terminal breaks after eighty columns ends in ErrIma"
        "geP\null because it was not found\"",
        "E" KLOG "\"An open quote that a terminal broke says ErrIma\n"
        "2026-11-23T16:28:59Z gePull and ImagePullBackOff\"",
        "time=\"2026-11-23T16:28:59Z\" level=error msg=\"failed to pull and "
        "unp\nack image \\\"a.io/b:1\\\": not found\"",
        "E" KLOG "\"Stuck pulling image\" err=\"dial tcp 1.2.3.4:443: i/o "
        "timeout\"",
        "time=\"2026-11-23T16:28:59Z\" level=error msg=\"registry a.io/b\" "
        "error=\"not found\"",
        "time=\"2026-11-23T16:28:59Z\" level=error msg=docker error=\"Get "
        "\\\"https://a.io/v2/\\\": dial tcp: i/o timeout\"",
        "time=\"2026-11-23T16:28:59Z\" level=error msg=\"docker\" "
        "error=\"Get \\\"https://a.io/v2/\\\": dial tcp: i/o timeout\"",
        "E" KLOG "\"Err\\u0049magePull\" err=\"a.io/b:1: not found\"",
        "E" KLOG "Err\xe2\x80\x8bImagePull: a.io/b:1: not found",
        "E" KLOG "Failed\xc2\xa0to\xc2\xa0pull image \"a.io/b:1\": not found",
        "2026-11-23T16:28:59Z stdout P Failed to pull im\n"
        "2026-11-23T16:28:59Z stdout F age \"a.io/b:1\": not found",
        "2026-11-23T16:28:59Z stdout F {\n"
        "2026-11-23T16:28:59Z stdout F \"msg\": \"Failed to pull image\",\n"
        "2026-11-23T16:28:59Z stdout F \"err\": \"not found\"}",
        "2026-11-23T16:28:59Z stdout F {\"apiVersion\":\"v1\",\"items\":[\n"
        "2026-11-23T16:28:59Z stdout F ordinary\n"
        "2026-11-23T16:28:59Z stdout F {\"reason\":\"Failed\",\"message\":"
        "\"Failed to pull image \\\"a.io/b:1\\\": not found\","
        "\"involvedObject\":{\"kind\":\"Pod\",\"name\":\"p\"}}",
        "2026-11-23T16:28:59Z An error occurred: CONNECTIVITY_DNS_ERROR\n"
        "failed to resolve what is there",
        "Nov 23 16:28:59 node-1 kubectl[1]: Name: cart-0\n"
        "Nov 23 16:28:59 node-1 kubectl[1]: Node: node-7/10.0.0.1\n"
        "  Warning  Failed  8m  kubelet  Failed to pull image \"a.io/b:1\": "
        "not found",
        "Nov 23 16:28:59 node-1 kubectl[1]: Containers:\n  cart:\n"
        "    Image: a.io/b:1\n    State: Waiting\n"
        "Nov 23 16:28:59 node-1 kernel: docker0: port 1 entered\n"
        "      Reason: ErrImagePull",
        "Nov 23 16:28:59 node-1 kubectl[1]: NAMESPACE  LAST SEEN  TYPE  REASON"
        "  OBJECT  SUBOBJECT  MESSAGE\n"
        "shop  5m  Warning  Failed  pod/cart-0  Failed to pull image "
        "\"a.io/b:1\": not found",
        "2026-11-23T16:28:59Z x,Message,Computer,Namespace\n"
        "a,\"Failed to pull image \"\"a.io/b:1\"\": not found\",node-1,shop",
        "TimeGenerated,Computer,Message\n2026-11-23T16:28:59Z,node-1,\"Nothing"
        "\n2026-11-23T16:28:59Z INFO more\nErrImagePull\"",
        "apiVersion: v1\nkind: Event\nreason: Failed\n"
        "message: 'Failed to pull image \"a.io/b:1\": not found'",
        "{\"MESSAGE\":\n\"Failed to pull image\"}",
        "__CURSOR=1\nMESSAGE=Failed to pull image \"a.io/b:1\": not found\n",
        "Mon 2026-11-23 16:28:59.9 UTC [s=1;i=2]\n    _HOSTNAME=node-1\n"
        "    MESSAGE=Failed to pull image \"a.io/b:1\": not found",
        "E" KLOG
        "\"PullImage from image service failed\" err=\"failed to pull and "
        "unpack image a.io/b:1: not found\"\nNov 23 16:28:59 node-1 "
        "systemd[1]: Started Session 1 of user root.\n"
        "FATA[0000] pulling image: failed to pull and unpack image a.io/b:1: "
        "not found",
        "E1323 16:28:59.9 1 a.go:1] the month is wrong",
        "E"
        "1123 16:28:59.927911 no bracket",
        "E" KLOG " ",
        "time=\"2026-11-23T16:28:59Z\" level=info msg=\"\"",
        "time=\"2026-11-23T16:28:59Z\" level=info msg=\"x\" msg=",
        "time=\"2026-11-23T16:28:59Z\" level=info foo=bar",
        "level=info ts=1 caller=a.go:1 msg=\"well\"",
        "time=\"2026-11-23T16:28:59Z\" level=info msg=\"E" KLOG "ErrImagePul"
        "\\\\x6c\"",
        "<27>1 2026-11-23T16:28:59Z node-1 kubelet 2874 - - ErrImagePull",
        "<27>Nov 23 16:28:59 node-1 kubelet[2874]: all is well",
        "> E" KLOG "\"Failed to pull\n> image\" err=\"not found\"",
        "\r\n\r",
        "\t",
        "[",
        "]",
        ",",
    };
    for (size_t i = 0; i < COUNT(odds); i++) {
        same_between_healthy(mind_of(state), odds[i]);
    }
}

static void
add_wrapped(struct buf *out, struct slice line)
{
    static const char *const heads[] = {
        "",
        ("E" KLOG),
        "2026-11-23T16:28:59Z stderr F ",
        "Nov 23 16:28:59 node-1 containerd[8]: ",
    };
    for (size_t i = 0; i < COUNT(heads); i++) {
        buf_add_text(out, HEALTHY);
        buf_add_text(out, heads[i]);
        buf_add(out, line);
        buf_add_byte(out, '\n');
    }
    buf_add_text(out, HEALTHY);
}

/* Every sample, and what looks like one, alone between healthy lines. */
static void
minds_every_sample(void **state)
{
    const struct mind *mind = *state;
    for (size_t i = 0; i < catalog_count(mind->catalog); i++) {
        const struct cause *cause = catalog_cause(mind->catalog, i);
        struct buf text = {0};
        for (size_t at = 0; at < cause->sample_count; at++) {
            add_wrapped(&text, cause->samples[at].line);
        }
        for (size_t at = 0; at < cause->reject_count; at++) {
            add_wrapped(&text, cause->rejects[at].line);
        }
        same(mind_of(state), buf_slice(&text), 100000);
        same(mind_of(state), buf_slice(&text), 61);
        buf_free(&text);
    }
}

/* A line of more than the limit is cut, whoever counts it. */
static void
cuts_the_same(void **state)
{
    struct buf text = {0};
    buf_add_text(&text, HEALTHY "I" KLOG);
    for (int i = 0; i < 150000; i++) {
        buf_add_text(&text, "12345678");
    }
    buf_add_text(&text, "\n" HEALTHY);
    same(mind_of(state), buf_slice(&text), text.len);
    same(mind_of(state), buf_slice(&text), 262144);
    buf_free(&text);
}

/* Lines of the file by fours, healthy ones between. */
static void
spread(struct slice lines, struct buf *text)
{
    struct slice line;
    for (size_t i = 0; slice_cut(&lines, '\n', &line); i++) {
        buf_add(text, line);
        buf_add_byte(text, '\n');
        if (i % 4 == 3) {
            buf_add_text(text, HEALTHY);
        }
    }
}

/* SKIM_FILES names them, one a line. */
static void
minds_the_files(void **state)
{
    static const size_t pieces[] = {4096, SIZE_MAX};
    struct slice paths = slice_from(getenv("SKIM_FILES"));
    struct slice path;
    while (slice_cut(&paths, '\n', &path)) {
        char *name = mem_string(path);
        struct buf text = {0};
        struct buf spaced = {0};
        mind_read_file(name, &text);
        spread(buf_slice(&text), &spaced);
        for (size_t i = 0; i < COUNT(pieces); i++) {
            same(mind_of(state), buf_slice(&text), pieces[i]);
            same(mind_of(state), buf_slice(&spaced), pieces[i]);
        }
        struct slice start = slice_before(buf_slice(&spaced), 200000);
        same(mind_of(state), start, 7);
        same(mind_of(state), slice_before(start, 50000), 1);
        buf_free(&text);
        buf_free(&spaced);
        mem_free(name);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(leaves_healthy_lines_out),
        cmocka_unit_test(minds_what_spans_lines),
        cmocka_unit_test(minds_every_sample),
        cmocka_unit_test(cuts_the_same),
    };
    const struct CMUnitTest of_files[] = {
        cmocka_unit_test(minds_the_files),
    };
    if (getenv("SKIM_FILES")) {
        return cmocka_run_group_tests(of_files, mind_open, mind_close);
    }
    return cmocka_run_group_tests(tests, mind_open, mind_close);
}
