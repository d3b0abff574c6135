/* SPDX-License-Identifier: Apache-2.0 */
#include "base/keyed.h"
#include "text.h"

/* The first rows that the algorithm's authors give for the key 00 01 .. 0f. */
static void
is_siphash(void **state)
{
    static const struct {
        size_t len;
        uint64_t hash;
    } cases[] = {
        {0, UINT64_C(0x726fdb47dd0e0e31)},  {1, UINT64_C(0x74f839c593dc67fd)},
        {2, UINT64_C(0x0d6c8009d9a94f5a)},  {3, UINT64_C(0x85676696d7fb7e2d)},
        {7, UINT64_C(0xab0200f58b01d137)},  {8, UINT64_C(0x93f5f5799a932462)},
        {15, UINT64_C(0xa129ca6149be45e5)},
    };

    const struct keyed key = {
        {UINT64_C(0x0706050403020100), UINT64_C(0x0f0e0d0c0b0a0908)}};
    char text[16];
    (void)state;
    for (size_t i = 0; i < sizeof(text); i++) {
        text[i] = (char)i;
    }
    for (size_t i = 0; i < COUNT(cases); i++) {
        assert_true(keyed_hash(&key, slice_of(text, cases[i].len))
                    == cases[i].hash);
    }
}

static void
another_key_is_another_hash(void **state)
{
    const struct keyed one = {{1, 2}};
    const struct keyed two = {{1, 3}};
    (void)state;
    assert_true(keyed_hash(&one, SLICE("pod"))
                != keyed_hash(&two, SLICE("pod")));
    assert_true(keyed_hash(&one, SLICE("pod"))
                == keyed_hash(&one, SLICE("pod")));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(is_siphash),
        cmocka_unit_test(another_key_is_another_hash),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
