/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PULLWHY_APP_PROCESSORS_H
#define PULLWHY_APP_PROCESSORS_H

/*
 * How many processors this process may keep busy: those that it may run on, or
 * fewer if its control group (or one that holds it) has a quota. At least 1.
 * `root` stands before /proc and /sys: "" but for tests.
 */
unsigned processors_usable(const char *root);

#endif
