/* SPDX-License-Identifier: MIT */
/* The heap seam: zeroed, safe against overflow, NULL only for failure. */
#include "base/memory.h"

#include <check.h>
#include <stdint.h>
#include <string.h>

START_TEST(test_new_gives_zeroed_bytes)
{
    for (int round = 0; round < 8; round++) { /* reused blocks are dirty */
        unsigned char *bytes = sq_memory_new(100, 3);
        ck_assert_ptr_nonnull(bytes);
        for (size_t i = 0; i < 300; i++) {
            ck_assert_uint_eq(bytes[i], 0);
        }
        memset(bytes, 0xff, 300);
        sq_memory_free(bytes);
    }
}
END_TEST

START_TEST(test_new_when_product_overflows_gives_null)
{
    ck_assert_ptr_null(sq_memory_new(SIZE_MAX, 2));
    ck_assert_ptr_null(sq_memory_new(SIZE_MAX / 2 + 2, 2)); /* the product wraps to 2 */
    ck_assert_ptr_null(sq_memory_new((size_t)PTRDIFF_MAX + 1, 1));
}
END_TEST

START_TEST(test_new_with_zero_bytes_gives_a_block)
{
    void *none = sq_memory_new(0, 8);
    void *empty = sq_memory_new(8, 0);
    ck_assert_ptr_nonnull(none);
    ck_assert_ptr_nonnull(empty);
    sq_memory_free(none);
    sq_memory_free(empty);
}
END_TEST

START_TEST(test_resize_keeps_what_fits)
{
    char *bytes = sq_memory_resize(NULL, 4, 1);
    ck_assert_ptr_nonnull(bytes);
    memcpy(bytes, "abc", 4);
    bytes = sq_memory_resize(bytes, 10000, 2);
    ck_assert_ptr_nonnull(bytes);
    ck_assert_str_eq(bytes, "abc");
    bytes = sq_memory_resize(bytes, 2, 1);
    ck_assert_ptr_nonnull(bytes);
    ck_assert_mem_eq(bytes, "ab", 2);
    sq_memory_free(bytes);
}
END_TEST

START_TEST(test_resize_when_product_overflows_leaves_the_block)
{
    char *bytes = sq_memory_new(4, 1);
    ck_assert_ptr_nonnull(bytes);
    memcpy(bytes, "abc", 4);
    ck_assert_ptr_null(sq_memory_resize(bytes, SIZE_MAX / 2 + 2, 2));
    ck_assert_str_eq(bytes, "abc");
    sq_memory_free(bytes);
}
END_TEST

START_TEST(test_resize_to_zero_bytes_gives_a_block)
{
    void *bytes = sq_memory_resize(sq_memory_new(4, 1), 0, 1);
    ck_assert_ptr_nonnull(bytes);
    sq_memory_free(bytes);
}
END_TEST

START_TEST(test_free_of_null_does_nothing)
{
    sq_memory_free(NULL);
}
END_TEST

int main(void)
{
    TCase *tests = tcase_create("memory");
    tcase_add_test(tests, test_new_gives_zeroed_bytes);
    tcase_add_test(tests, test_new_when_product_overflows_gives_null);
    tcase_add_test(tests, test_new_with_zero_bytes_gives_a_block);
    tcase_add_test(tests, test_resize_keeps_what_fits);
    tcase_add_test(tests, test_resize_when_product_overflows_leaves_the_block);
    tcase_add_test(tests, test_resize_to_zero_bytes_gives_a_block);
    tcase_add_test(tests, test_free_of_null_does_nothing);
    Suite *suite = suite_create("memory");
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? 0 : 1;
}
