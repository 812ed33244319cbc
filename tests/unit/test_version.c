/* SPDX-License-Identifier: MIT */
/* The version in the header is the one the build declares. */
#include "base/version.h"

#include <check.h>

START_TEST(test_version_compared_with_the_build_is_the_same)
{
    ck_assert_str_eq(SQ_VERSION, PROJECT_VERSION);
}
END_TEST

int main(void)
{
    TCase *tests = tcase_create("version");
    tcase_add_test(tests, test_version_compared_with_the_build_is_the_same);
    Suite *suite = suite_create("version");
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? 0 : 1;
}
