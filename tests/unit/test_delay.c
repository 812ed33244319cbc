/* SPDX-License-Identifier: MIT */
/* Delays: growth, cap, every jitter at both ends of the draw, saturation. */
#include "policies/delay_int.h"

#include <check.h>

#define LAST    UINT32_MAX
#define HALF    (UINT32_C(1) << 31)
#define NO_CAP  SQ_NEVER
#define QUARTER (UINT64_C(1) << 30)

static struct sq_delay constant(sq_dur initial)
{
    return (struct sq_delay){.kind = SQ_DELAY_CONSTANT, .initial = initial, .cap = NO_CAP};
}

static struct sq_delay doubling(sq_dur initial, sq_dur cap)
{
    return (struct sq_delay){.kind = SQ_DELAY_EXPONENTIAL,
                             .initial = initial,
                             .factor_q32 = UINT64_C(2) << 32,
                             .cap = cap};
}

START_TEST(test_delay_constant_is_the_same_every_time)
{
    struct sq_delay delay = constant(3 * SQ_SECOND);
    ck_assert_int_eq(sq_delay(&delay, 0, LAST), 3 * SQ_SECOND);
    ck_assert_int_eq(sq_delay(&delay, 254, 0), 3 * SQ_SECOND);
}
END_TEST

START_TEST(test_delay_linear_grows_by_its_first)
{
    struct sq_delay delay = constant(2 * SQ_SECOND);
    delay.kind = SQ_DELAY_LINEAR;
    ck_assert_int_eq(sq_delay(&delay, 0, 0), 2 * SQ_SECOND);
    ck_assert_int_eq(sq_delay(&delay, 1, 0), 4 * SQ_SECOND);
    ck_assert_int_eq(sq_delay(&delay, 254, 0), 510 * SQ_SECOND);
    delay.initial = SQ_NEVER / 2;
    ck_assert_int_eq(sq_delay(&delay, 254, 0), SQ_NEVER);
}
END_TEST

START_TEST(test_delay_exponential_multiplies_up_to_its_cap)
{
    struct sq_delay delay = doubling(500 * SQ_MS, 8 * SQ_SECOND);
    static const sq_dur expected_ms[] = {500, 1000, 2000, 4000, 8000, 8000, 8000};
    for (uint32_t k = 0; k < 7; k++) {
        ck_assert_int_eq(sq_delay(&delay, k, 0), expected_ms[k] * SQ_MS);
    }
    ck_assert_int_eq(sq_delay(&delay, 254, 0), 8 * SQ_SECOND);
}
END_TEST

START_TEST(test_delay_exponential_with_a_broken_factor_is_exact_to_the_step)
{
    struct sq_delay delay = doubling(SQ_SECOND, NO_CAP);
    delay.factor_q32 = UINT64_C(3) << 31;
    ck_assert_int_eq(sq_delay(&delay, 1, 0), 1500 * SQ_MS);
    ck_assert_int_eq(sq_delay(&delay, 4, 0), 5062500 * SQ_US);
    delay.factor_q32 = UINT64_C(1) << 32;
    ck_assert_int_eq(sq_delay(&delay, 254, 0), SQ_SECOND);
    delay.initial = 0;
    ck_assert_int_eq(sq_delay(&delay, 254, 0), 0);
}
END_TEST

START_TEST(test_delay_without_cap_saturates)
{
    struct sq_delay delay = doubling(SQ_SECOND, NO_CAP);
    ck_assert_int_eq(sq_delay(&delay, 33, 0), SQ_SECOND << 33);
    ck_assert_int_eq(sq_delay(&delay, 34, 0), SQ_NEVER);
    ck_assert_int_eq(sq_delay(&delay, 254, 0), SQ_NEVER);
    delay.factor_q32 = UINT64_MAX;
    ck_assert_int_eq(sq_delay(&delay, 254, 0), SQ_NEVER);
}
END_TEST

START_TEST(test_delay_with_full_jitter_is_from_zero_to_below_itself)
{
    struct sq_delay delay = constant(SQ_SECOND);
    delay.jitter = SQ_JITTER_FULL;
    ck_assert_int_eq(sq_delay(&delay, 0, 0), 0);
    ck_assert_int_eq(sq_delay(&delay, 0, HALF), 500 * SQ_MS);
    ck_assert_int_eq(sq_delay(&delay, 0, LAST), SQ_SECOND - 1);
}
END_TEST

START_TEST(test_delay_with_equal_jitter_is_from_half_to_below_itself)
{
    struct sq_delay delay = constant(SQ_SECOND);
    delay.jitter = SQ_JITTER_EQUAL;
    ck_assert_int_eq(sq_delay(&delay, 0, 0), 500 * SQ_MS);
    ck_assert_int_eq(sq_delay(&delay, 0, HALF), 750 * SQ_MS);
    ck_assert_int_eq(sq_delay(&delay, 0, LAST), SQ_SECOND - 1);
    delay.initial = 3; /* odd: the halves are 1 and 2 */
    ck_assert_int_eq(sq_delay(&delay, 0, 0), 1);
    ck_assert_int_eq(sq_delay(&delay, 0, LAST), 2);
}
END_TEST

START_TEST(test_delay_with_subtractive_jitter_is_from_itself_down_to_above_its_share)
{
    struct sq_delay delay = constant(8 * SQ_SECOND);
    delay.jitter = SQ_JITTER_SUBTRACTIVE;
    delay.jitter_share_q32 = QUARTER;
    ck_assert_int_eq(sq_delay(&delay, 0, 0), 8 * SQ_SECOND);
    ck_assert_int_eq(sq_delay(&delay, 0, HALF), 7 * SQ_SECOND);
    ck_assert_int_eq(sq_delay(&delay, 0, LAST), 6 * SQ_SECOND + 1);
    delay.jitter_share_q32 = UINT64_C(1) << 32;
    ck_assert_int_eq(sq_delay(&delay, 0, LAST), 2);
    delay.jitter_share_q32 = UINT64_C(4) << 32;
    ck_assert_int_eq(sq_delay(&delay, 0, LAST), 0);
}
END_TEST

START_TEST(test_delay_with_additive_jitter_is_from_itself_up_to_below_the_span)
{
    struct sq_delay delay = constant(SQ_SECOND);
    delay.jitter = SQ_JITTER_ADDITIVE;
    delay.jitter_span = 100 * SQ_MS;
    ck_assert_int_eq(sq_delay(&delay, 0, 0), SQ_SECOND);
    ck_assert_int_eq(sq_delay(&delay, 0, HALF), 1050 * SQ_MS);
    ck_assert_int_eq(sq_delay(&delay, 0, LAST), 1100 * SQ_MS - 1);
    delay.initial = SQ_NEVER;
    ck_assert_int_eq(sq_delay(&delay, 0, LAST), SQ_NEVER);
}
END_TEST

START_TEST(test_delay_with_the_cap_before_jitter_may_exceed_it_and_after_may_not)
{
    struct sq_delay delay = doubling(SQ_SECOND, 4 * SQ_SECOND);
    delay.jitter = SQ_JITTER_ADDITIVE;
    delay.jitter_span = 2 * SQ_SECOND;
    ck_assert_int_eq(sq_delay(&delay, 5, HALF), 5 * SQ_SECOND);
    delay.cap_after_jitter = true;
    ck_assert_int_eq(sq_delay(&delay, 5, HALF), 4 * SQ_SECOND);
    ck_assert_int_eq(sq_delay(&delay, 0, HALF), 2 * SQ_SECOND);
    delay.jitter = SQ_JITTER_FULL;
    ck_assert_int_eq(sq_delay(&delay, 3, HALF), 4 * SQ_SECOND);
    delay.cap_after_jitter = false;
    ck_assert_int_eq(sq_delay(&delay, 3, HALF), 2 * SQ_SECOND);
}
END_TEST

START_TEST(test_delay_unjittered_keeps_growth_and_cap)
{
    struct sq_delay delay = doubling(SQ_SECOND, 3 * SQ_SECOND);
    delay.jitter = SQ_JITTER_FULL;
    ck_assert_int_eq(sq_delay_unjittered(&delay, 0), SQ_SECOND);
    ck_assert_int_eq(sq_delay_unjittered(&delay, 1), 2 * SQ_SECOND);
    ck_assert_int_eq(sq_delay_unjittered(&delay, 2), 3 * SQ_SECOND);
}
END_TEST

int main(void)
{
    TCase *tests = tcase_create("delay");
    tcase_add_test(tests, test_delay_constant_is_the_same_every_time);
    tcase_add_test(tests, test_delay_linear_grows_by_its_first);
    tcase_add_test(tests, test_delay_exponential_multiplies_up_to_its_cap);
    tcase_add_test(tests, test_delay_exponential_with_a_broken_factor_is_exact_to_the_step);
    tcase_add_test(tests, test_delay_without_cap_saturates);
    tcase_add_test(tests, test_delay_with_full_jitter_is_from_zero_to_below_itself);
    tcase_add_test(tests, test_delay_with_equal_jitter_is_from_half_to_below_itself);
    tcase_add_test(tests,
                   test_delay_with_subtractive_jitter_is_from_itself_down_to_above_its_share);
    tcase_add_test(tests, test_delay_with_additive_jitter_is_from_itself_up_to_below_the_span);
    tcase_add_test(tests, test_delay_with_the_cap_before_jitter_may_exceed_it_and_after_may_not);
    tcase_add_test(tests, test_delay_unjittered_keeps_growth_and_cap);
    Suite *suite = suite_create("delay");
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? 0 : 1;
}
