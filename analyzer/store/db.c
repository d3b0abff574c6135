/* SPDX-License-Identifier: Apache-2.0 */
#include "store/db.h"

#include "base/buf.h"
#include "base/embedded.h"
#include "base/mem.h"
#include "store/blank.h"
#include "store/guard.h"
#include "store/since.h"

#include <sqlite3.h>

#include <errno.h>
#include <stdint.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
    APPLICATION_ID = 1886743671, /* "pulw", as sql/migrations/001.sql sets it */
    CHECK_BYTES = 16 * 1024 * 1024, /* as many are read through at the start */
};

/* How long another writer is waited for. */
static const int busy_ms[] = {
    [DB_WRITE] = 5000,
    [DB_HASTY] = 20, /* while reading waits */
    [DB_READ] = 5000,
};

struct db {
    struct sqlite3 *handle;
    char *path;
    enum db_mode mode;
    struct stat opened; /* the file; of no size before it is known */
};

/* What sql/statements/identify.sql tells of a file. */
struct identity {
    int application;
    int version;
    int objects;
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
    if (!sql) {
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

static bool
run_file(struct db *db, const char *name, struct fault *fault)
{
    const char *sql = db_file(name, fault);
    if (!sql) {
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
    return run_file(db, "statements/begin.sql", fault);
}

bool
db_commit(struct db *db, struct fault *fault)
{
    return run_file(db, "statements/commit.sql", fault);
}

void
db_rollback(struct db *db)
{
    struct fault ignored;
    /* Some errors (a full disk) have rolled back by themselves. */
    if (!sqlite3_get_autocommit(db->handle)) {
        (void)run_file(db, "statements/rollback.sql", &ignored);
    }
}

static bool
identify(struct db *db, struct identity *identity, struct fault *fault)
{
    struct sqlite3_stmt *statement =
        db_prepare_file(db, "statements/identify.sql", fault);
    if (!statement) {
        return false;
    }
    bool has_row = sqlite3_step(statement) == SQLITE_ROW;
    if (has_row) {
        identity->application = sqlite3_column_int(statement, 0);
        identity->version = sqlite3_column_int(statement, 1);
        identity->objects = sqlite3_column_int(statement, 2);
    } else {
        db_fault(db, fault);
    }
    sqlite3_finalize(statement);
    return has_row;
}

/* "sql/migrations/NNN.sql" gives NNN, anything else 0. */
static int
migration_number(const struct embedded *file)
{
    struct slice rest = slice_from(file->name);
    struct slice digits;
    uint64_t number;
    if (slice_skip(&rest, SLICE("sql/migrations/"))
        && slice_cut(&rest, '.', &digits) && slice_to_u64(digits, &number)
        && number < 1000) {
        return (int)number;
    }
    return 0;
}

static int
newest_version(void)
{
    int newest = 0;
    for (const struct embedded *row = embedded_sql; row->name; row++) {
        int number = migration_number(row);
        newest = number > newest ? number : newest;
    }
    return newest;
}

static bool
identity_is_ours(const struct identity *identity, struct fault *fault)
{
    bool is_new = identity->application == 0 && identity->version == 0
               && identity->objects == 0;
    if (!is_new && identity->application != APPLICATION_ID) {
        return fault_set(fault, FAULT_INPUT, 0,
                         "a database of another program (application_id %d); "
                         "name another file with --db",
                         identity->application);
    }
    if (identity->version > newest_version()) {
        return fault_set(
            fault, FAULT_INPUT, 0,
            "made by a newer pullwhy (its schema is %d, known here "
            "is %d); use that one, or another file with --db",
            identity->version, newest_version());
    }
    return true;
}

/* Within a transaction: all migrations that are missing, then the views. */
static bool
migrate_from(struct db *db, int version, struct fault *fault)
{
    for (const struct embedded *row = embedded_sql; row->name; row++) {
        if (migration_number(row) > version
            && !run_file(db, row->name + strlen("sql/"), fault)) {
            return false;
        }
    }
    return run_file(db, "views.sql", fault);
}

static bool
migrate(struct db *db, struct fault *fault)
{
    struct identity identity = {0};
    if (!identify(db, &identity, fault)
        || !identity_is_ours(&identity, fault)) {
        return false;
    }
    if (identity.version == newest_version()) {
        return true;
    }
    if (!db_begin(db, fault)) {
        return false;
    }
    /* Asked again: another process may have migrated before the lock. */
    if (!identify(db, &identity, fault) || !identity_is_ours(&identity, fault)
        || (identity.version < newest_version()
            && !migrate_from(db, identity.version, fault))
        || !db_commit(db, fault)) {
        db_rollback(db);
        return false;
    }
    return true;
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
        (void)run_file(db, "statements/journal-delete.sql", &ignored);
    }
}

static bool
make_folder(const char *path, struct fault *fault)
{
    struct stat status;
    if (mkdir(path, S_IRWXU) == 0 || errno == EEXIST) {
        return true;
    }
    /* A read-only root says EROFS even of a folder that is there. */
    int code = errno;
    if (stat(path, &status) == 0) {
        return true;
    }
    return fault_set(fault, FAULT_SYSTEM,
                     code == ENOSPC ? SQLITE_FULL : SQLITE_CANTOPEN,
                     "making the folder %s: %s", path, strerror(code));
}

/* Makes the folders above the file that are missing. */
static bool
make_folders(const char *path, struct fault *fault)
{
    char *folder = mem_string(slice_from(path));
    bool is_made = true;
    for (char *slash = strchr(folder + (*folder != '\0'), '/');
         slash && is_made; slash = strchr(slash + 1, '/')) {
        *slash = '\0';
        is_made = make_folder(folder, fault);
        *slash = '/';
    }
    mem_free(folder);
    return is_made;
}

static bool
connect(struct db *db, const char *name, int flags, struct fault *fault)
{
    if (sqlite3_open_v2(name, &db->handle, flags, NULL) != SQLITE_OK
        || sqlite3_busy_timeout(db->handle, busy_ms[db->mode]) != SQLITE_OK
        || since_register(db->handle) != SQLITE_OK) {
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
    struct identity identity = {0};
    if (!make_folders(db->path, fault)) {
        return false;
    }
    bool is_blank = blank_place(db->path);
    if (!connect(db, db->path, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE,
                 fault)) {
        return false;
    }
    /* Nothing of a stranger's file is touched, not even its journal mode. */
    if (!identify(db, &identity, fault) || !identity_is_ours(&identity, fault)
        || !check_writable(db, fault)
        || (identity.objects == 0
            && !run_file(db, "statements/setup.sql", fault))) {
        return false;
    }
    /* There is nothing in it that a loss of power could take away. */
    if (is_blank && !run_file(db, "statements/open-blank.sql", fault)) {
        return false;
    }
    choose_journal(db);
    if (!run_file(db, "statements/open-write.sql", fault)
        || (identity.objects > 0 && !db_check(db, fault))
        || !migrate(db, fault)) {
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
    struct identity identity = {0};
    if (access(db->path, F_OK) != 0) {
        return fault_set(fault, FAULT_INPUT, errno,
                         "%s; let pullwhy read a log first, or name another "
                         "file with --db",
                         strerror(errno));
    }
    if (!connect(db, db->path, SQLITE_OPEN_READONLY, fault)) {
        return false;
    }
    if (!identify(db, &identity, fault)) {
        int code = fault->code & 0xff;
        if ((code != SQLITE_CANTOPEN && code != SQLITE_READONLY)
            || access(db->path, R_OK) != 0 || !open_unchanging(db, fault)
            || !identify(db, &identity, fault)) {
            return false;
        }
    }
    if (!identity_is_ours(&identity, fault)) {
        return false;
    }
    if (identity.version == 0) {
        return fault_set(fault, FAULT_INPUT, 0,
                         "the file is empty; let pullwhy read a log first");
    }
    if (!run_file(db, "statements/open-read.sql", fault)) {
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

struct db *
db_open(const char *path, enum db_mode mode, struct fault *fault)
{
    struct db *db = MEM_NEW(struct db);
    configure();
    db->path = mem_string(slice_from(path));
    db->mode = mode;
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
    sqlite3_close(db->handle);
    mem_free(db->path);
    mem_free(db);
}

void
db_abandon(struct db *db)
{
    sqlite3_db_config(db->handle, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, NULL);
    db_close(db);
}

void
db_set_mode(struct db *db, enum db_mode mode)
{
    db->mode = mode;
    sqlite3_busy_timeout(db->handle, busy_ms[mode]);
}

enum db_fate
db_look(struct db *db)
{
    struct stat now;
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
    (void)run_file(db, "statements/settle.sql", &ignored);
}

bool
db_is_ours(struct db *db, struct fault *fault)
{
    struct identity identity = {0};
    return identify(db, &identity, fault) && identity_is_ours(&identity, fault);
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
