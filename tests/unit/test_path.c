/* SPDX-License-Identifier: MIT */
/* Paths: kept in order, cut at their limits, whole when memory fails. */
#include "sim/path.h"

#include <check.h>
#include <stdlib.h>

#include "tests/support/memory_torture.h"

START_TEST(test_paths_when_many_are_added_then_kept_in_order)
{
    struct sq_paths paths = {0};
    for (uint32_t i = 0; i < 1000; i++) {
        uint32_t index = 0;
        ck_assert_int_eq(sq_paths_add(&paths, 7 * i, &index, NULL), SQ_OK);
        ck_assert_uint_eq(index, i);
        struct sq_path_step step = {.role = 1, .klass = 2, .sent_at = i, .ended_at = 2 * i};
        sq_paths_step(&paths, index, &step);
    }
    ck_assert_uint_eq(paths.n_list, 1000);
    for (uint32_t i = 0; i < 1000; i++) {
        ck_assert_uint_eq(paths.list[i].id, 7 * i);
        ck_assert_uint_eq(paths.list[i].n_steps, 1);
        ck_assert_int_eq(paths.list[i].steps[0].ended_at, 2 * i);
    }
    sq_paths_clear(&paths);
    ck_assert_uint_eq(paths.n_list, 0);
    sq_paths_clear(&paths);
    sq_paths_clear(NULL);
}
END_TEST

START_TEST(test_steps_when_more_than_kept_then_the_first_ones_stay)
{
    struct sq_paths paths = {0};
    uint32_t index;
    ck_assert_int_eq(sq_paths_add(&paths, 1, &index, NULL), SQ_OK);
    for (uint8_t i = 0; i < SQ_PATH_STEPS_MAX + 1; i++) {
        struct sq_path_step step = {.klass = i};
        sq_paths_step(&paths, index, &step);
    }
    ck_assert_uint_eq(paths.list[0].n_steps, SQ_PATH_STEPS_MAX);
    ck_assert_uint_eq(paths.list[0].steps[SQ_PATH_STEPS_MAX - 1].klass, SQ_PATH_STEPS_MAX - 1);
    sq_paths_clear(&paths);
}
END_TEST

START_TEST(test_transitions_when_added_then_kept_in_order)
{
    struct sq_paths paths = {0};
    for (sq_time at = 0; at < 600; at++) {
        struct sq_path_transition transition = {.at = at, .to = 1};
        ck_assert_int_eq(sq_paths_transition(&paths, &transition, NULL), SQ_OK);
    }
    ck_assert_uint_eq(paths.n_transitions, 600);
    ck_assert_int_eq(paths.transitions[599].at, 599);
    sq_paths_clear(&paths);
}
END_TEST

START_TEST(test_limits_when_reached_then_refused)
{
    struct sq_paths paths = {.n_list = SQ_PATHS_MAX, .n_transitions = SQ_PATH_TRANSITIONS_MAX};
    struct sq_path_transition transition = {0};
    struct sq_error err = {0};
    uint32_t index;
    ck_assert_int_eq(sq_paths_add(&paths, 1, &index, &err), SQ_LIMIT);
    ck_assert_str_eq(err.text, "more than 2000000 calls to compare between two clocks");
    ck_assert_int_eq(sq_paths_transition(&paths, &transition, &err), SQ_LIMIT);
    ck_assert_str_eq(err.text,
                     "more than 1000000 breaker transitions to compare between two clocks");
}
END_TEST

START_TEST(test_paths_when_memory_fails_then_unchanged)
{
    struct sq_paths paths = {0};
    struct sq_path_transition transition = {0};
    uint32_t index;
    for (uint32_t i = 0; i < 256; i++) {
        ck_assert_int_eq(sq_paths_add(&paths, i, &index, NULL), SQ_OK);
    }
    sq_memory_torture_fail(1);
    ck_assert_int_eq(sq_paths_add(&paths, 256, &index, NULL), SQ_NO_MEMORY);
    ck_assert_uint_eq(paths.n_list, 256);
    ck_assert_uint_eq(paths.list[255].id, 255);
    sq_memory_torture_fail(1);
    ck_assert_int_eq(sq_paths_transition(&paths, &transition, NULL), SQ_NO_MEMORY);
    ck_assert_uint_eq(paths.n_transitions, 0);
    sq_memory_torture_fail(0);
    ck_assert_int_eq(sq_paths_add(&paths, 256, &index, NULL), SQ_OK);
    sq_paths_clear(&paths);
    ck_assert_uint_eq(sq_memory_torture_live(), 0);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("path");
    TCase *tcase = tcase_create("path");
    tcase_add_test(tcase, test_paths_when_many_are_added_then_kept_in_order);
    tcase_add_test(tcase, test_steps_when_more_than_kept_then_the_first_ones_stay);
    tcase_add_test(tcase, test_transitions_when_added_then_kept_in_order);
    tcase_add_test(tcase, test_limits_when_reached_then_refused);
    tcase_add_test(tcase, test_paths_when_memory_fails_then_unchanged);
    suite_add_tcase(suite, tcase);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
