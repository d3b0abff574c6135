/* SPDX-License-Identifier: Apache-2.0 */
#include "wire/stamped.h"

#include "wire/syslog.h"

/* Where the reading of a line is. */
struct head {
    struct slice line;
    struct slice rest;
    size_t begin; /* of the part that is being read, an offset */
    int64_t now;
    struct stamp_minutes *minutes;
    struct stamped *out;
};

static bool
is_digit(char byte)
{
    return byte >= '0' && byte <= '9';
}

/* What was skipped since is another one each time: the part ends before. */
static void
end_part(struct head *head, size_t at)
{
    struct stamped *out = head->out;
    out->parts[out->count++] =
        slice_of(head->line.data + head->begin, at - head->begin);
    head->begin = head->line.len - head->rest.len;
}

static size_t
offset_of(const struct head *head)
{
    return head->line.len - head->rest.len;
}

/* "    2874", the thread that wrote it. */
static void
skip_thread(struct slice *rest)
{
    size_t at = 0;
    while (at < rest->len && rest->data[at] == ' ') {
        at++;
    }
    size_t first = at;
    while (at < rest->len && is_digit(rest->data[at])) {
        at++;
    }
    if (first > 0 && at > first && at < rest->len && rest->data[at] == ' ') {
        *rest = slice_after(*rest, at);
    }
}

static bool
read_klog(struct head *head, struct stamp *stamp)
{
    struct slice rest = slice_after(head->rest, 1);
    char letter = head->rest.data[0];
    if ((letter != 'I' && letter != 'W' && letter != 'E' && letter != 'F')
        || !stamp_again(head->minutes, STAMP_KLOG, &rest, head->now, stamp)) {
        return false;
    }
    size_t at = offset_of(head) + 1;
    skip_thread(&rest);
    head->rest = rest;
    end_part(head, at);
    return true;
}

static bool
read_logfmt(struct head *head, struct stamp *stamp)
{
    struct slice rest = head->rest;
    if (!slice_skip(&rest, SLICE("time=\""))) {
        return false;
    }
    size_t at = head->line.len - rest.len;
    if (!stamp_again(head->minutes, STAMP_RFC3339, &rest, head->now, stamp)
        || !slice_starts(rest, SLICE("\" level="))) {
        return false;
    }
    head->rest = rest;
    end_part(head, at);
    return true;
}

/* What a line holds, whether it stands in an envelope or not. */
static bool
read_inner(struct head *head, struct stamp *stamp)
{
    if (head->rest.len < 2) {
        return false;
    }
    return is_digit(head->rest.data[1]) ? read_klog(head, stamp)
                                        : read_logfmt(head, stamp);
}

/* What stands behind the stamp of an envelope. */
static bool
skip_names(struct slice *rest, bool is_iso)
{
    struct syslog_head ignored;
    if (is_iso
        && (slice_skip(rest, SLICE(" stdout F "))
            || slice_skip(rest, SLICE(" stderr F ")))) {
        return true;
    }
    return syslog_skip_names(rest, is_iso, &ignored);
}

static bool
read_envelope(struct head *head, struct stamp *stamp)
{
    struct slice rest = head->rest;
    enum level ignored;
    (void)syslog_skip_priority(&rest, &ignored);
    size_t at = head->line.len - rest.len;
    bool is_iso =
        stamp_again(head->minutes, STAMP_RFC3339, &rest, head->now, stamp);
    if (!is_iso
        && !stamp_again(head->minutes, STAMP_RFC3164, &rest, head->now,
                        stamp)) {
        return false;
    }
    head->rest = rest;
    end_part(head, at);
    return skip_names(&head->rest, is_iso);
}

bool
stamped_read(struct slice line, int64_t now, struct stamp_minutes *minutes,
             struct stamped *out)
{
    struct head head = {
        .line = line, .rest = line, .now = now, .minutes = minutes, .out = out};
    struct stamp inner = {0};
    struct stamp outer = {0};
    out->count = 0;
    if (!read_inner(&head, &inner)) {
        if (line.len == 0 || !read_envelope(&head, &outer)) {
            return false;
        }
        if (outer.trust == STAMP_EXACT) {
            head.now = outer.us;
        }
        (void)read_inner(&head, &inner);
    }
    out->stamp = stamp_within(inner, outer);
    out->parts[out->count++] = slice_after(line, head.begin);
    return true;
}
