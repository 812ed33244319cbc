/* SPDX-License-Identifier: MIT */
/* JSON Schema: where references lead, and what is refused as a schema, with its place. */
#include "wire/schema.h"

#include <check.h>
#include <string.h>

#include "base/memory.h"
#include "base/strbuf.h"
#include "wire/schema/address.h"

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

/* What is wrong with a schema, and where. */
static void refuses(const char *text, uint32_t line, uint32_t column, const char *why)
{
    struct sq_error err = {0};
    struct sq_json_document *document;
    struct sq_schema *schema = NULL;
    ck_assert_msg(sq_json_read(text, strlen(text), NULL, &document, &err) == SQ_OK, "%s: %s", text,
                  err.text);
    enum sq_status status = sq_schema_compile(sq_json_root(document), "a.json", &schema, &err);
    ck_assert_msg(status == SQ_INVALID, "accepted: %s", text);
    ck_assert_ptr_null(schema);
    ck_assert_msg(strstr(err.text, why) != NULL, "%s: %s", text, err.text);
    ck_assert_msg(err.line == line && err.column == column, "%s: %u:%u", text, err.line,
                  err.column);
    ck_assert_str_eq(err.file, "a.json");
    sq_json_free(document);
}

START_TEST(test_references_by_pointer)
{
    holds("{\"properties\":{\"a\":{\"$ref\":\"#\"}},\"additionalProperties\":false}",
          "{\"a\":{\"a\":{}}}");
    breaks("{\"properties\":{\"a\":{\"$ref\":\"#\"}},\"additionalProperties\":false}",
           "{\"a\":{\"b\":1}}");
    holds("{\"$ref\":\"#/$defs/a~1b~0%25%22\",\"$defs\":{\"a/b~%\\\"\":{\"type\":\"integer\"}}}",
          "1");
    breaks("{\"$ref\":\"#/$defs/a~1b~0%25%22\",\"$defs\":{\"a/b~%\\\"\":{\"type\":\"integer\"}}}",
           "\"x\"");
    holds("{\"prefixItems\":[{\"type\":\"integer\"},{\"$ref\":\"#/prefixItems/0\"}]}", "[1,2]");
    breaks("{\"prefixItems\":[{\"type\":\"integer\"},{\"$ref\":\"#/prefixItems/0\"}]}",
           "[1,\"x\"]");
    holds("{\"$ref\":\"#/$defs/a\",\"$defs\":{\"a\":{\"$ref\":\"#/$defs/b\"},\"b\":{\"$ref\":\"#/"
          "$defs/c\"},\"c\":{\"type\":\"integer\"}},\"maximum\":5}",
          "5");
    breaks("{\"$ref\":\"#/$defs/a\",\"$defs\":{\"a\":{\"$ref\":\"#/$defs/b\"},\"b\":{\"$ref\":\"#/"
           "$defs/c\"},\"c\":{\"type\":\"integer\"}},\"maximum\":5}",
           "6");
    breaks("{\"$ref\":\"#/$defs/a\",\"$defs\":{\"a\":{\"$ref\":\"#/$defs/b\"},\"b\":{\"$ref\":\"#/"
           "$defs/c\"},\"c\":{\"type\":\"integer\"}},\"maximum\":5}",
           "\"x\"");
    holds(
        "{\"$ref\":\"#/$defs//$defs/\",\"$defs\":{\"\":{\"$defs\":{\"\":{\"type\":\"number\"}}}}}",
        "1");
    breaks(
        "{\"$ref\":\"#/$defs//$defs/\",\"$defs\":{\"\":{\"$defs\":{\"\":{\"type\":\"number\"}}}}}",
        "\"x\"");
    holds("{\"unknown\":{\"thing\":{\"type\":\"integer\"}},\"properties\":{\"a\":{\"$ref\":\"#/"
          "unknown/thing\"}}}",
          "{\"a\":1}");
    breaks("{\"unknown\":{\"thing\":{\"type\":\"integer\"}},\"properties\":{\"a\":{\"$ref\":\"#/"
           "unknown/thing\"}}}",
           "{\"a\":\"x\"}");
    holds("{\"$ref\":\"#/examples/0\",\"examples\":[{\"properties\":{\"b\":{\"$ref\":\"#/examples/"
          "1\"}}},{\"type\":\"null\"}]}",
          "{\"b\":null}");
    breaks("{\"$ref\":\"#/examples/0\",\"examples\":[{\"properties\":{\"b\":{\"$ref\":\"#/examples/"
           "1\"}}},{\"type\":\"null\"}]}",
           "{\"b\":1}");
    holds("{\"properties\":{\"$ref\":{\"type\":\"string\"}}}", "{\"$ref\":\"a\"}");
    breaks("{\"properties\":{\"$ref\":{\"type\":\"string\"}}}", "{\"$ref\":2}");
    holds("{\"$defs\":{\"f\":false},\"properties\":{\"a\":{\"$ref\":\"#/$defs/f\"}}}", "{}");
    breaks("{\"$defs\":{\"f\":false},\"properties\":{\"a\":{\"$ref\":\"#/$defs/f\"}}}",
           "{\"a\":1}");
    holds("{\"definitions\":{\"a\":{\"type\":\"integer\"}},\"$ref\":\"#/definitions/a\"}", "1");
    breaks("{\"definitions\":{\"a\":{\"type\":\"integer\"}},\"$ref\":\"#/definitions/a\"}",
           "\"x\"");
}
END_TEST

START_TEST(test_references_by_anchor_and_address)
{
    holds("{\"$ref\":\"#n\",\"$defs\":{\"a\":{\"$anchor\":\"n\",\"type\":\"integer\"}}}", "1");
    breaks("{\"$ref\":\"#n\",\"$defs\":{\"a\":{\"$anchor\":\"n\",\"type\":\"integer\"}}}", "\"x\"");
    holds("{\"$dynamicRef\":\"#n\",\"$defs\":{\"a\":{\"$dynamicAnchor\":\"n\",\"type\":\"integer\"}"
          "}}",
          "1");
    breaks("{\"$dynamicRef\":\"#n\",\"$defs\":{\"a\":{\"$dynamicAnchor\":\"n\",\"type\":"
           "\"integer\"}}}",
           "\"x\"");
    holds("{\"$id\":\"http://x/root.json\",\"$ref\":\"http://x/"
          "nested.json#n\",\"$defs\":{\"a\":{\"$id\":\"nested.json\",\"$defs\":{\"b\":{\"$anchor\":"
          "\"n\",\"type\":\"integer\"}}}}}",
          "1");
    breaks("{\"$id\":\"http://x/root.json\",\"$ref\":\"http://x/"
           "nested.json#n\",\"$defs\":{\"a\":{\"$id\":\"nested.json\",\"$defs\":{\"b\":{\"$"
           "anchor\":\"n\",\"type\":\"integer\"}}}}}",
           "\"x\"");
    holds("{\"$id\":\"http://x/a/b.json\",\"$defs\":{\"c\":{\"$id\":\"/"
          "c.json\",\"type\":\"integer\"}},\"$ref\":\"../c.json\"}",
          "1");
    breaks("{\"$id\":\"http://x/a/b.json\",\"$defs\":{\"c\":{\"$id\":\"/"
           "c.json\",\"type\":\"integer\"}},\"$ref\":\"../c.json\"}",
           "\"x\"");
    holds("{\"$id\":\"http://x/a/b.json\",\"$ref\":\"#/$defs/c/$defs/"
          "d\",\"$defs\":{\"c\":{\"$id\":\"c/"
          "\",\"$defs\":{\"d\":{\"$ref\":\"e\"},\"e\":{\"$id\":\"e\",\"type\":\"null\"}}}}}",
          "null");
    breaks("{\"$id\":\"http://x/a/b.json\",\"$ref\":\"#/$defs/c/$defs/"
           "d\",\"$defs\":{\"c\":{\"$id\":\"c/"
           "\",\"$defs\":{\"d\":{\"$ref\":\"e\"},\"e\":{\"$id\":\"e\",\"type\":\"null\"}}}}}",
           "1");
    holds("{\"$id\":\"urn:uuid:deadbeef\",\"properties\":{\"a\":{\"$ref\":\"urn:uuid:deadbeef#/"
          "$defs/i\"},\"b\":{\"$ref\":\"#/$defs/i\"}},\"$defs\":{\"i\":{\"type\":\"integer\"}}}",
          "{\"a\":1,\"b\":2}");
    breaks("{\"$id\":\"urn:uuid:deadbeef\",\"properties\":{\"a\":{\"$ref\":\"urn:uuid:deadbeef#/"
           "$defs/i\"},\"b\":{\"$ref\":\"#/$defs/i\"}},\"$defs\":{\"i\":{\"type\":\"integer\"}}}",
           "{\"a\":\"x\"}");
}
END_TEST

START_TEST(test_references_to_embedded_resources)
{
    breaks("{\"$id\":\"urn:uuid:deadbeef\",\"properties\":{\"a\":{\"$ref\":\"urn:uuid:deadbeef#/"
           "$defs/i\"},\"b\":{\"$ref\":\"#/$defs/i\"}},\"$defs\":{\"i\":{\"type\":\"integer\"}}}",
           "{\"b\":\"x\"}");
    holds("{\"$id\":\"http://x/s#\",\"$ref\":\"s#/$defs/"
          "i\",\"$defs\":{\"i\":{\"type\":\"integer\"}}}",
          "1");
    breaks("{\"$id\":\"http://x/s#\",\"$ref\":\"s#/$defs/"
           "i\",\"$defs\":{\"i\":{\"type\":\"integer\"}}}",
           "\"x\"");
    holds("{\"$id\":\"http://x/"
          "s\",\"$defs\":{\"A\":{\"$id\":\"t\",\"$anchor\":\"n\",\"type\":\"integer\"},\"B\":{\"$"
          "anchor\":\"n\",\"type\":\"string\"}},\"prefixItems\":[{\"$ref\":\"t#n\"},{\"$ref\":\"#"
          "n\"}]}",
          "[1,\"x\"]");
    breaks("{\"$id\":\"http://x/"
           "s\",\"$defs\":{\"A\":{\"$id\":\"t\",\"$anchor\":\"n\",\"type\":\"integer\"},\"B\":{\"$"
           "anchor\":\"n\",\"type\":\"string\"}},\"prefixItems\":[{\"$ref\":\"t#n\"},{\"$ref\":\"#"
           "n\"}]}",
           "[\"x\",\"x\"]");
    breaks("{\"$id\":\"http://x/"
           "s\",\"$defs\":{\"A\":{\"$id\":\"t\",\"$anchor\":\"n\",\"type\":\"integer\"},\"B\":{\"$"
           "anchor\":\"n\",\"type\":\"string\"}},\"prefixItems\":[{\"$ref\":\"t#n\"},{\"$ref\":\"#"
           "n\"}]}",
           "[1,1]");
    holds("{\"enum\":[{\"$id\":\"x\",\"type\":\"null\"},5],\"$defs\":{\"r\":{\"$id\":\"x\","
          "\"type\":\"integer\"}},\"$ref\":\"x\"}",
          "5");
    breaks("{\"enum\":[{\"$id\":\"x\",\"type\":\"null\"},5],\"$defs\":{\"r\":{\"$id\":\"x\","
           "\"type\":\"integer\"}},\"$ref\":\"x\"}",
           "{\"$id\":\"x\",\"type\":\"null\"}");
    holds("{\"$ref\":\"http://x/then\",\"then\":{\"$id\":\"http://x/then\",\"type\":\"integer\"}}",
          "1");
    breaks("{\"$ref\":\"http://x/then\",\"then\":{\"$id\":\"http://x/then\",\"type\":\"integer\"}}",
           "\"x\"");
}
END_TEST

#define DRAFT "https://json-schema.org/draft/2020-12/schema"

START_TEST(test_reference_to_the_schema_of_schemas_follows_the_built_in_one)
{
    holds("{\"$ref\":\"" DRAFT "\"}", "{\"type\":\"integer\",\"items\":false}");
    breaks("{\"$ref\":\"" DRAFT "\"}", "{\"properties\":{\"a\":{\"minimum\":\"1\"}}}");
    breaks("{\"properties\":{\"s\":{\"$ref\":\"" DRAFT "#\"}}}", "{\"s\":{\"allOf\":[]}}");
    holds("{\"$id\":\"https://json-schema.org/draft/2020-12/mine\",\"$ref\":\"schema\"}", "true");
    holds("{\"$id\":\"" DRAFT "\",\"$defs\":{\"a\":{\"$ref\":\"" DRAFT "\"}}}", "1");
    breaks("{\"$ref\":\"" DRAFT "#/$defs/count\"}", "-1");
    refuses("{\"$ref\":\"" DRAFT "#/$defs/nope\"}", 1, 9, "and nothing is there");
    refuses("{\"$ref\":\"https://json-schema.org/draft/2020-12/meta/core\"}", 1, 9,
            "nothing is fetched");
}
END_TEST

START_TEST(test_references_that_lead_nowhere_are_refused)
{
    refuses("{\"$ref\":\"#/$defs/b\"}", 1, 9, "`$ref` leads to `#/$defs/b`, and nothing is there");
    refuses("{\"$ref\":\"#nope\"}", 1, 9, "nothing is there");
    refuses("{\"$dynamicRef\":\"#nope\"}", 1, 16, "`$dynamicRef` leads to");
    refuses("{\"$ref\":\"http://x/y\"}", 1, 9, "not in this document; nothing is fetched");
    refuses("{\"$ref\":\"#/a~2b\",\"a~2b\":{}}", 1, 9, "nothing is there");
    refuses("{\"$ref\":\"#/a%2\",\"a%2\":{}}", 1, 9, "nothing is there");
    refuses("{\"$ref\":\"#/x/01\",\"x\":[{},{}]}", 1, 9, "nothing is there");
    refuses("{\"$ref\":\"#/x/2\",\"x\":[{},{}]}", 1, 9, "nothing is there");
    refuses("{\"$ref\":\"#/x/99999999999999999999999\",\"x\":[{}]}", 1, 9, "nothing is there");
    refuses("{\"$ref\":\"#/x\",\"x\":[{}]}", 1, 19, "a schema is an object, true or false");
    refuses("{\"$ref\":\"b#n\",\"$anchor\":\"n\",\"$defs\":{\"b\":{\"$id\":\"b\"}}}", 1, 9,
            "nothing is there");
}
END_TEST

START_TEST(test_anchors_are_names)
{
    static const char *const good[] = {"n", "Zz", "_a", "a0-9.b_Z"};
    static const char *const bad[] = {"",    "1a",  "-a",   ".a",      "a b",
                                      "a/b", "{a}", "a[0]", "\xC3\xA9"};
    struct sq_strbuf text = {0};
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
        sq_strbuf_reset(&text);
        sq_strbuf_add_format(&text,
                             "{\"$ref\":\"#%s\",\"$defs\":{\"a\":{\"$anchor\":\"%s\",\"type\":"
                             "\"integer\"}}}",
                             good[i], good[i]);
        holds(sq_strbuf_text(&text), "1");
        breaks(sq_strbuf_text(&text), "\"x\"");
    }
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        sq_strbuf_reset(&text);
        sq_strbuf_add_format(&text, "{\"$anchor\":\"%s\"}", bad[i]);
        refuses(sq_strbuf_text(&text), 1, 12, "anchor");
    }
    sq_strbuf_clear(&text);
}
END_TEST

START_TEST(test_anchors_of_other_resources_and_lengths_are_others)
{
    holds("{\"$id\":\"http://x/a\",\"$ref\":\"#nn\",\"$defs\":{\"a\":{\"$anchor\":\"n\",\"type\":"
          "\"null\"},\"b\":{\"$anchor\":\"nn\",\"type\":\"integer\"},\"c\":{\"$id\":\"c\",\"$"
          "anchor\":"
          "\"nn\",\"type\":\"boolean\"},\"d\":{\"$anchor\":\"mm\",\"type\":\"array\"}}}",
          "1");
    holds("{\"$ref\":\"#mm\",\"$defs\":{\"b\":{\"$anchor\":\"nn\",\"type\":\"null\"},\"a\":"
          "{\"$anchor\":\"mm\",\"type\":\"integer\"}}}",
          "1");
    refuses("{\"$defs\":{\"b\":{\"$anchor\":\"n\"},\"a\":{\"$anchor\":\"n\"}}}", 1, 46, "twice");
}
END_TEST

START_TEST(test_references_are_read_through_percent_signs)
{
    holds("{\"$ref\":\"#/%24defs/%C3%a9\",\"$defs\":{\"\xC3\xA9\":{\"type\":\"integer\"}}}", "1");
    breaks("{\"$ref\":\"#/%24defs/%c3%A9\",\"$defs\":{\"\xC3\xA9\":{\"type\":\"integer\"}}}",
           "\"x\"");
    static const char *const bad[] = {"%4", "%", "%:1", "%1:", "%G1", "%1g", "%/1", "%1`"};
    struct sq_strbuf text = {0};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        sq_strbuf_reset(&text);
        sq_strbuf_add_format(&text, "{\"$ref\":\"#/x%s\",\"x%s\":{}}", bad[i], bad[i]);
        refuses(sq_strbuf_text(&text), 1, 9, "nothing is there");
    }
    sq_strbuf_clear(&text);
}
END_TEST

START_TEST(test_places_of_a_list_are_numbers)
{
    static const char *const bad[] = {"", "x", "1x", "-", ":", "/0"};
    struct sq_strbuf text = {0};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        sq_strbuf_reset(&text);
        sq_strbuf_add_format(&text, "{\"$ref\":\"#/anyOf/%s\",\"anyOf\":[{}]}", bad[i]);
        refuses(sq_strbuf_text(&text), 1, 9, "nothing is there");
    }
    sq_strbuf_clear(&text);
}
END_TEST

START_TEST(test_references_that_go_in_circles_are_refused)
{
    refuses("{\"$ref\":\"#\"}", 1, 9, "`$ref` comes back to where it began");
    refuses("{\"$defs\":{\"a\":{\"allOf\":[{\"$ref\":\"#/$defs/b\"}]},\n"
            "\"b\":{\"anyOf\":[{\"$ref\":\"#/$defs/a\"}]}},\"items\":{\"$ref\":\"#/$defs/a\"}}",
            2, 23, "without going deeper into the value");
    refuses("{\"not\":{\"if\":true,\"then\":{\"dependentSchemas\":{\"a\":{\"$ref\":\"#\"}}}}}", 1,
            59, "comes back");
    holds("{\"not\":{\"properties\":{\"a\":{\"$ref\":\"#\"}},\"required\":[\"a\"]}}", "{}");
}
END_TEST

START_TEST(test_names_that_stand_twice_are_refused)
{
    refuses("{\"$defs\":{\"a\":{\"$anchor\":\"n\"},\"b\":{\"$dynamicAnchor\":\"n\"}}}", 1, 53,
            "anchor `n` stands twice");
    refuses("{\"$id\":\"http://x/a\",\"$defs\":{\"b\":{\"$id\":\"a\"}}}", 1, 41,
            "`$id` stands twice");
    refuses("{\"$id\":\"http://x/a#b\"}", 1, 8, "`$id` may not have a fragment");
    refuses("{\"$anchor\":\"1a\"}", 1, 12, "`$anchor` has to begin with a letter or _");
    refuses("{\"$anchor\":\"\"}", 1, 12, "has to begin with");
    refuses("{\"$anchor\":\"a#b\"}", 1, 12, "has to begin with");
    holds("{\"$anchor\":\"n\",\"$dynamicAnchor\":\"n\"}", "1");
}
END_TEST

START_TEST(test_keywords_of_the_wrong_shape_are_refused_with_their_place)
{
    refuses("1", 1, 1, "a schema is an object, true or false, not this number");
    refuses("{\"properties\":\n{\"a\": []}}", 2, 7, "a schema is an object");
    refuses("{\"type\":\"strin\"}", 1, 9, "`type` has to be null, boolean");
    refuses("{\"type\":1}", 1, 9, "`type` has to be");
    refuses("{\"type\":[]}", 1, 9, "at least one type");
    refuses("{\"type\":[\"null\",\"null\"]}", 1, 17, "names null twice");
    refuses("{\"enum\":1}", 1, 9, "`enum` has to be an array, not this number");
    refuses("{\"multipleOf\":0}", 1, 15, "a number above 0");
    refuses("{\"multipleOf\":-1}", 1, 15, "a number above 0");
    refuses("{\"maximum\":\"1\"}", 1, 12, "`maximum` has to be a number, not this string");
    refuses("{\"minLength\":-1}", 1, 14, "`minLength` has to be a whole number, 0 or more");
    refuses("{\"minLength\":1.5}", 1, 14, "a whole number");
    refuses("{\"minItems\":null}", 1, 13, "a whole number");
    refuses("{\"minItems\":-1e400}", 1, 13, "a whole number");
    refuses("{\"pattern\":\"(\"}", 1, 12, "not a regular expression");
    refuses("{\"pattern\":1}", 1, 12, "`pattern` has to be a regular expression in a string");
    refuses("{\"patternProperties\":{\"*\":true}}", 1, 27, "nothing to repeat");
    refuses("{\"uniqueItems\":1}", 1, 16, "true or false");
    refuses("{\"required\":\"a\"}", 1, 13, "`required` has to be an array of strings");
    refuses("{\"required\":[1]}", 1, 14, "an array of strings, not this number");
    refuses("{\"required\":[\"a\",\"b\",\"a\"]}", 1, 22, "`required` names `a` twice");
    refuses("{\"dependentRequired\":[]}", 1, 22, "an object of arrays of strings");
    refuses("{\"dependentRequired\":{\"a\":[true]}}", 1, 28, "an array of strings");
    refuses("{\"allOf\":[]}", 1, 10, "`allOf` has to be an array of at least one schema");
    refuses("{\"prefixItems\":{}}", 1, 16, "an array of at least one schema");
    refuses("{\"items\":[{}]}", 1, 10, "a schema is an object, true or false, not this array");
    refuses("{\"properties\":[]}", 1, 15, "an object of schemas");
    refuses("{\"$ref\":1}", 1, 9, "`$ref` has to be a string");
    refuses("{\"$id\":1}", 1, 8, "`$id` has to be a string");
    refuses("{\"$anchor\":[]}", 1, 12, "`$anchor` has to be a string");
    refuses("{\"$defs\":{\"a\":1}}", 1, 15, "a schema is an object");
    holds("{\"unknown\":1,\"format\":7,\"title\":[],\"$comment\":{}}", "1");
}
END_TEST

static void resolves(const char *base, const char *reference, const char *expected)
{
    struct sq_strbuf out = {0};
    sq_schema_address_resolve(base, reference, strlen(reference), &out);
    ck_assert_msg(strcmp(sq_strbuf_text(&out), expected) == 0, "%s at %s: %s", reference, base,
                  sq_strbuf_text(&out));
    sq_strbuf_clear(&out);
}

/* The examples of RFC 3986, 5.4. */
START_TEST(test_resolve_of_addresses_is_that_of_the_rfc)
{
    static const char *const rows[][2] = {{"g:h", "g:h"},
                                          {"g", "http://a/b/c/g"},
                                          {"./g", "http://a/b/c/g"},
                                          {"g/", "http://a/b/c/g/"},
                                          {"/g", "http://a/g"},
                                          {"//g", "http://g"},
                                          {"?y", "http://a/b/c/d;p?y"},
                                          {"g?y", "http://a/b/c/g?y"},
                                          {";x", "http://a/b/c/;x"},
                                          {"", "http://a/b/c/d;p?q"},
                                          {".", "http://a/b/c/"},
                                          {"./", "http://a/b/c/"},
                                          {"..", "http://a/b/"},
                                          {"../g", "http://a/b/g"},
                                          {"../..", "http://a/"},
                                          {"../../g", "http://a/g"},
                                          {"../../../g", "http://a/g"},
                                          {"/./g", "http://a/g"},
                                          {"/../g", "http://a/g"},
                                          {"g.", "http://a/b/c/g."},
                                          {"..g", "http://a/b/c/..g"},
                                          {"./../g", "http://a/b/g"},
                                          {"g/./h", "http://a/b/c/g/h"},
                                          {"g/../h", "http://a/b/c/h"},
                                          {"g;x=1/../y", "http://a/b/c/y"},
                                          {"g?y/../x", "http://a/b/c/g?y/../x"},
                                          {"G9+-.z:h", "G9+-.z:h"},
                                          {"Az:h", "Az:h"},
                                          {"9g:h", "http://a/b/c/9g:h"},
                                          {"[g:h", "http://a/b/c/[g:h"},
                                          {"{g:h", "http://a/b/c/{g:h"},
                                          {":h", "http://a/b/c/:h"},
                                          {"g~:h", "http://a/b/c/g~:h"}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        resolves("http://a/b/c/d;p?q", rows[i][0], rows[i][1]);
    }
    resolves("http://a", "b", "http://a/b");
    resolves("", "b.json", "b.json");
    resolves("file:///x/y.json", "z.json", "file:///x/z.json");
    resolves("urn:a:b", "urn:c:d", "urn:c:d");
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("schema_compile");
    TCase *all = tcase_create("all");
    tcase_add_test(all, test_references_by_pointer);
    tcase_add_test(all, test_references_by_anchor_and_address);
    tcase_add_test(all, test_references_to_embedded_resources);
    tcase_add_test(all, test_references_that_lead_nowhere_are_refused);
    tcase_add_test(all, test_reference_to_the_schema_of_schemas_follows_the_built_in_one);
    tcase_add_test(all, test_anchors_are_names);
    tcase_add_test(all, test_anchors_of_other_resources_and_lengths_are_others);
    tcase_add_test(all, test_references_are_read_through_percent_signs);
    tcase_add_test(all, test_places_of_a_list_are_numbers);
    tcase_add_test(all, test_references_that_go_in_circles_are_refused);
    tcase_add_test(all, test_names_that_stand_twice_are_refused);
    tcase_add_test(all, test_keywords_of_the_wrong_shape_are_refused_with_their_place);
    tcase_add_test(all, test_resolve_of_addresses_is_that_of_the_rfc);
    suite_add_tcase(suite, all);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? 0 : 1;
}
