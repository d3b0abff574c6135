/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PULLWHY_STORE_GUARD_H
#define PULLWHY_STORE_GUARD_H

/*
 * Makes a connection harmless, so that it may run SQL of the user's: it reads
 * this one file and can change neither it, nor another file, nor itself.
 */

struct sqlite3;

/* From here on whatever does more than read fails with SQLITE_AUTH. */
void guard_install(struct sqlite3 *handle);

#endif
