/* SPDX-License-Identifier: MIT */
/* Contracts of requests: their samples, the place of the filler, and mistakes with their places. */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "tests/support/memory_torture.h"
#include "tests/support/scenario_text.h"

#define CONTRACT(text)                                                                             \
    "\"workload\": { \"phases\": [ { \"duration\": \"1s\", \"arrival_rate\": 5 } ], "              \
    "\"requests\": [ { \"contract\": " text " } ] }"
#define SCHEMA(text) CONTRACT("{ \"schema\": " text " }")

struct example {
    const char *parts;
    const char *sample;
    uint32_t fill_at;
    bool fill_blank;
};

static void check_sample(const struct example *example)
{
    struct loaded loaded;
    load_with(&loaded, example->parts);
    ck_assert_msg(loaded.status == SQ_OK, "%s\n%s", example->parts, sq_strbuf_text(&loaded.text));
    const struct sq_script *script = &loaded.scenario->script;
    ck_assert_uint_eq(script->n_contracts, 1);
    ck_assert_uint_eq(loaded.scenario->workload.requests[0].contract, 1);
    ck_assert_str_eq(script->contracts[0].sample, example->sample);
    ck_assert_uint_eq(script->contracts[0].fill_at, example->fill_at);
    ck_assert(script->contracts[0].fill_blank == example->fill_blank);
    ck_assert(loaded.scenario->contracts[0].json);
    loaded_clear(&loaded);
}

START_TEST(test_sample_when_made_from_a_schema_then_the_smallest_that_meets_it)
{
    static const struct example list[] = {
        {CONTRACT("{ \"json\": true }"), "{\"answer\":\"\"}", 11, false},
        {SCHEMA("true"), "\"\"", 1, false},
        {SCHEMA("{}"), "\"\"", 1, false},
        {SCHEMA("{ \"type\": \"object\" }"), "{}", 1, true},
        {SCHEMA("{ \"type\": \"object\", \"required\": [\"answer\"] }"), "{\"answer\":\"\"}", 11,
         false},
        {SCHEMA("{ \"required\": [\"a\", \"b\"], \"type\": \"object\", \"properties\": { \"a\": { "
                "\"enum\": [\"x\", \"y\"] }, \"b\": { \"type\": \"string\" } } }"),
         "{\"a\":\"x\",\"b\":\"\"}", 14, false},
        {SCHEMA("{ \"type\": \"array\", \"minItems\": 2, \"items\": { \"minimum\": 3 } }"), "[3,3]",
         1, true},
        {SCHEMA("{ \"type\": \"array\", \"minItems\": 2, \"prefixItems\": [ { \"const\": null } ], "
                "\"items\": { \"type\": \"boolean\" } }"),
         "[null,true]", 1, true},
        {SCHEMA("{ \"type\": \"integer\", \"exclusiveMinimum\": 7 }"), "8", 0, true},
        {SCHEMA("{ \"type\": [\"number\", \"null\"], \"maximum\": -1.5 }"), "-1.5", 0, true},
        {SCHEMA("{ \"type\": \"string\", \"minLength\": 3, \"maxLength\": 8 }"), "\"xxx\"", 0,
         true},
        {SCHEMA("{ \"anyOf\": [ { \"$ref\": \"#/$defs/a\" } ], \"$defs\": { \"a\": { \"type\": "
                "\"null\" } } }"),
         "null", 0, true},
        {SCHEMA("{ \"const\": { \"é\": [1, true, \"\\\"\"] } }"), "{\"\\u00e9\":[1,true,\"\\\"\"]}",
         1, true}};
    for (size_t i = 0; i < sizeof(list) / sizeof(list[0]); i++) {
        check_sample(&list[i]);
    }
}
END_TEST

START_TEST(test_sample_when_given_then_kept_as_one_line_of_ascii)
{
    static const struct example list[] = {
        {CONTRACT("{ \"json\": true, \"sample\": { \"n\": 1.50, \"t\": \"a\\nb\" } }"),
         "{\"n\":1.50,\"t\":\"a\\nb\"}", 15, false},
        {CONTRACT("{ \"json\": true, \"sample\": [ [], {}, false, \"😀\" ] }"),
         "[[],{},false,\"\\ud83d\\ude00\"]", 14, false},
        {CONTRACT("{ \"schema\": { \"type\": \"string\", \"pattern\": \"^[A-Z]{3}$\" }, "
                  "\"sample\": \"VND\" }"),
         "\"VND\"", 0, true}};
    for (size_t i = 0; i < sizeof(list) / sizeof(list[0]); i++) {
        check_sample(&list[i]);
    }
}
END_TEST

START_TEST(test_contract_when_only_whole_then_there_is_no_sample)
{
    struct loaded loaded;
    load_with(&loaded, CONTRACT("{ \"whole\": true }"));
    ck_assert_int_eq(loaded.status, SQ_OK);
    ck_assert_ptr_null(loaded.scenario->script.contracts[0].sample);
    ck_assert(loaded.scenario->contracts[0].whole);
    ck_assert(!loaded.scenario->contracts[0].json);
    loaded_clear(&loaded);
}
END_TEST

START_TEST(test_contract_when_it_cannot_be_met_then_said_why_and_what_to_do)
{
    static const struct {
        const char *parts;
        const char *says;
    } list[] = {
        {CONTRACT("{}"), "does not say what answers must be"},
        {CONTRACT("{ \"json\": false }"), "does not say what answers must be"},
        {CONTRACT("{ \"whole\": true, \"sample\": 1 }"), "does not say what answers must be"},
        {CONTRACT("{ \"json\": 1 }"), "S010"},
        {CONTRACT("{ \"shema\": {} }"), "S017"},
        {CONTRACT("5"), "S010"},
        {SCHEMA("\"é\""), "is no JSON Schema"},
        {SCHEMA("false"), "needs a `sample`"},
        {SCHEMA("{ \"type\": \"string\", \"pattern\": \"^[A-Z]{3}$\" }"),
         "write `sample` beside `schema`"},
        {SCHEMA("{ \"type\": \"string\", \"minLength\": 5000 }"), "more than 4096 bytes"},
        {SCHEMA("{ \"$ref\": \"#\" }"), "S032"},
        {SCHEMA("{ \"type\": \"object\", \"required\": [\"a\"], \"properties\": { \"a\": { "
                "\"$ref\": \"#\" } } }"),
         "needs a `sample`"},
        {SCHEMA("{ \"type\": \"texts\" }"), "S032"},
        {SCHEMA("{ \"required\": 5 }"), "S032"},
        {SCHEMA("{ \"$ref\": \"#/$defs/none\" }"), "S032"},
        {CONTRACT("{ \"schema\": { \"type\": \"string\" }, \"sample\": 5 }"),
         "does not meet its schema"}};
    for (size_t i = 0; i < sizeof(list) / sizeof(list[0]); i++) {
        struct loaded loaded;
        load_with(&loaded, list[i].parts);
        ck_assert_msg(loaded.status == SQ_INVALID, "%s", list[i].parts);
        ck_assert_msg(strstr(sq_strbuf_text(&loaded.text), list[i].says) != NULL, "%s\n%s",
                      list[i].parts, sq_strbuf_text(&loaded.text));
        loaded_clear(&loaded);
    }
}
END_TEST

START_TEST(test_schema_when_wrong_then_the_mistake_has_its_place_in_the_file)
{
    struct loaded loaded;
    load_with(&loaded, "\"title\": \"é\",\n" SCHEMA("{\n  \"minLength\": \"three\" }"));
    const char *text = sq_strbuf_text(&loaded.text);
    ck_assert_int_eq(loaded.status, SQ_INVALID);
    ck_assert_msg(strstr(text, "error[S032]") != NULL, "%s", text);
    ck_assert_msg(strstr(text, ":16\n") != NULL, "%s", text);
    ck_assert_msg(strstr(text, "|   \"minLength\": \"three\"") != NULL, "%s", text);
    loaded_clear(&loaded);
}
END_TEST

START_TEST(test_contract_when_memory_runs_out_then_said_and_nothing_leaks)
{
    size_t live = sq_memory_torture_live();
    for (size_t nth = 1;; nth++) {
        struct loaded loaded;
        sq_memory_torture_fail(nth);
        load_with(&loaded, SCHEMA("{ \"type\": \"object\" }"));
        bool done = sq_memory_torture_refused() == 0;
        ck_assert_int_eq(loaded.status, done ? SQ_OK : loaded.status);
        loaded_clear(&loaded);
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
    Suite *suite = suite_create("scenario_contract");
    TCase *tests = tcase_create("scenario_contract");
    tcase_set_timeout(tests, 60);
    tcase_add_test(tests, test_sample_when_made_from_a_schema_then_the_smallest_that_meets_it);
    tcase_add_test(tests, test_sample_when_given_then_kept_as_one_line_of_ascii);
    tcase_add_test(tests, test_contract_when_only_whole_then_there_is_no_sample);
    tcase_add_test(tests, test_contract_when_it_cannot_be_met_then_said_why_and_what_to_do);
    tcase_add_test(tests, test_schema_when_wrong_then_the_mistake_has_its_place_in_the_file);
    tcase_add_test(tests, test_contract_when_memory_runs_out_then_said_and_nothing_leaks);
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
