/* SPDX-License-Identifier: Apache-2.0 */
#include "incident/voice.h"

#include "base/slice.h"

/*
 * Where the kubelet writes of one failed pull: its source file, or how the
 * message begins where another file (log.go) writes for it.
 */
static const struct {
    const char *file;
    const char *message;
    enum voice voice;
} places[] = {
    {"remote_image.go", "PullImage from image service failed", VOICE_REMOTE},
    {"kuberuntime_image.go", "Failed to pull image", VOICE_IMAGE},
    {"kuberuntime_manager.go", "Unhandled Error", VOICE_MANAGER},
    {"pod_workers.go", "Error syncing pod", VOICE_SYNC},
    {"event.go", NULL, VOICE_NOTICE},
};

static const char *const runtimes[] = {
    "containerd", "crio", "cri-o", "dockerd", "docker", "cri-dockerd",
};

static bool
is_runtime(struct slice unit)
{
    for (size_t i = 0; i < COUNT(runtimes); i++) {
        if (slice_equal(unit, slice_from(runtimes[i]))) {
            return true;
        }
    }
    return false;
}

/* With `log_format: json` and nothing around it that says so. */
static bool
is_of_containerd(const struct record *record)
{
    return record->format == FORMAT_JSON && record->unit.len == 0
        && slice_starts(record->message, SLICE("PullImage \""));
}

bool
voice_is_puller(const struct record *record)
{
    return slice_starts(record->message,
                        SLICE("Not continuing with pull after error"))
        || slice_starts(record->message, SLICE("Error getting v2 registry: "));
}

/* Reasons that only a container that waits has, never an event. */
static bool
is_status(const struct record *record)
{
    return record->format == FORMAT_EVENT && record->identity.len == 0
        && record->stamp.trust == STAMP_MISSING;
}

static bool
is_at(const struct record *record, const char *file, const char *message)
{
    return slice_equal(record->file, slice_from(file))
        || (message && slice_starts(record->message, slice_from(message)));
}

static bool
is_waiting(enum voice voice, const struct record *record)
{
    return (voice == VOICE_SYNC || voice == VOICE_STATUS)
        && slice_equal(record->reason, SLICE("ImagePullBackOff"));
}

static enum voice
speaker_of(const struct record *record)
{
    for (size_t i = 0; record->file.len > 0 && i < COUNT(places); i++) {
        if (is_at(record, places[i].file, places[i].message)) {
            return places[i].voice;
        }
    }
    if (voice_is_puller(record)) {
        return VOICE_PULLER;
    }
    switch (record->format) {
    case FORMAT_EVENT:
        return is_status(record) ? VOICE_STATUS : VOICE_EVENT;
    case FORMAT_COLUMNS:
    case FORMAT_DESCRIBE:
        return VOICE_EVENT;
    case FORMAT_LOGFMT:
        return slice_equal(record->unit, SLICE("kubelet")) ? VOICE_UNKNOWN
                                                           : VOICE_RUNTIME;
    case FORMAT_PLAIN:
    case FORMAT_KLOG:
    case FORMAT_CRI:
    case FORMAT_JOURNAL:
    case FORMAT_SYSLOG:
    case FORMAT_JSON:
    case FORMAT_CSV:
    case FORMATS:
        break;
    }
    return is_runtime(record->unit) || is_of_containerd(record) ? VOICE_RUNTIME
                                                                : VOICE_UNKNOWN;
}

enum voice
voice_of(const struct record *record)
{
    enum voice voice = record ? speaker_of(record) : VOICE_UNKNOWN;
    return record && is_waiting(voice, record) ? VOICE_WAITING : voice;
}
