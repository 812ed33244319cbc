/* SPDX-License-Identifier: MIT */
/* See property.h. */
#include "wire/pattern/property.h"

#include <stdbool.h>
#include <string.h>

/* Long names of general categories (ECMA-262 table 66) and PCRE2's. */
static const struct {
    const char *name;
    const char *category;
} categories[] = {{"Cased_Letter", "L&"},
                  {"LC", "L&"},
                  {"Close_Punctuation", "Pe"},
                  {"Combining_Mark", "M"},
                  {"Connector_Punctuation", "Pc"},
                  {"Control", "Cc"},
                  {"cntrl", "Cc"},
                  {"Currency_Symbol", "Sc"},
                  {"Dash_Punctuation", "Pd"},
                  {"Decimal_Number", "Nd"},
                  {"digit", "Nd"},
                  {"Enclosing_Mark", "Me"},
                  {"Final_Punctuation", "Pf"},
                  {"Format", "Cf"},
                  {"Initial_Punctuation", "Pi"},
                  {"Letter", "L"},
                  {"Letter_Number", "Nl"},
                  {"Line_Separator", "Zl"},
                  {"Lowercase_Letter", "Ll"},
                  {"Mark", "M"},
                  {"Math_Symbol", "Sm"},
                  {"Modifier_Letter", "Lm"},
                  {"Modifier_Symbol", "Sk"},
                  {"Nonspacing_Mark", "Mn"},
                  {"Number", "N"},
                  {"Open_Punctuation", "Ps"},
                  {"Other", "C"},
                  {"Other_Letter", "Lo"},
                  {"Other_Number", "No"},
                  {"Other_Punctuation", "Po"},
                  {"Other_Symbol", "So"},
                  {"Paragraph_Separator", "Zp"},
                  {"Private_Use", "Co"},
                  {"Punctuation", "P"},
                  {"punct", "P"},
                  {"Separator", "Z"},
                  {"Space_Separator", "Zs"},
                  {"Spacing_Mark", "Mc"},
                  {"Surrogate", "Cs"},
                  {"Symbol", "S"},
                  {"Titlecase_Letter", "Lt"},
                  {"Unassigned", "Cn"},
                  {"Uppercase_Letter", "Lu"}};

static bool is_name(char character)
{
    return (character >= 'a' && character <= 'z') || (character >= 'A' && character <= 'Z') ||
           (character >= '0' && character <= '9') || character == '_';
}

static bool equals(const char *text, size_t length, const char *word)
{
    return strlen(word) == length && memcmp(text, word, length) == 0;
}

static const char *category_of(const char *name, size_t length)
{
    for (size_t i = 0; i < sizeof categories / sizeof categories[0]; i++) {
        if (equals(name, length, categories[i].name)) {
            return categories[i].category;
        }
    }
    return NULL;
}

/* What PCRE2 writes for what stands before an equals sign; NULL when it is nothing known. */
static const char *prefix_of(const char *key, size_t length)
{
    static const char *const keys[][2] = {
        {"General_Category", ""},      {"gc", ""},     {"Script", "sc:"}, {"sc", "sc:"},
        {"Script_Extensions", "scx:"}, {"scx", "scx:"}};
    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++) {
        if (equals(key, length, keys[i][0])) {
            return keys[i][1];
        }
    }
    return NULL;
}

size_t sq_pattern_property(const char *text, size_t length, char letter, struct sq_strbuf *out)
{
    const char *prefix = "";
    size_t begin = 1;
    size_t end = 1;
    while (end < length && is_name(text[end])) {
        end++;
    }
    if (end < length && text[end] == '=') {
        prefix = prefix_of(text + begin, end - begin);
        begin = ++end;
        while (end < length && is_name(text[end])) {
            end++;
        }
    }
    if (length == 0 || text[0] != '{' || prefix == NULL || end == begin || end >= length ||
        text[end] != '}') {
        return 0;
    }
    const char *category = *prefix == '\0' ? category_of(text + begin, end - begin) : NULL;
    sq_strbuf_add_format(out, "\\%c{%s", letter, prefix);
    sq_strbuf_add_bytes(out, category != NULL ? category : text + begin,
                        category != NULL ? strlen(category) : end - begin);
    sq_strbuf_add_char(out, '}');
    return end + 1;
}
