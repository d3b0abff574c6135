/* SPDX-License-Identifier: Apache-2.0 */
#include "base/byte.h"

/* Names of sums, so that a row fits a line. */
enum {
    A = BYTE_ALNUM | BYTE_NAME | BYTE_WORD,
    B = BYTE_BLANK | BYTE_COMMON | BYTE_END,
    E = BYTE_FAIR | BYTE_END,
    F = BYTE_FAIR,
    N = BYTE_NAME | BYTE_WORD,
    P = BYTE_WORD | BYTE_FAIR,
    T = BYTE_BLANK | BYTE_END,
    W = BYTE_WORD,
    H = N | BYTE_FAIR,
    L = A | BYTE_COMMON,
};

/* clang-format off */
const uint8_t byte_kinds[UINT8_MAX + 1] = {
    [0x00] = 0, 0, 0, 0, 0, 0, 0, 0, 0, T, T, 0, 0, T, 0, 0,
    [0x20] = B, 0, E, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, H, P, P,
    [0x30] = A, A, A, A, A, A, A, A, A, A, F, 0, 0, F, 0, 0,
    [0x40] = W, A, A, A, A, A, A, A, A, A, A, A, A, A, A, A,
    [0x50] = A, A, A, A, A, A, A, A, A, A, A, 0, E, 0, 0, N,
    [0x60] = 0, L, A, L, L, L, L, L, L, L, A, A, L, L, L, L,
    [0x70] = L, A, L, L, L, L, A, A, A, A, A, 0, 0, 0, 0, 0,
};
/* clang-format on */
