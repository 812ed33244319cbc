/* SPDX-License-Identifier: MIT */
/* A series on either clock: what it tells on the way, how it is stopped, what is left then. */
#include "sim/series.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "tests/support/memory_torture.h"
#include "tests/support/small_scenario.h"

static struct small_scenario *small;
static struct sq_series_options options;
static struct sq_result *result;
static uint32_t n_asked;
static uint32_t stop_at;      /* the question that is answered with yes */
static uint32_t n_reports[2]; /* by mode */
static struct sq_series_progress last;

static void set_up(void)
{
    small = small_scenario_new();
    small->scenario.duration = 200 * SQ_MS;
    small->scenario.workload.phases[0].duration = 200 * SQ_MS;
    small->scenario.script.models[0].ttft.fixed = 2 * SQ_MS;
    small->scenario.script.models[0].pace.fixed = SQ_MS;
    small->rate.value = 40 * 1000000;
    options = (struct sq_series_options){.jobs = 1, .speed_milli = 1000, .stop_fd = -1};
    result = calloc(1, sizeof *result);
    n_asked = 0;
    stop_at = UINT32_MAX;
    memset(n_reports, 0, sizeof n_reports);
}

static void tear_down(void)
{
    sq_memory_torture_fail(0);
    sq_result_clear(result);
    free(result);
    small_scenario_free(small);
}

static bool stop(void *context)
{
    (void)context;
    return ++n_asked >= stop_at;
}

static void report(void *context, const struct sq_series_progress *progress)
{
    (void)context;
    ck_assert(progress->run < progress->n_runs);
    n_reports[progress->mode]++;
    last = *progress;
}

static enum sq_status run(void)
{
    struct sq_error err = {0};
    return sq_series_run(&small->scenario, &options, result, &err);
}

START_TEST(test_progress_when_asked_for_then_both_clocks_tell)
{
    small->rate.value = 20000 * (int64_t)1000000;
    options.virtual_clock = true;
    options.progress = report;
    ck_assert_int_eq(run(), SQ_OK);
    ck_assert_uint_gt(n_reports[SQ_MODE_VIRTUAL], 0);
    ck_assert_uint_eq(last.n_runs, 1);
    ck_assert_int_eq(last.end, 200 * SQ_MS);
    sq_result_clear(result);
    small->rate.value = 40 * 1000000;
    options.virtual_clock = false;
    options.live_clock = true;
    ck_assert_int_eq(run(), SQ_OK);
    ck_assert_uint_gt(n_reports[SQ_MODE_LIVE], 0);
}
END_TEST

START_TEST(test_live_when_seeds_are_given_then_each_is_run)
{
    small->scenario.n_seeds = 2;
    options.live_clock = true;
    ck_assert_int_eq(run(), SQ_OK);
    ck_assert_uint_eq(result->columns[0].n_seeds, 1);
    sq_result_clear(result);
    small->scenario.seeds_given = true;
    options.stop = stop;
    ck_assert_int_eq(run(), SQ_OK);
    ck_assert_uint_eq(result->columns[0].n_seeds, 2);
    ck_assert(!result->interrupted);
}
END_TEST

/* Between two runs, and inside of one: no other is begun. */
START_TEST(test_live_when_stopped_then_what_there_is_is_judged)
{
    small->scenario.n_seeds = 3;
    small->scenario.seeds_given = true;
    options.live_clock = true;
    options.stop = stop;
    stop_at = 1;
    ck_assert_int_eq(run(), SQ_INTERRUPTED);
    ck_assert(result->interrupted);
    ck_assert_uint_eq(result->columns[0].n_seeds, 1);
    ck_assert_int_eq(result->exit_code, 130);
}
END_TEST

/* Runs so short that nobody asks inside them. */
START_TEST(test_virtual_when_stopped_between_two_runs_then_the_result_tells)
{
    small->scenario.n_seeds = 3;
    options.virtual_clock = true;
    options.stop = stop;
    stop_at = 2;
    ck_assert_int_eq(run(), SQ_INTERRUPTED);
    ck_assert(result->interrupted);
    ck_assert_uint_eq(result->columns[0].n_seeds, 2);
    ck_assert(result->columns[0].interrupted);
}
END_TEST

START_TEST(test_clocks_when_the_virtual_one_was_stopped_then_not_compared)
{
    small->rate.value = 20000 * (int64_t)1000000;
    options.virtual_clock = true;
    options.live_clock = true;
    options.stop = stop;
    stop_at = 1;
    ck_assert_int_eq(run(), SQ_INTERRUPTED);
    ck_assert_uint_eq(result->n_agreements, 0);
}
END_TEST

START_TEST(test_part_when_a_seed_says_nothing_or_was_stopped_then_the_part_tells)
{
    small->scenario.n_seeds = 2;
    small->scenario.max_in_flight = 1;
    small->scenario.script.models[0].ttft.fixed = SQ_SECOND;
    options.virtual_clock = true;
    options.shard = (struct sq_shard){.index = 1, .n = 1, .recipe = "{}"};
    ck_assert_int_eq(run(), SQ_OK);
    ck_assert_ptr_nonnull(result->part->states[0].inconclusive);
    ck_assert_ptr_eq(result->columns[0].inconclusive, result->part->states[0].inconclusive);
    ck_assert_int_eq(result->exit_code, 0);
    sq_result_clear(result);
    small->scenario.max_in_flight = 1000000;
    small->rate.value = 20000 * (int64_t)1000000;
    options.stop = stop;
    stop_at = 1;
    ck_assert_int_eq(run(), SQ_INTERRUPTED);
    ck_assert_int_eq(result->exit_code, 130);
    ck_assert_uint_eq(result->part->n_ran, 1);
}
END_TEST

START_TEST(test_failure_when_nobody_asks_why_then_only_its_status)
{
    options.virtual_clock = true;
    sq_memory_torture_fail(3);
    ck_assert_int_eq(sq_series_run(&small->scenario, &options, result, NULL), SQ_NO_MEMORY);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("series");
    TCase *tests = tcase_create("series");
    tcase_set_timeout(tests, 120);
    tcase_add_checked_fixture(tests, set_up, tear_down);
    tcase_add_test(tests, test_progress_when_asked_for_then_both_clocks_tell);
    tcase_add_test(tests, test_live_when_seeds_are_given_then_each_is_run);
    tcase_add_test(tests, test_live_when_stopped_then_what_there_is_is_judged);
    tcase_add_test(tests, test_virtual_when_stopped_between_two_runs_then_the_result_tells);
    tcase_add_test(tests, test_clocks_when_the_virtual_one_was_stopped_then_not_compared);
    tcase_add_test(tests, test_part_when_a_seed_says_nothing_or_was_stopped_then_the_part_tells);
    tcase_add_test(tests, test_failure_when_nobody_asks_why_then_only_its_status);
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int n_failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return n_failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
