/* SPDX-License-Identifier: MIT */
/* The result: ratios, quantiles, values of metrics, and the test that counts add up. */
#include "sim/result.h"

#include <check.h>
#include <stdlib.h>

#include "base/histogram.h"
#include "tests/support/meter_world.h"

START_TEST(test_names_when_asked_then_words)
{
    ck_assert_str_eq(sq_mode_name(SQ_MODE_VIRTUAL), "virtual");
    ck_assert_str_eq(sq_mode_name(SQ_MODE_LIVE), "live");
    ck_assert_str_eq(sq_verdict_name(SQ_VERDICT_PASSED), "passed");
    ck_assert_str_eq(sq_verdict_name(SQ_VERDICT_FAILED), "failed");
    ck_assert_str_eq(sq_verdict_name(SQ_VERDICT_INCONCLUSIVE), "inconclusive");
}
END_TEST

/* One call of each outcome, so that every ratio has its own numerator. */
static struct sq_tally one_of_each(void)
{
    struct sq_tally tally = {.calls = SQ_OUTCOMES};
    for (int i = 0; i < SQ_OUTCOMES; i++) {
        tally.outcome[i] = 1;
    }
    return tally;
}

START_TEST(test_ratio_when_each_outcome_once_then_as_defined)
{
    struct sq_column column = {0};
    struct sq_tally tally = one_of_each();
    ck_assert_uint_eq(sq_tally_valid(&tally), 11);
    ck_assert_uint_eq(sq_tally_good(&tally), 5);
    static const struct {
        enum sq_metric metric;
        int64_t numerator;
    } cases[] = {{SQ_METRIC_AVAILABILITY, 5},
                 {SQ_METRIC_AVAILABILITY_MODEL, 3},
                 {SQ_METRIC_AVAILABILITY_STRICT, 2},
                 {SQ_METRIC_APOLOGY_RATIO, 1},
                 {SQ_METRIC_FALLBACK_RATIO, 5}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        ck_assert_int_eq(sq_result_ratio(&column, &tally, cases[i].metric),
                         cases[i].numerator * SQ_RATIO_ONE / 11);
    }
    ck_assert_int_eq(sq_result_ratio(&column, &tally, SQ_METRIC_AVAILABILITY) +
                         sq_result_ratio(&column, &tally, SQ_METRIC_ERROR_RATIO),
                     SQ_RATIO_ONE);
}
END_TEST

START_TEST(test_ratio_when_only_excluded_calls_then_none)
{
    struct sq_column column = {0};
    struct sq_tally tally = {.calls = 3, .outcome = {[SQ_OUTCOME_EXCLUDED] = 3}};
    ck_assert_int_eq(sq_result_ratio(&column, &tally, SQ_METRIC_AVAILABILITY), -1);
    ck_assert_int_eq(sq_result_ratio(&column, &tally, SQ_METRIC_ERROR_RATIO), -1);
}
END_TEST

START_TEST(test_strategy_when_outcome_is_an_answer_of_the_wanted_role_then_none)
{
    enum sq_strategy strategy;
    ck_assert(!sq_outcome_strategy(SQ_OUTCOME_RECOVERED, &strategy));
    ck_assert(!sq_outcome_strategy(SQ_OUTCOME_EXCLUDED, &strategy));
    ck_assert(sq_outcome_strategy(SQ_OUTCOME_FALLBACK, &strategy));
    ck_assert_int_eq(strategy, SQ_STRATEGY_SWITCH_MODEL);
    ck_assert(sq_outcome_strategy(SQ_OUTCOME_SUBSTITUTE, &strategy));
    ck_assert_int_eq(strategy, SQ_STRATEGY_FINAL);
    ck_assert(sq_outcome_strategy(SQ_OUTCOME_APOLOGY, &strategy));
    ck_assert_int_eq(strategy, SQ_STRATEGY_FINAL);
}
END_TEST

START_TEST(test_quantile_when_fewer_than_ten_beyond_then_it_does_not_count)
{
    static const struct {
        uint64_t n;
        uint32_t per_million;
        bool counts;
    } cases[] = {{20, 500000, true},   {19, 500000, false},  {200, 950000, true},
                 {199, 950000, false}, {1000, 990000, true}, {999, 990000, false},
                 {10, 0, true},        {9, 0, false},        {UINT64_MAX, 1000000, false},
                 {10000, 999000, true}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        ck_assert_msg(sq_result_quantile_counts(cases[i].n, cases[i].per_million) ==
                          cases[i].counts,
                      "case %zu", i);
    }
    int64_t value = 7;
    ck_assert(!sq_result_quantile(NULL, 500000, &value));
    ck_assert_int_eq(value, 7);
}
END_TEST

/* A column of two roles' worth of calls, whole. */
static struct sq_column whole_column(struct meter_world *world)
{
    meter_world_fault(world, 10 * SQ_SECOND, 10 * SQ_SECOND);
    struct sq_meter *meter = meter_world_meter(world, SQ_MODE_VIRTUAL);
    for (sq_dur i = 0; i < 60; i++) {
        enum sq_outcome outcome = i < 54 ? SQ_OUTCOME_FIRST_TRY : SQ_OUTCOME_APOLOGY;
        meter_world_call(meter, i * SQ_SECOND, (i + 1) * SQ_MS, outcome);
    }
    sq_meter_transition(meter, 10, 0, 0, SQ_BREAKER_CLOSED, SQ_BREAKER_OPEN);
    sq_meter_transition(meter, 30, 0, 0, SQ_BREAKER_OPEN, SQ_BREAKER_CLOSED);
    sq_meter_transition(meter, 40, 1, 0, SQ_BREAKER_CLOSED, SQ_BREAKER_OPEN);
    sq_meter_transition(meter, 45, 1, 0, SQ_BREAKER_OPEN, SQ_BREAKER_CLOSED);
    return meter_world_column(meter, SQ_MINUTE);
}

static bool value_of(struct meter_world *world, const struct sq_column *column,
                     struct sq_threshold what, int64_t *value)
{
    const char *reason = NULL;
    bool found = sq_result_value(&world->result, column, &what, value, &reason);
    ck_assert_ptr_nonnull(reason);
    ck_assert(found == (reason[0] == '\0'));
    return found;
}

START_TEST(test_value_when_totals_then_as_counted)
{
    struct meter_world *world = meter_world_new(SQ_MINUTE);
    struct sq_column column = whole_column(world);
    static const struct {
        enum sq_metric metric;
        enum sq_aggregation aggregation;
        int64_t value;
    } cases[] = {
        {SQ_METRIC_AVAILABILITY, SQ_AGGREGATION_VALUE, SQ_RATIO_ONE / 10 * 9},
        {SQ_METRIC_APOLOGY_RATIO, SQ_AGGREGATION_VALUE, SQ_RATIO_ONE / 10},
        {SQ_METRIC_GOODPUT, SQ_AGGREGATION_VALUE, 900},
        {SQ_METRIC_ATTEMPT_RATE, SQ_AGGREGATION_VALUE, 0}, /* 60 in 240 windows: 0.25 */
        {SQ_METRIC_ATTEMPT_RATE, SQ_AGGREGATION_MAX, 1},
        {SQ_METRIC_RETRY_AMPLIFICATION, SQ_AGGREGATION_VALUE, SQ_FACTOR_ONE},
        {SQ_METRIC_RETRY_AMPLIFICATION, SQ_AGGREGATION_MAX, SQ_FACTOR_ONE},
        {SQ_METRIC_TOKENS, SQ_AGGREGATION_VALUE, 60 * 15},
        {SQ_METRIC_WASTED_TOKENS_RATIO, SQ_AGGREGATION_VALUE, SQ_RATIO_ONE / 10},
        {SQ_METRIC_COST_USD, SQ_AGGREGATION_VALUE, 60 * 70},
        {SQ_METRIC_COST_PER_1K_GOOD_CALLS, SQ_AGGREGATION_VALUE, 60 * 70 * 1000 / 54},
        {SQ_METRIC_BREAKER_OPEN_TIME, SQ_AGGREGATION_VALUE, 25},
        {SQ_METRIC_BREAKER_OPEN_TIME, SQ_AGGREGATION_MAX, 20},
        {SQ_METRIC_CALL_DURATION, SQ_AGGREGATION_COUNT, 60},
        {SQ_METRIC_CALL_DURATION, SQ_AGGREGATION_MIN, SQ_MS},
        {SQ_METRIC_CALL_DURATION, SQ_AGGREGATION_MAX, 60 * SQ_MS},
        {SQ_METRIC_CALL_DURATION, SQ_AGGREGATION_AVG, 61 * SQ_MS / 2},
        {SQ_METRIC_TTFT, SQ_AGGREGATION_COUNT, 0},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        int64_t value = -7;
        struct sq_threshold what = {.metric = cases[i].metric, .aggregation = cases[i].aggregation};
        ck_assert_msg(value_of(world, &column, what, &value), "case %zu", i);
        ck_assert_msg(value == cases[i].value, "case %zu: %lld", i, (long long)value);
    }
    sq_column_clear(&column);
    meter_world_free(world);
}
END_TEST

START_TEST(test_value_when_several_seeds_then_goodput_is_per_run)
{
    struct meter_world *world = meter_world_new(SQ_MINUTE);
    struct sq_column column = whole_column(world);
    column.n_seeds = 2;
    world->scenario.warmup = 30 * SQ_SECOND;
    int64_t value = 0;
    ck_assert(value_of(world, &column, (struct sq_threshold){.metric = SQ_METRIC_GOODPUT}, &value));
    ck_assert_int_eq(value, 900);
    world->scenario.warmup = SQ_MINUTE;
    ck_assert(
        !value_of(world, &column, (struct sq_threshold){.metric = SQ_METRIC_GOODPUT}, &value));
    sq_column_clear(&column);
    meter_world_free(world);
}
END_TEST

START_TEST(test_value_when_selected_then_of_that_part)
{
    struct meter_world *world = meter_world_new(SQ_MINUTE);
    struct sq_column column = whole_column(world);
    int64_t value = 0;
    struct sq_threshold what = {.metric = SQ_METRIC_CALL_DURATION,
                                .selector = SQ_SELECT_OUTCOME,
                                .selected = SQ_OUTCOME_APOLOGY,
                                .aggregation = SQ_AGGREGATION_MIN};
    ck_assert(value_of(world, &column, what, &value));
    ck_assert_int_eq(value, 55 * SQ_MS);
    what.selector = SQ_SELECT_PHASE;
    what.selected = SQ_PHASE_FAULTY;
    ck_assert(value_of(world, &column, what, &value));
    ck_assert_int_eq(value, 11 * SQ_MS);
    what = (struct sq_threshold){
        .metric = SQ_METRIC_AVAILABILITY, .selector = SQ_SELECT_PHASE, .selected = SQ_PHASE_AFTER};
    ck_assert(value_of(world, &column, what, &value));
    ck_assert_int_eq(value, 34 * SQ_RATIO_ONE / 40);
    what = (struct sq_threshold){.metric = SQ_METRIC_FALLBACK_RATIO,
                                 .selector = SQ_SELECT_STRATEGY,
                                 .selected = SQ_STRATEGY_FINAL};
    ck_assert(value_of(world, &column, what, &value));
    ck_assert_int_eq(value, SQ_RATIO_ONE / 10);
    what.selected = SQ_STRATEGY_SWITCH_MODEL;
    ck_assert(value_of(world, &column, what, &value));
    ck_assert_int_eq(value, 0);
    sq_column_clear(&column);
    meter_world_free(world);
}
END_TEST

START_TEST(test_value_when_there_is_no_data_then_none)
{
    struct meter_world *world = meter_world_new(SQ_MINUTE);
    struct sq_column column =
        meter_world_column(meter_world_meter(world, SQ_MODE_VIRTUAL), SQ_MINUTE);
    static const struct sq_threshold cases[] = {
        {.metric = SQ_METRIC_AVAILABILITY},
        {.metric = SQ_METRIC_AVAILABILITY, .selector = SQ_SELECT_PHASE, .selected = 1},
        {.metric = SQ_METRIC_FALLBACK_RATIO, .selector = SQ_SELECT_STRATEGY},
        {.metric = SQ_METRIC_CALL_DURATION, .aggregation = SQ_AGGREGATION_AVG},
        {.metric = SQ_METRIC_CALL_DURATION, .aggregation = SQ_AGGREGATION_MED},
        {.metric = SQ_METRIC_CALL_DURATION,
         .selector = SQ_SELECT_OUTCOME,
         .aggregation = SQ_AGGREGATION_MAX},
        {.metric = SQ_METRIC_TIME_TO_RECOVER, .aggregation = SQ_AGGREGATION_MAX},
        {.metric = SQ_METRIC_RETRY_AMPLIFICATION},
        {.metric = SQ_METRIC_WASTED_TOKENS_RATIO},
        {.metric = SQ_METRIC_COST_PER_1K_GOOD_CALLS},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        int64_t value;
        ck_assert_msg(!value_of(world, &column, cases[i], &value), "case %zu", i);
    }
    sq_column_clear(&column);
    meter_world_free(world);
}
END_TEST

START_TEST(test_value_when_selector_or_aggregation_does_not_fit_then_none)
{
    struct meter_world *world = meter_world_new(SQ_MINUTE);
    struct sq_column column = whole_column(world);
    static const struct sq_threshold cases[] = {
        {.metric = SQ_METRIC_AVAILABILITY, .selector = SQ_SELECT_OUTCOME},
        {.metric = SQ_METRIC_AVAILABILITY, .aggregation = SQ_AGGREGATION_MAX},
        {.metric = SQ_METRIC_GOODPUT, .selector = SQ_SELECT_PHASE},
        {.metric = SQ_METRIC_GOODPUT, .aggregation = SQ_AGGREGATION_MAX},
        {.metric = SQ_METRIC_CALL_DURATION, .aggregation = SQ_AGGREGATION_VALUE},
        {.metric = SQ_METRIC_CALL_DURATION,
         .selector = SQ_SELECT_STRATEGY,
         .aggregation = SQ_AGGREGATION_MAX},
        {.metric = SQ_METRIC_ATTEMPT_DURATION,
         .selector = SQ_SELECT_PHASE,
         .aggregation = SQ_AGGREGATION_MAX},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        int64_t value;
        ck_assert_msg(!value_of(world, &column, cases[i], &value), "case %zu", i);
    }
    sq_column_clear(&column);
    meter_world_free(world);
}
END_TEST

/* time_to_recover of `recovered` windows of a second each and `never` more. */
static int64_t recovery(struct meter_world *world, int recovered, uint64_t never,
                        struct sq_threshold what)
{
    struct sq_column column =
        meter_world_column(meter_world_meter(world, SQ_MODE_VIRTUAL), SQ_MINUTE);
    for (int i = 0; i < recovered; i++) {
        sq_histogram_record(column.time_to_recover, SQ_SECOND);
    }
    column.windows_not_recovered = never;
    what.metric = SQ_METRIC_TIME_TO_RECOVER;
    int64_t value = -1;
    value_of(world, &column, what, &value);
    sq_column_clear(&column);
    return value;
}

START_TEST(test_value_when_a_fault_was_never_recovered_from_then_never)
{
    struct meter_world *world = meter_world_new(SQ_MINUTE);
    static const struct {
        int recovered;
        uint64_t never;
        struct sq_threshold what;
        int64_t value;
    } cases[] = {
        {3, 1, {.aggregation = SQ_AGGREGATION_MAX}, SQ_NEVER},
        {3, 1, {.aggregation = SQ_AGGREGATION_AVG}, SQ_NEVER},
        {3, 1, {.aggregation = SQ_AGGREGATION_MIN}, SQ_SECOND},
        {0, 1, {.aggregation = SQ_AGGREGATION_MIN}, SQ_NEVER},
        {3, 1, {.aggregation = SQ_AGGREGATION_COUNT}, 3},
        {3, 0, {.aggregation = SQ_AGGREGATION_MAX}, SQ_SECOND},
        {95, 5, {.aggregation = SQ_AGGREGATION_P, .per_million = 900000}, SQ_SECOND},
        {90, 10, {.aggregation = SQ_AGGREGATION_P, .per_million = 900000}, SQ_SECOND},
        {89, 11, {.aggregation = SQ_AGGREGATION_P, .per_million = 900000}, SQ_NEVER},
        {9, 11, {.aggregation = SQ_AGGREGATION_MED}, SQ_NEVER},
        {0, 10, {.aggregation = SQ_AGGREGATION_P, .per_million = 0}, SQ_NEVER},
        {1, 9, {.aggregation = SQ_AGGREGATION_P, .per_million = 0}, SQ_SECOND},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        int64_t value = recovery(world, cases[i].recovered, cases[i].never, cases[i].what);
        ck_assert_msg(value == cases[i].value, "case %zu: %lld", i, (long long)value);
    }
    meter_world_free(world);
}
END_TEST

/* Calls and their outcome, in the phase before the first fault. */
static void add_reserved_calls(struct sq_column *column, int64_t n)
{
    column->phase[SQ_PHASE_BEFORE].calls += (uint64_t)n * column->total.calls;
    column->phase[SQ_PHASE_BEFORE].outcome[0] += (uint64_t)n * column->total.calls;
}

START_TEST(test_slice_when_a_check_asks_for_what_a_column_has_not_then_needed)
{
    static const struct {
        struct sq_threshold what;
        bool needed;
    } cases[] = {
        {{.metric = SQ_METRIC_AVAILABILITY}, false},
        {{.metric = SQ_METRIC_AVAILABILITY, .when = SQ_WHEN_AFTER}, true},
        {{.metric = SQ_METRIC_AVAILABILITY, .when = SQ_WHEN_BEFORE}, false},
        {{.metric = SQ_METRIC_TTFT, .when = SQ_WHEN_BEFORE}, true},
        {{.metric = SQ_METRIC_CALL_DURATION, .selector = SQ_SELECT_OUTCOME}, false},
        {{.metric = SQ_METRIC_TTFT, .selector = SQ_SELECT_OUTCOME}, true},
        {{.metric = SQ_METRIC_CALL_DURATION, .selector = SQ_SELECT_OUTCOME, .when = SQ_WHEN_BEFORE},
         true},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        ck_assert_msg(sq_slice_needed(&cases[i].what) == cases[i].needed, "case %zu", i);
    }
}
END_TEST

START_TEST(test_quantile_when_there_is_nothing_or_too_little_then_none)
{
    struct sq_histogram *few = calloc(1, sizeof *few);
    int64_t value = 7;
    ck_assert(!sq_result_quantile(NULL, 500000, &value));
    for (int i = 0; i < 2 * SQ_QUANTILE_TAIL; i++) {
        ck_assert_int_eq(sq_result_quantile(few, 500000, &value), false);
        sq_histogram_record(few, SQ_SECOND);
    }
    ck_assert_int_eq(value, 7);
    ck_assert(sq_result_quantile(few, 500000, &value));
    ck_assert_int_ge(value, SQ_SECOND);
    free(few);
}
END_TEST

START_TEST(test_sums_when_one_part_is_off_then_it_is_named)
{
    struct meter_world *world = meter_world_new(SQ_MINUTE);
    struct sq_column column = whole_column(world);
    struct {
        uint64_t *count;
        const char *what;
    } cases[] = {
        {&column.total.outcome[SQ_OUTCOME_LATE], "outcomes of all calls"},
        {&column.phase[SQ_PHASE_AFTER].calls, "calls by phase"},
        {&column.phase[SQ_PHASE_WORKLOAD_0].outcome[0], "calls by phase"},
        {&column.strategy[SQ_STRATEGY_CACHE], "calls by fallback strategy"},
        {&column.attempts_per_call[3], "calls by number of attempts"},
        {&column.class_by_role[1][SQ_CLASS_AUTH], "attempts by role and class"},
        {&column.refused_locally, "attempts by role and class"},
        {&column.outcome_by_class[0][SQ_CLASS_AUTH], "outcomes by reported class"},
        {&column.billed_by_role[1].input, "bills by role"},
        {&column.billed.output, "bills by role"},
        {&column.call_duration->count, "durations of valid calls"},
        {&column.timeline[0].attempts, "the timeline"},
        {&column.timeline[0].calls, "the timeline"},
        {&column.timeline[0].outcome[0], "the timeline"},
        {&column.strategy_total.calls, "calls by fallback strategy"},
        {&column.billed.input, "bills by role"},
        {&column.billed.cached, "bills by role"},
        {&column.billed_by_role[0].cached, "bills by role"},
        {&column.billed_by_role[1].output, "bills by role"},
    };
    const char *what = "";
    ck_assert(sq_column_adds_up(&column, &what));
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        ++*cases[i].count;
        ck_assert_msg(!sq_column_adds_up(&column, &what), "case %zu", i);
        ck_assert_str_eq(what, cases[i].what);
        --*cases[i].count;
    }
    uint64_t *wasted[] = {&column.wasted.input, &column.wasted.cached, &column.wasted.output};
    const uint64_t billed[] = {column.billed.input, column.billed.cached, column.billed.output};
    for (size_t i = 0; i < 3; i++) {
        uint64_t before = *wasted[i];
        *wasted[i] = billed[i] + 1;
        ck_assert(!sq_column_adds_up(&column, &what));
        ck_assert_str_eq(what, "wasted tokens");
        *wasted[i] = before;
    }
    column.billed.cost++;
    ck_assert(!sq_column_adds_up(&column, &what));
    ck_assert_str_eq(what, "bills by role");
    column.billed.cost--;
    column.answers_by_role[1] += column.total.calls + 1;
    ck_assert(!sq_column_adds_up(&column, &what));
    ck_assert_str_eq(what, "outcomes by reported class");
    column.answers_by_role[1] -= column.total.calls + 1;
    add_reserved_calls(&column, 2);
    ck_assert(!sq_column_adds_up(&column, &what));
    ck_assert_str_eq(what, "calls by phase");
    add_reserved_calls(&column, -2);
    ck_assert(sq_column_adds_up(&column, &what));
    sq_column_clear(&column);
    meter_world_free(world);
}
END_TEST

START_TEST(test_clear_when_zeroed_null_or_twice_then_fine)
{
    struct sq_result *result = calloc(1, sizeof *result);
    struct meter_world *world = meter_world_new(SQ_MINUTE);
    result->columns[0] = whole_column(world);
    result->n_columns = 1;
    sq_result_clear(result);
    ck_assert_uint_eq(result->n_columns, 0);
    ck_assert_ptr_null(result->columns[0].timeline);
    sq_result_clear(result);
    sq_result_clear(NULL);
    sq_column_clear(NULL);
    meter_world_free(world);
    free(result);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("result");
    TCase *tcase = tcase_create("result");
    tcase_add_test(tcase, test_names_when_asked_then_words);
    tcase_add_test(tcase, test_ratio_when_each_outcome_once_then_as_defined);
    tcase_add_test(tcase, test_ratio_when_only_excluded_calls_then_none);
    tcase_add_test(tcase, test_strategy_when_outcome_is_an_answer_of_the_wanted_role_then_none);
    tcase_add_test(tcase, test_slice_when_a_check_asks_for_what_a_column_has_not_then_needed);
    tcase_add_test(tcase, test_quantile_when_fewer_than_ten_beyond_then_it_does_not_count);
    tcase_add_test(tcase, test_value_when_totals_then_as_counted);
    tcase_add_test(tcase, test_value_when_several_seeds_then_goodput_is_per_run);
    tcase_add_test(tcase, test_value_when_selected_then_of_that_part);
    tcase_add_test(tcase, test_value_when_there_is_no_data_then_none);
    tcase_add_test(tcase, test_value_when_selector_or_aggregation_does_not_fit_then_none);
    tcase_add_test(tcase, test_value_when_a_fault_was_never_recovered_from_then_never);
    tcase_add_test(tcase, test_quantile_when_there_is_nothing_or_too_little_then_none);
    tcase_add_test(tcase, test_sums_when_one_part_is_off_then_it_is_named);
    tcase_add_test(tcase, test_clear_when_zeroed_null_or_twice_then_fine);
    suite_add_tcase(suite, tcase);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
