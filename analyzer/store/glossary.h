/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PULLWHY_STORE_GLOSSARY_H
#define PULLWHY_STORE_GLOSSARY_H

/*
 * The catalogue's words in a history, so that it can be read without the
 * catalogue. What is there already is only read, and no lock is taken.
 */

#include "base/fault.h"
#include "match/catalog.h"
#include "store/db.h"

#include <stdbool.h>

MUST_CHECK bool glossary_note(struct db *db, const struct catalog *catalog,
                              struct fault *fault);

#endif
