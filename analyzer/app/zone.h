/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PULLWHY_APP_ZONE_H
#define PULLWHY_APP_ZONE_H

#include <stdint.h>

/* What the local zone adds to UTC at that moment; both in microseconds. */
int64_t zone_offset(int64_t us);

#endif
