/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PULLWHY_BASE_SHELF_H
#define PULLWHY_BASE_SHELF_H

/*
 * What is kept of late, found again by a hash, and bounded in number and bytes.
 *
 * The hash only finds the candidate: whoever keeps a thing keeps with it what
 * it is known by, and compares. Two things of one hash take each other's place,
 * and so do more than fit where the hash leads, so nobody gains by choosing
 * texts that collide.
 */

#include <stddef.h>
#include <stdint.h>

struct shelf;

/* Room for 8 x `sets` things (a power of two), of `bytes` together. */
struct shelf *shelf_new(size_t sets, size_t bytes);
void shelf_free(struct shelf *shelf); /* NULL is fine */
void shelf_clear(struct shelf *shelf);

/* It is to be asked for soon. */
void shelf_expect(const struct shelf *shelf, uint64_t hash);

/* What was put there with that hash, until the next shelf_put(); or NULL. */
void *shelf_find(const struct shelf *shelf, uint64_t hash);

/*
 * Takes over `thing`, of `size` bytes, which mem_resize() or mem_new() gave. It
 * is freed when another one takes its place.
 */
void shelf_put(struct shelf *shelf, uint64_t hash, void *thing, size_t size);

size_t shelf_count(const struct shelf *shelf);

#endif
