/* SPDX-License-Identifier: MIT */
/*
 * The loop, driven through a fake carrier that answers what the test says, and through the virtual
 * one. What is asserted is what the meter was told and what the carrier was asked.
 */
#include "sim/run.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "sim/virtual.h"
#include "tests/support/small_scenario.h"

#define FAKE_ATTEMPTS_MAX 1024

/* Answers every attempt after `answer_after` with `status`; remembers what was asked of it. */
struct fake {
    struct sq_attempt attempts[FAKE_ATTEMPTS_MAX];
    sq_time due[FAKE_ATTEMPTS_MAX];
    bool over[FAKE_ATTEMPTS_MAX];
    uint32_t n_attempts;
    uint32_t n_cancels;
    uint32_t n_bills_owed; /* of cancelled attempts */
    sq_dur answer_after;   /* SQ_NEVER: never */
    uint16_t status;
    enum sq_class read_as; /* the reading of every answer */
    uint8_t repaired;      /* and the repair that helped */
    uint32_t n_open;       /* attempts on the wire, now and at most */
    uint32_t n_open_max;
    struct sq_trace *trace;
    sq_time last_now;
    bool went_back;
};

static struct fake *newest(struct fake *fake, uint32_t slot, uint32_t *index)
{
    for (uint32_t i = fake->n_attempts; i-- > 0;) {
        if (fake->attempts[i].slot == slot && !fake->over[i]) {
            *index = i;
            return fake;
        }
    }
    return NULL;
}

static enum sq_status fake_send(void *self, const struct sq_attempt *attempt, sq_time now,
                                struct sq_error *err)
{
    struct fake *fake = self;
    (void)err;
    ck_assert_uint_lt(fake->n_attempts, FAKE_ATTEMPTS_MAX);
    fake->attempts[fake->n_attempts] = *attempt;
    fake->due[fake->n_attempts++] = sq_time_add(now, fake->answer_after);
    fake->n_open++;
    fake->n_open_max = fake->n_open > fake->n_open_max ? fake->n_open : fake->n_open_max;
    return SQ_OK;
}

static void fake_cancel(void *self, uint32_t slot, uint16_t attempt, sq_time now)
{
    struct fake *fake = self;
    uint32_t index = 0;
    (void)now;
    ck_assert_ptr_nonnull(newest(fake, slot, &index));
    ck_assert_uint_eq(fake->attempts[index].attempt, attempt);
    fake->over[index] = true;
    fake->n_open--;
    fake->n_cancels++;
    fake->n_bills_owed++;
}

static sq_time fake_next(void *self, uint32_t slot)
{
    struct fake *fake = self;
    uint32_t index = 0;
    return newest(fake, slot, &index) == NULL ? SQ_NEVER : fake->due[index];
}

static enum sq_status fake_wait(void *self, sq_time until, uint32_t head, sq_time *now,
                                struct sq_arrival *arrival, struct sq_error *err)
{
    struct fake *fake = self;
    uint32_t index = 0;
    (void)err;
    if (fake->n_bills_owed > 0) {
        fake->n_bills_owed--;
        arrival->kind = SQ_ARRIVAL_BILL;
        return SQ_OK;
    }
    fake->went_back = fake->went_back || until < fake->last_now;
    fake->last_now = *now = until;
    if (head == SQ_NO_SLOT || newest(fake, head, &index) == NULL || fake->due[index] > until) {
        return SQ_OK;
    }
    const struct sq_attempt *attempt = &fake->attempts[index];
    fake->over[index] = true;
    fake->n_open--;
    arrival->kind = SQ_ARRIVAL_EVENT;
    arrival->slot = head;
    arrival->call = attempt->call;
    arrival->attempt = attempt->attempt;
    arrival->billed = true;
    arrival->bill = (struct sq_bill){.input_tokens = 10, .output_tokens = 5};
    arrival->event =
        (struct sq_event){.at = until,
                          .kind = SQ_EVENT_DONE,
                          .attempt = attempt->attempt,
                          .status = fake->status,
                          .reading = {.klass = fake->read_as, .repaired = fake->repaired}};
    return SQ_OK;
}

static const struct sq_carrier_row fake_row = {
    .send = fake_send, .cancel = fake_cancel, .next = fake_next, .wait = fake_wait};

static struct small_scenario *small;
static struct fake *fake;
static struct sq_meter *meter;
static struct sq_run_end end;

static void set_up(void)
{
    small = small_scenario_new();
    fake = calloc(1, sizeof(*fake));
    ck_assert_ptr_nonnull(fake);
    fake->answer_after = 200 * SQ_MS;
    fake->status = 200;
}

static void tear_down(void)
{
    sq_meter_free(meter);
    meter = NULL;
    free(fake);
    small_scenario_free(small);
}

static struct sq_column run_with(struct sq_carrier carrier)
{
    struct sq_error err = {0};
    struct sq_column column = {0};
    meter = sq_meter_new(&small->scenario, &small->policy, SQ_MODE_VIRTUAL);
    struct sq_run_setup setup = {.scenario = &small->scenario,
                                 .policy = &small->policy,
                                 .seed = 1,
                                 .carrier = carrier,
                                 .trace = fake->trace,
                                 .meter = meter};
    ck_assert_int_eq(sq_run(&setup, &end, &err), SQ_OK);
    ck_assert_int_eq(sq_meter_fill(meter, &column, &err), SQ_OK);
    return column;
}

static struct sq_column run_fake(void)
{
    return run_with((struct sq_carrier){.does = &fake_row, .self = fake});
}

START_TEST(test_loop_when_all_answers_come_then_every_call_is_first_try)
{
    struct sq_column column = run_fake();
    ck_assert_uint_eq(column.total.calls, 100);
    ck_assert_uint_eq(column.total.outcome[SQ_OUTCOME_FIRST_TRY], 100);
    ck_assert_uint_eq(fake->n_attempts, 100);
    ck_assert_uint_eq(fake->n_cancels, 0);
    ck_assert(!fake->went_back);
    ck_assert_int_eq(column.call_duration->max, 200 * SQ_MS);
    ck_assert_int_eq(column.call_duration->min, 200 * SQ_MS);
    ck_assert_uint_eq(column.billed.output, 500);
    ck_assert_uint_eq(column.wasted.output, 0);
    sq_column_clear(&column);
}
END_TEST

START_TEST(test_loop_when_server_fails_then_attempts_follow_the_backoff)
{
    struct sq_role_settings *role = small_scenario_role(small);
    role->retry.max_attempts = 3;
    role->retry.delay.initial = 50 * SQ_MS;
    fake->status = 500;
    struct sq_column column = run_fake();
    ck_assert_uint_eq(column.total.outcome[SQ_OUTCOME_FAILED], 100);
    ck_assert_uint_eq(fake->n_attempts, 300);
    ck_assert_int_eq(column.call_duration->max, 3 * 200 * SQ_MS + 2 * 50 * SQ_MS);
    ck_assert_uint_eq(column.class_by_role[0][SQ_CLASS_SERVER_ERROR], 300);
    ck_assert_uint_eq(column.wasted.output, column.billed.output);
    ck_assert_uint_eq(fake->attempts[0].nth, 1);
    sq_column_clear(&column);
}
END_TEST

START_TEST(test_loop_when_answers_never_come_then_the_engine_gives_them_up)
{
    small_scenario_role(small)->timeouts.attempt = SQ_SECOND;
    fake->answer_after = SQ_NEVER;
    struct sq_column column = run_fake();
    ck_assert_uint_eq(fake->n_cancels, 100);
    ck_assert_uint_eq(column.class_by_role[0][SQ_CLASS_TIMEOUT_ATTEMPT], 100);
    ck_assert_int_eq(column.call_duration->max, SQ_SECOND);
    sq_column_clear(&column);
}
END_TEST

START_TEST(test_loop_when_the_drain_is_over_then_open_calls_are_timed_out)
{
    fake->answer_after = SQ_NEVER;
    struct sq_column column = run_fake();
    ck_assert_uint_eq(column.total.outcome[SQ_OUTCOME_TIMED_OUT], 100);
    ck_assert_int_eq(end.ended_at, small->scenario.duration + small->scenario.drain);
    ck_assert_uint_eq(fake->n_cancels, 100);
    sq_column_clear(&column);
}
END_TEST

START_TEST(test_drain_when_answers_come_just_in_time_then_they_count)
{
    /* the last call begins at 9.9 s and is answered at 69.9 s; the drain ends at 70 s */
    fake->answer_after = 60 * SQ_SECOND;
    struct sq_column column = run_fake();
    ck_assert_uint_eq(column.total.outcome[SQ_OUTCOME_FIRST_TRY], 100);
    ck_assert_uint_eq(column.total.outcome[SQ_OUTCOME_TIMED_OUT], 0);
    sq_column_clear(&column);
}
END_TEST

START_TEST(test_drain_when_some_answers_come_too_late_then_only_those_are_timed_out)
{
    /* of calls at 0, 0.1, ... 9.9 s that of 9.5 s is answered at 70 s, the last moment */
    fake->answer_after = 60 * SQ_SECOND + 500 * SQ_MS;
    struct sq_column column = run_fake();
    ck_assert_uint_eq(column.total.outcome[SQ_OUTCOME_FIRST_TRY], 96);
    ck_assert_uint_eq(column.total.outcome[SQ_OUTCOME_TIMED_OUT], 4);
    sq_column_clear(&column);
}
END_TEST

START_TEST(test_drain_when_0_then_what_is_open_at_the_end_is_timed_out)
{
    fake->answer_after = 150 * SQ_MS;
    small->scenario.drain = 0;
    struct sq_column column = run_fake();
    ck_assert_uint_eq(column.total.outcome[SQ_OUTCOME_TIMED_OUT], 1);
    ck_assert_int_eq(end.ended_at, small->scenario.duration);
    sq_column_clear(&column);
}
END_TEST

START_TEST(test_warmup_when_calls_are_intended_before_its_end_then_they_are_excluded_and_billed)
{
    fake->answer_after = 150 * SQ_MS;
    small->scenario.warmup = 3 * SQ_SECOND;
    struct sq_column column = run_fake();
    ck_assert_uint_eq(end.calls, 100);
    ck_assert_uint_eq(column.total.outcome[SQ_OUTCOME_EXCLUDED], 30);
    ck_assert_uint_eq(column.total.outcome[SQ_OUTCOME_FIRST_TRY], 70);
    ck_assert_uint_eq(end.attempts, 100);
    sq_column_clear(&column);
}
END_TEST

START_TEST(test_warmup_when_its_calls_never_end_then_they_are_still_excluded)
{
    fake->answer_after = SQ_NEVER;
    small->scenario.warmup = 3 * SQ_SECOND;
    struct sq_column column = run_fake();
    ck_assert_uint_eq(column.total.outcome[SQ_OUTCOME_EXCLUDED], 30);
    ck_assert_uint_eq(column.total.outcome[SQ_OUTCOME_TIMED_OUT], 70);
    sq_column_clear(&column);
}
END_TEST

START_TEST(test_loop_when_too_many_are_in_flight_then_it_ends_inconclusive)
{
    fake->answer_after = SQ_NEVER;
    small->scenario.max_in_flight = 10;
    struct sq_column column = run_fake();
    ck_assert_str_eq(end.inconclusive, "max_in_flight was reached");
    ck_assert_uint_eq(column.total.calls, 11);
    sq_column_clear(&column);
}
END_TEST

/* Ten calls a second, and room for one at a time on the wire. */
static void one_connection(sq_dur answer_after, sq_dur pool_wait)
{
    small->policy.layers[0].n_limits = 1;
    small_scenario_role(small)->limits =
        (struct sq_limits){.connections = 1, .pool_wait = pool_wait};
    fake->answer_after = answer_after;
}

START_TEST(test_loop_when_connections_are_enough_then_nobody_waits)
{
    one_connection(100 * SQ_MS, SQ_NEVER);
    struct sq_column column = run_fake();
    ck_assert_uint_eq(column.pool_wait->count, 100);
    ck_assert_int_eq(column.pool_wait->max, 0);
    sq_column_clear(&column);
}
END_TEST

START_TEST(test_loop_when_connections_are_short_then_calls_are_sent_in_their_order)
{
    one_connection(150 * SQ_MS, SQ_NEVER);
    small->scenario.drain = SQ_MINUTE;
    fake->trace = sq_trace_new();
    struct sq_column column = run_fake();
    ck_assert_uint_eq(column.total.outcome[SQ_OUTCOME_FIRST_TRY], 100);
    ck_assert_uint_eq(fake->n_open_max, 1);
    for (uint32_t i = 1; i < fake->n_attempts; i++) {
        ck_assert_uint_gt(fake->attempts[i].call, fake->attempts[i - 1].call);
    }
    ck_assert_int_eq(column.pool_wait->max, 99 * 50 * SQ_MS);
    ck_assert_int_eq(column.call_duration->max, 99 * 50 * SQ_MS + 150 * SQ_MS);
    ck_assert_int_eq(column.attempt_duration->max, 150 * SQ_MS);
    struct sq_error err = {0};
    uint64_t n_events;
    bool same = false;
    ck_assert_int_eq(sq_trace_replay(fake->trace, &small->policy, 1, &same, &n_events, &err),
                     SQ_OK);
    ck_assert(same);
    sq_trace_free(fake->trace);
    sq_column_clear(&column);
}
END_TEST

START_TEST(test_loop_when_the_wait_for_a_connection_is_limited_then_some_give_up)
{
    one_connection(150 * SQ_MS, 200 * SQ_MS);
    struct sq_column column = run_fake();
    uint64_t gave_up = column.class_by_role[0][SQ_CLASS_POOL_TIMEOUT];
    ck_assert_uint_gt(gave_up, 0);
    ck_assert_uint_eq(column.total.outcome[SQ_OUTCOME_REJECTED], gave_up);
    ck_assert_uint_eq(column.total.outcome[SQ_OUTCOME_FIRST_TRY], 100 - gave_up);
    ck_assert_uint_eq(column.pool_wait->count, 100);
    ck_assert_int_eq(column.pool_wait->max, 200 * SQ_MS);
    sq_column_clear(&column);
}
END_TEST

START_TEST(test_loop_when_the_drain_is_over_then_nobody_who_waits_is_sent)
{
    one_connection(SQ_NEVER, SQ_NEVER);
    struct sq_column column = run_fake();
    ck_assert_uint_eq(column.total.outcome[SQ_OUTCOME_TIMED_OUT], 100);
    ck_assert_uint_eq(fake->n_attempts, 1);
    ck_assert_uint_eq(fake->n_cancels, 1);
    sq_column_clear(&column);
}
END_TEST

START_TEST(test_loop_when_an_answer_is_asked_for_again_then_the_question_has_grown)
{
    small->policy.layers[0].contract.reask_max = 2;
    fake->read_as = SQ_CLASS_INVALID_JSON;
    struct sq_column column = run_fake();
    ck_assert_uint_eq(column.total.outcome[SQ_OUTCOME_INVALID], 100);
    ck_assert_uint_eq(fake->n_attempts, 300);
    uint32_t first = fake->attempts[0].input_tokens;
    ck_assert_uint_eq(first, 100);
    for (uint32_t i = 0; i < fake->n_attempts; i++) {
        const struct sq_attempt *attempt = &fake->attempts[i];
        ck_assert_uint_eq(attempt->input_tokens, 100 + (attempt->attempt - 1U) * (11 + 50));
    }
    sq_column_clear(&column);
}
END_TEST

/* Whatever the requests ask for: the policy's own goes out with every attempt, and is committed at
 * the end, so that a streamed answer that breaks it is not the caller's. */
START_TEST(test_loop_when_the_policy_has_a_contract_then_every_attempt_carries_it)
{
    small->scenario.script.n_contracts = 2;
    small->scenario.workload.requests[0].contract = 1;
    small->scenario.workload.requests[0].stream = true;
    small->policy.layers[0].contract.required = true;
    small->policy.layers[0].contract.own = 2;
    fake->read_as = SQ_CLASS_SCHEMA;
    struct sq_column column = run_fake();
    ck_assert_uint_eq(fake->n_attempts, 100);
    for (uint32_t i = 0; i < fake->n_attempts; i++) {
        ck_assert_uint_eq(fake->attempts[i].contract, 2);
    }
    ck_assert_uint_eq(column.total.outcome[SQ_OUTCOME_INVALID], 100);
    sq_column_clear(&column);
}
END_TEST

START_TEST(test_loop_when_a_repair_helped_then_each_usable_answer_counts_once)
{
    fake->repaired = SQ_REPAIR_TRAILING_COMMAS + 1;
    struct sq_column column = run_fake();
    ck_assert_uint_eq(column.repaired[SQ_REPAIR_TRAILING_COMMAS], 100);
    ck_assert_uint_eq(column.repaired[SQ_REPAIR_FENCES], 0);
    sq_column_clear(&column);
}
END_TEST

START_TEST(test_loop_when_a_repaired_answer_breaks_the_schema_then_it_does_not_count)
{
    fake->repaired = SQ_REPAIR_FENCES + 1;
    fake->read_as = SQ_CLASS_SCHEMA;
    struct sq_column column = run_fake();
    ck_assert_uint_eq(column.total.outcome[SQ_OUTCOME_INVALID], 100);
    ck_assert_uint_eq(column.repaired[SQ_REPAIR_FENCES], 0);
    sq_column_clear(&column);
}
END_TEST

/* Two questions, one of which a rule answers; every attempt fails. */
START_TEST(test_loop_when_a_rule_fits_the_question_then_it_answers_the_call)
{
    static const struct sq_prompt prompts[] = {{.id = "price", .text = "GIÁ?", .length = 5},
                                               {.id = "other", .text = "giáo", .length = 5}};
    struct sq_workload *workload = &small->scenario.workload;
    struct sq_layer_settings *layer = &small->policy.layers[0];
    struct sq_error err = {0};
    ck_assert_int_eq(
        sq_zipf_compile(2, 0, &small->scenario.arena, &workload->streams[0].prompts.zipf, &err),
        SQ_OK);
    workload->streams[0].prompts.texts = prompts;
    workload->n_prompts = 2;
    layer->rules[0] = (struct sq_answer_rule){.contains = "giá", .answer = "call", .word = true};
    layer->n_rules = 1;
    layer->n_rungs = 1;
    layer->rungs[0] = (struct sq_rung){.kind = SQ_RUNG_RULES};
    sq_on_add_status(&layer->rungs[0].on, 500);
    fake->status = 500;
    struct sq_column column = run_fake();
    uint64_t answered = column.total.outcome[SQ_OUTCOME_SUBSTITUTE];
    ck_assert_uint_gt(answered, 25);
    ck_assert_uint_lt(answered, 75);
    ck_assert_uint_eq(column.total.outcome[SQ_OUTCOME_FAILED], 100 - answered);
    ck_assert_uint_eq(column.strategy[SQ_STRATEGY_RULE_BASED], answered);
    ck_assert_uint_eq(column.strategy[SQ_STRATEGY_FINAL], 0);
    sq_column_clear(&column);
}
END_TEST

START_TEST(test_virtual_when_nothing_is_wrong_then_latency_is_the_plans)
{
    struct sq_virtual *carrier = sq_virtual_new(&small->scenario, &small->policy, 1);
    struct sq_column column = run_with(sq_virtual_carrier(carrier));
    ck_assert_uint_eq(column.total.outcome[SQ_OUTCOME_FIRST_TRY], 100);
    ck_assert_uint_eq(column.billed.input, 100 * 100);
    ck_assert_uint_eq(column.billed.output, 100 * 11);
    ck_assert_int_eq(column.billed.cost, 100 * (100 * 2500000LL + 11 * 10000000LL));
    ck_assert_int_ge(column.call_duration->min, 200 * SQ_MS);
    ck_assert_int_le(column.call_duration->max, 205 * SQ_MS);
    sq_column_clear(&column);
    sq_virtual_free(carrier);
}
END_TEST

START_TEST(test_virtual_when_half_of_the_attempts_fail_then_retries_recover)
{
    struct sq_rule *rule = small_scenario_rule(small, SQ_FAULT_STATUS);
    rule->effect.status = 503;
    rule->share_q32 = (uint64_t)1 << 31;
    small_scenario_role(small)->retry.max_attempts = 10;
    struct sq_virtual *carrier = sq_virtual_new(&small->scenario, &small->policy, 1);
    struct sq_column column = run_with(sq_virtual_carrier(carrier));
    ck_assert_uint_gt(column.total.outcome[SQ_OUTCOME_RECOVERED], 30);
    ck_assert_uint_lt(column.total.outcome[SQ_OUTCOME_RECOVERED], 70);
    ck_assert_uint_eq(column.total.outcome[SQ_OUTCOME_RECOVERED] +
                          column.total.outcome[SQ_OUTCOME_FIRST_TRY],
                      100);
    ck_assert_uint_eq(column.class_by_role[0][SQ_CLASS_NONE], 100);
    ck_assert_uint_eq(column.class_by_role[0][SQ_CLASS_GATEWAY_ERROR], column.attempts - 100);
    sq_column_clear(&column);
    sq_virtual_free(carrier);
}
END_TEST

START_TEST(test_virtual_when_all_calls_hang_at_the_end_of_the_drain_then_each_is_billed)
{
    small_scenario_rule(small, SQ_FAULT_HANG);
    struct sq_virtual *carrier = sq_virtual_new(&small->scenario, &small->policy, 1);
    struct sq_column column = run_with(sq_virtual_carrier(carrier));
    ck_assert_uint_eq(column.total.outcome[SQ_OUTCOME_TIMED_OUT], 100);
    ck_assert_int_eq(end.ended_at, small->scenario.duration + small->scenario.drain);
    ck_assert_uint_eq(column.billed.input, 100 * 100);
    ck_assert_ptr_null(end.inconclusive);
    sq_column_clear(&column);
    sq_virtual_free(carrier);
}
END_TEST

START_TEST(test_virtual_when_run_twice_then_digests_are_equal_and_differ_by_seed)
{
    uint64_t digests[3];
    small->scenario.workload.phases[0].arrivals = SQ_ARRIVALS_CONSTANT;
    struct sq_rule *rule = small_scenario_rule(small, SQ_FAULT_STATUS);
    rule->effect.status = 500;
    rule->share_q32 = (uint64_t)1 << 30;
    for (uint64_t i = 0; i < 3; i++) {
        struct sq_virtual *carrier =
            sq_virtual_new(&small->scenario, &small->policy, i == 2 ? 2 : 1);
        struct sq_column column = run_with(sq_virtual_carrier(carrier));
        digests[i] = end.decision_digest;
        sq_column_clear(&column);
        sq_meter_free(meter);
        meter = NULL;
        sq_virtual_free(carrier);
    }
    ck_assert_uint_eq(digests[0], digests[1]);
    ck_assert_uint_ne(digests[0], digests[2]);
}
END_TEST

START_TEST(test_reask_when_answers_break_the_contract_then_each_costs_the_bad_answer_again)
{
    struct sq_rule *rule = small_scenario_rule(small, SQ_FAULT_INVALID_JSON);
    rule->effect.shape = SQ_JSON_SHAPE_PLAIN_TEXT;
    small->scenario.contracts[0].json = true;
    small->scenario.script.contracts[0] =
        (struct sq_script_contract){.sample = "{\"answer\":\"\"}", .fill_at = 11};
    small->scenario.script.n_contracts = 1;
    small->scenario.workload.requests[0].contract = 1;
    small->policy.layers[0].contract.reask_max = 2;
    struct sq_virtual *carrier = sq_virtual_new(&small->scenario, &small->policy, 1);
    struct sq_column column = run_with(sq_virtual_carrier(carrier));
    ck_assert_uint_eq(column.attempts, 300);
    ck_assert_uint_eq(column.class_by_role[0][SQ_CLASS_INVALID_JSON], 300);
    ck_assert_uint_eq(column.billed.input, 100 * (100 + 161 + 222));
    sq_column_clear(&column);
    sq_virtual_free(carrier);
}
END_TEST

/* Every call is refused once, then answered: only answers are billed. */
START_TEST(test_virtual_when_connections_fail_then_they_cost_nothing)
{
    struct sq_rule *rule = small_scenario_rule(small, SQ_FAULT_REFUSE);
    rule->per = SQ_PER_CALL;
    rule->count = (struct sq_count){.kind = SQ_COUNT_FIRST, .first = 1};
    small_scenario_role(small)->retry.max_attempts = 2;
    struct sq_virtual *carrier = sq_virtual_new(&small->scenario, &small->policy, 1);
    struct sq_column column = run_with(sq_virtual_carrier(carrier));
    ck_assert_uint_eq(column.attempts, 200);
    ck_assert_uint_eq(column.billed.input, 100 * 100);
    ck_assert_uint_eq(column.wasted.input, 0);
    sq_column_clear(&column);
    sq_virtual_free(carrier);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("run");
    TCase *tests = tcase_create("run");
    tcase_add_checked_fixture(tests, set_up, tear_down);
    tcase_add_test(tests, test_loop_when_all_answers_come_then_every_call_is_first_try);
    tcase_add_test(tests, test_loop_when_server_fails_then_attempts_follow_the_backoff);
    tcase_add_test(tests, test_loop_when_answers_never_come_then_the_engine_gives_them_up);
    tcase_add_test(tests, test_loop_when_the_drain_is_over_then_open_calls_are_timed_out);
    tcase_add_test(tests, test_drain_when_answers_come_just_in_time_then_they_count);
    tcase_add_test(tests, test_drain_when_some_answers_come_too_late_then_only_those_are_timed_out);
    tcase_add_test(tests, test_drain_when_0_then_what_is_open_at_the_end_is_timed_out);
    tcase_add_test(
        tests,
        test_warmup_when_calls_are_intended_before_its_end_then_they_are_excluded_and_billed);
    tcase_add_test(tests, test_warmup_when_its_calls_never_end_then_they_are_still_excluded);
    tcase_add_test(tests, test_loop_when_too_many_are_in_flight_then_it_ends_inconclusive);
    tcase_add_test(tests, test_virtual_when_connections_fail_then_they_cost_nothing);
    tcase_add_test(tests, test_loop_when_connections_are_enough_then_nobody_waits);
    tcase_add_test(tests, test_loop_when_connections_are_short_then_calls_are_sent_in_their_order);
    tcase_add_test(tests, test_loop_when_the_wait_for_a_connection_is_limited_then_some_give_up);
    tcase_add_test(tests, test_loop_when_the_drain_is_over_then_nobody_who_waits_is_sent);
    tcase_add_test(tests, test_loop_when_an_answer_is_asked_for_again_then_the_question_has_grown);
    tcase_add_test(tests, test_loop_when_the_policy_has_a_contract_then_every_attempt_carries_it);
    tcase_add_test(tests, test_loop_when_a_repair_helped_then_each_usable_answer_counts_once);
    tcase_add_test(tests,
                   test_loop_when_a_repaired_answer_breaks_the_schema_then_it_does_not_count);
    tcase_add_test(tests, test_loop_when_a_rule_fits_the_question_then_it_answers_the_call);
    tcase_add_test(tests, test_virtual_when_nothing_is_wrong_then_latency_is_the_plans);
    tcase_add_test(tests, test_virtual_when_half_of_the_attempts_fail_then_retries_recover);
    tcase_add_test(tests,
                   test_virtual_when_all_calls_hang_at_the_end_of_the_drain_then_each_is_billed);
    tcase_add_test(tests, test_virtual_when_run_twice_then_digests_are_equal_and_differ_by_seed);
    tcase_add_test(tests,
                   test_reask_when_answers_break_the_contract_then_each_costs_the_bad_answer_again);
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
