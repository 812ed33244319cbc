/* SPDX-License-Identifier: MIT */
/* What rules of the connection family are to strangers: whom they strike, and when a gate is shut.
 */
#include "mockprovider/door/gates.h"

#include <check.h>
#include <stdlib.h>

#include "base/draw.h"
#include "tests/support/far_side.h"

#define OPENAI  0
#define INHOUSE 1

static struct sq_gates *gates;

static void set_up(void)
{
    far_side_init();
}

static void tear_down(void)
{
    sq_gates_free(gates);
    gates = NULL;
    far_side_clear();
}

static void start(uint64_t seed)
{
    struct sq_error err = {0};
    sq_gates_free(gates);
    gates = sq_gates_new(&far_side()->script, seed, &err);
    ck_assert_ptr_nonnull(gates);
}

static enum sq_connection_fate next(uint8_t provider)
{
    return sq_gates_judge(gates, provider, 0).fate;
}

static enum sq_connection_fate gate_at(uint8_t provider, sq_time now)
{
    return sq_gates_gate(gates, provider, now).fate;
}

START_TEST(test_gates_when_a_rule_is_about_one_model_then_it_strikes_the_whole_provider)
{
    far_side_rule(SQ_FAULT_ACCEPT_HANG, "deaf")->models = 2; /* openai/mini */
    start(1);
    ck_assert_int_eq(next(OPENAI), SQ_CONNECTION_UNSERVED);
    ck_assert_int_eq(next(INHOUSE), SQ_CONNECTION_MADE);
    ck_assert_uint_eq(sq_gates_judge(gates, OPENAI, 0).fired, 1);
}
END_TEST

START_TEST(test_gates_when_a_rule_counts_then_it_counts_the_connections_of_all_it_is_about)
{
    far_side_rule(SQ_FAULT_REFUSE, "third")->count =
        (struct sq_count){.kind = SQ_COUNT_RANGE, .first = 3, .last = 3};
    start(1);
    ck_assert_int_eq(next(OPENAI), SQ_CONNECTION_MADE);
    ck_assert_int_eq(next(OPENAI), SQ_CONNECTION_MADE);
    ck_assert_int_eq(next(OPENAI), SQ_CONNECTION_REFUSED);
    ck_assert_int_eq(next(OPENAI), SQ_CONNECTION_MADE);
    ck_assert_uint_eq(sq_gates_judged(gates, OPENAI), 4);
    ck_assert_uint_eq(sq_gates_judged(gates, INHOUSE), 0);
}
END_TEST

START_TEST(test_gates_when_a_rule_counts_per_call_then_each_connection_is_a_call)
{
    struct sq_rule *rule = far_side_rule(SQ_FAULT_REFUSE, "first");
    rule->count = (struct sq_count){.kind = SQ_COUNT_FIRST, .first = 1};
    rule->per = SQ_PER_CALL;
    start(1);
    ck_assert_int_eq(next(OPENAI), SQ_CONNECTION_REFUSED);
    ck_assert_int_eq(next(OPENAI), SQ_CONNECTION_REFUSED);
}
END_TEST

/* One bit a connection. */
static uint64_t weather(uint64_t seed, uint8_t provider)
{
    uint64_t struck = 0;
    start(seed);
    for (int i = 0; i < 64; i++) {
        struck |= (uint64_t)(next(provider) != SQ_CONNECTION_MADE) << i;
    }
    return struck;
}

START_TEST(test_gates_when_seed_or_provider_differs_then_other_connections_are_struck)
{
    far_side_rule(SQ_FAULT_TLS_FAIL, "half")->share_q32 = SQ_DRAW_ALWAYS / 2;
    uint64_t first = weather(1, OPENAI);
    ck_assert_uint_ne(first, 0);
    ck_assert_uint_ne(first, UINT64_MAX);
    ck_assert_uint_eq(weather(1, OPENAI), first);
    ck_assert_uint_ne(weather(2, OPENAI), first);
    ck_assert_uint_ne(weather(1, INHOUSE), first);
}
END_TEST

START_TEST(test_gates_when_other_connections_come_between_then_the_draws_stay)
{
    far_side_rule(SQ_FAULT_TLS_FAIL, "half")->share_q32 = SQ_DRAW_ALWAYS / 2;
    uint64_t alone = weather(1, OPENAI);
    start(1);
    for (int i = 0; i < 64; i++) {
        (void)next(INHOUSE);
        ck_assert_int_eq(next(OPENAI) != SQ_CONNECTION_MADE, alone >> i & 1);
    }
}
END_TEST

START_TEST(test_gates_when_a_rule_needs_a_name_or_a_request_then_it_spares_strangers)
{
    struct sq_rule *names = far_side_rule(SQ_FAULT_DNS_FAIL, "no-name");
    struct sq_rule *first = far_side_rule(SQ_FAULT_REFUSE, "first-attempts");
    struct sq_rule *streams = far_side_rule(SQ_FAULT_REFUSE, "streams");
    struct sq_rule *other = far_side_rule(SQ_FAULT_STATUS, "down");
    first->match.attempt = 1;
    streams->match.stream = 1;
    ck_assert_int_eq(sq_gates_spare(names), SQ_GATES_NO_NAME);
    ck_assert_int_eq(sq_gates_spare(first), SQ_GATES_NO_REQUEST);
    ck_assert_int_eq(sq_gates_spare(streams), SQ_GATES_NO_REQUEST);
    ck_assert_int_eq(sq_gates_spare(other), SQ_GATES_STRIKES);
    ck_assert(!sq_gates_needed(&far_side()->script));
    start(1);
    ck_assert_int_eq(next(OPENAI), SQ_CONNECTION_MADE);
    ck_assert_int_eq(gate_at(OPENAI, 0), SQ_CONNECTION_MADE);
    ck_assert_int_eq(sq_gates_change_at(gates, 0), SQ_NEVER);
}
END_TEST

START_TEST(test_gates_when_a_window_spares_nobody_then_the_gate_is_shut_within_it)
{
    struct sq_rule *rule = far_side_rule(SQ_FAULT_REFUSE, "down");
    far_side_window(rule, SQ_SECOND, 2 * SQ_SECOND, 10 * SQ_SECOND);
    rule->models = 1;
    start(1);
    ck_assert(sq_gates_needed(&far_side()->script));
    ck_assert_int_eq(gate_at(OPENAI, SQ_SECOND - 1), SQ_CONNECTION_MADE);
    ck_assert_int_eq(gate_at(OPENAI, SQ_SECOND), SQ_CONNECTION_REFUSED);
    ck_assert_int_eq(gate_at(INHOUSE, SQ_SECOND), SQ_CONNECTION_MADE);
    ck_assert_int_eq(gate_at(OPENAI, 3 * SQ_SECOND - 1), SQ_CONNECTION_REFUSED);
    ck_assert_int_eq(gate_at(OPENAI, 3 * SQ_SECOND), SQ_CONNECTION_MADE);
    ck_assert_int_eq(sq_gates_change_at(gates, 0), SQ_SECOND);
    ck_assert_int_eq(sq_gates_change_at(gates, SQ_SECOND), 3 * SQ_SECOND);
    ck_assert_int_eq(sq_gates_change_at(gates, 3 * SQ_SECOND), 11 * SQ_SECOND);
}
END_TEST

START_TEST(test_gates_when_an_earlier_rule_looks_at_each_then_the_gate_stays_open)
{
    struct sq_rule *some = far_side_rule(SQ_FAULT_ACCEPT_HANG, "some");
    some->share_q32 = SQ_DRAW_ALWAYS / 2;
    far_side_window(some, 0, SQ_SECOND, 0);
    (void)far_side_rule(SQ_FAULT_CONNECT_HANG, "all");
    start(1);
    ck_assert_int_eq(gate_at(OPENAI, SQ_SECOND - 1), SQ_CONNECTION_MADE);
    ck_assert_int_eq(gate_at(OPENAI, SQ_SECOND), SQ_CONNECTION_UNANSWERED);
    ck_assert_uint_eq(sq_gates_gate(gates, OPENAI, SQ_SECOND).fired, 2);
}
END_TEST

/* _i: what makes a rule look at each connection. */
START_TEST(test_gates_when_a_rule_spares_some_then_the_gate_stays_open)
{
    struct sq_rule *rule = far_side_rule(_i == 2 ? SQ_FAULT_ACCEPT_HANG : SQ_FAULT_REFUSE, "some");
    if (_i == 0) {
        rule->share_q32 = SQ_DRAW_ALWAYS - 1;
    } else if (_i == 1) {
        rule->count = (struct sq_count){.kind = SQ_COUNT_EVERY, .first = 1};
    }
    start(1);
    ck_assert_int_eq(gate_at(OPENAI, 0), SQ_CONNECTION_MADE);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("gates");
    TCase *tests = tcase_create("gates");
    tcase_add_checked_fixture(tests, set_up, tear_down);
    tcase_add_test(tests,
                   test_gates_when_a_rule_is_about_one_model_then_it_strikes_the_whole_provider);
    tcase_add_test(tests,
                   test_gates_when_a_rule_counts_then_it_counts_the_connections_of_all_it_is_about);
    tcase_add_test(tests, test_gates_when_a_rule_counts_per_call_then_each_connection_is_a_call);
    tcase_add_test(tests,
                   test_gates_when_seed_or_provider_differs_then_other_connections_are_struck);
    tcase_add_test(tests, test_gates_when_other_connections_come_between_then_the_draws_stay);
    tcase_add_test(tests,
                   test_gates_when_a_rule_needs_a_name_or_a_request_then_it_spares_strangers);
    tcase_add_test(tests, test_gates_when_a_window_spares_nobody_then_the_gate_is_shut_within_it);
    tcase_add_test(tests, test_gates_when_an_earlier_rule_looks_at_each_then_the_gate_stays_open);
    tcase_add_loop_test(tests, test_gates_when_a_rule_spares_some_then_the_gate_stays_open, 0, 3);
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int n_failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return n_failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
