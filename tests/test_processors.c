/* SPDX-License-Identifier: Apache-2.0 */
#include "app/processors.h"
#include "base/buf.h"
#include "scratch.h"
#include "text.h"

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static void
put(struct scratch *scratch, const char *name, const char *text)
{
    static const char *const folders[] = {
        "proc",
        "proc/self",
        "sys",
        "sys/fs",
        "sys/fs/cgroup",
        "sys/fs/cgroup/a.slice",
        "sys/fs/cgroup/a.slice/b.service",
    };
    for (size_t i = 0; i < COUNT(folders); i++) {
        (void)mkdir(scratch_path(scratch, folders[i]), 0700);
    }
    int fd =
        open(scratch_path(scratch, name), O_RDWR | O_CREAT | O_TRUNC, 0600);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, text, strlen(text)), (ssize_t)strlen(text));
    close(fd);
}

static void
quotas_bound_them(void **state)
{
    struct scratch *scratch = *state;
    const char *root = scratch->folder;
    const unsigned all = processors_usable(root); /* there is nothing */

    static const struct {
        const char *group;
        const char *quotas[3]; /* of the top, the slice, the service */
        bool is_one;
    } cases[] = {
        {"0::/a.slice/b.service\n", {"", "max 100000\n", "max 100000\n"}, 0},
        {"0::/a.slice/b.service\n", {"", "max 100000\n", "100000 100000\n"}, 1},
        {"0::/a.slice/b.service\n", {"", "199999 100000\n", "max 9\n"}, 1},
        {"0::/a.slice\n", {"", "max 100000\n", "100000 100000\n"}, 0},
        {"5:cpu:/\n0::/\n", {"50000 100000\n", "", ""}, 1},
        {"0::/\n", {"99900000 100000\n", "1 1\n", "1 1\n"}, 0},
        {"0::/a.slice\n", {"", "7 0\n", ""}, 0},
        {"0::/a.slice\n", {"", "much more\n", ""}, 0},
        {"0::/gone\n", {"", "1 1\n", "1 1\n"}, 0},
        {"5:cpu:/\n", {"1 1\n", "", ""}, 0},
        {"", {"1 1\n", "", ""}, 0},
    };

    assert_true(all >= 1);
    for (size_t i = 0; i < COUNT(cases); i++) {
        put(scratch, "proc/self/cgroup", cases[i].group);
        put(scratch, "sys/fs/cgroup/cpu.max", cases[i].quotas[0]);
        put(scratch, "sys/fs/cgroup/a.slice/cpu.max", cases[i].quotas[1]);
        put(scratch, "sys/fs/cgroup/a.slice/b.service/cpu.max",
            cases[i].quotas[2]);
        if (processors_usable(root) != (cases[i].is_one ? 1 : all)) {
            fail_msg("row %zu: %u of %u", i, processors_usable(root), all);
        }
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(quotas_bound_them, scratch_setup,
                                        scratch_teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
