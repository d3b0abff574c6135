/* SPDX-License-Identifier: Apache-2.0 */
#include "incident/voice.h"
#include "text.h"

static void
each_place_is_a_voice(void **state)
{
    (void)state;

    static const struct {
        struct record record;
        enum voice voice;
    } cases[] = {
        {{.format = FORMAT_PLAIN}, VOICE_UNKNOWN},
        {{.format = FORMAT_PLAIN, .unit = {"crio", 4}}, VOICE_RUNTIME},
        {{.format = FORMAT_LOGFMT}, VOICE_RUNTIME},
        {{.format = FORMAT_LOGFMT,
          .message = {"Not continuing with pull after error: EOF", 41}},
         VOICE_PULLER},
        {{.format = FORMAT_LOGFMT,
          .message = {"Error getting v2 registry: EOF", 30}},
         VOICE_PULLER},
        {{.format = FORMAT_JSON}, VOICE_UNKNOWN},
        {{.format = FORMAT_JSON, .message = {"PullImage \"x\" failed", 20}},
         VOICE_RUNTIME},
        {{.format = FORMAT_JSON,
          .unit = {"mine", 4},
          .message = {"PullImage \"x\" failed", 20}},
         VOICE_UNKNOWN},
        {{.format = FORMAT_JSON, .file = {"kuberuntime_image.go", 20}},
         VOICE_IMAGE},
        {{.format = FORMAT_KLOG, .file = {"pod_workers.go", 14}}, VOICE_SYNC},
        {{.format = FORMAT_KLOG,
          .file = {"pod_workers.go", 14},
          .reason = {"ErrImagePull", 12}},
         VOICE_SYNC},
        {{.format = FORMAT_KLOG,
          .file = {"pod_workers.go", 14},
          .reason = {"ImagePullBackOff", 16}},
         VOICE_WAITING},
        {{.format = FORMAT_EVENT, .reason = {"ImagePullBackOff", 16}},
         VOICE_WAITING},
        {{.format = FORMAT_EVENT,
          .identity = {"uid", 3},
          .reason = {"ImagePullBackOff", 16}},
         VOICE_EVENT},
        {{.format = FORMAT_COLUMNS, .reason = {"ImagePullBackOff", 16}},
         VOICE_EVENT},
    };

    assert_int_equal(voice_of(NULL), VOICE_UNKNOWN);
    for (size_t i = 0; i < COUNT(cases); i++) {
        if (voice_of(&cases[i].record) != cases[i].voice) {
            fail_msg("case %zu is %d", i, voice_of(&cases[i].record));
        }
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_place_is_a_voice),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
