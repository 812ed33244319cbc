/* SPDX-License-Identifier: MIT */
/* The grammar of thresholds as a table, their selectors, and the files they come from. */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "tests/support/scenario_text.h"

struct row {
    const char *metric;
    const char *text;
    bool good;
    enum sq_aggregation aggregation;
    enum sq_operator operation;
    int64_t limit;
    uint32_t per_million;
};

static const struct row rows[] = {
    {"availability", ">=99.5%", true, SQ_AGGREGATION_VALUE, SQ_OPERATOR_GE, 995000000, 0},
    {"availability", " >= 0.995 ", true, SQ_AGGREGATION_VALUE, SQ_OPERATOR_GE, 995000000, 0},
    {"availability", "rate>0.995", true, SQ_AGGREGATION_VALUE, SQ_OPERATOR_GT, 995000000, 0},
    {"availability", "value==1", true, SQ_AGGREGATION_VALUE, SQ_OPERATOR_EQ, 1000000000, 0},
    {"availability", ">=100%", true, SQ_AGGREGATION_VALUE, SQ_OPERATOR_GE, 1000000000, 0},
    {"availability", ">=100.0000001%", false, 0, 0, 0, 0},
    {"availability", ">=99.5", false, 0, 0, 0, 0},
    {"availability", "max<1", false, 0, 0, 0, 0},
    {"availability", "p(95)>0.9", false, 0, 0, 0, 0},
    {"availability", "=>0.9", false, 0, 0, 0, 0},
    {"availability", "!=0.9", false, 0, 0, 0, 0},
    {"availability", "0.9", false, 0, 0, 0, 0},
    {"availability", ">", false, 0, 0, 0, 0},
    {"availability", "", false, 0, 0, 0, 0},
    {"availability", ">-1%", false, 0, 0, 0, 0},
    {"availability", ">1%%", false, 0, 0, 0, 0},
    {"error_ratio", "<1%", true, SQ_AGGREGATION_VALUE, SQ_OPERATOR_LT, 10000000, 0},
    {"call_duration", "p(95)<2500ms", true, SQ_AGGREGATION_P, SQ_OPERATOR_LT, 2500 * SQ_MS, 950000},
    {"call_duration", "p(99.9) <= 8s", true, SQ_AGGREGATION_P, SQ_OPERATOR_LE, 8 * SQ_SECOND,
     999000},
    {"call_duration", "p(99.9999)<8s", true, SQ_AGGREGATION_P, SQ_OPERATOR_LT, 8 * SQ_SECOND,
     999999},
    {"call_duration", "p(99.99999)<8s", false, 0, 0, 0, 0},
    {"call_duration", "p(100)<8s", false, 0, 0, 0, 0},
    {"call_duration", "p(0)<8s", false, 0, 0, 0, 0},
    {"call_duration", "p95<8s", false, 0, 0, 0, 0},
    {"call_duration", "p(95<8s", false, 0, 0, 0, 0},
    {"call_duration", "avg<8s", true, SQ_AGGREGATION_AVG, SQ_OPERATOR_LT, 8 * SQ_SECOND, 0},
    {"call_duration", "min<8s", true, SQ_AGGREGATION_MIN, SQ_OPERATOR_LT, 8 * SQ_SECOND, 0},
    {"call_duration", "med<8s", true, SQ_AGGREGATION_MED, SQ_OPERATOR_LT, 8 * SQ_SECOND, 0},
    {"call_duration", "max<1m30s", true, SQ_AGGREGATION_MAX, SQ_OPERATOR_LT, 90 * SQ_SECOND, 0},
    {"call_duration", "count>100", true, SQ_AGGREGATION_COUNT, SQ_OPERATOR_GT, 100, 0},
    {"call_duration", "count>1.5", false, 0, 0, 0, 0},
    {"call_duration", "<8s", false, 0, 0, 0, 0},
    {"call_duration", "rate<8s", false, 0, 0, 0, 0},
    {"call_duration", "max<8", false, 0, 0, 0, 0},
    {"call_duration", "median<8s", false, 0, 0, 0, 0},
    {"goodput", ">4.125", true, SQ_AGGREGATION_VALUE, SQ_OPERATOR_GT, 4125, 0},
    {"goodput", ">4.1255", false, 0, 0, 0, 0},
    {"retry_amplification", "<1.5", true, SQ_AGGREGATION_VALUE, SQ_OPERATOR_LT, 1500000, 0},
    {"retry_amplification", "max<3", true, SQ_AGGREGATION_MAX, SQ_OPERATOR_LT, 3000000, 0},
    {"attempt_rate", "max<40", true, SQ_AGGREGATION_MAX, SQ_OPERATOR_LT, 40, 0},
    {"cost_per_1k_good_calls", "<4.20", true, SQ_AGGREGATION_VALUE, SQ_OPERATOR_LT,
     INT64_C(4200000000000), 0},
    {"cost_usd", "<$5", false, 0, 0, 0, 0},
    {"tokens", "count<1000", true, SQ_AGGREGATION_VALUE, SQ_OPERATOR_LT, 1000, 0},
    {"breaker_open_time", "max<30s", true, SQ_AGGREGATION_MAX, SQ_OPERATOR_LT, 30 * SQ_SECOND, 0},
    {"time_to_recover", "max<30s", true, SQ_AGGREGATION_MAX, SQ_OPERATOR_LT, 30 * SQ_SECOND, 0}};

START_TEST(test_threshold_when_written_then_read_as_the_table_says)
{
    const struct row *row = &rows[_i];
    struct loaded loaded;
    struct sq_strbuf parts = {0};
    sq_strbuf_add_format(&parts, "\"thresholds\": { \"%s\": [\"%s\"] }", row->metric, row->text);
    load_with(&loaded, sq_strbuf_text(&parts));
    if (!row->good) {
        ck_assert_msg(loaded.status == SQ_INVALID, "%s", parts.text);
        ck_assert_ptr_nonnull(strstr(sq_strbuf_text(&loaded.text), "error[S026]"));
    } else {
        ck_assert_msg(loaded.status == SQ_OK, "%s\n%s", parts.text, sq_strbuf_text(&loaded.text));
        const struct sq_threshold *threshold = &loaded.scenario->thresholds[0];
        ck_assert_str_eq(sq_metric_row(threshold->metric)->name, row->metric);
        ck_assert_int_eq(threshold->aggregation, row->aggregation);
        ck_assert_int_eq(threshold->operation, row->operation);
        ck_assert_int_eq(threshold->limit, row->limit);
        ck_assert_uint_eq(threshold->per_million, row->per_million);
        ck_assert(threshold->strict);
        ck_assert_int_eq(threshold->on_no_data, SQ_NO_DATA_INCONCLUSIVE);
        ck_assert_int_eq(threshold->over, SQ_OVER_POOLED);
    }
    sq_strbuf_clear(&parts);
    loaded_clear(&loaded);
}
END_TEST

START_TEST(test_threshold_when_an_object_then_its_fields_are_kept)
{
    struct loaded loaded;
    load_with(&loaded, "\"thresholds\": { \"call_duration{phase:faulty}\": [ { \"threshold\":"
                       " \"p(95)<2500ms\", \"strict\": false, \"on_no_data\": \"pass\", \"over\":"
                       " \"each_seed\" } ] }");
    ck_assert_int_eq(loaded.status, SQ_OK);
    const struct sq_threshold *threshold = &loaded.scenario->thresholds[0];
    ck_assert_str_eq(threshold->text, "call_duration{phase:faulty} p(95)<2500ms");
    ck_assert_int_eq(threshold->selector, SQ_SELECT_PHASE);
    ck_assert_uint_eq(threshold->selected, SQ_PHASE_FAULTY);
    ck_assert(!threshold->strict);
    ck_assert_int_eq(threshold->on_no_data, SQ_NO_DATA_PASS);
    ck_assert_int_eq(threshold->over, SQ_OVER_EACH_SEED);
    loaded_clear(&loaded);
}
END_TEST

START_TEST(test_selector_when_written_then_only_known_ones_of_the_metric_load)
{
    static const struct {
        const char *metric;
        bool good;
        enum sq_selector selector;
        uint8_t selected;
    } list[] = {{"error_ratio{phase:before}", true, SQ_SELECT_PHASE, SQ_PHASE_BEFORE},
                {"error_ratio{ phase:after }", true, SQ_SELECT_PHASE, SQ_PHASE_AFTER},
                {"error_ratio{phase:phase-1}", true, SQ_SELECT_PHASE, SQ_PHASE_WORKLOAD_0},
                {"fallback_ratio{strategy:final}", true, SQ_SELECT_STRATEGY, SQ_STRATEGY_FINAL},
                {"fallback_ratio{strategy:switch_model}", true, SQ_SELECT_STRATEGY, 0},
                {"error_ratio{phase:peak}", false, 0, 0},
                {"error_ratio{outcome:failed}", false, 0, 0},
                {"error_ratio{strategy:final}", false, 0, 0},
                {"fallback_ratio{strategy:magic}", false, 0, 0},
                {"error_ratio{", false, 0, 0},
                {"error_ratio}", false, 0, 0},
                {"error_ratio{}", false, 0, 0},
                {"queue_wait", false, 0, 0},
                {"nothing", false, 0, 0}};
    for (size_t i = 0; i < sizeof(list) / sizeof(list[0]); i++) {
        struct loaded loaded;
        struct sq_strbuf parts = {0};
        sq_strbuf_add_format(&parts, "\"thresholds\": { \"%s\": [\"<1%%\"] }", list[i].metric);
        load_with(&loaded, sq_strbuf_text(&parts));
        ck_assert_msg((loaded.status == SQ_OK) == list[i].good, "%s\n%s", list[i].metric,
                      sq_strbuf_text(&loaded.text));
        if (list[i].good) {
            ck_assert_int_eq(loaded.scenario->thresholds[0].selector, list[i].selector);
            ck_assert_uint_eq(loaded.scenario->thresholds[0].selected, list[i].selected);
        }
        sq_strbuf_clear(&parts);
        loaded_clear(&loaded);
    }
}
END_TEST

/* "max<1s", or "<1": what any metric takes. */
static const char *limit_of(const struct sq_metric_row *row)
{
    return row->distribution ? "max<1s" : row->kind == SQ_METRIC_DURATION ? "<1s" : "<1";
}

START_TEST(test_phase_when_of_any_metric_then_only_what_is_counted_across_phases_is_refused)
{
    const struct sq_metric_row *row = sq_metric_row((enum sq_metric)_i);
    bool across = _i == SQ_METRIC_TIME_TO_OPEN || _i == SQ_METRIC_TIME_TO_RECOVER;
    static const char *const phases[] = {"before", "faulty", "after", "phase-1"};
    for (size_t i = 0; i < sizeof(phases) / sizeof(phases[0]); i++) {
        struct loaded loaded;
        struct sq_strbuf parts = {0};
        sq_strbuf_add_format(&parts, "\"thresholds\": { \"%s{phase:%s}\": [\"%s\"] }", row->name,
                             phases[i], limit_of(row));
        load_with(&loaded, sq_strbuf_text(&parts));
        ck_assert_msg((loaded.status == SQ_OK) == !across, "%s\n%s", parts.text,
                      sq_strbuf_text(&loaded.text));
        if (across) {
            const char *text = sq_strbuf_text(&loaded.text);
            ck_assert_ptr_nonnull(strstr(text, "counted from a fault window, across the phases"));
        } else {
            ck_assert_uint_eq(loaded.scenario->thresholds[0].selected,
                              i < 3 ? i : SQ_PHASE_WORKLOAD_0);
        }
        sq_strbuf_clear(&parts);
        loaded_clear(&loaded);
    }
}
END_TEST

START_TEST(test_selector_when_refused_then_the_reason_is_said)
{
    static const struct {
        const char *metric;
        const char *says;
    } list[] = {
        {"error_ratio{outcome:failed}",
         "only call_duration, ttft and tpot are told apart by outcome"},
        {"error_ratio{strategy:final}", "only fallback_ratio is told apart by strategy"},
        {"error_ratio{phase:peak}", "or a phase of the workload, phase-1"},
        {"errors_ratio{phase:after}", "did you mean `error_ratio`?"},
    };
    for (size_t i = 0; i < sizeof(list) / sizeof(list[0]); i++) {
        struct loaded loaded;
        struct sq_strbuf parts = {0};
        sq_strbuf_add_format(&parts, "\"thresholds\": { \"%s\": [\"<1%%\"] }", list[i].metric);
        load_with(&loaded, sq_strbuf_text(&parts));
        ck_assert_msg(strstr(sq_strbuf_text(&loaded.text), list[i].says) != NULL, "%s\n%s",
                      list[i].metric, sq_strbuf_text(&loaded.text));
        sq_strbuf_clear(&parts);
        loaded_clear(&loaded);
    }
}
END_TEST

START_TEST(test_phase_when_named_as_a_reserved_one_then_refused)
{
    static const struct {
        const char *name;
        bool good;
    } list[] = {
        {"before", false}, {"faulty", false}, {"after", false}, {"befor", true}, {"After", true}};
    for (size_t i = 0; i < sizeof(list) / sizeof(list[0]); i++) {
        struct loaded loaded;
        struct sq_strbuf text = {0};
        sq_strbuf_add_format(
            &text,
            "{ \"workload\": { \"phases\": [ { \"name\": \"%s\", \"duration\": \"1m\", "
            "\"arrival_rate\": 5 } ] }, \"providers\": { \"a\": { \"models\": { \"m\": { "
            "\"ttft\": \"1s\", \"tokens_per_second\": 50, \"price\": { \"input\": 1, "
            "\"output\": 1 } } } } } }",
            list[i].name);
        load_text(&loaded, sq_strbuf_text(&text), NULL);
        ck_assert_msg((loaded.status == SQ_OK) == list[i].good, "%s\n%s", list[i].name,
                      sq_strbuf_text(&loaded.text));
        if (!list[i].good) {
            ck_assert_ptr_nonnull(strstr(sq_strbuf_text(&loaded.text), "has a reserved name"));
        }
        sq_strbuf_clear(&text);
        loaded_clear(&loaded);
    }
}
END_TEST

START_TEST(test_thresholds_when_built_in_sets_are_named_then_all_are_judged)
{
    static const struct {
        const char *value;
        int n; /* -1: refused */
    } list[] = {{"\"interactive\"", 8},
                {"\"batch\"", 3},
                {"[ \"interactive\", \"batch\" ]", 11},
                {"[ \"batch\", { \"tokens\": [\"<5\"] } ]", 4},
                {"[]", 0},
                {"\"interactiv\"", -1},
                {"[ \"batch\", 5 ]", -1}};
    for (size_t i = 0; i < sizeof(list) / sizeof(list[0]); i++) {
        struct loaded loaded;
        struct sq_strbuf parts = {0};
        sq_strbuf_add_format(&parts, "\"thresholds\": %s", list[i].value);
        load_with(&loaded, sq_strbuf_text(&parts));
        ck_assert_msg((loaded.status == SQ_OK) == (list[i].n >= 0), "%s\n%s", list[i].value,
                      sq_strbuf_text(&loaded.text));
        ck_assert_int_eq(loaded.scenario == NULL ? -1 : loaded.scenario->n_thresholds, list[i].n);
        sq_strbuf_clear(&parts);
        loaded_clear(&loaded);
    }
}
END_TEST

START_TEST(test_thresholds_when_a_list_of_sets_then_all_are_judged)
{
    struct loaded loaded;
    load_with(&loaded, "\"thresholds\": [ { \"error_ratio\": [\"<1%\", \"<2%\"] },"
                       " { \"tokens\": [\"<5\"] } ]");
    ck_assert_int_eq(loaded.status, SQ_OK);
    ck_assert_uint_eq(loaded.scenario->n_thresholds, 3);
    loaded_clear(&loaded);
    load_with(&loaded, "\"thresholds\": \"./no-such-set.json\"");
    ck_assert_int_eq(loaded.status, SQ_INVALID);
    ck_assert_ptr_nonnull(strstr(sq_strbuf_text(&loaded.text), "error[S003]"));
    loaded_clear(&loaded);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("scenario_threshold");
    TCase *tests = tcase_create("thresholds");
    tcase_add_loop_test(tests, test_threshold_when_written_then_read_as_the_table_says, 0,
                        sizeof(rows) / sizeof(rows[0]));
    tcase_add_test(tests, test_threshold_when_an_object_then_its_fields_are_kept);
    tcase_add_test(tests, test_selector_when_written_then_only_known_ones_of_the_metric_load);
    tcase_add_loop_test(
        tests, test_phase_when_of_any_metric_then_only_what_is_counted_across_phases_is_refused, 0,
        SQ_METRICS);
    tcase_add_test(tests, test_selector_when_refused_then_the_reason_is_said);
    tcase_add_test(tests, test_phase_when_named_as_a_reserved_one_then_refused);
    tcase_add_test(tests, test_thresholds_when_built_in_sets_are_named_then_all_are_judged);
    tcase_add_test(tests, test_thresholds_when_a_list_of_sets_then_all_are_judged);
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
