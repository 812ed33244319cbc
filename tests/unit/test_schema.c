/* SPDX-License-Identifier: MIT */
/* JSON Schema: what every keyword accepts and refuses, and what is said about the first violation.
 */
#include "wire/schema.h"

#include <check.h>
#include <string.h>

#include "base/memory.h"
#include "base/strbuf.h"
#include "tests/support/memory_torture.h"

/* Whether the value is valid; asserts that schema and value can be read. */
static struct sq_schema_violation check_value(const char *schema_text, const char *value_text)
{
    struct sq_error err = {0};
    struct sq_json_document *schema_document;
    struct sq_json_document *value;
    struct sq_schema *schema;
    struct sq_schema_violation first;
    ck_assert_msg(sq_json_read(schema_text, strlen(schema_text), NULL, &schema_document, &err) ==
                      SQ_OK,
                  "%s: %s", schema_text, err.text);
    ck_assert_msg(sq_json_read(value_text, strlen(value_text), NULL, &value, &err) == SQ_OK,
                  "%s: %s", value_text, err.text);
    ck_assert_msg(sq_schema_compile(sq_json_root(schema_document), NULL, &schema, &err) == SQ_OK,
                  "%s: %s", schema_text, err.text);
    ck_assert_msg(sq_schema_check(schema, sq_json_root(value), &first, &err) == SQ_OK, "%s: %s",
                  schema_text, err.text);
    sq_schema_free(schema);
    sq_json_free(value);
    sq_json_free(schema_document);
    return first;
}

static void holds(const char *schema, const char *value)
{
    struct sq_schema_violation first = check_value(schema, value);
    ck_assert_msg(!first.found, "%s refuses %s: %s", schema, value, first.why);
}

static void breaks(const char *schema, const char *value)
{
    struct sq_schema_violation first = check_value(schema, value);
    ck_assert_msg(first.found, "%s accepts %s", schema, value);
}

START_TEST(test_type_and_boolean_schemas)
{
    holds("true", "null");
    holds("true", "{}");
    breaks("false", "null");
    breaks("false", "{}");
    holds("{}", "1");
    holds("{\"type\":\"integer\"}", "1");
    holds("{\"type\":\"integer\"}", "1.0");
    holds("{\"type\":\"integer\"}", "1e400");
    holds("{\"type\":\"integer\"}", "-0");
    holds("{\"type\":\"integer\"}", "10e-1");
    breaks("{\"type\":\"integer\"}", "1.5");
    breaks("{\"type\":\"integer\"}", "\"1\"");
    breaks("{\"type\":\"integer\"}", "1e-400");
    breaks("{\"type\":\"integer\"}", "null");
    holds("{\"type\":\"number\"}", "1");
    holds("{\"type\":\"number\"}", "1.5");
    breaks("{\"type\":\"number\"}", "true");
    holds("{\"type\":[\"string\",\"null\"]}", "\"a\"");
    holds("{\"type\":[\"string\",\"null\"]}", "null");
    breaks("{\"type\":[\"string\",\"null\"]}", "1");
    breaks("{\"type\":[\"string\",\"null\"]}", "[]");
    holds("{\"type\":\"boolean\"}", "false");
    breaks("{\"type\":\"boolean\"}", "0");
    holds("{\"type\":\"object\"}", "{}");
    breaks("{\"type\":\"object\"}", "[]");
    holds("{\"type\":\"array\"}", "[]");
    breaks("{\"type\":\"array\"}", "{}");
    holds("{\"type\":[\"integer\",\"string\"]}", "2");
    holds("{\"type\":[\"integer\",\"string\"]}", "\"x\"");
    breaks("{\"type\":[\"integer\",\"string\"]}", "2.5");
}
END_TEST

START_TEST(test_enum_and_const_compare_by_value)
{
    holds("{\"const\":1}", "1");
    holds("{\"const\":1}", "1.0");
    holds("{\"const\":1}", "100e-2");
    breaks("{\"const\":1}", "true");
    breaks("{\"const\":1}", "\"1\"");
    breaks("{\"const\":1}", "1.0000000000000000001");
    holds("{\"const\":false}", "false");
    breaks("{\"const\":false}", "0");
    breaks("{\"const\":false}", "null");
    breaks("{\"const\":false}", "[]");
    holds("{\"const\":{\"a\":1,\"b\":[2]}}", "{\"b\":[2.0],\"a\":1}");
    breaks("{\"const\":{\"a\":1,\"b\":[2]}}", "{\"a\":1}");
    breaks("{\"const\":{\"a\":1,\"b\":[2]}}", "{\"a\":1,\"b\":[2,2]}");
    breaks("{\"const\":{\"a\":1,\"b\":[2]}}", "{\"a\":1,\"c\":[2]}");
    breaks("{\"const\":{\"a\":1,\"b\":[2]}}", "{\"a\":1,\"b\":[3]}");
    holds("{\"const\":\"a\\u0000b\"}", "\"a\\u0000b\"");
    breaks("{\"const\":\"a\\u0000b\"}", "\"a\"");
    breaks("{\"const\":\"a\\u0000b\"}", "\"a\\u0000c\"");
    holds("{\"enum\":[6,\"foo\",[],true,{\"a\":12}]}", "6.0");
    holds("{\"enum\":[6,\"foo\",[],true,{\"a\":12}]}", "\"foo\"");
    holds("{\"enum\":[6,\"foo\",[],true,{\"a\":12}]}", "[]");
    holds("{\"enum\":[6,\"foo\",[],true,{\"a\":12}]}", "{\"a\":12}");
    breaks("{\"enum\":[6,\"foo\",[],true,{\"a\":12}]}", "null");
    breaks("{\"enum\":[6,\"foo\",[],true,{\"a\":12}]}", "false");
    breaks("{\"enum\":[6,\"foo\",[],true,{\"a\":12}]}", "{\"a\":13}");
    breaks("{\"enum\":[6,\"foo\",[],true,{\"a\":12}]}", "[0]");
    breaks("{\"enum\":[]}", "null");
}
END_TEST

START_TEST(test_numbers_are_compared_exactly)
{
    holds("{\"maximum\":3}", "3");
    holds("{\"maximum\":3}", "3.0");
    holds("{\"maximum\":3}", "-1e400");
    holds("{\"maximum\":3}", "\"x\"");
    breaks("{\"maximum\":3}", "3.0000000000000000000001");
    breaks("{\"maximum\":3}", "1e400");
    holds("{\"minimum\":1.1}", "1.1");
    holds("{\"minimum\":1.1}", "1e400");
    breaks("{\"minimum\":1.1}", "1.0999999999999999999");
    breaks("{\"minimum\":1.1}", "0");
    holds("{\"exclusiveMaximum\":3}", "2.999999999999999999999999");
    breaks("{\"exclusiveMaximum\":3}", "3");
    breaks("{\"exclusiveMaximum\":3}", "3.0");
    holds("{\"exclusiveMinimum\":-972783798187987123879878123.18878137}",
          "-972783798187987123879878123.188781369");
    breaks("{\"exclusiveMinimum\":-972783798187987123879878123.18878137}",
           "-972783798187987123879878123.18878137");
    holds("{\"multipleOf\":0.01}", "4.35");
    holds("{\"multipleOf\":0.01}", "0");
    holds("{\"multipleOf\":0.01}", "1e400");
    holds("{\"multipleOf\":0.01}", "0.30");
    holds("{\"multipleOf\":0.01}", "null");
    breaks("{\"multipleOf\":0.01}", "0.075");
    breaks("{\"multipleOf\":0.01}", "4.355");
    holds("{\"multipleOf\":2}", "7e1");
    breaks("{\"multipleOf\":2}", "7");
}
END_TEST

START_TEST(test_strings_are_counted_in_code_points)
{
    holds("{\"maxLength\":2}", "\"fo\"");
    holds("{\"maxLength\":2}", "\"\\ud83d\\udca9\\ud83d\\udca9\"");
    holds("{\"maxLength\":2}", "\"\\u00e9\\u00e9\"");
    holds("{\"maxLength\":2}", "100");
    breaks("{\"maxLength\":2}", "\"foo\"");
    breaks("{\"maxLength\":2}", "\"\\ud83d\\udca9\\ud83d\\udca9x\"");
    holds("{\"minLength\":2.0}", "\"fo\"");
    breaks("{\"minLength\":2.0}", "\"f\"");
    breaks("{\"minLength\":2.0}", "\"\\ud83d\\udca9\"");
    holds("{\"minLength\":1e400}", "7");
    breaks("{\"minLength\":1e400}", "\"x\"");
    holds("{\"pattern\":\"^\\\\p{Letter}+$\"}", "\"\\u03c0\"");
    holds("{\"pattern\":\"^\\\\p{Letter}+$\"}", "1");
    breaks("{\"pattern\":\"^\\\\p{Letter}+$\"}", "\"1\"");
    breaks("{\"pattern\":\"^\\\\p{Letter}+$\"}", "\"\"");
    holds("{\"format\":\"email\",\"contentMediaType\":\"application/json\"}", "\"neither\"");
}
END_TEST

START_TEST(test_arrays)
{
    holds("{\"minItems\":1,\"maxItems\":2}", "[1]");
    holds("{\"minItems\":1,\"maxItems\":2}", "[1,2]");
    holds("{\"minItems\":1,\"maxItems\":2}", "{}");
    breaks("{\"minItems\":1,\"maxItems\":2}", "[]");
    breaks("{\"minItems\":1,\"maxItems\":2}", "[1,2,3]");
    holds("{\"items\":{\"type\":\"integer\"}}", "[]");
    holds("{\"items\":{\"type\":\"integer\"}}", "[1,2]");
    holds("{\"items\":{\"type\":\"integer\"}}", "{\"0\":\"x\"}");
    breaks("{\"items\":{\"type\":\"integer\"}}", "[1,\"x\"]");
    holds("{\"prefixItems\":[{\"type\":\"integer\"},{\"type\":\"string\"}],\"items\":false}", "[]");
    holds("{\"prefixItems\":[{\"type\":\"integer\"},{\"type\":\"string\"}],\"items\":false}",
          "[1]");
    holds("{\"prefixItems\":[{\"type\":\"integer\"},{\"type\":\"string\"}],\"items\":false}",
          "[1,\"a\"]");
    breaks("{\"prefixItems\":[{\"type\":\"integer\"},{\"type\":\"string\"}],\"items\":false}",
           "[\"a\"]");
    breaks("{\"prefixItems\":[{\"type\":\"integer\"},{\"type\":\"string\"}],\"items\":false}",
           "[1,2]");
    breaks("{\"prefixItems\":[{\"type\":\"integer\"},{\"type\":\"string\"}],\"items\":false}",
           "[1,\"a\",2]");
    holds("{\"uniqueItems\":true}", "[]");
    holds("{\"uniqueItems\":true}", "[1,true,[1],[true]]");
    holds("{\"uniqueItems\":true}", "[{\"a\":1,\"b\":2},{\"a\":2,\"b\":1}]");
    holds("{\"uniqueItems\":true}", "[\"1\",1]");
    holds("{\"uniqueItems\":true}", "{\"a\":1}");
    breaks("{\"uniqueItems\":true}", "[1,1.0]");
    breaks("{\"uniqueItems\":true}", "[{\"a\":1,\"b\":2},{\"b\":2,\"a\":1}]");
    breaks("{\"uniqueItems\":true}", "[[1,{\"x\":[0]}],2,[1,{\"x\":[0.0]}]]");
    breaks("{\"uniqueItems\":true}", "[\"a\",\"b\",\"a\"]");
    breaks("{\"uniqueItems\":true}", "[null,null]");
    holds("{\"uniqueItems\":false}", "[1,1]");
    holds("{\"contains\":{\"minimum\":5}}", "[1,5]");
    holds("{\"contains\":{\"minimum\":5}}", "\"x\"");
    breaks("{\"contains\":{\"minimum\":5}}", "[1,4]");
    breaks("{\"contains\":{\"minimum\":5}}", "[]");
    holds("{\"contains\":{\"const\":1},\"minContains\":2,\"maxContains\":3}", "[1,1]");
    holds("{\"contains\":{\"const\":1},\"minContains\":2,\"maxContains\":3}", "[1,2,1,1]");
    breaks("{\"contains\":{\"const\":1},\"minContains\":2,\"maxContains\":3}", "[1]");
    breaks("{\"contains\":{\"const\":1},\"minContains\":2,\"maxContains\":3}", "[1,1,1,1]");
    holds("{\"contains\":{\"const\":1},\"minContains\":0}", "[]");
    holds("{\"contains\":{\"const\":1},\"minContains\":0}", "[2]");
    holds("{\"contains\":{\"const\":1},\"minContains\":0,\"maxContains\":1}", "[]");
    breaks("{\"contains\":{\"const\":1},\"minContains\":0,\"maxContains\":1}", "[1,1]");
    holds("{\"minContains\":3,\"maxContains\":0}", "[1]");
}
END_TEST

START_TEST(test_objects)
{
    holds("{\"minProperties\":1,\"maxProperties\":2}", "{\"a\":1}");
    holds("{\"minProperties\":1,\"maxProperties\":2}", "[]");
    breaks("{\"minProperties\":1,\"maxProperties\":2}", "{}");
    breaks("{\"minProperties\":1,\"maxProperties\":2}", "{\"a\":1,\"b\":2,\"c\":3}");
    holds("{\"required\":[\"a\",\"\\u0000\"]}", "{\"a\":1,\"\\u0000\":2}");
    holds("{\"required\":[\"a\",\"\\u0000\"]}", "7");
    breaks("{\"required\":[\"a\",\"\\u0000\"]}", "{\"a\":1}");
    breaks("{\"required\":[\"a\",\"\\u0000\"]}", "{\"a\":1,\"\":2}");
    holds("{\"dependentRequired\":{\"a\":[\"b\"]}}", "{}");
    holds("{\"dependentRequired\":{\"a\":[\"b\"]}}", "{\"b\":1}");
    holds("{\"dependentRequired\":{\"a\":[\"b\"]}}", "{\"a\":1,\"b\":1}");
    holds("{\"dependentRequired\":{\"a\":[\"b\"]}}", "\"x\"");
    breaks("{\"dependentRequired\":{\"a\":[\"b\"]}}", "{\"a\":1}");
    holds("{\"dependentSchemas\":{\"a\":{\"maxProperties\":1}}}", "{\"a\":1}");
    holds("{\"dependentSchemas\":{\"a\":{\"maxProperties\":1}}}", "{\"b\":1,\"c\":2}");
    holds("{\"dependentSchemas\":{\"a\":{\"maxProperties\":1}}}", "[]");
    breaks("{\"dependentSchemas\":{\"a\":{\"maxProperties\":1}}}", "{\"a\":1,\"b\":2}");
    holds("{\"properties\":{\"a\":{\"type\":\"integer\"},\"b\":false},\"patternProperties\":{\"^"
          "x\":{\"type\":\"string\"}},\"additionalProperties\":{\"type\":\"null\"}}",
          "{\"a\":1,\"x1\":\"s\",\"z\":null}");
    holds("{\"properties\":{\"a\":{\"type\":\"integer\"},\"b\":false},\"patternProperties\":{\"^"
          "x\":{\"type\":\"string\"}},\"additionalProperties\":{\"type\":\"null\"}}",
          "{}");
    holds("{\"properties\":{\"a\":{\"type\":\"integer\"},\"b\":false},\"patternProperties\":{\"^"
          "x\":{\"type\":\"string\"}},\"additionalProperties\":{\"type\":\"null\"}}",
          "[]");
    breaks("{\"properties\":{\"a\":{\"type\":\"integer\"},\"b\":false},\"patternProperties\":{\"^"
           "x\":{\"type\":\"string\"}},\"additionalProperties\":{\"type\":\"null\"}}",
           "{\"a\":\"1\"}");
    breaks("{\"properties\":{\"a\":{\"type\":\"integer\"},\"b\":false},\"patternProperties\":{\"^"
           "x\":{\"type\":\"string\"}},\"additionalProperties\":{\"type\":\"null\"}}",
           "{\"b\":1}");
    breaks("{\"properties\":{\"a\":{\"type\":\"integer\"},\"b\":false},\"patternProperties\":{\"^"
           "x\":{\"type\":\"string\"}},\"additionalProperties\":{\"type\":\"null\"}}",
           "{\"x1\":1}");
    breaks("{\"properties\":{\"a\":{\"type\":\"integer\"},\"b\":false},\"patternProperties\":{\"^"
           "x\":{\"type\":\"string\"}},\"additionalProperties\":{\"type\":\"null\"}}",
           "{\"z\":1}");
    holds("{\"additionalProperties\":false}", "{}");
    breaks("{\"additionalProperties\":false}", "{\"a\":1}");
}
END_TEST

START_TEST(test_objects_by_patterns_and_names_of_members)
{
    holds("{\"patternProperties\":{\"a*\":{\"type\":\"integer\"},\"aaa*\":{\"maximum\":20}}}",
          "{\"a\":21}");
    holds("{\"patternProperties\":{\"a*\":{\"type\":\"integer\"},\"aaa*\":{\"maximum\":20}}}",
          "{\"aaaa\":18}");
    breaks("{\"patternProperties\":{\"a*\":{\"type\":\"integer\"},\"aaa*\":{\"maximum\":20}}}",
           "{\"aaaa\":31}");
    breaks("{\"patternProperties\":{\"a*\":{\"type\":\"integer\"},\"aaa*\":{\"maximum\":20}}}",
           "{\"aaa\":\"x\"}");
    holds(
        "{\"propertyNames\":{\"maxLength\":3,\"pattern\":\"^a\",\"enum\":[\"a\",\"ab\",\"abcd\"]}}",
        "{\"a\":1,\"ab\":2}");
    holds(
        "{\"propertyNames\":{\"maxLength\":3,\"pattern\":\"^a\",\"enum\":[\"a\",\"ab\",\"abcd\"]}}",
        "{}");
    breaks(
        "{\"propertyNames\":{\"maxLength\":3,\"pattern\":\"^a\",\"enum\":[\"a\",\"ab\",\"abcd\"]}}",
        "{\"abcd\":1}");
    breaks(
        "{\"propertyNames\":{\"maxLength\":3,\"pattern\":\"^a\",\"enum\":[\"a\",\"ab\",\"abcd\"]}}",
        "{\"b\":1}");
    breaks(
        "{\"propertyNames\":{\"maxLength\":3,\"pattern\":\"^a\",\"enum\":[\"a\",\"ab\",\"abcd\"]}}",
        "{\"ac\":1}");
    holds("{\"propertyNames\":{\"type\":\"string\",\"const\":\"k\",\"not\":{\"type\":\"object\"}}}",
          "{\"k\":{}}");
    breaks(
        "{\"propertyNames\":{\"type\":\"string\",\"const\":\"k\",\"not\":{\"type\":\"object\"}}}",
        "{\"j\":1}");
    holds("{\"properties\":{\"__proto__\":{\"type\":\"number\"},\"toString\":{\"properties\":{"
          "\"length\":{\"type\":\"string\"}}}}}",
          "{}");
    holds("{\"properties\":{\"__proto__\":{\"type\":\"number\"},\"toString\":{\"properties\":{"
          "\"length\":{\"type\":\"string\"}}}}}",
          "{\"toString\":{\"length\":\"x\"}}");
    breaks("{\"properties\":{\"__proto__\":{\"type\":\"number\"},\"toString\":{\"properties\":{"
           "\"length\":{\"type\":\"string\"}}}}}",
           "{\"__proto__\":\"x\"}");
    breaks("{\"properties\":{\"__proto__\":{\"type\":\"number\"},\"toString\":{\"properties\":{"
           "\"length\":{\"type\":\"string\"}}}}}",
           "{\"toString\":{\"length\":1}}");
}
END_TEST

START_TEST(test_applicators_in_place)
{
    holds("{\"allOf\":[{\"minimum\":2},{\"maximum\":4}]}", "3");
    breaks("{\"allOf\":[{\"minimum\":2},{\"maximum\":4}]}", "1");
    breaks("{\"allOf\":[{\"minimum\":2},{\"maximum\":4}]}", "5");
    holds("{\"anyOf\":[{\"type\":\"integer\"},{\"minimum\":2}]}", "1");
    holds("{\"anyOf\":[{\"type\":\"integer\"},{\"minimum\":2}]}", "2.5");
    breaks("{\"anyOf\":[{\"type\":\"integer\"},{\"minimum\":2}]}", "1.5");
    holds("{\"oneOf\":[{\"type\":\"integer\"},{\"minimum\":2}]}", "1");
    holds("{\"oneOf\":[{\"type\":\"integer\"},{\"minimum\":2}]}", "2.5");
    breaks("{\"oneOf\":[{\"type\":\"integer\"},{\"minimum\":2}]}", "3");
    breaks("{\"oneOf\":[{\"type\":\"integer\"},{\"minimum\":2}]}", "1.5");
    holds("{\"not\":{\"type\":\"integer\"}}", "\"x\"");
    breaks("{\"not\":{\"type\":\"integer\"}}", "1");
    holds("{\"not\":{\"not\":{\"type\":\"integer\"}}}", "1");
    breaks("{\"not\":{\"not\":{\"type\":\"integer\"}}}", "\"x\"");
    breaks("{\"not\":{}}", "1");
    holds("{\"if\":{\"maximum\":0},\"then\":{\"minimum\":-10},\"else\":{\"multipleOf\":2}}", "-1");
    holds("{\"if\":{\"maximum\":0},\"then\":{\"minimum\":-10},\"else\":{\"multipleOf\":2}}", "4");
    breaks("{\"if\":{\"maximum\":0},\"then\":{\"minimum\":-10},\"else\":{\"multipleOf\":2}}",
           "-100");
    breaks("{\"if\":{\"maximum\":0},\"then\":{\"minimum\":-10},\"else\":{\"multipleOf\":2}}", "3");
    holds("{\"if\":{\"maximum\":0}}", "1");
    holds("{\"then\":false,\"else\":false}", "1");
    holds("{\"type\":\"object\",\"maxLength\":1}", "{}");
    breaks("{\"type\":\"object\",\"maxLength\":1}", "\"xx\"");
}
END_TEST

/* What the first violation says. */
static void says(const char *schema, const char *value, const struct sq_schema_violation *wanted)
{
    struct sq_schema_violation first = check_value(schema, value);
    ck_assert(first.found);
    ck_assert_str_eq(first.keyword, wanted->keyword);
    ck_assert_str_eq(first.value_path, wanted->value_path);
    ck_assert_str_eq(first.schema_path, wanted->schema_path);
    ck_assert_str_eq(first.why, wanted->why);
    ck_assert_uint_eq(first.where.line, wanted->where.line);
    ck_assert_uint_eq(first.where.column, wanted->where.column);
}

START_TEST(test_violation_names_place_keyword_and_reason)
{
    says("{\"properties\":{\"a/b\":{\"items\":{\"type\":[\"integer\",\"null\"]}}}}",
         "{\"x\":1,\n \"a/b\":[1,\n \"~\"]}",
         &(struct sq_schema_violation){.keyword = "type",
                                       .value_path = "/a~1b/1",
                                       .schema_path = "/properties/a~1b/items/type",
                                       .why = "string, not null or integer",
                                       .where = {.line = 3, .column = 2}});
    says("{\"properties\":{\"a\":{}},\"additionalProperties\":false}", "{\"a\":1, \"b\":{}}",
         &(struct sq_schema_violation){.keyword = "additionalProperties",
                                       .value_path = "/b",
                                       .schema_path = "/additionalProperties",
                                       .why = "`b` is not allowed here",
                                       .where = {.line = 1, .column = 9}});
    says("{\"$ref\":\"#/$defs/n\",\"$defs\":{\"n\":{\"maximum\":3}}}", "3.50",
         &(struct sq_schema_violation){.keyword = "maximum",
                                       .value_path = "",
                                       .schema_path = "/$defs/n/maximum",
                                       .why = "3.50 is above 3",
                                       .where = {.line = 1, .column = 1}});
    says("{\"propertyNames\":{\"pattern\":\"^x\"}}", "{\"xa\":1,\"b\":2}",
         &(struct sq_schema_violation){.keyword = "pattern",
                                       .value_path = "/b",
                                       .schema_path = "/propertyNames/pattern",
                                       .why = "`b` does not match `^x`",
                                       .where = {.line = 1, .column = 9}});
}
END_TEST

START_TEST(test_violation_of_tried_schemas_is_that_of_the_keyword_around_them)
{
    says("{\"anyOf\":[{\"type\":\"null\"},{\"minimum\":2}]}", "1",
         &(struct sq_schema_violation){.keyword = "anyOf",
                                       .schema_path = "/anyOf",
                                       .why = "fits none of the 2 schemas",
                                       .where = {.line = 1, .column = 1}});
    says(
        "{\"oneOf\":[true,true,false]}", "1",
        &(struct sq_schema_violation){.keyword = "oneOf",
                                      .schema_path = "/oneOf",
                                      .why = "fits more than one of the 3 schemas, not exactly one",
                                      .where = {.line = 1, .column = 1}});
    says("{\"required\":[\"a\",\"b\"]}", "{\"a\":1}",
         &(struct sq_schema_violation){.keyword = "required",
                                       .schema_path = "/required",
                                       .why = "`b` is missing",
                                       .where = {.line = 1, .column = 1}});
    says("{\"contains\":{\"const\":1},\"maxContains\":1}", "[1,1]",
         &(struct sq_schema_violation){.keyword = "maxContains",
                                       .schema_path = "/maxContains",
                                       .why = "2 elements fit `contains`, 1 at most may",
                                       .where = {.line = 1, .column = 1}});
    says("false", "1",
         &(struct sq_schema_violation){.keyword = "false",
                                       .why = "nothing is allowed here",
                                       .where = {.line = 1, .column = 1}});
}
END_TEST

START_TEST(test_violation_with_long_texts_is_cut)
{
    struct sq_strbuf value = {0};
    sq_strbuf_add(&value, "{\"");
    sq_strbuf_add_repeated(&value, "\xC3\xA9", 500);
    sq_strbuf_add(&value, "\":1}");
    struct sq_schema_violation first =
        check_value("{\"additionalProperties\":false}", sq_strbuf_text(&value));
    ck_assert(first.found);
    ck_assert_uint_lt(strlen(first.value_path), SQ_SCHEMA_PATH_BYTES);
    ck_assert_uint_gt(strlen(first.value_path), SQ_SCHEMA_PATH_BYTES - 4);
    ck_assert_uint_lt(strlen(first.why), SQ_SCHEMA_WHY_BYTES);
    sq_strbuf_clear(&value);
}
END_TEST

/* Checks with limits: the status of a check of valid text against a valid schema. */
static enum sq_status status_of(const char *schema_text, const char *value_text)
{
    struct sq_error err = {0};
    struct sq_json_document *schema_document = NULL;
    struct sq_json_document *value = NULL;
    struct sq_schema *schema = NULL;
    struct sq_schema_violation first;
    enum sq_status status =
        sq_json_read(schema_text, strlen(schema_text), NULL, &schema_document, &err);
    if (status == SQ_OK) {
        status = sq_json_read(value_text, strlen(value_text), NULL, &value, &err);
    }
    if (status == SQ_OK) {
        status = sq_schema_compile(sq_json_root(schema_document), NULL, &schema, &err);
    }
    if (status == SQ_OK) {
        status = sq_schema_check(schema, sq_json_root(value), &first, &err);
    }
    sq_schema_free(schema);
    sq_json_free(value);
    sq_json_free(schema_document);
    return status;
}

/* A value as deep as the reader allows, under a schema that takes four steps for every level. */
START_TEST(test_check_of_the_deepest_value_stays_within_the_depth)
{
    struct sq_strbuf value = {0};
    sq_strbuf_add_repeated(&value, "[", SQ_JSON_DEPTH_MAX);
    sq_strbuf_add_repeated(&value, "]", SQ_JSON_DEPTH_MAX);
    ck_assert_int_eq(status_of("{\"items\":{\"$ref\":\"#\"}}", value.text), SQ_OK);
    ck_assert_int_eq(
        status_of("{\"allOf\":[{\"anyOf\":[{\"items\":{\"$ref\":\"#\"}}]}]}", value.text), SQ_OK);
    ck_assert_int_eq(
        status_of("{\"allOf\":[{\"allOf\":[{\"anyOf\":[{\"items\":{\"$ref\":\"#\"}}]}]}]}",
                  value.text),
        SQ_LIMIT);
    sq_strbuf_clear(&value);
}
END_TEST

/* n schemas inside each other: one for an array, one for its elements that refers to a third, which
 * refers to a fourth, and so on. */
static enum sq_status status_of_a_chain(int n)
{
    struct sq_strbuf schema = {0};
    sq_strbuf_add(&schema, "{\"items\":{\"$ref\":\"#/$defs/d3\"},\"$defs\":{");
    for (int i = 3; i < n; i++) {
        sq_strbuf_add_format(&schema, "\"d%d\":{\"$ref\":\"#/$defs/d%d\"},", i, i + 1);
    }
    sq_strbuf_add_format(&schema, "\"d%d\":{}}}", n);
    enum sq_status status = status_of(sq_strbuf_text(&schema), "[1]");
    sq_strbuf_clear(&schema);
    return status;
}

START_TEST(test_check_at_and_over_the_depth)
{
    ck_assert_int_eq(status_of_a_chain(SQ_SCHEMA_DEPTH_MAX), SQ_OK);
    ck_assert_int_eq(status_of_a_chain(SQ_SCHEMA_DEPTH_MAX + 1), SQ_LIMIT);
}
END_TEST

/* Each level is tried twice: 2^60 checks, were there no limit. */
START_TEST(test_check_that_doubles_with_every_level_stops_at_its_limit)
{
    struct sq_strbuf value = {0};
    sq_strbuf_add_repeated(&value, "[", 60);
    sq_strbuf_add_repeated(&value, "]", 60);
    ck_assert_int_eq(status_of("{\"anyOf\":[{\"items\":{\"$ref\":\"#\"},\"not\":{}},"
                               "{\"items\":{\"$ref\":\"#\"},\"not\":{}}]}",
                               value.text),
                     SQ_LIMIT);
    sq_strbuf_clear(&value);
}
END_TEST

START_TEST(test_check_with_a_catastrophic_pattern_is_a_limit_wherever_it_stands)
{
    const char *value = "{\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab\":1}";
    ck_assert_int_eq(status_of("{\"patternProperties\":{\"^(a+)+$\":true}}", value), SQ_LIMIT);
    ck_assert_int_eq(status_of("{\"not\":{\"propertyNames\":{\"pattern\":\"^(a+)+$\"}}}", value),
                     SQ_LIMIT);
    ck_assert_int_eq(
        status_of("{\"anyOf\":[{\"propertyNames\":{\"pattern\":\"^(a+)+$\"}},true]}", value),
        SQ_LIMIT);
}
END_TEST

START_TEST(test_every_refused_allocation_is_said_and_nothing_leaks)
{
    static const char schema[] =
        "{\"$id\":\"http://x/y\",\"$defs\":{\"a\":{\"$anchor\":\"n\",\"type\":[\"array\","
        "\"string\"],\"uniqueItems\":true},\"b "
        "c\":true},\"patternProperties\":{\"^p\":{\"$ref\":\"y#n\"}},"
        "\"required\":[\"p\"],\"dependentRequired\":{\"p\":[\"p\"]},\"anyOf\":[{\"properties\":{"
        "\"p\":{\"enum\":[[1,{\"k\":2}]]}}}],\"unevaluatedProperties\":false,\"if\":{\"$ref\":"
        "\"#/$defs/b%20c\"},\"definitions\":{\"m\":{\"$ref\":"
        "\"https://json-schema.org/draft/2020-12/schema\"}}}";
    size_t nth = 1;
    for (;; nth++) {
        sq_memory_torture_fail(nth);
        enum sq_status status = status_of(schema, "{\"p\":[1,{\"k\":2.0}]}");
        if (sq_memory_torture_refused() == 0) {
            ck_assert_int_eq(status, SQ_OK);
            break;
        }
        ck_assert_int_eq(status, SQ_NO_MEMORY);
    }
    ck_assert_uint_gt(nth, 30);
    ck_assert_uint_eq(sq_memory_torture_live(), 0);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("schema");
    TCase *all = tcase_create("all");
    tcase_add_test(all, test_type_and_boolean_schemas);
    tcase_add_test(all, test_enum_and_const_compare_by_value);
    tcase_add_test(all, test_numbers_are_compared_exactly);
    tcase_add_test(all, test_strings_are_counted_in_code_points);
    tcase_add_test(all, test_arrays);
    tcase_add_test(all, test_objects);
    tcase_add_test(all, test_objects_by_patterns_and_names_of_members);
    tcase_add_test(all, test_applicators_in_place);
    tcase_add_test(all, test_violation_names_place_keyword_and_reason);
    tcase_add_test(all, test_violation_of_tried_schemas_is_that_of_the_keyword_around_them);
    tcase_add_test(all, test_violation_with_long_texts_is_cut);
    tcase_add_test(all, test_check_of_the_deepest_value_stays_within_the_depth);
    tcase_add_test(all, test_check_at_and_over_the_depth);
    tcase_add_test(all, test_check_that_doubles_with_every_level_stops_at_its_limit);
    tcase_add_test(all, test_check_with_a_catastrophic_pattern_is_a_limit_wherever_it_stands);
    tcase_add_test(all, test_every_refused_allocation_is_said_and_nothing_leaks);
    suite_add_tcase(suite, all);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? 0 : 1;
}
