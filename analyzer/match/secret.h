/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PULLWHY_MATCH_SECRET_H
#define PULLWHY_MATCH_SECRET_H

/*
 * By which names secrets are called, without regard to case; a name is made of
 * bytes of BYTE_NAME.
 */

#include "base/slice.h"

#include <stdbool.h>

/* Whether what stands behind `name` in key=V or "key":"V" is a secret. */
bool secret_is_name(struct slice name);

/* Likewise behind a parameter of a URL. */
bool secret_is_parameter(struct slice name);

/* Whether a name that ends as the text does may be one; mostly not. */
bool secret_may_end(struct slice text);

#endif
