/* SPDX-License-Identifier: MIT */
/*
 * News that waits changes no decision: a run whose carrier tells every step when it happens and one
 * whose carrier keeps them back until they matter take the same actions at the same times. Over
 * worlds drawn at random: limits of all orders, faults that strike before, in and after each step.
 */
#include <check.h>

#include "base/digest.h"
#include "base/draw.h"
#include "sim/run.h"
#include "sim/virtual.h"
#include "tests/support/small_scenario.h"

#define N_WORLDS 400

struct seen {
    struct sq_run_end end;
    uint64_t outcome[SQ_OUTCOMES];
    uint64_t failed[SQ_CLASSES];
    uint64_t wasted;
    uint64_t n_ttft;
    int64_t ttft_max;
};

static struct seen run(const struct small_scenario *small, bool prompt)
{
    struct sq_error err = {0};
    struct seen seen = {0};
    struct sq_column column = {0};
    struct sq_virtual *carrier = sq_virtual_new(&small->scenario, &small->policy, 1);
    struct sq_meter *meter = sq_meter_new(&small->scenario, &small->policy, SQ_MODE_VIRTUAL);
    struct sq_run_setup setup = {.scenario = &small->scenario,
                                 .policy = &small->policy,
                                 .seed = 1,
                                 .carrier = sq_virtual_carrier(carrier),
                                 .meter = meter};
    if (prompt) {
        sq_virtual_be_prompt(carrier);
    }
    ck_assert_int_eq(sq_run(&setup, &seen.end, &err), SQ_OK);
    ck_assert_int_eq(sq_meter_fill(meter, &column, &err), SQ_OK);
    for (int i = 0; i < SQ_OUTCOMES; i++) {
        seen.outcome[i] = column.total.outcome[i];
    }
    for (int i = 0; i < SQ_CLASSES; i++) {
        seen.failed[i] = column.class_by_role[0][i];
    }
    seen.wasted = column.wasted.output;
    seen.n_ttft = column.ttft->count;
    seen.ttft_max = column.ttft->max;
    sq_column_clear(&column);
    sq_meter_free(meter);
    sq_virtual_free(carrier);
    return seen;
}

/* Both runs say the same, and the second was spared events. Returns how many. */
static uint64_t compare(const struct small_scenario *small)
{
    struct seen told = run(small, true);
    struct seen kept = run(small, false);
    ck_assert_uint_eq(told.end.decision_digest, kept.end.decision_digest);
    ck_assert_uint_eq(told.end.outcome_digest, kept.end.outcome_digest);
    for (int i = 0; i < SQ_OUTCOMES; i++) {
        ck_assert_uint_eq(told.outcome[i], kept.outcome[i]);
    }
    for (int i = 0; i < SQ_CLASSES; i++) {
        ck_assert_uint_eq(told.failed[i], kept.failed[i]);
    }
    ck_assert_uint_eq(told.wasted, kept.wasted);
    ck_assert_uint_eq(told.n_ttft, kept.n_ttft);
    ck_assert_int_eq(told.ttft_max, kept.ttft_max);
    ck_assert_uint_ge(told.end.events, kept.end.events);
    return told.end.events - kept.end.events;
}

/* The k-th draw of a world, in [0, n). */
static uint32_t draw(uint64_t world, uint32_t k, uint32_t n)
{
    uint64_t bits = sq_digest_mix(world * 1000 + k + 1);
    return (uint32_t)((bits >> 32) * n >> 32);
}

static sq_dur some_limit(uint64_t world, uint32_t k)
{
    static const sq_dur limits[] = {SQ_NEVER,    5 * SQ_MS,   60 * SQ_MS, 100 * SQ_MS,
                                    150 * SQ_MS, 200 * SQ_MS, SQ_SECOND,  SQ_NEVER};
    return limits[draw(world, k, sizeof limits / sizeof limits[0])];
}

static void add_fault(struct small_scenario *small, uint64_t world, uint32_t k)
{
    static const enum sq_fault_kind kinds[] = {SQ_FAULT_STATUS, SQ_FAULT_HANG,  SQ_FAULT_LATENCY,
                                               SQ_FAULT_RESET,  SQ_FAULT_STALL, SQ_FAULT_CUT,
                                               SQ_FAULT_EMPTY,  SQ_FAULT_REFUSE};
    struct sq_rule *rule =
        small_scenario_rule(small, kinds[draw(world, k, sizeof kinds / sizeof kinds[0])]);
    rule->key = k;
    rule->share_q32 = (uint64_t)draw(world, k + 1, 4) << 30;
    rule->effect.status = 503;
    rule->effect.add = (sq_dur)draw(world, k + 2, 300) * SQ_MS;
    rule->effect.factor_q32 = UINT64_C(1) << 32;
    rule->effect.after_tokens = draw(world, k + 3, 12);
    rule->effect.after_bytes = SQ_UNSET_U32;
    rule->effect.for_each = (sq_dur)draw(world, k + 4, 200) * SQ_MS;
    if (rule->kind == SQ_FAULT_RESET) {
        rule->effect.after_tokens = SQ_UNSET_U32;
        rule->effect.in_flight = true;
        rule->windowed = true;
        rule->share_q32 = SQ_DRAW_ALWAYS;
        rule->at = 3 * SQ_SECOND;
        rule->span = 100 * SQ_MS;
        rule->every = SQ_SECOND;
    }
}

static void build(struct small_scenario *small, uint64_t world)
{
    struct sq_role_settings *role = small_scenario_role(small);
    struct sq_timeouts *timeouts = &role->timeouts;
    timeouts->connect = some_limit(world, 0);
    timeouts->first_byte = some_limit(world, 1);
    timeouts->first_token = some_limit(world, 2);
    timeouts->idle = some_limit(world, 3);
    timeouts->attempt = some_limit(world, 4);
    timeouts->total = some_limit(world, 5);
    role->retry.max_attempts = (uint16_t)(1 + draw(world, 6, 3));
    role->retry.delay.initial = (sq_dur)draw(world, 7, 3) * 50 * SQ_MS;
    role->retry.commit_at = (enum sq_commit)draw(world, 8, SQ_COMMIT_END + 1);
    small->scenario.workload.requests[0].stream = draw(world, 9, 4) != 0;
    small->scenario.drain = draw(world, 10, 2) == 0 ? 0 : 50 * SQ_MS;
    uint32_t n_faults = draw(world, 11, 4);
    for (uint32_t i = 0; i < n_faults; i++) {
        add_fault(small, world, 20 + 10 * i);
    }
}

START_TEST(test_news_that_waits_when_worlds_are_random_then_no_decision_changes)
{
    uint64_t spared = 0;
    for (uint64_t world = 0; world < N_WORLDS; world++) {
        struct small_scenario *small = small_scenario_new();
        build(small, world);
        spared += compare(small);
        small_scenario_free(small);
    }
    ck_assert_uint_gt(spared, N_WORLDS * 10); /* or the worlds say nothing */
}
END_TEST

START_TEST(test_news_when_the_drain_ends_inside_an_answer_then_its_status_is_told_all_the_same)
{
    struct small_scenario *small = small_scenario_new();
    struct sq_rule *rule = small_scenario_rule(small, SQ_FAULT_STALL);
    rule->effect.after_tokens = 2;
    rule->effect.for_each = SQ_NEVER;
    small->scenario.workload.requests[0].stream = true;
    ck_assert_uint_eq(compare(small), 0);
    ck_assert_uint_eq(run(small, false).outcome[SQ_OUTCOME_TIMED_OUT], 100);
    small_scenario_free(small);
}
END_TEST

int main(void)
{
    TCase *tests = tcase_create("virtual_news");
    tcase_add_test(tests, test_news_that_waits_when_worlds_are_random_then_no_decision_changes);
    tcase_add_test(
        tests, test_news_when_the_drain_ends_inside_an_answer_then_its_status_is_told_all_the_same);
    Suite *suite = suite_create("virtual_news");
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? 0 : 1;
}
