/* SPDX-License-Identifier: MIT */
/* See clauses.h. */
#include "mockprovider/request/clauses.h"

#include <string.h>

#include "base/assert.h"
#include "base/strbuf.h"
#include "mockprovider/script.h"
#include "wire/json_escape.h"
#include "wire/json_pointer.h"
#include "wire/pattern.h"
#include "wire/schema/decimal.h"

/* Text that is not UTF-8 has no pattern in it. */
static enum sq_status find_pattern(const struct sq_clause *clause, const char *text, size_t length,
                                   bool *found, struct sq_error *err)
{
    *found = false;
    enum sq_status status = sq_pattern_find(clause->pattern, text, length, found, err);
    return status == SQ_INVALID ? SQ_OK : status;
}

static enum sq_status holds_for_header(const struct sq_clause *clause, const char *value,
                                       bool *holds, struct sq_error *err)
{
    if (value == NULL || clause->is == SQ_CLAUSE_ABSENT) {
        *holds = value == NULL && clause->is == SQ_CLAUSE_ABSENT;
        return SQ_OK;
    }
    if (clause->is == SQ_CLAUSE_PATTERN) {
        return find_pattern(clause, value, strlen(value), holds, err);
    }
    size_t length = strlen(value);
    *holds = clause->is == SQ_CLAUSE_PRESENT ||
             (length == clause->length && memcmp(value, clause->value, length) == 0);
    return SQ_OK;
}

static bool is_number(const struct sq_clause *clause, const struct sq_json_token *token)
{
    struct sq_schema_decimal wanted;
    struct sq_schema_decimal found;
    if (token->event != SQ_JSON_NUMBER_VALUE) {
        return false;
    }
    sq_schema_decimal_read(clause->value, clause->length, &wanted);
    sq_schema_decimal_read(token->text, token->length, &found);
    return sq_schema_decimal_compare(&wanted, &found) == 0;
}

static enum sq_status find_in_text(const struct sq_clause *clause,
                                   const struct sq_json_token *token, bool *holds,
                                   struct sq_error *err)
{
    struct sq_strbuf text = {0};
    *holds = false;
    if (token->event != SQ_JSON_TEXT_VALUE) {
        return SQ_OK;
    }
    sq_json_escape_add(&text, token->text, token->length);
    enum sq_status status =
        sq_strbuf_failed(&text)
            ? sq_error_set(err, SQ_NO_MEMORY, "out of memory")
            : find_pattern(clause, sq_strbuf_text(&text), text.length, holds, err);
    sq_strbuf_clear(&text);
    return status;
}

static enum sq_status holds_for_value(const struct sq_clause *clause,
                                      const struct sq_json_token *token, bool *holds,
                                      struct sq_error *err)
{
    switch (clause->is) {
    case SQ_CLAUSE_TEXT:
        *holds = token->event == SQ_JSON_TEXT_VALUE &&
                 sq_json_escape_means(token->text, token->length, clause->value, clause->length);
        return SQ_OK;
    case SQ_CLAUSE_NUMBER:
        *holds = is_number(clause, token);
        return SQ_OK;
    case SQ_CLAUSE_TRUE:
        *holds = token->event == SQ_JSON_TRUE_VALUE;
        return SQ_OK;
    case SQ_CLAUSE_FALSE:
        *holds = token->event == SQ_JSON_FALSE_VALUE;
        return SQ_OK;
    case SQ_CLAUSE_NULL:
        *holds = token->event == SQ_JSON_NULL_VALUE;
        return SQ_OK;
    case SQ_CLAUSE_PATTERN:
        return find_in_text(clause, token, holds, err);
    case SQ_CLAUSE_PRESENT:
        *holds = true;
        return SQ_OK;
    case SQ_CLAUSE_ABSENT:
        *holds = false;
        return SQ_OK;
    }
    sq_assert(false && "a clause of no kind");
    return SQ_OK;
}

static enum sq_status holds_one(const struct sq_clause *clause, const struct sq_said *said,
                                bool *holds, struct sq_error *err)
{
    struct sq_json_token token;
    if (clause->of == SQ_CLAUSE_HEADER) {
        return holds_for_header(clause, said->header(said->context, clause->where), holds, err);
    }
    if (!sq_json_pointer_find(said->body, said->length, clause->where, &token)) {
        *holds = clause->is == SQ_CLAUSE_ABSENT;
        return SQ_OK;
    }
    return holds_for_value(clause, &token, holds, err);
}

enum sq_status sq_clauses_hold(const struct sq_script *script, const struct sq_said *said,
                               uint32_t *holds, struct sq_error *err)
{
    *holds = 0;
    for (uint32_t i = 0; i < script->n_clauses; i++) {
        bool one = false;
        enum sq_status status = holds_one(&script->clauses[i], said, &one, err);
        if (status != SQ_OK) {
            return status;
        }
        *holds |= one ? UINT32_C(1) << i : 0;
    }
    return SQ_OK;
}
