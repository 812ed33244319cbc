/* SPDX-License-Identifier: MIT */
/* The steady state as it is written: which checks it becomes, and what is refused. */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "tests/support/scenario_text.h"

#define FAULT "\"faults\": [ { \"kind\": \"hang\", \"at\": \"10s\", \"for\": \"5s\" } ], "

static void load_probes(struct loaded *loaded, const char *when, const char *probes)
{
    struct sq_strbuf parts = {0};
    sq_strbuf_add_format(&parts, FAULT "\"steady_state\": { %s \"probes\": [ %s ] }", when, probes);
    load_with(loaded, sq_strbuf_text(&parts));
    sq_strbuf_clear(&parts);
}

#define AVAILABILITY "{ \"metric\": \"availability\", \"tolerance\": [0.995, 1] }"

START_TEST(test_steady_state_when_written_then_a_check_before_and_one_after)
{
    struct loaded loaded;
    load_probes(&loaded, "", AVAILABILITY);
    ck_assert_msg(loaded.status == SQ_OK, "%s", sq_strbuf_text(&loaded.text));
    ck_assert_uint_eq(loaded.scenario->n_thresholds, 2);
    const struct sq_threshold *checks = loaded.scenario->thresholds;
    for (int i = 0; i < 2; i++) {
        ck_assert_int_eq(checks[i].metric, SQ_METRIC_AVAILABILITY);
        ck_assert_int_eq(checks[i].operation, SQ_OPERATOR_WITHIN);
        ck_assert_int_eq(checks[i].limit, SQ_RATIO_ONE / 1000 * 995);
        ck_assert_int_eq(checks[i].upper, SQ_RATIO_ONE);
        ck_assert_int_eq(checks[i].on_no_data, SQ_NO_DATA_INCONCLUSIVE);
        ck_assert(checks[i].strict);
    }
    ck_assert_int_eq(checks[0].when, SQ_WHEN_BEFORE);
    ck_assert_int_eq(checks[1].when, SQ_WHEN_AFTER);
    ck_assert_str_eq(checks[0].text, "steady before: availability within [0.995, 1]");
    ck_assert_str_eq(checks[1].text, "steady after: availability within [0.995, 1]");
    loaded_clear(&loaded);
}
END_TEST

START_TEST(test_steady_state_when_it_says_when_then_only_then)
{
    static const struct {
        const char *when;
        int n; /* -1: refused */
        enum sq_when first;
    } list[] = {{"\"when\": [\"before\"],", 1, SQ_WHEN_BEFORE},
                {"\"when\": [\"after\"],", 1, SQ_WHEN_AFTER},
                {"\"when\": [\"after\", \"before\"],", 2, SQ_WHEN_BEFORE},
                {"\"when\": [\"after\", \"after\"],", -1, 0},
                {"\"when\": [\"later\", \"later\"],", -1, 0},
                {"\"when\": \"after\",", -1, 0},
                {"\"when\": [],", -1, 0}};
    for (size_t i = 0; i < sizeof(list) / sizeof(list[0]); i++) {
        struct loaded loaded;
        load_probes(&loaded, list[i].when, AVAILABILITY);
        ck_assert_msg((loaded.status == SQ_OK) == (list[i].n >= 0), "%s\n%s", list[i].when,
                      sq_strbuf_text(&loaded.text));
        if (list[i].n >= 0) {
            ck_assert_int_eq(loaded.scenario->n_thresholds, list[i].n);
            ck_assert_int_eq(loaded.scenario->thresholds[0].when, list[i].first);
        }
        loaded_clear(&loaded);
    }
}
END_TEST

START_TEST(test_probe_when_of_a_metric_then_its_tolerance_has_the_metrics_unit)
{
    static const struct {
        const char *probe;
        bool good;
        int64_t lowest;
        int64_t highest;
    } list[] = {
        {"\"availability\", \"tolerance\": [\"99.5%\", \"100%\"]", true, SQ_RATIO_ONE / 1000 * 995,
         SQ_RATIO_ONE},
        {"\"availability\", \"tolerance\": [1, 1]", true, SQ_RATIO_ONE, SQ_RATIO_ONE},
        {"\"availability\", \"tolerance\": [0, 1.0]", true, 0, SQ_RATIO_ONE},
        {"\"availability\", \"tolerance\": [1, 1.000000001]", false, 0, 0},
        {"\"availability\", \"tolerance\": [1, 0.999999999]", false, 0, 0},
        {"\"availability\", \"tolerance\": [-0.1, 1]", false, 0, 0},
        {"\"availability\", \"tolerance\": [null, 1]", false, 0, 0},
        {"\"availability\", \"tolerance\": [0.5]", false, 0, 0},
        {"\"availability\", \"tolerance\": [0, 0.5, 1]", false, 0, 0},
        {"\"availability\", \"tolerance\": 1", false, 0, 0},
        {"\"availability\", \"aggregation\": \"max\", \"tolerance\": [0, 1]", false, 0, 0},
        {"\"availability\", \"aggregation\": \"value\", \"tolerance\": [0, 1]", true, 0,
         SQ_RATIO_ONE},
        {"\"call_duration\", \"aggregation\": \"p(95)\", \"tolerance\": [\"1ms\", \"2.5s\"]", true,
         SQ_MS, 2500 * SQ_MS},
        {"\"call_duration\", \"aggregation\": \"count\", \"tolerance\": [1, 25]", true, 1, 25},
        {"\"call_duration\", \"aggregation\": \"p(95)\", \"tolerance\": [1, 2500]", false, 0, 0},
        {"\"call_duration\", \"aggregation\": \"p(95)<1s\", \"tolerance\": [\"0s\", \"1s\"]", false,
         0, 0},
        {"\"call_duration\", \"tolerance\": [\"1ms\", \"2.5s\"]", false, 0, 0},
        {"\"call_duration{outcome:recovered}\", \"aggregation\": \"max\", \"tolerance\": [\"0s\", "
         "\"1m\"]",
         true, 0, SQ_MINUTE},
        {"\"fallback_ratio{strategy:final}\", \"tolerance\": [0, \"1%\"]", true, 0,
         SQ_RATIO_ONE / 100},
        {"\"goodput\", \"tolerance\": [4.125, \"10\"]", true, 4125, 10000},
        {"\"retry_amplification\", \"aggregation\": \"max\", \"tolerance\": [1, 1.5]", true,
         SQ_FACTOR_ONE, SQ_FACTOR_ONE * 3 / 2},
        {"\"cost_usd\", \"tolerance\": [0, 4.2]", true, 0, INT64_C(4200000000000)},
        {"\"breaker_open_time\", \"tolerance\": [\"0s\", \"0s\"]", true, 0, 0},
        {"\"goodput{phase:before}\", \"tolerance\": [1, 2]", false, 0, 0},
        {"\"time_to_open\", \"aggregation\": \"max\", \"tolerance\": [\"0s\", \"1s\"]", false, 0,
         0},
        {"\"time_to_recover\", \"aggregation\": \"max\", \"tolerance\": [\"0s\", \"1s\"]", false, 0,
         0},
        {"\"queue_wait\", \"tolerance\": [\"0s\", \"1s\"]", false, 0, 0},
        {"\"availability{\", \"tolerance\": [0, 1]", false, 0, 0},
    };
    for (size_t i = 0; i < sizeof(list) / sizeof(list[0]); i++) {
        struct loaded loaded;
        struct sq_strbuf probe = {0};
        sq_strbuf_add_format(&probe, "{ \"metric\": %s }", list[i].probe);
        load_probes(&loaded, "\"when\": [\"before\"],", sq_strbuf_text(&probe));
        ck_assert_msg((loaded.status == SQ_OK) == list[i].good, "%s\n%s", list[i].probe,
                      sq_strbuf_text(&loaded.text));
        if (list[i].good) {
            ck_assert_msg(loaded.scenario->thresholds[0].limit == list[i].lowest, "%s",
                          list[i].probe);
            ck_assert_msg(loaded.scenario->thresholds[0].upper == list[i].highest, "%s",
                          list[i].probe);
        }
        sq_strbuf_clear(&probe);
        loaded_clear(&loaded);
    }
}
END_TEST

START_TEST(test_steady_state_when_no_fault_has_a_window_then_a_warning_about_after)
{
    static const struct {
        const char *parts;
        uint32_t n_warnings;
    } list[] = {
        {"\"steady_state\": { \"probes\": [ " AVAILABILITY " ] }", 1},
        {"\"steady_state\": { \"when\": [\"before\"], \"probes\": [ " AVAILABILITY " ] }", 0},
        {FAULT "\"steady_state\": { \"probes\": [ " AVAILABILITY " ] }", 0},
    };
    for (size_t i = 0; i < sizeof(list) / sizeof(list[0]); i++) {
        struct loaded loaded;
        load_with(&loaded, list[i].parts);
        ck_assert_int_eq(loaded.status, SQ_OK);
        ck_assert_uint_eq(loaded.diagnostics.n_warnings, list[i].n_warnings);
        loaded_clear(&loaded);
    }
}
END_TEST

START_TEST(test_steady_state_when_thresholds_come_from_elsewhere_then_it_stays)
{
    struct sq_load_options options = {.thresholds = {"batch"}, .n_thresholds = 1};
    struct sq_strbuf text = {0};
    struct loaded loaded;
    scenario_text(&text, FAULT "\"thresholds\": { \"tokens\": [\"<5\"] }, \"steady_state\": { "
                               "\"probes\": [ " AVAILABILITY " ] }");
    load_text(&loaded, sq_strbuf_text(&text), &options);
    ck_assert_msg(loaded.status == SQ_OK, "%s", sq_strbuf_text(&loaded.text));
    ck_assert_uint_eq(loaded.scenario->n_thresholds, 3 + 2);
    ck_assert_int_eq(loaded.scenario->thresholds[3].when, SQ_WHEN_BEFORE);
    sq_strbuf_clear(&text);
    loaded_clear(&loaded);
}
END_TEST

START_TEST(test_probes_when_there_are_too_many_checks_then_refused)
{
    /* 16 probes twice and 32 thresholds are 64 checks. */
    for (int n = 32; n <= 33; n++) {
        struct sq_strbuf parts = {0};
        struct loaded loaded;
        sq_strbuf_add(&parts, FAULT "\"thresholds\": { \"tokens\": [ \"<1\"");
        for (int i = 1; i < n; i++) {
            sq_strbuf_add(&parts, ", \"<1\"");
        }
        sq_strbuf_add(&parts, " ] }, \"steady_state\": { \"probes\": [ " AVAILABILITY);
        for (int i = 1; i < 16; i++) {
            sq_strbuf_add(&parts, ", " AVAILABILITY);
        }
        sq_strbuf_add(&parts, " ] }");
        load_with(&loaded, sq_strbuf_text(&parts));
        ck_assert_int_eq(loaded.status, n == 32 ? SQ_OK : SQ_INVALID);
        sq_strbuf_clear(&parts);
        loaded_clear(&loaded);
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("scenario_steady");
    TCase *tests = tcase_create("steady state");
    tcase_add_test(tests, test_steady_state_when_written_then_a_check_before_and_one_after);
    tcase_add_test(tests, test_steady_state_when_it_says_when_then_only_then);
    tcase_add_test(tests, test_probe_when_of_a_metric_then_its_tolerance_has_the_metrics_unit);
    tcase_add_test(tests, test_steady_state_when_no_fault_has_a_window_then_a_warning_about_after);
    tcase_add_test(tests, test_steady_state_when_thresholds_come_from_elsewhere_then_it_stays);
    tcase_add_test(tests, test_probes_when_there_are_too_many_checks_then_refused);
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
