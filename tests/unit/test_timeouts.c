/* SPDX-License-Identifier: MIT */
/* Which limit of an attempt comes next, in each phase, and which wins a tie. */
#include "policies/timeouts_int.h"

#include <check.h>

static const struct sq_timeouts each_its_own = {.connect = 2,
                                                .first_byte = 10,
                                                .first_token = 20,
                                                .idle = 5,
                                                .attempt = SQ_NEVER,
                                                .total = SQ_NEVER};

static void check(const struct sq_timeouts *timeouts, struct sq_phase phase, sq_time at,
                  enum sq_class klass)
{
    struct sq_limit limit = sq_timeouts_limit(timeouts, &phase);
    ck_assert_int_eq(limit.at, at);
    ck_assert_uint_eq(limit.klass, klass);
}

START_TEST(test_limit_in_each_phase_is_that_phases)
{
    struct sq_phase phase = {.stream = true, .sent_at = 100, .last_byte_at = 100};
    check(&each_its_own, phase, SQ_NEVER, SQ_CLASS_NONE);
    phase.progress = SQ_PROGRESS_SENT;
    check(&each_its_own, phase, 102, SQ_CLASS_TIMEOUT_CONNECT);
    phase.progress = SQ_PROGRESS_CONNECTED;
    check(&each_its_own, phase, 110, SQ_CLASS_TIMEOUT_FIRST_BYTE);
    phase.progress = SQ_PROGRESS_HEADERS;
    phase.last_byte_at = 109;
    check(&each_its_own, phase, 114, SQ_CLASS_TIMEOUT_IDLE);
    phase.last_byte_at = 116;
    check(&each_its_own, phase, 120, SQ_CLASS_TIMEOUT_FIRST_TOKEN);
    phase.progress = SQ_PROGRESS_TOKENS;
    check(&each_its_own, phase, 121, SQ_CLASS_TIMEOUT_IDLE);
}
END_TEST

START_TEST(test_limit_of_a_plain_answer_knows_no_first_token)
{
    struct sq_timeouts timeouts = each_its_own;
    timeouts.connect = SQ_NEVER;
    timeouts.first_byte = SQ_NEVER;
    timeouts.idle = SQ_NEVER;
    struct sq_phase phase = {.progress = SQ_PROGRESS_SENT, .sent_at = 100};
    check(&timeouts, phase, SQ_NEVER, SQ_CLASS_NONE);
    phase.stream = true;
    check(&timeouts, phase, 120, SQ_CLASS_TIMEOUT_FIRST_TOKEN);
}
END_TEST

START_TEST(test_limit_at_equal_times_is_the_earlier_phases)
{
    struct sq_timeouts timeouts = {.connect = 10, .first_byte = 10, .first_token = 10, .idle = 10};
    struct sq_phase phase = {.progress = SQ_PROGRESS_SENT, .stream = true, .sent_at = 100};
    check(&timeouts, phase, 110, SQ_CLASS_TIMEOUT_CONNECT);
    phase.progress = SQ_PROGRESS_CONNECTED;
    check(&timeouts, phase, 110, SQ_CLASS_TIMEOUT_FIRST_BYTE);
    phase.progress = SQ_PROGRESS_HEADERS;
    phase.last_byte_at = 100;
    check(&timeouts, phase, 110, SQ_CLASS_TIMEOUT_FIRST_TOKEN);
}
END_TEST

START_TEST(test_limit_before_connect_is_the_shorter_of_the_later_phases)
{
    struct sq_timeouts timeouts = each_its_own;
    timeouts.connect = 30;
    struct sq_phase phase = {.progress = SQ_PROGRESS_SENT, .stream = true, .sent_at = 100};
    check(&timeouts, phase, 110, SQ_CLASS_TIMEOUT_FIRST_BYTE);
    timeouts.first_byte = 25;
    check(&timeouts, phase, 120, SQ_CLASS_TIMEOUT_FIRST_TOKEN);
}
END_TEST

START_TEST(test_news_may_wait_only_where_idle_is_no_shorter_than_what_comes_before_it)
{
    struct sq_timeouts timeouts = each_its_own;
    ck_assert(!sq_timeouts_let_news_wait(&timeouts, true));
    timeouts.idle = 9;
    ck_assert(!sq_timeouts_let_news_wait(&timeouts, true));
    timeouts.idle = 10;
    ck_assert(sq_timeouts_let_news_wait(&timeouts, true));
    timeouts.first_token = 5;
    timeouts.idle = 5;
    ck_assert(sq_timeouts_let_news_wait(&timeouts, true));
    ck_assert(!sq_timeouts_let_news_wait(&timeouts, false));
    timeouts.first_byte = SQ_NEVER;
    timeouts.idle = SQ_NEVER;
    ck_assert(sq_timeouts_let_news_wait(&timeouts, false));
}
END_TEST

int main(void)
{
    TCase *tests = tcase_create("timeouts");
    tcase_add_test(tests, test_limit_in_each_phase_is_that_phases);
    tcase_add_test(tests, test_limit_of_a_plain_answer_knows_no_first_token);
    tcase_add_test(tests, test_limit_at_equal_times_is_the_earlier_phases);
    tcase_add_test(tests, test_limit_before_connect_is_the_shorter_of_the_later_phases);
    tcase_add_test(tests,
                   test_news_may_wait_only_where_idle_is_no_shorter_than_what_comes_before_it);
    Suite *suite = suite_create("timeouts");
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? 0 : 1;
}
