/* SPDX-License-Identifier: Apache-2.0 */
#include "store/db.h"

#include "base/buf.h"
#include "base/embedded.h"
#include "base/mem.h"
#include "store/blank.h"
#include "store/folder.h"
#include "store/given.h"
#include "store/guard.h"
#include "store/schema.h"
#include "store/since.h"

#include <sqlite3.h>

#include <errno.h>
#include <stdint.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
    CHECK_BYTES = 16 * 1024 * 1024, /* as many are read through at the start */
};

/* How long another writer is waited for. */
static const int busy_ms[] = {
    [DB_WRITE] = 5000,
    [DB_HASTY] = 20, /* while reading waits */
    [DB_READ] = 5000,
};

struct db {
    struct sqlite3 *handle; /* NULL between its place and its next use */
    char *path;
    char *draft;    /* where it is until it is placed; NULL if it is there */
    bool is_placed; /* a moment ago, by this run */
    enum db_mode mode;
    struct stat opened; /* the file; of no size before it is known */
};

/* Causes that SQLite's own words do not make plain. */
static const struct {
    int code;
    enum fault_kind kind;
    const char *help;
} hints[] = {
    {SQLITE_BUSY, FAULT_SYSTEM,
     " (another program holds it; find it with fuser)"},
    {SQLITE_NOTADB, FAULT_INPUT,
     " (no history of pullwhy; name another file with --db, or move it away)"},
    {SQLITE_CORRUPT, FAULT_INPUT,
     " (the next run that writes it moves it away and begins a new one)"},
    {SQLITE_READONLY, FAULT_SYSTEM,
     " (the file or its folder cannot be written by this user)"},
    {SQLITE_CANTOPEN, FAULT_SYSTEM,
     " (the file or its folder cannot be read or written by this user)"},
    {SQLITE_FULL, FAULT_SYSTEM, " (no space is left on the device)"},
};

/* Some calls fail for want of space without saying so. */
static int
code_of(struct db *db)
{
    int code = sqlite3_extended_errcode(db->handle);
    int number = sqlite3_system_errno(db->handle);
    bool is_vague =
        (code & 0xff) == SQLITE_IOERR || (code & 0xff) == SQLITE_CANTOPEN;
    return is_vague && (number == ENOSPC || number == EDQUOT) ? SQLITE_FULL
                                                              : code;
}

bool
db_fault(struct db *db, struct fault *fault)
{
    int code = code_of(db);
    enum fault_kind kind = FAULT_SYSTEM;
    const char *help = "";
    for (size_t i = 0; i < COUNT(hints); i++) {
        if (hints[i].code == (code & 0xff)) {
            kind = hints[i].kind;
            help = hints[i].help;
        }
    }
    return fault_set(fault, kind, code, "%s%s", sqlite3_errmsg(db->handle),
                     help);
}

struct sqlite3 *
db_handle(struct db *db)
{
    return db->handle;
}

const char *
db_path(const struct db *db)
{
    return db->path;
}

const char *
db_file(const char *name, struct fault *fault)
{
    for (const struct embedded *row = embedded_sql; row->name; row++) {
        struct slice rest = slice_from(row->name);
        if (slice_skip(&rest, SLICE("sql/"))
            && slice_equal(rest, slice_from(name))) {
            return row->text;
        }
    }
    fault_set(fault, FAULT_SYSTEM, 0, "sql/%s is not built in", name);
    return NULL;
}

struct sqlite3_stmt *
db_prepare_file(struct db *db, const char *name, struct fault *fault)
{
    const char *sql = db_file(name, fault);
    struct sqlite3_stmt *statement = NULL;
    if (!sql || !db_ready(db, fault)) {
        return NULL;
    }
    if (sqlite3_prepare_v3(db->handle, sql, -1, SQLITE_PREPARE_PERSISTENT,
                           &statement, NULL)
        != SQLITE_OK) {
        db_fault(db, fault);
        fault_add(fault, "sql/%s", name);
        return NULL;
    }
    return statement;
}

bool
db_run(struct db *db, const char *name, struct fault *fault)
{
    const char *sql = db_file(name, fault);
    if (!sql || !db_ready(db, fault)) {
        return false;
    }
    if (sqlite3_exec(db->handle, sql, NULL, NULL, NULL) != SQLITE_OK) {
        db_fault(db, fault);
        return fault_add(fault, "sql/%s", name);
    }
    return true;
}

bool
db_begin(struct db *db, struct fault *fault)
{
    return db_run(db, "statements/begin.sql", fault);
}

bool
db_commit(struct db *db, struct fault *fault)
{
    return db_run(db, "statements/commit.sql", fault);
}

void
db_rollback(struct db *db)
{
    struct fault ignored;
    /* Some errors (a full disk) have rolled back by themselves. */
    if (db->handle && !sqlite3_get_autocommit(db->handle)) {
        (void)db_run(db, "statements/rollback.sql", &ignored);
    }
}

/*
 * WAL lets readers and the writer go on side by side. It needs memory that
 * processes share; where a file system has none, DELETE is what is left. A
 * mode that cannot be had now (another process has the file) is no fault.
 */
static void
choose_journal(struct db *db)
{
    struct fault ignored;
    bool is_wal = false;
    struct sqlite3_stmt *statement =
        db_prepare_file(db, "statements/journal-wal.sql", &ignored);
    if (statement && sqlite3_step(statement) == SQLITE_ROW) {
        const unsigned char *mode = sqlite3_column_text(statement, 0);
        is_wal = mode && sqlite3_stricmp((const char *)mode, "wal") == 0;
    }
    sqlite3_finalize(statement);
    if (!is_wal) {
        (void)db_run(db, "statements/journal-delete.sql", &ignored);
    }
}

static bool
connect(struct db *db, const char *name, int flags, struct fault *fault)
{
    if (sqlite3_open_v2(name, &db->handle, flags, NULL) != SQLITE_OK
        || sqlite3_busy_timeout(db->handle, busy_ms[db->mode]) != SQLITE_OK
        || since_register(db->handle) != SQLITE_OK
        || (db->mode != DB_READ && given_register(db->handle) != SQLITE_OK)) {
        return db_fault(db, fault);
    }
    sqlite3_extended_result_codes(db->handle, 1);
    return true;
}

/* A file that may not be written is opened all the same, to be read. */
static bool
check_writable(struct db *db, struct fault *fault)
{
    return sqlite3_db_readonly(db->handle, NULL) <= 0
        || fault_set(fault, FAULT_SYSTEM, SQLITE_READONLY, "%s",
                     sqlite3_errstr(SQLITE_READONLY));
}

static bool
open_for_writing(struct db *db, struct fault *fault)
{
    struct schema_identity identity = {0};
    if (!folder_make(db->path, fault)) {
        return false;
    }
    bool is_blank = blank_place(db->path);
    if (!connect(db, db->path, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE,
                 fault)) {
        return false;
    }
    /* Nothing of a stranger's file is touched, not even its journal mode. */
    if (!schema_identify(db, &identity, fault)
        || !schema_is_ours(&identity, fault) || !check_writable(db, fault)
        || (identity.objects == 0
            && !db_run(db, "statements/setup.sql", fault))) {
        return false;
    }
    /* There is nothing in it that a loss of power could take away. */
    if (is_blank && !db_run(db, "statements/open-blank.sql", fault)) {
        return false;
    }
    choose_journal(db);
    if (!db_run(db, "statements/open-write.sql", fault)
        || (identity.objects > 0 && !db->is_placed && !db_check(db, fault))
        || !schema_migrate(db, fault)) {
        return false;
    }
    (void)stat(db->path, &db->opened);
    return true;
}

/*
 * A WAL database wants to make its -shm file even to be read. Where the folder
 * forbids that, and no -wal holds anything, the file itself is all there is and
 * can be read as one that does not change.
 */
static bool
open_unchanging(struct db *db, struct fault *fault)
{
    struct buf name = {0};
    struct stat status;
    buf_print(&name, "%s-wal", db->path);
    if (stat(buf_string(&name), &status) == 0 && status.st_size > 0) {
        fault_add(fault, "its -wal file holds what is not in it yet, and the "
                         "folder cannot be written; ask as the user who writes "
                         "it, or copy the file together with its -wal");
        buf_free(&name);
        return false;
    }
    buf_clear(&name);
    buf_add_text(&name, "file:");
    for (const char *byte = db->path; *byte; byte++) {
        if (strchr("%?#", *byte)) {
            buf_print(&name, "%%%02X", (unsigned)*byte);
        } else {
            buf_add_byte(&name, *byte);
        }
    }
    buf_add_text(&name, "?immutable=1");
    sqlite3_close(db->handle);
    db->handle = NULL;
    bool is_open = connect(db, buf_string(&name),
                           SQLITE_OPEN_READONLY | SQLITE_OPEN_URI, fault);
    buf_free(&name);
    return is_open;
}

static bool
open_for_reading(struct db *db, struct fault *fault)
{
    struct schema_identity identity = {0};
    if (access(db->path, F_OK) != 0) {
        return fault_set(fault, FAULT_INPUT, errno,
                         "%s; let pullwhy read a log first, or name another "
                         "file with --db",
                         strerror(errno));
    }
    if (!connect(db, db->path, SQLITE_OPEN_READONLY, fault)) {
        return false;
    }
    if (!schema_identify(db, &identity, fault)) {
        int code = fault->code & 0xff;
        if ((code != SQLITE_CANTOPEN && code != SQLITE_READONLY)
            || access(db->path, R_OK) != 0 || !open_unchanging(db, fault)
            || !schema_identify(db, &identity, fault)) {
            return false;
        }
    }
    if (!schema_is_ours(&identity, fault)) {
        return false;
    }
    if (identity.version == 0) {
        return fault_set(fault, FAULT_INPUT, 0,
                         "the file is empty; let pullwhy read a log first");
    }
    if (!db_run(db, "statements/open-read.sql", fault)) {
        return false;
    }
    guard_install(db->handle);
    return true;
}

/*
 * One thread alone has to do with SQLite, and nobody asks what it allocates, so
 * it need not lock anything. Refused, and as it was said, from the second time.
 */
static void
configure(void)
{
    (void)sqlite3_config(SQLITE_CONFIG_SINGLETHREAD);
    (void)sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
}

static struct db *
db_new(const char *path, enum db_mode mode)
{
    struct db *db = MEM_NEW(struct db);
    configure();
    db->path = mem_string(slice_from(path));
    db->mode = mode;
    return db;
}

struct db *
db_open(const char *path, enum db_mode mode, struct fault *fault)
{
    struct db *db = db_new(path, mode);
    bool is_open = mode == DB_READ ? open_for_reading(db, fault)
                                   : open_for_writing(db, fault);
    if (!is_open) {
        db_close(db);
        fault_add(fault, "opening history %s", path);
        return NULL;
    }
    return db;
}

void
db_close(struct db *db)
{
    if (!db) {
        return;
    }
    if (db->draft) {
        (void)db_publish(db);
    }
    sqlite3_close(db->handle);
    mem_free(db->path);
    mem_free(db);
}

struct db *
db_open_draft(const char *path, enum db_mode mode)
{
    struct fault ignored;
    struct buf draft = {0};
    struct db *db = db_new(path, mode);
    if (!folder_make(path, &ignored) || !blank_draft(path, &draft)) {
        buf_free(&draft);
        db_close(db);
        return NULL;
    }
    db->draft = mem_string(buf_slice(&draft));
    buf_free(&draft);
    if (!connect(db, db->draft, SQLITE_OPEN_READWRITE, &ignored)
        || !db_run(db, "statements/open-draft.sql", &ignored)) {
        db_discard(db);
        db_close(db);
        return NULL;
    }
    return db;
}

bool
db_is_draft(const struct db *db)
{
    return db->draft != NULL;
}

static void
disconnect(struct db *db)
{
    sqlite3_close(db->handle);
    db->handle = NULL;
    mem_free(db->draft);
    db->draft = NULL;
}

bool
db_publish(struct db *db)
{
    struct fault ignored;
    char *draft = mem_string(slice_from(db->draft));
    if (db_run(db, "statements/end-draft.sql", &ignored)) {
        choose_journal(db);
    }
    disconnect(db);
    db->is_placed = blank_publish(draft, db->path);
    if (db->is_placed) {
        (void)stat(db->path, &db->opened);
    }
    mem_free(draft);
    return db->is_placed;
}

void
db_discard(struct db *db)
{
    (void)unlink(db->draft);
    disconnect(db);
}

bool
db_ready(struct db *db, struct fault *fault)
{
    if (db->handle || open_for_writing(db, fault)) {
        return true;
    }
    sqlite3_close(db->handle);
    db->handle = NULL;
    return fault_add(fault, "opening history %s", db->path);
}

void
db_abandon(struct db *db)
{
    if (db->draft) {
        db_discard(db);
    }
    if (db->handle) {
        sqlite3_db_config(db->handle, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1,
                          NULL);
    }
    db_close(db);
}

void
db_set_mode(struct db *db, enum db_mode mode)
{
    db->mode = mode;
    if (db->handle) {
        sqlite3_busy_timeout(db->handle, busy_ms[mode]);
    }
}

enum db_fate
db_look(struct db *db)
{
    struct stat now;
    if (!db->handle && !db->is_placed) {
        return DB_THERE; /* as it is opened next */
    }
    if (stat(db->path, &now) != 0) {
        /* A folder that cannot be searched for now says nothing of the file. */
        return errno == ENOENT || errno == ENOTDIR ? DB_GONE : DB_THERE;
    }
    if (now.st_dev != db->opened.st_dev || now.st_ino != db->opened.st_ino) {
        return DB_GONE;
    }
    off_t before = db->opened.st_size;
    db->opened = now;
    if (now.st_size == 0) {
        return DB_EMPTIED;
    }
    return now.st_size < before ? DB_SHRUNK : DB_THERE;
}

void
db_settle(struct db *db)
{
    struct fault ignored;
    if (db->handle) {
        (void)db_run(db, "statements/settle.sql", &ignored);
    }
}

bool
db_is_ours(struct db *db, struct fault *fault)
{
    struct schema_identity identity = {0};
    return schema_identify(db, &identity, fault)
        && schema_is_ours(&identity, fault);
}

bool
db_check(struct db *db, struct fault *fault)
{
    struct stat status;
    if (stat(db->path, &status) != 0 || status.st_size > CHECK_BYTES) {
        return true;
    }
    struct sqlite3_stmt *statement =
        db_prepare_file(db, "statements/check.sql", fault);
    if (!statement) {
        return false;
    }
    const char *said = NULL;
    bool is_fine = true;
    if (sqlite3_step(statement) == SQLITE_ROW) {
        said = (const char *)sqlite3_column_text(statement, 0);
    }
    if (!said) {
        is_fine = db_fault(db, fault);
    } else if (strcmp(said, "ok") != 0) {
        /* The first line names the database by SQLite's own name for it. */
        const char *line = strrchr(said, '\n');
        is_fine = fault_set(fault, FAULT_INPUT, SQLITE_CORRUPT, "%s",
                            line ? line + 1 : said);
    }
    sqlite3_finalize(statement);
    return is_fine;
}
