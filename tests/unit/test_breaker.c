/* SPDX-License-Identifier: MIT */
/* The breaker: trips, probes, lost probes, stale results; time moves by constants. */
#include "policies/breaker_int.h"

#include <check.h>

#define OPEN_FOR (30 * SQ_SECOND)
#define LEASE    (10 * SQ_SECOND)

static struct sq_breaker after_three(uint16_t admit)
{
    return (struct sq_breaker){.on = true,
                               .trip = {.consecutive = 3},
                               .open_for = OPEN_FOR,
                               .admit = admit,
                               .lease_timeout = LEASE};
}

static struct sq_breaker at_half_of_ten(void)
{
    return (struct sq_breaker){.on = true,
                               .trip = {.minimum_attempts = 10,
                                        .failure_share_q32 = UINT64_C(1) << 31,
                                        .window = 10 * SQ_SECOND},
                               .open_for = OPEN_FOR,
                               .admit = 1,
                               .lease_timeout = LEASE};
}

static struct sq_breaker_lease admit(struct sq_breaker_cell *cell,
                                     const struct sq_breaker *settings, sq_time now)
{
    struct sq_breaker_moves moves;
    return sq_breaker_admit(cell, settings, &moves, now);
}

static void run(struct sq_breaker_cell *cell, const struct sq_breaker *settings, enum sq_mark mark,
                sq_time now)
{
    struct sq_breaker_lease lease = admit(cell, settings, now);
    ck_assert_uint_ne(lease.kind, SQ_LEASE_NONE);
    sq_breaker_release(cell, settings, lease, mark, now);
}

static void trip(struct sq_breaker_cell *cell, const struct sq_breaker *settings, sq_time now)
{
    for (int i = 0; i < 3; i++) {
        run(cell, settings, SQ_MARK_FAILURE, now);
    }
    ck_assert_uint_eq(cell->state, SQ_BREAKER_OPEN);
}

START_TEST(test_release_of_the_last_failure_in_a_row_opens)
{
    struct sq_breaker settings = after_three(1);
    struct sq_breaker_cell cell = {0};
    run(&cell, &settings, SQ_MARK_FAILURE, 0);
    run(&cell, &settings, SQ_MARK_FAILURE, 1);
    ck_assert_uint_eq(cell.state, SQ_BREAKER_CLOSED);
    struct sq_breaker_lease lease = admit(&cell, &settings, 2);
    struct sq_breaker_moves moves = sq_breaker_release(&cell, &settings, lease, SQ_MARK_FAILURE, 2);
    ck_assert_uint_eq(moves.count, 1);
    ck_assert_uint_eq(moves.states[0], SQ_BREAKER_CLOSED);
    ck_assert_uint_eq(moves.states[1], SQ_BREAKER_OPEN);
}
END_TEST

START_TEST(test_release_of_a_success_begins_the_row_anew_and_neutral_does_not)
{
    struct sq_breaker settings = after_three(1);
    struct sq_breaker_cell cell = {0};
    run(&cell, &settings, SQ_MARK_FAILURE, 0);
    run(&cell, &settings, SQ_MARK_FAILURE, 0);
    run(&cell, &settings, SQ_MARK_SUCCESS, 0);
    run(&cell, &settings, SQ_MARK_FAILURE, 0);
    run(&cell, &settings, SQ_MARK_NEUTRAL, 0);
    run(&cell, &settings, SQ_MARK_CANCELLED, 0);
    run(&cell, &settings, SQ_MARK_FAILURE, 0);
    ck_assert_uint_eq(cell.state, SQ_BREAKER_CLOSED);
    run(&cell, &settings, SQ_MARK_FAILURE, 0);
    ck_assert_uint_eq(cell.state, SQ_BREAKER_OPEN);
}
END_TEST

START_TEST(test_admit_while_open_refuses_until_the_instant_it_ends)
{
    struct sq_breaker settings = after_three(1);
    struct sq_breaker_cell cell = {0};
    struct sq_breaker_moves moves;
    trip(&cell, &settings, SQ_SECOND);
    ck_assert_uint_eq(admit(&cell, &settings, SQ_SECOND).kind, SQ_LEASE_NONE);
    ck_assert_uint_eq(admit(&cell, &settings, SQ_SECOND + OPEN_FOR - 1).kind, SQ_LEASE_NONE);
    struct sq_breaker_lease lease =
        sq_breaker_admit(&cell, &settings, &moves, SQ_SECOND + OPEN_FOR);
    ck_assert_uint_eq(lease.kind, SQ_LEASE_PROBE);
    ck_assert_uint_eq(moves.count, 1);
    ck_assert_uint_eq(moves.states[1], SQ_BREAKER_HALF_OPEN);
}
END_TEST

START_TEST(test_probe_success_closes_and_failure_opens_for_the_whole_time_again)
{
    struct sq_breaker settings = after_three(1);
    struct sq_breaker_cell cell = {0};
    trip(&cell, &settings, 0);
    struct sq_breaker_lease lease = admit(&cell, &settings, OPEN_FOR);
    ck_assert_uint_eq(admit(&cell, &settings, OPEN_FOR).kind, SQ_LEASE_NONE);
    sq_breaker_release(&cell, &settings, lease, SQ_MARK_FAILURE, OPEN_FOR + SQ_SECOND);
    ck_assert_uint_eq(cell.state, SQ_BREAKER_OPEN);
    ck_assert_uint_eq(admit(&cell, &settings, 2 * OPEN_FOR + SQ_SECOND - 1).kind, SQ_LEASE_NONE);
    run(&cell, &settings, SQ_MARK_SUCCESS, 2 * OPEN_FOR + SQ_SECOND);
    ck_assert_uint_eq(cell.state, SQ_BREAKER_CLOSED);
}
END_TEST

START_TEST(test_breaker_that_closed_again_needs_the_whole_row_to_open)
{
    struct sq_breaker settings = after_three(1);
    struct sq_breaker_cell cell = {0};
    trip(&cell, &settings, 0);
    run(&cell, &settings, SQ_MARK_SUCCESS, OPEN_FOR);
    run(&cell, &settings, SQ_MARK_FAILURE, OPEN_FOR);
    run(&cell, &settings, SQ_MARK_FAILURE, OPEN_FOR);
    ck_assert_uint_eq(cell.state, SQ_BREAKER_CLOSED);
    run(&cell, &settings, SQ_MARK_FAILURE, OPEN_FOR);
    ck_assert_uint_eq(cell.state, SQ_BREAKER_OPEN);
}
END_TEST

START_TEST(test_probes_of_two_close_after_two_successes_only)
{
    struct sq_breaker settings = after_three(2);
    struct sq_breaker_cell cell = {0};
    trip(&cell, &settings, 0);
    struct sq_breaker_lease first = admit(&cell, &settings, OPEN_FOR);
    struct sq_breaker_lease second = admit(&cell, &settings, OPEN_FOR);
    ck_assert_uint_eq(second.kind, SQ_LEASE_PROBE);
    ck_assert_uint_ne(first.slot, second.slot);
    ck_assert_uint_eq(admit(&cell, &settings, OPEN_FOR).kind, SQ_LEASE_NONE);
    sq_breaker_release(&cell, &settings, first, SQ_MARK_SUCCESS, OPEN_FOR + 1);
    ck_assert_uint_eq(cell.state, SQ_BREAKER_HALF_OPEN);
    ck_assert_uint_eq(admit(&cell, &settings, OPEN_FOR + 1).kind, SQ_LEASE_NONE);
    sq_breaker_release(&cell, &settings, second, SQ_MARK_SUCCESS, OPEN_FOR + 2);
    ck_assert_uint_eq(cell.state, SQ_BREAKER_CLOSED);
}
END_TEST

START_TEST(test_probe_failure_opens_although_another_succeeded)
{
    struct sq_breaker settings = after_three(2);
    struct sq_breaker_cell cell = {0};
    trip(&cell, &settings, 0);
    struct sq_breaker_lease first = admit(&cell, &settings, OPEN_FOR);
    struct sq_breaker_lease second = admit(&cell, &settings, OPEN_FOR);
    sq_breaker_release(&cell, &settings, first, SQ_MARK_SUCCESS, OPEN_FOR + 1);
    sq_breaker_release(&cell, &settings, second, SQ_MARK_FAILURE, OPEN_FOR + 2);
    ck_assert_uint_eq(cell.state, SQ_BREAKER_OPEN);
}
END_TEST

START_TEST(test_probe_neutral_and_cancelled_give_the_permit_back)
{
    struct sq_breaker settings = after_three(1);
    struct sq_breaker_cell cell = {0};
    trip(&cell, &settings, 0);
    run(&cell, &settings, SQ_MARK_NEUTRAL, OPEN_FOR);
    ck_assert_uint_eq(cell.state, SQ_BREAKER_HALF_OPEN);
    run(&cell, &settings, SQ_MARK_CANCELLED, OPEN_FOR + 1);
    ck_assert_uint_eq(cell.state, SQ_BREAKER_HALF_OPEN);
    run(&cell, &settings, SQ_MARK_SUCCESS, OPEN_FOR + 2);
    ck_assert_uint_eq(cell.state, SQ_BREAKER_CLOSED);
}
END_TEST

START_TEST(test_probe_that_is_lost_expires_as_a_failure_of_its_own_time)
{
    struct sq_breaker settings = after_three(1);
    struct sq_breaker_cell cell = {0};
    struct sq_breaker_moves moves;
    trip(&cell, &settings, 0);
    admit(&cell, &settings, OPEN_FOR);
    ck_assert_uint_eq(admit(&cell, &settings, OPEN_FOR + LEASE - 1).kind, SQ_LEASE_NONE);
    ck_assert_uint_eq(cell.state, SQ_BREAKER_HALF_OPEN);
    sq_breaker_admit(&cell, &settings, &moves, OPEN_FOR + LEASE);
    ck_assert_uint_eq(moves.count, 1);
    ck_assert_uint_eq(moves.states[1], SQ_BREAKER_OPEN);
    ck_assert_uint_eq(admit(&cell, &settings, 2 * OPEN_FOR + LEASE - 1).kind, SQ_LEASE_NONE);
    ck_assert_uint_eq(admit(&cell, &settings, 2 * OPEN_FOR + LEASE).kind, SQ_LEASE_PROBE);
}
END_TEST

START_TEST(test_probe_lost_long_ago_lets_the_next_caller_probe_at_once)
{
    struct sq_breaker settings = after_three(1);
    struct sq_breaker_cell cell = {0};
    struct sq_breaker_moves moves;
    trip(&cell, &settings, 0);
    admit(&cell, &settings, OPEN_FOR);
    struct sq_breaker_lease lease = sq_breaker_admit(&cell, &settings, &moves, SQ_DAY);
    ck_assert_uint_eq(lease.kind, SQ_LEASE_PROBE);
    ck_assert_uint_eq(moves.count, 2);
    ck_assert_uint_eq(moves.states[0], SQ_BREAKER_HALF_OPEN);
    ck_assert_uint_eq(moves.states[1], SQ_BREAKER_OPEN);
    ck_assert_uint_eq(moves.states[2], SQ_BREAKER_HALF_OPEN);
}
END_TEST

START_TEST(test_probe_result_at_its_expiry_counts_and_after_it_is_dropped)
{
    struct sq_breaker settings = after_three(1);
    struct sq_breaker_cell in_time = {0};
    trip(&in_time, &settings, 0);
    struct sq_breaker_lease lease = admit(&in_time, &settings, OPEN_FOR);
    sq_breaker_release(&in_time, &settings, lease, SQ_MARK_SUCCESS, OPEN_FOR + LEASE);
    ck_assert_uint_eq(in_time.state, SQ_BREAKER_CLOSED);
    struct sq_breaker_cell late = {0};
    trip(&late, &settings, 0);
    lease = admit(&late, &settings, OPEN_FOR);
    sq_breaker_release(&late, &settings, lease, SQ_MARK_SUCCESS, OPEN_FOR + LEASE + 1);
    ck_assert_uint_eq(late.state, SQ_BREAKER_OPEN);
}
END_TEST

START_TEST(test_probe_with_an_endless_lease_stays_out)
{
    struct sq_breaker settings = after_three(1);
    settings.lease_timeout = SQ_NEVER;
    struct sq_breaker_cell cell = {0};
    trip(&cell, &settings, 0);
    admit(&cell, &settings, OPEN_FOR);
    ck_assert_uint_eq(admit(&cell, &settings, 365 * SQ_DAY).kind, SQ_LEASE_NONE);
    ck_assert_uint_eq(cell.state, SQ_BREAKER_HALF_OPEN);
}
END_TEST

START_TEST(test_release_of_an_older_generation_is_dropped)
{
    struct sq_breaker settings = after_three(1);
    struct sq_breaker_cell cell = {0};
    struct sq_breaker_lease old = admit(&cell, &settings, 0);
    struct sq_breaker_lease older = admit(&cell, &settings, 0);
    trip(&cell, &settings, 0);
    sq_breaker_release(&cell, &settings, old, SQ_MARK_SUCCESS, 1);
    ck_assert_uint_eq(cell.state, SQ_BREAKER_OPEN);
    struct sq_breaker_lease probe = admit(&cell, &settings, OPEN_FOR);
    sq_breaker_release(&cell, &settings, older, SQ_MARK_FAILURE, OPEN_FOR);
    ck_assert_uint_eq(cell.state, SQ_BREAKER_HALF_OPEN);
    sq_breaker_release(&cell, &settings, probe, SQ_MARK_SUCCESS, OPEN_FOR);
    ck_assert_uint_eq(cell.state, SQ_BREAKER_CLOSED);
}
END_TEST

START_TEST(test_share_opens_at_the_minimum_and_not_before)
{
    struct sq_breaker settings = at_half_of_ten();
    struct sq_breaker_cell cell = {0};
    for (int i = 0; i < 9; i++) {
        run(&cell, &settings, SQ_MARK_FAILURE, i);
    }
    ck_assert_uint_eq(cell.state, SQ_BREAKER_CLOSED);
    run(&cell, &settings, SQ_MARK_FAILURE, 9);
    ck_assert_uint_eq(cell.state, SQ_BREAKER_OPEN);
}
END_TEST

START_TEST(test_share_exactly_met_opens_and_one_failure_less_does_not)
{
    struct sq_breaker settings = at_half_of_ten();
    struct sq_breaker_cell met = {0};
    struct sq_breaker_cell missed = {0};
    for (int i = 0; i < 10; i++) {
        run(&met, &settings, i < 5 ? SQ_MARK_SUCCESS : SQ_MARK_FAILURE, i);
        run(&missed, &settings, i < 6 ? SQ_MARK_SUCCESS : SQ_MARK_FAILURE, i);
    }
    ck_assert_uint_eq(met.state, SQ_BREAKER_OPEN);
    ck_assert_uint_eq(missed.state, SQ_BREAKER_CLOSED);
}
END_TEST

START_TEST(test_share_of_zero_opens_at_the_first_failure_and_not_without_one)
{
    struct sq_breaker settings = at_half_of_ten();
    struct sq_breaker_cell cell = {0};
    settings.trip.failure_share_q32 = 0;
    for (int i = 0; i < 20; i++) {
        run(&cell, &settings, SQ_MARK_SUCCESS, 0);
    }
    ck_assert_uint_eq(cell.state, SQ_BREAKER_CLOSED);
    run(&cell, &settings, SQ_MARK_FAILURE, 0);
    ck_assert_uint_eq(cell.state, SQ_BREAKER_OPEN);
}
END_TEST

START_TEST(test_share_of_failures_that_left_the_window_does_not_open)
{
    struct sq_breaker settings = at_half_of_ten();
    struct sq_breaker_cell cell = {0};
    for (int i = 0; i < 9; i++) {
        run(&cell, &settings, SQ_MARK_FAILURE, 0);
    }
    for (int i = 0; i < 9; i++) {
        run(&cell, &settings, SQ_MARK_FAILURE, 10 * SQ_SECOND);
    }
    ck_assert_uint_eq(cell.state, SQ_BREAKER_CLOSED);
    run(&cell, &settings, SQ_MARK_FAILURE, 10 * SQ_SECOND);
    ck_assert_uint_eq(cell.state, SQ_BREAKER_OPEN);
}
END_TEST

START_TEST(test_probes_of_the_most_there_can_be_all_hold_a_slot)
{
    struct sq_breaker settings = after_three(SQ_BREAKER_ADMIT_MAX);
    struct sq_breaker_cell cell = {0};
    struct sq_breaker_lease leases[SQ_BREAKER_ADMIT_MAX];
    trip(&cell, &settings, 0);
    for (unsigned i = 0; i < SQ_BREAKER_ADMIT_MAX; i++) {
        leases[i] = admit(&cell, &settings, OPEN_FOR);
        ck_assert_uint_eq(leases[i].slot, i);
    }
    ck_assert_uint_eq(admit(&cell, &settings, OPEN_FOR).kind, SQ_LEASE_NONE);
    sq_breaker_release(&cell, &settings, leases[17], SQ_MARK_NEUTRAL, OPEN_FOR);
    ck_assert_uint_eq(admit(&cell, &settings, OPEN_FOR).slot, 17);
    for (unsigned i = 0; i < SQ_BREAKER_ADMIT_MAX; i++) {
        sq_breaker_release(&cell, &settings, leases[i], SQ_MARK_SUCCESS, OPEN_FOR);
    }
    ck_assert_uint_eq(cell.state, SQ_BREAKER_CLOSED);
}
END_TEST

int main(void)
{
    TCase *tests = tcase_create("breaker");
    tcase_add_test(tests, test_release_of_the_last_failure_in_a_row_opens);
    tcase_add_test(tests, test_release_of_a_success_begins_the_row_anew_and_neutral_does_not);
    tcase_add_test(tests, test_admit_while_open_refuses_until_the_instant_it_ends);
    tcase_add_test(tests, test_probe_success_closes_and_failure_opens_for_the_whole_time_again);
    tcase_add_test(tests, test_breaker_that_closed_again_needs_the_whole_row_to_open);
    tcase_add_test(tests, test_probes_of_two_close_after_two_successes_only);
    tcase_add_test(tests, test_probe_failure_opens_although_another_succeeded);
    tcase_add_test(tests, test_probe_neutral_and_cancelled_give_the_permit_back);
    tcase_add_test(tests, test_probe_that_is_lost_expires_as_a_failure_of_its_own_time);
    tcase_add_test(tests, test_probe_lost_long_ago_lets_the_next_caller_probe_at_once);
    tcase_add_test(tests, test_probe_result_at_its_expiry_counts_and_after_it_is_dropped);
    tcase_add_test(tests, test_probe_with_an_endless_lease_stays_out);
    tcase_add_test(tests, test_release_of_an_older_generation_is_dropped);
    tcase_add_test(tests, test_share_opens_at_the_minimum_and_not_before);
    tcase_add_test(tests, test_share_exactly_met_opens_and_one_failure_less_does_not);
    tcase_add_test(tests, test_share_of_zero_opens_at_the_first_failure_and_not_without_one);
    tcase_add_test(tests, test_share_of_failures_that_left_the_window_does_not_open);
    tcase_add_test(tests, test_probes_of_the_most_there_can_be_all_hold_a_slot);
    Suite *suite = suite_create("breaker");
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? 0 : 1;
}
