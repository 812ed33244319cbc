/* SPDX-License-Identifier: MIT */
/* What the fault wrong_schema answers with: JSON that the contract refuses, for every shape of
 * schema that refuses any; and the warning where there is none. */
#include <check.h>
#include <string.h>

#include "tests/support/memory_torture.h"
#include "tests/support/scenario_text.h"

static const struct {
    const char *schema;
    const char *wrong;
} refusals[] = {
    {"{ \"type\": \"object\", \"required\": [\"answer\"] }", "{\"unexpected\":\"\"}"},
    {"{ \"type\": \"object\" }", "\"\""},
    {"{ \"type\": [\"object\", \"array\"] }", "\"\""},
    {"{ \"properties\": { \"a\": { \"type\": \"integer\" } } }", "{\"a\":{\"unexpected\":\"\"}}"},
    {"{ \"properties\": { \"a\": { \"enum\": [{}, 1] } } }", "{\"a\":{\"unexpected\":\"\"}}"},
    {"{ \"additionalProperties\": { \"maxLength\": 3 } }", "{\"unexpected\":\"xxxx\"}"},
    {"{ \"items\": { \"items\": { \"maxLength\": 3 } } }", "[[\"xxxx\"]]"},
    {"{ \"prefixItems\": [true, { \"type\": \"null\" }] }", "[0,0]"},
    {"{ \"prefixItems\": [true, true, { \"type\": \"null\" }] }",
     "[\"\",\"\",{\"unexpected\":\"\"}]"},
    {"{ \"minimum\": 5 }", "0"},
    {"{ \"maximum\": 5 }", "1e300"},
    {"{ \"multipleOf\": 0.01 }", "1e-300"},
    {"{ \"maxItems\": 4 }", "[0,0,0,0,0]"},
    {"{ \"minItems\": 1 }", "[]"},
    {"{ \"uniqueItems\": true }", "[0,0]"},
    {"{ \"contains\": { \"const\": 1 }, \"minContains\": 0, \"maxContains\": 1 }", "[1,1]"},
    {"{ \"maxProperties\": 2 }", "{\"m0\":0,\"m1\":0,\"m2\":0}"},
    {"{ \"propertyNames\": { \"maxLength\": 12 } }", "{\"xxxxxxxxxxxxx\":0}"},
    {"{ \"patternProperties\": { \"^x\": { \"type\": \"integer\" } } }",
     "{\"x\":{\"unexpected\":\"\"}}"},
    {"{ \"pattern\": \"^[a-z]*$\" }", "\" \""},
    {"{ \"maxLength\": 40 }", "\"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx\""},
    {"{ \"not\": { \"const\": 17 } }", "17"},
    {"{ \"dependentRequired\": { \"a\": [\"b\"] } }", "{\"a\":0}"},
    {"{ \"dependentSchemas\": { \"a\": { \"required\": [\"b\"] } } }", "{\"a\":0}"},
    {"{ \"if\": { \"properties\": { \"k\": { \"const\": \"x\" } }, \"required\": [\"k\"] }, "
     "\"then\": "
     "{ \"properties\": { \"v\": { \"type\": \"integer\" } } } }",
     "{\"k\":\"x\",\"v\":{\"unexpected\":\"\"}}"},
    {"{ \"allOf\": [true, { \"$ref\": \"#/$defs/t\" }], \"$defs\": { \"t\": { \"properties\": { "
     "\"n\": { \"type\": \"number\" }, \"t\": { \"$ref\": \"#/$defs/t\" } } } } }",
     "{\"n\":{\"unexpected\":\"\"}}"}};

static void load_contract(struct loaded *loaded, const char *contract, const char *more)
{
    struct sq_strbuf parts = {0};
    sq_strbuf_add_format(
        &parts,
        "\"workload\": { \"phases\": [ { \"duration\": \"1s\", \"arrival_rate\": 5 "
        "} ], \"requests\": [ { \"name\": \"a\", \"contract\": %s } %s ] }, "
        "\"faults\": [ { \"kind\": \"wrong_schema\" } ]",
        contract, more);
    load_with(loaded, sq_strbuf_text(&parts));
    ck_assert_msg(loaded->status == SQ_OK, "%s", sq_strbuf_text(&loaded->text));
    sq_strbuf_clear(&parts);
}

START_TEST(test_refusal_when_a_schema_refuses_anything_then_it_is_found)
{
    struct loaded loaded;
    struct sq_strbuf contract = {0};
    sq_strbuf_add_format(&contract, "{ \"schema\": %s }", refusals[_i].schema);
    load_contract(&loaded, sq_strbuf_text(&contract), "");
    const struct sq_script_contract *made = &loaded.scenario->script.contracts[0];
    ck_assert_msg(made->wrong != NULL, "%s", refusals[_i].schema);
    ck_assert_str_eq(made->wrong, refusals[_i].wrong);
    ck_assert(made->wrong_fill_blank == (_i > 0));
    ck_assert_uint_le(made->wrong_fill_at, strlen(made->wrong));
    ck_assert_uint_eq(loaded.diagnostics.n_warnings, 0);
    sq_strbuf_clear(&contract);
    loaded_clear(&loaded);
}
END_TEST

START_TEST(test_refusal_when_all_is_accepted_then_a_warning_at_the_fault)
{
    static const char *const open[] = {
        "{ \"schema\": true }", "{ \"schema\": {} }",
        "{ \"schema\": { \"type\": [\"object\", \"array\", \"string\", \"number\", \"boolean\", "
        "\"null\"] } }",
        "{ \"schema\": { \"properties\": { \"a\": { \"items\": { \"$ref\": \"#\" } } } } }",
        "{ \"json\": true }"};
    for (size_t i = 0; i < sizeof(open) / sizeof(open[0]); i++) {
        struct loaded loaded;
        load_contract(&loaded, open[i], "");
        ck_assert_ptr_null(loaded.scenario->script.contracts[0].wrong);
        ck_assert_msg(loaded.diagnostics.n_warnings == 1, "%s", open[i]);
        ck_assert_ptr_nonnull(
            strstr(sq_strbuf_text(&loaded.text), "warning[S031]: `faults[0]` answers with JSON"));
        loaded_clear(&loaded);
    }
}
END_TEST

/* JSON without a schema cannot be wrong, but the fault does its work at the other requests. */
START_TEST(test_refusal_when_another_contract_is_broken_then_only_an_open_schema_is_warned_of)
{
    static const struct {
        const char *contract;
        uint32_t warnings;
    } cases[] = {{"{ \"json\": true }", 0}, {"{ \"schema\": {} }", 1}, {"{ \"whole\": true }", 0}};
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct loaded loaded;
        load_contract(
            &loaded, cases[i].contract,
            ", { \"name\": \"b\", \"contract\": { \"schema\": { \"type\": \"array\" } } }");
        ck_assert_msg(loaded.diagnostics.n_warnings == cases[i].warnings, "%s", cases[i].contract);
        loaded_clear(&loaded);
    }
}
END_TEST

/* A contract of the policy stands in for those of the requests. */
START_TEST(test_refusal_when_the_policy_has_a_contract_then_it_is_the_one_that_counts)
{
    struct loaded loaded;
    load_with(&loaded,
              "\"workload\": { \"phases\": [ { \"duration\": \"1s\", \"arrival_rate\": 5 } ],"
              " \"requests\": [ { \"contract\": { \"schema\": {} } } ] },"
              " \"faults\": [ { \"kind\": \"wrong_schema\" } ],"
              " \"policy\": { \"contract\": { \"from\": \"policy\", \"schema\": { \"type\": "
              "\"object\" } } }");
    ck_assert_msg(loaded.status == SQ_OK, "%s", sq_strbuf_text(&loaded.text));
    ck_assert_uint_eq(loaded.diagnostics.n_warnings, 0);
    ck_assert_ptr_null(loaded.scenario->script.contracts[0].wrong);
    ck_assert_str_eq(loaded.scenario->script.contracts[1].wrong, "\"\"");
    loaded_clear(&loaded);
}
END_TEST

START_TEST(test_refusal_when_no_rule_asks_then_none_is_made)
{
    struct loaded loaded;
    load_with(&loaded,
              "\"workload\": { \"phases\": [ { \"duration\": \"1s\", \"arrival_rate\": 5 } "
              "], \"requests\": [ { \"contract\": { \"schema\": {} } } ] }, \"faults\": [ "
              "{ \"kind\": \"empty\" } ]");
    ck_assert_msg(loaded.status == SQ_OK, "%s", sq_strbuf_text(&loaded.text));
    ck_assert_ptr_null(loaded.scenario->script.contracts[0].wrong);
    ck_assert_uint_eq(loaded.diagnostics.n_warnings, 0);
    loaded_clear(&loaded);
}
END_TEST

START_TEST(test_refusal_when_memory_runs_out_then_said_and_nothing_leaks)
{
    struct sq_strbuf text = {0};
    scenario_text(&text, "\"workload\": { \"phases\": [ { \"duration\": \"1s\", "
                         "\"arrival_rate\": 5 } ], \"requests\": [ { \"contract\": { \"schema\": "
                         "{ \"items\": false } } } ] }, \"faults\": [ { \"kind\": "
                         "\"wrong_schema\" } ]");
    size_t live = sq_memory_torture_live();
    for (size_t nth = 1;; nth++) {
        struct loaded loaded;
        sq_memory_torture_fail(nth);
        load_text(&loaded, sq_strbuf_text(&text), NULL);
        bool done = sq_memory_torture_refused() == 0;
        /* Where only the path of a violation was lost, the refusal is found all the same. */
        ck_assert(loaded.status == SQ_NO_MEMORY ||
                  (loaded.status == SQ_OK && loaded.scenario->script.contracts[0].wrong != NULL));
        ck_assert(!done || loaded.status == SQ_OK);
        loaded_clear(&loaded);
        ck_assert_uint_eq(sq_memory_torture_live(), live);
        if (done) {
            break;
        }
    }
    sq_memory_torture_fail(0);
    sq_strbuf_clear(&text);
}
END_TEST

int main(void)
{
    TCase *tests = tcase_create("scenario_refusal");
    int n_refusals = (int)(sizeof(refusals) / sizeof(refusals[0]));
    tcase_add_loop_test(tests, test_refusal_when_a_schema_refuses_anything_then_it_is_found, 0,
                        n_refusals);
    tcase_add_test(tests, test_refusal_when_all_is_accepted_then_a_warning_at_the_fault);
    tcase_add_test(
        tests, test_refusal_when_another_contract_is_broken_then_only_an_open_schema_is_warned_of);
    tcase_add_test(tests,
                   test_refusal_when_the_policy_has_a_contract_then_it_is_the_one_that_counts);
    tcase_add_test(tests, test_refusal_when_no_rule_asks_then_none_is_made);
    tcase_set_timeout(tests, 60);
    tcase_add_test(tests, test_refusal_when_memory_runs_out_then_said_and_nothing_leaks);
    Suite *suite = suite_create("scenario_refusal");
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? 0 : 1;
}
