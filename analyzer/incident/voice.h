/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PULLWHY_INCIDENT_VOICE_H
#define PULLWHY_INCIDENT_VOICE_H

/*
 * Who tells of a failed pull. One failure is told by several programs, and by
 * some of them in several places, but by each place once: so the same voice
 * twice is two failures, and two voices may be one.
 */

#include "wire/record.h"

#include <stdbool.h>

enum voice {
    VOICE_UNKNOWN, /* may be anybody: each line is a failure of its own */
    VOICE_RUNTIME, /* containerd, CRI-O, dockerd */
    VOICE_REMOTE,  /* the kubelet's client of the runtime, remote_image.go */
    VOICE_IMAGE,   /* kuberuntime_image.go */
    VOICE_MANAGER, /* kuberuntime_manager.go: the container's start failed */
    VOICE_SYNC,    /* pod_workers.go: "Error syncing pod" */
    VOICE_NOTICE,  /* event.go: the event as the kubelet's log has it */
    VOICE_EVENT,   /* the event as the cluster has it */
    VOICE_STATUS,  /* a pod's status */
    VOICES,

    /* dockerd's puller, of a pull that it gave up: its API says it once more. It
     * names no image, and an echoed event always does: so both are one. */
    VOICE_PULLER = VOICE_NOTICE,

    /* The kubelet, of a pod that waits for its next try: from Kubernetes 1.32 on
     * it repeats what the last one said, every few seconds. */
    VOICE_WAITING = VOICES,
};

/* NULL has an unknown voice. */
enum voice voice_of(const struct record *record);

/* Whether it is dockerd's puller, of a pull that it gave up. */
bool voice_is_puller(const struct record *record);

#endif
