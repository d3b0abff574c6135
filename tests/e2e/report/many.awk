# SPDX-License-Identifier: Apache-2.0
# Prints kubelet's lines of 10,000 incidents within 30 days of November: of
# 7,000 images that are not there, of 1,000 without the platform, of 2,000
# registries that refuse or do not answer. Each has three pods.
#   awk -f many.awk | sort | cut -d' ' -f2-
function line(at, image, why, name, pod) {
    printf "%07d E11%02d %02d:%02d:%02d.000000    2874 pod_workers.go:1301] " \
        "\"Error syncing pod, skipping\" err=\"failed to \\\"StartContainer" \
        "\\\" for \\\"api\\\" with ErrImagePull: \\\"failed to pull and " \
        "unpack image \\\\\\\"%s\\\\\\\": failed to resolve reference " \
        "\\\\\\\"%s\\\\\\\": %s\\\"\" pod=\"%s\" " \
        "podUID=\"0a1b2c3d-0000-4000-8000-%012d\"\n", at, \
        1 + int(at / 86400), int(at / 3600) % 24, int(at / 60) % 60, at % 60, \
        image, image, why, name, pod
}
BEGIN {
    for (i = 0; i < 10000; i++) {
        kind = i % 10
        registry = kind == 1 || kind == 2 ? sprintf("r%05d.azurecr.io", i) \
                                          : sprintf("team%02d.azurecr.io", i % 97)
        image = registry "/shop/app-" i ":v" i % 7
        why = image ": not found"
        if (kind == 1) {
            why = "failed to authorize: failed to fetch oauth token: " \
                "unexpected status from GET request to https://" registry \
                "/oauth2/token: 401 Unauthorized"
        } else if (kind == 2) {
            why = "failed to do request: Head https://" registry \
                "/v2/shop/app-" i "/manifests/v1: dial tcp 10.1." i % 250 \
                ".9:443: i/o timeout"
        } else if (kind == 3) {
            why = "no match for platform in manifest: not found"
        }
        for (k = 0; k < 3; k++) {
            line(i * 255 + k * 900, image, why, \
                 sprintf("ns-%02d/app-%d-7d9f8c6b5d-x%dz4k", i % 23, i, k + 2), \
                 i * 3 + k)
        }
    }
}
