/* SPDX-License-Identifier: Apache-2.0 */
#include "app/replace.h"
#include "scratch.h"
#include "text.h"

#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

static void
put(const char *path, const char *text)
{
    struct buf out = {0};
    struct fault fault = {0};
    buf_add_text(&out, text);
    if (!replace_file(path, &out, &fault)) {
        fail_msg("%s", fault.text);
    }
    assert_int_equal(out.len, 0);
    buf_free(&out);
}

static void
assert_holds(const char *path, const char *text)
{
    char found[64] = "";
    FILE *file = fopen(path, "r");
    assert_non_null(file);
    found[fread(found, 1, sizeof(found) - 1, file)] = '\0';
    fclose(file);
    assert_string_equal(found, text);
}

static size_t
files_in(const char *folder)
{
    size_t count = 0;
    DIR *entries = opendir(folder);
    assert_non_null(entries);
    while (readdir(entries)) {
        count++;
    }
    closedir(entries);
    return count - 2;
}

static void
a_file_is_made_and_replaced(void **state)
{
    struct scratch *scratch = *state;
    const char *path = scratch_path(scratch, "page.html");
    struct stat made;
    mode_t mask = umask(027);
    put(path, "one");
    umask(mask);
    assert_int_equal(stat(path, &made), 0);
    assert_int_equal(made.st_mode & 0777, 0640);
    assert_int_equal(chmod(path, 0604), 0);
    int old = open(path, O_RDONLY);
    put(path, "another");
    assert_holds(path, "another");
    assert_int_equal(stat(path, &made), 0);
    assert_int_equal(made.st_mode & 0777, 0604);
    /* Who has the old one open reads on in it. */
    char text[8] = "";
    assert_int_equal(read(old, text, sizeof(text) - 1), 3);
    assert_string_equal(text, "one");
    close(old);
    assert_int_equal(files_in(scratch->folder), 1);
}

static void
what_is_no_regular_file_is_written_to(void **state)
{
    struct scratch *scratch = *state;
    char target[640];
    struct stat there;
    strcpy(target, scratch_path(scratch, "target"));
    put(target, "a long text");
    const char *path = scratch_path(scratch, "link");
    assert_int_equal(symlink(target, path), 0);
    put(path, "short");
    assert_holds(target, "short");
    assert_int_equal(lstat(path, &there), 0);
    assert_true(S_ISLNK(there.st_mode));
    put("/dev/null", "text");
    assert_int_equal(lstat("/dev/null", &there), 0);
    assert_true(S_ISCHR(there.st_mode));
}

static void
what_cannot_be_written_is_told(void **state)
{
    struct scratch *scratch = *state;
    struct buf out = {0};
    struct fault fault = {0};
    buf_add_text(&out, "text");
    assert_false(
        replace_file(scratch_path(scratch, "none/page.html"), &out, &fault));
    assert_non_null(strstr(fault.text, "none/page.html: No such file"));
    assert_int_equal(fault.kind, FAULT_SYSTEM);
    assert_false(replace_file("/dev/full", &out, &fault));
    assert_non_null(strstr(fault.text, "/dev/full: No space left"));
    assert_int_equal(files_in(scratch->folder), 0);
    buf_free(&out);
}

/* A limit stands for a disk that is full after four bytes. */
static void
what_does_not_fit_leaves_the_old_one(void **state)
{
    struct scratch *scratch = *state;
    const char *path = scratch_path(scratch, "page.html");
    struct buf out = {0};
    struct fault fault = {0};
    struct rlimit old;
    put(path, "old");
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &old), 0);
    const struct rlimit four = {4, old.rlim_max};
    (void)signal(SIGXFSZ, SIG_IGN);
    buf_add_text(&out, "longer");
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &four), 0);
    bool ok = replace_file(path, &out, &fault);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &old), 0);
    assert_false(ok);
    assert_non_null(strstr(fault.text, "page.html: File too large"));
    assert_holds(path, "old");
    assert_int_equal(files_in(scratch->folder), 1);
    buf_free(&out);
}

#define SCRATCH_TEST(name) \
    cmocka_unit_test_setup_teardown(name, scratch_setup, scratch_teardown)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        SCRATCH_TEST(a_file_is_made_and_replaced),
        SCRATCH_TEST(what_is_no_regular_file_is_written_to),
        SCRATCH_TEST(what_cannot_be_written_is_told),
        SCRATCH_TEST(what_does_not_fit_leaves_the_old_one),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
