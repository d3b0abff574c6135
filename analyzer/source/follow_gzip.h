/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PULLWHY_SOURCE_FOLLOW_GZIP_H
#define PULLWHY_SOURCE_FOLLOW_GZIP_H

/*
 * A file that gzip packed, read as if it were not. Offsets count unpacked
 * bytes; going back means unpacking from the start again.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct follow_gzip;

bool follow_gzip_takes(int fd); /* by its first bytes, not by a name */

/* Reads through a handle of its own; NULL if there is none to be had. */
struct follow_gzip *follow_gzip_open(int fd);
void follow_gzip_close(struct follow_gzip *gzip); /* NULL is fine */

/* As pread(); 0 at the end, also where the file ends too early. */
ssize_t follow_gzip_read(struct follow_gzip *gzip, char *out, size_t size,
                         uint64_t offset);

/* Unpacks all of it; what is there if it is damaged. */
uint64_t follow_gzip_length(struct follow_gzip *gzip);

/* False as long as the last read met a file cut short, or damage. */
bool follow_gzip_is_sound(const struct follow_gzip *gzip);

#endif
