/* SPDX-License-Identifier: MIT */
/* What a match asks of headers and body. */
#include "mockprovider/request/clauses.h"

#include <check.h>
#include <string.h>

#include "mockprovider/script.h"
#include "wire/pattern.h"

static struct sq_script script;

static struct sq_clause *add(enum sq_clause_of of, const char *where, enum sq_clause_is is,
                             const char *value)
{
    struct sq_clause *clause = &script.clauses[script.n_clauses++];
    *clause = (struct sq_clause){
        .of = of, .is = is, .where = where, .value = value, .length = strlen(value)};
    if (is == SQ_CLAUSE_PATTERN) {
        ck_assert_int_eq(sq_pattern_new(value, strlen(value), &clause->pattern, NULL), SQ_OK);
    }
    return clause;
}

static void clear(void)
{
    for (uint32_t i = 0; i < script.n_clauses; i++) {
        sq_pattern_free(script.clauses[i].pattern);
    }
    script.n_clauses = 0;
}

static bool same_name(const char *a, const char *b)
{
    size_t i = 0;
    while (a[i] != '\0' && (a[i] | 32) == (b[i] | 32)) {
        i++;
    }
    return a[i] == '\0' && b[i] == '\0';
}

/* One header: user-agent. */
static const char *header(void *context, const char *name)
{
    return same_name(name, "user-agent") ? context : NULL;
}

/* Which clauses hold, as a text of '1' and '0'; they are removed. */
static void check(const char *agent, const char *body, const char *wanted)
{
    char agent_text[64];
    char found[SQ_CLAUSES_MAX + 1] = {0};
    uint32_t holds;
    memcpy(agent_text, agent, strlen(agent) + 1);
    struct sq_said said = {.header = header,
                           .context = agent[0] == '\0' ? NULL : agent_text,
                           .body = body,
                           .length = strlen(body)};
    ck_assert_int_eq(sq_clauses_hold(&script, &said, &holds, NULL), SQ_OK);
    for (uint32_t i = 0; i < script.n_clauses; i++) {
        found[i] = (holds >> i & 1) != 0 ? '1' : '0';
    }
    ck_assert_str_eq(found, wanted);
}

START_TEST(test_header_is_compared_by_its_whole_value)
{
    add(SQ_CLAUSE_HEADER, "User-Agent", SQ_CLAUSE_TEXT, "OpenAI/Python 2.52");
    add(SQ_CLAUSE_HEADER, "user-agent", SQ_CLAUSE_TEXT, "OpenAI");
    add(SQ_CLAUSE_HEADER, "user-agent", SQ_CLAUSE_TEXT, "openai/python 2.52");
    add(SQ_CLAUSE_HEADER, "user-agent", SQ_CLAUSE_PATTERN, "^OpenAI/");
    add(SQ_CLAUSE_HEADER, "user-agent", SQ_CLAUSE_PRESENT, "");
    add(SQ_CLAUSE_HEADER, "user-agent", SQ_CLAUSE_ABSENT, "");
    add(SQ_CLAUSE_HEADER, "x-tier", SQ_CLAUSE_PRESENT, "");
    add(SQ_CLAUSE_HEADER, "x-tier", SQ_CLAUSE_ABSENT, "");
    add(SQ_CLAUSE_HEADER, "x-tier", SQ_CLAUSE_PATTERN, "");
    check("OpenAI/Python 2.52", "{}", "100110010");
    check("", "{}", "000001010");
    check("\xff", "{}", "000010010");
    clear();
}
END_TEST

START_TEST(test_body_is_compared_by_what_it_means)
{
    add(SQ_CLAUSE_BODY, "/user", SQ_CLAUSE_TEXT, "\xc3\xa9");
    add(SQ_CLAUSE_BODY, "/n", SQ_CLAUSE_NUMBER, "1");
    add(SQ_CLAUSE_BODY, "/n", SQ_CLAUSE_NUMBER, "1.5");
    add(SQ_CLAUSE_BODY, "/stream", SQ_CLAUSE_TRUE, "");
    add(SQ_CLAUSE_BODY, "/stream", SQ_CLAUSE_FALSE, "");
    add(SQ_CLAUSE_BODY, "/stop", SQ_CLAUSE_NULL, "");
    add(SQ_CLAUSE_BODY, "/messages/0/content", SQ_CLAUSE_PATTERN, "\xc3\xa9$");
    add(SQ_CLAUSE_BODY, "/tools", SQ_CLAUSE_PRESENT, "");
    add(SQ_CLAUSE_BODY, "/tools", SQ_CLAUSE_ABSENT, "");
    check("",
          "{\"user\":\"\\u00e9\",\"n\":10e-1,\"stream\":true,\"stop\":null,"
          "\"messages\":[{\"content\":\"caf\\u00e9\"}],\"tools\":[]}",
          "110101110");
    check("", "{\"user\":1,\"n\":\"1\",\"stream\":\"true\",\"stop\":0,\"messages\":[{}]}",
          "000000001");
    check("", "{\"n\":1.50,\"stream\":false,\"messages\":[{\"content\":[\"\\u00e9\"]}]}",
          "001010001");
    check("", "not JSON", "000000001");
    clear();
}
END_TEST

START_TEST(test_pattern_that_takes_too_long_is_an_error_of_ours)
{
    struct sq_error err = {0};
    uint32_t holds;
    static char value[] = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!";
    add(SQ_CLAUSE_HEADER, "user-agent", SQ_CLAUSE_PATTERN, "^(a|aa|a*a*)*$");
    struct sq_said said = {.header = header, .context = value, .body = "{}", .length = 2};
    ck_assert_int_eq(sq_clauses_hold(&script, &said, &holds, &err), SQ_LIMIT);
    clear();
}
END_TEST

START_TEST(test_last_of_all_clauses_has_the_last_bit)
{
    uint32_t holds;
    for (uint32_t i = 0; i < SQ_CLAUSES_MAX; i++) {
        add(SQ_CLAUSE_BODY, "/a", i + 1 == SQ_CLAUSES_MAX ? SQ_CLAUSE_PRESENT : SQ_CLAUSE_ABSENT,
            "");
    }
    struct sq_said said = {.header = header, .body = "{\"a\":0}", .length = 7};
    ck_assert_int_eq(sq_clauses_hold(&script, &said, &holds, NULL), SQ_OK);
    ck_assert_uint_eq(holds, UINT32_C(1) << 31);
    clear();
}
END_TEST

int main(void)
{
    TCase *tests = tcase_create("clauses");
    tcase_add_test(tests, test_header_is_compared_by_its_whole_value);
    tcase_add_test(tests, test_body_is_compared_by_what_it_means);
    tcase_add_test(tests, test_pattern_that_takes_too_long_is_an_error_of_ours);
    tcase_add_test(tests, test_last_of_all_clauses_has_the_last_bit);
    Suite *suite = suite_create("clauses");
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? 0 : 1;
}
