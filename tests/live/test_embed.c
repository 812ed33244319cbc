/* SPDX-License-Identifier: MIT */
/* The example of the docs, as a program: it asks a real server that fails, and heals. EMBED names
 * another build of it (tests/install.sh). */
#include <check.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "host/child.h"
#include "host/signal.h"
#include "tests/support/server_world.h"

#define QUESTIONS 6

static struct server_world world;
static struct sq_child_result result;

static void set_up(void)
{
    server_world_init(&world);
    result = (struct sq_child_result){0};
}

static void tear_down(void)
{
    sq_child_result_clear(&result);
    server_world_end(&world);
}

/* Runs the example to its end and returns what it printed. */
static const char *run_example(void)
{
    struct sq_strbuf program = {0};
    struct sq_strbuf url = {0};
    struct sq_error err = {0};
    const char *given = getenv("EMBED");
    const char *folder = getenv("SQUALL_BUILD_DIR");
    ck_assert_ptr_nonnull(folder);
    sq_strbuf_add_format(&program, "%s%s", given == NULL ? folder : given,
                         given == NULL ? "/embed" : "");
    sq_strbuf_add_format(&url, "http://127.0.0.1:%u/v1", sq_server_port(world.server, 0));
    const char *argv[] = {sq_strbuf_text(&program), sq_strbuf_text(&url), "gpt-4o", "mini", NULL};
    struct sq_child_order order = {
        .argv = argv, .output_max_bytes = 100000, .timeout = 40 * SQ_SECOND};
    sq_signals_ignore_pipe();
    ck_assert_msg(sq_child_run(&order, &result, &err) == SQ_OK, "%s", err.text);
    sq_strbuf_clear(&program);
    sq_strbuf_clear(&url);
    ck_assert_str_eq(sq_strbuf_text(&result.errors), "");
    ck_assert_int_eq(result.exit_code, 0);
    return sq_strbuf_text(&result.output);
}

static int count(const char *text, const char *wanted)
{
    int n = 0;
    for (const char *at = strstr(text, wanted); at != NULL; at = strstr(at + 1, wanted)) {
        n++;
    }
    return n;
}

START_TEST(test_example_asks_a_healthy_server_and_each_first_try_answers)
{
    server_world_start(&world);
    const char *text = run_example();
    ck_assert_int_eq(count(text, ": send 1 to gpt-4o\n"), QUESTIONS);
    ck_assert_int_eq(count(text, ": finish first_try\n"), QUESTIONS);
    ck_assert_int_eq(count(text, "wait"), 0);
}
END_TEST

START_TEST(test_example_meets_one_503_and_waits_and_recovers)
{
    struct sq_rule *rule = far_side_rule(SQ_FAULT_STATUS, "hiccup");
    rule->effect.status = 503;
    rule->count = (struct sq_count){.kind = SQ_COUNT_FIRST, .first = 2};
    rule->per = SQ_PER_ATTEMPT;
    server_world_start(&world);
    const char *text = run_example();
    ck_assert_int_eq(count(text, ": attempt 1: gateway_error\n"), 2);
    ck_assert_int_eq(count(text, ": wait "), 2);
    ck_assert_int_eq(count(text, ": finish recovered\n"), 2);
    ck_assert_int_eq(count(text, ": finish first_try\n"), QUESTIONS - 2);
}
END_TEST

START_TEST(test_example_loses_its_model_and_opens_the_breaker_and_falls_back)
{
    struct sq_rule *rule = far_side_rule(SQ_FAULT_STATUS, "outage");
    rule->effect.status = 503;
    rule->models = 1;
    server_world_start(&world);
    const char *text = run_example();
    ck_assert_int_ge(count(text, " breaker 0 is open\n"), 1);
    ck_assert_int_eq(count(text, " to mini\n"), QUESTIONS);
    ck_assert_int_eq(count(text, ": finish fallback\n"), QUESTIONS);
}
END_TEST

START_TEST(test_example_loses_every_model_and_apologises)
{
    struct sq_rule *rule = far_side_rule(SQ_FAULT_RESET, "dead");
    rule->effect.after_bytes = SQ_UNSET_U32;
    server_world_start(&world);
    const char *text = run_example();
    ck_assert_int_eq(count(text, ": finish apology\n"), QUESTIONS);
    ck_assert_int_eq(count(text, ": attempt 1: reset\n"), QUESTIONS);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("embed");
    TCase *tests = tcase_create("example");
    tcase_add_checked_fixture(tests, set_up, tear_down);
    tcase_add_test(tests, test_example_asks_a_healthy_server_and_each_first_try_answers);
    tcase_add_test(tests, test_example_meets_one_503_and_waits_and_recovers);
    tcase_add_test(tests, test_example_loses_its_model_and_opens_the_breaker_and_falls_back);
    tcase_add_test(tests, test_example_loses_every_model_and_apologises);
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int n_failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return n_failed == 0 ? 0 : 1;
}
