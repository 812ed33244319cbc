/* SPDX-License-Identifier: MIT */
/* Taking out of documents: what is right is given, what is wrong is said once, with its place. */
#include "wire/json_take.h"

#include <check.h>
#include <string.h>

#include "base/strbuf.h"

static struct sq_json_document *document;
static struct sq_error err;
static struct sq_json_taker taker;

static const struct sq_json *read(const char *text)
{
    err = (struct sq_error){0};
    taker = (struct sq_json_taker){.file = "part.json", .err = &err};
    sq_json_free(document);
    ck_assert_int_eq(sq_json_read(text, strlen(text), NULL, &document, &err), SQ_OK);
    return sq_json_root(document);
}

static void drop(void)
{
    sq_json_free(document);
    document = NULL;
}

START_TEST(test_take_when_right_then_given)
{
    const struct sq_json *root =
        read("{\"count\": 7, \"int\": -7, \"wide\": 36893488147419103232, \"hex\": "
             "\"00000000000000ff\", \"text\": \"a\", \"list\": [1], \"none\": null}");
    ck_assert_uint_eq(sq_json_take_count(&taker, root, "count", 7), 7);
    ck_assert_int_eq(sq_json_take_int(&taker, root, "int"), -7);
    ck_assert(sq_json_take_wide(&taker, root, "wide") == (sq_uint128)1 << 65);
    ck_assert_uint_eq(sq_json_take_hex(&taker, root, "hex"), 255);
    ck_assert_str_eq(sq_json_take_text(&taker, root, "text"), "a");
    ck_assert_ptr_nonnull(sq_json_take(&taker, root, "list", SQ_JSON_ARRAY));
    ck_assert_ptr_null(sq_json_take_if(&taker, root, "none", SQ_JSON_NUMBER));
    ck_assert_ptr_null(sq_json_take_if(&taker, root, "absent", SQ_JSON_NUMBER));
    ck_assert_int_eq(sq_json_taken(&taker), SQ_OK);
    drop();
}
END_TEST

/* A taker without a place for its complaint still tells that there was one. */
START_TEST(test_take_when_nobody_asks_what_is_wrong_then_only_told)
{
    const struct sq_json *root = read("{\"n\": \"x\"}");
    taker.err = NULL;
    ck_assert_uint_eq(sq_json_take_count(&taker, root, "n", 7), 0);
    ck_assert_int_eq(sq_json_taken(&taker), SQ_INVALID);
    ck_assert_ptr_null(sq_json_take(&taker, NULL, "n", SQ_JSON_STRING));
    ck_assert_ptr_null(sq_json_take_if(&taker, NULL, "n", SQ_JSON_STRING));
    drop();
}
END_TEST

START_TEST(test_take_when_there_is_no_object_then_nothing)
{
    const struct sq_json *root = read("{\"n\": 1}");
    ck_assert_ptr_null(sq_json_take_if(&taker, NULL, "n", SQ_JSON_NUMBER));
    ck_assert_int_eq(sq_json_taken(&taker), SQ_OK);
    ck_assert_ptr_nonnull(sq_json_take_if(&taker, root, "n", SQ_JSON_NUMBER));
    drop();
}
END_TEST

static void refuses_number(const char *value, bool wide)
{
    struct sq_strbuf text = {0};
    sq_strbuf_add_format(&text, "{\"n\": %s}", value);
    const struct sq_json *root = read(sq_strbuf_text(&text));
    if (wide) {
        ck_assert(sq_json_take_wide(&taker, root, "n") == 0);
    } else {
        ck_assert_uint_eq(sq_json_take_hex(&taker, root, "n"), 0);
    }
    ck_assert_msg(sq_json_taken(&taker) == SQ_INVALID, "%s was taken", value);
    sq_strbuf_clear(&text);
}

START_TEST(test_numbers_when_a_character_is_no_digit_then_refused)
{
    refuses_number("-1", true);
    refuses_number("1.5", true);
    refuses_number("1e3", true);
    refuses_number("100000000000000000000000000000000000000000", true);
    refuses_number("\"000000000000000g\"", false);
    refuses_number("\"000000000000000F\"", false);
    refuses_number("\"000000000000000/\"", false);
    refuses_number("\"000000000000000:\"", false);
}
END_TEST

static void refuses_count(const char *value)
{
    struct sq_strbuf text = {0};
    sq_strbuf_add_format(&text, "{\"n\": %s}", value);
    const struct sq_json *root = read(sq_strbuf_text(&text));
    ck_assert_uint_eq(sq_json_take_count(&taker, root, "n", 7), 0);
    ck_assert_msg(sq_json_taken(&taker) == SQ_INVALID, "%s was taken", value);
    ck_assert_uint_eq(err.column, 7);
    sq_strbuf_clear(&text);
}

START_TEST(test_count_when_out_of_range_or_of_another_kind_then_refused)
{
    refuses_count("8");
    refuses_count("-1");
    refuses_count("1.5");
    refuses_count("99999999999999999999");
    refuses_count("\"7\"");
    refuses_count("[7]");
    drop();
}
END_TEST

static void refuses_hex(const char *value)
{
    struct sq_strbuf text = {0};
    sq_strbuf_add_format(&text, "{\"h\": %s}", value);
    const struct sq_json *root = read(sq_strbuf_text(&text));
    ck_assert_uint_eq(sq_json_take_hex(&taker, root, "h"), 0);
    ck_assert_msg(sq_json_taken(&taker) == SQ_INVALID, "%s was taken", value);
    sq_strbuf_clear(&text);
}

START_TEST(test_hex_when_not_sixteen_small_digits_then_refused)
{
    refuses_hex("\"\"");
    refuses_hex("\"00000000000000f\"");
    refuses_hex("\"00000000000000fff\"");
    refuses_hex("\"00000000000000FF\"");
    refuses_hex("\"00000000000000fg\"");
    refuses_hex("255");
    drop();
}
END_TEST

START_TEST(test_wide_when_no_digits_or_too_many_then_refused)
{
    const struct sq_json *root = read("{\"w\": -1}");
    ck_assert(sq_json_take_wide(&taker, root, "w") == 0);
    ck_assert_int_eq(sq_json_taken(&taker), SQ_INVALID);
    root = read("{\"w\": 100000000000000000000000000000000000000}");
    ck_assert(sq_json_take_wide(&taker, root, "w") == 0);
    ck_assert_int_eq(sq_json_taken(&taker), SQ_INVALID);
    drop();
}
END_TEST

START_TEST(test_take_when_several_are_wrong_then_the_first_is_said_and_nothing_is_given)
{
    const struct sq_json *root = read("{\n  \"n\": 5,\n  \"t\": \"x\\u0000y\" }");
    ck_assert_ptr_null(sq_json_take(&taker, root, "missing", SQ_JSON_OBJECT));
    ck_assert_uint_eq(sq_json_take_count(&taker, root, "n", 9), 0);
    ck_assert_str_eq(sq_json_take_text(&taker, root, "t"), "");
    ck_assert_str_eq(err.text, "\"missing\" is missing");
    ck_assert_str_eq(err.file, "part.json");
    ck_assert_uint_eq(err.line, 1);
    root = read("{\n  \"t\": \"x\\u0000y\" }");
    ck_assert_str_eq(sq_json_take_text(&taker, root, "t"), "");
    ck_assert_str_eq(err.text, "\"t\" holds a NUL byte");
    ck_assert_uint_eq(err.line, 2);
    ck_assert_uint_eq(err.column, 8);
    drop();
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("json_take");
    TCase *tcase = tcase_create("json_take");
    tcase_add_test(tcase, test_take_when_nobody_asks_what_is_wrong_then_only_told);
    tcase_add_test(tcase, test_take_when_there_is_no_object_then_nothing);
    tcase_add_test(tcase, test_numbers_when_a_character_is_no_digit_then_refused);
    tcase_add_test(tcase, test_take_when_right_then_given);
    tcase_add_test(tcase, test_count_when_out_of_range_or_of_another_kind_then_refused);
    tcase_add_test(tcase, test_hex_when_not_sixteen_small_digits_then_refused);
    tcase_add_test(tcase, test_wide_when_no_digits_or_too_many_then_refused);
    tcase_add_test(tcase,
                   test_take_when_several_are_wrong_then_the_first_is_said_and_nothing_is_given);
    suite_add_tcase(suite, tcase);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? 0 : 1;
}
