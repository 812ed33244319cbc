/* SPDX-License-Identifier: MIT */
/* Which rule fits which question: folding, words, order, and questions without a text. */
#include "sim/answer_rules.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "tests/support/memory_torture.h"
#include "tests/support/small_scenario.h"

static struct small_scenario *small;
static struct sq_prompt prompts[4];
static struct sq_answer_rules rules;

static void set_up(void)
{
    static const char *const texts[] = {"Cho tôi xem BẢNG GIÁ mới nhất", "Quán giám sát ở đâu?",
                                        "When do you open?", ""};
    small = small_scenario_new();
    memset(prompts, 0, sizeof(prompts));
    for (size_t i = 0; i < 4; i++) {
        prompts[i].text = texts[i];
        prompts[i].length = strlen(texts[i]);
    }
    small->scenario.workload.prompts.texts = prompts;
    small->scenario.workload.prompts.zipf.n_items = 4;
}

static void tear_down(void)
{
    small_scenario_free(small);
}

static void add_rule(const char *contains, bool word)
{
    struct sq_layer_settings *layer = &small->policy.layers[0];
    layer->rules[layer->n_rules++] =
        (struct sq_answer_rule){.contains = contains, .answer = "x", .word = word};
}

static void match(void)
{
    ck_assert_int_eq(sq_answer_rules_init(&rules, &small->scenario, &small->policy), SQ_OK);
}

START_TEST(test_rule_of_a_word_when_only_part_of_one_then_it_does_not_fit)
{
    add_rule("giá", true);
    match();
    ck_assert_uint_eq(sq_answer_rules_find(&rules, 0), 1);
    ck_assert_uint_eq(sq_answer_rules_find(&rules, 1), 0);
    ck_assert_uint_eq(sq_answer_rules_find(&rules, 2), 0);
}
END_TEST

START_TEST(test_rule_of_anywhere_when_inside_a_word_then_it_fits)
{
    add_rule("GIÁ", false);
    match();
    ck_assert_uint_eq(sq_answer_rules_find(&rules, 0), 1);
    ck_assert_uint_eq(sq_answer_rules_find(&rules, 1), 1);
    ck_assert_uint_eq(sq_answer_rules_find(&rules, 3), 0);
}
END_TEST

START_TEST(test_rule_when_accents_are_typed_apart_then_it_fits)
{
    add_rule("gia\xcc\x81", true);
    match();
    ck_assert_uint_eq(sq_answer_rules_find(&rules, 0), 1);
}
END_TEST

START_TEST(test_rules_when_several_fit_then_the_first_counts)
{
    add_rule("close", false);
    add_rule("open", true);
    add_rule("when", true);
    match();
    ck_assert_uint_eq(sq_answer_rules_find(&rules, 2), 2);
}
END_TEST

START_TEST(test_rules_when_there_is_no_text_or_no_rule_then_none_fits)
{
    match();
    ck_assert_uint_eq(sq_answer_rules_find(&rules, 0), 0);
    add_rule("open", false);
    small->scenario.workload.prompts.texts = NULL;
    match();
    ck_assert_uint_eq(sq_answer_rules_find(&rules, 2), 0);
    small->scenario.workload.prompts.texts = prompts;
    match();
    ck_assert_uint_eq(sq_answer_rules_find(&rules, 2), 1);
    ck_assert_uint_eq(sq_answer_rules_find(&rules, 4), 0);
    ck_assert_uint_eq(sq_answer_rules_find(&rules, UINT32_MAX), 0);
}
END_TEST

START_TEST(test_rules_when_memory_runs_out_then_said_and_nothing_leaks)
{
    add_rule("open", false);
    size_t live = sq_memory_torture_live();
    for (size_t nth = 1;; nth++) {
        sq_memory_torture_fail(nth);
        enum sq_status status = sq_answer_rules_init(&rules, &small->scenario, &small->policy);
        bool done = sq_memory_torture_refused() == 0;
        ck_assert_int_eq(status, done ? SQ_OK : SQ_NO_MEMORY);
        ck_assert_uint_eq(sq_memory_torture_live(), live);
        if (done) {
            break;
        }
    }
    sq_memory_torture_fail(0);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("answer_rules");
    TCase *tests = tcase_create("answer_rules");
    tcase_add_checked_fixture(tests, set_up, tear_down);
    tcase_add_test(tests, test_rule_of_a_word_when_only_part_of_one_then_it_does_not_fit);
    tcase_add_test(tests, test_rule_of_anywhere_when_inside_a_word_then_it_fits);
    tcase_add_test(tests, test_rule_when_accents_are_typed_apart_then_it_fits);
    tcase_add_test(tests, test_rules_when_several_fit_then_the_first_counts);
    tcase_add_test(tests, test_rules_when_there_is_no_text_or_no_rule_then_none_fits);
    tcase_add_test(tests, test_rules_when_memory_runs_out_then_said_and_nothing_leaks);
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
