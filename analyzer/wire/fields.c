/* SPDX-License-Identifier: Apache-2.0 */
#include "wire/fields.h"

#include "wire/value.h"

#include <assert.h>
#include <string.h>

enum {
    PATH_MAX_BYTES = 64, /* of a name with the names of what it is in */
    DEPTH_MAX = 3,
};

#define NAME(text) (text), sizeof(text) - 1

/* Of two names for the same the upper one counts. */
static const struct {
    const char *name;
    size_t len;
    enum field field;
} names[] = {
    {NAME("log"), FIELD_MESSAGE},
    {NAME("MESSAGE"), FIELD_MESSAGE},
    {NAME("message"), FIELD_MESSAGE},
    {NAME("LogMessage"), FIELD_MESSAGE},
    {NAME("LogEntry"), FIELD_MESSAGE},
    {NAME("SyslogMessage"), FIELD_MESSAGE},
    {NAME("Message"), FIELD_MESSAGE},
    {NAME("msg"), FIELD_MESSAGE},
    {NAME("body"), FIELD_MESSAGE},
    {NAME("Body"), FIELD_MESSAGE},
    {NAME("textPayload"), FIELD_MESSAGE},
    {NAME("@message"), FIELD_MESSAGE},
    {NAME("_msg"), FIELD_MESSAGE},
    {NAME("short_message"), FIELD_MESSAGE},
    {NAME("jsonPayload.message"), FIELD_MESSAGE},
    {NAME("jsonPayload.MESSAGE"), FIELD_MESSAGE},
    {NAME("line"), FIELD_MESSAGE},
    {NAME("_raw"), FIELD_MESSAGE},
    {NAME("caller"), FIELD_CALLER},
    {NAME("err"), FIELD_ERROR},
    {NAME("error"), FIELD_ERROR},
    {NAME("__REALTIME_TIMESTAMP"), FIELD_TIME},
    {NAME("_SOURCE_REALTIME_TIMESTAMP"), FIELD_TIME},
    {NAME("ts"), FIELD_TIME},
    {NAME("time"), FIELD_TIME},
    {NAME("timestamp"), FIELD_TIME},
    {NAME("@timestamp"), FIELD_TIME},
    {NAME("timeUnixNano"), FIELD_TIME},
    {NAME("EventTime"), FIELD_TIME},
    {NAME("TimeGenerated"), FIELD_TIME},
    {NAME("TimeGenerated [UTC]"), FIELD_TIME},
    {NAME("date"), FIELD_TIME},
    {NAME("_time"), FIELD_TIME},
    {NAME("level"), FIELD_LEVEL},
    {NAME("lvl"), FIELD_LEVEL},
    {NAME("severity"), FIELD_LEVEL},
    {NAME("SeverityLevel"), FIELD_LEVEL},
    {NAME("LogLevel"), FIELD_LEVEL},
    {NAME("PRIORITY"), FIELD_SEVERITY},
    {NAME("SYSLOG_IDENTIFIER"), FIELD_UNIT},
    {NAME("_SYSTEMD_UNIT"), FIELD_UNIT},
    {NAME("UNIT"), FIELD_UNIT},
    {NAME("_COMM"), FIELD_UNIT},
    {NAME("ProcessName"), FIELD_UNIT},
    {NAME("SourceComponent"), FIELD_UNIT},
    {NAME("appname"), FIELD_UNIT},
    {NAME("ident"), FIELD_UNIT},
    {NAME("program"), FIELD_UNIT},
    {NAME("_HOSTNAME"), FIELD_HOST},
    {NAME("kubernetes.host"), FIELD_HOST},
    {NAME("kubernetes.node_name"), FIELD_HOST},
    {NAME("kubernetes.pod_node_name"), FIELD_HOST},
    {NAME("kubernetes.node.name"), FIELD_HOST},
    {NAME("k8s.node.name"), FIELD_HOST},
    {NAME("resource.k8s.node.name"), FIELD_HOST},
    {NAME("attributes.k8s.node.name"), FIELD_HOST},
    {NAME("node_name"), FIELD_HOST},
    {NAME("nodename"), FIELD_HOST},
    {NAME("Computer"), FIELD_HOST},
    {NAME("HostName"), FIELD_HOST},
    {NAME("hostname"), FIELD_HOST},
    {NAME("host"), FIELD_BARE_HOST},
    {NAME("host.name"), FIELD_HOST},
    {NAME("object.namespace"), FIELD_NAMESPACE},
    {NAME("pod.namespace"), FIELD_NAMESPACE},
    {NAME("Namespace"), FIELD_NAMESPACE},
    {NAME("pod"), FIELD_POD},
    {NAME("pod.name"), FIELD_POD},
    {NAME("podUID"), FIELD_POD_UID},
    {NAME("containerName"), FIELD_CONTAINER},
    {NAME("image"), FIELD_IMAGE},
    {NAME("Reason"), FIELD_REASON},
    {NAME("reason"), FIELD_REASON},
    {NAME("ObjectKind"), FIELD_KIND},
    {NAME("kind"), FIELD_KIND},
    {NAME("Name"), FIELD_NAME},
    {NAME("object"), FIELD_NAME},
    {NAME("object.name"), FIELD_NAME},
    {NAME("fieldPath"), FIELD_FIELD_PATH},
    {NAME("KubeEventType"), FIELD_TYPE},
    {NAME("type"), FIELD_TYPE},
    {NAME("Count"), FIELD_COUNT},
    {NAME("FirstSeen"), FIELD_FIRST},
    {NAME("FirstSeen [UTC]"), FIELD_FIRST},
    {NAME("LastSeen"), FIELD_LAST},
    {NAME("LastSeen [UTC]"), FIELD_LAST},
    {NAME("file"), FIELD_PATH},
    {NAME("path"), FIELD_PATH},
    {NAME("filename"), FIELD_PATH},
    {NAME("log.file.path"), FIELD_PATH},
    {NAME("attributes.log.file.path"), FIELD_PATH},
    {NAME("kubernetes.namespace_name"), FIELD_WRITER_NAMESPACE},
    {NAME("kubernetes.pod_namespace"), FIELD_WRITER_NAMESPACE},
    {NAME("kubernetes.namespace"), FIELD_WRITER_NAMESPACE},
    {NAME("k8s.namespace.name"), FIELD_WRITER_NAMESPACE},
    {NAME("resource.k8s.namespace.name"), FIELD_WRITER_NAMESPACE},
    {NAME("attributes.k8s.namespace.name"), FIELD_WRITER_NAMESPACE},
    {NAME("PodNamespace"), FIELD_WRITER_NAMESPACE},
    {NAME("kubernetes.pod_name"), FIELD_WRITER_POD},
    {NAME("kubernetes.pod.name"), FIELD_WRITER_POD},
    {NAME("k8s.pod.name"), FIELD_WRITER_POD},
    {NAME("resource.k8s.pod.name"), FIELD_WRITER_POD},
    {NAME("attributes.k8s.pod.name"), FIELD_WRITER_POD},
    {NAME("PodName"), FIELD_WRITER_POD},
    {NAME("kubernetes.pod_id"), FIELD_WRITER_UID},
    {NAME("kubernetes.pod_uid"), FIELD_WRITER_UID},
    {NAME("kubernetes.pod.uid"), FIELD_WRITER_UID},
    {NAME("k8s.pod.uid"), FIELD_WRITER_UID},
    {NAME("resource.k8s.pod.uid"), FIELD_WRITER_UID},
    {NAME("attributes.k8s.pod.uid"), FIELD_WRITER_UID},
    {NAME("kubernetes.container_name"), FIELD_WRITER_CONTAINER},
    {NAME("kubernetes.container.name"), FIELD_WRITER_CONTAINER},
    {NAME("k8s.container.name"), FIELD_WRITER_CONTAINER},
    {NAME("resource.k8s.container.name"), FIELD_WRITER_CONTAINER},
    {NAME("attributes.k8s.container.name"), FIELD_WRITER_CONTAINER},
    {NAME("ContainerName"), FIELD_WRITER_CONTAINER},
    {NAME("stream"), FIELD_STREAM},
    {NAME("logtag"), FIELD_TAG},
    {NAME("_p"), FIELD_TAG},
};

static_assert(COUNT(names) < 255, "a rank is a byte");

/* Objects whose members are looked at too. */
static const struct {
    const char *name;
    size_t len;
} inner[] = {
    {NAME("kubernetes")},
    {NAME("kubernetes.pod")},
    {NAME("kubernetes.node")},
    {NAME("kubernetes.container")},
    {NAME("pod")},
    {NAME("object")},
    {NAME("k8s")},
    {NAME("k8s.pod")},
    {NAME("log")},
    {NAME("log.file")},
    {NAME("host")},
    {NAME("attributes")},
    {NAME("resource")},
    {NAME("jsonPayload")},
};

static bool
is_same(struct slice text, const char *name, size_t len)
{
    return text.len == len && memcmp(text.data, name, len) == 0;
}

/* Names that nobody else uses. */
static void
note_origin(struct fields *fields, struct slice name)
{
    fields->is_journal |= slice_equal(name, SLICE("__REALTIME_TIMESTAMP"))
                       || slice_equal(name, SLICE("_SYSTEMD_UNIT"));
    fields->is_klog |= slice_equal(name, SLICE("caller"));
    fields->has_msg |= slice_equal(name, SLICE("msg"));
}

void
fields_add(struct fields *fields, struct slice name, struct slice value)
{
    if (name.len == 0 || name.len > PATH_MAX_BYTES) {
        return;
    }
    note_origin(fields, name);
    for (size_t i = 0; i < COUNT(names); i++) {
        if (!is_same(name, names[i].name, names[i].len)) {
            continue;
        }
        enum field field = names[i].field;
        unsigned char rank = (unsigned char)(COUNT(names) - i);
        if (rank > fields->rank[field] && value.len > 0
            && !slice_equal(value, SLICE("null"))) {
            fields->rank[field] = rank;
            fields->value[field] = value;
        }
        return;
    }
}

static bool
is_name_of(struct slice name, enum field field)
{
    for (size_t i = 0; i < COUNT(names); i++) {
        if (names[i].field == field
            && is_same(name, names[i].name, names[i].len)) {
            return true;
        }
    }
    return false;
}

bool
fields_is_message(struct slice name)
{
    return is_name_of(name, FIELD_MESSAGE);
}

bool
fields_is_tag(struct slice name)
{
    return is_name_of(name, FIELD_TAG);
}

static bool
is_inner(struct slice path)
{
    for (size_t i = 0; i < COUNT(inner); i++) {
        if (is_same(path, inner[i].name, inner[i].len)) {
            return true;
        }
    }
    return false;
}

/* The members of objects that are open, and how long their path is. */
struct walk {
    char path[PATH_MAX_BYTES];
    size_t len[DEPTH_MAX];
    struct slice rest[DEPTH_MAX];
    size_t depth;
};

static void
descend(struct walk *walk, struct slice path, struct slice object)
{
    if (path.len + 1 >= sizeof(walk->path) || walk->depth + 1 == DEPTH_MAX) {
        return;
    }
    walk->path[path.len] = '.';
    walk->depth++;
    walk->len[walk->depth] = path.len + 1;
    walk->rest[walk->depth] = value_inside(object);
}

static void
add_member(struct fields *fields, struct walk *walk,
           const struct value_member *member)
{
    size_t len = walk->len[walk->depth];
    if (member->key.len == 0 || member->key.len > sizeof(walk->path) - len) {
        return;
    }
    memcpy(walk->path + len, member->key.data, member->key.len);
    struct slice path = slice_of(walk->path, len + member->key.len);
    if (value_is_object(member->value) && is_inner(path)) {
        descend(walk, path, member->value);
    } else {
        fields_add(fields, path, member->value);
    }
}

void
fields_add_object(struct fields *fields, struct slice object)
{
    struct walk walk = {.rest = {value_inside(object)}};
    struct value_member member;
    for (;;) {
        if (value_next_member(&walk.rest[walk.depth], &member)) {
            add_member(fields, &walk, &member);
        } else if (walk.depth-- == 0) {
            return;
        }
    }
}

/* Microseconds in a fraction of a unit that is so many of them long. */
static int64_t
fraction_us(struct slice digits, int64_t unit)
{
    int64_t us = 0;
    for (size_t at = 0; at < digits.len && unit >= 10; at++) {
        char digit = digits.data[at];
        if (digit < '0' || digit > '9') {
            break;
        }
        unit /= 10;
        us += (digit - '0') * unit;
    }
    return us;
}

/* A number of seconds, or of smaller parts of such, by its size. */
static bool
read_epoch(struct slice text, struct stamp *stamp)
{
    static const struct {
        uint64_t below;
        int64_t us;
    } units[] = {
        {UINT64_C(100000000000), STAMP_SECOND},
        {UINT64_C(100000000000000), STAMP_SECOND / 1000},
        {UINT64_C(100000000000000000), 1},
    };

    struct slice whole = text;
    uint64_t number;
    bool has_fraction = slice_cut(&text, '.', &whole);
    struct slice fraction = has_fraction ? text : slice_of(NULL, 0);
    if (!slice_to_u64(whole, &number)
        || number >= UINT64_C(9000000000000000000)) {
        return false;
    }
    *stamp = (struct stamp){(int64_t)(number / 1000), STAMP_EXACT};
    for (size_t i = 0; i < COUNT(units); i++) {
        if (number < units[i].below) {
            stamp->us = (int64_t)number * units[i].us
                      + fraction_us(fraction, units[i].us);
            break;
        }
    }
    return true;
}

/* "11/23/2026, 5:00:00.5 PM", as Azure's portal exports it, in UTC. */
static bool
read_american(struct slice text, struct stamp *stamp)
{
    uint64_t number[6] = {0};
    uint64_t thousandths = 0;
    static const char ends[] = {'/', '/', ',', ':', ':'};
    struct slice part;
    for (size_t i = 0; i < COUNT(ends); i++) {
        if (!slice_cut(&text, ends[i], &part)
            || !slice_to_u64(slice_trim(part), &number[i])
            || number[i] > 9999) {
            return false;
        }
    }
    struct slice second = slice_word(&text);
    if (slice_cut(&second, '.', &part)) {
        slice_to_u64(second, &thousandths);
        second = part;
    }
    bool is_late = slice_equal(slice_trim(text), SLICE("PM"));
    if (!slice_to_u64(second, &number[5]) || number[0] > 12 || number[0] == 0
        || number[1] > 31 || number[3] > 12 || thousandths > 999) {
        return false;
    }
    int64_t days = stamp_days((int)number[2], (int)number[0], (int)number[1]);
    uint64_t hours = number[3] % 12 + (is_late ? 12 : 0);
    *stamp = (struct stamp){days * STAMP_DAY + (int64_t)hours * STAMP_HOUR
                                + (int64_t)number[4] * STAMP_MINUTE
                                + (int64_t)number[5] * STAMP_SECOND
                                + (int64_t)thousandths * STAMP_SECOND / 1000,
                            STAMP_EXACT};
    return true;
}

bool
fields_stamp(struct slice text, struct stamp *stamp)
{
    return stamp_read_rfc3339(&text, stamp) || read_epoch(text, stamp)
        || read_american(text, stamp);
}

/* POD_NAMESPACE_CONTAINER-ID.log */
static void
read_flat_name(struct slice name, struct record *writer)
{
    struct slice pod;
    struct slice namespace;
    size_t dash = slice_find_last(name, '-');
    if (dash == SLICE_NONE || !slice_cut(&name, '_', &pod)
        || !slice_cut(&name, '_', &namespace)) {
        return;
    }
    dash = slice_find_last(name, '-');
    if (dash == SLICE_NONE) {
        return;
    }
    writer->pod = pod;
    writer->namespace = namespace;
    writer->container = slice_before(name, dash);
}

void
fields_read_path(struct slice path, struct record *writer)
{
    struct slice head;
    struct slice folder;
    struct slice part[3];
    struct slice rest = path;
    if (slice_cut_text(&rest, SLICE("log/containers/"), &head)) {
        read_flat_name(rest, writer);
        return;
    }
    if (!slice_cut_text(&rest, SLICE("log/pods/"), &head)
        || !slice_cut(&rest, '/', &folder) || !slice_cut(&folder, '_', &part[0])
        || !slice_cut(&folder, '_', &part[1])
        || !slice_cut(&rest, '/', &part[2])) {
        return;
    }
    writer->namespace = part[0];
    writer->pod = part[1];
    writer->pod_uid = folder;
    writer->container = part[2];
}
