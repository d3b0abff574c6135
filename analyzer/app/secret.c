/* SPDX-License-Identifier: Apache-2.0 */
#include "app/secret.h"

#include <uv.h>

struct keyed
secret_draw(void)
{
    struct keyed key = {{0, 0}};
    (void)uv_random(NULL, NULL, &key, sizeof(key), 0, NULL);
    return key;
}
