/* SPDX-License-Identifier: MIT */
/* A run allocates for the calls in flight, never for an event: ten times the calls, the same
 * requests for memory. */
#include <check.h>

#include "sim/run.h"
#include "sim/virtual.h"
#include "tests/support/memory_torture.h"
#include "tests/support/small_scenario.h"

struct counted {
    uint64_t calls;
    uint64_t attempts;
    size_t requests;
};

static struct counted run_for(struct small_scenario *small, sq_dur duration)
{
    struct sq_run_end end;
    struct sq_error err = {0};
    small->scenario.duration = duration;
    small->scenario.workload.phases[0].duration = duration;
    struct sq_virtual *carrier = sq_virtual_new(&small->scenario, &small->policy, 1);
    struct sq_meter *meter = sq_meter_new(&small->scenario, &small->policy, SQ_MODE_VIRTUAL);
    ck_assert_ptr_nonnull(carrier);
    ck_assert_ptr_nonnull(meter);
    struct sq_run_setup setup = {.scenario = &small->scenario,
                                 .policy = &small->policy,
                                 .seed = 1,
                                 .carrier = sq_virtual_carrier(carrier),
                                 .meter = meter};
    sq_memory_torture_fail(0);
    ck_assert_int_eq(sq_run(&setup, &end, &err), SQ_OK);
    struct counted counted = {
        .calls = end.calls, .attempts = end.attempts, .requests = sq_memory_torture_requests()};
    sq_meter_free(meter);
    sq_virtual_free(carrier);
    return counted;
}

static void check_ten_times(struct small_scenario *small)
{
    struct counted few = run_for(small, 100 * SQ_SECOND);
    struct counted many = run_for(small, 1000 * SQ_SECOND);
    ck_assert_uint_eq(few.calls, 1000);
    ck_assert_uint_eq(many.calls, 10000);
    ck_assert_uint_eq(many.requests, few.requests);
    ck_assert_uint_gt(few.requests, 0);
}

START_TEST(test_run_when_ten_times_as_long_then_no_further_request_for_memory)
{
    struct small_scenario *small = small_scenario_new();
    check_ten_times(small);
    small_scenario_free(small);
}
END_TEST

START_TEST(test_run_when_streams_break_and_are_retried_then_no_further_request_for_memory)
{
    struct small_scenario *small = small_scenario_new();
    small->scenario.workload.requests[0].stream = true;
    small_scenario_role(small)->retry.max_attempts = 3;
    struct sq_rule *rule = small_scenario_rule(small, SQ_FAULT_CUT);
    rule->effect.after_tokens = 5;
    rule->count = (struct sq_count){.kind = SQ_COUNT_EVERY, .first = 3};
    check_ten_times(small);
    small_scenario_free(small);
}
END_TEST

START_TEST(test_run_when_refused_with_hints_then_no_further_request_for_memory)
{
    struct small_scenario *small = small_scenario_new();
    small_scenario_role(small)->retry.max_attempts = 2;
    struct sq_rule *rule = small_scenario_rule(small, SQ_FAULT_STATUS);
    rule->effect.status = 429;
    rule->effect.n_retry_after = 2;
    rule->effect.retry_after[0] =
        (struct sq_retry_after){.kind = SQ_RETRY_AFTER_SECONDS, .span = SQ_SECOND};
    rule->effect.retry_after[1] =
        (struct sq_retry_after){.kind = SQ_RETRY_AFTER_MILLISECONDS, .span = SQ_SECOND};
    rule->count = (struct sq_count){.kind = SQ_COUNT_EVERY, .first = 2};
    check_ten_times(small);
    small_scenario_free(small);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("run_memory");
    TCase *tcase = tcase_create("run_memory");
    tcase_add_test(tcase, test_run_when_ten_times_as_long_then_no_further_request_for_memory);
    tcase_add_test(tcase,
                   test_run_when_streams_break_and_are_retried_then_no_further_request_for_memory);
    tcase_add_test(tcase, test_run_when_refused_with_hints_then_no_further_request_for_memory);
    suite_add_tcase(suite, tcase);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? 0 : 1;
}
