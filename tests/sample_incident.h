/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PULLWHY_TESTS_SAMPLE_INCIDENT_H
#define PULLWHY_TESTS_SAMPLE_INCIDENT_H

/* An incident made by hand, for the tests of the renderers. */

#include "incident/incident.h"

struct sample_incident {
    struct cause cause;
    struct incident incident;
    struct affected affected[5];
    struct slice facts[FACTS]; /* room for any */
};

/* Fills *sample, which must not move afterwards. */
void sample_incident_init(struct sample_incident *sample);

#endif
