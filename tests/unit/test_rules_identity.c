/* SPDX-License-Identifier: MIT */
/* Rules that match or share draws and counts by key, tenant, session, headers and body. */
#include <check.h>

#include "base/draw.h"
#include "tests/support/far_side.h"

#define HALF (SQ_DRAW_ALWAYS / 2)

static struct sq_rule *status_rule(const char *name)
{
    return far_side_rule(SQ_FAULT_STATUS, name);
}

static bool refuses(uint64_t call, struct sq_identity whose, uint32_t holds)
{
    struct sq_plan_request request = far_side_request(call);
    request.whose = whose;
    request.holds = holds;
    return far_side_refuses(&request, 0);
}

START_TEST(test_match_by_key_strikes_that_key_alone)
{
    status_rule("dead")->match.key = 7;
    far_side_start(1);
    for (uint64_t key = 0; key < 20; key++) {
        struct sq_identity whose = {.key = key, .tenant = 7, .session = 7};
        ck_assert_int_eq(refuses(key + 1, whose, 0), key == 7);
    }
    ck_assert(!refuses(1, (struct sq_identity){.key = SQ_IDENTITY_FOREIGN | 7}, 0));
}
END_TEST

START_TEST(test_match_by_tenant_and_key_wants_both)
{
    struct sq_rule *rule = status_rule("both");
    rule->match.key = 1;
    rule->match.tenant = 2;
    far_side_start(1);
    ck_assert(refuses(1, (struct sq_identity){.key = 1, .tenant = 2}, 0));
    ck_assert(!refuses(2, (struct sq_identity){.key = 2, .tenant = 2}, 0));
    ck_assert(!refuses(3, (struct sq_identity){.key = 1, .tenant = 1}, 0));
}
END_TEST

START_TEST(test_match_by_clauses_wants_all_of_them)
{
    status_rule("clauses")->match.clauses = UINT32_C(1) << 31 | 2;
    far_side_start(1);
    ck_assert(!refuses(1, (struct sq_identity){0}, 0));
    ck_assert(!refuses(2, (struct sq_identity){0}, 2));
    ck_assert(!refuses(3, (struct sq_identity){0}, UINT32_C(1) << 31));
    ck_assert(refuses(4, (struct sq_identity){0}, UINT32_C(1) << 31 | 2));
    ck_assert(refuses(5, (struct sq_identity){0}, UINT32_MAX));
}
END_TEST

/* A draw that is shared falls the same for all calls of one sharer, and for others by itself. */
static void assert_sticky(enum sq_per per, size_t which)
{
    struct sq_rule *rule = status_rule("sticky");
    rule->per = per;
    rule->share_q32 = HALF;
    far_side_start(1);
    uint32_t struck = 0;
    for (uint64_t who = 1; who <= 64; who++) {
        uint64_t parts[3] = {1, 1, 1};
        parts[which] = who;
        struct sq_identity whose = {parts[0], parts[1], parts[2]};
        bool first = refuses(who, whose, 0);
        struck += first ? 1 : 0;
        for (uint64_t call = 100; call < 110; call++) {
            ck_assert_int_eq(refuses(call, whose, 0), first);
        }
    }
    ck_assert_uint_gt(struck, 16);
    ck_assert_uint_lt(struck, 48);
}

START_TEST(test_draw_per_key_falls_alike_for_all_its_calls)
{
    assert_sticky(SQ_PER_KEY, 0);
}
END_TEST

START_TEST(test_draw_per_tenant_falls_alike_for_all_its_calls)
{
    assert_sticky(SQ_PER_TENANT, 1);
}
END_TEST

START_TEST(test_draw_per_session_falls_alike_for_all_its_calls)
{
    assert_sticky(SQ_PER_SESSION, 2);
}
END_TEST

START_TEST(test_count_per_session_counts_each_session_for_itself)
{
    struct sq_rule *rule = status_rule("second");
    rule->per = SQ_PER_SESSION;
    rule->count = (struct sq_count){.kind = SQ_COUNT_RANGE, .first = 2, .last = 2};
    far_side_start(1);
    for (uint64_t turn = 1; turn <= 5; turn++) {
        for (uint64_t session = 1; session <= 8; session++) {
            struct sq_identity whose = {.session = session};
            ck_assert_int_eq(refuses(turn * 100 + session, whose, 0), turn == 2);
        }
    }
}
END_TEST

START_TEST(test_count_per_key_of_calls_without_one_is_shared)
{
    struct sq_rule *rule = status_rule("first");
    rule->per = SQ_PER_KEY;
    rule->count = (struct sq_count){.kind = SQ_COUNT_FIRST, .first = 1};
    far_side_start(1);
    ck_assert(refuses(1, (struct sq_identity){0}, 0));
    ck_assert(!refuses(2, (struct sq_identity){0}, 0));
    ck_assert(refuses(3, (struct sq_identity){.key = 1}, 0));
}
END_TEST

int main(void)
{
    TCase *tests = tcase_create("rules_identity");
    tcase_add_checked_fixture(tests, far_side_init, far_side_clear);
    tcase_add_test(tests, test_match_by_key_strikes_that_key_alone);
    tcase_add_test(tests, test_match_by_tenant_and_key_wants_both);
    tcase_add_test(tests, test_match_by_clauses_wants_all_of_them);
    tcase_add_test(tests, test_draw_per_key_falls_alike_for_all_its_calls);
    tcase_add_test(tests, test_draw_per_tenant_falls_alike_for_all_its_calls);
    tcase_add_test(tests, test_draw_per_session_falls_alike_for_all_its_calls);
    tcase_add_test(tests, test_count_per_session_counts_each_session_for_itself);
    tcase_add_test(tests, test_count_per_key_of_calls_without_one_is_shared);
    Suite *suite = suite_create("rules_identity");
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? 0 : 1;
}
