/* SPDX-License-Identifier: Apache-2.0 */
#include "base/byte.h"

/* Names of sums, so that a row fits a line. */
enum {
    B = BYTE_BLANK,
    N = BYTE_NAME | BYTE_WORD,
    W = BYTE_WORD,
};

/* clang-format off */
const uint8_t byte_kinds[UINT8_MAX + 1] = {
    [0x00] = 0, 0, 0, 0, 0, 0, 0, 0, 0, B, B, 0, 0, B, 0, 0,
    [0x20] = B, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, N, W, W,
    [0x30] = N, N, N, N, N, N, N, N, N, N, 0, 0, 0, 0, 0, 0,
    [0x40] = W, N, N, N, N, N, N, N, N, N, N, N, N, N, N, N,
    [0x50] = N, N, N, N, N, N, N, N, N, N, N, 0, 0, 0, 0, N,
    [0x60] = 0, N, N, N, N, N, N, N, N, N, N, N, N, N, N, N,
    [0x70] = N, N, N, N, N, N, N, N, N, N, N, 0, 0, 0, 0, 0,
};
/* clang-format on */
