/* SPDX-License-Identifier: MIT */
/* The test double of the heap does what tests rely on. */
#include "tests/support/memory_torture.h"

#include <check.h>
#include <stdint.h>
#include <string.h>

#include "base/memory.h"

START_TEST(test_fail_nth_refuses_only_that_request)
{
    sq_memory_torture_fail(2);
    void *first = sq_memory_new(1, 1);
    void *second = sq_memory_new(1, 1);
    void *third = sq_memory_new(1, 1);
    ck_assert_ptr_nonnull(first);
    ck_assert_ptr_null(second);
    ck_assert_ptr_nonnull(third);
    ck_assert_uint_eq(sq_memory_torture_requests(), 3);
    ck_assert_uint_eq(sq_memory_torture_refused(), 1);
    sq_memory_free(first);
    sq_memory_free(third);
}
END_TEST

START_TEST(test_fail_zero_refuses_nothing_and_counts_again)
{
    sq_memory_torture_fail(1);
    ck_assert_ptr_null(sq_memory_new(1, 1));
    sq_memory_torture_fail(0);
    void *block = sq_memory_new(1, 1);
    ck_assert_ptr_nonnull(block);
    ck_assert_uint_eq(sq_memory_torture_requests(), 1);
    ck_assert_uint_eq(sq_memory_torture_refused(), 0);
    sq_memory_free(block);
}
END_TEST

START_TEST(test_live_counts_blocks_not_yet_freed)
{
    void *block = sq_memory_new(4, 4);
    void *other = sq_memory_resize(NULL, 0, 4);
    ck_assert_uint_eq(sq_memory_torture_live(), 2);
    block = sq_memory_resize(block, 8, 4);
    ck_assert_uint_eq(sq_memory_torture_live(), 2);
    sq_memory_free(block);
    sq_memory_free(other);
    sq_memory_free(NULL);
    ck_assert_uint_eq(sq_memory_torture_live(), 0);
}
END_TEST

START_TEST(test_resize_moves_the_block_and_keeps_what_fits)
{
    char *block = sq_memory_new(4, 1);
    ck_assert_ptr_nonnull(block);
    memcpy(block, "abc", 4);
    uintptr_t before = (uintptr_t)block;
    block = sq_memory_resize(block, 8, 1);
    ck_assert_ptr_nonnull(block);
    ck_assert((uintptr_t)block != before);
    ck_assert_str_eq(block, "abc");
    ck_assert_uint_eq((unsigned char)block[7], 0xa5);
    sq_memory_free(block);
}
END_TEST

START_TEST(test_resize_when_refused_leaves_the_block)
{
    char *block = sq_memory_new(4, 1);
    ck_assert_ptr_nonnull(block);
    memcpy(block, "abc", 4);
    sq_memory_torture_fail(1);
    ck_assert_ptr_null(sq_memory_resize(block, 8, 1));
    ck_assert_str_eq(block, "abc");
    ck_assert_uint_eq(sq_memory_torture_live(), 1);
    sq_memory_free(block);
}
END_TEST

START_TEST(test_new_when_product_overflows_gives_null)
{
    ck_assert_ptr_null(sq_memory_new(SIZE_MAX / 2 + 2, 2));
    ck_assert_ptr_null(sq_memory_new(SIZE_MAX, 1));
}
END_TEST

int main(void)
{
    TCase *tests = tcase_create("memory_torture");
    tcase_add_test(tests, test_fail_nth_refuses_only_that_request);
    tcase_add_test(tests, test_fail_zero_refuses_nothing_and_counts_again);
    tcase_add_test(tests, test_live_counts_blocks_not_yet_freed);
    tcase_add_test(tests, test_resize_moves_the_block_and_keeps_what_fits);
    tcase_add_test(tests, test_resize_when_refused_leaves_the_block);
    tcase_add_test(tests, test_new_when_product_overflows_gives_null);
    Suite *suite = suite_create("memory_torture");
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? 0 : 1;
}
