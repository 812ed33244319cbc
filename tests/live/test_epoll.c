/* SPDX-License-Identifier: MIT */
/* What is waited for, what comes, and that a wait lasts as long as it should (coarsely). */
#include "host/epoll.h"

#include <check.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/assert.h"
#include "base/time.h"
#include "host/clock.h"
#include "host/thread.h"

struct world {
    struct sq_epoll epoll;
    int ours;
    int theirs;
};

static struct world world_with(uint32_t interest)
{
    struct world world;
    int ends[2];
    ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, ends), 0);
    world.ours = ends[0];
    world.theirs = ends[1];
    ck_assert_int_eq(sq_epoll_init(&world.epoll, NULL), SQ_OK);
    ck_assert_int_eq(sq_epoll_add(&world.epoll, world.ours, interest, UINT64_MAX, NULL), SQ_OK);
    return world;
}

static void clear_world(struct world *world)
{
    close(world->ours);
    close(world->theirs);
    sq_epoll_clear(&world->epoll);
}

/* Bits that came for the one descriptor, 0 when none. */
static uint32_t look(struct world *world)
{
    struct sq_epoll_event event;
    int n_events = sq_epoll_wait(&world->epoll, &event, 1, 0);
    if (n_events == 0) {
        return 0;
    }
    ck_assert(event.tag == UINT64_MAX);
    return event.came;
}

START_TEST(test_wait_reports_what_was_asked_for)
{
    struct world world = world_with(SQ_EPOLL_READ);
    ck_assert_uint_eq(look(&world), 0);
    ck_assert_int_eq(write(world.theirs, "x", 1), 1);
    ck_assert_uint_eq(look(&world), SQ_EPOLL_READ);
    ck_assert_uint_eq(look(&world), SQ_EPOLL_READ); /* level: until it is read */
    clear_world(&world);
}
END_TEST

START_TEST(test_modify_changes_what_is_waited_for)
{
    struct world world = world_with(SQ_EPOLL_READ);
    ck_assert_int_eq(write(world.theirs, "x", 1), 1);
    ck_assert_int_eq(sq_epoll_modify(&world.epoll, world.ours, SQ_EPOLL_WRITE, UINT64_MAX, NULL),
                     SQ_OK);
    ck_assert_uint_eq(look(&world), SQ_EPOLL_WRITE);
    ck_assert_int_eq(
        sq_epoll_modify(&world.epoll, world.ours, SQ_EPOLL_READ | SQ_EPOLL_WRITE, UINT64_MAX, NULL),
        SQ_OK);
    ck_assert_uint_eq(look(&world), SQ_EPOLL_READ | SQ_EPOLL_WRITE);
    clear_world(&world);
}
END_TEST

START_TEST(test_wait_for_left_notices_a_peer_that_shut_its_side)
{
    struct world world = world_with(SQ_EPOLL_LEFT);
    ck_assert_int_eq(write(world.theirs, "unread", 6), 6);
    ck_assert_uint_eq(look(&world), 0);
    ck_assert_int_eq(shutdown(world.theirs, SHUT_WR), 0);
    ck_assert_uint_eq(look(&world), SQ_EPOLL_LEFT);
    clear_world(&world);
}
END_TEST

START_TEST(test_wait_for_nothing_reports_a_broken_connection)
{
    struct world world = world_with(0);
    close(world.theirs);
    world.theirs = -1;
    ck_assert_uint_eq(look(&world), SQ_EPOLL_BROKEN);
    clear_world(&world);
}
END_TEST

START_TEST(test_remove_ends_the_reports_and_may_come_twice)
{
    struct world world = world_with(SQ_EPOLL_READ);
    ck_assert_int_eq(write(world.theirs, "x", 1), 1);
    sq_epoll_remove(&world.epoll, world.ours);
    ck_assert_uint_eq(look(&world), 0);
    sq_epoll_remove(&world.epoll, world.ours);
    clear_world(&world);
}
END_TEST

START_TEST(test_add_of_what_cannot_be_watched_says_why)
{
    struct world world = world_with(SQ_EPOLL_READ);
    struct sq_error err = {0};
    ck_assert_int_ne(sq_epoll_add(&world.epoll, -1, SQ_EPOLL_READ, 1, &err), SQ_OK);
    ck_assert_str_eq(err.text, "cannot watch a descriptor: bad file descriptor");
    ck_assert_int_ne(sq_epoll_add(&world.epoll, world.ours, SQ_EPOLL_READ, 1, &err), SQ_OK);
    ck_assert_str_eq(err.text, "cannot watch a descriptor: file exists");
    clear_world(&world);
}
END_TEST

START_TEST(test_wait_fills_no_more_than_its_room)
{
    struct world world = world_with(SQ_EPOLL_WRITE);
    ck_assert_int_eq(sq_epoll_add(&world.epoll, world.theirs, SQ_EPOLL_WRITE, 2, NULL), SQ_OK);
    struct sq_epoll_event events[SQ_EPOLL_EVENTS_MAX];
    ck_assert_int_eq(sq_epoll_wait(&world.epoll, events, 1, SQ_NEVER), 1);
    ck_assert_int_eq(sq_epoll_wait(&world.epoll, events, SQ_EPOLL_EVENTS_MAX, SQ_NEVER), 2);
    clear_world(&world);
}
END_TEST

START_TEST(test_wait_never_ends_early)
{
    struct world world = world_with(SQ_EPOLL_READ);
    int64_t spans_ns[] = {1, 200 * SQ_US, 1500 * SQ_US, 20 * SQ_MS};
    for (size_t i = 0; i < sizeof(spans_ns) / sizeof(spans_ns[0]); i++) {
        struct sq_epoll_event event;
        int64_t before_ns = sq_clock_real_ns();
        ck_assert_int_eq(sq_epoll_wait(&world.epoll, &event, 1, spans_ns[i]), 0);
        int64_t waited_ns = sq_clock_real_ns() - before_ns;
        ck_assert_int_ge(waited_ns, spans_ns[i]);
        ck_assert_int_lt(waited_ns, 10 * SQ_SECOND);
    }
    clear_world(&world);
}
END_TEST

START_TEST(test_wait_with_no_room_asserts)
{
    struct world world = world_with(SQ_EPOLL_READ);
    struct sq_epoll_event event;
    sq_epoll_wait(&world.epoll, &event, 0, 0);
}
END_TEST

START_TEST(test_wait_with_more_than_the_largest_room_asserts)
{
    struct world world = world_with(SQ_EPOLL_READ);
    struct sq_epoll_event events[SQ_EPOLL_EVENTS_MAX + 1];
    sq_epoll_wait(&world.epoll, events, SQ_EPOLL_EVENTS_MAX + 1, 0);
}
END_TEST

static void ring(void *context)
{
    sq_wakeup_ring(context);
}

START_TEST(test_ring_from_another_thread_ends_a_wait)
{
    struct world world = world_with(SQ_EPOLL_READ);
    struct sq_wakeup wakeup;
    ck_assert_int_eq(sq_wakeup_init(&wakeup, NULL), SQ_OK);
    ck_assert_int_eq(sq_epoll_add(&world.epoll, wakeup.fd, SQ_EPOLL_READ, 7, NULL), SQ_OK);
    struct sq_thread thread;
    ck_assert_int_eq(sq_thread_start(&thread, ring, &wakeup, NULL), SQ_OK);
    struct sq_epoll_event event;
    ck_assert_int_eq(sq_epoll_wait(&world.epoll, &event, 1, SQ_NEVER), 1);
    ck_assert_uint_eq(event.tag, 7);
    sq_thread_join(&thread);
    sq_epoll_clear(&world.epoll);
    sq_wakeup_clear(&wakeup);
    sq_wakeup_clear(&wakeup);
}
END_TEST

START_TEST(test_drain_takes_all_rings_at_once)
{
    struct world world = world_with(SQ_EPOLL_READ);
    struct sq_wakeup wakeup;
    ck_assert_int_eq(sq_wakeup_init(&wakeup, NULL), SQ_OK);
    ck_assert_int_eq(sq_epoll_add(&world.epoll, wakeup.fd, SQ_EPOLL_READ, UINT64_MAX, NULL), SQ_OK);
    sq_wakeup_drain(&wakeup);
    sq_wakeup_ring(&wakeup);
    sq_wakeup_ring(&wakeup);
    ck_assert_uint_eq(look(&world), SQ_EPOLL_READ);
    sq_wakeup_drain(&wakeup);
    ck_assert_uint_eq(look(&world), 0);
    sq_wakeup_clear(&wakeup);
    clear_world(&world);
}
END_TEST

int main(void)
{
    TCase *tests = tcase_create("epoll");
    tcase_set_timeout(tests, 60);
    tcase_add_test(tests, test_wait_reports_what_was_asked_for);
    tcase_add_test(tests, test_modify_changes_what_is_waited_for);
    tcase_add_test(tests, test_wait_for_left_notices_a_peer_that_shut_its_side);
    tcase_add_test(tests, test_wait_for_nothing_reports_a_broken_connection);
    tcase_add_test(tests, test_remove_ends_the_reports_and_may_come_twice);
    tcase_add_test(tests, test_add_of_what_cannot_be_watched_says_why);
    tcase_add_test(tests, test_wait_fills_no_more_than_its_room);
    tcase_add_test(tests, test_wait_never_ends_early);
    tcase_add_exit_test(tests, test_wait_with_no_room_asserts, SQ_EXIT_OUR_BUG);
    tcase_add_exit_test(tests, test_wait_with_more_than_the_largest_room_asserts, SQ_EXIT_OUR_BUG);
    tcase_add_test(tests, test_ring_from_another_thread_ends_a_wait);
    tcase_add_test(tests, test_drain_takes_all_rings_at_once);
    Suite *suite = suite_create("epoll");
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? 0 : 1;
}
