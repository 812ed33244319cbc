/* SPDX-License-Identifier: MIT */
/* Cells of a bar. */
#include <check.h>

#include "reports/bar.h"

static void check(const uint64_t *parts, size_t n, uint32_t width, const uint32_t *expected)
{
    uint32_t cells[SQ_BAR_PARTS_MAX];
    sq_bar_cells(parts, n, width, cells);
    for (size_t i = 0; i < n; i++) {
        ck_assert_msg(cells[i] == expected[i], "part %zu has %u cells, not %u", i, cells[i],
                      expected[i]);
    }
}

START_TEST(test_cells_are_in_proportion)
{
    check((const uint64_t[]){50, 25, 25}, 3, 20, (const uint32_t[]){10, 5, 5});
    check((const uint64_t[]){7}, 1, 12, (const uint32_t[]){12});
}
END_TEST

START_TEST(test_cells_show_every_part_that_is_not_zero)
{
    check((const uint64_t[]){1000000, 1, 0, 1}, 4, 10, (const uint32_t[]){8, 1, 0, 1});
    check((const uint64_t[]){5, 5, 5}, 3, 3, (const uint32_t[]){1, 1, 1});
}
END_TEST

START_TEST(test_cells_of_nothing_are_none)
{
    check((const uint64_t[]){0, 0}, 2, 10, (const uint32_t[]){0, 0});
}
END_TEST

START_TEST(test_cells_of_huge_counts_do_not_overflow)
{
    check((const uint64_t[]){UINT64_MAX, UINT64_MAX, UINT64_MAX / 2}, 3, 10,
          (const uint32_t[]){4, 4, 2});
}
END_TEST

int main(void)
{
    TCase *tests = tcase_create("report_bar");
    tcase_add_test(tests, test_cells_are_in_proportion);
    tcase_add_test(tests, test_cells_show_every_part_that_is_not_zero);
    tcase_add_test(tests, test_cells_of_nothing_are_none);
    tcase_add_test(tests, test_cells_of_huge_counts_do_not_overflow);
    Suite *suite = suite_create("report_bar");
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? 0 : 1;
}
