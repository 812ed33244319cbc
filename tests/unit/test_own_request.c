/* SPDX-License-Identifier: MIT */
/* What the driver sends, and which clauses of the script it will be found to meet. */
#include "sim/request/own_request.h"

#include <check.h>
#include <string.h>

#include "tests/support/small_scenario.h"
#include "wire/pattern.h"

static struct small_scenario *small;
static struct sq_own_requests *requests;

static void set_up(void)
{
    small = small_scenario_new();
    requests = NULL;
}

static void tear_down(void)
{
    struct sq_script *script = &small->scenario.script;
    for (uint32_t i = 0; i < script->n_clauses; i++) {
        sq_pattern_free(script->clauses[i].pattern);
    }
    script->n_clauses = 0;
    sq_own_requests_free(requests);
    small_scenario_free(small);
}

static void add(enum sq_clause_of of, const char *where, enum sq_clause_is is, const char *value)
{
    struct sq_script *script = &small->scenario.script;
    struct sq_clause *clause = &script->clauses[script->n_clauses++];
    *clause = (struct sq_clause){
        .of = of, .is = is, .where = where, .value = value, .length = strlen(value)};
    if (is == SQ_CLAUSE_PATTERN) {
        ck_assert_int_eq(sq_pattern_new(value, strlen(value), &clause->pattern, NULL), SQ_OK);
    }
}

static struct sq_attempt attempt_of(uint64_t key, uint64_t tenant, uint64_t session)
{
    return (struct sq_attempt){.call = 1,
                               .attempt = 1,
                               .nth = 1,
                               .stream = true,
                               .input_tokens = 100,
                               .output_tokens = 11,
                               .whose = {key, tenant, session}};
}

static uint32_t holds(const struct sq_attempt *attempt)
{
    struct sq_plan_request request;
    ck_assert_int_eq(sq_own_request(requests, attempt, &request, NULL), SQ_OK);
    ck_assert_uint_eq(request.whose.key, attempt->whose.key);
    ck_assert_uint_eq(request.input_tokens, attempt->input_tokens);
    return request.holds;
}

static void check_body(const struct sq_attempt *attempt, bool foreign, const char *wanted)
{
    struct sq_strbuf out = {0};
    sq_own_request_body(&out, &small->scenario, attempt, foreign);
    ck_assert_str_eq(sq_strbuf_text(&out), wanted);
    sq_strbuf_clear(&out);
}

START_TEST(test_body_names_the_tenant_but_to_no_foreign_endpoint)
{
    struct sq_prompt prompt = {.text = "hey", .length = 3};
    struct sq_attempt attempt = attempt_of(1, 4, 1);
    small->scenario.workload.streams[0].prompts.texts = &prompt;
    small->scenario.workload.streams[0].prompts.zipf.n_items = 1;
    attempt.stream = false;
    check_body(&attempt, false,
               "{\"model\":\"gpt-4o\",\"messages\":[{\"role\":\"user\",\"content\":\"hey\"}],"
               "\"user\":\"squall-tenant-04\",\"stream\":false}");
    check_body(&attempt, true,
               "{\"model\":\"gpt-4o\",\"messages\":[{\"role\":\"user\",\"content\":\"hey\"}],"
               "\"max_tokens\":11,\"stream\":false}");
    attempt.whose.tenant = 0;
    check_body(&attempt, false,
               "{\"model\":\"gpt-4o\",\"messages\":[{\"role\":\"user\",\"content\":\"hey\"}],"
               "\"stream\":false}");
}
END_TEST

START_TEST(test_clauses_hold_of_what_would_be_sent)
{
    add(SQ_CLAUSE_HEADER, "Authorization", SQ_CLAUSE_TEXT, "Bearer sk-squall-key-02");
    add(SQ_CLAUSE_HEADER, "x-session-id", SQ_CLAUSE_PATTERN, "-03$");
    add(SQ_CLAUSE_HEADER, "user-agent", SQ_CLAUSE_ABSENT, "");
    add(SQ_CLAUSE_BODY, "/user", SQ_CLAUSE_TEXT, "squall-tenant-05");
    add(SQ_CLAUSE_BODY, "/stream", SQ_CLAUSE_FALSE, "");
    add(SQ_CLAUSE_HEADER, "content-type", SQ_CLAUSE_TEXT, "application/json");
    requests = sq_own_requests_new(&small->scenario);
    struct sq_attempt attempt = attempt_of(2, 5, 3);
    ck_assert_uint_eq(holds(&attempt), 0x2f);
    attempt = attempt_of(0, 0, 0);
    ck_assert_uint_eq(holds(&attempt), 0x24);
    attempt.stream = false;
    ck_assert_uint_eq(holds(&attempt), 0x34);
    attempt = attempt_of(3, 5, 103);
    ck_assert_uint_eq(holds(&attempt), 0x2c);
}
END_TEST

START_TEST(test_request_is_rendered_once_where_clauses_see_no_difference)
{
    add(SQ_CLAUSE_BODY, "/stream", SQ_CLAUSE_TRUE, "");
    add(SQ_CLAUSE_HEADER, "authorization", SQ_CLAUSE_PATTERN, "-02$");
    requests = sq_own_requests_new(&small->scenario);
    for (uint32_t i = 1; i <= 1000; i++) {
        struct sq_attempt attempt = attempt_of(1 + i % 2, i, i);
        attempt.input_tokens = i;
        attempt.prompt = i;
        ck_assert_uint_eq(holds(&attempt), i % 2 == 1 ? 3 : 1);
    }
    ck_assert_uint_eq(sq_own_requests_rendered(requests), 2);
}
END_TEST

START_TEST(test_table_that_is_too_small_renders_again_and_stays_right)
{
    add(SQ_CLAUSE_HEADER, "x-session-id", SQ_CLAUSE_PATTERN, "[02468]$");
    requests = sq_own_requests_new(&small->scenario);
    for (int round = 0; round < 2; round++) {
        for (uint64_t session = 1; session <= 3 * SQ_OWN_REQUESTS_MAX; session++) {
            struct sq_attempt attempt = attempt_of(0, 0, session);
            ck_assert_uint_eq(holds(&attempt), session % 2 == 0 ? 1 : 0);
        }
    }
    ck_assert_uint_gt(sq_own_requests_rendered(requests), 3 * SQ_OWN_REQUESTS_MAX);
}
END_TEST

START_TEST(test_request_of_a_script_without_clauses_is_not_rendered)
{
    struct sq_plan_request request;
    struct sq_attempt attempt = attempt_of(1, 2, 3);
    ck_assert_int_eq(sq_own_request(NULL, &attempt, &request, NULL), SQ_OK);
    ck_assert_uint_eq(request.holds, 0);
    ck_assert_uint_eq(request.whose.session, 3);
}
END_TEST

static uint64_t rendered_by(const struct sq_attempt *one, const struct sq_attempt *other)
{
    uint64_t before = sq_own_requests_rendered(requests);
    (void)holds(one);
    (void)holds(one);
    (void)holds(other);
    return sq_own_requests_rendered(requests) - before;
}

/* A clause on the question makes requests distinct by what is asked: the prompt, or how long a text
 * stands for it. */
START_TEST(test_request_is_rendered_for_each_question_where_a_clause_looks_at_it)
{
    struct sq_prompt prompts[] = {{.text = "hey", .length = 3}, {.text = "you", .length = 3}};
    add(SQ_CLAUSE_BODY, "/messages/0/content", SQ_CLAUSE_TEXT, "you");
    add(SQ_CLAUSE_BODY, "/modelling", SQ_CLAUSE_ABSENT, "");
    requests = sq_own_requests_new(&small->scenario);
    struct sq_attempt one = attempt_of(1, 2, 3);
    struct sq_attempt other = one;
    other.input_tokens = one.input_tokens + 1;
    ck_assert_uint_eq(rendered_by(&one, &other), 2);
    ck_assert_uint_eq(holds(&one), 2);
    small->scenario.workload.streams[0].prompts.texts = prompts;
    small->scenario.workload.streams[0].prompts.zipf.n_items = 2;
    one.prompt = 0;
    other.prompt = 1;
    ck_assert_uint_eq(holds(&one), 2);
    ck_assert_uint_eq(holds(&other), 3);
}
END_TEST

START_TEST(test_request_is_rendered_for_each_model_and_kind)
{
    struct sq_script *script = &small->scenario.script;
    script->n_models = 2;
    script->models[1] = script->models[0];
    memcpy(script->models[1].name, "other", sizeof("other"));
    add(SQ_CLAUSE_BODY, "/model", SQ_CLAUSE_TEXT, "other");
    add(SQ_CLAUSE_BODY, "/stream_options/include_usage", SQ_CLAUSE_TRUE, "");
    requests = sq_own_requests_new(&small->scenario);
    struct sq_attempt one = attempt_of(1, 2, 3);
    struct sq_attempt other = one;
    other.model = 1;
    ck_assert_uint_eq(rendered_by(&one, &other), 2);
    ck_assert_uint_eq(holds(&one), 2);
    ck_assert_uint_eq(holds(&other), 3);
    other.stream = false;
    ck_assert_uint_eq(holds(&other), 1);
}
END_TEST

START_TEST(test_clause_on_what_is_accepted_holds)
{
    add(SQ_CLAUSE_HEADER, "Accept", SQ_CLAUSE_TEXT, SQ_OWN_REQUEST_ACCEPT);
    add(SQ_CLAUSE_HEADER, "accept", SQ_CLAUSE_TEXT, "text/html");
    requests = sq_own_requests_new(&small->scenario);
    struct sq_attempt attempt = attempt_of(1, 2, 3);
    ck_assert_uint_eq(holds(&attempt), 1);
}
END_TEST

/* As many tenants as the table has places and more: what differs in one part only is told apart. */
START_TEST(test_places_that_requests_share_keep_them_apart)
{
    add(SQ_CLAUSE_BODY, "/user", SQ_CLAUSE_PATTERN, "[13579]$");
    add(SQ_CLAUSE_BODY, "/messages/0/role", SQ_CLAUSE_TEXT, "user");
    add(SQ_CLAUSE_HEADER, "x-session-id", SQ_CLAUSE_PATTERN, "[02468]$");
    requests = sq_own_requests_new(&small->scenario);
    for (uint64_t i = 1; i <= 3 * SQ_OWN_REQUESTS_MAX; i++) {
        struct sq_attempt attempt = attempt_of(0, 1 + i % 50, 1 + i % 7);
        attempt.input_tokens = (uint32_t)(1 + i % 11);
        attempt.stream = i % 2 == 0;
        uint32_t wanted =
            2 | (attempt.whose.tenant % 2 == 1 ? 1 : 0) | (attempt.whose.session % 2 == 0 ? 4 : 0);
        ck_assert_uint_eq(holds(&attempt), wanted);
    }
}
END_TEST

int main(void)
{
    TCase *tests = tcase_create("own_request");
    tcase_add_checked_fixture(tests, set_up, tear_down);
    tcase_add_test(tests, test_body_names_the_tenant_but_to_no_foreign_endpoint);
    tcase_add_test(tests, test_clauses_hold_of_what_would_be_sent);
    tcase_add_test(tests, test_request_is_rendered_once_where_clauses_see_no_difference);
    tcase_add_test(tests, test_table_that_is_too_small_renders_again_and_stays_right);
    tcase_add_test(tests, test_request_of_a_script_without_clauses_is_not_rendered);
    tcase_add_test(tests, test_request_is_rendered_for_each_question_where_a_clause_looks_at_it);
    tcase_add_test(tests, test_request_is_rendered_for_each_model_and_kind);
    tcase_add_test(tests, test_clause_on_what_is_accepted_holds);
    tcase_add_test(tests, test_places_that_requests_share_keep_them_apart);
    Suite *suite = suite_create("own_request");
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? 0 : 1;
}
