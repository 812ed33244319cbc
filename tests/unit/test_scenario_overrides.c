/* SPDX-License-Identifier: MIT */
/* --set: what a path reaches, what a value becomes, and where mistakes are shown. */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "tests/support/scenario_text.h"

static void load_set(struct loaded *loaded, const char *text, const char *const *overrides)
{
    struct sq_load_options options = {0};
    for (; overrides[options.n_overrides] != NULL; options.n_overrides++) {
        options.overrides[options.n_overrides] = overrides[options.n_overrides];
    }
    load_text(loaded, text, &options);
}

#define SET(loaded, text, ...) load_set(loaded, text, (const char *const[]){__VA_ARGS__, NULL})

static const char scenario[] =
    "{ \"workload\": { \"phases\": [ { \"duration\": \"60s\", \"arrival_rate\": 5 } ] },\n"
    "  \"providers\": { \"openai\": { \"models\": { \"gpt-4.1\": { \"profile\": \"openai/gpt-4o\" "
    "},"
    " \"gpt-4\": { \"profile\": \"openai/gpt-4o\" } } } },\n"
    "  \"tags\": [], \"policy\": { \"name\": \"x\" } }\n";

START_TEST(test_set_when_a_value_is_there_then_it_is_replaced)
{
    struct loaded loaded;
    SET(&loaded, scenario, "policy.name=y", "seed=7", "title=\xc3\xa1 \"b\" \\");
    ck_assert_msg(loaded.scenario != NULL, "%s", sq_strbuf_text(&loaded.text));
    ck_assert_str_eq(loaded.scenario->policies[0]->name, "y");
    ck_assert_uint_eq(loaded.scenario->seed, 7);
    ck_assert_str_eq(loaded.scenario->title, "\xc3\xa1 \"b\" \\");
    loaded_clear(&loaded);
}
END_TEST

START_TEST(test_set_when_nothing_is_there_then_objects_and_lists_are_made)
{
    struct loaded loaded;
    SET(&loaded, scenario, "policy.retry.delay.constant=1s", "policy.retry.max_attempts=3",
        "faults[0].kind=hang", "faults[0].at=1s", "faults[1]={\"kind\":\"hang\"}",
        "faults[1].at=2s", "tags[0]=a", "tags[1]=b", "tags[0]=c");
    ck_assert_msg(loaded.scenario != NULL, "%s", sq_strbuf_text(&loaded.text));
    ck_assert_int_eq(loaded.scenario->policies[0]->layers[0].role[0].retry.max_attempts, 3);
    ck_assert_uint_eq(loaded.scenario->script.n_rules, 2);
    ck_assert_int_eq(loaded.scenario->script.rules[1].at, 2 * SQ_SECOND);
    ck_assert_uint_eq(loaded.scenario->n_tags, 2);
    ck_assert_str_eq(loaded.scenario->tags[0], "c");
    ck_assert_str_eq(loaded.scenario->tags[1], "b");
    loaded_clear(&loaded);
}
END_TEST

START_TEST(test_set_when_a_key_has_points_then_the_longest_that_exists_is_meant)
{
    struct loaded loaded;
    SET(&loaded, scenario, "providers.openai.models.gpt-4.1.price.input=9",
        "providers.openai.models[\"gpt-4\"].price.input=8",
        "providers.openai.models[\"gpt-5.2\"].profile=openai/gpt-4o");
    ck_assert_msg(loaded.scenario != NULL, "%s", sq_strbuf_text(&loaded.text));
    ck_assert_uint_eq(loaded.scenario->script.n_models, 3);
    for (uint8_t i = 0; i < 3; i++) {
        const struct sq_model *model = &loaded.scenario->script.models[i];
        int64_t wanted = strcmp(model->name, "gpt-4.1") == 0 ? 9000000
                         : strcmp(model->name, "gpt-4") == 0 ? 8000000
                                                             : 2500000;
        ck_assert_int_eq(model->price.input, wanted);
    }
    loaded_clear(&loaded);
}
END_TEST

START_TEST(test_set_when_the_policy_is_named_then_its_document_is_changed)
{
    struct loaded loaded;
    SET(&loaded, scenario, "policy=recommended", "policy.retry.max_attempts=9");
    ck_assert_msg(loaded.scenario != NULL, "%s", sq_strbuf_text(&loaded.text));
    ck_assert_str_eq(loaded.scenario->policies[0]->name, "recommended");
    ck_assert_int_eq(loaded.scenario->policies[0]->layers[0].role[0].retry.max_attempts, 9);
    loaded_clear(&loaded);
}
END_TEST

START_TEST(test_set_when_policies_are_chosen_then_each_is_changed)
{
    struct loaded loaded;
    struct sq_load_options options = {.policies = {"none", "recommended"},
                                      .n_policies = 2,
                                      .overrides = {"policy.retry.max_attempts=9"},
                                      .n_overrides = 1};
    load_text(&loaded, scenario, &options);
    ck_assert_msg(loaded.scenario != NULL, "%s", sq_strbuf_text(&loaded.text));
    for (int i = 0; i < 2; i++) {
        ck_assert_int_eq(loaded.scenario->policies[i]->layers[0].role[0].retry.max_attempts, 9);
    }
    loaded_clear(&loaded);
}
END_TEST

static const char *const wrong[] = {
    "",
    "=",
    "=1",
    "seed",
    ".seed=1",
    "seed.=1",
    "seed..x=1",
    "[0]=1",
    "seed[0]=1",
    "tags[1]=x",
    "tags[]=x",
    "tags[x]=x",
    "tags[-1]=x",
    "tags[0=x",
    "tags[0]x=x",
    "tags[99999999999999999999]=x",
    "tags.x=1",
    "faults[1].kind=hang",
    "providers[\"openai=1",
    "providers[\"openai\"]x=1",
    "workload.phases[0].duration.x=1",
    "title=\xff",
    "title=\"x",
    "faults=[",
    "policy={\"a\":1,\"a\":2}",
    "x\xff.y=1",
    "nothing.like.this=1",
    "a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a=1",
};

START_TEST(test_set_when_it_is_wrong_then_the_command_line_is_named)
{
    struct loaded loaded;
    SET(&loaded, scenario, wrong[_i]);
    ck_assert_ptr_null(loaded.scenario);
    ck_assert_int_eq(loaded.status, SQ_INVALID);
    ck_assert_uint_ge(loaded.diagnostics.n_errors, 1);
    ck_assert_msg(strstr(sq_strbuf_text(&loaded.text), "--> command line") != NULL, "%s: %s",
                  wrong[_i], sq_strbuf_text(&loaded.text));
    loaded_clear(&loaded);
}
END_TEST

/* Whatever is typed, something is said or it works: every beginning of a long option. */
START_TEST(test_set_when_cut_anywhere_then_nothing_breaks)
{
    static const char whole[] =
        "providers.openai.models[\"gpt-4.1\"].ttft={\"lognormal\":{\"p50\":\"1s\",\"p99\":\"2s\"}}";
    char cut[sizeof(whole)];
    for (size_t length = 0; length < sizeof(whole); length++) {
        struct loaded loaded;
        memcpy(cut, whole, length);
        cut[length] = '\0';
        SET(&loaded, scenario, cut);
        ck_assert_int_eq(loaded.scenario != NULL, length == sizeof(whole) - 1);
        loaded_clear(&loaded);
    }
}
END_TEST

START_TEST(test_set_when_the_file_is_wrong_too_then_it_keeps_its_place)
{
    struct loaded loaded;
    SET(&loaded,
        "{\n  \"seed\": 1,\n  \"nonsense\": 2,\n  \"workload\": {\"phases\": [{\"duration\": "
        "\"1m\", \"arrival_rate\": 1}]},\n  \"providers\": {\"o\": {\"models\": {\"m\": "
        "{\"profile\": \"openai/gpt-4o\"}}}}\n}\n",
        "seed=123456789", "title=long enough to move all that follows");
    ck_assert_uint_eq(loaded.diagnostics.n_errors, 1);
    ck_assert_msg(strstr(sq_strbuf_text(&loaded.text), ":3:3\n") != NULL, "%s",
                  sq_strbuf_text(&loaded.text));
    ck_assert_ptr_nonnull(strstr(sq_strbuf_text(&loaded.text), "3 |   \"nonsense\": 2,\n"));
    loaded_clear(&loaded);
}
END_TEST

START_TEST(test_set_when_a_text_that_was_set_is_changed_again_then_the_later_option_is_shown)
{
    struct loaded loaded;
    SET(&loaded, scenario, "policy={\"retry\":{\"max_attempts\":2}}", "policy.retry.max_attempts=0",
        "policy.name=z");
    ck_assert_uint_eq(loaded.diagnostics.n_errors, 1);
    ck_assert_ptr_nonnull(strstr(sq_strbuf_text(&loaded.text),
                                 "| --set policy.retry.max_attempts=0\n"
                                 "  |                                 ^ out of range"));
    loaded_clear(&loaded);
}
END_TEST

START_TEST(test_thresholds_when_a_set_is_named_then_it_replaces_the_scenarios_own)
{
    struct loaded loaded;
    struct sq_load_options options = {.thresholds = {"interactive", "batch"}, .n_thresholds = 2};
    load_text(&loaded, scenario, &options);
    ck_assert_msg(loaded.scenario != NULL, "%s", sq_strbuf_text(&loaded.text));
    ck_assert_uint_eq(loaded.scenario->n_thresholds, 11);
    loaded_clear(&loaded);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("scenario_overrides");
    TCase *tests = tcase_create("set");
    tcase_add_test(tests, test_set_when_a_value_is_there_then_it_is_replaced);
    tcase_add_test(tests, test_set_when_nothing_is_there_then_objects_and_lists_are_made);
    tcase_add_test(tests, test_set_when_a_key_has_points_then_the_longest_that_exists_is_meant);
    tcase_add_test(tests, test_set_when_the_policy_is_named_then_its_document_is_changed);
    tcase_add_test(tests, test_set_when_policies_are_chosen_then_each_is_changed);
    tcase_add_loop_test(tests, test_set_when_it_is_wrong_then_the_command_line_is_named, 0,
                        sizeof(wrong) / sizeof(wrong[0]));
    tcase_add_test(tests, test_set_when_cut_anywhere_then_nothing_breaks);
    tcase_add_test(tests, test_set_when_the_file_is_wrong_too_then_it_keeps_its_place);
    tcase_add_test(
        tests, test_set_when_a_text_that_was_set_is_changed_again_then_the_later_option_is_shown);
    tcase_add_test(tests, test_thresholds_when_a_set_is_named_then_it_replaces_the_scenarios_own);
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
