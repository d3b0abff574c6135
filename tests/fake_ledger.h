/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PULLWHY_TESTS_FAKE_LEDGER_H
#define PULLWHY_TESTS_FAKE_LEDGER_H

/*
 * A ledger and a catalogue whose contents a test sets by hand, so that store/
 * is tested alone. Linked before libanalyzer.a, it stands in for ledger.c,
 * incident.c, catalog.c and facts.c as far as store/ asks them.
 */

#include "incident/ledger.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The fake catalogue: unauthorized, not-found, back-off, unknown. */
const struct catalog *fake_catalog(void);

struct ledger *fake_ledger_new(void);
void fake_ledger_free(struct ledger *ledger);

/* One more incident, open, in its first life; the caller sets the rest. */
struct incident *fake_incident(struct ledger *ledger, const char *key,
                               const char *cause);

/* Takes `gone` off the ledger and reports it as folded into `into`. */
void fake_join(struct ledger *ledger, struct incident *gone,
               struct incident *into);

#endif
