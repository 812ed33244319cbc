/* SPDX-License-Identifier: MIT */
/* Distributions and waves in files: each with good and bad values, and what becomes of them. */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "tests/support/scenario_text.h"
#include "tests/support/temporary_folder.h"

#define TOKENS(law)                                                                                \
    "\"workload\": { \"phases\": [ { \"duration\": \"1s\", \"arrival_rate\": 5 } ], "              \
    "\"requests\": [ { \"output_tokens\": " law " } ] }"
#define SPAN(law)                                                                                  \
    "{ \"workload\": { \"phases\": [ { \"duration\": \"1s\", \"arrival_rate\": 5 } ] }, "          \
    "\"providers\": { \"p\": { \"models\": { \"m\": { \"tokens_per_second\": 5, \"ttft\": " law    \
    " } } } } }"
#define RATE(curve)                                                                                \
    "\"workload\": { \"phases\": [ { \"duration\": \"1h\", \"arrival_rate\": " curve " } ] }"
#define SHARE(curve)                                                                               \
    "\"faults\": [ { \"kind\": \"hang\", \"where\": \"openai\", \"at\": \"1s\", \"for\": \"9s\", " \
    "\"probability\": " curve " } ]"

/* code NULL: the parts load; else a part of what is said. */
struct example {
    const char *parts;
    const char *said;
};

/* Members of the scenario, or all of it. */
static void load_parts(struct loaded *loaded, const char *parts)
{
    if (parts[0] == '{') {
        load_text(loaded, parts, NULL);
    } else {
        load_with(loaded, parts);
    }
}

static void check_example(const struct example *example)
{
    struct loaded loaded;
    load_parts(&loaded, example->parts);
    const char *text = sq_strbuf_text(&loaded.text);
    if (example->said == NULL) {
        ck_assert_msg(loaded.status == SQ_OK, "%s\n%s", example->parts, text);
    } else {
        ck_assert_msg(loaded.status == SQ_INVALID, "%s", example->parts);
        ck_assert_msg(strstr(text, example->said) != NULL, "%s: not %s but\n%s", example->parts,
                      example->said, text);
    }
    loaded_clear(&loaded);
}

#define CHECK_EXAMPLES(list)                                                                       \
    for (size_t i = 0; i < sizeof(list) / sizeof((list)[0]); i++) {                                \
        check_example(&(list)[i]);                                                                 \
    }

START_TEST(test_laws_when_values_are_at_their_bounds_then_only_good_ones_load)
{
    static const struct example list[] = {
        {TOKENS("{ \"gamma\": { \"mean\": 20, \"cv\": 0.05 } }"), NULL},
        {TOKENS("{ \"gamma\": { \"mean\": 20, \"cv\": 0.04 } }"), "`cv` must be from 0.05 to 10"},
        {TOKENS("{ \"gamma\": { \"mean\": 20, \"cv\": 10 } }"), NULL},
        {TOKENS("{ \"gamma\": { \"mean\": 20, \"cv\": 10.1 } }"), "S012"},
        {TOKENS("{ \"gamma\": { \"mean\": 20 } }"), "needs `cv`"},
        {TOKENS("{ \"normal\": { \"mean\": 20, \"stddev\": 5 } }"), NULL},
        {TOKENS("{ \"normal\": { \"mean\": 20 } }"), "needs `stddev`"},
        {TOKENS("{ \"pareto\": { \"min\": 20, \"alpha\": 0.5 } }"), NULL},
        {TOKENS("{ \"pareto\": { \"min\": 20, \"alpha\": 0.4 } }"), "`alpha` must be from 0.5"},
        {TOKENS("{ \"pareto\": { \"min\": 20, \"alpha\": 64 } }"), NULL},
        {TOKENS("{ \"pareto\": { \"min\": 20, \"alpha\": 64.5 } }"), "S012"},
        {TOKENS("{ \"mixture\": [ { \"weight\": 3, \"value\": 20 }, "
                "{ \"lognormal\": { \"median\": 129, \"sigma\": 0.8 }, \"max\": 500 } ] }"),
         NULL},
        {TOKENS("{ \"mixture\": [ { \"weight\": 3 } ] }"), "S011"},
        {TOKENS("{ \"mixture\": [ { \"weight\": 0, \"value\": 5 } ] }"), "S012"},
        {TOKENS("{ \"mixture\": [ { \"weight\": 4295, \"value\": 5 } ] }"), "S012"},
        {TOKENS("{ \"mixture\": [] }"), "S021"},
        {TOKENS("{ \"mixture\": [ { \"mixture\": [ { \"value\": 5 } ] } ] }"), "S017"},
        {TOKENS("{ \"mixture\": [ { \"value\": 5, \"min\": 9, \"max\": 8 } ] }"), "S023"},
        {SPAN("{ \"mixture\": [ { \"value\": \"1s\" }, { \"pareto\": { \"min\": \"10ms\", "
              "\"alpha\": 1.5 } } ], \"max\": \"9s\" }"),
         NULL},
        {SPAN("{ \"gamma\": { \"mean\": \"0s\", \"cv\": 1 } }"), "the mean must be above 0"},
        {SPAN("{ \"gamma\": { \"mean\": 5, \"cv\": 1 } }"), "S013"},
        {SPAN("{ \"normal\": { \"mean\": \"1s\", \"stddev\": \"300ms\" }, \"min\": \"0s\" }"),
         NULL}};
    CHECK_EXAMPLES(list)
}
END_TEST

START_TEST(test_waves_when_values_are_at_their_bounds_then_only_good_ones_load)
{
    static const struct example list[] = {
        {RATE("{ \"sine\": { \"mean\": 5, \"amplitude\": 5, \"period\": \"24h\" } }"), NULL},
        {RATE("{ \"sine\": { \"mean\": 5, \"amplitude\": 5.000001, \"period\": \"24h\" } }"),
         "`amplitude` is above `mean`"},
        {RATE("{ \"sine\": { \"mean\": 5, \"amplitude\": 1, \"period\": \"1us\" } }"), NULL},
        {RATE("{ \"sine\": { \"mean\": 5, \"amplitude\": 1, \"period\": \"999ns\" } }"),
         "`period` must be at least 1us"},
        {RATE("{ \"sine\": { \"mean\": 5, \"amplitude\": 1, \"period\": \"1h\", \"phase\": "
              "\"61m\" } }"),
         "`phase` is longer than `period`"},
        {RATE("{ \"square\": { \"low\": 1, \"high\": 9, \"period\": \"1m\", \"duty\": \"10%\" } }"),
         NULL},
        {RATE("{ \"square\": { \"low\": 9, \"high\": 1, \"period\": \"1m\" } }"),
         "`low` is above `high`"},
        {RATE("{ \"sawtooth\": { \"low\": 1, \"high\": 9, \"period\": \"1m\" } }"), NULL},
        {RATE("{ \"sawtooth\": { \"low\": 1, \"high\": 9 } }"), "needs `period`"},
        {RATE("{ }"), "S011"},
        {RATE("{ \"triangle\": { } }"), "S017"},
        {SHARE("{ \"sine\": { \"mean\": 0.5, \"amplitude\": 0.5, \"period\": \"3s\" } }"), NULL},
        {SHARE("{ \"sine\": { \"mean\": 0.6, \"amplitude\": 0.5, \"period\": \"3s\" } }"),
         "together are above the highest value"},
        {SHARE("{ \"square\": { \"low\": 0, \"high\": 1, \"period\": \"2s\" } }"), NULL}};
    CHECK_EXAMPLES(list)
}
END_TEST

START_TEST(test_wave_when_loaded_then_the_curve_has_its_values)
{
    struct loaded loaded;
    load_with(&loaded, RATE("{ \"square\": { \"low\": 1, \"high\": 9, \"period\": \"1m\", "
                            "\"duty\": 0.25 } }"));
    ck_assert_msg(loaded.status == SQ_OK, "%s", sq_strbuf_text(&loaded.text));
    const struct sq_curve *rate = &loaded.scenario->workload.phases[0].rate;
    ck_assert_int_eq(sq_curve_value(rate, 14 * SQ_SECOND), 9000000);
    ck_assert_int_eq(sq_curve_value(rate, 16 * SQ_SECOND), 1000000);
    ck_assert_int_eq(sq_curve_value(rate, 61 * SQ_SECOND), 9000000);
    loaded_clear(&loaded);
}
END_TEST

static const struct sq_dist *output_tokens(const struct loaded *loaded)
{
    ck_assert_msg(loaded->status == SQ_OK, "%s", sq_strbuf_text(&loaded->text));
    return &loaded->scenario->workload.requests[0].output_tokens;
}

START_TEST(test_mixture_when_loaded_then_weights_are_shares)
{
    struct loaded loaded;
    load_with(&loaded, TOKENS("{ \"mixture\": [ { \"weight\": 3, \"value\": 20 }, "
                              "{ \"value\": 90 } ] }"));
    const struct sq_dist *dist = output_tokens(&loaded);
    ck_assert_int_eq(sq_dist_value(dist, 0), 20);
    ck_assert_int_eq(sq_dist_value(dist, 0xb0000000u), 20);
    ck_assert_int_eq(sq_dist_value(dist, 0xd0000000u), 90);
    loaded_clear(&loaded);
}
END_TEST

/* Loads with the law over data.csv of this content. */
static void load_observed(struct loaded *loaded, const char *content, const char *format)
{
    struct sq_strbuf parts = {0};
    const char *path = sq_temporary_folder_path("data.csv");
    sq_temporary_folder_put(path, content);
    const char *mark = strchr(format, '@');
    sq_strbuf_add_bytes(&parts, format, (size_t)(mark - format));
    sq_strbuf_add(&parts, path);
    sq_strbuf_add(&parts, mark + 1);
    load_parts(loaded, sq_strbuf_text(&parts));
    sq_strbuf_clear(&parts);
}

START_TEST(test_empirical_when_a_column_is_named_then_its_values_are_drawn)
{
    struct loaded loaded;
    load_observed(&loaded, "id,tokens\n1,30\n2,\n3,10\n4,20\n",
                  TOKENS("{ \"empirical\": { \"file\": \"@\", \"column\": \"tokens\" } }"));
    const struct sq_dist *dist = output_tokens(&loaded);
    ck_assert_int_eq(sq_dist_value(dist, 0), 10);
    ck_assert_int_eq(sq_dist_value(dist, 1u << 31), 20);
    ck_assert_int_eq(sq_dist_value(dist, UINT32_MAX), 30);
    loaded_clear(&loaded);
}
END_TEST

static void check_observed(const char *content, const char *parts, const char *said)
{
    struct loaded loaded;
    load_observed(&loaded, content, parts);
    const char *text = sq_strbuf_text(&loaded.text);
    ck_assert_msg(said == NULL ? loaded.status == SQ_OK : strstr(text, said) != NULL, "%s", text);
    loaded_clear(&loaded);
}

START_TEST(test_empirical_when_the_file_is_wrong_then_it_is_said_where)
{
    const char *tokens = TOKENS("{ \"empirical\": { \"file\": \"@\", \"column\": \"n\" } }");
    check_observed("n\n5\n", tokens, NULL);
    check_observed("m\n5\n", tokens, "has no column \"n\"");
    check_observed("n\n\n", tokens, "has no value in this column");
    check_observed("", tokens, "is empty");
    check_observed("n\n5\n-5\n", tokens, "data.csv:3:1");
    check_observed("n\n1.5\n", tokens, "0 decimals at most");
    check_observed("n,m\n1,2\n1\n", tokens, "1 cells where the first line has 2");
}
END_TEST

START_TEST(test_empirical_when_a_duration_then_the_unit_is_known_or_asked_for)
{
    check_observed("t_ms\n5.5\n",
                   SPAN("{ \"empirical\": { \"file\": \"@\", \"column\": \"t_ms\" } }"), NULL);
    check_observed("t\n5.5\n", SPAN("{ \"empirical\": { \"file\": \"@\", \"column\": \"t\" } }"),
                   "the unit of column \"t\" is not known");
    check_observed(
        "t\n5.5\n",
        SPAN("{ \"empirical\": { \"file\": \"@\", \"column\": \"t\", \"unit\": \"s\" } }"), NULL);
    check_observed(
        "t\n5.5\n",
        SPAN("{ \"empirical\": { \"file\": \"@\", \"column\": \"t\", \"unit\": \"ns\" } }"),
        "0 decimals at most");
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("scenario_laws");
    TCase *tests = tcase_create("scenario_laws");
    tcase_add_checked_fixture(tests, sq_temporary_folder_make, sq_temporary_folder_remove);
    tcase_add_test(tests, test_laws_when_values_are_at_their_bounds_then_only_good_ones_load);
    tcase_add_test(tests, test_waves_when_values_are_at_their_bounds_then_only_good_ones_load);
    tcase_add_test(tests, test_wave_when_loaded_then_the_curve_has_its_values);
    tcase_add_test(tests, test_mixture_when_loaded_then_weights_are_shares);
    tcase_add_test(tests, test_empirical_when_a_column_is_named_then_its_values_are_drawn);
    tcase_add_test(tests, test_empirical_when_the_file_is_wrong_then_it_is_said_where);
    tcase_add_test(tests, test_empirical_when_a_duration_then_the_unit_is_known_or_asked_for);
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int n_failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return n_failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
