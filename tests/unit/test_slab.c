/* SPDX-License-Identifier: MIT */
/* Slab: elements never move, start zeroed, and a failed growth leaves the slab as it was. */
#include "base/slab.h"

#include <check.h>
#include <stdlib.h>

#include "tests/support/memory_torture.h"

START_TEST(test_element_when_slab_grows_then_keeps_its_address_and_value)
{
    struct sq_slab slab;
    sq_slab_init(&slab, sizeof(uint64_t));
    ck_assert_int_eq(sq_slab_reserve(&slab, 1, NULL), SQ_OK);
    uint64_t *first = sq_slab_at(&slab, 0);
    ck_assert_uint_eq(*first, 0);
    *first = 42;
    ck_assert_int_eq(sq_slab_reserve(&slab, 10 * SQ_SLAB_CHUNK + 1, NULL), SQ_OK);
    ck_assert_uint_eq(sq_slab_capacity(&slab), 11 * SQ_SLAB_CHUNK);
    ck_assert_ptr_eq(sq_slab_at(&slab, 0), first);
    ck_assert_uint_eq(*first, 42);
    for (uint32_t i = 1; i < sq_slab_capacity(&slab); i++) {
        ck_assert_uint_eq(*(uint64_t *)sq_slab_at(&slab, i), 0);
    }
    sq_slab_clear(&slab);
    ck_assert_uint_eq(sq_slab_capacity(&slab), 0);
}
END_TEST

START_TEST(test_reserve_when_memory_fails_then_old_elements_stay)
{
    struct sq_slab slab;
    struct sq_error err = {0};
    sq_slab_init(&slab, 16);
    ck_assert_int_eq(sq_slab_reserve(&slab, 1, NULL), SQ_OK);
    for (size_t fail_at = 1; fail_at <= 2; fail_at++) {
        sq_memory_torture_fail(fail_at);
        ck_assert_int_eq(sq_slab_reserve(&slab, SQ_SLAB_CHUNK + 1, &err), SQ_NO_MEMORY);
        ck_assert_uint_eq(sq_slab_capacity(&slab), SQ_SLAB_CHUNK);
    }
    sq_memory_torture_fail(0);
    sq_slab_clear(&slab);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("slab");
    TCase *tcase = tcase_create("slab");
    tcase_add_test(tcase, test_element_when_slab_grows_then_keeps_its_address_and_value);
    tcase_add_test(tcase, test_reserve_when_memory_fails_then_old_elements_stay);
    suite_add_tcase(suite, tcase);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
