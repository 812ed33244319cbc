/* SPDX-License-Identifier: MIT */
/* Which bytes are due: taken step by step at every due time, in pieces of any size, a plan gives
 * the bytes of its body up to its limit, no earlier than planned. */
#include "mockprovider/server_sending_int.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "mockprovider/body.h"
#include "tests/support/far_side.h"

#define SEED    3
#define N_STEPS 1000 /* more than any plan here has */

static struct sq_sending sending;
static struct sq_visit visit;
static struct sq_strbuf whole; /* of the healthy answer */
static struct sq_strbuf seen;

static void set_up(void)
{
    struct sq_plan_request request = far_side_request(1);
    sending = (struct sq_sending){0};
    whole = (struct sq_strbuf){0};
    seen = (struct sq_strbuf){0};
    far_side_init();
    far_side_start(SEED);
    far_side_arrive(&visit, &request, 0);
    sq_body_add_tokens(&whole, &far_side()->script, &visit, 0, request.output_tokens);
    sq_body_add_end(&whole, &far_side()->script, &visit);
}

static void tear_down(void)
{
    sq_sending_clear(&sending);
    sq_strbuf_clear(&whole);
    sq_strbuf_clear(&seen);
    far_side_clear();
}

static void arrive(void)
{
    struct sq_plan_request request = far_side_request(1);
    far_side_start(SEED);
    far_side_arrive(&visit, &request, 0);
}

/* Renders and takes all that is due at now, `piece` bytes at a time. */
static void take_all(sq_time now, size_t piece)
{
    char bytes[512];
    size_t n_bytes;
    sq_sending_render(&sending, &far_side()->script, &visit, now);
    do {
        n_bytes = sq_sending_take(&sending, &visit.plan, bytes, piece);
        ck_assert_uint_le(n_bytes, piece);
        sq_strbuf_add_bytes(&seen, bytes, n_bytes);
    } while (n_bytes > 0);
    ck_assert_uint_eq(sq_sending_ready(&sending, &visit.plan), 0);
}

/* From the headers through every due time; returns the last. */
static sq_time walk(size_t piece)
{
    sq_time now = visit.plan.steps[0].at;
    for (int i = 0; i < N_STEPS; i++) {
        take_all(now, piece);
        sq_time due = sq_sending_due(&sending, &visit.plan);
        if (due == SQ_NEVER || sq_plan_over(&visit.plan, now)) {
            return now;
        }
        ck_assert_int_gt(due, now);
        take_all(due - 1, piece);
        now = due;
    }
    ck_abort_msg("no end in %d steps", N_STEPS);
    return now;
}

static void check_seen(size_t n_bytes)
{
    ck_assert_uint_eq(seen.length, n_bytes);
    ck_assert_int_eq(memcmp(sq_strbuf_text(&seen), whole.text, n_bytes), 0);
}

/* _i: 0 large pieces, 1 single bytes. */
START_TEST(test_healthy_stream_comes_whole_token_by_token)
{
    sq_time end = walk(_i == 0 ? 512 : 1);
    check_seen(whole.length);
    ck_assert_int_eq(end, visit.plan.steps[visit.plan.n_steps - 1].at);
}
END_TEST

START_TEST(test_all_due_at_once_is_the_same_stream)
{
    take_all(SQ_DAY, 512);
    check_seen(whole.length);
}
END_TEST

START_TEST(test_headers_bring_first_event_and_first_token_only)
{
    const struct sq_body_sizes *sizes = &far_side()->script.models[0].sizes;
    take_all(visit.plan.first_token_at, 512);
    check_seen(sizes->stream_first_bytes[0] + sizes->stream_token_bytes[0]);
    ck_assert_int_eq(sq_sending_due(&sending, &visit.plan), sq_plan_token_at(&visit.plan, 1));
}
END_TEST

static const enum sq_ending endings[] = {SQ_ENDING_FIN, SQ_ENDING_RST, SQ_ENDING_SILENCE};

/* Every ending at every byte of the body. */
START_TEST(test_stream_cut_after_bytes_gives_exactly_these)
{
    struct sq_rule *rule = far_side_rule(SQ_FAULT_CUT, "cut");
    rule->effect.ending = endings[_i];
    for (uint32_t n_bytes = 0; n_bytes < whole.length; n_bytes++) {
        rule->effect.after_bytes = n_bytes;
        arrive();
        sq_sending_reset(&sending);
        sq_strbuf_reset(&seen);
        walk(512);
        check_seen(n_bytes);
        take_all(SQ_DAY, 512); /* nothing comes later */
        check_seen(n_bytes);
    }
}
END_TEST

/* Before the first token, between two, behind the last: the bytes are the healthy stream's. */
START_TEST(test_stalled_stream_comes_whole)
{
    static const uint32_t tokens[] = {0, 1, 20};
    struct sq_rule *rule = far_side_rule(SQ_FAULT_STALL, "stall");
    rule->effect.after_tokens = tokens[_i];
    rule->effect.for_each = SQ_SECOND;
    arrive();
    ck_assert_int_ge(walk(512), SQ_SECOND);
    check_seen(whole.length);
}
END_TEST

START_TEST(test_stream_broken_in_flight_keeps_what_was_made)
{
    const struct sq_body_sizes *sizes = &far_side()->script.models[0].sizes;
    sq_time now = sq_plan_token_at(&visit.plan, 4);
    take_all(visit.plan.first_token_at, 512);
    sq_plan_break(&visit.plan, endings[_i], now);
    take_all(now, 512);
    check_seen(sizes->stream_first_bytes[0] + 5 * sizes->stream_token_bytes[0]);
    take_all(SQ_DAY, 512);
    check_seen(sizes->stream_first_bytes[0] + 5 * sizes->stream_token_bytes[0]);
}
END_TEST

/* A silent stream that a later rule resets: nothing more comes, and the end is due. */
START_TEST(test_silent_stream_broken_later_is_due_then)
{
    struct sq_rule *rule = far_side_rule(SQ_FAULT_CUT, "cut");
    rule->effect.ending = SQ_ENDING_SILENCE;
    rule->effect.after_bytes = 700;
    arrive();
    walk(512);
    check_seen(700);
    ck_assert_int_eq(sq_sending_due(&sending, &visit.plan), SQ_NEVER);
    sq_plan_break(&visit.plan, SQ_ENDING_RST, SQ_HOUR);
    ck_assert_int_eq(sq_sending_due(&sending, &visit.plan), SQ_HOUR);
    take_all(SQ_HOUR, 512);
    check_seen(700);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("server_sending");
    TCase *tests = tcase_create("server_sending");
    tcase_add_checked_fixture(tests, set_up, tear_down);
    tcase_add_loop_test(tests, test_healthy_stream_comes_whole_token_by_token, 0, 2);
    tcase_add_test(tests, test_all_due_at_once_is_the_same_stream);
    tcase_add_test(tests, test_headers_bring_first_event_and_first_token_only);
    tcase_add_loop_test(tests, test_stream_cut_after_bytes_gives_exactly_these, 0, 3);
    tcase_add_loop_test(tests, test_stalled_stream_comes_whole, 0, 3);
    tcase_add_loop_test(tests, test_stream_broken_in_flight_keeps_what_was_made, 0, 3);
    tcase_add_test(tests, test_silent_stream_broken_later_is_due_then);
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int n_failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return n_failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
