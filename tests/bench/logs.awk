# SPDX-License-Identifier: Apache-2.0
#
# Writes a log as nodes write them, the same from the same seed:
#
#   awk -v kind=healthy -v mib=64 [-v seed=7] -f logs.awk
#
#   healthy   klog, containerd, syslog and CRI; one line of 1000 is a failed pull
#   records   the same lines as docker's json-file driver keeps them
#   storm     every line a failed pull, of 2000 images
#   events    what `kubectl get events -A -o json` prints: one list; 3 of 100
#             events are failed pulls
#   events-compact  the same as `-w -o json --output-watch-events` prints them:
#             one object a line
#   events-list     the same list on one line, as the API server sends it

BEGIN {
    state = seed == "" ? 7 : seed
    limit = mib * 1048576
    begin = "{\n    \"apiVersion\": \"v1\",\n    \"items\": [\n        "
    between = ",\n        "
    end = "\n    ],\n    \"kind\": \"List\",\n    \"metadata\": {\n" \
        "        \"resourceVersion\": \"\"\n    }\n}\n"
    if (kind == "events-list") {
        begin = "{\"kind\":\"EventList\",\"apiVersion\":\"v1\"," \
            "\"metadata\":{\"resourceVersion\":\"412233\"},\"items\":["
        between = ","
        end = "]}\n"
    } else if (kind !~ /^events/ || kind == "events-compact") {
        begin = ""
        between = "\n"
        end = "\n"
    }
    printf "%s", begin
    while (size < limit) {
        line = entry()
        printf "%s%s", (size > 0 ? between : ""), line
        size += length(line) + length(between)
        clock++
    }
    printf "%s", end
}

function entry()
{
    if (kind == "events") {
        return event(1)
    }
    if (kind == "events-list") {
        return event(0)
    }
    if (kind == "events-compact") {
        return "{\"type\":\"ADDED\",\"object\":" event(0) "}"
    }
    if (kind == "records") {
        return record(roll(1000) == 0 ? failure() : healthy())
    }
    return kind == "storm" || roll(1000) == 0 ? failure() : healthy()
}

function record(line)
{
    gsub(/\\/, "&&", line)
    gsub(/"/, "\\\\&", line)
    return "{\"log\":\"" line "\\n\",\"stream\":\"stderr\",\"time\":\"" iso() "Z\"}"
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
function refusal(number, image,    cause, why)
{
    cause = number % 4
    why = cause == 0 ? image ": not found" \
        : cause == 1 ? "failed to authorize: failed to fetch anonymous token: unexpected status from GET request: 401 Unauthorized" \
        : cause == 2 ? "failed to do request: Head \\\"https://" image "\\\": dial tcp 10.0.4.7:443: i/o timeout" \
        : "unexpected status from HEAD request to https://" image ": 403 Forbidden"
    return "rpc error: code = Unknown desc = failed to pull and unpack image \\\"" image \
        "\\\": failed to resolve reference \\\"" image "\\\": " why
}

function failure(    number, image, why)
{
    number = roll(2000)
    image = "contoso" number % 20 ".azurecr.io/shop/" name(int(number / 4) % 8) ":4." int(number / 100) "." number
    why = refusal(number, image)
    if (roll(2)) {
        return "time=\"" iso() "Z\" level=error msg=\"PullImage \\\"" image "\\\" failed\" error=\"" why "\""
    }
    return klog("E") "kuberuntime_image.go:55] \"Failed to pull image\" err=\"" why "\" image=\"" image "\""
}

# A member of an event, deeper by `depth`; a comma stands before all but the first.
function member(depth, key, value,    out)
{
    out = is_first ? "" : ","
    is_first = value == "{"
    return out (is_pretty ? "\n" substr("                ", 1, 12 + depth * 4) : "") \
        "\"" key "\":" (is_pretty ? " " : "") value
}

function close_object(depth)
{
    is_first = 0
    return (is_pretty ? "\n" substr("            ", 1, 8 + depth * 4) : "") "}"
}

function text(value)
{
    return "\"" value "\""
}

function uid()
{
    return hex(8) "-" hex(4) "-" hex(4) "-" hex(4) "-" hex(12)
}

function event(pretty,    node, called, space, what, who, kind_of, message, reason, type, stamp, out)
{
    is_pretty = pretty
    is_first = 1
    space = text("shop")
    what = word()
    called = what "-" hex(9) "-" hex(5)
    node = "aks-apps-31842557-vmss0000" hex(2)
    who = "kubelet"
    kind_of = "Pod"
    type = "Normal"
    stamp = text("2026-11-23T" time_of_day() "Z")
    reason = roll(100) < 3 ? "Failed" : event_reason()
    message = event_message(reason, called, what, node)
    if (reason == "Failed" || reason == "Unhealthy") {
        type = "Warning"
    } else if (reason == "Scheduled") {
        who = "default-scheduler"
    } else if (reason == "SuccessfulCreate") {
        who = "replicaset-controller"
        kind_of = "ReplicaSet"
        called = substr(called, 1, length(called) - 6)
    } else if (reason == "ScalingReplicaSet") {
        who = "deployment-controller"
        kind_of = "Deployment"
        called = what
    }
    out = "{" member(0, "apiVersion", text("v1"))
    if (who != "default-scheduler") {
        out = out member(0, "count", 1 + roll(9)) member(0, "eventTime", "null") \
            member(0, "firstTimestamp", stamp)
    } else {
        out = out member(0, "action", text("Binding")) member(0, "eventTime", text(iso() "Z")) \
            member(0, "firstTimestamp", "null")
    }
    out = out member(0, "involvedObject", "{") member(1, "apiVersion", text("v1"))
    if (who == "kubelet") {
        out = out member(1, "fieldPath", text("spec.containers{" what "}"))
    }
    out = out member(1, "kind", text(kind_of)) member(1, "name", text(called)) \
        member(1, "namespace", space) member(1, "resourceVersion", text(roll(1000000))) \
        member(1, "uid", text(uid())) close_object(1) \
        member(0, "kind", text("Event")) \
        member(0, "lastTimestamp", who == "default-scheduler" ? "null" : stamp) \
        member(0, "message", text(message)) \
        member(0, "metadata", "{") member(1, "creationTimestamp", stamp) \
        member(1, "name", text(called ".187c" hex(12))) member(1, "namespace", space) \
        member(1, "resourceVersion", text(roll(1000000))) member(1, "uid", text(uid())) \
        close_object(1) member(0, "reason", text(reason)) \
        member(0, "reportingComponent", text(who)) \
        member(0, "reportingInstance", text(who == "kubelet" ? node : "")) \
        member(0, "source", "{")
    if (who == "default-scheduler") {
        out = out "}"
        is_first = 0
    } else {
        out = out member(1, "component", text(who))
        if (who == "kubelet") {
            out = out member(1, "host", text(node))
        }
        out = out close_object(1)
    }
    return out member(0, "type", text(type)) close_object(0)
}

function event_reason(    all)
{
    split("Scheduled Created Started Created Started Killing Unhealthy SuccessfulCreate ScalingReplicaSet Pulling", all, " ")
    return all[roll(10) + 1]
}

function event_message(reason, called, what, node,    number, image)
{
    number = roll(2000)
    image = "contoso" number % 20 ".azurecr.io/shop/" what ":4." int(number / 100) "." number
    if (reason == "Failed") {
        return "Failed to pull image \\\"" image "\\\": " refusal(number, image)
    }
    if (reason == "Scheduled") {
        return "Successfully assigned shop/" called " to " node
    }
    if (reason == "Created") {
        return "Created container: " what
    }
    if (reason == "Started") {
        return "Started container " what
    }
    if (reason == "Killing") {
        return "Stopping container " what
    }
    if (reason == "Unhealthy") {
        return "Readiness probe failed: " (roll(10) ? "HTTP probe failed with statuscode: 503" \
            : "Get \\\"http://10.244.3." roll(250) ":8080/healthz\\\": dial tcp 10.244.3.17:8080: connect: connection refused")
    }
    if (reason == "SuccessfulCreate") {
        return "Created pod: " called
    }
    if (reason == "ScalingReplicaSet") {
        return "Scaled up replica set " what "-" hex(9) " from " roll(5) " to " 5 + roll(5)
    }
    return "Pulling image \\\"" image "\\\""
}
