/* SPDX-License-Identifier: MIT */
/* Recipes: what a load was asked for comes back as it was; a load from kept files needs no disk. */
#include "scenarios/sources/recipe.h"

#include <check.h>
#include <string.h>

#include "tests/support/memory_torture.h"

#define SCENARIO                                                                                   \
    "{ \"duration\": \"10s\", \"workload\": { \"phases\": [{ \"name\": \"main\", \"duration\": "   \
    "\"10s\", \"arrival_rate\": 5 }] }, \"providers\": { \"p\": { \"models\": { \"m\": { "         \
    "\"ttft\": \"1s\", \"tokens_per_second\": 60 } } } }, "                                        \
    "\"roles\": { \"primary\": \"p/m\" }, \"policy\": \"./gone.json\" }"

static const struct sq_kept_file scenario_file = {
    .path = "/nowhere/own.json", .text = SCENARIO, .length = sizeof(SCENARIO) - 1};
static const char policy_text[] = "{ \"retry\": { \"max_attempts\": 3 } }";
static const struct sq_kept_file policy_file = {
    .path = "/nowhere/./gone.json", .text = policy_text, .length = sizeof(policy_text) - 1};

static enum sq_status write_one(struct sq_strbuf *text)
{
    struct sq_kept kept = {0};
    struct sq_load_options options = {.policies = {"none", "recommended"},
                                      .n_policies = 2,
                                      .binds = {"cheap=p/m"},
                                      .n_binds = 1,
                                      .has_seed = true,
                                      .seed = 9,
                                      .n_seeds = 14,
                                      .overrides = {"drain=\"5s\""},
                                      .n_overrides = 1,
                                      .thresholds = {"batch"},
                                      .n_thresholds = 1,
                                      .keep = &kept};
    enum sq_status status = sq_kept_add(&kept, &scenario_file, NULL);
    if (status == SQ_OK) {
        status = sq_kept_add(&kept, &policy_file, NULL);
    }
    struct sq_json_writer json = {.out = text, .compact = true};
    sq_recipe_write(&json, "/nowhere/own.json", &options);
    sq_kept_clear(&kept);
    return sq_strbuf_failed(text) ? SQ_NO_MEMORY : status;
}

static enum sq_status read_text(const char *text, struct sq_recipe *recipe, struct sq_error *err)
{
    struct sq_json_document *document;
    enum sq_status status = sq_json_read(text, strlen(text), NULL, &document, err);
    if (status == SQ_OK) {
        struct sq_json_taker taker = {.file = "r", .err = err};
        status = sq_recipe_read(&taker, sq_json_root(document), recipe);
    }
    sq_json_free(document);
    return status;
}

START_TEST(test_recipe_when_read_again_then_the_same_text)
{
    struct sq_strbuf text = {0};
    struct sq_strbuf again = {0};
    struct sq_recipe recipe = {0};
    struct sq_error err = {0};
    ck_assert_int_eq(write_one(&text), SQ_OK);
    ck_assert_int_eq(read_text(sq_strbuf_text(&text), &recipe, &err), SQ_OK);
    ck_assert_str_eq(recipe.options.policies[1], "recommended");
    ck_assert_uint_eq(recipe.options.seed, 9);
    recipe.options.keep = &recipe.files;
    struct sq_json_writer json = {.out = &again, .compact = true};
    sq_recipe_write(&json, recipe.scenario, &recipe.options);
    ck_assert_str_eq(sq_strbuf_text(&text), sq_strbuf_text(&again));
    sq_recipe_clear(&recipe);
    sq_strbuf_clear(&text);
    sq_strbuf_clear(&again);
}
END_TEST

START_TEST(test_recipe_when_memory_fails_then_said_and_nothing_leaks)
{
    size_t refused = 1;
    for (size_t nth = 1; refused > 0; nth++) {
        struct sq_strbuf text = {0};
        struct sq_recipe recipe = {0};
        struct sq_error err = {0};
        sq_memory_torture_fail(nth);
        enum sq_status status = write_one(&text);
        if (status == SQ_OK) {
            status = read_text(sq_strbuf_text(&text), &recipe, &err);
        }
        refused = sq_memory_torture_refused();
        ck_assert_int_eq(status, refused > 0 ? SQ_NO_MEMORY : SQ_OK);
        sq_recipe_clear(&recipe);
        sq_strbuf_clear(&text);
    }
    ck_assert_uint_eq(sq_memory_torture_live(), 0);
}
END_TEST

static void refuses(const char *text, const char *why)
{
    struct sq_recipe recipe = {0};
    struct sq_error err = {0};
    ck_assert_int_eq(read_text(text, &recipe, &err), SQ_INVALID);
    ck_assert_msg(strstr(err.text, why) != NULL, "%s, not %s", err.text, why);
    sq_recipe_clear(&recipe);
}

START_TEST(test_recipe_when_something_is_wrong_then_said)
{
    refuses("{}", "\"scenario\" is missing");
    refuses("{\"scenario\": \"s\"}", "\"policies\" is missing");
    refuses("{\"scenario\": \"s\", \"policies\": [1]}", "up to 8 texts in \"policies\"");
    refuses("{\"scenario\": \"s\", \"policies\": [\"1\",\"2\",\"3\",\"4\",\"5\",\"6\",\"7\",\"8\","
            "\"9\"]}",
            "up to 8 texts");
    refuses("{\"scenario\": \"s\", \"policies\": [], \"binds\": [], \"set\": [], \"thresholds\": "
            "[], \"files\": [{\"path\": \"x\"}]}",
            "\"text\" is missing");
    refuses("{\"scenario\": \"s\", \"policies\": [], \"binds\": [], \"set\": [], \"thresholds\": "
            "[], \"seeds\": 100001, \"files\": []}",
            "0 to 100000");
}
END_TEST

START_TEST(test_load_when_from_kept_files_then_needs_no_disk)
{
    struct sq_kept kept = {0};
    struct sq_scenario *scenario;
    struct sq_diagnostics diagnostics = {0};
    struct sq_error err = {0};
    struct sq_load_options options = {.from = &kept};
    ck_assert_int_eq(sq_kept_add(&kept, &scenario_file, &err), SQ_OK);
    ck_assert_int_eq(sq_scenario_load("/nowhere/own.json", &options, &scenario, &diagnostics, &err),
                     SQ_INVALID);
    ck_assert_uint_eq(diagnostics.n_errors, 1); /* the policy was not kept */
    sq_diagnostics_clear(&diagnostics);
    ck_assert_int_eq(sq_kept_add(&kept, &policy_file, &err), SQ_OK);
    ck_assert_int_eq(sq_scenario_load("/nowhere/own.json", &options, &scenario, &diagnostics, &err),
                     SQ_OK);
    ck_assert_uint_eq(scenario->policies[0]->layers[0].role[0].retry.max_attempts, 3);
    sq_scenario_free(scenario);
    sq_diagnostics_clear(&diagnostics);
    sq_kept_clear(&kept);
}
END_TEST

START_TEST(test_kept_when_a_path_comes_again_then_the_first_text_stays)
{
    struct sq_kept kept = {0};
    struct sq_kept_file second = {.path = scenario_file.path, .text = "x", .length = 1};
    ck_assert_int_eq(sq_kept_add(&kept, &scenario_file, NULL), SQ_OK);
    ck_assert_int_eq(sq_kept_add(&kept, &second, NULL), SQ_OK);
    ck_assert_uint_eq(kept.n_list, 1);
    ck_assert_str_eq(sq_kept_find(&kept, second.path)->text, SCENARIO);
    ck_assert_ptr_null(sq_kept_find(&kept, "/nowhere"));
    sq_kept_clear(&kept);
}
END_TEST

START_TEST(test_kept_when_full_then_refused)
{
    struct sq_kept kept = {0};
    struct sq_error err = {0};
    struct sq_kept_file large = {.path = "l", .text = "", .length = SQ_KEPT_BYTES_MAX + 1};
    ck_assert_int_eq(sq_kept_add(&kept, &large, &err), SQ_INVALID);
    ck_assert_str_eq(err.text, "more than 32 MiB of files to take along, with \"l\"");
    for (int i = 0; i < SQ_KEPT_FILES_MAX + 1; i++) {
        char path[3] = {(char)('A' + i / 26), (char)('a' + i % 26), 0};
        struct sq_kept_file file = {.path = path, .text = "", .length = 0};
        ck_assert_int_eq(sq_kept_add(&kept, &file, &err),
                         i < SQ_KEPT_FILES_MAX ? SQ_OK : SQ_INVALID);
    }
    sq_kept_clear(&kept);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("recipe");
    TCase *tcase = tcase_create("recipe");
    tcase_add_test(tcase, test_recipe_when_read_again_then_the_same_text);
    tcase_add_test(tcase, test_recipe_when_memory_fails_then_said_and_nothing_leaks);
    tcase_add_test(tcase, test_recipe_when_something_is_wrong_then_said);
    tcase_add_test(tcase, test_load_when_from_kept_files_then_needs_no_disk);
    tcase_add_test(tcase, test_kept_when_a_path_comes_again_then_the_first_text_stays);
    tcase_add_test(tcase, test_kept_when_full_then_refused);
    suite_add_tcase(suite, tcase);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? 0 : 1;
}
