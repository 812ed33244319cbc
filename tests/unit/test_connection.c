/* SPDX-License-Identifier: MIT */
/* Faults on the way: which attempts are struck, how they end, and that nobody else counts them. */
#include "mockprovider/connection.h"

#include <check.h>
#include <stdlib.h>

#include "base/draw.h"
#include "tests/support/far_side.h"

static struct sq_connections *connections;
static void *memory;

static void start(void)
{
    const struct sq_script *script = &far_side()->script;
    size_t size = sq_connections_size(script, NULL);
    free(memory);
    memory = malloc(size);
    ck_assert_ptr_nonnull(memory);
    connections = sq_connections_init(memory, size, script, NULL, 1);
}

static void tear_down(void)
{
    free(memory);
    memory = NULL;
    far_side_clear();
}

static enum sq_connection_fate fate_of(uint64_t call, uint16_t attempt, sq_time now)
{
    struct sq_plan_request request = far_side_request(call);
    request.attempt = attempt;
    request.nth = attempt;
    return sq_plan_connection(connections, &request, now).fate;
}

START_TEST(test_connection_when_a_kind_strikes_then_has_its_fate)
{
    static const struct {
        enum sq_fault_kind kind;
        enum sq_connection_fate fate;
        enum sq_transport transport;
    } list[] = {
        {SQ_FAULT_DNS_FAIL, SQ_CONNECTION_UNRESOLVED, SQ_TRANSPORT_DNS},
        {SQ_FAULT_REFUSE, SQ_CONNECTION_REFUSED, SQ_TRANSPORT_REFUSED},
        {SQ_FAULT_CONNECT_HANG, SQ_CONNECTION_UNANSWERED, SQ_TRANSPORT_OK},
        {SQ_FAULT_ACCEPT_HANG, SQ_CONNECTION_UNSERVED, SQ_TRANSPORT_OK},
        {SQ_FAULT_TLS_FAIL, SQ_CONNECTION_UNSECURED, SQ_TRANSPORT_TLS},
    };
    for (size_t i = 0; i < sizeof(list) / sizeof(list[0]); i++) {
        far_side_init();
        far_side_rule(SQ_FAULT_STATUS, "other");
        far_side_rule(list[i].kind, "rule");
        start();
        struct sq_plan_request request = far_side_request(1);
        struct sq_connection_plan plan = sq_plan_connection(connections, &request, 0);
        ck_assert_int_eq(plan.fate, list[i].fate);
        ck_assert_uint_eq(plan.fired, 2);
        ck_assert_int_eq(sq_connection_transport(plan.fate), list[i].transport);
        ck_assert(sq_connections_may_fail(&far_side()->script));
    }
}
END_TEST

START_TEST(test_connection_when_no_rule_is_about_it_then_is_made)
{
    far_side_rule(SQ_FAULT_STATUS, "down");
    start();
    ck_assert(!sq_connections_may_fail(&far_side()->script));
    ck_assert_int_eq(fate_of(1, 1, 0), SQ_CONNECTION_MADE);
    ck_assert_int_eq(sq_connection_transport(SQ_CONNECTION_MADE), SQ_TRANSPORT_OK);
}
END_TEST

START_TEST(test_connection_when_counted_by_call_then_each_call_has_its_own_count)
{
    struct sq_rule *rule = far_side_rule(SQ_FAULT_REFUSE, "first two");
    rule->per = SQ_PER_CALL;
    rule->count = (struct sq_count){.kind = SQ_COUNT_FIRST, .first = 2};
    start();
    for (uint64_t call = 1; call <= 3; call++) {
        ck_assert_int_eq(fate_of(call, 1, 0), SQ_CONNECTION_REFUSED);
        ck_assert_int_eq(fate_of(call, 2, 0), SQ_CONNECTION_REFUSED);
        ck_assert_int_eq(fate_of(call, 3, 0), SQ_CONNECTION_MADE);
    }
}
END_TEST

START_TEST(test_connection_when_its_window_is_closed_then_is_made)
{
    far_side_window(far_side_rule(SQ_FAULT_REFUSE, "window"), SQ_SECOND, SQ_SECOND, 0);
    start();
    ck_assert_int_eq(fate_of(1, 1, SQ_SECOND - 1), SQ_CONNECTION_MADE);
    ck_assert_int_eq(fate_of(2, 1, SQ_SECOND), SQ_CONNECTION_REFUSED);
    ck_assert_int_eq(fate_of(3, 1, 2 * SQ_SECOND - 1), SQ_CONNECTION_REFUSED);
    ck_assert_int_eq(fate_of(4, 1, 2 * SQ_SECOND), SQ_CONNECTION_MADE);
}
END_TEST

/* The provider is told only of what arrives: its rules neither strike nor count on the way. */
START_TEST(test_provider_when_a_connection_rule_would_strike_then_knows_nothing_of_it)
{
    far_side_rule(SQ_FAULT_REFUSE, "way");
    struct sq_rule *second = far_side_rule(SQ_FAULT_STATUS, "second");
    second->count = (struct sq_count){.kind = SQ_COUNT_RANGE, .first = 2, .last = 2};
    start();
    far_side_start(1);
    ck_assert_int_eq(fate_of(1, 1, 0), SQ_CONNECTION_REFUSED);
    struct sq_plan_request request = far_side_request(2);
    ck_assert(!far_side_refuses(&request, 0));
    ck_assert(far_side_refuses(&request, 0));
    ck_assert_uint_eq(far_side_plan(&request, 0).fired[SQ_FAMILY_CONNECTION], 0);
}
END_TEST

int main(void)
{
    TCase *tests = tcase_create("connection");
    tcase_add_checked_fixture(tests, far_side_init, tear_down);
    tcase_add_test(tests, test_connection_when_a_kind_strikes_then_has_its_fate);
    tcase_add_test(tests, test_connection_when_no_rule_is_about_it_then_is_made);
    tcase_add_test(tests, test_connection_when_counted_by_call_then_each_call_has_its_own_count);
    tcase_add_test(tests, test_connection_when_its_window_is_closed_then_is_made);
    tcase_add_test(tests,
                   test_provider_when_a_connection_rule_would_strike_then_knows_nothing_of_it);
    Suite *suite = suite_create("connection");
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? 0 : 1;
}
