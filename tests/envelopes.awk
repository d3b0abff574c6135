# SPDX-License-Identifier: Apache-2.0
#
# Wraps each message in every envelope in which one of its kind can stand.
#
#   awk -f envelopes.awk -v folder=DIR [-v negatives=1] FILE...
#
# FILE is what `pullwhy patterns samples` prints, or, for negatives, plain
# lines. Writes DIR/ENVELOPE.log and, line by line, DIR/ENVELOPE.want: the right
# cause, a tab, where the sample stands.
#
# The one law: an envelope never says by itself what the message does not.

BEGIN {
    stamp = "1123 16:28:59.927911    2874 "
    uid = "6a1d2f40-3c55-4c0b-9d6e-0f2b7c9e1a55"
    pod = "cart-7d9c5b6f4-x2kqp"
    node = "aks-apps-31842557-vmss000002"
    for (i = 1; i < 256; i++) {
        byte[i] = sprintf("%c", i)
    }
    heads()
}

{
    cause = "null"
    where = FILENAME ":" FNR
    text = $0
    if (!negatives) {
        cause = field($0, "cause")
        where = field($0, "file") ":" number($0, "row")
        text = field($0, "line")
    }
    wrap(text)
}

# ---- JSON, as pullwhy prints it ----

function field(json, key,    at, out, c)
{
    at = index(json, "\"" key "\":\"")
    json = substr(json, at + length(key) + 4)
    out = ""
    while (match(json, /^[^"\\]+/) || substr(json, 1, 1) == "\\") {
        if (RSTART == 1) {
            out = out substr(json, 1, RLENGTH)
            json = substr(json, RLENGTH + 1)
            continue
        }
        c = substr(json, 2, 1)
        if (c == "u") {
            out = out utf8(hex(substr(json, 3, 4)))
            json = substr(json, 7)
        } else {
            out = out plain_of(c)
            json = substr(json, 3)
        }
    }
    return out
}

function plain_of(c)
{
    return c == "n" ? "\n" : c == "r" ? "\r" : c == "t" ? "\t" : c
}

function number(json, key)
{
    json = substr(json, index(json, "\"" key "\":") + length(key) + 3)
    return json + 0
}

function hex(text,    i, value)
{
    value = 0
    for (i = 1; i <= length(text); i++) {
        value = value * 16 \
            + index("0123456789abcdef", tolower(substr(text, i, 1))) - 1
    }
    return value
}

function utf8(code)
{
    if (code < 128) {
        return byte[code]
    }
    if (code < 2048) {
        return byte[192 + int(code / 64)] byte[128 + code % 64]
    }
    return byte[224 + int(code / 4096)] byte[128 + int(code / 64) % 64] \
        byte[128 + code % 64]
}

# As Go's %q and JSON do; what is no control stays as it is.
function quoted(text,    out, c, at)
{
    out = ""
    while (match(text, /["\\\n\r\t]/)) {
        c = substr(text, RSTART, 1)
        at = index("\n\r\t", c)
        c = at ? substr("nrt", at, 1) : c
        out = out substr(text, 1, RSTART - 1) "\\" c
        text = substr(text, RSTART + 1)
    }
    return "\"" out text "\""
}

# ---- what kind of message it is ----

function is_line(text)
{
    return text ~ /^[IWEF][0-9][0-9][0-9][0-9] [0-9]/ \
        || text ~ /^(time|level|ts|t|msg|caller)=/ \
        || text ~ /^[A-Z][a-z][a-z] +[0-9]+ [0-9:]+ / \
        || text ~ /^\[?(ERROR: )?[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]/ \
        || text ~ /^ *[a-z0-9-]* *[0-9]+[smhd][0-9smhd]* .*(Normal|Warning) / \
        || text ~ /^ *([a-z0-9-]+ +)?[a-z0-9.-]+ +[0-9]+\/[0-9]+ +[A-Z]/ \
        || text ~ /^ *(Normal|Warning) / || text ~ /^[{]/
}

function is_event(text)
{
    return text ~ /^Failed to (pull image|create pod sandbox|inspect|apply|record)/ \
        || text ~ /^(Back-off pulling|Successfully pulled|Container image) / \
        || text ~ /^(Error: |Unable to retrieve some)/
}

function is_error(text)
{
    return text ~ /^\[?(rpc error|failed to (pull|resolve|copy|do)|image pull failed)/ \
        || text ~ /^(Error response from daemon|denied): /
}

# The reference that a runtime's error speaks of; "" if it names none.
function image_of(text)
{
    if (match(text, /(image|reference) "[^"]+"/)) {
        text = substr(text, RSTART, RLENGTH - 1)
        sub(/^[^"]*"/, "", text)
        return text
    }
    if (match(text, /https:\/\/[^\/ "]+\/v2\/[^ "]+\/manifests\/[^ ":?]+/)) {
        text = substr(text, RSTART + 8, RLENGTH - 8)
        sub(/\/v2\//, "/", text)
        sub(/\/manifests\//, text ~ /manifests\/sha256/ ? "@" : ":", text)
        return text
    }
    return ""
}

# ---- envelopes ----

function put(name, line)
{
    print line > (folder "/" name ".log")
    print cause "\t" where > (folder "/" name ".want")
}

# As a terminal breaks it, which puts no mark there.
function put_broken(name, text, width,    out)
{
    if (text ~ /[^ -~]/) {
        return
    }
    while (length(text) > width) {
        out = out substr(text, 1, width) "\n"
        text = substr(text, width + 1)
    }
    put_lines(name, out text)
}

# As a mail program folds and quotes it; where a line would begin as an object
# does, nothing tells that it is none.
function put_mailed(name, text,    words, n, i, line, out)
{
    if (text ~ /[^ -~]/ || text ~ / [{]/) {
        return
    }
    n = split(text, words, / /)
    line = words[1]
    for (i = 2; i <= n; i++) {
        if (length(line) + length(words[i]) + 1 > 72) {
            out = out "> " line "\n"
            line = words[i]
        } else {
            line = line " " words[i]
        }
    }
    put_lines(name, out "> " line)
    put_blank(name)
}

function put_blank(name)
{
    print ">" > (folder "/" name ".log")
    print "null\t" where > (folder "/" name ".want")
}

# A message of several lines is told with its first one, and once.
function put_lines(name, text,    lines, n, i)
{
    n = split(text, lines, "\n")
    put(name, lines[1])
    for (i = 2; i <= n; i++) {
        print lines[i] > (folder "/" name ".log")
        print "(no record)\t" where > (folder "/" name ".want")
    }
}

function head(name, line)
{
    cause = "null"
    where = "head of " name
    put(name, line)
}

function heads()
{
    head("columns", \
        "NAMESPACE   LAST SEEN   TYPE   REASON   OBJECT   MESSAGE")
    head("columns-wide", "NAMESPACE   LAST SEEN   TYPE   REASON   OBJECT" \
        "   SUBOBJECT   SOURCE   MESSAGE   FIRST SEEN   COUNT   NAME")
    head("kubectl-events", "LAST SEEN   TYPE   REASON   OBJECT   MESSAGE")
    head("describe", "Name:             " pod)
    head("describe", "Namespace:        shop")
    head("describe", "Node:             " node "/10.224.0.6")
    head("describe", "Events:")
    head("describe", "  Type     Reason  Age   From     Message")
    head("describe", "  ----     ------  ----  ----     -------")
}

function wrap(text)
{
    if (index(text, "\n") == 0) {
        put("bare", text)
        outside(text)
    }
    if (negatives) {
        wrap_negative(text)
    } else if (!is_line(text) || index(text, "\n")) {
        wrap_sample(text)
    }
}

# What any line may stand in. JSON holds several lines, too.
function outside(text)
{
    put("syslog", "Nov 23 16:28:59 " node " kubelet[2874]: " text)
    put("syslog-iso", "2026-11-23T16:28:59.927500+00:00 " node \
        " kubelet[2874]: " text)
    put("cri", "2026-11-23T16:28:59.927500123Z stderr F " text)
    put("docker-json", "{\"log\":" quoted(text "\n") \
        ",\"stream\":\"stderr\",\"time\":\"2026-11-23T16:28:59.927500123Z\"}")
    put("journal-json", "{\"MESSAGE\":" quoted(text) ",\"PRIORITY\":\"6\"," \
        "\"_HOSTNAME\":\"" node "\",\"SYSLOG_IDENTIFIER\":\"kubelet\"," \
        "\"_SYSTEMD_UNIT\":\"kubelet.service\"," \
        "\"__REALTIME_TIMESTAMP\":\"1795451339927500\"}")
}

function wrap_sample(text,    image, error)
{
    if (is_event(text)) {
        events(text, kind_of(text), reason_of(text))
        if (text ~ /^Failed to pull image "[^"]+": *$/) {
            return # cut off: there is no error to wrap
        }
        nested(text)
        if (match(text, /^Failed to pull image "[^"]+": */)) {
            image = substr(text, 1, RLENGTH)
            sub(/^[^"]*"/, "", image)
            sub(/".*/, "", image)
            runtime(image, substr(text, RLENGTH + 1))
        } else if (sub(/^Failed to create pod sandbox: /, "", text)) {
            put("klog", "E" stamp "remote_runtime.go:193] \"RunPodSandbox from" \
                " runtime service failed\" err=" quoted(text))
        }
        return
    }
    if (is_error(text)) {
        image = image_of(text)
        runtime(image, text)
        if (image != "") {
            error = "Failed to pull image \"" image "\": " text
            events(error, "Warning", "Failed")
            nested(error)
        }
        return
    }
    put("logfmt-message", "level=error msg=" quoted(text))
    if (index(text, "\n") == 0) {
        put("klog-text", "E" stamp "plugin.go:224] " text)
    }
}

# What the runtime answered to the kubelet, and said itself.
function runtime(image, error,    line)
{
    line = "E" stamp "kuberuntime_image.go:55] \"Failed to pull image\"" \
        " err=" quoted(error) (image == "" ? "" : " image=" quoted(image))
    put("klog", line)
    put_broken("klog-80", line, 80)
    put_broken("klog-120", line, 120)
    put_mailed("klog-mailed", line)
    if (image != "" && error !~ /^\[/) {
        line = "time=\"2026-11-23T16:28:59.927322624Z\" level=error" \
            " msg=" quoted("PullImage " quoted(image) " failed") \
            " error=" quoted(error)
        put("logfmt", line)
        put_broken("logfmt-100", line, 100)
        put_mailed("logfmt-mailed", line)
    }
}

# As pod_workers.go says it: the message quoted within what is quoted.
function nested(message,    reason, step, whom)
{
    step = "StartContainer"
    whom = "cart"
    reason = "ErrImagePull"
    if (message ~ /^Back-off pulling/) {
        reason = "ImagePullBackOff"
    } else if (message ~ /^Failed to create pod sandbox/) {
        step = "CreatePodSandbox"
        reason = "CreatePodSandboxError"
    } else if (!sub(/^Failed to pull image "[^"]+": */, "", message)) {
        return
    }
    workers(step, whom, reason, message)
}

function workers(step, whom, reason, message)
{
    put("klog-nested", "E" stamp "pod_workers.go:1301] \"Error syncing pod," \
        " skipping\" err=" quoted("failed to " quoted(step) " for " \
        quoted(whom) " with " reason ": " quoted(message)) \
        " pod=\"shop/" pod "\" podUID=\"" uid "\"")
}

function kind_of(message)
{
    return message ~ /^(Back-off|Successfully)/ ? "Normal" : "Warning"
}

function reason_of(message)
{
    return message ~ /^Back-off/ ? "BackOff" \
        : message ~ /^Successfully/ ? "Pulled" \
        : message ~ /^Unable/ ? "FailedToRetrieveImagePullSecret" \
        : message ~ /^Failed to create pod/ ? "FailedCreatePodSandBox" \
        : message ~ /^Failed to (inspect|apply)/ ? "InspectFailed" : "Failed"
}

# `kubectl get events` prints the first line of a message only, the others all.
function events(message, kind, reason,    row)
{
    put("event-json", "{\"kind\":\"Event\",\"apiVersion\":\"v1\"," \
        "\"metadata\":{\"name\":\"" pod ".187c\",\"namespace\":\"shop\"," \
        "\"uid\":\"" uid "\"},\"involvedObject\":{\"kind\":\"Pod\"," \
        "\"namespace\":\"shop\",\"name\":\"" pod "\",\"uid\":\"" uid "\"," \
        "\"fieldPath\":\"spec.containers{cart}\"},\"reason\":\"" reason \
        "\",\"message\":" quoted(message) ",\"source\":{\"component\":" \
        "\"kubelet\",\"host\":\"" node "\"},\"firstTimestamp\":" \
        "\"2026-11-23T16:20:59Z\",\"lastTimestamp\":\"2026-11-23T16:28:59Z\"," \
        "\"count\":4,\"type\":\"" kind "\"}")
    put("klog-event", "I" stamp "event.go:307] \"Event occurred\" object=" \
        "\"shop/" pod "\" fieldPath=\"spec.containers{cart}\" kind=\"Pod\"" \
        " apiVersion=\"v1\" type=\"" kind "\" reason=\"" reason "\" message=" \
        quoted(message))
    if (index(message, "\n")) {
        pages(message, kind, reason)
        return
    }
    row = "6m30s       " kind "   " reason "   pod/" pod "   "
    put("columns", "shop        " row message)
    put("columns-wide", "shop        " row "spec.containers{cart}   kubelet, " \
        node "   " message "   8m3s         4       " pod ".187c1f0a9d2b1c11")
    pages(message, kind, reason)
}

function pages(message, kind, reason,    row)
{
    row = "  " kind "  " reason "  8m  kubelet  " message
    put_broken("describe-80", row, 80)
    put_broken("describe-120", row, 120)
    put_mailed("describe-mailed", row)
    put_lines("kubectl-events", "59m (x3 over 60m)   " kind "   " reason \
        "   Pod/" pod "   " message)
    put_lines("describe", "  " kind "  " reason "  8m28s (x4 over 9m57s)" \
        "  kubelet  " message)
}

# A row's message stands in all tables; other words in what is no pull.
function wrap_negative(text,    row, n, cells)
{
    row = "^[a-z]+ +[0-9smhd]+ +(Normal|Warning) +[A-Za-z]+ +[a-z]+/[^ ]+ +"
    if (match(text, row)) {
        n = split(text, cells, / +/)
        events(substr(text, RLENGTH + 1), cells[3], cells[4])
    } else if (!is_line(text)) {
        put("klog", "E" stamp "server.go:99] \"Request failed\" err=" \
            quoted(text))
        put("klog-text", "E" stamp "plugin.go:224] " text)
        put("logfmt", "time=\"2026-11-23T16:28:59.927322624Z\" level=error" \
            " msg=\"request failed\" error=" quoted(text))
        put("logfmt-message", "level=error msg=" quoted(text))
        workers("StartContainer", "cart", "RunContainerError", text)
        events(text, "Warning", "Unhealthy")
    }
}
