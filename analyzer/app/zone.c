/* SPDX-License-Identifier: Apache-2.0 */
#include "app/zone.h"

#include "base/stamp.h"

#include <time.h>

int64_t
zone_offset(int64_t us)
{
    time_t seconds = (time_t)(us / STAMP_SECOND);
    struct tm local;
    if (!localtime_r(&seconds, &local)) {
        return 0;
    }
    int64_t days =
        stamp_days(local.tm_year + 1900, local.tm_mon + 1, local.tm_mday);
    int64_t minutes = days * 24 * 60 + (int64_t)local.tm_hour * 60;
    int64_t there = (minutes + local.tm_min) * 60 + local.tm_sec;
    return (there - (int64_t)seconds) * STAMP_SECOND;
}
