/* SPDX-License-Identifier: MIT */
/* JSON Schema: which members and elements count as evaluated, through every kind of applicator. */
#include "wire/schema.h"

#include <check.h>
#include <string.h>

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

START_TEST(test_unevaluated_properties_beside_plain_keywords)
{
    holds("{\"unevaluatedProperties\":false}", "{}");
    holds("{\"unevaluatedProperties\":false}", "[]");
    breaks("{\"unevaluatedProperties\":false}", "{\"a\":1}");
    holds("{\"unevaluatedProperties\":{\"type\":\"string\"}}", "{\"a\":\"x\"}");
    breaks("{\"unevaluatedProperties\":{\"type\":\"string\"}}", "{\"a\":1}");
    holds("{\"properties\":{\"a\":true},\"patternProperties\":{\"^p\":true},"
          "\"unevaluatedProperties\":false}",
          "{\"a\":1,\"p1\":2}");
    breaks("{\"properties\":{\"a\":true},\"patternProperties\":{\"^p\":true},"
           "\"unevaluatedProperties\":false}",
           "{\"b\":1}");
    holds("{\"additionalProperties\":true,\"unevaluatedProperties\":false}", "{\"b\":1}");
    holds("{\"additionalProperties\":{\"type\":\"integer\"},\"unevaluatedProperties\":false}",
          "{\"b\":1}");
    breaks("{\"additionalProperties\":{\"type\":\"integer\"},\"unevaluatedProperties\":false}",
           "{\"b\":\"x\"}");
}
END_TEST

START_TEST(test_unevaluated_properties_through_schemas_in_place)
{
    holds("{\"properties\":{\"a\":true},\"allOf\":[{\"properties\":{\"b\":true}}],"
          "\"unevaluatedProperties\":false}",
          "{\"a\":1,\"b\":2}");
    breaks("{\"properties\":{\"a\":true},\"allOf\":[{\"properties\":{\"b\":true}}],"
           "\"unevaluatedProperties\":false}",
           "{\"c\":1}");
    holds("{\"$ref\":\"#/$defs/"
          "b\",\"$defs\":{\"b\":{\"properties\":{\"b\":true}}},\"unevaluatedProperties\":false}",
          "{\"b\":1}");
    breaks("{\"$ref\":\"#/$defs/"
           "b\",\"$defs\":{\"b\":{\"properties\":{\"b\":true}}},\"unevaluatedProperties\":false}",
           "{\"c\":1}");
    holds("{\"anyOf\":[{\"properties\":{\"a\":{\"const\":1}},\"required\":[\"a\"]},{\"properties\":"
          "{\"b\":{\"const\":2}},\"required\":[\"b\"]}],\"unevaluatedProperties\":false}",
          "{\"a\":1}");
    holds("{\"anyOf\":[{\"properties\":{\"a\":{\"const\":1}},\"required\":[\"a\"]},{\"properties\":"
          "{\"b\":{\"const\":2}},\"required\":[\"b\"]}],\"unevaluatedProperties\":false}",
          "{\"b\":2}");
    holds("{\"anyOf\":[{\"properties\":{\"a\":{\"const\":1}},\"required\":[\"a\"]},{\"properties\":"
          "{\"b\":{\"const\":2}},\"required\":[\"b\"]}],\"unevaluatedProperties\":false}",
          "{\"a\":1,\"b\":2}");
    breaks(
        "{\"anyOf\":[{\"properties\":{\"a\":{\"const\":1}},\"required\":[\"a\"]},{\"properties\":{"
        "\"b\":{\"const\":2}},\"required\":[\"b\"]}],\"unevaluatedProperties\":false}",
        "{\"a\":1,\"b\":3}");
    breaks(
        "{\"anyOf\":[{\"properties\":{\"a\":{\"const\":1}},\"required\":[\"a\"]},{\"properties\":{"
        "\"b\":{\"const\":2}},\"required\":[\"b\"]}],\"unevaluatedProperties\":false}",
        "{\"a\":1,\"c\":1}");
    holds("{\"oneOf\":[{\"properties\":{\"a\":{\"const\":1}},\"required\":[\"a\"]},{\"properties\":"
          "{\"b\":{\"const\":2}},\"required\":[\"b\"]}],\"unevaluatedProperties\":false}",
          "{\"a\":1}");
    holds("{\"oneOf\":[{\"properties\":{\"a\":{\"const\":1}},\"required\":[\"a\"]},{\"properties\":"
          "{\"b\":{\"const\":2}},\"required\":[\"b\"]}],\"unevaluatedProperties\":false}",
          "{\"b\":2}");
    breaks(
        "{\"oneOf\":[{\"properties\":{\"a\":{\"const\":1}},\"required\":[\"a\"]},{\"properties\":{"
        "\"b\":{\"const\":2}},\"required\":[\"b\"]}],\"unevaluatedProperties\":false}",
        "{\"a\":1,\"b\":3}");
}
END_TEST

START_TEST(test_unevaluated_properties_through_conditions)
{
    holds("{\"not\":{\"not\":{\"properties\":{\"a\":true}}},\"unevaluatedProperties\":false}",
          "{}");
    breaks("{\"not\":{\"not\":{\"properties\":{\"a\":true}}},\"unevaluatedProperties\":false}",
           "{\"a\":1}");
    holds("{\"if\":{\"properties\":{\"a\":{\"const\":1}},\"required\":[\"a\"]},\"then\":{"
          "\"properties\":{\"b\":true}},\"else\":{\"properties\":{\"c\":true}},"
          "\"unevaluatedProperties\":false}",
          "{\"a\":1}");
    holds("{\"if\":{\"properties\":{\"a\":{\"const\":1}},\"required\":[\"a\"]},\"then\":{"
          "\"properties\":{\"b\":true}},\"else\":{\"properties\":{\"c\":true}},"
          "\"unevaluatedProperties\":false}",
          "{\"a\":1,\"b\":2}");
    holds("{\"if\":{\"properties\":{\"a\":{\"const\":1}},\"required\":[\"a\"]},\"then\":{"
          "\"properties\":{\"b\":true}},\"else\":{\"properties\":{\"c\":true}},"
          "\"unevaluatedProperties\":false}",
          "{\"c\":1}");
    breaks("{\"if\":{\"properties\":{\"a\":{\"const\":1}},\"required\":[\"a\"]},\"then\":{"
           "\"properties\":{\"b\":true}},\"else\":{\"properties\":{\"c\":true}},"
           "\"unevaluatedProperties\":false}",
           "{\"a\":1,\"c\":2}");
    breaks("{\"if\":{\"properties\":{\"a\":{\"const\":1}},\"required\":[\"a\"]},\"then\":{"
           "\"properties\":{\"b\":true}},\"else\":{\"properties\":{\"c\":true}},"
           "\"unevaluatedProperties\":false}",
           "{\"a\":2}");
    breaks("{\"if\":{\"properties\":{\"a\":{\"const\":1}},\"required\":[\"a\"]},\"then\":{"
           "\"properties\":{\"b\":true}},\"else\":{\"properties\":{\"c\":true}},"
           "\"unevaluatedProperties\":false}",
           "{\"b\":1}");
    holds("{\"if\":{\"patternProperties\":{\"^f\":true}},\"unevaluatedProperties\":false}",
          "{\"foo\":1}");
    breaks("{\"if\":{\"patternProperties\":{\"^f\":true}},\"unevaluatedProperties\":false}",
           "{\"bar\":1}");
    holds("{\"dependentSchemas\":{\"a\":{\"properties\":{\"b\":true}}},\"properties\":{\"a\":true},"
          "\"unevaluatedProperties\":false}",
          "{\"a\":1,\"b\":2}");
    breaks("{\"dependentSchemas\":{\"a\":{\"properties\":{\"b\":true}}},\"properties\":{\"a\":true}"
           ",\"unevaluatedProperties\":false}",
           "{\"b\":1}");
}
END_TEST

START_TEST(test_unevaluated_properties_do_not_see_into_cousins_or_inner_values)
{
    holds("{\"allOf\":[{\"properties\":{\"a\":true}},{\"unevaluatedProperties\":false}]}", "{}");
    breaks("{\"allOf\":[{\"properties\":{\"a\":true}},{\"unevaluatedProperties\":false}]}",
           "{\"a\":1}");
    holds("{\"allOf\":[{\"unevaluatedProperties\":true}],\"unevaluatedProperties\":false}",
          "{\"a\":1}");
    holds("{\"unevaluatedProperties\":true,\"allOf\":[{\"unevaluatedProperties\":false}]}", "{}");
    breaks("{\"unevaluatedProperties\":true,\"allOf\":[{\"unevaluatedProperties\":false}]}",
           "{\"a\":1}");
    holds("{\"properties\":{\"o\":{\"properties\":{\"a\":true},\"unevaluatedProperties\":false}},"
          "\"allOf\":[{\"properties\":{\"o\":{\"properties\":{\"b\":true}}}}]}",
          "{\"o\":{\"a\":1}}");
    breaks("{\"properties\":{\"o\":{\"properties\":{\"a\":true},\"unevaluatedProperties\":false}},"
           "\"allOf\":[{\"properties\":{\"o\":{\"properties\":{\"b\":true}}}}]}",
           "{\"o\":{\"a\":1,\"b\":2}}");
    holds("{\"properties\":{\"a\":{\"properties\":{\"b\":true}}},\"unevaluatedProperties\":false}",
          "{\"a\":{\"b\":1}}");
    breaks("{\"properties\":{\"a\":{\"properties\":{\"b\":true}}},\"unevaluatedProperties\":false}",
           "{\"a\":{\"b\":1},\"b\":1}");
    holds(
        "{\"propertyNames\":{\"unevaluatedItems\":false,\"unevaluatedProperties\":false,\"anyOf\":["
        "{\"minLength\":1}]},\"properties\":{\"a\":true},\"unevaluatedProperties\":false}",
        "{\"a\":1}");
    breaks(
        "{\"propertyNames\":{\"unevaluatedItems\":false,\"unevaluatedProperties\":false,\"anyOf\":["
        "{\"minLength\":1}]},\"properties\":{\"a\":true},\"unevaluatedProperties\":false}",
        "{\"b\":1}");
}
END_TEST

START_TEST(test_unevaluated_properties_follow_recursive_references)
{
    holds("{\"$id\":\"http://x/"
          "tree\",\"properties\":{\"name\":true},\"anyOf\":[{\"properties\":{\"child\":{\"$ref\":"
          "\"tree\"}},\"required\":[\"child\"]},true],\"unevaluatedProperties\":false}",
          "{\"name\":1}");
    holds("{\"$id\":\"http://x/"
          "tree\",\"properties\":{\"name\":true},\"anyOf\":[{\"properties\":{\"child\":{\"$ref\":"
          "\"tree\"}},\"required\":[\"child\"]},true],\"unevaluatedProperties\":false}",
          "{\"name\":1,\"child\":{\"child\":{\"name\":2}}}");
    breaks("{\"$id\":\"http://x/"
           "tree\",\"properties\":{\"name\":true},\"anyOf\":[{\"properties\":{\"child\":{\"$ref\":"
           "\"tree\"}},\"required\":[\"child\"]},true],\"unevaluatedProperties\":false}",
           "{\"other\":1}");
    breaks("{\"$id\":\"http://x/"
           "tree\",\"properties\":{\"name\":true},\"anyOf\":[{\"properties\":{\"child\":{\"$ref\":"
           "\"tree\"}},\"required\":[\"child\"]},true],\"unevaluatedProperties\":false}",
           "{\"child\":{\"other\":1}}");
}
END_TEST

START_TEST(test_unevaluated_items)
{
    holds("{\"unevaluatedItems\":false}", "[]");
    holds("{\"unevaluatedItems\":false}", "{}");
    breaks("{\"unevaluatedItems\":false}", "[1]");
    holds("{\"prefixItems\":[true],\"unevaluatedItems\":false}", "[1]");
    breaks("{\"prefixItems\":[true],\"unevaluatedItems\":false}", "[1,2]");
    holds("{\"items\":true,\"unevaluatedItems\":false}", "[1,2]");
    holds("{\"prefixItems\":[true],\"allOf\":[{\"prefixItems\":[true,{\"type\":\"number\"}]}],"
          "\"unevaluatedItems\":false}",
          "[1,2]");
    breaks("{\"prefixItems\":[true],\"allOf\":[{\"prefixItems\":[true,{\"type\":\"number\"}]}],"
           "\"unevaluatedItems\":false}",
           "[1,2,3]");
    breaks("{\"prefixItems\":[true],\"allOf\":[{\"prefixItems\":[true,{\"type\":\"number\"}]}],"
           "\"unevaluatedItems\":false}",
           "[1,\"x\"]");
    holds("{\"contains\":{\"type\":\"string\"},\"unevaluatedItems\":false}", "[\"a\",\"b\"]");
    breaks("{\"contains\":{\"type\":\"string\"},\"unevaluatedItems\":false}", "[\"a\",1]");
    holds("{\"allOf\":[{\"contains\":{\"multipleOf\":2}},{\"contains\":{\"multipleOf\":3}}],"
          "\"unevaluatedItems\":{\"multipleOf\":5}}",
          "[2,3,4,5,6]");
    breaks("{\"allOf\":[{\"contains\":{\"multipleOf\":2}},{\"contains\":{\"multipleOf\":3}}],"
           "\"unevaluatedItems\":{\"multipleOf\":5}}",
           "[2,3,4,7,8]");
    holds("{\"anyOf\":[{\"prefixItems\":[true,{\"const\":\"b\"}]},{\"prefixItems\":[true,true,{"
          "\"const\":\"c\"}]}],\"unevaluatedItems\":false}",
          "[\"a\",\"b\"]");
    holds("{\"anyOf\":[{\"prefixItems\":[true,{\"const\":\"b\"}]},{\"prefixItems\":[true,true,{"
          "\"const\":\"c\"}]}],\"unevaluatedItems\":false}",
          "[\"a\",\"x\",\"c\"]");
    holds("{\"anyOf\":[{\"prefixItems\":[true,{\"const\":\"b\"}]},{\"prefixItems\":[true,true,{"
          "\"const\":\"c\"}]}],\"unevaluatedItems\":false}",
          "[\"a\",\"b\",\"c\"]");
    breaks("{\"anyOf\":[{\"prefixItems\":[true,{\"const\":\"b\"}]},{\"prefixItems\":[true,true,{"
           "\"const\":\"c\"}]}],\"unevaluatedItems\":false}",
           "[\"a\",\"x\",\"y\"]");
}
END_TEST

START_TEST(test_unevaluated_items_through_branches)
{
    breaks("{\"anyOf\":[{\"prefixItems\":[true,{\"const\":\"b\"}]},{\"prefixItems\":[true,true,{"
           "\"const\":\"c\"}]}],\"unevaluatedItems\":false}",
           "[\"a\",\"b\",\"d\"]");
    holds("{\"if\":{\"prefixItems\":[{\"const\":\"a\"}]},\"then\":{\"prefixItems\":[true,true]},"
          "\"unevaluatedItems\":false}",
          "[\"a\",\"b\"]");
    holds("{\"if\":{\"prefixItems\":[{\"const\":\"a\"}]},\"then\":{\"prefixItems\":[true,true]},"
          "\"unevaluatedItems\":false}",
          "[]");
    breaks("{\"if\":{\"prefixItems\":[{\"const\":\"a\"}]},\"then\":{\"prefixItems\":[true,true]},"
           "\"unevaluatedItems\":false}",
           "[\"a\",\"b\",\"c\"]");
    breaks("{\"if\":{\"prefixItems\":[{\"const\":\"a\"}]},\"then\":{\"prefixItems\":[true,true]},"
           "\"unevaluatedItems\":false}",
           "[\"x\"]");
    holds("{\"if\":{\"contains\":{\"const\":\"a\"}},\"then\":{\"if\":{\"contains\":{\"const\":"
          "\"b\"}},\"then\":{\"if\":{\"contains\":{\"const\":\"c\"}}}},\"unevaluatedItems\":false}",
          "[\"a\",\"a\"]");
    holds("{\"if\":{\"contains\":{\"const\":\"a\"}},\"then\":{\"if\":{\"contains\":{\"const\":"
          "\"b\"}},\"then\":{\"if\":{\"contains\":{\"const\":\"c\"}}}},\"unevaluatedItems\":false}",
          "[\"a\",\"b\",\"a\"]");
    holds("{\"if\":{\"contains\":{\"const\":\"a\"}},\"then\":{\"if\":{\"contains\":{\"const\":"
          "\"b\"}},\"then\":{\"if\":{\"contains\":{\"const\":\"c\"}}}},\"unevaluatedItems\":false}",
          "[\"c\",\"a\",\"b\",\"c\"]");
    breaks(
        "{\"if\":{\"contains\":{\"const\":\"a\"}},\"then\":{\"if\":{\"contains\":{\"const\":\"b\"}}"
        ",\"then\":{\"if\":{\"contains\":{\"const\":\"c\"}}}},\"unevaluatedItems\":false}",
        "[\"b\"]");
    breaks(
        "{\"if\":{\"contains\":{\"const\":\"a\"}},\"then\":{\"if\":{\"contains\":{\"const\":\"b\"}}"
        ",\"then\":{\"if\":{\"contains\":{\"const\":\"c\"}}}},\"unevaluatedItems\":false}",
        "[\"c\",\"a\"]");
    holds("{\"items\":{\"items\":true,\"unevaluatedItems\":false},\"minItems\":1}", "[[1]]");
    breaks("{\"items\":{\"items\":true,\"unevaluatedItems\":false},\"minItems\":1}", "[]");
}
END_TEST

START_TEST(test_unevaluated_items_and_properties_together)
{
    holds("{\"unevaluatedItems\":{\"type\":\"integer\"},\"unevaluatedProperties\":{\"type\":"
          "\"string\"}}",
          "[1]");
    holds("{\"unevaluatedItems\":{\"type\":\"integer\"},\"unevaluatedProperties\":{\"type\":"
          "\"string\"}}",
          "{\"a\":\"x\"}");
    holds("{\"unevaluatedItems\":{\"type\":\"integer\"},\"unevaluatedProperties\":{\"type\":"
          "\"string\"}}",
          "7");
    breaks("{\"unevaluatedItems\":{\"type\":\"integer\"},\"unevaluatedProperties\":{\"type\":"
           "\"string\"}}",
           "[\"x\"]");
    breaks("{\"unevaluatedItems\":{\"type\":\"integer\"},\"unevaluatedProperties\":{\"type\":"
           "\"string\"}}",
           "{\"a\":1}");
}
END_TEST

START_TEST(test_unevaluated_counts_every_element_of_long_arrays)
{
    holds("{\"contains\":{\"type\":\"integer\"},\"unevaluatedItems\":false}",
          "[0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16]");
    breaks("{\"contains\":{\"type\":\"integer\"},\"unevaluatedItems\":false}",
           "[1,1,1,1,1,1,1,1,\"x\"]");
    breaks("{\"contains\":{\"type\":\"integer\"},\"unevaluatedItems\":false}",
           "[\"x\",1,1,1,1,1,1,1,1]");
    breaks("{\"contains\":{\"type\":\"integer\"},\"unevaluatedItems\":false}",
           "[1,1,1,1,1,1,1,\"x\",1]");
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("schema_unevaluated");
    TCase *all = tcase_create("all");
    tcase_add_test(all, test_unevaluated_properties_beside_plain_keywords);
    tcase_add_test(all, test_unevaluated_properties_through_schemas_in_place);
    tcase_add_test(all, test_unevaluated_properties_through_conditions);
    tcase_add_test(all, test_unevaluated_properties_do_not_see_into_cousins_or_inner_values);
    tcase_add_test(all, test_unevaluated_properties_follow_recursive_references);
    tcase_add_test(all, test_unevaluated_items);
    tcase_add_test(all, test_unevaluated_items_through_branches);
    tcase_add_test(all, test_unevaluated_items_and_properties_together);
    tcase_add_test(all, test_unevaluated_counts_every_element_of_long_arrays);
    suite_add_tcase(suite, all);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? 0 : 1;
}
