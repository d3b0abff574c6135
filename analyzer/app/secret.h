/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PULLWHY_APP_SECRET_H
#define PULLWHY_APP_SECRET_H

/*
 * What nobody outside can foresee, another one each time. Where the system has
 * no randomness to give it is foreseen, and hashes are as good as without key.
 */

#include "base/keyed.h"

struct keyed secret_draw(void);

#endif
