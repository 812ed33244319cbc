/* SPDX-License-Identifier: MIT */
/* What the caller got: commit points, and the name of the end. */
#include "policies/outcome_int.h"

#include <check.h>

static struct sq_call call_at(enum sq_progress progress, uint16_t status, uint8_t flags)
{
    return (struct sq_call){.progress = (uint8_t)progress, .status = status, .flags = flags};
}

START_TEST(test_committed_at_each_point_begins_there)
{
    struct sq_call connected = call_at(SQ_PROGRESS_CONNECTED, 200, SQ_CALL_STREAM);
    struct sq_call headers = call_at(SQ_PROGRESS_HEADERS, 200, SQ_CALL_STREAM);
    struct sq_call tokens = call_at(SQ_PROGRESS_TOKENS, 200, SQ_CALL_STREAM);
    ck_assert(!sq_outcome_is_committed(&connected, SQ_COMMIT_HEADERS));
    ck_assert(sq_outcome_is_committed(&headers, SQ_COMMIT_HEADERS));
    ck_assert(!sq_outcome_is_committed(&headers, SQ_COMMIT_FIRST_TOKEN));
    ck_assert(sq_outcome_is_committed(&tokens, SQ_COMMIT_FIRST_TOKEN));
    ck_assert(!sq_outcome_is_committed(&tokens, SQ_COMMIT_END));
}
END_TEST

START_TEST(test_committed_by_default_is_at_the_first_token_of_streams_only)
{
    struct sq_call stream = call_at(SQ_PROGRESS_TOKENS, 200, SQ_CALL_STREAM);
    struct sq_call plain = call_at(SQ_PROGRESS_TOKENS, 200, 0);
    struct sq_call contract = call_at(SQ_PROGRESS_TOKENS, 200, SQ_CALL_STREAM | SQ_CALL_CONTRACT);
    ck_assert(sq_outcome_is_committed(&stream, SQ_COMMIT_AUTO));
    ck_assert(!sq_outcome_is_committed(&plain, SQ_COMMIT_AUTO));
    ck_assert(!sq_outcome_is_committed(&contract, SQ_COMMIT_AUTO));
    ck_assert(!sq_outcome_is_committed(&contract, SQ_COMMIT_HEADERS));
}
END_TEST

START_TEST(test_committed_with_an_error_status_is_never)
{
    static const uint16_t errors[] = {0, 100, 199, 300, 429, 500};
    for (unsigned i = 0; i < sizeof errors / sizeof errors[0]; i++) {
        struct sq_call call = call_at(SQ_PROGRESS_TOKENS, errors[i], SQ_CALL_STREAM);
        ck_assert(!sq_outcome_is_committed(&call, SQ_COMMIT_HEADERS));
    }
    struct sq_call last = call_at(SQ_PROGRESS_HEADERS, 299, 0);
    ck_assert(sq_outcome_is_committed(&last, SQ_COMMIT_HEADERS));
}
END_TEST

START_TEST(test_outcome_of_an_answer_names_who_answered_and_when)
{
    struct sq_call call = {.wanted_role = 1, .attempt = 1};
    struct sq_result answered = {.klass = SQ_CLASS_NONE, .status = 200};
    ck_assert_uint_eq(sq_outcome_of(&call, &answered, 1), SQ_OUTCOME_FIRST_TRY);
    ck_assert_uint_eq(sq_outcome_of(&call, &answered, 0), SQ_OUTCOME_FALLBACK);
    call.attempt = 2;
    ck_assert_uint_eq(sq_outcome_of(&call, &answered, 1), SQ_OUTCOME_RECOVERED);
}
END_TEST

START_TEST(test_outcome_of_each_class_is_its_groups)
{
    struct sq_call call = {.attempt = 1};
    for (unsigned i = SQ_CLASS_NONE + 1; i < SQ_CLASSES; i++) {
        enum sq_class klass = (enum sq_class)i;
        struct sq_result result = {.klass = klass};
        enum sq_outcome expected = SQ_OUTCOME_FAILED;
        if (sq_class_row(klass)->group == SQ_GROUP_LOCAL) {
            expected = SQ_OUTCOME_REJECTED;
        } else if (sq_class_row(klass)->group == SQ_GROUP_CONTENT && klass != SQ_CLASS_MALFORMED) {
            expected = SQ_OUTCOME_INVALID;
        }
        ck_assert_uint_eq(sq_outcome_of(&call, &result, 0), expected);
        call.layer[0].committed = true;
        ck_assert_uint_eq(sq_outcome_of(&call, &result, 0), SQ_OUTCOME_FAILED);
        call.layer[0].committed = false;
    }
}
END_TEST

START_TEST(test_outcome_of_a_fixed_text_is_an_apology_unless_it_counts)
{
    struct sq_call call = {.attempt = 1};
    struct sq_result result = {.klass = SQ_CLASS_BREAKER_OPEN, .fixed = SQ_FIXED_APOLOGY};
    ck_assert_uint_eq(sq_outcome_of(&call, &result, 0), SQ_OUTCOME_APOLOGY);
    result.fixed = SQ_FIXED_SUBSTITUTE;
    ck_assert_uint_eq(sq_outcome_of(&call, &result, 0), SQ_OUTCOME_SUBSTITUTE);
}
END_TEST

int main(void)
{
    TCase *tests = tcase_create("outcome");
    tcase_add_test(tests, test_committed_at_each_point_begins_there);
    tcase_add_test(tests, test_committed_by_default_is_at_the_first_token_of_streams_only);
    tcase_add_test(tests, test_committed_with_an_error_status_is_never);
    tcase_add_test(tests, test_outcome_of_an_answer_names_who_answered_and_when);
    tcase_add_test(tests, test_outcome_of_each_class_is_its_groups);
    tcase_add_test(tests, test_outcome_of_a_fixed_text_is_an_apology_unless_it_counts);
    Suite *suite = suite_create("outcome");
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? 0 : 1;
}
