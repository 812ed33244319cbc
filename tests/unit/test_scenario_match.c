/* SPDX-License-Identifier: MIT */
/* Keys, tenants and sessions of a workload, and faults that match or share draws by them. */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "tests/support/scenario_text.h"

/* 20 keys, 10 tenants, sessions of 5, and one fault with these members. */
static const char *const with_identities = "\"keys\": 20, \"tenants\": 10, \"sessions\": { "
                                           "\"length\": 5 },";

static void load_fault(struct loaded *loaded, const char *workload, const char *fault)
{
    struct sq_strbuf text = {0};
    sq_strbuf_add_format(
        &text,
        "{ \"schema\": \"squall/scenario/1\", \"duration\": \"1m\",\n"
        "\"workload\": { %s \"phases\": [ { \"arrival_rate\": 5 } ] },\n"
        "\"providers\": { \"openai\": { \"models\": { \"gpt-4o\": { \"ttft\": \"1s\", "
        "\"tokens_per_second\": 50 } } } },\n"
        "\"faults\": [ { \"kind\": \"hang\", %s } ] }",
        workload, fault);
    load_text(loaded, sq_strbuf_text(&text), NULL);
    sq_strbuf_clear(&text);
}

/* What is said of the fault; "" when nothing is. */
static void check_said(const char *workload, const char *fault, const char *said)
{
    struct loaded loaded;
    load_fault(&loaded, workload, fault);
    const char *text = sq_strbuf_text(&loaded.text);
    if (said[0] == '\0') {
        ck_assert_msg(text[0] == '\0', "%s\n%s", fault, text);
    } else {
        ck_assert_msg(strstr(text, said) != NULL, "%s: not `%s` but\n%s", fault, said, text);
        if (strncmp(said, "error", 5) == 0 || strncmp(said, "warning", 7) == 0) {
            ck_assert_uint_eq(loaded.diagnostics.n_errors, said[0] == 'e' ? 1 : 0);
        }
    }
    loaded_clear(&loaded);
}

START_TEST(test_workload_when_identities_are_at_their_bounds_then_only_good_ones_load)
{
    static const char *const fault = "\"per\": \"call\"";
    struct loaded loaded;
    load_fault(&loaded, with_identities, fault);
    ck_assert_uint_eq(loaded.scenario->workload.n_keys, 20);
    ck_assert_uint_eq(loaded.scenario->workload.n_tenants, 10);
    ck_assert_uint_eq(loaded.scenario->workload.session_length, 5);
    loaded_clear(&loaded);
    check_said("\"keys\": 1, \"tenants\": 10000,", fault, "");
    check_said("\"keys\": 0,", fault, "error[S012]");
    check_said("\"tenants\": 10001,", fault, "error[S012]");
    check_said("\"sessions\": {},", fault, "error[S011]");
    check_said("\"sessions\": { \"length\": 0 },", fault, "error[S012]");
    check_said("\"sessions\": 5,", fault, "error[S010]");
    check_said("\"api_keys\": 3,", fault, "write `keys");
}
END_TEST

START_TEST(test_key_when_it_is_no_key_of_the_workload_then_that_is_said)
{
    check_said(with_identities, "\"match\": { \"key\": 1 }", "");
    check_said(with_identities, "\"match\": { \"key\": 20, \"tenant\": 10 }", "");
    check_said(with_identities, "\"match\": { \"key\": 21 }",
               "error[S012]: `faults[0].match.key` is key 21 of 20");
    check_said(with_identities, "\"match\": { \"tenant\": \"squall-tenant-11\" }",
               "error[S012]: `faults[0].match.tenant` is tenant 11 of 10");
    check_said("", "\"match\": { \"key\": 1 }",
               "error[S019]: `faults[0].match.key` names a key, and the workload has none");
    check_said(with_identities, "\"match\": { \"key\": 0 }", "error[S012]");
    check_said(with_identities, "\"match\": { \"key\": \"\" }",
               "error[S012]: `faults[0].match.key` is empty");
    check_said(with_identities, "\"match\": { \"key\": \"sk-mine\" }",
               "warning[S031]: no call of the workload has this key");
    check_said(with_identities, "\"match\": { \"api_key\": 1 }", "write `key");
}
END_TEST

START_TEST(test_key_when_given_by_name_then_it_is_the_numbered_one)
{
    static const char *const names[] = {"7", "\"sk-squall-key-07\"", "\"Bearer sk-squall-key-07\""};
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        struct loaded loaded;
        struct sq_strbuf fault = {0};
        sq_strbuf_add_format(&fault, "\"match\": { \"key\": %s }", names[i]);
        load_fault(&loaded, with_identities, sq_strbuf_text(&fault));
        ck_assert_uint_eq(loaded.scenario->script.rules[0].match.key, 7);
        sq_strbuf_clear(&fault);
        loaded_clear(&loaded);
    }
}
END_TEST

START_TEST(test_per_when_the_workload_has_none_then_a_warning_says_so)
{
    check_said(with_identities, "\"per\": \"key\", \"probability\": 0.5", "");
    check_said(with_identities, "\"per\": \"session\"", "");
    check_said("", "\"per\": \"key\"", "warning[S034]");
    check_said("\"keys\": 2,", "\"per\": \"tenant\"", "add \"tenants\": 20 to the workload");
    check_said("\"keys\": 2,", "\"per\": \"session\"", "add \"sessions\": { \"length\": 5 }");
    check_said(with_identities, "\"per\": \"key\", \"requests\": { \"first\": 1 }",
               "warning[S030]: `faults[0]` counts attempts of all calls with a key together");
    check_said(with_identities, "\"per\": \"user\"", "write \"tenant\"");
}
END_TEST

START_TEST(test_header_when_it_cannot_be_matched_then_that_is_said)
{
    check_said(
        with_identities,
        "\"match\": { \"header\": { \"Authorization\": { \"pattern\": \"-07$\" }, "
        "\"X-Session-Id\": \"squall-session-01\", \"content-type\": \"application/json\" } }",
        "");
    check_said(with_identities, "\"match\": { \"header\": { \"user-agent\": \"x\" } }",
               "warning[S031]: no call of the workload sends the header \"user-agent\"");
    check_said("", "\"match\": { \"header\": { \"authorization\": \"x\" } }", "warning[S031]");
    check_said("", "\"match\": { \"header\": { \"authorization\": { \"present\": false } } }", "");
    check_said("", "\"match\": { \"header\": { \"Host\": \"x\" } }", "error[S033]");
    check_said("", "\"match\": { \"header\": { \"X-Squall-Attempt\": \"x\" } }", "error[S033]");
    check_said("", "\"match\": { \"header\": { \"a b\": \"x\" } }", "error[S022]");
    check_said("", "\"match\": { \"header\": { \"a\": 1 } }", "error[S010]");
    check_said("", "\"match\": { \"header\": { \"a\": \"\\n\" } }", "error[S012]");
    check_said("", "\"match\": { \"header\": {} }", "error[S021]");
    check_said("", "\"match\": { \"header\": { \"accept\": { \"pattern\": \"(\" } } }",
               "error[S033]: `faults[0].match.header.accept.pattern` is not a regular expression");
    check_said("", "\"match\": { \"header\": { \"accept\": {} } }", "error[S011]");
    check_said(
        "", "\"match\": { \"header\": { \"accept\": { \"pattern\": \"a\", \"present\": true } } }",
        "error[S");
}
END_TEST

START_TEST(test_body_when_its_pointer_is_none_then_that_is_said)
{
    check_said(with_identities,
               "\"match\": { \"body\": { \"/model\": \"gpt-4o\", \"/stream\": true, \"/user\": "
               "\"squall-tenant-01\", \"/messages/0/role\": { \"pattern\": \"^u\" }, "
               "\"/stream_options/include_usage\": null } }",
               "");
    check_said("", "\"match\": { \"body\": { \"stream\": true } }",
               "`faults[0].match.body.stream` does not begin with a slash");
    check_said("", "\"match\": { \"body\": { \"/a~2\": 1 } }", "error[S033]");
    check_said("", "\"match\": { \"body\": { \"/temperature\": 0.7 } }",
               "warning[S031]: no call of the workload sends a value at \"/temperature\"");
    check_said("", "\"match\": { \"body\": { \"/user\": \"a\" } }", "warning[S031]");
    check_said("", "\"match\": { \"body\": { \"/temperature\": { \"present\": false } } }", "");
    check_said("", "\"match\": { \"body\": { \"/messages\": [] } }",
               "error[S010]: `faults[0].match.body./messages` is a list");
    check_said("", "\"match\": { \"body\": { \"/messages\": { \"a\": 1 } } }", "error[S017]");
}
END_TEST

START_TEST(test_clauses_when_two_are_equal_then_they_are_one)
{
    struct loaded loaded;
    load_fault(
        &loaded, "",
        "\"match\": { \"body\": { \"/stream\": true, \"/model\": \"m\" } } },\n"
        "{ \"kind\": \"hang\", \"match\": { \"body\": { \"/model\": { \"pattern\": \"m\" }, "
        "\"/stream\": true } } },\n"
        "{ \"kind\": \"hang\", \"match\": { \"body\": { \"/model\": { \"pattern\": \"m\" } } "
        "}");
    ck_assert_int_eq(loaded.status, SQ_OK);
    ck_assert_uint_eq(loaded.scenario->script.n_clauses, 3);
    ck_assert_uint_eq(loaded.scenario->script.rules[0].match.clauses, 3);
    ck_assert_uint_eq(loaded.scenario->script.rules[1].match.clauses, 5);
    ck_assert_uint_eq(loaded.scenario->script.rules[2].match.clauses, 4);
    loaded_clear(&loaded);
}
END_TEST

START_TEST(test_clauses_when_there_are_more_than_a_word_has_bits_then_that_is_said)
{
    for (int over = 0; over < 2; over++) {
        struct loaded loaded;
        struct sq_strbuf fault = {0};
        sq_strbuf_add(&fault, "\"match\": { \"body\": { \"/stream\": true");
        for (int i = 1; i < SQ_CLAUSES_MAX; i++) {
            sq_strbuf_add_format(&fault, ", \"/m%d\": { \"present\": false }", i);
        }
        sq_strbuf_add_format(&fault, " }%s }",
                             over == 0 ? "" : ", \"header\": { \"accept\": \"*/*\" }");
        load_fault(&loaded, "", sq_strbuf_text(&fault));
        ck_assert_int_eq(loaded.status, over == 0 ? SQ_OK : SQ_INVALID);
        ck_assert_int_eq(strstr(sq_strbuf_text(&loaded.text), "error[S021]") != NULL, over);
        sq_strbuf_clear(&fault);
        loaded_clear(&loaded);
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("scenario_match");
    TCase *tests = tcase_create("match");
    tcase_add_test(tests,
                   test_workload_when_identities_are_at_their_bounds_then_only_good_ones_load);
    tcase_add_test(tests, test_key_when_it_is_no_key_of_the_workload_then_that_is_said);
    tcase_add_test(tests, test_key_when_given_by_name_then_it_is_the_numbered_one);
    tcase_add_test(tests, test_per_when_the_workload_has_none_then_a_warning_says_so);
    tcase_add_test(tests, test_header_when_it_cannot_be_matched_then_that_is_said);
    tcase_add_test(tests, test_body_when_its_pointer_is_none_then_that_is_said);
    tcase_add_test(tests, test_clauses_when_two_are_equal_then_they_are_one);
    tcase_add_test(tests, test_clauses_when_there_are_more_than_a_word_has_bits_then_that_is_said);
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
