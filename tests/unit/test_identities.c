/* SPDX-License-Identifier: MIT */
/* Whose calls are: draws of keys and tenants, sessions of a fixed length. */
#include "sim/request/identities.h"

#include <check.h>

#define SEED    7
#define N_CALLS 20000

static struct sq_workload workload;
static struct sq_identities identities;

static void start(uint32_t n_keys, uint32_t n_tenants, uint32_t session_length)
{
    workload = (struct sq_workload){
        .n_keys = n_keys, .n_tenants = n_tenants, .session_length = session_length};
    ck_assert_int_eq(sq_identities_init(&identities, &workload, SEED, NULL), SQ_OK);
}

START_TEST(test_calls_of_a_workload_without_identities_have_none)
{
    start(0, 0, 0);
    struct sq_identity whose = sq_identities_next(&identities, 1);
    ck_assert_uint_eq(whose.key | whose.tenant | whose.session, 0);
    sq_identities_clear(&identities);
}
END_TEST

START_TEST(test_calls_of_a_user_have_a_session_only_where_sessions_are)
{
    uint64_t call = (UINT64_C(3) << SQ_CALL_USER_SHIFT) + 1;
    start(0, 0, 0);
    workload.streams[0].kind = SQ_STREAM_CLOSED;
    ck_assert_uint_eq(sq_identities_draw(&identities, call).session, 0);
    sq_identities_clear(&identities);
    start(0, 0, 2);
    workload.streams[0].kind = SQ_STREAM_CLOSED;
    uint64_t session = sq_identities_draw(&identities, call).session;
    ck_assert_uint_ne(session, 0);
    ck_assert_uint_eq(sq_identities_draw(&identities, call + 1).session, session);
    ck_assert_uint_ne(sq_identities_draw(&identities, call + 2).session, session);
    sq_identities_clear(&identities);
}
END_TEST

START_TEST(test_keys_and_tenants_are_drawn_evenly_and_apart)
{
    uint32_t n_of[5][4] = {{0}};
    start(5, 4, 0);
    for (uint64_t call = 1; call <= N_CALLS; call++) {
        struct sq_identity whose = sq_identities_next(&identities, call);
        ck_assert_uint_ge(whose.key, 1);
        ck_assert_uint_le(whose.key, 5);
        ck_assert_uint_ge(whose.tenant, 1);
        ck_assert_uint_le(whose.tenant, 4);
        ck_assert_uint_eq(whose.session, 0);
        n_of[whose.key - 1][whose.tenant - 1]++;
    }
    for (uint32_t i = 0; i < 20; i++) {
        ck_assert_uint_gt(n_of[i / 4][i % 4], 850);
        ck_assert_uint_lt(n_of[i / 4][i % 4], 1150);
    }
    sq_identities_clear(&identities);
}
END_TEST

/* Adding tenants or sessions moves no key, and the other way round. */
START_TEST(test_draw_of_one_sort_does_not_depend_on_the_others)
{
    uint64_t keys[100];
    uint64_t tenants[100];
    start(9, 0, 0);
    for (uint64_t i = 0; i < 100; i++) {
        keys[i] = sq_identities_next(&identities, i + 1).key;
    }
    sq_identities_clear(&identities);
    start(0, 9, 0);
    for (uint64_t i = 0; i < 100; i++) {
        tenants[i] = sq_identities_next(&identities, i + 1).tenant;
    }
    sq_identities_clear(&identities);
    start(9, 9, 3);
    for (uint64_t i = 0; i < 100; i++) {
        struct sq_identity whose = sq_identities_next(&identities, i + 1);
        ck_assert_uint_eq(whose.key, keys[i]);
        ck_assert_uint_eq(whose.tenant, tenants[i]);
    }
    sq_identities_clear(&identities);
}
END_TEST

START_TEST(test_session_has_its_length_and_one_tenant)
{
    static uint32_t n_of[N_CALLS];
    static uint64_t tenant_of[N_CALLS];
    uint64_t last = 0;
    start(0, 7, 5);
    for (uint64_t call = 1; call <= N_CALLS; call++) {
        struct sq_identity whose = sq_identities_next(&identities, call);
        ck_assert_uint_le(whose.session, last + 1);
        last = whose.session > last ? whose.session : last;
        ck_assert(n_of[whose.session] == 0 || tenant_of[whose.session] == whose.tenant);
        tenant_of[whose.session] = whose.tenant;
        n_of[whose.session]++;
    }
    uint32_t n_whole = 0;
    for (uint64_t session = 1; session <= last; session++) {
        ck_assert_uint_ge(n_of[session], 1);
        ck_assert_uint_le(n_of[session], 5);
        n_whole += n_of[session] == 5 ? 1 : 0;
    }
    ck_assert_uint_ge(n_whole, last - 7); /* each tenant may be inside one */
    sq_identities_clear(&identities);
}
END_TEST

START_TEST(test_sessions_without_tenants_are_calls_in_turn)
{
    start(0, 0, 3);
    for (uint64_t call = 1; call <= 30; call++) {
        ck_assert_uint_eq(sq_identities_next(&identities, call).session, (call - 1) / 3 + 1);
    }
    sq_identities_clear(&identities);
    start(0, 0, 1);
    for (uint64_t call = 1; call <= 30; call++) {
        ck_assert_uint_eq(sq_identities_next(&identities, call).session, call);
    }
    sq_identities_clear(&identities);
}
END_TEST

int main(void)
{
    TCase *tests = tcase_create("identities");
    tcase_add_test(tests, test_calls_of_a_user_have_a_session_only_where_sessions_are);
    tcase_add_test(tests, test_calls_of_a_workload_without_identities_have_none);
    tcase_add_test(tests, test_keys_and_tenants_are_drawn_evenly_and_apart);
    tcase_add_test(tests, test_draw_of_one_sort_does_not_depend_on_the_others);
    tcase_add_test(tests, test_session_has_its_length_and_one_tenant);
    tcase_add_test(tests, test_sessions_without_tenants_are_calls_in_turn);
    Suite *suite = suite_create("identities");
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? 0 : 1;
}
