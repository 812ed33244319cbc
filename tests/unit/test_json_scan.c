/* SPDX-License-Identifier: MIT */
/* The strict JSON scanner: what it accepts, what it refuses and where it says so. */
#include "wire/json_scan.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/assert.h"

struct text {
    const char *bytes;
    size_t length;
};

#define TEXT(literal)                                                                              \
    {                                                                                              \
        (literal), sizeof(literal) - 1                                                             \
    }

/* The problem of the whole text, NONE when it is one JSON value. The text is copied to a block of
 * exactly its size, so that the sanitizer sees any read behind the end. */
static enum sq_json_problem scan_all(const char *bytes, size_t length, bool jsonc)
{
    char *copy = malloc(length > 0 ? length : 1);
    ck_assert_ptr_nonnull(copy);
    memcpy(copy, bytes, length);
    struct sq_json_scan scan;
    struct sq_json_token token;
    sq_json_scan_init(&scan, copy, length, jsonc);
    while (sq_json_scan_next(&scan, &token)) {
    }
    free(copy);
    return scan.problem;
}

static const struct text accepted[] = {
    TEXT("null"),
    TEXT("true"),
    TEXT("false"),
    TEXT("0"),
    TEXT("-0"),
    TEXT("42"),
    TEXT("-1"),
    TEXT("1.5"),
    TEXT("0.1e1"),
    TEXT("1E22"),
    TEXT("1e+2"),
    TEXT("1E-2"),
    TEXT("123.456e78"),
    TEXT("0e+1"),
    TEXT("-0.000000000000000000000000000001"),
    TEXT("100000000000000000000000000000000000000000"),
    TEXT("1e999999999999999999999999"),
    TEXT("\"\""),
    TEXT("\" \""),
    TEXT("\"a\""),
    TEXT("\"\\\"\\\\\\/\\b\\f\\n\\r\\t\""),
    TEXT("\"\\u0000\""),
    TEXT("\"\\u0060\\u012a\\u12AB\\uFFFF\""),
    TEXT("\"\\uD801\\udc37\""),
    TEXT("\"\\ud800\""),
    TEXT("\"\\udc00\\ud800\""),
    TEXT("\"\\ud800\\n\""),
    TEXT("\"\\\\u0000\""),
    TEXT("\"// no comment /* here */\""),
    TEXT("\"\x7F\""),
    TEXT("\"\xC2\x80\""),
    TEXT("\"\xC3\xA9\xE2\x82\xAC\""),
    TEXT("\"\xED\x9F\xBF\xEE\x80\x80\""),
    TEXT("\"\xF0\x90\x80\x80\xF4\x8F\xBF\xBF\""),
    TEXT("\"\xEF\xBB\xBF\""),
    TEXT("\"\xEF\xBF\xBF\""),
    TEXT("\"\xE2\x80\xA8\""),
    TEXT("[]"),
    TEXT("[[]   ]"),
    TEXT("[\"\"]"),
    TEXT("[1\n]"),
    TEXT(" [1] "),
    TEXT("\t\r\n[null,1,\"1\",{}]\r\n"),
    TEXT("[1,null,null,null,2]"),
    TEXT("[1]  "),
    TEXT("{}"),
    TEXT("{\"\":0}"),
    TEXT("{\"a\":[]}"),
    TEXT("{\"a\" : {\"b\" :\n1}, \"c\":[{}]}"),
    TEXT("{\"foo\\u0000bar\": 42}"),
    TEXT("{\"a\":\"b\",\"a\":\"b\"}"),
    TEXT("{\"\xD0\xBF\":\"\xD0\xBE\"}"),
};

START_TEST(test_scan_of_what_the_rfc_allows_accepts)
{
    for (size_t i = 0; i < sizeof accepted / sizeof accepted[0]; i++) {
        const struct text *text = &accepted[i];
        ck_assert_msg(scan_all(text->bytes, text->length, false) == SQ_JSON_PROBLEM_NONE,
                      "refused: %s", text->bytes);
        ck_assert_msg(scan_all(text->bytes, text->length, true) == SQ_JSON_PROBLEM_NONE,
                      "refused as jsonc: %s", text->bytes);
    }
}
END_TEST

struct refusal {
    struct text text;
    enum sq_json_problem problem;
};

#define REFUSED(literal, problem)                                                                  \
    {                                                                                              \
        TEXT(literal), SQ_JSON_PROBLEM_##problem                                                   \
    }

static const struct refusal refused[] = {
    REFUSED("", ENDED),
    REFUSED(" ", ENDED),
    REFUSED("\xEF\xBB\xBF{}", BYTE_ORDER_MARK),
    REFUSED("\xEF\xBB\xBF", BYTE_ORDER_MARK),
    REFUSED("\xFF\xFE{", VALUE),
    REFUSED("[", ENDED),
    REFUSED("{", ENDED),
    REFUSED("[1", ENDED),
    REFUSED("[1,", ENDED),
    REFUSED("{\"a\"", ENDED),
    REFUSED("{\"a\":", ENDED),
    REFUSED("{\"a\":1", ENDED),
    REFUSED("{\"a\":1,", ENDED),
    REFUSED("\"", ENDED),
    REFUSED("\"a", ENDED),
    REFUSED("[\"a", ENDED),
    REFUSED("]", VALUE),
    REFUSED("}", VALUE),
    REFUSED(":", VALUE),
    REFUSED(",", VALUE),
    REFUSED("*", VALUE),
    REFUSED("<html>", VALUE),
    REFUSED("[,1]", VALUE_OR_END),
    REFUSED("[,]", VALUE_OR_END),
    REFUSED("[}", VALUE_OR_END),
    REFUSED("[1,,2]", VALUE),
    REFUSED("[1,,]", VALUE),
    REFUSED("[1,]", TRAILING_COMMA),
    REFUSED("[1 , ]", TRAILING_COMMA),
    REFUSED("[1 true]", COMMA_ARRAY),
    REFUSED("[3[4]]", COMMA_ARRAY),
    REFUSED("[1}", COMMA_ARRAY),
    REFUSED("[1:2]", COMMA_ARRAY),
    REFUSED("[\"a\"\"b\"]", COMMA_ARRAY),
    REFUSED("{,", KEY_OR_END),
    REFUSED("{]", KEY_OR_END),
    REFUSED("{a:1}", KEY_OR_END),
    REFUSED("{1:1}", KEY_OR_END),
    REFUSED("{null:null}", KEY_OR_END),
    REFUSED("{\"a\":1,b:2}", KEY),
    REFUSED("{\"a\":1,,\"b\":2}", KEY),
    REFUSED("{\"a\":1,}", TRAILING_COMMA),
    REFUSED("{\"a\"}", COLON),
    REFUSED("{\"a\",1}", COLON),
    REFUSED("{\"a\" 1}", COLON),
    REFUSED("{\"a\"=1}", COLON),
    REFUSED("{\"a\"::1}", VALUE),
    REFUSED("{\"a\":}", VALUE),
    REFUSED("{\"a\":1 \"b\":2}", COMMA_OBJECT),
    REFUSED("{\"a\":1]", COMMA_OBJECT),
    REFUSED("{'a':1}", SINGLE_QUOTE),
    REFUSED("{\"a\":1,'b':1}", SINGLE_QUOTE),
    REFUSED("['a']", SINGLE_QUOTE),
    REFUSED("{} {}", AFTER_END),
    REFUSED("[]]", AFTER_END),
    REFUSED("1 2", AFTER_END),
    REFUSED("nullnull", LITERAL),
    REFUSED("null\0", AFTER_END),
    REFUSED("{}#", AFTER_END),
    REFUSED("[] ,", AFTER_END),
    REFUSED("True", LITERAL),
    REFUSED("nul", LITERAL),
    REFUSED("truE", LITERAL),
    REFUSED("undefined", LITERAL),
    REFUSED("NaN", LITERAL),
    REFUSED("Infinity", LITERAL),
    REFUSED("-Infinity", NUMBER),
    REFUSED("-NaN", NUMBER),
    REFUSED("+1", NUMBER),
    REFUSED("-", NUMBER),
    REFUSED("--1", NUMBER),
    REFUSED("- 1", NUMBER),
    REFUSED(".5", NUMBER),
    REFUSED("-.5", NUMBER),
    REFUSED("1.", NUMBER),
    REFUSED("1.e1", NUMBER),
    REFUSED("0.e1", NUMBER),
    REFUSED("1e", NUMBER),
    REFUSED("1e+", NUMBER),
    REFUSED("1E-", NUMBER),
    REFUSED("1eE2", NUMBER),
    REFUSED("1.2.3", NUMBER),
    REFUSED("1e2e3", NUMBER),
    REFUSED("1e1.5", NUMBER),
    REFUSED("0x10", NUMBER),
    REFUSED("1a", NUMBER),
    REFUSED("1_000", NUMBER),
    REFUSED("1+2", NUMBER),
    REFUSED("01", NUMBER_ZERO),
    REFUSED("-01", NUMBER_ZERO),
    REFUSED("00", NUMBER_ZERO),
    REFUSED("-00.1", NUMBER_ZERO),
    REFUSED("\"\x01\"", CONTROL),
    REFUSED("\"\x1F\"", CONTROL),
    REFUSED("\"\t\"", CONTROL),
    REFUSED("\"a\nb\"", CONTROL),
    REFUSED("\"a\0b\"", CONTROL),
    REFUSED("\"\\x00\"", ESCAPE),
    REFUSED("\"\\a\"", ESCAPE),
    REFUSED("\"\\U0041\"", ESCAPE),
    REFUSED("\"\\'\"", ESCAPE),
    REFUSED("\"\\\0\"", ESCAPE),
    REFUSED("\"\\u\"", ESCAPE),
    REFUSED("\"\\u00A\"", ESCAPE),
    REFUSED("\"\\u00G0\"", ESCAPE),
    REFUSED("\"\\ud834\\uD\"", ESCAPE),
    REFUSED("\"\\", ESCAPE),
    REFUSED("\"\\u12", ESCAPE),
    REFUSED("\"\\\xE2\x82\xAC\"", ESCAPE),
    REFUSED("\"\\\"", ENDED),
    REFUSED("\"\x80\"", UTF8),
    REFUSED("\"\xFF\"", UTF8),
    REFUSED("\"\xC3\"", UTF8),
    REFUSED("\"\xE2\x82\"", UTF8),
    REFUSED("\"\xF0\x9F\x98", UTF8),
    REFUSED("\"\xC0\xAF\"", UTF8),
    REFUSED("\"\xC1\xBF\"", UTF8),
    REFUSED("\"\xE0\x80\xAF\"", UTF8),
    REFUSED("\"\xF0\x80\x80\xAF\"", UTF8),
    REFUSED("\"\xED\xA0\x80\"", UTF8),
    REFUSED("\"\xF4\x90\x80\x80\"", UTF8),
    REFUSED("\"\xF5\x80\x80\x80\"", UTF8),
    REFUSED("\"\xE2\x28\xA1\"", UTF8),
    REFUSED("[\xE9]", VALUE_OR_END),
    REFUSED("\xC2\xA0[]", VALUE),
    REFUSED("\f[]", VALUE),
    REFUSED("\v1", VALUE),
    REFUSED("\0", VALUE),
    REFUSED("// a\n1", COMMENT),
    REFUSED("/* a */1", COMMENT),
    REFUSED("[1] // a", COMMENT),
    REFUSED("/1", VALUE),
    REFUSED("[1]/", AFTER_END),
};

START_TEST(test_scan_of_what_the_rfc_refuses_names_the_problem)
{
    for (size_t i = 0; i < sizeof refused / sizeof refused[0]; i++) {
        const struct text *text = &refused[i].text;
        enum sq_json_problem problem = scan_all(text->bytes, text->length, false);
        ck_assert_msg(problem == refused[i].problem, "case %zu `%s`: problem %d, wanted %d", i,
                      text->bytes, (int)problem, (int)refused[i].problem);
    }
}
END_TEST

START_TEST(test_scan_of_jsonc_allows_comments_and_one_trailing_comma)
{
    static const struct text allowed[] = {
        TEXT("// a\n{} // b"), TEXT("/* a */ [1, /* b\n */ 2, ] /**/"),
        TEXT("{\"a\": 1,\n}"), TEXT("{ // a\n\"a\" /* b */ : // c\n 1 /* d */ }"),
        TEXT("1//"),           TEXT("/***/1"),
        TEXT("[[1,],]"),
    };
    for (size_t i = 0; i < sizeof allowed / sizeof allowed[0]; i++) {
        ck_assert_msg(scan_all(allowed[i].bytes, allowed[i].length, true) == SQ_JSON_PROBLEM_NONE,
                      "refused: %s", allowed[i].bytes);
    }
    ck_assert_int_eq(scan_all("[1,,]", 5, true), SQ_JSON_PROBLEM_VALUE);
    ck_assert_int_eq(scan_all("[,]", 3, true), SQ_JSON_PROBLEM_VALUE_OR_END);
    ck_assert_int_eq(scan_all("{,}", 3, true), SQ_JSON_PROBLEM_KEY_OR_END);
    ck_assert_int_eq(scan_all("1,", 2, true), SQ_JSON_PROBLEM_AFTER_END);
    ck_assert_int_eq(scan_all("1 /*", 4, true), SQ_JSON_PROBLEM_COMMENT_OPEN);
    ck_assert_int_eq(scan_all("1 /*/", 5, true), SQ_JSON_PROBLEM_COMMENT_OPEN);
    ck_assert_int_eq(scan_all("/", 1, true), SQ_JSON_PROBLEM_VALUE);
    ck_assert_int_eq(scan_all("// only", 7, true), SQ_JSON_PROBLEM_ENDED);
    ck_assert_int_eq(scan_all("[01]", 4, true), SQ_JSON_PROBLEM_NUMBER_ZERO);
}
END_TEST

/* `depth` opening brackets and as many closing ones. */
static enum sq_json_problem scan_nested(size_t depth, const char *open, char close)
{
    size_t open_length = strlen(open);
    size_t length = depth * (open_length + 1);
    char *text = malloc(length);
    ck_assert_ptr_nonnull(text);
    for (size_t i = 0; i < depth; i++) {
        for (size_t k = 0; k < open_length; k++) {
            text[i * open_length + k] = open[k];
        }
    }
    memset(text + depth * open_length, close, depth);
    enum sq_json_problem problem = scan_all(text, length, false);
    free(text);
    return problem;
}

START_TEST(test_scan_of_arrays_at_and_over_the_depth_limit_accepts_and_refuses)
{
    ck_assert_int_eq(scan_nested(SQ_JSON_DEPTH_MAX, "[", ']'), SQ_JSON_PROBLEM_NONE);
    ck_assert_int_eq(scan_nested(SQ_JSON_DEPTH_MAX + 1, "[", ']'), SQ_JSON_PROBLEM_TOO_DEEP);
    ck_assert_int_eq(scan_nested(200000, "[", ']'), SQ_JSON_PROBLEM_TOO_DEEP);
    ck_assert_int_eq(scan_nested(200000, "{\"a\":", '}'), SQ_JSON_PROBLEM_TOO_DEEP);
}
END_TEST

START_TEST(test_scan_of_a_number_at_and_over_the_length_limit_accepts_and_refuses)
{
    char digits[SQ_JSON_NUMBER_BYTES_MAX + 1];
    memset(digits, '7', sizeof digits);
    ck_assert_int_eq(scan_all(digits, SQ_JSON_NUMBER_BYTES_MAX, false), SQ_JSON_PROBLEM_NONE);
    ck_assert_int_eq(scan_all(digits, sizeof digits, false), SQ_JSON_PROBLEM_NUMBER_LONG);
}
END_TEST

START_TEST(test_scan_of_a_text_over_the_size_limit_refuses_without_reading)
{
    struct sq_json_scan scan;
    struct sq_json_token token;
    sq_json_scan_init(&scan, "1", SQ_JSON_BYTES_MAX + 1, false);
    ck_assert_int_eq(scan.problem, SQ_JSON_PROBLEM_TOO_LARGE);
    ck_assert(!sq_json_scan_next(&scan, &token));
}
END_TEST

START_TEST(test_scan_of_every_beginning_of_a_document_refuses)
{
    static const char text[] =
        "{\"a\": [1, -2.5e+3, true, false, null, \"x\\u00e9\\n\xC3\xA9\"], \"b\": {\"c\": {}}}";
    for (size_t length = 0; length < sizeof text - 1; length++) {
        ck_assert_msg(scan_all(text, length, false) != SQ_JSON_PROBLEM_NONE, "accepted %zu bytes",
                      length);
    }
    ck_assert_int_eq(scan_all(text, sizeof text - 1, false), SQ_JSON_PROBLEM_NONE);
}
END_TEST

static void check_token(struct sq_json_scan *scan, enum sq_json_event event, const char *text,
                        const char *where)
{
    struct sq_json_token token;
    ck_assert(sq_json_scan_next(scan, &token));
    ck_assert_int_eq(token.event, event);
    ck_assert_uint_eq(token.length, strlen(text));
    ck_assert_mem_eq(token.text, text, token.length);
    char place[64];
    snprintf(place, sizeof(place), "%u:%u+%u", token.where.line, token.where.column,
             token.where.width);
    ck_assert_str_eq(place, where);
}

START_TEST(test_scan_gives_events_with_lines_columns_and_widths)
{
    static const char text[] = "{\r\n  \"\xC3\xA9\": \"\xE2\x82\xAC\xE2\x82\xAC\", \"n\": -1.5,\n"
                               "\t\"l\": [true, null]\n}\n";
    struct sq_json_scan scan;
    struct sq_json_token token;
    sq_json_scan_init(&scan, text, sizeof text - 1, false);
    check_token(&scan, SQ_JSON_OBJECT_BEGIN, "{", "1:1+1");
    check_token(&scan, SQ_JSON_MEMBER_KEY, "\xC3\xA9", "2:3+3");
    check_token(&scan, SQ_JSON_TEXT_VALUE, "\xE2\x82\xAC\xE2\x82\xAC", "2:8+4");
    check_token(&scan, SQ_JSON_MEMBER_KEY, "n", "2:14+3");
    check_token(&scan, SQ_JSON_NUMBER_VALUE, "-1.5", "2:19+4");
    check_token(&scan, SQ_JSON_MEMBER_KEY, "l", "3:2+3");
    check_token(&scan, SQ_JSON_ARRAY_BEGIN, "[", "3:7+1");
    check_token(&scan, SQ_JSON_TRUE_VALUE, "true", "3:8+4");
    check_token(&scan, SQ_JSON_NULL_VALUE, "null", "3:14+4");
    check_token(&scan, SQ_JSON_ARRAY_END, "]", "3:18+1");
    check_token(&scan, SQ_JSON_OBJECT_END, "}", "4:1+1");
    ck_assert(!sq_json_scan_next(&scan, &token));
    ck_assert(!sq_json_scan_next(&scan, &token));
    ck_assert_int_eq(scan.problem, SQ_JSON_PROBLEM_NONE);
}
END_TEST

static void check_error(const char *text, const char *message, unsigned line, unsigned column,
                        unsigned width)
{
    struct sq_json_scan scan;
    struct sq_json_token token;
    struct sq_error err = {0};
    sq_json_scan_init(&scan, text, strlen(text), false);
    while (sq_json_scan_next(&scan, &token)) {
    }
    ck_assert_int_eq(sq_json_scan_error(&scan, "x.json", &err), SQ_INVALID);
    ck_assert_str_eq(err.text, message);
    ck_assert_str_eq(err.file, "x.json");
    ck_assert_uint_eq(err.line, line);
    ck_assert_uint_eq(err.column, column);
    ck_assert_uint_eq(err.width, width);
    ck_assert_int_eq(sq_json_scan_error(&scan, "x.json", NULL), SQ_INVALID);
}

START_TEST(test_error_of_a_problem_says_what_and_where)
{
    check_error("{\n  \"a\": 1,\n}", "comma before the closing bracket", 2, 9, 1);
    check_error("{\n  rate: 1}", "expected a key in double quotes or `}`, found `r`", 2, 3, 4);
    check_error("[\"\xC3\xA9\", 01.5]", "number with a leading zero", 1, 7, 4);
    check_error("[1 2]", "expected `,` or `]`, found `2`", 1, 4, 1);
    check_error("{\"a\": yes}", "unknown word", 1, 7, 3);
    check_error("\"a\\qb\"", "unknown escape", 1, 3, 1);
    check_error("{\"a\":\n", "text ends too early", 2, 1, 1);
    check_error("[\x01]", "expected a value or `]`", 1, 2, 1);
    check_error("{} x", "expected the end of the text, found `x`", 1, 4, 1);
}
END_TEST

START_TEST(test_error_with_a_file_name_over_the_room_is_cut)
{
    char name[2 * SQ_ERROR_NAME_BYTES];
    struct sq_error err = {.file = "old"};
    struct sq_json_where where = {.line = 3, .column = 4, .width = 5};
    memset(name, 'n', sizeof name);
    name[sizeof name - 1] = '\0';
    sq_json_where_error(&where, name, &err);
    ck_assert_uint_eq(strlen(err.file), SQ_ERROR_NAME_BYTES - 1);
    sq_json_where_error(&where, NULL, &err);
    ck_assert_uint_eq(strlen(err.file), SQ_ERROR_NAME_BYTES - 1);
}
END_TEST

START_TEST(test_skip_of_a_value_stands_behind_it)
{
    static const char text[] = "[{\"a\": [1, {}], \"b\": 2}, 3, [], 4]";
    struct sq_json_scan scan;
    struct sq_json_token token;
    sq_json_scan_init(&scan, text, sizeof text - 1, false);
    ck_assert(sq_json_scan_next(&scan, &token));
    ck_assert(sq_json_scan_next(&scan, &token));
    ck_assert(sq_json_scan_skip(&scan, &token));
    check_token(&scan, SQ_JSON_NUMBER_VALUE, "3", "1:26+1");
    ck_assert(sq_json_scan_skip(&scan, &(struct sq_json_token){.event = SQ_JSON_NUMBER_VALUE}));
    ck_assert(sq_json_scan_next(&scan, &token));
    ck_assert(sq_json_scan_skip(&scan, &token));
    check_token(&scan, SQ_JSON_NUMBER_VALUE, "4", "1:33+1");
    sq_json_scan_init(&scan, "[[1,", 4, false);
    ck_assert(sq_json_scan_next(&scan, &token));
    ck_assert(!sq_json_scan_skip(&scan, &token));
}
END_TEST

START_TEST(test_error_without_a_problem_asserts)
{
    struct sq_json_scan scan;
    sq_json_scan_init(&scan, "1", 1, false);
    sq_json_scan_error(&scan, NULL, NULL);
}
END_TEST

int main(void)
{
    TCase *tests = tcase_create("json_scan");
    tcase_add_test(tests, test_scan_of_what_the_rfc_allows_accepts);
    tcase_add_test(tests, test_scan_of_what_the_rfc_refuses_names_the_problem);
    tcase_add_test(tests, test_scan_of_jsonc_allows_comments_and_one_trailing_comma);
    tcase_add_test(tests, test_scan_of_arrays_at_and_over_the_depth_limit_accepts_and_refuses);
    tcase_add_test(tests, test_scan_of_a_number_at_and_over_the_length_limit_accepts_and_refuses);
    tcase_add_test(tests, test_scan_of_a_text_over_the_size_limit_refuses_without_reading);
    tcase_add_test(tests, test_scan_of_every_beginning_of_a_document_refuses);
    tcase_add_test(tests, test_scan_gives_events_with_lines_columns_and_widths);
    tcase_add_test(tests, test_error_of_a_problem_says_what_and_where);
    tcase_add_test(tests, test_error_with_a_file_name_over_the_room_is_cut);
    tcase_add_test(tests, test_skip_of_a_value_stands_behind_it);
    tcase_add_exit_test(tests, test_error_without_a_problem_asserts, SQ_EXIT_OUR_BUG);
    Suite *suite = suite_create("json_scan");
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? 0 : 1;
}
