/* SPDX-License-Identifier: MIT */
/* The log of a machine, fed again: the same when nothing was changed, and only then. */
#include "mockprovider/server_log_int.h"

#include <check.h>
#include <stdlib.h>

#include "tests/support/far_side.h"

#define SEED    11
#define N_SLOTS 3

static struct sq_log log_of_run;

static uint64_t take_notices(const struct sq_visit *visits, sq_time now)
{
    struct sq_digest digest = {0};
    struct sq_notice notice;
    while (sq_provider_next(far_side()->provider, now, &notice)) {
        sq_log_digest_notice(&digest, &notice, (uint32_t)(notice.visit - visits));
    }
    return sq_digest_value(&digest);
}

static void add(struct sq_log_event event)
{
    ck_assert_int_eq(sq_log_add(&log_of_run, &event, NULL), SQ_OK);
}

/* Three attempts, one broken in flight, all left. */
static void set_up(void)
{
    struct sq_visit visits[N_SLOTS] = {0};
    struct sq_bill bill;
    far_side_init();
    struct sq_rule *strike = far_side_rule(SQ_FAULT_RESET, "strike");
    strike->effect.in_flight = true;
    strike->models = 1;
    far_side_window(strike, 150 * SQ_MS, SQ_SECOND, 0);
    far_side_start(SEED);
    sq_log_init(&log_of_run);
    for (uint32_t i = 0; i < N_SLOTS; i++) {
        struct sq_log_event event = {
            .kind = SQ_LOG_ARRIVE, .at = i, .slot = i, .request = far_side_request(i)};
        event.request.model = i == 0 ? 0 : 1;
        sq_provider_arrive(far_side()->provider, &visits[i], &event.request, event.at);
        event.digest = take_notices(visits, event.at);
        add(event);
    }
    add((struct sq_log_event){
        .kind = SQ_LOG_NEXT, .at = 150 * SQ_MS, .digest = take_notices(visits, 150 * SQ_MS)});
    for (uint32_t i = 0; i < N_SLOTS; i++) {
        sq_provider_leave(far_side()->provider, &visits[i], 200 * SQ_MS, &bill);
        add((struct sq_log_event){.kind = SQ_LOG_LEAVE,
                                  .at = 200 * SQ_MS,
                                  .slot = i,
                                  .digest = sq_log_digest_bill(&bill)});
    }
}

static void tear_down(void)
{
    sq_log_clear(&log_of_run);
    far_side_clear();
}

static bool replays_the_same(uint64_t seed)
{
    bool same = false;
    ck_assert_int_eq(sq_log_replay(&log_of_run, &far_side()->script, seed, &same, NULL), SQ_OK);
    return same;
}

START_TEST(test_replay_of_an_untouched_log_is_the_same)
{
    ck_assert_uint_eq(log_of_run.n_events, 2 * N_SLOTS + 1);
    ck_assert(replays_the_same(SEED));
    ck_assert(replays_the_same(SEED));
}
END_TEST

START_TEST(test_replay_of_an_empty_log_is_the_same)
{
    sq_log_clear(&log_of_run);
    sq_log_init(&log_of_run);
    ck_assert(replays_the_same(SEED));
}
END_TEST

START_TEST(test_replay_with_another_seed_differs)
{
    ck_assert(!replays_the_same(SEED + 1));
}
END_TEST

START_TEST(test_replay_with_another_script_differs)
{
    far_side()->script.models[0].ttft.fixed++;
    ck_assert(!replays_the_same(SEED));
}
END_TEST

/* _i: the event whose digest is changed. */
START_TEST(test_replay_sees_one_changed_digest)
{
    struct sq_log_event *event = sq_slab_at(&log_of_run.events, (uint32_t)_i);
    event->digest ^= 1;
    ck_assert(!replays_the_same(SEED));
}
END_TEST

START_TEST(test_replay_sees_a_leave_at_another_time)
{
    struct sq_log_event *event = sq_slab_at(&log_of_run.events, N_SLOTS + 2);
    event->at = 160 * SQ_MS;
    ck_assert(!replays_the_same(SEED));
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("server_log");
    TCase *tests = tcase_create("server_log");
    tcase_add_checked_fixture(tests, set_up, tear_down);
    tcase_add_test(tests, test_replay_of_an_untouched_log_is_the_same);
    tcase_add_test(tests, test_replay_of_an_empty_log_is_the_same);
    tcase_add_test(tests, test_replay_with_another_seed_differs);
    tcase_add_test(tests, test_replay_with_another_script_differs);
    tcase_add_loop_test(tests, test_replay_sees_one_changed_digest, 0, 2 * N_SLOTS + 1);
    tcase_add_test(tests, test_replay_sees_a_leave_at_another_time);
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int n_failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return n_failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
