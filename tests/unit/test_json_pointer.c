/* SPDX-License-Identifier: MIT */
/* JSON Pointer over one text. */
#include "wire/json_pointer.h"

#include <check.h>
#include <string.h>

/* The examples of RFC 6901, section 5, those that can stand in C. */
static const char *const rfc_text =
    "{\"foo\":[\"bar\",\"baz\"],\"\":0,\"a/b\":1,\"c%d\":2,\"e^f\":3,\"g|h\":4,\"i\\\\j\":5,"
    "\"k\\\"l\":6,\" \":7,\"m~n\":8}";

/* The text of what a pointer finds; "-" when nothing. */
static const char *find(const char *text, const char *pointer)
{
    static char found[64];
    struct sq_json_token token;
    if (!sq_json_pointer_find(text, strlen(text), pointer, &token)) {
        return "-";
    }
    ck_assert_uint_lt(token.length, sizeof found);
    memcpy(found, token.text, token.length);
    found[token.length] = '\0';
    return found;
}

START_TEST(test_pointer_of_the_standard_finds_its_value)
{
    ck_assert_str_eq(find(rfc_text, ""), "{");
    ck_assert_str_eq(find(rfc_text, "/foo"), "[");
    ck_assert_str_eq(find(rfc_text, "/foo/0"), "bar");
    ck_assert_str_eq(find(rfc_text, "/foo/1"), "baz");
    ck_assert_str_eq(find(rfc_text, "/"), "0");
    ck_assert_str_eq(find(rfc_text, "/a~1b"), "1");
    ck_assert_str_eq(find(rfc_text, "/c%d"), "2");
    ck_assert_str_eq(find(rfc_text, "/e^f"), "3");
    ck_assert_str_eq(find(rfc_text, "/g|h"), "4");
    ck_assert_str_eq(find(rfc_text, "/i\\j"), "5");
    ck_assert_str_eq(find(rfc_text, "/k\"l"), "6");
    ck_assert_str_eq(find(rfc_text, "/ "), "7");
    ck_assert_str_eq(find(rfc_text, "/m~0n"), "8");
}
END_TEST

START_TEST(test_pointer_to_what_is_not_there_finds_nothing)
{
    ck_assert_str_eq(find(rfc_text, "/fo"), "-");
    ck_assert_str_eq(find(rfc_text, "/foo/2"), "-");
    ck_assert_str_eq(find(rfc_text, "/foo/00"), "-");
    ck_assert_str_eq(find(rfc_text, "/foo/-"), "-");
    ck_assert_str_eq(find(rfc_text, "/foo/"), "-");
    ck_assert_str_eq(find(rfc_text, "/foo/:"), "-");
    ck_assert_str_eq(find(rfc_text, "/foo/1x"), "-");
    ck_assert_str_eq(find(rfc_text, "/foo/4294967296"), "-");
    ck_assert_str_eq(find(rfc_text, "/foo/0/0"), "-");
    ck_assert_str_eq(find("{\"a\":{\"b\":1},\"c\":{\"d\":2}}", "/c/b"), "-");
    ck_assert_str_eq(find("{\"a\":1", "/a"), "-");
    ck_assert_str_eq(find("7", "/a"), "-");
}
END_TEST

START_TEST(test_pointer_deep_inside_finds_its_value)
{
    const char *text = "{\"messages\":[{\"role\":\"user\",\"content\":[{\"text\":\"a\"},{\"text\":"
                       "\"b\"}]},{\"role\":\"tool\"}],\"stream\":true}";
    ck_assert_str_eq(find(text, "/messages/0/content/1/text"), "b");
    ck_assert_str_eq(find(text, "/messages/1/role"), "tool");
    ck_assert_str_eq(find(text, "/stream"), "true");
    ck_assert_str_eq(find("[[1],[2,[3]]]", "/1/1/0"), "3");
    ck_assert_str_eq(find("5", ""), "5");
}
END_TEST

START_TEST(test_pointer_with_duplicate_keys_takes_the_last)
{
    ck_assert_str_eq(find("{\"a\":1,\"a\":2}", "/a"), "2");
    ck_assert_str_eq(find("{\"a\":{\"b\":1},\"a\":{}}", "/a/b"), "-");
}
END_TEST

START_TEST(test_mistake_is_named)
{
    ck_assert_ptr_null(sq_json_pointer_mistake(""));
    ck_assert_ptr_null(sq_json_pointer_mistake("/a~0b~1c/0"));
    ck_assert_ptr_null(sq_json_pointer_mistake("/1/2/3/4/5/6/7/8/9/10/11/12/13/14/15/16"));
    ck_assert_str_eq(sq_json_pointer_mistake("a/b"), "does not begin with a slash");
    ck_assert_str_eq(sq_json_pointer_mistake("/a~"), "has a ~ without 0 or 1 behind it");
    ck_assert_str_eq(sq_json_pointer_mistake("/a~2"), "has a ~ without 0 or 1 behind it");
    ck_assert_str_eq(sq_json_pointer_mistake("/1/2/3/4/5/6/7/8/9/10/11/12/13/14/15/16/17"),
                     "has more than 16 parts");
}
END_TEST

int main(void)
{
    TCase *tests = tcase_create("json_pointer");
    tcase_add_test(tests, test_pointer_of_the_standard_finds_its_value);
    tcase_add_test(tests, test_pointer_to_what_is_not_there_finds_nothing);
    tcase_add_test(tests, test_pointer_deep_inside_finds_its_value);
    tcase_add_test(tests, test_pointer_with_duplicate_keys_takes_the_last);
    tcase_add_test(tests, test_mistake_is_named);
    Suite *suite = suite_create("json_pointer");
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? 0 : 1;
}
