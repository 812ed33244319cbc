/* SPDX-License-Identifier: MIT */
/* Runs in virtual time whose calls have keys, tenants and sessions: which calls a rule strikes. */
#include <check.h>
#include <string.h>

#include "sim/request/identities.h"
#include "sim/run.h"
#include "sim/virtual.h"
#include "tests/support/small_scenario.h"

#define SEED    5
#define N_CALLS 100 /* of the small scenario */

static struct small_scenario *small;
static struct sq_paths paths;
static struct sq_identity whose[N_CALLS]; /* by call - 1 */
static bool failed[N_CALLS];

static void set_up(void)
{
    struct sq_workload *workload;
    small = small_scenario_new();
    workload = &small->scenario.workload;
    workload->n_keys = 8;
    workload->n_tenants = 6;
    workload->session_length = 4;
}

static void tear_down(void)
{
    small_scenario_free(small);
}

static struct sq_rule *status_rule(void)
{
    struct sq_rule *rule = small_scenario_rule(small, SQ_FAULT_STATUS);
    rule->effect.status = 401;
    return rule;
}

/* Whose the calls were, and which of them failed. */
static void run(void)
{
    struct sq_error err = {0};
    struct sq_run_end end;
    struct sq_identities identities;
    struct sq_virtual *carrier = sq_virtual_new(&small->scenario, &small->policy, SEED);
    struct sq_meter *meter = sq_meter_new(&small->scenario, &small->policy, SQ_MODE_VIRTUAL);
    struct sq_run_setup setup = {.scenario = &small->scenario,
                                 .policy = &small->policy,
                                 .seed = SEED,
                                 .carrier = sq_virtual_carrier(carrier),
                                 .paths = &paths,
                                 .meter = meter};
    ck_assert_int_eq(sq_run(&setup, &end, &err), SQ_OK);
    ck_assert_uint_eq(paths.n_list, N_CALLS);
    ck_assert_int_eq(sq_identities_init(&identities, &small->scenario.workload, SEED, &err), SQ_OK);
    for (uint32_t i = 0; i < N_CALLS; i++) {
        ck_assert_uint_eq(paths.list[i].id, i + 1);
        whose[i] = sq_identities_next(&identities, i + 1);
        failed[i] = paths.list[i].outcome == SQ_OUTCOME_FAILED;
    }
    sq_identities_clear(&identities);
    sq_paths_clear(&paths);
    sq_meter_free(meter);
    sq_virtual_free(carrier);
}

START_TEST(test_dead_key_when_one_is_revoked_then_exactly_its_calls_fail)
{
    uint32_t n_failed = 0;
    status_rule()->match.key = 7;
    run();
    for (uint32_t i = 0; i < N_CALLS; i++) {
        ck_assert_int_eq(failed[i], whose[i].key == 7);
        n_failed += failed[i] ? 1 : 0;
    }
    ck_assert_uint_gt(n_failed, 4);
    ck_assert_uint_lt(n_failed, 25);
}
END_TEST

START_TEST(test_dead_key_when_named_by_its_header_then_the_same_calls_fail)
{
    struct sq_script *script = &small->scenario.script;
    static const char value[] = "Bearer sk-squall-key-07";
    script->clauses[0] = (struct sq_clause){.of = SQ_CLAUSE_HEADER,
                                            .is = SQ_CLAUSE_TEXT,
                                            .where = "authorization",
                                            .value = value,
                                            .length = sizeof value - 1};
    script->n_clauses = 1;
    status_rule()->match.clauses = 1;
    run();
    for (uint32_t i = 0; i < N_CALLS; i++) {
        ck_assert_int_eq(failed[i], whose[i].key == 7);
    }
}
END_TEST

START_TEST(test_refused_key_when_the_connection_fails_then_exactly_its_calls_fail)
{
    small_scenario_rule(small, SQ_FAULT_REFUSE)->match.key = 3;
    run();
    for (uint32_t i = 0; i < N_CALLS; i++) {
        ck_assert_int_eq(failed[i], whose[i].key == 3);
    }
}
END_TEST

/* All calls of one sharer fare alike, and not all sharers do. */
static void assert_alike(size_t which)
{
    uint32_t n_failed = 0;
    run();
    for (uint32_t i = 0; i < N_CALLS; i++) {
        n_failed += failed[i] ? 1 : 0;
        for (uint32_t k = 0; k < i; k++) {
            bool same = which == 0 ? whose[i].tenant == whose[k].tenant
                                   : whose[i].session == whose[k].session;
            ck_assert(!same || failed[i] == failed[k]);
        }
    }
    ck_assert_uint_gt(n_failed, 0);
    ck_assert_uint_lt(n_failed, N_CALLS);
}

START_TEST(test_sticky_tenant_when_a_draw_is_per_tenant_then_its_calls_fare_alike)
{
    struct sq_rule *rule = status_rule();
    rule->per = SQ_PER_TENANT;
    rule->share_q32 = UINT64_C(1) << 31;
    assert_alike(0);
}
END_TEST

START_TEST(test_session_when_a_draw_is_per_session_then_its_calls_fare_alike)
{
    struct sq_rule *rule = status_rule();
    rule->per = SQ_PER_SESSION;
    rule->share_q32 = UINT64_C(1) << 31;
    assert_alike(1);
}
END_TEST

START_TEST(test_session_when_its_third_call_is_struck_then_the_others_are_not)
{
    uint32_t seen[N_CALLS + 1] = {0};
    struct sq_rule *rule = status_rule();
    rule->per = SQ_PER_SESSION;
    rule->count = (struct sq_count){.kind = SQ_COUNT_RANGE, .first = 3, .last = 3};
    run();
    for (uint32_t i = 0; i < N_CALLS; i++) {
        ck_assert_int_eq(failed[i], ++seen[whose[i].session] == 3);
    }
}
END_TEST

/* Keys and all that are drawn beside the rest: which calls another rule strikes does not change. */
START_TEST(test_other_draws_when_identities_are_added_then_they_stay)
{
    bool before[N_CALLS];
    status_rule()->share_q32 = UINT64_C(1) << 31;
    run();
    memcpy(before, failed, sizeof before);
    small->scenario.workload.n_keys = 0;
    small->scenario.workload.n_tenants = 0;
    small->scenario.workload.session_length = 0;
    run();
    ck_assert_mem_eq(before, failed, sizeof before);
    ck_assert_uint_eq(whose[0].key, 0);
}
END_TEST

int main(void)
{
    TCase *tests = tcase_create("run_identity");
    tcase_add_checked_fixture(tests, set_up, tear_down);
    tcase_add_test(tests, test_dead_key_when_one_is_revoked_then_exactly_its_calls_fail);
    tcase_add_test(tests, test_dead_key_when_named_by_its_header_then_the_same_calls_fail);
    tcase_add_test(tests, test_refused_key_when_the_connection_fails_then_exactly_its_calls_fail);
    tcase_add_test(tests, test_sticky_tenant_when_a_draw_is_per_tenant_then_its_calls_fare_alike);
    tcase_add_test(tests, test_session_when_a_draw_is_per_session_then_its_calls_fare_alike);
    tcase_add_test(tests, test_session_when_its_third_call_is_struck_then_the_others_are_not);
    tcase_add_test(tests, test_other_draws_when_identities_are_added_then_they_stay);
    Suite *suite = suite_create("run_identity");
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failures = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failures == 0 ? 0 : 1;
}
