/* SPDX-License-Identifier: MIT */
/* Which attempts a rule strikes: windows, matches, counts, draws. Seen through status faults. */
#include <check.h>
#include <string.h>

#include "base/draw.h"
#include "tests/support/far_side.h"

#define HALF (SQ_DRAW_ALWAYS / 2)

static struct sq_rule *status_rule(const char *name)
{
    return far_side_rule(SQ_FAULT_STATUS, name);
}

/* Calls 1, 2, ... arrive at `now`: which are refused, as a text of 'x' and '-'. */
static void assert_struck(const char *wanted, sq_time now)
{
    char struck[65] = {0};
    for (size_t i = 0; i < strlen(wanted); i++) {
        struct sq_plan_request request = far_side_request(i + 1);
        struck[i] = far_side_refuses(&request, now) ? 'x' : '-';
    }
    ck_assert_str_eq(struck, wanted);
}

static uint32_t struck_of(uint32_t n_calls, sq_time now)
{
    uint32_t struck = 0;
    for (uint32_t i = 0; i < n_calls; i++) {
        struct sq_plan_request request = far_side_request(i);
        struck += far_side_refuses(&request, now) ? 1 : 0;
    }
    return struck;
}

START_TEST(test_window_edges_decide_by_the_instant_of_arrival)
{
    far_side_window(status_rule("w"), SQ_SECOND, SQ_SECOND, 0);
    far_side_start(1);
    assert_struck("-", SQ_SECOND - 1);
    assert_struck("x", SQ_SECOND);
    assert_struck("x", 2 * SQ_SECOND - 1);
    assert_struck("-", 2 * SQ_SECOND);
}
END_TEST

START_TEST(test_repeated_window_strikes_each_time)
{
    far_side_window(status_rule("w"), SQ_SECOND, SQ_MS, SQ_MINUTE);
    far_side_start(1);
    for (sq_time minute = 0; minute < SQ_HOUR; minute += SQ_MINUTE) {
        assert_struck("-", minute);
        assert_struck("x", minute + SQ_SECOND);
        assert_struck("-", minute + SQ_SECOND + SQ_MS);
    }
}
END_TEST

START_TEST(test_where_names_models_over_all_providers)
{
    status_rule("w")->models = UINT64_C(1) << 2;
    far_side_start(1);
    struct sq_plan_request request = far_side_request(1);
    for (uint16_t model = 0; model < 3; model++) {
        request.model = model;
        ck_assert_int_eq(far_side_refuses(&request, 0), model == 2);
    }
}
END_TEST

START_TEST(test_match_by_stream_and_by_attempt)
{
    struct sq_rule *rule = status_rule("m");
    rule->match = (struct sq_match){.stream = 0, .attempt = 2};
    far_side_start(1);
    struct sq_plan_request request = far_side_request(1);
    for (uint16_t attempt = 1; attempt < 4; attempt++) {
        request.attempt = attempt;
        request.stream = true;
        ck_assert(!far_side_refuses(&request, 0));
        request.stream = false;
        ck_assert_int_eq(far_side_refuses(&request, 0), attempt == 2);
    }
    rule->match = (struct sq_match){.stream = 1};
    ck_assert(!far_side_refuses(&request, 0));
    request.stream = true;
    ck_assert(far_side_refuses(&request, 0));
}
END_TEST

START_TEST(test_counts_pick_by_order_of_arrival)
{
    struct {
        struct sq_count count;
        const char *struck;
    } const cases[] = {
        {{.kind = SQ_COUNT_FIRST, .first = 3}, "xxx-----"},
        {{.kind = SQ_COUNT_FIRST, .first = 0}, "--------"},
        {{.kind = SQ_COUNT_EVERY, .first = 3}, "--x--x--"},
        {{.kind = SQ_COUNT_EVERY, .first = 1}, "xxxxxxxx"},
        {{.kind = SQ_COUNT_EVERY, .first = 0}, "--------"},
        {{.kind = SQ_COUNT_RANGE, .first = 2, .last = 4}, "-xxx----"},
        {{.kind = SQ_COUNT_RANGE, .first = 2, .last = 1}, "--------"},
        {{.kind = SQ_COUNT_SEQUENCE, .sequence = 0x1a, .n_sequence = 5}, "-x-xx---"},
        {{.kind = SQ_COUNT_SEQUENCE, .sequence = UINT64_MAX, .n_sequence = 2}, "xx------"},
    };
    struct sq_rule *rule = status_rule("c");
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        rule->count = cases[i].count;
        far_side_start(1);
        assert_struck(cases[i].struck, 0);
    }
}
END_TEST

START_TEST(test_sequence_of_64_uses_every_bit)
{
    status_rule("c")->count = (struct sq_count){
        .kind = SQ_COUNT_SEQUENCE, .sequence = UINT64_C(1) << 63 | 1, .n_sequence = 64};
    far_side_start(1);
    assert_struck("x--------------------------------------------------------------x", 0);
    assert_struck("--", 0);
}
END_TEST

START_TEST(test_counts_begin_anew_with_each_window_and_see_only_what_is_inside)
{
    struct sq_rule *rule = status_rule("c");
    far_side_window(rule, SQ_SECOND, SQ_SECOND, SQ_MINUTE);
    rule->count = (struct sq_count){.kind = SQ_COUNT_FIRST, .first = 2};
    far_side_start(1);
    assert_struck("---", 0);
    assert_struck("x", SQ_SECOND);
    assert_struck("x--", SQ_SECOND + 5);
    assert_struck("---", 2 * SQ_SECOND);
    assert_struck("xx-", SQ_MINUTE + SQ_SECOND);
}
END_TEST

START_TEST(test_count_counts_matching_attempts_that_other_rules_take)
{
    status_rule("first")->count = (struct sq_count){.kind = SQ_COUNT_FIRST, .first = 2};
    struct sq_rule *second = status_rule("second");
    second->count = (struct sq_count){.kind = SQ_COUNT_FIRST, .first = 3};
    second->match.stream = 1;
    far_side_start(1);
    assert_struck("xxx--", 0);
}
END_TEST

START_TEST(test_count_and_probability_must_both_hold)
{
    struct sq_rule *rule = status_rule("c");
    rule->share_q32 = HALF;
    far_side_start(1);
    bool drawn[64];
    for (uint64_t call = 0; call < 64; call++) {
        struct sq_plan_request request = far_side_request(call);
        drawn[call] = far_side_refuses(&request, 0);
    }
    rule->count = (struct sq_count){.kind = SQ_COUNT_FIRST, .first = 20};
    far_side_start(1);
    for (uint64_t call = 0; call < 64; call++) {
        struct sq_plan_request request = far_side_request(call);
        ck_assert_int_eq(far_side_refuses(&request, 0), call < 20 && drawn[call]);
    }
}
END_TEST

START_TEST(test_count_per_call_counts_each_call_for_itself)
{
    struct sq_rule *rule = status_rule("c");
    rule->per = SQ_PER_CALL;
    rule->count = (struct sq_count){.kind = SQ_COUNT_FIRST, .first = 2};
    far_side_start(1);
    for (int round = 0; round < 4; round++) {
        assert_struck(round < 2 ? "xxxxxxxxxxxxxxxx" : "----------------", 0);
    }
    ck_assert_uint_eq(sq_provider_forgotten(far_side()->provider), 0);
}
END_TEST

START_TEST(test_count_per_call_of_two_rules_are_two_counts)
{
    for (int i = 0; i < 2; i++) {
        struct sq_rule *rule = status_rule(i == 0 ? "a" : "b");
        rule->per = SQ_PER_CALL;
        rule->count = (struct sq_count){
            .kind = SQ_COUNT_RANGE, .first = i == 0 ? 1 : 3, .last = i == 0 ? 1 : 3};
    }
    far_side_start(1);
    assert_struck("xx", 0);
    assert_struck("--", 0);
    assert_struck("xx", 0);
    assert_struck("--", 0);
}
END_TEST

START_TEST(test_count_per_call_begins_anew_with_each_window_also_in_one_set)
{
    struct sq_rule *rule = status_rule("c");
    far_side_window(rule, SQ_SECOND, SQ_SECOND, SQ_MINUTE);
    rule->per = SQ_PER_CALL;
    rule->count = (struct sq_count){.kind = SQ_COUNT_FIRST, .first = 1};
    far_side()->bounds.count_keys = 8;
    far_side_start(1);
    assert_struck("xx", SQ_SECOND);
    assert_struck("--", SQ_SECOND + 5);
    assert_struck("xx", SQ_MINUTE + SQ_SECOND);
    assert_struck("--", SQ_MINUTE + SQ_SECOND + 5);
    ck_assert_uint_eq(sq_provider_forgotten(far_side()->provider), 0);
}
END_TEST

START_TEST(test_full_table_forgets_the_least_recently_seen_and_says_so)
{
    struct sq_rule *rule = status_rule("c");
    rule->per = SQ_PER_CALL;
    rule->count = (struct sq_count){.kind = SQ_COUNT_FIRST, .first = 1};
    far_side()->bounds.count_keys = 8;
    far_side_start(1);
    assert_struck("xxxxxxxx", 0);
    assert_struck("-", 0); /* call 1 is now the most recent, call 2 the least */
    ck_assert_uint_eq(sq_provider_forgotten(far_side()->provider), 0);
    struct sq_plan_request ninth = far_side_request(9);
    ck_assert(far_side_refuses(&ninth, 0));
    ck_assert_uint_eq(sq_provider_forgotten(far_side()->provider), 1);
    assert_struck("-", 0);
    struct sq_plan_request second = far_side_request(2);
    ck_assert(far_side_refuses(&second, 0));
    ck_assert_uint_eq(sq_provider_forgotten(far_side()->provider), 2);
}
END_TEST

START_TEST(test_table_costs_memory_only_when_a_rule_counts_per_call)
{
    struct sq_rule *rule = status_rule("c");
    rule->count = (struct sq_count){.kind = SQ_COUNT_FIRST, .first = 1};
    size_t without = sq_provider_size(&far_side()->script, NULL);
    rule->per = SQ_PER_CALL;
    size_t with = sq_provider_size(&far_side()->script, NULL);
    ck_assert_uint_lt(without, 4096);
    ck_assert_uint_ge(with, without + (size_t)SQ_PROVIDER_COUNT_KEYS * 20);
}
END_TEST

START_TEST(test_probability_strikes_its_share)
{
    struct sq_rule *rule = status_rule("p");
    rule->share_q32 = SQ_DRAW_ALWAYS / 10;
    far_side_start(1);
    uint32_t struck = struck_of(20000, 0);
    ck_assert_uint_gt(struck, 1850);
    ck_assert_uint_lt(struck, 2150);
    rule->share_q32 = 0;
    ck_assert_uint_eq(struck_of(100, 0), 0);
    rule->share_q32 = SQ_DRAW_ALWAYS;
    ck_assert_uint_eq(struck_of(100, 0), 100);
}
END_TEST

START_TEST(test_probability_curve_counts_from_the_start_of_each_window)
{
    static const struct sq_curve_point ramp[] = {{0, 0}, {100, (int64_t)SQ_DRAW_ALWAYS}};
    struct sq_rule *rule = status_rule("p");
    far_side_window(rule, 1000, 200, 1000);
    rule->share_q32 = 0;
    rule->probability = (struct sq_curve){.points = ramp, .n_points = 2};
    far_side_start(1);
    for (sq_time window = 1000; window < 5000; window += 1000) {
        ck_assert_uint_eq(struck_of(1000, window), 0);
        uint32_t struck = struck_of(1000, window + 50);
        ck_assert_uint_gt(struck, 440);
        ck_assert_uint_lt(struck, 560);
        ck_assert_uint_eq(struck_of(1000, window + 100), 1000);
        ck_assert_uint_eq(struck_of(1000, window + 199), 1000);
        ck_assert_uint_eq(struck_of(1000, window + 200), 0);
    }
}
END_TEST

START_TEST(test_draw_per_attempt_differs_and_per_call_is_one)
{
    struct sq_rule *rule = status_rule("p");
    rule->share_q32 = HALF;
    far_side_start(1);
    uint32_t mixed[2] = {0};
    for (int per_call = 0; per_call < 2; per_call++) {
        rule->per = per_call == 1 ? SQ_PER_CALL : SQ_PER_ATTEMPT;
        for (uint64_t call = 0; call < 200; call++) {
            struct sq_plan_request request = far_side_request(call);
            bool first = far_side_refuses(&request, 0);
            request.nth = 2;
            request.attempt = 2;
            mixed[per_call] += far_side_refuses(&request, 0) != first ? 1 : 0;
        }
    }
    ck_assert_uint_gt(mixed[0], 60);
    ck_assert_uint_eq(mixed[1], 0);
}
END_TEST

/* What strikes 500 calls, as one word each. */
static void note_fired(uint32_t fired[500], uint32_t family)
{
    far_side_start(7);
    for (uint32_t i = 0; i < 500; i++) {
        struct sq_visit visit;
        struct sq_bill bill;
        struct sq_plan_request request = far_side_request(i);
        far_side_arrive(&visit, &request, i * SQ_SECOND);
        fired[i] = visit.plan.fired[family];
        sq_provider_leave(far_side()->provider, &visit, i * SQ_SECOND, &bill);
    }
}

START_TEST(test_another_rule_changes_neither_draws_nor_counts)
{
    uint32_t before[500];
    uint32_t after[500];
    struct sq_rule *late = far_side_rule(SQ_FAULT_LATENCY, "late");
    late->share_q32 = HALF;
    late->count = (struct sq_count){.kind = SQ_COUNT_EVERY, .first = 3};
    note_fired(before, SQ_FAMILY_LATENCY);
    struct sq_rule first = *late;
    far_side()->script.n_rules = 0;
    struct sq_rule *down = status_rule("down");
    down->share_q32 = SQ_DRAW_ALWAYS / 4;
    far_side()->rules[1] = first;
    far_side()->script.n_rules = 2;
    note_fired(after, SQ_FAMILY_LATENCY);
    uint32_t hidden = 0;
    uint32_t kept = 0;
    for (uint32_t i = 0; i < 500; i++) {
        hidden += before[i] == 1 && after[i] == 0 ? 1 : 0;
        kept += before[i] == 1 && after[i] == 2 ? 1 : 0;
        ck_assert(before[i] != 0 || after[i] == 0);
    }
    ck_assert_uint_gt(kept, 40);
    ck_assert_uint_gt(hidden, 5);
    far_side()->rules[0].share_q32 = 0;
    note_fired(after, SQ_FAMILY_LATENCY);
    for (uint32_t i = 0; i < 500; i++) {
        ck_assert_int_eq(before[i] != 0, after[i] != 0);
    }
}
END_TEST

START_TEST(test_within_a_family_the_first_rule_that_fires_wins)
{
    struct sq_rule *first = status_rule("first");
    first->effect.status = 500;
    first->count = (struct sq_count){.kind = SQ_COUNT_EVERY, .first = 2};
    status_rule("second")->effect.status = 429;
    far_side_start(1);
    for (uint64_t call = 1; call < 5; call++) {
        struct sq_visit visit;
        struct sq_bill bill;
        struct sq_plan_request request = far_side_request(call);
        far_side_arrive(&visit, &request, 0);
        ck_assert_uint_eq(visit.plan.status, call % 2 == 0 ? 500 : 429);
        ck_assert_uint_eq(visit.plan.rule, call % 2 == 0 ? 0 : 1);
        sq_provider_leave(far_side()->provider, &visit, 0, &bill);
    }
}
END_TEST

START_TEST(test_all_256_rules_take_part)
{
    for (uint32_t i = 0; i < SQ_RULES_MAX; i++) {
        far_side_window(status_rule("many"), i * SQ_SECOND, SQ_SECOND, 0);
        far_side()->rules[i].effect.status = (uint16_t)(400 + i);
    }
    far_side_start(1);
    for (uint32_t i = 0; i < SQ_RULES_MAX; i++) {
        struct sq_visit visit;
        struct sq_bill bill;
        struct sq_plan_request request = far_side_request(i);
        far_side_arrive(&visit, &request, i * SQ_SECOND);
        ck_assert_uint_eq(visit.plan.status, 400 + i);
        sq_provider_leave(far_side()->provider, &visit, i * SQ_SECOND, &bill);
    }
    assert_struck("-", SQ_RULES_MAX * SQ_SECOND);
}
END_TEST

int main(void)
{
    TCase *tests = tcase_create("rules");
    tcase_add_checked_fixture(tests, far_side_init, far_side_clear);
    tcase_add_test(tests, test_window_edges_decide_by_the_instant_of_arrival);
    tcase_add_test(tests, test_repeated_window_strikes_each_time);
    tcase_add_test(tests, test_where_names_models_over_all_providers);
    tcase_add_test(tests, test_match_by_stream_and_by_attempt);
    tcase_add_test(tests, test_counts_pick_by_order_of_arrival);
    tcase_add_test(tests, test_sequence_of_64_uses_every_bit);
    tcase_add_test(tests, test_counts_begin_anew_with_each_window_and_see_only_what_is_inside);
    tcase_add_test(tests, test_count_counts_matching_attempts_that_other_rules_take);
    tcase_add_test(tests, test_count_and_probability_must_both_hold);
    tcase_add_test(tests, test_count_per_call_counts_each_call_for_itself);
    tcase_add_test(tests, test_count_per_call_of_two_rules_are_two_counts);
    tcase_add_test(tests, test_count_per_call_begins_anew_with_each_window_also_in_one_set);
    tcase_add_test(tests, test_full_table_forgets_the_least_recently_seen_and_says_so);
    tcase_add_test(tests, test_table_costs_memory_only_when_a_rule_counts_per_call);
    tcase_add_test(tests, test_probability_strikes_its_share);
    tcase_add_test(tests, test_probability_curve_counts_from_the_start_of_each_window);
    tcase_add_test(tests, test_draw_per_attempt_differs_and_per_call_is_one);
    tcase_add_test(tests, test_another_rule_changes_neither_draws_nor_counts);
    tcase_add_test(tests, test_within_a_family_the_first_rule_that_fires_wins);
    tcase_add_test(tests, test_all_256_rules_take_part);
    Suite *suite = suite_create("rules");
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? 0 : 1;
}
