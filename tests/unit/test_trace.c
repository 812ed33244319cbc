/* SPDX-License-Identifier: MIT */
/* Traces: the same events give the same actions again, and every difference is noticed. */
#include "sim/trace.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "tests/support/engine_world.h"
#include "tests/support/memory_torture.h"

static struct sq_world world;
static struct sq_trace *trace;

/* Full jitter, so that delays depend on the seed and on what the hints say. */
static void set_up(void)
{
    sq_world_init(&world);
    struct sq_retry *retry = &sq_world_role(&world, 0)->retry;
    retry->max_attempts = 3;
    retry->delay.jitter = SQ_JITTER_FULL;
    retry->hint.sources = SQ_HINT_SECONDS;
    sq_world_build(&world);
    trace = sq_trace_new();
    ck_assert_ptr_nonnull(trace);
}

static void tear_down(void)
{
    sq_trace_free(trace);
    sq_world_clear(&world);
}

static void feed(unsigned call, struct sq_event event)
{
    ck_assert_int_eq(sq_trace_event(trace, call, &event, NULL), SQ_OK);
    sq_engine_feed(world.engine, &world.calls[call], &event);
    struct sq_action action;
    while (sq_engine_next(world.engine, &action)) {
        sq_trace_action(trace, &action);
    }
}

static void start(unsigned call, sq_time at)
{
    struct sq_call_request request = {.id = call, .owner = call, .deadline = SQ_NEVER};
    world.calls[call] = (struct sq_call){0};
    feed(call, (struct sq_event){.kind = SQ_EVENT_START, .at = at, .request = &request});
    memset(&request, 0xff, sizeof request); /* the trace has its own copy */
}

static void done(unsigned call, sq_time at, uint16_t attempt, uint16_t status, const char *seconds)
{
    struct sq_hints hints = {0};
    ck_assert_uint_lt(strlen(seconds), sizeof hints.retry_after);
    memcpy(hints.retry_after, seconds, strlen(seconds));
    struct sq_event event = {
        .kind = SQ_EVENT_DONE, .at = at, .attempt = attempt, .status = status, .hints = &hints};
    feed(call, event);
    memset(&hints, 0xff, sizeof hints);
}

static void wake(unsigned call)
{
    feed(call,
         (struct sq_event){.kind = SQ_EVENT_WAKE, .at = sq_call_deadline(&world.calls[call])});
}

/* Two calls side by side: one is retried twice, one answered at once. 8 events. */
static void two_calls(void)
{
    start(1, 0);
    start(2, 5);
    done(1, 10, 1, 500, "");
    done(2, 11, 1, 200, "");
    wake(1);
    sq_time again = world.calls[1].sent_at;
    done(1, again + 10, 2, 503, "4");
    wake(1);
    done(1, world.calls[1].sent_at + 10, 3, 200, "");
}

static bool replays(uint64_t seed, uint64_t n_expected)
{
    bool same = false;
    uint64_t n_events = 0;
    ck_assert_int_eq(sq_trace_replay(trace, &world.settings, seed, &same, &n_events, NULL), SQ_OK);
    ck_assert_uint_eq(n_events, n_expected);
    return same;
}

START_TEST(test_replay_when_nothing_was_traced_then_same)
{
    ck_assert(replays(SQ_WORLD_SEED, 0));
}
END_TEST

START_TEST(test_replay_when_the_engine_is_the_same_then_same_every_time)
{
    two_calls();
    ck_assert(replays(SQ_WORLD_SEED, 8));
    ck_assert(replays(SQ_WORLD_SEED, 8));
}
END_TEST

START_TEST(test_replay_when_seed_differs_then_not_the_same)
{
    two_calls();
    ck_assert(!replays(SQ_WORLD_SEED + 1, 8));
}
END_TEST

START_TEST(test_replay_when_settings_differ_then_not_the_same)
{
    two_calls();
    world.settings.layers[0].role[0].retry.hint.sources = 0;
    ck_assert(!replays(SQ_WORLD_SEED, 8));
}
END_TEST

START_TEST(test_replay_when_an_action_was_another_one_then_not_the_same)
{
    start(1, 0);
    done(1, 10, 1, 500, "");
    struct sq_action extra = {.kind = SQ_ACTION_SEND, .call = &world.calls[1], .attempt = 2};
    sq_trace_action(trace, &extra);
    ck_assert(!replays(SQ_WORLD_SEED, 2));
}
END_TEST

START_TEST(test_replay_when_a_call_is_fed_after_its_end_then_not_the_same)
{
    start(1, 0);
    done(1, 10, 1, 200, "");
    ck_assert(replays(SQ_WORLD_SEED, 2));
    feed(1, (struct sq_event){.kind = SQ_EVENT_WAKE, .at = 20});
    ck_assert(!replays(SQ_WORLD_SEED, 3));
}
END_TEST

START_TEST(test_replay_when_many_calls_follow_each_other_then_same)
{
    for (unsigned i = 0; i < 500; i++) {
        /* ids differ, storage is used again */
        struct sq_call_request request = {.id = i + 1, .deadline = SQ_NEVER};
        struct sq_call *call = &world.calls[0];
        *call = (struct sq_call){0};
        struct sq_event events[] = {
            {.kind = SQ_EVENT_START, .at = 10 * i, .request = &request},
            {.kind = SQ_EVENT_DONE, .at = 10 * i + 5, .attempt = 1, .status = 200}};
        for (int k = 0; k < 2; k++) {
            ck_assert_int_eq(sq_trace_event(trace, i + 1, &events[k], NULL), SQ_OK);
            sq_engine_feed(world.engine, call, &events[k]);
            struct sq_action action;
            while (sq_engine_next(world.engine, &action)) {
                sq_trace_action(trace, &action);
            }
        }
    }
    ck_assert(replays(SQ_WORLD_SEED, 1000));
}
END_TEST

START_TEST(test_hash_when_any_word_of_the_action_differs_then_it_differs)
{
    struct sq_call call = {.id = 9};
    struct sq_action base = {.kind = SQ_ACTION_WAIT, .span = 5};
    uint64_t hash = sq_trace_action_hash(&base);
    struct sq_action changed[] = {base, base, base, base, base, base,
                                  base, base, base, base, base, base};
    changed[0].kind = SQ_ACTION_SEND;
    changed[1].attempt = 1;
    changed[2].status = 1;
    changed[3].layer = 1;
    changed[4].role = 1;
    changed[5].rung = 1;
    changed[6].hinted = true;
    changed[7].klass = SQ_CLASS_CUT;
    changed[8].outcome = SQ_OUTCOME_LATE;
    changed[9].span = 6;
    changed[10].breaker = 1;
    changed[11].to = SQ_BREAKER_OPEN;
    for (size_t i = 0; i < sizeof changed / sizeof changed[0]; i++) {
        ck_assert_msg(sq_trace_action_hash(&changed[i]) != hash, "word %zu", i);
        for (size_t k = 0; k < i; k++) {
            ck_assert_uint_ne(sq_trace_action_hash(&changed[i]), sq_trace_action_hash(&changed[k]));
        }
    }
    base.call = &call; /* a pointer is no word */
    ck_assert_uint_eq(sq_trace_action_hash(&base), hash);
}
END_TEST

START_TEST(test_hash_when_written_down_then_never_changes)
{
    struct sq_action action = {.kind = SQ_ACTION_FINISH,
                               .attempt = 2,
                               .status = 503,
                               .klass = SQ_CLASS_OVERLOADED,
                               .outcome = SQ_OUTCOME_FAILED,
                               .span = 1234567};
    ck_assert_uint_eq(sq_trace_action_hash(&action), UINT64_C(16516115771133449473));
}
END_TEST

START_TEST(test_trace_when_memory_fails_then_said_and_nothing_leaks)
{
    sq_trace_free(trace);
    size_t live = sq_memory_torture_live();
    sq_memory_torture_fail(1);
    ck_assert_ptr_null(sq_trace_new());
    sq_memory_torture_fail(0);
    trace = sq_trace_new();
    for (size_t nth = 1; nth <= 3; nth++) {
        struct sq_event event = {.kind = SQ_EVENT_WAKE};
        sq_memory_torture_fail(nth);
        struct sq_error err = {0};
        ck_assert_int_eq(sq_trace_event(trace, 1, &event, &err), SQ_NO_MEMORY);
    }
    sq_memory_torture_fail(0);
    two_calls();
    for (size_t nth = 1;; nth++) {
        bool same = true;
        uint64_t n_events;
        sq_memory_torture_fail(nth);
        enum sq_status status =
            sq_trace_replay(trace, &world.settings, SQ_WORLD_SEED, &same, &n_events, NULL);
        if (status == SQ_OK) {
            ck_assert(same);
            ck_assert_uint_gt(nth, 3);
            break;
        }
        ck_assert_int_eq(status, SQ_NO_MEMORY);
        ck_assert(!same);
    }
    sq_trace_free(trace);
    ck_assert_uint_eq(sq_memory_torture_live(), live);
    trace = NULL;
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("trace");
    TCase *tcase = tcase_create("trace");
    tcase_add_checked_fixture(tcase, set_up, tear_down);
    tcase_add_test(tcase, test_replay_when_nothing_was_traced_then_same);
    tcase_add_test(tcase, test_replay_when_the_engine_is_the_same_then_same_every_time);
    tcase_add_test(tcase, test_replay_when_seed_differs_then_not_the_same);
    tcase_add_test(tcase, test_replay_when_settings_differ_then_not_the_same);
    tcase_add_test(tcase, test_replay_when_an_action_was_another_one_then_not_the_same);
    tcase_add_test(tcase, test_replay_when_a_call_is_fed_after_its_end_then_not_the_same);
    tcase_add_test(tcase, test_replay_when_many_calls_follow_each_other_then_same);
    tcase_add_test(tcase, test_hash_when_any_word_of_the_action_differs_then_it_differs);
    tcase_add_test(tcase, test_hash_when_written_down_then_never_changes);
    tcase_add_test(tcase, test_trace_when_memory_fails_then_said_and_nothing_leaks);
    suite_add_tcase(suite, tcase);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
