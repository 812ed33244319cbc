/* SPDX-License-Identifier: MIT */
/* What the tables say: the committed schemas, explanations, lists of what is built in. */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "scenarios/reference.h"
#include "tests/support/scenario_text.h"
#include "wire/json.h"

static void check_schema(const char *name, const char *path)
{
    struct sq_strbuf printed = {0};
    struct sq_strbuf committed = {0};
    struct sq_error err = {0};
    ck_assert_int_eq(sq_reference_schema(name, &printed, &err), SQ_OK);
    read_source(path, &committed);
    ck_assert_msg(strcmp(sq_strbuf_text(&printed), sq_strbuf_text(&committed)) == 0,
                  "%s is not what `squall schema %s` prints", path, name);
    struct sq_json_document *document;
    ck_assert_int_eq(sq_json_read(printed.text, printed.length, NULL, &document, &err), SQ_OK);
    sq_json_free(document);
    sq_strbuf_clear(&printed);
    sq_strbuf_clear(&committed);
}

START_TEST(test_schema_when_printed_then_it_is_the_committed_one)
{
    check_schema("scenario", "scenarios/schema/scenario.schema.json");
    check_schema("policy", "scenarios/schema/policy.schema.json");
}
END_TEST

START_TEST(test_schema_when_unknown_then_refused)
{
    struct sq_strbuf printed = {0};
    struct sq_error err = {0};
    ck_assert_int_eq(sq_reference_schema("result", &printed, &err), SQ_INVALID);
    ck_assert_str_eq(err.text, "no schema is named \"result\" (known: scenario, policy)");
    ck_assert_uint_eq(printed.length, 0);
}
END_TEST

/* Every property has a description; names of objects are unique, or the JSON would not have been
 * read. */
START_TEST(test_schema_when_read_then_every_property_is_described)
{
    struct sq_strbuf printed = {0};
    struct sq_error err = {0};
    struct sq_json_document *document;
    size_t n_properties = 0;
    ck_assert_int_eq(sq_reference_schema("scenario", &printed, &err), SQ_OK);
    ck_assert_int_eq(sq_json_read(printed.text, printed.length, NULL, &document, &err), SQ_OK);
    const struct sq_json *defs = sq_json_member(sq_json_root(document), "$defs");
    for (const struct sq_json *def = sq_json_first(defs); def != NULL; def = sq_json_next(def)) {
        const struct sq_json *properties = sq_json_member(def, "properties");
        for (const struct sq_json *property = sq_json_first(properties); property != NULL;
             property = sq_json_next(property)) {
            const struct sq_json *description = sq_json_member(property, "description");
            ck_assert_msg(description != NULL && sq_json_text(description, NULL)[0] != '\0',
                          "%s.%s", sq_json_key(def), sq_json_key(property));
            n_properties++;
        }
    }
    ck_assert_uint_ge(n_properties, 120);
    sq_json_free(document);
    sq_strbuf_clear(&printed);
}
END_TEST

START_TEST(test_explain_when_known_then_said)
{
    static const char *const list[][2] = {
        {"policy.retry.delay", "policy.retry.delay: the wait before a retry"},
        {"retry.max_attempts", "1 to 255"},
        {"scenario.workload.phases", "one phase after the other"},
        {"faults[0].kind", "required"},
        {"providers.openai.models.llama.ttft", "to the first token"},
        {"policy.roles.cheap.timeouts.idle", "longest silence"},
        {"max_attempts", "policy.retry.max_attempts:"},
        {"thresholds", "what must hold"},
        {"rate_limited", "class of failed attempts, group throttled"},
        {"throttled", "slow_down: class"},
        {"recovered", "outcome of a call"},
        {"call_duration", "p(N)"},
        {"retry_amplification", "metric of thresholds"},
        {"stall", "kind of fault, family stream"},
        {"S017", "no field of this name"},
        {"recommended", "preset: what to start from"},
        {"quickstart", "scenario of the catalog"},
        {"openai/gpt-4o", "profile of a model"},
        {"steady_state", "before the first fault"},
        {"steady_state.probes[0].tolerance", "the lowest and the highest"},
        {"slo", "not supported by this version"}};
    for (size_t i = 0; i < sizeof(list) / sizeof(list[0]); i++) {
        struct sq_strbuf out = {0};
        struct sq_error err = {0};
        ck_assert_msg(sq_reference_explain(list[i][0], &out, &err) == SQ_OK, "%s: %s", list[i][0],
                      err.text);
        ck_assert_msg(strstr(sq_strbuf_text(&out), list[i][1]) != NULL, "%s\n%s", list[i][0],
                      sq_strbuf_text(&out));
        sq_strbuf_clear(&out);
    }
}
END_TEST

START_TEST(test_explain_when_unknown_then_the_nearest_is_offered)
{
    struct sq_strbuf out = {0};
    struct sq_error err = {0};
    ck_assert_int_eq(sq_reference_explain("max_atempts", &out, &err), SQ_INVALID);
    ck_assert_str_eq(err.text, "nothing is named \"max_atempts\"");
    ck_assert_str_eq(err.hint, "did you mean \"max_attempts\"?");
    ck_assert_int_eq(sq_reference_explain("", &out, &err), SQ_INVALID);
    ck_assert_int_eq(sq_reference_explain("policy.retry.", &out, &err), SQ_INVALID);
    ck_assert_int_eq(sq_reference_explain("policy.foo.bar", &out, &err), SQ_INVALID);
    ck_assert_int_eq(sq_reference_explain("....[[", &out, &err), SQ_INVALID);
    sq_strbuf_clear(&out);
}
END_TEST

/* The member of a built-in file's root. */
static void check_sentence(const char *folder, const char *key, const char *name,
                           const char *sentence)
{
    struct sq_strbuf path = {0};
    struct sq_strbuf text = {0};
    struct sq_error err = {0};
    struct sq_json_document *document;
    sq_strbuf_add_format(&path, "%s/%s.json", folder, name);
    read_source(sq_strbuf_text(&path), &text);
    ck_assert_int_eq(sq_json_read(text.text, text.length, NULL, &document, &err), SQ_OK);
    const struct sq_json *member = sq_json_member(sq_json_root(document), key);
    ck_assert_ptr_nonnull(member);
    ck_assert_str_eq(sq_json_text(member, NULL), sentence);
    sq_json_free(document);
    sq_strbuf_clear(&path);
    sq_strbuf_clear(&text);
}

START_TEST(test_built_ins_when_listed_then_sentences_are_those_of_the_files)
{
    static const struct {
        enum sq_built_in kind;
        const char *folder;
        const char *key;
    } kinds[] = {{SQ_BUILT_IN_SCENARIO, "scenarios/catalog", "title"},
                 {SQ_BUILT_IN_PRESET, "policies/presets", "description"}};
    for (size_t k = 0; k < 2; k++) {
        ck_assert_uint_ge(sq_reference_built_in_count(kinds[k].kind), 3);
        for (uint32_t i = 0; i < sq_reference_built_in_count(kinds[k].kind); i++) {
            struct sq_strbuf sentence = {0};
            const char *name = sq_reference_built_in_name(kinds[k].kind, i);
            ck_assert_int_eq(sq_reference_built_in_sentence(kinds[k].kind, i, &sentence, NULL),
                             SQ_OK);
            check_sentence(kinds[k].folder, kinds[k].key, name, sq_strbuf_text(&sentence));
            sq_strbuf_clear(&sentence);
        }
    }
}
END_TEST

START_TEST(test_metrics_when_looked_up_then_rows_and_names_agree)
{
    enum sq_metric metric;
    for (int i = 0; i < SQ_METRICS; i++) {
        const char *name = sq_metric_row((enum sq_metric)i)->name;
        ck_assert(sq_metric_by_name(name, strlen(name), &metric));
        ck_assert_int_eq(metric, i);
        ck_assert(!sq_metric_by_name(name, strlen(name) - 1, &metric));
    }
    ck_assert_str_eq(sq_aggregation_name(SQ_AGGREGATION_P), "p");
    ck_assert_str_eq(sq_strategy_name(SQ_STRATEGY_FINAL), "final");
    ck_assert_str_eq(sq_operator_name(SQ_OPERATOR_LE), "<=");
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("scenario_reference");
    TCase *tests = tcase_create("scenario_reference");
    tcase_add_test(tests, test_schema_when_printed_then_it_is_the_committed_one);
    tcase_add_test(tests, test_schema_when_unknown_then_refused);
    tcase_add_test(tests, test_schema_when_read_then_every_property_is_described);
    tcase_add_test(tests, test_explain_when_known_then_said);
    tcase_add_test(tests, test_explain_when_unknown_then_the_nearest_is_offered);
    tcase_add_test(tests, test_built_ins_when_listed_then_sentences_are_those_of_the_files);
    tcase_add_test(tests, test_metrics_when_looked_up_then_rows_and_names_agree);
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
