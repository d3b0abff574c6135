/* SPDX-License-Identifier: Apache-2.0 */
#include "decoded.h"

#define HEAD  "E1031 11:57:43.120279    2874 remote_image.go:242] "
#define STAMP "stamp: 2026-10-31T11:57:43.120279Z inferred\n"

static void
reads_titles_and_values(void **state)
{
    (void)state;

    static const struct decoded_case cases[] = {
        {HEAD "\"PullImage from image service failed\" err=\"rpc error: code "
              "= NotFound desc = failed to resolve \\\"r.io/a:1\\\": not "
              "found\" image=\"r.io/a:1\"",
         "klog error\n" STAMP "message: PullImage from image service failed\n"
         "error: rpc error: code = NotFound desc = failed to resolve "
         "\"r.io/a:1\": not found\n"
         "image: r.io/a:1\n"},
        {"  W1031 11:57:43.120279       1 a.go:1] \"Say \\\"hi\\\"\" "
         "pod=\"shop/web-0\" podUID=\"u-1\" containerName=\"web\" "
         "node=\"aks-1\" list=[\"err=\\\"x\\\"\" \"b\"] obj={\"err\":\"y\"} "
         "err=plain n=5",
         "klog warning\n" STAMP "message: Say \"hi\"\n"
         "error: plain\n"
         "node: aks-1\n"
         "namespace: shop\n"
         "pod: web-0\n"
         "pod_uid: u-1\n"
         "container: web\n"},
        {HEAD "\"Done\" err=<nil> pod=\"web-0\"",
         "klog error\n" STAMP "message: Done\npod: web-0\n"},
        {HEAD "\"Done\"", "klog error\n" STAMP "message: Done\n"},
        {HEAD "\"a\" is \"b\"",
         "klog error\n" STAMP "message: \"a\" is \"b\"\n"},
        {HEAD "plain words: 5",
         "klog error\n" STAMP "message: plain words: 5\n"},
        {"I1031 11:57:43.120279 1 a.go:1] \"cut err=\"x",
         "klog info\n" STAMP "message: \"cut err=\"x\n"},
        {"F1031 11:57:43.120279 1 a.go:1] \"never closed, err=",
         "klog error\n" STAMP "message: never closed, err=\n"},
    };

    decoded_check(FORMAT_KLOG, cases, COUNT(cases));
}

static void
finds_the_error_below_its_layers(void **state)
{
    (void)state;

    static const struct decoded_case cases[] = {
        {HEAD "\"Error syncing pod, skipping\" err=\"failed to "
              "\\\"StartContainer\\\" for \\\"web\\\" with ErrImagePull: "
              "\\\"failed to resolve \\\\\\\"r.io/a:1\\\\\\\": 401 "
              "Unauthorized\\\"\" pod=\"shop/web-0\" podUID=\"u-1\"",
         "klog error\n" STAMP "message: Error syncing pod, skipping\n"
         "error: failed to resolve \"r.io/a:1\": 401 Unauthorized\n"
         "reason: ErrImagePull\n"
         "namespace: shop\n"
         "pod: web-0\n"
         "pod_uid: u-1\n"
         "container: web\n"},
        {HEAD "\"Error syncing pod, skipping\" err=\"[failed to "
              "\\\"StartContainer\\\" for \\\"web\\\" with ErrImagePull: "
              "\\\"first \\\\\\\"a\\\\\\\"\\\", failed to "
              "\\\"StartContainer\\\" for \\\"side\\\" with "
              "ImagePullBackOff: \\\"second, \\\\\\\"b\\\\\\\"\\\"]\" "
              "pod=\"shop/web-0\"",
         "klog error\n" STAMP "message: Error syncing pod, skipping\n"
         "error: first \"a\"\n"
         "reason: ErrImagePull\n"
         "namespace: shop\n"
         "pod: web-0\n"
         "container: web\n"
         "klog error\n" STAMP "message: Error syncing pod, skipping\n"
         "error: second, \"b\"\n"
         "reason: ImagePullBackOff\n"
         "namespace: shop\n"
         "pod: web-0\n"
         "container: side\n"},
        {HEAD "\"Error syncing pod, skipping\" err=\"failed to "
              "\\\"CreatePodSandbox\\\" for \\\"web-0_shop(u-1)\\\" with "
              "CreatePodSandboxError: \\\"failed to get sandbox image "
              "\\\\\\\"r.io/pause:3\\\\\\\"\\\"\" pod=\"shop/web-0\"",
         "klog error\n" STAMP "message: Error syncing pod, skipping\n"
         "error: failed to get sandbox image \"r.io/pause:3\"\n"
         "reason: CreatePodSandboxError\n"
         "namespace: shop\n"
         "pod: web-0\n"},
        {HEAD "\"x\" err=\"[rpc error: one, rpc error: two]\"",
         "klog error\n" STAMP "message: x\n"
         "error: [rpc error: one, rpc error: two]\n"},
        {HEAD "Error syncing pod u-1 (\"web-0_shop(u-1)\"), skipping: failed "
              "to \"StartContainer\" for \"web\" with ErrImagePull: \"x "
              "\\\"y\\\"\"",
         "klog error\n" STAMP
         "message: Error syncing pod u-1 (\"web-0_shop(u-1)\"), skipping: "
         "failed to \"StartContainer\" for \"web\" with ErrImagePull: \"x "
         "\\\"y\\\"\"\n"
         "error: x \"y\"\n"
         "reason: ErrImagePull\n"
         "namespace: shop\n"
         "pod: web-0\n"
         "pod_uid: u-1\n"
         "container: web\n"},
    };

    decoded_check(FORMAT_KLOG, cases, COUNT(cases));
}

static void
drops_what_a_container_dump_holds(void **state)
{
    (void)state;

    static const struct decoded_case cases[] = {
        {HEAD "\"Unhandled Error\" err=\"init container &Container{Name:web,"
              "Image:r.io/a:1,Env:[]EnvVar{EnvVar{Name:T,Value:SECRET} start "
              "failed in pod x: SECRET,},},} start failed in pod "
              "web-0_shop(u-1): ErrImagePull: 401 \\\"x\\\"\" logger=\"L\"",
         "klog error\n" STAMP "message: Unhandled Error\n"
         "error: ErrImagePull: 401 \"x\"\n"
         "namespace: shop\n"
         "pod: web-0\n"
         "pod_uid: u-1\n"
         "container: web\n"
         "image: r.io/a:1\n"},
        {HEAD "container &Container{Name:web,Image:r.io/a:1,Env:[SECRET]} "
              "start failed in pod web-0_shop(u-1): ErrImagePull: 401",
         "klog error\n" STAMP "message: ErrImagePull: 401\n"
         "namespace: shop\n"
         "pod: web-0\n"
         "pod_uid: u-1\n"
         "container: web\n"
         "image: r.io/a:1\n"},
        {HEAD "\"Unhandled Error\" err=\"container &Container{Name:web,"
              "Env:[]EnvVar{EnvVar{Name:T,Value:SECRET",
         "klog error\n" STAMP "message: Unhandled Error\n"
         "error: container\n"
         "container: web\n"},
    };

    decoded_check(FORMAT_KLOG, cases, COUNT(cases));
}

static void
reads_echoed_events(void **state)
{
    (void)state;

    static const struct decoded_case cases[] = {
        {"I1031 11:57:43.120279 1 event.go:1] "
         "Event(v1.ObjectReference{Kind:\"Pod\", Namespace:\"shop\", "
         "Name:\"web-0\", UID:\"u-1\", APIVersion:\"v1\", "
         "ResourceVersion:\"7\", FieldPath:\"spec.containers{web}\"}): type: "
         "'Warning' reason: 'Failed' Failed to pull image \"a\": b",
         "klog warning\n" STAMP "message: Failed to pull image \"a\": b\n"
         "reason: Failed\n"
         "kind: Pod\n"
         "namespace: shop\n"
         "pod: web-0\n"
         "pod_uid: u-1\n"
         "container: web\n"},
        {"I1031 11:57:43.120279 1 event.go:1] \"Event occurred\" "
         "object=\"shop/web-0\" fieldPath=\"spec.initContainers{init}\" "
         "kind=\"Pod\" apiVersion=\"v1\" type=\"Warning\" reason=\"Failed\" "
         "message=\"Failed to pull image \\\"a\\\": b\"",
         "klog warning\n" STAMP "message: Failed to pull image \"a\": b\n"
         "reason: Failed\n"
         "kind: Pod\n"
         "namespace: shop\n"
         "pod: web-0\n"
         "container: init\n"},
        {"I1031 11:57:43.120279 1 event.go:1] \"Event occurred\" "
         "object=\"shop/web\" fieldPath=\"\" kind=\"Deployment\" "
         "type=\"Normal\" reason=\"ScalingReplicaSet\" message=\"Scaled\"",
         "klog info\n" STAMP "message: Scaled\n"
         "reason: ScalingReplicaSet\n"
         "kind: Deployment\n"
         "namespace: shop\n"},
        {"I1031 11:57:43.120279 1 event.go:1] "
         "Event(v1.ObjectReference{Kind:\"Pod\", Namespace:\"sh",
         "klog info\n" STAMP
         "message: Event(v1.ObjectReference{Kind:\"Pod\", Namespace:\"sh\n"},
    };

    decoded_check(FORMAT_KLOG, cases, COUNT(cases));
}

static void
calls_damaged_lines_broken(void **state)
{
    (void)state;

    static const struct decoded_case cases[] = {
        {"E1031 11:57:43.120279    2874 remote_im",
         "broken klog error\n" STAMP
         "message: E1031 11:57:43.120279    2874 remote_im\n"},
        {"goroutine 1 [running]:",
         "broken plain unknown\nmessage: goroutine 1 [running]:\n"},
        {"E1399 11:57:43.120279 1 a.go:1] x",
         "broken plain unknown\n"
         "message: E1399 11:57:43.120279 1 a.go:1] x\n"},
    };

    decoded_check(FORMAT_KLOG, cases, COUNT(cases));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_titles_and_values),
        cmocka_unit_test(finds_the_error_below_its_layers),
        cmocka_unit_test(drops_what_a_container_dump_holds),
        cmocka_unit_test(reads_echoed_events),
        cmocka_unit_test(calls_damaged_lines_broken),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
