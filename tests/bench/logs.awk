# SPDX-License-Identifier: Apache-2.0
#
# Writes a log as nodes write them, the same from the same seed:
#
#   awk -v kind=healthy -v mib=64 [-v seed=7] -f logs.awk
#
#   healthy   klog, containerd, syslog and CRI; one line of 1000 is a failed pull
#   storm     every line a failed pull, of 2000 images

BEGIN {
    state = seed == "" ? 7 : seed
    limit = mib * 1048576
    while (size < limit) {
        line = kind == "storm" ? failure() : (roll(1000) == 0 ? failure() : healthy())
        print line
        size += length(line) + 1
        clock++
    }
}

# awk's own rand() differs from one awk to the next.
function roll(sides)
{
    state = (state * 69069 + 1) % 4294967296
    return int(state / 65536) % sides
}

function hex(len,    out)
{
    while (length(out) < len) {
        out = out sprintf("%04x", roll(65536))
    }
    return substr(out, 1, len)
}

function time_of_day()
{
    return sprintf("%02d:%02d:%02d", clock / 360000 % 24, clock / 6000 % 60, \
        clock / 100 % 60)
}

function iso()
{
    return "2026-11-23T" time_of_day() sprintf(".%06d", clock % 100 * 10000)
}

function klog(level)
{
    return level "1123 " time_of_day() sprintf(".%06d", clock % 100 * 10000) "    2874 "
}

function pod()
{
    return "shop/" word() "-" hex(9) "-" hex(5)
}

function name(number,    all)
{
    split("cart payment search catalog gateway orders stock mail", all, " ")
    return all[number + 1]
}

function word()
{
    return name(roll(8))
}

function healthy(    kind)
{
    kind = roll(10)
    if (kind < 3) {
        return klog("I") "kubelet.go:2406] \"SyncLoop (PLEG): event for pod\" pod=\"" pod() \
            "\" event={\"ID\":\"" hex(8) "-" hex(4) "-" hex(4) "-" hex(12) \
            "\",\"Type\":\"ContainerStarted\",\"Data\":\"" hex(64) "\"}"
    }
    if (kind == 3) {
        return klog("I") "reconciler_common.go:245] \"operationExecutor.VerifyControllerAttachedVolume started for volume \\\"kube-api-access-" \
            hex(5) "\\\" (UniqueName: \\\"kubernetes.io/projected/" hex(8) "-" hex(4) "-" hex(12) \
            "-kube-api-access\\\") pod \\\"" word() "-" hex(9) "\\\" (UID: \\\"" hex(8) "-" hex(4) "\\\") \" pod=\"" pod() "\""
    }
    if (kind == 4) {
        return klog("W") "prober.go:107] \"Probe failed\" probeType=\"Readiness\" pod=\"" pod() \
            "\" podUID=\"" hex(8) "-" hex(4) "\" containerName=\"" word() \
            "\" probeResult=\"failure\" output=\"HTTP probe failed with statuscode: 503\""
    }
    if (kind < 7) {
        return "time=\"" iso() "Z\" level=info msg=\"CreateContainer within sandbox \\\"" hex(64) \
            "\\\" for &ContainerMetadata{Name:" word() ",Attempt:0,} returns container id \\\"" hex(64) "\\\"\""
    }
    if (kind == 7) {
        return "Nov 23 " time_of_day() " aks-apps-31842557-vmss000002 systemd[1]: cri-containerd-" hex(64) \
            ".scope: Deactivated successfully, consumed 12.345s CPU time, 61.2M memory peak."
    }
    if (kind == 8) {
        return "Nov 23 " time_of_day() " aks-apps-31842557-vmss000002 kubelet[2874]: " klog("I") \
            "status_manager.go:875] \"Patch status for pod\" pod=\"" pod() "\" patch=\"{\\\"metadata\\\":{\\\"uid\\\":\\\"" \
            hex(8) "-" hex(4) "\\\"},\\\"status\\\":{\\\"conditions\\\":null}}\""
    }
    return iso() "Z stdout F 10.244.3." roll(250) " - - [23/Nov/2026:" time_of_day() \
        " +0000] \"GET /api/v1/" word() "/" roll(100000) " HTTP/1.1\" 200 " roll(9000) \
        " \"-\" \"Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36\" rt=0.0" roll(90)
}

# An image fails in one way.
function failure(    number, image, cause, why)
{
    number = roll(2000)
    image = "contoso" number % 20 ".azurecr.io/shop/" name(int(number / 4) % 8) ":4." int(number / 100) "." number
    cause = number % 4
    why = cause == 0 ? image ": not found" \
        : cause == 1 ? "failed to authorize: failed to fetch anonymous token: unexpected status from GET request: 401 Unauthorized" \
        : cause == 2 ? "failed to do request: Head \\\"https://" image "\\\": dial tcp 10.0.4.7:443: i/o timeout" \
        : "unexpected status from HEAD request to https://" image ": 403 Forbidden"
    why = "rpc error: code = Unknown desc = failed to pull and unpack image \\\"" image \
        "\\\": failed to resolve reference \\\"" image "\\\": " why
    if (roll(2)) {
        return "time=\"" iso() "Z\" level=error msg=\"PullImage \\\"" image "\\\" failed\" error=\"" why "\""
    }
    return klog("E") "kuberuntime_image.go:55] \"Failed to pull image\" err=\"" why "\" image=\"" image "\""
}
