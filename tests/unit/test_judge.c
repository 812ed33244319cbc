/* SPDX-License-Identifier: MIT */
/* The judge: limits, margins, missing data, seeds, and what the result's exit code says. */
#include "sim/judge.h"

#include <check.h>
#include <stdlib.h>

#include "tests/support/meter_world.h"

/* A column in which `good` of 100 calls were answered. */
static struct sq_column column_of(struct meter_world *world, int good)
{
    struct sq_meter *meter = meter_world_meter(world, SQ_MODE_VIRTUAL);
    for (int i = 0; i < 100; i++) {
        meter_world_call(meter, 0, SQ_SECOND, i < good ? SQ_OUTCOME_FIRST_TRY : SQ_OUTCOME_FAILED);
    }
    return meter_world_column(meter, SQ_MINUTE);
}

START_TEST(test_check_when_at_the_limit_then_the_operator_decides)
{
    static const struct {
        enum sq_operator operation;
        int64_t limit_percent;
        enum sq_verdict verdict;
        int64_t margin_percent;
    } cases[] = {
        {SQ_OPERATOR_GE, 90, SQ_VERDICT_PASSED, 0},  {SQ_OPERATOR_GT, 90, SQ_VERDICT_FAILED, 0},
        {SQ_OPERATOR_LE, 90, SQ_VERDICT_PASSED, 0},  {SQ_OPERATOR_LT, 90, SQ_VERDICT_FAILED, 0},
        {SQ_OPERATOR_EQ, 90, SQ_VERDICT_PASSED, 0},  {SQ_OPERATOR_GE, 91, SQ_VERDICT_FAILED, -1},
        {SQ_OPERATOR_GT, 89, SQ_VERDICT_PASSED, 1},  {SQ_OPERATOR_LE, 89, SQ_VERDICT_FAILED, -1},
        {SQ_OPERATOR_LT, 91, SQ_VERDICT_PASSED, 1},  {SQ_OPERATOR_EQ, 91, SQ_VERDICT_FAILED, -1},
        {SQ_OPERATOR_EQ, 89, SQ_VERDICT_FAILED, -1},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct meter_world *world = meter_world_new(SQ_MINUTE);
        meter_world_threshold(world, SQ_METRIC_AVAILABILITY, SQ_AGGREGATION_VALUE,
                              cases[i].operation, cases[i].limit_percent * SQ_RATIO_ONE / 100);
        struct sq_column column = column_of(world, 90);
        sq_judge_column(&world->result, &column, NULL, 0);
        ck_assert_uint_eq(column.n_checks, 1);
        ck_assert_msg(column.checks[0].verdict == cases[i].verdict, "case %zu", i);
        ck_assert_int_eq(column.checks[0].margin, cases[i].margin_percent * SQ_RATIO_ONE / 100);
        ck_assert_int_eq(column.checks[0].value, SQ_RATIO_ONE / 10 * 9);
        ck_assert_str_eq(column.checks[0].reason, "");
        ck_assert_int_eq(column.verdict, cases[i].verdict);
        sq_column_clear(&column);
        meter_world_free(world);
    }
}
END_TEST

/* Limits that no difference of 64 bits can hold. */
START_TEST(test_margin_when_it_would_overflow_then_the_greatest)
{
    static const struct {
        int good;
        enum sq_operator operation;
        int64_t margin;
    } cases[] = {{90, SQ_OPERATOR_GE, INT64_MAX},
                 {90, SQ_OPERATOR_LE, -INT64_MAX},
                 {0, SQ_OPERATOR_GE, INT64_MAX},
                 {0, SQ_OPERATOR_EQ, -INT64_MAX}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct meter_world *world = meter_world_new(SQ_MINUTE);
        meter_world_threshold(world, SQ_METRIC_AVAILABILITY, SQ_AGGREGATION_VALUE,
                              cases[i].operation, INT64_MIN);
        struct sq_column column = column_of(world, cases[i].good);
        sq_judge_column(&world->result, &column, NULL, 0);
        ck_assert_msg(column.checks[0].margin == cases[i].margin, "case %zu", i);
        sq_column_clear(&column);
        meter_world_free(world);
    }
}
END_TEST

/* One seed only was run: it is the column itself. */
START_TEST(test_check_when_over_each_seed_and_none_is_apart_then_the_column_is_judged)
{
    struct meter_world *world = meter_world_new(SQ_MINUTE);
    struct sq_threshold *threshold = meter_world_threshold(
        world, SQ_METRIC_AVAILABILITY, SQ_AGGREGATION_VALUE, SQ_OPERATOR_GE, SQ_RATIO_ONE / 10 * 9);
    threshold->over = SQ_OVER_EACH_SEED;
    struct sq_column column = column_of(world, 90);
    struct sq_column other = column_of(world, 10);
    sq_judge_column(&world->result, &column, NULL, 1);
    ck_assert_int_eq(column.verdict, SQ_VERDICT_PASSED);
    sq_judge_column(&world->result, &column, &other, 0);
    ck_assert_int_eq(column.verdict, SQ_VERDICT_PASSED);
    sq_judge_column(&world->result, &column, &other, 1);
    ck_assert_int_eq(column.checks[0].value, SQ_RATIO_ONE / 10);
    sq_column_clear(&column);
    sq_column_clear(&other);
    meter_world_free(world);
}
END_TEST

START_TEST(test_check_when_there_is_no_data_then_the_threshold_says_what_it_means)
{
    static const struct {
        enum sq_no_data on_no_data;
        enum sq_verdict verdict;
    } cases[] = {{SQ_NO_DATA_INCONCLUSIVE, SQ_VERDICT_INCONCLUSIVE},
                 {SQ_NO_DATA_PASS, SQ_VERDICT_PASSED},
                 {SQ_NO_DATA_FAIL, SQ_VERDICT_FAILED}};
    for (size_t i = 0; i < 3; i++) {
        struct meter_world *world = meter_world_new(SQ_MINUTE);
        meter_world_threshold(world, SQ_METRIC_TTFT, SQ_AGGREGATION_MAX, SQ_OPERATOR_LT, SQ_SECOND)
            ->on_no_data = cases[i].on_no_data;
        struct sq_column column = column_of(world, 100);
        sq_judge_column(&world->result, &column, NULL, 0);
        ck_assert(!column.checks[0].has_value);
        ck_assert_int_eq(column.checks[0].verdict, cases[i].verdict);
        ck_assert_str_eq(column.checks[0].reason, "no data");
        ck_assert_int_eq(column.verdict, cases[i].verdict);
        sq_column_clear(&column);
        meter_world_free(world);
    }
}
END_TEST

START_TEST(test_check_when_never_recovered_then_no_data_rule_cannot_pass_it)
{
    struct meter_world *world = meter_world_new(SQ_MINUTE);
    meter_world_threshold(world, SQ_METRIC_TIME_TO_RECOVER, SQ_AGGREGATION_MAX, SQ_OPERATOR_LT,
                          30 * SQ_SECOND)
        ->on_no_data = SQ_NO_DATA_PASS;
    struct sq_column column = column_of(world, 100);
    column.windows_not_recovered = 1;
    sq_judge_column(&world->result, &column, NULL, 0);
    ck_assert_int_eq(column.checks[0].verdict, SQ_VERDICT_FAILED);
    ck_assert_int_eq(column.checks[0].value, SQ_NEVER);
    ck_assert_int_lt(column.checks[0].margin, 0);
    sq_column_clear(&column);
    meter_world_free(world);
}
END_TEST

START_TEST(test_check_when_not_strict_then_reported_only)
{
    struct meter_world *world = meter_world_new(SQ_MINUTE);
    meter_world_threshold(world, SQ_METRIC_AVAILABILITY, SQ_AGGREGATION_VALUE, SQ_OPERATOR_GE,
                          SQ_RATIO_ONE)
        ->strict = false;
    struct sq_column column = column_of(world, 90);
    sq_judge_column(&world->result, &column, NULL, 0);
    ck_assert_int_eq(column.checks[0].verdict, SQ_VERDICT_FAILED);
    ck_assert_int_eq(column.verdict, SQ_VERDICT_PASSED);
    sq_column_clear(&column);
    meter_world_free(world);
}
END_TEST

START_TEST(test_column_when_checks_differ_then_the_gravest_wins)
{
    struct meter_world *world = meter_world_new(SQ_MINUTE);
    meter_world_threshold(world, SQ_METRIC_AVAILABILITY, SQ_AGGREGATION_VALUE, SQ_OPERATOR_GE,
                          SQ_RATIO_ONE / 2);
    meter_world_threshold(world, SQ_METRIC_TTFT, SQ_AGGREGATION_MAX, SQ_OPERATOR_LT, SQ_SECOND);
    struct sq_column column = column_of(world, 90);
    sq_judge_column(&world->result, &column, NULL, 0);
    ck_assert_int_eq(column.verdict, SQ_VERDICT_INCONCLUSIVE);
    meter_world_threshold(world, SQ_METRIC_ERROR_RATIO, SQ_AGGREGATION_VALUE, SQ_OPERATOR_LT, 0);
    sq_judge_column(&world->result, &column, NULL, 0);
    ck_assert_int_eq(column.verdict, SQ_VERDICT_FAILED);
    sq_column_clear(&column);
    meter_world_free(world);
}
END_TEST

START_TEST(test_column_when_inconclusive_or_interrupted_then_so_is_every_check)
{
    struct meter_world *world = meter_world_new(SQ_MINUTE);
    meter_world_threshold(world, SQ_METRIC_AVAILABILITY, SQ_AGGREGATION_VALUE, SQ_OPERATOR_GE,
                          SQ_RATIO_ONE);
    struct sq_column column = column_of(world, 90);
    column.interrupted = true;
    sq_judge_column(&world->result, &column, NULL, 0);
    ck_assert_int_eq(column.checks[0].verdict, SQ_VERDICT_INCONCLUSIVE);
    ck_assert_str_eq(column.checks[0].reason, "the run was interrupted");
    ck_assert(column.checks[0].has_value);
    column.inconclusive = "max_in_flight was reached";
    sq_judge_column(&world->result, &column, NULL, 0);
    ck_assert_str_eq(column.checks[0].reason, "max_in_flight was reached");
    world->scenario.n_thresholds = 0;
    sq_judge_column(&world->result, &column, NULL, 0);
    ck_assert_int_eq(column.verdict, SQ_VERDICT_INCONCLUSIVE);
    column.inconclusive = NULL;
    column.interrupted = false;
    sq_judge_column(&world->result, &column, NULL, 0);
    ck_assert_int_eq(column.verdict, SQ_VERDICT_PASSED);
    sq_column_clear(&column);
    meter_world_free(world);
}
END_TEST

START_TEST(test_check_when_over_each_seed_then_the_worst_one_is_the_value)
{
    struct meter_world *world = meter_world_new(SQ_MINUTE);
    struct sq_threshold *threshold =
        meter_world_threshold(world, SQ_METRIC_AVAILABILITY, SQ_AGGREGATION_VALUE, SQ_OPERATOR_GE,
                              SQ_RATIO_ONE / 100 * 90);
    threshold->over = SQ_OVER_EACH_SEED;
    struct sq_column pooled = column_of(world, 99);
    struct sq_column seeds[3] = {column_of(world, 100), column_of(world, 80), column_of(world, 95)};
    sq_judge_column(&world->result, &pooled, seeds, 3);
    ck_assert_int_eq(pooled.checks[0].value, SQ_RATIO_ONE / 100 * 80);
    ck_assert_int_eq(pooled.checks[0].verdict, SQ_VERDICT_FAILED);
    sq_judge_column(&world->result, &pooled, NULL, 0);
    ck_assert_int_eq(pooled.checks[0].value, SQ_RATIO_ONE / 100 * 99);
    threshold->over = SQ_OVER_POOLED;
    sq_judge_column(&world->result, &pooled, seeds, 3);
    ck_assert_int_eq(pooled.checks[0].verdict, SQ_VERDICT_PASSED);
    for (int i = 0; i < 3; i++) {
        sq_column_clear(&seeds[i]);
    }
    sq_column_clear(&pooled);
    meter_world_free(world);
}
END_TEST

START_TEST(test_check_when_one_seed_has_no_data_then_inconclusive_unless_another_fails)
{
    struct meter_world *world = meter_world_new(SQ_MINUTE);
    struct sq_threshold *threshold =
        meter_world_threshold(world, SQ_METRIC_AVAILABILITY, SQ_AGGREGATION_VALUE, SQ_OPERATOR_GE,
                              SQ_RATIO_ONE / 100 * 90);
    threshold->over = SQ_OVER_EACH_SEED;
    struct sq_column pooled = column_of(world, 95);
    struct sq_column seeds[2] = {
        meter_world_column(meter_world_meter(world, SQ_MODE_VIRTUAL), SQ_MINUTE),
        column_of(world, 95)};
    sq_judge_column(&world->result, &pooled, seeds, 2);
    ck_assert_int_eq(pooled.checks[0].verdict, SQ_VERDICT_INCONCLUSIVE);
    ck_assert_str_eq(pooled.checks[0].reason, "no valid calls");
    threshold->on_no_data = SQ_NO_DATA_PASS;
    sq_judge_column(&world->result, &pooled, seeds, 2);
    ck_assert_int_eq(pooled.checks[0].verdict, SQ_VERDICT_PASSED);
    threshold->limit = SQ_RATIO_ONE / 100 * 96;
    sq_judge_column(&world->result, &pooled, seeds, 2);
    ck_assert_int_eq(pooled.checks[0].verdict, SQ_VERDICT_FAILED);
    for (int i = 0; i < 2; i++) {
        sq_column_clear(&seeds[i]);
    }
    sq_column_clear(&pooled);
    meter_world_free(world);
}
END_TEST

/* good: calls of 100 that were answered; -1: no calls, so no data. */
static struct sq_column seed_of(struct meter_world *world, int good)
{
    return good < 0 ? meter_world_column(meter_world_meter(world, SQ_MODE_VIRTUAL), SQ_MINUTE)
                    : column_of(world, good);
}

#define P SQ_VERDICT_PASSED
#define F SQ_VERDICT_FAILED
#define I SQ_VERDICT_INCONCLUSIVE

/* At least 90 % in the pool and two seeds; the verdicts by on_no_data: inconclusive, pass, fail. */
static const struct {
    int pooled;
    int seeds[2];
    enum sq_verdict over_pooled[3];
    enum sq_verdict over_each_seed[3];
} combinations[] = {
    {95, {95, 95}, {P, P, P}, {P, P, P}}, {95, {100, 89}, {P, P, P}, {F, F, F}},
    {89, {95, 89}, {F, F, F}, {F, F, F}}, {95, {95, -1}, {P, P, P}, {I, P, F}},
    {89, {89, -1}, {F, F, F}, {F, F, F}}, {-1, {-1, -1}, {I, P, F}, {I, P, F}},
    {90, {90, 90}, {P, P, P}, {P, P, P}},
};

START_TEST(test_check_when_strictness_no_data_and_seeds_combine_then_as_the_table_says)
{
    static const enum sq_no_data answers[] = {SQ_NO_DATA_INCONCLUSIVE, SQ_NO_DATA_PASS,
                                              SQ_NO_DATA_FAIL};
    struct meter_world *world = meter_world_new(SQ_MINUTE);
    struct sq_threshold *threshold =
        meter_world_threshold(world, SQ_METRIC_AVAILABILITY, SQ_AGGREGATION_VALUE, SQ_OPERATOR_GE,
                              SQ_RATIO_ONE / 100 * 90);
    struct sq_column pooled = seed_of(world, combinations[_i].pooled);
    struct sq_column seeds[2] = {seed_of(world, combinations[_i].seeds[0]),
                                 seed_of(world, combinations[_i].seeds[1])};
    for (int bits = 0; bits < 12; bits++) {
        int answer = bits / 4;
        bool each = bits % 2 == 1;
        threshold->strict = bits / 2 % 2 == 1;
        threshold->over = each ? SQ_OVER_EACH_SEED : SQ_OVER_POOLED;
        threshold->on_no_data = answers[answer];
        sq_judge_column(&world->result, &pooled, seeds, 2);
        enum sq_verdict expected =
            each ? combinations[_i].over_each_seed[answer] : combinations[_i].over_pooled[answer];
        ck_assert_msg(pooled.checks[0].verdict == expected, "combination %d", bits);
        ck_assert_msg(pooled.verdict == (threshold->strict ? expected : P), "combination %d", bits);
    }
    for (int i = 0; i < 2; i++) {
        sq_column_clear(&seeds[i]);
    }
    sq_column_clear(&pooled);
    meter_world_free(world);
}
END_TEST

START_TEST(test_probe_when_at_an_end_of_the_tolerance_then_it_holds)
{
    static const struct {
        int64_t lowest_percent;
        int64_t highest_percent;
        bool holds;
        int64_t margin_percent; /* to the nearer end */
    } cases[] = {{90, 95, true, 0}, {85, 90, true, 0},   {90, 90, true, 0},
                 {80, 95, true, 5}, {91, 95, false, -1}, {80, 89, false, -1}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct meter_world *world = meter_world_new(SQ_MINUTE);
        struct sq_threshold *probe =
            meter_world_threshold(world, SQ_METRIC_AVAILABILITY, SQ_AGGREGATION_VALUE,
                                  SQ_OPERATOR_WITHIN, cases[i].lowest_percent * SQ_RATIO_ONE / 100);
        probe->upper = cases[i].highest_percent * SQ_RATIO_ONE / 100;
        probe->when = SQ_WHEN_BEFORE;
        struct sq_column column = column_of(world, 90);
        sq_judge_column(&world->result, &column, NULL, 0);
        ck_assert_msg(column.checks[0].verdict == (cases[i].holds ? P : I), "case %zu", i);
        ck_assert_int_eq(column.checks[0].margin, cases[i].margin_percent * SQ_RATIO_ONE / 100);
        sq_column_clear(&column);
        meter_world_free(world);
    }
}
END_TEST

#undef P
#undef F
#undef I

START_TEST(test_result_when_columns_differ_then_exit_code_of_the_gravest)
{
    static const struct {
        enum sq_verdict first;
        enum sq_verdict second;
        bool agree;
        bool interrupted;
        enum sq_verdict verdict;
        int exit_code;
    } cases[] = {
        {SQ_VERDICT_PASSED, SQ_VERDICT_PASSED, true, false, SQ_VERDICT_PASSED, 0},
        {SQ_VERDICT_PASSED, SQ_VERDICT_INCONCLUSIVE, true, false, SQ_VERDICT_INCONCLUSIVE, 5},
        {SQ_VERDICT_FAILED, SQ_VERDICT_INCONCLUSIVE, true, false, SQ_VERDICT_FAILED, 1},
        {SQ_VERDICT_PASSED, SQ_VERDICT_PASSED, false, false, SQ_VERDICT_INCONCLUSIVE, 5},
        {SQ_VERDICT_PASSED, SQ_VERDICT_FAILED, false, false, SQ_VERDICT_FAILED, 1},
        {SQ_VERDICT_PASSED, SQ_VERDICT_PASSED, true, true, SQ_VERDICT_INCONCLUSIVE, 130},
        {SQ_VERDICT_PASSED, SQ_VERDICT_FAILED, true, true, SQ_VERDICT_FAILED, 130},
    };
    struct meter_world *world = meter_world_new(SQ_MINUTE);
    struct sq_result *result = &world->result;
    result->n_columns = 2;
    result->n_agreements = 1;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        result->columns[0].verdict = cases[i].first;
        result->columns[1].verdict = cases[i].second;
        result->agreements[0].agree = cases[i].agree;
        result->interrupted = cases[i].interrupted;
        sq_judge_result(result);
        ck_assert_msg(result->verdict == cases[i].verdict, "case %zu", i);
        ck_assert_msg(result->exit_code == cases[i].exit_code, "case %zu", i);
    }
    meter_world_free(world);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("judge");
    TCase *tcase = tcase_create("judge");
    tcase_add_test(tcase, test_margin_when_it_would_overflow_then_the_greatest);
    tcase_add_test(tcase,
                   test_check_when_over_each_seed_and_none_is_apart_then_the_column_is_judged);
    tcase_add_test(tcase, test_check_when_at_the_limit_then_the_operator_decides);
    tcase_add_test(tcase, test_check_when_there_is_no_data_then_the_threshold_says_what_it_means);
    tcase_add_test(tcase, test_check_when_never_recovered_then_no_data_rule_cannot_pass_it);
    tcase_add_test(tcase, test_check_when_not_strict_then_reported_only);
    tcase_add_test(tcase, test_column_when_checks_differ_then_the_gravest_wins);
    tcase_add_test(tcase, test_column_when_inconclusive_or_interrupted_then_so_is_every_check);
    tcase_add_loop_test(tcase,
                        test_check_when_strictness_no_data_and_seeds_combine_then_as_the_table_says,
                        0, sizeof combinations / sizeof combinations[0]);
    tcase_add_test(tcase, test_probe_when_at_an_end_of_the_tolerance_then_it_holds);
    tcase_add_test(tcase, test_check_when_over_each_seed_then_the_worst_one_is_the_value);
    tcase_add_test(tcase,
                   test_check_when_one_seed_has_no_data_then_inconclusive_unless_another_fails);
    tcase_add_test(tcase, test_result_when_columns_differ_then_exit_code_of_the_gravest);
    suite_add_tcase(suite, tcase);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
