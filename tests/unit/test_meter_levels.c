/* SPDX-License-Identifier: MIT */
/* What each level of the meter keeps, and that what it keeps is the same. */
#include <check.h>

#include "sim/meter.h"
#include "tests/support/meter_world.h"

static struct sq_column column_at(struct meter_world *world, enum sq_level level)
{
    struct sq_meter *meter =
        sq_meter_new_at(level, &world->scenario, &world->policy, SQ_MODE_VIRTUAL);
    ck_assert_ptr_nonnull(meter);
    for (int i = 0; i < 100; i++) {
        enum sq_outcome outcome = i % 10 == 0 ? SQ_OUTCOME_FAILED : SQ_OUTCOME_FIRST_TRY;
        meter_world_call(meter, i * SQ_SECOND, (100 + i) * SQ_MS, outcome);
    }
    sq_meter_struck(meter, 0, 12 * SQ_SECOND);
    sq_meter_transition(meter, 11 * SQ_SECOND, 0, 0, SQ_BREAKER_CLOSED, SQ_BREAKER_OPEN);
    return meter_world_column(meter, 2 * SQ_MINUTE);
}

static void check_totals(const struct sq_column *full, const struct sq_column *column)
{
    ck_assert_mem_eq(&column->total, &full->total, sizeof full->total);
    ck_assert_mem_eq(column->class_by_role, full->class_by_role, sizeof full->class_by_role);
    ck_assert_mem_eq(&column->billed, &full->billed, sizeof full->billed);
    ck_assert_mem_eq(&column->wasted, &full->wasted, sizeof full->wasted);
    ck_assert_mem_eq(column->call_duration, full->call_duration, sizeof *full->call_duration);
    ck_assert_mem_eq(column->attempt_duration, full->attempt_duration,
                     sizeof *full->attempt_duration);
    ck_assert_uint_eq(column->attempts, full->attempts);
    ck_assert_uint_eq(column->decision_digest, full->decision_digest);
    ck_assert_uint_eq(column->outcome_digest, full->outcome_digest);
}

static struct meter_world *world_with_a_fault(void)
{
    struct meter_world *world = meter_world_new(2 * SQ_MINUTE);
    meter_world_fault(world, 10 * SQ_SECOND, 10 * SQ_SECOND);
    return world;
}

START_TEST(test_summary_when_asked_for_then_all_but_lines_of_time)
{
    struct meter_world *world = world_with_a_fault();
    struct sq_column full = column_at(world, SQ_LEVEL_FULL);
    struct sq_column summary = column_at(world, SQ_LEVEL_SUMMARY);
    ck_assert_uint_gt(full.n_timeline, 0);
    ck_assert_uint_eq(full.n_transitions, 1);
    check_totals(&full, &summary);
    ck_assert_uint_eq(summary.n_timeline, 0);
    ck_assert_uint_eq(summary.n_transitions, 0);
    ck_assert_uint_eq(summary.transitions_counted, 1);
    ck_assert_mem_eq(summary.phase, full.phase, sizeof full.phase);
    ck_assert_uint_eq(summary.windows[0].struck, 1);
    ck_assert_uint_eq(summary.breakers[0].opened, 1);
    ck_assert_uint_eq(summary.peak_attempts_per_250ms, full.peak_attempts_per_250ms);
    sq_column_clear(&full);
    sq_column_clear(&summary);
    meter_world_free(world);
}
END_TEST

START_TEST(test_totals_when_asked_for_then_only_what_holds_for_the_whole_run)
{
    struct meter_world *world = world_with_a_fault();
    struct sq_column full = column_at(world, SQ_LEVEL_FULL);
    struct sq_column totals = column_at(world, SQ_LEVEL_TOTALS);
    check_totals(&full, &totals);
    ck_assert_uint_eq(totals.n_timeline, 0);
    ck_assert_uint_eq(totals.n_windows, 0);
    ck_assert_uint_eq(totals.n_breakers, 0);
    ck_assert_uint_eq(totals.phase[SQ_PHASE_BEFORE].calls, 0);
    ck_assert_ptr_null(totals.duration_by_outcome[SQ_OUTCOME_FAILED]);
    sq_column_clear(&full);
    sq_column_clear(&totals);
    meter_world_free(world);
}
END_TEST

static bool has_value(const struct meter_world *world, const struct sq_column *column,
                      struct sq_threshold what)
{
    int64_t value = -1;
    const char *reason = "";
    bool has = sq_result_value(&world->result, column, &what, &value, &reason);
    if (!has) {
        ck_assert_str_eq(reason, "not kept at the level of totals");
    }
    return has;
}

START_TEST(test_value_when_totals_do_not_keep_it_then_none_instead_of_zero)
{
    static const struct {
        struct sq_threshold what;
        bool kept;
    } cases[] = {
        {{.metric = SQ_METRIC_AVAILABILITY}, true},
        {{.metric = SQ_METRIC_AVAILABILITY, .selector = SQ_SELECT_PHASE}, false},
        {{.metric = SQ_METRIC_CALL_DURATION, .aggregation = SQ_AGGREGATION_MED}, true},
        {{.metric = SQ_METRIC_CALL_DURATION,
          .aggregation = SQ_AGGREGATION_MED,
          .selector = SQ_SELECT_OUTCOME},
         false},
        {{.metric = SQ_METRIC_RETRY_AMPLIFICATION}, true},
        {{.metric = SQ_METRIC_RETRY_AMPLIFICATION, .aggregation = SQ_AGGREGATION_MAX}, false},
        {{.metric = SQ_METRIC_ATTEMPT_RATE, .aggregation = SQ_AGGREGATION_MAX}, false},
        {{.metric = SQ_METRIC_TIME_TO_RECOVER, .aggregation = SQ_AGGREGATION_MAX}, false},
        {{.metric = SQ_METRIC_BREAKER_OPEN_TIME}, false},
        {{.metric = SQ_METRIC_COST_USD}, true},
    };
    struct meter_world *world = world_with_a_fault();
    struct sq_column totals = column_at(world, SQ_LEVEL_TOTALS);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        ck_assert_msg(has_value(world, &totals, cases[i].what) == cases[i].kept, "case %zu", i);
    }
    sq_column_clear(&totals);
    meter_world_free(world);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("meter_levels");
    TCase *tcase = tcase_create("meter_levels");
    tcase_add_test(tcase, test_summary_when_asked_for_then_all_but_lines_of_time);
    tcase_add_test(tcase, test_totals_when_asked_for_then_only_what_holds_for_the_whole_run);
    tcase_add_test(tcase, test_value_when_totals_do_not_keep_it_then_none_instead_of_zero);
    suite_add_tcase(suite, tcase);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? 0 : 1;
}
