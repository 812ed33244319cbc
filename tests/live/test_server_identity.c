/* SPDX-License-Identifier: MIT */
/* Whose requests are, and what matches ask of them, as the server reads it from the wire. */
#include <check.h>
#include <string.h>

#include "tests/support/server_world.h"
#include "wire/pattern.h"

static struct server_world world;

static void set_up(void)
{
    server_world_init(&world);
}

static void tear_down(void)
{
    struct sq_script *script = &far_side()->script;
    server_world_end(&world);
    for (uint32_t i = 0; i < script->n_clauses; i++) {
        sq_pattern_free(script->clauses[i].pattern);
    }
    script->n_clauses = 0;
}

static struct sq_rule *teapot(const char *name)
{
    struct sq_rule *rule = far_side_rule(SQ_FAULT_STATUS, name);
    rule->effect.status = 418;
    return rule;
}

static void ask(struct sq_rule *rule, enum sq_clause_of of, const char *where, enum sq_clause_is is,
                const char *value)
{
    struct sq_script *script = &far_side()->script;
    struct sq_clause *clause = &script->clauses[script->n_clauses];
    *clause = (struct sq_clause){
        .of = of, .is = is, .where = where, .value = value, .length = strlen(value)};
    if (is == SQ_CLAUSE_PATTERN) {
        ck_assert_int_eq(sq_pattern_new(value, strlen(value), &clause->pattern, NULL), SQ_OK);
    }
    rule->match.clauses |= UINT32_C(1) << script->n_clauses++;
}

/* A stranger's request with these headers and further members of the body. */
static int status_of(const char *headers, const char *members)
{
    struct sq_strbuf body = {0};
    struct http_client client = server_world_connect(&world);
    sq_strbuf_add_format(&body, "{\"model\":\"gpt-4o\",\"messages\":[]%s}", members);
    http_client_post(&client, SERVER_WORLD_PATH, headers, sq_strbuf_text(&body));
    struct http_answer answer = http_client_read_all(&client);
    int status = answer.status;
    http_answer_clear(&answer);
    http_client_close(&client);
    sq_strbuf_clear(&body);
    return status;
}

START_TEST(test_key_is_read_from_every_header_that_vendors_use)
{
    teapot("dead")->match.key = 7;
    server_world_start(&world);
    ck_assert_int_eq(status_of("Authorization: Bearer sk-squall-key-07\r\n", ""), 418);
    ck_assert_int_eq(status_of("authorization: bearer sk-squall-key-07\r\n", ""), 418);
    ck_assert_int_eq(status_of("X-Api-Key: sk-squall-key-07\r\n", ""), 418);
    ck_assert_int_eq(status_of("api-key: sk-squall-key-07\r\n", ""), 418);
    ck_assert_int_eq(status_of("Authorization: Bearer sk-squall-key-08\r\n", ""), 200);
    ck_assert_int_eq(status_of("Authorization: Bearer sk-squall-key-7\r\n", ""), 200);
    ck_assert_int_eq(status_of("", ""), 200);
}
END_TEST

START_TEST(test_key_of_a_stranger_is_matched_by_its_text)
{
    teapot("dead")->match.key = sq_identity_read(SQ_IDENTITY_KEY, "sk-mine", 7);
    server_world_start(&world);
    ck_assert_int_eq(status_of("Authorization: Bearer sk-mine\r\n", ""), 418);
    ck_assert_int_eq(status_of("Authorization: Bearer sk-yours\r\n", ""), 200);
}
END_TEST

START_TEST(test_tenant_is_the_end_user_of_the_body)
{
    teapot("tenant")->match.tenant = 3;
    teapot("acme")->match.tenant = sq_identity_read(SQ_IDENTITY_TENANT, "acme", 4);
    server_world_start(&world);
    ck_assert_int_eq(status_of("", ",\"user\":\"squall-tenant-03\""), 418);
    ck_assert_int_eq(status_of("", ",\"safety_identifier\":\"squall-tenant-03\""), 418);
    ck_assert_int_eq(status_of("", ",\"user\":\"acme\""), 418);
    ck_assert_int_eq(status_of("", ",\"user\":\"squall-tenant-04\""), 200);
    ck_assert_int_eq(status_of("", ""), 200);
}
END_TEST

START_TEST(test_session_of_a_stranger_shares_one_count)
{
    struct sq_rule *rule = teapot("second");
    rule->per = SQ_PER_SESSION;
    rule->count = (struct sq_count){.kind = SQ_COUNT_RANGE, .first = 2, .last = 2};
    server_world_start(&world);
    ck_assert_int_eq(status_of("x-session-id: a\r\n", ""), 200);
    ck_assert_int_eq(status_of("x-session-id: b\r\n", ""), 200);
    ck_assert_int_eq(status_of("x-session-id: a\r\n", ""), 418);
    ck_assert_int_eq(status_of("x-session-id: a\r\n", ""), 200);
    ck_assert_int_eq(status_of("x-session-id: b\r\n", ""), 418);
}
END_TEST

START_TEST(test_header_and_body_are_matched_together)
{
    struct sq_rule *rule = teapot("old-client");
    ask(rule, SQ_CLAUSE_HEADER, "user-agent", SQ_CLAUSE_PATTERN, "^OpenAI/Python 1\\.");
    ask(rule, SQ_CLAUSE_BODY, "/tools/0/function/name", SQ_CLAUSE_TEXT, "search");
    server_world_start(&world);
    static const char *const tools = ",\"tools\":[{\"function\":{\"name\":\"search\"}}]";
    static const char *const agent = "User-Agent: OpenAI/Python 1.99\r\n";
    ck_assert_int_eq(status_of(agent, tools), 418);
    ck_assert_int_eq(status_of("User-Agent: OpenAI/Python 2.0\r\n", tools), 200);
    ck_assert_int_eq(status_of("", tools), 200);
    ck_assert_int_eq(status_of(agent, ",\"tools\":[{\"function\":{\"name\":\"find\"}}]"), 200);
    ck_assert_int_eq(status_of(agent, ""), 200);
}
END_TEST

START_TEST(test_replay_of_matched_requests_is_the_same)
{
    struct sq_rule *rule = teapot("no-tools");
    bool same = false;
    uint64_t n_events;
    ask(rule, SQ_CLAUSE_BODY, "/tools", SQ_CLAUSE_ABSENT, "");
    rule->match.key = 2;
    server_world_start(&world);
    ck_assert_int_eq(status_of("Authorization: Bearer sk-squall-key-02\r\n", ""), 418);
    ck_assert_int_eq(status_of("Authorization: Bearer sk-squall-key-02\r\n", ",\"tools\":[]"), 200);
    sq_server_finish(world.server);
    ck_assert_int_eq(sq_server_replay(world.server, &same, &n_events, NULL), SQ_OK);
    ck_assert(same);
    ck_assert_uint_eq(n_events, 4);
}
END_TEST

int main(void)
{
    TCase *tests = tcase_create("server_identity");
    tcase_set_timeout(tests, 60);
    tcase_add_checked_fixture(tests, set_up, tear_down);
    tcase_add_test(tests, test_key_is_read_from_every_header_that_vendors_use);
    tcase_add_test(tests, test_key_of_a_stranger_is_matched_by_its_text);
    tcase_add_test(tests, test_tenant_is_the_end_user_of_the_body);
    tcase_add_test(tests, test_session_of_a_stranger_shares_one_count);
    tcase_add_test(tests, test_header_and_body_are_matched_together);
    tcase_add_test(tests, test_replay_of_matched_requests_is_the_same);
    Suite *suite = suite_create("server_identity");
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? 0 : 1;
}
