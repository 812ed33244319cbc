/* SPDX-License-Identifier: MIT */
/* Hand-made paths of two clocks: what is set aside, what differs, why, and whether they agree. */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "sim/agreement.h"
#include "tests/support/small_scenario.h"

#define FIRST_AT (10 * SQ_SECOND)

static struct small_scenario *small;
static struct sq_result *result;
static struct sq_paths in_virtual;
static struct sq_paths in_live;
static struct sq_agreement *agreement;

static void set_up(void)
{
    small = small_scenario_new();
    small->policy.layers[0].n_breakers = 2;
    memcpy(small->policy.layers[0].breaker_name[0], "openai/gpt-4o", sizeof("openai/gpt-4o"));
    memcpy(small->policy.layers[0].breaker_name[1], "openai/mini", sizeof("openai/mini"));
    small->scenario.n_roles = 2;
    memcpy(small->scenario.roles[1].name, "cheap", sizeof("cheap"));
    result = calloc(1, sizeof(*result));
    agreement = calloc(1, sizeof(*agreement));
    result->scenario = &small->scenario;
    result->columns[1].policy = &small->policy;
    agreement->live_column = 1;
}

static void tear_down(void)
{
    sq_paths_clear(&in_virtual);
    sq_paths_clear(&in_live);
    small_scenario_free(small);
    free(result);
    free(agreement);
}

static struct sq_path *add_path(struct sq_paths *paths, uint64_t id, enum sq_outcome outcome)
{
    struct sq_error err;
    uint32_t index;
    ck_assert_int_eq(sq_paths_add(paths, id, &index, &err), SQ_OK);
    struct sq_path *path = &paths->list[index];
    path->outcome = (uint8_t)outcome;
    path->duration = 100 * SQ_MS;
    path->digest = outcome;
    return path;
}

static void add_step(struct sq_paths *paths, uint8_t role, enum sq_class klass, sq_time sent_at)
{
    struct sq_path *path = &paths->list[paths->n_list - 1];
    struct sq_path_step step = {.role = role,
                                .klass = (uint8_t)klass,
                                .sent_at = sent_at,
                                .ended_at = sent_at + 50 * SQ_MS};
    sq_paths_step(paths, paths->n_list - 1, &step);
    path->digest = path->digest * 1000 + (uint64_t)role * 100 + (uint64_t)klass;
}

/* The same good call in both clocks. */
static void add_good(uint64_t id, sq_time sent_at)
{
    add_path(&in_virtual, id, SQ_OUTCOME_FIRST_TRY);
    add_step(&in_virtual, 0, SQ_CLASS_NONE, sent_at);
    add_path(&in_live, id, SQ_OUTCOME_FIRST_TRY);
    add_step(&in_live, 0, SQ_CLASS_NONE, sent_at);
}

static void add_many(uint32_t n)
{
    for (uint32_t i = 0; i < n; i++) {
        add_good(1000 + i, FIRST_AT + (sq_time)i * SQ_SECOND);
    }
}

/* Well in virtual, failed in live with this class. */
static void add_differing(uint64_t id, enum sq_class klass, sq_time sent_at)
{
    add_path(&in_virtual, id, SQ_OUTCOME_FIRST_TRY);
    add_step(&in_virtual, 0, SQ_CLASS_NONE, sent_at);
    add_path(&in_live, id, SQ_OUTCOME_FAILED);
    add_step(&in_live, 0, klass, sent_at);
}

/* The same outcome, so that availability says nothing. */
static void add_detour(uint64_t id)
{
    add_differing(id, SQ_CLASS_NONE, FIRST_AT);
    struct sq_path *path = &in_live.list[in_live.n_list - 1];
    path->outcome = SQ_OUTCOME_FIRST_TRY;
    path->digest = 1;
}

static void add_transition(struct sq_paths *paths, uint16_t breaker, sq_time at,
                           enum sq_breaker_state to)
{
    struct sq_error err;
    struct sq_path_transition transition = {.at = at, .breaker = breaker, .to = (uint8_t)to};
    ck_assert_int_eq(sq_paths_transition(paths, &transition, &err), SQ_OK);
}

static struct sq_rule *add_window(sq_time at, sq_dur span, sq_dur every)
{
    struct sq_rule *rule = small_scenario_rule(small, SQ_FAULT_STATUS);
    rule->windowed = true;
    rule->at = at;
    rule->span = span;
    rule->every = every;
    return rule;
}

static void compare(void)
{
    sq_agreement_compare(result, &in_virtual, &in_live, agreement);
}

static const char *cause(void)
{
    compare();
    ck_assert_uint_eq(agreement->n_differences, 1);
    return agreement->differences[0].cause;
}

/* Agreement */

START_TEST(test_agreement_when_all_calls_are_the_same_then_they_agree)
{
    add_many(300);
    compare();
    ck_assert_uint_eq(agreement->calls, 300);
    ck_assert_uint_eq(agreement->compared, 300);
    ck_assert_uint_eq(agreement->near_edge, 0);
    ck_assert_uint_eq(agreement->differing, 0);
    ck_assert_int_eq(agreement->p50_live, 100 * SQ_MS);
    ck_assert_int_eq(agreement->p95_virtual, 100 * SQ_MS);
    ck_assert(agreement->agree);
}
END_TEST

START_TEST(test_agreement_when_nothing_was_compared_then_they_do_not_agree)
{
    compare();
    ck_assert(!agreement->agree);
}
END_TEST

START_TEST(test_agreement_when_one_percent_differs_then_they_agree_and_one_more_not)
{
    add_many(198);
    add_detour(1);
    add_detour(2);
    compare();
    ck_assert_uint_eq(agreement->compared, 200);
    ck_assert_uint_eq(agreement->differing, 2);
    ck_assert(agreement->agree);
    add_detour(3);
    compare();
    ck_assert_uint_eq(agreement->differing, 3);
    ck_assert(!agreement->agree);
}
END_TEST

START_TEST(test_agreement_when_availability_is_half_a_point_off_then_they_agree_and_more_not)
{
    add_many(398);
    add_differing(1, SQ_CLASS_SERVER_ERROR, FIRST_AT);
    add_differing(2, SQ_CLASS_SERVER_ERROR, FIRST_AT);
    compare();
    ck_assert_int_eq(agreement->availability_gap, -SQ_RATIO_ONE / 200);
    ck_assert(agreement->agree);
    add_differing(3, SQ_CLASS_SERVER_ERROR, FIRST_AT);
    compare();
    ck_assert_int_lt(agreement->availability_gap, -SQ_RATIO_ONE / 200);
    ck_assert_uint_le(agreement->differing * 100, agreement->compared);
    ck_assert(!agreement->agree);
}
END_TEST

static void set_live_durations(sq_dur duration)
{
    for (uint32_t i = 0; i < in_live.n_list; i++) {
        in_live.list[i].duration = duration;
    }
}

START_TEST(test_agreement_when_latency_is_5_ms_off_then_they_agree_and_more_not)
{
    add_many(300);
    set_live_durations(105 * SQ_MS);
    compare();
    ck_assert(agreement->agree);
    set_live_durations(105 * SQ_MS + 1);
    compare();
    ck_assert(!agreement->agree);
    set_live_durations(95 * SQ_MS);
    compare();
    ck_assert(agreement->agree);
}
END_TEST

START_TEST(test_agreement_when_calls_are_long_then_5_percent_are_allowed)
{
    add_many(300);
    for (uint32_t i = 0; i < 300; i++) {
        in_virtual.list[i].duration = 2 * SQ_SECOND;
    }
    set_live_durations(2100 * SQ_MS);
    compare();
    ck_assert(agreement->agree);
    set_live_durations(2100 * SQ_MS + 1);
    compare();
    ck_assert(!agreement->agree);
}
END_TEST

START_TEST(test_quantiles_when_calls_are_few_then_they_are_not_judged)
{
    add_many(19);
    set_live_durations(SQ_SECOND);
    compare();
    ck_assert_int_eq(agreement->p50_live, -1);
    ck_assert(agreement->agree);
    add_good(5000, FIRST_AT);
    compare();
    ck_assert_int_eq(agreement->p50_live, SQ_SECOND);
    ck_assert_int_eq(agreement->p95_live, -1);
    ck_assert(!agreement->agree);
}
END_TEST

START_TEST(test_quantiles_when_durations_differ_then_they_are_exact)
{
    add_many(200);
    for (uint32_t i = 0; i < 200; i++) {
        in_virtual.list[i].duration = (200 - i) * SQ_MS;
        in_live.list[i].duration = (200 - i) * SQ_MS;
    }
    compare();
    ck_assert_int_eq(agreement->p50_live, 100 * SQ_MS);
    ck_assert_int_eq(agreement->p95_live, 190 * SQ_MS);
}
END_TEST

START_TEST(test_quantiles_when_the_share_is_no_whole_call_then_one_more_is_taken)
{
    add_many(21);
    for (uint32_t i = 0; i < 21; i++) {
        in_live.list[i].duration = (i + 1) * SQ_MS;
    }
    compare();
    ck_assert_int_eq(agreement->p50_live, 11 * SQ_MS);
}
END_TEST

START_TEST(test_agreement_when_only_p95_is_off_then_they_do_not_agree)
{
    add_many(300);
    for (uint32_t i = 0; i < 20; i++) {
        in_live.list[i].duration = SQ_SECOND;
    }
    compare();
    ck_assert_int_eq(agreement->p50_live, agreement->p50_virtual);
    ck_assert_int_eq(agreement->p95_live, SQ_SECOND);
    ck_assert(!agreement->agree);
}
END_TEST

START_TEST(test_agreement_when_one_clock_has_too_few_calls_then_its_latency_is_not_judged)
{
    add_many(20);
    in_live.n_list = 19;
    set_live_durations(SQ_SECOND);
    compare();
    ck_assert_int_eq(agreement->p50_virtual, 100 * SQ_MS);
    ck_assert_int_eq(agreement->p50_live, -1);
    ck_assert_uint_eq(agreement->differing, 1);
}
END_TEST

START_TEST(test_numbers_when_a_call_is_excluded_then_it_counts_nowhere)
{
    add_many(20);
    for (uint32_t i = 0; i < 10; i++) {
        add_path(&in_live, 1 + i, SQ_OUTCOME_EXCLUDED)->duration = SQ_MINUTE;
        add_path(&in_virtual, 1 + i, SQ_OUTCOME_EXCLUDED)->duration = SQ_MINUTE;
    }
    compare();
    ck_assert_int_eq(agreement->availability_gap, 0);
    ck_assert_int_eq(agreement->p50_live, 100 * SQ_MS);
    ck_assert_int_eq(agreement->p95_live, -1);
    ck_assert(agreement->agree);
}
END_TEST

/* Edges */

static uint64_t near_edges(sq_time sent_at)
{
    sq_paths_clear(&in_virtual);
    sq_paths_clear(&in_live);
    add_good(1, sent_at);
    compare();
    return agreement->near_edge;
}

START_TEST(test_edge_when_a_window_is_10_ms_away_then_set_aside_and_one_more_not)
{
    add_window(20 * SQ_SECOND, 5 * SQ_SECOND, 0);
    ck_assert_uint_eq(near_edges(20 * SQ_SECOND - 10 * SQ_MS - 1), 0);
    ck_assert_uint_eq(near_edges(20 * SQ_SECOND - 10 * SQ_MS), 1);
    ck_assert_uint_eq(near_edges(20 * SQ_SECOND + 10 * SQ_MS), 1);
    ck_assert_uint_eq(near_edges(20 * SQ_SECOND + 10 * SQ_MS + 1), 0);
    ck_assert_uint_eq(near_edges(25 * SQ_SECOND - 10 * SQ_MS), 1);
    ck_assert_uint_eq(near_edges(25 * SQ_SECOND + 10 * SQ_MS), 1);
    ck_assert_uint_eq(near_edges(25 * SQ_SECOND + 10 * SQ_MS + 1), 0);
}
END_TEST

START_TEST(test_edge_when_windows_repeat_then_each_has_two)
{
    add_window(10 * SQ_SECOND, 2 * SQ_SECOND, 5 * SQ_SECOND);
    ck_assert_uint_eq(near_edges(1000 * SQ_SECOND), 1);
    ck_assert_uint_eq(near_edges(1000 * SQ_SECOND - 5 * SQ_MS), 1);
    ck_assert_uint_eq(near_edges(1002 * SQ_SECOND + 5 * SQ_MS), 1);
    ck_assert_uint_eq(near_edges(1001 * SQ_SECOND), 0);
    ck_assert_uint_eq(near_edges(1004 * SQ_SECOND), 0);
    ck_assert_uint_eq(near_edges(5 * SQ_SECOND), 0);
}
END_TEST

START_TEST(test_edge_when_a_rule_has_no_window_or_no_end_then_there_is_none)
{
    small_scenario_rule(small, SQ_FAULT_STATUS);
    ck_assert_uint_eq(near_edges(0), 0);
    add_window(20 * SQ_SECOND, SQ_NEVER, 0);
    ck_assert_uint_eq(near_edges(20 * SQ_SECOND), 1);
    ck_assert_uint_eq(near_edges(30 * SQ_SECOND), 0);
}
END_TEST

START_TEST(test_edge_when_a_rule_strikes_in_flight_then_the_end_counts_too)
{
    struct sq_rule *rule = add_window(20 * SQ_SECOND, 5 * SQ_SECOND, 0);
    ck_assert_uint_eq(near_edges(20 * SQ_SECOND - 50 * SQ_MS), 0);
    rule->effect.in_flight = true;
    ck_assert_uint_eq(near_edges(20 * SQ_SECOND - 50 * SQ_MS), 1);
    ck_assert_uint_eq(near_edges(15 * SQ_SECOND), 0);
}
END_TEST

START_TEST(test_edge_when_a_breaker_moved_in_either_run_then_set_aside)
{
    add_good(1, FIRST_AT - 10 * SQ_MS);
    add_good(2, FIRST_AT + 10 * SQ_MS);
    add_good(3, FIRST_AT + 10 * SQ_MS + 1);
    add_good(4, 2 * FIRST_AT);
    add_transition(&in_live, 0, FIRST_AT, SQ_BREAKER_OPEN);
    add_transition(&in_virtual, 0, 2 * FIRST_AT, SQ_BREAKER_OPEN);
    compare();
    ck_assert_uint_eq(agreement->near_edge, 3);
    ck_assert_uint_eq(agreement->compared, 1);
}
END_TEST

START_TEST(test_edge_when_a_call_there_differs_then_it_is_not_counted)
{
    add_window(20 * SQ_SECOND, 5 * SQ_SECOND, 0);
    add_differing(1, SQ_CLASS_SERVER_ERROR, 20 * SQ_SECOND);
    compare();
    ck_assert_uint_eq(agreement->differing, 0);
}
END_TEST

START_TEST(test_edge_when_only_the_live_call_is_there_then_set_aside)
{
    add_window(20 * SQ_SECOND, 5 * SQ_SECOND, 0);
    add_good(1, 19 * SQ_SECOND);
    in_live.list[0].steps[0].sent_at = 20 * SQ_SECOND;
    compare();
    ck_assert_uint_eq(agreement->near_edge, 1);
    ck_assert_uint_eq(agreement->compared, 0);
}
END_TEST

/* Differences */

START_TEST(test_difference_when_listed_then_both_paths_are_told)
{
    add_path(&in_virtual, 9, SQ_OUTCOME_RECOVERED);
    add_step(&in_virtual, 0, SQ_CLASS_RATE_LIMITED, FIRST_AT);
    add_step(&in_virtual, 0, SQ_CLASS_NONE, FIRST_AT + SQ_SECOND);
    add_path(&in_live, 9, SQ_OUTCOME_FALLBACK);
    add_step(&in_live, 0, SQ_CLASS_RATE_LIMITED, FIRST_AT);
    add_step(&in_live, 1, SQ_CLASS_NONE, FIRST_AT + SQ_SECOND);
    compare();
    ck_assert_uint_eq(agreement->differences[0].call, 9);
    ck_assert_str_eq(agreement->differences[0].virtual_path,
                     "primary:rate_limited primary:none -> recovered");
    ck_assert_str_eq(agreement->differences[0].live_path,
                     "primary:rate_limited cheap:none -> fallback");
}
END_TEST

START_TEST(test_difference_when_a_breaker_was_open_in_one_then_it_is_the_cause)
{
    add_transition(&in_live, 1, FIRST_AT - SQ_SECOND, SQ_BREAKER_OPEN);
    add_differing(1, SQ_CLASS_BREAKER_OPEN, FIRST_AT);
    ck_assert_str_eq(cause(), "breaker openai/mini was open in live, closed in virtual");
    add_transition(&in_virtual, 1, FIRST_AT - SQ_SECOND, SQ_BREAKER_OPEN);
    add_transition(&in_virtual, 1, FIRST_AT - SQ_SECOND / 2, SQ_BREAKER_HALF_OPEN);
    ck_assert_str_eq(cause(), "breaker openai/mini was open in live, half open in virtual");
}
END_TEST

START_TEST(test_difference_when_the_breaker_is_an_inner_layers_then_it_is_told_from_the_outer)
{
    struct sq_error err;
    struct sq_path_transition opened = {
        .at = FIRST_AT - SQ_SECOND, .layer = 1, .to = SQ_BREAKER_OPEN};
    struct sq_layer_settings *inner = &small->policy.layers[1];
    small->policy.n_layers = 2;
    inner->n_breakers = 1;
    memcpy(inner->breaker_name[0], "inner", sizeof("inner"));
    ck_assert_int_eq(sq_paths_transition(&in_live, &opened, &err), SQ_OK);
    add_differing(1, SQ_CLASS_BREAKER_OPEN, FIRST_AT);
    ck_assert_str_eq(cause(), "breaker inner was open in live, closed in virtual");
}
END_TEST

START_TEST(test_difference_when_one_goes_elsewhere_then_a_breaker_is_looked_for)
{
    add_transition(&in_virtual, 0, FIRST_AT - SQ_SECOND, SQ_BREAKER_OPEN);
    add_path(&in_virtual, 9, SQ_OUTCOME_FALLBACK);
    add_step(&in_virtual, 1, SQ_CLASS_NONE, FIRST_AT);
    add_path(&in_live, 9, SQ_OUTCOME_FIRST_TRY);
    add_step(&in_live, 0, SQ_CLASS_NONE, FIRST_AT);
    ck_assert_str_eq(cause(), "breaker openai/gpt-4o was closed in live, open in virtual");
}
END_TEST

START_TEST(test_difference_when_a_rule_struck_in_one_then_it_is_the_cause)
{
    struct sq_rule *closed = add_window(2 * FIRST_AT, SQ_SECOND, 0);
    memcpy(closed->name, "closed", sizeof("closed"));
    struct sq_rule *cut = small_scenario_rule(small, SQ_FAULT_CUT);
    memcpy(cut->name, "cut", sizeof("cut"));
    struct sq_rule *burst = add_window(FIRST_AT - SQ_SECOND, 5 * SQ_SECOND, 0);
    memcpy(burst->name, "burst", sizeof("burst"));
    add_differing(1, SQ_CLASS_RATE_LIMITED, FIRST_AT);
    ck_assert_str_eq(cause(), "rule burst struck only in live");
    in_live.list[0].steps[0].klass = SQ_CLASS_CUT;
    ck_assert_str_eq(cause(), "rule cut struck only in live");
    in_live.list[0].steps[0].klass = SQ_CLASS_NONE;
    in_virtual.list[0].steps[0].klass = SQ_CLASS_SERVER_ERROR;
    ck_assert_str_eq(cause(), "rule burst struck only in virtual");
    burst->models = 0; /* it is of other models */
    ck_assert_str_eq(cause(), "timing");
}
END_TEST

START_TEST(test_difference_when_nothing_shared_differs_then_it_is_timing)
{
    add_differing(1, SQ_CLASS_TIMEOUT_ATTEMPT, FIRST_AT);
    ck_assert_str_eq(cause(), "timing");
    in_live.list[0].steps[0].klass = SQ_CLASS_RESET;
    ck_assert_str_eq(cause(), "timing");
    in_live.list[0].n_steps = 0;
    ck_assert_str_eq(cause(), "timing");
}
END_TEST

START_TEST(test_difference_when_both_were_sent_then_no_breaker_is_blamed)
{
    add_transition(&in_live, 1, FIRST_AT - SQ_SECOND, SQ_BREAKER_OPEN);
    add_differing(1, SQ_CLASS_TIMEOUT_ATTEMPT, FIRST_AT);
    ck_assert_str_eq(cause(), "timing");
}
END_TEST

START_TEST(test_difference_when_a_call_is_in_one_run_only_then_it_differs)
{
    add_good(2, FIRST_AT);
    add_path(&in_live, 3, SQ_OUTCOME_LOST);
    compare();
    ck_assert_uint_eq(agreement->calls, 1);
    ck_assert_uint_eq(agreement->differing, 1);
    ck_assert_str_eq(agreement->differences[0].cause, "started only in live");
    ck_assert_str_eq(agreement->differences[0].live_path, "-> lost");
    ck_assert_str_eq(agreement->differences[0].virtual_path, "");
    ck_assert(!agreement->agree);
}
END_TEST

/* User 3 has time for one call more in live, user 4 for two. */
START_TEST(test_call_when_it_is_a_users_one_more_then_is_set_aside_and_a_second_differs)
{
    uint64_t third = (UINT64_C(3) << SQ_CALL_USER_SHIFT) + 1;
    uint64_t fourth = (UINT64_C(4) << SQ_CALL_USER_SHIFT) + 1;
    small->scenario.workload.streams[0].kind = SQ_STREAM_CLOSED;
    add_path(&in_virtual, fourth, SQ_OUTCOME_FIRST_TRY);
    add_path(&in_virtual, third, SQ_OUTCOME_FIRST_TRY);
    add_path(&in_live, third, SQ_OUTCOME_FIRST_TRY);
    add_path(&in_live, third + 1, SQ_OUTCOME_FIRST_TRY);
    add_path(&in_live, fourth, SQ_OUTCOME_FIRST_TRY);
    add_path(&in_live, fourth + 1, SQ_OUTCOME_FIRST_TRY);
    add_path(&in_live, fourth + 2, SQ_OUTCOME_FIRST_TRY);
    sq_agreement_compare(result, &in_virtual, &in_live, agreement);
    ck_assert_uint_eq(agreement->compared, 2);
    ck_assert_uint_eq(agreement->near_edge, 2);
    ck_assert_uint_eq(agreement->differing, 1);
    ck_assert_uint_eq(agreement->differences[0].call, fourth + 2);
}
END_TEST

START_TEST(test_difference_when_the_lists_have_another_order_then_ids_find_each_other)
{
    add_path(&in_virtual, 2, SQ_OUTCOME_FAILED);
    add_path(&in_virtual, 1, SQ_OUTCOME_FIRST_TRY);
    add_path(&in_live, 1, SQ_OUTCOME_FIRST_TRY);
    add_path(&in_live, 2, SQ_OUTCOME_FAILED);
    compare();
    ck_assert_uint_eq(agreement->calls, 2);
    ck_assert_uint_eq(agreement->differing, 0);
}
END_TEST

START_TEST(test_difference_when_there_are_many_then_50_are_listed_and_all_counted)
{
    for (uint64_t i = 0; i < 60; i++) {
        add_differing(i, SQ_CLASS_RESET, FIRST_AT);
    }
    compare();
    ck_assert_uint_eq(agreement->differing, 60);
    ck_assert_uint_eq(agreement->n_differences, SQ_DIFFERENCES_MAX);
}
END_TEST

/* In live the call fails with `klass` while a rule of `kind` is open. */
static const char *cause_with_rule(enum sq_fault_kind kind, enum sq_class klass, uint64_t models)
{
    sq_paths_clear(&in_virtual);
    sq_paths_clear(&in_live);
    small->scenario.script.n_rules = 0;
    small_scenario_rule(small, kind)->models = models;
    add_differing(1, klass, FIRST_AT);
    return cause();
}

START_TEST(test_difference_when_a_rule_of_another_kind_or_model_is_open_then_it_is_not_the_cause)
{
    static const struct {
        enum sq_fault_kind kind;
        enum sq_class klass;
    } made[] = {
        {SQ_FAULT_DNS_FAIL, SQ_CLASS_DNS},        {SQ_FAULT_REFUSE, SQ_CLASS_CONNECT},
        {SQ_FAULT_RESET, SQ_CLASS_RESET},         {SQ_FAULT_CUT, SQ_CLASS_CUT},
        {SQ_FAULT_STATUS, SQ_CLASS_RATE_LIMITED}, {SQ_FAULT_STATUS, SQ_CLASS_SERVER_ERROR},
        {SQ_FAULT_STATUS, SQ_CLASS_AUTH},
    };
    for (size_t i = 0; i < sizeof made / sizeof made[0]; i++) {
        for (size_t k = 0; k < sizeof made / sizeof made[0]; k++) {
            const char *wanted =
                made[i].kind == made[k].kind ? "rule rule struck only in live" : "timing";
            ck_assert_str_eq(cause_with_rule(made[i].kind, made[k].klass, 1), wanted);
        }
        ck_assert_str_eq(cause_with_rule(made[i].kind, made[i].klass, 2), "timing");
    }
}
END_TEST

START_TEST(test_difference_when_both_fail_then_no_rule_is_the_cause)
{
    small_scenario_rule(small, SQ_FAULT_STATUS);
    add_differing(1, SQ_CLASS_SERVER_ERROR, FIRST_AT);
    in_virtual.list[0].steps[0].klass = SQ_CLASS_RESET;
    ck_assert_str_eq(cause(), "timing");
}
END_TEST

START_TEST(test_difference_when_a_quota_refused_in_one_then_it_is_the_cause)
{
    add_differing(1, SQ_CLASS_RATE_LIMITED, FIRST_AT);
    ck_assert_str_eq(cause(), "timing");
    small->scenario.script.providers[0].n_quotas = 1;
    ck_assert_str_eq(cause(), "a quota of openai was used up only in live");
    in_live.list[0].steps[0].klass = SQ_CLASS_NONE;
    in_virtual.list[0].steps[0].klass = SQ_CLASS_RATE_LIMITED;
    ck_assert_str_eq(cause(), "a quota of openai was used up only in virtual");
    in_live.list[0].steps[0].klass = SQ_CLASS_RESET;
    in_virtual.list[0].steps[0].klass = SQ_CLASS_NONE;
    ck_assert_str_eq(cause(), "timing");
}
END_TEST

START_TEST(test_difference_when_a_breaker_of_another_layer_was_open_then_it_is_not_the_cause)
{
    add_transition(&in_live, 0, FIRST_AT - SQ_SECOND, SQ_BREAKER_OPEN);
    in_live.transitions[0].layer = 1;
    add_differing(1, SQ_CLASS_BREAKER_OPEN, FIRST_AT);
    ck_assert_str_eq(cause(), "timing");
}
END_TEST

START_TEST(test_difference_when_virtual_knows_calls_that_live_does_not_then_each_is_told)
{
    add_path(&in_virtual, 1, SQ_OUTCOME_FAILED);
    add_good(2, FIRST_AT);
    add_path(&in_virtual, 3, SQ_OUTCOME_LOST);
    compare();
    ck_assert_uint_eq(agreement->calls, 1);
    ck_assert_uint_eq(agreement->n_differences, 2);
    ck_assert_uint_eq(agreement->differences[0].call, 1);
    ck_assert_str_eq(agreement->differences[1].cause, "started only in virtual");
    ck_assert_str_eq(agreement->differences[1].virtual_path, "-> lost");
    ck_assert_str_eq(agreement->differences[1].live_path, "");
}
END_TEST

START_TEST(test_difference_when_many_calls_are_in_one_run_only_then_50_are_listed)
{
    for (uint64_t i = 0; i < 60; i++) {
        add_path(&in_live, i, SQ_OUTCOME_LOST);
    }
    compare();
    ck_assert_uint_eq(agreement->differing, 60);
    ck_assert_uint_eq(agreement->n_differences, SQ_DIFFERENCES_MAX);
}
END_TEST

START_TEST(test_difference_when_a_path_is_long_then_whole_steps_and_its_end_are_told)
{
    add_path(&in_virtual, 1, SQ_OUTCOME_FAILED);
    add_path(&in_live, 1, SQ_OUTCOME_FAILED);
    for (sq_time i = 0; i < SQ_PATH_STEPS_MAX; i++) {
        add_step(&in_virtual, 0, SQ_CLASS_RATE_LIMITED, FIRST_AT + i * SQ_SECOND);
    }
    add_step(&in_live, 0, SQ_CLASS_RATE_LIMITED, FIRST_AT);
    compare();
    const char *text = agreement->differences[0].virtual_path;
    ck_assert_uint_lt(strlen(text), SQ_PATH_TEXT_BYTES);
    ck_assert_ptr_nonnull(strstr(text, ":rate_limited ... -> failed"));
}
END_TEST

static TCase *agreement_cases(void)
{
    TCase *cases = tcase_create("agreement");
    tcase_add_checked_fixture(cases, set_up, tear_down);
    tcase_add_test(cases, test_agreement_when_all_calls_are_the_same_then_they_agree);
    tcase_add_test(cases, test_agreement_when_nothing_was_compared_then_they_do_not_agree);
    tcase_add_test(cases, test_agreement_when_one_percent_differs_then_they_agree_and_one_more_not);
    tcase_add_test(
        cases, test_agreement_when_availability_is_half_a_point_off_then_they_agree_and_more_not);
    tcase_add_test(cases, test_agreement_when_latency_is_5_ms_off_then_they_agree_and_more_not);
    tcase_add_test(cases, test_agreement_when_calls_are_long_then_5_percent_are_allowed);
    tcase_add_test(cases, test_quantiles_when_calls_are_few_then_they_are_not_judged);
    tcase_add_test(cases, test_quantiles_when_durations_differ_then_they_are_exact);
    tcase_add_test(cases, test_quantiles_when_the_share_is_no_whole_call_then_one_more_is_taken);
    tcase_add_test(cases, test_edge_when_a_window_is_10_ms_away_then_set_aside_and_one_more_not);
    tcase_add_test(cases, test_edge_when_windows_repeat_then_each_has_two);
    tcase_add_test(cases, test_edge_when_a_rule_has_no_window_or_no_end_then_there_is_none);
    tcase_add_test(cases, test_edge_when_a_rule_strikes_in_flight_then_the_end_counts_too);
    tcase_add_test(cases, test_edge_when_a_breaker_moved_in_either_run_then_set_aside);
    tcase_add_test(cases, test_edge_when_a_call_there_differs_then_it_is_not_counted);
    tcase_add_test(cases, test_edge_when_only_the_live_call_is_there_then_set_aside);
    tcase_add_test(cases, test_agreement_when_only_p95_is_off_then_they_do_not_agree);
    tcase_add_test(cases,
                   test_agreement_when_one_clock_has_too_few_calls_then_its_latency_is_not_judged);
    tcase_add_test(cases, test_numbers_when_a_call_is_excluded_then_it_counts_nowhere);
    return cases;
}

static TCase *cause_cases(void)
{
    TCase *cases = tcase_create("causes");
    tcase_add_checked_fixture(cases, set_up, tear_down);
    tcase_add_test(
        cases,
        test_difference_when_a_rule_of_another_kind_or_model_is_open_then_it_is_not_the_cause);
    tcase_add_test(cases, test_difference_when_both_fail_then_no_rule_is_the_cause);
    tcase_add_test(cases, test_difference_when_a_quota_refused_in_one_then_it_is_the_cause);
    tcase_add_test(
        cases, test_difference_when_a_breaker_of_another_layer_was_open_then_it_is_not_the_cause);
    tcase_add_test(cases,
                   test_difference_when_virtual_knows_calls_that_live_does_not_then_each_is_told);
    tcase_add_test(cases, test_difference_when_many_calls_are_in_one_run_only_then_50_are_listed);
    return cases;
}

static TCase *difference_cases(void)
{
    TCase *cases = tcase_create("differences");
    tcase_add_checked_fixture(cases, set_up, tear_down);
    tcase_add_test(cases, test_difference_when_listed_then_both_paths_are_told);
    tcase_add_test(cases, test_difference_when_a_breaker_was_open_in_one_then_it_is_the_cause);
    tcase_add_test(
        cases, test_difference_when_the_breaker_is_an_inner_layers_then_it_is_told_from_the_outer);
    tcase_add_test(cases, test_difference_when_one_goes_elsewhere_then_a_breaker_is_looked_for);
    tcase_add_test(cases, test_difference_when_a_rule_struck_in_one_then_it_is_the_cause);
    tcase_add_test(cases, test_difference_when_nothing_shared_differs_then_it_is_timing);
    tcase_add_test(cases, test_difference_when_both_were_sent_then_no_breaker_is_blamed);
    tcase_add_test(cases, test_difference_when_a_call_is_in_one_run_only_then_it_differs);
    tcase_add_test(cases,
                   test_call_when_it_is_a_users_one_more_then_is_set_aside_and_a_second_differs);
    tcase_add_test(cases,
                   test_difference_when_the_lists_have_another_order_then_ids_find_each_other);
    tcase_add_test(cases, test_difference_when_there_are_many_then_50_are_listed_and_all_counted);
    tcase_add_test(cases,
                   test_difference_when_a_path_is_long_then_whole_steps_and_its_end_are_told);
    return cases;
}

int main(void)
{
    Suite *suite = suite_create("agreement");
    suite_add_tcase(suite, agreement_cases());
    suite_add_tcase(suite, difference_cases());
    suite_add_tcase(suite, cause_cases());
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int n_failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return n_failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
