/* SPDX-License-Identifier: MIT */
/* The arena: zeroed, aligned, stable, and honest when memory runs out. */
#include "base/arena.h"

#include <check.h>
#include <stdalign.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "tests/support/memory_torture.h"

static bool all_bytes_are(const unsigned char *bytes, size_t count, unsigned char value)
{
    for (size_t i = 0; i < count; i++) {
        if (bytes[i] != value) {
            return false;
        }
    }
    return true;
}

START_TEST(test_new_objects_are_zeroed_aligned_and_apart)
{
    struct sq_arena arena = {0};
    unsigned char *objects[400];
    for (size_t i = 0; i < 400; i++) {
        objects[i] = sq_arena_new(&arena, i, 1); /* goes over several blocks */
        ck_assert_ptr_nonnull(objects[i]);
        ck_assert_uint_eq((uintptr_t)objects[i] % alignof(max_align_t), 0);
        ck_assert(all_bytes_are(objects[i], i, 0));
        memset(objects[i], (int)(i % 251) + 1, i);
    }
    for (size_t i = 0; i < 400; i++) { /* stable, and nobody wrote into another's bytes */
        ck_assert(all_bytes_are(objects[i], i, (unsigned char)(i % 251 + 1)));
    }
    ck_assert_uint_lt(sq_memory_torture_live(), 10);
    sq_arena_clear(&arena);
    ck_assert_uint_eq(sq_memory_torture_live(), 0);
}
END_TEST

START_TEST(test_new_with_zero_bytes_gives_distinct_objects)
{
    struct sq_arena arena = {0};
    void *first = sq_arena_new(&arena, 0, 8);
    void *second = sq_arena_new(&arena, 8, 0);
    ck_assert_ptr_nonnull(first);
    ck_assert_ptr_nonnull(second);
    ck_assert_ptr_ne(first, second);
    sq_arena_clear(&arena);
}
END_TEST

START_TEST(test_new_when_object_is_large_goes_on_filling_the_old_block)
{
    struct sq_arena arena = {0};
    char *before = sq_arena_new(&arena, 1, 16);
    unsigned char *large = sq_arena_new(&arena, 1, 1000000);
    char *after = sq_arena_new(&arena, 1, 16);
    ck_assert_ptr_nonnull(before);
    ck_assert_ptr_nonnull(large);
    ck_assert_ptr_eq(after, before + 16);
    ck_assert_uint_eq(large[999999], 0);
    large[999999] = 1;
    ck_assert_uint_eq(sq_memory_torture_live(), 2);
    sq_arena_clear(&arena);
    ck_assert_uint_eq(sq_memory_torture_live(), 0);
}
END_TEST

START_TEST(test_new_when_large_object_is_first_serves_small_ones_after_it)
{
    struct sq_arena arena = {0};
    unsigned char *large = sq_arena_new(&arena, 1, 1000000);
    unsigned char *small = sq_arena_new(&arena, 1, 16);
    ck_assert_ptr_nonnull(large);
    ck_assert_ptr_nonnull(small);
    ck_assert(small + 16 <= large || small >= large + 1000000);
    sq_arena_clear(&arena);
    ck_assert_uint_eq(sq_memory_torture_live(), 0);
}
END_TEST

START_TEST(test_new_when_product_overflows_gives_null)
{
    struct sq_arena arena = {0};
    ck_assert_ptr_null(sq_arena_new(&arena, SIZE_MAX / 2 + 2, 2));
    ck_assert_ptr_null(sq_arena_new(&arena, SIZE_MAX, 1));
    ck_assert_ptr_null(sq_arena_new(&arena, PTRDIFF_MAX, 1));
    ck_assert_ptr_null(sq_arena_text(&arena, "", SIZE_MAX));
    ck_assert_uint_eq(sq_memory_torture_live(), 0);
}
END_TEST

START_TEST(test_new_when_memory_is_refused_gives_null_and_keeps_the_rest)
{
    struct sq_arena arena = {0};
    sq_memory_torture_fail(1);
    ck_assert_ptr_null(sq_arena_new(&arena, 1, 16));
    char *text = sq_arena_text(&arena, "kept", 4);
    ck_assert_ptr_nonnull(text);
    sq_memory_torture_fail(1);
    ck_assert_ptr_null(sq_arena_new(&arena, 1, 1000000));
    ck_assert_str_eq(text, "kept");
    ck_assert_ptr_nonnull(sq_arena_new(&arena, 1, 16));
    sq_arena_clear(&arena);
    ck_assert_uint_eq(sq_memory_torture_live(), 0);
}
END_TEST

START_TEST(test_text_copies_the_length_given_and_ends_with_nul)
{
    struct sq_arena arena = {0};
    char *copy = sq_arena_text(&arena, "retry_after", 5);
    char *empty = sq_arena_text(&arena, NULL, 0);
    char *with_nul = sq_arena_text(&arena, "a\0b", 3);
    ck_assert_str_eq(copy, "retry");
    ck_assert_str_eq(empty, "");
    ck_assert_mem_eq(with_nul, "a\0b", 4);
    sq_arena_clear(&arena);
}
END_TEST

START_TEST(test_clear_accepts_null_and_empty_and_twice)
{
    struct sq_arena arena = {0};
    sq_arena_clear(NULL);
    sq_arena_clear(&arena);
    ck_assert_ptr_nonnull(sq_arena_new(&arena, 1, 1));
    sq_arena_clear(&arena);
    sq_arena_clear(&arena);
    ck_assert_ptr_nonnull(sq_arena_new(&arena, 1, 1));
    sq_arena_clear(&arena);
    ck_assert_uint_eq(sq_memory_torture_live(), 0);
}
END_TEST

int main(void)
{
    TCase *tests = tcase_create("arena");
    tcase_add_test(tests, test_new_objects_are_zeroed_aligned_and_apart);
    tcase_add_test(tests, test_new_with_zero_bytes_gives_distinct_objects);
    tcase_add_test(tests, test_new_when_object_is_large_goes_on_filling_the_old_block);
    tcase_add_test(tests, test_new_when_large_object_is_first_serves_small_ones_after_it);
    tcase_add_test(tests, test_new_when_product_overflows_gives_null);
    tcase_add_test(tests, test_new_when_memory_is_refused_gives_null_and_keeps_the_rest);
    tcase_add_test(tests, test_text_copies_the_length_given_and_ends_with_nul);
    tcase_add_test(tests, test_clear_accepts_null_and_empty_and_twice);
    Suite *suite = suite_create("arena");
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? 0 : 1;
}
