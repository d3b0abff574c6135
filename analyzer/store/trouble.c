/* SPDX-License-Identifier: Apache-2.0 */
#include "store/trouble.h"

#include "base/slice.h"

#include <sqlite3.h>

#include <assert.h>
#include <stddef.h>

static const char *const trouble_names[] = {
    [TROUBLE_NONE] = "fine",
    [TROUBLE_LOCKED] = "locked",
    [TROUBLE_FULL] = "no space left",
    [TROUBLE_UNWRITABLE] = "cannot be written",
    [TROUBLE_CORRUPT] = "corrupt",
    [TROUBLE_GONE] = "gone",
    [TROUBLE_REFUSED] = "refused",
    [TROUBLE_OTHER] = "failing",
};
static_assert(COUNT(trouble_names) == TROUBLES, "name each trouble");

/* By SQLite's codes; all that is not here is TROUBLE_OTHER. */
static const struct {
    int code;
    enum trouble trouble;
} troubles[] = {
    {0, TROUBLE_REFUSED}, /* SQLite had nothing to say against it */
    {SQLITE_BUSY, TROUBLE_LOCKED},
    {SQLITE_LOCKED, TROUBLE_LOCKED},
    {SQLITE_PROTOCOL, TROUBLE_LOCKED},
    {SQLITE_FULL, TROUBLE_FULL},
    {SQLITE_READONLY, TROUBLE_UNWRITABLE},
    {SQLITE_CANTOPEN, TROUBLE_UNWRITABLE},
    {SQLITE_PERM, TROUBLE_UNWRITABLE},
    {SQLITE_CORRUPT, TROUBLE_CORRUPT},
    {SQLITE_NOTADB, TROUBLE_CORRUPT},
};

enum trouble
trouble_of(const struct fault *fault)
{
    if (fault->code == SQLITE_READONLY_DBMOVED) {
        return TROUBLE_GONE;
    }
    for (size_t i = 0; i < COUNT(troubles); i++) {
        if (troubles[i].code == (fault->code & 0xff)) {
            return troubles[i].trouble;
        }
    }
    return TROUBLE_OTHER;
}

const char *
trouble_name(enum trouble trouble)
{
    return trouble_names[trouble];
}
