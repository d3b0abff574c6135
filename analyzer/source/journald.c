/* SPDX-License-Identifier: Apache-2.0 */
#include "source/journald.h"

#if !HAVE_LIBSYSTEMD

bool
journald_is_built(void)
{
    return false;
}

struct journald *
journald_open(uv_loop_t *loop, const struct journald_config *config,
              const struct source_host *host, struct fault *fault)
{
    (void)loop;
    (void)config;
    (void)host;
    fault_set(fault, FAULT_USAGE, 0,
              "this pullwhy was built without libsystemd and cannot read the "
              "journal itself; let journalctl do it: --journalctl in place of "
              "--journal");
    return NULL;
}

void
journald_close(struct journald *journald)
{
    (void)journald;
}

#else

#    include "base/buf.h"
#    include "source/journal_library.h"

#    include <inttypes.h>
#    include <stdio.h>
#    include <stdlib.h>
#    include <string.h>

enum {
    POLL_MS = 2000,
    VALUE_MAX = 1024 * 1024,  /* bytes that libsystemd unpacks of a value */
    MESSAGE_MAX = 768 * 1024, /* escaped; a line is no longer than 1 MiB */
    FIELD_MAX = 4096,         /* likewise, of another field */
    MESSAGE = 0,
};

static const char *const fields[] = {
    [MESSAGE] = "MESSAGE", "_HOSTNAME", "_SYSTEMD_UNIT",
    "SYSLOG_IDENTIFIER",   "PRIORITY",
};

struct journald {
    uv_poll_t poll;
    uv_timer_t timer; /* the next look: at once, or when nothing came */
    struct source_host host;
    struct journal_library sd;
    sd_journal *journal;
    char name[SOURCE_CURSOR];
    uint64_t poll_ms;
    void *token;
    bool is_open; /* on_open() was called, on_close() not yet */
    bool is_closing;
    bool is_behind;      /* the mark's entry is still to be passed over */
    int last_error;      /* said once */
    uint64_t unreadable; /* entries since the last that could be read */
    struct source_mark mark;
    struct buf lines;
    struct buf values[COUNT(fields)];
};

bool
journald_is_built(void)
{
    return true;
}

static void
tell(struct journald *journald, enum source_notice notice, const char *text)
{
    if (!journald->is_closing) {
        journald->host.on_notice(journald->host.ctx, notice, journald->name, 0,
                                 text);
    }
}

static void
tell_error(struct journald *journald, const char *what, int error)
{
    if (error < 0 && error != journald->last_error) {
        char text[256];
        snprintf(text, sizeof(text), "%s: %s; it is tried again", what,
                 strerror(-error));
        tell(journald, NOTICE_TOLD, text);
    }
    journald->last_error = error < 0 ? error : 0;
}

/* The end */

static void
release(struct journald *journald)
{
    journald->sd.journal_close(journald->journal);
    for (size_t i = 0; i < COUNT(fields); i++) {
        buf_free(&journald->values[i]);
    }
    buf_free(&journald->lines);
    mem_free(journald);
}

static void
on_closed(uv_handle_t *handle)
{
    struct journald *journald = handle->data;
    if (journald->is_open) {
        journald->host.on_close(journald->host.ctx, journald->token);
    }
    journald->host.on_end(journald->host.end_ctx, 0);
    release(journald);
}

static void
on_timer_closed(uv_handle_t *handle)
{
    struct journald *journald = handle->data;
    uv_close((uv_handle_t *)&journald->poll, on_closed);
}

void
journald_close(struct journald *journald)
{
    if (!journald->is_closing) {
        journald->is_closing = true;
        uv_poll_stop(&journald->poll);
        uv_close((uv_handle_t *)&journald->timer, on_timer_closed);
    }
}

/* An entry as a line of JSON */

/* Bytes that are no UTF-8 stay as they are, as in any log. */
static void
add_byte(struct buf *out, char byte)
{
    if (byte == '"' || byte == '\\') {
        buf_add_byte(out, '\\');
        buf_add_byte(out, byte);
    } else if (byte == '\n') {
        buf_add_text(out, "\\n");
    } else if ((unsigned char)byte < ' ') {
        buf_print(out, "\\u%04x", (unsigned)byte);
    } else {
        buf_add_byte(out, byte);
    }
}

static void
add_field(struct buf *out, const char *name, struct slice value, size_t most)
{
    buf_print(out, ",\"%s\":\"", name);
    size_t end = out->len + most;
    for (size_t i = 0; i < value.len && out->len < end; i++) {
        add_byte(out, value.data[i]);
    }
    buf_add_byte(out, '"');
}

static void
keep_field(struct journald *journald, struct slice pair)
{
    struct slice name;
    if (!slice_cut(&pair, '=', &name)) {
        return;
    }
    for (size_t i = 0; i < COUNT(fields); i++) {
        if (slice_equal(name, slice_from(fields[i]))) {
            buf_clear(&journald->values[i]);
            buf_add(&journald->values[i], pair);
            return;
        }
    }
}

/* Below 0: an error number. */
static int
read_fields(struct journald *journald)
{
    const void *data;
    size_t len;
    int got;
    for (size_t i = 0; i < COUNT(fields); i++) {
        buf_clear(&journald->values[i]);
    }
    journald->sd.journal_restart_data(journald->journal);
    while ((got = journald->sd.journal_enumerate_available_data(
                journald->journal, &data, &len))
           > 0) {
        keep_field(journald, slice_of(data, len));
    }
    return got;
}

/* How far it was read also moves on where an entry cannot be read. */
static int
read_cursor(struct journald *journald)
{
    char *cursor;
    int error = journald->sd.journal_get_cursor(journald->journal, &cursor);
    if (error >= 0) {
        snprintf(journald->mark.cursor, sizeof(journald->mark.cursor), "%s",
                 cursor);
        free(cursor);
    }
    return error;
}

static void
tell_unreadable(struct journald *journald, int error)
{
    char text[256];
    if (error < 0) {
        if (journald->unreadable++ == 0) {
            snprintf(text, sizeof(text), "an entry cannot be read: %s",
                     strerror(-error));
            tell(journald, NOTICE_LOST, text);
        }
        return;
    }
    if (journald->unreadable > 1) {
        snprintf(text, sizeof(text), "%" PRIu64 " entries could not be read",
                 journald->unreadable);
        tell(journald, NOTICE_LOST, text);
    }
    journald->unreadable = 0;
}

static void
add_entry(struct journald *journald)
{
    struct buf *out = &journald->lines;
    uint64_t time = 0;
    int error =
        journald->sd.journal_get_realtime_usec(journald->journal, &time);
    int read = read_fields(journald);
    error = error < 0 ? error : read;
    tell_unreadable(journald, error);
    (void)read_cursor(journald);
    if (error < 0) {
        return;
    }
    buf_print(out, "{\"__REALTIME_TIMESTAMP\":\"%" PRIu64 "\"", time);
    for (size_t i = COUNT(fields); i-- > 0;) {
        struct slice value = buf_slice(&journald->values[i]);
        if (value.len > 0) {
            add_field(out, fields[i], value,
                      i == MESSAGE ? MESSAGE_MAX : FIELD_MAX);
        }
    }
    buf_add_text(out, "}\n");
}

/* Reading on */

/* False: there is no entry by now. */
static bool
next_entry(struct journald *journald)
{
    int got = journald->sd.journal_next(journald->journal);
    if (got > 0 && journald->is_behind) {
        journald->is_behind = false;
        if (journald->sd.journal_test_cursor(journald->journal,
                                             journald->mark.cursor)
            > 0) {
            got = journald->sd.journal_next(journald->journal);
        }
    }
    tell_error(journald, "reading the journal", got);
    return got > 0;
}

/* True: there may be more. */
static bool
read_batch(struct journald *journald)
{
    bool has_more = true;
    buf_clear(&journald->lines);
    while (journald->lines.len < SOURCE_SLICE
           && (has_more = next_entry(journald))) {
        add_entry(journald);
    }
    struct slice lines = buf_slice(&journald->lines);
    if (lines.len > 0) {
        journald->host.on_bytes(journald->host.ctx, journald->token, lines);
        journald->host.on_mark(journald->host.ctx, journald->token,
                               &journald->mark);
    }
    return has_more;
}

/* When libsystemd, which cannot be told of changes everywhere, wants to look. */
static uint64_t
next_look(struct journald *journald)
{
    uint64_t until;
    uint64_t now = uv_hrtime() / 1000;
    if (journald->sd.journal_get_timeout(journald->journal, &until) < 0
        || until == UINT64_MAX) {
        return journald->poll_ms;
    }
    uint64_t wait = until > now ? (until - now) / 1000 + 1 : 1;
    return wait < journald->poll_ms ? wait : journald->poll_ms;
}

static void on_timer(uv_timer_t *timer);

static void
look(struct journald *journald)
{
    /* Files that come and go are libsystemd's affair: it goes on behind the
     * entry where it was. */
    int error = journald->sd.journal_process(journald->journal);
    if (error < 0) {
        tell_error(journald, "watching the journal", error);
    }
    bool has_more = read_batch(journald);
    if (!journald->is_closing) {
        uv_timer_start(&journald->timer, on_timer,
                       has_more ? 0 : next_look(journald), 0);
    }
}

static void
on_timer(uv_timer_t *timer)
{
    look(timer->data);
}

static void
on_poll(uv_poll_t *poll, int status, int events)
{
    (void)status;
    (void)events;
    look(poll->data);
}

/* Opening */

static int
add_match(struct journald *journald, const char *field, struct slice value,
          const char *suffix)
{
    struct buf text = {0};
    buf_print(&text, "%s=%.*s%s", field, SLICE_ARG(value), suffix);
    int error =
        journald->sd.journal_add_match(journald->journal, text.data, text.len);
    buf_free(&text);
    return error;
}

/* A dot alone does not tell: snap.microk8s.daemon-kubelite is a service. */
static bool
is_whole(struct slice unit)
{
    static const char *const types[] = {".service", ".scope", ".slice",
                                        ".socket",  ".mount", ".timer"};
    for (size_t i = 0; i < COUNT(types); i++) {
        if (slice_ends(unit, slice_from(types[i]))) {
            return true;
        }
    }
    return false;
}

/* (_SYSTEMD_UNIT=a.service or =b.service) or (SYSLOG_IDENTIFIER=a or =b) */
static int
add_matches(struct journald *journald, const struct journald_config *config)
{
    int error = 0;
    for (size_t i = 0; i < config->unit_count && error >= 0; i++) {
        struct slice unit = slice_from(config->units[i]);
        error = add_match(journald, "_SYSTEMD_UNIT", unit,
                          is_whole(unit) ? "" : ".service");
    }
    if (config->unit_count > 0 && error >= 0) {
        error = journald->sd.journal_add_disjunction(journald->journal);
    }
    for (size_t i = 0; i < config->unit_count && error >= 0; i++) {
        struct slice unit = slice_from(config->units[i]);
        struct slice suffix = SLICE(".service");
        if (slice_ends(unit, suffix)) {
            unit = slice_before(unit, unit.len - suffix.len);
        }
        error = add_match(journald, "SYSLOG_IDENTIFIER", unit, "");
    }
    return error;
}

/* Whether the entry that the mark names is still there; asked without matches,
 * since other units may have been wanted then. */
static bool
has_entry(struct journald *journald)
{
    sd_journal *journal = journald->journal;
    const char *cursor = journald->mark.cursor;
    return journald->sd.journal_seek_cursor(journal, cursor) >= 0
        && journald->sd.journal_next(journal) > 0
        && journald->sd.journal_test_cursor(journal, cursor) > 0;
}

/* The end is the cursor of the last entry, whoever wrote it. */
static void
find_end(struct journald *journald)
{
    if (journald->sd.journal_seek_tail(journald->journal) < 0
        || journald->sd.journal_previous(journald->journal) <= 0
        || read_cursor(journald) < 0) {
        journald->mark.cursor[0] = '\0';
    }
}

static void
find_mark(struct journald *journald, bool from_start)
{
    struct source_mark *mark = &journald->mark;
    struct source_mark before;
    if (!journald->host.recall(journald->host.ctx, mark->identity, SLICE(""),
                               &before)
        || before.cursor[0] == '\0') {
        if (!from_start) {
            find_end(journald);
        }
        return;
    }
    memcpy(mark->cursor, before.cursor, sizeof(mark->cursor));
    if (!has_entry(journald)) {
        tell(journald, NOTICE_LOST,
             "the entry that was read last is gone; what stood behind it may "
             "be gone, too");
    }
}

/* Behind the mark, else at the start. */
static int
seek(struct journald *journald, const struct journald_config *config)
{
    sd_journal *journal = journald->journal;
    int error;
    find_mark(journald, config->from_start);
    error = add_matches(journald, config);
    if (error < 0) {
        return error;
    }
    journald->is_behind = journald->mark.cursor[0] != '\0';
    if (journald->is_behind
        && journald->sd.journal_seek_cursor(journal, journald->mark.cursor)
               >= 0) {
        return 0;
    }
    journald->is_behind = false;
    return journald->sd.journal_seek_head(journal);
}

static int
open_journal(struct journald *journald, const struct journald_config *config)
{
    sd_id128_t machine;
    char *identity = journald->mark.identity;
    if (config->folder) {
        uint64_t hash = slice_hash(slice_from(config->folder), 0);
        char *path = realpath(config->folder, NULL);
        if (path) {
            hash = slice_hash(slice_from(path), 0);
            free(path);
        }
        snprintf(identity, SOURCE_IDENTITY, "journal:%016" PRIx64, hash);
        snprintf(journald->name, sizeof(journald->name), "journal %s",
                 config->folder);
        return journald->sd.journal_open_directory(&journald->journal,
                                                   config->folder, 0);
    }
    if (journald->sd.id128_get_machine(&machine) < 0) {
        machine = SD_ID128_NULL;
    }
    snprintf(identity, SOURCE_IDENTITY, "journal:" SD_ID128_FORMAT_STR,
             SD_ID128_FORMAT_VAL(machine));
    snprintf(journald->name, sizeof(journald->name), "journal");
    return journald->sd.journal_open(&journald->journal, SD_JOURNAL_LOCAL_ONLY);
}

static void
tell_empty(struct journald *journald)
{
    uint64_t bytes = 0;
    if (journald->sd.journal_get_usage(journald->journal, &bytes) >= 0
        && bytes == 0) {
        tell(journald, NOTICE_TOLD,
             "there is no file that can be read; be root or of the group "
             "systemd-journal, or name its folder with --journal-dir");
    }
}

static bool
refuse(struct journald *journald, int error, const char *what,
       struct fault *fault)
{
    fault_set(fault, FAULT_INPUT, error, "%s %s: %s", what, journald->name,
              strerror(error));
    release(journald);
    return false;
}

/* On failure it is released. */
static bool
start(struct journald *journald, const struct journald_config *config,
      uv_loop_t *loop, struct fault *fault)
{
    int error = open_journal(journald, config);
    if (error < 0) {
        return refuse(journald, -error, "opening the", fault);
    }
    (void)journald->sd.journal_set_data_threshold(journald->journal, VALUE_MAX);
    int fd = journald->sd.journal_get_fd(journald->journal);
    if (fd < 0) {
        return refuse(journald, -fd, "watching the", fault);
    }
    error = seek(journald, config);
    if (error < 0) {
        return refuse(journald, -error, "reading the", fault);
    }
    error = uv_poll_init(loop, &journald->poll, fd);
    if (error) {
        return refuse(journald, -error, "watching the", fault);
    }
    return true;
}

struct journald *
journald_open(uv_loop_t *loop, const struct journald_config *config,
              const struct source_host *host, struct fault *fault)
{
    struct journal_library sd;
    if (!journal_library_load(&sd, fault)) {
        return NULL;
    }
    struct journald *journald = MEM_NEW(struct journald);
    journald->sd = sd;
    journald->host = *host;
    journald->poll_ms = config->poll_ms ? config->poll_ms : POLL_MS;
    if (!start(journald, config, loop, fault)) {
        return NULL;
    }
    uv_timer_init(loop, &journald->timer);
    journald->poll.data = journald;
    journald->timer.data = journald;
    journald->is_open = true;
    journald->token = host->on_open(host->ctx, journald->name, &journald->mark);
    tell_empty(journald);
    /* It can fail for a handle that closes only. */
    (void)uv_poll_start(&journald->poll, UV_READABLE, on_poll);
    uv_timer_start(&journald->timer, on_timer, 0, 0);
    return journald;
}

#endif
